/*
 * The slots of a plan: how many there are and when, and what goes into each. Every slot gets an
 * order, sealed at an hour that was drawn before anybody knew what it would say, so that who sees
 * all orders leave cannot tell which one a tip has caused.
 *
 * Shapes. A slot is one day. Its order begins (hour0) at midnight of the day before, and the
 * departure lies on the day itself. Drawn slots follow from the two shares. The free ones are
 * discretionary visits and stand-by, in an order that only the seed of the plan tells; a need takes
 * the next free slot that nobody may have sealed yet. Nothing else changes by it, so what goes
 * before and behind a visit, and in which part of a period, tells little of what it is. If the slot
 * was stand-by, there is one visit more than the plan says, as there are by its seed. A drill is a
 * discretionary visit that goes by the pattern of S1; it is beside the row of days, as S1 is.
 * Units. Days are unix days of China standard time, hours unix hours.
 *
 * Everything follows from what the plan's book and the needs' books hold, so two planners fill
 * alike and no slot twice. What was decided for a slot before `cut` does not change when further
 * needs come: a need counts only for slots whose cut is after the hour in which it was taken.
 */
#ifndef PLAN_SLOTS_H
#define PLAN_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/plan/body.h"

#define SLOT_WEEK  7  /* slots a week: the policy, unless more visits are wanted */
#define SLOT_ZONE  8  /* hours by which the hours of visits are ahead of unix hours */
#define SLOT_CUT   36 /* hours before hour0: the earliest at which an order may be sealed */
#define SLOT_SEALS 24 /* from then on it is sealed within so many hours */
#define SLOT_MORE  4  /* up to a quarter of the discretionary visits of a plan are made besides */
/* In so many days there are two drills: private visits by the pattern of S1, at hours that only the
 * seed tells, so that this pattern proves no tip. They are not in the draw either: its list would
 * tell which they were, and so which visit was not one. */
#define SLOT_QUARTER    91
#define SLOT_DRILL_LATE 24 /* hours: a drill is sealed when its planner comes to it */

enum slot_filling { SLOT_DRAWN, SLOT_NEED, SLOT_PRIVATE, SLOT_STANDBY };

struct plan_slot {
	uint32_t day;
	uint32_t hour0, cut, seal, depart; /* of stand-by, too: nobody may tell it from them */
	bool drawn;
	bool drill; /* a private visit that is sealed and departs in one hour, as one to S1 does */
	enum slot_filling filling;
	uint32_t site; /* its line in the table; of stand-by it says nothing */
	size_t need;   /* whose visit it is, or who rides on it; SIZE_MAX: nobody's */
};

/* A need that a planner has taken for this plan. */
struct plan_need {
	uint8_t id[16];
	uint32_t taken; /* unix hour */
	uint32_t due;   /* unix hour by which a departure is wanted; 0: as soon as may be */
	uint32_t gone;  /* unix hour in which it was given back; 0: it was not */
	bool urgent;    /* S1: goes at once, beside the row */
	uint32_t site;
	/* What becomes of it. */
	size_t slot; /* SIZE_MAX: no slot of this plan is left for it, or it goes at once */
	bool rides;  /* the site is drawn anyway, and in time */
};

struct plan_slots {
	const struct plan_body *plan;
	const uint32_t *order; /* of the drawn sites (struct plan_seen) */
	const uint8_t *hour;
	const uint64_t *threshold; /* of the table */
	size_t sites;
	const uint8_t *seed; /* 32 bytes, from which the days of the plan were made */
	struct plan_need *need;
	size_t needs;
};

/* The days of m drawn and d discretionary visits in the period, and as many stand-by slots as the
 * policy wants (`week` slots a week at least; some fewer, where then each day has as many slots as
 * any other), in b->slot, which the caller frees. With two of five
 * visits outside the draw never more than two drawn slots follow one another. ERR_MEM; ERR_ARG
 * where there would be more than PLAN_VISITS_MAX. */
int plan_slots_days(struct plan_body *b, size_t m, size_t d, unsigned week,
		    const uint8_t seed[static 32]) __attribute__((warn_unused_result));

/* How many slots a plan has: its days, and its drills. */
size_t plan_slots_cnt(const struct plan_body *plan);

/* Fills out[plan_slots_cnt()], ascending by day, and what becomes of each need. ERR_MEM, ERR_ARG
 * (too few sites for so many visits), ERR_RANGE. */
int plan_slots_fill(struct plan_slot *out, struct plan_slots *s)
	__attribute__((warn_unused_result));

/* Of filled slots: the one that a need gets that is taken in this hour; SIZE_MAX: none is left. */
size_t plan_slots_next(const struct plan_slot *slot, size_t cnt, uint32_t taken);
/* Of what became of the needs: whether they take more than a third of the discretionary visits of
 * the plan, so that a visit which was not drawn is likely for a tip. */
bool plan_slots_crowded(const struct plan_body *plan, const struct plan_need *need, size_t needs);

/* The hour of the day at which it departs. */
uint8_t plan_slot_hour(const struct plan_slot *slot);

/* The seed's part for one purpose, for what is drawn in private besides. */
int plan_slots_key(uint8_t key[static 32], const uint8_t seed[static 32],
		   const uint8_t plan[static 32], const void *what, size_t len)
	__attribute__((warn_unused_result));

#endif
