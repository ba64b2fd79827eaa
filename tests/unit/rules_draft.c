/* A triage under construction: what it understands, what it computes, which outcomes it allows, and
 * what one person cannot get past it. */
#include "tests/unit/rules_draft.h"

static void
test_words(void **arg)
{
	const struct taxonomy_word *hit[8];
	char *text;

	(void)arg;
	assert_int_equal(draft_find(TAXONOMY_HAZARD, "door", hit, 8), 1);
	assert_string_equal(hit[0]->code, "FR-01");
	assert_int_equal(draft_find(TAXONOMY_HAZARD, "门", hit, 8), 1);
	assert_string_equal(hit[0]->code, "FR-01");
	assert_true(draft_find(TAXONOMY_HAZARD, "fr-0", hit, 8) == 8);
	assert_int_equal(draft_find(TAXONOMY_HAZARD, "", hit, 8), 0);

	begin(&ann, "");
	set("hazard", "门，cm-02、 foam");
	text = draft_text(d, CLASS_HAZARD);
	assert_non_null(strstr(text, "FR-01"));
	assert_non_null(strstr(text, "CM-02"));
	assert_non_null(strstr(text, "FR-06"));
	free(text);
	wrong("hazard", "unicorn", "unicorn");
	wrong("hazard", "fire", "several");
	wrong("hazard", "CM-02,cm-02", "twice");
	wrong("hazard", "CM-01,CM-02,CM-03,CM-04,CM-05", "at most 4");
	wrong("severity", "S9", "S9");
	wrong("credibility", "E5", "B2");
	wrong("actionability", "11", "0 to 10");
	wrong("actionability", "many", "0 to 10");
	wrong("mass", "perhaps", "yes or no");
	wrong("into", "12", "32 hex");
	assert_int_equal(json_array_size(draft_get(d, CLASS_HAZARD)), 3);
	set("hazard", "-");
	assert_null(draft_get(d, CLASS_HAZARD));
	finish();
}

static void
test_order(void **arg)
{
	uint32_t seen = 0;
	unsigned i;

	(void)arg;
	for (i = 0; i < DRAFT__MAX; i++) {
		seen |= 1u << draft_order[i];
		assert_non_null(draft_info[i].name);
		assert_int_equal(draft_field(draft_info[i].name), i);
		if (i < CLASS__MAX) /* the body and the draft mean the same */
			assert_string_equal(draft_info[i].name, class_field[i].name);
	}
	assert_int_equal(seen, (1u << DRAFT__MAX) - 1);
}

/* The floor of the gravest hazard, of many people, and what gets under it. */
static void
test_floor(void **arg)
{
	struct draft_plan plan;
	const char *by;

	(void)arg;
	begin(&ann, "");
	classify("CM-02,MG-02", "S3");
	set("outcome", "ACCEPT");
	assert_int_equal(class_floor(draft_fold(d), &by), 1);
	assert_string_equal(by, "CM-02");
	assert_true(says(DRAFT_MISSING, DRAFT_TEXT)); /* a reason */
	assert_false(draft_plan(d, true, &plan, why));
	set("text", "the mine has stood still for a year");
	assert_true(says(DRAFT_TWO, DRAFT_OUTCOME)); /* and a second person */
	assert_true(draft_plan(d, true, &plan, why));
	assert_int_equal(plan.persons, 2);
	assert_int_equal(plan.step[0].type, ENTRY_PROPOSE);
	draft_plan_free(&plan);
	finish();

	begin(&ann, "");
	classify("MG-02", "S3");
	set("outcome", "ACCEPT");
	assert_true(draft_plan(d, true, &plan, why));
	assert_int_equal(plan.persons, 1);
	draft_plan_free(&plan);
	set("mass", "yes"); /* three could die: S2 */
	assert_int_equal(class_floor(draft_fold(d), &by), 2);
	assert_string_equal(by, "mass");
	assert_true(says(DRAFT_MISSING, DRAFT_TEXT));
	finish();

	/* The tip speaks of ten and more: leaving the mark out lowers nothing. */
	begin(&ann, ",\"people_band\":\"10-29\"");
	classify("MG-02", "S3");
	set("outcome", "OUT_SCOPE");
	set("text", "t");
	assert_int_equal(class_floor(draft_fold(d), NULL), 2);
	assert_true(says(DRAFT_TWO, DRAFT_OUTCOME));
	set("mass", "no");
	assert_true(says(DRAFT_TWO, DRAFT_OUTCOME));
	finish();
}

