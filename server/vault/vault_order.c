/*
 * Sealed orders (ops 0x50 to 0x53, FORMATS.md section 17): an inspection that nobody reads before
 * its hour. The vault knows the first hour and who is on which side, and nothing of what the order
 * says. It gives each side its half from that hour on, and a layer only together with the entry of
 * who took it: no trace, no bytes, in one transaction. Whoever stops the order ends all giving.
 *
 * What is not given is answered as what does not exist. Only a commitment that the hours do not fit
 * is told (bad), because who asks holds both.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>

/* ---- sealing ---- */

static const struct roster_member *
named(const struct vault_call *c, const uint8_t *list, size_t i)
{
	const uint8_t *handle = list + i * KEY_HANDLE_LEN;
	if (i >= ORDER_PERSONS || sodium_is_zero(handle, KEY_HANDLE_LEN))
		return NULL;
	return roster_member_by_handle(c->v->members, handle);
}

/* Whether all that a list names are of that desk and have that role, and the sender is not one. */
static bool
side_ok(const struct vault_call *c, const uint8_t *list, uint16_t desk, uint16_t role)
{
	for (size_t i = 0; i < ORDER_PERSONS; i++) {
		const struct roster_member *m = named(c, list, i);
		if (!m && !sodium_is_zero(list + i * KEY_HANDLE_LEN, KEY_HANDLE_LEN))
			return false;
		if (m && (m == c->member || m->desk != desk || !(m->roles & role)))
			return false;
	}
	return true;
}

/* The A side is of one desk, which is not the receiving one. That nobody is named twice, and how
 * many are named, is part of the frame's form. */
static bool
sides_ok(const struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	const struct roster_desk *to = roster_find(c->v->roster, q->desk);
	const struct roster_member *first = named(c, q->proof, 0);
	return to && to->kind == ROSTER_INSPECTION && first && first->desk != q->desk &&
	       side_ok(c, q->proof, first->desk, ROSTER_SR) &&
	       side_ok(c, q->hash, q->desk, ROSTER_TL);
}

static void
order_of(const struct vault_call *c, struct store_order *o)
{
	const struct frame_routing *q = &c->req.routing;
	const struct roster_member *first = named(c, q->proof, 0);
	*o = (struct store_order){ .hour0 = q->hour, .a_desk = first ? first->desk : 0 };
	memcpy(o->late, q->cursor, sizeof(o->late));
	memcpy(o->sealer, c->member->handle, sizeof(o->sealer));
	memcpy(o->side[0], q->proof, sizeof(o->side[0]));
	memcpy(o->side[1], q->hash, sizeof(o->side[1]));
}

/* Whether the frame that made this log said the same and was the sender's. */
static int
same_order(struct vault_call *c, const struct store_log *log)
{
	const struct store_order *o = &log->order;
	struct store_order own;
	struct store_entry first;
	uint8_t hash[32];
	order_of(c, &own);
	key_sha256(hash, c->req.body, FRAME_BODY_LEN);
	int err = store_entry_get(c->v->store, &first, log->n, FRAME_DESK, 0);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_BAD : err;
	return !memcmp(first.hash, hash, sizeof(hash)) && log->desk == c->req.routing.desk &&
			       o->hour0 == own.hour0 &&
			       !memcmp(o->late, own.late, sizeof(own.late)) &&
			       !memcmp(o->sealer, own.sealer, sizeof(own.sealer)) &&
			       !memcmp(o->side, own.side, sizeof(own.side))
		       ? FRAME_OK
		       : FRAME_BAD;
}

