/*
 * Whether a case that was accounted for is still in the list; see account.h.
 *
 * The list of a sync tells what changed, so a case that is taken away later is never told of again.
 * Therefore the whole list is asked for once a day. A case that is not in it has to have a record
 * of its removal in the log. That record may wait for its batch, and the batch may close while we
 * ask: so the verdict waits for the second batch.
 */
#include "admin-cli/desk/account_state.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/alarm.h"
#include "admin-cli/desk/sync_state.h"
#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

#define WALK "log walk"
#define KEPT "log case"
/* A case that nobody has closed yet stays in the store for so many days (as junk). */
#define OPEN_DAYS 7
#define BATCHES   2 /* that have to close over a case that is missed */
#define SLACK     1008

/* What is kept of a case until it is missed for good, or its removal is in the log. */
struct kept {
	uint64_t index, missed; /* missed: the batch that was open then; 0: it is listed */
	uint8_t blind[LEAF_BLIND_LEN], stub[FRAME_STUB_LEN];
};

/* The last walk. */
struct past {
	uint64_t
		first; /* the oldest `missed` of a case that waits for its verdict, or UINT64_MAX */
	uint32_t day;
};

struct walk {
	struct account *a;
	uint8_t (*seen)[KEY_ID_LEN], (*missing)[KEY_ID_LEN];
	size_t cnt, cap, most, missing_cnt;
	struct sync_pages pages;
	struct past now;
};

static int
no_memory(struct account *a)
{
	return session_fail(a->ses, DAVY_REFUSED, "memory", _("Out of memory."));
}

/* A note is found by 32 bytes. */
static const uint8_t *
note_key(uint8_t key[static 32], const uint8_t *id)
{
	memset(key, 0, 32);
	return memcpy(key, id, KEY_ID_LEN);
}

static int
kept_put(struct account *a, const uint8_t *id, const struct kept *k)
{
	uint8_t key[32];

	return account_note_put(a, KEPT, note_key(key, id), k, k ? sizeof(*k) : 0);
}

int
account_keep(struct account *a, const uint8_t id[static KEY_ID_LEN], uint64_t index,
	     const uint8_t blind[static LEAF_BLIND_LEN], const uint8_t stub[static FRAME_STUB_LEN])
{
	struct kept k = { .index = index };

	memcpy(k.blind, blind, sizeof(k.blind));
	memcpy(k.stub, stub, sizeof(k.stub));
	return kept_put(a, id, &k);
}

int
account_left(struct account *a, const uint8_t id[static KEY_ID_LEN])
{
	struct workspace_case c;
	int err = account_gone_left(a, id);

	if (err)
		return err;
	err = workspace_case_get(a->ses->workspace, id, &c);
	if (err == ERR_NOT_FOUND)
		return DAVY_OK;
	if (err)
		return sync_workspace_failed(a->ses, err);
	bool seen = a->away || (c.rec.flags & FRAME_R_CLOSED) || c.rec.junk == 2;
	return seen ? kept_put(a, id, NULL) : DAVY_OK;
}

/* ---- the list ---- */

static int
page_take(void *arg, const struct net_answer *x)
{
	struct walk *w = arg;
	struct account *a = w->a;
	uint32_t cnt = x->routing.count < FRAME_RECORD_MAX ? x->routing.count : FRAME_RECORD_MAX;
	struct frame_record rec;

	if (x->status != FRAME_OK)
		return net_refusal(a->ses, w->pages.q.what, x->status);
	if (w->cnt + cnt > w->most)
		return sync_pages_endless(a->ses);
	if (w->cnt + cnt > w->cap) {
		size_t cap = 2 * w->cap + FRAME_RECORD_MAX;
		void *more = reallocarray(w->seen, cap, sizeof(*w->seen));
		if (!more)
			return no_memory(a);
		w->seen = more;
		w->cap = cap;
	}
	for (uint32_t i = 0; i < cnt; i++)
		if (frame_record_get(&rec, x->body + (size_t)i * FRAME_RECORD_LEN) == 0)
			memcpy(w->seen[w->cnt++], rec.id, KEY_ID_LEN);
	return DAVY_OK;
}

static int
by_id(const void *x, const void *y)
{
	return memcmp(x, y, KEY_ID_LEN);
}

