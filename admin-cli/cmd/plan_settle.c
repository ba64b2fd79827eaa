/*
 * The result of a plan at the gateway (see plan_settle.h). A visit took place only where an order
 * of its hour has arrived: no planner's word makes one. What an order does not tell is which of two
 * sites of one hour was missed; that the planner says.
 */
#include "admin-cli/cmd/plan_settle.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cmd/plan_slots.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/visit_facts.h"
#include "admin-cli/plan/log.h"
#include "crypto/err.h"
#include "crypto/text.h"

/* The first hour of the order of each visit, and within how many hours it may lie. */
struct when {
	uint32_t hour0, span;
};

struct settle {
	struct plan_week week;
	struct visit_fact *fact;
	size_t facts;
	struct plan_body now, before; /* before: as the book has it */
	struct when *when;            /* of now.visit */
};

static void
end(struct settle *s)
{
	plan_body_free(&s->now);
	plan_body_free(&s->before);
	free(s->when);
	free(s->fact);
	plan_week_end(&s->week);
	free(s);
}

/* ---- the visits of all slots ---- */

static void
add(struct settle *s, const struct plan_visit *v, uint32_t hour0, uint32_t span)
{
	for (size_t i = 0; i < s->now.visits; i++)
		if (s->now.visit[i].site == v->site && s->now.visit[i].day == v->day)
			return; /* an S1 at the site to which somebody went on that day */
	s->when[s->now.visits] = (struct when){ hour0, span };
	s->now.visit[s->now.visits++] = *v;
}

static int
add_all(struct cli *cli, struct settle *s)
{
	const struct plan_week *w = &s->week;

	s->now.kind = PLAN_RESULT;
	memcpy(s->now.plan, w->step->plan->plan, sizeof(s->now.plan));
	s->now.visit = calloc(w->cnt + w->needs + 1, sizeof(*s->now.visit));
	s->when = calloc(w->cnt + w->needs + 1, sizeof(*s->when));
	if (!s->now.visit || !s->when)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	for (size_t k = 0; k < w->cnt; k++) {
		const struct plan_slot *x = &w->slot[k];
		if (x->filling != SLOT_STANDBY)
			add(s,
			    &(struct plan_visit){ .site = x->site,
						  .day = x->day,
						  .hour = plan_slot_hour(x),
						  .drawn = x->drawn },
			    x->hour0, x->drill ? SLOT_DRILL_LATE : 1);
	}
	for (size_t i = 0; i < w->needs; i++) {
		const struct plan_need *n = &w->need[i];
		uint32_t at = n->taken + SLOT_ZONE;
		if (n->urgent && !n->gone)
			add(s,
			    &(struct plan_visit){
				    .site = n->site, .day = at / 24, .hour = (uint8_t)(at % 24) },
			    n->taken, 24);
	}
	return 0;
}

/* ---- which of them took place ---- */

/* The orders of one hour: how many arrived, and what became of another. */
static size_t
arrived(const struct settle *s, const struct when *at, uint32_t hour, enum stats_end *other)
{
	size_t n = 0;

	*other = STATS_ENDS;
	for (size_t i = 0; i < s->facts; i++) {
		const struct stats_visit *v = &s->fact[i].v;
		if (v->desk != s->week.step->plan->desk || v->hour0 < at->hour0 ||
		    v->hour0 >= at->hour0 + at->span)
			continue;
		n += v->arrived != 0;
		if (!v->arrived && v->ended != STATS_STOOD_BY)
			*other = stats_visit_end(v, hour);
	}
	return n;
}

static const char *
reason(enum stats_end end)
{
	switch (end) {
	case STATS_CANCELLED_PL:
	case STATS_CANCELLED_SR:
		return _("the order was cancelled");
	case STATS_ABORTED_TL:
		return _("the visit was broken off on the road");
	case STATS_COMPROMISED_SR:
	case STATS_COMPROMISED_TL:
		return _("the visit had become known");
	case STATS_LAPSED:
		return _("the order lapsed");
	case STATS_ENDS:
		return _("no order was sealed for it");
	default:
		return _("nobody has arrived");
	}
}

/* Visits of the same hour, and how many of them are called missed so far. */
static size_t
same_hour(const struct settle *s, size_t at, size_t *missed)
{
	size_t n = 0;

	*missed = 0;
	for (size_t i = 0; i < s->now.visits; i++) {
		if (s->when[i].hour0 != s->when[at].hour0)
			continue;
		n++;
		*missed += s->now.visit[i].why != NULL;
	}
	return n;
}

/* What the book says of a visit; NULL: nothing. */
static const struct plan_visit *
said(const struct settle *s, const struct plan_visit *v)
{
	for (size_t i = 0; i < s->before.visits; i++)
		if (s->before.visit[i].site == v->site && s->before.visit[i].day == v->day)
			return &s->before.visit[i];
	return NULL;
}