int
vault_order_seal(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	const struct roster_desk *own = roster_find(c->v->roster, c->member->desk);
	uint32_t now = vault_hour(c->v);
	struct store_log log;
	struct auth_ask ask = { .roster = c->v->roster,
				.member = c->member,
				.desk = c->member->desk,
				.op = FRAME_ORDER_SEAL,
				.kind = FRAME_ORDER };
	if (!own || own->kind != ROSTER_PLANNING || !auth_allows(&ask))
		return FRAME_NOT_FOUND;
	int err = store_log_get(c->v->store, &log, FRAME_ORDER, q->id);
	if (!err)
		return same_order(c, &log);
	if (err != ERR_NOT_FOUND)
		return err;
	/* An urgent order begins in the hour in which it is sealed, and the hour may end on the
	 * way. */
	if (!sides_ok(c) || q->hour + 1 < now || q->hour > now + ORDER_AHEAD_HOURS)
		return FRAME_BAD;
	log = (struct store_log){ .kind = FRAME_ORDER,
				  .desk = q->desk,
				  .origin = c->member->desk,
				  .day = vault_day(c->v) };
	memcpy(log.id, q->id, sizeof(log.id));
	order_of(c, &log.order);
	return vault_write_new(c, &log);
}

/* ---- parts ---- */

/* Whether the vault gives and takes what opens at that hour now. Where the machine's clock is
 * suspect, the earlier hour counts: a clock that runs ahead opens nothing. */
static bool
is_time(const struct vault_call *c, const struct store_order *o, uint32_t opens)
{
	return !o->stopped && order_time(o->hour0, opens, vault_hour_early(c->v)) == ORDER_NOW;
}

int
vault_part_stands(struct vault_call *c, const struct store_log *log, const struct store_entry *e,
		  bool *stands)
{
	struct store_entry old;
	int err = store_entry_by_hash(c->v->store, &old, log->n, FRAME_PARTS, e->hash);
	*stands = true;
	if (!err)
		return old.number == e->number ? FRAME_OK : FRAME_BAD;
	if (err != ERR_NOT_FOUND)
		return err;
	err = store_entry_get(c->v->store, &old, log->n, FRAME_PARTS, e->number);
	*stands = err != ERR_NOT_FOUND;
	if (err && err != ERR_NOT_FOUND)
		return err;
	return err ? FRAME_OK : FRAME_BAD;
}

int
vault_part_add(struct vault_call *c, struct store_log *log, struct store_entry *e)
{
	int status = vault_budget_member(c);
	if (status != FRAME_OK)
		return status;
	log->order.parts |= (uint8_t)(1u << e->number);
	log->desk_bytes += FRAME_BODY_LEN;
	c->wrote = true;
	int err = vault_entry_add(c, log, e);
	if (!err)
		err = store_log_set(c->v->store, log);
	return err ? err : FRAME_OK;
}

int
vault_order_part(struct vault_call *c)
{
	const struct order_place *place = order_place(c->req.routing.number);
	struct store_log log;
	struct store_entry e = { .thread = FRAME_PARTS,
				 .number = c->req.routing.number,
				 .source = STORE_NO_NUMBER,
				 .day = vault_day(c->v),
				 .desk = c->member->desk };
	bool planner = place && place->by == ORDER_PLANNER, stands;
	if (c->req.routing.kind == FRAME_BOOK)
		return vault_share_put(c);
	int status = vault_write_find(c, &log, planner ? FRAME_PARTS : AUTH_CODES);
	if (status != FRAME_OK)
		return status;
	if (planner && memcmp(log.order.sealer, c->member->handle, KEY_HANDLE_LEN) != 0)
		return FRAME_NOT_FOUND;
	key_sha256(e.hash, c->req.body, FRAME_BODY_LEN);
	status = vault_part_stands(c, &log, &e, &stands);
	if (status != FRAME_OK || stands)
		return status;
	if (planner ? log.order.stopped : !is_time(c, &log.order, log.order.hour0))
		return FRAME_NOT_FOUND;
	return vault_part_add(c, &log, &e);
}

int
vault_part_give(struct vault_call *c, struct store_log *log, uint32_t place)
{
	struct store_entry e;
	int err = store_entry_get(c->v->store, &e, log->n, FRAME_PARTS, place);
	if (!err)
		err = store_body_get(c->v->store, c->body, e.body);
	if (!err)
		err = vault_leave_record(c, log, place);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	c->body_len = FRAME_BODY_LEN;
	return FRAME_OK;
}

int
vault_part_list(struct vault_call *c, const struct store_log *log)
{
	size_t cnt;
	int err = store_part_list(c->v->store, c->body, &cnt, log->n);
	c->body_len = cnt * FRAME_PART_RECORD_LEN;
	c->out.count = (uint32_t)cnt;
	c->out.number = FRAME_PART_LIST;
	return err ? err : FRAME_OK;
}

