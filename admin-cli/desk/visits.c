/* Visits under seal in the workspace (see visits.h). */
#include "admin-cli/desk/visits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/rules/fold_done.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/fold_visit.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

#define ARM_HOURS 12 /* before its first hour an order may be armed */

uint32_t
visits_hour(const struct frame_record *rec)
{
	return sync_sealed(rec) ? rec->read_due : 0;
}

bool
visits_ended(const struct opened *d)
{
	return machine_rests(d->fold.machine, d->fold.state) || d->c.rec.flags & FRAME_R_CLOSED;
}

enum visits_side
visits_side(const struct opened *d)
{
	const struct fold_visit *v = &d->fold.visit;
	const uint8_t *me = d->view->me ? d->view->me->handle : NULL;

	if (!me || opened_first(d) == FOLD_NONE)
		return VISITS_NO_SIDE;
	if (fold_visit_has(v->a, v->a_cnt, me))
		return VISITS_A;
	if (fold_visit_has(v->b, v->b_cnt, me))
		return VISITS_B;
	return memcmp(d->fold.owner, me, 8) ? VISITS_NO_SIDE : VISITS_PLANNER;
}

/* Whether a seed in hex makes the key of that layer. */
static bool
is_key_of(const char *hex, const char *named)
{
	struct xwing_secret secret;
	struct xwing_public pk;
	uint8_t hash[32], want[32];

	if (!hex || !named || !term_unhex(secret.seed, sizeof(secret.seed), hex) ||
	    !term_unhex(want, sizeof(want), named))
		return false;
	xwing_public_of(&pk, &secret);
	key_sha256(hash, pk.b, sizeof(pk.b));
	return !memcmp(hash, want, sizeof(hash));
}

enum visits_seeds
visits_seeds(const struct opened *d)
{
	struct visits_act act;
	const json_t *seeds, *layers;
	size_t i;

	if (opened_first(d) == FOLD_NONE || !visits_arrival(d, &act) ||
	    !json_array_size(seeds = schema_list(act.body, "seeds")))
		return VISITS_SEEDS_NONE;
	layers = schema_list(d->x[opened_first(d)].body, "layers");
	for (i = 0; i < FOLD_LAYERS; i++)
		if (!is_key_of(json_string_value(json_array_get(seeds, i)),
			       json_string_value(json_array_get(layers, i))))
			return VISITS_SEEDS_WRONG;
	return VISITS_SEEDS_RIGHT;
}

/* Somebody of a list, for a body with which the rules are only asked. */
static json_t *
handles_of(const uint8_t list[][8], unsigned cnt)
{
	json_t *out = json_array();
	char hex[17];

	for (unsigned i = 0; i < cnt; i++)
		json_array_append_new(out, json_string(term_hex(hex, list[i], 8)));
	return out;
}

/* A body of a step with which the rules are asked whether this member may take it at all; NULL: it
 * was taken, or is none now. */
static json_t *
trial(const struct opened *d, uint16_t type)
{
	const struct fold_visit *v = &d->fold.visit;
	unsigned turn = fold_visit_turn(&d->fold);
	char hash[65];

	switch (type) {
	case ENTRY_ORDER_APPROVE:
		return json_pack("{s:i,s:s}", "v", 1, "order",
				 term_hex(hash, d->entry[opened_first(d)].hash, 32));
	case ENTRY_ORDER_ARM:
		return json_pack("{s:i,s:b}", "v", 1, "stands", 1);
	case ENTRY_ORDER_RELEASE:
		return turn == FOLD_LAYERS || v->released >> turn & 1
			       ? NULL
			       : json_pack("{s:i,s:i,s:s}", "v", 1, "layer", (int)turn, "how",
					   "sealed");
	case ENTRY_ORDER_TAKE:
		return turn == FOLD_LAYERS || v->taken >> turn & 1 || !(v->released >> turn & 1)
			       ? NULL
			       : json_pack("{s:i,s:i}", "v", 1, "layer", (int)turn);
	case ENTRY_DEPART:
		return d->fold.state == ORDER_EN_ROUTE
			       ? NULL
			       : json_pack("{s:i,s:i,s:o}", "v", 1, "bagged", (int)v->b_cnt,
					   "people", handles_of(v->b, v->b_cnt));
	case ENTRY_ARRIVE:
		return d->fold.state == ORDER_ON_SITE
			       ? NULL
			       : json_pack("{s:i,s:s}", "v", 1, "as", "SURPRISE");
	case ENTRY_FINDINGS:
		return json_pack("{s:i,s:i}", "v", 1, "count", 0);
	case ENTRY_FINDING:
		return json_pack("{s:i,s:i,s:s,s:s,s:s}", "v", 1, "k", (int)v->finding_cnt + 1,
				 "hazard", "CM-01", "grade", "general", "text", "-");
	case ENTRY_DECISION:
		return NULL;
	default:
		return json_pack("{s:i,s:s}", "v", 1, "text", "-");
	}
}

static bool
may(const struct opened *d, uint16_t type)
{
	bool two = entry_type_find(type)->persons > 1;
	json_t *body = trial(d, type);
	struct submit p = { .type = two ? ENTRY_PROPOSE : type };
	bool fine;

	if (!body)
		return false;
	p.body = two ? json_pack("{s:i,s:s,s:o}", "v", 1, "type", entry_type_find(type)->name,
				 "body", body)
		     : body;
	fine = p.body && submit_check(d, &p) == FOLD_FINE;
	json_decref(p.body);
	return fine;
}

