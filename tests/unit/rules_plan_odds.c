/* From chances to odds, and whether draws keep to them. All seeds are fixed, so a run that passes
 * passes always; the bounds are five standard deviations, or the 99.9 % point. Statistics are shown
 * a wrong draw as well, which they must refuse. PLAN_LONG=1 runs more of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/odds.h"
#include "admin-cli/plan/register.h"
#include "crypto/err.h"

#define MOST 5000

static bool
longer(void)
{
	return getenv("PLAN_LONG") != NULL;
}

static struct plan_stream rng;

static void
seed(unsigned no)
{
	uint8_t key[32] = { 'o', (uint8_t)no, (uint8_t)(no >> 8) };

	plan_stream_init(&rng, key);
}

static double
uniform(void)
{
	return (double)(plan_u64(&rng) >> 11) / (double)PLAN_ONE;
}

/* Weights from e^-far to e^far. */
static void
weights(double *w, size_t n, double far)
{
	for (size_t i = 0; i < n; i++)
		w[i] = exp(far * (2 * uniform() - 1));
}

static double
distance(const double *a, const double *b, size_t n)
{
	double far = 0;

	for (size_t i = 0; i < n; i++)
		far = fmax(far, fabs(a[i] - b[i]));
	return far;
}

static void
fit(double *q, double *p, size_t n, size_t m, double far, unsigned *rounds)
{
	static double w[MOST], pi[MOST];
	double sum = 0;

	weights(w, n, far);
	assert_int_equal(plan_chances(p, w, n, m, PLAN_LEAST), 0);
	for (size_t i = 0; i < n; i++) {
		assert_true(p[i] > 0 && p[i] <= PLAN_MOST + 1e-12);
		sum += p[i];
	}
	assert_true(fabs(sum - (double)m) < 1e-9);
	assert_int_equal(plan_odds(q, p, n, m, rounds), 0);
	assert_int_equal(plan_odds_chances(pi, q, n, m), 0);
	assert_true(distance(pi, p, n) < 1e-9);
}

/* Chances by counting all sets: nothing in common with odds.c. */
static void
count(double *pi, double *entropy, const double *q, unsigned n, unsigned m)
{
	double whole = 0, log_sum = 0;

	memset(pi, 0, n * sizeof(*pi));
	for (unsigned set = 0; set < 1u << n; set++) {
		double p = 1;
		if ((unsigned)__builtin_popcount(set) != m)
			continue;
		for (unsigned i = 0; i < n; i++)
			p *= set >> i & 1 ? q[i] : 1 - q[i];
		whole += p;
		log_sum += p * log(p);
		for (unsigned i = 0; i < n; i++)
			pi[i] += set >> i & 1 ? p : 0;
	}
	for (unsigned i = 0; i < n; i++)
		pi[i] /= whole;
	*entropy = log(whole) - log_sum / whole;
}

static void
test_counted(void **arg)
{
	double p[12], q[12], pi[12], h;

	(void)arg;
	seed(1);
	for (unsigned n = 2; n <= 12; n++)
		for (unsigned m = 1; m <= 0.9 * n; m++) {
			fit(q, p, n, m, 2, NULL);
			count(pi, &h, q, n, m);
			assert_true(distance(pi, p, n) < 1e-9);
		}
}

/* Registers of all shapes, also those that cut most chances off. */
static void
test_odd_registers(void **arg)
{
	double p[80], q[80];
	unsigned most = 0, all = longer() ? 17485 : 3000;

	(void)arg;
	seed(2);
	for (unsigned i = 0; i < all; i++) {
		size_t n = 2 + (size_t)plan_below(&rng, 79);
		size_t m = 1 + (size_t)plan_below(&rng, (uint64_t)(PLAN_MOST * (double)n));
		unsigned rounds;
		fit(q, p, n, m, 3 * uniform(), &rounds);
		most = rounds > most ? rounds : most;
	}
	print_message("# %u registers, at most %u rounds\n", all, most);
	assert_true(most <= 60);
}

/* Nearly every site is visited: the chances go to the cap, and one more visit is refused. */
static void
test_nearly_all(void **arg)
{
	static double p[1000], q[1000], w[1000];
	static const size_t sizes[] = { 2, 3, 9, 10, 11, 20, 99, 100, 1000 };

	(void)arg;
	seed(3);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t n = sizes[i], m = (size_t)(PLAN_MOST * (double)n);
		fit(q, p, n, m, 3, NULL);
		weights(w, n, 1);
		assert_int_equal(plan_chances(p, w, n, m + 1, PLAN_LEAST), ERR_ARG);
		assert_int_equal(plan_chances(p, w, n, n, PLAN_LEAST), ERR_ARG);
		assert_int_equal(plan_chances(p, w, n, 0, PLAN_LEAST), ERR_ARG);
	}
	assert_int_equal(plan_chances(p, w, 1, 1, PLAN_LEAST), ERR_ARG);
	assert_int_equal(plan_chances(p, w, 0, 1, PLAN_LEAST), ERR_ARG);
}

