/*
 * What may come in: new cases by the day's budget and by lot, members by quotas, the end of the
 * store for what ends a case; and junk, which two desks name and the vault removes.
 */
#include "tests/lib/fixture.h"

static uint8_t body[FRAME_BODY_LEN];

static int
small(void **state)
{
	fixture_ready(state);
	w.conf.store_bytes = 256ull << 20;
	w.conf.puzzle_max = 14;
	w.v.budget.left = 0;
	return vault_budget_recall(&w.v);
}

/* The minute of a batch that opens nothing. */
static void
pass(uint64_t minutes)
{
	fixture_minute += minutes;
	vault_clock_advance(&w.v);
}

/*
 * A source a minute and a flood of a hundred times as many, for half a day: the store takes no more
 * than the budget, the puzzle gets dear, and of the sources, who try six times within their minute,
 * at least one in twenty is through.
 */
static void
flood(void **state)
{
	unsigned came = 0, through = 0, taken = 0;
	uint8_t dearest = 0;
	(void)state;
	for (unsigned minute = 0; minute < 12 * 60; minute++) {
		bool ok = false;
		came++;
		for (unsigned turn = 0; turn < 6; turn++) {
			for (unsigned i = turn; i < 100; i += 6)
				taken += vault_budget_open(&w.v);
			ok = ok || vault_budget_open(&w.v);
		}
		through += ok;
		uint8_t bits = vault_budget_puzzle(&w.v);
		dearest = bits > dearest ? bits : dearest;
		pass(1);
	}
	if (through * 20 < came)
		fail_msg("%u of %u sources are through", through, came);
	/* A day's budget is 20 % of 179 MiB, and half a day has passed: with what was saved up, at
	 * most 27 MiB. */
	assert_true((uint64_t)taken * FRAME_BODY_LEN < 27ull << 20);
	assert_true(taken > 500);
	assert_true(dearest >= 12);
	/* The flood ends: hours later everybody is let in and the puzzle is free. */
	pass(300);
	assert_int_equal(vault_budget_puzzle(&w.v), 0);
	for (int i = 0; i < 50; i++)
		assert_true(vault_budget_open(&w.v));
}

/* What was used is not given back by a restart. */
static void
kept(void **state)
{
	(void)state;
	while (w.v.budget.left > 1 << 20)
		(void)vault_budget_open(&w.v);
	double left = w.v.budget.left;
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_budget_keep(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
	vault_close(&w.v);
	fixture_open_vault();
	assert_true(w.v.budget.left <= left + 1);
}

/* An open beyond the budget is answered busy and leaves nothing behind. */
static void
busy(void **state)
{
	struct source s;
	(void)state;
	w.v.budget.left = 0;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_BUSY);
	assert_int_equal(source_poll(&s, 0), FRAME_NOT_FOUND);
	w.conf.open_day_percent = 100;
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	/* A repeat is not a new case. */
	w.conf.open_day_percent = 20;
	w.v.budget.left = 0;
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
}

static void
members(void **state)
{
	struct source s;
	struct frame_routing note = { .thread = FRAME_DESK }, ack = { .id = { 0 } };
	(void)state;
	w.conf.member_entries = 5;
	source_new(&s);
	memcpy(ack.proof, s.t, 32);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	for (; note.number < 5; note.number++) {
		random_body(body);
		assert_int_equal(member_put(B1, FRAME_DESK_APPEND, s.id, note, body), FRAME_OK);
	}
	/* The same again is no further entry; another one is too many, but only for this member. */
	note.number = 4;
	assert_int_equal(member_put(B1, FRAME_DESK_APPEND, s.id, note, body), FRAME_OK);
	note.number = 5;
	random_body(body);
	assert_int_equal(member_put(B1, FRAME_DESK_APPEND, s.id, note, body), FRAME_FULL);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, note, body), FRAME_OK);
	/* He can still acknowledge, and tomorrow write again. */
	ack.number = note.number = 6;
	random_body(body);
	assert_int_equal(member_put(B1, FRAME_ACKNOWLEDGE, s.id, ack, body), FRAME_OK);
	note.number = 7;
	random_body(body);
	pass(1440);
	assert_int_equal(member_put(B1, FRAME_DESK_APPEND, s.id, note, body), FRAME_OK);
}