/* Where it starts, and that it says why. */
static void
test_level(void **arg)
{
	json_t *out;
	char *text;

	(void)arg;
	begin(&ann, ",\"keep_from\":[\"L0\"]");
	set("hazard", "CM-01");
	assert_int_equal(level_start(draft_fold(d), l.e[0].body, NULL), 2);
	set("named", "L1");
	assert_int_equal(level_start(draft_fold(d), l.e[0].body, NULL), 3);
	text = draft_why_level(d);
	assert_non_null(strstr(text, "L1"));
	assert_non_null(strstr(text, "Excluded: L0 L1 L2"));
	free(text);
	out = draft_computed(d);
	assert_int_equal(schema_number(out, "start_level"), 3);
	assert_int_equal(json_array_size(schema_list(out, "excluded")), 3);
	json_decref(out);
	finish();

	begin(&ann, "");
	set("hazard", "FR-02");
	set("place", "P-MISS");
	assert_int_equal(level_start(draft_fold(d), l.e[0].body, NULL), 2); /* nobody leads */
	assert_true(draft_asks(d, CLASS_REGULATOR));
	set("regulator", "fire brigade");
	assert_int_equal(level_start(draft_fold(d), l.e[0].body, NULL), 1);
	set("recurrence", "1");
	assert_int_equal(level_start(draft_fold(d), l.e[0].body, NULL), 2);
	finish();
}

static void
test_priority(void **arg)
{
	struct priority_term term[PRIORITY_TERMS];
	unsigned n;
	int first;
	char *text;

	(void)arg;
	begin(&ann, ",\"people_band\":\"30+\"");
	classify("CM-15A", "S2");
	set("recurrence", "2");
	set("campaign", "00112233445566778899aabbccddeeff");
	/* 60 + 4·9 + A2 18 + 10 + 20 + 5 */
	assert_int_equal(priority_of(draft_fold(d), term, &n), 149);
	assert_int_equal(n, 6);
	text = draft_why_priority(d);
	assert_non_null(strstr(text, "149 = 60"));
	free(text);
	first = priority_rank(draft_fold(d));
	set("credibility", "X4");
	assert_int_equal(priority_of(draft_fold(d), term, &n), 121);
	set("credibility", "A1");
	assert_int_equal(priority_of(draft_fold(d), term, &n), 151);
	finish();
	begin(&ann, ""); /* life comes first, whatever the sum */
	set("severity", "S1");
	assert_true(priority_rank(draft_fold(d)) > first);
	finish();
}

/* Each outcome and what it cannot go without. */
static void
test_needs(void **arg)
{
	static const struct {
		const char *outcome, *field;
	} needs[] = { { "NEED_INFO", "question" }, { "MERGE", "into" },
		      { "LINK", "into" },          { "REFER", "target" },
		      { "ACCEPT", "severity" },    { "SEAL", "text" },
		      { "HOLD_SOURCE", "text" },   { "ABUSE", "text" },
		      { "OUT_SCOPE", "text" },     { "URGENT", "order_kind" } };
	struct draft_plan plan;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		begin(&ann, "");
		set("outcome", needs[i].outcome);
		assert_true(draft_asks(d, draft_field(needs[i].field)));
		assert_true(says(DRAFT_MISSING, draft_field(needs[i].field)));
		assert_false(draft_plan(d, true, &plan, why));
		finish();
	}
	begin(&ann, ""); /* a correction can add what is only wanted, but not how grave it is */
	set("outcome", "ACCEPT");
	assert_false(draft_plan(d, false, &plan, why));
	set("severity", "S3");
	assert_false(draft_plan(d, true, &plan, why));
	assert_true(draft_plan(d, false, &plan, why));
	draft_plan_free(&plan);
	finish();
	begin(&ann, ""); /* an S1 of which nobody else speaks */
	set("outcome", "ACCEPT");
	set("severity", "S1");
	assert_true(says(DRAFT_MISSING, DRAFT_TEXT));
	set("hazard", "CM-02"); /* whose floor is S1 */
	assert_false(says(DRAFT_MISSING, DRAFT_TEXT));
	finish();
	begin(&ann, ""); /* nothing at all */
	assert_false(draft_plan(d, true, &plan, why));
	assert_true(says(DRAFT_MISSING, DRAFT_OUTCOME));
	finish();
	begin(&ann, ""); /* a grave one is handed over by voice as well */
	classify("CM-02", "S1");
	set("outcome", "REFER");
	set("target", "fire brigade");
	assert_true(says(DRAFT_MISSING, DRAFT_VOICE));
	set("voice", "yes");
	assert_true(draft_plan(d, true, &plan, why));
	assert_int_equal(plan.persons, 2);
	assert_true(plan.source_told);
	assert_true(plan.refer); /* a referral follows it */
	draft_plan_free(&plan);
	finish();
}

