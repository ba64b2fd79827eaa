/* Whether each entry of a batch of the public log is explained; see account.h. */
#include "admin-cli/desk/account_state.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/alarm.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/net/net.h"
#include "crypto/buf.h"
#include "crypto/err.h"

#define ALARMS_MAX 16 /* of one batch: more prove no more */

/* One record of the answer. */
struct told {
	uint32_t at;
	uint16_t desk;
	uint8_t kind;
	uint8_t what[FRAME_STUB_LEN];
};

struct batch {
	struct account *a;
	uint64_t n, first;
	uint32_t cnt, asked; /* asked: the place from which to ask on */
	struct hkdf_prk secret;
	uint8_t (*entry)[LEAF_LEN];
	bool *explained;
	struct told *told;
	size_t told_cnt, raised;
};

static int
protocol(struct batch *b)
{
	return session_fail(b->a->ses, DAVY_REFUSED, "protocol",
			    _("The gateway accounts for the public log in a way that does not fit "
			      "the log."));
}

/* ---- what the gateway tells ---- */

static int
records_take(struct batch *b, const struct net_answer *x)
{
	uint32_t cnt = x->routing.count;
	struct buf r;

	if (cnt > FRAME_ACCOUNT_MAX)
		return protocol(b);
	struct told *more = reallocarray(b->told, b->told_cnt + cnt + 1, sizeof(*more));
	if (!more)
		return session_fail(b->a->ses, DAVY_REFUSED, "memory", _("Out of memory."));
	b->told = more;
	buf_init(&r, x->body, cnt * FRAME_ACCOUNT_LEN);
	for (uint32_t i = 0; i < cnt; i++) {
		struct told *t = &b->told[b->told_cnt++];
		t->at = buf_u32(&r);
		t->desk = buf_u16(&r);
		t->kind = buf_u8(&r);
		buf_bytes(&r, t->what, sizeof(t->what), sizeof(t->what));
		if (t->at >= b->cnt)
			return protocol(b);
	}
	return DAVY_OK;
}

/* What stands in the head of every page of one batch. */
static int
head_take(struct batch *b, const struct net_answer *x)
{
	struct buf r;

	buf_init(&r, x->routing.cursor, sizeof(x->routing.cursor));
	b->n = x->routing.number;
	b->first = buf_u64(&r);
	b->cnt = buf_u32(&r);
	memcpy(b->secret.b, x->routing.hash, sizeof(b->secret.b));
	if (!b->cnt || b->cnt % TILE_WIDTH || b->first % TILE_WIDTH || b->cnt > LEAF_BATCH_MAX ||
	    x->routing.length <= b->asked || x->routing.length > b->cnt)
		return protocol(b);
	b->asked = x->routing.length;
	return DAVY_OK;
}

/* One page; *there: false where the batch is not closed, or is too old. */
static int
page(struct batch *b, uint32_t n, bool *there)
{
	struct net_request q = {
		.op = FRAME_ACCOUNT,
		.keep_status = true,
		.routing = { .desk = b->a->v->desk->number, .number = n, .count = b->asked },
		.what = _("The public log was not accounted for")
	};
	struct net_answer *x = malloc(sizeof(*x));
	int err = x ? net_exchange(b->a->ses, &q, x)
		    : session_fail_err(b->a->ses, ERR_MEM, "%s", q.what);

	*there = !err && x->status == FRAME_OK;
	if (!err && !*there && x->status != FRAME_NOT_FOUND)
		err = net_refusal(b->a->ses, q.what, x->status);
	if (!err && *there)
		err = head_take(b, x);
	if (!err && *there)
		err = records_take(b, x);
	free(x);
	return err;
}

static int
entries_read(struct batch *b)
{
	int err = DAVY_OK;

	b->entry = calloc(b->cnt, sizeof(*b->entry));
	b->explained = calloc(b->cnt, sizeof(*b->explained));
	if (!b->entry || !b->explained)
		return session_fail(b->a->ses, DAVY_REFUSED, "memory", _("Out of memory."));
	for (uint32_t i = 0; !err && i < b->cnt; i++) {
		if (i % TILE_WIDTH == 0)
			err = account_tile(b->a, (b->first + i) / TILE_WIDTH);
		if (!err)
			memcpy(b->entry[i], leaf_in(b->a->bundle, i % TILE_WIDTH), LEAF_LEN);
	}
	return err;
}

/* ---- what explains an entry ---- */

static int
by_bytes(const void *x, const void *y)
{
	return memcmp(x, y, LEAF_LEN);
}

