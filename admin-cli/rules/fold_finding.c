/*
 * The rules of findings: each stands in the order's log under its number and has a machine of its
 * own, from the day on which two inspectors wrote it down to the day on which two others strike it
 * off.
 *
 * What one clerk could do alone: invent a finding, pass one that is not put right, strike one off.
 * None of these is one person's act, and who ends a finding is nobody who found it.
 */
#include "admin-cli/rules/fold_visit.h"

#include "admin-cli/rules/fold_rule.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/soft.h"
#include "crypto/entry.h"
#include "crypto/text.h"

#include <string.h>

#define LOOK_BACK_LEAST 30 /* days after the strike-off */
#define LOOK_BACK_MOST  90

void
fold_finding_as(struct fold *out, const struct fold *f, unsigned at)
{
	const struct fold_finding *x = &f->visit.finding[at];

	*out = *f;
	out->machine = MACHINE_FINDING;
	out->state = x->state;
	out->since = x->since;
	out->date = x->deadline ? x->deadline : UINT32_MAX;
	out->visit.at = at;
}

void
fold_finding_keep(struct fold *f, const struct fold *as)
{
	struct fold_finding *x = &f->visit.finding[as->visit.at];

	x->state = as->state;
	x->since = as->since;
}

/* The place of the finding that a body names by its number; FOLD_FINDINGS: none. */
static unsigned
named(const struct fold *f, const json_t *body)
{
	unsigned k = schema_number(body, "k");

	return k && k <= f->visit.finding_cnt ? k - 1 : FOLD_FINDINGS;
}

static bool
day_of(uint32_t *day, const json_t *body, const char *name)
{
	const char *text = schema_text(body, name);

	return !text_day(day, text, strlen(text));
}

static void
keep_hands(uint8_t out[static 2][8], const struct fold_move *how)
{
	unsigned i;

	for (i = 0; i < how->who_cnt; i++)
		memcpy(out[i], how->who[i]->handle, 8);
}

enum fold_reason
fold_rule_finding(struct fold_run *run, const struct fold_move *how)
{
	struct fold_visit *v = &run->f->visit;
	const char *grade = schema_text(how->body, "grade");
	unsigned k = schema_number(how->body, "k");
	struct fold_finding *x;

	if (run->f->state != ORDER_FINDINGS_FILED)
		return FOLD_STATE;
	if (!fold_guard(GUARD_ON_TEAM, how))
		return FOLD_GUARD + GUARD_ON_TEAM;
	if (strcmp(grade, "general") != 0 && strcmp(grade, "major") != 0)
		return FOLD_BODY;
	/* several may be proposed; they are signed one after the other */
	if (k <= v->finding_cnt || k > v->declared ||
	    (k != v->finding_cnt + 1 && how->who_cnt > 1 && !how->trial))
		return FOLD_NUMBER;
	x = &v->finding[v->finding_cnt++];
	*x = (struct fold_finding){ .state = machine_get(MACHINE_FINDING)->initial,
				    .since = how->day,
				    .major = !strcmp(grade, "major"),
				    .plain = !strcmp(grade, "major") &&
					     schema_is(how->body, "plain") };
	keep_hands(x->inspector, how);
	return FOLD_FINE;
}

/* Where an entry takes a finding; -1: it moves nothing. */
static int
leads_to(const struct fold_move *how)
{
	switch (how->type->no) {
	case ENTRY_DECISION:
		return !strcmp(schema_text(how->body, "kind"), "fix") ? FINDING_FIXED_ON_SPOT : -1;
	case ENTRY_RECTIFY:
		return FINDING_ORDERED;
	case ENTRY_CLAIM_FIXED:
		return FINDING_CLAIMED_FIXED;
	case ENTRY_REINSPECT:
		return schema_is(how->body, "pass") ? FINDING_REINSPECTED_PASS
						    : FINDING_REINSPECTED_FAIL;
	case ENTRY_STRIKE_OFF:
		return FINDING_STRUCK_OFF;
	default:
		return -1;
	}
}

/* Days that a step sets must lie ahead: the deadline, and the look-back 30 to 90 days after. */
static bool
days_fit(const struct fold_move *how, uint32_t *deadline)
{
	uint32_t day;

	if (how->type->no == ENTRY_RECTIFY)
		return day_of(deadline, how->body, "deadline") && *deadline >= how->day;
	if (how->type->no == ENTRY_STRIKE_OFF)
		return day_of(&day, how->body, "look_back") && day >= how->day + LOOK_BACK_LEAST &&
		       day <= how->day + LOOK_BACK_MOST;
	return true;
}

