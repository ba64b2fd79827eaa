/* What the vault shows of a reward and of a claim: here desk 2 pays, below desk 1, and desk 4 opens
 * rewards. */
#include "tests/lib/fixture.h"

static const enum who payers[] = { A2, B2, J7 }, openers[] = { A4, C1 },
		      others[] = { A1, B1, A5, I7 };
static uint8_t body[FRAME_BODY_LEN];

#define EACH(list) sizeof(list) / sizeof(*(list)), list

static void
place(enum who who, uint16_t desk, uint16_t roles)
{
	w.v.members->member[who].desk = w.person[who].desk = desk;
	w.v.members->member[who].roles = roles;
}

static int
ready(void **state)
{
	int err = fixture_ready(state);
	fixture_kind(2, ROSTER_REWARD);
	place(A2, 2, ROSTER_RW | ROSTER_LEAD);
	place(B2, 2, ROSTER_RW);
	place(J7, 2, ROSTER_AU);
	place(A4, 4, ROSTER_SR | ROSTER_LEAD);
	place(C1, 4, ROSTER_SR);
	place(A1, 1, ROSTER_SR | ROSTER_TR | ROSTER_AU | ROSTER_LEAD);
	place(A5, 5, ROSTER_SR | ROSTER_TR | ROSTER_AU | ROSTER_LEAD);
	random_body(body);
	return err;
}

static int
fetch(enum who who, uint8_t kind, const uint8_t *id, uint8_t thread)
{
	struct frame_request rq = request(FRAME_FETCH, id);
	rq.routing.kind = kind;
	rq.routing.thread = thread;
	rq.routing.desk = w.person[who].desk;
	return fixture_as(who, rq);
}

/* Whether these see a book: in their list, and its entries. */
static void
sees_book(const uint8_t *id, bool want, size_t cnt, const enum who *who)
{
	for (size_t i = 0; i < cnt; i++) {
		assert_int_equal(member_list(who[i], FRAME_BOOK, NULL), FRAME_OK);
		assert_int_equal(w.out.count, want);
		assert_int_equal(fetch(who[i], FRAME_BOOK, id, FRAME_DESK),
				 want ? FRAME_OK : FRAME_NOT_FOUND);
	}
}

static int
open_book(enum who who, const uint8_t *id)
{
	struct frame_request rq = request(FRAME_BOOK_OPEN, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 2;
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	return fixture_as(who, rq);
}

static int
append(enum who who, const uint8_t *id, uint32_t number)
{
	struct frame_routing r = { .kind = FRAME_BOOK, .thread = FRAME_DESK, .number = number };
	random_body(body);
	return member_put(who, FRAME_DESK_APPEND, id, r, body);
}

static void
reward(void **state)
{
	static const enum who none[] = { B1, I7, REG };
	uint8_t id[16];
	(void)state;
	randombytes_buf(id, sizeof(id));
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(open_book(none[i], id), FRAME_NOT_FOUND);
	place(C1, 4, ROSTER_TR); /* of the desk, and no senior reviewer */
	assert_int_equal(open_book(C1, id), FRAME_NOT_FOUND);
	place(C1, 4, ROSTER_SR);
	assert_int_equal(open_book(A4, id), FRAME_OK);

	/* one has signed: the desk that opened it, and nobody else */
	sees_book(id, true, EACH(openers));
	sees_book(id, false, EACH(payers));
	sees_book(id, false, EACH(others));
	for (size_t i = 0; i < sizeof(payers) / sizeof(*payers); i++)
		assert_int_equal(append(payers[i], id, 1), FRAME_NOT_FOUND);
	assert_int_equal(append(A1, id, 1), FRAME_NOT_FOUND);
	assert_int_equal(append(A5, id, 1), FRAME_NOT_FOUND);

	/* two have: the desk that pays, and nobody else */
	assert_int_equal(append(C1, id, 1), FRAME_OK);
	sees_book(id, true, EACH(payers));
	sees_book(id, false, EACH(openers));
	sees_book(id, false, EACH(others));
	for (size_t i = 0; i < sizeof(openers) / sizeof(*openers); i++)
		assert_int_equal(append(openers[i], id, 2), FRAME_NOT_FOUND);
	assert_int_equal(append(J7, id, 2), FRAME_NOT_FOUND); /* who audits writes nothing */
	assert_int_equal(append(B2, id, 2), FRAME_OK);
	sees_book(id, false, EACH(openers));
}

/* Whether these see a claim in their list, and open what its source says. */
static void
sees_claim(const struct source *s, bool lists, bool opens, size_t cnt, const enum who *who)
{
	for (size_t i = 0; i < cnt; i++) {
		assert_int_equal(member_list(who[i], FRAME_CASE, NULL), FRAME_OK);
		assert_int_equal(w.out.count, lists);
		assert_int_equal(fetch(who[i], FRAME_CASE, s->id, FRAME_SOURCE),
				 opens ? FRAME_OK : FRAME_NOT_FOUND);
	}
}

static void
claim(void **state)
{
	static const enum who pay[] = { A2, B2 }, audit[] = { J7 };
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
	/* nor does it open to the desk above when nobody answers it */
	for (unsigned day = 0; day < 16; day += 5) {
		sees_claim(&s, true, true, EACH(pay));
		sees_claim(&s, true, false, EACH(audit));
		sees_claim(&s, false, false, EACH(openers));
		sees_claim(&s, false, false, EACH(others));
		fixture_minute += 5 * 1440;
	}
}

/* At a desk of another kind it would: in as many days a tip that nobody answers opens to those
 * above. */
static void
tip(void **state)
{
	struct source s;
	(void)state;
	fixture_kind(2, ROSTER_REVIEW);
	source_new(&s);
	assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
	fixture_minute += 15 * 1440;
	assert_int_equal(fetch(A1, FRAME_CASE, s.id, FRAME_SOURCE), FRAME_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reward, ready, fixture_end),
		cmocka_unit_test_setup_teardown(claim, ready, fixture_end),
		cmocka_unit_test_setup_teardown(tip, ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