/* Fillers are numbered from 0 without gaps. */
static void
fillers_explain(struct batch *b)
{
	uint8_t filler[LEAF_LEN];
	const uint8_t(*found)[LEAF_LEN];

	for (uint32_t i = 0; i < b->cnt; i++) {
		leaf_filler(filler, &b->secret, i);
		found = bsearch(filler, b->entry, b->cnt, LEAF_LEN, by_bytes);
		if (!found)
			return;
		b->explained[found - (const uint8_t(*)[LEAF_LEN])b->entry] = true;
	}
}

/* Offices and bundles are known by their marks. */
static void
marks_explain(struct batch *b)
{
	uint8_t mark[LEAF_MARK_LEN];

	for (uint32_t i = 0; i < b->cnt; i++) {
		const uint8_t *cover = b->entry[i] + LEAF_MARK_LEN;
		leaf_mark_office(mark, &b->secret, cover);
		bool known = memcmp(mark, b->entry[i], sizeof(mark)) == 0;
		leaf_mark_bundle(mark, cover);
		b->explained[i] |= known || memcmp(mark, b->entry[i], sizeof(mark)) == 0;
	}
}

/* ---- alarms ---- */

static int
raise(struct batch *b, enum alarm_what what, uint32_t at, const struct told *t)
{
	uint8_t blind[LEAF_BLIND_LEN];
	char id[2 * KEY_ID_LEN + 1];

	if (b->raised++ >= ALARMS_MAX)
		return DAVY_OK;
	json_t *body = account_entry(b->a, b->first + at);
	if (!body)
		return DAVY_REFUSED;
	if (what == ALARM_UNLISTED) {
		leaf_blind(blind, &b->secret, t->what, sizeof(t->what));
		alarm_set(body, "stub", t->what, sizeof(t->what));
		alarm_set(body, "blind", blind, sizeof(blind));
	} else {
		alarm_set(body, "secret", b->secret.b, sizeof(b->secret.b));
	}
	if (what == ALARM_REMOVED)
		json_object_set_new(body, "id", json_string(term_hex(id, t->what, KEY_ID_LEN)));
	return alarm_raise(b->a->ses, what, b->first + at, body);
}

static int
look_up(struct batch *b, const struct frame_request *rq, bool *there)
{
	struct workspace_case c;
	int err = workspace_case_get(b->a->ses->workspace, rq->routing.id, &c);

	*there = !err && rq->routing.number < c.rec.source_cnt;
	return err == ERR_NOT_FOUND ? DAVY_OK : sync_workspace_failed(b->a->ses, err);
}

/* Whether the list has the case and counts this frame of hers; where not, it is fetched once more:
 * it may have come in between. */
static int
listed(struct batch *b, const struct frame_request *rq, bool *there)
{
	struct sync_result none = { 0 };
	int err = look_up(b, rq, there);

	if (err || *there || b->a->listed)
		return err;
	b->a->listed = true;
	err = sync_list(b->a->ses, b->a->v, FRAME_CASE, &none);
	return err ? err : look_up(b, rq, there);
}

bool
account_ours(const struct account *a, uint16_t desk)
{
	const struct roster *r = a->v->bundle.roster;
	const struct roster_desk *d = roster_find(r, desk);
	uint16_t me = a->v->desk->number;

	if (desk == me)
		return false;
	return me == r->backstop ? !d || d->kind != ROSTER_REWARD : d && d->above == me;
}

/* A frame that a source has signed: whether a list of ours has to have its case, and has it. */
static int
stub_judge(struct batch *b, const struct told *t, const uint8_t *blind)
{
	const struct roster *r = b->a->v->bundle.roster;
	uint16_t me = b->a->v->desk->number;
	struct frame_request rq;
	bool there;

	if (frame_stub_source(&rq, t->what, r->gateway))
		return raise(b, ALARM_UNACCOUNTED, t->at, t);
	b->explained[t->at] = true;
	uint16_t desk = rq.op == FRAME_OPEN ? rq.routing.desk : t->desk;
	bool ours = account_ours(b->a, desk);
	if (desk != me && !ours)
		return DAVY_OK;
	int err = listed(b, &rq, &there);
	if (!err && there && ours && rq.op == FRAME_OPEN)
		err = account_keep(b->a, rq.routing.id, b->first + t->at, blind, t->what);
	if (err || there)
		return err;
	/* Of a case at this desk it may be that it is shown to others of the desk alone. */
	if (desk == me)
		b->a->unshown++;
	return desk == me ? DAVY_OK : raise(b, ALARM_UNLISTED, t->at, t);
}

/* A case that is gone: this home has seen it closed, or called junk by two; or it was away, and the
 * log has to say so. */
static int
gone_judge(struct batch *b, const struct told *t)
{
	struct workspace_case c;
	int err = workspace_case_get(b->a->ses->workspace, t->what, &c);

	b->explained[t->at] = true;
	if (err && err != ERR_NOT_FOUND)
		return sync_workspace_failed(b->a->ses, err);
	bool seen = !err && ((c.rec.flags & FRAME_R_CLOSED) || c.rec.junk == 2);
	if (seen)
		return DAVY_OK;
	return b->a->away ? account_gone(b->a, t->what, b->first + t->at, &b->secret)
			  : raise(b, ALARM_REMOVED, t->at, t);
}

