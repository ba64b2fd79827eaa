/* The fold: every guard both ways, clocks, and what single entries mean. */
#include "tests/unit/rules_fold.h"

#include <sodium.h>

static void
test_guards(void **arg)
{
	static const struct {
		enum machine_guard g;
		uint32_t days;
	} clocks[] = {
		{ GUARD_UNANSWERED_14_DAYS, 14 },
		{ GUARD_AFTER_30_DAYS, 30 },
		{ GUARD_AFTER_90_DAYS, 90 },
		{ GUARD_AFTER_365_DAYS, 365 },
	};
	struct fold f = { .since = DAY, .asked = DAY };
	struct fold_move m = { .fold = &f, .day = DAY };
	json_t *body = json_pack("{s:b,s:s}", "voice", 1, "result", "partly");
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
		m.day = DAY + clocks[i].days - 1;
		assert_false(fold_guard(clocks[i].g, &m));
		m.day++;
		assert_true(fold_guard(clocks[i].g, &m));
		m.day = DAY - 1; /* a clock that went back is no age */
		assert_false(fold_guard(clocks[i].g, &m));
	}
	m.day = DAY + 90;
	assert_true(fold_guard(GUARD_WITHIN_90_DAYS, &m));
	m.day++;
	assert_false(fold_guard(GUARD_WITHIN_90_DAYS, &m));

	assert_true(fold_guard(GUARD_NOT_S1, &m));
	f.danger_now = true; /* until somebody says otherwise */
	assert_false(fold_guard(GUARD_NOT_S1, &m));
	f.severity = 2;
	assert_true(fold_guard(GUARD_NOT_S1, &m));
	f.severity = 1;
	assert_false(fold_guard(GUARD_NOT_S1, &m));

	m.who[0] = &ann;
	m.who[1] = &bob;
	m.who_cnt = 1;
	m.body = body;
	assert_false(fold_guard(GUARD_S1_BY_TWO_AND_VOICE, &m));
	m.who_cnt = 2;
	assert_true(fold_guard(GUARD_S1_BY_TWO_AND_VOICE, &m));
	m.body = NULL;
	assert_false(fold_guard(GUARD_S1_BY_TWO_AND_VOICE, &m));
	f.severity = 2;
	assert_true(fold_guard(GUARD_S1_BY_TWO_AND_VOICE, &m));

	assert_false(fold_guard(GUARD_RESULT_POSITIVE, &m));
	m.body = body;
	assert_true(fold_guard(GUARD_RESULT_POSITIVE, &m));
	assert_false(fold_guard(GUARD_RESULT_NEGATIVE, &m));
	json_object_set_new(body, "result", json_string("not_found"));
	assert_false(fold_guard(GUARD_RESULT_POSITIVE, &m));
	assert_true(fold_guard(GUARD_RESULT_NEGATIVE, &m));

	assert_false(fold_guard(GUARD_NO_LEAK_STATED, &m));
	json_object_set_new(body, "no_leak", json_true());
	assert_true(fold_guard(GUARD_NO_LEAK_STATED, &m));
	assert_true(fold_guard(GUARD_NO_HOLD, &m));
	f.hold = true;
	assert_false(fold_guard(GUARD_NO_HOLD, &m));
	assert_true(fold_guard(GUARD_RECHECK_ONCE, &m));
	f.rechecks = 1;
	assert_false(fold_guard(GUARD_RECHECK_ONCE, &m));
	json_decref(body);
}

