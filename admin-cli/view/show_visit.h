/* A visit under seal in words: its sides, its hours, what each entry is, how its findings stand. */
#ifndef SHOW_VISIT_H
#define SHOW_VISIT_H

#include <jansson.h>

struct cli;
struct opened;

/* On which side of it this member is: "a", "b", "planner", "none"; and the same in the user's
 * language. */
const char *show_visit_side_name(const struct opened *d);
const char *show_visit_side(const struct opened *d);
/* All of it: head, sides, hours, findings, entries, who fetched its parts; also as the data of
 * --json. A failure is one of the workspace. */
int show_visit(struct cli *cli, const struct opened *d) __attribute__((warn_unused_result));

#endif
