/*
 * The operations by which one member writes: append, acknowledge, order open (FORMATS.md section
 * 4). Acts that take two persons are in vault_two.c; they use the three functions at the top.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>

#define HOLD_HOURS_MAX (14 * 24)
#define HELD_MAX       3
/* Of the room that desks have in a case: where notes stop, and where replies stop. */
#define NOTE_PERCENT  50
#define REPLY_PERCENT 75
#define ACT_PERCENT   90

int
vault_write_find(struct vault_call *c, struct store_log *log, uint8_t thread)
{
	const struct frame_routing *q = &c->req.routing;
	int err = store_log_get(c->v->store, log, q->kind, q->id);
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
				.thread = thread,
				.duty = &c->duty };
	return auth_allows(&ask) ? FRAME_OK : FRAME_NOT_FOUND;
}

int
vault_write_place(struct vault_call *c, const struct store_log *log, struct store_entry *e,
		  bool *again)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_entry old;
	key_sha256(e->hash, c->req.body, FRAME_BODY_LEN);
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

/* Whether one more entry fits into that share of the room that desks have in a case. */
static bool
room_to(const struct vault_call *c, const struct store_log *log, unsigned percent)
{
	uint64_t all = (uint64_t)c->v->conf->case_desk_mib << 20;
	return log->kind != FRAME_CASE || log->desk_bytes + FRAME_BODY_LEN <= all / 100 * percent;
}

/*
 * Whether the desks have room in a case for this request. Notes leave room for replies, these for
 * close and restrict, and all for the acknowledgement. What opens a case to others, or takes a
 * member himself off it, is few entries and is never refused.
 */
static bool
desk_room(const struct vault_call *c, const struct store_log *log)
{
	unsigned percent = c->req.op == FRAME_ACKNOWLEDGE ? 100 : ACT_PERCENT;
	bool recuses = c->req.op == FRAME_RESTRICT && c->req.routing.flags == FRAME_RECUSE;
	if (c->req.op == FRAME_ABOVE || c->req.op == FRAME_OBJECT || recuses)
		return true;
	if (c->req.op == FRAME_DESK_APPEND)
		percent = c->req.routing.thread == FRAME_DESK ? NOTE_PERCENT : REPLY_PERCENT;
	return room_to(c, log, percent);
}

int
vault_write_add(struct vault_call *c, struct store_log *log, struct store_entry *e)
{
	struct vault *v = c->v;
	if (!desk_room(c, log))
		return FRAME_FULL;
	int status = vault_budget_member(c);
	if (status != FRAME_OK)
		return status;
	e->day = vault_day(v);
	e->source = STORE_NO_NUMBER;
	e->desk = c->member->desk;
	if (e->thread == FRAME_DESK)
		e->number = log->desk_entries++;
	else if (e->not_before > vault_hour(v))
		e->number = STORE_NO_NUMBER;
	else
		e->number = log->entries++;
	log->held += e->number == STORE_NO_NUMBER;
	log->desk_bytes += FRAME_BODY_LEN;
	c->out.number = e->number;
	c->wrote = true;
	int err = vault_entry_add(c, log, e);
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
	int status = vault_write_find(c, &log, q->thread);
	if (status == FRAME_OK)
		status = vault_write_place(c, &log, &e, &again);
	if (status != FRAME_OK || again)
		return status;
	if (q->thread == FRAME_DESK)
		return q->hour ? FRAME_BAD : vault_write_add(c, &log, &e);
	uint32_t hour = vault_hour(c->v);
	if (q->number || q->hour > hour + HOLD_HOURS_MAX)
		return FRAME_BAD;
	e.not_before = q->hour > hour ? q->hour : 0;
	if (e.not_before && log.held >= HELD_MAX)
		return FRAME_FULL;
	/*
	 * A reply stops the answer clock when it is accepted, unless the source would see it only
	 * after the due hour. A reply of somebody who has not shown that the tip was opened answers
	 * nothing. One person's reply never ends the term.
	 */
	if (!log.acked)
		return vault_write_add(c, &log, &e);
	if (!log.answer_due || e.not_before <= log.answer_due) {
		log.answered = true;
		log.answer_due = 0;
	} else {
		e.counts = true;
	}
	return vault_write_add(c, &log, &e);
}

