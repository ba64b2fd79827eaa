/* Suggestions of codes: how often the right hazard is among the first three, where it is not, and
 * that a word which is denied suggests nothing. The rates are measured on the sample tips and on
 * further short ones. */
#include "tests/unit/samples.h"

#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/suggest.h"

/* How many expected hazards were looked for, how many were found, and how many of those by words
 * (the others by the picture alone). */
struct rate {
	unsigned found, by_words, wanted;
};

static int
places(const struct suggest *s, const char *code)
{
	size_t i;

	for (i = 0; i < s->axis[TAXONOMY_HAZARD].cnt; i++)
		if (!strcmp(s->axis[TAXONOMY_HAZARD].code[i].code, code))
			return s->axis[TAXONOMY_HAZARD].code[i].words;
	return 0;
}

static bool
suggests(const struct suggest *s, enum taxonomy_axis axis, const char *code, size_t first)
{
	size_t i;

	for (i = 0; i < s->axis[axis].cnt && i < first; i++)
		if (!strcmp(s->axis[axis].code[i].code, code))
			return true;
	return false;
}

/* Looks for each expected hazard among the first three, or the first n where n > 3 are expected;
 * says which is not there. */
static void
judge(const char *id, const json_t *tip, const json_t *want, struct rate *rate)
{
	struct suggest *s = malloc(sizeof(*s));
	size_t i, k, first = json_array_size(want) > 3 ? json_array_size(want) : 3;

	assert_non_null(s);
	suggest_run(&tip, 1, NULL, s);
	for (i = 0; i < json_array_size(want); i++) {
		const char *code = json_string_value(json_array_get(want, i));

		rate->wanted++;
		if (suggests(s, TAXONOMY_HAZARD, code, first)) {
			rate->found++;
			rate->by_words += places(s, code) > 0;
			continue;
		}
		printf("# %s wants %s, got", id, code);
		for (k = 0; k < s->axis[TAXONOMY_HAZARD].cnt; k++)
			printf(" %s:%d", s->axis[TAXONOMY_HAZARD].code[k].code,
			       s->axis[TAXONOMY_HAZARD].code[k].score);
		printf("\n");
	}
	free(s);
}

static void
test_samples(void **arg)
{
	static const char *const langs[] = { "zh", "en" };
	json_t *all = samples_load("tests/data/sample-tips.json"), *tip;
	char id[32];
	size_t i, l;

	(void)arg;
	for (l = 0; l < 2; l++) {
		struct rate rate = { 0 };

		json_array_foreach(json_object_get(all, "tips"), i, tip)
		{
			json_t *body = samples_body(json_object_get(tip, "form"), langs[l]);
			json_t *e = json_object_get(tip, "expect");
			json_t *want = json_copy(json_object_get(e, "hazard"));

			/* the words of both matters stand in one tip */
			json_array_extend(want,
					  json_object_get(json_object_get(e, "split"), "hazard"));
			snprintf(id, sizeof(id), "%s %s",
				 json_string_value(json_object_get(tip, "id")), langs[l]);
			judge(id, body, want, &rate);
			json_decref(want);
			json_decref(body);
		}
		printf("# samples in %s: %u of %u\n", langs[l], rate.found, rate.wanted);
		assert_true(rate.found * 100 >= rate.wanted * 80);
	}
	json_decref(all);
}

static void
test_more(void **arg)
{
	json_t *all = samples_load("tests/data/tips-more.json"), *tip;
	struct rate rate[2] = { 0 };
	size_t i;

	(void)arg;
	json_array_foreach(json_object_get(all, "tips"), i, tip)
		judge(json_string_value(json_object_get(tip, "id")), tip,
		      json_object_get(tip, "hazard"),
		      &rate[json_is_true(json_object_get(tip, "tuned"))]);
	for (i = 0; i < 2; i++)
		printf("# further tips, %s: %u of %u, %u of them by words\n",
		       i ? "tuned on" : "kept apart", rate[i].found, rate[i].wanted,
		       rate[i].by_words);
	assert_true(rate[0].found * 100 >= rate[0].wanted * 80);
	assert_true(rate[1].found * 100 >= rate[1].wanted * 80);
	json_decref(all);
}

static void
speaks(const json_t *list, bool want)
{
	struct suggest *s = malloc(sizeof(*s));
	const json_t *one;
	size_t i;

	assert_non_null(s);
	json_array_foreach(list, i, one)
	{
		json_t *tip = json_pack("{s:O}", "what", json_object_get(one, "text"));
		const json_t *said = tip;
		const char *code = json_string_value(json_object_get(one, "code"));

		suggest_run(&said, 1, NULL, s);
		if (suggests(s, TAXONOMY_HAZARD, code, SUGGEST_CODES) != want)
			fail_msg("%s: %s", json_string_value(json_object_get(one, "text")), code);
		json_decref(tip);
	}
	free(s);
}

static void
test_denied(void **arg)
{
	json_t *all = samples_load("tests/data/tips-more.json");

	(void)arg;
	speaks(json_object_get(all, "never"), false);
	speaks(json_object_get(all, "still"), true);
	json_decref(all);
}

static void
test_spans(void **arg)
{
	json_t *tip = json_pack("{s:i,s:s,s:s}", "tile", 6, "what", "晚上后门用铁链锁着，没人管",
				"where", "Fan Lane 3");
	const json_t *said = tip;
	struct suggest *s = malloc(sizeof(*s));
	char *text;

	(void)arg;
	assert_non_null(s);
	suggest_run(&said, 1, NULL, s);
	assert_true(suggests(s, TAXONOMY_HAZARD, "FR-01", 1));
	assert_true(suggests(s, TAXONOMY_SECTOR, "FIRE", 1));
	text = suggest_marked(s, 0, "what", schema_text(tip, "what"));
	assert_non_null(text);
	assert_string_equal(text, "晚上{后门}用{铁链锁}着，没人管");
	free(text);
	assert_null(suggest_marked(s, 0, "inside", ""));
	free(s);
	json_decref(tip);
}

/* Whatever a source writes, every marked place lies within its field, and the list stays in order.
 */
static void
test_bounds(void **arg)
{
	json_t *all = samples_load("tests/data/sample-tips.json"), *tip;
	struct suggest *s = malloc(sizeof(*s));
	size_t i, k;

	(void)arg;
	assert_non_null(s);
	json_array_foreach(json_object_get(all, "tips"), i, tip)
	{
		json_t *body = samples_body(json_object_get(tip, "form"), "zh");
		const json_t *said[2] = { NULL, body };

		suggest_run(said, 2, "COAL", s);
		for (k = 0; k < s->span_cnt; k++) {
			assert_int_equal(s->span[k].said, 1);
			assert_true(s->span[k].at + s->span[k].len <=
				    strlen(schema_text(body, s->span[k].field)));
		}
		for (k = 1; k < s->axis[TAXONOMY_HAZARD].cnt; k++)
			assert_true(s->axis[TAXONOMY_HAZARD].code[k - 1].score >=
				    s->axis[TAXONOMY_HAZARD].code[k].score);
		json_decref(body);
	}
	free(s);
	json_decref(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples), cmocka_unit_test(test_more),
		cmocka_unit_test(test_denied),  cmocka_unit_test(test_spans),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