/* A measure on the spot: each kind but "fix" leaves the finding where it is. People are got out by
 * one, which a second signs within a day; everything else takes two. */
static enum fold_reason
measure(struct fold_run *run, const struct fold_move *how)
{
	const struct fold *f = run->f;
	static const char *const kinds[] = { "warn", "fix-by", "stop-part", "stop", "evacuate",
					     "seal", "cut",    "penalise",  "refer" };
	const char *kind = schema_text(how->body, "kind");
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[i], kind) != 0;)
		i++;
	if (i == sizeof(kinds) / sizeof(*kinds))
		return FOLD_BODY;
	if (f->state != ORDER_ON_SITE && f->state != ORDER_FINDINGS_FILED &&
	    f->state != ORDER_SIGNED_OFF)
		return FOLD_STATE;
	if (how->who_cnt < 2 && strcmp(kind, "evacuate") != 0)
		return FOLD_TWO;
	run->e->open |= how->who_cnt < 2;
	return FOLD_FINE;
}

enum fold_reason
fold_rule_finding_move(struct fold_run *run, const struct fold_move *how)
{
	struct fold_finding *x;
	struct fold as;
	struct fold_move next = *how;
	uint32_t deadline = 0;
	enum fold_reason reason;
	unsigned at = named(run->f, how->body);
	int to = leads_to(how);

	if (how->type->no == ENTRY_DECISION && to < 0)
		return measure(run, how);
	if (at == FOLD_FINDINGS)
		return FOLD_NUMBER;
	fold_finding_as(&as, run->f, at);
	next.fold = &as;
	reason = fold_do_move(&as, to, &next);
	if (reason != FOLD_FINE)
		return reason;
	if (!days_fit(how, &deadline))
		return FOLD_BODY;
	fold_finding_keep(run->f, &as);
	x = &run->f->visit.finding[at];
	if (to == FINDING_ORDERED) {
		x->deadline = deadline;
		x->found_again = false;
	}
	if (how->type->no == ENTRY_REINSPECT) {
		keep_hands(x->reinspector, how);
		x->failed += to == FINDING_REINSPECTED_FAIL;
	}
	return FOLD_FINE;
}

/* Whether it is still in order some time after it was struck off. Where it is not, it can be
 * ordered anew. */
enum fold_reason
fold_rule_look_back(struct fold_run *run, const struct fold_move *how)
{
	unsigned at = named(run->f, how->body);

	if (at == FOLD_FINDINGS)
		return FOLD_NUMBER;
	if (run->f->visit.finding[at].state != FINDING_STRUCK_OFF)
		return FOLD_STATE;
	run->f->visit.finding[at].found_again = !schema_is(how->body, "fixed");
	return FOLD_FINE;
}

/* A unit above watches over it until a day. It moves nothing. */
enum fold_reason
fold_rule_supervise(struct fold_run *run, const struct fold_move *how)
{
	unsigned at = named(run->f, how->body);
	uint32_t until;

	if (at == FOLD_FINDINGS)
		return FOLD_NUMBER;
	if (!day_of(&until, how->body, "until") || until < how->day)
		return FOLD_BODY;
	return run->f->visit.finding[at].state == FINDING_STRUCK_OFF ? FOLD_STATE : FOLD_FINE;
}

/* Two who neither planned nor went say whether those who found nothing at this site before could
 * have seen what was plainly there now. It moves nothing; before it stands, nobody is named. */
enum fold_reason
fold_rule_soft_look(struct fold_run *run, const struct fold_move *how)
{
	unsigned at = named(run->f, how->body);
	struct fold_move next = *how;
	struct fold as;

	if (at == FOLD_FINDINGS || !run->f->visit.finding[at].plain)
		return FOLD_NUMBER;
	if (json_array_size(schema_list(how->body, "orders")) < SOFT_LEAST)
		return FOLD_BODY;
	fold_finding_as(&as, run->f, at);
	next.fold = &as;
	return fold_guard(GUARD_OUTSIDE_TEAM, &next) ? FOLD_FINE : FOLD_GUARD + GUARD_OUTSIDE_TEAM;
}
