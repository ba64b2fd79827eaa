/*
 * The hours in which a reply may become visible to its source. A reply shows late and at a drawn
 * hour, so that nobody can tell from it when a team worked; it shows inside the answer clock of the
 * case, so that a prompt answer does not count as a missing one.
 */
#ifndef HOLD_H
#define HOLD_H

#include <stdbool.h>
#include <stdint.h>

/* Every step-th hour from first to last; both 0: at once. */
struct hold_hours {
	uint32_t first, last, step;
};

/* What is said, and of which case. */
enum hold {
	HOLD_USUAL,  /* the beginning of a day 6 to 72 hours after the next full hour */
	HOLD_URGENT, /* of an urgent case: 2 to 12 hours after it */
	/* The result of an inspection, of whatever case: the beginning of a day 3 to 10 days after
	 * it. Whoever was inspected shall not be able to tell from it which visit was hers. */
	HOLD_DONE,
};

/* `hour`: the gateway's unix hour, which began up to an hour ago. `due`: the hour by which the
 * source must be answered, 0 where no clock runs. Where the range ends too late for the clock, the
 * last hour is the one before it is due. */
void hold_range(struct hold_hours *out, uint32_t hour, enum hold kind, uint32_t due);
/* How many hours there are to draw from, and the n-th of them (n below that number). */
uint32_t hold_cnt(const struct hold_hours *h);
uint32_t hold_hour(const struct hold_hours *h, uint32_t n);

/* How long an abstract waits before it leaves as a need, in seconds: whoever sees when something
 * comes to the planners shall not be able to tell which tip of that day it comes from. An urgent
 * case and S1 wait for nothing, S2 for 6 to 12 hours, others for 6 to 30. `draw` is any number. */
uint32_t hold_forward(bool urgent, int severity, uint32_t draw);

#endif
