/* The post to the planners and their rounds (see beat.h). */
#include "admin-cli/desk/beat.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/hold.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/frame.h"

#define DAY 24
/* A blank need whose keeper has not taken it for so many hours is taken by any planner. */
#define KEPT (2 * DAY)

/* ---- when it was done last ---- */

#define KEY 6 /* "beat" ‖ u16: the desk of a post; 0: a round */

static void
key_of(uint8_t key[static KEY], uint16_t desk)
{
	struct bufw w;

	bufw_init(&w, key, KEY);
	bufw_bytes(&w, "beat", 4);
	bufw_u16(&w, desk);
}

/* The hour of the last one; 0: there was none yet. */
static uint32_t
last(struct session *ses, uint16_t desk)
{
	uint8_t key[KEY];
	uint32_t hour = 0;
	uint8_t *val;
	size_t len;
	struct buf b;

	key_of(key, desk);
	if (workspace_get(ses->workspace, WORKSPACE_META, key, KEY, &val, &len))
		return 0;
	buf_init(&b, val, len);
	hour = buf_u32(&b);
	if (buf_end(&b))
		hour = 0;
	workspace_free(val, len);
	return hour;
}

static int
note(struct session *ses, uint16_t desk, uint32_t hour)
{
	uint8_t key[KEY], val[4];
	struct bufw w;

	key_of(key, desk);
	bufw_init(&w, val, sizeof(val));
	bufw_u32(&w, hour);
	return sync_workspace_failed(ses, workspace_put(ses->workspace, WORKSPACE_META, key, KEY,
							val, sizeof(val)));
}

/* ---- the post ---- */

bool
beat_posts(const struct trust *view, const struct roster_desk *to)
{
	return view->me && (view->me->roles & ROSTER_TR) && view->desk->kind == ROSTER_REVIEW &&
	       to->kind == ROSTER_PLANNING && level_covers(to->area, view->desk->area);
}

static uint16_t
desk_of(const struct workspace_out *o)
{
	json_t *body = json_loads(o->json, 0, NULL);
	uint16_t desk = (uint16_t)schema_number(body, "desk");

	json_decref(body);
	return desk;
}

/* Whether it waits for a beat that has come. */
static bool
due(const struct workspace_out *o, uint8_t kind, uint32_t now)
{
	return o->kind == kind && tray_beat(o) && o->leaves <= (uint64_t)now * 3600;
}

static int
send_blank(struct session *ses, const struct trust *view, uint16_t desk)
{
	json_t *body = json_pack("{s:i,s:b}", "v", 1, "blank", 1);
	uint8_t id[16] = { 0 };
	int err = submit_order(ses, view, desk, body, id);

	json_decref(body);
	return err;
}

/* What was refused stays in the outbox with its sentence, as in a sync. */
static int
keep_refused(struct session *ses, struct workspace_out *o)
{
	o->leaves = 0;
	free(o->error);
	o->error = session_failure(ses) ? strdup(session_failure(ses)) : NULL;
	session_warn(ses, _("What waited for the planners was not sent: %s"),
		     o->error ? o->error : "?");
	session_forgive(ses);
	return sync_workspace_failed(ses, workspace_out_update(ses->workspace, o));
}

/* The needs that wait for this desk, of which one more than the first leaves only after a day.
 * *sent counts; DAVY_AGAIN where the gateway does not answer. */
static int
send_needs(struct session *ses, uint16_t desk, struct workspace_out *list, size_t cnt, size_t *sent)
{
	uint32_t now = sync_hour(ses);
	int err = 0;

	for (size_t i = 0; i < cnt && !err; i++) {
		struct workspace_out *o = &list[i];
		if (!due(o, FRAME_CASE, now) || desk_of(o) != desk ||
		    (*sent && o->leaves + (uint64_t)DAY * 3600 > (uint64_t)now * 3600))
			continue;
		err = submit_post(ses, o);
		if (!err) {
			++*sent;
			err = sync_workspace_failed(ses, workspace_out_update(ses->workspace, o));
		} else if (err != DAVY_AGAIN) {
			err = keep_refused(ses, o);
		}
	}
	return err;
}

static int
post_desk(struct session *ses, const struct trust *view, const struct roster_desk *to,
	  struct workspace_out *list, size_t cnt)
{
	uint32_t hour = hold_beat_last(HOLD_POST, sync_hour(ses)), was = last(ses, to->number);
	size_t sent = 0;
	int err;

	if (was >= hour)
		return 0;
	err = send_needs(ses, to->number, list, cnt, &sent);
	if (!err && !sent && was && beat_posts(view, to))
		err = send_blank(ses, view, to->number);
	return err ? err : note(ses, to->number, hour);
}

/* The network, or a desk without a key: the next sync tries again. */
static int
forgive(struct session *ses, int err)
{
	if (err && !ses->workspace)
		return err;
	session_forgive(ses);
	return 0;
}

static int
post(struct session *ses, const struct trust *view)
{
	const struct roster *r = view->bundle.roster;
	struct workspace_out *list = NULL;
	size_t cnt = 0;
	int err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));

	for (size_t i = 0; i < r->desk_cnt && !err; i++)
		if (r->desk[i].kind == ROSTER_PLANNING)
			err = forgive(ses, post_desk(ses, view, &r->desk[i], list, cnt));
	workspace_out_free(list, cnt);
	return err;
}

/* ---- the round ---- */

