/*
 * The shares of a plan at the vault: who leaves one, in which order, who is given them and when,
 * and what one person can do who would draw again, be both persons, or look before he commits.
 * Desk 2 plans (A2 opened the plan, B2 is of it, too), desk 1 is above it, A5 the backstop.
 */
#include "tests/lib/fixture.h"
#include "tests/unit/server_order.h"

static uint8_t share[FRAME_SHARES][FRAME_BODY_LEN], first[FRAME_BODY_LEN];

static int
plan_ready(void **state)
{
	int err = ready(state);
	role(A2, 2, ROSTER_PL);
	role(B2, 2, ROSTER_SR);
	randombytes_buf(id, sizeof(id));
	random_body(first);
	for (uint32_t i = 0; i < FRAME_SHARES; i++)
		random_body(share[i]);
	struct frame_request rq = request(FRAME_BOOK_OPEN, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 2;
	rq.body = first;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_as(A2, rq), FRAME_OK);
	return err;
}

static int
leave(enum who who, uint32_t place, const uint8_t *bytes)
{
	struct frame_request rq = request(FRAME_PART_PUT, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = FRAME_PARTS;
	rq.routing.number = place;
	rq.body = bytes;
	rq.body_len = FRAME_BODY_LEN;
	return fixture_as(who, rq);
}

static int
given(enum who who, uint8_t thread, uint32_t number)
{
	struct frame_request rq = request(FRAME_FETCH, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = thread;
	rq.routing.number = number;
	return fixture_as(who, rq);
}

/* Nobody is given this place now. */
static void
nobody_gets(uint32_t place)
{
	static const uint8_t zero[FRAME_BODY_LEN];
	for (enum who who = 0; who < WHO_CNT; who++) {
		assert_int_equal(given(who, FRAME_PARTS, place), FRAME_NOT_FOUND);
		assert_memory_equal(w.body, zero, sizeof(zero));
	}
}

/* First who opened the plan, then another of his desk; nobody else, and nobody both. */
static void
who_leaves(void **state)
{
	(void)state;
	for (enum who who = 0; who < WHO_CNT; who++) {
		assert_int_equal(leave(who, 1, share[1]), FRAME_NOT_FOUND);
		if (who != A2)
			assert_int_equal(leave(who, 0, share[0]), FRAME_NOT_FOUND);
	}
	assert_int_equal(leave(A2, 0, share[0]), FRAME_OK);
	for (enum who who = 0; who < WHO_CNT; who++)
		if (who != B2)
			assert_int_equal(leave(who, 1, share[1]), FRAME_NOT_FOUND);
	assert_int_equal(leave(B2, 1, share[1]), FRAME_OK);
}

/* Before both stand nobody is given one, not even his own: who could look would choose. Then the
 * desk above and the backstop have both, each time with a record, and the desk that draws never. */
static void
who_is_given(void **state)
{
	(void)state;
	nobody_gets(0);
	assert_int_equal(leave(A2, 0, share[0]), FRAME_OK);
	nobody_gets(0);
	nobody_gets(1);
	assert_int_equal(leave(B2, 1, share[1]), FRAME_OK);
	for (uint32_t place = 0; place < FRAME_SHARES; place++)
		for (enum who who = 0; who < WHO_CNT; who++) {
			struct store_log before, after;
			bool above = who == A1 || who == B1 || who == A5;
			assert_int_equal(store_log_get(w.v.store, &before, FRAME_BOOK, id), 0);
			assert_int_equal(given(who, FRAME_PARTS, place),
					 above ? FRAME_OK : FRAME_NOT_FOUND);
			if (above)
				assert_memory_equal(w.body, share[place], FRAME_BODY_LEN);
			assert_int_equal(store_log_get(w.v.store, &after, FRAME_BOOK, id), 0);
			assert_int_equal(after.reads, before.reads + above);
		}
	nobody_gets(FRAME_SHARES);
	/* The hashes and the records of who looked are for all who see the plan. */
	assert_int_equal(given(A2, FRAME_PARTS, FRAME_PART_LIST), FRAME_OK);
	assert_int_equal(w.out.count, FRAME_SHARES);
	assert_int_equal(given(A2, FRAME_READS, 0), FRAME_OK);
	assert_int_equal(w.out.count, 6);
	assert_memory_equal(w.body, w.person[A1].handle, 8);
	assert_int_equal(given(I7, FRAME_PARTS, FRAME_PART_LIST), FRAME_NOT_FOUND);
	assert_int_equal(given(I7, FRAME_READS, 0), FRAME_NOT_FOUND);
}

/* A place is written once, whatever its author would like now; the same bytes are a repeat. */
static void
once(void **state)
{
	struct store_log log;
	(void)state;
	assert_int_equal(leave(A2, 0, share[0]), FRAME_OK);
	assert_int_equal(leave(A2, 0, share[0]), FRAME_OK);
	assert_int_equal(leave(A2, 0, share[1]), FRAME_BAD);
	/* The planner's bytes are not the other's share as well. */
	assert_int_equal(leave(B2, 1, share[0]), FRAME_BAD);
	assert_int_equal(leave(B2, 1, share[1]), FRAME_OK);
	assert_int_equal(leave(B2, 1, share[1]), FRAME_OK);
	random_body(body);
	assert_int_equal(leave(B2, 1, body), FRAME_BAD);
	assert_int_equal(leave(A2, 0, body), FRAME_BAD);
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_BOOK, id), 0);
	assert_int_equal(log.order.parts, 3);
	assert_int_equal(log.desk_entries, 1);
	assert_int_equal(given(A1, FRAME_PARTS, 1), FRAME_OK);
	assert_memory_equal(w.body, share[1], FRAME_BODY_LEN);
}