/* Where nobody arrived at that hour, each of its visits was missed; where all did, none. Between
 * the two the reasons of before stand. */
static void
judge(struct settle *s, uint32_t hour)
{
	for (size_t i = 0; i < s->now.visits; i++) {
		struct plan_visit *v = &s->now.visit[i];
		const struct plan_visit *old = said(s, v);
		enum stats_end other;
		size_t missed, all = same_hour(s, i, &missed);
		size_t there = arrived(s, &s->when[i], hour, &other);
		if (there < all)
			v->why = old && old->why ? old->why : there ? NULL : reason(other);
	}
}

static int
check(struct cli *cli, const struct settle *s, uint32_t hour)
{
	for (size_t i = 0; i < s->now.visits; i++) {
		const struct plan_visit *v = &s->now.visit[i];
		char day[TEXT_DAY_LEN + 1];
		enum stats_end other;
		size_t missed, all = same_hour(s, i, &missed);
		size_t there = arrived(s, &s->when[i], hour, &other);
		text_day_print(day, v->day);
		if (all - missed > there)
			return cli_fail(
				cli, DAVY_REFUSED, "missing",
				_("On %s there were %zu visits, and %zu arrived: say which site was "
				  "missed, and why: --missed %u=\"the road was closed\"."),
				day, all, there, (unsigned)v->site);
	}
	return 0;
}

/* ---- the book ---- */

static void
read_before(struct settle *s)
{
	const struct plan_step *step = s->week.step;

	for (size_t i = 0; i < step->files.cnt; i++) {
		const struct plan_file *f = &step->files.file[i];
		if (!plan_body_read(&s->before, f->bytes, f->len) &&
		    s->before.kind == PLAN_RESULT &&
		    !memcmp(s->before.plan, step->plan->plan, sizeof(s->before.plan)))
			return;
		plan_body_free(&s->before);
		s->before = (struct plan_body){ .kind = PLAN_RESULT };
	}
}

/* Takes out of the new result what the book says already. */
static void
drop_said(struct settle *s, struct plan_body *out)
{
	size_t n = 0;

	*out = s->now;
	for (size_t i = 0; i < s->now.visits; i++) {
		const struct plan_visit *v = &s->now.visit[i], *old = said(s, v);
		if (old && old->hour == v->hour && old->drawn == v->drawn &&
		    (v->why ? old->why && !strcmp(old->why, v->why) : !old->why))
			continue;
		out->visit[n++] = *v;
	}
	out->visits = n;
}

static int
send(struct cli *cli, struct settle *s, const struct plan_body *news)
{
	struct workspace_case *c = &s->week.step->book->c;
	int err = 0;

	for (size_t at = 0; at < news->visits && !err;) {
		struct submit p = { .type = ENTRY_PLAN_RESULT, .now = true };
		p.body = plan_log_result(news, &at);
		err = p.body ? submit_send(cli->ses, c, &p)
			     : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
		json_decref(p.body);
	}
	return err;
}

/* What the orders say as they stand at the gateway: one who has not seen an arrival yet would be
 * asked which site was missed, and would sign it. */
static int
load_facts(struct cli *cli, struct settle *s)
{
	struct sync_result unused = { 0 };
	int err = sync_list(cli->ses, s->week.step->book->view, FRAME_ORDER, &unused);

	if (err)
		return err;
	err = visit_facts_load(cli->ses, &s->fact, &s->facts);
	return err ? cli_fail_err(cli, err, "%s", _("The orders were not read.")) : 0;
}

/* After the period, because what it says was secret before. */
static int
begin(struct cli *cli, struct settle *s, const char *plan)
{
	int err = plan_week(cli, &s->week, plan);
	char day[TEXT_DAY_LEN + 1];

	if (err)
		return err;
	text_day_print(day, s->week.step->plan->until);
	if (sync_hour(cli->ses) / 24 <= s->week.step->plan->until)
		return cli_fail(
			cli, DAVY_AGAIN, "early",
			_("The period of this plan ends on %s; its result is written after that."),
			day);
	return load_facts(cli, s);
}

int
plan_settle(struct cli *cli, const char *plan)
{
	struct settle *s = calloc(1, sizeof(*s));
	struct plan_body news;
	int err;

	if (!s)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	err = begin(cli, s, plan);
	if (!err) {
		read_before(s);
		err = add_all(cli, s);
	}
	if (!err) {
		judge(s, sync_hour(cli->ses));
		err = plan_missed(cli, &s->now);
	}
	if (!err)
		err = check(cli, s, sync_hour(cli->ses));
	if (!err) {
		plan_print_visits(cli, &s->now);
		drop_said(s, &news);
		err = send(cli, s, &news);
	}
	end(s);
	return err;
}
