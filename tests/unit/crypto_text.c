/* Strict UTF-8, hex, numbers and days. */
#include "tests/unit/vector.h"

#include "crypto/err.h"
#include "crypto/text.h"

#define UTF8(s) text_utf8(s, sizeof(s) - 1)
#define LINE(s) text_printable(s, sizeof(s) - 1, 1)

static void
utf8(void **state)
{
	(void)state;
	assert_int_equal(UTF8(""), 0);
	assert_int_equal(UTF8("plain\n\t"), 0);
	assert_int_equal(UTF8("矿灯 \xf0\xa0\x80\x80 \xf4\x8f\xbf\xbf \xed\x9f\xbf \xee\x80\x80"),
			 0);
	assert_int_equal(UTF8("a\0b"), ERR_UTF8);
	assert_int_equal(UTF8("\xc0\xaf"), ERR_UTF8);         /* overlong */
	assert_int_equal(UTF8("\xe0\x80\xaf"), ERR_UTF8);     /* overlong */
	assert_int_equal(UTF8("\xf0\x80\x80\xaf"), ERR_UTF8); /* overlong */
	assert_int_equal(UTF8("\xc1\xbf"), ERR_UTF8);
	assert_int_equal(UTF8("\xed\xa0\x80"), ERR_UTF8); /* surrogates */
	assert_int_equal(UTF8("\xed\xbf\xbf"), ERR_UTF8);
	assert_int_equal(UTF8("\xf4\x90\x80\x80"), ERR_UTF8); /* above U+10FFFF */
	assert_int_equal(UTF8("\xf5\x80\x80\x80"), ERR_UTF8);
	assert_int_equal(UTF8("\xe7\x9f"), ERR_UTF8); /* cut short */
	assert_int_equal(UTF8("\xe7\x9f"
			      "a"),
			 ERR_UTF8);
	assert_int_equal(UTF8("\x80"), ERR_UTF8);
	assert_int_equal(UTF8("\xff"), ERR_UTF8);
	assert_int_equal(LINE("矿灯\n"), 0);
	assert_int_equal(text_printable("a\n", 2, 0), ERR_UTF8);
	assert_int_equal(LINE("a\tb"), ERR_UTF8);
	assert_int_equal(LINE("a\rb"), ERR_UTF8);
	assert_int_equal(LINE("a\x1b[b"), ERR_UTF8);
	assert_int_equal(LINE("a\x7f"), ERR_UTF8);
	assert_int_equal(LINE("a\xc2\x9b"), ERR_UTF8); /* C1: a control sequence begins */
	assert_int_equal(LINE("a\xc2\xa0"), 0);
}

static void
hex(void **state)
{
	uint8_t b[2];
	char s[5];
	(void)state;
	assert_int_equal(text_unhex(b, 2, "00ff", 4), 0);
	assert_int_equal(b[1], 255);
	assert_int_equal(text_unhex(b, 2, "00FF", 4), ERR_FORMAT);
	assert_int_equal(text_unhex(b, 2, "00f", 3), ERR_FORMAT);
	assert_int_equal(text_unhex(b, 2, "00ff00", 6), ERR_FORMAT);
	assert_int_equal(text_unhex(b, 2, "00fg", 4), ERR_FORMAT);
	text_hex(s, sizeof(s), "\x01\xab", 2);
	assert_string_equal(s, "01ab");
	text_hex(s, 4, "\x01\xab", 2); /* whole bytes only */
	assert_string_equal(s, "01");
}

static void
numbers(void **state)
{
	uint64_t v;
	(void)state;
	assert_int_equal(text_u64(&v, "0", 1, 9), 0);
	assert_int_equal(text_u64(&v, "18446744073709551615", 20, UINT64_MAX), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(text_u64(&v, "18446744073709551616", 20, UINT64_MAX), ERR_RANGE);
	assert_int_equal(text_u64(&v, "10", 2, 9), ERR_RANGE);
	assert_int_equal(text_u64(&v, "01", 2, 9), ERR_FORMAT);
	assert_int_equal(text_u64(&v, "", 0, 9), ERR_FORMAT);
	assert_int_equal(text_u64(&v, "+1", 2, 9), ERR_FORMAT);
	assert_int_equal(text_u64(&v, "1 ", 2, 9), ERR_FORMAT);
}

static int
day(const char *s, uint32_t *d)
{
	return text_day(d, s, strlen(s));
}

static void
days(void **state)
{
	uint32_t d;
	char s[TEXT_DAY_LEN + 1];
	(void)state;
	assert_int_equal(day("1970-01-01", &d), 0);
	assert_int_equal(d, 0);
	assert_int_equal(day("2026-11-01", &d), 0);
	assert_int_equal(d, 20758);
	assert_int_equal(day("2000-02-29", &d), 0);
	assert_int_equal(day("2100-02-29", &d), ERR_FORMAT);
	assert_int_equal(day("2026-02-30", &d), ERR_FORMAT);
	assert_int_equal(day("2026-13-01", &d), ERR_FORMAT);
	assert_int_equal(day("2026-00-01", &d), ERR_FORMAT);
	assert_int_equal(day("2026-01-00", &d), ERR_FORMAT);
	assert_int_equal(day("2026-1-01", &d), ERR_FORMAT);
	assert_int_equal(day("1969-12-31", &d), ERR_FORMAT);
	assert_int_equal(day("2200-01-01", &d), ERR_FORMAT);
	assert_int_equal(day("2026/01/01", &d), ERR_FORMAT);
	/* There and back for every day. */
	for (uint32_t i = 0; i < 84000; i++) {
		text_day_print(s, i);
		assert_int_equal(text_day(&d, s, TEXT_DAY_LEN), 0);
		assert_int_equal(d, i);
		assert_int_equal(text_day_year(i), strtoul(s, NULL, 10));
	}
	assert_int_equal(text_day_year(UINT32_MAX), 2199);
	text_day_print(s, UINT32_MAX);
	assert_int_equal(strlen(s), TEXT_DAY_LEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8),
		cmocka_unit_test(hex),
		cmocka_unit_test(numbers),
		cmocka_unit_test(days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
