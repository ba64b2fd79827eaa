/*
 * The slots of a plan: how many there are and when, and what goes into each. Every slot gets an
 * order, sealed at an hour that was drawn before anybody knew what it would say, so that who sees
 * all orders leave cannot tell which one a tip has caused.
 *
 * Shapes. A slot is one day. Its order begins (hour0) at midnight of the day before, and the
 * departure lies on the day itself. Drawn slots follow from the two shares. The free ones are
 * discretionary visits and stand-by, in an order that only the seed of the plan tells; a need takes
 * the next free slot that nobody may have sealed yet. If that was stand-by, a later visit becomes
 * stand-by in its place, so that the number of visits stays.
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
#define SLOT_GAP   2  /* free ones are never more days apart */
#define SLOT_ZONE  8  /* hours by which the hours of visits are ahead of unix hours */
#define SLOT_CUT   36 /* hours before hour0: the earliest at which an order may be sealed */
#define SLOT_SEALS 24 /* from then on it is sealed within so many hours */
/* In so many days there are two drills: drawn visits by the pattern of S1, so that this pattern
 * proves no tip. */
#define SLOT_QUARTER 91

enum slot_filling { SLOT_DRAWN, SLOT_NEED, SLOT_PRIVATE, SLOT_STANDBY };

struct plan_slot {
	uint32_t day;
	uint32_t hour0, cut, seal, depart; /* of stand-by, too: nobody may tell it from them */
	bool drawn;
	bool drill; /* a drawn visit that is sealed and departs in one hour, as one to S1 does */
	enum slot_filling filling;
	uint32_t site; /* its line in the table; not of stand-by */
	size_t need;   /* whose visit it is, or who rides on it; SIZE_MAX: nobody's */
};

/* A need that a planner has taken for this plan. */
struct plan_need {
	uint8_t id[16];
	uint32_t taken; /* unix hour */
	uint32_t due;   /* unix hour by which a departure is wanted; 0: as soon as may be */
	uint32_t gone;  /* unix hour in which it was given back; 0: it was not */
	bool urgent;    /* S1: goes at once, and a later visit becomes stand-by */
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
	const uint8_t *seed; /* 32 bytes */
	struct plan_need *need;
	size_t needs;
};

/* The days of m drawn and d discretionary visits in the period, and as many stand-by slots as the
 * policy wants (`week` slots a week at least), in b->slot, which the caller frees. ERR_MEM; ERR_ARG
 * where there would be more than PLAN_VISITS_MAX. */
int plan_slots_days(struct plan_body *b, size_t m, size_t d, unsigned week)
	__attribute__((warn_unused_result));

/* Fills out[drawn + free], ascending by day, and what becomes of each need. ERR_MEM, ERR_ARG (too
 * few sites for so many visits), ERR_RANGE. */
int plan_slots_fill(struct plan_slot *out, struct plan_slots *s)
	__attribute__((warn_unused_result));

/* The hour of the day at which it departs. */
uint8_t plan_slot_hour(const struct plan_slot *slot);

/* The seed's part for one purpose, for what is drawn in private besides. */
int plan_slots_key(uint8_t key[static 32], const uint8_t seed[static 32],
		   const uint8_t plan[static 32], const void *what, size_t len)
	__attribute__((warn_unused_result));

#endif