/* Moves that are in the table and whose role is right, and the guard that says no. */
static const struct {
	int from;
	const char *move, *more;
	bool two;
	enum machine_guard guard;
} guarded[] = {
	{ TIP_NEEDS_INFO, "closed_insufficient", "", false, GUARD_UNANSWERED_14_DAYS },
	{ TIP_IN_TRIAGE, "referred", ",\"target\":\"t\"", true, GUARD_S1_BY_TWO_AND_VOICE },
	{ TIP_IN_TRIAGE, "referred", "", true, GUARD_TARGET_NAMED },
	{ TIP_IN_TRIAGE, "referred", ",\"target\":\"t\",\"severity\":\"S3\"", true,
	  GUARD_REFERRAL_NAMED },
	{ TIP_IN_TRIAGE, "merged", "", true, GUARD_INTO_NAMED },
	{ TIP_MERGED, "in_action", "", true, GUARD_TARGET_IN_ACTION },
	{ TIP_MERGED, "in_action", ",\"target_state\":\"in_triage\"", true,
	  GUARD_TARGET_IN_ACTION },
	{ TIP_IN_ACTION, "in_triage", "", true, GUARD_REASON_WRITTEN },
	{ TIP_IN_TRIAGE, "held", "", true, GUARD_NOT_S1 },
	{ TIP_IN_ACTION, "verified", "", true, GUARD_RESULT_POSITIVE },
	{ TIP_IN_ACTION, "verified", ",\"result\":\"not_found\"", true, GUARD_RESULT_POSITIVE },
	{ TIP_IN_ACTION, "verified_unfounded", ",\"result\":\"partly\"", true,
	  GUARD_RESULT_NEGATIVE },
	{ TIP_IN_ACTION, "verified_unfounded", ",\"result\":\"unable\"", true,
	  GUARD_NO_LEAK_STATED },
	{ TIP_RECHECK, "in_action", "", false, GUARD_OTHER_PERSON },
	{ TIP_RECHECK, "answered", "", true, GUARD_OTHER_PERSON },
};

static void
test_guarded_moves(void **arg)
{
	char text[128];
	struct log l;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(guarded) / sizeof(*guarded); i++) {
		struct fold_entry *e;

		start(&l);
		reach(&l, guarded[i].from);
		if (guarded[i].from == TIP_RECHECK)
			reply(&l, &eve, "5d");
		if (guarded[i].from == TIP_IN_TRIAGE) /* the source said that somebody may die */
			json_object_set_new((json_t *)l.e[0].body, "danger_now", json_true());
		snprintf(text, sizeof(text), "{\"v\":1,\"move\":\"%s\"%s}", guarded[i].move,
			 guarded[i].more);
		e = guarded[i].two ? propose(&l, &ann, "triage", text)
				   : triage(&l, &ann, guarded[i].move, guarded[i].more);
		assert_int_equal(run(&l, MACHINE_TIP), guarded[i].from);
		if (e->reason != (enum fold_reason)(FOLD_GUARD + guarded[i].guard))
			fail_msg("%s: %s", guarded[i].move, fold_reason_name(e->reason));
		end(&l);
	}
	start(&l); /* the one recheck is spent */
	reach(&l, TIP_RECHECK);
	reply(&l, &eve, "5d");
	two(&l, &eve, &fay, "answered");
	add(&l, NULL, ENTRY_OBJECTION, 0, "{\"v\":1,\"text\":\"again\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ANSWERED);
	assert_int_equal(l.e[l.cnt - 1].reason, FOLD_GUARD + GUARD_RECHECK_ONCE);
	end(&l);
	start(&l); /* a message is no objection */
	reach(&l, TIP_ANSWERED);
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"thanks\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ANSWERED);
	assert_int_equal(l.f.rejected, 0);
	end(&l);
	start(&l); /* a word that is no state does not mean "anywhere" */
	reach(&l, TIP_IN_TRIAGE);
	triage(&l, &ann, "nowhere", "");
	propose(&l, &ann, "triage", "{\"v\":1,\"move\":\"nowhere\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(l.f.rejected, 2);
	end(&l);
}

/* What follows from the calendar has happened before the next entry counts. */
static void
test_clock_between(void **arg)
{
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_ANSWERED);
	l.day += 180; /* closed on day 90, purged on day 180, whenever somebody looks */
	assert_int_equal(run(&l, MACHINE_TIP), TIP_PURGED);
	assert_int_equal(l.f.since, DAY + 180);
	l.day -= 1;
	assert_int_equal(run(&l, MACHINE_TIP), TIP_CLOSED);
	assert_int_equal(l.f.since, DAY + 90);
	l.day -= 89;
	cosign(&l, &bob, propose(&l, &ann, "hold", "{\"v\":1,\"set\":true,\"text\":\"accident\"}"));
	l.day += 1000;
	assert_int_equal(run(&l, MACHINE_TIP), TIP_CLOSED);
	assert_true(l.f.hold);
	end(&l);
	start(&l);
	reach(&l, TIP_CLOSED_OUT);
	l.day += 89;
	assert_int_equal(run(&l, MACHINE_TIP), TIP_CLOSED_OUT);
	l.day++;
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"too late\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_PURGED);
	end(&l);
}