/* What the entry has to cover: a stub, or what the log has of a removal. */
static size_t
record_of(uint8_t out[static FRAME_STUB_LEN], const struct told *t)
{
	if (t->kind == FRAME_ACCOUNT_STUB) {
		memcpy(out, t->what, FRAME_STUB_LEN);
		return FRAME_STUB_LEN;
	}
	out[0] = t->kind == FRAME_ACCOUNT_LEFT ? LEAF_RECORD_LEFT : LEAF_RECORD_JUNK;
	memcpy(out + 1, t->what, KEY_ID_LEN);
	return 1 + KEY_ID_LEN;
}

static int
told_judge(struct batch *b, const struct told *t)
{
	uint8_t blind[LEAF_BLIND_LEN], cover[32], record[FRAME_STUB_LEN];

	if (t->kind == FRAME_ACCOUNT_GONE)
		return gone_judge(b, t);
	size_t len = record_of(record, t);
	leaf_blind(blind, &b->secret, record, len);
	leaf_cover(cover, blind, record, len);
	if (memcmp(cover, b->entry[t->at] + LEAF_MARK_LEN, sizeof(cover)) != 0)
		return DAVY_OK; /* it explains nothing */
	if (t->kind == FRAME_ACCOUNT_STUB)
		return stub_judge(b, t, blind);
	return account_left(b->a, t->what); /* the entry is an office's, by its mark */
}

static int
judge(struct batch *b)
{
	int err = entries_read(b);

	if (err)
		return err;
	fillers_explain(b);
	marks_explain(b);
	/* What is gone comes before its removal, also where both are in one batch. */
	for (size_t i = 0; !err && i < 2 * b->told_cnt; i++) {
		const struct told *t = &b->told[i % b->told_cnt];
		if ((t->kind == FRAME_ACCOUNT_GONE) == (i < b->told_cnt))
			err = told_judge(b, t);
	}
	for (uint32_t i = 0; !err && i < b->cnt; i++)
		if (!b->explained[i])
			err = raise(b, ALARM_UNACCOUNTED, i, NULL);
	return err;
}

/* All pages of one batch, and the verdict; *there as in page(). */
static int
batch_one(struct batch *b, uint32_t n, bool *there)
{
	int err = page(b, n, there);

	while (!err && *there && b->asked < b->cnt)
		err = page(b, (uint32_t)b->n, there);
	if (err || !*there)
		return err;
	if (b->first + b->cnt > b->a->now.size) { /* closed since the checkpoint was read */
		*there = false;
		return DAVY_OK;
	}
	return judge(b);
}

static void
batch_end(struct batch *b)
{
	free(b->entry);
	free(b->explained);
	free(b->told);
}

static int
is_told(struct account *a, uint64_t n, bool *told, uint64_t *got)
{
	struct batch b = { .a = a };
	int err = page(&b, (uint32_t)n, told);

	*got = b.n;
	batch_end(&b);
	return err;
}

/* Where a home begins that has not accounted yet, or not for so long that its next batch is told of
 * no more: with the first one that is, as far back as it has read the log. */
static int
begin(struct account *a)
{
	uint64_t last, n, from = a->done.batch == UINT64_MAX ? 0 : a->done.batch;
	bool told;
	int err = is_told(a, FRAME_ACCOUNT_LAST, &told, &last);

	if (err || !told || last < from)
		return err;
	if (last - from > TILE_WIDTH)
		from = last - TILE_WIDTH;
	while (!err && from < last) {
		uint64_t mid = from + (last - from) / 2;
		err = is_told(a, mid, &told, &n);
		if (told)
			last = mid;
		else
			from = mid + 1;
	}
	if (!err)
		a->done.batch = from;
	return err;
}

/* Those that are told of, from the next one on; *any: there was one. */
static int
batches_on(struct account *a, bool *any)
{
	bool there = true;
	uint64_t end = 0;
	int err = DAVY_OK;

	*any = false;
	while (!err && there && a->done.batch != UINT64_MAX && end < a->now.size) {
		struct batch b = { .a = a };
		err = batch_one(&b, (uint32_t)a->done.batch, &there);
		end = b.first + b.cnt;
		batch_end(&b);
		a->done.batch += !err && there;
		*any |= there;
	}
	return err;
}

int
account_batches(struct account *a)
{
	bool any;
	int err = batches_on(a, &any);

	if (err || any || !a->grown)
		return err;
	err = begin(a);
	return err ? err : batches_on(a, &any);
}
