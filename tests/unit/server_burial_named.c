/* The ways to bury a tip that once worked, each by its name, in the world of server_burial.c. */
#include "tests/lib/fixture.h"
#include "tests/unit/server_burial.h"

/* A world of one tip, in which no frame is left out. */
static struct tip *
alone(uint8_t ladder)
{
	assert_int_equal(fixture_ready(NULL), 0);
	memset(tip, 0, sizeof(tip));
	old_cnt = 0;
	allows = false;
	seed = 88172645463325252;
	loyal = true;
	fixture_minute = (fixture_minute / DAY + 1) * DAY + 600;
	begin();
	do
		do_open(&tip[0]);
	while (tip[0].ladder != ladder);
	return &tip[0];
}

/* Days go by under both pairs of eyes; then the bytes are compared. */
static void
watched(uint32_t days)
{
	while (days--) {
		fixture_minute = (fixture_minute / DAY + 1) * DAY;
		tick();
		for (size_t i = 0; i < WORLD; i++)
			closings(&tip[i]);
		look(ABOVE, 0);
		look(BACKSTOP, 1);
	}
	commit();
	bytes(&tip[0]);
	begin();
}

static void
ended(void)
{
	commit();
	loyal = false;
	assert_int_equal(fixture_end(NULL), 0);
}

/* One clerk limits the readers, acknowledges, and answers with noise. */
static void
clerk_answers_with_noise(void **state)
{
	(void)state;
	for (uint8_t ladder = 0; ladder < 2; ladder++) {
		struct tip *t = alone(ladder);
		struct frame_routing r = next(t);
		uint32_t number = r.number;
		r = hide_from((const enum who[]){ A2 }, 1);
		r.number = number;
		assert_int_equal(by(B2, FRAME_RESTRICT, t, r), FRAME_OK);
		assert_int_equal(w.out.flags, 0);
		do_read(t, B2);
		do_acknowledge(t, B2);
		do_reply(t, B2, 0);
		for (int i = 0; i < 12; i++) {
			watched(1);
			do_reply(t, B2, 0);
		}
		assert_true(must_be_open(t) && !t->must_open);
		ended();
	}
}

/* One clerk holds replies back and fills the case, so that the source has no room. */
static void
clerk_gags(void **state)
{
	struct tip *t = alone(0);
	(void)state;
	do_read(t, B2);
	do_acknowledge(t, B2);
	for (int i = 0; i < 600; i++) {
		do_reply(t, B2, hour() + 13 * 24);
		do_note(t, B2);
	}
	do_message(t);
	watched(7);
	assert_true(must_be_open(t));
	ended();
}

/* Two clerks acknowledge, answer, close, and the operator purges. */
static void
two_clerks_close(void **state)
{
	char said[128];
	struct tip *t = alone(0);
	(void)state;
	do_read(t, A2);
	do_acknowledge(t, A2);
	do_reply(t, A2, 0);
	do_close(t, A2);
	do_close(t, B2);
	watched(8);
	assert_true(t->closed);
	w.conf.purge_days = 0; /* as if the settings of an older version allowed it */
	for (int i = 0; i < 20; i++) {
		watched(5);
		commit();
		vault_purge(&w.v, 0, said, sizeof(said));
		begin();
	}
	/* Their own leave is none. */
	do_allow(A2);
	do_allow(B1);
	commit();
	vault_purge(&w.v, 0, said, sizeof(said));
	begin();
	watched(1);
	assert_false(t->gone);
	do_message(t);
	watched(8);
	assert_true(must_be_open(t));
	ended();
}

/* One of the two is of the desk above, which has the bytes. */
static void
clerk_and_one_above_close(void **state)
{
	struct tip *t = alone(1);
	(void)state;
	watched(1);
	do_read(t, A2);
	do_acknowledge(t, A2);
	do_close(t, A2);
	do_read(t, B1);
	assert_true(t->known[B1]);
	do_close(t, B1);
	do_close(t, A5);
	watched(9);
	assert_false(t->closed);
	ended();
}

/* The frames of a closing that was objected to are sent again by a face. */
static void
closing_sent_again(void **state)
{
	static uint8_t frame[2][FRAME_LEN];
	struct tip *t = alone(0);
	(void)state;
	do_read(t, A2);
	do_acknowledge(t, A2);
	do_reply(t, A2, 0);
	for (int i = 0; i < 2; i++) {
		struct frame_request rq = { .op = FRAME_CLOSE, .routing = next(t) };
		memcpy(rq.routing.id, t->s.id, 16);
		rq.routing.desk = 2;
		rq.minute = fixture_minute;
		fresh_body();
		rq.body = body;
		rq.body_len = sizeof(body);
		const struct key_sign *key = &w.person[i ? B2 : A2].key;
		assert_int_equal(frame_request_build(frame[i], &rq, w.keys.card.id, key), 0);
		assert_int_equal(fixture_frame(frame[i]), FRAME_OK);
	}
	assert_int_equal(w.out.flags, 1);
	t->close_by = ((uint32_t)(fixture_minute / DAY) + 8) * 24;
	do_object(t, A1);
	for (int i = 0; i < 2; i++)
		assert_int_equal(fixture_frame(frame[i]), FRAME_OK);
	watched(1);
	for (int i = 0; i < 2; i++)
		assert_int_equal(fixture_frame(frame[i]), FRAME_STALE);
	watched(10);
	assert_false(t->closed);
	ended();
}

/* The vault is down while the days of an announced closing pass, and while a term ends. */
static void
vault_is_down(void **state)
{
	struct tip *t = alone(0);
	(void)state;
	do_read(t, A2);
	do_acknowledge(t, A2);
	do_reply(t, A2, 0);
	watched(9);
	do_close(t, A2);
	do_close(t, B2);
	commit();
	vault_close(&w.v);
	fixture_minute += 30 * DAY;
	fixture_open_vault();
	begin();
	tick();
	t->must_open = true; /* its term ended before the closing took effect */
	t->closed = true;
	t->close_by = t->term_by = 0;
	watched(1);
	ended();
}
int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(clerk_answers_with_noise),
					    cmocka_unit_test(clerk_gags),
					    cmocka_unit_test(two_clerks_close),
					    cmocka_unit_test(clerk_and_one_above_close),
					    cmocka_unit_test(closing_sent_again),
					    cmocka_unit_test(vault_is_down) };
	if (access("/dev/shm", W_OK) == 0)
		fixture_in = "/dev/shm";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
