/* The rules of the fold: one function for each type of entry (see the table in entry_type.c), and
 * the moves of the machines that they make. */
#include "admin-cli/rules/fold_rule.h"

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/fold_guard.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"
#include "crypto/text.h"

#include <stdlib.h>

#define BY(role)  (1u << BY_##role)
#define IN(state) (1u << TIP_##state)
/* Where an abstract may be written, a case closed by two, and an answer given to the source. */
#define ABSTRACT_IN                                                                                \
	(IN(IN_TRIAGE) | IN(NEEDS_INFO) | IN(ACCEPTED) | IN(MERGED) | IN(REFERRED) | IN(SEALED) |  \
	 IN(HELD) | IN(IN_ACTION) | IN(RECHECK))
#define CLOSE_IN                                                                                   \
	(IN(ANSWERED) | IN(CLOSED) | IN(CLOSED_INSUFFICIENT) | IN(CLOSED_OUT) | IN(CLOSED_ABUSE))
#define ANSWER_IN    (IN(VERIFIED) | IN(VERIFIED_UNFOUNDED) | IN(ANSWERED) | IN(RECHECK) | IN(CLOSED))
#define VERIFY_IN    (IN(ACCEPTED) | IN(SEALED) | IN(IN_ACTION) | IN(RECHECK))
#define ELSEWHERE_IN (IN(CLOSED_OUT) | IN(REFERRED))

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
	if (f->machine == MACHINE_TIP && state == TIP_REFERRED)
		f->referred = how->day;
	if (f->machine == MACHINE_TIP && state == TIP_IN_TRIAGE)
		f->referred = 0;
	if (f->machine == MACHINE_TIP && state == TIP_HELD)
		f->reviewed = how->day;
	if (state != f->state) {
		f->since = how->day;
		f->told = false;
	}
	if (f->machine == MACHINE_TIP && (state == TIP_IN_TRIAGE || state == TIP_RECHECK)) {
		f->extended = 0; /* another verification has its own time */
		f->extension_told = false;
	}
	if (f->machine == MACHINE_TIP && state == TIP_IN_TRIAGE)
		f->closed = false; /* by whomever it came back, two must close it anew */
	f->state = state;
}

/* Whether one of these people may make a move and the other, where there is one, may sign it. */
static bool
may_sign(uint32_t by, uint32_t second, const struct fold_move *how)
{
	uint32_t one, two;

	if (!how->who_cnt)
		return false;
	one = how->who[0]->roles & ~(BY(SYS) | BY(SRC));
	if (how->trial)
		return (one & (by | second)) != 0;
	if (how->who_cnt == 1)
		return (one & by) != 0;
	two = how->who[1]->roles & ~(BY(SYS) | BY(SRC));
	return ((one & by) && (two & second)) || ((two & by) && (one & second));
}

/* Finds the move to a state that these people may make; *reason where there is none. */
static const struct machine_move *
find_move(struct fold *f, int to, const struct fold_move *how, enum fold_reason *reason)
{
	const struct machine_move *m = NULL;
	enum machine_guard guard;

	*reason = FOLD_STATE;
	while ((m = machine_next(f->machine, f->state, to, ~(BY(SYS) | BY(SRC)), m)) != NULL) {
		if (!may_sign(1u << m->by, m->second, how)) {
			if (*reason == FOLD_STATE)
				*reason = FOLD_ROLE;
			continue;
		}
		if (how->who_cnt < m->n) {
			*reason = FOLD_TWO;
			continue;
		}
		guard = fold_guards(m, how);
		if (guard == GUARD__MAX) {
			*reason = FOLD_FINE;
			return m;
		}
		*reason = FOLD_GUARD + guard;
	}
	return NULL;
}

enum fold_reason
fold_do_move(struct fold *f, int to, const struct fold_move *how)
{
	enum fold_reason reason;
	const struct machine_move *m = find_move(f, to, how, &reason);

	if (m)
		fold_enter(f, m->to, how);
	return reason;
}

/* The source wrote: a state that waited for her is left, and a case that two members closed is open
 * again. `objects`: she asks for a recheck. */