/* In the last twentieth only what ends or answers a case is taken. */
static void
reserved(void **state)
{
	struct source s;
	struct frame_routing note = { .thread = FRAME_DESK }, ack = { .id = { 0 } },
			     reply = { .thread = FRAME_SOURCE };
	(void)state;
	source_new(&s);
	memcpy(ack.proof, s.t, 32);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	w.conf.store_bytes = store_used(w.v.store) * 100 / 97;
	random_body(body);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, note, body), FRAME_FULL);
	assert_int_equal(source_say(&s, 1, body), FRAME_FULL);
	struct frame_request rq = request(FRAME_KEY_PUT, NULL);
	rq.routing.desk = 1;
	rq.routing.number = 1;
	rq.routing.flags = FRAME_KEY_SECRET;
	rq.routing.length = 100;
	memcpy(rq.routing.proof, w.person[B1].handle, 8);
	rq.body = body;
	rq.body_len = 100;
	assert_int_equal(fixture_as(A1, rq), FRAME_FULL);
	assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, ack, body), FRAME_OK);
	random_body(body);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, reply, body), FRAME_OK);
}

static int
vote(enum who who, const uint8_t *id, uint32_t number)
{
	random_body(body);
	return member_put(who, FRAME_JUNK, id, (struct frame_routing){ .number = number }, body);
}

static uint8_t
votes(const uint8_t *id)
{
	struct frame_record r;
	assert_int_equal(member_list(A5, FRAME_CASE, NULL), FRAME_OK);
	for (size_t i = 0; i < w.out.count; i++) {
		assert_int_equal(frame_record_get(&r, w.body + i * FRAME_RECORD_LEN), 0);
		if (!memcmp(r.id, id, 16))
			return r.junk;
	}
	return 255;
}

static void
purge_turn(void)
{
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_junk_purge(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
}

static void
junk(void **state)
{
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	/* The desk above has not the bytes yet, and a stranger never. */
	assert_int_equal(vote(A1, s.id, 0), FRAME_NOT_FOUND);
	assert_int_equal(vote(A4, s.id, 0), FRAME_NOT_FOUND);
	assert_int_equal(vote(A2, s.id, 0), FRAME_OK);
	assert_int_equal(votes(s.id), 1);
	/* A second member of the same desk does not count, nor the same one again. */
	assert_int_equal(vote(B2, s.id, 1), FRAME_BAD);
	assert_int_equal(vote(A2, s.id, 1), FRAME_BAD);
	pass(30 * 1440);
	purge_turn();
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(vote(A5, s.id, 1), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(votes(s.id), 2);
	assert_int_equal(member_fetch(B2, s.id, FRAME_DESK, 1), FRAME_OK);
	pass(6 * 1440);
	purge_turn();
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	pass(1440);
	purge_turn();
	/* She is told that it was removed; the case does not come back. */
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_true(w.out.flags & FRAME_P_REMOVED);
	assert_int_equal(source_open(&s, 2, 0), FRAME_NOT_FOUND);
	assert_int_equal(votes(s.id), 255);
}

/* The source writes, or somebody opens the case: it is no junk. */
static void
junk_stops(void **state)
{
	struct source s;
	(void)state;
	for (int how = 0; how < 2; how++) {
		source_new(&s);
		assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
		assert_int_equal(vote(B1, s.id, 0), FRAME_OK);
		assert_int_equal(vote(A5, s.id, 1), FRAME_OK);
		random_body(body);
		if (how) {
			struct frame_routing ack = { .number = 2 };
			memcpy(ack.proof, s.t, 32);
			assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, ack, body),
					 FRAME_OK);
			/* Who has read it cannot call it junk any more. */
			assert_int_equal(vote(B1, s.id, 3), FRAME_BAD);
		} else {
			assert_int_equal(source_say(&s, 1, body), FRAME_OK);
		}
		assert_int_equal(votes(s.id), 0);
		pass(8 * 1440);
		purge_turn();
		assert_int_equal(source_poll(&s, 0), FRAME_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(flood, small, fixture_end),
		cmocka_unit_test_setup_teardown(kept, small, fixture_end),
		cmocka_unit_test_setup_teardown(busy, small, fixture_end),
		cmocka_unit_test_setup_teardown(members, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(reserved, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(junk, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(junk_stops, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
