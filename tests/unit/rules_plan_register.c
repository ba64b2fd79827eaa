/* The register of sites: what is read, what is refused and with which words, its printed form, and
 * the weights and chances that follow from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/register.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define HEAD "id,name,sector,area\n"

static struct plan_register r;
static struct plan_wrong wrong;

static int
reads(const char *text, size_t len)
{
	int err;

	plan_register_free(&r);
	err = plan_register_read(&r, text, len, &wrong);
	assert_true(err == 0 || (err == ERR_FORMAT && wrong.text));
	return err;
}

/* Refused at that line and column, by a sentence with these words. */
static void
refused(const char *text, size_t line, size_t column, const char *words)
{
	assert_int_equal(reads(text, strlen(text)), ERR_FORMAT);
	if (!strstr(wrong.text, words) || wrong.line != line || wrong.column != column)
		fail_msg("line %zu, column %zu: %s \"%s\"", wrong.line, wrong.column, wrong.text,
			 wrong.value);
}

static const struct plan_site *
one(const char *text)
{
	assert_int_equal(reads(text, strlen(text)), 0);
	return &r.site[r.cnt - 1];
}

static void
test_good(void **arg)
{
	const struct plan_site *s;

	(void)arg;
	s = one("area, ID ,name,sector,tips,last_visit,findings,changed\r\n"
		"990102,m1,\"Mine \"\"One\"\", north\",COAL,2+,2026-03-09,major,1\r\n");
	assert_int_equal(r.cnt, 1);
	assert_string_equal(s->text[PLAN_NAME], "Mine \"One\", north");
	assert_string_equal(s->text[PLAN_OPERATOR], "");
	assert_int_equal(s->tips, 2);
	assert_true(s->changed && s->found == PLAN_FOUND_MAJOR && s->last == 20521);
	/* headings in Chinese, a mark of order, no line end behind the last line */
	s = one("\xef\xbb\xbf编号,名称,行业,区划,上次结果,经营变更\nm2,云塬二矿,COAL,990102,一般,是");
	assert_string_equal(s->text[PLAN_NAME], "云塬二矿");
	assert_true(s->changed && s->found == PLAN_FOUND_GENERAL && !s->last && !s->tips);
	/* empty lines are no sites */
	one(HEAD "\na,A,COAL,990102\n\n\nb,B,FIRE,990102\n\n");
	assert_int_equal(r.cnt, 2);
	assert_false(r.gb18030);
}

static void
test_gb18030(void **arg)
{
	/* 云塬 in GB18030 */
	static const char text[] = HEAD "a,\xd4\xc6\xdc\xab,COAL,990102\n";
	static const char bad[] = HEAD "a,\xff\xff,COAL,990102\n";

	(void)arg;
	assert_int_equal(reads(text, sizeof(text) - 1), 0);
	assert_true(r.gb18030);
	assert_string_equal(r.site[0].text[PLAN_NAME], "云塬");
	assert_int_equal(reads(bad, sizeof(bad) - 1), ERR_FORMAT);
	assert_non_null(strstr(wrong.text, "neither UTF-8 nor GB18030"));
}

