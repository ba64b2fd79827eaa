/*
 * Figures of the plans and registers that are here: how many slots and visits there were, which
 * share of them was outside office hours or stand-by, and of how many sites nothing is known. None
 * is about a person, and none tells which visit a tip has caused. How many needs were taken is for
 * those who audit (AU) alone.
 */
#ifndef PLAN_FIGURES_H
#define PLAN_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/stats.h"

struct session;

#define PLAN_FIGURES_BLIND 365 /* days without a visit, for a site without a tip, by default */
#define PLAN_FIGURES_YEAR  365

struct plan_figures {
	size_t slots, standby;  /* of drawn plans whose period lies in those days */
	size_t visits, outside; /* as their results say */
	size_t free;            /* of these visits, outside the draw */
	size_t discretionary;   /* visits outside the draw that the plans have */
	size_t needs;           /* taken into these plans and not given back */
	bool audits;            /* this member may know that */
	size_t sites;           /* of the registers here */
	size_t unvisited;       /* of these, without a visit for a year */
	size_t blind;           /* without a tip, and without a visit for so many days */
	unsigned days;
};

/* Counts, for one inspection desk (0: all), plans that begin in the period. A failure is recorded.
 */
int plan_figures(struct session *ses, const struct stats_wanted *w, unsigned days,
		 struct plan_figures *out) __attribute__((warn_unused_result));

#endif
