/* What the tests of the rota share: a desk of four, and who is shown a case. */
#ifndef TESTS_SERVER_ROTA_H
#define TESTS_SERVER_ROTA_H

#include "tests/lib/fixture.h"

#define DAY 1440
#define D1  J7 /* moved to desk 1 for these tests */

static uint8_t body[FRAME_BODY_LEN], book[16] __attribute__((unused));

static inline uint32_t
today(void)
{
	return (uint32_t)(fixture_minute / DAY);
}

static inline void
later(uint64_t minutes)
{
	fixture_minute += minutes;
	vault_clock_advance(&w.v);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(vault_rota_day(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
}

/* The last request of rota(), to send it once more. */
static struct frame_request last __attribute__((unused));

static inline int
rota(enum who who, uint32_t from, uint16_t days, const enum who *duty, size_t cnt)
{
	struct store_log log;
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_BOOK, book), 0);
	last = request(FRAME_ROTA, book);
	last.routing.kind = FRAME_BOOK;
	last.routing.desk = w.person[who].desk;
	last.routing.number = log.desk_entries;
	last.routing.hour = from * 24;
	last.routing.parts = days;
	for (size_t i = 0; i < cnt; i++)
		memcpy(last.routing.proof + 8 * i, w.person[duty[i]].handle, 8);
	random_body(body);
	last.body = body;
	last.body_len = FRAME_BODY_LEN;
	return fixture_as(who, last);
}

static inline void
rota_by_two(uint32_t from, uint16_t days, enum who a, enum who b)
{
	const enum who pair[] = { a, b };
	assert_int_equal(rota(A1, from, days, pair, 2), FRAME_OK);
	assert_int_equal(rota(B1, from, days, pair, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

static inline void
staff_of(enum who who, uint16_t desk, uint16_t roles)
{
	w.v.members->member[who].desk = w.person[who].desk = desk;
	w.v.members->member[who].roles = roles;
}

/* Desk 1 has four members and a book. */
static inline int
desk_of_four(void **state)
{
	int err = fixture_ready(state);
	struct frame_request rq;
	staff_of(C1, 1, ROSTER_TR);
	staff_of(D1, 1, ROSTER_TR);
	randombytes_buf(book, sizeof(book));
	random_body(body);
	rq = request(FRAME_BOOK_OPEN, book);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 1;
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	return err;
}

static inline void
tip(struct source *s, uint8_t ladder)
{
	source_new(s);
	assert_int_equal(source_open(s, 1, ladder), FRAME_OK);
}

static inline int
act(enum who who, uint8_t op, const struct source *s, struct frame_routing r)
{
	return member_act(who, op, s->id, r, body);
}

static inline int
recuse(enum who who, const struct source *s)
{
	return act(who, FRAME_RESTRICT, s, (struct frame_routing){ .flags = FRAME_RECUSE });
}

static inline int
lift(enum who who, const struct source *s)
{
	return act(who, FRAME_RESTRICT, s, (struct frame_routing){ .flags = FRAME_LIFT });
}

static inline int
reads(enum who who, const struct source *s)
{
	return member_fetch(who, s->id, FRAME_SOURCE, 0);
}

/* Whether the case is in the list of that member, with its record. */
static inline bool
listed(enum who who, const struct source *s, struct frame_record *r)
{
	assert_int_equal(member_list(who, FRAME_CASE, NULL), FRAME_OK);
	for (uint32_t i = 0; i < w.out.count; i++) {
		assert_int_equal(frame_record_get(r, w.body + i * FRAME_RECORD_LEN), 0);
		if (!memcmp(r->id, s->id, sizeof(r->id)))
			return true;
	}
	return false;
}

/* Who of the desk is shown the case, as letters; lists and fetches agree. Fetches leave a trace. */
static inline void
shown_to(const struct source *s, const char *who)
{
	static const enum who desk[] = { A1, B1, C1, D1 };
	char got[5] = "";
	for (size_t i = 0, n = 0; i < 4; i++) {
		struct frame_record r;
		struct frame_request rq = request(FRAME_FETCH, s->id);
		rq.routing.desk = 1;
		rq.routing.thread = FRAME_READS;
		bool fetched = fixture_as(desk[i], rq) == FRAME_OK;
		assert_int_equal(listed(desk[i], s, &r), fetched);
		if (fetched)
			got[n++] = "ABCD"[i];
	}
	assert_string_equal(got, who);
}

static inline bool
open_above(const struct source *s)
{
	return reads(A4, s) == FRAME_OK;
}

#endif
