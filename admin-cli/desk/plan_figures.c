/* Figures of plans and registers (see plan_figures.h). */
#include "admin-cli/desk/plan_figures.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/plan_book.h"
#include "admin-cli/desk/planned.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/register.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/frame.h"

struct counting {
	struct plan_figures *f;
	const struct stats_wanted *w;
	bool counts;         /* the plan at hand does */
	uint8_t (*need)[32]; /* into which plan each need was taken */
	size_t needs;
};

static void
add_visits(struct plan_figures *f, const struct plan_body *b)
{
	for (size_t i = 0; i < b->visits; i++) {
		const struct plan_visit *v = &b->visit[i];
		if (v->why)
			continue;
		f->visits++;
		f->free += !v->drawn;
		f->outside += plan_outside(v->day, v->hour);
	}
}

static void
add_plan(struct counting *c, const struct plan_body *b)
{
	c->f->slots += b->drawn + b->free;
	c->f->standby += b->standby;
	c->f->discretionary += plan_discretionary(b);
	for (size_t i = 0; i < c->needs; i++)
		c->f->needs += !memcmp(c->need[i], b->plan, sizeof(b->plan));
}

/* The plan comes before its result. */
static int
take(void *arg, char *name, uint8_t *bytes, size_t len)
{
	struct counting *c = arg;
	struct plan_body b;

	if (plan_body_read(&b, bytes, len) == 0 && b.kind == PLAN_PLAN) {
		c->counts = b.from >= c->w->from && b.from <= c->w->to &&
			    (!c->w->desk || b.desk == c->w->desk);
		if (c->counts)
			add_plan(c, &b);
	} else if (b.kind == PLAN_RESULT && c->counts) {
		add_visits(c->f, &b);
	}
	plan_body_free(&b);
	free(bytes);
	free(name);
	return 0;
}

/* The plan into which a need was taken, if it was not given back. */
static bool
plan_of(const struct opened *d, uint8_t plan[static 32])
{
	bool found = false;

	for (size_t k = 0; k < d->fold.order_cnt; k++) {
		size_t i = d->fold.order[k];
		const char *move = schema_text(d->x[i].body, "move");
		if (d->entry[i].verdict != FOLD_ACCEPTED)
			continue;
		if (!strcmp(move, "taken"))
			found = schema_hex(d->x[i].body, "plan", plan, 32);
		if (!strcmp(move, "given_back"))
			found = false;
	}
	return found;
}

/* Books of that machine, each opened, for `each`. */
static int
each_book(struct session *ses, enum machine_id machine, struct counting *c,
	  int each(struct session *, struct counting *, const struct opened *))
{
	struct workspace_case *list;
	size_t cnt = 0;
	int err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_BOOK, &list,
								 &cnt));

	for (size_t i = 0; i < cnt && !err; i++) {
		struct opened *d;
		if (machine_state(machine, list[i].line.state) < 0)
			continue;
		err = opened_glance(ses, &list[i], &d);
		if (err)
			break;
		if (d->fold.machine == machine)
			err = each(ses, c, d);
		opened_free(d);
	}
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	return err;
}

static int
each_need(struct session *ses, struct counting *c, const struct opened *d)
{
	void *more = realloc(c->need, (c->needs + 1) * sizeof(*c->need));

	if (!more)
		return session_fail_err(ses, ERR_MEM, "%s", _("The figures cannot be counted"));
	c->need = more;
	c->needs += plan_of(d, c->need[c->needs]);
	return 0;
}

static int
each_plan(struct session *ses, struct counting *c, const struct opened *d)
{
	if (d->fold.state != PLAN_REVEALED && d->fold.state != PLAN_SETTLED)
		return 0;
	c->counts = false;
	return plan_book_each(ses, d, take, c);
}

static int
count_sites(struct session *ses, uint16_t desk, struct plan_figures *out)
{
	struct plan_register r;
	int err = planned_register(ses, &desk, &r);

	out->sites += r.cnt;
	for (size_t i = 0; i < r.cnt; i++) {
		const struct plan_site *x = &r.site[i];
		out->unvisited += !x->last || x->last + PLAN_FIGURES_YEAR <= term_today();
		out->blind += plan_blind(x, term_today(), out->days);
	}
	plan_register_free(&r);
	return err;
}

int
plan_figures(struct session *ses, const struct stats_wanted *w, unsigned days,
	     struct plan_figures *out)
{
	struct counting c = { .f = out, .w = w };
	const struct trust *view;
	uint16_t *desks = NULL;
	size_t cnt = 0;

	*out = (struct plan_figures){ .days = days };
	int err = workspace_open(ses);
	if (!err)
		err = trust_get(ses, false, &view);
	if (!err)
		out->audits = view->me && view->me->roles & ROSTER_AU;
	if (!err && out->audits)
		err = each_book(ses, MACHINE_NEED, &c, each_need);
	if (!err)
		err = each_book(ses, MACHINE_PLAN, &c, each_plan);
	free(c.need);
	if (!err)
		err = planned_desks(ses, &desks, &cnt);
	for (size_t k = 0; k < cnt && !err; k++)
		if (!w->desk || desks[k] == w->desk)
			err = count_sites(ses, desks[k], out);
	free(desks);
	return err;
}
