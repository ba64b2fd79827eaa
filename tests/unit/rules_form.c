/* The form that staff fills for somebody: its order, its words, what is missing, what points at a
 * person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/rules/form.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"

static unsigned
question(const char *name)
{
	unsigned q;

	for (q = 0; q < FORM_CNT; q++)
		if (!strcmp(form_question[q].name, name))
			return q;
	fail_msg("no question %s", name);
	return 0;
}

static void
is(const char *name, const char *typed, const char *want)
{
	char why[FORM_WHY_CAP] = "";
	json_t *v = form_read(question(name), typed, why),
	       *w = want ? json_loads(want, JSON_DECODE_ANY, NULL) : NULL;

	if (!want == !!v || (want && !json_equal(v, w)))
		fail_msg("%s: \"%s\" is not %s (%s)", name, typed, want ? want : "refused", why);
	assert_true(want || *why);
	json_decref(v);
	json_decref(w);
}

static void
test_read(void **arg)
{
	(void)arg;
	is("danger_now", "y", "true");
	is("danger_now", "不是", "false");
	is("danger_now", "", NULL);
	is("danger_now", "maybe", NULL);
	is("tile", "3", "3");
	is("tile", "0", "0");
	is("tile", "77", NULL);
	is("county", "990102", "\"990102\"");
	is("county", "", "\"\"");
	is("county", "99010x", NULL);
	is("when_visible", "", "[]");
	is("act_care", "yes_wait", "\"yes_wait\"");
	is("act_care", "soon", NULL);
	is("basis", "heard", "\"heard\"");
	is("keep_from", "L1, L2", "[\"L1\", \"L2\"]");
	is("keep_from", "L1，L2、L0", "[\"L1\", \"L2\", \"L0\"]");
	is("keep_from", "L1,moon", NULL);
	is("what", "第一行\n第二行", "\"第一行\\n第二行\"");
	is("what", "\xff", NULL);
}

/* The page's order: the three that are needed first, the others behind them. */
static void
test_missing(void **arg)
{
	json_t *body = json_object();

	(void)arg;
	assert_int_equal(form_missing(body), question("danger_now"));
	json_object_set_new(body, "danger_now", json_false());
	json_object_set_new(body, "tile", json_integer(0));
	assert_int_equal(form_missing(body), question("county"));
	json_object_set_new(body, "county", json_string(""));
	json_object_set_new(body, "where", json_string(" \n"));
	assert_int_equal(form_missing(body), question("where"));
	json_object_set_new(body, "where", json_string("x"));
	json_object_set_new(body, "what", json_string("y"));
	assert_int_equal(form_missing(body), FORM_CNT);
	assert_false(form_too_long(body));
	char *big = calloc(1, FORM_MAX + 1);
	memset(big, 'a', FORM_MAX);
	json_object_set_new(body, "what", json_string(big));
	assert_true(form_too_long(body));
	free(big);
	json_decref(body);
}

/* Every pattern of the data has its words here; numbers are those that name one person. */
static void
test_risks(void **arg)
{
	json_t *body = json_object();
	unsigned q, numbers = 0;
	size_t i, hits;

	(void)arg;
	for (i = 0; i < risk_cnt(); i++) {
		assert_string_not_equal(form_risk_text(i), risk_name(i));
		numbers += form_risk_number(i);
	}
	assert_int_equal(numbers, 3);
	for (q = 0; q < FORM_CNT; q++) {
		json_object_set_new(body, form_question[q].name, json_string("打13800138000找他"));
		for (i = hits = 0; i < risk_cnt(); i++)
			hits += form_risk(q, body, i) && form_risk_number(i);
		assert_int_equal(hits, form_question[q].kind == FORM_WORDS);
	}
	json_decref(body);
}

static void
test_taken(void **arg)
{
	json_t *body = json_pack("{s:i,s:i,s:s,s:s,s:s,s:s}", "v", 1, "tile", 3, "county", "",
				 "where", "w", "what", "x", "taken", "telephone");
	char why[SCHEMA_WHY_CAP], *text;
	size_t len;

	(void)arg;
	assert_int_equal(schema_print(&text, &len, ENTRY_TIP, body, 4000, why), 0);
	free(text);
	assert_string_equal(form_taken(body)->code, "telephone");
	assert_false(form_can_answer(body));
	json_object_set_new(body, "want_reply", json_true());
	assert_true(form_can_answer(body));
	/* what somebody invents is no mark, and hides no tip */
	json_object_set_new(body, "taken", json_string("dream"));
	assert_null(form_taken(body));
	assert_true(form_can_answer(body));
	assert_int_equal(schema_print(&text, &len, ENTRY_TIP, body, 4000, why), 0);
	free(text);
	json_object_set_new(body, "taken", json_integer(1));
	assert_int_not_equal(schema_print(&text, &len, ENTRY_TIP, body, 4000, why), 0);
	json_decref(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_risks),
		cmocka_unit_test(test_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
