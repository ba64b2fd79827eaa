/* The step on which answers leave; see pacer.h. */
#include "server/face/pacer.h"

#define PACE_SHARE 64

uint64_t
pacer_hold(struct pacer *e, uint64_t took)
{
	if (!e->step)
		e->step = PACER_STEP_MIN;
	uint64_t hold = e->step - took % e->step;
	/* An exchange that took very long is an accident and does not set the step. */
	uint64_t pace = took < 4 * e->step ? took : 4 * e->step;
	e->pace = e->pace - e->pace / PACE_SHARE + pace / PACE_SHARE;
	/* The step only doubles, so later answers reveal nothing about this one. */
	while (e->step < PACER_STEP_MAX && e->step < 2 * e->pace)
		e->step *= 2;
	while (e->step > PACER_STEP_MIN && e->step > 5 * e->pace)
		e->step /= 2;
	return hold;
}
