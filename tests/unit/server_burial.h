/* A gateway's year in small, for the tests that try to bury tips: what members, the face and the
 * operator may do, what must be true of each tip, and the look that compares the two once a day. */
#ifndef TESTS_SERVER_BURIAL_H
#define TESTS_SERVER_BURIAL_H

#include "tests/lib/fixture.h"

#include <stdlib.h>

#define WORLD    250 /* tips of one store: a list answer has room for 252 */
#define DAY      1440u
#define DAYS     125
#define OLD_CNT  128
#define ABOVE    A1 /* who looks: of the desk above, and of the backstop */
#define BACKSTOP A5

/* A tip, and what must be true of it. Hours; 0: nothing is due. */
static struct tip {
	struct source s;
	uint8_t ladder;
	bool open, acked, closed, gone, known[WHO_CNT]; /* known: has opened it, so knows t */
	bool must_open;                                 /* to the desk above, by an act */
	uint32_t said, read_by, answer_by, term_by, close_by, day;
	unsigned shown[2]; /* days on which the two lists showed the closing that runs */
} tip[WORLD];

static uint8_t old[OLD_CNT][FRAME_LEN]; /* frames that a face kept */
static size_t old_cnt;
static bool loyal;  /* the face leaves no frame out */
static bool allows; /* in this world the backstop allows purges */
static uint32_t allowed_before;
static uint64_t seed;
static uint8_t body[FRAME_BODY_LEN];
static struct {
	unsigned long frames, days, closed, objected, purged, opened, limited, hidden, sampled;
} tally;

static inline uint32_t
rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 11) % below;
}

static inline uint32_t
hour(void)
{
	return CLOCK_HOUR(fixture_minute);
}

static inline void
fresh_body(void)
{
	uint64_t n[2] = { seed, tally.frames };
	memcpy(body, n, sizeof(n));
	rnd(2);
}

static inline void
begin(void)
{
	assert_int_equal(store_begin(w.v.store), 0);
	fixture_batch = true;
}

static inline void
commit(void)
{
	fixture_batch = false;
	assert_int_equal(store_commit(w.v.store), 0);
}

/* Signs and sends a request, unless the face leaves it out (0); the face may keep it. */
static inline int
send_frame(struct frame_request rq, const struct key_sign *key)
{
	static uint8_t frame[FRAME_LEN];
	const struct frame_op *op = frame_op_find(rq.op);
	if (!loyal && op->op != FRAME_LIST && op->op != FRAME_POLL && op->op != FRAME_OPEN &&
	    !rnd(40))
		return 0;
	if (!op->timeless)
		rq.minute = fixture_minute;
	assert_int_equal(frame_request_build(frame, &rq, w.keys.card.id, key), 0);
	if (!rnd(4))
		memcpy(old[old_cnt++ % OLD_CNT], frame, FRAME_LEN);
	tally.frames++;
	return fixture_frame(frame);
}

static inline int
by(enum who who, uint8_t op, const struct tip *t, struct frame_routing r)
{
	struct frame_request rq = { .op = op, .routing = r };
	fresh_body();
	if (t)
		memcpy(rq.routing.id, t->s.id, sizeof(t->s.id));
	rq.routing.desk = w.person[who].desk;
	if (op != FRAME_FETCH && op != FRAME_PURGE && op != FRAME_LIST) {
		rq.body = body;
		rq.body_len = sizeof(body);
	}
	return send_frame(rq, &w.person[who].key);
}

/* The next place of the desk thread, as a member who may not read it has it from the list. */
static inline struct frame_routing
next(const struct tip *t)
{
	struct store_log log;
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, t->s.id), 0);
	return (struct frame_routing){ .number = log.desk_entries };
}

static inline uint32_t
answer_hours(const struct tip *t)
{
	return t->ladder ? 2 : 5 * 24;
}

/* The hour by which something must be done that may take so long: an ordinary clock begins at the
 * end of its day, so that it does not tell when the tip came. */
static inline uint32_t
due_hour(const struct tip *t, uint32_t hours)
{
	return (t->ladder ? hour() + 1 : ((uint32_t)(fixture_minute / DAY) + 1) * 24) + hours;
}

static inline uint32_t
term_hour(const struct tip *t)
{
	return ((uint32_t)(fixture_minute / DAY) + (t->ladder ? 2 : 10) + 1) * 24;
}

/* ---- acts; each notes what follows from an answer that is ok ---- */

static inline void
do_open(struct tip *t)
{
	memset(t, 0, sizeof(*t));
	source_new(&t->s);
	t->ladder = (uint8_t)rnd(2);
	struct frame_request rq = request(FRAME_OPEN, t->s.id);
	rq.routing.desk = 2;
	rq.routing.ladder = t->ladder;
	memcpy(rq.routing.proof, t->s.T, 32);
	rq.body = t->s.tip;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(send_frame(rq, &t->s.key), FRAME_OK);
	t->open = true;
	t->day = (uint32_t)(fixture_minute / DAY);
	t->read_by = due_hour(t, t->ladder ? 1 : 8);
	t->answer_by = due_hour(t, answer_hours(t));
	t->term_by = term_hour(t);
}

