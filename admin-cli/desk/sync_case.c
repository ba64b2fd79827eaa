/* What is missing of cases and orders here is fetched, many at a time, and the cases are folded
 * again (see sync.h). */
#include "admin-cli/desk/sync_state.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/net/net.h"
#include "crypto/err.h"

/* So many cases are folded together and stored in one transaction. */
#define FOLD_CNT 64

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

static int
store_entry(struct session *ses, const struct workspace_case *c, uint8_t thread,
	    const struct net_answer *a)
{
	struct workspace_entry *e = calloc(1, sizeof(*e));

	if (!e)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	e->thread = thread;
	e->number = a->routing.number;
	e->day = a->routing.hour / 24;
	e->by_source = a->routing.flags & 1;
	/* `proof` and `hash` together hold the signature (FORMATS §4, fetch). */
	memcpy(e->sig, a->routing.proof, 32);
	memcpy(e->sig + 32, a->routing.hash, 32);
	memcpy(e->sealed, a->body, SEAL_LEN);
	key_sha256(e->hash, e->sealed, SEAL_LEN);
	int err = sync_workspace_failed(ses, workspace_entry_put(ses->workspace, c->rec.id, e));
	free(e);
	return err;
}

static int
put_case(struct session *ses, const struct workspace_case *c)
{
	return sync_workspace_failed(ses, workspace_case_put(ses->workspace, c, 1));
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

	/* The desks above an inspection desk see that an order exists; its bytes stay with those
	 * who carry it out and those who wrote it. */
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
take_entry(struct session *ses, struct sync_job *j, const struct net_answer *a)
{
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
	int err = store_entry(ses, c, j->thread, a);
	*have += !err;
	return err;
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
	if (!j->read_cnt)
		return DAVY_OK;
	return sync_workspace_failed(ses, workspace_put(ses->workspace, WORKSPACE_READS, c->rec.id,
							KEY_ID_LEN, j->read,
							(size_t)j->read_cnt * FRAME_READ_LEN));
}

/* A fetch of many cases. */
struct fetching {
	struct session *ses;
	struct sync_job *job;
	size_t cnt, begun;
	struct sync_job **ready; /* cases whose next request may go out */
	size_t ready_cnt;
	struct sync_job **ended; /* whose entries are all here, not folded yet */
	size_t ended_cnt;
	bool writing; /* a transaction is open */
};

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

/* Stores what has come with how much of the case is here now: both or none. */
static int
fetch_take(void *arg, void *job, const struct net_answer *a)
{
	struct fetching *f = arg;
	struct sync_job *j = job;
	int err = DAVY_OK;

	if (!f->writing)
		err = sync_workspace_failed(f->ses, workspace_begin(f->ses->workspace));
	if (err)
		return err;
	f->writing = true;
	f->ready[f->ready_cnt++] = j;
	err = j->thread == FRAME_READS ? take_reads(f->ses, j, a) : take_entry(f->ses, j, a);
	return err ? err : put_case(f->ses, &j->c);
}

static bool
is_stale(const struct workspace_case *c)
{
	return c->folded != c->have_source + c->have_desk;
}

static void
tell_arrived(struct fetching *f)
{
	const struct workspace_case **list = calloc(f->ended_cnt + 1, sizeof(*list));
	size_t cnt = 0;

	for (size_t i = 0; list && i < f->ended_cnt; i++)
		if (is_stale(&f->ended[i]->c))
			list[cnt++] = &f->ended[i]->c;
	if (cnt && sync_hooks.arrived)
		sync_hooks.arrived(f->ses, list, cnt);
	free(list);
}

/* Folds the cases whose entries are all here, in one transaction. */
static int
fold_ended(struct fetching *f)
{
	int err = DAVY_OK, put = DAVY_OK;
	size_t cnt = 0;

	if (workspace_begin(f->ses->workspace))
		return sync_workspace_failed(f->ses, ERR_IO);
	tell_arrived(f);
	for (; !err && cnt < f->ended_cnt; cnt++) {
		struct workspace_case *c = &f->ended[cnt]->c;

		if (!is_stale(c))
			continue; /* what came of it was stored as it came */
		err = sync_hooks.changed ? sync_hooks.changed(f->ses, c) : DAVY_OK;
		if (!put)
			put = workspace_case_put(f->ses->workspace, c, 1);
	}
	int kept = workspace_commit(f->ses->workspace);
	f->ended_cnt = 0;
	return err ? err : sync_workspace_failed(f->ses, put ? put : kept);
}

/* A sync of the disk for each entry would take longer than the entry: they are written down
 * together. What a kill takes is fetched again. */
static int
write_down(struct fetching *f)
{
	int err = f->writing ? sync_workspace_failed(f->ses, workspace_commit(f->ses->workspace))
			     : DAVY_OK;

	f->writing = false;
	return err;
}

static int
fetch_settle(void *arg)
{
	struct fetching *f = arg;

	if (f->ended_cnt < FOLD_CNT)
		return DAVY_OK;
	int err = write_down(f);
	return err ? err : fold_ended(f);
}

int
sync_fetch(struct session *ses, struct sync_job *job, size_t cnt)
{
	struct fetching f = { .ses = ses, .job = job, .cnt = cnt };
	struct net_flow flow = { fetch_next, fetch_take, fetch_settle, &f };

	f.ready = calloc(cnt + 1, sizeof(*f.ready));
	f.ended = calloc(cnt + 1, sizeof(*f.ended));
	int err = f.ready && f.ended
			  ? net_flow(ses, &flow)
			  : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	int kept = write_down(&f);
	err = err ? err : kept;
	/* entries that arrived are kept and folded, also where a later one failed */
	for (size_t i = 0; err && f.ended && i < f.ready_cnt; i++)
		f.ended[f.ended_cnt++] = f.ready[i];
	if (f.ended_cnt) {
		kept = fold_ended(&f);
		err = err ? err : kept;
	}
	for (size_t i = 0; i < cnt; i++) {
		free(job[i].read);
		job[i].read = NULL;
	}
	free(f.ready);
	free(f.ended);
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
