/*
 * The operations by which desks write: append, acknowledge, close, restrict, order open (FORMATS.md
 * section 4).
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/digest.h"

#include <sodium.h>

#define HOLD_HOURS_MAX (14 * 24)
#define READERS_LEAST  2

int
vault_find_log(struct vault_call *c, struct store_log *log, uint8_t thread)
{
	const struct frame_routing *q = &c->req.routing;
	int err = store_log_get(c->v->store, log, q->id);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	err = vault_clock_log(c->v, log);
	if (err)
		return err;
	struct auth_ask ask = { .roster = c->v->roster,
				.member = c->member,
				.log = log,
				.desk = q->desk,
				.op = c->req.op,
				.kind = q->kind,
				.thread = thread };
	return auth_allows(&ask) ? FRAME_OK : FRAME_NOT_FOUND;
}

/*
 * The entry of a request at the place it names: FRAME_OK and *again where the same entry stands in
 * the log already, FRAME_BEHIND with the free place where another came first, else FRAME_OK: the
 * caller goes on and adds it.
 */
static int
find_place(struct vault_call *c, const struct store_log *log, struct store_entry *e, bool *again)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_entry old;
	digest_body(e->hash, c->req.body);
	*again = false;
	int err = store_entry_by_hash(c->v->store, &old, log->n, e->thread, e->hash);
	if (!err) {
		*again = true;
		c->out.number = old.number;
		return FRAME_OK;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	if (e->thread == FRAME_DESK && q->number != log->desk_entries) {
		c->out.number = log->desk_entries;
		return FRAME_BEHIND;
	}
	return FRAME_OK;
}

static int
add_entry(struct vault_call *c, struct store_log *log, struct store_entry *e)
{
	struct vault *v = c->v;
	if (v->used > v->conf->store_bytes)
		return FRAME_FULL;
	e->day = vault_day(v);
	e->source = STORE_NO_NUMBER;
	e->desk = c->member->desk;
	if (e->thread == FRAME_DESK)
		e->number = log->desk_entries++;
	else if (e->not_before > vault_hour(v))
		e->number = STORE_NO_NUMBER;
	else
		e->number = log->entries++;
	log->bytes += FRAME_BODY_LEN;
	c->out.number = e->number;
	c->wrote = true;
	int err = store_entry_add(v->store, log->n, e, c->req.body);
	if (!err)
		err = store_log_set(v->store, log);
	return err ? err : FRAME_OK;
}

int
vault_desk_append(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_entry e = { .thread = q->thread };
	bool again = false;
	if (q->thread != FRAME_SOURCE && q->thread != FRAME_DESK)
		return FRAME_BAD;
	int status = vault_find_log(c, &log, q->thread);
	if (status == FRAME_OK)
		status = find_place(c, &log, &e, &again);
	if (status != FRAME_OK || again)
		return status;
	if (q->thread == FRAME_DESK)
		return q->hour ? FRAME_BAD : add_entry(c, &log, &e);
	uint32_t hour = vault_hour(c->v);
	if (q->number || q->hour > hour + HOLD_HOURS_MAX)
		return FRAME_BAD;
	e.not_before = q->hour > hour ? q->hour : 0;
	/*
	 * A reply stops the answer clock when it is accepted, unless the source would see it only
	 * after the due hour.
	 */
	if (!log.answer_due || e.not_before <= log.answer_due) {
		log.answered = true;
		log.answer_due = 0;
	} else {
		e.counts = true;
	}
	return add_entry(c, &log, &e);
}

int
vault_desk_acknowledge(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_entry e = { .thread = FRAME_DESK };
	uint8_t shown[32];
	bool again = false;
	int status = vault_find_log(c, &log, FRAME_DESK);
	if (status != FRAME_OK)
		return status;
	/*
	 * t, whose hash the source sent with the tip: only a member who has opened the tip knows
	 * it.
	 */
	key_sha256(shown, q->proof, sizeof(q->proof));
	if (sodium_memcmp(shown, log.proof, sizeof(shown)))
		return FRAME_BAD;
	status = find_place(c, &log, &e, &again);
	if (status != FRAME_OK || again)
		return status;
	log.acked = true;
	memcpy(log.opened, q->proof, sizeof(log.opened));
	log.read_due = 0;
	return add_entry(c, &log, &e);
}

/*
 * Whether a member other than this one has sent the first of the two close frames and is still in
 * the members note.
 */
static bool
second_closer(const struct vault_call *c, const struct store_log *log)
{
	return !sodium_is_zero(log->closer, sizeof(log->closer)) &&
	       memcmp(log->closer, c->member->handle, sizeof(log->closer)) != 0 &&
	       roster_member_by_handle(c->v->members, log->closer);
}

