/* What is missing of cases and orders here is fetched, many at a time, and the cases are folded
 * again (see sync.h). */
#include "admin-cli/desk/sync_state.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/net/net.h"
#include "crypto/err.h"

/* So many cases are folded together and stored in one transaction; as many more have come by then,
 * so that what they need has been opened. */
#define FOLD_CNT 64
/* So many entries are held in memory at most before they are written down, whether cases have ended
 * or not. */
#define HELD_CNT (2 * FOLD_CNT)

int
sync_workspace_failed(struct session *ses, int err)
{
	return err == ERR_IO ? session_fail(ses, DAVY_REFUSED, "io",
					    _("The workspace cannot be written: %s."),
					    workspace_fault(ses->workspace))
	       : err ? session_fail_err(ses, err, "%s", _("The workspace cannot be written"))
		     : DAVY_OK;
}

static struct net_request
fetch(const struct workspace_case *c, uint8_t thread, uint32_t number)
{
	struct net_request q = { .op = FRAME_FETCH,
				 .keep_status = true,
				 .what = _("The case was not fetched") };

	memcpy(q.routing.id, c->rec.id, KEY_ID_LEN);
	q.routing.kind = c->rec.kind;
	q.routing.desk = c->asked;
	q.routing.thread = thread;
	q.routing.number = number;
	return q;
}

/* The gateway does not give an entry that its own list counts. For a case with named readers that
 * is expected; otherwise the entry is withheld. */
static void
warn_withheld(struct session *ses, const struct workspace_case *c, uint32_t listed, uint32_t given)
{
	char id[33];

	if (c->rec.flags & FRAME_R_READERS)
		return;
	session_warn(ses,
		     _("The gateway lists %u entries of case %.8s and gives %u of them: one "
		       "is withheld. Tell the desk above."),
		     listed, term_hex(id, c->rec.id, KEY_ID_LEN), given);
}

/* An entry that has come and is not written down yet. */
struct held {
	struct sync_job *job;
	struct workspace_entry e;
};

/* A fetch of many cases. */
struct fetching {
	struct session *ses;
	struct sync_job *job;
	size_t cnt, begun;
	struct sync_job **ready; /* cases whose next request may go out */
	size_t ready_cnt;
	struct sync_job **ended; /* whose entries are all here, not folded yet, in their order */
	size_t ended_cnt;
	struct sync_job **changed; /* whose records are to be put when what came is written down */
	size_t changed_cnt;
	struct held *held; /* in the order of their coming */
	size_t held_cnt;
	uint64_t came; /* what sync_hooks.came said of the last */
	bool broken;   /* the workspace cannot be written: nothing more is taken */
};

/* What comes is held in memory while others are under way, so that no transaction is open during a
 * wait for the network: another davy of this member would wait as well. */
static void
hold_entry(struct fetching *f, struct sync_job *j, const struct net_answer *a)
{
	struct held *h = &f->held[f->held_cnt++];
	struct workspace_entry *e = &h->e;

	h->job = j;
	e->thread = j->thread;
	e->number = a->routing.number;
	e->day = a->routing.hour / 24;
	e->by_source = a->routing.flags & 1;
	/* `proof` and `hash` together hold the signature (FORMATS §4, fetch). */
	memcpy(e->sig, a->routing.proof, 32);
	memcpy(e->sig + 32, a->routing.hash, 32);
	memcpy(e->sealed, a->body, SEAL_LEN);
	key_sha256(e->hash, e->sealed, SEAL_LEN);
	if (sync_hooks.came)
		f->came = j->came = sync_hooks.came(f->ses, j->c.rec.id, e);
}

/* Inside the transaction that puts a case: its record is changed by lists alone, which know which
 * of two is the newer (sync_list.c). Here it stays as it stands, with the entries that are here
 * now. False: another davy of this member has brought more of the case here, and nothing is to be
 * put. */
static bool
keep_record(struct workspace *ws, struct workspace_case *c)
{
	struct workspace_case now;

	if (workspace_case_get(ws, c->rec.id, &now))
		return true;
	if (now.have_source > c->have_source || now.have_desk > c->have_desk)
		return false;
	c->rec = now.rec;
	c->asked = now.asked;
	if (c->rec.entries < c->have_source)
		c->rec.entries = c->have_source;
	if (c->rec.desk_entries < c->have_desk)
		c->rec.desk_entries = c->have_desk;
	return true;
}

