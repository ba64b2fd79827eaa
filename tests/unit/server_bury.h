/* What the tests of burying share: acts of members, and days that go by. */
#ifndef TESTS_SERVER_BURY_H
#define TESTS_SERVER_BURY_H

#include "tests/lib/fixture.h"

#define DAY 1440

static uint8_t body[FRAME_BODY_LEN] __attribute__((unused));

/* Sends an act with fresh bytes in the next place of the desk thread. */
static inline int
act(enum who who, uint8_t op, const struct source *s, struct frame_routing r)
{
	return member_act(who, op, s->id, r, body);
}

static inline int
plain(enum who who, uint8_t op, const struct source *s)
{
	return act(who, op, s, (struct frame_routing){ .flags = 0 });
}

static inline int
acknowledge(enum who who, const struct source *s)
{
	struct frame_routing r = { .flags = 0 };
	memcpy(r.proof, s->t, sizeof(r.proof));
	return act(who, FRAME_ACKNOWLEDGE, s, r);
}

static inline int
reply(enum who who, const struct source *s, uint32_t hour)
{
	struct frame_routing r = { .thread = FRAME_SOURCE, .hour = hour };
	random_body(body);
	return member_put(who, FRAME_DESK_APPEND, s->id, r, body);
}

/* A member of desk 2 acknowledges a new tip and answers it with noise. */
static inline void
answered(struct source *s, uint8_t ladder)
{
	source_new(s);
	assert_int_equal(source_open(s, 2, ladder), FRAME_OK);
	assert_int_equal(acknowledge(B2, s), FRAME_OK);
	assert_int_equal(reply(B2, s, 0), FRAME_OK);
}

static inline struct frame_record
record(enum who who, const struct source *s)
{
	struct frame_record r = { .kind = 0 };
	uint8_t cursor[FRAME_CURSOR_LEN] = { 0 };
	do {
		assert_int_equal(member_list(who, FRAME_CASE, cursor), FRAME_OK);
		for (uint32_t i = 0; i < w.out.count; i++) {
			assert_int_equal(frame_record_get(&r, w.body + i * FRAME_RECORD_LEN), 0);
			if (!memcmp(r.id, s->id, sizeof(r.id)))
				return r;
		}
		memcpy(cursor, w.out.cursor, sizeof(cursor));
	} while (w.out.flags);
	fail_msg("not in the list");
	return r;
}

static inline int
reads(enum who who, const struct source *s)
{
	return member_fetch(who, s->id, FRAME_SOURCE, 0);
}

/* The vault's timer, at a day after now. */
static inline void
days_pass(uint32_t days)
{
	fixture_minute += (uint64_t)days * DAY;
	vault_clock_advance(&w.v);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
}

#endif
