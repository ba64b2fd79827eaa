/*
 * What members may do to keep a case from others, and what those others can do against it: the
 * terms, the sample of the backstop, acts by two persons, objections, purges.
 */
#include "tests/lib/fixture.h"
#include "tests/unit/server_bury.h"

/* One clerk acknowledges and answers at once: the desk above has the bytes when the term is over.
 */
static void
one_clerk_answers(void **state)
{
	static const uint32_t term[] = { [FRAME_ORDINARY] = 10, [FRAME_URGENT] = 2 };
	(void)state;
	for (uint8_t ladder = 0; ladder < FRAME_LADDER__MAX; ladder++) {
		struct source s;
		answered(&s, ladder);
		uint64_t day = fixture_minute / DAY + term[ladder] + 1;
		struct frame_record r = record(A1, &s);
		assert_int_equal(r.flags & (FRAME_R_ANSWERED | FRAME_R_ABOVE), FRAME_R_ANSWERED);
		assert_int_equal(r.answer_due, day * 24);
		fixture_minute = day * DAY - 1;
		assert_int_equal(reply(B2, &s, 0), FRAME_OK);
		assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
		fixture_minute++;
		assert_int_equal(reads(A1, &s), FRAME_OK);
		assert_int_equal(reads(A4, &s), FRAME_NOT_FOUND);
		r = record(A1, &s);
		assert_true(r.flags & FRAME_R_ABOVE);
		assert_int_equal(r.answer_due, 0);
	}
}

/* Words to a source whose tip nobody has opened are no answer: both deadlines go on. */
static void
unread_is_unanswered(void **state)
{
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
	struct frame_record before = record(A1, &s);
	assert_int_equal(reply(B2, &s, 0), FRAME_OK);
	struct frame_record r = record(A1, &s);
	assert_int_equal(r.flags & FRAME_R_ANSWERED, 0);
	assert_int_equal(r.answer_due, before.answer_due);
	assert_int_equal(r.read_due, before.read_due);
}

/* The lot draws about one case in twenty, and nobody sees which before the term is over. */
static void
backstop_samples(void **state)
{
	static struct source s[600];
	unsigned drawn = 0;
	(void)state;
	for (int i = 0; i < 600; i++) {
		source_new(&s[i]);
		assert_int_equal(source_open(&s[i], 2, FRAME_URGENT), FRAME_OK);
	}
	assert_int_equal(reads(A5, &s[0]), FRAME_NOT_FOUND);
	days_pass(2);
	for (int i = 0; i < 600; i++)
		assert_int_equal(reads(A5, &s[i]), FRAME_NOT_FOUND);
	assert_int_equal(record(A2, &s[0]).flags & FRAME_R_BACKSTOP, 0);
	days_pass(1);
	for (int i = 0; i < 600; i++) {
		bool open = reads(A5, &s[i]) == FRAME_OK;
		assert_int_equal(open, (record(A2, &s[i]).flags & FRAME_R_BACKSTOP) != 0);
		drawn += open;
	}
	/* Ten in a million runs lie outside. */
	assert_in_range(drawn, 10, 56);
	/* Another store draws others. */
	struct store_log log = { .ladder = 0 };
	unsigned same = 0, now = 0;
	randombytes_buf(w.v.lot_key, sizeof(w.v.lot_key));
	for (int i = 0; i < 600; i++) {
		memcpy(log.id, s[i].id, sizeof(log.id));
		vault_clock_start(&w.v, &log);
		now += log.sample_day != 0;
		same += log.sample_day != 0 && reads(A5, &s[i]) == FRAME_OK;
	}
	assert_true(now > 0 && same < now);
}

/* A source whose case the lot draws for the backstop, or one whose case it does not. */
static void
source_by_lot(struct source *s, bool drawn)
{
	struct store_log log;
	do {
		source_new(s);
		memcpy(log.id, s->id, sizeof(log.id));
		log.ladder = FRAME_ORDINARY;
		vault_clock_start(&w.v, &log);
	} while (drawn != (log.sample_day != 0));
}

/* Closing does not end a sample. */
static void
sample_of_closed(void **state)
{
	struct source s;
	(void)state;
	source_by_lot(&s, true);
	assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
	assert_int_equal(acknowledge(A2, &s), FRAME_OK);
	assert_int_equal(reply(A2, &s, 0), FRAME_OK);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	days_pass(8);
	assert_int_equal(reads(A5, &s), FRAME_NOT_FOUND);
	days_pass(3);
	assert_int_equal(reads(A5, &s), FRAME_OK);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
}

