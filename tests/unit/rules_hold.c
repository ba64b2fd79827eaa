/* A reply becomes visible late, and still before the clock of its case has run out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/rules/hold.h"

#define HOUR 480007u /* 07:00 of some day */

/* For every minute of an urgent case's two hours, which the gateway counts from the minute and
 * rounds up, there is an hour to draw, and all lie inside. */
static void
test_urgent(void **arg)
{
	uint32_t begun, later;

	(void)arg;
	for (begun = 0; begun < 60; begun++)
		for (later = 0; later < 120; later++) {
			uint32_t due = HOUR + (begun + 120 + 59) / 60, now = begun + later;
			struct hold_hours h;
			uint32_t n;

			hold_range(&h, HOUR + now / 60, HOLD_URGENT, due);
			for (n = 0; n < hold_cnt(&h); n++) {
				uint32_t hour = hold_hour(&h, n);

				assert_true(hour < due);
				if (hour)
					assert_true((hour - HOUR) * 60 > now);
			}
		}
}

static void
test_rest(void **arg)
{
	struct hold_hours h;
	uint32_t n, due;

	(void)arg;
	hold_range(&h, HOUR, HOLD_URGENT, 0); /* no clock: 2 to 12 hours after the next full one */
	assert_int_equal(h.first, HOUR + 3);
	assert_int_equal(h.last, HOUR + 13);
	assert_int_equal(hold_cnt(&h), 11);
	hold_range(&h, HOUR, HOLD_URGENT, HOUR); /* already out: nothing is gained by hurrying */
	assert_int_equal(h.first, HOUR + 3);
	hold_range(&h, HOUR, HOLD_USUAL, 0);
	assert_int_equal(h.first % 24, 0);
	assert_true(h.first >= HOUR + 7 && h.last <= HOUR + 73 && hold_cnt(&h) == 3);
	for (due = HOUR + 1; due < HOUR + 200; due++) {
		hold_range(&h, HOUR, HOLD_USUAL, due);
		for (n = 0; n < hold_cnt(&h); n++)
			assert_true(hold_hour(&h, n) < due);
		assert_true(due <= HOUR + 1 || h.first > HOUR);
	}
}

/* A result shows three to ten days later, at the beginning of a day, urgent or not; only a clock
 * that would run out before brings it forward. */
static void
test_done(void **arg)
{
	struct hold_hours h;
	uint32_t n, hour;

	(void)arg;
	for (hour = HOUR; hour < HOUR + 24; hour++) {
		hold_range(&h, hour, HOLD_DONE, 0);
		assert_true(hold_cnt(&h) >= 7);
		for (n = 0; n < hold_cnt(&h); n++) {
			assert_int_equal(hold_hour(&h, n) % 24, 0);
			assert_in_range(hold_hour(&h, n), hour + 72, hour + 241);
		}
	}
	hold_range(&h, HOUR, HOLD_DONE, HOUR + 100);
	assert_true(h.first >= HOUR + 72 && hold_hour(&h, hold_cnt(&h) - 1) < HOUR + 100);
	hold_range(&h, HOUR, HOLD_DONE, HOUR + 30);
	assert_true(hold_hour(&h, hold_cnt(&h) - 1) < HOUR + 30);
}

/* The beat has two hours a day, whatever comes; a need is taken in the first round two hours behind
 * it, and reported after fourteen days. */
static void
test_beat(void **arg)
{
	static const struct {
		enum hold_beat beat;
		uint32_t hour, last, next; /* since the beginning of a day */
	} rows[] = {
		{ HOLD_POST, 24, 6, 25 },   { HOLD_POST, 25, 25, 30 },  { HOLD_POST, 29, 25, 30 },
		{ HOLD_POST, 30, 30, 49 },  { HOLD_POST, 47, 30, 49 },  { HOLD_ROUND, 26, 8, 27 },
		{ HOLD_ROUND, 27, 27, 32 }, { HOLD_ROUND, 32, 32, 51 },
	};
	uint8_t id[16] = { 0 };
	size_t late[3] = { 0 };

	(void)arg;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint32_t day = 20000 * 24;
		assert_int_equal(hold_beat_last(rows[i].beat, day + rows[i].hour),
				 day + rows[i].last);
		assert_int_equal(hold_beat_next(rows[i].beat, day + rows[i].hour),
				 day + rows[i].next);
	}
	assert_int_equal(hold_take(25, 0), 27); /* the post of the morning in its round */
	assert_int_equal(hold_take(26, 0), 32);
	assert_int_equal(hold_take(30, 0), 32);
	assert_int_equal(hold_take(31, 0), 51);
	assert_int_equal(hold_take(25, 2), 51);
	assert_int_equal(hold_report(25), 27 + 14 * 24);
	for (unsigned i = 0; i < 256; i++) {
		id[1] = (uint8_t)i;
		late[hold_late(id)]++;
	}
	assert_int_equal(late[0], 64);
	assert_int_equal(late[1], 128);
	assert_int_equal(late[2], 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urgent),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_beat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
