/* What a planner sealed, compared with what he was to seal (see sealed_site.h). */
#include "admin-cli/cmd/sealed_site.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cmd/plan_slots.h"
#include "admin-cli/desk/need_taken.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/plan_book.h"
#include "admin-cli/desk/planned.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show_visit.h"

struct look {
	struct cli *cli;
	const struct order *o;
	const json_t *body; /* layer 2 */
	json_t *differs;
	bool compared;
};

__attribute__((format(printf, 3, 4))) static void
differ(struct look *l, const char *code, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	json_array_append_new(l->differs,
			      json_pack("{s:s,s:s}", "code", code, "text", text ? text : code));
	free(text);
}

static const char *
said(struct look *l, const char *name)
{
	return cli_s(l->cli, schema_text(l->body, name));
}

/* ---- with the need ---- */

/* The need whose first entry has this hash; NULL: it is not here, or cannot be opened. */
static struct opened *
find_need(struct session *ses, const uint8_t hash[static 32])
{
	struct workspace_case *list = NULL;
	struct opened *d, *found = NULL;
	size_t cnt = 0, first;

	if (workspace_case_list(ses->workspace, FRAME_BOOK, &list, &cnt))
		return NULL;
	for (size_t i = 0; i < cnt && !found; i++) {
		if (machine_state(MACHINE_NEED, list[i].line.state) < 0)
			continue;
		if (opened_glance(ses, &list[i], &d)) {
			session_forgive(ses);
			continue;
		}
		first = opened_first(d);
		if (first != FOLD_NONE && d->fold.book && !memcmp(d->entry[first].hash, hash, 32))
			found = d;
		else
			opened_free(d);
	}
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	return found;
}

/* The id of the site for which a planner has taken it; "": for none. */
static const char *
taken_site(const struct opened *need)
{
	const char *site = "";

	for (size_t k = 0; k < need->fold.order_cnt; k++) {
		size_t i = need->fold.order[k];

		if (need->entry[i].verdict == FOLD_ACCEPTED &&
		    !strcmp(schema_text(need->x[i].body, "move"), "taken"))
			site = schema_text(need->x[i].body, "site");
	}
	return site;
}

static void
need_place(struct look *l, const struct opened *need)
{
	const char *id = taken_site(need);
	struct plan_register r = { 0 };
	uint16_t desk = l->o->d->c.rec.desk;
	uint32_t at;

	if (*id && planned_register(l->cli->ses, &desk, &r))
		session_forgive(l->cli->ses);
	else if (need_site(&r, id, &at) &&
		 strcmp(r.site[at].text[PLAN_NAME], schema_text(l->body, "site")) != 0)
		differ(l, "need-site", _("the order was sealed for %s, the need was taken for %s"),
		       said(l, "site"), cli_s(l->cli, r.site[at].text[PLAN_NAME]));
	plan_register_free(&r);
}

static void
need_limits(struct look *l, const json_t *book)
{
	const struct roster *roster = l->o->d->view->bundle.roster;
	const struct roster_desk *desk = roster_find(roster, l->o->d->c.rec.desk);
	const json_t *keep = schema_list(book, "keep_from");
	const char *county = schema_text(book, "county");
	uint32_t level = schema_number(book, "level");

	if (*county && strcmp(county, schema_text(l->body, "county")) != 0)
		differ(l, "need-county", _("the order was sealed for county %s, the need says %s"),
		       said(l, "county"), cli_s(l->cli, county));
	for (size_t i = 0; i < json_array_size(keep); i++) {
		const char *office = json_string_value(json_array_get(keep, i));

		if (!schema_has(schema_list(l->body, "excluded"), office))
			differ(l, "need-excluded",
			       _("the need is kept from %s, the order does not say so"),
			       cli_s(l->cli, office));
	}
	if (desk && desk->level < level)
		differ(l, "need-level",
		       _("the need is for desks of level %u or higher, the order went to one of level %u"),
		       level, desk->level);
}

static void
with_need(struct look *l, const uint8_t hash[static 32])
{
	struct opened *need = find_need(l->cli->ses, hash);

	if (!need)
		return;
	l->compared = true;
	need_limits(l, need->fold.book);
	need_place(l, need);
	opened_free(need);
}

/* ---- with the draw ---- */

static bool
is_hour(const struct plan_slot *x, uint32_t hour0)
{
	return x->drill ? hour0 >= x->hour0 && hour0 < x->hour0 + SLOT_DRILL_LATE
			: hour0 == x->hour0;
}

/* Which of two slots of one hour tells more: one that goes somewhere, and that was drawn. */
static const struct plan_slot *
better(const struct plan_slot *a, const struct plan_slot *b)
{
	if (!a || (a->filling == SLOT_STANDBY && b->filling != SLOT_STANDBY))
		return b;
	return b->drawn && !a->drawn ? b : a;
}