static inline void
do_read(struct tip *t, enum who who)
{
	if (by(who, FRAME_FETCH, t, (struct frame_routing){ .number = 0 }) == FRAME_OK)
		t->known[who] = true;
}

static inline void
do_acknowledge(struct tip *t, enum who who)
{
	struct frame_routing r = next(t);
	if (!t->known[who])
		randombytes_buf(r.proof, sizeof(r.proof));
	else
		memcpy(r.proof, t->s.t, sizeof(r.proof));
	int status = by(who, FRAME_ACKNOWLEDGE, t, r);
	assert_true(status != FRAME_OK || t->known[who]);
	if (status == FRAME_OK) {
		t->acked = true;
		t->read_by = 0;
	} else {
		/* The room of the desks never shuts out the first one. */
		assert_true(status != FRAME_FULL || t->acked);
	}
}

static inline void
do_reply(struct tip *t, enum who who, uint32_t held)
{
	struct frame_routing r = { .hour = held };
	if (by(who, FRAME_DESK_APPEND, t, r) == FRAME_OK && (!held || held <= t->answer_by))
		t->answer_by = 0;
}

static inline void
do_note(struct tip *t, enum who who)
{
	struct frame_routing r = next(t);
	r.thread = FRAME_DESK;
	by(who, FRAME_DESK_APPEND, t, r);
}

static inline void
do_close(struct tip *t, enum who who)
{
	if (by(who, FRAME_CLOSE, t, next(t)) != FRAME_OK || !w.out.flags)
		return;
	assert_true(t->acked);
	assert_int_equal(w.person[who].desk, 2);
	t->close_by = ((uint32_t)(fixture_minute / DAY) + 8) * 24;
	t->shown[0] = t->shown[1] = 0;
}

static inline void
do_object(struct tip *t, enum who who)
{
	if (by(who, FRAME_OBJECT, t, next(t)) != FRAME_OK)
		return;
	t->close_by = 0;
	t->must_open = true;
	tally.objected++;
}

static inline void
do_above(struct tip *t, enum who who, uint8_t to)
{
	struct frame_routing r = next(t);
	r.flags = to;
	if (by(who, FRAME_ABOVE, t, r) != FRAME_OK || !w.out.flags)
		return;
	t->must_open = t->must_open || !r.flags;
	tally.opened++;
}

/* The same list by one and, perhaps, by another. */
static inline void
do_restrict(struct tip *t, enum who who, enum who second)
{
	enum who from[3];
	for (size_t i = 0; i < 3; i++)
		from[i] = (enum who)((i + rnd(2)) % 3 ? A2 + i % 2 : i * 3);
	struct frame_routing r = hide_from(from, rnd(2));
	r.flags = (uint8_t)rnd(3);
	if (r.flags != FRAME_HIDE)
		r = (struct frame_routing){ .flags = r.flags };
	r.number = next(t).number;
	int status = by(who, FRAME_RESTRICT, t, r);
	r.number = next(t).number;
	if (status == FRAME_OK && r.flags == FRAME_HIDE)
		tally.limited += by(second, FRAME_RESTRICT, t, r) == FRAME_OK && w.out.flags;
}

static inline void
do_message(struct tip *t)
{
	struct frame_request rq = request(FRAME_APPEND, t->s.id);
	if (t->gone || t->said >= 20)
		return;
	fresh_body();
	rq.routing.number = t->said + 1;
	memcpy(rq.routing.proof, t->s.T, 32);
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	int status = send_frame(rq, &t->s.key);
	if (!status)
		return;
	/* Whatever desks have written, she has room. */
	assert_int_equal(status, FRAME_OK);
	t->said++;
	t->closed = false;
	t->close_by = 0;
	if (!t->answer_by)
		t->answer_by = due_hour(t, answer_hours(t));
	if (!t->term_by)
		t->term_by = term_hour(t);
}

static inline void
do_allow(enum who who)
{
	struct frame_routing r = { .number = rnd(30) };
	uint32_t today = (uint32_t)(fixture_minute / DAY);
	if (who == BACKSTOP && !allows)
		return;
	r.hour = (today - 85 - rnd(20)) * 24;
	if (by(who, FRAME_PURGE, NULL, r) != FRAME_OK)
		return;
	assert_int_equal(who, BACKSTOP);
	assert_true(r.hour / 24 <= today - 90);
	allowed_before = r.hour / 24;
}