static enum fold_reason
source_speaks(struct fold_run *run, const struct fold_move *how, bool objects)
{
	const struct machine_move *m = NULL;
	enum fold_reason reason = objects ? FOLD_STATE : FOLD_FINE;
	enum machine_guard guard;

	while ((m = machine_next(run->f->machine, run->f->state, -1, BY(SRC), m)) != NULL) {
		if (m->to == TIP_RECHECK && !objects)
			continue;
		guard = fold_guards(m, how);
		reason = guard == GUARD__MAX ? FOLD_FINE : FOLD_GUARD + guard;
		if (reason != FOLD_FINE)
			continue;
		fold_enter(run->f, m->to, how);
		break;
	}
	if (reason == FOLD_FINE) {
		run->f->closed = false;
		run->f->asked = 0;
	}
	return reason;
}

/* How many people at least are in danger, as the source says; 0: she did not. */
static unsigned
people_of(const json_t *tip)
{
	const char *band = schema_text(tip, "people_band");

	return taxonomy_find(TAXONOMY_PEOPLE_BAND, band) ? (unsigned)strtoul(band, NULL, 10) : 0;
}

enum fold_reason
fold_rule_tip(struct fold_run *run, const struct fold_move *how)
{
	(void)how;
	if (run->f->tip != FOLD_NONE || run->e->number != 0)
		return FOLD_FIRST;
	run->f->tip = (size_t)(run->e - run->in->entry);
	run->f->danger_now = schema_is(run->e->body, "danger_now");
	run->f->people = people_of(run->e->body);
	return FOLD_FINE;
}

enum fold_reason
fold_rule_message(struct fold_run *run, const struct fold_move *how)
{
	return source_speaks(run, how, false);
}

enum fold_reason
fold_rule_answer(struct fold_run *run, const struct fold_move *how)
{
	run->f->question = false;
	return source_speaks(run, how, false);
}

enum fold_reason
fold_rule_objection(struct fold_run *run, const struct fold_move *how)
{
	return source_speaks(run, how, true);
}

/* The withdrawal is only noted for people to see. It deletes nothing and stops no clock, because
 * somebody may have forced her to write it. */
enum fold_reason
fold_rule_withdrawal(struct fold_run *run, const struct fold_move *how)
{
	(void)how;
	run->f->withdrawn = true;
	return FOLD_FINE;
}

/* A second acknowledgement is accepted: two members may open the tip at the same time. */
enum fold_reason
fold_rule_acknowledge(struct fold_run *run, const struct fold_move *how)
{
	enum fold_reason reason = FOLD_FINE;

	if (run->f->machine == MACHINE_TIP && run->f->state == TIP_RECEIVED)
		reason = fold_do_move(run->f, TIP_IN_TRIAGE, how);
	if (reason == FOLD_FINE)
		run->f->acked = true;
	return reason;
}

/* What the source is told of a verification is what the verification found. After a recheck two
 * members say it, so there the words come first. */
static bool
fits_result(const struct fold *f, const char *status)
{
	static const char *const found[][2] = { { "5a", "substantiated" },
						{ "5b", "partly" },
						{ "5c", "not_found" },
						{ "5d", "unable" } };
	size_t i;

	for (i = 0; i < sizeof(found) / sizeof(*found); i++)
		if (!strcmp(status, found[i][0]))
			return f->state == TIP_RECHECK || !*f->result ||
			       !strcmp(f->result, found[i][1]);
	return true;
}

