/* What one person must not be able to do alone: end a grave case, lower it, leave its source
 * without a word. Each test walks a way that would end a tip without a second pair of eyes. */
#include "tests/unit/rules_fold.h"

#include "admin-cli/rules/entry_type.h"

static struct log l;

static void
at(int state, bool danger)
{
	start(&l);
	reach(&l, state);
	if (danger)
		json_object_set_new((json_t *)l.e[0].body, "danger_now", json_true());
}

/* The entry is refused with that reason, and the case stays where it was. */
static void
refused(const struct fold_entry *e, int state, unsigned reason)
{
	assert_int_equal(run(&l, MACHINE_TIP), state);
	if (e->reason != reason)
		fail_msg("%s", fold_reason_name(e->reason));
}

#define GUARD(g) (FOLD_GUARD + GUARD_##g)

/* A guard looks at the case as the same entry classifies it. */
static void
test_new_values(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	at(TIP_IN_TRIAGE, false);
	e = triage(&l, &ann, "referred", ",\"severity\":\"S1\",\"target\":\"t\",\"text\":\"t\"");
	refused(e, TIP_IN_TRIAGE, GUARD(TWO_IF_GRAVE));
	e = propose(
		&l, &ann, "triage",
		"{\"v\":1,\"move\":\"referred\",\"severity\":\"S1\",\"target\":\"t\",\"text\":\"t\"}");
	refused(e, TIP_IN_TRIAGE, GUARD(S1_BY_TWO_AND_VOICE));
	e = propose(&l, &ann, "triage",
		    "{\"v\":1,\"move\":\"held\",\"severity\":\"S1\",\"text\":\"t\"}");
	refused(e, TIP_IN_TRIAGE, GUARD(NOT_S1));
	e = triage(&l, &ann, "accepted", ",\"outcome\":\"ACCEPT\"");
	refused(e, TIP_IN_TRIAGE, GUARD(SEVERITY_GIVEN));
	e = triage(&l, &ann, "accepted", ",\"outcome\":\"URGENT\",\"severity\":\"S2\"");
	refused(e, TIP_IN_TRIAGE, GUARD(URGENT_IS_S1));
	e = triage(&l, &ann, "closed_out", ",\"severity\":\"S2\"");
	refused(e, TIP_IN_TRIAGE, GUARD(TWO_IF_GRAVE));
	triage(&l, &ann, "accepted", ",\"outcome\":\"URGENT\",\"severity\":\"S1\"");
	refused(&l.e[l.cnt - 1], TIP_IN_TRIAGE, FOLD_REASON); /* of S1 nobody else speaks */
	triage(&l, &ann, "accepted", ",\"outcome\":\"URGENT\",\"severity\":\"S1\",\"text\":\"t\"");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ACCEPTED);
	end(&l);
}

/* The floor of a hazard stays when a later entry gives a severity alone, or hazards alone. */
static void
test_floor_in_any_order(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	at(TIP_IN_TRIAGE, false);
	reply(&l, &ann, "3");
	triage(&l, &ann, "needs_info", ",\"hazard\":[\"CM-15A\"]");
	triage(&l, &ann, "in_triage", "");
	e = triage(&l, &ann, "accepted", ",\"severity\":\"S4\"");
	refused(e, TIP_IN_TRIAGE, FOLD_FLOOR);
	e = cosign(&l, &bob,
		   propose(&l, &ann, "triage",
			   "{\"v\":1,\"move\":\"accepted\",\"severity\":\"S2\"}"));
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ACCEPTED);
	e = correct(&l, &ann, ",\"hazard\":[\"CM-02\"]"); /* its floor is S1 */
	refused(e, TIP_ACCEPTED, FOLD_FLOOR);
	e = correct(&l, &ann, ",\"hazard\":[\"FR-02\"]"); /* one person drops the grave hazard */
	refused(e, TIP_ACCEPTED, FOLD_LOWER);
	assert_int_equal(l.f.hazard_cnt, 1);
	assert_string_equal(l.f.hazard[0], "CM-15A");
	end(&l);
}

/* Out of scope, referred, not enough: one person where it is neither urgent nor grave. */
static void
test_two_to_end(void **arg)
{
	static const struct {
		int from;
		const char *move;
	} ways[] = { { TIP_IN_TRIAGE, "closed_out" },
		     { TIP_IN_TRIAGE, "referred" },
		     { TIP_NEEDS_INFO, "closed_insufficient" } };
	size_t i;
	int k;

	(void)arg;
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		for (k = 0; k < 4; k++) {
			static const char *const grave[] = { "", "S2", "S4", "S3" };
			struct fold_entry *e;
			char more[130];

			at(ways[i].from, k == 2);
			if (ways[i].from == TIP_NEEDS_INFO)
				l.day += 14;
			snprintf(more, sizeof(more), ",\"target\":\"t\",\"into\":\"%032d\"%s%s%s",
				 0, k ? ",\"severity\":\"" : "", grave[k], k ? "\"" : "");
			e = triage(&l, &ann, ways[i].move, more);
			if (k < 3) {
				refused(e, ways[i].from, GUARD(TWO_IF_GRAVE));
				two_with(&l, &ann, &bob, ways[i].move, more);
			}
			assert_int_equal(run(&l, MACHINE_TIP),
					 machine_state(MACHINE_TIP, ways[i].move));
			end(&l);
		}
}

