/* Strangers' text on a terminal: escaping, widths, line breaks, prefixes, dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/base/term.h"

static void
check_safe(const char *in, size_t len, enum term_lines lines, const char *want)
{
	char *out = term_safe(in, len, lines);

	assert_string_equal(out, want);
	free(out);
}
#define SAFE(in, want)  check_safe(in, sizeof(in) - 1, TERM_ONE_LINE, want)
#define LINES(in, want) check_safe(in, sizeof(in) - 1, TERM_LINES, want)

static void
test_safe(void **state)
{
	(void)state;
	SAFE("煤矿 CM-15A, 二号井", "煤矿 CM-15A, 二号井");
	SAFE("", "");
	SAFE("\033[31mred", "<U+001B>[31mred");
	SAFE("\033]52;c;YQ==\a", "<U+001B>]52;c;YQ==<U+0007>");
	SAFE("a\tb\rc\nd\177", "a<U+0009>b<U+000D>c<U+000A>d<U+007F>");
	SAFE("\xc2\x9b"
	     "31m",
	     "<U+009B>31m"); /* C1: CSI in one character */
	SAFE("a\xe2\x80\xae"
	     "b\xe2\x81\xa6"
	     "c",
	     "a<U+202E>b<U+2066>c"); /* bidi override, isolate */
	SAFE("\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", "<U+200B><U+FEFF><U+00AD>");
	SAFE("\xe2\x80\xa8\xe2\x80\xa9", "<U+2028><U+2029>");
	SAFE("\xf3\xa0\x81\x81", "<U+E0041>");                        /* tag character */
	SAFE("\xee\x80\x80\xf4\x8f\xbf\xbf", "<U+E000><U+10FFFF>");   /* private use, none */
	SAFE("\xff\xc0\xaf\xed\xa0\x80", "<FF><C0><AF><ED><A0><80>"); /* no UTF-8 */
	SAFE("ab\xe7\x85", "ab<E7><85>");                             /* cut short */
	SAFE("x\0y", "x<U+0000>y");
	SAFE("\xe3\x85\xa4\xe2\xa0\x80", "<U+3164><U+2800>"); /* fillers */
	SAFE("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
	     "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81<U+0301>"); /* marks without end */
	LINES("a\r\nb\nc\rd", "a\nb\nc<U+000D>d");
}

static void
check_json(const char *in, const char *want)
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	assert_int_equal(term_safe_json(f, in, strlen(in)), 0);
	fclose(f);
	assert_string_equal(out, want);
	free(out);
}

/* What JSON writers leave as it is: the same text to a program, nothing to a terminal. */
static void
test_safe_json(void **state)
{
	(void)state;
	check_json("{\"煤矿\":\"a\\u001b\"}", "{\"煤矿\":\"a\\u001b\"}");
	check_json("\"\x7f\xc2\x9b"
		   "31m\"",
		   "\"\\u007F\\u009B31m\"");
	check_json("\"\xe2\x80\xae\xe2\x80\x8b\"", "\"\\u202E\\u200B\"");
	check_json("\xf3\xa0\x81\x81", "\\uDB40\\uDC41");
	check_json("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
		   "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\u0301");
	check_json("", "");
}

/* Whatever comes in, what goes out is printable UTF-8. */
static void
test_safe_everything(void **state)
{
	uint32_t x = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char in[24];
		for (size_t k = 0; k < sizeof(in); k++) {
			x = x * 1664525 + 1013904223;
			in[k] = (char)(x >> 24);
		}
		char *out = term_safe(in, sizeof(in), TERM_ONE_LINE);
		assert_true(strlen(out) <= sizeof(in) * 12);
		for (const unsigned char *p = (unsigned char *)out; *p; p++)
			assert_true(*p >= 0x20 && *p != 0x7f);
		char *again = term_safe(out, strlen(out), TERM_ONE_LINE);
		assert_string_equal(again, out);
		free(again);
		free(out);
	}
}

static void
test_width(void **state)
{
	(void)state;
	assert_int_equal(term_width("abc"), 3);
	assert_int_equal(term_width("煤矿"), 4);
	assert_int_equal(term_width("é"), 1);
	assert_int_equal(term_width("e\xcc\x81"), 1);
	assert_int_equal(term_width(""), 0);
}

