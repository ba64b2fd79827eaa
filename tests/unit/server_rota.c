/*
 * Who is on duty, to whom of its desk a case is shown, and what one clerk, one lead, a pair, a
 * stolen key of a lead or a forgotten day can do with that. That who is not shown a case learns
 * nothing of it is in server_hidden.c.
 */
#include "tests/lib/fixture.h"

#define DAY 1440
#define D1  J7 /* moved to desk 1 for these tests */

static uint8_t body[FRAME_BODY_LEN], book[16];

static uint32_t
today(void)
{
	return (uint32_t)(fixture_minute / DAY);
}

static void
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
static struct frame_request last;

static int
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

static void
rota_by_two(uint32_t from, uint16_t days, enum who a, enum who b)
{
	const enum who pair[] = { a, b };
	assert_int_equal(rota(A1, from, days, pair, 2), FRAME_OK);
	assert_int_equal(rota(B1, from, days, pair, 2), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

static void
staff_of(enum who who, uint16_t desk, uint16_t roles)
{
	w.v.members->member[who].desk = w.person[who].desk = desk;
	w.v.members->member[who].roles = roles;
}

/* Desk 1 has four members and a book. */
static int
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

static void
tip(struct source *s, uint8_t ladder)
{
	source_new(s);
	assert_int_equal(source_open(s, 1, ladder), FRAME_OK);
}

static int
act(enum who who, uint8_t op, const struct source *s, struct frame_routing r)
{
	struct store_log log;
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, s->id), 0);
	r.number = log.desk_entries;
	random_body(body);
	return member_put(who, op, s->id, r, body);
}

static int
recuse(enum who who, const struct source *s)
{
	return act(who, FRAME_RESTRICT, s, (struct frame_routing){ .flags = FRAME_RECUSE });
}

static int
lift(enum who who, const struct source *s)
{
	return act(who, FRAME_RESTRICT, s, (struct frame_routing){ .flags = FRAME_LIFT });
}

static int
reads(enum who who, const struct source *s)
{
	return member_fetch(who, s->id, FRAME_SOURCE, 0);
}

/* Whether the case is in the list of that member, with its record. */
static bool
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
static void
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

static bool
open_above(const struct source *s)
{
	return reads(A4, s) == FRAME_OK;
}

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
 * desk, and nobody of a desk beside or below. */
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
		randombytes_buf(book, sizeof(book));
		rq = request(FRAME_BOOK_OPEN, book);
		rq.routing.kind = FRAME_BOOK;
		rq.routing.desk = 1;
		random_body(body);
		rq.body = body;
		rq.body_len = FRAME_BODY_LEN;
		assert_int_equal(fixture_as(others[i], rq),
				 own || above ? FRAME_OK : FRAME_NOT_FOUND);
	}
	/* Of the desk above, its lead. */
	w.v.members->member[A4].roles = ROSTER_TR;
	randombytes_buf(rq.routing.id, 16);
	assert_int_equal(fixture_as(A4, rq), FRAME_NOT_FOUND);
	w.v.members->member[A4].roles = ROSTER_TR | ROSTER_LEAD;
	assert_int_equal(fixture_as(A4, rq), FRAME_OK);
	memcpy(book, rq.routing.id, 16);
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
		T(takes_the_lead_and_another),
		T(pair_then_the_desk),
		T(nothing_lies),
		T(cursors_end_with_the_turn),
		T(recusal_takes_from_oneself),
		T(recusal_of_the_pair),
		T(frames_of_the_hidden_are_void),
		T(two_bury_nothing),
		T(stolen_key_of_the_lead),
		T(older_rota_stays_gone),
		T(clerk_crowds_the_rota),
		T(ended_by_two),
		T(warns_for_a_month),
		T(lead_above_alone),
		T(two_leads_at_once),
		T(past_is_erased),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
