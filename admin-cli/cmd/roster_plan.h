/* The plan of `davy roster new --from`: desks and members in one file that a person writes. */
#ifndef ROSTER_PLAN_H
#define ROSTER_PLAN_H

#include <stdint.h>

#include "admin-cli/roster/roster_draft.h"

struct cli;

/* Reads the plan into the draft: name, desks, members, backstop. *days is changed where the plan
 * says how long the roster is good. A failure names the line. */
int roster_plan_read(struct cli *cli, const char *path, struct roster_draft *d, uint64_t *days)
	__attribute__((warn_unused_result));
/* Reads a member's card from a file. */
int roster_plan_card(struct cli *cli, const char *path, struct card_member *card)
	__attribute__((warn_unused_result));

#endif
