/*
 * Sealed orders at the vault: who may seal and put, who has which half from which hour until which,
 * and what one person, one changed roster and one forgotten date can do. Taking a layer is in
 * server_order_take.c, stopping in server_order_stop.c, what several together can read in
 * server_order_collude.c.
 */
#include "tests/lib/fixture.h"
#include "tests/unit/server_order.h"

/* ---- sealing ---- */

/* Each of these makes one thing wrong. */
enum wrong {
	PLANNER_ON_A,
	STRANGER,
	A_OF_TWO_DESKS,
	A_OF_THE_INSPECTION,
	A_WITHOUT_ROLE,
	B_OF_ANOTHER_DESK,
	B_WITHOUT_ROLE,
	TO_A_REVIEW_DESK,
	TO_NO_DESK,
	PAST,
	TOO_FAR,
	WRONG_CNT
};

static void
make_wrong(struct frame_routing *r, enum wrong what)
{
	switch (what) {
	case PLANNER_ON_A:
		name(r->proof, 0, A4);
		name(r->proof, 1, C1);
		break;
	case STRANGER:
		randombytes_buf(r->proof + 16, 8);
		break;
	case A_OF_TWO_DESKS:
		name(r->proof, 1, C1);
		break;
	case A_OF_THE_INSPECTION:
		r->desk = 1;
		break;
	case A_WITHOUT_ROLE:
		role(B1, 1, ROSTER_TR | ROSTER_PL);
		break;
	case B_OF_ANOTHER_DESK:
		name(r->hash, 1, A2);
		break;
	case B_WITHOUT_ROLE:
		name(r->hash, 1, REG);
		break;
	case TO_A_REVIEW_DESK:
		r->desk = 2;
		role(I7, 2, ROSTER_TL);
		role(J7, 2, ROSTER_TL);
		break;
	case TO_NO_DESK:
		r->desk = 999;
		break;
	case PAST:
		r->hour = (uint32_t)(fixture_minute / 60) - 2;
		break;
	default:
		r->hour = (uint32_t)(fixture_minute / 60) + ORDER_AHEAD_HOURS + 1;
	}
}

static void
bad_seals(void **state)
{
	for (enum wrong what = 0; what < WRONG_CNT; what++) {
		struct store_log log;
		assert_int_equal(fixture_end(state), 0);
		assert_int_equal(ready(state), 0);
		struct frame_request rq = seal_request();
		make_wrong(&rq.routing, what);
		if (fixture_as(A4, rq) != FRAME_BAD)
			fail_msg("an order is taken that is wrong in way %d", what);
		assert_int_equal(store_log_get(w.v.store, &log, FRAME_ORDER, id), ERR_NOT_FOUND);
	}
	/* The bounds themselves: the hour that is over, and the last day. */
	static const int32_t good[] = { -1, 0, ORDER_AHEAD_HOURS };
	for (size_t i = 0; i < 3; i++) {
		struct frame_request rq = seal_request();
		randombytes_buf(rq.routing.id, 16);
		role(A4, 4, ROSTER_PL);
		role(B1, 1, ROSTER_SR);
		rq.routing.hour = (uint32_t)((int32_t)(fixture_minute / 60) + good[i]);
		assert_int_equal(fixture_as(A4, rq), FRAME_OK);
	}
}

/* Only a planner of a planning desk seals. */
static void
who_seals(void **state)
{
	(void)state;
	for (enum who who = 0; who < WHO_CNT; who++)
		assert_int_equal(fixture_as(who, seal_request()),
				 who == A4 ? FRAME_OK : FRAME_NOT_FOUND);
	/* A planner elsewhere, and one of the right desk in another role. */
	randombytes_buf(id, sizeof(id));
	role(A2, 2, ROSTER_PL);
	assert_int_equal(fixture_as(A2, seal_request()), FRAME_NOT_FOUND);
	role(A4, 4, ROSTER_SR | ROSTER_LEAD);
	assert_int_equal(fixture_as(A4, seal_request()), FRAME_NOT_FOUND);
}

