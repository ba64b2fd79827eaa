/* What a draft comes to: what the tip suggests, which outcomes are possible, what is missing or
 * wrong, and the entries to write (see draft.h). */
#include "admin-cli/rules/draft_inner.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/form.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

#define F(field) (1u << (field))
#define AXES                                                                                       \
	(F(CLASS_SECTOR) | F(CLASS_PLACE) | F(CLASS_ISSUE) | F(CLASS_HAZARD) | F(CLASS_SEVERITY) | \
	 F(CLASS_CREDIBILITY) | F(CLASS_ACTIONABILITY) | F(CLASS_KNOWER))
#define NO_ID   "00000000000000000000000000000000"
#define NO_HASH NO_ID NO_ID

/* What each outcome cannot go without, and what it can hold besides the classification. */
static const struct {
	const char *outcome;
	uint32_t needs, holds;
} rows[] = {
	{ "ACCEPT", AXES | F(CLASS_ORDER_KIND), 0 },
	{ "URGENT", AXES | F(CLASS_ORDER_KIND), 0 },
	{ "NEED_INFO", F(DRAFT_QUESTION), 0 },
	{ "MERGE", AXES | F(DRAFT_INTO), 0 },
	{ "LINK", AXES | F(CLASS_ORDER_KIND) | F(DRAFT_INTO), 0 },
	{ "REFER", F(CLASS_SECTOR) | F(CLASS_SEVERITY) | F(CLASS_CREDIBILITY) | F(DRAFT_TARGET),
	  F(DRAFT_VOICE) },
	{ "SEAL", AXES | F(DRAFT_TEXT), 0 },
	{ "HOLD_SOURCE", AXES | F(DRAFT_TEXT), 0 },
	{ "OUT_SCOPE", F(CLASS_SEVERITY) | F(DRAFT_TEXT), F(DRAFT_TARGET) },
	{ "INSUFF", F(CLASS_SEVERITY), 0 },
	{ "ABUSE", F(DRAFT_TEXT), 0 },
};

const struct taxonomy_word *
draft_chosen(const struct draft *d)
{
	return taxonomy_find(TAXONOMY_OUTCOME, draft_words(d, DRAFT_OUTCOME));
}

bool
draft_is(const struct draft *d, const char *outcome)
{
	return !strcmp(draft_words(d, DRAFT_OUTCOME), outcome);
}

static size_t
row_of(const char *outcome)
{
	size_t i = 0;

	while (i < sizeof(rows) / sizeof(*rows) && strcmp(rows[i].outcome, outcome))
		i++;
	return i;
}

/* Below the floor, or against what the number of people presumes: a reason in words. */
static bool
lowered(const struct draft *d)
{
	return d->f.severity > class_floor(&d->f, NULL) ||
	       (class_mass(d->c.fold) && !class_mass(&d->f));
}

/* What cannot go without a reason in words, whatever the outcome. */
static bool
reasoned(const struct draft *d)
{
	return lowered(d) || class_alarm(d->c.fold, &d->f);
}

bool
draft_needs(const struct draft *d, unsigned field)
{
	size_t row = row_of(draft_words(d, DRAFT_OUTCOME));

	if (field == DRAFT_OUTCOME)
		return true;
	if (row == sizeof(rows) / sizeof(*rows))
		return false;
	if (field == DRAFT_VOICE)
		return draft_is(d, "REFER") && d->f.severity == 1;
	if (field == DRAFT_TEXT && reasoned(d))
		return true;
	if (field == DRAFT_QUESTION && d->c.fold->asked) /* one is open already */
		return false;
	return rows[row].needs & F(field);
}

/* Whether the entry would be refused without it, by the fold or because it means nothing. */
static bool
must(const struct draft *d, unsigned field)
{
	const struct taxonomy_word *w = draft_chosen(d);

	if (field == CLASS_SEVERITY)
		return w && !strcmp(w->to, "accepted");
	return field >= CLASS__MAX && (field != DRAFT_TEXT || reasoned(d));
}

bool
draft_asks(const struct draft *d, unsigned field)
{
	size_t row = row_of(draft_words(d, DRAFT_OUTCOME));

	if (draft_needs(d, field))
		return true;
	switch (field) {
	case CLASS_REGULATOR:
		return json_is_true(d->f.said[CLASS_NO_REGULATOR]) ||
		       schema_has(d->f.said[CLASS_PLACE], "P-MISS");
	case CLASS_RECURRENCE:
	case CLASS_CAMPAIGN:
	case CLASS_LINKS:
	case CLASS_RECEIPT:
	case CLASS_ORDER_KIND:
		return draft_get(d, field) != NULL;
	case DRAFT_QUESTION:
	case DRAFT_INTO:
	case DRAFT_VOICE:
		return false;
	case DRAFT_TARGET:
		return row < sizeof(rows) / sizeof(*rows) && rows[row].holds & F(field);
	default:
		return true;
	}
}

