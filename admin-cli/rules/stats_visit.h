/*
 * Figures of visits under seal: what became of the orders, when the visits took place, and how what
 * they found was put right. Pure: what is known of each order comes in, a table and shares go out,
 * with the rules of stats.h for small counts. No member names a person.
 */
#ifndef STATS_VISIT_H
#define STATS_VISIT_H

#include "admin-cli/rules/stats.h"

#define STATS_FOUND 32 /* findings of one visit (FOLD_FINDINGS) */

/* What became of an order. Of one that was stopped it says in which role that was done. */
enum stats_end {
	STATS_AHEAD, /* not over yet */
	STATS_VISITED,
	STATS_STOOD_BY,
	STATS_LAPSED,
	STATS_CANCELLED_PL,
	STATS_CANCELLED_SR,
	STATS_ABORTED_TL,
	STATS_COMPROMISED_SR,
	STATS_COMPROMISED_TL,
	STATS_ENDS
};

/* The word of an end in tables: "visited", "aborted TL". */
const char *stats_end_name(enum stats_end end);

/* One finding. Days are unix days, 0: it did not happen. */
struct stats_found {
	uint32_t found, struck;
	uint32_t deadline; /* of the newest order to put it right */
	bool waits;        /* for the claim that it is put right, until that day */
};

/* What is known of one order under seal. */
struct stats_visit {
	uint16_t desk;
	uint32_t hour0;       /* unix hour */
	uint32_t arrived;     /* unix hour; 0: nobody did */
	bool outside;         /* they arrived outside office hours (plan_outside()) */
	enum stats_end ended; /* AHEAD where its log says nothing: its time may have passed */
	bool anomaly;         /* they were expected */
	uint8_t campaign[16]; /* for which it went; zero: none */
	uint16_t passed, failed, looked_back, found_again;
	uint8_t cnt;
	struct stats_found found[STATS_FOUND];
};

enum stats_visit_rate {
	STATS_OUTSIDE,   /* visits outside office hours */
	STATS_ANOMALY,   /* visits that were expected */
	STATS_PASSED,    /* reinspections that were passed */
	STATS_OVERDUE,   /* findings that were ordered to be put right: past their day */
	STATS_LOOK_BACK, /* looks after a strike-off that found it again */
	STATS_VISIT_RATES
};

struct stats_visits {
	struct stats_row total; /* orders whose first hour lies in the period */
	struct stats_table end;
	struct stats_rate rate[STATS_VISIT_RATES];
	enum stats_band struck; /* median of days from a finding to its strike-off */
};

/* What became of it, by now: an order whose log is silent lapses with its window. */
enum stats_end stats_visit_end(const struct stats_visit *v, uint32_t hour);
/* Whether the order is of the desk and period that are wanted; severities and the like are of
 * cases. */
bool stats_visit_match(const struct stats_wanted *w, const struct stats_visit *v);
/* Counts and hides. `hour` is now. 0 or ERR_MEM. */
int stats_visits_run(struct stats_visits *out, const struct stats_wanted *w,
		     const struct stats_visit *list, size_t cnt, uint32_t hour)
	__attribute__((warn_unused_result));

#endif
