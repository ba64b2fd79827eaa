/* The chance of an overlap against counts made by hand, and against a count of all cases. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/rules/overlap.h"

static void
near(double got, double want)
{
	if (fabs(got - want) > 1e-12)
		fail_msg("%.15f instead of %.15f", got, want);
}

static void
test_by_hand(void **state)
{
	(void)state;
	near(overlap_chance(10, 3, 3, 3), 1.0 / 120);
	near(overlap_chance(20, 5, 8, 4), 896.0 / 15504);
	near(overlap_chance(10, 3, 10, 3), 1); /* who reads everything is no clue */
	near(overlap_chance(10, 0, 4, 0), 1);
	near(overlap_chance(5, 6, 2, 1), 1);
	near(overlap_chance(5, 2, 2, 3), 1);
}

static unsigned
bits(unsigned x)
{
	unsigned n = 0;

	for (; x; x >>= 1)
		n += x & 1;
	return n;
}

/* Of all ways to take `had` of 11, how many hold at least `both` of the first `marked`. */
static void
test_all_ways(void **state)
{
	unsigned marked, had, both, set;

	(void)state;
	for (marked = 0; marked <= 11; marked++)
		for (had = 0; had <= 11; had++)
			for (both = 0; both <= marked && both <= had; both++) {
				unsigned all = 0, hit = 0;

				for (set = 0; set < 1u << 11; set++) {
					if (bits(set) != had)
						continue;
					all++;
					hit += bits(set & ((1u << marked) - 1)) >= both;
				}
				near(overlap_chance(11, marked, had, both), (double)hit / all);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_all_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
