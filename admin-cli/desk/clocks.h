/*
 * The clocks (rules/clock.h) of the cases in the workspace. A case that was opened here has them in
 * its line, so that a list of thousands opens nothing; any other has the gateway's alone.
 */
#ifndef CLOCKS_H
#define CLOCKS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/clock.h"

struct opened;

/* What the gateway's record says of them. */
void clocks_record(struct clock_record *out, const struct frame_record *rec);
/* Puts the clocks of an opened case into its line. */
void clocks_keep(struct workspace_line *line, const struct opened *d);
/* The clocks of a case; none where it is closed, or still the desk below's alone. */
void clocks_of(struct clock_time out[static CLOCK__MAX], const struct workspace_case *c);

/* How many clocks of all cases are over, and how many are near it. */
struct clocks_sum {
	size_t over[CLOCK__MAX], warned[CLOCK__MAX];
	size_t all_over, all_warned;
	size_t life;  /* open cases by the clocks of S1 */
	size_t above; /* cases that came up to this desk */
};
void clocks_sum(struct clocks_sum *out, const struct workspace_case *list, size_t cnt,
		uint32_t hour);

/* One clock of a case for programs; new reference. */
json_t *clocks_json(enum clock_id id, const struct clock_time *c, const struct frame_record *rec,
		    uint32_t hour);

#endif
