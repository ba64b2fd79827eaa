/* Needs that crowd a plan or would be visited too late (see need_watch.h). */
#include "admin-cli/desk/need_watch.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/plan_now.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/err.h"
#include "crypto/frame.h"

#define GRAVE 2 /* S2 */

/* A plan that runs. */
struct running {
	uint8_t id[16]; /* its book */
	struct plan_now now;
	uint32_t next; /* when the visit of a need departs that is taken now; 0: no slot is left */
};

struct watch {
	struct session *ses;
	const struct trust *view;
	uint32_t hour;
	struct running *run;
	size_t runs;
	struct need_watch *out;
};

static int
no_room(struct session *ses)
{
	return session_fail_err(ses, ERR_MEM, "%s", _("The needs were not read"));
}

void
need_watch_end(struct need_watch *w)
{
	free(w->crowded);
	free(w->late);
	*w = (struct need_watch){ 0 };
}

const struct need_late *
need_watch_find(const struct need_watch *w, const uint8_t id[static 16])
{
	for (size_t i = 0; i < w->late_cnt; i++)
		if (!memcmp(w->late[i].id, id, 16))
			return &w->late[i];
	return NULL;
}

/* ---- plans ---- */

static int
add_crowded(struct watch *w, const struct running *r)
{
	const struct plan_body *b = r->now.plan;
	struct need_watch *out = w->out;
	struct need_crowded *more = realloc(out->crowded,
					    (out->crowded_cnt + 1) * sizeof(*out->crowded));

	if (!more)
		return no_room(w->ses);
	out->crowded = more;
	more += out->crowded_cnt++;
	*more = (struct need_crowded){ .desk = b->desk,
				       .open = plan_discretionary(b),
				       .visits = b->drawn + plan_discretionary(b) };
	memcpy(more->id, r->id, sizeof(more->id));
	return 0;
}

/* Keeps a plan that is drawn and has days left. */
static int
each_plan(struct watch *w, const struct opened *d)
{
	struct running *more, *r;

	if (d->fold.state != PLAN_REVEALED && d->fold.state != PLAN_SETTLED)
		return 0;
	more = realloc(w->run, (w->runs + 1) * sizeof(*more));
	if (!more)
		return no_room(w->ses);
	w->run = more;
	r = &more[w->runs];
	int err = plan_now(w->ses, d, &r->now);
	if (err || !r->now.plan || r->now.plan->until * 24 + 24 <= w->hour + SLOT_ZONE) {
		plan_now_end(&r->now);
		return err;
	}
	memcpy(r->id, d->c.rec.id, sizeof(r->id));
	size_t k = plan_slots_next(r->now.slot, r->now.cnt, w->hour);
	r->next = k == SIZE_MAX ? 0 : r->now.slot[k].depart;
	w->runs++;
	return plan_slots_crowded(r->now.plan, r->now.need, r->now.needs) ? add_crowded(w, r) : 0;
}

/* ---- needs ---- */

/* The lowest severity that the dangers of an abstract allow. */
static int
floor_of(const json_t *first)
{
	const json_t *list = schema_list(first, "hazard");
	const char *code[FOLD_HAZARDS];
	size_t cnt = 0;

	for (size_t i = 0; i < json_array_size(list) && cnt < FOLD_HAZARDS; i++)
		code[cnt++] = json_string_value(json_array_get(list, i));
	return taxonomy_floor(code, cnt);
}

/* The plan whose next slot is the earliest; NULL: none has one. */
static const struct running *
earliest(const struct watch *w)
{
	const struct running *best = NULL;

	for (size_t i = 0; i < w->runs; i++)
		if (w->run[i].next && (!best || w->run[i].next < best->next))
			best = &w->run[i];
	return best;
}

/* Nobody has taken it: whether every plan has a slot that is in time. */
static bool
waiting_late(const struct watch *w, struct need_late *l)
{
	const struct running *best = earliest(w);
	bool all = true;

	for (size_t i = 0; i < w->runs; i++)
		all &= w->run[i].next && w->run[i].next <= l->by;
	l->visit = best ? best->next : 0;
	if (best && best->next <= l->by) {
		memcpy(l->plan, best->id, sizeof(l->plan));
		l->desk = best->now.plan->desk;
	}
	return !all;
}

/* It was taken into a plan: whether its visit is still to come, and then too late. */
static bool
taken_late(const struct watch *w, struct need_late *l)
{
	for (size_t i = 0; i < w->runs; i++)
		for (size_t k = 0; k < w->run[i].now.needs; k++) {
			const struct plan_need *n = &w->run[i].now.need[k];
			if (memcmp(n->id, l->id, sizeof(l->id)) != 0)
				continue;
			l->visit = n->slot == SIZE_MAX ? 0 : w->run[i].now.slot[n->slot].depart;
			return !n->urgent && !n->gone &&
			       (!l->visit || (l->visit > l->by && l->visit > w->hour));
		}
	return false;
}

bool
need_watch_grave(const struct opened *need, uint32_t *by)
{
	size_t first = opened_first(need);

	if (first == FOLD_NONE || book_blank(need->fold.book) || floor_of(need->fold.book) > GRAVE)
		return false;
	*by = need->x[first].e.hour + NEED_WATCH_DAYS * 24;
	return true;
}

static int
each_need(struct watch *w, const struct opened *d)
{
	struct need_watch *out = w->out;
	struct need_late l = { .waits = d->fold.state == NEED_WAITING }, *more;

	if ((!l.waits && d->fold.state != NEED_TAKEN) || !need_watch_grave(d, &l.by))
		return 0;
	memcpy(l.id, d->c.rec.id, sizeof(l.id));
	if (!(l.waits ? waiting_late(w, &l) : taken_late(w, &l)))
		return 0;
	more = realloc(out->late, (out->late_cnt + 1) * sizeof(*more));
	if (!more)
		return no_room(w->ses);
	out->late = more;
	more[out->late_cnt++] = l;
	return 0;
}

/* ---- both ---- */

/* Every book of that machine at this planner's own desk. */
static int
each_book(struct watch *w, enum machine_id machine,
	  int each(struct watch *w, const struct opened *d))
{
	struct workspace_case *list;
	size_t cnt = 0;
	int err = sync_workspace_failed(w->ses, workspace_case_list(w->ses->workspace, FRAME_BOOK,
								    &list, &cnt));

	for (size_t i = 0; i < cnt && !err; i++) {
		struct opened *d;
		if (machine_state(machine, list[i].line.state) < 0 ||
		    list[i].rec.desk != w->view->me->desk)
			continue;
		err = opened_glance(w->ses, &list[i], &d);
		if (err)
			break;
		if (d->fold.machine == machine && d->fold.book)
			err = each(w, d);
		opened_free(d);
	}
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	return err;
}

int
need_watch(struct session *ses, struct need_watch *out)
{
	struct watch w = { .ses = ses, .out = out };

	*out = (struct need_watch){ 0 };
	int err = workspace_open(ses);
	if (!err)
		err = trust_get(ses, false, &w.view);
	if (err || !w.view->me || !(w.view->me->roles & ROSTER_PL))
		return err;
	w.hour = sync_hour(ses);
	err = each_book(&w, MACHINE_PLAN, each_plan);
	if (!err && w.runs)
		err = each_book(&w, MACHINE_NEED, each_need);
	for (size_t i = 0; i < w.runs; i++)
		plan_now_end(&w.run[i].now);
	free(w.run);
	return err;
}