static bool
is_layer(uint32_t place)
{
	return place >= ORDER_LAYER && place < ORDER_LAYER + ORDER_LAYERS;
}

uint8_t
vault_order_thread(uint32_t number)
{
	const struct order_place *place = order_place(number);
	if (!place || is_layer(number))
		return FRAME_PARTS;
	return place->to == ORDER_A ? AUTH_HALF_A : AUTH_HALF_B;
}

int
vault_order_fetch(struct vault_call *c, struct store_log *log)
{
	uint32_t number = c->req.routing.number;
	const struct store_order *o = &log->order;
	if (number == FRAME_PART_LIST)
		return vault_part_list(c, log);
	if (!order_place(number) || o->stopped)
		return FRAME_NOT_FOUND;
	/* When all is over the desks have the layers; their keys are in the log by then. */
	if (is_layer(number) ? vault_hour_early(c->v) < o->hour0 + ORDER_READ_HOURS
			     : !is_time(c, o, o->hour0))
		return FRAME_NOT_FOUND;
	c->out.number = number;
	c->out.count = log->desk_entries;
	return vault_part_give(c, log, number);
}

/* ---- taking a layer ---- */

/* Whether the hours that a frame shows are those that the planner committed to, and have come. */
static int
take_time(const struct vault_call *c, const struct store_order *o)
{
	const struct frame_routing *q = &c->req.routing;
	struct order_hours h = { .open = { o->hour0, q->hour, q->count } };
	uint8_t late[ORDER_LATE_LEN];
	unsigned layer = q->part - ORDER_LAYER;
	memcpy(h.salt, q->proof, sizeof(h.salt));
	order_late(late, &h);
	if (layer && sodium_memcmp(late, o->late, sizeof(late)))
		return FRAME_BAD;
	return is_time(c, o, h.open[layer]) ? FRAME_OK : FRAME_NOT_FOUND;
}

/*
 * Whether an entry that stands already was written by this frame's sender when she took this
 * layer. Else a deputy could send the leader's entry once more, or one that was appended without a
 * take, and have the bytes without a signature of his own.
 */
static bool
own_take(const struct vault_call *c, const struct store_entry *e)
{
	struct frame_request was;
	return !frame_stub_taken(&was, e->stub, c->v->keys->card.id) &&
	       was.routing.part == c->req.routing.part &&
	       !memcmp(was.key, c->req.key, sizeof(was.key));
}

int
vault_order_take(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_entry e = { .thread = FRAME_DESK };
	bool again = false;
	int status = vault_write_find(c, &log, FRAME_PARTS);
	if (status == FRAME_OK)
		status = take_time(c, &log.order);
	if (status == FRAME_OK)
		status = vault_write_place(c, &log, &e, &again);
	if (status != FRAME_OK)
		return status;
	if (again) {
		int err = store_entry_by_hash(c->v->store, &e, log.n, FRAME_DESK, e.hash);
		if (err)
			return err;
		if (!own_take(c, &e))
			return FRAME_BAD;
	} else {
		frame_stub(e.stub, c->frame, &c->digest);
		status = vault_write_add(c, &log, &e);
	}
	/* What was written above and what is given below are committed together or not at all. */
	if (status == FRAME_OK)
		status = vault_part_give(c, &log, q->part);
	c->out.part = status == FRAME_OK ? q->part : 0;
	return status;
}

/* ---- photos ---- */

/*
 * A part of a photo of the visit, for as long as the order has room. Nothing was seen before the
 * first hour; what was seen counts also where the visit was stopped. That an index is taken is told
 * (bad), because who asks may see the order: he draws another one.
 */
int
vault_order_photo(struct vault_call *c)
{
	struct store_log log;
	struct store_chunk k;
	int status = vault_write_find(c, &log, FRAME_ATTACH);
	if (status != FRAME_OK)
		return status;
	if (vault_hour_early(c->v) < log.order.hour0)
		return FRAME_NOT_FOUND;
	if (c->req.routing.parts > VAULT_PARTS_MAX)
		return FRAME_BAD;
	status = vault_chunk_stands(c, &log, &k);
	if (status != ERR_NOT_FOUND)
		return status;
	status = vault_budget_member(c);
	return status == FRAME_OK ? vault_chunk_add(c, &log, &k) : status;
}

