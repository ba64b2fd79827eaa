/* Bodies of entries: what is read, what is refused, what is written; and the words that betray. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"
#include "crypto/err.h"

static int
parse(uint16_t type, const char *text)
{
	char why[SCHEMA_WHY_CAP];
	json_t *body;
	int err = schema_parse(&body, type, text, strlen(text), why);

	assert_true(!err == !!body);
	assert_true(!err == !*why);
	json_decref(body);
	return err;
}

static void
test_read(void **arg)
{
	static const struct {
		uint16_t type;
		const char *text;
	} good[] = {
		{ ENTRY_TIP, "{\"v\":1,\"tile\":0,\"county\":\"\",\"where\":\"\",\"what\":\"\"}" },
		{ ENTRY_TIP,
		  "{\"v\":1,\"tile\":3,\"county\":\"990102\",\"where\":\"x\",\"what\":\"y\","
		  "\"hiding\":[\"a new one\"],\"act_care\":\"?\",\"more\":{\"a\":[1]}}" },
		{ ENTRY_ACKNOWLEDGE, "{\"v\":1}" },
		{ ENTRY_NOTE, "{\"v\":1,\"text\":\"\xe7\x9f\xbf\"}" },
		{ ENTRY_REPLY, "{\"v\":1,\"status\":\"5a\",\"dummy\":true}" },
		{ ENTRY_TRIAGE,
		  "{\"v\":1,\"move\":\"accepted\",\"credibility\":\"X4\",\"hazard\":[]}" },
		{ ENTRY_PROPOSE, "{\"v\":1,\"type\":\"close\",\"body\":{\"v\":1,\"text\":\"t\"}}" },
		{ ENTRY_CLAIM_FIXED, "{\"v\":1,\"k\":1,\"day\":\"2028-02-29\"}" },
		{ ENTRY_MESSAGE,
		  "{\"v\":1,\"text\":\"t\",\"media\":[{\"i\":0,\"name\":\"n\",\"type\":\"t\",\"len\":1,\"class\":65536,"
		  "\"parts\":5,\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}]}" },
	};
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (parse(good[i].type, good[i].text))
			fail_msg("%s", good[i].text);
}

static void
test_refused(void **arg)
{
	static const struct {
		uint16_t type;
		const char *text;
		int err;
	} bad[] = {
		{ ENTRY_NOTE, "", ERR_FORMAT },
		{ ENTRY_NOTE, "[]", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":1,\"text\":\"a\"} x", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"text\":\"a\"}", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":0,\"text\":\"a\"}", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":\"1\",\"text\":\"a\"}", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":1}", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":1,\"text\":1}", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":1,\"text\":\"a\",\"text\":\"b\"}",
		  ERR_FORMAT }, /* which one was meant? */
		{ ENTRY_NOTE, "{\"v\":1,\"text\":\"a\\u0000b\"}", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":1,\"text\":\"\xff\"}", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":1,\"text\":\"\xc0\xaf\"}", ERR_FORMAT },
		{ ENTRY_NOTE, "{\"v\":2,\"text\":\"a\"}", ERR_STALE },
		{ 4711, "{\"v\":1}", ERR_STALE },
		{ ENTRY_COUNTER, "{\"v\":1}", ERR_STALE },
		{ ENTRY_TIP, "{\"v\":1,\"tile\":-1,\"county\":\"\",\"where\":\"\",\"what\":\"\"}",
		  ERR_FORMAT },
		{ ENTRY_TIP,
		  "{\"v\":1,\"tile\":0,\"county\":\"99010\",\"where\":\"\",\"what\":\"\"}",
		  ERR_FORMAT },
		{ ENTRY_TIP, "{\"v\":1,\"tile\":0,\"county\":\"\",\"where\":\"\"}", ERR_FORMAT },
		{ ENTRY_REPLY, "{\"v\":1,\"status\":\"7\"}", ERR_FORMAT },
		{ ENTRY_REPLY, "{\"v\":1,\"status\":4}", ERR_FORMAT },
		{ ENTRY_TRIAGE, "{\"v\":1}", ERR_FORMAT },
		{ ENTRY_TRIAGE, "{\"v\":1,\"move\":\"accepted\",\"severity\":\"S5\"}", ERR_FORMAT },
		{ ENTRY_TRIAGE, "{\"v\":1,\"move\":\"accepted\",\"credibility\":\"A5\"}",
		  ERR_FORMAT },
		{ ENTRY_TRIAGE, "{\"v\":1,\"move\":\"accepted\",\"hazard\":[\"ZZ-99\"]}",
		  ERR_FORMAT },
		{ ENTRY_TRIAGE,
		  "{\"v\":1,\"move\":\"accepted\",\"hazard\":[\"IM-01\",\"IM-02\",\"IM-03\",\"IM-04\",\"IM-05\"]}",
		  ERR_FORMAT },
		{ ENTRY_TRIAGE, "{\"v\":1,\"move\":\"merged\",\"into\":\"12\"}", ERR_FORMAT },
		{ ENTRY_TRIAGE, "{\"v\":1,\"move\":\"in_action\",\"target_state\":\"gone\"}",
		  ERR_FORMAT },
		{ ENTRY_CORRECTION, "{\"v\":1,\"severity\":\"S2\"}", ERR_FORMAT },
		{ ENTRY_CORRECTION, "{\"v\":1,\"text\":\"t\",\"severity\":\"S0\"}", ERR_FORMAT },
		{ ENTRY_LINK, "{\"v\":1,\"text\":\"t\"}", ERR_FORMAT },
		{ ENTRY_HOLD, "{\"v\":1,\"text\":\"t\"}", ERR_FORMAT },
		{ ENTRY_ABSTRACT, "{\"v\":1,\"text\":\"t\",\"hazard\":[\"CM-01\"],\"level\":5}",
		  ERR_FORMAT },
		{ ENTRY_ABSTRACT, "{\"v\":1,\"text\":\"t\"}", ERR_FORMAT },
		{ ENTRY_FORWARD, "{\"v\":1,\"order\":\"00\",\"desk\":7,\"abstract\":\"00\"}",
		  ERR_FORMAT },
		{ ENTRY_PROPOSE, "{\"v\":1,\"type\":\"note\",\"body\":{\"v\":1,\"text\":\"t\"}}",
		  ERR_FORMAT },
		{ ENTRY_PROPOSE, "{\"v\":1,\"type\":\"propose\",\"body\":{}}", ERR_FORMAT },
		{ ENTRY_PROPOSE, "{\"v\":1,\"type\":\"triage\",\"body\":{\"v\":1}}", ERR_FORMAT },
		{ ENTRY_PROPOSE, "{\"v\":1,\"type\":\"close\",\"body\":[]}", ERR_FORMAT },
		{ ENTRY_COSIGN,
		  "{\"v\":1,\"proposal\":\"ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789\"}",
		  ERR_FORMAT },
		{ ENTRY_CLAIM_FIXED, "{\"v\":1,\"k\":1,\"day\":\"2026-02-30\"}", ERR_FORMAT },
		{ ENTRY_CLAIM_FIXED, "{\"v\":1,\"k\":1,\"day\":\"tomorrow\"}", ERR_FORMAT },
		{ ENTRY_MESSAGE, "{\"v\":1,\"text\":\"t\",\"media\":[{\"i\":0}]}", ERR_FORMAT },
	};
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int err = parse(bad[i].type, bad[i].text);

		if (err != bad[i].err)
			fail_msg("%u %s gave %d", bad[i].type, bad[i].text, err);
	}
}

