/* The guards: one function for each condition that data/states.json names in "check". */
#include "admin-cli/rules/fold_guard.h"

#include "admin-cli/rules/book.h"
#include "admin-cli/rules/class.h"
#include "admin-cli/rules/fold_visit.h"
#include "admin-cli/rules/schema.h"
#include "crypto/text.h"

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

/* The term runs from the day on which the source could see the question, and from the state. */
static bool
unanswered_14_days(const struct fold_move *m)
{
	uint32_t asked = m->fold->asked;

	return asked && m->day >= asked && m->day - asked >= 14 && days_in_state(m) >= 14;
}

/* Whether a question stands in the thread of the source, and she has not spoken since; or the entry
 * names the reply with the question, which is on its way and stands there some days later. */
static bool
question_asked(const struct fold_move *m)
{
	uint8_t hash[32];

	return m->fold->asked != 0 || schema_hex(m->body, "question", hash, sizeof(hash));
}

/* A question that was said to be on its way has not come: a reply is held for three days at most.
 */
static bool
question_lost(const struct fold_move *m)
{
	return !m->fold->asked && days_in_state(m) >= 5;
}

/* Misconduct of officials is not shown to a queue: that part is split off or the whole is sealed.
 * Where life is in danger the rest cannot wait for it. */
static bool
no_misconduct(const struct fold_move *m)
{
	return !class_misconduct(m->fold) || m->fold->severity == 1;
}

/* What is merged is not split any more: misconduct would end in a case that says nothing of it. Two
 * of the integrity desk may put two of their own tips together. */
static bool
misconduct_seen(const struct fold_move *m)
{
	unsigned i, n = 0;

	for (i = 0; i < m->who_cnt; i++)
		n += (m->who[i]->roles >> BY_IG) & 1;
	return !class_misconduct(m->fold) || n == m->who_cnt;
}

static bool
not_s1(const struct fold_move *m)
{
	return !is_s1(m->fold);
}

static bool
now_s1(const struct fold_move *m)
{
	return is_s1(m->fold);
}

static bool
s1_by_two_and_voice(const struct fold_move *m)
{
	return !is_s1(m->fold) || (m->who_cnt >= 2 && schema_is(m->body, "voice"));
}

/* What ends a case needs two members where the case is grave or where nobody has said how grave it
 * is: the source's own "somebody may get hurt now" counts as long as the case lives. */
static bool
two_if_grave(const struct fold_move *m)
{
	return m->who_cnt >= 2 || !class_grave(m->fold);
}

static bool
severity_given(const struct fold_move *m)
{
	return m->fold->severity != 0;
}

static bool
is_outcome(const struct fold_move *m, const char *code)
{
	return !strcmp(schema_text(m->body, "outcome"), code);
}

static bool
urgent_is_s1(const struct fold_move *m)
{
	return !is_outcome(m, "URGENT") || m->fold->severity == 1;
}

static bool
into_named(const struct fold_move *m)
{
	uint8_t id[16];

	return schema_hex(m->body, "into", id, sizeof(id));
}

static bool
link_named(const struct fold_move *m)
{
	return !is_outcome(m, "LINK") || into_named(m);
}

/* A matter that leaves is followed: the book of its referral is named. The book is not looked at.
 */
static bool
referral_named(const struct fold_move *m)
{
	return into_named(m);
}

static bool
target_named(const struct fold_move *m)
{
	return *schema_text(m->body, "target") != '\0';
}

/* The other case's log is not looked at: who signs states what it says. */
static bool
target_in_action(const struct fold_move *m)
{
	static const char *const states[] = { "in_action", "verified", "verified_unfounded",
					      "answered",  "recheck",  "closed" };
	const char *stated = schema_text(m->body, "target_state");
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (!strcmp(stated, states[i]))
			return true;
	return false;
}

static bool
result_positive(const struct fold_move *m)
{
	const char *result = schema_text(m->body, "result");

	return !strcmp(result, "substantiated") || !strcmp(result, "partly");
}

static bool
result_negative(const struct fold_move *m)
{
	const char *result = schema_text(m->body, "result");

	return !strcmp(result, "not_found") || !strcmp(result, "unable");
}