/* A repeat is by content, also when the order could not be sealed any more. */
static void
seal_again(void **state)
{
	struct frame_request rq = seal_request();
	struct store_log log;
	(void)state;
	assert_int_equal(fixture_as(A4, rq), FRAME_OK);
	role(J7, 7, ROSTER_IN);
	assert_int_equal(fixture_as(A4, rq), FRAME_OK);
	role(J7, 7, ROSTER_TL);
	for (int i = 0; i < 6; i++) {
		struct frame_request other = rq;
		other.routing.hour += i == 0;
		other.routing.cursor[3] ^= i == 1;
		if (i == 2)
			memset(other.routing.hash + 16, 9, 8);
		if (i == 3)
			name(other.routing.proof, 2, C1);
		if (i == 4)
			other.body = part[0];
		if (i == 5)
			role(C1, 4, ROSTER_PL);
		assert_int_equal(fixture_as(i == 5 ? C1 : A4, other), FRAME_BAD);
	}
	log_of(&log);
	assert_int_equal(log.desk_entries, 1);
}

/* ---- parts ---- */

/* The planner who sealed writes the first five, each once. */
static void
parts_once(void **state)
{
	struct store_log log;
	(void)state;
	assert_int_equal(put(A4, 0), FRAME_NOT_FOUND);
	assert_int_equal(fixture_as(A4, seal_request()), FRAME_OK);
	for (uint32_t i = 0; i < ORDER_PLANNED; i++) {
		struct frame_request rq = part_request(A4, i);
		for (enum who who = 0; who < WHO_CNT; who++)
			if (who != A4)
				assert_int_equal(put(who, i), FRAME_NOT_FOUND);
		/* A colleague who plans, too, did not seal this one. */
		role(C1, 4, ROSTER_PL);
		assert_int_equal(put(C1, i), FRAME_NOT_FOUND);
		role(C1, 4, ROSTER_SR);
		assert_int_equal(fixture_as(A4, rq), FRAME_OK);
		assert_int_equal(fixture_as(A4, rq), FRAME_OK);
		random_body(body);
		rq.body = body;
		assert_int_equal(fixture_as(A4, rq), FRAME_BAD);
		/* The same bytes in another place. */
		rq = part_request(A4, (i + 1) % ORDER_PLANNED);
		rq.body = part[i];
		assert_int_equal(fixture_as(A4, rq), FRAME_BAD);
	}
	log_of(&log);
	assert_int_equal(log.order.parts, 31);
	assert_int_equal(log.desk_entries, 1);
	/* Codes are the A side's, in the time of the order. */
	for (uint32_t i = ORDER_CODE; i < ORDER_PLACES; i++) {
		assert_int_equal(put(A1, i), FRAME_NOT_FOUND);
		assert_int_equal(put(A4, i), FRAME_NOT_FOUND);
	}
	at_hour(hours.open[0]);
	for (enum who who = 0; who < WHO_CNT; who++)
		if (who != A1 && who != B1)
			assert_int_equal(put(who, ORDER_CODE), FRAME_NOT_FOUND);
	assert_int_equal(put(B1, ORDER_CODE), FRAME_OK);
	assert_int_equal(put(A1, ORDER_CODE), FRAME_OK);
	at_hour(hours.open[0] + ORDER_OVER_HOURS);
	assert_int_equal(put(A1, ORDER_CODE + 1), FRAME_NOT_FOUND);
}

/* Before all parts stand nobody but the planning desk knows of the order; two days later it goes.
 */