static void
test_guards_of_people(void **arg)
{
	struct fold f = { .verifier_cnt = 1, .verifier = { { .handle = { 1 }, .level = 3 } } };
	struct fold_move m = { .fold = &f, .who = { &ann, &eve }, .who_cnt = 1 };

	(void)arg;
	assert_false(fold_guard(GUARD_OTHER_PERSON, &m));
	m.who[0] = &bob;
	assert_true(fold_guard(GUARD_OTHER_PERSON, &m));
	assert_false(fold_guard(GUARD_ONE_LEVEL_UP, &m)); /* the same level */
	m.who[0] = &eve;
	assert_true(fold_guard(GUARD_ONE_LEVEL_UP, &m));
	m.who[1] = &ann; /* both must be */
	m.who_cnt = 2;
	assert_false(fold_guard(GUARD_OTHER_PERSON, &m));
	assert_false(fold_guard(GUARD_ONE_LEVEL_UP, &m));
	f.verifier[0].level = 4; /* nobody is above level 4 */
	m.who[1] = &fay;
	assert_true(fold_guard(GUARD_ONE_LEVEL_UP, &m));
	m.who_cnt = 0;
	assert_false(fold_guard(GUARD_OTHER_PERSON, &m));
}

static void
test_severity(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	e = triage(&l, &ann, "accepted", ",\"severity\":\"S3\",\"hazard\":[\"CM-15A\"]");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_FLOOR);
	reply(&l, &ann, "3");
	e = triage(&l, &ann, "needs_info",
		   ",\"severity\":\"S1\",\"text\":\"t\",\"hazard\":[\"CM-15A\"]");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_NEEDS_INFO);
	assert_int_equal(l.f.severity, 1);
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"t\"}");
	e = triage(&l, &ann, "accepted", ",\"severity\":\"S2\"");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_LOWER);
	e = cosign(
		&l, &bob,
		propose(&l, &ann, "triage",
			"{\"v\":1,\"move\":\"accepted\",\"severity\":\"S2\",\"credibility\":\"A2\"}"));
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ACCEPTED);
	assert_int_equal(l.f.severity, 2);
	assert_string_equal(l.f.credibility, "A2");
	end(&l);
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	e = triage(&l, &ann, "accepted", ",\"outcome\":\"MERGE\"");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_OUTCOME);
	e = triage(&l, &ann, "accepted", ",\"outcome\":\"ACCEPT\",\"severity\":\"S4\"");
	run(&l, MACHINE_TIP);
	assert_string_equal(l.f.outcome, "ACCEPT");
	end(&l);
}

/* A withdrawal deletes nothing, moves nothing, stops no clock. */
static void
test_withdrawal(void **arg)
{
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_NEEDS_INFO);
	add(&l, NULL, ENTRY_WITHDRAWAL, 0, "{\"v\":1,\"text\":\"I take it back\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_NEEDS_INFO);
	assert_true(l.f.withdrawn);
	assert_int_equal(l.f.since, DAY);
	assert_int_equal(l.f.rejected, 0);
	end(&l);
}

static void
test_close(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_ACTION);
	e = propose(&l, &ann, "close", "{\"v\":1,\"text\":\"done\"}");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_STATE); /* not before it was answered */
	end(&l);
	start(&l);
	reach(&l, TIP_ANSWERED);
	e = add(&l, &ann, ENTRY_CLOSE, 1, "{\"v\":1,\"text\":\"done\"}");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_TWO);
	assert_false(l.f.closed);
	cosign(&l, &bob, propose(&l, &ann, "close", "{\"v\":1,\"text\":\"done\"}"));
	run(&l, MACHINE_TIP);
	assert_true(l.f.closed);
	assert_int_equal(l.f.state, TIP_ANSWERED);
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"and another thing\"}");
	run(&l, MACHINE_TIP);
	assert_false(l.f.closed);
	end(&l);
}

