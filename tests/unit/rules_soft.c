/* When earlier visits that found nothing are looked into: how many, whose, how long ago, where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/rules/soft.h"

#define NOW 20000

static void
test_soft(void **state)
{
	struct soft_visit v[] = {
		{ "pit 9", 7, NOW, true, 1 },      { "pit 9", 7, NOW - 730, true, 0 },
		{ "pit 9", 7, NOW - 10, true, 0 }, { "pit 9", 8, NOW - 20, true, 0 },
		{ "pit 3", 8, NOW - 20, true, 0 }, { "pit 9", 7, NOW - 731, true, 0 },
		{ "pit 9", 7, NOW + 1, true, 0 },
	};
	size_t out[SOFT_MOST], cnt = sizeof(v) / sizeof(*v);

	(void)state;
	assert_int_equal(soft_find(out, v, cnt, 0), 2);
	assert_int_equal(out[0], 2); /* the newest first */
	assert_int_equal(out[1], 1);
	v[1].day--; /* one day beyond two years */
	assert_int_equal(soft_find(out, v, cnt, 0), 0);
	v[1].day++;
	v[1].found = 1; /* that visit found something */
	assert_int_equal(soft_find(out, v, cnt, 0), 0);
	v[1].found = 0;
	v[1].over = false; /* it is not written down yet */
	assert_int_equal(soft_find(out, v, cnt, 0), 0);
	v[1].over = true;
	v[1].unit = 8; /* two of another unit */
	assert_int_equal(soft_find(out, v, cnt, 0), 2);
	assert_int_equal(v[out[0]].unit, 8);
	v[0].site = v[1].site = v[2].site = v[3].site = ""; /* nobody said where */
	assert_int_equal(soft_find(out, v, cnt, 0), 0);
}

/* Many visits are no reason to write past the end. */
static void
test_many(void **state)
{
	struct soft_visit v[64];
	size_t out[SOFT_MOST], i;

	(void)state;
	for (i = 0; i < 64; i++)
		v[i] = (struct soft_visit){ "pit", 7, NOW - (uint32_t)i, true, 0 };
	assert_int_equal(soft_find(out, v, 64, 0), SOFT_MOST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_soft),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
