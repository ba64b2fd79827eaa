/* Which desks may get an abstract: the source's exclusion does not end where the matter is handed
 * on. */
#include "tests/unit/rules_fold.h"

#include "admin-cli/rules/level.h"

static int
start_of(const char *tip, const char *hazard)
{
	struct fold f = { 0 };
	json_t *t = json_loads(tip, 0, NULL), *h = json_pack("[s]", hazard);
	int level = level_start(&f, t, h);

	json_decref(t);
	json_decref(h);
	return level;
}

static void
test_start(void **arg)
{
	(void)arg;
	assert_int_equal(start_of("{\"tile\":2}", "CM-01"), 1);
	assert_int_equal(start_of("{\"tile\":3}", "CM-01"), 2);
	assert_int_equal(start_of("{\"tile\":2}", "IM-01"), 2);
	assert_int_equal(start_of("{\"tile\":2}", "CO-03"), 3);
	assert_int_equal(start_of("{\"tile\":2,\"keep_from\":[\"L0\"]}", "CM-01"), 2);
	assert_int_equal(start_of("{\"tile\":2,\"keep_from\":[\"L0\",\"L1\",\"police\"]}", "CM-01"),
			 3);
	assert_int_equal(start_of("{\"tile\":2,\"keep_from\":[\"L3\"]}", "CM-01"), 4);
}

static bool
allowed(const char *abstract, int level, const char *area)
{
	json_t *a = json_loads(abstract, 0, NULL);
	bool is = level_allows(a, level, area);

	json_decref(a);
	return is;
}

static void
test_allows(void **arg)
{
	const char *bound = "{\"level\":2,\"keep_from\":[\"L2\"],\"county\":\"990102\"}";

	(void)arg;
	assert_false(allowed(bound, 1, "990102")); /* too low */
	assert_false(allowed(bound, 2, "990100")); /* excluded by name */
	assert_true(allowed(bound, 3, "990000"));
	assert_true(allowed(bound, 4, "000000"));
	assert_false(allowed(bound, 3, "980000")); /* another province */
	assert_true(allowed("{\"county\":\"990102\"}", 1, "990102"));
	assert_false(allowed("{\"county\":\"990103\"}", 1, "990102")); /* the next county */
	assert_false(allowed("{}", 1, "990102")); /* nobody said which county */
	assert_true(allowed("{}", 3, "990000"));
}

/* An abstract that forgets what the source asked for is refused by every reader of the case. */
static void
test_abstract(void **arg)
{
	static const struct {
		const char *more;
		bool fine;
	} cases[] = {
		{ "", false },
		{ ",\"level\":3", false },
		{ ",\"keep_from\":[\"L1\"]", false },
		{ ",\"level\":2,\"keep_from\":[\"L1\"]", false },
		{ ",\"level\":3,\"keep_from\":[\"L1\"]", true },
	};
	char text[128];
	struct log l;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fold_entry *e;

		start(&l);
		reach(&l, TIP_ACCEPTED);
		json_object_set_new((json_t *)l.e[0].body, "keep_from", json_pack("[s]", "L1"));
		snprintf(text, sizeof(text), "{\"v\":1,\"text\":\"t\",\"hazard\":[\"CM-01\"]%s}",
			 cases[i].more);
		e = add(&l, &ann, ENTRY_ABSTRACT, 1, text);
		run(&l, MACHINE_TIP);
		assert_int_equal(e->reason, cases[i].fine ? FOLD_FINE : FOLD_LEVEL);
		end(&l);
	}
}

/* The receiving side checks as well: an order at a desk that may not have it is none. */
static void
test_order(void **arg)
{
	struct fold_entry *e;
	struct log l;
	int level;

	(void)arg;
	for (level = 1; level <= 3; level++) {
		start(&l);
		l.at = (struct fold_desk){
			.known = true, .integrity = true, .level = level, .area = "990100"
		};
		e = add(&l, &ann, ENTRY_ORDER, 1,
			"{\"v\":1,\"text\":\"t\",\"hazard\":[\"CM-01\"],\"level\":2,"
			"\"county\":\"990102\"}");
		run(&l, MACHINE_ORDER);
		assert_int_equal(e->reason, level >= 2 ? FOLD_FINE : FOLD_LEVEL);
		memcpy(l.at.area, "990200", 7);
		run(&l, MACHINE_ORDER);
		assert_int_equal(e->reason, FOLD_LEVEL);
		end(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_allows),
		cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
