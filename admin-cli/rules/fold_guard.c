/* The guards: one function for each condition that data/states.json names in "check". */
#include "admin-cli/rules/fold_guard.h"

#include "admin-cli/rules/schema.h"

/* Whether a case is as grave as life in danger: S1, or not yet classified and danger_now. */
static bool
is_s1(const struct fold *f)
{
	return f->severity == 1 || (f->severity == 0 && f->danger_now);
}

static uint32_t
days_in_state(const struct fold_move *m)
{
	return m->day > m->fold->since ? m->day - m->fold->since : 0;
}

/* An answer of the source would have moved the case out of this state, so the time in the state is
 * the time without an answer. */
static bool
unanswered_14_days(const struct fold_move *m)
{
	return days_in_state(m) >= 14;
}

static bool
not_s1(const struct fold_move *m)
{
	return !is_s1(m->fold);
}

static bool
s1_by_two_and_voice(const struct fold_move *m)
{
	return !is_s1(m->fold) || (m->who_cnt >= 2 && schema_is(m->body, "voice"));
}

static bool
result_given(const struct fold_move *m)
{
	return *schema_text(m->body, "result") != '\0';
}

static bool
no_leak_flag(const struct fold_move *m)
{
	return m->fold->facts.leak_flags == 0;
}

static bool
recheck_once(const struct fold_move *m)
{
	return m->fold->rechecks == 0;
}

static bool
within_90_days(const struct fold_move *m)
{
	return days_in_state(m) <= 90;
}

static bool
other_person(const struct fold_move *m)
{
	unsigned i, j;

	for (i = 0; i < m->who_cnt; i++)
		for (j = 0; j < m->fold->verifier_cnt; j++)
			if (!memcmp(m->who[i]->handle, m->fold->verifier[j].handle, 8))
				return false;
	return m->who_cnt > 0;
}

/* Who decides must be one level above everyone who verified. No level is above the independent one,
 * so there its own members may decide. */
static bool
one_level_up(const struct fold_move *m)
{
	unsigned i, j;

	for (i = 0; i < m->who_cnt; i++)
		for (j = 0; j < m->fold->verifier_cnt; j++)
			if (m->who[i]->level <= m->fold->verifier[j].level &&
			    m->fold->verifier[j].level < 4)
				return false;
	return m->who_cnt > 0;
}

static bool
after_30_days(const struct fold_move *m)
{
	return days_in_state(m) >= 30;
}

static bool
after_90_days(const struct fold_move *m)
{
	return days_in_state(m) >= 90;
}

static bool
after_365_days(const struct fold_move *m)
{
	return days_in_state(m) >= 365;
}

static bool
no_hold(const struct fold_move *m)
{
	return !m->fold->facts.hold;
}

static bool
no_open_reward(const struct fold_move *m)
{
	return !m->fold->facts.open_reward;
}

/* This version cannot check the guard yet, so the move does not happen. */
static bool
later(const struct fold_move *m)
{
	(void)m;
	return false;
}

static bool (*const guards[GUARD__MAX])(const struct fold_move *) = {
	[GUARD_UNANSWERED_14_DAYS] = unanswered_14_days,
	[GUARD_NOT_S1] = not_s1,
	[GUARD_S1_BY_TWO_AND_VOICE] = s1_by_two_and_voice,
	[GUARD_RESULT_GIVEN] = result_given,
	[GUARD_NO_LEAK_FLAG] = no_leak_flag,
	[GUARD_RECHECK_ONCE] = recheck_once,
	[GUARD_WITHIN_90_DAYS] = within_90_days,
	[GUARD_OTHER_PERSON] = other_person,
	[GUARD_ONE_LEVEL_UP] = one_level_up,
	[GUARD_AFTER_30_DAYS] = after_30_days,
	[GUARD_AFTER_90_DAYS] = after_90_days,
	[GUARD_AFTER_365_DAYS] = after_365_days,
	[GUARD_NO_HOLD] = no_hold,
	[GUARD_NO_OPEN_REWARD] = no_open_reward,
	[GUARD_LATER] = later,
};

bool
fold_guard(enum machine_guard guard, const struct fold_move *move)
{
	return guard < GUARD__MAX && guards[guard] && guards[guard](move);
}

enum machine_guard
fold_guards(uint32_t bits, const struct fold_move *move)
{
	enum machine_guard g;

	for (g = 0; g < GUARD__MAX; g++)
		if (bits >> g & 1 && !fold_guard(g, move))
			return g;
	return GUARD__MAX;
}
