/*
 * The book of a plan at the gateway (FORMATS §16): the plan itself, two commitments, what is
 * revealed, and the two shares that lie with those above until then.
 *
 * A book has the id that follows from its plan, so that whoever has the plan finds it, and a second
 * try continues where the first one stopped.
 */
#ifndef PLAN_BOOK_H
#define PLAN_BOOK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "admin-cli/plan/body.h"
#include "admin-cli/plan/verify.h"

struct opened;
struct session;
struct trust;

/* The id of the book of that plan. */
void plan_book_id(uint8_t id[static 16], const uint8_t plan[static 32]);
/* Opens the book of this plan with a new seed for its free slots. A failure is recorded. */
int plan_book_open(struct session *ses, const struct trust *view, const struct plan_body *plan)
	__attribute__((warn_unused_result));
/* Leaves this member's share with the desk above and the backstop, and commits to it: the part
 * first, then the entry. What stands already is not sent again. */
int plan_book_commit(struct session *ses, struct opened *d, const uint8_t share[static 32],
		     bool approver) __attribute__((warn_unused_result));
/* Reveals a share: this member's own, or from escrow in place of its author. */
struct plan_reveal {
	const uint8_t *share; /* 32 bytes */
	bool approver, escrow;
	const char *beacon; /* "": none */
};
int plan_book_reveal(struct session *ses, struct opened *d, const struct plan_reveal *r)
	__attribute__((warn_unused_result));
/* The share of the planner or the approver, as it lies with those above. Refused where its bytes
 * are not those that its author named, or do not hold what was committed to. */
int plan_book_share(struct session *ses, const struct opened *d, bool approver,
		    uint8_t share[static 32]) __attribute__((warn_unused_result));

/* The documents that the book holds, of accepted entries alone; each is given to `take`, which
 * takes over the bytes (from malloc) and returns 0 or a recorded failure. */
typedef int plan_book_take(void *arg, char *name, uint8_t *bytes, size_t len);
int plan_book_each(struct session *ses, const struct opened *d, plan_book_take *take, void *arg)
	__attribute__((warn_unused_result));

/* Whether an opened book is another plan than this, for the same desk and some of its days. */
bool plan_book_overlaps(const struct opened *d, const struct plan_body *plan);
/* Whether another plan stands in a book for the same desk and some of these days; *id is its id. */
int plan_book_other(struct session *ses, const struct plan_body *plan, bool *other,
		    uint8_t id[static 16]) __attribute__((warn_unused_result));

#endif
