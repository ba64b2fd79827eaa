/* The grade of an accident and the 24 months before it, at their boundaries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "admin-cli/rules/accident.h"
#include "crypto/text.h"

static void
grades(void **state)
{
	(void)state;
	assert_int_equal(accident_grade(0, 0), ACCIDENT_ORDINARY);
	assert_int_equal(accident_grade(2, 9), ACCIDENT_ORDINARY);
	assert_int_equal(accident_grade(3, 0), ACCIDENT_LARGER);
	assert_int_equal(accident_grade(0, 10), ACCIDENT_LARGER);
	assert_int_equal(accident_grade(9, 49), ACCIDENT_LARGER);
	assert_int_equal(accident_grade(10, 0), ACCIDENT_MAJOR);
	assert_int_equal(accident_grade(1, 50), ACCIDENT_MAJOR);
	assert_int_equal(accident_grade(29, 99), ACCIDENT_MAJOR);
	assert_int_equal(accident_grade(30, 0), ACCIDENT_GRAVEST);
	assert_int_equal(accident_grade(0, 100), ACCIDENT_GRAVEST);
}

static uint32_t
day(const char *text)
{
	uint32_t d;

	assert_int_equal(text_day(&d, text, strlen(text)), 0);
	return d;
}

static void
two_years(void **state)
{
	uint32_t on = day("2026-11-16");

	(void)state;
	assert_true(accident_looks_back(on, on));
	assert_false(accident_looks_back(on, on + 1));
	assert_true(accident_looks_back(on, day("2024-11-16")));
	assert_false(accident_looks_back(on, day("2024-11-15")));
	/* Over the 29th of February. */
	assert_true(accident_looks_back(day("2026-02-28"), day("2024-02-29")));
	assert_true(accident_looks_back(day("2026-02-28"), day("2024-02-28")));
	assert_false(accident_looks_back(day("2026-02-28"), day("2024-02-27")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grades),
		cmocka_unit_test(two_years),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
