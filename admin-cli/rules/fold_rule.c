#include "admin-cli/rules/fold_rule.h"

#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"
#include "crypto/text.h"

#define BY(role)   (1u << BY_##role)
#define IN(state)  (1u << TIP_##state)
#define ANYBODY    UINT32_MAX
#define REVIEWERS  (BY(TR) | BY(SR) | BY(IG))
#define INSPECTORS (BY(PL) | BY(IN))
/* Where an abstract may be written, a case closed by two, and an answer given to the source. */
#define ABSTRACT_IN                                                                                \
	(IN(IN_TRIAGE) | IN(NEEDS_INFO) | IN(ACCEPTED) | IN(MERGED) | IN(REFERRED) | IN(SEALED) |  \
	 IN(HELD) | IN(IN_ACTION) | IN(RECHECK))
#define CLOSE_IN                                                                                   \
	(IN(ANSWERED) | IN(CLOSED) | IN(CLOSED_INSUFFICIENT) | IN(CLOSED_OUT) | IN(CLOSED_ABUSE))
#define ANSWER_IN                                                                                  \
	(IN(VERIFIED) | IN(VERIFIED_UNFOUNDED) | IN(REFERRED) | IN(ANSWERED) | IN(RECHECK) |       \
	 IN(CLOSED))
#define ELSEWHERE_IN (IN(CLOSED_OUT) | IN(REFERRED))

enum writer { SOURCE, MEMBER };

struct fold_rule {
	enum machine_id machine;
	uint16_t type;
	int thread;
	enum writer writer;
	uint32_t roles; /* one of them, of a member */
	enum fold_reason (*apply)(struct fold_run *run);
};

static bool
in_states(const struct fold *f, uint32_t states)
{
	return states >> f->state & 1;
}

void
fold_enter(struct fold *f, int state, const struct fold_move *how)
{
	unsigned i;

	if (f->machine == MACHINE_TIP && how->who_cnt &&
	    (state == TIP_VERIFIED || state == TIP_VERIFIED_UNFOUNDED || f->state == TIP_RECHECK)) {
		f->verifier_cnt = how->who_cnt;
		for (i = 0; i < how->who_cnt; i++) {
			memcpy(f->verifier[i].handle, how->who[i]->handle, 8);
			f->verifier[i].level = how->who[i]->level;
		}
	}
	if (f->machine == MACHINE_TIP && state == TIP_ANSWERED)
		f->answered = how->day;
	if (f->machine == MACHINE_TIP && state == TIP_RECHECK)
		f->rechecks++;
	if (state != f->state)
		f->since = how->day;
	f->state = state;
}

/* The roles that everyone who signs has. */
static uint32_t
common_roles(const struct fold_move *how)
{
	uint32_t roles = how->who_cnt ? ANYBODY : 0;
	unsigned i;

	for (i = 0; i < how->who_cnt; i++)
		roles &= how->who[i]->roles;
	return roles & ~(BY(SYS) | BY(SRC));
}

/* Finds the move to a state that these people may make; *reason where there is none. */
static const struct machine_move *
find_move(struct fold *f, int to, const struct fold_move *how, enum fold_reason *reason)
{
	const struct machine_move *m = NULL;
	enum machine_guard guard;

	*reason = machine_next(f->machine, f->state, to, ~(BY(SYS) | BY(SRC)), NULL) ? FOLD_ROLE
										     : FOLD_STATE;
	while ((m = machine_next(f->machine, f->state, to, common_roles(how), m)) != NULL) {
		if (how->who_cnt < m->n) {
			*reason = FOLD_TWO;
			continue;
		}
		guard = fold_guards(m->guards, how);
		if (guard == GUARD__MAX) {
			*reason = FOLD_FINE;
			return m;
		}
		*reason = FOLD_GUARD + guard;
	}
	return NULL;
}

static enum fold_reason
do_move(struct fold *f, int to, const struct fold_move *how)
{
	enum fold_reason reason;
	const struct machine_move *m = find_move(f, to, how, &reason);

	if (m)
		fold_enter(f, m->to, how);
	return reason;
}

static struct fold_move
alone(const struct fold_run *run)
{
	return (struct fold_move){ .fold = run->f,
				   .who = { &run->e->who },
				   .who_cnt = 1,
				   .body = run->e->body,
				   .day = run->e->day };
}

