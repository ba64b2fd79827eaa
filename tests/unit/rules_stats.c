/* Figures: what is counted, and that a small count cannot be found again from what is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "admin-cli/rules/stats.h"

static struct stats_table table[2];
static struct stats_row total;

static void
set(struct stats_table *t, size_t cnt, const uint32_t *n)
{
	memset(t, 0, sizeof(*t));
	t->cnt = cnt;
	for (size_t i = 0; i < cnt; i++) {
		t->row[i].key[0] = (char)('a' + i);
		t->row[i].cnt = n[i];
	}
}

/* What an outsider can find out of row i: the largest and smallest count that fits the total and
 * all that is shown, by trying. `n` holds the truth. */
static void
attack(const struct stats_table *t, uint32_t sum, size_t i, long *least, long *most)
{
	long rest = sum, low = 0, high = 0;

	for (size_t k = 0; k < t->cnt; k++) {
		const struct stats_row *r = &t->row[k];

		if (r->shown == STATS_SHOWN)
			rest -= r->cnt;
		else if (k != i && r->shown == STATS_LESS)
			high += STATS_SMALL - 1;
		else if (k != i) {
			low += t->withheld ? 0 : STATS_SMALL;
			high += sum;
		}
	}
	*least = rest - high > 0 ? rest - high : 0;
	*most = rest - low;
	if (t->row[i].shown == STATS_LESS && *most > STATS_SMALL - 1)
		*most = STATS_SMALL - 1;
}

static void
check(const uint32_t *n, size_t cnt)
{
	uint32_t sum = 0;
	long least, most;

	set(&table[0], cnt, n);
	for (size_t i = 0; i < cnt; i++)
		sum += n[i];
	memset(&total, 0, sizeof(total));
	total.cnt = sum;
	stats_hide(&total, table, 1);
	for (size_t i = 0; i < cnt; i++) {
		const struct stats_row *r = &table[0].row[i];

		if (r->shown == STATS_SHOWN) {
			assert_int_equal(r->cnt, n[i]);
			assert_true(n[i] >= STATS_SMALL);
			continue;
		}
		assert_int_equal(r->cnt, 0);
		if (total.shown != STATS_SHOWN)
			continue;
		attack(&table[0], sum, i, &least, &most);
		assert_true(least < most);
		if (r->shown == STATS_LESS) {
			assert_int_equal(least, 0);
			assert_int_equal(most, STATS_SMALL - 1);
		}
	}
}

static void
test_no_small_count_can_be_subtracted(void **state)
{
	uint32_t n[4];

	(void)state;
	for (n[0] = 0; n[0] < 13; n[0]++)
		for (n[1] = 0; n[1] < 13; n[1]++)
			for (n[2] = 0; n[2] < 13; n[2]++)
				for (n[3] = 0; n[3] < 13; n[3]++) {
					check(n, 2);
					check(n, 3);
					check(n, 4);
				}
}

static void
test_large_counts_are_shown(void **state)
{
	static const uint32_t n[] = { 5, 40, 7 };

	(void)state;
	check(n, 3);
	assert_true(table[0].whole);
	assert_int_equal(total.cnt, 52);
}

static void
test_one_small_count_hides_another(void **state)
{
	static const uint32_t n[] = { 40, 3, 30 };

	(void)state;
	check(n, 3);
	assert_int_equal(table[0].row[0].shown, STATS_SHOWN);
	assert_int_equal(table[0].row[1].shown, STATS_LESS);
	assert_int_equal(table[0].row[2].shown, STATS_HIDDEN);
}

static void
test_cases_without_a_value_are_hidden_in_all_tables(void **state)
{
	static const uint32_t small[] = { 9, 2, 30 }, large[] = { 9, 10, 22 };

	(void)state;
	set(&table[0], 3, small);
	set(&table[1], 3, large);
	table[0].row[0].key[0] = table[1].row[0].key[0] = '\0';
	memset(&total, 0, sizeof(total));
	total.cnt = 41;
	stats_hide(&total, table, 2);
	assert_int_equal(table[1].row[0].shown, STATS_HIDDEN);
	assert_int_equal(table[1].row[1].shown, STATS_SHOWN);
	assert_int_equal(table[1].row[2].shown, STATS_HIDDEN);
}

static void
test_share(void **state)
{
	(void)state;
	assert_int_equal(stats_share(0, 9).kind, STATS_RATE_NONE);
	assert_int_equal(stats_share(9, 9).kind, STATS_RATE_NONE);
	/* Every part from 0 to 4 gives the same answer, and so do those near the whole. */
	for (size_t i = 0; i < STATS_SMALL; i++) {
		assert_int_equal(stats_share(i, 100).kind, STATS_RATE_TO);
		assert_int_equal(stats_share(i, 100).percent, 5);
		assert_int_equal(stats_share(100 - i, 100).kind, STATS_RATE_FROM);
		assert_int_equal(stats_share(100 - i, 100).percent, 95);
	}
	assert_int_equal(stats_share(52, 100).kind, STATS_RATE_ABOUT);
	assert_int_equal(stats_share(52, 100).percent, 50);
	assert_int_equal(stats_share(53, 100).percent, 55);
}

static void
test_median(void **state)
{
	int16_t few[] = { 0, 0, 0, 0 }, same[] = { 0, 9, 0, 0, 9 }, late[] = { 0, 0, 91, 92, 93 };

	(void)state;
	assert_int_equal(stats_median(few, 4), STATS_BAND_NONE);
	assert_int_equal(stats_median(same, 5), STATS_BAND_0);
	assert_int_equal(stats_median(late, 5), STATS_BAND_MORE);
}

