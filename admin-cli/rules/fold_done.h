/* What was done in a log, whether one member did it or two: a proposal that got its second
 * signature is what it proposes. For readers of a log after it was folded. */
#ifndef FOLD_DONE_H
#define FOLD_DONE_H

#include "admin-cli/rules/fold_state.h"

struct fold_done {
	uint16_t type;
	const json_t *body;             /* borrowed */
	const struct fold_entry *e;     /* by which it was done: the second signature of two */
	const struct fold_entry *by[2]; /* the author, or proposer and second */
};

/* The n-th entry in the order of the fold. False: it did nothing, as a proposal does. */
bool fold_done(struct fold_done *out, const struct fold_input *in, const struct fold *f, size_t n);

#endif
