/* What the vault keeps room for and from whom, so that nothing is buried: purges, frames that wait,
 * held replies, lists. */
#include "tests/lib/fixture.h"
#include "tests/unit/server_bury.h"

static int
allow(enum who who, uint32_t before, uint32_t most)
{
	struct frame_request rq = { .op = FRAME_PURGE };
	rq.routing.desk = w.person[who].desk;
	rq.routing.hour = before * 24;
	rq.routing.number = most;
	return fixture_as(who, rq);
}

static void
purge_says(uint32_t days, const char *text)
{
	char said[128];
	size_t n = vault_purge(&w.v, days, said, sizeof(said));
	said[n] = 0;
	assert_string_equal(said, text);
}

/* The operator removes nothing that the backstop has not allowed. */
static void
purge_takes_backstop(void **state)
{
	struct source s[4];
	(void)state;
	for (int i = 0; i < 4; i++) {
		answered(&s[i], FRAME_ORDINARY);
		if (i == 3)
			break;
		assert_int_equal(plain(A2, FRAME_CLOSE, &s[i]), FRAME_OK);
		assert_int_equal(plain(B2, FRAME_CLOSE, &s[i]), FRAME_OK);
	}
	uint32_t today = CLOCK_DAY(fixture_minute), closed = today + 8;
	assert_int_equal(allow(A5, today, 10), FRAME_BAD);
	days_pass(98);
	today += 98;
	purge_says(90, "purged 0, more 0, allowed 0\n");
	assert_int_equal(allow(A2, closed + 1, 10), FRAME_NOT_FOUND);
	assert_int_equal(allow(A4, closed + 1, 10), FRAME_NOT_FOUND);
	assert_int_equal(allow(A5, closed, 10), FRAME_OK);
	assert_int_equal(w.out.number, 10);
	purge_says(90, "purged 0, more 0, allowed 10\n");
	/* Not before its day is over, neither allowed nor done. */
	assert_int_equal(allow(A5, closed + 1, 1), FRAME_BAD);
	days_pass(1);
	assert_int_equal(allow(A5, closed + 1, 1), FRAME_OK);
	purge_says(365, "purged 0, more 0, allowed 1\n");
	purge_says(0, "purged 1, more 0, allowed 0\n");
	/* The same frame a second time, as a face could send it, allows nothing more. */
	assert_int_equal(allow(A5, closed + 1, 1), FRAME_OK);
	assert_int_equal(w.out.number, 0);
	assert_false(w.wrote);
	purge_says(0, "purged 0, more 0, allowed 0\n");
	fixture_minute++;
	assert_int_equal(allow(A5, closed + 1, 5), FRAME_OK);
	/* Taken back before the operator did it. */
	assert_int_equal(allow(A5, closed + 1, 0), FRAME_OK);
	purge_says(0, "purged 0, more 0, allowed 0\n");
	fixture_minute++;
	assert_int_equal(allow(A5, closed + 1, 5), FRAME_OK);
	purge_says(0, "purged 2, more 0, allowed 3\n");
	assert_int_equal(source_poll(&s[3], 0), FRAME_OK);
	assert_int_equal(w.out.flags & FRAME_P_REMOVED, 0);
}

/* A face keeps a frame that allowed a purge, and sends it again after the backstop took it back. */
static void
purge_stays_withdrawn(void **state)
{
	struct source s;
	static uint8_t kept[FRAME_LEN];
	(void)state;
	answered(&s, FRAME_ORDINARY);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	uint32_t closed = CLOCK_DAY(fixture_minute) + 8;
	days_pass(100);
	struct frame_request rq = { .op = FRAME_PURGE, .minute = fixture_minute };
	rq.routing = (struct frame_routing){ .desk = 5, .hour = (closed + 1) * 24, .number = 5 };
	assert_int_equal(frame_request_build(kept, &rq, w.keys.card.id, &w.person[A5].key), 0);
	assert_int_equal(fixture_frame(kept), FRAME_OK);
	fixture_minute++;
	assert_int_equal(allow(A5, closed + 1, 0), FRAME_OK);
	assert_int_equal(fixture_frame(kept), FRAME_STALE);
	purge_says(0, "purged 0, more 0, allowed 0\n");
	/* Nor is one of two frames of a minute taken for the later; a few of a minute count. */
	for (uint32_t i = 8; i > 1; i--)
		assert_int_equal(allow(A5, closed + 1, i - 1), FRAME_OK);
	assert_int_equal(allow(A5, closed + 1, 9), FRAME_STALE);
	assert_int_equal(allow(A5, closed + 1, 0), FRAME_OK);
	purge_says(0, "purged 0, more 0, allowed 0\n");
	assert_int_equal(allow(A5, closed + 1, 7),
			 FRAME_OK); /* a repeat, which gives nothing back */
	purge_says(0, "purged 0, more 0, allowed 0\n");
	fixture_minute++;
	assert_int_equal(allow(A5, closed + 1, 1), FRAME_OK);
	purge_says(0, "purged 1, more 0, allowed 0\n");
}

