#include "server/even.h"

#define GAP_MAX    100000u /* a longer pause says no more than this */
#define GAP_SHARE  32
#define PACE_SHARE 64

static uint64_t
smooth(uint64_t old, uint64_t now, unsigned share)
{
	return old - old / share + now / share;
}

void
even_request(struct even *e, uint64_t now)
{
	uint64_t gap = now - e->last;
	e->gap = smooth(e->gap, gap < GAP_MAX ? gap : GAP_MAX, GAP_SHARE);
	e->last = now;
}

uint64_t
even_hold(struct even *e, uint64_t took)
{
	if (!e->step)
		e->step = EVEN_STEP_MIN;
	/* One that was away long is an accident, not the pace. */
	uint64_t pace = took < 4 * e->step ? took : 4 * e->step;
	uint64_t hold = e->gap < EVEN_CROWD ? 0 : e->step - took % e->step;
	/* The step moves by doubling only, and from what came before: the next answers say nothing about this one. */
	e->pace = smooth(e->pace, pace, PACE_SHARE);
	while (e->step < EVEN_STEP_MAX && e->step < 2 * e->pace)
		e->step *= 2;
	while (e->step > EVEN_STEP_MIN && e->step > 5 * e->pace)
		e->step /= 2;
	return hold;
}