int
vault_desk_close(struct vault_call *c)
{
	struct store_log log;
	struct store_entry e = { .thread = FRAME_DESK };
	bool again = false;
	int status = vault_find_log(c, &log, FRAME_DESK);
	if (status == FRAME_OK)
		status = find_place(c, &log, &e, &again);
	if (status != FRAME_OK)
		return status;
	if (again) {
		c->out.flags = log.state == STORE_CLOSED;
		return FRAME_OK;
	}
	/* A case that nobody has opened cannot be closed: the read clock runs until t is shown. */
	if (!log.acked || log.state == STORE_CLOSED)
		return FRAME_BAD;
	if (second_closer(c, &log)) {
		log.state = STORE_CLOSED;
		log.closed_day = vault_day(c->v);
		memset(log.closer, 0, sizeof(log.closer));
		c->out.flags = 1;
	} else {
		memcpy(log.closer, c->member->handle, sizeof(log.closer));
	}
	status = add_entry(c, &log, &e);
	if (status != FRAME_OK)
		c->out.flags = 0;
	return status;
}

/*
 * Adds the handles of a request to the reader list, or replaces the list by them. FRAME_OK or
 * FRAME_BAD.
 */
static int
take_readers(const struct vault_call *c, struct store_log *log)
{
	const struct frame_routing *q = &c->req.routing;
	uint8_t list[FRAME_READER_MAX][KEY_HANDLE_LEN];
	memcpy(list, q->proof, 32);
	memcpy(list[4], q->hash, 32);
	if (q->flags & 1)
		log->reader_cnt = 0;
	for (int i = 0; i < FRAME_READER_MAX; i++) {
		bool known = false;
		if (sodium_is_zero(list[i], KEY_HANDLE_LEN))
			continue;
		for (int k = 0; k < log->reader_cnt; k++)
			known = known || !memcmp(log->reader[k], list[i], KEY_HANDLE_LEN);
		if (known)
			continue;
		if (log->reader_cnt == FRAME_READER_MAX)
			return FRAME_BAD;
		memcpy(log->reader[log->reader_cnt++], list[i], KEY_HANDLE_LEN);
	}
	/*
	 * Some handles may be dummies, but with a single real reader that person alone could bury
	 * the case.
	 */
	int live = 0;
	for (int i = 0; i < log->reader_cnt; i++) {
		const struct roster_member *m = roster_member_by_handle(c->v->members,
									log->reader[i]);
		live += m && m->desk == log->desk;
	}
	return live >= READERS_LEAST ? FRAME_OK : FRAME_BAD;
}

int
vault_desk_restrict(struct vault_call *c)
{
	struct store_log log;
	struct store_entry e = { .thread = FRAME_DESK };
	bool again = false;
	int status = vault_find_log(c, &log, FRAME_DESK);
	if (status == FRAME_OK)
		status = find_place(c, &log, &e, &again);
	if (status != FRAME_OK || again)
		return status;
	if (c->req.routing.flags & ~1)
		return FRAME_BAD;
	status = take_readers(c, &log);
	return status == FRAME_OK ? add_entry(c, &log, &e) : status;
}

/* An order is a log of its own whose entries all stand in the desk thread; the first is number 0.
 */
int
vault_desk_order(struct vault_call *c)
{
	struct vault *v = c->v;
	const struct frame_routing *q = &c->req.routing;
	const struct roster_desk *to = roster_find(v->roster, q->desk);
	struct auth_ask ask = { .roster = v->roster,
				.member = c->member,
				.desk = c->member->desk,
				.op = FRAME_ORDER_OPEN,
				.kind = FRAME_ORDER };
	struct store_log log;
	struct store_entry old, e = { .thread = FRAME_DESK };
	if (!auth_allows(&ask))
		return FRAME_NOT_FOUND;
	if (q->kind != FRAME_ORDER || !to || to->kind != ROSTER_INSPECTION)
		return FRAME_BAD;
	digest_body(e.hash, c->req.body);
	int err = store_log_get(v->store, &log, q->id);
	if (!err) {
		err = store_entry_get(v->store, &old, log.n, FRAME_DESK, 0);
		return !err && log.kind == FRAME_ORDER && log.desk == q->desk &&
				       !memcmp(old.hash, e.hash, 32)
			       ? FRAME_OK
			       : FRAME_BAD;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	if (v->used > v->conf->store_bytes)
		return FRAME_FULL;
	log = (struct store_log){
		.kind = FRAME_ORDER, .desk = q->desk, .origin = c->member->desk, .day = vault_day(v)
	};
	memcpy(log.id, q->id, sizeof(log.id));
	err = store_log_add(v->store, &log);
	if (err)
		return err == ERR_DUP ? FRAME_BAD : err;
	int status = add_entry(c, &log, &e);
	memset(&c->out, 0, sizeof(c->out));
	return status;
}
