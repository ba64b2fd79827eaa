/*
 * What a planner sealed into an order, compared with the need or the plan that it names. Once an
 * order has arrived its log holds the keys of its layers, and a week after its first hour the
 * gateway gives the layers to its desks: then whoever holds the need's book, or the plan's book and
 * the register, sees where the planner sent the team to another place than he was to.
 */
#ifndef CMD_SEALED_SITE_H
#define CMD_SEALED_SITE_H

#include <jansson.h>

struct cli;
struct opened;

/* {"compared": bool, "plan": the hash of the plan that it names, in hex, or "", "differs":
 * [{"code": …, "text": a sentence without a full stop}]}, or NULL where there is nothing to compare
 * yet, or not for this member: the desk that goes holds no needs and no plans, so it fetches
 * nothing. The caller drops it. `compared` is false where this home holds nothing of what the order
 * names. No failure: `davy order show` shows the rest all the same.
 */
json_t *sealed_site(struct cli *cli, const struct opened *d);
/* show_visit() of an order with that. */
int sealed_site_show(struct cli *cli, const struct opened *d) __attribute__((warn_unused_result));

#endif