/* The operator: purges, settings, a stop and a start. */
static inline void
do_operate(void)
{
	char said[128];
	switch (rnd(4)) {
	case 0:
		w.conf.purge_days = 90 + rnd(3) * 5;
		w.conf.case_desk_mib = 2 + rnd(7);
		w.conf.case_mib = 4 + rnd(5);
		break;
	case 1:
		commit();
		vault_close(&w.v);
		fixture_open_vault();
		begin();
		break;
	default:
		commit();
		vault_purge(&w.v, rnd(120), said, sizeof(said));
		begin();
		break;
	}
}

static inline void
do_repeat(void)
{
	if (old_cnt)
		fixture_frame(old[rnd(old_cnt < OLD_CNT ? (uint32_t)old_cnt : OLD_CNT)]);
}

static inline enum who
somebody(void)
{
	static const enum who any[] = { A2, B2, A2, B2, A2, B2, A1, B1, A4, A5 };
	return any[rnd(sizeof(any) / sizeof(any[0]))];
}

/* One to four frames about a tip. */
static inline void
act(struct tip *t)
{
	enum who who = somebody(), second = rnd(4) ? who == A2 ? B2 : A2 : somebody();
	uint8_t to = (uint8_t)rnd(2);
	if (t->gone)
		return;
	switch (rnd(16)) {
	case 0:
	case 1:
	case 2:
		do_read(t, who);
		do_acknowledge(t, who);
		do_reply(t, second, 0);
		break;
	case 3:
		do_acknowledge(t, who);
		do_reply(t, who, 0);
		break;
	case 4:
		do_reply(t, who, hour() + 1 + rnd(14 * 24));
		break;
	case 5:
		do_note(t, who);
		break;
	case 6:
	case 7:
	case 8:
	case 9:
		do_close(t, who);
		do_close(t, second);
		break;
	case 10:
	case 11:
		do_restrict(t, who, second);
		break;
	case 12:
		do_above(t, who, to);
		do_above(t, second, to);
		break;
	case 13:
		if (t->close_by && !rnd(3))
			do_object(t, rnd(2) ? B1 : who);
		break;
	case 14:
		if (!rnd(3))
			do_message(t);
		break;
	default:
		do_repeat();
	}
}

/* ---- the eyes ---- */

static inline bool
over(uint32_t due, uint32_t slack)
{
	return due && due + slack <= hour();
}

/* Whether the desk above must have the bytes. */
static inline bool
must_be_open(const struct tip *t)
{
	return t->must_open || over(t->read_by, 1) || over(t->answer_by, 1) || over(t->term_by, 1);
}

/* A closing takes effect only after both lists have shown it for seven days. */
static inline void
closings(struct tip *t)
{
	if (!over(t->close_by, 0))
		return;
	assert_true(t->shown[0] >= 7 && t->shown[1] >= 7);
	if (t->term_by && t->term_by < t->close_by)
		t->must_open = true;
	t->closed = true;
	t->close_by = t->term_by = 0;
	tally.closed++;
}

static inline void
in_list(struct tip *t, const struct frame_record *r, int eye)
{
	if (!!(r->flags & FRAME_R_CLOSED) != t->closed)
		fail_msg("closed: the list says %d", !!(r->flags & FRAME_R_CLOSED));
	assert_int_equal(!!(r->flags & FRAME_R_CLOSING), t->close_by != 0);
	assert_int_equal(r->close_due, t->close_by);
	t->shown[eye] += (r->flags & FRAME_R_CLOSING) != 0;
	if (must_be_open(t) && !(r->flags & FRAME_R_ABOVE))
		fail_msg(
			"not open to the desk above: opened %u, now %u, read by %u, answer by %u, "
			"term %u (ladder %u); the list: read due %u, answer due %u, flags %x, held %u",
			t->day * 24, hour(), t->read_by, t->answer_by, t->term_by, t->ladder,
			r->read_due, r->answer_due, r->flags, r->held);
	/* Where nobody acknowledged or answered, the list says so. */
	assert_true(t->acked == !!(r->flags & FRAME_R_ACKED));
	assert_true(r->held <= 3);
}

/* The tip that is not in the list: removed by the backstop's leave, and the source knows. */
static inline void
not_in_list(struct tip *t)
{
	assert_true(t->closed && allows);
	struct frame_request rq = request(FRAME_POLL, t->s.id);
	assert_int_equal(send_frame(rq, &t->s.key), FRAME_OK);
	assert_int_equal(w.out.flags, FRAME_P_CLOSED | FRAME_P_REMOVED);
	assert_true(hour() / 24 - 90 >= t->day);
	t->gone = true;
	tally.purged++;
}