/* The question goes in the same act, and the move names it. */
static void
test_question(void **arg)
{
	struct draft_plan plan;

	(void)arg;
	begin(&ann, "");
	set("outcome", "NEED_INFO");
	set("question", "Which side of the hill?");
	assert_true(draft_plan(d, true, &plan, why));
	assert_int_equal(plan.cnt, 2);
	assert_int_equal(plan.step[0].type, ENTRY_REPLY);
	assert_true(schema_is(plan.step[0].body, "question"));
	assert_string_equal(plan.step[1].names, "question");
	assert_int_equal(strlen(schema_text(plan.step[1].body, "question")), 64);
	draft_plan_free(&plan);
	finish();
}

static void
test_outcomes(void **arg)
{
	struct fold_person reader = ann;
	struct draft_plan plan;

	(void)arg;
	begin(&ann, "");
	assert_int_equal(persons("ACCEPT"), 1);
	assert_int_equal(persons("SEAL"), 2);
	assert_int_equal(persons("ABUSE"), 2);
	assert_int_equal(persons("MERGE"), 2);
	assert_int_equal(persons("HOLD_SOURCE"), 2);
	assert_int_equal(persons("INSUFF"), 0); /* nothing was asked */
	assert_int_equal(persons("OUT_SCOPE"), 1);
	set("severity", "S2");
	assert_int_equal(persons("OUT_SCOPE"), 2);
	assert_int_equal(persons("URGENT"), 0);
	set("severity", "S1");
	assert_int_equal(persons("URGENT"), 1);
	assert_int_equal(persons("HOLD_SOURCE"), 0);
	finish();

	reader.roles = ROLE(TR); /* no senior: he seals nothing, not even as a proposal */
	begin(&reader, "");
	assert_int_equal(persons("ACCEPT"), 1);
	assert_int_equal(persons("SEAL"), 0);
	finish();

	begin(&ann, ""); /* misconduct is not shown to a queue; life in danger comes before */
	classify("CO-03,CM-02", "S2");
	assert_int_equal(persons("ACCEPT"), 0);
	assert_int_equal(persons("LINK"), 0);
	assert_int_equal(persons("SEAL"), 2);
	set("severity", "S1");
	assert_int_equal(persons("URGENT"), 1);
	set("outcome", "URGENT");
	assert_true(draft_plan(d, true, &plan, why));
	assert_true(plan.duty);
	draft_plan_free(&plan);
	finish();
}

/* A voice is a name: a tip with sound in it is marked so, one with a picture is not. */
static void
test_sound(void **arg)
{
	static const char *const types[] = { "audio/opus", "image/jpeg" };
	char media[300];
	json_t *v;

	(void)arg;
	for (size_t i = 0; i < 2; i++) {
		snprintf(media, sizeof(media),
			 ",\"media\":[{\"i\":0,\"name\":\"n\",\"type\":\"%s\",\"len\":65528,"
			 "\"class\":65536,\"parts\":5,\"sha256\":\"%064d\"}]",
			 types[i], 1);
		begin(&ann, media);
		v = draft_suggestion(d, CLASS_RISK);
		assert_int_equal(json_array_size(v), i == 0);
		if (v)
			assert_string_equal(json_string_value(json_array_get(v, 0)), "voice");
		json_decref(v);
		finish();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),    cmocka_unit_test(test_order),
		cmocka_unit_test(test_floor),    cmocka_unit_test(test_level),
		cmocka_unit_test(test_priority), cmocka_unit_test(test_needs),
		cmocka_unit_test(test_question), cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
