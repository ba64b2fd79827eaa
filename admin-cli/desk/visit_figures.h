/*
 * Figures of the orders under seal and of the campaigns that are here (rules/stats_visit.h). A
 * visit counts for a campaign where two who were there say that it went for it.
 */
#ifndef VISIT_FIGURES_H
#define VISIT_FIGURES_H

#include "admin-cli/rules/stats_visit.h"

struct session;

struct campaign_figure {
	uint8_t id[16];
	char name[128];
	uint32_t quota;
	struct stats_rate done; /* visits that took place, of its quota */
};

struct visit_figures {
	struct stats_visits visits;
	struct campaign_figure *campaign; /* whose days touch the period */
	size_t campaigns;
};

/* Counts the workspace; the caller ends with visit_figures_free(). A failure is recorded. */
int visit_figures(struct session *ses, const struct stats_wanted *w, struct visit_figures *out)
	__attribute__((warn_unused_result));
void visit_figures_free(struct visit_figures *f);

#endif