static void
opened_by_two(void **state)
{
	struct frame_routing above = { .flags = 0 }, backstop = { .flags = 1 };
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	/* One of the two is of the receiving desk; nobody else has anything to do with it. */
	assert_int_equal(act(A4, FRAME_ABOVE, &s, above), FRAME_NOT_FOUND);
	assert_int_equal(act(A1, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(A1, FRAME_ABOVE, &s, above), FRAME_BAD);
	assert_int_equal(act(A5, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
	assert_int_equal(act(B2, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(reads(A1, &s), FRAME_OK);
	assert_int_equal(reads(A5, &s), FRAME_NOT_FOUND);
	assert_int_equal(act(B2, FRAME_ABOVE, &s, above), FRAME_BAD);
	/* To the backstop, by two of the receiving desk; the first frame for the other does not
	 * count. */
	assert_int_equal(act(A2, FRAME_ABOVE, &s, backstop), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(B2, FRAME_ABOVE, &s, backstop), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(reads(A5, &s), FRAME_OK);
	assert_true(record(A5, &s).flags & FRAME_R_BACKSTOP);
	backstop.flags = 1;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	assert_int_equal(act(A2, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(act(B2, FRAME_ABOVE, &s, backstop), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
	assert_int_equal(reads(A5, &s), FRAME_NOT_FOUND);
	/* Somebody who left does not count. */
	memset(w.v.members->member[B2].handle, 0xee, KEY_HANDLE_LEN);
	assert_int_equal(act(A2, FRAME_ABOVE, &s, backstop), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
}

/* Two of one desk close; the desk above sees it for seven days. */
static void
closing_is_announced(void **state)
{
	struct source s;
	(void)state;
	answered(&s, FRAME_ORDINARY);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(record(A1, &s).flags & (FRAME_R_HALF_CLOSED | FRAME_R_CLOSING),
			 FRAME_R_HALF_CLOSED);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	uint64_t day = fixture_minute / DAY + 8;
	struct frame_record r = record(A5, &s);
	assert_int_equal(r.flags & (FRAME_R_CLOSED | FRAME_R_CLOSING), FRAME_R_CLOSING);
	assert_int_equal(r.close_due, day * 24);
	/* Two more frames do not hide it or start it again. */
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_BAD);
	fixture_minute = day * DAY - 1;
	assert_int_equal(source_poll(&s, 9), FRAME_OK);
	assert_int_equal(w.out.flags & FRAME_P_CLOSED, 0);
	fixture_minute++;
	assert_int_equal(source_poll(&s, 9), FRAME_OK);
	assert_int_equal(w.out.flags & FRAME_P_CLOSED, FRAME_P_CLOSED);
	r = record(A1, &s);
	assert_int_equal(r.flags & (FRAME_R_CLOSED | FRAME_R_CLOSING), FRAME_R_CLOSED);
	/* Nobody objected: the term is lifted. It is too late now. */
	assert_int_equal(plain(A1, FRAME_OBJECT, &s), FRAME_BAD);
	days_pass(30);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
	/* The source writes again: everything runs again. */
	random_body(body);
	assert_int_equal(source_say(&s, 1, body), FRAME_OK);
	assert_int_equal(reply(A2, &s, 0), FRAME_OK);
	days_pass(10);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
	days_pass(1);
	assert_int_equal(reads(A1, &s), FRAME_OK);
}

/* A term that ends within the seven days opens the case all the same. */
static void
closing_late(void **state)
{
	struct source s;
	(void)state;
	answered(&s, FRAME_ORDINARY);
	days_pass(9);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	/* Also where the vault was down for all of that time. */
	days_pass(60);
	assert_int_equal(reads(A1, &s), FRAME_OK);
	assert_true(record(A1, &s).flags & FRAME_R_CLOSED);
	answered(&s, FRAME_ORDINARY);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	days_pass(60);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
}

static void
objections(void **state)
{
	static const enum who who[] = { A1, A5 };
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct source s;
		source_by_lot(&s, false); /* or the backstop reads it anyway */
		assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
		assert_int_equal(acknowledge(B2, &s), FRAME_OK);
		assert_int_equal(reply(B2, &s, 0), FRAME_OK);
		assert_int_equal(plain(who[i], FRAME_OBJECT, &s), FRAME_BAD);
		assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
		assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
		assert_int_equal(plain(A2, FRAME_OBJECT, &s), FRAME_NOT_FOUND);
		assert_int_equal(plain(A4, FRAME_OBJECT, &s), FRAME_NOT_FOUND);
		days_pass(7);
		assert_int_equal(plain(who[i], FRAME_OBJECT, &s), FRAME_OK);
		days_pass(30);
		struct frame_record r = record(A1, &s);
		assert_int_equal(r.flags & (FRAME_R_CLOSED | FRAME_R_CLOSING), 0);
		assert_int_equal(reads(A1, &s), FRAME_OK);
		assert_int_equal(reads(A5, &s), i ? FRAME_OK : FRAME_NOT_FOUND);
	}
}

/* Who supervises a desk is not its second person. */
static void
closing_with_above(void **state)
{
	struct source s;
	(void)state;
	answered(&s, FRAME_URGENT);
	days_pass(3);
	assert_int_equal(reads(A1, &s), FRAME_OK);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(A1, FRAME_CLOSE, &s), FRAME_NOT_FOUND);
	assert_int_equal(record(A1, &s).flags & FRAME_R_CLOSING, 0);
	/* Nor is somebody who was of the desk when he sent the first frame. */
	w.v.members->member[A2].desk = 4;
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	/* For a desk that left the roster, two of the backstop close. */
	for (size_t i = 0; i < w.v.roster->desk_cnt; i++)
		if (w.v.roster->desk[i].number == 2)
			w.v.roster->desk[i].number = 99;
	w.v.members->member[B2].desk = 4;
	w.v.members->member[B1].desk = 5;
	assert_int_equal(plain(A5, FRAME_CLOSE, &s), FRAME_OK);
	struct frame_request rq = request(FRAME_CLOSE, s.id);
	rq.routing.desk = 5;
	rq.routing.number = w.out.number + 1;
	random_body(body);
	rq.body = body;
	rq.body_len = sizeof(body);
	assert_int_equal(fixture_as(B1, rq), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_clerk_answers, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(unread_is_unanswered, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(backstop_samples, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(sample_of_closed, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(opened_by_two, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(closing_is_announced, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(closing_late, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(objections, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(closing_with_above, fixture_ready, fixture_end),

	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
