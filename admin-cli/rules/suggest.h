/*
 * Suggests codes of the taxonomy for a tip: from the words that the source used (data/words.json),
 * with the picture she chose, her answers and the sector as priors. Says for each suggestion from
 * which words it comes. A suggestion decides nothing: a reviewer takes it or not.
 *
 * A Chinese word is found anywhere; an English word at the beginning of a word (one of up to three
 * letters must be a whole word). A+B in the list: both in one clause, in any order. A word before
 * which the clause says "not" does not count, so "the door is not locked" suggests nothing.
 */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <jansson.h>
#include <stddef.h>

#include "admin-cli/rules/taxonomy.h"

#define SUGGEST_CODES 8   /* suggestions for an axis, at most */
#define SUGGEST_SPANS 160 /* marked places, at most */

struct suggest_code {
	const char *code;
	int score;
	int words; /* how many places speak for it; 0: only the picture or the answers do */
};

/* Where a word stands: `len` bytes at `at` of the field of said[said]. */
struct suggest_span {
	size_t said;
	const char *field;
	size_t at, len;
	enum taxonomy_axis axis;
	const char *code;
};

struct suggest {
	struct {
		struct suggest_code code[SUGGEST_CODES]; /* best first */
		size_t cnt;
	} axis[TAXONOMY__MAX]; /* of hazard, sector, place, work, issue; the others are empty */
	struct suggest_span span[SUGGEST_SPANS];
	size_t span_cnt;
};

/* The fields of a source's entry that are words of her own; ended by NULL. */
extern const char *const suggest_fields[];

/* Judges what the source said: the bodies of her tip and of her later entries; a NULL among them is
 * passed over. `sector` is what is known of the sector (a code), or NULL. *out borrows nothing of
 * them. */
void suggest_run(const json_t *const *said, size_t cnt, const char *sector, struct suggest *out);

/* The text of a field with the marked places in braces; the caller frees it. NULL where nothing is
 * marked or no memory is left. */
char *suggest_marked(const struct suggest *s, size_t said, const char *field, const char *text);

#endif