enum fold_reason
fold_rule_reply(struct fold_run *run, const struct fold_move *how)
{
	const char *status = schema_text(run->e->body, "status");
	bool answer = *status == '5' || *status == '6';
	struct fold *f = run->f;

	if (f->machine == MACHINE_CLAIM)
		return fold_rule_told(run, how);
	if (!(how->who[0]->roles & (1u << BY_TR | 1u << BY_SR | 1u << BY_IG)))
		return FOLD_ROLE;
	if (schema_is(run->e->body, "dummy"))
		return FOLD_FINE;
	/* "We have it" claims nothing; whatever else is said needs a reader who has said so. */
	if (!f->acked && *status != '1')
		return FOLD_UNREAD;
	if (*status == '5' && (!in_states(f, ANSWER_IN) || !fits_result(f, status)))
		return FOLD_ANSWER;
	if (*status == '6' && !in_states(f, ELSEWHERE_IN))
		return FOLD_ANSWER;
	f->question = *status == '3' || schema_is(run->e->body, "question");
	if (f->question)
		f->asked = run->e->day;
	f->told |= answer;
	f->extension_told |= f->extended && *status == '4' && *schema_text(run->e->body, "text");
	/* A status 5 or 6 is the answer, so it moves the case. In a recheck it does not: there the
	 * move takes two members, by propose and cosign. */
	if (answer && f->state != TIP_RECHECK)
		(void)fold_do_move(f, TIP_ANSWERED, how);
	return FOLD_FINE;
}

enum fold_reason
fold_rule_note(struct fold_run *run, const struct fold_move *how)
{
	(void)run, (void)how;
	return FOLD_FINE;
}

/* Whether somebody else's claim stood in the minute in which one that ends at `until` was made. */
static bool
is_claimed(const struct fold *f, const uint8_t by[static 8], uint32_t until)
{
	return memcmp(f->claim.handle, by, sizeof(f->claim.handle)) != 0 && until > CLAIM_MINUTES &&
	       f->claim.until > until - CLAIM_MINUTES && f->claim.until - CLAIM_MINUTES <= until;
}

/* Who works on the case. It says so and binds nobody. Of two that claim it at once, without having
 * seen it of each other, the first has it, on every machine. */
enum fold_reason
fold_rule_claim(struct fold_run *run, const struct fold_move *how)
{
	uint32_t until = (uint32_t)schema_number(run->e->body, "until");

	(void)how;
	if (is_claimed(run->f, run->e->who.handle, until))
		return FOLD_FINE;
	memcpy(run->f->claim.handle, run->e->who.handle, sizeof(run->f->claim.handle));
	run->f->claim.until = until;
	return FOLD_FINE;
}

const json_t *
fold_rule_said(const struct fold_run *run)
{
	return run->f->tip == FOLD_NONE ? NULL : run->in->entry[run->f->tip].body;
}

void
fold_rule_class(struct fold_run *run, const struct fold *after)
{
	struct fold *f = run->f;
	int was = f->severity;

	class_keep(f, after);
	if (f->severity == was)
		return;
	f->severity_was = was;
	f->severity_day = run->e->day;
}

/* Moves the case and classifies it: severity, credibility, outcome, result. The guards look at the
 * case as this entry classifies it, so one entry cannot raise the severity and pass a guard that
 * the new severity forbids. */
enum fold_reason
fold_rule_triage(struct fold_run *run, const struct fold_move *how)
{
	struct fold *f = run->f, after;
	struct fold_move next = *how;
	const char *move = schema_text(how->body, "move");
	const char *outcome = schema_text(how->body, "outcome");
	const struct taxonomy_word *word = taxonomy_find(TAXONOMY_OUTCOME, outcome);
	int to = machine_state(MACHINE_TIP, move);
	enum fold_reason reason;

	if (to < 0) /* fold_do_move() would take it for "to any state" */
		return FOLD_STATE;
	if (word && strcmp(word->to, move))
		return FOLD_OUTCOME;
	reason = class_take(&after, f, fold_rule_said(run), how);
	if (reason != FOLD_FINE)
		return reason;
	next.fold = &after;
	reason = fold_do_move(f, to, &next);
	if (reason != FOLD_FINE)
		return reason;
	fold_rule_class(run, &after);
	if (*outcome)
		snprintf(f->outcome, sizeof(f->outcome), "%s", outcome);
	if (to == TIP_MERGED)
		snprintf(f->into, sizeof(f->into), "%s", schema_text(how->body, "into"));
	if (*schema_text(how->body, "result"))
		snprintf(f->result, sizeof(f->result), "%s", schema_text(how->body, "result"));
	return FOLD_FINE;
}

/* Changes the classification and nothing else, in every state in which somebody has read the tip.
 */
