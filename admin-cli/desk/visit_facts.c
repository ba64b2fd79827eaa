/* What is kept of orders under seal for figures (see visit_facts.h). */
#include "admin-cli/desk/visit_facts.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/slots.h"
#include "admin-cli/rules/fold_visit.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/text.h"

static void
take_arrival(struct stats_visit *v, const struct visits_act *act, uint32_t day)
{
	uint32_t at = schema_number(act->body, "at"), local;

	if (v->arrived)
		return; /* a covert look that becomes a surprise */
	v->arrived = at ? at : day * 24;
	local = v->arrived + SLOT_ZONE;
	v->outside = plan_outside(local / 24, local % 24);
}

static void
take_finding(struct stats_visit *v, const struct visits_act *act, uint32_t day)
{
	unsigned k = schema_number(act->body, "k");
	const char *until = schema_text(act->body, "deadline");

	if (!k || k > STATS_FOUND)
		return;
	struct stats_found *x = &v->found[k - 1];
	switch (act->type) {
	case ENTRY_FINDING:
		x->found = day;
		v->cnt = k > v->cnt ? (uint8_t)k : v->cnt;
		break;
	case ENTRY_RECTIFY:
		if (text_day(&x->deadline, until, strlen(until)))
			x->deadline = 0;
		break;
	case ENTRY_STRIKE_OFF:
		x->struck = day;
		break;
	case ENTRY_REINSPECT:
		if (schema_is(act->body, "pass"))
			v->passed++;
		else
			v->failed++;
		break;
	case ENTRY_LOOK_BACK:
		v->looked_back++;
		if (!schema_is(act->body, "fixed"))
			v->found_again++;
		break;
	default:
		break;
	}
}

/* The role in which somebody stops an order follows from its state and from the sides. */
static enum stats_end
end_of(const struct opened *d, const struct visits_act *act, const struct fold_entry *e)
{
	const struct fold_visit *v = &d->fold.visit;

	if (act->type == ENTRY_CANCEL)
		return e->from == ORDER_SEALED ? STATS_CANCELLED_PL : STATS_CANCELLED_SR;
	if (act->type == ENTRY_ABORT)
		return STATS_ABORTED_TL;
	return fold_visit_has(v->b, v->b_cnt, e->who.handle) ? STATS_COMPROMISED_TL
							     : STATS_COMPROMISED_SR;
}

static void
add_hand(struct stops_stop *s, const struct fold_entry *e)
{
	memcpy(s->handle[s->cnt], e->who.handle, sizeof(s->handle[0]));
	s->desk[s->cnt++] = e->who.desk;
}

static void
take_act(struct visit_fact *f, const struct opened *d, const struct visits_act *act)
{
	const struct fold_entry *words = &d->entry[act->at], *did = words;

	if (act->sign != FOLD_NONE)
		did = &d->entry[act->sign];
	switch (act->type) {
	case ENTRY_CANCEL:
	case ENTRY_ABORT:
	case ENTRY_COMPROMISE:
		if (f->stop.cnt)
			break;
		f->v.ended = end_of(d, act, did);
		f->stop.day = did->day;
		f->stop.writer = d->entry[opened_first(d)].who.desk;
		add_hand(&f->stop, words);
		if (did != words)
			add_hand(&f->stop, did);
		break;
	case ENTRY_ARRIVE:
		take_arrival(&f->v, act, did->day);
		break;
	case ENTRY_FINDINGS:
		(void)schema_hex(act->body, "campaign", f->v.campaign, sizeof(f->v.campaign));
		break;
	case ENTRY_DEPART:
		if (schema_is(act->body, "standby"))
			f->v.ended = STATS_STOOD_BY;
		break;
	default:
		take_finding(&f->v, act, did->day);
	}
}

int
visit_facts_keep(struct session *ses, const struct opened *d)
{
	const struct fold *f = &d->fold;
	struct visit_fact fact;
	struct visits_act act;

	if (f->machine != MACHINE_ORDER || !visits_hour(&d->c.rec) || opened_first(d) == FOLD_NONE)
		return 0;
	memset(&fact, 0, sizeof(fact)); /* with what lies between the members */
	memcpy(fact.id, d->c.rec.id, sizeof(fact.id));
	fact.v.desk = d->c.rec.desk;
	fact.v.hour0 = visits_hour(&d->c.rec);
	fact.v.anomaly = f->visit.anomaly;
	for (size_t n = 0; n < f->order_cnt; n++)
		if (visits_act(d, n, &act))
			take_act(&fact, d, &act);
	fact.alone = opened_alone(d);
	fact.sign = visits_proposal(d, ENTRY_DECISION, VISITS_ANY) != FOLD_NONE;
	for (unsigned i = 0; i < f->visit.finding_cnt && i < STATS_FOUND; i++)
		fact.v.found[i].waits = f->visit.finding[i].state == FINDING_ORDERED ||
					f->visit.finding[i].state == FINDING_OVERDUE;
	int err = workspace_put(ses->workspace, WORKSPACE_FIGURE, fact.id, sizeof(fact.id),
				(const uint8_t *)&fact, sizeof(fact));
	sodium_memzero(&fact, sizeof(fact));
	return err;
}

/* The workspace's own form: one machine writes and reads it. */
static int
load_one(struct session *ses, struct visit_fact *out, const uint8_t id[static 16], bool *there)
{
	uint8_t *val;
	size_t len;
	int err = workspace_get(ses->workspace, WORKSPACE_FIGURE, id, 16, &val, &len);

	*there = !err && len == sizeof(*out);
	if (*there)
		memcpy(out, val, len);
	if (!err)
		workspace_free(val, len);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int
visit_facts_load(struct session *ses, struct visit_fact **out, size_t *cnt)
{
	struct workspace_case *list;
	size_t all = 0;
	int err = workspace_case_list(ses->workspace, FRAME_ORDER, &list, &all);
	bool there;

	*cnt = 0;
	*out = NULL;
	if (err)
		return err;
	*out = calloc(all + 1, sizeof(**out));
	if (!*out)
		err = ERR_MEM;
	for (size_t i = 0; i < all && !err; i++) {
		err = load_one(ses, &(*out)[*cnt], list[i].rec.id, &there);
		*cnt += !err && there;
	}
	workspace_free(list, all * sizeof(*list));
	return err;
}
