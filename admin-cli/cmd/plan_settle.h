/* The result of a plan at the gateway, after its period (entry plan-result, FORMATS §7). */
#ifndef CMD_PLAN_SETTLE_H
#define CMD_PLAN_SETTLE_H

#include "admin-cli/cli/cli.h"
#include "admin-cli/plan/body.h"

/* Says in the book which visits took place: those whose order arrived. The others are missed, for
 * the reason that their order gives, or the one of --missed. What the book says already is not
 * written again. */
int plan_settle(struct cli *cli, const char *plan) __attribute__((warn_unused_result));

/* Sets what --missed says in a result. Prints a result. */
int plan_missed(struct cli *cli, struct plan_body *r) __attribute__((warn_unused_result));
void plan_print_visits(struct cli *cli, const struct plan_body *r);

#endif