static bool
empty(const json_t *v)
{
	return !v || (json_is_array(v) && !json_array_size(v)) ||
	       (json_is_string(v) && !*json_string_value(v)) || json_is_false(v);
}

/* Copies what was filled in and differs from what the case says already. */
static void
put_class(const struct draft *d, json_t *body)
{
	const json_t *v;
	unsigned i;

	for (i = 0; i < CLASS__MAX; i++) {
		v = json_object_get(d->said, draft_info[i].name);
		if (v && !json_equal(v, d->c.fold->said[i]))
			json_object_set(body, draft_info[i].name, (json_t *)v);
	}
}

/* The value of a member of the decision, or an invented one where the fold is asked. */
static void
put_word(const struct draft *d, json_t *body, unsigned field, bool invent, const char *invented)
{
	const char *s = draft_words(d, field);

	if (!*s && invent)
		s = invented;
	if (*s)
		json_object_set_new(body, draft_info[field].name, json_string(s));
}

json_t *
draft_body(const struct draft *d, const struct taxonomy_word *outcome, bool invent)
{
	json_t *body = json_pack("{s:i,s:s,s:s}", "v", 1, "move", outcome->to, "outcome",
				 outcome->code);
	uint32_t needs = rows[row_of(outcome->code)].needs | rows[row_of(outcome->code)].holds;
	int floor = class_floor(&d->f, NULL);

	put_class(d, body);
	if (invent && !d->f.severity)
		json_object_set_new(body, "severity",
				    json_sprintf("S%d", !strcmp(outcome->code, "URGENT") ? 1
							: floor < 4                      ? floor
											 : 3));
	if (needs & F(DRAFT_INTO))
		put_word(d, body, DRAFT_INTO, invent, NO_ID);
	if (!strcmp(outcome->code, "REFER")) /* until the referral is opened */
		json_object_set_new(body, "into", json_string(NO_ID));
	if (needs & F(DRAFT_TARGET))
		put_word(d, body, DRAFT_TARGET, invent && needs & F(DRAFT_VOICE), "-");
	if (needs & F(DRAFT_QUESTION) &&
	    (*draft_words(d, DRAFT_QUESTION) || (invent && !d->c.fold->asked)))
		json_object_set_new(body, "question", json_string(NO_HASH));
	if (needs & F(DRAFT_VOICE) && (invent || json_is_true(draft_get(d, DRAFT_VOICE))))
		json_object_set_new(body, "voice", json_true());
	put_word(d, body, DRAFT_TEXT, invent, "-");
	return body;
}

static enum fold_reason
try_entry(const struct draft *d, uint16_t type, json_t *body)
{
	struct fold_entry e = { .type = type,
				.thread = FRAME_DESK,
				.day = d->c.in->today,
				.who = d->c.me,
				.body = body };
	uint32_t cnt[2] = { 0, 0 };
	size_t i;

	for (i = 0; i < d->c.in->entry_cnt; i++)
		cnt[d->c.in->entry[i].thread == FRAME_DESK]++;
	schema_set_after(body, cnt[0], cnt[1]);
	return fold_try(d->c.in, &e);
}

enum fold_reason
draft_ask_fold(const struct draft *d, const json_t *body, unsigned *persons, enum fold_reason *one)
{
	json_t *alone = json_deep_copy(body), *both;
	enum fold_reason reason;

	*persons = 1;
	*one = try_entry(d, ENTRY_TRIAGE, alone);
	json_decref(alone);
	if (*one == FOLD_FINE)
		return FOLD_FINE;
	both = json_pack("{s:i,s:s,s:O}", "v", 1, "type", "triage", "body", body);
	reason = try_entry(d, ENTRY_PROPOSE, both);
	json_decref(both);
	*persons = reason == FOLD_FINE ? 2 : 0;
	/* the one thing to do about that state */
	return reason == FOLD_STATE && d->c.fold->state == TIP_RECEIVED ? FOLD_UNREAD : reason;
}

size_t
draft_outcomes(const struct draft *d, struct draft_outcome out[static DRAFT_OUTCOMES])
{
	size_t cnt, i;
	const struct taxonomy_word *all = taxonomy_all(TAXONOMY_OUTCOME, &cnt);

	for (i = 0; i < cnt && i < DRAFT_OUTCOMES; i++) {
		json_t *body = draft_body(d, &all[i], true);
		enum fold_reason one, reason;

		reason = draft_ask_fold(d, body, &out[i].persons, &one);
		out[i].word = &all[i];
		out[i].why = reason == FOLD_FINE ? one : reason;
		json_decref(body);
	}
	return i;
}