/* Deep nesting and long text end in a refusal, not in a crash. */
static void
test_hostile(void **arg)
{
	char deep[9000];
	json_t *body;
	char why[SCHEMA_WHY_CAP];

	(void)arg;
	memset(deep, '[', sizeof(deep));
	assert_int_equal(schema_parse(&body, ENTRY_NOTE, deep, sizeof(deep), why), ERR_FORMAT);
	memset(deep, '"', sizeof(deep));
	assert_int_equal(schema_parse(&body, ENTRY_NOTE, deep, sizeof(deep), why), ERR_FORMAT);
}

static void
test_print(void **arg)
{
	json_t *body = json_pack("{s:i,s:s}", "v", 1, "text", "\xe7\x9f\xbf/\"\n");
	char why[SCHEMA_WHY_CAP], *text;
	uint32_t s, d;
	size_t len;

	(void)arg;
	assert_int_equal(schema_print(&text, &len, ENTRY_NOTE, body, ENTRY_ROOM, why), 0);
	assert_string_equal(text, "{\"v\":1,\"text\":\"\xe7\x9f\xbf/\\\"\\n\"}");
	assert_int_equal(len, strlen(text));
	free(text);
	assert_int_equal(schema_print(&text, &len, ENTRY_NOTE, body, len - 1, why), ERR_RANGE);
	assert_string_equal(why, "1 bytes too many");
	assert_int_equal(schema_print(&text, &len, ENTRY_CLAIM_FIXED, body, ENTRY_ROOM, why),
			 ERR_FORMAT);
	assert_false(schema_after(body, &s, &d));
	schema_set_after(body, 3, 5);
	assert_true(schema_after(body, &s, &d));
	assert_int_equal(s, 3);
	assert_int_equal(d, 5);
	json_object_set_new(body, "after", json_pack("[i,i]", -1, 0));
	assert_false(schema_after(body, &s, &d));
	json_decref(body);
}

