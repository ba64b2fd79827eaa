/* A triage beside what the case, its tip and other cases say: merges, what one clerk cannot lower,
 * suggestions. */
#include "tests/unit/rules_draft.h"

/* A merge into a case of another desk, into one that is over, into a lighter one. */
static void
test_merge(void **arg)
{
	struct draft_other other = { .here = true, .desk = 2, .state = "accepted", .severity = 2 };

	(void)arg;
	begin(&ann, "");
	classify("CM-15A", "S2");
	set("outcome", "MERGE");
	set("into", CASE_DIGITS);
	assert_true(says(DRAFT_WRONG, DRAFT_INTO)); /* not here */
	draft_other(d, &other, NULL);
	assert_false(says(DRAFT_WRONG, DRAFT_INTO));
	other.desk = 3;
	draft_other(d, &other, NULL);
	assert_true(says(DRAFT_WRONG, DRAFT_INTO));
	other.desk = 2;
	other.severity = 3;
	draft_other(d, &other, NULL);
	assert_true(says(DRAFT_WRONG, DRAFT_INTO));
	other.severity = 1;
	snprintf(other.state, sizeof(other.state), "closed_abuse");
	draft_other(d, &other, NULL);
	assert_true(says(DRAFT_WRONG, DRAFT_INTO));
	snprintf(other.state, sizeof(other.state), "merged");
	draft_other(d, &other, NULL);
	assert_true(says(DRAFT_WRONG, DRAFT_INTO));
	set("into", "09000000000000000000000000000000"); /* itself */
	assert_true(says(DRAFT_WRONG, DRAFT_INTO));
	finish();
}

/* Who has read a tip and not acknowledged it is told what to do, and not that it cannot be done. */
static void
test_unread(void **arg)
{
	struct draft_outcome all[DRAFT_OUTCOMES];
	size_t n, i;

	(void)arg;
	begin(&ann, "");
	draft_free(d);
	in.entry_cnt = 1;
	l.cnt = 1;
	assert_int_equal(run(&l, MACHINE_TIP), TIP_RECEIVED);
	d = draft_new(&(struct draft_case){
		.in = &in, .fold = &l.f, .tip = l.e[0].body, .id = { 9 }, .desk = 2, .me = ann });
	classify("CM-15A", "S2");
	n = draft_outcomes(d, all);
	for (i = 0; i < n; i++)
		assert_int_equal(all[i].why, FOLD_UNREAD);
	l.cnt = 2; /* both are freed */
	finish();
}

/* A merged tip goes on where the other case does, and never to an office that its source fears. */
static void
test_merge_level(void **arg)
{
	struct draft_other other = { .here = true, .desk = 2, .state = "accepted", .severity = 2 };
	char *text;

	(void)arg;
	begin(&ann, ",\"keep_from\":[\"L0\"]");
	classify("CM-15A", "S2");
	set("outcome", "MERGE");
	set("into", CASE_DIGITS);
	other.start = 2; /* no lower, but nobody is kept out of it */
	draft_other(d, &other, NULL);
	assert_true(says(DRAFT_WRONG, DRAFT_INTO));
	other.named = true;
	draft_other(d, &other, NULL);
	assert_false(says(DRAFT_WRONG, DRAFT_INTO));
	other.start = 1;
	draft_other(d, &other, NULL);
	assert_true(says(DRAFT_WRONG, DRAFT_INTO));
	other.start = 3;
	draft_other(d, &other, NULL);
	assert_false(says(DRAFT_WRONG, DRAFT_INTO));
	text = draft_why_level(d);
	assert_non_null(strstr(text, "starts at L3: as case"));
	assert_non_null(strstr(text, "Excluded: L0 L1 L2"));
	free(text);
	set("outcome", "LINK"); /* which goes on by itself */
	text = draft_why_level(d);
	assert_non_null(strstr(text, "starts at L2"));
	free(text);
	finish();
	begin(&ann, ""); /* whose source fears nobody */
	classify("CM-15A", "S2");
	set("outcome", "MERGE");
	set("into", CASE_DIGITS);
	other = (struct draft_other){
		.here = true, .desk = 2, .state = "accepted", .severity = 2, .start = 1
	};
	draft_other(d, &other, NULL);
	assert_false(says(DRAFT_WRONG, DRAFT_INTO));
	finish();
}