static int
put_case(struct session *ses, struct workspace_case *c)
{
	struct workspace *ws = ses->workspace;
	int err = workspace_begin(ws);

	if (err)
		return sync_workspace_failed(ses, err);
	if (keep_record(ws, c))
		err = workspace_case_put(ws, c, 1);
	if (err)
		workspace_abort(ws);
	else
		err = workspace_commit(ws);
	return sync_workspace_failed(ses, err);
}

int
sync_case_came(struct session *ses, struct workspace_case *c)
{
	int err = sync_hooks.changed ? sync_hooks.changed(ses, c) : DAVY_OK;
	int put = put_case(ses, c);

	return err ? err : put;
}

bool
sync_sealed(const struct frame_record *rec)
{
	return rec->kind == FRAME_ORDER && rec->read_due;
}

bool
sync_may_fetch(const struct workspace_case *c)
{
	uint8_t rel = c->rec.relation, open = FRAME_R_ABOVE;

	/* The desks above an integrity desk see that it has an order; its bytes stay with those who
	 * work on it and those who wrote it. */
	if (c->rec.kind == FRAME_ORDER)
		return rel == FRAME_REL_RECEIVING || rel == FRAME_REL_WRITER ||
		       sync_sealed(&c->rec);
	if (c->rec.kind == FRAME_BOOK) /* whoever sees one may read it */
		return true;
	if (rel == FRAME_REL_BACKSTOP)
		open |= FRAME_R_BACKSTOP;
	return rel == FRAME_REL_RECEIVING || rel == FRAME_REL_GIVEN || (c->rec.flags & open);
}

/* What stands next for a case: its source's thread, the desks' thread, its read records; each in
 * order, since an entry is the reason for the next. */
static bool
job_next(struct sync_job *j, struct net_request *q)
{
	const struct workspace_case *c = &j->c;
	bool bytes = sync_may_fetch(c);

	if ((j->parts & SYNC_SOURCE) && bytes && c->rec.kind == FRAME_CASE &&
	    c->have_source < c->rec.entries)
		*q = fetch(c, FRAME_SOURCE, c->have_source);
	else if ((j->parts & SYNC_DESK) && bytes && c->have_desk < c->rec.desk_entries)
		*q = fetch(c, FRAME_DESK, c->have_desk);
	else if ((j->parts & SYNC_READS) && c->have_reads < c->rec.reads)
		*q = fetch(c, FRAME_READS, j->read_cnt);
	else
		return false;
	j->thread = q->routing.thread;
	return true;
}

bool
sync_job_waits(const struct sync_job *job)
{
	struct sync_job copy = *job;
	struct net_request q;

	return job_next(&copy, &q);
}

static int
take_entry(struct fetching *f, struct sync_job *j, const struct net_answer *a)
{
	struct session *ses = f->ses;
	struct workspace_case *c = &j->c;
	bool source = j->thread == FRAME_SOURCE;
	uint32_t *have = source ? &c->have_source : &c->have_desk;

	if (a->status == FRAME_NOT_FOUND) {
		warn_withheld(ses, c, source ? c->rec.entries : c->rec.desk_entries, *have);
		j->parts &= ~(unsigned)(source ? SYNC_SOURCE : SYNC_DESK);
		return DAVY_OK;
	}
	if (a->status != FRAME_OK)
		return net_refusal(ses, _("The case was not fetched"), a->status);
	if (a->routing.number != *have)
		return session_fail(
			ses, DAVY_REFUSED, "protocol",
			_("The gateway answers with another entry than the one that was asked for."));
	hold_entry(f, j, a);
	++*have;
	return DAVY_OK;
}

