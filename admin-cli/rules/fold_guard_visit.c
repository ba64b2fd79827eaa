/* The guards of orders and findings: one function for each condition that data/states.json names in
 * "check" of these machines. */
#include "admin-cli/rules/fold_visit.h"

#include "admin-cli/rules/book.h"
#include "admin-cli/rules/schema.h"

#include <string.h>

#define LEAST_SIDE 2
#define LEAST_TEAM 2

/* Whether everyone who signs stands in a list; false where nobody signs. */
static bool
all_in(const struct fold_move *m, const uint8_t list[][8], unsigned cnt)
{
	unsigned i;

	for (i = 0; i < m->who_cnt; i++)
		if (!fold_visit_has(list, cnt, m->who[i]->handle))
			return false;
	return m->who_cnt > 0;
}

static bool
some_in(const struct fold_move *m, const uint8_t list[][8], unsigned cnt)
{
	unsigned i;

	for (i = 0; i < m->who_cnt; i++)
		if (fold_visit_has(list, cnt, m->who[i]->handle))
			return true;
	return false;
}

static const struct fold_finding *
finding(const struct fold_move *m)
{
	return &m->fold->visit.finding[m->fold->visit.at];
}

static bool
says(const struct fold_move *m, const char *name)
{
	return *schema_text(m->body, name) != '\0';
}

static bool
sides_apart(const struct fold_move *m)
{
	const struct fold_visit *v = &m->fold->visit;
	unsigned i;

	for (i = 0; i < v->a_cnt; i++)
		if (fold_visit_has(v->a, i, v->a[i]) || fold_visit_has(v->b, v->b_cnt, v->a[i]))
			return false;
	for (i = 0; i < v->b_cnt; i++)
		if (fold_visit_has(v->b, i, v->b[i]))
			return false;
	return v->a_cnt >= LEAST_SIDE && v->b_cnt >= LEAST_SIDE && !some_in(m, v->a, v->a_cnt) &&
	       !some_in(m, v->b, v->b_cnt);
}

static bool
a_side(const struct fold_move *m)
{
	return all_in(m, m->fold->visit.a, m->fold->visit.a_cnt);
}

static bool
b_side(const struct fold_move *m)
{
	return all_in(m, m->fold->visit.b, m->fold->visit.b_cnt);
}

static bool
team_stands(const struct fold_move *m)
{
	return schema_is(m->body, "stands");
}

static bool
layer_released(const struct fold_move *m)
{
	unsigned turn = fold_visit_turn(m->fold);

	return turn < FOLD_LAYERS && m->fold->visit.released >> turn & 1;
}

static bool
in_window(const struct fold_move *m)
{
	return m->day >= m->fold->visit.from && m->day <= m->fold->date;
}

static bool
says_standby(const struct fold_move *m)
{
	return schema_is(m->body, "standby");
}

static bool
no_standby(const struct fold_move *m)
{
	return !schema_is(m->body, "standby");
}

/* The layer before this step was taken: layer 1 before they leave, layer 2 before they arrive. */
static bool
layer_open(const struct fold_move *m)
{
	unsigned turn = fold_visit_turn(m->fold);

	return turn < FOLD_LAYERS && m->fold->visit.taken >> turn & 1;
}

/* At least two go, and every one of them leaves the telephone. */
static bool
phones_bagged(const struct fold_move *m)
{
	size_t people = json_array_size(schema_list(m->body, "people"));

	return people >= LEAST_TEAM && schema_number(m->body, "bagged") >= people;
}

static bool
was_covert(const struct fold_move *m)
{
	return m->fold->visit.covert && !strcmp(schema_text(m->body, "as"), "SURPRISE");
}

static bool
on_team(const struct fold_move *m)
{
	return all_in(m, m->fold->visit.team, m->fold->visit.team_cnt);
}

/* Nobody who planned it, nobody of the side that went or of those who went with it; of a finding,
 * nobody who saw it again. The side that released it did not inspect, so it may sign off. */
static bool
outside_team(const struct fold_move *m)
{
	const struct fold_visit *v = &m->fold->visit;
	unsigned i;

	for (i = 0; i < m->who_cnt; i++)
		if (!memcmp(m->who[i]->handle, m->fold->owner, 8))
			return false;
	if (m->fold->machine == MACHINE_FINDING &&
	    (some_in(m, finding(m)->inspector, 2) || some_in(m, finding(m)->reinspector, 2)))
		return false;
	return m->who_cnt && !some_in(m, v->b, v->b_cnt) && !some_in(m, v->team, v->team_cnt);
}

