/* What the commands on books (referrals, campaigns, needs) share. */
#ifndef BOOK_CMD_H
#define BOOK_CMD_H

#include <jansson.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/machine.h"

/* Fails where the target is another kind of book. */
int book_is(struct cli *cli, enum machine_id machine) __attribute__((warn_unused_result));
/* Takes one step. Where it needs two members: signs what another member has proposed, else proposes
 * it. Takes over the body, whose "move" names the state. An answer to a need waits for its round
 * unless `now`. */
int book_step(struct cli *cli, json_t *body, bool now) __attribute__((warn_unused_result));
/* The same, with what goes with the step in the case that a referral comes from. */
int book_move(struct cli *cli, json_t *body) __attribute__((warn_unused_result));
/* Shows a proposal, the i-th entry of the book, and signs it. */
int book_sign(struct cli *cli, size_t i) __attribute__((warn_unused_result));
/* The books of one kind that are in the workspace; one that could not be opened here may be a
 * referral, so it counts as one. Freed with workspace_free(list, cnt * sizeof(*list)). */
int book_load(struct cli *cli, enum machine_id machine, struct workspace_case **list, size_t *cnt)
	__attribute__((warn_unused_result));
/* Opens a book at our own desk and says which id it has. Takes over the body. *id is filled. */
int book_new(struct cli *cli, uint16_t type, json_t *body, uint8_t id[static 16])
	__attribute__((warn_unused_result));
/* Shows all entries of the target. */
int book_show(struct cli *cli) __attribute__((warn_unused_result));
/* Writes cli->text as a note. */
int book_note(struct cli *cli) __attribute__((warn_unused_result));

#endif
