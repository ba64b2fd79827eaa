/*
 * Who is on duty, to whom of its desk a case is shown, and what one clerk, one lead, a pair, a
 * stolen key of a lead or a forgotten day can do with that. That who is not shown a case learns
 * nothing of it is in server_hidden.c.
 */
#include "tests/lib/fixture.h"
#include "tests/unit/server_rota.h"

/* The lead and a second member set it, with the same words; nobody does so alone. */
static void
takes_the_lead_and_another(void **state)
{
	const enum who pair[] = { B1, C1 }, other[] = { C1, D1 }, far[] = { B1, A2 };
	struct source s;
	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rota(A1, today(), 7, pair, 2), FRAME_OK);
		assert_int_equal(w.out.flags, 0);
	}
	assert_int_equal(rota(B1, today(), 7, other, 2), FRAME_OK);
	assert_int_equal(rota(B1, today(), 6, pair, 2), FRAME_OK);
	assert_int_equal(rota(C1, today(), 6, pair, 2), FRAME_OK); /* two without the lead */
	assert_int_equal(w.out.flags, 0);
	tip(&s, 0);
	shown_to(&s, "ABCD");
	/* The frames of others took nothing away. */
	assert_int_equal(rota(B1, today(), 7, pair, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	shown_to(&s, "ABCD"); /* it came before */
	tip(&s, 0);
	shown_to(&s, "BC");
	/* Nobody of another desk, no day that is past, none too far ahead. */
	assert_int_equal(rota(A1, today(), 7, far, 2), FRAME_BAD);
	assert_int_equal(rota(A1, today() - 1, 7, pair, 2), FRAME_BAD);
	assert_int_equal(rota(A1, today() + 33, 31, pair, 2), FRAME_BAD);
	assert_int_equal(rota(A1, today() + 32, 31, pair, 2), FRAME_OK);
	/* Another desk does not; the lead of the desk above does, alone. */
	assert_int_equal(rota(A2, today(), 7, pair, 2), FRAME_NOT_FOUND);
	assert_int_equal(rota(A5, today(), 7, pair, 2), FRAME_NOT_FOUND);
	assert_int_equal(rota(A4, today(), 1, other, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	tip(&s, 0);
	shown_to(&s, "CD");
}

/* Who sends a frame once more, because the answer was lost, is told whether it was done. */
static void
a_repeat_says_whether_it_was_done(void **state)
{
	const enum who pair[] = { B1, C1 }, other[] = { C1, D1 };
	(void)state;
	assert_int_equal(rota(A1, today(), 7, pair, 2), FRAME_OK);
	assert_int_equal(fixture_as(A1, last), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(rota(B1, today(), 7, pair, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(fixture_as(B1, last), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	/* By one alone, and where nobody is named. */
	assert_int_equal(rota(A4, today() + 6, 1, other, 2), FRAME_OK);
	assert_int_equal(fixture_as(A4, last), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(rota(A4, today() + 6, 1, NULL, 0), FRAME_OK);
	assert_int_equal(fixture_as(A4, last), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

/* Today's pair, and who has opened it; then whom two name, be it nobody. */
static void
pair_then_the_desk(void **state)
{
	static const enum who d[] = { D1 };
	struct frame_record r;
	struct source s, second;
	(void)state;
	rota_by_two(today(), 1, B1, C1);
	rota_by_two(today() + 1, 1, A1, D1);
	tip(&s, 0);
	tip(&second, 0);
	shown_to(&s, "BC"); /* not even to the lead */
	assert_true(listed(A4, &s, &r) && r.shown == 1 && !(r.flags & FRAME_R_READERS));
	assert_false(open_above(&s));
	assert_int_equal(reads(B1, &s), FRAME_OK);
	later(DAY);
	shown_to(&s, "ABD");
	shown_to(&second, "AD");
	/* Two who are shown it say from whom it is hidden: both, and the same. */
	struct frame_routing hide = hide_from(d, 1), nobody = hide_from(NULL, 0);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, hide), FRAME_OK);
	assert_int_equal(act(C1, FRAME_RESTRICT, &s, hide), FRAME_NOT_FOUND);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, hide), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	shown_to(&s, "ABC");
	assert_true(listed(A4, &s, &r) && !r.shown && r.flags & FRAME_R_READERS);
	assert_int_equal(act(A1, FRAME_RESTRICT, &second, nobody), FRAME_OK);
	assert_int_equal(act(D1, FRAME_RESTRICT, &second, nobody), FRAME_OK);
	shown_to(&second, "ABCD");
}

/* No tip lies because a day was forgotten, a member left, or the pair does nothing. */
static void
nothing_lies(void **state)
{
	struct vault_rota_gap now, next;
	struct source s;
	(void)state;
	assert_int_equal(vault_rota_gaps(&w.v, &now, &next), 0);
	assert_int_equal(now.cnt + next.cnt, 0); /* never set */
	rota_by_two(today(), 1, B1, C1);
	tip(&s, 0);
	assert_int_equal(vault_rota_gaps(&w.v, &now, &next), 0);
	assert_int_equal(now.cnt, 0);
	assert_int_equal(next.cnt, 1);
	assert_int_equal(next.desk, 1);
	later(DAY);
	assert_int_equal(vault_rota_gaps(&w.v, &now, &next), 0);
	assert_int_equal(now.cnt, 1);
	shown_to(&s, "ABCD");
	rota_by_two(today(), 2, B1, C1);
	shown_to(&s, "BC");
	staff_of(C1, 2, ROSTER_TR);
	assert_true(listed(A1, &s, &(struct frame_record){ 0 }));
	staff_of(C1, 1, ROSTER_TR);
	shown_to(&s, "BC");
	/* The pair keeps it to itself: the clocks run as ever. */
	later(2 * DAY);
	assert_true(open_above(&s));
	/* Urgent: half the time, and nobody else of the desk learns of it. */
	rota_by_two(today(), 2, B1, C1);
	later(DAY - fixture_minute % DAY);
	tip(&s, FRAME_URGENT);
	later(59);
	assert_false(open_above(&s));
	later(1);
	assert_true(open_above(&s));
	shown_to(&s, "BC");
}

/* Who comes on duty hears of what came before; who has gone off hears no more. */
static void
cursors_end_with_the_turn(void **state)
{
	uint8_t a[16], b[16], orders[16];
	struct source s;
	(void)state;
	rota_by_two(today(), 1, B1, C1);
	rota_by_two(today() + 1, 1, A1, D1);
	tip(&s, 0);
	assert_int_equal(member_list(A1, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	memcpy(a, w.out.cursor, 16);
	assert_int_equal(member_list(B1, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	memcpy(b, w.out.cursor, 16);
	assert_int_equal(member_list(A1, FRAME_BOOK, NULL), FRAME_OK);
	memcpy(orders, w.out.cursor, 16);
	assert_int_equal(member_list(B1, FRAME_CASE, b), FRAME_OK);
	later(DAY);
	assert_int_equal(member_list(B1, FRAME_CASE, b), FRAME_BAD);
	assert_int_equal(member_list(A1, FRAME_BOOK, orders), FRAME_OK);
	/* Nothing was listed to A1: a zero cursor asks from the start. Then he gets it. */
	assert_int_equal(member_list(A1, FRAME_CASE, a),
			 sodium_is_zero(a, 16) ? FRAME_OK : FRAME_BAD);
	assert_int_equal(member_list(A1, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	memcpy(a, w.out.cursor, 16);
	/* A day that was forgotten: everybody's list begins anew. */
	later(DAY);
	assert_int_equal(member_list(A1, FRAME_CASE, a), FRAME_BAD);
	assert_int_equal(member_list(C1, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 1);
}

/* A member takes himself off, and takes nothing from anybody else by it. */
static void
recusal_takes_from_oneself(void **state)
{
	struct store_log before, after;
	struct frame_record r;
	struct source s;
	(void)state;
	tip(&s, 0);
	assert_int_equal(reads(B1, &s), FRAME_OK);
	assert_int_equal(store_log_get(w.v.store, &before, FRAME_CASE, s.id), 0);
	assert_int_equal(recuse(B1, &s), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(store_log_get(w.v.store, &after, FRAME_CASE, s.id), 0);
	assert_memory_equal(after.recused[0], w.person[B1].handle, 8);
	memset(after.recused, 0, sizeof(after.recused));
	after.desk_entries = before.desk_entries;
	after.desk_bytes = before.desk_bytes;
	assert_memory_equal(&before, &after, sizeof(before));
	shown_to(&s, "ACD");
	assert_false(open_above(&s));
	/* He does not come back by himself, nor by another list. */
	assert_int_equal(recuse(B1, &s), FRAME_NOT_FOUND);
	assert_int_equal(lift(B1, &s), FRAME_NOT_FOUND);
	struct frame_routing nobody = hide_from(NULL, 0);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, nobody), FRAME_NOT_FOUND);
	assert_int_equal(act(C1, FRAME_RESTRICT, &s, nobody), FRAME_OK);
	assert_int_equal(act(D1, FRAME_RESTRICT, &s, nobody), FRAME_OK);
	shown_to(&s, "ACD");
	assert_int_equal(lift(A1, &s), FRAME_OK);
	shown_to(&s, "ABCD");
	/* Fewer than two are left: the case moves up by itself, and those left keep it. */
	assert_int_equal(recuse(B1, &s), FRAME_OK);
	assert_int_equal(recuse(A1, &s), FRAME_OK);
	assert_false(open_above(&s));
	assert_int_equal(recuse(D1, &s), FRAME_OK);
	assert_true(open_above(&s));
	shown_to(&s, "C");
	assert_true(listed(A4, &s, &r) && r.flags & FRAME_R_ABOVE);
	assert_int_equal(recuse(C1, &s), FRAME_OK);
	shown_to(&s, "");
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(lift(A4, &s), FRAME_OK);
	shown_to(&s, "ABCD");
}

/* One of the pair takes himself off: one alone would be left with the tip. */
static void
recusal_of_the_pair(void **state)
{
	const enum who four[] = { A1, B1, C1, D1 };
	struct source s;
	(void)state;
	rota_by_two(today(), 1, B1, C1);
	tip(&s, 0);
	assert_int_equal(recuse(B1, &s), FRAME_OK);
	shown_to(&s, "C");
	assert_true(open_above(&s));
	/* With deputies it stays. */
	assert_int_equal(rota(A1, today(), 1, four, 4), FRAME_OK);
	assert_int_equal(rota(B1, today(), 1, four, 4), FRAME_OK);
	tip(&s, 0);
	assert_int_equal(recuse(B1, &s), FRAME_OK);
	assert_int_equal(recuse(A1, &s), FRAME_OK);
	shown_to(&s, "CD");
	assert_false(open_above(&s));
}

/* A first frame of somebody who is no longer shown the case completes nothing. */
static void
frames_of_the_hidden_are_void(void **state)
{
	struct frame_routing nobody = hide_from(NULL, 0), to = { .flags = 0 };
	struct frame_routing ack = { .flags = 0 };
	struct source s;
	(void)state;
	tip(&s, 0);
	memcpy(ack.proof, s.t, sizeof(ack.proof));
	assert_int_equal(act(A1, FRAME_ACKNOWLEDGE, &s, ack), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, nobody), FRAME_OK);
	assert_int_equal(act(B1, FRAME_ABOVE, &s, to), FRAME_OK);
	assert_int_equal(act(B1, FRAME_CLOSE, &s, to), FRAME_OK);
	assert_int_equal(recuse(B1, &s), FRAME_OK);
	assert_int_equal(act(C1, FRAME_RESTRICT, &s, nobody), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(C1, FRAME_ABOVE, &s, to), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(C1, FRAME_CLOSE, &s, to), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(D1, FRAME_CLOSE, &s, to), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

/* Two hide a case from their lead, or from all others: the desk above has it at once. */
static void
two_bury_nothing(void **state)
{
	static const enum who lead[] = { A1 }, rest[] = { A1, D1 }, all_but_one[] = { A1, B1, D1 };
	struct source s;
	(void)state;
	const struct {
		const enum who *from;
		size_t cnt;
	} lists[] = { { lead, 1 }, { rest, 2 }, { all_but_one, 3 } };
	for (size_t i = 0; i < 3; i++) {
		tip(&s, 0);
		struct frame_routing r = hide_from(lists[i].from, lists[i].cnt);
		assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
		assert_false(open_above(&s));
		assert_int_equal(act(C1, FRAME_RESTRICT, &s, r), FRAME_OK);
		assert_int_equal(w.out.flags, 1);
		assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
		assert_true(open_above(&s));
		assert_int_equal(lift(A4, &s), FRAME_OK);
		shown_to(&s, "ABCD");
	}
	/* Nobody stands above the backstop: it is refused there. */
	staff_of(B2, 5, ROSTER_TR);
	source_new(&s);
	assert_int_equal(source_open(&s, 5, 0), FRAME_OK);
	static const enum who a5[] = { A5 };
	struct frame_routing r = hide_from(a5, 1);
	assert_int_equal(act(A5, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(act(B2, FRAME_RESTRICT, &s, r), FRAME_BAD);
	assert_int_equal(reads(A5, &s), FRAME_OK);
}

/*
 * A stolen key of the lead: no rota, no list, no wider circle by it alone. What it can is said in
 * SECURITY.md: lift what two have hidden.
 */
static void
stolen_key_of_the_lead(void **state)
{
	static const enum who d[] = { D1 }, pair[] = { A1, D1 };
	struct frame_routing r = hide_from(d, 1);
	struct source s;
	(void)state;
	rota_by_two(today(), 3, A1, B1);
	tip(&s, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rota(A1, today(), 3, pair, 2), FRAME_OK);
		assert_int_equal(w.out.flags, 0);
	}
	assert_int_equal(lift(A1, &s), FRAME_BAD);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, hide_from(NULL, 0)), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	/* Nor with the first frame of somebody else. */
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(lift(A1, &s), FRAME_OK);
	shown_to(&s, "AB");
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, r), FRAME_OK);
	shown_to(&s, "ABC");
	assert_int_equal(lift(A1, &s), FRAME_OK);
	shown_to(&s, "ABCD");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, desk_of_four, fixture_end)
	const struct CMUnitTest tests[] = {
		T(takes_the_lead_and_another), T(a_repeat_says_whether_it_was_done),
		T(pair_then_the_desk),         T(nothing_lies),
		T(cursors_end_with_the_turn),  T(recusal_takes_from_oneself),
		T(recusal_of_the_pair),        T(frames_of_the_hidden_are_void),
		T(two_bury_nothing),           T(stolen_key_of_the_lead),

	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