static bool
all_recorded(const struct fold_move *m)
{
	return m->fold->visit.finding_cnt == m->fold->visit.declared;
}

static bool
all_struck_off(const struct fold_move *m)
{
	const struct fold_visit *v = &m->fold->visit;
	unsigned i;

	for (i = 0; i < v->finding_cnt; i++)
		if (v->finding[i].state != FINDING_STRUCK_OFF || v->finding[i].found_again)
			return false;
	return true;
}

static bool
arrival_anomaly(const struct fold_move *m)
{
	return m->fold->visit.anomaly;
}

static bool
outside_readers(const struct fold_move *m)
{
	return outside_team(m) && !some_in(m, m->fold->visit.a, m->fold->visit.a_cnt);
}

static bool
five_named(const struct fold_move *m)
{
	return says(m, "article") && says(m, "owner") && says(m, "measures") && says(m, "money") &&
	       says(m, "deadline") && says(m, "plan");
}

static bool
grade_general(const struct fold_move *m)
{
	return !finding(m)->major;
}

static bool
claim_on_file(const struct fold_move *m)
{
	uint8_t hash[32];

	return schema_hex(m->body, "file", hash, sizeof(hash));
}

static bool
other_inspectors(const struct fold_move *m)
{
	return m->who_cnt && !some_in(m, finding(m)->inspector, 2);
}

static bool
proof_named(const struct fold_move *m)
{
	return json_array_size(schema_list(m->body, "proof")) > 0;
}

static bool
penalty_named(const struct fold_move *m)
{
	return says(m, "penalty");
}

/* Who answers for it, by a reason that is known; or nobody, which has to be said in words. */
static bool
accountability_stated(const struct fold_move *m)
{
	const char *code = schema_text(m->body, "code");

	return !strcmp(code, "NONE") ? says(m, "text") : book_find(book_reason, code) != NULL;
}

static bool
answer_stated(const struct fold_move *m)
{
	return schema_is(m->body, "answered") || schema_is(m->body, "no_tip");
}

static bool
found_again(const struct fold_move *m)
{
	return finding(m)->found_again;
}

static bool (*const guards[GUARD__MAX])(const struct fold_move *) = {
	[GUARD_SIDES_APART] = sides_apart,
	[GUARD_A_SIDE] = a_side,
	[GUARD_B_SIDE] = b_side,
	[GUARD_TEAM_STANDS] = team_stands,
	[GUARD_LAYER_RELEASED] = layer_released,
	[GUARD_IN_WINDOW] = in_window,
	[GUARD_SAYS_STANDBY] = says_standby,
	[GUARD_NO_STANDBY] = no_standby,
	[GUARD_LAYER_OPEN] = layer_open,
	[GUARD_PHONES_BAGGED] = phones_bagged,
	[GUARD_WAS_COVERT] = was_covert,
	[GUARD_ON_TEAM] = on_team,
	[GUARD_OUTSIDE_TEAM] = outside_team,
	[GUARD_ALL_RECORDED] = all_recorded,
	[GUARD_ALL_STRUCK_OFF] = all_struck_off,
	[GUARD_ARRIVAL_ANOMALY] = arrival_anomaly,
	[GUARD_OUTSIDE_READERS] = outside_readers,
	[GUARD_FIVE_NAMED] = five_named,
	[GUARD_GRADE_GENERAL] = grade_general,
	[GUARD_CLAIM_ON_FILE] = claim_on_file,
	[GUARD_OTHER_INSPECTORS] = other_inspectors,
	[GUARD_PROOF_NAMED] = proof_named,
	[GUARD_PENALTY_NAMED] = penalty_named,
	[GUARD_ACCOUNTABILITY_STATED] = accountability_stated,
	[GUARD_ANSWER_STATED] = answer_stated,
	[GUARD_FOUND_AGAIN] = found_again,
};

bool
fold_visit_guard(enum machine_guard guard, const struct fold_move *move)
{
	return guards[guard] && guards[guard](move);
}