/* Who signs with the source's key is told that the case was removed; a desk is told nothing. */
static void
removed_is_told(void **state)
{
	struct source s, never;
	(void)state;
	source_new(&never);
	answered(&s, FRAME_ORDINARY);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	uint32_t closed = CLOCK_DAY(fixture_minute) + 8;
	days_pass(100);
	assert_int_equal(allow(A5, closed + 1, 5), FRAME_OK);
	purge_says(0, "purged 1, more 0, allowed 4\n");
	assert_int_equal(source_poll(&never, 0), FRAME_NOT_FOUND);
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.flags, FRAME_P_CLOSED | FRAME_P_REMOVED);
	assert_memory_equal(w.out.id, s.id, sizeof(s.id));
	assert_int_equal(w.body_len, 0);
	assert_false(w.wrote);
	assert_int_equal(reads(A2, &s), FRAME_NOT_FOUND);
	assert_int_equal(reads(A5, &s), FRAME_NOT_FOUND);
	assert_int_equal(source_open(&s, 2, 0), FRAME_NOT_FOUND);
	/* The answer does not depend on which vault process gives it. */
	vault_close(&w.v);
	fixture_open_vault();
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.flags, FRAME_P_CLOSED | FRAME_P_REMOVED);
}

/* What desks write does not take the source's room, nor one desk's notes the room for replies. */
static void
rooms_apart(void **state)
{
	struct frame_routing note = { .thread = FRAME_DESK };
	struct source s;
	struct frame_request rq;
	int n = 0, status;
	(void)state;
	w.conf.case_mib = 2;
	w.conf.case_desk_mib = 2;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	while (act(B2, FRAME_DESK_APPEND, &s, note) == FRAME_OK)
		n++;
	assert_in_range(n, 60, 66);
	while (reply(B2, &s, 0) == FRAME_OK)
		n++;
	assert_in_range(n, 90, 99);
	while (act(B2, FRAME_RESTRICT, &s, hide_from(NULL, 0)) == FRAME_OK)
		n++;
	/* Acknowledging and opening to others is still possible. */
	assert_int_equal(acknowledge(A2, &s), FRAME_OK);
	assert_int_equal(plain(A2, FRAME_ABOVE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_ABOVE, &s), FRAME_OK);
	assert_int_equal(reads(A1, &s), FRAME_OK);
	/* The source has all of her room. */
	rq = request(FRAME_CHUNK, s.id);
	rq.routing.parts = 200;
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	for (n = 0; (status = fixture_send(rq, &s.key)) == FRAME_OK; n++)
		rq.routing.part++;
	assert_int_equal(status, FRAME_FULL);
	assert_in_range(n, 126, 131);
}

/* No frame that waits for a second person, and no second acknowledgement, takes the room for
 * replies: else one clerk could make every reply "full", and the source would see silence. */
static void
first_frames_are_few(void **state)
{
	struct frame_routing to = { .flags = 0 };
	struct source s;
	int n = 0;
	(void)state;
	w.conf.case_desk_mib = 2;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	for (int i = 0; i < 300; i++) {
		to.flags = (uint8_t)(i % 2);
		n += act(B2, FRAME_ABOVE, &s, to) == FRAME_OK;
		n += act(B2, FRAME_RESTRICT, &s, hide_from(NULL, 0)) == FRAME_OK;
	}
	assert_int_equal(n, 3);
	for (int i = 0; i < 300; i++)
		n += acknowledge(B2, &s) == FRAME_OK;
	assert_in_range(n, 30, 66);
	for (int i = 0; i < 300; i++)
		n += plain(B2, FRAME_CLOSE, &s) == FRAME_OK;
	assert_in_range(n, 30, 67);
	assert_int_equal(reply(A2, &s, 0), FRAME_OK);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(A1, FRAME_OBJECT, &s), FRAME_OK);
}

