/* A tip that somebody has read, and a draft of its triage. */
#ifndef TESTS_RULES_DRAFT_H
#define TESTS_RULES_DRAFT_H

#include "tests/unit/rules_fold.h"

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/priority.h"

static struct log l __attribute__((unused));
static struct fold_input in __attribute__((unused));
static struct draft *d __attribute__((unused));
static char why[DRAFT_WHY_CAP] __attribute__((unused));

/* A tip that somebody has read, and a draft of its triage by this person. */
static inline void
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

static inline void
finish(void)
{
	draft_free(d);
	end(&l);
}

static inline void
set(const char *field, const char *text)
{
	if (!draft_set(d, draft_field(field), text, why))
		fail_msg("%s: %s", field, why);
}

static inline void
wrong(const char *field, const char *text, const char *part)
{
	assert_false(draft_set(d, draft_field(field), text, why));
	if (!strstr(why, part))
		fail_msg("%s", why);
}

/* Everything that an acceptance wants, with these hazards and this severity. */
static inline void
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

static inline bool
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

/* How many members an outcome takes now. */
static inline unsigned
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

#endif