enum fold_reason
fold_rule_correction(struct fold_run *run, const struct fold_move *how)
{
	struct fold after;
	enum fold_reason reason;

	if (run->f->state == TIP_RECEIVED || run->f->state == TIP_PURGED)
		return FOLD_STATE;
	reason = class_take(&after, run->f, fold_rule_said(run), how);
	if (reason == FOLD_FINE)
		fold_rule_class(run, &after);
	return reason;
}

/* A link is for people: it moves nothing, and the other case's log is not looked at. */
enum fold_reason
fold_rule_link(struct fold_run *run, const struct fold_move *how)
{
	(void)how;
	return run->f->state == TIP_RECEIVED ? FOLD_STATE : FOLD_FINE;
}

enum fold_reason
fold_rule_hold(struct fold_run *run, const struct fold_move *how)
{
	run->f->hold = schema_is(how->body, "set");
	return FOLD_FINE;
}

/* More time for the verification, once: it takes two, one of them from a desk above the one that
 * verifies; at the highest level, where there is none above, any two. */
enum fold_reason
fold_rule_extend(struct fold_run *run, const struct fold_move *how)
{
	struct fold *f = run->f;
	bool above = how->trial || how->who_cnt < 2 ||
		     (run->in->at.known && run->in->at.level >= 4);
	unsigned i;

	if (!in_states(f, VERIFY_IN) || f->extended)
		return FOLD_STATE;
	for (i = 0; i < how->who_cnt; i++)
		above |= run->in->at.known && how->who[i]->level > run->in->at.level;
	if (!above)
		return FOLD_ABOVE;
	f->extended = how->day;
	f->extension_told = false;
	return FOLD_FINE;
}

enum fold_reason
fold_rule_abstract(struct fold_run *run, const struct fold_move *how)
{
	if (!in_states(run->f, ABSTRACT_IN))
		return FOLD_STATE;
	if (!level_kept(run->f, fold_rule_said(run), how->body))
		return FOLD_LEVEL;
	run->f->abstract = (size_t)(run->e - run->in->entry);
	return FOLD_FINE;
}

const struct fold_entry *
fold_rule_named(const struct fold_run *run, const json_t *body)
{
	uint8_t hash[32];
	size_t i;

	if (!schema_hex(body, "abstract", hash, sizeof(hash)))
		return NULL;
	for (i = 0; i < run->f->order_cnt; i++) {
		const struct fold_entry *e = &run->in->entry[run->f->order[i]];

		if (e == run->e)
			return NULL;
		if (e->type == ENTRY_ABSTRACT && e->verdict == FOLD_ACCEPTED &&
		    !memcmp(e->hash, hash, sizeof(hash)))
			return e;
	}
	return NULL;
}

/* Misconduct of officials is handed on by the integrity desk alone, also where an S1 was accepted
 * because the rest of it could not wait. */
static bool
may_show(const json_t *abstract, const struct fold_move *how)
{
	unsigned i;

	for (i = 0; i < how->who_cnt; i++)
		if (!(how->who[i]->roles & BY(IG)))
			return !class_misconduct_in(schema_list(abstract, "hazard"));
	return true;
}

/* In a recheck one member may not forward: it takes a proposal. */
enum fold_reason
fold_rule_forward(struct fold_run *run, const struct fold_move *how)
{
	const struct fold_entry *abstract = fold_rule_named(run, how->body);
	enum fold_reason reason = FOLD_FINE;

	if (how->who_cnt < 2 && run->f->state == TIP_RECHECK)
		return FOLD_STATE;
	if (!abstract)
		return FOLD_ABSTRACT;
	if (!may_show(abstract->body, how))
		return FOLD_GUARD + GUARD_NO_MISCONDUCT;
	if (run->f->state != TIP_IN_ACTION)
		reason = fold_do_move(run->f, TIP_IN_ACTION, how);
	else if (!may_sign(BY(PL) | BY(IG), BY(PL) | BY(IG), how))
		reason = FOLD_ROLE;
	if (reason == FOLD_FINE)
		run->f->forward = (size_t)(run->e - run->in->entry);
	return reason;
}

