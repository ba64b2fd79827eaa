/*
 * Figures of the plans and registers that are here: how many slots and visits there were, which
 * share of them was outside office hours or stand-by, and of how many sites nothing is known. None
 * is about a person, and none tells which visit a tip has caused.
 */
#ifndef PLAN_FIGURES_H
#define PLAN_FIGURES_H

#include <stddef.h>
#include <stdint.h>

struct session;

#define PLAN_FIGURES_BLIND 365 /* days without a visit, for a site without a tip */

struct plan_figures {
	size_t slots, standby;  /* of drawn plans whose period lies in those days */
	size_t visits, outside; /* as their results say */
	size_t free;            /* of these visits, outside the draw */
	size_t sites, blind;    /* of the registers here */
};

/* Counts, for one inspection desk (0: all), plans that begin in [from, to]. A failure is recorded.
 */
int plan_figures(struct session *ses, uint16_t desk, uint32_t from, uint32_t to,
		 struct plan_figures *out) __attribute__((warn_unused_result));

#endif
