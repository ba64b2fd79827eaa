/* What a disk that is taken away tells about the order in which cases came in: nothing, once the
 * store has been mixed. */
#include "tests/lib/fixture.h"

#define MIXED_CNT 200

static int64_t
cell(const char *what, int64_t n)
{
	char query[128];
	snprintf(query, sizeof(query), "SELECT %s FROM log JOIN entry ON log = n WHERE n = %lld",
		 what, (long long)n);
	return fixture_number(query);
}

/* The rank correlation of a value with the order in which the cases came: 1 where it gives the
 * order away. */
static double
tells_order(const struct source *s, const char *what)
{
	static int64_t value[MIXED_CNT];
	double d = 0;
	for (int i = 0; i < MIXED_CNT; i++) {
		struct store_log log;
		assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, s[i].id), 0);
		value[i] = cell(what, log.n);
	}
	for (int i = 0; i < MIXED_CNT; i++) {
		int rank = 0;
		for (int k = 0; k < MIXED_CNT; k++)
			rank += value[k] < value[i];
		d += (double)(rank - i) * (rank - i);
	}
	return 1 - 6 * d / ((double)MIXED_CNT * ((double)MIXED_CNT * MIXED_CNT - 1));
}

static void
mix_all(void)
{
	bool more = true;
	uint64_t before = store_place(w.v.store);
	while (more) {
		assert_int_equal(store_begin(w.v.store), 0);
		assert_int_equal(store_mix(w.v.store, before, &more), 0);
		assert_int_equal(store_commit(w.v.store), 0);
	}
}

static void
list_note(const struct source *s, bool *listed)
{
	for (uint32_t r = 0; r < w.out.count; r++)
		for (int i = 0; i < MIXED_CNT; i++)
			listed[i] = listed[i] ||
				    !memcmp(w.body + r * FRAME_RECORD_LEN, s[i].id, 16);
}

/* After the night no number in the store gives the order of arrivals, nothing is lost, and no list
 * misses a case. */
static void
mixed(void **state)
{
	static const char *const columns[] = { "touched", "n", "body" };
	static struct source s[MIXED_CNT];
	char why[STORE_WHY_LEN];
	(void)state;
	for (int i = 0; i < MIXED_CNT; i++) {
		source_new(&s[i]);
		assert_int_equal(source_open(&s[i], 1, FRAME_ORDINARY), FRAME_OK);
		fixture_minute++;
	}
	/* On PostgreSQL the numbers of rows are random from the start. */
	for (int c = 0; c < (fixture_is_pg() ? 1 : 3); c++)
		assert_true(tells_order(s, columns[c]) > 0.999);
	uint8_t cursor[FRAME_CURSOR_LEN];
	/* One page of the list is read before the night, the rest after it. */
	static bool listed[MIXED_CNT];
	memset(listed, 0, sizeof(listed));
	assert_int_equal(member_list(A1, FRAME_CASE, NULL), FRAME_OK);
	list_note(s, listed);
	memcpy(cursor, w.out.cursor, sizeof(cursor));
	mix_all();
	for (int c = 0; c < 3; c++)
		assert_true(tells_order(s, columns[c]) < 0.4 && tells_order(s, columns[c]) > -0.4);
	for (bool more = true; more;) {
		assert_int_equal(member_list(A1, FRAME_CASE, cursor), FRAME_OK);
		list_note(s, listed);
		memcpy(cursor, w.out.cursor, sizeof(cursor));
		more = w.out.flags;
	}
	for (int i = 0; i < MIXED_CNT; i++) {
		assert_true(listed[i]);
		assert_int_equal(member_fetch(A1, s[i].id, FRAME_SOURCE, 0), FRAME_OK);
		assert_memory_equal(w.body, s[i].tip, FRAME_BODY_LEN);
	}
	assert_int_equal(store_check(w.v.store, why), 0);
	assert_int_equal(store_check_bytes(w.v.store, why), 0);
	/* The next night has to do only with what changed since. */
	mix_all();
	assert_int_equal(member_fetch(A1, s[0].id, FRAME_SOURCE, 0), FRAME_OK);
	assert_int_equal(member_fetch(B1, s[0].id, FRAME_SOURCE, 0), FRAME_OK);
	uint64_t place = store_place(w.v.store);
	mix_all();
	assert_int_equal(store_place(w.v.store), place + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mixed, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