/* Three replies of a case may be held, and the record counts them. */
static void
held_is_counted(void **state)
{
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	uint32_t hour = CLOCK_HOUR(fixture_minute);
	for (uint32_t i = 1; i <= 3; i++) {
		assert_int_equal(reply(B2, &s, hour + 24 * i), FRAME_OK);
		assert_int_equal(record(A2, &s).held, i);
		assert_int_equal(record(A1, &s).held, i);
	}
	assert_int_equal(reply(A2, &s, hour + 24), FRAME_FULL);
	assert_int_equal(reply(A2, &s, 0), FRAME_OK);
	random_body(body);
	assert_int_equal(source_say(&s, 1, body), FRAME_OK);
	days_pass(2);
	assert_int_equal(record(A1, &s).held, 1);
	assert_int_equal(reply(A2, &s, CLOCK_HOUR(fixture_minute) + 30), FRAME_OK);
}

/* From whom a case is hidden is said by two of its desk, and never binds who supervises. */
static void
hidden_by_two(void **state)
{
	static const enum who from_c1[] = { C1 };
	struct frame_routing r = hide_from(from_c1, 1), lift = { .flags = FRAME_LIFT }, other;
	struct source s;
	(void)state;
	/* Desk 1 has a third member for this test. */
	w.v.members->member[C1].roles = ROSTER_TR;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_BAD);
	assert_int_equal(record(A1, &s).flags & FRAME_R_READERS, 0);
	/* The second names another list: that is a first frame. It takes nothing from the other. */
	other = hide_from(NULL, 0);
	assert_int_equal(act(C1, FRAME_RESTRICT, &s, other), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_true(record(A4, &s).flags & FRAME_R_READERS);
	assert_int_equal(reads(C1, &s), FRAME_NOT_FOUND);
	assert_int_equal(act(C1, FRAME_RESTRICT, &s, lift), FRAME_NOT_FOUND);
	/* The lead lifts it, once; another member cannot. */
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, lift), FRAME_NOT_FOUND);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, lift), FRAME_OK);
	assert_int_equal(reads(C1, &s), FRAME_OK);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, lift), FRAME_BAD);
	/* Where it leaves a member out, the desk above puts him back; no other desk does. */
	r = hide_from(from_c1, 1);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(reads(C1, &s), FRAME_NOT_FOUND);
	assert_int_equal(act(A2, FRAME_RESTRICT, &s, lift), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_RESTRICT, &s, r), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_RESTRICT, &s, lift), FRAME_OK);
	assert_int_equal(reads(C1, &s), FRAME_OK);
	assert_false(record(A4, &s).flags & FRAME_R_ABOVE);
}

/* One clerk names another list again and again: the frames of his colleagues stand all the same. */
static void
first_frames_stay(void **state)
{
	struct frame_routing r = hide_from(NULL, 0), above = { .flags = 0 },
			     backstop = { .flags = 1 };
	struct source s;
	(void)state;
	w.v.members->member[C1].roles = ROSTER_TR;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
	for (int i = 0; i < 20; i++)
		assert_int_equal(act(C1, FRAME_RESTRICT, &s, hide_from(NULL, 0)),
				 i ? FRAME_BAD : FRAME_OK);
	assert_int_equal(act(B1, FRAME_ABOVE, &s, above), FRAME_OK);
	for (int i = 0; i < 20; i++)
		assert_int_equal(act(C1, FRAME_ABOVE, &s, backstop), i ? FRAME_BAD : FRAME_OK);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(act(A1, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(purge_takes_backstop, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(purge_stays_withdrawn, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(removed_is_told, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(rooms_apart, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(first_frames_are_few, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(held_is_counted, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(hidden_by_two, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(first_frames_stay, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