int
vault_desk_acknowledge(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_entry e = { .thread = FRAME_DESK };
	uint8_t shown[32];
	bool again = false;
	int status = vault_write_find(c, &log, FRAME_DESK);
	if (status != FRAME_OK)
		return status;
	/*
	 * t, whose hash the source sent with the tip: only a member who has opened the tip knows
	 * it.
	 */
	key_sha256(shown, q->proof, sizeof(q->proof));
	if (sodium_memcmp(shown, log.proof, sizeof(shown)))
		return FRAME_BAD;
	status = vault_write_place(c, &log, &e, &again);
	if (status != FRAME_OK || again)
		return status;
	/* The first is never refused for want of room; further ones are no more than notes. */
	if (log.acked && !room_to(c, &log, NOTE_PERCENT))
		return FRAME_FULL;
	vault_junk_clear(&log);
	log.acked = true;
	memcpy(log.opened, q->proof, sizeof(log.opened));
	log.read_due = 0;
	return vault_write_add(c, &log, &e);
}

int
vault_write_new(struct vault_call *c, struct store_log *log)
{
	struct vault *v = c->v;
	struct store_entry e = { .thread = FRAME_DESK };
	if (v->used > v->conf->store_bytes / 100 * 95)
		return FRAME_FULL;
	key_sha256(e.hash, c->req.body, FRAME_BODY_LEN);
	int err = store_log_add(v->store, log);
	if (err)
		return err == ERR_DUP ? FRAME_BAD : err;
	int status = vault_write_add(c, log, &e);
	memset(&c->out, 0, sizeof(c->out));
	return status;
}

/*
 * Makes a log of its own kind, whose entries all stand in the desk thread; the first is number 0. A
 * repeat of the same bytes is the same log.
 */
static int
log_open(struct vault_call *c, uint8_t kind)
{
	struct vault *v = c->v;
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_entry old;
	uint8_t hash[32];
	key_sha256(hash, c->req.body, FRAME_BODY_LEN);
	int err = store_log_get(v->store, &log, kind, q->id);
	if (!err) {
		err = store_entry_get(v->store, &old, log.n, FRAME_DESK, 0);
		return !err && !log.order.hour0 && log.desk == q->desk &&
				       !memcmp(old.hash, hash, sizeof(hash))
			       ? FRAME_OK
			       : FRAME_BAD;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	log = (struct store_log){
		.kind = kind, .desk = q->desk, .origin = c->member->desk, .day = vault_day(v)
	};
	memcpy(log.id, q->id, sizeof(log.id));
	if (kind == FRAME_BOOK)
		memcpy(log.order.sealer, c->member->handle, sizeof(log.order.sealer));
	return vault_write_new(c, &log);
}

static bool
may_open(const struct vault_call *c, uint8_t kind, uint8_t thread, uint16_t desk)
{
	struct auth_ask ask = { .roster = c->v->roster,
				.member = c->member,
				.desk = desk,
				.op = c->req.op,
				.kind = kind,
				.thread = thread };
	return auth_allows(&ask);
}

/* An order whose desk reads it at once: of misconduct, at an integrity desk. An inspection desk
 * gets sealed orders alone. */
int
vault_desk_order(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	const struct roster_desk *to = roster_find(c->v->roster, q->desk);
	if (!may_open(c, FRAME_ORDER, FRAME_DESK, c->member->desk))
		return FRAME_NOT_FOUND;
	if (q->kind != FRAME_ORDER || !to || to->kind != ROSTER_INTEGRITY)
		return FRAME_BAD;
	return log_open(c, FRAME_ORDER);
}

/* A book lies at the writer's own desk; or it is a need and lies at a planning desk; or a reward at
 * the desk that pays, from an oversight desk; or it tells a high desk of an accident; or it is for
 * the rota of a desk below, and its writer leads the desk above. */
int
vault_desk_book(struct vault_call *c)
{
	const struct roster_desk *to = roster_find(c->v->roster, c->req.routing.desk);
	const struct roster_desk *from = roster_find(c->v->roster, c->member->desk);
	bool need = to && to->kind == ROSTER_PLANNING;
	bool pay = to && from && to->kind == ROSTER_REWARD && from->kind == ROSTER_OVERSIGHT;
	bool over = to && !need && !pay && to->above && to->above == c->member->desk;
	bool tell = to && to->number != c->member->desk && roster_is_told(to);

	if (tell && may_open(c, FRAME_BOOK, AUTH_TELL, c->member->desk))
		return log_open(c, FRAME_BOOK);
	return may_open(c, FRAME_BOOK,
			pay    ? AUTH_PAY
			: over ? AUTH_OVER
			       : FRAME_DESK,
			need || pay || over ? c->member->desk : c->req.routing.desk)
		       ? log_open(c, FRAME_BOOK)
		       : FRAME_NOT_FOUND;
}
