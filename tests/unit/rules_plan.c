/* The draw of a plan: the vectors on which two other implementations agree, the table that is
 * committed, hours, people, companion sites and the discretionary part. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/odds.h"
#include "admin-cli/plan/register.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define MANY 32

/* The numbers of a list "0.1 0.2". */
static size_t
numbers(const struct vector *v, const char *name, double *real, uint64_t *whole)
{
	char *text = vector_text(v, name, NULL), *at = text, *end;
	size_t n = 0;

	for (; *at; at = end, n++) {
		assert_true(n < MANY);
		if (real)
			real[n] = strtod(at, &end);
		else
			whole[n] = strtoull(at, &end, 10);
		assert_ptr_not_equal(at, end);
	}
	free(text);
	return n;
}

static void
same_list(const struct vector *v, const char *name, const uint32_t *list, size_t cnt)
{
	uint64_t want[MANY];

	assert_int_equal(numbers(v, name, NULL, want), cnt);
	for (size_t i = 0; i < cnt; i++)
		assert_int_equal(list[i], want[i]);
}

/* The coins that we fit are those of the vector, to what the last digits of another fit may differ.
 */
static void
check_fit(const struct vector *v, const uint64_t *want, size_t n, size_t m)
{
	double p[MANY], q[MANY];

	assert_int_equal(numbers(v, "p", p, NULL), n);
	assert_int_equal(plan_odds(q, p, n, m, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		double far = q[i] - plan_coin(want[i]);
		assert_true(far < 3e-9 && far > -3e-9);
	}
}

static void
check_draw(const struct vector *v, const uint8_t *key, const uint64_t *q, size_t n, size_t m)
{
	static const bool conflict[7] = { false, true, false, false, true, false, false };
	struct plan_stream s, peek;
	uint32_t list[MANY];
	uint8_t hour[20];
	unsigned tries;

	plan_stream_init(&s, key);
	assert_int_equal(plan_draw(&s, q, n, m, list, &tries), 0);
	assert_int_equal(tries, vector_int(v, "tries"));
	same_list(v, "drawn", list, m);
	plan_shuffle(&s, list, m);
	same_list(v, "order", list, m);
	peek = s;
	char *next = vector_text(v, "next_u64", NULL);
	assert_true(plan_u64(&peek) == strtoull(next, NULL, 10));
	free(next);
	assert_int_equal(plan_hours(&s, hour, 20), 0);
	for (size_t i = 0; i < 20; i++)
		list[i] = hour[i];
	same_list(v, "hours", list, 20);
	same_list(v, "people", list, plan_people(&s, conflict, 7, list));
}

static void
test_vectors(void **arg)
{
	uint8_t planner[32], approver[32], plan[32], key[32], hash[32];
	struct vector v;
	int cnt = 0;

	(void)arg;
	for (vector_open(&v, "plan"); vector_next(&v); cnt++) {
		size_t len, m = (size_t)vector_int(&v, "m");
		uint64_t q[MANY];
		size_t n = numbers(&v, "q", NULL, q);
		char *text, *beacon = vector_text(&v, "beacon", NULL);

		check_fit(&v, q, n, m);
		assert_int_equal(plan_table_print(&text, &len, q, n), 0);
		crypto_hash_sha256(hash, (uint8_t *)text, len);
		vector_same(&v, "table_sha256", hash, 32);
		vector_hex(&v, "planner", planner, 32);
		vector_hex(&v, "approver", approver, 32);
		vector_hex(&v, "plan_hash", plan, 32);
		assert_int_equal(plan_draw_key(key, planner, approver, beacon, hash), 0);
		vector_same(&v, "key", key, 32);
		plan_share_commit(hash, planner, plan);
		vector_same(&v, "commit_planner", hash, 32);
		plan_share_commit(hash, approver, plan);
		vector_same(&v, "commit_approver", hash, 32);
		check_draw(&v, key, q, n, m);
		free(text);
		free(beacon);
	}
	assert_int_equal(cnt, 3);
}

/* The stream is that of libsodium, across the borders of our blocks. */
static void
test_stream(void **arg)
{
	static uint8_t want[10000 * 8];
	uint8_t key[32];
	struct plan_stream s;

	(void)arg;
	memset(key, 7, sizeof(key));
	randombytes_buf_deterministic(want, sizeof(want), key);
	plan_stream_init(&s, key);
	for (size_t i = 0; i < 10000; i++) {
		uint64_t v = plan_u64(&s);
		for (size_t k = 0; k < 8; k++)
			assert_int_equal(want[8 * i + k], v >> 8 * k & 255);
	}
}

/* Every number below a bound comes equally often, also where 2^64 is no multiple of it. */
static void
test_below(void **arg)
{
	uint8_t key[32] = { 1 };
	unsigned cnt[7] = { 0 };
	struct plan_stream s;

	(void)arg;
	plan_stream_init(&s, key);
	for (size_t i = 0; i < 70000; i++)
		cnt[plan_below(&s, 7)]++;
	for (size_t i = 0; i < 7; i++)
		assert_in_range(cnt[i], 9600, 10400);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(plan_below(&s, 1), 0);
	/* Half of all numbers are above this bound: they are thrown away, not folded back. */
	uint64_t half = 0;
	for (size_t i = 0; i < 3000; i++)
		half += plan_below(&s, (UINT64_C(1) << 63) + 1) >> 62;
	assert_in_range(half, 1300, 1700);
}

static int
reads(const char *text)
{
	uint64_t *q;
	size_t n;
	int err = plan_table_read(&q, &n, text, strlen(text));

	free(q);
	return err;
}

static void
test_table(void **arg)
{
	(void)arg;
	assert_int_equal(reads("0 1\n1 9007199254740991\n"), 0);
	assert_int_equal(reads("0 1\n1 9007199254740992\n"), ERR_FORMAT); /* a sure head */
	assert_int_equal(reads("0 1\n1 0\n"), ERR_FORMAT);                /* never */
	assert_int_equal(reads("0 1\n2 5\n"), ERR_FORMAT);
	assert_int_equal(reads("0 1\n0 5\n"), ERR_FORMAT);
	assert_int_equal(reads("0 1\n1 05\n"), ERR_FORMAT);
	assert_int_equal(reads("0 1\n1  5\n"), ERR_FORMAT);
	assert_int_equal(reads("0 1\n1 5"), ERR_FORMAT); /* a line that is cut */
	assert_int_equal(reads("0 1\r\n"), ERR_FORMAT);
	assert_int_equal(reads(""), ERR_FORMAT);
}

/* A table that is not made for m sites ends, and quickly. */
static void
test_no_draw(void **arg)
{
	uint64_t q[4] = { 1, 1, 1, 1 };
	uint8_t key[32] = { 2 };
	struct plan_stream s;
	uint32_t list[4];

	(void)arg;
	plan_stream_init(&s, key);
	assert_int_equal(plan_draw(&s, q, 4, 3, list, NULL), ERR_RANGE);
}

/* Exactly ⌈0.45·m⌉ visits outside office hours, whatever m is, and which of them is by chance. */
static void
test_hours(void **arg)
{
	uint8_t key[32] = { 3 }, hour[200];
	unsigned seen[24] = { 0 }, first = 0;
	struct plan_stream s;

	(void)arg;
	plan_stream_init(&s, key);
	for (size_t m = 0; m <= 200; m++) {
		size_t outside = 0;
		assert_int_equal(plan_hours(&s, hour, m), 0);
		for (size_t i = 0; i < m; i++) {
			assert_true(hour[i] < 24);
			seen[hour[i]]++;
			outside += hour[i] < 8 || hour[i] >= 18;
		}
		assert_true(100 * outside >= 45 * m && 100 * outside < 45 * m + 100);
		first += m && (hour[0] < 8 || hour[0] >= 18);
	}
	for (size_t h = 0; h < 24; h++)
		assert_in_range(seen[h], 400, 1400);
	assert_in_range(first, 60, 130);
}

static void
test_outside(void **arg)
{
	uint32_t friday, eve;

	(void)arg;
	assert_int_equal(text_day(&friday, "2026-11-27", 10), 0);
	assert_true(plan_outside(friday - 1, 7));
	assert_false(plan_outside(friday - 1, 8));
	assert_false(plan_outside(friday - 1, 17));
	assert_true(plan_outside(friday - 1, 18));
	assert_true(plan_outside(friday + 1, 10)); /* Saturday */
	assert_false(plan_outside(friday, 10));
	assert_int_equal(text_day(&eve, "2026-09-30", 10), 0);
	assert_true(plan_outside(eve, 10)); /* before the National Day */
	assert_false(plan_outside(eve - 1, 10));
}

/* Nobody with a conflict is in the order of people, and every order comes. */
static void
test_people(void **arg)
{
	bool conflict[4] = { false, true, false, false };
	uint8_t key[32] = { 4 };
	unsigned first[4] = { 0 };
	struct plan_stream s;
	uint32_t list[4];

	(void)arg;
	plan_stream_init(&s, key);
	for (size_t i = 0; i < 3000; i++) {
		assert_int_equal(plan_people(&s, conflict, 4, list), 3);
		assert_int_equal(list[0] + list[1] + list[2], 5);
		first[list[0]]++;
	}
	assert_int_equal(first[1], 0);
	assert_in_range(first[0], 850, 1150);
	assert_in_range(first[3], 850, 1150);
	memset(conflict, true, sizeof(conflict));
	assert_int_equal(plan_people(&s, conflict, 4, list), 0);
}

/* The companion is the nearest that is left, of another operator and group. */
static void
test_companion(void **arg)
{
	static const char table[] = "id,name,sector,area,operator,group\n"
				    "a,A,COAL,990102,o1,g1\n"
				    "b,B,COAL,990102,o1,\n"
				    "c,C,COAL,990102,o2,g1\n"
				    "d,D,COAL,990102,o3,\n"
				    "e,E,COAL,990103,o4,\n"
				    "f,F,COAL,980103,o5,\n";
	bool taken[6] = { false };
	uint8_t key[32] = { 5 };
	struct plan_register r;
	struct plan_wrong wrong;
	struct plan_stream s;
	uint32_t got;

	(void)arg;
	plan_stream_init(&s, key);
	assert_int_equal(plan_register_read(&r, table, strlen(table), &wrong), 0);
	assert_int_equal(plan_companion(&s, &r, 0, taken, &got), 0);
	assert_int_equal(got, 3);
	taken[3] = true;
	assert_int_equal(plan_companion(&s, &r, 0, taken, &got), 0);
	assert_int_equal(got, 4);
	taken[4] = true;
	assert_int_equal(plan_companion(&s, &r, 0, taken, &got), 0);
	assert_int_equal(got, 5);
	taken[5] = true;
	assert_int_equal(plan_companion(&s, &r, 0, taken, &got), ERR_NOT_FOUND);
	plan_register_free(&r);
}

/* The discretionary part: never a site that is taken, by the odds of the plan among the others. */
static void
test_fill(void **arg)
{
	const double q[6] = { 0.2, 0.3, 0.4, 0.3, 0.5, 0.3 };
	uint64_t t[6];
	unsigned cnt[6] = { 0 };
	uint32_t out[6];

	(void)arg;
	for (size_t i = 0; i < 6; i++)
		t[i] = plan_threshold(q[i]);
	for (unsigned run = 0; run < 20000; run++) {
		bool taken[6] = { false, false, false, false, true, false };
		uint8_t key[32] = { 6, (uint8_t)run, (uint8_t)(run >> 8) };
		assert_int_equal(plan_fill(key, t, 6, taken, 1, out), 0);
		assert_true(taken[out[0]] && taken[4]);
		cnt[out[0]]++;
	}
	/* One of five: the chance of each is its odds among all odds. */
	double sum = 0.25 + 3 * 0.3 / 0.7 + 0.4 / 0.6;
	assert_int_equal(cnt[4], 0);
	for (size_t i = 0; i < 6; i++) {
		double want = i == 4 ? 0 : 20000 * q[i] / (1 - q[i]) / sum;
		assert_true(cnt[i] > want * 0.95 - 1 && cnt[i] < want * 1.05 + 1);
	}
	bool few[6] = { false, true, true, true, false, false };
	uint8_t key[32] = { 9 };
	assert_int_equal(plan_fill(key, t, 6, few, 4, out), ERR_ARG);
	assert_int_equal(plan_fill(key, t, 6, few, 0, out), 0);
	assert_int_equal(plan_fill(key, t, 6, few, 3, out), 0); /* all that are left */
	assert_true(few[0] && few[4] && few[5]);
}

/* Each of the two shares, the beacon and the table move the key. */
static void
test_key(void **arg)
{
	uint8_t a[32] = { 1 }, b[32] = { 2 }, t[32] = { 3 }, key[6][32];

	(void)arg;
	assert_int_equal(plan_draw_key(key[0], a, b, "", t), 0);
	assert_int_equal(plan_draw_key(key[1], b, a, "", t), 0);
	assert_int_equal(plan_draw_key(key[2], a, a, "", t), 0);
	assert_int_equal(plan_draw_key(key[3], b, b, "", t), 0);
	assert_int_equal(plan_draw_key(key[4], a, b, "7", t), 0);
	t[31] = 1;
	assert_int_equal(plan_draw_key(key[5], a, b, "", t), 0);
	for (size_t i = 0; i < 6; i++)
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(key[i], key[k], 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),   cmocka_unit_test(test_stream),
		cmocka_unit_test(test_below),     cmocka_unit_test(test_table),
		cmocka_unit_test(test_no_draw),   cmocka_unit_test(test_hours),
		cmocka_unit_test(test_outside),   cmocka_unit_test(test_people),
		cmocka_unit_test(test_companion), cmocka_unit_test(test_fill),
		cmocka_unit_test(test_key),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
