/* The words of the fold: why an entry was rejected, states, types; for people and for programs. */
#include <libintl.h>

#include "admin-cli/rules/book.h"
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
			 N_("a log begins with its one first entry: a tip, an order, a referral or a campaign") },
	[FOLD_ROLE] = { "role", N_("its author does not have the role for it") },
	[FOLD_STATE] = { "state", N_("this cannot be done in the state the case was in") },
	[FOLD_TWO] = { "two", N_("it takes two members: propose and cosign") },
	[FOLD_SAME] = { "same", N_("the second signature is by the same member") },
	[FOLD_PROPOSAL] = { "proposal", N_("there is no such open proposal") },
	[FOLD_OUTCOME] = { "outcome", N_("this outcome does not lead to that state") },
	[FOLD_FLOOR] = { "floor",
			 N_("the severity is below the floor, which takes two members and a reason") },
	[FOLD_REASON] = { "reason", N_("the reason in words is missing (--text)") },
	[FOLD_LOWER] = { "lower",
			 N_("lowering S1 or S2, a floor, the start level or the cover of the source takes two "
			    "members") },
	[FOLD_UNREAD] = { "unread", N_("nobody has acknowledged the tip: davy case ack") },
	[FOLD_LEVEL] = { "level", N_("the case's level, its exclusions or its county forbid it") },
	[FOLD_CLEAR] = { "clear",
			 N_("only planners get an abstract, and an integrity desk one of misconduct; other desks "
			    "get sealed orders") },
	[FOLD_ABSTRACT] = { "abstract", N_("it names no accepted abstract of this case") },
	[FOLD_PART] = { "part",
			N_("the parts do not fit: together they are the hazards of the case, each leaves or "
			   "stays, and misconduct goes to the integrity desk alone") },
	[FOLD_ANSWER] = { "answer",
			  N_("this status cannot be given in the state the case was in") },
	[FOLD_LIST] = { "list",
			N_("a list of those from whom a case is hidden has eight different handles") },
	[FOLD_ORDER] = { "order", N_("it approves another order than this one") },
	[FOLD_LAYER] = { "layer",
			 N_("another layer of the order comes first, or this one has gone") },
	[FOLD_NUMBER] = { "number", N_("there is no finding of this number in this visit") },
	[FOLD_SHARE] = { "share", N_("it is not what was committed to, or it is of another plan") },
	[FOLD_EARLY] = { "early",
			 N_("who committed still has time to reveal: until the second day after both have committed") },
	[FOLD_QUIET] = { "quiet",
			 N_("who planned a visit writes no words into its log before it has arrived or was "
			    "stopped: those who go would read them") },
	[FOLD_ABOVE] = { "above", N_("one of the two members must be from a desk above") },
};

