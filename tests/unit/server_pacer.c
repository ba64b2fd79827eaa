/* Answers leave on the step, whatever the machine needs; a small difference between two kinds of
 * requests is none for who waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/face/pacer.h"

/* Some answers, each after `took`; how long the last is away in all. */
static uint64_t
away(struct pacer *e, unsigned cnt, uint64_t took)
{
	uint64_t hold = 0;
	for (unsigned i = 0; i < cnt; i++) {
		uint64_t step = e->step ? e->step : PACER_STEP_MIN;
		hold = pacer_hold(e, took);
		assert_true(hold > 0 && hold <= step);
	}
	return took + hold;
}

/* At any pace of the machine the step ends well after an exchange, and an eighth more of work is
 * not seen. */
static void
step(void **state)
{
	(void)state;
	for (uint64_t took = 100; took < PACER_STEP_MAX / 2; took += took / 7) {
		struct pacer e = { 0 };
		uint64_t tip = away(&e, 1000, took);
		assert_int_equal(tip, e.step);
		assert_true(e.step == PACER_STEP_MIN || e.step <= 5 * took);
		assert_true(tip >= took + took / 2);
		assert_int_equal(away(&e, 1, took + took / 8), tip);
		assert_int_equal(away(&e, 1, took - took / 8), tip);
	}
}

/* The step does not go up and down with single answers. */
static void
steady(void **state)
{
	struct pacer e = { 0 };
	(void)state;
	away(&e, 1000, 1500);
	uint64_t before = e.step;
	for (unsigned i = 0; i < 1000; i++) {
		away(&e, 1, i % 2 ? 1300 : 1700);
		assert_int_equal(e.step, before);
	}
	/* One that was away long leaves on a step too, and changes nothing. */
	assert_int_equal(away(&e, 1, 50000) % before, 0);
	assert_int_equal(away(&e, 1, 1500), before);
}

/* Beyond what an answer can be kept for, and at the ends of the numbers. */
static void
ends(void **state)
{
	struct pacer e = { 0 };
	(void)state;
	away(&e, 1000, 3000000);
	assert_int_equal(e.step, PACER_STEP_MAX);
	away(&e, 2000, 0);
	assert_int_equal(e.step, PACER_STEP_MIN);
	assert_true(pacer_hold(&e, UINT64_MAX) <= PACER_STEP_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(step),
		cmocka_unit_test(steady),
		cmocka_unit_test(ends),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