/* The source speaks: what waited for her goes on. A case that two members closed is open again. */
static enum fold_reason
source_speaks(struct fold_run *run, bool objects)
{
	const struct fold_move how = { .fold = run->f, .body = run->e->body, .day = run->e->day };
	const struct machine_move *m = NULL;
	enum fold_reason reason = objects ? FOLD_STATE : FOLD_FINE;
	enum machine_guard guard;

	while ((m = machine_next(run->f->machine, run->f->state, -1, BY(SRC), m)) != NULL) {
		if (m->to == TIP_RECHECK && !objects)
			continue;
		guard = fold_guards(m->guards, &how);
		reason = guard == GUARD__MAX ? FOLD_FINE : FOLD_GUARD + guard;
		if (reason != FOLD_FINE)
			continue;
		fold_enter(run->f, m->to, &how);
		break;
	}
	if (reason == FOLD_FINE)
		run->f->closed = false;
	return reason;
}

static enum fold_reason
apply_tip(struct fold_run *run)
{
	if (run->f->tip != FOLD_NONE || run->e->number != 0)
		return FOLD_FIRST;
	run->f->tip = (size_t)(run->e - run->in->entry);
	run->f->danger_now = schema_is(run->e->body, "danger_now");
	return FOLD_FINE;
}

static enum fold_reason
apply_message(struct fold_run *run)
{
	if (run->e->type == ENTRY_ANSWER)
		run->f->question = false;
	return source_speaks(run, false);
}

static enum fold_reason
apply_objection(struct fold_run *run)
{
	return source_speaks(run, true);
}

/* Only a message: it deletes nothing and stops no clock; people look at it. */
static enum fold_reason
apply_withdrawal(struct fold_run *run)
{
	run->f->withdrawn = true;
	return FOLD_FINE;
}

/* A second one is no harm: two may read at once. */
static enum fold_reason
apply_acknowledge(struct fold_run *run)
{
	const struct fold_move how = alone(run);
	enum fold_reason reason = FOLD_FINE;

	if (run->f->state == TIP_RECEIVED)
		reason = do_move(run->f, TIP_IN_TRIAGE, &how);
	if (reason == FOLD_FINE)
		run->f->acked = true;
	return reason;
}

static enum fold_reason
apply_reply(struct fold_run *run)
{
	const struct fold_move how = alone(run);
	const char *status = schema_text(run->e->body, "status");

	if (schema_is(run->e->body, "dummy"))
		return FOLD_FINE;
	if (*status == '5' && !in_states(run->f, ANSWER_IN))
		return FOLD_ANSWER;
	if (*status == '6' && !in_states(run->f, ELSEWHERE_IN))
		return FOLD_ANSWER;
	run->f->question = *status == '3' || schema_is(run->e->body, "question");
	/* The answer she sees is the move; in a recheck it takes two, by propose and cosign. */
	if ((*status == '5' || *status == '6') && run->f->state != TIP_RECHECK)
		(void)do_move(run->f, TIP_ANSWERED, &how);
	return FOLD_FINE;
}

static enum fold_reason
apply_note(struct fold_run *run)
{
	(void)run;
	return FOLD_FINE;
}

static int
worst_allowed(const json_t *hazard)
{
	const char *code[4];
	size_t i, cnt = json_array_size(hazard);

	for (i = 0; i < cnt && i < 4; i++)
		code[i] = json_string_value(json_array_get(hazard, i));
	return taxonomy_floor(code, i);
}

/* One move of the tip machine with its classification. */
static enum fold_reason
triage(struct fold_run *run, const struct fold_move *how)
{
	struct fold *f = run->f;
	const char *move = schema_text(how->body, "move"),
		   *code = schema_text(how->body, "severity");
	const char *outcome = schema_text(how->body, "outcome");
	const struct taxonomy_word *word = taxonomy_find(TAXONOMY_OUTCOME, outcome);
	int severity = *code ? code[1] - '0' : f->severity;
	enum fold_reason reason;

	if (word && strcmp(word->to, move))
		return FOLD_OUTCOME;
	if (severity > worst_allowed(schema_list(how->body, "hazard")))
		return FOLD_FLOOR;
	if (f->severity == 1 && severity > 1 && how->who_cnt < 2)
		return FOLD_LOWER_S1;
	reason = do_move(f, machine_state(MACHINE_TIP, move), how);
	if (reason != FOLD_FINE)
		return reason;
	f->severity = severity;
	if (*outcome)
		snprintf(f->outcome, sizeof(f->outcome), "%s", outcome);
	if (*schema_text(how->body, "credibility"))
		snprintf(f->credibility, sizeof(f->credibility), "%s",
			 schema_text(how->body, "credibility"));
	if (*schema_text(how->body, "result"))
		snprintf(f->result, sizeof(f->result), "%s", schema_text(how->body, "result"));
	return FOLD_FINE;
}

