/*
 * A vault with a sealed order, for tests/unit/server_order*.c. Desk 4 plans (A4 the planner, C1 its
 * reviewer), desk 1 is the A side, desk 7 inspects (I7, J7 the B side, REG an inspector), desk 2 is
 * above the planners (A2 reviewer, B2 with no role there), A5 the backstop. Above those who inspect
 * is desk 1. The parts are random bytes unless
 * a test puts others into part[] before it seals.
 */
#ifndef TESTS_SERVER_ORDER_H
#define TESTS_SERVER_ORDER_H

#include "tests/lib/fixture.h"

#include "crypto/order.h"

#define HOUR(h) ((uint64_t)(h)*60)

static uint8_t id[16], body[FRAME_BODY_LEN], part[ORDER_PLACES][FRAME_BODY_LEN];
static struct order_hours hours;
static uint32_t next; /* place in thread 1 */

static inline void
role(enum who who, uint16_t desk, uint16_t roles)
{
	struct roster_members *m = w.v.members;
	for (size_t i = 0; i < m->cnt; i++)
		if (!memcmp(m->member[i].handle, w.person[who].handle, 8)) {
			m->member[i].desk = desk;
			m->member[i].roles = roles;
		}
	w.person[who].desk = desk;
}

static inline int
ready(void **state)
{
	int err = fixture_ready(state);
	for (size_t i = 0; i < w.v.roster->desk_cnt; i++) {
		struct roster_desk *d = &w.v.roster->desk[i];
		if (d->number == 4)
			d->kind = ROSTER_PLANNING;
		d->above = d->number == 4 ? 2 : d->number == 7 ? 1 : d->number == 1 ? 0 : d->above;
	}
	role(A4, 4, ROSTER_PL);
	role(C1, 4, ROSTER_SR);
	role(A1, 1, ROSTER_SR);
	role(B1, 1, ROSTER_SR);
	role(I7, 7, ROSTER_TL);
	role(J7, 7, ROSTER_TL | ROSTER_IN);
	role(REG, 7, ROSTER_IN);
	role(A2, 2, ROSTER_SR);
	role(B2, 2, ROSTER_TR);
	role(A5, 5, ROSTER_TR);
	randombytes_buf(id, sizeof(id));
	next = 1;
	uint32_t hour0 = (uint32_t)(fixture_minute / 60) + 30;
	assert_int_equal(order_hours_new(&hours, hour0, hour0 + 30), 0);
	for (uint32_t i = 0; i < ORDER_PLACES; i++)
		random_body(part[i]);
	return err;
}

static inline void
at_hour(uint32_t hour)
{
	fixture_minute = HOUR(hour);
}

static inline void
name(uint8_t *list, size_t at, enum who who)
{
	memcpy(list + 8 * at, w.person[who].handle, 8);
}

static inline struct frame_request
seal_request(void)
{
	struct frame_request rq = request(FRAME_ORDER_SEAL, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = 7;
	rq.routing.hour = hours.open[0];
	order_late(rq.routing.cursor, &hours);
	name(rq.routing.proof, 0, A1);
	name(rq.routing.proof, 1, B1);
	name(rq.routing.hash, 0, I7);
	name(rq.routing.hash, 1, J7);
	rq.body = part[ORDER_CODE]; /* any bytes that are the same each time */
	rq.body_len = FRAME_BODY_LEN;
	return rq;
}

static inline struct frame_request
part_request(enum who who, uint32_t place)
{
	struct frame_request rq = request(FRAME_PART_PUT, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = FRAME_PARTS;
	rq.routing.number = place;
	rq.body = part[place];
	rq.body_len = FRAME_BODY_LEN;
	return rq;
}

static inline int
put(enum who who, uint32_t place)
{
	return fixture_as(who, part_request(who, place));
}

static inline void
seal(void)
{
	assert_int_equal(fixture_as(A4, seal_request()), FRAME_OK);
	for (uint32_t i = 0; i < ORDER_PLANNED; i++)
		assert_int_equal(put(A4, i), FRAME_OK);
}

/* The frame by which somebody takes a layer, with a body of its own. */
static inline struct frame_request
take_request(enum who who, unsigned layer)
{
	struct frame_request rq = request(FRAME_PART_TAKE, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = FRAME_PARTS;
	rq.routing.number = next;
	rq.routing.part = (uint16_t)(ORDER_LAYER + layer);
	if (layer) {
		rq.routing.hour = hours.open[1];
		rq.routing.count = hours.open[2];
		memcpy(rq.routing.proof, hours.salt, sizeof(hours.salt));
	}
	random_body(body);
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	return rq;
}

static inline void
log_of(struct store_log *log)
{
	assert_int_equal(store_log_get(w.v.store, log, FRAME_ORDER, id), 0);
}

/* Nothing was given and nothing was written. */
static inline void
nothing(const struct store_log *before)
{
	static const uint8_t zero[FRAME_BODY_LEN];
	struct store_log after;
	log_of(&after);
	assert_int_equal(w.body_len, 0);
	assert_memory_equal(w.body, zero, sizeof(zero));
	assert_int_equal(after.desk_entries, before->desk_entries);
	assert_int_equal(after.reads, before->reads);
	after.order.shown = before->order.shown; /* the clock does that */
	assert_memory_equal(&after.order, &before->order, sizeof(after.order));
}

static inline void
takes(enum who who, unsigned layer, int status)
{
	struct store_log before;
	log_of(&before);
	int got = fixture_as(who, take_request(who, layer));
	if (got != status)
		fail_msg("%d takes layer %u: %s", who, layer, frame_status_name((uint8_t)got));
	if (status == FRAME_OK) {
		assert_int_equal(w.body_len, FRAME_BODY_LEN);
		assert_memory_equal(w.body, part[ORDER_LAYER + layer], FRAME_BODY_LEN);
		assert_int_equal(w.out.number, next++);
		assert_true(w.wrote);
	} else {
		nothing(&before);
	}
}

static inline int
fetches(enum who who, uint8_t thread, uint32_t number)
{
	struct frame_request rq = request(FRAME_FETCH, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = thread;
	rq.routing.number = number;
	return fixture_as(who, rq);
}

static inline int
stop(enum who who, uint8_t flags)
{
	struct frame_request rq = request(FRAME_STOP, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = w.person[who].desk;
	rq.routing.number = next;
	rq.routing.flags = flags;
	random_body(body);
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	int status = fixture_as(who, rq);
	next += status == FRAME_OK;
	return status;
}

static inline bool
stopped(void)
{
	struct store_log log;
	log_of(&log);
	return log.order.stopped;
}

static inline int
append(enum who who)
{
	struct frame_request rq = request(FRAME_DESK_APPEND, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = FRAME_DESK;
	rq.routing.number = next;
	random_body(body);
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	int status = fixture_as(who, rq);
	next += status == FRAME_OK;
	return status;
}

/* How many orders this member is shown; the first record in *r. */
static inline uint32_t
listed(enum who who, struct frame_record *r)
{
	assert_int_equal(member_list(who, FRAME_ORDER, NULL), FRAME_OK);
	if (r && w.out.count)
		assert_int_equal(frame_record_get(r, w.body), 0);
	return w.out.count;
}

#endif