static const char *const guard_text[GUARD__MAX] = {
	[GUARD_UNANSWERED_14_DAYS] = N_(
		"14 days without an answer have not passed since the source could see the question"),
	[GUARD_QUESTION_ASKED] = N_(
		"the source has no open question: ask one in the same act (--question TEXT)"),
	[GUARD_QUESTION_LOST] = N_("the question may still be on its way"),
	[GUARD_NO_MISCONDUCT] = N_(
		"misconduct of officials goes to the integrity desk: split that part off (davy case "
		"split), or seal the case"),
	[GUARD_MISCONDUCT_SEEN] = N_(
		"misconduct of officials would be lost in the other case: split that part off first (davy "
		"case split)"),
	[GUARD_NOT_S1] = N_("life is in danger now (S1)"),
	[GUARD_NOW_S1] = N_("it is not S1"),
	[GUARD_S1_BY_TWO_AND_VOICE] = N_(
		"an S1 is referred by two members and handed over by voice"),
	[GUARD_TWO_IF_GRAVE] = N_(
		"this takes two members where a tip is urgent, S1, S2 or not yet classified"),
	[GUARD_SEVERITY_GIVEN] = N_("say how grave it is (--severity)"),
	[GUARD_URGENT_IS_S1] = N_("URGENT is for S1"),
	[GUARD_INTO_NAMED] = N_("it does not name the case that this one is merged into"),
	[GUARD_LINK_NAMED] = N_("it does not name the case that this one is linked to"),
	[GUARD_REFERRAL_NAMED] = N_(
		"no referral follows the matter: davy case triage ID --outcome REFER --target OFFICE opens one"),
	[GUARD_TARGET_NAMED] = N_("it does not name who takes the matter over"),
	[GUARD_TARGET_IN_ACTION] = N_(
		"it does not say that the case it was merged into is in action or later"),
	[GUARD_RESULT_POSITIVE] = N_(
		"the result substantiated or partly is missing; not_found and unable lead to verified_unfounded"),
	[GUARD_RESULT_NEGATIVE] = N_("the result not_found or unable is missing"),
	[GUARD_VISITS_NAMED] = N_("the number of visits is missing (--visits)"),
	[GUARD_NO_LEAK_STATED] = N_(
		"it does not say that no order of the case has an open leak flag"),
	[GUARD_REASON_WRITTEN] = N_("the reason is missing (--text)"),
	[GUARD_SOURCE_TOLD] = N_(
		"the source has not been told: the reply with status 5 or 6 comes first"),
	[GUARD_RECHECK_ONCE] = N_("there has already been a recheck"),
	[GUARD_WITHIN_90_DAYS] = N_("90 days have passed"),
	[GUARD_OTHER_PERSON] = N_("it takes someone who did not sign the verification"),
	[GUARD_ONE_LEVEL_UP] = N_(
		"it takes someone one level above those who signed the verification"),
	[GUARD_AFTER_90_DAYS] = N_("90 days have not passed"),
	[GUARD_NO_HOLD] = N_("a legal hold is in force"),
	[GUARD_AFTER_365_DAYS] = N_("365 days have not passed"),
	[GUARD_AFTER_30_DAYS] = N_("30 days have not passed"),
	[GUARD_ROUTE_ALLOWED] = N_(
		"it takes members of a desk two levels above the post that it names, of level 3 or higher"),
	[GUARD_LEVEL_THREE] = N_("it takes members of a desk of level 3 or higher"),
	[GUARD_WITHIN_3_DAYS] = N_(
		"public security gets it within 3 days of the report: say why it is late (--text)"),
	[GUARD_WITHIN_24_HOURS] = N_(
		"public security gets it within 24 hours of the approval: say why it is late (--text)"),
	[GUARD_RECEIPT_NAMED] = N_("the receipt is missing: the paper's number and who signed it"),
	[GUARD_OUTCOME_NAMED] = N_("the outcome is missing"),
	[GUARD_ONE_HAS_READ] = N_(
		"it does not say which of the two has read the tip: one has, and the other has not"),
	[GUARD_SOURCE_SAFE] = N_(
		"nothing is made public before 30 days after the sign-off and before the source has been "
		"answered (--answered)"),
	[GUARD_UNTIL_NAMED] = N_("it does not name a new last day"),
	[GUARD_LEAD_SIGNS] = N_("one of the two is the lead of the desk"),
	[GUARD_ABOVE_LEAD] = N_("only the lead of the desk above does it alone"),
	[GUARD_UNTIL_TODAY] = N_("both sign it on the same day"),
	[GUARD_WRITER_ALONE] = N_("only who declared it may take it back"),
	[GUARD_WINDOW_OVER] = N_("its last day has not passed"),
	[GUARD_SIDES_APART] = N_(
		"an order names two sides of two to four members each, nobody twice, the planner on neither"),
	[GUARD_A_SIDE] = N_("it takes members of the order's A side"),
	[GUARD_B_SIDE] = N_("it takes a member of the order's B side"),
	[GUARD_TEAM_STANDS] = N_(
		"it does not say that everybody named is still in the roster with the same key"),
	[GUARD_LAYER_RELEASED] = N_("the A side has not released this layer"),
	[GUARD_IN_WINDOW] = N_("it is outside the hours of the order"),
	[GUARD_SAYS_STANDBY] = N_("it does not say that the order is a stand-by"),
	[GUARD_NO_STANDBY] = N_("the order is a stand-by: nobody goes"),
	[GUARD_LAYER_OPEN] = N_("the layer before this step has not been opened"),
	[GUARD_PHONES_BAGGED] = N_(
		"it does not say who goes and that as many phones are bagged (--bagged)"),
	[GUARD_WAS_COVERT] = N_("it was not a covert look"),
	[GUARD_ON_TEAM] = N_("it takes members who were there"),
	[GUARD_OUTSIDE_TEAM] = N_(
		"it takes members who neither planned nor inspected, of neither side"),
	[GUARD_ALL_RECORDED] = N_("fewer findings are written down than were announced"),
	[GUARD_ALL_STRUCK_OFF] = N_("a finding is not struck off"),
	[GUARD_ARRIVAL_ANOMALY] = N_("no sign that the visit was expected stands in the order"),
	[GUARD_OUTSIDE_READERS] = N_("it takes a planner whom the old order does not name"),
	[GUARD_FIVE_NAMED] = N_(
		"article, owner, measures, money, deadline and plan are not all named"),
	[GUARD_GRADE_GENERAL] = N_("only a general hazard is put right on the spot"),
	[GUARD_CLAIM_ON_FILE] = N_("the paper by which the enterprise says so is not on file"),
	[GUARD_OTHER_INSPECTORS] = N_("it takes inspectors who did not find it"),
	[GUARD_PROOF_NAMED] = N_("the proof of the same kind is not named"),
	[GUARD_PENALTY_NAMED] = N_("no penalty or stop is named"),
	[GUARD_ACCOUNTABILITY_STATED] = N_(
		"it does not say who answers for it, or none with the reason"),
	[GUARD_ANSWER_STATED] = N_(
		"it does not say that the source is answered, or that there is none"),
	[GUARD_FOUND_AGAIN] = N_("no look-back has found it again"),
	[GUARD_NOT_WRITER] = N_("it takes another member than the one who opened it"),
	[GUARD_OTHER_DESK] = N_("it takes a member of another desk"),
	[GUARD_OWN_DESK] = N_("it takes a member of the desk at which it lies"),
	[GUARD_MONTH_DUE] = N_("its month has not come"),
	[GUARD_CODE_FITS] = N_("the claim code does not fit"),
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
	enum taxonomy_axis axis = machine == MACHINE_TIP       ? TAXONOMY_STATE
				  : machine == MACHINE_ORDER   ? TAXONOMY_ORDER_STATE
				  : machine == MACHINE_FINDING ? TAXONOMY_FINDING_STATE
							       : TAXONOMY__MAX;
	const struct taxonomy_word *w = taxonomy_find(axis, state);

	if (axis == TAXONOMY__MAX || !strcmp(state, BOOK_REFUSED))
		return gettext(book_state_text(state));
	return w ? taxonomy_name(w) : state;
}

const char *
fold_type_text(uint16_t type)
{
	const struct entry_type *t = entry_type_find(type);

	return t ? gettext(t->label) : entry_name(type);
}
