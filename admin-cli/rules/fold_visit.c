/*
 * The rules of a visit under seal (FORMATS §7, order): who approves, releases, takes a layer, goes,
 * arrives, files what was found and signs it off, and what stops it; and of an order that its desk
 * may read, which has an abstract and a date.
 *
 * No entry of a visit under seal holds a secret or a place: the parts of the order do, which are no
 * entries of the fold. So every desk of the order folds the same state, whatever it may open.
 */
#include "admin-cli/rules/fold_visit.h"

#include "admin-cli/rules/fold_rule.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/order_part.h"
#include "admin-cli/rules/printed.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/text.h"

#include <string.h>

#define TRACE_TEXT 32 /* bytes of a note beside the name of a paper, before the arrival */

bool
fold_visit_has(const uint8_t list[][8], unsigned cnt, const uint8_t handle[static 8])
{
	unsigned i;

	for (i = 0; i < cnt; i++)
		if (!memcmp(list[i], handle, 8))
			return true;
	return false;
}

bool
fold_visit_names(const json_t *order, const uint8_t handle[static 8])
{
	uint8_t side[FOLD_SIDE][8];
	unsigned cnt;

	return (schema_handles(side, &cnt, schema_list(order, "a"), FOLD_SIDE) &&
		fold_visit_has(side, cnt, handle)) ||
	       (schema_handles(side, &cnt, schema_list(order, "b"), FOLD_SIDE) &&
		fold_visit_has(side, cnt, handle));
}

/* The first entry of a visit under seal: whom it names, and its hours. */
static bool
read_order(struct fold *f, const json_t *body)
{
	struct fold_visit *v = &f->visit;
	struct order_head head;

	if (order_part_order(&head, body))
		return false;
	v->a_cnt = head.a_cnt;
	v->b_cnt = head.b_cnt;
	memcpy(v->a, head.handle, sizeof(*v->a) * v->a_cnt);
	memcpy(v->b, head.handle + v->a_cnt, sizeof(*v->b) * v->b_cnt);
	v->from = head.hour0 / 24;
	f->date = (head.hour0 + ORDER_OVER_HOURS) / 24;
	return true;
}

static enum fold_reason
begin(struct fold_run *run, const struct fold_move *how)
{
	struct fold after = *run->f;
	struct fold_move next = *how;
	enum fold_reason reason;

	if (!read_order(&after, how->body))
		return FOLD_BODY;
	memcpy(after.owner, how->who[0]->handle, sizeof(after.owner));
	memcpy(after.verifier[0].handle, how->who[0]->handle, 8);
	after.verifier[0].level = how->who[0]->level;
	after.verifier_cnt = 1; /* who plans it anew after a leak sits above him */
	after.tip = (size_t)(run->e - run->in->entry);
	next.fold = &after;
	reason = fold_do_move(&after, ORDER_SEALED, &next);
	if (reason == FOLD_FINE)
		*run->f = after;
	return reason;
}

/* The first entry of an order: of a visit under seal; or with the abstract in it, which an
 * integrity desk alone may read at once. */
enum fold_reason
fold_rule_order(struct fold_run *run, const struct fold_move *how)
{
	const struct fold_desk *at = &run->in->at;

	if (run->f->tip != FOLD_NONE || run->e->number != 0)
		return FOLD_FIRST;
	if (json_object_get(how->body, "hours"))
		return begin(run, how);
	if (!*schema_text(how->body, "text") || !schema_list(how->body, "hazard"))
		return FOLD_BODY;
	if (!at->integrity)
		return FOLD_CLEAR;
	if (!level_allows(how->body, at->level, at->area))
		return FOLD_LEVEL;
	run->f->tip = (size_t)(run->e - run->in->entry);
	return FOLD_FINE;
}

/* Whether a visit under seal has not arrived yet, and may still. */
static bool
is_ahead(const struct fold *f)
{
	return f->state == ORDER_SEALED || f->state == ORDER_APPROVED || f->state == ORDER_ARMED ||
	       f->state == ORDER_RELEASED || f->state == ORDER_EN_ROUTE;
}

