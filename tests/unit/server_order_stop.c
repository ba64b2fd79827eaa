/* Sealed orders at the vault that are stopped, held, cancelled and planned anew (see
 * server_order.c). */
#include "tests/lib/fixture.h"
#include "tests/unit/server_order.h"

/* From a stop on nobody has anything, at no hour, and nobody undoes it. */
static void
stopped_for_all(void)
{
	struct store_log log;
	static const uint32_t at[] = { 0, 1, 40, 71, 72, 168, 5000 };
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		at_hour(hours.open[0] + at[i]);
		for (enum who who = 0; who < WHO_CNT; who++) {
			for (uint32_t place = 0; place < ORDER_PLACES; place++)
				assert_int_equal(fetches(who, FRAME_PARTS, place), FRAME_NOT_FOUND);
			for (unsigned layer = 0; layer < ORDER_LAYERS; layer++)
				takes(who, layer, FRAME_NOT_FOUND);
			assert_int_equal(put(who, ORDER_CODE + 1), FRAME_NOT_FOUND);
		}
	}
	log_of(&log);
	assert_true(log.order.stopped);
	/* The log itself can be read. */
	assert_int_equal(fetches(A2, FRAME_DESK, 0), FRAME_OK);
}

static void
stop_at_once(void **state)
{
	static const enum who may[] = { A1, B1, I7, J7, A4, C1, A2 };
	for (size_t i = 0; i < sizeof(may) / sizeof(*may); i++) {
		struct frame_record r;
		assert_int_equal(fixture_end(state), 0);
		assert_int_equal(ready(state), 0);
		role(B2, 1, ROSTER_SR);
		seal();
		for (enum who who = 0; who < WHO_CNT; who++) {
			bool named = false;
			for (size_t k = 0; k < sizeof(may) / sizeof(*may); k++)
				named = named || may[k] == who;
			if (!named)
				assert_int_equal(stop(who, FRAME_STOP_NOW), FRAME_NOT_FOUND);
		}
		assert_false(stopped());
		assert_int_equal(stop(may[i], FRAME_STOP_NOW), FRAME_OK);
		assert_int_equal(w.out.flags, 1);
		assert_int_equal(listed(A4, &r), 1);
		assert_int_equal(r.flags, FRAME_R_CLOSED);
		if (i % 3 == 0)
			stopped_for_all();
	}
}

/* Under hold the bytes of the parts stay, long after the time of the order; two reviewers put it
 * there, and two end it. */
static void
hold_by_two(void **state)
{
	(void)state;
	seal();
	assert_int_equal(stop(A4, FRAME_HOLD), FRAME_NOT_FOUND); /* a planner */
	assert_int_equal(stop(I7, FRAME_HOLD), FRAME_NOT_FOUND); /* a leader */
	assert_int_equal(stop(REG, FRAME_HOLD), FRAME_NOT_FOUND);
	assert_int_equal(stop(A1, FRAME_HOLD_END), FRAME_BAD);
	assert_int_equal(stop(A1, FRAME_HOLD), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(stop(A1, FRAME_HOLD), FRAME_BAD);
	assert_int_equal(stop(B1, FRAME_HOLD), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(stop(B1, FRAME_HOLD), FRAME_BAD);
	assert_false(stopped());
	at_hour(hours.open[0] + ORDER_KEEP_HOURS + 24);
	assert_true(fetches(A2, FRAME_PARTS, ORDER_LAYER) == FRAME_OK);
	/* it ends by two as well; then what is due is due */
	assert_int_equal(stop(B1, FRAME_HOLD_END), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_true(fetches(A2, FRAME_PARTS, ORDER_LAYER) == FRAME_OK);
	assert_int_equal(stop(A1, FRAME_HOLD_END), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_false(fetches(A2, FRAME_PARTS, ORDER_LAYER) == FRAME_OK);
	assert_int_equal(stop(A1, FRAME_HOLD), FRAME_BAD);
}

/* To cancel takes two, and from the first hour on two reviewers. */
static void
cancel_by_two(void **state)
{
	struct frame_record r;
	(void)state;
	seal();
	assert_int_equal(stop(A4, FRAME_CANCEL), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(listed(A1, &r), 1);
	assert_int_equal(r.flags, FRAME_R_HALF_CLOSED);
	assert_int_equal(stop(A4, FRAME_CANCEL), FRAME_BAD);
	assert_int_equal(stop(REG, FRAME_CANCEL), FRAME_NOT_FOUND);
	assert_false(stopped());
	/* A first frame counts no more once its sender could not send it: then the second is one.
	 */
	role(A4, 4, ROSTER_IN);
	assert_int_equal(stop(I7, FRAME_CANCEL), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	role(A4, 4, ROSTER_PL);
	at_hour(hours.open[0]);
	/* The leader's first frame is of before; now it takes reviewers. */
	assert_int_equal(stop(J7, FRAME_CANCEL), FRAME_NOT_FOUND);
	assert_int_equal(stop(A4, FRAME_CANCEL), FRAME_NOT_FOUND);
	assert_int_equal(stop(A1, FRAME_CANCEL), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	takes(I7, 0, FRAME_OK);
	assert_int_equal(stop(A2, FRAME_CANCEL), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(stop(C1, FRAME_CANCEL), FRAME_BAD);
	/* What happened is told all the same. */
	assert_int_equal(stop(I7, FRAME_STOP_NOW), FRAME_OK);
	stopped_for_all();
}

/* A planner of the desk above sees an order from its stop on, to say that it is planned anew; no
 * part of it, and no other. */
static void
planned_anew(void **state)
{
	struct frame_request rq = request(FRAME_DESK_APPEND, id);
	struct frame_record r;
	(void)state;
	role(B2, 2, ROSTER_PL);
	role(REG, 1, ROSTER_PL); /* above those who inspect */
	seal();
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = 2;
	rq.routing.thread = FRAME_DESK;
	rq.routing.number = 2;
	random_body(body);
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(listed(B2, &r), 0);
	assert_int_equal(fetches(B2, FRAME_DESK, 0), FRAME_NOT_FOUND);
	assert_int_equal(fixture_as(B2, rq), FRAME_NOT_FOUND);
	assert_int_equal(stop(A2, FRAME_STOP_NOW), FRAME_OK);
	assert_int_equal(listed(B2, &r), 1);
	assert_int_equal(fetches(B2, FRAME_DESK, 0), FRAME_OK);
	assert_int_equal(fixture_as(B2, rq), FRAME_OK);
	assert_int_equal(listed(REG, &r), 0);
	assert_int_equal(fetches(REG, FRAME_DESK, 0), FRAME_NOT_FOUND);
	at_hour(hours.open[0] + 168);
	for (uint32_t place = 0; place < ORDER_PLACES; place++)
		assert_int_equal(fetches(B2, FRAME_PARTS, place), FRAME_NOT_FOUND);
}

/* The same frame again changes nothing, and tells how it stands. */
static void
stop_again(void **state)
{
	struct frame_request rq = request(FRAME_STOP, id);
	struct store_log log;
	(void)state;
	seal();
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = 1;
	rq.routing.number = 1;
	random_body(body);
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(fixture_as(A1, rq), FRAME_OK);
		assert_int_equal(w.out.flags, 0);
		assert_int_equal(w.out.number, 1);
	}
	next = 2;
	assert_int_equal(stop(A2, FRAME_CANCEL), FRAME_OK);
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	log_of(&log);
	assert_int_equal(log.desk_entries, 3);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, ready, fixture_end)
	const struct CMUnitTest tests[] = {
		T(stop_at_once), T(cancel_by_two), T(hold_by_two), T(stop_again), T(planned_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
