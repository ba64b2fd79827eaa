/*
 * The books in the workspace (referrals, needs, campaigns, rotas, conflicts): how each stands
 * today, whether its next step is late, and which steps this member may take. Lists keep the state
 * of the last fold; a window that ends by itself has ended here without another fold.
 */
#ifndef BOOKS_H
#define BOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/fold_state.h"

struct opened;
struct session;

/* Puts the state of today into the line; returns which book it is, MACHINE__MAX: it did not open
 * here. */
enum machine_id books_today(struct workspace_case *c, uint32_t today);
/* Of a line by books_today(): whether the next step is late. */
enum book_late books_late(const struct workspace_case *c, uint32_t today);
/* Whether nothing moves it any more. */
bool books_ended(const struct workspace_case *c);

/* Those that open here, by books_today(): late first, then by the day that is due, ended last.
 * Freed with workspace_free(list, cnt * sizeof(*list)). A failure is recorded. */
int books_list(struct session *ses, uint32_t today, struct workspace_case **list, size_t *cnt)
	__attribute__((warn_unused_result));

/* A step that the table of the book allows a member with these roles. */
struct books_step {
	const struct machine_move *move;
	unsigned persons;     /* 1 or 2; 0: not now */
	enum fold_reason why; /* why not, or why one person is not enough */
	size_t proposal;      /* the entry with which another member has proposed it; FOLD_NONE */
	bool mine;            /* this member has proposed it */
};
#define BOOKS_STEPS 8
size_t books_steps(const struct opened *d, struct books_step out[static BOOKS_STEPS]);
/* The newest open proposal of this move by another member, and with this "until" (NULL: any);
 * FOLD_NONE: there is none. */
size_t books_proposal(const struct opened *d, const char *move, const char *until);

#endif