static enum fold_reason
apply_triage(struct fold_run *run)
{
	const struct fold_move how = alone(run);

	/* machine_state() of an unknown word is -1, which would mean "anywhere". */
	if (machine_state(MACHINE_TIP, schema_text(run->e->body, "move")) < 0)
		return FOLD_STATE;
	return triage(run, &how);
}

static enum fold_reason
apply_abstract(struct fold_run *run)
{
	if (!in_states(run->f, ABSTRACT_IN))
		return FOLD_STATE;
	run->f->abstract = (size_t)(run->e - run->in->entry);
	return FOLD_FINE;
}

/* Whether an accepted abstract before this entry has that hash. */
static bool
has_abstract(const struct fold_run *run, const json_t *body)
{
	uint8_t hash[32];
	size_t i;

	if (!schema_hex(body, "abstract", hash, sizeof(hash)))
		return false;
	for (i = 0; i < run->f->order_cnt; i++) {
		const struct fold_entry *e = &run->in->entry[run->f->order[i]];

		if (e == run->e)
			return false;
		if (e->type == ENTRY_ABSTRACT && e->verdict == FOLD_ACCEPTED &&
		    !memcmp(e->hash, hash, sizeof(hash)))
			return true;
	}
	return false;
}

static enum fold_reason
forward(struct fold_run *run, const struct fold_move *how)
{
	enum fold_reason reason = FOLD_FINE;

	if (!has_abstract(run, how->body))
		return FOLD_ABSTRACT;
	if (run->f->state != TIP_IN_ACTION)
		reason = do_move(run->f, TIP_IN_ACTION, how);
	else if (!(common_roles(how) & (BY(PL) | BY(IG))))
		reason = FOLD_ROLE;
	if (reason == FOLD_FINE)
		run->f->forward = (size_t)(run->e - run->in->entry);
	return reason;
}

static enum fold_reason
apply_forward(struct fold_run *run)
{
	const struct fold_move how = alone(run);

	if (run->f->state == TIP_RECHECK)
		return FOLD_STATE;
	return forward(run, &how);
}

static enum fold_reason
close_case(struct fold_run *run, const struct fold_move *how)
{
	if (!in_states(run->f, CLOSE_IN))
		return FOLD_STATE;
	if (!(common_roles(how) & REVIEWERS))
		return FOLD_ROLE;
	if (how->who_cnt < 2)
		return FOLD_TWO;
	run->f->closed = true;
	run->f->closed_day = how->day;
	return FOLD_FINE;
}

static enum fold_reason
apply_close(struct fold_run *run)
{
	const struct fold_move how = alone(run);

	return close_case(run, &how);
}

/* Does what a proposal says; with one person it tells whether a second could make it so. */
static enum fold_reason
proposed(struct fold_run *run, const json_t *proposal, const struct fold_move *how)
{
	switch (schema_proposed(proposal)) {
	case ENTRY_TRIAGE:
		if (machine_state(MACHINE_TIP, schema_text(how->body, "move")) < 0)
			return FOLD_STATE;
		return triage(run, how);
	case ENTRY_FORWARD:
		return forward(run, how);
	case ENTRY_CLOSE:
		return close_case(run, how);
	default:
		return FOLD_BODY;
	}
}

/* A proposal is tried with its author counted twice on a copy: a role or state that already
 * forbids it is said at once, whatever depends on the second person later. */
static enum fold_reason
apply_propose(struct fold_run *run)
{
	struct fold copy = *run->f;
	struct fold_run trial = { .f = &copy, .in = run->in, .e = run->e };
	struct fold_move how = alone(run);
	enum fold_reason reason;

	how.fold = &copy;
	how.who[1] = how.who[0];
	how.who_cnt = 2;
	how.body = json_object_get(run->e->body, "body");
	reason = proposed(&trial, run->e->body, &how);
	if (reason == FOLD_FINE)
		run->e->open = true;
	return reason;
}

