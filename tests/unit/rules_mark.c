/* What is marked in an abstract: her own words, times, shifts, numbers of people, names; and what
 * is not. */
#include "tests/unit/samples.h"

#include "admin-cli/rules/mark.h"

static const char told[] =
	"二采区回风口那个瓦斯探头被人用塑料袋包住挪到新风里了，今晚这班就我们四个在那儿，后来把我调到地面扫院子";

static struct marks m;

static void
mark(const char *text, const char *knower)
{
	json_t *body = json_pack("{s:s,s:s}", "text", text, "knower", knower);
	json_t *tip = json_pack("{s:s,s:s}", "what", told, "inside",
				"The brick wall on the left past the crosscut");
	const json_t *said = tip;

	mark_all(body, &said, 1, &m);
	json_decref(body);
	json_decref(tip);
}

/* The names of all marks: "run:1 time:1". */
static const char *
names(const char *text, const char *knower)
{
	static char out[MARKS * MARK_NAMED];
	char name[MARK_NAMED];
	size_t i, n = 0;

	mark(text, knower);
	out[0] = '\0';
	for (i = 0; i < m.cnt; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s", i ? " " : "",
				      mark_name(name, &m.mark[i]));
	return out;
}

static void
test_kinds(void **arg)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "某矿瓦斯监测数据疑失真，立即测定。", "" },
		{ "疑瓦斯探头被人用塑料袋包住", "run:1" },
		{ "疑瓦斯探头，被人用塑料袋 包住", "run:1" },
		{ "昨晚有异常", "time:1" },
		{ "2026-11-02 发现，22:15 停风", "time:1 time:2" },
		{ "夜班人员", "shift:1" },
		{ "现场约有12名工人", "people:1" },
		{ "据王队长称", "name:1" },
		{ "电话13812345678", "number:1" },
		{ "有人被调到地面后", "rare:1" },
		{ "Data may be false; measure at once.", "" },
		{ "see: the BRICK wall on the left, is it real", "run:1" },
		{ "seen on Monday by four of us", "time:1 people:1" },
		{ "a crosscut is hidden", "rare:1" },
		{ "on the night shift", "shift:1" },
		{ "ask Foreman Li", "name:1" },
	};
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (strcmp(names(cases[i].text, "21-100"), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].text, names(cases[i].text, "21-100"));
}

/* Where few could know it, hours and places inside are marked, and shorter runs of hers. */
static void
test_coarse(void **arg)
{
	static const struct {
		const char *text, *fine, *coarse;
	} cases[] = {
		{ "宜于夜间22时后前往", "", "time:1" },
		{ "夜间前往", "", "" },
		{ "某矿二采区回风监测", "", "inside:1" },
		{ "西侧楼梯", "", "inside:1" },
		{ "疑被人用塑料袋遮", "rare:1", "run:1" },
		{ "看 the brick wall on, 再看", "rare:1", "run:1" },
		{ "go after nine", "", "time:1" },
		{ "look at tank 3", "", "inside:1" },
	};
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (strcmp(names(cases[i].text, "6-20"), cases[i].fine) != 0)
			fail_msg("%s: %s", cases[i].text, names(cases[i].text, "6-20"));
		if (strcmp(names(cases[i].text, "<=5"), cases[i].coarse) != 0)
			fail_msg("%s: coarse %s", cases[i].text, names(cases[i].text, "<=5"));
	}
	assert_true(mark_coarse(""));
	assert_true(mark_coarse(NULL));
	assert_false(mark_coarse(">100"));
}

/* What the samples' notes say must not go on is marked. */
static void
test_samples(void **arg)
{
	(void)arg;
	assert_non_null(strstr(names("今晚测定", "<=5"), "time:1"));
	assert_non_null(strstr(names("四个在那儿", "<=5"), ":1"));
	assert_non_null(strstr(names("有人扫院子", "<=5"), "rare:1"));
}

static void
test_shown(void **arg)
{
	char *text;
	json_t *counts;

	(void)arg;
	mark("昨晚夜班的人，昨晚", "21-100");
	text = mark_shown(&m, "text", "昨晚夜班的人，昨晚");
	assert_string_equal(text, "[time:1 昨晚][shift:1 夜班的]人，[time:2 昨晚]");
	free(text);
	counts = mark_counts(&m);
	assert_int_equal(json_array_size(counts), 2);
	assert_string_equal(json_string_value(json_array_get(counts, 0)), "time:2");
	assert_string_equal(json_string_value(json_array_get(counts, 1)), "shift:1");
	json_decref(counts);
	mark("某矿", "21-100");
	assert_null(mark_counts(&m));
}

/* A text that is marked all over is refused as a whole, not cut. */
static void
test_many(void **arg)
{
	char *text = calloc(MARKS + 2, strlen("昨晚。"));
	size_t i;

	(void)arg;
	assert_non_null(text);
	for (i = 0; i < MARKS + 1; i++)
		memcpy(text + i * strlen("昨晚。"), "昨晚。", strlen("昨晚。"));
	mark(text, "21-100");
	assert_int_equal(m.cnt, MARKS);
	assert_true(m.more);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),   cmocka_unit_test(test_coarse),
		cmocka_unit_test(test_samples), cmocka_unit_test(test_shown),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