/* What else the slots of that hour hold. Which need has which free slot follows from all needs that
 * were taken, so it is told as far as they are here; a drawn slot follows from the shares alone. */
static void
other_slot(struct look *l, const struct plan_week *w, const struct plan_slot *x)
{
	const struct plan_register *reg = w->step->seen->reg;

	if (x->filling == SLOT_STANDBY)
		differ(l, "plan-nobody",
		       _("by the plan and the needs that are here nobody goes at its hour, and it "
			 "was sealed for %s"),
		       said(l, "site"));
	else if (x->drawn)
		differ(l, "plan-site", _("the order was sealed for %s, the draw says %s"),
		       said(l, "site"), cli_s(l->cli, reg->site[x->site].text[PLAN_NAME]));
	else
		differ(l, "plan-site",
		       _("the order was sealed for %s, the plan and the needs that are here say %s"),
		       said(l, "site"), cli_s(l->cli, reg->site[x->site].text[PLAN_NAME]));
}

static void
with_slots(struct look *l, const struct plan_week *w)
{
	const struct plan_register *reg = w->step->seen->reg;
	const struct plan_slot *other = NULL;
	uint32_t hour0 = l->o->head.hour0;

	for (size_t k = 0; k < w->cnt && w->step->plan->desk == l->o->d->c.rec.desk; k++) {
		const struct plan_slot *x = &w->slot[k];
		const struct plan_site *s;

		if (!is_hour(x, hour0))
			continue;
		other = better(other, x);
		if (x->filling == SLOT_STANDBY)
			continue;
		s = &reg->site[x->site];
		if (!strcmp(s->text[PLAN_NAME], schema_text(l->body, "site")) &&
		    !strcmp(s->text[PLAN_AREA], schema_text(l->body, "county")))
			return;
	}
	if (other)
		other_slot(l, w, other);
	else
		differ(l, "plan-hour",
		       _("the plan that it names has no visit of this desk at its first hour"));
}

static void
with_plan(struct look *l, const uint8_t plan[static 32])
{
	struct plan_week w;
	uint8_t id[16];
	char hex[33];

	plan_book_id(id, plan);
	if (plan_week(l->cli, &w, term_hex(hex, id, sizeof(id))))
		cli_forgive(l->cli);
	else {
		l->compared = true;
		with_slots(l, &w);
	}
	plan_week_end(&w);
}

/* ---- all of it ---- */

static void
look(struct look *l)
{
	uint8_t need[32], plan[32];
	bool by_need = schema_hex(l->body, "need", need, sizeof(need));
	bool by_plan = schema_hex(l->body, "plan", plan, sizeof(plan));

	if (by_need)
		with_need(l, need);
	if (by_plan)
		with_plan(l, plan);
	if (!by_need && !by_plan)
		differ(l, "alone",
		       _("it names neither a need nor a plan, so its planner alone chose the site"));
}

/* The key of the last layer, as the arrival names it. */
static bool
last_secret(const struct opened *d, struct xwing_secret *secret)
{
	struct visits_act act;
	const char *hex;

	if (visits_seeds(d) != VISITS_SEEDS_RIGHT || !visits_arrival(d, &act))
		return false;
	hex = json_string_value(json_array_get(schema_list(act.body, "seeds"), ORDER_LAYERS - 1));
	return hex && term_unhex(secret->seed, sizeof(secret->seed), hex);
}

json_t *
sealed_site(struct cli *cli, const struct opened *d)
{
	struct look l = { .cli = cli };
	struct xwing_secret secret;
	struct order o;
	json_t *body = NULL, *said = NULL;
	int err;

	if (!d->view->me || d->view->me->desk == d->c.rec.desk || !last_secret(d, &secret) ||
	    sync_hour(cli->ses) < visits_hour(&d->c.rec) + ORDER_READ_HOURS)
		return NULL;
	l.differs = json_array();
	err = order_load(cli->ses, d, &o);
	if (!err)
		err = order_layer_after(cli->ses, &o, ORDER_LAYERS - 1, &secret, &body);
	sodium_memzero(&secret, sizeof(secret));
	if (err && !strcmp(session_failure_name(cli->ses), "part"))
		differ(&l, "part",
		       _("the last layer is damaged or exchanged, or its planner sealed it wrongly"));
	if (err)
		cli_forgive(cli);
	l.o = &o;
	l.body = body;
	if (body)
		look(&l);
	if (body || json_array_size(l.differs))
		said = json_pack("{s:b,s:s,s:O}", "compared", l.compared, "plan",
				 schema_text(body, "plan"), "differs", l.differs);
	json_decref(body);
	json_decref(l.differs);
	return said;
}

int
sealed_site_show(struct cli *cli, const struct opened *d)
{
	json_t *sealed = sealed_site(cli, d);
	int err = show_visit(cli, d, sealed);

	json_decref(sealed);
	return err;
}
