/* What davy sync and davy doctor say of keys and dates, two weeks ahead and when nobody can send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "admin-cli/desk/ready.h"

#define DAY 20000

static struct roster roster;
static struct epoch epochs[8];
static struct bundle bundle = { .roster = &roster, .epoch = epochs };

/* Four desks: a county, its province, two level-4 desks of other organisations; each has a key of
 * 60 days. */
static int
ready(void **state)
{
	(void)state;
	memset(&roster, 0, sizeof(roster));
	roster.until = DAY + 30;
	roster.desk_cnt = 4;
	bundle.epoch_cnt = 4;
	for (uint16_t i = 0; i < 4; i++) {
		roster.desk[i] = (struct roster_desk){ .number = (uint16_t)(i + 1),
						       .above = i ? 0 : 2,
						       .kind = ROSTER_REVIEW,
						       .level = i < 2 ? (uint8_t)(2 + i)
								      : ROSTER_LEVEL_MAX,
						       .org = i + 1u,
						       .area = "990000" };
		epochs[i] = (struct epoch){
			.desk = (uint16_t)(i + 1), .number = 1, .from = DAY - 10, .until = DAY + 50
		};
	}
	roster.backstop = 4;
	return 0;
}

static void
looks(void **state)
{
	char text[READY_TEXT_CAP];
	(void)state;
	assert_int_equal(ready_look(text, &bundle, DAY), READY_WELL);
	assert_string_equal(text, "4 of 4 desks have a key; the first ends in 50 days");
	epochs[2].until = DAY + 14;
	assert_int_equal(ready_look(text, &bundle, DAY), READY_SOON);
	assert_non_null(strstr(text, "the key of a desk ends in 14 days"));
	/* A next key that begins in time is as good. */
	epochs[4] = (struct epoch){ .desk = 3, .number = 2, .from = DAY + 10, .until = DAY + 90 };
	bundle.epoch_cnt = 5;
	assert_int_equal(ready_look(text, &bundle, DAY), READY_WELL);
	roster.until = DAY + 14;
	assert_int_equal(ready_look(text, &bundle, DAY), READY_SOON);
	assert_non_null(strstr(text, "the roster ends in 14 days"));
	/* A single desk with a key is fewer than the choice needs. */
	bundle.epoch_cnt = 1;
	assert_int_equal(ready_look(text, &bundle, DAY), READY_NOT);
	assert_non_null(strstr(text, "nobody can send a tip: 1 of 4 desks have a key"));
	bundle.epoch_cnt = 0;
	assert_int_equal(ready_look(text, &bundle, DAY), READY_NOT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup(looks, ready) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