/* A note that a paper was printed: its name, and a word. */
static bool
is_trace(const json_t *body)
{
	return printed_find(schema_text(body, "paper")) &&
	       strlen(schema_text(body, "text")) <= TRACE_TEXT;
}

/* Only its planner knows the site of a visit before its last layer is open, and the log is read by
 * those who go at once: a word of his there would be a word too early. That a layer was shared, and
 * with whom, says one of the B side alone. */
enum fold_reason
fold_rule_order_note(struct fold_run *run, const struct fold_move *how)
{
	bool planner = !memcmp(run->f->owner, how->who[0]->handle, sizeof(run->f->owner));

	if (run->f->tip == FOLD_NONE)
		return FOLD_FIRST;
	if (json_object_get(how->body, "shared") &&
	    !fold_visit_has(run->f->visit.b, run->f->visit.b_cnt, how->who[0]->handle))
		return FOLD_ROLE;
	return planner && is_ahead(run->f) && !is_trace(how->body) ? FOLD_QUIET : FOLD_FINE;
}

/* The layer whose turn it is in a state; FOLD_LAYERS: none. */
unsigned
fold_visit_turn(const struct fold *f)
{
	if (f->state == ORDER_ARMED)
		return 0;
	if (f->state == ORDER_RELEASED)
		return 1;
	return f->state == ORDER_EN_ROUTE ? 2 : FOLD_LAYERS;
}

/* The A side says before the log that it gives a layer away, one after the other. */
enum fold_reason
fold_rule_release(struct fold_run *run, const struct fold_move *how)
{
	struct fold_visit *v = &run->f->visit;
	unsigned layer = schema_number(how->body, "layer");

	if (!fold_visit_has(v->a, v->a_cnt, how->who[0]->handle))
		return FOLD_GUARD + GUARD_A_SIDE;
	if (fold_visit_turn(run->f) == FOLD_LAYERS)
		return FOLD_STATE;
	if (layer >= FOLD_LAYERS || (layer && !(v->released >> (layer - 1) & 1)))
		return FOLD_LAYER;
	v->released |= 1u << layer;
	return FOLD_FINE;
}

/* The B side took a layer. Whoever of that side takes it after the first leaves a trace, too; and
 * so does who fetches its bytes before the A side has given the code, with which nothing opens yet.
 */
enum fold_reason
fold_rule_take(struct fold_run *run, const struct fold_move *how)
{
	struct fold_visit *v = &run->f->visit;
	unsigned layer = schema_number(how->body, "layer");
	enum fold_reason reason;

	if (!fold_visit_has(v->b, v->b_cnt, how->who[0]->handle))
		return FOLD_GUARD + GUARD_B_SIDE;
	if (layer < FOLD_LAYERS && v->taken >> layer & 1)
		return FOLD_FINE;
	if (layer != fold_visit_turn(run->f))
		return fold_visit_turn(run->f) == FOLD_LAYERS ? FOLD_STATE : FOLD_LAYER;
	if (!(v->released >> layer & 1))
		return FOLD_FINE;
	reason = fold_do_move(run->f, layer < 2 ? ORDER_RELEASED : ORDER_EN_ROUTE, how);
	if (reason == FOLD_FINE)
		v->taken |= 1u << layer;
	return reason;
}

/* Where an entry of this type leads; -1: nowhere. */
static int
leads_to(const struct fold_move *how)
{
	switch (how->type->no) {
	case ENTRY_ORDER_APPROVE:
		return ORDER_APPROVED;
	case ENTRY_ORDER_ARM:
		return ORDER_ARMED;
	case ENTRY_DEPART:
		return schema_is(how->body, "standby") ? ORDER_STOOD_BY : ORDER_EN_ROUTE;
	case ENTRY_ARRIVE:
		return ORDER_ON_SITE;
	case ENTRY_FINDINGS:
		return ORDER_FINDINGS_FILED;
	case ENTRY_SIGN_OFF:
		return ORDER_SIGNED_OFF;
	case ENTRY_CANCEL:
		return ORDER_CANCELLED;
	case ENTRY_ABORT:
		return ORDER_ABORTED;
	case ENTRY_COMPROMISE:
		return ORDER_COMPROMISED;
	case ENTRY_REPLAN:
		return ORDER_REPLANNED;
	default:
		return -1;
	}
}

