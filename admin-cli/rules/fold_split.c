/*
 * Splitting a case: one tip, several matters. Some of its hazards leave it: misconduct of officials
 * to the integrity desk, another matter to a planning desk or into another case. The rest goes
 * on here, at its own level. Without it, sealing hides the mine together with the official, and
 * accepting shows the official to the queue.
 */
#include "admin-cli/rules/class.h"
#include "admin-cli/rules/fold_rule.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"

#define SPLIT_IN                                                                                   \
	(1u << TIP_IN_TRIAGE | 1u << TIP_NEEDS_INFO | 1u << TIP_ACCEPTED | 1u << TIP_SEALED |      \
	 1u << TIP_HELD | 1u << TIP_IN_ACTION)

static size_t
count(const json_t *list, const char *code)
{
	size_t i, n = 0;

	for (i = 0; i < json_array_size(list); i++)
		n += !strcmp(json_string_value(json_array_get(list, i)), code);
	return n;
}

/* Each hazard of the case leaves or stays, once, and no other is named; something leaves and
 * something stays. */
static bool
covers(const struct fold *f, const json_t *part, const json_t *rest)
{
	unsigned i;

	if (!json_array_size(part) || !json_array_size(rest) ||
	    json_array_size(part) + json_array_size(rest) != f->hazard_cnt)
		return false;
	for (i = 0; i < f->hazard_cnt; i++)
		if (count(part, f->hazard[i]) + count(rest, f->hazard[i]) != 1)
			return false;
	return true;
}

/* The abstract names what leaves and nothing else: neither is the official lost on the way, nor
 * does the mine go where nobody inspects. */
static bool
says_part(const json_t *abstract, const json_t *part)
{
	const json_t *hazard = schema_list(abstract, "hazard");
	size_t i;

	if (json_array_size(hazard) != json_array_size(part))
		return false;
	for (i = 0; i < json_array_size(part); i++)
		if (count(hazard, json_string_value(json_array_get(part, i))) != 1)
			return false;
	return true;
}

/* What leaves has a place: an order with its abstract, or another case. */
static enum fold_reason
has_place(const struct fold_run *run, const json_t *body, const json_t *part)
{
	const struct fold_entry *abstract;
	uint8_t id[16];

	if (!strcmp(schema_text(body, "to"), "case"))
		return schema_hex(body, "into", id, sizeof(id)) ? FOLD_FINE : FOLD_PART;
	abstract = fold_rule_named(run, body);
	if (!abstract || !says_part(abstract->body, part))
		return FOLD_ABSTRACT;
	return schema_hex(body, "order", id, sizeof(id)) && schema_number(body, "desk") ? FOLD_FINE
											: FOLD_PART;
}

/* Who signs last opens the order, which the receiving desk takes from a planner or the integrity
 * desk only: by anybody else the part would be lost there. */
static bool
may_open(const struct fold_move *how)
{
	uint32_t roles = how->who[how->who_cnt - 1]->roles;

	return how->trial || !strcmp(schema_text(how->body, "to"), "case") ||
	       roles & (1u << BY_PL | 1u << BY_IG);
}

/* One member splits; two where misconduct leaves, or where the rest is less grave or starts lower
 * than the whole. */
enum fold_reason
fold_rule_split(struct fold_run *run, const struct fold_move *how)
{
	const json_t *part = schema_list(how->body, "part"),
		     *rest = schema_list(how->body, "hazard"), *tip = fold_rule_said(run);
	bool sealed = !strcmp(schema_text(how->body, "to"), "integrity");
	size_t bad = class_misconduct_in(part);
	struct fold after;
	enum fold_reason reason;

	if (!(SPLIT_IN >> run->f->state & 1))
		return FOLD_STATE;
	if (!covers(run->f, part, rest) || bad != (sealed ? json_array_size(part) : 0))
		return FOLD_PART;
	reason = has_place(run, how->body, part);
	if (reason != FOLD_FINE)
		return reason;
	if (!may_open(how))
		return FOLD_ROLE;
	class_put(&after, run->f, how->body);
	if (how->who_cnt < 2 && (sealed || class_floor(&after, NULL) > class_floor(run->f, NULL) ||
				 level_start(&after, tip, NULL) < level_start(run->f, tip, NULL)))
		return FOLD_TWO;
	fold_rule_class(run, &after);
	run->f->parts++;
	return FOLD_FINE;
}
