/* Stops by person: three within a quarter raise the flag, two do not, nor do three spread wider. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "admin-cli/rules/stops.h"

static struct stops_flag *flag;
static size_t cnt;

/* A stop by one, or by two where the second is not 0. */
static struct stops_stop
stop(uint32_t day, uint8_t one, uint8_t two)
{
	struct stops_stop s = { .day = day, .cnt = two ? 2 : 1, .desk = { 7, 4 } };

	s.handle[0][0] = one;
	s.handle[1][0] = two;
	return s;
}

static void
find(const struct stops_stop *list, size_t n, uint32_t since)
{
	free(flag);
	assert_int_equal(stops_find(&flag, &cnt, list, n, since), 0);
}

static void
test_three_in_a_quarter(void **state)
{
	const struct stops_stop list[] = { stop(1090, 1, 0), stop(1000, 1, 0), stop(1050, 1, 0) };

	(void)state;
	find(list, 2, 0);
	assert_int_equal(cnt, 0);
	find(list, 3, 0);
	assert_int_equal(cnt, 1);
	assert_int_equal(flag[0].handle[0], 1);
	assert_int_equal(flag[0].desk, 7);
	assert_int_equal(flag[0].cnt, 3);
	assert_int_equal(flag[0].day, 1090);
}

static void
test_a_day_more_is_no_quarter(void **state)
{
	const struct stops_stop list[] = { stop(1000, 1, 0), stop(1050, 1, 0), stop(1091, 1, 0) };

	(void)state;
	find(list, 3, 0);
	assert_int_equal(cnt, 0);
}

static void
test_stops_of_several_are_not_added(void **state)
{
	const struct stops_stop list[] = { stop(1000, 1, 0), stop(1000, 2, 0), stop(1000, 3, 0),
					   stop(1001, 1, 0), stop(1001, 2, 0) };

	(void)state;
	find(list, 5, 0);
	assert_int_equal(cnt, 0);
}

/* Each signature under a stop of two counts: two who cancel for one another do not hide. */
static void
test_each_hand_counts(void **state)
{
	const struct stops_stop list[] = { stop(1000, 1, 9), stop(1001, 2, 9), stop(1002, 9, 3) };

	(void)state;
	find(list, 3, 0);
	assert_int_equal(cnt, 1);
	assert_int_equal(flag[0].handle[0], 9);
	assert_int_equal(flag[0].cnt, 3);
}

static void
test_the_most_within_a_quarter(void **state)
{
	struct stops_stop list[10];

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		list[i] = stop(1000 + i * 30, 1, 0);
	find(list, 10, 0);
	assert_int_equal(flag[0].cnt, 4); /* days 0, 30, 60, 90 */
	assert_int_equal(flag[0].day, 1270);
	find(list, 10, 1240);
	assert_int_equal(cnt, 0);
}

static int
end(void **state)
{
	(void)state;
	free(flag);
	flag = NULL;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_in_a_quarter),
		cmocka_unit_test(test_a_day_more_is_no_quarter),
		cmocka_unit_test(test_stops_of_several_are_not_added),
		cmocka_unit_test(test_each_hand_counts),
		cmocka_unit_test(test_the_most_within_a_quarter),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