/* The read records come page by page and are kept as one value. */
static int
take_reads(struct session *ses, struct sync_job *j, const struct net_answer *a)
{
	struct workspace_case *c = &j->c;
	uint32_t page = 0;

	if (!j->read)
		j->read = malloc((size_t)c->rec.reads * FRAME_READ_LEN);
	if (!j->read)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	if (a->status == FRAME_OK) {
		page = a->routing.count < FRAME_READ_MAX ? a->routing.count : FRAME_READ_MAX;
		bool last = page < FRAME_READ_MAX;
		if (page > c->rec.reads - j->read_cnt)
			page = c->rec.reads - j->read_cnt;
		memcpy(j->read + (size_t)j->read_cnt * FRAME_READ_LEN, a->body,
		       (size_t)page * FRAME_READ_LEN);
		j->read_cnt += page;
		if (!last && j->read_cnt < c->rec.reads)
			return DAVY_OK;
	}
	j->parts &= ~(unsigned)SYNC_READS;
	c->have_reads = j->read_cnt;
	return DAVY_OK;
}

static bool
fetch_next(void *arg, struct net_request *q, void **out)
{
	struct fetching *f = arg;

	while (f->ready_cnt || f->begun < f->cnt) {
		struct sync_job *j = f->ready_cnt ? f->ready[--f->ready_cnt] : &f->job[f->begun++];

		if (job_next(j, q)) {
			*out = j;
			return true;
		}
		f->ended[f->ended_cnt++] = j;
	}
	return false;
}

static void
note_changed(struct fetching *f, struct sync_job *j)
{
	if (!j->changed)
		f->changed[f->changed_cnt++] = j;
	j->changed = true;
}

static int
fetch_take(void *arg, void *job, const struct net_answer *a)
{
	struct fetching *f = arg;
	struct sync_job *j = job;

	if (f->broken)
		return DAVY_REFUSED;
	f->ready[f->ready_cnt++] = j;
	note_changed(f, j);
	return j->thread == FRAME_READS ? take_reads(f->ses, j, a) : take_entry(f, j, a);
}

static bool
is_stale(const struct workspace_case *c)
{
	return c->folded != c->have_source + c->have_desk;
}

static int
put_held(struct fetching *f)
{
	struct workspace *ws = f->ses->workspace;
	int err = 0;

	for (size_t i = 0; !err && i < f->held_cnt; i++)
		err = workspace_entry_put(ws, f->held[i].job->c.rec.id, &f->held[i].e);
	f->held_cnt = 0;
	return err;
}

/* The read records of a case, when all have come. */
static int
put_reads(struct workspace *ws, struct sync_job *j)
{
	if (!j->read || (j->parts & SYNC_READS))
		return 0;
	int err = j->read_cnt ? workspace_put(ws, WORKSPACE_READS, j->c.rec.id, KEY_ID_LEN, j->read,
					      (size_t)j->read_cnt * FRAME_READ_LEN)
			      : 0;
	free(j->read);
	j->read = NULL;
	return err;
}

/* The records of the cases that changed, all at once, since many stand in one record of the
 * workspace. */
static int
put_changed(struct fetching *f)
{
	struct workspace_case *list = calloc(f->changed_cnt + 1, sizeof(*list));
	size_t cnt = 0, most = f->changed_cnt;
	int err = list ? 0 : ERR_MEM;

	for (size_t i = 0; i < most; i++) {
		struct sync_job *j = f->changed[i];

		j->changed = false;
		if (err || !keep_record(f->ses->workspace, &j->c))
			continue;
		list[cnt++] = j->c;
		err = put_reads(f->ses->workspace, j);
	}
	f->changed_cnt = 0;
	if (!err)
		err = workspace_case_put(f->ses->workspace, list, cnt);
	workspace_free(list, (most + 1) * sizeof(*list));
	return err;
}

/* The oldest `cnt` of the cases whose entries are all here. */
static int
fold_ended(struct fetching *f, size_t cnt)
{
	int err = DAVY_OK;

	for (size_t i = 0; !err && i < cnt; i++) {
		struct sync_job *j = f->ended[i];

		if (!is_stale(&j->c))
			continue;
		err = sync_hooks.changed ? sync_hooks.changed(f->ses, &j->c) : DAVY_OK;
		note_changed(f, j);
	}
	f->ended_cnt -= cnt;
	memmove(f->ended, f->ended + cnt, f->ended_cnt * sizeof(*f->ended));
	return err;
}

