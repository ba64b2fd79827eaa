/*
 * Reseal, as the vault keeps it: two members of desks to which a case is open hand it to one or two
 * of another desk, and nobody else of that desk learns that there is a case.
 */
#include "tests/lib/fixture.h"

/* Moved to desk 4 for these tests, which is none of the desks of a case at desk 2. */
#define B4   I7
#define C4   J7
#define NONE WHO_CNT

static uint8_t body[FRAME_BODY_LEN];
static struct source s;

static int
act(enum who who, uint8_t op, struct frame_routing r)
{
	return member_act(who, op, s.id, r, body);
}

static struct frame_routing
to(enum who one, enum who two)
{
	struct frame_routing r = { .flags = 0 };
	if (one < NONE)
		memcpy(r.proof, w.person[one].handle, 8);
	if (two < NONE)
		memcpy(r.proof + 8, w.person[two].handle, 8);
	return r;
}

static int
hand(enum who who, enum who one, enum who two)
{
	return act(who, FRAME_RESEAL, to(one, two));
}

/* What a member sees of the case: its record, or nothing. */
static bool
listed(enum who who, struct frame_record *r)
{
	assert_int_equal(member_list(who, FRAME_CASE, NULL), FRAME_OK);
	for (uint32_t i = 0; i < w.out.count; i++) {
		assert_int_equal(frame_record_get(r, w.body + i * FRAME_RECORD_LEN), 0);
		if (!memcmp(r->id, s.id, sizeof(r->id)))
			return true;
	}
	return false;
}

static int
reads(enum who who)
{
	return member_fetch(who, s.id, FRAME_SOURCE, 0);
}

static int
ready(void **state)
{
	int err = fixture_ready(state);
	static const enum who moved[] = { B4, C4 };
	for (size_t i = 0; i < 2; i++) {
		w.v.members->member[moved[i]].desk = w.person[moved[i]].desk = 4;
		w.v.members->member[moved[i]].roles = ROSTER_TR | ROSTER_SR;
	}
	source_new(&s);
	assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
	return err;
}

/* The list of who is not named: the same bytes, whatever is handed to his colleagues. */
static void
same_list(enum who who, struct frame_routing *out, uint8_t bytes[static FRAME_BODY_LEN], bool first)
{
	memset(w.body, 0, sizeof(w.body));
	assert_int_equal(member_list(who, FRAME_CASE, NULL), FRAME_OK);
	if (!first) {
		assert_memory_equal(out, &w.out, sizeof(*out));
		assert_memory_equal(bytes, w.body, FRAME_BODY_LEN);
	}
	*out = w.out;
	memcpy(bytes, w.body, FRAME_BODY_LEN);
}