/* What a step that was allowed leaves behind for those after it. */
static void
keep(struct fold *f, const struct fold_move *how)
{
	struct fold_visit *v = &f->visit;

	if (how->type->no == ENTRY_DEPART)
		(void)schema_handles(v->team, &v->team_cnt, schema_list(how->body, "people"),
				     FOLD_TEAM);
	if (how->type->no == ENTRY_ARRIVE)
		v->covert = !strcmp(schema_text(how->body, "as"), "COVERT");
	if (how->type->no == ENTRY_ARRIVE || how->type->no == ENTRY_FINDINGS)
		v->anomaly |= schema_is(how->body, "anomaly");
	if (how->type->no == ENTRY_FINDINGS)
		v->declared = schema_number(how->body, "count");
}

enum fold_reason
fold_rule_visit(struct fold_run *run, const struct fold_move *how)
{
	struct fold after = *run->f;
	struct fold_move next = *how;
	uint8_t hash[32], team[FOLD_TEAM][8];
	enum fold_reason reason;
	unsigned cnt;

	if (after.tip == FOLD_NONE)
		return FOLD_FIRST;
	if (how->type->no == ENTRY_ORDER_APPROVE &&
	    (!schema_hex(how->body, "order", hash, sizeof(hash)) ||
	     memcmp(hash, run->in->entry[after.tip].hash, sizeof(hash)) != 0))
		return FOLD_ORDER;
	if (!schema_handles(team, &cnt, schema_list(how->body, "people"), FOLD_TEAM))
		return FOLD_BODY;
	next.fold = &after;
	reason = fold_do_move(&after, leads_to(how), &next);
	if (reason != FOLD_FINE)
		return reason;
	keep(&after, how);
	*run->f = after;
	return FOLD_FINE;
}

/* Signs that they were expected, written down by two of those who were there. */
enum fold_reason
fold_rule_anomaly(struct fold_run *run, const struct fold_move *how)
{
	if (run->f->state != ORDER_ON_SITE && run->f->state != ORDER_FINDINGS_FILED)
		return FOLD_STATE;
	if (!fold_guard(GUARD_ON_TEAM, how))
		return FOLD_GUARD + GUARD_ON_TEAM;
	run->f->visit.anomaly = true;
	return FOLD_FINE;
}

/* Sites that are likely to have the same fault: words for the next draw, no order and no tip. */
enum fold_reason
fold_rule_sister(struct fold_run *run, const struct fold_move *how)
{
	(void)how;
	return run->f->state == ORDER_FINDINGS_FILED || run->f->state == ORDER_SIGNED_OFF
		       ? FOLD_FINE
		       : FOLD_STATE;
}

/* Somebody is told to get people out before any visit. At S1 one member does it, since waiting for
 * a second one costs lives; the second signs within a day. */
enum fold_reason
fold_rule_warn(struct fold_run *run, const struct fold_move *how)
{
	if (run->f->state == TIP_RECEIVED || run->f->state == TIP_PURGED)
		return FOLD_STATE;
	if (how->who_cnt < 2 && run->f->severity != 1)
		return FOLD_TWO;
	run->e->open |= how->who_cnt < 2;
	return FOLD_FINE;
}

/*
 * A photo of a visit, by one of those who may have been there. It says nothing of a fault: that
 * does a finding of two, which names the picture by its hash. A visit that was stopped on the spot
 * has seen what it has seen.
 */
enum fold_reason
fold_rule_photo(struct fold_run *run, const struct fold_move *how)
{
	(void)how;
	switch (run->f->state) {
	case ORDER_ON_SITE:
	case ORDER_FINDINGS_FILED:
	case ORDER_SIGNED_OFF:
	case ORDER_ABORTED:
	case ORDER_COMPROMISED:
		return FOLD_FINE;
	default:
		return FOLD_STATE;
	}
}