/* How many have come with the oldest `cnt` of the ended cases; without any, all. */
static uint64_t
came_with(const struct fetching *f, size_t cnt)
{
	uint64_t came = cnt ? 0 : f->came;

	for (size_t i = 0; i < cnt; i++)
		if (f->ended[i]->came > came)
			came = f->ended[i]->came;
	return came;
}

/*
 * Writes down what has come and folds the oldest `cnt` of the ended cases, in one short
 * transaction: entries with how much of each case is here now, both or none. What a kill takes is
 * fetched again. A sync of the disk for each entry would take longer than the entry, and what must
 * be waited for is waited for before.
 */
static int
write_down(struct fetching *f, size_t cnt)
{
	struct session *ses = f->ses;
	uint64_t came = came_with(f, cnt);

	if (sync_hooks.awaited)
		sync_hooks.awaited(ses, came);
	int put = workspace_begin(ses->workspace), err = DAVY_OK;
	if (!put) {
		put = put_held(f);
		if (!put && sync_hooks.arrived)
			sync_hooks.arrived(ses, came);
		if (!put) /* a case that cannot be folded is kept as well */
			err = fold_ended(f, cnt);
		if (!put)
			put = put_changed(f);
		if (put)
			workspace_abort(ses->workspace);
		else
			put = workspace_commit(ses->workspace);
	}
	f->broken = put != 0;
	return err ? err : sync_workspace_failed(ses, put);
}

static int
fetch_settle(void *arg)
{
	struct fetching *f = arg;

	if (f->ended_cnt >= 2 * FOLD_CNT)
		return write_down(f, FOLD_CNT);
	return f->held_cnt >= HELD_CNT ? write_down(f, 0) : DAVY_OK;
}

static int
fetch_all(struct fetching *f)
{
	struct net_flow flow = { fetch_next, fetch_take, fetch_settle, f };
	int err = net_flow(f->ses, &flow), kept;

	/* entries that arrived are kept and folded, also where a later one failed */
	for (size_t i = 0; err && i < f->ready_cnt; i++)
		f->ended[f->ended_cnt++] = f->ready[i];
	while (!f->broken && (f->ended_cnt || f->changed_cnt)) {
		kept = write_down(f, f->ended_cnt < FOLD_CNT ? f->ended_cnt : FOLD_CNT);
		err = err ? err : kept;
	}
	return err;
}

int
sync_fetch(struct session *ses, struct sync_job *job, size_t cnt)
{
	struct fetching f = { .ses = ses, .job = job, .cnt = cnt };

	f.ready = calloc(cnt + 1, sizeof(*f.ready));
	f.ended = calloc(cnt + 1, sizeof(*f.ended));
	f.changed = calloc(cnt + 1, sizeof(*f.changed));
	f.held = calloc(HELD_CNT + NET_FLOW, sizeof(*f.held));
	int err = f.ready && f.ended && f.changed && f.held
			  ? fetch_all(&f)
			  : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	if (sync_hooks.rest)
		sync_hooks.rest(ses);
	for (size_t i = 0; i < cnt; i++) {
		free(job[i].read);
		job[i].read = NULL;
	}
	free(f.ready);
	free(f.ended);
	free(f.changed);
	free(f.held);
	return err;
}

/* Who only audits gets what the desks wrote and the readings, and not the words of the source: that
 * the gateway does not give him those is no sign of anything. */
static bool
only_audits(const struct trust *view)
{
	const uint16_t casework = ROSTER_TR | ROSTER_SR | ROSTER_PL | ROSTER_IG | ROSTER_RW |
				  ROSTER_LEAD;

	return view->me && !(view->me->roles & casework);
}

int
sync_case(struct session *ses, struct workspace_case *c, unsigned parts)
{
	struct sync_job job = { .c = *c, .parts = parts };
	const struct trust *view;
	int err = workspace_open(ses);

	if (!err)
		err = trust_get(ses, false, &view);
	if (err)
		return err;
	if (c->rec.kind == FRAME_CASE && only_audits(view))
		job.parts &= ~(unsigned)SYNC_SOURCE;
	err = sync_fetch(ses, &job, 1);
	*c = job.c;
	return err;
}