static void
test_taxonomy(void **arg)
{
	const char *codes[] = { "CM-15A", "IM-06" };
	size_t cnt;

	(void)arg;
	assert_int_equal(taxonomy_floor(codes, 1), 2);
	assert_int_equal(taxonomy_floor(codes, 2), 1);
	assert_int_equal(taxonomy_floor(codes, 0), 4);
	assert_null(taxonomy_find(TAXONOMY_HAZARD, "CM-1"));
	assert_null(taxonomy_find(TAXONOMY_HAZARD, NULL));
	assert_int_equal(taxonomy_find(TAXONOMY_TILE, "10")->route, 'S');
	assert_int_equal(taxonomy_route("10"), CHOOSE_S);
	assert_int_equal(taxonomy_route("3"), CHOOSE_C);
	assert_int_equal(taxonomy_route("0"), CHOOSE_N);
	assert_int_equal(taxonomy_route("no such tile"), CHOOSE_N);
	assert_string_equal(taxonomy_find(TAXONOMY_OUTCOME, "SEAL")->to, "sealed");
	taxonomy_all(TAXONOMY_TILE, &cnt);
	assert_int_equal(cnt, 11); /* ten pictures and "something else" */
}

/* The file's own examples, which the page's engine tries as well. */
static void
test_risk(void **arg)
{
	json_t *file = json_load_file("admin-cli/data/risk.json", 0, NULL), *p, *text;
	size_t i, k;

	(void)arg;
	if (!file)
		fail_msg("run from the top of the tree");
	assert_int_equal(json_array_size(json_object_get(file, "patterns")), risk_cnt());
	json_array_foreach(json_object_get(file, "patterns"), i, p)
	{
		assert_string_equal(schema_text(p, "id"), risk_name(i));
		json_array_foreach(json_object_get(p, "hit"), k,
				   text) if (!risk_match(i, json_string_value(text)))
			fail_msg("%s misses %s", risk_name(i), json_string_value(text));
		json_array_foreach(json_object_get(p, "miss"), k,
				   text) if (risk_match(i, json_string_value(text)))
			fail_msg("%s hits %s", risk_name(i), json_string_value(text));
	}
	p = json_object_get(file, "probe");
	json_array_foreach(json_object_get(p, "hit"), k,
			   text) if (!risk_probes(json_string_value(text)))
		fail_msg("probe misses %s", json_string_value(text));
	json_array_foreach(json_object_get(p, "miss"), k,
			   text) if (risk_probes(json_string_value(text)))
		fail_msg("probe hits %s", json_string_value(text));
	json_decref(file);
}

/* A refusal says what is expected in place of the value. */
static void
test_why(void **arg)
{
	static const struct {
		uint16_t type;
		const char *text, *why;
	} cases[] = {
		{ ENTRY_NOTE, "{\"v\":1}", "\"text\" is missing" },
		{ ENTRY_NOTE, "{\"v\":1,\"text\":1}",
		  "\"text\" is invalid: a text of at most 9422 bytes is expected" },
		{ ENTRY_TRIAGE,
		  "{\"v\":1,\"move\":\"accepted\",\"hazard\":[\"IM-01\",\"IM-01\",\"IM-01\",\"IM-01\",\"IM-01\"]}",
		  "\"hazard\" is invalid: at most 4 codes of the list \"hazard\" are expected" },
		{ ENTRY_TRIAGE, "{\"v\":1,\"move\":\"accepted\",\"severity\":\"s1\"}",
		  "\"severity\" is invalid: a code of the list \"severity\" is expected" },
		{ ENTRY_TRIAGE, "{\"v\":1,\"move\":\"accepted\",\"credibility\":\"A5\"}",
		  "\"credibility\" is invalid: A, B, C or X and 1 to 4 are expected" },
		{ ENTRY_CLAIM_FIXED, "{\"v\":1,\"k\":1,\"day\":\"tomorrow\"}",
		  "\"day\" is invalid: a day such as 2026-12-01 is expected" },
		{ ENTRY_PROPOSE, "{\"v\":1,\"type\":\"triage\",\"body\":{\"v\":1}}",
		  "\"move\" is missing" },
	};
	char why[SCHEMA_WHY_CAP];
	json_t *body;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text = cases[i].text;

		assert_int_equal(schema_parse(&body, cases[i].type, text, strlen(text), why),
				 ERR_FORMAT);
		assert_string_equal(why, cases[i].why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hostile),  cmocka_unit_test(test_print),
		cmocka_unit_test(test_taxonomy), cmocka_unit_test(test_risk),
		cmocka_unit_test(test_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
