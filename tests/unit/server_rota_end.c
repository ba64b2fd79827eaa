/* A rota that is past, ended, or set from above, as the vault keeps it. */
#include "tests/lib/fixture.h"
#include "tests/unit/server_rota.h"

/* An older rota does not come back: not by the same frame, not by a second one to a first of then.
 */
static void
older_rota_stays_gone(void **state)
{
	const enum who old[] = { B1, D1 };
	struct frame_request first, second;
	uint8_t bytes[2][FRAME_BODY_LEN];
	struct source s;
	(void)state;
	assert_int_equal(rota(A1, today(), 3, old, 2), FRAME_OK);
	first = last;
	memcpy(bytes[0], body, FRAME_BODY_LEN);
	assert_int_equal(rota(B1, today(), 3, old, 2), FRAME_OK);
	second = last;
	memcpy(bytes[1], body, FRAME_BODY_LEN);
	first.body = bytes[0];
	second.body = bytes[1];
	assert_int_equal(rota(A1, today() + 2, 2, old, 2), FRAME_OK); /* waits for a second */
	rota_by_two(today(), 4, B1, C1);
	assert_int_equal(fixture_as(A1, first), FRAME_OK);
	assert_int_equal(fixture_as(B1, second), FRAME_OK);
	assert_false(w.wrote);
	assert_int_equal(rota(B1, today() + 2, 2, old, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	tip(&s, 0);
	shown_to(&s, "BC");
	later(2 * DAY);
	shown_to(&s, "BC");
	/* The vault dies and comes back: what was committed stands. */
	vault_close(&w.v);
	fixture_open_vault();
	staff_of(C1, 1, ROSTER_TR);
	staff_of(D1, 1, ROSTER_TR);
	shown_to(&s, "BC");
	second.minute = first.minute = fixture_minute;
	assert_int_equal(fixture_as(B1, second), FRAME_OK);
	shown_to(&s, "BC");
}

/* One clerk's frames take no room from those of others. */
static void
clerk_crowds_the_rota(void **state)
{
	const enum who pair[] = { B1, D1 }, noise[] = { A1, C1 };
	(void)state;
	assert_int_equal(rota(B1, today() + 40, 7, pair, 2), FRAME_OK);
	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(rota(C1, today() + i % 31, (uint16_t)(1 + i % 5), noise, 2),
				 FRAME_OK);
	assert_int_equal(rota(A1, today() + 40, 7, pair, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

/* How many desks have a rota and nobody on duty today and tomorrow. */
static void
gaps(unsigned now, unsigned next)
{
	struct vault_rota_gap a, b;
	assert_int_equal(vault_rota_gaps(&w.v, &a, &b), 0);
	assert_int_equal(a.cnt, now);
	assert_int_equal(b.cnt, next);
}

/* Who may set it may end it, and nobody alone; then all see what waits and nobody is warned. */
static void
ended_by_two(void **state)
{
	const enum who pair[] = { B1, C1 };
	struct source s;
	(void)state;
	rota_by_two(today(), 7, B1, C1);
	tip(&s, 0);
	/* Neither the lead alone, however often, nor two without him, nor a desk beside. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(rota(A1, today(), 7, NULL, 0), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(rota(A2, today(), 7, NULL, 0), FRAME_NOT_FOUND);
	shown_to(&s, "BC");
	rota_by_two(today(), 7, B1, C1); /* voids the lead's first frame */
	assert_int_equal(rota(B1, today(), 7, NULL, 0), FRAME_OK);
	assert_int_equal(rota(C1, today(), 7, NULL, 0), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	shown_to(&s, "BC");
	/* The last of seven days alone: the others stand, and the gap is told when it comes. */
	assert_int_equal(rota(A4, today() + 6, 1, NULL, 0), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	shown_to(&s, "BC");
	later(5 * DAY);
	gaps(0, 1);
	rota_by_two(today(), 2, B1, C1);
	assert_int_equal(rota(A1, today(), 2, NULL, 0), FRAME_OK);
	assert_int_equal(rota(D1, today(), 2, NULL, 0), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	shown_to(&s, "ABCD");
	gaps(0, 0);
	/* The frame of before does not bring it back. */
	assert_int_equal(rota(C1, today(), 2, pair, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	shown_to(&s, "ABCD");
}

/* A desk that stopped to make rotas is warned of for a month, and then works without one. */
static void
warns_for_a_month(void **state)
{
	(void)state;
	rota_by_two(today(), 1, B1, C1);
	gaps(0, 1);
	later(DAY);
	gaps(1, 1);
	later(30 * DAY);
	gaps(1, 1);
	later(DAY);
	gaps(0, 0);
	rota_by_two(today() + 3, 1, B1, C1);
	gaps(1, 1);
}

/* The lead of the desk above opens a book at the desk below and sets its rota; nobody else of that
 * desk, and nobody of a desk beside or below. Whoever takes cases at another desk may open a book
 * at one of level 3 or 4, which is told of accidents, but none of a lower level. */
static void
lead_above_alone(void **state)
{
	const enum who pair[] = { B1, C1 };
	struct frame_request rq;
	struct source s;
	(void)state;
	static const enum who others[] = { A2, A5, I7, A1, B1, A4 };
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		bool own = w.person[others[i]].desk == 1, above = others[i] == A4;
		bool reads = others[i] != I7;
		randombytes_buf(book, sizeof(book));
		rq = request(FRAME_BOOK_OPEN, book);
		rq.routing.kind = FRAME_BOOK;
		rq.routing.desk = 1;
		random_body(body);
		rq.body = body;
		rq.body_len = FRAME_BODY_LEN;
		assert_int_equal(fixture_as(others[i], rq), reads ? FRAME_OK : FRAME_NOT_FOUND);
		if (reads && !own && !above)
			assert_int_equal(rota(others[i], today(), 2, pair, 2), FRAME_NOT_FOUND);
		randombytes_buf(rq.routing.id, sizeof(rq.routing.id));
		rq.routing.desk = 2;
		if (others[i] == A4 || others[i] == A5 || others[i] == I7)
			assert_int_equal(fixture_as(others[i], rq), FRAME_NOT_FOUND);
	}
	/* Of the desk above, its lead. */
	w.v.members->member[A4].roles = ROSTER_TR;
	assert_int_equal(rota(A4, today(), 2, pair, 2), FRAME_NOT_FOUND);
	w.v.members->member[A4].roles = ROSTER_TR | ROSTER_LEAD;
	assert_int_equal(rota(A4, today(), 2, pair, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	tip(&s, 0);
	shown_to(&s, "BC");
	/* The desk reads it, and its two set another one in it. */
	assert_int_equal(rota(A1, today(), 2, (const enum who[]){ A1, D1 }, 2), FRAME_OK);
	assert_int_equal(rota(D1, today(), 2, (const enum who[]){ A1, D1 }, 2), FRAME_OK);
	shown_to(&s, "AD");
}

/*
 * Two leads at once, the desk's with a second and the one above, in every order of their frames:
 * each day is of one of them, whole, and of the one whose last frame came later.
 */
static void
two_leads_at_once(void **state)
{
	const enum who mine[] = { B1, C1 }, above[] = { C1, D1 };
	static const char *const orders[] = { "112", "121", "211" };
	/* 121: the first frame of the desk is void once the other rota stands. */
	static const char *const wins[] = { "CD", "CD", "BC" };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint32_t from = today();
		struct source s;
		bool second = false;
		for (const char *c = orders[i]; *c; c++) {
			if (*c == '2')
				assert_int_equal(rota(A4, from, 3, above, 2), FRAME_OK);
			else
				assert_int_equal(rota(second ? B1 : A1, from, 3, mine, 2),
						 FRAME_OK);
			second = second || *c == '1';
		}
		tip(&s, 0);
		shown_to(&s, wins[i]);
		later(3 * DAY);
	}
}

/* Days that are past are erased: no handle of then is left in the value. */
static void
past_is_erased(void **state)
{
	uint8_t kept[8192];
	size_t len;
	(void)state;
	rota_by_two(today(), 2, C1, D1);
	rota_by_two(today() + 2, 2, A1, B1);
	for (int day = 0; day < 3; day++) {
		bool there = false;
		assert_int_equal(store_meta_get(w.v.store, "rota-1", kept, sizeof(kept), &len), 0);
		for (size_t i = 0; i + 8 <= len; i++)
			there = there || !memcmp(kept + i, w.person[D1].handle, 8);
		assert_int_equal(there, day < 2);
		later(DAY);
	}
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, desk_of_four, fixture_end)
	const struct CMUnitTest tests[] = {
		T(older_rota_stays_gone), T(clerk_crowds_the_rota), T(ended_by_two),
		T(warns_for_a_month),     T(lead_above_alone),      T(two_leads_at_once),
		T(past_is_erased),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
