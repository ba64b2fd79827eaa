/*
 * When an answer leaves. A decoy, a poll and a tip are the same work for the disk, not to the last microsecond for the processor: so an answer
 * leaves a whole number of steps after its request, and a step is long beside what this machine needs for an exchange, whatever
 * machine it is. Under a crowd answers leave at once: there a batch says more than the request, and nobody should wait in addition.
 * Times are microseconds.
 */
#ifndef SERVER_EVEN_H
#define SERVER_EVEN_H

#include <stdint.h>

#define EVEN_STEP_MIN 2000u
#define EVEN_STEP_MAX 128000u
#define EVEN_CROWD    1500u /* requests that come sooner one after the other are one */

/* Of one face; all zeros before the first request. */
struct even {
	uint64_t last; /* when the last request was here */
	uint64_t gap;  /* between two requests, smoothed */
	uint64_t pace; /* of an exchange, smoothed */
	uint64_t step;
};

/* A request is here. */
void even_request(struct even *e, uint64_t now);
/* Its answer is here, `took` later: how long it is kept yet. */
uint64_t even_hold(struct even *e, uint64_t took);

#endif
