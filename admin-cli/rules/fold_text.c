/* The words of the fold: why an entry was rejected, states, types; for people and for programs. */
#include <libintl.h>

#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"

#define N_(text) text

static const struct {
	const char *name, *text;
} reasons[FOLD_GUARD] = {
	[FOLD_FINE] = { "fine", N_("accepted") },
	[FOLD_UNOPENED] = { "unopened", N_("none of our keys opens it") },
	[FOLD_SIGNATURE] = { "signature", N_("it is malformed or its signature does not verify") },
	[FOLD_PLACE] = { "place", N_("it was written for another gateway, case or thread") },
	[FOLD_STRANGER] = { "stranger",
			    N_("its author is neither a known member nor the source of this case") },
	[FOLD_FOREIGN] = { "foreign", N_("its author's desk has no part in this case") },
	[FOLD_CHAIN] = { "chain", N_("it does not name the entries that stand before it") },
	[FOLD_BODY] = { "body", N_("its content breaks the format") },
	[FOLD_THREAD] = { "thread", N_("an entry of this type does not belong in this thread") },
	[FOLD_FIRST] = { "first",
			 N_("a case begins with its one tip, and an order with its one order entry") },
	[FOLD_ROLE] = { "role", N_("its author does not have the role for it") },
	[FOLD_STATE] = { "state", N_("this cannot be done in the state the case was in") },
	[FOLD_TWO] = { "two", N_("it takes two members: propose and cosign") },
	[FOLD_SAME] = { "same", N_("the second signature is by the same member") },
	[FOLD_PROPOSAL] = { "proposal", N_("there is no such open proposal") },
	[FOLD_OUTCOME] = { "outcome", N_("this outcome does not lead to that state") },
	[FOLD_FLOOR] = { "floor", N_("the severity is below the floor of one of the hazards") },
	[FOLD_LOWER_S1] = { "lower-s1", N_("lowering S1 takes two members") },
	[FOLD_ABSTRACT] = { "abstract", N_("it names no accepted abstract of this case") },
	[FOLD_ANSWER] = { "answer",
			  N_("this status cannot be given in the state the case was in") },
};

static const char *const guard_text[GUARD__MAX] = {
	[GUARD_UNANSWERED_14_DAYS] = N_("14 days without an answer have not passed"),
	[GUARD_NOT_S1] = N_("life is in danger now (S1)"),
	[GUARD_S1_BY_TWO_AND_VOICE] = N_(
		"an S1 is referred by two members and handed over by voice"),
	[GUARD_RESULT_GIVEN] = N_("the result of the verification is missing"),
	[GUARD_NO_LEAK_FLAG] = N_("an order of the case has an open leak flag"),
	[GUARD_RECHECK_ONCE] = N_("there has already been a recheck"),
	[GUARD_WITHIN_90_DAYS] = N_("90 days have passed"),
	[GUARD_OTHER_PERSON] = N_("it takes someone who did not sign the verification"),
	[GUARD_ONE_LEVEL_UP] = N_(
		"it takes someone one level above those who signed the verification"),
	[GUARD_AFTER_90_DAYS] = N_("90 days have not passed"),
	[GUARD_NO_HOLD] = N_("a legal hold is in force"),
	[GUARD_NO_OPEN_REWARD] = N_("a reward is not settled"),
	[GUARD_AFTER_365_DAYS] = N_("365 days have not passed"),
	[GUARD_AFTER_30_DAYS] = N_("30 days have not passed"),
	[GUARD_LATER] = N_("this version of davy cannot check the condition of this move"),
};

const char *
fold_reason_text(enum fold_reason reason)
{
	if (reason >= FOLD_GUARD && reason < FOLD_REASON__MAX)
		return gettext(guard_text[reason - FOLD_GUARD]);
	return reason < FOLD_GUARD ? gettext(reasons[reason].text) : "?";
}

const char *
fold_reason_name(enum fold_reason reason)
{
	if (reason >= FOLD_GUARD && reason < FOLD_REASON__MAX)
		return machine_guard_name((enum machine_guard)(reason - FOLD_GUARD));
	return reason < FOLD_GUARD ? reasons[reason].name : "?";
}

const char *
fold_state_text(enum machine_id machine, const char *state)
{
	const struct taxonomy_word *w = taxonomy_find(machine == MACHINE_ORDER
							      ? TAXONOMY_ORDER_STATE
							      : TAXONOMY_STATE,
						      state);

	return w && taxonomy_chinese() ? w->zh : state;
}

const char *
fold_type_text(uint16_t type)
{
	const struct entry_type *t = entry_type_find(type);

	return t ? gettext(t->label) : entry_name(type);
}