static void
test_reply(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_ACCEPTED);
	e = add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"5a\"}");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_ANSWER);
	e = add(&l, &ann, ENTRY_REPLY, 0,
		"{\"v\":1,\"status\":\"3\",\"text\":\"where?\",\"question\":true}");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->verdict, FOLD_ACCEPTED);
	assert_true(l.f.question);
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"there\"}");
	run(&l, MACHINE_TIP);
	assert_false(l.f.question);
	e = add(&l, &ann, ENTRY_REPLY, 0,
		"{\"v\":1,\"status\":\"3\",\"dummy\":true,\"question\":true}");
	run(&l, MACHINE_TIP);
	assert_false(l.f.question); /* a dummy says nothing */
	end(&l);
	start(&l);
	reach(&l, TIP_VERIFIED);
	l.day += 3;
	add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"5b\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ANSWERED);
	assert_int_equal(l.f.answered, DAY + 3);
	end(&l);
}

static void
test_forward(void **arg)
{
	char text[256], hex[65] = "00";
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_ACCEPTED);
	memset(hex, 'a', 64);
	hex[64] = '\0';
	snprintf(text, sizeof(text), FORWARD_JSON, hex);
	e = add(&l, &ann, ENTRY_FORWARD, 1, text);
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_ABSTRACT);
	abstract(&l, hex);
	snprintf(text, sizeof(text), FORWARD_JSON, hex);
	e = add(&l, &ann, ENTRY_FORWARD, 1, text);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_ACTION);
	e = add(&l, &bob, ENTRY_FORWARD, 1, text); /* a second desk */
	run(&l, MACHINE_TIP);
	assert_int_equal(e->verdict, FOLD_ACCEPTED);
	assert_int_equal(l.f.state, TIP_IN_ACTION);
	end(&l);
}

/* Where life is in danger the rest of a tip does not wait for the part about an official; that part
 * reaches no planner for all that, but by the integrity desk. */
static void
test_forward_official(void **arg)
{
	struct fold_person planner = ann, official = ann;
	char text[256], hex[65];
	struct fold_entry *e;
	struct log l;

	(void)arg;
	planner.roles = ROLE(TR) | ROLE(SR) | ROLE(PL);
	official.roles = ROLE(IG) | ROLE(PL);
	start(&l);
	reach(&l, TIP_ACCEPTED);
	correct(&l, &ann, ",\"severity\":\"S1\",\"hazard\":[\"CM-01\",\"CO-03\"]");
	e = add(&l, &ann, ENTRY_ABSTRACT, 1,
		"{\"v\":1,\"text\":\"t\",\"hazard\":[\"CM-01\",\"CO-03\"],\"level\":3}");
	sodium_bin2hex(hex, sizeof(hex), e->hash, 32);
	snprintf(text, sizeof(text), FORWARD_JSON, hex);
	e = add(&l, &planner, ENTRY_FORWARD, 1, text);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ACCEPTED);
	assert_int_equal(e->reason, FOLD_GUARD + GUARD_NO_MISCONDUCT);
	e->who = official;
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_ACTION);
	end(&l);
	start(&l); /* the rest goes */
	reach(&l, TIP_ACCEPTED);
	correct(&l, &ann, ",\"severity\":\"S1\",\"hazard\":[\"CM-01\",\"CO-03\"]");
	e = add(&l, &ann, ENTRY_ABSTRACT, 1,
		"{\"v\":1,\"text\":\"t\",\"hazard\":[\"CM-01\"],\"level\":3}");
	sodium_bin2hex(hex, sizeof(hex), e->hash, 32);
	snprintf(text, sizeof(text), FORWARD_JSON, hex);
	add(&l, &planner, ENTRY_FORWARD, 1, text);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_ACTION);
	end(&l);
}

/* Replies wait for their hour: two of one author may appear in the other order. */
static void
test_held_replies(void **arg)
{
	struct fold_entry *a, *b;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	a = add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"2\"}");
	b = add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"4\"}");
	memset(b->prev, 0x77, 32); /* one that is still on its way */
	run(&l, MACHINE_TIP);
	assert_int_equal(a->verdict, FOLD_ACCEPTED);
	assert_int_equal(b->verdict, FOLD_ACCEPTED);
	memcpy(b->prev, l.e[0].hash, 32); /* the source's tip is not hers */
	run(&l, MACHINE_TIP);
	assert_int_equal(b->reason, FOLD_CHAIN);
	end(&l);
}