/* A danger that was found was looked at; one that was not may have been out of reach. */
static bool
visits_named(const struct fold_move *m)
{
	return schema_number(m->body, "visits") ||
	       !strcmp(schema_text(m->body, "result"), "unable");
}

static bool
no_leak_stated(const struct fold_move *m)
{
	return schema_is(m->body, "no_leak");
}

static bool
reason_written(const struct fold_move *m)
{
	return *schema_text(m->body, "text") != '\0';
}

static bool
source_told(const struct fold_move *m)
{
	return m->fold->told;
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
	return !m->fold->hold;
}

/* Who approves a referral sits high enough above those whom it names. */
static bool
route_allowed(const struct fold_move *m)
{
	unsigned i;

	for (i = 0; i < m->who_cnt; i++)
		if (m->who[i]->level < book_level(m->fold->book))
			return false;
	return m->fold->book && m->who_cnt;
}

static bool
level_three(const struct fold_move *m)
{
	unsigned i;

	for (i = 0; i < m->who_cnt; i++)
		if (m->who[i]->level < 3)
			return false;
	return m->who_cnt > 0;
}

/* Public security gets a matter in time. One that is late goes all the same, with the reason: a
 * forgotten date must not end it. */
static bool
by_its_day(const struct fold_move *m)
{
	return strcmp(schema_text(m->fold->book, "kind"), "XFER_PS") != 0 || reason_written(m) ||
	       m->day <= book_due(m->fold->machine, m->fold->state, m->fold->book, m->fold->since);
}

static bool
receipt_named(const struct fold_move *m)
{
	return *schema_text(m->body, "receipt") != '\0';
}

static bool
outcome_named(const struct fold_move *m)
{
	return *schema_text(m->body, "outcome") != '\0';
}

/* Who knows the tip sees what would give its source away; who does not know it sees whether the
 * text stands without it. The log of the case is not looked at: both sign which of them read it. */
static bool
one_has_read(const struct fold_move *m)
{
	return strcmp(schema_text(m->fold->book, "kind"), "EXPOSE") != 0 ||
	       (m->who_cnt == 2 && json_is_boolean(json_object_get(m->body, "read")));
}

/* What is made public comes late enough that nobody can tell which word of whom was behind it. */
static bool
source_safe(const struct fold_move *m)
{
	const json_t *book = m->fold->book;
	const char *text = schema_text(book, "signed_off");
	uint32_t day;

	return strcmp(schema_text(book, "kind"), "EXPOSE") != 0 ||
	       (!text_day(&day, text, strlen(text)) && m->day >= day + 30 &&
		schema_is(m->body, "answered"));
}

static bool
until_named(const struct fold_move *m)
{
	const char *text = schema_text(m->body, "until");
	uint32_t day;

	return !text_day(&day, text, strlen(text)) && day >= m->day;
}

static bool
window_over(const struct fold_move *m)
{
	return m->fold->date && m->day > m->fold->date;
}

/* Two are tried by their first: the second may be the lead. */
static bool
lead_signs(const struct fold_move *m)
{
	return m->trial || m->who[0]->lead || (m->who_cnt > 1 && m->who[1]->lead);
}

static bool
above_lead(const struct fold_move *m)
{
	return m->who_cnt && m->who[0]->over;
}

/* The gateway ends a rota from the day on that both frames name, and from no day that is past. */
static bool
until_today(const struct fold_move *m)
{
	const char *text = schema_text(m->body, "until");
	uint32_t day;

	return !text_day(&day, text, strlen(text)) && day == m->day;
}

static bool
writer_alone(const struct fold_move *m)
{
	return m->who_cnt == 1 &&
	       !memcmp(m->who[0]->handle, m->fold->owner, sizeof(m->fold->owner));
}

static bool
not_writer(const struct fold_move *m)
{
	return m->who_cnt && memcmp(m->who[0]->handle, m->fold->owner, sizeof(m->fold->owner)) != 0;
}

static bool
other_desk(const struct fold_move *m)
{
	return m->who_cnt && !m->who[0]->home;
}