static enum fold_reason
apply_cosign(struct fold_run *run)
{
	struct fold_entry *p = NULL;
	struct fold_move how = alone(run);
	enum fold_reason reason;
	uint8_t hash[32];
	size_t i;

	if (!schema_hex(run->e->body, "proposal", hash, sizeof(hash)))
		return FOLD_PROPOSAL;
	for (i = 0; !p && i < run->in->entry_cnt; i++)
		if (run->in->entry[i].open && !memcmp(run->in->entry[i].hash, hash, sizeof(hash)))
			p = &run->in->entry[i];
	if (!p)
		return FOLD_PROPOSAL;
	if (!memcmp(p->who.handle, run->e->who.handle, sizeof(p->who.handle)))
		return FOLD_SAME;
	how.who[0] = &p->who;
	how.who[1] = &run->e->who;
	how.who_cnt = 2;
	how.body = json_object_get(p->body, "body");
	reason = proposed(run, p->body, &how);
	if (reason == FOLD_FINE)
		p->open = false;
	return reason;
}

static enum fold_reason
apply_order(struct fold_run *run)
{
	if (run->f->tip != FOLD_NONE || run->e->number != 0)
		return FOLD_FIRST;
	run->f->tip = (size_t)(run->e - run->in->entry);
	return FOLD_FINE;
}

static enum fold_reason
apply_schedule(struct fold_run *run)
{
	const struct fold_move how = alone(run);
	const char *date = schema_text(run->e->body, "date");
	enum fold_reason reason = do_move(run->f, ORDER_SCHEDULED, &how);
	uint32_t day = 0;

	if (reason == FOLD_FINE && !text_day(&day, date, strlen(date)))
		run->f->date = day;
	return reason;
}

static const struct fold_rule rules[] = {
	{ MACHINE_TIP, ENTRY_TIP, 0, SOURCE, 0, apply_tip },
	{ MACHINE_TIP, ENTRY_MESSAGE, 0, SOURCE, 0, apply_message },
	{ MACHINE_TIP, ENTRY_ANSWER, 0, SOURCE, 0, apply_message },
	{ MACHINE_TIP, ENTRY_OBJECTION, 0, SOURCE, 0, apply_objection },
	{ MACHINE_TIP, ENTRY_WITHDRAWAL, 0, SOURCE, 0, apply_withdrawal },
	{ MACHINE_TIP, ENTRY_ACKNOWLEDGE, 1, MEMBER, ANYBODY, apply_acknowledge },
	{ MACHINE_TIP, ENTRY_REPLY, 0, MEMBER, REVIEWERS, apply_reply },
	{ MACHINE_TIP, ENTRY_NOTE, 1, MEMBER, ANYBODY, apply_note },
	{ MACHINE_TIP, ENTRY_TRIAGE, 1, MEMBER, ANYBODY, apply_triage },
	{ MACHINE_TIP, ENTRY_ABSTRACT, 1, MEMBER, REVIEWERS, apply_abstract },
	{ MACHINE_TIP, ENTRY_FORWARD, 1, MEMBER, ANYBODY, apply_forward },
	{ MACHINE_TIP, ENTRY_PROPOSE, 1, MEMBER, ANYBODY, apply_propose },
	{ MACHINE_TIP, ENTRY_COSIGN, 1, MEMBER, ANYBODY, apply_cosign },
	{ MACHINE_TIP, ENTRY_CLOSE, 1, MEMBER, REVIEWERS, apply_close },
	{ MACHINE_ORDER, ENTRY_ORDER, 1, MEMBER, BY(PL) | BY(IG), apply_order },
	{ MACHINE_ORDER, ENTRY_SCHEDULE, 1, MEMBER, INSPECTORS, apply_schedule },
	{ MACHINE_ORDER, ENTRY_ORDER_NOTE, 1, MEMBER, ANYBODY, apply_note },
};

const struct fold_rule *
fold_rule_find(enum machine_id machine, uint16_t type)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].machine == machine && rules[i].type == type)
			return &rules[i];
	return NULL;
}

enum fold_reason
fold_rule_apply(const struct fold_rule *rule, struct fold_run *run)
{
	const struct fold_entry *e = run->e;

	if (rule->thread != e->thread)
		return FOLD_THREAD;
	if ((rule->writer == SOURCE) != e->by_source)
		return FOLD_STRANGER;
	if (!e->body)
		return FOLD_BODY;
	if (!e->by_source && rule->roles != ANYBODY && !(e->who.roles & rule->roles))
		return FOLD_ROLE;
	return rule->apply(run);
}