/* ---- stopping ---- */

static bool
may_stop(const struct vault_call *c, const struct store_log *log, const struct roster_member *m)
{
	struct auth_ask ask = { .roster = c->v->roster,
				.member = m,
				.log = log,
				.desk = m->desk,
				.op = FRAME_STOP,
				.kind = FRAME_ORDER };
	return auth_allows(&ask);
}

/* From the first hour on a cancelling takes two reviewers: by then it may be a favour. */
static bool
may_cancel(const struct vault_call *c, const struct store_log *log, const struct roster_member *m)
{
	return may_stop(c, log, m) &&
	       (vault_hour(c->v) < log->order.hour0 || (m->roles & ROSTER_SR));
}

/* Notes the first of two who cancel, or, with the second, stops. FRAME_BAD: his stands already. */
static int
cancel(struct vault_call *c, struct store_log *log)
{
	const struct roster_member *m = roster_member_by_handle(c->v->members, log->closer);
	if (!may_cancel(c, log, c->member))
		return FRAME_NOT_FOUND;
	if (log->order.stopped || m == c->member)
		return FRAME_BAD;
	if (!sodium_is_zero(log->closer, sizeof(log->closer)) && m && may_cancel(c, log, m))
		log->order.stopped = true;
	else
		memcpy(log->closer, c->member->handle, sizeof(log->closer));
	return FRAME_OK;
}

static bool
may_hold(const struct vault_call *c, const struct store_log *log, const struct roster_member *m)
{
	return (m->roles & ROSTER_SR) && may_stop(c, log, m);
}

/* Notes the first of two who put it under hold or end that, or, with the second, does it. What was
 * removed cannot be held. */
static int
hold(struct vault_call *c, struct store_log *log, bool set)
{
	uint8_t *first = log->limiter[0].handle;
	const struct roster_member *m = roster_member_by_handle(c->v->members, first);

	if (!may_hold(c, log, c->member))
		return FRAME_NOT_FOUND;
	if (log->order.held == set || (set && log->order.gone) || m == c->member)
		return FRAME_BAD;
	if (sodium_is_zero(first, KEY_HANDLE_LEN) || !m || !may_hold(c, log, m)) {
		memcpy(first, c->member->handle, KEY_HANDLE_LEN);
		return FRAME_OK;
	}
	memset(first, 0, KEY_HANDLE_LEN);
	log->order.held = set;
	return FRAME_OK;
}

/* FRAME_HOLD and FRAME_HOLD_END, when the place of the entry is found. */
static int
hold_add(struct vault_call *c, struct store_log *log, struct store_entry *e, bool again)
{
	bool set = c->req.routing.flags == FRAME_HOLD;
	int status = again ? FRAME_OK : hold(c, log, set);
	if (status == FRAME_OK && !again)
		status = vault_write_add(c, log, e);
	c->out.flags = status == FRAME_OK && log->order.held == set;
	return status;
}

int
vault_order_stop(struct vault_call *c)
{
	bool now = c->req.routing.flags == FRAME_STOP_NOW, again;
	struct store_log log;
	struct store_entry e = { .thread = FRAME_DESK };
	int status = vault_write_find(c, &log, FRAME_DESK);
	if (status == FRAME_OK)
		status = vault_write_place(c, &log, &e, &again);
	if (status != FRAME_OK)
		return status;
	if (c->req.routing.flags >= FRAME_HOLD)
		return hold_add(c, &log, &e, again);
	if (again) {
		c->out.flags = log.order.stopped;
		return FRAME_OK;
	}
	if (auth_persons(FRAME_STOP, now ? AUTH_NOW : 0) < 2)
		log.order.stopped = true;
	else
		status = cancel(c, &log);
	if (status == FRAME_OK && log.order.stopped)
		memset(log.closer, 0, sizeof(log.closer));
	if (status == FRAME_OK)
		status = vault_write_add(c, &log, &e);
	c->out.flags = status == FRAME_OK && log.order.stopped;
	return status;
}