static inline void
look(enum who who, int eye)
{
	static uint8_t records[FRAME_BODY_LEN];
	struct frame_record r;
	bool listed[WORLD] = { false };
	assert_int_equal(by(who, FRAME_LIST, NULL, (struct frame_routing){ .number = 0 }),
			 FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	uint32_t cnt = w.out.count;
	memcpy(records, w.body, sizeof(records));
	for (uint32_t i = 0; i < cnt; i++) {
		assert_int_equal(frame_record_get(&r, records + i * FRAME_RECORD_LEN), 0);
		for (size_t k = 0; k < WORLD; k++)
			if (tip[k].open && !memcmp(tip[k].s.id, r.id, sizeof(r.id))) {
				listed[k] = true;
				in_list(&tip[k], &r, eye);
			}
	}
	for (size_t k = 0; k < WORLD; k++)
		if (tip[k].open && !tip[k].gone && !listed[k])
			not_in_list(&tip[k]);
}

/* At the end the bytes themselves: those of the desk above, the backstop and the source. */
static inline void
bytes(struct tip *t)
{
	struct store_log log;
	struct frame_request rq = request(FRAME_POLL, t->s.id);
	if (t->gone)
		return;
	assert_int_equal(fixture_send(rq, &t->s.key), FRAME_OK);
	assert_int_equal(!!(w.out.flags & FRAME_P_CLOSED), t->closed);
	assert_int_equal(w.out.flags & FRAME_P_REMOVED, 0);
	assert_int_equal(w.out.source_cnt, t->said + 1);
	if (must_be_open(t)) {
		rq = request(FRAME_FETCH, t->s.id);
		rq.routing.desk = w.person[ABOVE].desk;
		assert_int_equal(fixture_as(ABOVE, rq), FRAME_OK);
		assert_memory_equal(w.body, t->s.tip, FRAME_BODY_LEN);
	}
	/* A closing never shuts out the lead; where a list does, or he himself, the desk above has
	 * the bytes. */
	rq = request(FRAME_FETCH, t->s.id);
	rq.routing.desk = 2;
	if (fixture_as(A2, rq) != FRAME_OK) {
		assert_int_equal(w.status, FRAME_NOT_FOUND);
		rq.routing.desk = w.person[ABOVE].desk;
		assert_int_equal(fixture_as(ABOVE, rq), FRAME_OK);
		tally.hidden++;
	}
	/* What the lot drew is open to the backstop, closed or not. */
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, t->s.id), 0);
	struct store_log drawn = { .ladder = t->ladder };
	memcpy(drawn.id, log.id, sizeof(drawn.id));
	vault_clock_start(&w.v, &drawn);
	if (drawn.sample_day && (t->day + (t->ladder ? 2 : 10) + 1) * 24 <= hour()) {
		rq = request(FRAME_FETCH, t->s.id);
		rq.routing.desk = w.person[BACKSTOP].desk;
		assert_int_equal(fixture_as(BACKSTOP, rq), FRAME_OK);
		assert_true(log.backstop);
		tally.sampled++;
	}
}

/* ---- the year ---- */

static inline void
tick(void)
{
	vault_clock_advance(&w.v);
	commit();
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
	begin();
}

static inline void
live_a_day(size_t cnt, uint32_t day)
{
	uint64_t end = (fixture_minute / DAY + 1) * DAY;
	/* Most is done early; later there is less, so that closings come to their end. */
	uint32_t acts = (uint32_t)cnt / (day < 12 ? 4 : 100) + 1;
	for (uint32_t i = 0; i < acts; i++) {
		fixture_minute += (end - fixture_minute) / (acts - i + 1) * rnd(2);
		act(&tip[rnd((uint32_t)cnt)]);
	}
	for (size_t i = 0; i < cnt; i++)
		if (tip[i].close_by && !rnd(60))
			do_object(&tip[i], rnd(2) ? B1 : BACKSTOP);
	if (!rnd(4))
		do_operate();
	if (day > 103) {
		do_allow(rnd(3) ? BACKSTOP : rnd(2) ? A2 : A1);
		do_operate();
	}
	fixture_minute = end;
	tick();
	for (size_t i = 0; i < cnt; i++)
		closings(&tip[i]);
	look(ABOVE, 0);
	look(BACKSTOP, 1);
	tally.days++;
}

static inline void
world(size_t cnt)
{
	assert_int_equal(fixture_ready(NULL), 0);
	w.conf.store_bytes = 1ull << 34;
	memset(tip, 0, sizeof(tip));
	old_cnt = 0;
	allows = rnd(2);
	fixture_minute = (fixture_minute / DAY + 1) * DAY;
	begin();
	for (size_t i = 0; i < cnt; i++) {
		fixture_minute += rnd(6);
		do_open(&tip[i]);
	}
	for (uint32_t day = 0; day < DAYS; day++)
		live_a_day(cnt, day);
	commit();
	for (size_t i = 0; i < cnt; i++)
		bytes(&tip[i]);
	assert_int_equal(fixture_end(NULL), 0);
}

#endif
