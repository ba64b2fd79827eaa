/* A visit under seal in words: its sides, its hours, what each entry is, how its findings stand. */
#ifndef SHOW_VISIT_H
#define SHOW_VISIT_H

#include <jansson.h>

#include "admin-cli/desk/visits.h"

struct cli;
struct opened;

/* On which side of it this member is: "a", "b", "planner", "none"; and the same in the user's
 * language. */
const char *show_visit_side_name(const struct opened *d);
const char *show_visit_side(const struct opened *d);
/* The same of a side. */
const char *show_side_name(enum visits_side side);
const char *show_side(enum visits_side side);
/* All of it: head, sides, hours, findings, entries, who fetched its parts; also as the data of
 * --json. `sealed`: how what was sealed compares with what was to be (cmd/sealed_site.h), or NULL.
 * A failure is one of the workspace. */
int show_visit(struct cli *cli, const struct opened *d, const json_t *sealed)
	__attribute__((warn_unused_result));

#endif