/* Where the recursion that subtracts breaks down: a third or half of the sites. */
static void
test_where_others_break(void **arg)
{
	static double p[MOST], q[MOST];
	unsigned rounds;

	(void)arg;
	seed(4);
	fit(q, p, 100, 50, 2, &rounds);
	assert_true(rounds <= 12);
	fit(q, p, 5000, 1500, 2, &rounds);
	assert_true(rounds <= 12);
	fit(q, p, 5000, 4500, 2, &rounds);
	fit(q, p, 5000, 1, 2, &rounds);
	fit(q, p, 5000, 200, 2, &rounds);
	assert_true(rounds <= 6);
}

static void
test_bad_arguments(void **arg)
{
	double p[3] = { 0.5, 0.5, 1 }, q[3], short_sum[3] = { 0.5, 0.5, 0.5 };

	(void)arg;
	assert_int_equal(plan_odds(q, p, 3, 2, NULL), ERR_ARG);
	assert_int_equal(plan_odds(q, short_sum, 3, 2, NULL), ERR_ARG);
	assert_int_equal(plan_odds(q, short_sum, 0, 1, NULL), ERR_ARG);
	assert_int_equal(plan_odds_chances(q, p, 3, 2), ERR_ARG);
	assert_int_equal(plan_odds_chances(q, short_sum, 3, 3), ERR_ARG);
	assert_int_equal(plan_odds_chances(q, short_sum, 3, 0), ERR_ARG);
}

/* Nobody is safe, nobody is sure: smallest and largest chance; half an equal share where there are
 * too many sites for the policy. */
static void
test_least(void **arg)
{
	static double p[MOST], w[MOST];

	(void)arg;
	for (size_t i = 0; i < MOST; i++)
		w[i] = i ? 1 : 1e-9;
	assert_int_equal(plan_chances(p, w, MOST, 40, PLAN_LEAST), 0);
	assert_true(fabs(p[0] - 40.0 / (2 * MOST)) < 1e-9);
	assert_int_equal(plan_chances(p, w, 100, 40, PLAN_LEAST), 0);
	assert_true(fabs(p[0] - PLAN_LEAST) < 1e-9);
	w[0] = 1e9;
	assert_int_equal(plan_chances(p, w, 100, 40, PLAN_LEAST), 0);
	assert_true(fabs(p[0] - PLAN_MOST) < 1e-12);
	assert_true(fabs(p[1] - (40 - PLAN_MOST) / 99) < 1e-9);
	w[5] = 0;
	assert_int_equal(plan_chances(p, w, 100, 40, PLAN_LEAST), ERR_ARG);
}

/* Σz²/n of many draws by these coins against these chances. */
static double
statistic(const double *q, const double *p, size_t n, size_t m, unsigned draws, unsigned no)
{
	static uint64_t t[MOST];
	static unsigned cnt[MOST];
	static uint32_t list[MOST];
	uint8_t key[32] = { 'z', (uint8_t)no, (uint8_t)(no >> 8) };
	struct plan_stream s;
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		t[i] = plan_threshold(q[i]);
	memset(cnt, 0, sizeof(cnt));
	plan_stream_init(&s, key);
	for (unsigned d = 0; d < draws; d++) {
		assert_int_equal(plan_draw(&s, t, n, m, list, NULL), 0);
		for (size_t k = 0; k < m; k++) {
			assert_true(list[k] < n && (!k || list[k] > list[k - 1]));
			cnt[list[k]]++;
		}
	}
	for (size_t i = 0; i < n; i++) {
		double mean = draws * p[i];
		sum += (cnt[i] - mean) * (cnt[i] - mean) / (mean * (1 - p[i]));
	}
	return sum / (double)n;
}

static void
test_draws_keep_chances(void **arg)
{
	static const struct {
		size_t n, m;
		unsigned runs;
	} list[] = { { 20, 4, 20 }, { 20, 15, 20 }, { 60, 12, 20 }, { 300, 40, 5 } };
	static double p[300], q[300];

	(void)arg;
	seed(5);
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		size_t n = list[i].n;
		double bound = 5 * sqrt(2 / (double)n), mean = 0;
		unsigned runs = longer() ? 300 : list[i].runs;
		for (unsigned run = 0; run < runs; run++) {
			fit(q, p, n, list[i].m, 1, NULL);
			double z = statistic(q, p, n, list[i].m, 2000, 100 * (unsigned)i + run);
			assert_true(fabs(z - 1) < bound);
			mean += z / runs;
		}
		print_message("# n %zu m %zu: mean %.3f of %u runs\n", n, list[i].m, mean, runs);
		assert_true(fabs(mean - 1) < bound / sqrt(runs) + 0.1);
	}
	/* The chances themselves as coins: the error that a planner would make. */
	fit(q, p, 20, 10, 2, NULL);
	assert_true(fabs(statistic(q, p, 20, 10, 20000, 9) - 1) < 5 * sqrt(2.0 / 20));
	assert_true(statistic(p, p, 20, 10, 20000, 9) > 2 + 10 * sqrt(2.0 / 20));
}

