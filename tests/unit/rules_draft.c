/* A triage under construction: what it understands, what it computes, which outcomes it allows, and
 * what one person cannot get past it. */
#include "tests/unit/rules_fold.h"

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/priority.h"

static struct log l;
static struct fold_input in;
static struct draft *d;
static char why[DRAFT_WHY_CAP];

/* A tip that somebody has read, and a draft of its triage by this person. */
static void
begin(const struct fold_person *who, const char *more)
{
	char text[600];

	start(&l);
	snprintf(text, sizeof(text),
		 "{\"v\":1%s,\"county\":\"990102\",\"where\":\"x\",\"what\":\"y\"%s}",
		 strstr(more, "\"tile\"") ? "" : ",\"tile\":2", more);
	add(&l, NULL, ENTRY_TIP, 0, text);
	add(&l, &ann, ENTRY_ACKNOWLEDGE, 1, "{\"v\":1}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	in = (struct fold_input){
		.machine = MACHINE_TIP, .entry = l.e, .entry_cnt = l.cnt, .today = l.day
	};
	d = draft_new(&(struct draft_case){
		.in = &in, .fold = &l.f, .tip = l.e[0].body, .id = { 9 }, .desk = 2, .me = *who });
	assert_non_null(d);
}

static void
finish(void)
{
	draft_free(d);
	end(&l);
}

static void
set(const char *field, const char *text)
{
	if (!draft_set(d, draft_field(field), text, why))
		fail_msg("%s: %s", field, why);
}

static void
wrong(const char *field, const char *text, const char *part)
{
	assert_false(draft_set(d, draft_field(field), text, why));
	if (!strstr(why, part))
		fail_msg("%s", why);
}

/* Everything that an acceptance wants, with these hazards and this severity. */
static void
classify(const char *hazard, const char *severity)
{
	set("sector", "coal");
	set("place", "underground");
	set("issue", "I4,I2");
	set("hazard", hazard);
	set("severity", severity);
	set("credibility", "a2");
	set("actionability", "9");
	set("knower", "6-20");
	set("order_kind", "surprise");
}

static bool
says(enum draft_mark mark, unsigned field)
{
	struct draft_problem list[DRAFT_PROBLEMS];
	size_t n = draft_problems(d, list), i;

	for (i = 0; i < n; i++)
		if (list[i].field == field &&
		    (list[i].mark == mark ||
		     (mark == DRAFT_MISSING && list[i].mark == DRAFT_WANTED)))
			return true;
	return false;
}

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

static unsigned
persons(const char *outcome)
{
	struct draft_outcome out[DRAFT_OUTCOMES];
	size_t n = draft_outcomes(d, out), i;

	assert_int_equal(n, 11);
	for (i = 0; i < n; i++)
		if (!strcmp(out[i].word->code, outcome))
			return out[i].persons;
	fail();
	return 0;
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
		cmocka_unit_test(test_suggested),   cmocka_unit_test(test_words),
		cmocka_unit_test(test_order),       cmocka_unit_test(test_floor),
		cmocka_unit_test(test_level),       cmocka_unit_test(test_priority),
		cmocka_unit_test(test_needs),       cmocka_unit_test(test_question),
		cmocka_unit_test(test_outcomes),    cmocka_unit_test(test_merge),
		cmocka_unit_test(test_clerk),       cmocka_unit_test(test_grave_stays),
		cmocka_unit_test(test_saved),       cmocka_unit_test(test_take),
		cmocka_unit_test(test_short),       cmocka_unit_test(test_like),
		cmocka_unit_test(test_merge_level), cmocka_unit_test(test_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
