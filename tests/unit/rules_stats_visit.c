/* Figures of visits: what became of each order, which shares are told, and what stays hidden. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "admin-cli/rules/stats_visit.h"
#include "crypto/order.h"

#define NOW (20000u * 24)

static struct stats_visit list[64];
static struct stats_visits out;
static struct stats_wanted w = { .from = 19000, .to = 20000 };

static void
run(size_t cnt)
{
	assert_int_equal(stats_visits_run(&out, &w, list, cnt, NOW), 0);
}

static int
start(void **state)
{
	(void)state;
	memset(list, 0, sizeof(list));
	for (size_t i = 0; i < 64; i++)
		list[i] = (struct stats_visit){ .desk = 7,
						.hour0 = NOW - 1000,
						.arrived = NOW - 960 };
	w = (struct stats_wanted){ .from = 19000, .to = 20000 };
	return 0;
}

static void
test_end(void **state)
{
	struct stats_visit v = { .hour0 = NOW };

	(void)state;
	assert_int_equal(stats_visit_end(&v, NOW + ORDER_OVER_HOURS), STATS_AHEAD);
	assert_int_equal(stats_visit_end(&v, NOW + ORDER_OVER_HOURS + 1), STATS_LAPSED);
	v.arrived = NOW + 30;
	assert_int_equal(stats_visit_end(&v, NOW + 500), STATS_VISITED);
	/* who went and then broke it off has stopped it; a stop counts once */
	v.ended = STATS_ABORTED_TL;
	assert_int_equal(stats_visit_end(&v, NOW + 500), STATS_ABORTED_TL);
}

static void
test_ends_are_counted_and_small_ones_hidden(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++)
		list[i].arrived = 0, list[i].ended = STATS_STOOD_BY;
	for (size_t i = 10; i < 13; i++)
		list[i].ended = STATS_COMPROMISED_SR;
	run(60);
	assert_int_equal(out.total.cnt, 60);
	assert_int_equal(out.end.row[STATS_VISITED].cnt, 47);
	assert_int_equal(out.end.row[STATS_COMPROMISED_SR].shown, STATS_LESS);
	/* nor is it told by what nobody has done: each row is there, and none is zero */
	assert_int_equal(out.end.row[STATS_LAPSED].shown, STATS_LESS);
	for (size_t i = 0; i < STATS_ENDS; i++)
		if (out.end.row[i].shown != STATS_SHOWN)
			assert_int_equal(out.end.row[i].cnt, 0);
	/* and not by subtraction: with the shown ones, three stops could be any of nine rows */
	unsigned shown = 0;
	for (size_t i = 0; i < STATS_ENDS; i++)
		shown += out.end.row[i].cnt;
	assert_true(out.total.cnt - shown == 3 || out.total.cnt - shown >= 9);
}

/* One stop more or less than none must not show anywhere. */
static void
test_one_stop_is_not_told_from_none(void **state)
{
	struct stats_visits none;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		list[i].arrived = 0; /* lapsed */
	run(40);
	none = out;
	list[20].ended = STATS_ABORTED_TL;
	list[21].ended = STATS_ABORTED_TL;
	run(42);
	for (size_t i = 0; i < STATS_ENDS; i++)
		if (i != STATS_VISITED)
			assert_memory_equal(&out.end.row[i], &none.end.row[i],
					    sizeof(out.end.row[i]));
}

static void
test_few_orders_tell_nothing(void **state)
{
	(void)state;
	run(4);
	assert_int_equal(out.total.shown, STATS_LESS);
	assert_true(out.end.withheld);
	assert_int_equal(out.rate[STATS_OUTSIDE].kind, STATS_RATE_NONE);
}

static void
test_period_and_desk(void **state)
{
	(void)state;
	list[0].hour0 = 18999 * 24 + 23;
	list[1].desk = 9;
	w.desk = 7;
	run(20);
	assert_int_equal(out.total.cnt, 18);
}

/* What did not take place is outside of nothing: only who arrived counts. */
static void
test_outside_of_visits_that_took_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < 20; i++)
		list[i].outside = i < 8;
	for (size_t i = 20; i < 40; i++) {
		list[i].arrived = 0;
		list[i].outside = true;
	}
	run(40);
	assert_int_equal(out.rate[STATS_OUTSIDE].kind, STATS_RATE_ABOUT);
	assert_int_equal(out.rate[STATS_OUTSIDE].percent, 40);
	assert_int_equal(out.rate[STATS_ANOMALY].kind, STATS_RATE_TO);
}

static void
test_findings(void **state)
{
	uint32_t today = NOW / 24;

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		list[i].passed = 1;
		list[i].failed = i < 6;
		list[i].looked_back = 1;
		list[i].found_again = i < 6;
		list[i].cnt = 2;
		list[i].found[0] = (struct stats_found){ .found = today - 40,
							 .struck = today - 30,
							 .deadline = today - 35 };
		/* six wait until yesterday, six until today, which is not late */
		list[i].found[1] = (struct stats_found){ .found = today - 40,
							 .deadline = i < 6 ? today - 1 : today,
							 .waits = true };
	}
	run(12);
	assert_int_equal(out.rate[STATS_PASSED].percent, 65); /* 12 of 18 */
	assert_int_equal(out.rate[STATS_OVERDUE].kind, STATS_RATE_ABOUT);
	assert_int_equal(out.rate[STATS_OVERDUE].percent, 25); /* 6 of 24 */
	assert_int_equal(out.rate[STATS_LOOK_BACK].percent, 50);
	assert_int_equal(out.struck, STATS_BAND_15); /* 10 days */
	for (size_t i = 0; i < 12; i++)
		list[i].found[0].struck = i < 4 ? today : 0;
	run(12);
	assert_int_equal(out.struck, STATS_BAND_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_end, start),
		cmocka_unit_test_setup(test_ends_are_counted_and_small_ones_hidden, start),
		cmocka_unit_test_setup(test_one_stop_is_not_told_from_none, start),
		cmocka_unit_test_setup(test_few_orders_tell_nothing, start),
		cmocka_unit_test_setup(test_period_and_desk, start),
		cmocka_unit_test_setup(test_outside_of_visits_that_took_place, start),
		cmocka_unit_test_setup(test_findings, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
