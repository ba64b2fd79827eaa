/*
 * Each reader's own copy of an abstract. The text has places "{a|b}" that say the same in two to
 * four ways; the copy of a reader takes one way at each place, chosen by HKDF from a random seed in
 * the sealed entry and the reader's handle. A copy that was photographed or retyped then names its
 * reader, as long as enough places survive.
 *
 * A reader whose davy was changed sees all ways, and can take any of them: a trace is a reason to
 * ask, no proof.
 */
#ifndef VARIANT_H
#define VARIANT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VARIANT_PLACES   64
#define VARIANT_WAYS     4
#define VARIANT_SEED_LEN 32
/* A reader is named where chance would make any of the readers match as well only this often. */
#define VARIANT_CHANCE 0.001

struct variant_place {
	size_t at, len; /* with its braces */
	unsigned ways;
	size_t way_at[VARIANT_WAYS], way_len[VARIANT_WAYS];
};

struct variant_text {
	const char *text; /* borrowed */
	struct variant_place place[VARIANT_PLACES];
	size_t cnt;
};

/* Finds the places. ERR_FORMAT: a brace without its other half, one inside another, an empty way or
 * other than two to four; ERR_RANGE: more than VARIANT_PLACES. */
int variant_parse(struct variant_text *out, const char *text) __attribute__((warn_unused_result));
/* The text with the words of data/variants.json made into places; the caller frees it. NULL: no
 * memory. */
char *variant_offer(const char *text);
/* The ways that a reader's copy takes. 0 or ERR_ARG. */
int variant_choose(uint8_t choice[static VARIANT_PLACES], const struct variant_text *t,
		   const uint8_t seed[static VARIANT_SEED_LEN], const uint8_t handle[static 8])
	__attribute__((warn_unused_result));
/* The copy; the caller frees it. NULL: no memory. */
char *variant_render(const struct variant_text *t, const uint8_t choice[static VARIANT_PLACES]);
/* The body of an abstract or an order as that reader sees it, without the seed; any other body as
 * it is. New reference. */
json_t *variant_body(const json_t *body, const uint8_t handle[static 8]);

/* Which way a copy shows at each place, -1 where that cannot be told; returns how many can. Blanks
 * and punctuation do not count, and a few signs may be wrong. */
size_t variant_seen(int8_t seen[static VARIANT_PLACES], const struct variant_text *t,
		    const char *copy);
/* At how many of the seen places a reader's copy (or one of two copies) is the same. */
size_t variant_match(const struct variant_text *t, const int8_t seen[static VARIANT_PLACES],
		     const uint8_t one[static VARIANT_PLACES], const uint8_t *two);
/* How likely a reader (or two, `pair`) who has nothing to do with it matches at so many of the seen
 * places or more. */
double variant_chance(const struct variant_text *t, const int8_t seen[static VARIANT_PLACES],
		      size_t match, bool pair);

#endif