enum fold_reason
fold_rule_close(struct fold_run *run, const struct fold_move *how)
{
	if (!in_states(run->f, CLOSE_IN))
		return FOLD_STATE;
	run->f->closed = true;
	run->f->closed_day = how->day;
	return FOLD_FINE;
}

/* A closing that was announced is void; the gateway took the entry only while it ran. */
enum fold_reason
fold_rule_object(struct fold_run *run, const struct fold_move *how)
{
	(void)how;
	run->f->closed = false;
	run->f->closed_day = 0;
	return FOLD_FINE;
}

/* What a type asks of its signers, then its own rule. Where a signer is missing, the rule is asked
 * on a copy: a state that forbids it anyway is the better reason. */
static enum fold_reason
apply(const struct entry_type *type, struct fold_run *run, const struct fold_move *how)
{
	struct fold copy = *run->f;
	struct fold_run trial = { .f = &copy, .in = run->in, .e = run->e };
	enum fold_reason reason;
	unsigned i;

	for (i = 0; i < how->who_cnt; i++)
		if (type->roles != ENTRY_ANYBODY && !(how->who[i]->roles & type->roles))
			return FOLD_ROLE;
	if (how->who_cnt >= type->persons)
		return type->apply(run, how);
	reason = type->apply(&trial, how);
	return reason == FOLD_FINE ? FOLD_TWO : reason;
}

/* Does what a proposal says. */
static enum fold_reason
proposed(struct fold_run *run, const json_t *proposal, struct fold_move *how)
{
	how->type = fold_rule_find(run->f->machine, schema_proposed(proposal));
	how->body = json_object_get(proposal, "body");
	return how->type ? apply(how->type, run, how) : FOLD_BODY;
}

/* A proposal is tried with its author counted twice on a copy: a role or state that already
 * forbids it is said at once, whatever depends on the second person later. */
enum fold_reason
fold_rule_propose(struct fold_run *run, const struct fold_move *how)
{
	struct fold copy = *run->f;
	struct fold_run trial = { .f = &copy, .in = run->in, .e = run->e };
	struct fold_move twice = *how;
	enum fold_reason reason;

	twice.fold = &copy;
	twice.who[1] = twice.who[0];
	twice.who_cnt = 2;
	twice.trial = true;
	reason = proposed(&trial, run->e->body, &twice);
	if (reason == FOLD_FINE)
		run->e->open = true;
	return reason;
}

/* What one member did, since it could not wait, and a second signs afterwards. */
static enum fold_reason
done_alone(struct fold_run *run, const struct fold_entry *e, struct fold_move *how)
{
	how->type = fold_rule_find(run->f->machine, e->type);
	how->body = e->body;
	return how->type ? apply(how->type, run, how) : FOLD_BODY;
}

enum fold_reason
fold_rule_cosign(struct fold_run *run, const struct fold_move *how)
{
	struct fold_entry *p = NULL;
	struct fold_move both = *how;
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
	both.who[0] = &p->who;
	both.who[1] = &run->e->who;
	both.who_cnt = 2;
	reason = p->type == ENTRY_PROPOSE ? proposed(run, p->body, &both)
					  : done_alone(run, p, &both);
	if (reason == FOLD_FINE)
		p->open = false;
	return reason;
}

const struct entry_type *
fold_rule_find(enum machine_id machine, uint16_t type)
{
	const struct entry_type *t = entry_type_find(type);

	return t && t->apply && t->machines >> machine & 1 ? t : NULL;
}

enum fold_reason
fold_rule_apply(const struct entry_type *type, struct fold_run *run)
{
	const struct fold_entry *e = run->e;
	const struct fold_move how = { .fold = run->f,
				       .type = type,
				       .who = { e->by_source ? NULL : &e->who },
				       .who_cnt = e->by_source ? 0 : 1,
				       .body = e->body,
				       .day = e->day };

	if (type->thread != e->thread)
		return FOLD_THREAD;
	if (type->by_source != e->by_source)
		return FOLD_STRANGER;
	if (!e->body)
		return FOLD_BODY;
	return apply(type, run, &how);
}