/* "Needs information" stands on a question that she could see, and its term begins there. */
static void
test_question(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	at(TIP_IN_TRIAGE, false);
	e = triage(&l, &ann, "needs_info", "");
	refused(e, TIP_IN_TRIAGE, GUARD(QUESTION_ASKED));
	reply(&l, &ann, "4"); /* says something, asks nothing */
	e = triage(&l, &ann, "needs_info", "");
	refused(e, TIP_IN_TRIAGE, GUARD(QUESTION_ASKED));
	reply(&l, &ann, "3");
	triage(&l, &ann, "needs_info", "");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_NEEDS_INFO);
	l.day += 10;
	reply(&l, &ann, "3"); /* asked again: the term begins again */
	l.day += 4;
	e = triage(&l, &ann, "closed_insufficient", ALL_SAID);
	refused(e, TIP_NEEDS_INFO, GUARD(UNANSWERED_14_DAYS));
	l.day += 10;
	triage(&l, &ann, "closed_insufficient", ALL_SAID);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_CLOSED_INSUFFICIENT);
	end(&l);

	at(TIP_NEEDS_INFO, false); /* she spoke: the same question is no reason any more */
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"t\"}");
	e = triage(&l, &ann, "needs_info", "");
	refused(e, TIP_IN_TRIAGE, GUARD(QUESTION_ASKED));
	end(&l);
}

/* Without a second person nothing is verified, whatever the result, and no result is told that was
 * not found. */
static void
test_verified(void **arg)
{
	static const char *const result[] = { "substantiated", "partly", "not_found", "unable" };
	struct fold_entry *e;
	char more[64];
	size_t i, k;

	(void)arg;
	for (i = 0; i < 4; i++)
		for (k = 0; k < 2; k++) {
			at(TIP_IN_ACTION, true);
			snprintf(more, sizeof(more), ",\"no_leak\":true,\"result\":\"%s\"",
				 result[i]);
			e = triage(&l, &ann, k ? "verified_unfounded" : "verified", more);
			refused(e, TIP_IN_ACTION, FOLD_TWO);
			two_with(&l, &ann, &bob, k ? "verified_unfounded" : "verified", more);
			assert_int_equal(run(&l, MACHINE_TIP),
					 (i < 2) != k ? k ? TIP_VERIFIED_UNFOUNDED : TIP_VERIFIED
						      : TIP_IN_ACTION);
			end(&l);
		}
	at(TIP_VERIFIED, false); /* partly */
	e = reply(&l, &ann, "5c");
	refused(e, TIP_VERIFIED, FOLD_ANSWER);
	e = triage(&l, &ann, "answered", "");
	refused(e, TIP_VERIFIED, GUARD(SOURCE_TOLD));
	reply(&l, &ann, "5b");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ANSWERED);
	end(&l);
}

/* A merge names the case, takes two, moves on only by two, and can be undone by one. */
static void
test_merge(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	at(TIP_IN_TRIAGE, false);
	e = triage(&l, &ann, "merged", ALL_SAID);
	refused(e, TIP_IN_TRIAGE, FOLD_TWO);
	end(&l);
	at(TIP_MERGED, false);
	l.day += 1000; /* no clock moves it on */
	assert_int_equal(run(&l, MACHINE_TIP), TIP_MERGED);
	e = triage(&l, &ann, "in_action", ALL_SAID);
	refused(e, TIP_MERGED, FOLD_TWO);
	triage(&l, &ann, "in_triage", "");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	e = triage(&l, &ann, "accepted", ",\"outcome\":\"LINK\",\"severity\":\"S3\"");
	refused(e, TIP_IN_TRIAGE, GUARD(LINK_NAMED));
	e = add(&l, &ann, ENTRY_LINK, 1, "{\"v\":1,\"into\":" CASE_HEX "}");
	refused(e, TIP_IN_TRIAGE, FOLD_FINE);
	end(&l);
}

/* A referred case stays open until the source has been told; no result of a visit is told of it. */
static void
test_refer(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	at(TIP_REFERRED, false);
	e = triage(&l, &ann, "answered", "");
	refused(e, TIP_REFERRED, GUARD(SOURCE_TOLD));
	e = reply(&l, &ann, "5c");
	refused(e, TIP_REFERRED, FOLD_ANSWER);
	reply(&l, &ann, "2");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_REFERRED);
	reply(&l, &ann, "6");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ANSWERED);
	end(&l);
}