/* Who is removed, or moved to the desk that draws, is given nothing any more. */
static void
changed_roster(void **state)
{
	(void)state;
	assert_int_equal(leave(A2, 0, share[0]), FRAME_OK);
	assert_int_equal(leave(B2, 1, share[1]), FRAME_OK);
	assert_int_equal(given(B1, FRAME_PARTS, 0), FRAME_OK);
	role(B1, 2, ROSTER_SR);
	assert_int_equal(given(B1, FRAME_PARTS, 0), FRAME_NOT_FOUND);
	role(B1, 1, ROSTER_AU); /* an auditor sees that they stand, and not what they are */
	assert_int_equal(given(B1, FRAME_PARTS, 0), FRAME_NOT_FOUND);
	assert_int_equal(given(B1, FRAME_PARTS, FRAME_PART_LIST), FRAME_OK);
}

/* A plan of the backstop itself: nobody is above it, and its own members are given nothing. */
static void
of_the_backstop(void **state)
{
	(void)state;
	randombytes_buf(id, sizeof(id));
	role(A5, 5, ROSTER_PL | ROSTER_LEAD);
	role(B2, 5, ROSTER_SR);
	struct frame_request rq = request(FRAME_BOOK_OPEN, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 5;
	rq.body = first;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_as(A5, rq), FRAME_OK);
	assert_int_equal(leave(A5, 0, share[0]), FRAME_OK);
	assert_int_equal(leave(B2, 1, share[1]), FRAME_OK);
	nobody_gets(0);
	nobody_gets(1);
}

/* A book that another desk opened here, a need, takes no shares. */
static void
not_of_a_need(void **state)
{
	(void)state;
	randombytes_buf(id, sizeof(id));
	for (size_t i = 0; i < w.v.roster->desk_cnt; i++)
		if (w.v.roster->desk[i].number == 2)
			w.v.roster->desk[i].kind = ROSTER_PLANNING;
	struct frame_request rq = request(FRAME_BOOK_OPEN, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 2;
	rq.body = first;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	for (enum who who = 0; who < WHO_CNT; who++)
		for (uint32_t place = 0; place < FRAME_SHARES; place++)
			assert_int_equal(leave(who, place, share[place]), FRAME_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_leaves, plan_ready, fixture_end),
		cmocka_unit_test_setup_teardown(who_is_given, plan_ready, fixture_end),
		cmocka_unit_test_setup_teardown(once, plan_ready, fixture_end),
		cmocka_unit_test_setup_teardown(changed_roster, plan_ready, fixture_end),
		cmocka_unit_test_setup_teardown(of_the_backstop, plan_ready, fixture_end),
		cmocka_unit_test_setup_teardown(not_of_a_need, plan_ready, fixture_end),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