static void
two_hand_it_on(void **state)
{
	static uint8_t bytes[FRAME_BODY_LEN];
	struct frame_routing out;
	struct frame_record r;
	(void)state;
	same_list(C4, &out, bytes, true);
	assert_false(listed(A4, &r));
	assert_int_equal(reads(A4), FRAME_NOT_FOUND);

	/* One clerk, as often as he likes and whomever he names. */
	assert_int_equal(hand(A2, A4, B4), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(hand(A2, A4, B4), FRAME_BAD);
	assert_int_equal(hand(A2, B4, NONE), FRAME_BAD);
	assert_int_equal(reads(A4), FRAME_NOT_FOUND);
	/* Another who names others adds nothing to that. */
	assert_int_equal(hand(B2, C4, NONE), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(reads(C4), FRAME_NOT_FOUND);
	assert_int_equal(reads(A4), FRAME_NOT_FOUND);
	same_list(C4, &out, bytes, false);

	assert_int_equal(hand(B2, A4, B4), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	for (int i = 0; i < 2; i++) {
		enum who who = i ? B4 : A4;
		assert_true(listed(who, &r));
		assert_int_equal(r.relation, FRAME_REL_GIVEN);
		assert_int_equal(r.desk, 2);
		assert_int_equal(reads(who), FRAME_OK);
		assert_int_equal(member_fetch(who, s.id, FRAME_DESK, 0), FRAME_OK);
	}
	/* Both readings left a record. */
	assert_int_equal(member_fetch(B2, s.id, FRAME_READS, 0), FRAME_OK);
	assert_int_equal(w.out.count, 2);
	/* Who is not named lists, counts and fetches as before. */
	same_list(C4, &out, bytes, false);
	assert_int_equal(reads(C4), FRAME_NOT_FOUND);
	assert_int_equal(member_fetch(C4, s.id, FRAME_READS, 0), FRAME_NOT_FOUND);
	assert_int_equal(hand(C4, C4, NONE), FRAME_NOT_FOUND);
	assert_int_equal(act(C4, FRAME_ABOVE, (struct frame_routing){ .flags = 0 }),
			 FRAME_NOT_FOUND);
}

static int
picture(enum who who)
{
	struct frame_request rq = request(FRAME_FETCH, s.id);
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = FRAME_ATTACH;
	return fixture_as(who, rq);
}

/* The pictures of the source go with the case, to those alone who are named: a colleague has the
 * bytes of a world in which there is no such case. */
static void
with_its_pictures(void **state)
{
	struct frame_request rq = request(FRAME_CHUNK, s.id);
	struct frame_routing out;
	uint8_t nothing[FRAME_BODY_LEN];
	(void)state;
	memset(body, 7, sizeof(body));
	rq.routing.parts = 1;
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_send(rq, &s.key), FRAME_OK);
	assert_int_equal(picture(C4), FRAME_NOT_FOUND);
	out = w.out;
	memcpy(nothing, w.body, sizeof(nothing));
	assert_int_equal(hand(A2, A4, B4), FRAME_OK);
	assert_int_equal(picture(A4), FRAME_NOT_FOUND);
	assert_int_equal(hand(B2, A4, B4), FRAME_OK);
	memset(body, 7, sizeof(body));
	assert_int_equal(picture(A4), FRAME_OK);
	assert_memory_equal(w.body, body, sizeof(body));
	assert_int_equal(picture(B4), FRAME_OK);
	assert_int_equal(picture(C4), FRAME_NOT_FOUND);
	assert_memory_equal(&out, &w.out, sizeof(out));
	assert_memory_equal(nothing, w.body, sizeof(nothing));
	/* Taken back, they are gone for them, too. */
	assert_int_equal(hand(A2, NONE, NONE), FRAME_OK);
	assert_int_equal(hand(B2, NONE, NONE), FRAME_OK);
	assert_int_equal(picture(A4), FRAME_NOT_FOUND);
	assert_memory_equal(&out, &w.out, sizeof(out));
	assert_memory_equal(nothing, w.body, sizeof(nothing));
}

/* What those to whom it was handed can do, and what not. */
static void
in_place_of_the_desk(void **state)
{
	struct frame_routing note = { .thread = FRAME_DESK }, none = { .flags = 0 }, ack = none;
	struct frame_record r;
	(void)state;
	assert_int_equal(hand(A2, A4, B4), FRAME_OK);
	assert_int_equal(hand(B2, A4, B4), FRAME_OK);
	memcpy(ack.proof, s.t, sizeof(ack.proof));
	assert_int_equal(act(A4, FRAME_ACKNOWLEDGE, ack), FRAME_OK);
	assert_int_equal(act(A4, FRAME_DESK_APPEND, note), FRAME_OK);
	/* They hand it to nobody, say nothing in the name of a desk of the case, and lift no list.
	 */
	assert_int_equal(hand(A4, C4, NONE), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_ABOVE, none), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_OBJECT, none), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_JUNK, none), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_RESTRICT, hide_from(NULL, 0)), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_RESTRICT, (struct frame_routing){ .flags = FRAME_LIFT }),
			 FRAME_NOT_FOUND);
	/* Closing is theirs, where no two of the desk are left. */
	assert_int_equal(act(A4, FRAME_CLOSE, none), FRAME_OK);
	assert_int_equal(act(A4, FRAME_CLOSE, none), FRAME_BAD);
	assert_int_equal(act(B4, FRAME_CLOSE, none), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_true(listed(B4, &r));
	assert_true(r.flags & FRAME_R_CLOSING);
	/* One of them takes himself off. */
	assert_int_equal(act(B4, FRAME_RESTRICT, (struct frame_routing){ .flags = FRAME_RECUSE }),
			 FRAME_OK);
	assert_int_equal(reads(B4), FRAME_NOT_FOUND);
	assert_false(listed(B4, &r));
	assert_true(listed(A4, &r));
}

