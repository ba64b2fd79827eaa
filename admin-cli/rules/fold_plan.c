/*
 * The rules of a plan (FORMATS §16): the planner opens it and commits first, another person of his
 * desk second; both have left their shares with those above by then. Each reveals his own; who has
 * not until the second day after is replaced by the desk above, and the log says who it was.
 *
 * What was drawn is not judged here: plan/verify.c does that from the same documents.
 */
#include "admin-cli/rules/fold_rule.h"

#include "admin-cli/rules/schema.h"
#include "crypto/key.h"
#include "crypto/label.h"

#include <sodium.h>
#include <string.h>

#define REVEAL_DAYS 2 /* so that whoever commits has a whole day at least */

enum fold_reason
fold_rule_plan(struct fold_run *run, const struct fold_move *how)
{
	struct fold_plan *p = &run->f->plan;

	if (run->f->book || run->e->number != 0)
		return FOLD_FIRST;
	if (!how->who[0]->home)
		return FOLD_FOREIGN;
	if (!schema_hex(how->body, "plan", p->plan, sizeof(p->plan)))
		return FOLD_BODY;
	p->beacon = *schema_text(how->body, "beacon") != 0;
	memcpy(p->who[0], how->who[0]->handle, sizeof(p->who[0]));
	memcpy(run->f->owner, how->who[0]->handle, sizeof(run->f->owner));
	run->f->book = run->e->body;
	run->f->since = run->e->day;
	run->f->tip = (size_t)(run->e - run->in->entry);
	return FOLD_FINE;
}

/* Whether a body names this plan; *by: 0 the planner, 1 the approver. */
static bool
of_plan(const struct fold *f, const json_t *body, unsigned *by)
{
	const char *text = schema_text(body, "by");
	uint8_t plan[32];

	*by = !strcmp(text, "approver");
	return schema_hex(body, "plan", plan, sizeof(plan)) &&
	       !memcmp(plan, f->plan.plan, sizeof(plan)) && (*by || !strcmp(text, "planner"));
}

static bool
committed(const struct fold_plan *p, unsigned by)
{
	return !sodium_is_zero(p->commit[by], sizeof(p->commit[by]));
}

enum fold_reason
fold_rule_plan_share(struct fold_run *run, const struct fold_move *how)
{
	const struct fold_person *who = how->who[0];
	struct fold_plan p = run->f->plan;
	unsigned by;

	if (!run->f->book)
		return FOLD_FIRST;
	if (!of_plan(run->f, how->body, &by))
		return FOLD_SHARE;
	if (!who->home)
		return FOLD_FOREIGN;
	if (!memcmp(p.who[0], who->handle, sizeof(who->handle)) == (by == 1))
		return by ? FOLD_SAME : FOLD_ROLE;
	if (committed(&p, by) || (by && !committed(&p, 0)))
		return FOLD_STATE;
	if (!schema_hex(how->body, "commit", p.commit[by], sizeof(p.commit[by])) ||
	    !schema_hex(how->body, "escrow", p.escrow[by], sizeof(p.escrow[by])) ||
	    !committed(&p, by))
		return FOLD_BODY;
	memcpy(p.who[by], who->handle, sizeof(p.who[by]));
	enum fold_reason reason = by ? fold_do_move(run->f, PLAN_COMMITTED, how) : FOLD_FINE;
	if (reason == FOLD_FINE)
		run->f->plan = p;
	return reason;
}

/* SHA-256(label, share, plan), as plan_share_commit() makes it. */
static bool
fits(const struct fold_plan *p, unsigned by, const json_t *body)
{
	uint8_t text[LABEL_LEN(LABEL_SHARE) + 64], hash[32], other[32];

	memcpy(text, LABEL_SHARE, LABEL_LEN(LABEL_SHARE));
	memcpy(text + LABEL_LEN(LABEL_SHARE) + 32, p->plan, 32);
	if (!schema_hex(body, "share", text + LABEL_LEN(LABEL_SHARE), 32) ||
	    !schema_hex(body, "other", other, sizeof(other)))
		return false;
	key_sha256(hash, text, sizeof(text));
	return !memcmp(hash, p->commit[by], sizeof(hash)) &&
	       !memcmp(other, p->commit[!by], sizeof(other));
}

/* Whether these people may reveal it now: who committed, or later somebody who is not of the desk
 * that draws. */
static enum fold_reason
may_reveal(const struct fold *f, unsigned by, const struct fold_move *how)
{
	const struct fold_person *who = how->who[0];

	if (!schema_is(how->body, "escrow"))
		return memcmp(f->plan.who[by], who->handle, sizeof(who->handle)) ? FOLD_ROLE
										 : FOLD_FINE;
	if (who->home)
		return FOLD_ROLE;
	return how->day < f->since + REVEAL_DAYS ? FOLD_EARLY : FOLD_FINE;
}

/* Each reveals once. Whoever typed other numbers of the lottery than it drew has chosen in his way:
 * those above say it again with the right ones. */
static bool
may_follow(const struct fold *f, unsigned by, const json_t *body)
{
	const json_t *said = f->plan.reveal[by];

	if (f->state != PLAN_COMMITTED && f->state != PLAN_REVEALED)
		return false;
	return !said || (schema_is(body, "escrow") &&
			 strcmp(schema_text(said, "beacon"), schema_text(body, "beacon")) != 0);
}

enum fold_reason
fold_rule_plan_reveal(struct fold_run *run, const struct fold_move *how)
{
	struct fold_plan *p = &run->f->plan;
	enum fold_reason reason;
	unsigned by;

	if (!run->f->book)
		return FOLD_FIRST;
	if (!of_plan(run->f, how->body, &by))
		return FOLD_SHARE;
	if (!may_follow(run->f, by, how->body))
		return FOLD_STATE;
	reason = may_reveal(run->f, by, how);
	if (reason != FOLD_FINE)
		return reason;
	if (!fits(p, by, how->body) || p->beacon != (*schema_text(how->body, "beacon") != 0))
		return FOLD_SHARE;
	if (p->reveal[!by] && run->f->state == PLAN_COMMITTED)
		reason = fold_do_move(run->f, PLAN_REVEALED, how);
	if (reason != FOLD_FINE)
		return reason;
	p->reveal[by] = run->e->body;
	p->late[by] = schema_is(how->body, "escrow");
	return FOLD_FINE;
}

enum fold_reason
fold_rule_plan_result(struct fold_run *run, const struct fold_move *how)
{
	uint8_t plan[32];

	if (!run->f->book)
		return FOLD_FIRST;
	if (!schema_hex(how->body, "plan", plan, sizeof(plan)) ||
	    memcmp(plan, run->f->plan.plan, sizeof(plan)) != 0)
		return FOLD_SHARE;
	return how->who[0]->home ? fold_do_move(run->f, PLAN_SETTLED, how) : FOLD_FOREIGN;
}
