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
#include "crypto/frame.h"

struct counting {
	struct plan_figures *f;
	uint16_t desk;
	uint32_t from, to;
	bool counts; /* the plan at hand does */
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

/* The plan comes before its result. */
static int
take(void *arg, char *name, uint8_t *bytes, size_t len)
{
	struct counting *c = arg;
	struct plan_body b;

	if (plan_body_read(&b, bytes, len) == 0 && b.kind == PLAN_PLAN) {
		c->counts = b.from >= c->from && b.from <= c->to && (!c->desk || b.desk == c->desk);
		c->f->slots += c->counts ? b.drawn + b.free : 0;
		c->f->standby += c->counts ? b.standby : 0;
	} else if (b.kind == PLAN_RESULT && c->counts) {
		add_visits(c->f, &b);
	}
	plan_body_free(&b);
	free(bytes);
	free(name);
	return 0;
}

static int
count_books(struct session *ses, struct counting *c)
{
	struct workspace_case *list;
	size_t cnt = 0;
	int err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_BOOK, &list,
								 &cnt));

	for (size_t i = 0; i < cnt && !err; i++) {
		int state = machine_state(MACHINE_PLAN, list[i].line.state);
		struct opened *d;
		if (state != PLAN_REVEALED && state != PLAN_SETTLED)
			continue;
		err = opened_glance(ses, &list[i], &d);
		if (err)
			break;
		c->counts = false;
		err = plan_book_each(ses, d, take, c);
		opened_free(d);
	}
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	return err;
}

int
plan_figures(struct session *ses, uint16_t desk, uint32_t from, uint32_t to,
	     struct plan_figures *out)
{
	struct counting c = { .f = out, .desk = desk, .from = from, .to = to };
	uint16_t *desks;
	size_t cnt = 0;

	memset(out, 0, sizeof(*out));
	int err = workspace_open(ses);
	if (!err)
		err = count_books(ses, &c);
	if (!err)
		err = planned_desks(ses, &desks, &cnt);
	if (err)
		return err;
	for (size_t k = 0; k < cnt && !err; k++) {
		struct plan_register r;
		if (desk && desks[k] != desk)
			continue;
		err = planned_register(ses, &desks[k], &r);
		out->sites += r.cnt;
		for (size_t i = 0; i < r.cnt; i++)
			out->blind += plan_blind(&r.site[i], term_today(), PLAN_FIGURES_BLIND);
		plan_register_free(&r);
	}
	free(desks);
	return err;
}
