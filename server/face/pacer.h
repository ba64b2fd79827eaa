/*
 * When an answer leaves. A decoy, a poll and a tip are the same work for the disk, not to
 * the last microsecond for the processor. So an answer leaves a whole number of steps
 * after its request, and a step is long beside what this machine needs for an exchange,
 * whatever machine it is. Times are microseconds.
 */
#ifndef SERVER_EVEN_H
#define SERVER_EVEN_H

#include <stdint.h>

#define PACER_STEP_MIN 2000u
#define PACER_STEP_MAX 128000u

/* Of one face; all zeros before the first answer. */
struct pacer {
	uint64_t pace; /* of an exchange, smoothed */
	uint64_t step;
};

/* An answer is here, `took` after its request: how long it is kept yet. */
uint64_t pacer_hold(struct pacer *e, uint64_t took);

#endif
