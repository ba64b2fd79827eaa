/* Figures of visits under seal (see stats_visit.h). */
#include "admin-cli/rules/stats_visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/err.h"
#include "crypto/order.h"

static const char *const names[STATS_ENDS] = {
	[STATS_AHEAD] = "ahead",
	[STATS_VISITED] = "visited",
	[STATS_STOOD_BY] = "stood by",
	[STATS_LAPSED] = "lapsed",
	[STATS_CANCELLED_PL] = "cancelled PL",
	[STATS_CANCELLED_SR] = "cancelled SR",
	[STATS_ABORTED_TL] = "aborted TL",
	[STATS_COMPROMISED_SR] = "compromised SR",
	[STATS_COMPROMISED_TL] = "compromised TL",
};

const char *
stats_end_name(enum stats_end end)
{
	return names[end];
}

enum stats_end
stats_visit_end(const struct stats_visit *v, uint32_t hour)
{
	if (v->ended != STATS_AHEAD)
		return v->ended;
	if (v->arrived)
		return STATS_VISITED;
	return hour > v->hour0 + ORDER_OVER_HOURS ? STATS_LAPSED : STATS_AHEAD;
}

bool
stats_visit_match(const struct stats_wanted *w, const struct stats_visit *v)
{
	return v->hour0 / 24 >= w->from && v->hour0 / 24 <= w->to &&
	       (!w->desk || w->desk == v->desk);
}

/* Parts and wholes of all shares, and the days of all that was struck off. */
struct counting {
	size_t part[STATS_VISIT_RATES], whole[STATS_VISIT_RATES];
	int16_t *days;
	size_t struck;
	uint32_t today;
};

static void
add(struct counting *c, enum stats_visit_rate r, size_t part, size_t whole)
{
	c->part[r] += part;
	c->whole[r] += whole;
}

static void
add_found(struct counting *c, const struct stats_found *x)
{
	uint32_t days = x->struck - x->found;

	if (x->struck >= x->found && x->struck)
		c->days[c->struck++] = (int16_t)(days < INT16_MAX ? days : INT16_MAX);
	if (x->deadline)
		add(c, STATS_OVERDUE, x->waits && c->today > x->deadline, 1);
}

static void
add_visit(struct counting *c, const struct stats_visit *v)
{
	if (v->arrived) {
		add(c, STATS_OUTSIDE, v->outside, 1);
		add(c, STATS_ANOMALY, v->anomaly, 1);
	}
	add(c, STATS_PASSED, v->passed, (size_t)v->passed + v->failed);
	add(c, STATS_LOOK_BACK, v->found_again, v->looked_back);
	for (unsigned i = 0; i < v->cnt && i < STATS_FOUND; i++)
		add_found(c, &v->found[i]);
}

int
stats_visits_run(struct stats_visits *out, const struct stats_wanted *w,
		 const struct stats_visit *list, size_t cnt, uint32_t hour)
{
	struct counting c = { .today = hour / 24 };

	memset(out, 0, sizeof(*out));
	c.days = calloc(cnt * STATS_FOUND + 1, sizeof(*c.days));
	if (!c.days)
		return ERR_MEM;
	out->end.cnt = STATS_ENDS;
	for (int i = 0; i < STATS_ENDS; i++)
		snprintf(out->end.row[i].key, STATS_KEY, "%s", names[i]);
	for (size_t i = 0; i < cnt; i++) {
		if (!stats_visit_match(w, &list[i]))
			continue;
		out->total.cnt++;
		out->end.row[stats_visit_end(&list[i], hour)].cnt++;
		add_visit(&c, &list[i]);
	}
	stats_hide(&out->total, &out->end, 1);
	for (int r = 0; r < STATS_VISIT_RATES; r++)
		out->rate[r] = stats_share(c.part[r], c.whole[r]);
	out->struck = stats_median(c.days, c.struck);
	free(c.days);
	return 0;
}