static int
list_all(struct walk *w)
{
	static const uint8_t zero[FRAME_CURSOR_LEN];
	struct account *a = w->a;
	size_t cnt;
	int err = sync_workspace_failed(a->ses,
					workspace_count(a->ses->workspace, WORKSPACE_PLACE, &cnt));

	if (err)
		return err;
	w->most = 2 * cnt + SLACK; /* a case that changes meanwhile comes again */
	w->pages = (struct sync_pages){
		.ses = a->ses,
		.q = { .op = FRAME_LIST,
		       .keep_status = true,
		       .what = _("The list was not fetched"),
		       .routing = { .desk = a->v->desk->number, .kind = FRAME_CASE } },
		.take = page_take,
		.arg = w,
	};
	err = sync_pages_begin(&w->pages, zero);
	while (!err && !w->pages.over)
		err = sync_pages_run(&w->pages);
	sync_pages_end(&w->pages);
	if (!err && w->cnt)
		qsort(w->seen, w->cnt, sizeof(*w->seen), by_id);
	return err;
}

/* ---- what this home knows, beside it ---- */

static int
place_look(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct walk *w = arg;

	(void)val;
	(void)len;
	if (key_len != KEY_ID_LEN ||
	    (w->cnt && bsearch(key, w->seen, w->cnt, sizeof(*w->seen), by_id)))
		return 0;
	void *more = reallocarray(w->missing, w->missing_cnt + 1, sizeof(*w->missing));
	if (!more)
		return ERR_MEM;
	w->missing = more;
	memcpy(w->missing[w->missing_cnt++], key, KEY_ID_LEN);
	return 0;
}

static int
raise_vanished(struct account *a, const struct kept *k)
{
	json_t *body = account_entry(a, k->index);

	if (!body)
		return DAVY_REFUSED;
	alarm_set(body, "stub", k->stub, sizeof(k->stub));
	alarm_set(body, "blind", k->blind, sizeof(k->blind));
	return alarm_raise(a->ses, ALARM_VANISHED, k->index, body);
}

/* A case that this home knows and the list has not. Of one that was not accounted for, and of one
 * that another desk supervises by now, nothing is known. */
static int
missing_judge(struct walk *w, const uint8_t *id)
{
	struct account *a = w->a;
	struct frame_request rq;
	struct kept k;
	uint8_t key[32];
	size_t len;
	int err = account_note_get(a, KEPT, note_key(key, id), &k, sizeof(k), &len);

	if (err || len != sizeof(k) ||
	    frame_stub_source(&rq, k.stub, a->v->bundle.roster->gateway) ||
	    !account_ours(a, rq.routing.desk))
		return err;
	if (k.missed && a->done.batch >= k.missed + BATCHES) {
		err = raise_vanished(a, &k);
		return err ? err : kept_put(a, id, NULL);
	}
	if (!k.missed) {
		k.missed = a->done.batch;
		err = kept_put(a, id, &k);
	}
	if (k.missed < w->now.first)
		w->now.first = k.missed;
	return err;
}

static int
walk(struct walk *w)
{
	struct account *a = w->a;
	int err = list_all(w);

	if (!err)
		err = sync_workspace_failed(a->ses, workspace_each(a->ses->workspace,
								   WORKSPACE_PLACE, place_look, w));
	for (size_t i = 0; !err && i < w->missing_cnt; i++)
		err = missing_judge(w, w->missing[i]);
	return err ? err : account_note_put(a, WALK, NULL, &w->now, sizeof(w->now));
}

/* By the gateway's clock, which also says when a case is removed. */
static uint32_t
today(struct account *a)
{
	return sync_hour(a->ses) / 24;
}

static int
past_get(struct account *a, struct past *p)
{
	size_t len;
	int err = account_note_get(a, WALK, NULL, p, sizeof(*p), &len);

	if (len != sizeof(*p))
		*p = (struct past){ .first = UINT64_MAX };
	return err;
}

int
account_walk_begin(struct account *a)
{
	struct past p;
	int err = past_get(a, &p);

	a->away = p.day + OPEN_DAYS <= today(a);
	return err;
}

int
account_walk(struct account *a)
{
	struct walk w = { .a = a, .now = { .first = UINT64_MAX, .day = today(a) } };
	struct past p;
	int err = past_get(a, &p);
	bool closed = p.first != UINT64_MAX && a->done.batch >= p.first + BATCHES;

	if (!err && (p.day != today(a) || closed))
		err = walk(&w);
	free(w.seen);
	free(w.missing);
	return err;
}