static void
test_month(void **state)
{
	uint32_t from, to;
	char text[STATS_KEY];

	(void)state;
	assert_true(stats_month_day("2028-02", false, &from));
	assert_true(stats_month_day("2028-02", true, &to));
	assert_int_equal(to - from, 28);
	stats_month(text, to);
	assert_string_equal(text, "2028-02");
	assert_false(stats_month_day("2028-13", false, &from));
	assert_false(stats_month_day("2028-2", false, &from));
	assert_false(stats_month_day("2028-02-01", false, &from));
	assert_false(stats_month_day("", false, &from));
}

static struct stats_case list[64];
static const uint16_t desk[] = { 1, 2 };
static struct stats out;

/* 40 cases of desk 1: 20 of S1 read at once, of which 16 began as urgent and 8 came up to the desk
 * above before; 20 of S2 read on the third day and confirmed. */
static void
run(struct stats_wanted *w)
{
	struct stats_input in = { list, 40, desk, 2 };

	for (size_t i = 0; i < 40; i++) {
		list[i] = (struct stats_case){ .day = w->from + 1, .desk = 1, .triaged = true };
		list[i].severity = i < 20 ? 1 : 2;
		list[i].urgent = i < 16;
		list[i].missed = i < 8;
		list[i].read = list[i].triage = i < 20 ? 0 : 2;
		list[i].answer = -1;
		snprintf(list[i].family, sizeof(list[i].family), "%s", i < 20 ? "CM" : "FR");
		snprintf(list[i].outcome, sizeof(list[i].outcome), "%s",
			 i < 20 ? "URGENT" : "ACCEPT");
		snprintf(list[i].result, sizeof(list[i].result), "%s",
			 i < 20 ? "not_found" : "substantiated");
	}
	assert_int_equal(stats_run(&out, w, &in), 0);
}

static const struct stats_row *
row(enum stats_table_no t, const char *key)
{
	for (size_t i = 0; i < out.table[t].cnt; i++)
		if (!strcmp(out.table[t].row[i].key, key))
			return &out.table[t].row[i];
	return NULL;
}

static void
test_run(void **state)
{
	struct stats_wanted w = { .from = 20000, .to = 20060 };

	(void)state;
	run(&w);
	assert_int_equal(out.total.cnt, 40);
	assert_int_equal(row(STATS_SEVERITY, "S1")->cnt, 20);
	assert_int_equal(row(STATS_FAMILY, "FR")->shown, STATS_HIDDEN);
	assert_int_equal(row(STATS_FAMILY, "CM")->cnt, 20);
	/* A desk and an outcome without a case have a row like those with few. */
	assert_int_equal(row(STATS_DESK, "00002")->shown, STATS_LESS);
	assert_int_equal(row(STATS_OUTCOME, "ABUSE")->shown, STATS_LESS);
	assert_int_equal(out.rate[STATS_S1_READ].kind, STATS_RATE_FROM);
	assert_int_equal(out.rate[STATS_S1_HOUR].kind, STATS_RATE_ABOUT);
	assert_int_equal(out.rate[STATS_S1_HOUR].percent, 50);
	/* Some results are hidden, so their share is. */
	assert_int_equal(out.rate[STATS_CONFIRMED].kind, STATS_RATE_NONE);
	assert_int_equal(out.median[0][STATS_READ], STATS_BAND_0);
	assert_int_equal(out.median[1][STATS_READ], STATS_BAND_0);
	assert_int_equal(out.median[0][STATS_ANSWER], STATS_BAND_NONE);
}

static void
test_limits(void **state)
{
	struct stats_wanted w = { .from = 20000, .to = 20060, .severity = 2, .family = "FR" };

	(void)state;
	run(&w);
	assert_int_equal(out.total.cnt, 20);
	w.outcome = "URGENT";
	run(&w);
	assert_int_equal(out.total.shown, STATS_LESS);
	assert_int_equal(out.total.cnt, 0);
	assert_true(out.table[STATS_SEVERITY].withheld);
}

static void
test_a_desk_of_two_has_no_times(void **state)
{
	struct stats_wanted w = { .from = 20000, .to = 20060, .desk = 1, .members = 2 };

	(void)state;
	run(&w);
	assert_int_equal(out.total.cnt, 40);
	assert_int_equal(out.median[0][STATS_READ], STATS_BAND_NONE);
	assert_int_equal(out.rate[STATS_CLOCK].kind, STATS_RATE_NONE);
	assert_int_equal(out.rate[STATS_S1_HOUR].kind, STATS_RATE_NONE);
	w.members = STATS_PEOPLE;
	run(&w);
	assert_int_equal(out.median[0][STATS_READ], STATS_BAND_0);
	assert_int_equal(out.rate[STATS_CLOCK].kind, STATS_RATE_ABOUT);
}

static void
test_pack(void **state)
{
	uint8_t bytes[STATS_PACKED];
	struct stats_case back;
	struct stats_wanted w = { .from = 1, .to = 2 };

	(void)state;
	run(&w);
	stats_pack(bytes, &list[3]);
	assert_true(stats_unpack(&back, bytes, sizeof(bytes)));
	assert_memory_equal(&back, &list[3], sizeof(back));
	assert_false(stats_unpack(&back, bytes, sizeof(bytes) - 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_small_count_can_be_subtracted),
		cmocka_unit_test(test_large_counts_are_shown),
		cmocka_unit_test(test_one_small_count_hides_another),
		cmocka_unit_test(test_cases_without_a_value_are_hidden_in_all_tables),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_month),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_desk_of_two_has_no_times),
		cmocka_unit_test(test_pack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