/* What one clerk cannot lower by himself once it stands in the case. */
static void
test_clerk(void **arg)
{
	static const struct {
		const char *stands, *then;
		enum fold_reason reason;
	} tries[] = {
		{ ",\"named\":\"L1\"", ",\"named\":\"L0\"", FOLD_LOWER },
		{ ",\"hazard\":[\"IM-01\"]", ",\"hazard\":[\"CM-01\"]", FOLD_LOWER }, /* level */
		{ ",\"mass\":true", ",\"mass\":false", FOLD_LOWER },
		{ ",\"severity\":\"S2\"", ",\"severity\":\"S3\"", FOLD_LOWER },
		{ ",\"hazard\":[\"CM-01\"]", ",\"severity\":\"S4\"", FOLD_FLOOR },
		{ ",\"place\":[\"P-MISS\"]", ",\"place\":[\"P-SITE\"]", FOLD_LOWER },
		{ ",\"recurrence\":1", ",\"recurrence\":0", FOLD_LOWER },
		{ ",\"knower\":\"<=5\"", ",\"knower\":\"6-20\"", FOLD_LOWER },
		{ ",\"knower\":\"21-100\"", ",\"knower\":\"<=5\"", FOLD_FINE },
		{ ",\"severity\":\"S3\"", ",\"severity\":\"S1\"", FOLD_FINE },
	};
	struct fold_entry *e;
	char both[300];
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		begin(&ann, "");
		e = correct(&l, &ann, tries[i].stands);
		run(&l, MACHINE_TIP);
		assert_int_equal(e->reason, FOLD_FINE);
		e = correct(&l, &ann, tries[i].then);
		run(&l, MACHINE_TIP);
		if (e->reason != tries[i].reason)
			fail_msg("%s: %s", tries[i].then, fold_reason_name(e->reason));
		snprintf(both, sizeof(both), "{\"v\":1,\"text\":\"t\"%s}", tries[i].then);
		e = cosign(&l, &bob, propose(&l, &ann, "correction", both));
		run(&l, MACHINE_TIP);
		assert_int_equal(e->reason, FOLD_FINE); /* two may, with a reason */
		finish();
	}
	begin(&ann, ""); /* two without a reason may not go below the floor */
	e = cosign(
		&l, &bob,
		propose(&l, &ann, "triage",
			"{\"v\":1,\"move\":\"accepted\",\"severity\":\"S3\",\"hazard\":[\"CM-02\"]}"));
	run(&l, MACHINE_TIP);
	assert_int_equal(l.e[l.cnt - 2].reason, FOLD_REASON);
	assert_int_equal(e->reason, FOLD_PROPOSAL);
	finish();
}

/* What was put under its floor by two still takes two to end. */
static void
test_grave_stays(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	begin(&ann, "");
	cosign(&l, &bob,
	       propose(&l, &ann, "correction",
		       "{\"v\":1,\"text\":\"t\",\"hazard\":[\"CM-02\"],\"severity\":\"S4\"}"));
	e = triage(&l, &ann, "closed_out", "");
	run(&l, MACHINE_TIP);
	assert_int_equal(l.f.severity, 4);
	assert_int_equal(e->reason, FOLD_GUARD + GUARD_TWO_IF_GRAVE);
	finish();
}

/* What her words suggest is offered, and stands nowhere before somebody takes it. */
static void
test_suggested(void **arg)
{
	json_t *v;
	size_t i;
	bool door = false;

	(void)arg;
	begin(&ann, ",\"tile\":6,\"inside\":\"安全出口的门锁着\"");
	v = draft_suggestion(d, CLASS_HAZARD);
	for (i = 0; i < json_array_size(v); i++)
		door |= !strcmp(json_string_value(json_array_get(v, i)), "FR-01");
	assert_true(door);
	assert_null(draft_get(d, CLASS_HAZARD));
	assert_int_equal(draft_fold(d)->hazard_cnt, 0);
	assert_true(draft_put(d, CLASS_HAZARD, v, why));
	json_decref(v);
	v = draft_suggestion(d, CLASS_SEVERITY);
	assert_string_equal(json_string_value(v), "S2");
	json_decref(v);
	finish();
}

/* A hold is looked at every fourteen days, and each look needs a reason. */
static void
test_review(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	start(&l);
	reach(&l, TIP_HELD);
	run(&l, MACHINE_TIP);
	assert_int_equal(fold_review_due(&l.f), l.day + 14);
	l.day += 10;
	e = triage(&l, &ann, "held", "");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_GUARD + GUARD_REASON_WRITTEN);
	assert_int_equal(fold_review_due(&l.f), l.day + 4);
	triage(&l, &bob, "held", ",\"text\":\"no cover yet\"");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_HELD);
	assert_int_equal(fold_review_due(&l.f), l.day + 14);
	triage(&l, &bob, "in_triage", "");
	run(&l, MACHINE_TIP);
	assert_int_equal(fold_review_due(&l.f), 0);
	end(&l);
}

