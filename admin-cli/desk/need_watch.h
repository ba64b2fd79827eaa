/*
 * What needs do to the plans of a planning desk, and which of them would be visited too late. It is
 * told to planners (PL) of that desk alone, from what lies in their workspace: nobody is asked, and
 * how many needs there are is not said.
 */
#ifndef NEED_WATCH_H
#define NEED_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct opened;
struct session;

/* A visit for S1 or S2 is wanted so long after the need came. Planners are not told how grave a tip
 * is: the floors of the dangers in the abstract tell that much. */
#define NEED_WATCH_DAYS 7

/* A plan of which needs take more than a third of the discretionary visits. */
struct need_crowded {
	uint8_t id[16];      /* its book */
	uint16_t desk;       /* that goes */
	size_t open, visits; /* discretionary visits of all that it has */
};

struct need_late {
	uint8_t id[16];
	bool waits;     /* not taken yet: what follows holds if it is taken now */
	uint32_t by;    /* unix hour by which its visit is wanted */
	uint32_t visit; /* unix hour of its departure; 0: no plan here has a slot for it */
	/* The plan whose next slot is in time, where that of another is not; desk 0: there is none.
	 */
	uint8_t plan[16];
	uint16_t desk;
};

struct need_watch {
	struct need_crowded *crowded; /* of plans that are drawn and not over */
	size_t crowded_cnt;
	struct need_late *late; /* needs of S1 or S2 that have not ended */
	size_t late_cnt;
};

/* All lists are empty for whoever is no planner, and where no plan that runs was drawn. The caller
 * ends it in every case. A failure is recorded. */
int need_watch(struct session *ses, struct need_watch *out) __attribute__((warn_unused_result));
void need_watch_end(struct need_watch *w);
/* Whether a need is of S1 or S2, by the dangers that it names; *by: as above. */
bool need_watch_grave(const struct opened *need, uint32_t *by);
/* The line of a need; NULL: it is in time, or nothing can be said. */
const struct need_late *need_watch_find(const struct need_watch *w, const uint8_t id[static 16]);

#endif