/* What is made public is approved by two of whom one has read the tip, and both sign which. */
static void
test_expose(void **arg)
{
	static const char hash[] =
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	static const struct {
		const char *more;
		bool passes;
	} cases[] = { { "", false }, { ",\"read\":true", true }, { ",\"read\":false", true } };
	struct log l;
	char text[600], move[64];
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fold_entry *e;

		start(&l);
		snprintf(
			text, sizeof(text),
			"{\"v\":1,\"kind\":\"EXPOSE\",\"target\":\"x\",\"tier\":\"ENT\",\"post\":\"p\","
			"\"case\":\"%.32s\",\"signed_off\":\"2026-10-01\",\"text\":\"t\","
			"\"evidence\":\"%s\"}",
			hash, hash);
		add(&l, &ann, ENTRY_REFERRAL, 1, text);
		snprintf(move, sizeof(move), "{\"v\":1,\"move\":\"approved\"%s}", cases[i].more);
		add(&l, &ann, ENTRY_BOOK_MOVE, 1, move); /* by one, whatever he says */
		e = cosign(&l, &bob, propose(&l, &ann, "book-move", move));
		assert_int_equal(run(&l, MACHINE_REFERRAL),
				 cases[i].passes ? REFERRAL_APPROVED : REFERRAL_DRAFTED);
		assert_int_equal(l.e[1].reason, FOLD_TWO);
		assert_int_equal(e->verdict, cases[i].passes ? FOLD_ACCEPTED : FOLD_REJECTED);
		if (!cases[i].passes)
			assert_int_equal(l.e[2].reason, FOLD_GUARD + GUARD_ONE_HAS_READ);
		end(&l);
	}
}

/* A desk is told of an accident by any other; it counts at a desk that is high enough and covers
 * the place, and somebody of that desk, who says at what he looked, ends it. */
static void
test_alert(void **arg)
{
	static const struct {
		uint8_t level;
		const char *area;
		enum fold_reason reason;
	} desks[] = { { 3, "990000", FOLD_FINE },
		      { 4, "000000", FOLD_FINE },
		      { 2, "990100", FOLD_LEVEL },
		      { 3, "980000", FOLD_LEVEL } };
	static const char told[] =
		"{\"v\":1,\"kind\":\"TOLD\",\"target\":\"x\",\"text\":\"t\",\"county\":\"990102\","
		"\"reported\":\"2026-10-01\",\"evidence\":\"e\"}";
	static const char looked[] = "{\"v\":1,\"move\":\"looked_into\",\"text\":\"t\"}";
	struct log l;

	(void)arg;
	for (size_t i = 0; i < sizeof(desks) / sizeof(*desks); i++) {
		start(&l);
		l.at = (struct fold_desk){ .known = true, .level = desks[i].level };
		memcpy(l.at.area, desks[i].area, sizeof(l.at.area));
		add(&l, &eve, ENTRY_REFERRAL, 1, told);
		add(&l, &eve, ENTRY_BOOK_MOVE, 1, looked);
		add(&l, &ann, ENTRY_BOOK_MOVE, 1, "{\"v\":1,\"move\":\"looked_into\"}");
		add(&l, &ann, ENTRY_BOOK_MOVE, 1, looked);
		assert_int_equal(run(&l, MACHINE_ALERT),
				 desks[i].reason == FOLD_FINE ? ALERT_LOOKED_INTO : ALERT_ALERTED);
		assert_int_equal(l.e[0].reason, desks[i].reason);
		if (desks[i].reason == FOLD_FINE) {
			assert_int_equal(l.e[1].reason, FOLD_GUARD + GUARD_OWN_DESK);
			assert_int_equal(l.e[2].reason, FOLD_GUARD + GUARD_REASON_WRITTEN);
		}
		end(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_guarded_moves),
		cmocka_unit_test(test_alert),
		cmocka_unit_test(test_clock_between),
		cmocka_unit_test(test_guards_of_people),
		cmocka_unit_test(test_severity),
		cmocka_unit_test(test_withdrawal),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_forward),
		cmocka_unit_test(test_forward_official),
		cmocka_unit_test(test_held_replies),
		cmocka_unit_test(test_expose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