static void
half_sealed(void **state)
{
	struct frame_record r;
	struct store_log log;
	uint32_t cnt;
	(void)state;
	assert_int_equal(fixture_as(A4, seal_request()), FRAME_OK);
	for (uint32_t i = 0; i + 1 < ORDER_PLANNED; i++)
		assert_int_equal(put(A4, i), FRAME_OK);
	for (enum who who = 0; who < WHO_CNT; who++) {
		bool sees = who == A4 || who == C1;
		assert_int_equal(listed(who, &r), sees);
		assert_int_equal(fetches(who, FRAME_DESK, 0), sees ? FRAME_OK : FRAME_NOT_FOUND);
	}
	assert_int_equal(r.held, 15);
	at_hour(hours.open[0]);
	assert_int_equal(fetches(A1, FRAME_PARTS, ORDER_HALF_A), FRAME_NOT_FOUND);
	takes(I7, 0, FRAME_NOT_FOUND);
	log_of(&log);
	fixture_minute = (uint64_t)(log.day + 2) * 1440 - 1;
	assert_int_equal(listed(A4, NULL), 1);
	fixture_minute++;
	assert_int_equal(put(A4, ORDER_PLANNED - 1), FRAME_NOT_FOUND);
	assert_int_equal(listed(A4, NULL), 0);
	assert_int_equal(fetches(A4, FRAME_DESK, 0), FRAME_NOT_FOUND);
	/* Then it is removed with its bytes. */
	fixture_minute += (VAULT_JUNK_DAYS + 1) * 1440;
	assert_int_equal(listed(A4, NULL), 0);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_junk_purge(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_ORDER, id), ERR_NOT_FOUND);
	assert_int_equal(store_purge_junk(w.v.store, UINT32_MAX, 1, NULL, &cnt), 0);
}

/* Nobody looks at it: the clock drops it all the same. */
static void
forgotten(void **state)
{
	struct store_log log;
	(void)state;
	assert_int_equal(fixture_as(A4, seal_request()), FRAME_OK);
	fixture_minute += 3 * 1440;
	vault_clock_advance(&w.v);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
	log_of(&log);
	assert_int_equal(log.state, STORE_JUNK);
}

/* ---- who has what, when ---- */

struct may {
	enum who who;
	bool list, half_a, half_b;
};

static void
sees(const struct may *m, const char *when)
{
	const struct {
		const char *what;
		bool may, did;
	} c[] = {
		{ "the list", m->list, listed(m->who, NULL) == 1 },
		{ "the first entry", m->list, fetches(m->who, FRAME_DESK, 0) == FRAME_OK },
		{ "the reads", m->list, fetches(m->who, FRAME_READS, 0) == FRAME_OK },
		{ "the takes", m->list,
		  fetches(m->who, FRAME_READS, FRAME_TAKEN_FROM) == FRAME_OK },
		{ "the hashes", m->list,
		  fetches(m->who, FRAME_PARTS, FRAME_PART_LIST) == FRAME_OK },
		{ "half A", m->half_a, fetches(m->who, FRAME_PARTS, ORDER_HALF_A) == FRAME_OK },
		{ "half B", m->half_b, fetches(m->who, FRAME_PARTS, ORDER_HALF_B) == FRAME_OK },
		{ "layer 0", false, fetches(m->who, FRAME_PARTS, ORDER_LAYER) == FRAME_OK },
		{ "layer 2", false, fetches(m->who, FRAME_PARTS, ORDER_LAYER + 2) == FRAME_OK },
	};
	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++)
		if (c[i].may != c[i].did)
			fail_msg("%s: person %d and %s: %d", when, m->who, c[i].what, c[i].did);
}