struct list {
	struct draft_problem *out;
	size_t n;
};

static void tell(struct list *l, enum draft_mark mark, unsigned field, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void
tell(struct list *l, enum draft_mark mark, unsigned field, const char *fmt, ...)
{
	va_list ap;

	if (l->n == DRAFT_PROBLEMS)
		return;
	l->out[l->n].mark = mark;
	l->out[l->n].field = field;
	va_start(ap, fmt);
	vsnprintf(l->out[l->n++].text, DRAFT_WHY_CAP, fmt, ap);
	va_end(ap);
}

/* Why a reason in words is needed where the severity is low. */
static void
tell_reason(const struct draft *d, struct list *l)
{
	const char *why;
	int floor = class_floor(&d->f, &why);
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_HAZARD, why);

	if (w && d->f.severity > floor)
		tell(l, DRAFT_MISSING, DRAFT_TEXT,
		     _("The severity is below the floor of hazard %s (%s), which is S%d: the reason is "
		       "missing, and another member signs."),
		     w->code, taxonomy_name(w), floor);
	else
		tell(l, DRAFT_MISSING, DRAFT_TEXT,
		     _("Three or more people could die in one event, so the floor is S%d: the reason "
		       "for less is missing, and another member signs."),
		     floor < 2 ? floor : 2);
}

static void
tell_missing(const struct draft *d, struct list *l)
{
	unsigned i;

	for (i = 0; i < DRAFT__MAX; i++) {
		unsigned field = draft_order[i];
		bool zero = field == CLASS_ACTIONABILITY || field == CLASS_RECURRENCE;

		if (!draft_needs(d, field) || !empty(draft_get(d, field)))
			continue;
		if (field == DRAFT_TEXT && lowered(d))
			tell_reason(d, l);
		else if (field == DRAFT_TEXT && reasoned(d))
			tell(l, DRAFT_MISSING, DRAFT_TEXT,
			     _("S1 calls everybody out, and neither the source nor a hazard speaks of life "
			       "in danger now: say why."));
		else if (!zero || !draft_get(d, field))
			tell(l, must(d, field) ? DRAFT_MISSING : DRAFT_WANTED, field,
			     _("%s is missing: %s."), _(draft_info[field].label),
			     _(draft_info[field].help));
	}
}

bool
draft_lives(const char *state)
{
	static const char *const open[] = { "in_triage", "needs_info", "accepted", "held",
					    "in_action", "verified",   "recheck" };
	size_t i;

	for (i = 0; i < sizeof(open) / sizeof(*open); i++)
		if (!strcmp(state, open[i]))
			return true;
	return false;
}

static void
tell_other(const struct draft *d, struct list *l)
{
	const struct draft_other *o = &d->other;
	const char *into = draft_words(d, DRAFT_INTO);
	char own[33];
	unsigned i;

	if (!*into)
		return;
	for (i = 0; i < 16; i++)
		snprintf(own + 2 * i, 3, "%02x", d->c.id[i]);
	if (!strcmp(into, own))
		tell(l, DRAFT_WRONG, DRAFT_INTO, _("That is the case itself."));
	else if (!o->here)
		tell(l, DRAFT_WRONG, DRAFT_INTO,
		     _("Case %.8s is not here, so nothing of it can be compared."), into);
	else if (!draft_is(d, "MERGE"))
		return;
	else if (o->desk != d->c.desk)
		tell(l, DRAFT_WRONG, DRAFT_INTO,
		     _("Case %.8s lies at desk %u: a case is merged at its own desk only."), into,
		     o->desk);
	else if (!draft_lives(o->state))
		tell(l, DRAFT_WRONG, DRAFT_INTO,
		     _("Case %.8s is \"%s\": it would carry nothing on."), into,
		     fold_state_text(MACHINE_TIP, o->state));
	else if (d->f.severity && (!o->severity || o->severity > d->f.severity))
		tell(l, DRAFT_WRONG, DRAFT_INTO,
		     _("Case %.8s is less grave than S%d: raise it first (davy case correct), a "
		       "merge lowers nothing."),
		     into, d->f.severity);
	else if (level_named(&d->f, d->c.tip) &&
		 (!o->named || o->start < level_start(&d->f, d->c.tip, NULL)))
		tell(l, DRAFT_WRONG, DRAFT_INTO,
		     _("Case %.8s may reach an office that this tip is kept from: name it there "
		       "first (davy case correct --named L0 to L3), a merge lowers nothing."),
		     into);
}

