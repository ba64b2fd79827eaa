/*
 * Marks what in an abstract may point at the source: words that are her own, times, shifts, numbers
 * of people, names, numbers. Whoever writes the abstract takes each mark out or waives it by name
 * ("run:3"), and the entry says how many of each kind were waived.
 *
 * There are two coarsenesses. Where at most five people could know it, or nobody said how many
 * could, the coarse one holds: hours, parts of a day other than "night" or "day", and every place
 * closer than the site or building are marked, too, and shorter runs of her words.
 */
#ifndef MARK_H
#define MARK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define MARKS      96 /* at most; more than that is refused as a whole */
#define MARK_NAMED 24 /* "people:12" with its zero */

/* Signs (Chinese) and words (English) in a row that are hers. */
#define MARK_RUN_SIGNS        8
#define MARK_RUN_WORDS        5
#define MARK_RUN_SIGNS_COARSE 6
#define MARK_RUN_WORDS_COARSE 4
/* A shorter run counts as rare where no word of the trade is in it. */
#define MARK_RARE_SIGNS        4
#define MARK_RARE_SIGNS_COARSE 3

enum mark_kind {
	MARK_RUN,    /* words in a row that are hers */
	MARK_TIME,   /* a date, a day, an hour */
	MARK_SHIFT,  /* a shift or a crew */
	MARK_PEOPLE, /* how many people */
	MARK_NAME,   /* a surname with a title */
	MARK_NUMBER, /* a telephone, an id, an account */
	MARK_INSIDE, /* coarse: a place closer than the site */
	MARK_RARE,   /* an unusual word of hers */
	MARK_RISK,   /* what the page warns her of */
	MARK__MAX
};

struct mark {
	enum mark_kind kind;
	unsigned no;       /* from 1 on, for each kind, in the order of the text */
	const char *field; /* of the abstract: "text", "window", "access", "cover" */
	size_t at, len;    /* bytes of that field */
};

struct marks {
	struct mark mark[MARKS];
	size_t cnt;
	bool more; /* there are more than MARKS */
	bool coarse;
};

/* Whether this band ("<=5", or "" or NULL: not said) asks for the coarse one. */
bool mark_coarse(const char *knower);
/* Marks the abstract's fields; `said` as in suggest_run(). */
void mark_all(const json_t *abstract, const json_t *const *said, size_t cnt, struct marks *out);
/* "run:3" */
char *mark_name(char out[static MARK_NAMED], const struct mark *m);
/* The word for a kind ("run"), and a sentence about it for gettext(). */
const char *mark_kind_name(enum mark_kind kind);
const char *mark_kind_text(enum mark_kind kind);

/* A field of the abstract with the marks in brackets: "[run:1 后门用铁链锁着]"; the caller frees
 * it. */
char *mark_shown(const struct marks *m, const char *field, const char *text);
/* How many marks of each kind, as the entry keeps it: ["run:2", "time:1"]; NULL: none. New
 * reference. */
json_t *mark_counts(const struct marks *m);

#endif