static void
taken_back(void **state)
{
	struct frame_record r;
	struct frame_routing first;
	uint8_t old[FRAME_BODY_LEN];
	(void)state;
	assert_int_equal(hand(A2, A4, NONE), FRAME_OK);
	memcpy(old, body, sizeof(old));
	first = to(A4, NONE);
	assert_int_equal(hand(B2, A4, NONE), FRAME_OK);
	assert_int_equal(hand(B2, A4, NONE), FRAME_BAD); /* it stands */
	assert_true(listed(A4, &r));
	assert_int_equal(hand(A2, NONE, NONE), FRAME_OK);
	assert_int_equal(reads(A4), FRAME_OK);
	assert_int_equal(hand(B2, NONE, NONE), FRAME_OK);
	assert_int_equal(reads(A4), FRAME_NOT_FOUND);
	assert_false(listed(A4, &r));
	/* A first frame of before, sent once more by a gateway or by its author, is only a repeat:
	 * with another's it would hand the case on again. */
	assert_int_equal(member_put(A2, FRAME_RESEAL, s.id, first, old), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(hand(B2, A4, NONE), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(reads(A4), FRAME_NOT_FOUND);
}

/* Whom nobody may name. */
static void
not_to_everybody(void **state)
{
	static const enum who alone[] = { B2 };
	(void)state;
	w.v.members->member[B4].roles = ROSTER_AU;
	assert_int_equal(hand(A2, B4, NONE), FRAME_BAD); /* works on no case */
	w.v.members->member[B4].roles = ROSTER_TR;
	w.v.members->member[B4].desk = 7;
	assert_int_equal(hand(A2, B4, NONE), FRAME_BAD); /* an inspection desk */
	assert_int_equal(hand(A2, A4, A1), FRAME_BAD);   /* two desks */
	assert_int_equal(hand(A2, A2, NONE), FRAME_BAD); /* himself */
	struct frame_routing r = { .proof = { 1, 2, 3 } };
	assert_int_equal(act(A2, FRAME_RESEAL, r), FRAME_BAD); /* nobody's handle */
	/* A desk below that of the case. */
	source_new(&s);
	assert_int_equal(source_open(&s, 1, FRAME_ORDINARY), FRAME_OK);
	assert_int_equal(hand(A1, A2, NONE), FRAME_BAD);
	/* Who took himself off, or from whom two have hidden it. */
	source_new(&s);
	assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
	assert_int_equal(act(B2, FRAME_RESTRICT, (struct frame_routing){ .flags = FRAME_RECUSE }),
			 FRAME_OK);
	assert_int_equal(hand(A2, B2, NONE), FRAME_BAD);
	source_new(&s);
	assert_int_equal(source_open(&s, 1, FRAME_ORDINARY), FRAME_OK);
	w.v.members->member[B2].desk = w.person[B2].desk = 1;
	r = hide_from(alone, 1);
	assert_int_equal(act(A1, FRAME_RESTRICT, r), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, r), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(hand(A1, B2, NONE), FRAME_BAD);
}

/* Fewer than two are left, so the desk above has it; its two hand it on, or one of them with the
 * one who is left. */
static void
by_the_desk_above(void **state)
{
	struct frame_record r;
	(void)state;
	assert_int_equal(hand(A1, A4, NONE), FRAME_NOT_FOUND); /* not open to it yet */
	assert_int_equal(act(B2, FRAME_RESTRICT, (struct frame_routing){ .flags = FRAME_RECUSE }),
			 FRAME_OK);
	assert_int_equal(reads(A1), FRAME_OK);
	assert_int_equal(hand(A1, A4, NONE), FRAME_OK);
	assert_int_equal(hand(A2, A4, NONE), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_true(listed(A4, &r));
	/* Who took himself off does not come back by a first frame of before. */
	assert_int_equal(hand(B2, C4, NONE), FRAME_NOT_FOUND);
}

/* A first frame of somebody who took himself off since counts as none. */
static void
first_of_who_left(void **state)
{
	(void)state;
	assert_int_equal(hand(B2, A4, NONE), FRAME_OK);
	assert_int_equal(act(B2, FRAME_RESTRICT, (struct frame_routing){ .flags = FRAME_RECUSE }),
			 FRAME_OK);
	assert_int_equal(hand(A2, A4, NONE), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(reads(A4), FRAME_NOT_FOUND);
	assert_int_equal(hand(A1, A4, NONE), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(reads(A4), FRAME_OK);
}

/* What is purged is gone for them as for everybody, and no row of it is left in their list. */
static void
purged(void **state)
{
	struct frame_routing none = { .flags = 0 }, ack = none;
	struct frame_record r;
	uint32_t cnt;
	(void)state;
	memcpy(ack.proof, s.t, sizeof(ack.proof));
	assert_int_equal(hand(A2, A4, B4), FRAME_OK);
	assert_int_equal(hand(B2, A4, B4), FRAME_OK);
	assert_int_equal(act(A4, FRAME_ACKNOWLEDGE, ack), FRAME_OK);
	assert_int_equal(act(A4, FRAME_CLOSE, none), FRAME_OK);
	assert_int_equal(act(B4, FRAME_CLOSE, none), FRAME_OK);
	fixture_minute += 9 * 1440;
	vault_clock_advance(&w.v);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(store_purge(w.v.store, (uint32_t)(fixture_minute / 1440) + 1, 10, NULL,
				     &cnt),
			 0);
	assert_int_equal(store_commit(w.v.store), 0);
	assert_int_equal(cnt, 1);
	assert_false(listed(A4, &r));
	assert_int_equal(reads(A4), FRAME_NOT_FOUND);
	assert_int_equal(store_check(w.v.store, (char[STORE_WHY_LEN]){ 0 }), 0);
}

/* It stands after the vault was closed and opened again. */
static void
kept(void **state)
{
	struct frame_record r;
	(void)state;
	assert_int_equal(hand(A2, A4, NONE), FRAME_OK);
	vault_close(&w.v);
	fixture_open_vault();
	w.v.members->member[B4].desk = w.v.members->member[C4].desk = 4;
	assert_int_equal(hand(B2, A4, NONE), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	vault_close(&w.v);
	fixture_open_vault();
	assert_true(listed(A4, &r));
	assert_int_equal(reads(A4), FRAME_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_hand_it_on, ready, fixture_end),
		cmocka_unit_test_setup_teardown(with_its_pictures, ready, fixture_end),
		cmocka_unit_test_setup_teardown(in_place_of_the_desk, ready, fixture_end),
		cmocka_unit_test_setup_teardown(taken_back, ready, fixture_end),
		cmocka_unit_test_setup_teardown(not_to_everybody, ready, fixture_end),
		cmocka_unit_test_setup_teardown(by_the_desk_above, ready, fixture_end),
		cmocka_unit_test_setup_teardown(first_of_who_left, ready, fixture_end),
		cmocka_unit_test_setup_teardown(purged, ready, fixture_end),
		cmocka_unit_test_setup_teardown(kept, ready, fixture_end),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