static void
tell_notes(const struct draft *d, struct list *l)
{
	const char *knower = draft_words(d, CLASS_KNOWER);
	bool accept = draft_is(d, "ACCEPT") || draft_is(d, "LINK");
	unsigned i;

	if (accept && !strcmp(knower, "<=5"))
		tell(l, DRAFT_NOTE, CLASS_KNOWER,
		     _("Five people or fewer could know this: it needs a cover reason and more "
		       "delay, or HOLD_SOURCE."));
	if (draft_is(d, "NEED_INFO") && (d->f.severity == 1 || d->f.danger_now))
		tell(l, DRAFT_NOTE, DRAFT_OUTCOME,
		     _("Life is in danger: act meanwhile, do not wait for her answer."));
	if (form_taken(d->c.tip) && !form_can_answer(d->c.tip))
		tell(l, DRAFT_NOTE,
		     draft_is(d, "NEED_INFO") ? DRAFT_OUTCOME : (unsigned)CLASS_CREDIBILITY,
		     _("Staff typed this tip, and its source has no number: no question reaches "
		       "her, so judge it by what it says."));
	else if (form_taken(d->c.tip))
		tell(l, DRAFT_NOTE, CLASS_CREDIBILITY,
		     _("Staff typed this tip: its words are not the source's own, and whoever "
		       "typed it saw the number."));
	if (accept && !strcmp(schema_text(d->c.tip, "act_care"), "yes_wait"))
		tell(l, DRAFT_NOTE, DRAFT_OUTCOME,
		     _("The source asks to wait: acting at once would point at her."));
	if (class_orphan(&d->f))
		tell(l, DRAFT_NOTE, CLASS_REGULATOR,
		     _("No regulator leads, so the case starts one level higher."));
	for (i = 0; draft_is(d, "SEAL") && i < d->f.hazard_cnt; i++) {
		const struct taxonomy_word *w = taxonomy_find(TAXONOMY_HAZARD, d->f.hazard[i]);

		if (w && w->route != 'S')
			tell(l, DRAFT_NOTE, CLASS_HAZARD,
			     _("%s is no misconduct: sealed, it stops here too. davy case split "
			       "lets it go on."),
			     w->code);
	}
}

size_t
draft_problems(const struct draft *d, struct draft_problem out[static DRAFT_PROBLEMS])
{
	const struct taxonomy_word *w = draft_chosen(d);
	struct list l = { .out = out };
	enum fold_reason reason, one;
	unsigned persons;
	json_t *body;

	tell_missing(d, &l);
	if (w) {
		tell_other(d, &l);
		body = draft_body(d, w, true);
		reason = draft_ask_fold(d, body, &persons, &one);
		json_decref(body);
		if (reason != FOLD_FINE)
			tell(&l, DRAFT_WRONG, DRAFT_OUTCOME, "%s: %s.", w->code,
			     fold_reason_text(reason));
		else if (persons == 2)
			tell(&l, DRAFT_TWO, DRAFT_OUTCOME, "%s: %s.", w->code,
			     fold_reason_text(one));
	}
	tell_notes(d, &l);
	return l.n;
}

bool
draft_plan(const struct draft *d, bool whole, struct draft_plan *out,
	   char why[static DRAFT_WHY_CAP])
{
	struct draft_problem list[DRAFT_PROBLEMS];
	size_t n = draft_problems(d, list), i;
	const struct taxonomy_word *w = draft_chosen(d);
	struct draft_step *last;

	memset(out, 0, sizeof(*out));
	out->persons = 1;
	for (i = 0; i < n; i++) {
		if (list[i].mark == DRAFT_MISSING || list[i].mark == DRAFT_WRONG ||
		    (whole && list[i].mark == DRAFT_WANTED)) {
			snprintf(why, DRAFT_WHY_CAP, "%s", list[i].text);
			return false;
		}
		if (list[i].mark == DRAFT_TWO)
			out->persons = 2;
	}
	if (*draft_words(d, DRAFT_QUESTION) && draft_is(d, "NEED_INFO")) {
		out->step[out->cnt].type = ENTRY_REPLY;
		out->step[out->cnt++].body = json_pack("{s:i,s:s,s:s,s:b}", "v", 1, "status", "3",
						       "text", draft_words(d, DRAFT_QUESTION),
						       "question", 1);
	}
	last = &out->step[out->cnt];
	last->names = out->cnt ? "question" : NULL;
	last->type = out->persons == 2 ? ENTRY_PROPOSE : ENTRY_TRIAGE;
	last->body = draft_body(d, w, false);
	if (out->persons == 2)
		last->body = json_pack("{s:i,s:s,s:o}", "v", 1, "type", "triage", "body",
				       last->body);
	out->cnt++;
	out->duty = !strcmp(w->code, "URGENT");
	out->refer = !strcmp(w->code, "REFER");
	out->source_told = !strcmp(w->to, "referred") || !strcmp(w->to, "closed_out");
	return true;
}

void
draft_plan_free(struct draft_plan *p)
{
	while (p->cnt)
		json_decref(p->step[--p->cnt].body);
}