static void
halves_by_hour(void **state)
{
	/* A member's place in this table is his number. */
	static const bool list[WHO_CNT] = { [A4] = true, [C1] = true, [A1] = true, [B1] = true,
					    [I7] = true, [J7] = true, [A2] = true, [A5] = false };
	(void)state;
	role(A5, 5, ROSTER_IG);
	/* The office above those who inspect has no part in it. */
	role(B2, 1, ROSTER_SR | ROSTER_IG | ROSTER_AU);
	seal();
	const uint32_t h0 = hours.open[0];
	const struct {
		uint32_t hour;
		bool now, all;
		const char *when;
	} t[] = { { h0 - 1, false, false, "before h0" },
		  { h0, true, false, "at h0" },
		  { h0 + 71, true, false, "in the last hour" },
		  { h0 + 72, false, true, "when it is over" } };
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		at_hour(t[i].hour);
		for (enum who who = 0; who < WHO_CNT; who++) {
			struct may m = { .who = who,
					 .list = list[who] || who == A5 || (t[i].all && who == REG),
					 .half_a = t[i].now && (who == A1 || who == B1),
					 .half_b = t[i].now && (who == I7 || who == J7) };
			sees(&m, t[i].when);
		}
	}
}

/* What the desks have when all is over: the layers, and no half. */
static void
layers_afterwards(void **state)
{
	(void)state;
	seal();
	at_hour(hours.open[0] + ORDER_READ_HOURS - 1);
	assert_int_equal(fetches(C1, FRAME_PARTS, ORDER_LAYER + 2), FRAME_NOT_FOUND);
	at_hour(hours.open[0] + ORDER_READ_HOURS);
	for (enum who who = 0; who < WHO_CNT; who++) {
		bool none = who == B2 || who == A5; /* TR alone is no role for orders */
		assert_int_equal(fetches(who, FRAME_PARTS, ORDER_LAYER + 2),
				 none ? FRAME_NOT_FOUND : FRAME_OK);
		if (!none)
			assert_memory_equal(w.body, part[ORDER_LAYER + 2], FRAME_BODY_LEN);
		assert_int_equal(fetches(who, FRAME_PARTS, ORDER_HALF_A), FRAME_NOT_FOUND);
		assert_int_equal(fetches(who, FRAME_PARTS, ORDER_HALF_B), FRAME_NOT_FOUND);
		assert_int_equal(fetches(who, FRAME_PARTS, ORDER_PLACES), FRAME_NOT_FOUND);
	}
}

/* A quarter of a year later the bytes of the parts are gone, their hashes and the log are not. */
static void
gone_at_last(void **state)
{
	char why[STORE_WHY_LEN];
	struct store_walk walk;
	unsigned damaged = 0;
	(void)state;
	seal();
	at_hour(hours.open[0] + ORDER_KEEP_HOURS - 1);
	assert_int_equal(fetches(A2, FRAME_PARTS, ORDER_LAYER), FRAME_OK);
	/* Nobody looks: the clock does it. */
	fixture_minute += 60;
	vault_clock_advance(&w.v);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
	assert_true(w.v.scrub);
	for (uint32_t i = 0; i < ORDER_PLACES; i++)
		assert_int_equal(fetches(A2, FRAME_PARTS, i), FRAME_NOT_FOUND);
	assert_int_equal(fetches(A2, FRAME_PARTS, FRAME_PART_LIST), FRAME_OK);
	assert_int_equal(w.out.count, ORDER_PLANNED);
	assert_int_equal(fetches(A2, FRAME_DESK, 0), FRAME_OK);
	assert_int_equal(
		fixture_number("SELECT count(*) FROM body WHERE n NOT IN (SELECT body FROM entry)"),
		0);
	assert_int_equal(store_check(w.v.store, why), 0);
	assert_int_equal(store_check_bytes(w.v.store, why), 0);
	do {
		assert_int_equal(store_walk(w.v.store, 64, &walk), 0);
		damaged += (unsigned)walk.damaged;
	} while (!walk.done);
	assert_int_equal(damaged, 0);
	/* And nothing is due any more. */
	assert_int_equal(fixture_number("SELECT count(*) FROM log WHERE kind = 1 AND next_due > 0"),
			 0);
}