bool
visits_next(const struct opened *d, uint32_t hour, char out[static VISITS_NEXT_CAP])
{
	static const struct {
		uint16_t type;
		const char *verb;
		int from; /* hours after the first hour of the order; INT32_MIN: at once */
	} steps[] = {
		{ ENTRY_DECISION, "finding decide", 0 }, /* what another did or proposed */
		{ ENTRY_ORDER_APPROVE, "approve", INT32_MIN },
		{ ENTRY_ORDER_ARM, "arm", -ARM_HOURS },
		{ ENTRY_ORDER_RELEASE, "release", 0 },
		{ ENTRY_ORDER_TAKE, "open", 0 },
		{ ENTRY_DEPART, "depart", 0 },
		{ ENTRY_ARRIVE, "arrive", 0 },
		{ ENTRY_FINDINGS, "file", 0 },
		{ ENTRY_FINDING, "finding add", 0 },
		{ ENTRY_SIGN_OFF, "sign-off", 0 },
		{ ENTRY_REPLAN, "replan", INT32_MIN },
	};
	uint32_t first = visits_hour(&d->c.rec);
	bool layer;

	*out = '\0';
	if (opened_first(d) == FOLD_NONE || !d->view->me)
		return false;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (steps[i].from != INT32_MIN && (int64_t)hour < (int64_t)first + steps[i].from)
			continue;
		if (visits_proposal(d, steps[i].type, VISITS_ANY) == FOLD_NONE &&
		    (opened_proposal(d, steps[i].type, true) != FOLD_NONE ||
		     !may(d, steps[i].type)))
			continue;
		layer = steps[i].type == ENTRY_ORDER_RELEASE || steps[i].type == ENTRY_ORDER_TAKE;
		if (layer)
			snprintf(out, VISITS_NEXT_CAP, "%s %u", steps[i].verb,
				 fold_visit_turn(&d->fold));
		else
			snprintf(out, VISITS_NEXT_CAP, "%s", steps[i].verb);
		return true;
	}
	return false;
}

bool
visits_act(const struct opened *d, size_t n, struct visits_act *out)
{
	struct fold_done done;
	bool did = fold_done(&done, &d->in, &d->fold, n);

	*out = (struct visits_act){ .at = FOLD_NONE, .sign = FOLD_NONE };
	if (!did)
		return false;
	out->type = done.type;
	out->body = done.body;
	out->at = (size_t)(done.by[0] - d->in.entry);
	if (done.by[1])
		out->sign = (size_t)(done.by[1] - d->in.entry);
	return true;
}

bool
visits_last(const struct opened *d, uint16_t type, unsigned k, struct visits_act *out)
{
	for (size_t n = d->fold.order_cnt; n-- > 0;)
		if (visits_act(d, n, out) && out->type == type &&
		    (!k || schema_number(out->body, "k") == k))
			return true;
	return false;
}

bool
visits_arrival(const struct opened *d, struct visits_act *out)
{
	for (size_t n = 0; n < d->fold.order_cnt; n++)
		if (visits_act(d, n, out) && out->type == ENTRY_ARRIVE)
			return true;
	return false;
}

static bool
signs(const struct opened *d, size_t i)
{
	return d->entry[i].open && d->x[i].author != d->view->me && submit_signs(d, i);
}

size_t
visits_proposal(const struct opened *d, uint16_t type, unsigned k)
{
	for (size_t i = d->cnt; i-- > 0;) {
		bool alone = d->entry[i].type != ENTRY_PROPOSE;
		const json_t *body = alone ? d->x[i].body : json_object_get(d->x[i].body, "body");

		if ((alone ? d->entry[i].type : schema_proposed(d->x[i].body)) == type &&
		    (k == VISITS_ANY || schema_number(body, "k") == k) && signs(d, i))
			return i;
	}
	return FOLD_NONE;
}

size_t
visits_to_sign(const struct opened *d, size_t *out, size_t max)
{
	size_t cnt = 0;

	for (size_t i = 0; i < d->cnt && cnt < max; i++)
		if (schema_proposed(d->x[i].body) && signs(d, i))
			out[cnt++] = i;
	return cnt;
}

/* Those whose time has not passed first, by their first hour; the others the newest first. */
static int
by_hour(const void *a, const void *b)
{
	const struct workspace_case *x = a, *y = b;
	bool over[2] = { machine_rests(MACHINE_ORDER, machine_state(MACHINE_ORDER, x->line.state)),
			 machine_rests(MACHINE_ORDER,
				       machine_state(MACHINE_ORDER, y->line.state)) };
	uint32_t m = visits_hour(&x->rec), n = visits_hour(&y->rec);

	if (over[0] != over[1])
		return over[0] ? 1 : -1;
	if (m != n)
		return (m < n) == over[0] ? 1 : -1;
	return memcmp(x->rec.id, y->rec.id, sizeof(x->rec.id));
}

int
visits_each(struct session *ses, visits_each_fn *each, void *arg)
{
	struct workspace_case *list = NULL;
	struct opened *d;
	size_t cnt = 0, i;
	int err = workspace_open(ses);

	if (!err)
		err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_ORDER,
								     &list, &cnt));
	if (err)
		return err;
	if (cnt)
		qsort(list, cnt, sizeof(*list), by_hour);
	for (i = 0; !err && i < cnt; i++) {
		err = opened_glance(ses, &list[i], &d);
		if (!err) {
			err = each(arg, d);
			opened_free(d);
		}
	}
	workspace_free(list, cnt * sizeof(*list));
	return err;
}
