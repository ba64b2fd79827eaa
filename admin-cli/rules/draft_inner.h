/* What the files of the draft share (see draft.h). */
#ifndef DRAFT_INNER_H
#define DRAFT_INNER_H

#include <libintl.h>

#include "admin-cli/rules/draft.h"

#define _(text)  gettext(text)
#define N_(text) text

struct draft {
	struct draft_case c;
	json_t *said;  /* member by name: what was filled in */
	struct fold f; /* the case with it; its `order` is the case's */
	struct draft_other other;
	json_t *other_said; /* the classification of DRAFT_INTO, or NULL */
};

/* The chosen outcome, or NULL. */
const struct taxonomy_word *draft_chosen(const struct draft *d);
bool draft_is(const struct draft *d, const char *outcome);
/* The text of a field of words; "" where there is none. */
const char *draft_words(const struct draft *d, unsigned field);
/* The body of the triage entry for an outcome, with what was filled in. With `invent`, members that
 * the outcome asks for and that are missing get a value, so that the fold can be asked what else
 * stands in the way. New reference. */
json_t *draft_body(const struct draft *d, const struct taxonomy_word *outcome, bool invent);
/* What the fold says to that body: FOLD_FINE with *persons 1 or 2, or why not. *one: why one person
 * is not enough. */
enum fold_reason draft_ask_fold(const struct draft *d, const json_t *body, unsigned *persons,
				enum fold_reason *one);

#endif