static void
test_refused(void **arg)
{
	(void)arg;
	refused("", 0, 0, "no site");
	refused(HEAD, 0, 0, "no site");
	refused("id,name,sector\na,A,COAL\n", 1, 0, "headings");
	assert_string_equal(wrong.value, "area");
	refused("id,name,sector,area,colour\n", 1, 5, "no such column");
	assert_string_equal(wrong.value, "colour");
	refused("id,name,sector,area,编号\n", 1, 5, "twice");
	refused(HEAD "a,A,COAL,990102\nb,B,COAL\n", 3, 0, "fewer");
	refused(HEAD "a,A,COAL,990102,x\n", 2, 5, "more fields");
	refused(HEAD "a,A,coal mine,990102\n", 2, 3, "a sector is");
	refused(HEAD "a,A,COAL,99010\n", 2, 4, "six digits");
	refused(HEAD "a,A,COAL,99010x\n", 2, 4, "six digits");
	refused(HEAD ",A,COAL,990102\n", 2, 1, "empty");
	refused(HEAD "a b,A,COAL,990102\n", 2, 1, "an id has");
	refused(HEAD "a,A,COAL,990102\nb,B,COAL,990102\na,C,COAL,990102\n", 0, 0, "two sites");
	assert_string_equal(wrong.value, "a");
	refused(HEAD "a,A\"B\",COAL,990102\n", 2, 2, "quotation mark");
	refused(HEAD "a,\"A\"x,COAL,990102\n", 2, 2, "quotation mark");
	refused(HEAD "a,\"A,COAL,990102\nb,B,COAL,990102\n", 3, 2, "never closed");
	refused(HEAD "a,\"A\nB\",COAL,990102\n", 3, 2, "line breaks");
	refused(HEAD "a,A\x1b[2J,COAL,990102\n", 2, 2, "control");
	refused("id,name,sector,area,last_visit\na,A,COAL,990102,2026-02-30\n", 2, 5, "2026-03-09");
	refused("id,name,sector,area,tips\na,A,COAL,990102,17\n", 2, 5, "band");
	refused("id,name,sector,area,changed\na,A,COAL,990102,maybe\n", 2, 5, "0 or 1");
	refused("id,name,sector,area,findings\na,A,COAL,990102,bad\n", 2, 5, "none, general");
}

static void
test_limits(void **arg)
{
	size_t cap = 20002 * 32, at = 0;
	char *text = malloc(cap), name[300];

	(void)arg;
	assert_non_null(text);
	at += (size_t)snprintf(text + at, cap - at, HEAD);
	for (size_t i = 0; i < 20000; i++)
		at += (size_t)snprintf(text + at, cap - at, "s%zu,A,COAL,990102\n", i);
	assert_int_equal(reads(text, at), 0);
	assert_int_equal(r.cnt, 20000);
	at += (size_t)snprintf(text + at, cap - at, "more,A,COAL,990102\n");
	assert_int_equal(reads(text, at), ERR_FORMAT);
	assert_non_null(strstr(wrong.text, "20000 sites"));
	free(text);
	memset(name, 'x', sizeof(name));
	text = malloc(1000);
	snprintf(text, 1000, HEAD "a,%.200s,COAL,990102\n", name);
	assert_int_equal(reads(text, strlen(text)), 0);
	snprintf(text, 1000, HEAD "a,%.201s,COAL,990102\n", name);
	refused(text, 2, 2, "200 bytes");
	free(text);
	text = calloc(1, PLAN_REGISTER_BYTES + 1);
	assert_int_equal(reads(text, PLAN_REGISTER_BYTES + 1), ERR_FORMAT);
	assert_non_null(strstr(wrong.text, "8 MiB"));
	free(text);
}

/* The printed form reads as the same register, and does not depend on the file that came in. */
static void
test_printed(void **arg)
{
	uint8_t a[32], b[32];
	char *text, *again;
	size_t len, more;

	(void)arg;
	one("area,id,name,sector,tips\n990102,a,\"A, \"\"x\"\"\",COAL,1\n990103,b,B,FIRE,0\n");
	assert_int_equal(plan_register_hash(a, &r), 0);
	assert_int_equal(plan_register_print(&text, &len, &r), 0);
	assert_int_equal(reads(text, len), 0);
	assert_int_equal(plan_register_print(&again, &more, &r), 0);
	assert_string_equal(text, again);
	free(text);
	free(again);
	one("编号,名称,行业,区划,线索\r\na,\"A, \"\"x\"\"\",COAL,990102,1\r\nb,B,FIRE,990103,0");
	assert_int_equal(plan_register_hash(b, &r), 0);
	assert_memory_equal(a, b, 32);
	one("编号,名称,行业,区划,线索\r\na,\"A, \"\"x\"\"\",COAL,990102,2\r\nb,B,FIRE,990103,0");
	assert_int_equal(plan_register_hash(b, &r), 0);
	assert_memory_not_equal(a, b, 32);
}

