/* One tip, several matters: what may leave a case, where to, by how many; and that neither the
 * official's part nor the mine's is lost on the way. */
#include "tests/unit/rules_fold.h"

#include "admin-cli/rules/level.h"

static struct log l;
static char hash[65];

/* An accepted case with these hazards, and an abstract that names `named`. */
static void
at(int state, const char *hazard, const char *named)
{
	char text[256];
	struct fold_entry *e;
	int i;

	start(&l);
	reach(&l, state);
	snprintf(text, sizeof(text), ",\"severity\":\"S1\",\"hazard\":[%s]", hazard);
	correct(&l, &ann, text);
	snprintf(text, sizeof(text), "{\"v\":1,\"text\":\"t\",\"hazard\":[%s],\"level\":3}", named);
	e = add(&l, &ann, ENTRY_ABSTRACT, 1, text);
	for (i = 0; i < 32; i++)
		snprintf(hash + 2 * i, 3, "%02x", e->hash[i]);
	assert_int_equal(run(&l, MACHINE_TIP), state);
	assert_int_equal(e->reason, FOLD_FINE);
}

static const char *
body(const char *part, const char *rest, const char *to)
{
	static char text[512];

	snprintf(
		text, sizeof(text),
		"{\"v\":1,\"part\":[%s],\"hazard\":[%s],\"to\":\"%s\",\"desk\":6,\"order\":" CASE_HEX
		",\"into\":" CASE_HEX ",\"abstract\":\"%s\",\"text\":\"t\"}",
		part, rest, to, hash);
	return text;
}

static enum fold_reason
alone(const char *part, const char *rest, const char *to)
{
	struct fold_entry *e = add(&l, &ann, ENTRY_SPLIT, 1, body(part, rest, to));

	run(&l, MACHINE_TIP);
	return e->reason;
}

static enum fold_reason
both(const struct fold_person *second, const char *part, const char *rest, const char *to)
{
	struct fold_entry *p = propose(&l, &ann, "split", body(part, rest, to)), *e;

	run(&l, MACHINE_TIP);
	if (p->reason != FOLD_FINE)
		return p->reason;
	e = cosign(&l, second, p);
	run(&l, MACHINE_TIP);
	return e->reason;
}

#define CO "\"CO-05\""
#define IM "\"IM-01\",\"IM-05\""

/* The official's part goes to the integrity desk by two, and the mine goes on at its own level. */
static void
test_official(void **arg)
{
	(void)arg;
	at(TIP_IN_TRIAGE, IM "," CO, CO);
	assert_int_equal(level_start(&l.f, NULL, NULL), 3);
	assert_int_equal(alone(CO, IM, "integrity"), FOLD_TWO);
	assert_int_equal(both(&bob, CO, IM, "integrity"), FOLD_FINE);
	assert_int_equal(level_start(&l.f, NULL, NULL), 2);
	assert_int_equal(l.f.hazard_cnt, 2);
	assert_int_equal(l.f.parts, 1);
	triage(&l, &ann, "accepted", ",\"outcome\":\"ACCEPT\""); /* the queue sees no official */
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ACCEPTED);
	correct(&l, &ann, ",\"severity\":\"S1\""); /* and what stays said is the rest */
	run(&l, MACHINE_TIP);
	assert_int_equal(l.f.hazard_cnt, 2);
	end(&l);
}

/* Ways to lose one of the two. */
static void
test_lost(void **arg)
{
	static const struct {
		const char *named, *part, *rest, *to;
		enum fold_reason reason;
	} tries[] = {
		{ CO, CO, "\"IM-01\"", "integrity", FOLD_PART },     /* IM-05 is gone */
		{ CO, CO, IM "," CO, "integrity", FOLD_PART },       /* both leaves and stays */
		{ CO, CO, IM ",\"CM-01\"", "integrity", FOLD_PART }, /* one that is not there */
		{ IM, CO, IM, "integrity", FOLD_ABSTRACT },          /* of the other part */
		{ CO "," IM, CO, IM, "integrity", FOLD_ABSTRACT },   /* the mine goes with it */
		{ CO, CO, IM, "case", FOLD_PART },                   /* into some case */
		{ CO, CO, IM, "need", FOLD_PART },                   /* to those who inspect */
		{ IM, IM, CO, "integrity", FOLD_PART },              /* the mine is hidden */
		{ "\"IM-01\"," CO, "\"IM-01\"," CO, "\"IM-05\"", "integrity", FOLD_PART },
	};
	struct fold_person reader = bob;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		at(TIP_IN_TRIAGE, IM "," CO, tries[i].named);
		if (both(&bob, tries[i].part, tries[i].rest, tries[i].to) != tries[i].reason)
			fail_msg("%zu: %s", i, fold_reason_name(l.e[l.cnt - 1].reason));
		assert_int_equal(l.f.hazard_cnt, 3);
		end(&l);
	}
	/* Whose order the integrity desk would reject does not sign. */
	reader.roles = ROLE(TR) | ROLE(SR);
	at(TIP_IN_TRIAGE, IM "," CO, CO);
	assert_int_equal(both(&reader, CO, IM, "integrity"), FOLD_ROLE);
	end(&l);
	/* Nothing leaves a case that nobody has read, or that is over. */
	start(&l);
	reach(&l, TIP_CLOSED_OUT);
	correct(&l, &ann, ",\"hazard\":[" IM "," CO "]");
	assert_int_equal(alone(CO, IM, "integrity"), FOLD_STATE);
	end(&l);
}

/* One clerk does not move the grave part into any case and end the rest. */
static void
test_lighter(void **arg)
{
	(void)arg;
	at(TIP_IN_TRIAGE, "\"CM-02\",\"MG-02\"", "\"CM-02\"");
	assert_int_equal(alone("\"CM-02\"", "\"MG-02\"", "case"), FOLD_TWO);
	assert_int_equal(alone("\"CM-02\"", "\"MG-02\"", "need"), FOLD_TWO);
	assert_int_equal(alone("\"MG-02\"", "\"CM-02\"", "case"), FOLD_FINE);
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_official),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_lighter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