/* The hashes of the parts, as an approver compares them; the record of the list. */
static void
hashes(void **state)
{
	struct frame_record r;
	uint8_t hash[32];
	(void)state;
	seal();
	assert_int_equal(fetches(A1, FRAME_PARTS, FRAME_PART_LIST), FRAME_OK);
	assert_int_equal(w.out.count, ORDER_PLANNED);
	assert_int_equal(w.body_len, ORDER_PLANNED * FRAME_PART_RECORD_LEN);
	for (uint32_t i = 0; i < ORDER_PLANNED; i++) {
		key_sha256(hash, part[i], FRAME_BODY_LEN);
		assert_int_equal(ipc_get32(w.body + i * FRAME_PART_RECORD_LEN), i);
		assert_memory_equal(w.body + i * FRAME_PART_RECORD_LEN + 4, hash, 32);
	}
	assert_int_equal(listed(A1, &r), 1);
	assert_int_equal(r.read_due, hours.open[0]);
	assert_int_equal(r.held, 31);
	assert_int_equal(r.flags, 0);
}

/* A planner has no more than his day's entries, and those are enough for no other's. */
static void
planner_floods(void **state)
{
	unsigned cnt = 0;
	(void)state;
	w.conf.member_entries = 13;
	for (; cnt < 20; cnt++) {
		randombytes_buf(id, sizeof(id));
		int status = fixture_as(A4, seal_request());
		for (uint32_t i = 0; status == FRAME_OK && i < ORDER_PLANNED; i++) {
			random_body(part[i]);
			status = put(A4, i);
		}
		if (status != FRAME_OK)
			break;
	}
	assert_int_equal(w.status, FRAME_FULL);
	assert_int_equal(cnt, 2);
}

/* ---- who was named and is no more ---- */

static void
removed(void **state)
{
	static const struct {
		enum who who;
		uint16_t desk, roles;
	} gone[] = { { A1, 1, ROSTER_TR | ROSTER_PL },
		     { A1, 2, ROSTER_SR },
		     { A1, 7, ROSTER_SR },
		     { I7, 7, ROSTER_IN },
		     { I7, 2, ROSTER_TL } };
	(void)state;
	seal();
	at_hour(hours.open[2]);
	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++) {
		uint16_t desk = w.person[gone[i].who].desk;
		bool a = gone[i].who == A1;
		role(gone[i].who, gone[i].desk, gone[i].roles);
		assert_int_equal(fetches(gone[i].who, FRAME_PARTS, a ? 0 : 1), FRAME_NOT_FOUND);
		assert_int_equal(put(gone[i].who, ORDER_CODE), FRAME_NOT_FOUND);
		takes(gone[i].who, 0, FRAME_NOT_FOUND);
		/* His deputy goes on. */
		assert_int_equal(fetches(a ? B1 : J7, FRAME_PARTS, a ? 0 : 1), FRAME_OK);
		role(gone[i].who, desk, a ? ROSTER_SR : ROSTER_TL);
		assert_int_equal(fetches(gone[i].who, FRAME_PARTS, a ? 0 : 1), FRAME_OK);
	}
	/* A registrar who puts somebody on the desk: the sides were named at the sealing. */
	role(REG, 7, ROSTER_TL | ROSTER_SR | ROSTER_LEAD);
	assert_int_equal(fetches(REG, FRAME_PARTS, ORDER_HALF_B), FRAME_NOT_FOUND);
	takes(REG, 0, FRAME_NOT_FOUND);
	role(C1, 1, ROSTER_SR | ROSTER_LEAD);
	assert_int_equal(fetches(C1, FRAME_PARTS, ORDER_HALF_A), FRAME_NOT_FOUND);
	assert_int_equal(put(C1, ORDER_CODE), FRAME_NOT_FOUND);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, ready, fixture_end)
	const struct CMUnitTest tests[] = {
		T(bad_seals),   T(who_seals),    T(seal_again),     T(parts_once),
		T(half_sealed), T(forgotten),    T(halves_by_hour), T(layers_afterwards),
		T(hashes),      T(gone_at_last), T(planner_floods), T(removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