static void
test_saved(void **arg)
{
	json_t *saved, *again;

	(void)arg;
	begin(&ann, "");
	classify("CM-02", "S1");
	set("question", "where?");
	saved = draft_save(d);
	finish();
	begin(&ann, "");
	assert_true(draft_load(d, saved, why));
	again = draft_save(d);
	assert_true(json_equal(saved, again));
	json_decref(again);
	json_object_set_new(saved, "hazrad", json_string("CM-02"));
	assert_false(draft_load(d, saved, why));
	assert_non_null(strstr(why, "hazrad"));
	json_decref(saved);
	saved = json_pack("{s:s,s:[s]}", "hazard", "门", "place", "P-UG"); /* words, as typed */
	assert_true(draft_load(d, saved, why));
	assert_string_equal(json_string_value(json_array_get(draft_get(d, CLASS_HAZARD), 0)),
			    "FR-01");
	json_decref(saved);
	finish();
}

/* The sample tips: a person judges, and the rules agree with what is expected of the rest. */
static void
test_samples(void **arg)
{
	json_t *all = json_load_file("tests/data/sample-tips.json", 0, NULL), *t;
	struct draft_other first = {
		.here = true, .desk = 2, .state = "accepted", .severity = 2, .named = true
	};
	size_t i, k;

	(void)arg;
	json_array_foreach(json_object_get(all, "tips"), i, t)
	{
		json_t *form = json_object_get(t, "form"), *e = json_object_get(t, "expect");
		const char *id = schema_text(t, "id"), *level = schema_text(e, "start_level");
		json_t *tip = json_pack("{s:O,s:O,s:O}", "tile", json_object_get(form, "tile"),
					"people_band", json_object_get(form, "people_band"),
					"keep_from", json_object_get(form, "keep_from"));
		const char *same[] = { "sector",   "place",       "work",          "issue",
				       "severity", "credibility", "actionability", "hazard" };
		json_t *computed;
		char more[400], *text = json_dumps(tip, JSON_COMPACT);

		/* one object inside the other: without its first brace */
		snprintf(more, sizeof(more), ",%.*s", (int)strlen(text) - 2, text + 1);
		free(text);
		begin(&ann, more);
		json_object_set(e, "knower", json_object_get(e, "knower_count"));
		json_object_set(e, "mass", json_object_get(e, "mass_casualty"));
		for (k = 0; k < sizeof(same) / sizeof(*same); k++)
			if (!draft_put(d, draft_field(same[k]), json_object_get(e, same[k]), why))
				fail_msg("%s %s: %s", id, same[k], why);
		assert_true(draft_put(d, CLASS_MASS, json_object_get(e, "mass"), why));
		assert_true(draft_put(d, CLASS_KNOWER, json_object_get(e, "knower"), why));
		if (json_object_get(e, "regulator"))
			assert_true(draft_put(d, CLASS_REGULATOR, json_object_get(e, "regulator"),
					      why));
		set("outcome", schema_text(e, "triage"));
		if (!strcmp(schema_text(e, "triage"), "MERGE")) {
			set("into", CASE_DIGITS);
			draft_other(d, &first, NULL);
		}
		computed = draft_computed(d);
		if (json_integer_value(json_object_get(computed, "start_level")) != level[1] - '0')
			fail_msg("%s: %s", id, draft_why_level(d));
		if (!json_equal(json_object_get(computed, "excluded"),
				json_object_get(e, "excluded")))
			fail_msg("%s: %s", id, draft_why_level(d));
		if (!strcmp(id, "T02")) /* into which another is merged */
			first.start = (int)json_integer_value(
				json_object_get(computed, "start_level"));
		assert_true(schema_text(e, "severity")[1] - '0' <=
			    class_floor(draft_fold(d), NULL));
		if (!persons(schema_text(e, "triage")))
			fail_msg("%s: %s is not possible", id, schema_text(e, "triage"));
		json_decref(computed);
		json_decref(tip);
		finish();
	}
	assert_true(json_array_size(json_object_get(all, "tips")) >= 9);
	json_decref(all);
}

