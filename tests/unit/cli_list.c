/* The order of a list of cases under a flood of one ladder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/waiting.h"
#include "crypto/frame.h"

#define CNT 200

/* A flood of one ladder, due first; ten of the other; the last ten are closed. */
static void
test_mix(void **state)
{
	struct workspace_case *list = calloc(CNT, sizeof(*list));

	(void)state;
	assert_non_null(list);
	for (uint8_t flood = FRAME_ORDINARY; flood <= FRAME_URGENT; flood++) {
		uint32_t last[2] = { 0, 0 };
		unsigned others = 0;

		for (unsigned i = 0; i < CNT; i++) {
			bool other = i >= CNT - 20;
			list[i].rec.ladder = other ? !flood : flood;
			list[i].rec.read_due = i < CNT - 10 ? 1000 + i : 0;
		}
		assert_int_equal(case_list_sort(list, CNT), 0);
		for (unsigned i = 0; i < CNT; i++) {
			uint8_t ladder = list[i].rec.ladder;
			uint32_t due = waiting_due(&list[i]);

			/* Each ladder keeps its own order, and what is closed stays behind. */
			assert_true(due >= last[ladder]);
			last[ladder] = due;
			assert_int_equal(due == UINT32_MAX, i >= CNT - 10);
			others += ladder != flood && i < 10 * (CASE_LIST_RUN + 1);
		}
		assert_int_equal(others, 10);
		/* The most urgent of all stands first. */
		assert_int_equal(list[0].rec.read_due, 1000);
	}
	free(list);
}

/* Few cases: their order is what is due, and nothing else. */
static void
test_quiet(void **state)
{
	struct workspace_case list[6] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		list[i].rec.ladder = i % 3 == 2;
		list[i].rec.read_due = 100 + i;
	}
	assert_int_equal(case_list_sort(list, 6), 0);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(list[i].rec.read_due, 100 + i);
}

/* By priority: life in danger, classified or only said to be so, before everything else; what
 * nobody has classified keeps its order behind what somebody has. */
static void
test_priority(void **state)
{
	static const struct {
		int16_t priority;
		uint8_t ladder, flags;
	} in[] = {
		{ 0, FRAME_ORDINARY, 0 },
		{ 64, FRAME_ORDINARY, 0 },
		{ 0, FRAME_URGENT, FRAME_R_CLOSED },
		{ 0, FRAME_URGENT, 0 },
		{ 10140, FRAME_ORDINARY, 0 },
		{ 64, FRAME_URGENT, 0 },
		{ -6, FRAME_ORDINARY, 0 },
	};
	static const uint8_t want[] = { 4, 3, 1, 5, 0, 2, 6 };
	enum { CASES = sizeof(in) / sizeof(*in) };
	struct workspace_case list[CASES] = { 0 };

	(void)state;
	for (uint8_t i = 0; i < CASES; i++) {
		list[i].rec.id[0] = i;
		list[i].rec.ladder = in[i].ladder;
		list[i].rec.flags = in[i].flags;
		list[i].line.priority = in[i].priority;
	}
	assert_int_equal(case_list_by_priority(list, CASES), 0);
	for (unsigned i = 0; i < CASES; i++)
		assert_int_equal(list[i].rec.id[0], want[i]);
}

/* What has its outcome leaves the work, by the state alone; it comes back when the source speaks,
 * when a proposal waits, and a day before a clock runs out. A case at the desk below, above or
 * closed has its own place whatever its state. */
static void
test_place(void **state)
{
	static const struct {
		const char *state;
		enum waiting_place place;
	} in[] = {
		{ "", WAITING_TODO },
		{ "in_triage", WAITING_TODO },
		{ "needs_info", WAITING_HER },
		{ "accepted", WAITING_TODO },
		{ "sealed", WAITING_TODO },
		{ "held", WAITING_TODO },
		{ "referred", WAITING_TODO }, /* the source is to be told */
		{ "verified", WAITING_TODO },
		{ "recheck", WAITING_TODO },
		{ "merged", WAITING_SETTLED },
		{ "answered", WAITING_SETTLED },
		{ "closed_insufficient", WAITING_SETTLED },
		{ "closed_out", WAITING_SETTLED },
		{ "closed_abuse", WAITING_SETTLED },
		{ "no such state", WAITING_TODO },
	};
	enum { NOW = 500000 };

	(void)state;
	for (size_t i = 0; i < sizeof(in) / sizeof(*in); i++) {
		struct workspace_case c = {
			.rec = { .relation = FRAME_REL_RECEIVING,
				 .flags = FRAME_R_ACKED | FRAME_R_ANSWERED,
				 .answer_due = NOW + WAITING_SOON + 1 },
		};
		bool ended = in[i].place == WAITING_SETTLED;

		snprintf(c.line.state, sizeof(c.line.state), "%s", in[i].state);
		assert_int_equal(waiting_place(&c, NOW), in[i].place);
		c.line.said = true;
		assert_int_equal(waiting_place(&c, NOW), WAITING_TODO);
		c.line.said = false;
		c.line.sign = 1;
		assert_int_equal(waiting_place(&c, NOW), ended ? WAITING_TODO : in[i].place);
		c.line.sign = 0;
		c.rec.answer_due = NOW + WAITING_SOON;
		assert_int_equal(waiting_place(&c, NOW), ended ? WAITING_TODO : in[i].place);
		c.rec.answer_due = NOW - 1;
		assert_int_equal(waiting_place(&c, NOW), ended ? WAITING_TODO : in[i].place);
		c.rec.answer_due = 0;
		assert_int_equal(waiting_place(&c, NOW), in[i].place);
		c.line.clock[0].due = NOW; /* read: acknowledged since */
		assert_int_equal(waiting_place(&c, NOW), in[i].place);
		c.line.clock[WORKSPACE_CLOCKS - 1].due = NOW; /* the latest answer */
		assert_int_equal(waiting_place(&c, NOW), ended ? WAITING_TODO : in[i].place);
		c.rec.flags |= FRAME_R_CLOSED;
		assert_int_equal(waiting_place(&c, NOW), WAITING_CLOSED);
	}
}

/* What the gateway lists and has not given; not of a case that nobody has opened here. */
static void
test_newer(void **state)
{
	struct workspace_case c = {
		.rec = { .relation = FRAME_REL_RECEIVING, .entries = 3, .desk_entries = 4 },
		.have_source = 2,
		.have_desk = 4,
		.folded = 6,
	};

	(void)state;
	assert_int_equal(waiting_newer(&c), 1);
	c.have_source = 3;
	c.folded = 7;
	assert_int_equal(waiting_newer(&c), 0);
	c.have_source = 0;
	c.folded = 4;
	assert_int_equal(waiting_newer(&c), 0);
	c.have_source = 1;
	c.rec.relation = FRAME_REL_ABOVE;
	assert_int_equal(waiting_newer(&c), 0);
	c.rec.relation = FRAME_REL_GIVEN;
	assert_int_equal(waiting_newer(&c), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mix),      cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_priority), cmocka_unit_test(test_place),
		cmocka_unit_test(test_newer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