static void
check_cut(const char *text, int columns, const char *want)
{
	char *out = term_cut(text, columns);

	assert_string_equal(out, want);
	assert_true(term_width(out) <= columns);
	free(out);
}

static void
test_cut(void **state)
{
	(void)state;
	check_cut("abcdef", 6, "abcdef");
	check_cut("abcdef", 5, "abcd…");
	check_cut("煤矿瓦斯", 8, "煤矿瓦斯");
	check_cut("煤矿瓦斯", 7, "煤矿瓦…");
	check_cut("煤矿瓦斯", 6, "煤矿…"); /* half a character does not fit */
	check_cut("abc", 1, "…");
}

/* Every line fits, nothing is lost, and the loop ends. */
static void
check_break(const char *text, int columns)
{
	size_t next, at = 0, len = strlen(text);
	char line[256];

	while (at < len) {
		size_t n = term_break(text + at, columns, &next);
		assert_true(next > 0 && n <= next && n < sizeof(line));
		snprintf(line, sizeof(line), "%.*s", (int)n, text + at);
		assert_true(term_width(line) <= columns);
		for (size_t i = n; i < next; i++)
			assert_true(text[at + i] == ' ' || text[at + i] == '\n');
		at += next;
	}
	assert_int_equal(at, len);
}

static void
test_break(void **state)
{
	size_t next;

	(void)state;
	assert_int_equal(term_break("one two three", 8, &next), 7);
	assert_int_equal(next, 8);
	assert_int_equal(term_break("one\ntwo", 80, &next), 3);
	assert_int_equal(next, 4);
	for (int columns = 2; columns < 40; columns++) {
		check_break("one two three four five six seven", columns);
		check_break("二号井下有人用柴油车运人,没有瓦斯检查员。", columns);
		check_break("averyveryverylongwordwithoutanybreak and more", columns);
		check_break("mixed 中文 and English,混排 text\nwith\n\nlines", columns);
	}
}

static void
test_prefix(void **state)
{
	const uint8_t id[16] = { 0xab, 0xcd, 0xef, 0x01 };
	uint8_t p[16];
	char hex[33];

	(void)state;
	assert_int_equal(term_prefix_parse("abc", p), 3);
	assert_true(term_prefix_match(id, p, 3));
	assert_int_equal(term_prefix_parse("ABCD", p), 4);
	assert_true(term_prefix_match(id, p, 4));
	assert_int_equal(term_prefix_parse("abe", p), 3);
	assert_false(term_prefix_match(id, p, 3));
	assert_int_equal(term_prefix_parse("a", p), 0);
	assert_int_equal(term_prefix_parse("", p), 0);
	assert_int_equal(term_prefix_parse("xy", p), 0);
	assert_int_equal(term_prefix_parse("abcdef01000000000000000000000000", p), 32);
	assert_true(term_prefix_match(id, p, 32));
	assert_int_equal(term_prefix_parse("abcdef010000000000000000000000000", p), 0);
	assert_string_equal(term_hex(hex, id, 4), "abcdef01");
	assert_true(term_unhex(p, 4, "ABCDef01"));
	assert_memory_equal(p, id, 4);
	assert_false(term_unhex(p, 4, "abcdef0"));
	assert_false(term_unhex(p, 4, "abcdef011"));
	assert_false(term_unhex(p, 4, "abcdefg1"));
}

static void
test_dates(void **state)
{
	char out[TERM_DATE_CAP];
	uint32_t day = 7;

	(void)state;
	assert_string_equal(term_date(out, 0), "1970-01-01");
	assert_string_equal(term_date(out, 20780), "2026-11-23");
	assert_true(term_parse_date("2026-11-23", &day));
	assert_int_equal(day, 20780);
	assert_false(term_parse_date("2026-02-30", &day));
	assert_false(term_parse_date("2026-1-3", &day));
	assert_false(term_parse_date("2026-11-23x", &day));
	assert_string_equal(term_due(out, 0, 100), "");
	assert_string_equal(term_due(out, 103, 100), "in 3 h");
	assert_string_equal(term_due(out, 98, 100), "2 h late");
	assert_string_equal(term_due(out, 100 + 72, 100), "in 3 d");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_safe_json),
		cmocka_unit_test(test_safe_everything),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_break),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