/* A reply to a tip that nobody acknowledged does not count. */
static void
test_unread(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	start(&l);
	tip(&l);
	e = reply(&l, &ann, "2");
	refused(e, TIP_RECEIVED, FOLD_UNREAD);
	e = reply(&l, &ann, "3");
	refused(e, TIP_RECEIVED, FOLD_UNREAD);
	e = reply(&l, &ann, "1");
	refused(e, TIP_RECEIVED, FOLD_FINE);
	add(&l, &ann, ENTRY_ACKNOWLEDGE, 1, "{\"v\":1}");
	e = reply(&l, &ann, "2");
	refused(e, TIP_IN_TRIAGE, FOLD_FINE);
	end(&l);
}

/* A correction changes the class in any state; lowering takes two; raising a held case ends the
 * hold. */
static void
test_correction(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	start(&l);
	tip(&l);
	e = correct(&l, &ann, ",\"severity\":\"S1\"");
	refused(e, TIP_RECEIVED, FOLD_STATE);
	end(&l);
	at(TIP_IN_ACTION, false);
	correct(&l, &ann, ",\"severity\":\"S2\",\"hazard\":[\"CM-15A\"],\"credibility\":\"B3\"");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_ACTION);
	assert_int_equal(l.f.severity, 2);
	assert_string_equal(l.f.credibility, "B3");
	e = correct(&l, &ann, ",\"severity\":\"S3\",\"hazard\":[\"FR-02\"]");
	refused(e, TIP_IN_ACTION, FOLD_LOWER);
	cosign(&l, &bob,
	       propose(&l, &ann, "correction",
		       "{\"v\":1,\"text\":\"t\",\"severity\":\"S3\",\"hazard\":[\"FR-02\"]}"));
	run(&l, MACHINE_TIP);
	assert_int_equal(l.f.severity, 3);
	end(&l);
	at(TIP_HELD, false);
	l.day += 5;
	correct(&l, &ann, ",\"severity\":\"S1\"");
	l.day += 5;
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(l.f.since, DAY + 5);
	end(&l);
}

/* Every end before an answer is undone by one person, and by a word of the source. */
static void
test_ways_back(void **arg)
{
	static const int ends[] = { TIP_CLOSED_OUT, TIP_CLOSED_ABUSE, TIP_MERGED,
				    TIP_CLOSED_INSUFFICIENT };
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		at(ends[i], false);
		triage(&l, &ann, "in_triage", "");
		assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
		end(&l);
		at(ends[i], false);
		add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"t\"}");
		assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
		end(&l);
	}
}

/* Proposer and cosigner may have different roles, in either order; each needs one that the move
 * names. */
static void
test_roles_of_two(void **arg)
{
	struct fold_person tr = ann, sr = bob, pl = bob;
	struct fold_entry *e;

	(void)arg;
	tr.roles = ROLE(TR);
	sr.roles = ROLE(SR);
	pl.roles = ROLE(PL);
	at(TIP_IN_TRIAGE, false);
	two(&l, &tr, &sr, "merged");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_MERGED);
	end(&l);
	at(TIP_IN_TRIAGE, false);
	two(&l, &sr, &tr, "merged");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_MERGED);
	end(&l);
	at(TIP_IN_TRIAGE, false); /* an official's misconduct, in a case that says nothing of it */
	correct(&l, &sr, ",\"hazard\":[\"CM-15A\",\"CO-02\"],\"severity\":\"S1\"");
	e = propose(&l, &tr, "triage",
		    "{\"v\":1,\"move\":\"merged\",\"severity\":\"S1\",\"into\":" CASE_HEX "}");
	refused(e, TIP_IN_TRIAGE, GUARD(MISCONDUCT_SEEN));
	end(&l);
	at(TIP_IN_TRIAGE, false);
	e = two(&l, &tr, &pl, "merged");
	refused(e, TIP_IN_TRIAGE, FOLD_ROLE);
	e = two(&l, &sr, &sr, "merged");
	refused(e, TIP_IN_TRIAGE, FOLD_SAME);
	end(&l);
	at(TIP_ANSWERED, false); /* a role of the type, not of a move */
	e = cosign(&l, &pl, propose(&l, &tr, "close", "{\"v\":1,\"text\":\"t\"}"));
	refused(e, TIP_ANSWERED, FOLD_ROLE);
	end(&l);
}

/* No move of any machine happens by itself: what SYS does has a guard. */
static void
test_table(void **arg)
{
	const struct machine *m;
	size_t i;
	int id;

	(void)arg;
	for (id = 0; id < MACHINE__MAX; id++) {
		m = machine_get((enum machine_id)id);
		for (i = 0; i < m->move_cnt; i++)
			if (m->moves[i].by == BY_SYS && m->moves[i].guards[0] == GUARD__MAX)
				fail_msg("%s: %s moves by itself", m->name,
					 m->states[m->moves[i].from]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_values),   cmocka_unit_test(test_floor_in_any_order),
		cmocka_unit_test(test_two_to_end),   cmocka_unit_test(test_question),
		cmocka_unit_test(test_verified),     cmocka_unit_test(test_merge),
		cmocka_unit_test(test_refer),        cmocka_unit_test(test_unread),
		cmocka_unit_test(test_correction),   cmocka_unit_test(test_ways_back),
		cmocka_unit_test(test_roles_of_two), cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