/* All that is suggested at once: what nobody filled in, and nothing that only a person can say. */
static void
test_take(void **arg)
{
	(void)arg;
	begin(&ann, ",\"tile\":6,\"inside\":\"安全出口的门锁着\",\"people_band\":\"1-2\"");
	set("outcome", "ac");
	set("issue", "I1");
	draft_take(d);
	assert_string_equal(draft_fold(d)->hazard[0], "FR-01");
	assert_string_equal(json_string_value(draft_get(d, CLASS_SECTOR)), "FIRE");
	assert_string_equal(json_string_value(draft_get(d, CLASS_SEVERITY)), "S2");
	assert_string_equal(json_string_value(draft_get(d, CLASS_ORDER_KIND)), "SURPRISE");
	assert_int_equal(json_array_size(draft_get(d, CLASS_ISSUE)), 1);
	assert_string_equal(json_string_value(json_array_get(draft_get(d, CLASS_ISSUE), 0)), "I1");
	assert_null(draft_get(d, CLASS_CREDIBILITY));
	assert_null(draft_get(d, CLASS_KNOWER));
	assert_true(says(DRAFT_WANTED, CLASS_KNOWER));
	finish();

	/* the usual place and issue of a hazard, where no word speaks for one */
	begin(&ann, ",\"tile\":2");
	draft_take(d);
	assert_null(draft_get(d, CLASS_PLACE));
	set("hazard", "NM-09");
	draft_take(d);
	assert_string_equal(json_string_value(json_array_get(draft_get(d, CLASS_PLACE), 0)),
			    "P-PIT");
	assert_string_equal(json_string_value(json_array_get(draft_get(d, CLASS_ISSUE), 0)), "I4");
	finish();
}

/* The beginning of one code only is that code; a question that is ready is named by its word. */
static void
test_short(void **arg)
{
	(void)arg;
	begin(&ann, "");
	set("order_kind", "s");
	assert_string_equal(json_string_value(draft_get(d, CLASS_ORDER_KIND)), "SURPRISE");
	set("knower", "2");
	assert_string_equal(json_string_value(draft_get(d, CLASS_KNOWER)), "21-100");
	wrong("outcome", "a", "several");
	wrong("severity", "s", "several");
	set("outcome", "n");
	set("question", "site");
	assert_true(strlen(json_string_value(draft_get(d, DRAFT_QUESTION))) > 20);
	set("question", "working"); /* is no question */
	assert_string_equal(json_string_value(draft_get(d, DRAFT_QUESTION)), "working");
	finish();
}

/* The case that it is most like is offered, for a merge one that still leads somewhere. */
static void
test_like(void **arg)
{
	static const char over[] = "11111111111111111111111111111111",
			  open[] = "22222222222222222222222222222222";
	struct draft_case c;

	(void)arg;
	begin(&ann, "");
	c = (struct draft_case){
		.in = &in, .fold = &l.f, .tip = l.e[0].body, .desk = 2, .me = ann
	};
	c.like_cnt = 2;
	memcpy(c.like[0].id, over, sizeof(over));
	memcpy(c.like[1].id, open, sizeof(open));
	c.like[0].same = c.like[1].same = true;
	c.like[1].said = json_pack("{s:s,s:s}", "knower", "6-20", "credibility", "C3");
	for (size_t i = 0; i < 2; i++)
		c.like[i].other = (struct draft_other){
			.here = true, .desk = 2, .severity = 2, .state = "accepted"
		};
	memcpy(c.like[0].other.state, "merged", sizeof("merged"));
	draft_free(d);
	d = draft_new(&c);
	set("outcome", "LINK");
	draft_take(d);
	assert_string_equal(json_string_value(draft_get(d, DRAFT_INTO)), over);
	set("into", "-");
	set("outcome", "MERGE");
	set("severity", "S2");
	draft_take(d);
	assert_string_equal(json_string_value(draft_get(d, DRAFT_INTO)), open);
	assert_false(says(DRAFT_WRONG, DRAFT_INTO));
	/* the same matter was judged there, but not how near this source is */
	assert_string_equal(json_string_value(draft_get(d, CLASS_KNOWER)), "6-20");
	assert_null(draft_get(d, CLASS_CREDIBILITY));
	set("into", over);
	assert_true(says(DRAFT_WRONG, DRAFT_INTO));
	/* one that nothing led to, and that a person named */
	set("knower", "-");
	set("into", "33333333333333333333333333333333");
	draft_take(d);
	assert_null(draft_get(d, CLASS_KNOWER));
	draft_other(d, &c.like[1].other, json_pack("{s:s}", "knower", "<=5"));
	draft_take(d);
	assert_string_equal(json_string_value(draft_get(d, CLASS_KNOWER)), "<=5");
	finish();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),     cmocka_unit_test(test_review),
		cmocka_unit_test(test_suggested),   cmocka_unit_test(test_merge),
		cmocka_unit_test(test_clerk),       cmocka_unit_test(test_grave_stays),
		cmocka_unit_test(test_saved),       cmocka_unit_test(test_take),
		cmocka_unit_test(test_short),       cmocka_unit_test(test_like),
		cmocka_unit_test(test_merge_level), cmocka_unit_test(test_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