static bool
own_desk(const struct fold_move *m)
{
	return m->who_cnt && m->who[0]->home;
}

static bool
month_due(const struct fold_move *m)
{
	const char *due = schema_text(m->fold->book, "due");
	uint32_t day;

	return !text_day(&day, due, strlen(due)) && m->day >= day;
}

static bool
code_fits(const struct fold_move *m)
{
	return m->fold->code_fits;
}

static bool (*const guards[GUARD__MAX])(const struct fold_move *) = {
	[GUARD_UNANSWERED_14_DAYS] = unanswered_14_days,
	[GUARD_QUESTION_ASKED] = question_asked,
	[GUARD_QUESTION_LOST] = question_lost,
	[GUARD_NO_MISCONDUCT] = no_misconduct,
	[GUARD_MISCONDUCT_SEEN] = misconduct_seen,
	[GUARD_NOT_S1] = not_s1,
	[GUARD_NOW_S1] = now_s1,
	[GUARD_S1_BY_TWO_AND_VOICE] = s1_by_two_and_voice,
	[GUARD_TWO_IF_GRAVE] = two_if_grave,
	[GUARD_SEVERITY_GIVEN] = severity_given,
	[GUARD_URGENT_IS_S1] = urgent_is_s1,
	[GUARD_INTO_NAMED] = into_named,
	[GUARD_LINK_NAMED] = link_named,
	[GUARD_REFERRAL_NAMED] = referral_named,
	[GUARD_TARGET_NAMED] = target_named,
	[GUARD_TARGET_IN_ACTION] = target_in_action,
	[GUARD_RESULT_POSITIVE] = result_positive,
	[GUARD_RESULT_NEGATIVE] = result_negative,
	[GUARD_VISITS_NAMED] = visits_named,
	[GUARD_NO_LEAK_STATED] = no_leak_stated,
	[GUARD_REASON_WRITTEN] = reason_written,
	[GUARD_SOURCE_TOLD] = source_told,
	[GUARD_RECHECK_ONCE] = recheck_once,
	[GUARD_WITHIN_90_DAYS] = within_90_days,
	[GUARD_OTHER_PERSON] = other_person,
	[GUARD_ONE_LEVEL_UP] = one_level_up,
	[GUARD_AFTER_30_DAYS] = after_30_days,
	[GUARD_AFTER_90_DAYS] = after_90_days,
	[GUARD_AFTER_365_DAYS] = after_365_days,
	[GUARD_NO_HOLD] = no_hold,
	[GUARD_ROUTE_ALLOWED] = route_allowed,
	[GUARD_LEVEL_THREE] = level_three,
	[GUARD_WITHIN_3_DAYS] = by_its_day,
	[GUARD_WITHIN_24_HOURS] = by_its_day,
	[GUARD_RECEIPT_NAMED] = receipt_named,
	[GUARD_OUTCOME_NAMED] = outcome_named,
	[GUARD_ONE_HAS_READ] = one_has_read,
	[GUARD_SOURCE_SAFE] = source_safe,
	[GUARD_UNTIL_NAMED] = until_named,
	[GUARD_WINDOW_OVER] = window_over,
	[GUARD_WRITER_ALONE] = writer_alone,
	[GUARD_LEAD_SIGNS] = lead_signs,
	[GUARD_ABOVE_LEAD] = above_lead,
	[GUARD_UNTIL_TODAY] = until_today,
	[GUARD_NOT_WRITER] = not_writer,
	[GUARD_OTHER_DESK] = other_desk,
	[GUARD_OWN_DESK] = own_desk,
	[GUARD_MONTH_DUE] = month_due,
	[GUARD_CODE_FITS] = code_fits,
};

bool
fold_guard(enum machine_guard guard, const struct fold_move *move)
{
	if (guard >= GUARD__MAX)
		return false;
	return guards[guard] ? guards[guard](move) : fold_visit_guard(guard, move);
}

enum machine_guard
fold_guards(const struct machine_move *m, const struct fold_move *how)
{
	const uint8_t *g;

	for (g = m->guards; *g != GUARD__MAX && fold_guard((enum machine_guard) * g, how);)
		g++;
	return (enum machine_guard) * g;
}
