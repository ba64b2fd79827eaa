/* What a referral must have before it is opened, at the edges of each kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "admin-cli/rules/book.h"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static bool
complete(const char *kind, const char *more)
{
	char text[2000];
	json_t *body;
	bool is;

	snprintf(text, sizeof(text), "{\"kind\":\"%s\",\"target\":\"x\"%s}", kind, more);
	body = json_loads(text, 0, NULL);
	assert_non_null(body);
	is = book_complete(body);
	json_decref(body);
	return is;
}

static bool
expose(const char *text, const char *evidence)
{
	char more[1800];

	snprintf(more, sizeof(more),
		 ",\"tier\":\"ENT\",\"post\":\"p\",\"case\":\"c\",\"signed_off\":\"2026-10-01\","
		 "\"text\":\"%s\",\"evidence\":\"%s\"",
		 text, evidence);
	return complete("EXPOSE", more);
}

/* A hash of a finding for each sentence, no more and no fewer, and nothing else. */
static void
sentences(void **state)
{
	(void)state;
	assert_true(expose("一句。", HASH));
	assert_true(expose("一句", HASH));
	assert_true(expose("一句。二句！", HASH "," HASH));
	assert_true(expose("One. Two? Three", HASH " " HASH ", " HASH));
	assert_true(expose("第一段\\n第二段", HASH " " HASH));
	assert_true(expose("3.5 tonnes over the limit.", HASH)); /* a point is no end */
	assert_true(expose("一句。。。", HASH));
	assert_false(expose("一句。二句。", HASH));
	assert_false(expose("一句。", HASH HASH));
	assert_false(expose("一句。", HASH " " HASH));
	assert_false(expose("一句。", ""));
	assert_false(expose("一句。", "0011"));
	assert_false(expose("一句。", HASH " 检查记录"));
	assert_false(expose("", HASH));
	assert_false(expose("。", HASH));
}

static void
kinds(void **state)
{
	static const char all[] = ",\"tier\":\"REG\",\"post\":\"p\",\"evidence\":\"e\","
				  "\"reason\":[\"LATE\"],\"reported\":\"2026-10-01\"";

	(void)state;
	assert_true(complete("REFER", ""));
	assert_false(complete("NOBODY", all));
	assert_false(complete("TALK", ""));
	assert_true(complete("TALK", all));
	assert_true(complete("XFER_PS", all));
	assert_false(complete("TALK", ",\"tier\":\"REG\",\"post\":\"p\",\"evidence\":\"e\""));
	assert_true(complete("TALK", ",\"tier\":\"ENT\",\"post\":\"p\",\"evidence\":\"e\""));
	assert_false(complete("XFER_PS", ",\"tier\":\"ENT\",\"post\":\"p\",\"evidence\":\"e\""));
	assert_false(complete("EXPOSE", all)); /* its evidence is no hash */
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sentences), cmocka_unit_test(kinds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