static void
test_large(void **arg)
{
	static double p[MOST], q[MOST];
	unsigned draws = longer() ? 20000 : 300;

	(void)arg;
	seed(6);
	fit(q, p, 5000, 200, 1, NULL);
	double z = statistic(q, p, 5000, 200, draws, 1);
	print_message("# 5,000 sites, 200 visits, %u draws: %.3f\n", draws, z);
	assert_true(fabs(z - 1) < 5 * sqrt(2.0 / 5000));
}

/* The fifteen sets of two of six: χ² with 14 degrees; its 99.9 % point is 36.1. */
static double
sets(const uint64_t *t, const double *q, unsigned draws, unsigned no)
{
	unsigned cnt[36] = { 0 };
	uint8_t key[32] = { 's', (uint8_t)no };
	struct plan_stream s;
	uint32_t two[2];
	double whole = 0, chi = 0;

	plan_stream_init(&s, key);
	for (unsigned d = 0; d < draws; d++) {
		assert_int_equal(plan_draw(&s, t, 6, 2, two, NULL), 0);
		cnt[6 * two[0] + two[1]]++;
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t a = 0; a < 6; a++)
			for (size_t b = a + 1; b < 6; b++) {
				double w = q[a] / (1 - q[a]) * q[b] / (1 - q[b]);
				double want = pass ? draws * w / whole : 0;
				double off = cnt[6 * a + b] - want;
				if (pass)
					chi += off * off / want;
				else
					whole += w;
			}
	return chi;
}

static void
test_sets(void **arg)
{
	const double p[6] = { 0.1, 0.2, 0.3, 0.35, 0.45, 0.6 };
	double q[6];
	uint64_t t[6];
	unsigned draws = longer() ? 1000000 : 300000;

	(void)arg;
	assert_int_equal(plan_odds(q, p, 6, 2, NULL), 0);
	for (size_t i = 0; i < 6; i++)
		t[i] = plan_threshold(q[i]);
	for (unsigned no = 0; no < 3; no++) {
		double chi = sets(t, q, draws, no);
		print_message("# sets: chi-squared %.1f\n", chi);
		assert_true(chi < 36.1);
	}
	t[2] += t[2] / 20; /* a coin that is 5 % off is seen */
	assert_true(sets(t, q, draws, 0) > 36.1);
}

/* Of all designs with these chances and this size, this one has the highest entropy: it is
 * ln e_m(w) - Σ p ln w, and moving weight between sets without changing a chance lowers it. */
static void
test_entropy(void **arg)
{
	const double p[6] = { 0.1, 0.2, 0.3, 0.35, 0.45, 0.6 };
	double q[6], pi[6], h, e2 = 0, formula = 0, set[6][6], moved = 0;

	(void)arg;
	assert_int_equal(plan_odds(q, p, 6, 2, NULL), 0);
	count(pi, &h, q, 6, 2);
	for (size_t a = 0; a < 6; a++) {
		formula -= p[a] * log(q[a] / (1 - q[a]));
		for (size_t b = a + 1; b < 6; b++)
			e2 += set[a][b] = q[a] / (1 - q[a]) * q[b] / (1 - q[b]);
	}
	assert_true(fabs(h - formula - log(e2)) < 1e-8);
	/* {0,1} and {2,3} gain what {0,2} and {1,3} lose. */
	for (size_t a = 0; a < 6; a++)
		for (size_t b = a + 1; b < 6; b++)
			set[a][b] /= e2;
	set[0][1] += 0.003;
	set[2][3] += 0.003;
	set[0][2] -= 0.003;
	set[1][3] -= 0.003;
	for (size_t a = 0; a < 6; a++)
		for (size_t b = a + 1; b < 6; b++)
			moved -= set[a][b] * log(set[a][b]);
	assert_true(moved < h);
}

/* Somebody learns that one site is on the list: no other site becomes safe, and the chance of each
 * moves by little. */
static void
test_one_is_leaked(void **arg)
{
	static const struct {
		size_t n, m;
		double most;
	} list[] = { { 300, 40, 0.04 }, { 60, 12, 0.12 }, { 20, 4, 0.35 } };
	static double p[300], q[300], rest[300], pi[300];

	(void)arg;
	seed(7);
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		size_t n = list[i].n, leaked = n / 2;
		fit(q, p, n, list[i].m, 0.5, NULL);
		for (size_t k = 0, to = 0; k < n; k++)
			if (k != leaked)
				rest[to++] = q[k];
		assert_int_equal(plan_odds_chances(pi, rest, n - 1, list[i].m - 1), 0);
		for (size_t k = 0, to = 0; k < n; k++) {
			if (k == leaked)
				continue;
			assert_true(pi[to] > 0.5 * p[k]);
			assert_true(fabs(pi[to++] / p[k] - 1) < list[i].most);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_odd_registers),
		cmocka_unit_test(test_nearly_all),
		cmocka_unit_test(test_where_others_break),
		cmocka_unit_test(test_bad_arguments),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_draws_keep_chances),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_entropy),
		cmocka_unit_test(test_one_is_leaked),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
