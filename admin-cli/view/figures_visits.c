/* Sections of plans, orders and campaigns (see figures_sheet.h). */
#include <stdio.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/plan_figures.h"
#include "admin-cli/desk/visit_figures.h"
#include "admin-cli/view/figures_sheet.h"

static const char *const ends[STATS_ENDS] = {
	[STATS_AHEAD] = N_("not over yet"),
	[STATS_VISITED] = N_("visited"),
	[STATS_STOOD_BY] = N_("stand-by"),
	[STATS_LAPSED] = N_("lapsed"),
	[STATS_CANCELLED_PL] = N_("cancelled by planners"),
	[STATS_CANCELLED_SR] = N_("cancelled by reviewers"),
	[STATS_ABORTED_TL] = N_("aborted by a leader"),
	[STATS_COMPROMISED_SR] = N_("betrayed, stopped by a reviewer"),
	[STATS_COMPROMISED_TL] = N_("betrayed, stopped by a leader"),
};

static const struct {
	const char *name, *text;
} rates[STATS_VISIT_RATES] = {
	[STATS_OUTSIDE] = { "outside", N_("visits outside office hours (40 % at least)") },
	[STATS_ANOMALY] = { "anomaly", N_("visits that were expected") },
	[STATS_PASSED] = { "passed", N_("reinspections that were passed") },
	[STATS_OVERDUE] = { "overdue", N_("findings to be put right: past their day") },
	[STATS_LOOK_BACK] = { "look_back", N_("looks after a strike-off that found it again") },
};

static void
share(struct sheet_section *sec, const char *key, const char *label, size_t part, size_t whole)
{
	struct stats_rate rate = stats_share(part, whole);

	sheet_rate(sheet_row(sec, key, label), &rate);
}

void
sheet_plans(struct sheet *s, const struct plan_figures *f)
{
	struct sheet_section *sec;
	char label[160];

	if (!f->slots && !f->sites)
		return;
	sec = sheet_section(s, "plans", _("Plans of visits"));
	share(sec, "outside", _("visits outside office hours, as the results say"), f->outside,
	      f->visits);
	share(sec, "free", _("visits outside the draw"), f->free, f->visits);
	share(sec, "discretionary", _("visits that the plans leave outside the draw"),
	      f->discretionary, f->slots - f->standby);
	if (f->audits)
		share(sec, "needs", _("of these, how many needs were taken"),
		      f->needs < f->discretionary ? f->needs : f->discretionary, f->discretionary);
	share(sec, "standby", _("slots that were stand-by"), f->standby, f->slots);
	share(sec, "unvisited", _("sites without a visit for a year"), f->unvisited, f->sites);
	snprintf(label, sizeof(label), _("sites without a tip, and without a visit for %u days"),
		 f->days);
	share(sec, "blind", label, f->blind, f->sites);
}

static void
campaigns(struct sheet *s, const struct visit_figures *f)
{
	struct sheet_section *sec = sheet_section(s, "campaign",
						  _("Visits for campaigns, of their quota"));
	char key[17], label[160];

	for (size_t i = 0; i < f->campaigns && sec->cnt < STATS_ROWS; i++) {
		const struct campaign_figure *c = &f->campaign[i];
		snprintf(label, sizeof(label), "%s (%u)", c->name, c->quota);
		sheet_rate(sheet_row(sec, term_hex(key, c->id, 4), label), &c->done);
	}
}

void
sheet_visits(struct sheet *s, const struct visit_figures *f)
{
	const struct stats_visits *v = &f->visits;
	struct sheet_section *sec;

	sec = sheet_section(s, "order", _("Orders under seal: what became of them"));
	sheet_count(sec, sheet_row(sec, "orders", _("all orders")), &v->total);
	sec->most = 0;
	for (size_t i = 0; i < STATS_ENDS; i++)
		sheet_count(sec, sheet_row(sec, v->end.row[i].key, _(ends[i])), &v->end.row[i]);
	sec = sheet_section(s, "visit", _("Visits and findings"));
	for (size_t i = 0; i < STATS_VISIT_RATES; i++)
		sheet_rate(sheet_row(sec, rates[i].name, _(rates[i].text)), &v->rate[i]);
	snprintf(sheet_row(sec, "struck", _("from a finding to its strike-off"))->value, 40, "%s",
		 sheet_band(v->struck));
	if (f->campaigns)
		campaigns(s, f);
}