const struct roster_member *
beat_keeper(const struct trust *view, uint16_t desk, const uint8_t id[static 16])
{
	const struct roster_members *m = view->members;
	size_t n = 0, k;

	for (size_t i = 0; m && i < m->cnt; i++)
		n += m->member[i].desk == desk && (m->member[i].roles & ROSTER_PL);
	k = n ? id[0] % n : 0;
	for (size_t i = 0; n && i < m->cnt; i++)
		if (m->member[i].desk == desk && (m->member[i].roles & ROSTER_PL) && !k--)
			return &m->member[i];
	return NULL;
}

uint32_t
beat_answer(struct session *ses, const struct opened *need, const json_t *body)
{
	const char *move = schema_text(body, "move");
	uint32_t next = hold_beat_next(HOLD_ROUND, sync_hour(ses)), written, own;

	if (need->fold.machine != MACHINE_NEED || need->fold.tip >= need->cnt ||
	    !strcmp(move, "given_back") || schema_is(body, "urgent"))
		return 0;
	written = need->x[need->fold.tip].e.hour;
	own = !strcmp(move, "taken") ? hold_take(written, 0) : hold_report(written);
	return own > next ? own : next;
}

/* One answer: an item of the outbox, or a blank need. */
struct answer {
	uint8_t id[16];
	struct workspace_out *out; /* or: */
	const struct workspace_case *blank;
};

/* The move that a blank need waits for; NULL: none yet. */
static const char *
blank_move(const struct opened *d, bool mine, uint32_t now)
{
	uint32_t written = d->fold.tip < d->cnt ? d->x[d->fold.tip].e.hour : now;

	if (d->fold.state == machine_state(MACHINE_NEED, "waiting"))
		return now >= hold_take(written, mine ? hold_late(d->c.rec.id) : 0) +
					       (mine ? 0 : KEPT)
			       ? "taken"
			       : NULL;
	if (d->fold.state == machine_state(MACHINE_NEED, "taken"))
		return now >= hold_report(written) + (mine ? 0 : KEPT) ? "given_back" : NULL;
	return NULL;
}

static int
answer_blank(struct session *ses, const struct trust *view, const struct workspace_case *blank)
{
	struct workspace_case c = *blank;
	struct submit p = { .type = ENTRY_BOOK_MOVE };
	struct opened *d;
	const char *move;
	int err = opened_glance(ses, &c, &d);

	if (err)
		return err;
	move = blank_move(d, beat_keeper(view, c.rec.desk, c.rec.id) == view->me, sync_hour(ses));
	opened_free(d);
	if (!move)
		return 0;
	p.body = json_pack("{s:i,s:s,s:s}", "v", 1, "move", move, "text", BOOK_BLANK);
	err = p.body ? submit_now(ses, &c, &p, false) : DAVY_REFUSED;
	json_decref(p.body);
	return err;
}

static int
send_answer(struct session *ses, const struct trust *view, const struct answer *a)
{
	int err = a->out ? submit_outbox(ses, a->out) : answer_blank(ses, view, a->blank);

	if (err == DAVY_AGAIN)
		return err;
	if (a->out && err)
		return keep_refused(ses, a->out);
	if (a->out)
		return sync_workspace_failed(ses, workspace_out_del(ses->workspace, a->out->seq));
	session_forgive(ses); /* another planner was there before */
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;

	return memcmp(x->id, y->id, sizeof(x->id));
}

/* All answers, in the order of the needs' ids: so that what people decided is not told apart by its
 * place. */
static int
answer_all(struct session *ses, const struct trust *view, struct workspace_out *out, size_t outs,
	   const struct workspace_case *list, size_t cnt)
{
	struct answer *a = calloc(outs + cnt + 1, sizeof(*a));
	size_t n = 0;
	int err = a ? 0 : session_fail_err(ses, ERR_MEM, "%s", _("The needs were not read"));

	for (size_t i = 0; i < outs && !err; i++)
		if (due(&out[i], FRAME_BOOK, sync_hour(ses))) {
			memcpy(a[n].id, out[i].id, sizeof(a->id));
			a[n++].out = &out[i];
		}
	for (size_t i = 0; i < cnt && !err; i++)
		if (list[i].rec.desk == view->me->desk && !strcmp(list[i].line.state, BOOK_BLANK)) {
			memcpy(a[n].id, list[i].rec.id, sizeof(a->id));
			a[n++].blank = &list[i];
		}
	if (n)
		qsort(a, n, sizeof(*a), by_id);
	for (size_t i = 0; i < n && !err; i++)
		err = send_answer(ses, view, &a[i]);
	free(a);
	return err;
}

static int
turn(struct session *ses, const struct trust *view)
{
	uint32_t hour = hold_beat_last(HOLD_ROUND, sync_hour(ses));
	struct workspace_case *list = NULL;
	struct workspace_out *out = NULL;
	size_t cnt = 0, outs = 0;
	int err;

	if (last(ses, 0) >= hour)
		return 0;
	err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &out, &outs));
	if (!err)
		err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_BOOK,
								     &list, &cnt));
	if (!err)
		err = answer_all(ses, view, out, outs, list, cnt);
	workspace_out_free(out, outs);
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	return err ? forgive(ses, err) : note(ses, 0, hour);
}

int
beat_run(struct session *ses, const struct trust *view)
{
	int err = workspace_open(ses);

	if (err || !view->me || !view->desk || trust_may_seal(ses, view)) {
		session_forgive(ses);
		return err;
	}
	if (view->desk->kind == ROSTER_PLANNING && (view->me->roles & ROSTER_PL))
		return turn(ses, view);
	return view->desk->kind == ROSTER_REVIEW ? post(ses, view) : 0;
}
