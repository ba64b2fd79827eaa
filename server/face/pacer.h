/*
 * Decides when an answer leaves. A decoy, a poll and a tip cost the disk the same, but the
 * processor not to the microsecond. So an answer leaves a whole number of steps after its request,
 * and a step is long compared with the time that this machine needs for an exchange. Times are
 * microseconds.
 */
#ifndef SERVER_EVEN_H
#define SERVER_EVEN_H

#include <stdint.h>

#define PACER_STEP_MIN 2000u
#define PACER_STEP_MAX 128000u

/* The state of one face; all zeros before the first answer. */
struct pacer {
	uint64_t pace; /* of an exchange, smoothed */
	uint64_t step;
};

/* An answer is ready `took` after its request; returns how much longer to hold it. */
uint64_t pacer_hold(struct pacer *e, uint64_t took);

#endif
