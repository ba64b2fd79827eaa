/*
 * Twenty years of an inspection desk with one tip a week: how long it takes from the decision to
 * the visit, against the clocks of on-site visits (S1 a day, S2 seven days, S3 thirty, S4 ninety),
 * and how many visits there are. The figures are printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/plan_year.h"

#define YEARS  20
#define VISITS 22 /* a month: five a week */

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Days from the decision to the departure of one severity; returns within how many 95 % are. */
static double
times(const struct year *y, unsigned severity, unsigned clock)
{
	double *list = calloc(y->tips + 1, sizeof(*list)), sum = 0, most;
	size_t cnt = 0, late = 0;

	assert_non_null(list);
	for (size_t i = 0; i < y->tips; i++) {
		const struct year_tip *t = &y->tip[i];
		if (t->severity != severity)
			continue;
		if (!t->depart)
			fail_msg("a tip of S%u was never visited", severity);
		list[cnt] = (t->depart - t->decided) / 24.0;
		late += list[cnt] > clock;
		sum += list[cnt++];
	}
	assert_true(cnt > 20);
	qsort(list, cnt, sizeof(*list), by_value);
	most = list[cnt * 95 / 100];
	printf("# S%u: %zu tips, days to the visit: mean %.2f, 95 %% within %.2f, worst %.2f; after %u "
	       "days: %zu\n",
	       severity, cnt, sum / (double)cnt, most, list[cnt - 1], clock, late);
	assert_true(severity <= 2 || !late);
	free(list);
	return most;
}

static void
clocks(void **state)
{
	struct year y;
	(void)state;
	year_run(&y, YEARS, 1, VISITS);
	assert_true(times(&y, 1, 1) <= 1);
	assert_true(times(&y, 2, 7) <= 8);
	assert_true(times(&y, 3, 30) <= 8.5);
	assert_true(times(&y, 4, 90) <= 8.5);
	size_t s2 = 0, late = 0, rides = 0;
	for (size_t i = 0; i < y.tips; i++) {
		s2 += y.tip[i].severity == 2;
		late += y.tip[i].severity == 2 && y.tip[i].depart - y.tip[i].decided > 7 * 24;
		rides += y.tip[i].rides;
	}
	printf("# %zu tips, of which %zu rode on a drawn visit; %u had to wait for the next plan\n",
	       y.tips, rides, y.without);
	/* Those few of S2 go to another desk's slot, or by the pattern of S1. */
	assert_true(late * 100 <= s2 * 9);
	year_free(&y);
}

/* Thirteen drawn visits and nine or more others in a month, whatever comes, one of them a drill; a
 * need that takes a stand-by slot is one more. */
static void
numbers(void **state)
{
	struct year y;
	size_t cnt[4] = { 0 }, drills = 0;
	(void)state;
	year_run(&y, YEARS, 1, VISITS);
	for (size_t i = 0; i < y.orders; i++) {
		cnt[y.order[i].filling]++;
		drills += y.order[i].drill;
	}
	size_t months = cnt[SLOT_DRAWN] / 13, others = cnt[SLOT_NEED] + cnt[SLOT_PRIVATE];
	printf("# %zu orders: drawn %zu, for tips %zu, private %zu, stand-by %zu; drills %zu\n",
	       y.orders, cnt[SLOT_DRAWN], cnt[SLOT_NEED], cnt[SLOT_PRIVATE], cnt[SLOT_STANDBY],
	       drills);
	assert_int_equal(cnt[SLOT_DRAWN], 13 * months);
	assert_int_equal(y.orders, 31 * months);
	assert_int_equal(drills, months);
	assert_true(others >= 9 * months && others <= 13 * months);
	year_free(&y);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks),
		cmocka_unit_test(numbers),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