static double
weight_of(const char *sector, const char *tips, const char *last, const char *found,
	  const char *changed)
{
	char text[300];
	uint32_t day;

	snprintf(
		text, sizeof(text),
		"id,name,area,sector,tips,last_visit,findings,changed\na,A,990102,%s,%s,%s,%s,%s\n",
		sector, tips, last, found, changed);
	assert_int_equal(text_day(&day, "2026-06-30", 10), 0);
	return plan_weight(one(text), day);
}

static void
near(double got, double want)
{
	if (fabs(got - want) > 1e-9)
		fail_msg("%f, not %f", got, want);
}

static void
test_weights(void **arg)
{
	(void)arg;
	near(weight_of("COAL", "0", "2026-06-30", "none", "0"), 1.5);
	near(weight_of("NCM", "0", "2026-06-30", "none", "0"), 1.2);
	near(weight_of("HAZ", "0", "2026-06-30", "none", "0"), 1.2);
	near(weight_of("FIRE", "0", "2026-06-30", "none", "0"), 1.0);
	near(weight_of("OTH", "0", "2026-06-30", "none", "0"), 0.8);
	near(weight_of("FIRE", "1", "2026-06-30", "none", "0"), 1.6);
	near(weight_of("FIRE", "2+", "2026-06-30", "none", "0"), 2.2);
	near(weight_of("FIRE", "0", "2026-06-30", "major", "0"), 1.4);
	near(weight_of("FIRE", "0", "2026-06-30", "general", "0"), 1.0);
	near(weight_of("FIRE", "0", "2026-06-30", "none", "1"), 1.3);
	near(weight_of("FIRE", "0", "2026-04-01", "none", "0"), 1.3);
	near(weight_of("FIRE", "0", "", "none", "0"), 1 + 0.3 * 730 / 90);
	near(weight_of("FIRE", "0", "2026-07-30", "none", "0"), 1.0); /* a date that is to come */
	near(weight_of("COAL", "2+", "", "major", "1"), 5.0);
}

static void
test_blind(void **arg)
{
	const char *head = "id,name,sector,area,tips,last_visit\n";
	char text[200];
	uint32_t day;

	(void)arg;
	assert_int_equal(text_day(&day, "2026-06-30", 10), 0);
	snprintf(text, sizeof(text), "%sa,A,COAL,990102,0,2026-06-20\n", head);
	assert_true(plan_blind(one(text), day, 10));
	assert_false(plan_blind(one(text), day, 11));
	snprintf(text, sizeof(text), "%sa,A,COAL,990102,1,2026-06-20\n", head);
	assert_false(plan_blind(one(text), day, 10));
	snprintf(text, sizeof(text), "%sa,A,COAL,990102,0,\n", head);
	assert_true(plan_blind(one(text), day, 100000));
}

/* The table of the paper: gain 1, loss 10, found in six of ten visits. */
static void
test_deter(void **arg)
{
	(void)arg;
	assert_int_equal(plan_deter(1, 10, 60, 0), 152);
	assert_int_equal(plan_deter(1, 10, 60, 10), 169); /* 0.1684: rounded up, never down */
	assert_int_equal(plan_deter(1, 10, 60, 30), 217);
	assert_int_equal(plan_deter(1, 10, 60, 50), 304);
	assert_int_equal(plan_deter(1, 10, 60, 70), 506);
	assert_int_equal(plan_deter(1, 10, 60, 100), 1001);
	assert_int_equal(plan_deter(1, 10, 0, 0), 1001);
	assert_int_equal(plan_deter(10, 1, 60, 0), 1001);
	assert_int_equal(plan_deter(0, 10, 60, 0), 0);
	assert_int_equal(plan_deter(1, 1, 100, 0), 500);
}

static int
end(void **arg)
{
	(void)arg;
	plan_register_free(&r);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),    cmocka_unit_test(test_gb18030),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_printed), cmocka_unit_test(test_weights),
		cmocka_unit_test(test_blind),   cmocka_unit_test(test_deter),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, end);
}
