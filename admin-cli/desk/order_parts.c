/* The parts of a sealed order: fetched, opened, compared with what the order says (see order.h). */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/order_store.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/schema.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/open.h"
#include "crypto/secret.h"

static struct net_request
ask(const struct order *o, uint32_t number)
{
	struct net_request q = { .op = FRAME_FETCH,
				 .keep_status = true,
				 .what = _("The part was not fetched") };

	memcpy(q.routing.id, o->d->c.rec.id, KEY_ID_LEN);
	q.routing.kind = FRAME_ORDER;
	q.routing.desk = o->d->c.asked;
	q.routing.thread = FRAME_PARTS;
	q.routing.number = number;
	return q;
}

/* ---- the list ---- */

/* Reads the records; those of the planner's places must be the hashes that the order names. */
static int
compare(struct session *ses, const struct order *o, const struct net_answer *a, uint32_t *places)
{
	uint32_t cnt = a->routing.count, fit = 0;
	uint8_t hash[32];
	struct buf b;

	*places = 0;
	buf_init(&b, a->body, sizeof(a->body));
	for (uint32_t i = 0; i < cnt && i < sizeof(a->body) / FRAME_PART_RECORD_LEN; i++) {
		uint32_t place = buf_u32(&b);

		buf_bytes(&b, hash, sizeof(hash), sizeof(hash));
		if (place >= ORDER_PLACES)
			continue;
		*places |= 1u << place;
		if (place < ORDER_PLANNED)
			fit += !memcmp(hash, o->head.part[place], sizeof(hash));
	}
	if (fit != ORDER_PLANNED ||
	    (*places & ((1u << ORDER_PLANNED) - 1)) + 1 != 1u << ORDER_PLANNED)
		return session_fail(
			ses, DAVY_REFUSED, "parts",
			_("The parts at the gateway are not those that the order names: one of "
			  "them was withheld or exchanged. Do nothing with this order, and tell "
			  "the desk above, but not through this gateway."));
	return 0;
}

int
order_parts_check(struct session *ses, const struct order *o, uint32_t *places)
{
	struct net_request q = ask(o, FRAME_PART_LIST);
	struct net_answer *a = malloc(sizeof(*a));
	uint32_t found;
	int err = a ? net_exchange(ses, &q, a)
		    : session_fail_err(ses, ERR_MEM, "%s", _("The part was not fetched"));

	if (!err && a->status != FRAME_OK)
		err = net_refusal(ses, q.what, a->status);
	if (!err)
		err = compare(ses, o, a, &found);
	if (!err && o->d->c.rec.read_due != o->head.hour0)
		err = session_fail(ses, DAVY_REFUSED, "hours",
				   _("The gateway keeps another first hour than the order names. "
				     "Do nothing with this order, and tell the desk above."));
	if (!err && places)
		*places = found;
	free(a);
	return err;
}

/* ---- opening ---- */

/* Whose keys may be among the recipients: both sides', or the layer's own. */
static size_t
recipients(const struct order *o, const struct order_place *place, const struct open_key *key,
	   struct open_known known[static ORDER_PERSONS])
{
	bool a = place->to == ORDER_A;
	size_t cnt = a ? o->head.a_cnt : o->head.b_cnt, n = 0, i;

	if (place->to == ORDER_LAYER_KEY) {
		open_known_set(&known[0], open_key_public(key), 0);
		return 1;
	}
	for (i = 0; i < cnt; i++) {
		size_t at = a ? i : o->head.a_cnt + i;
		const struct roster_member *m = roster_member_by_handle(o->d->view->members,
									o->head.handle[at]);

		if (!m)
			continue;
		open_known_set(&known[n], m->seal, m->desk);
		n += !memcmp(known[n].hash, o->head.key[at], sizeof(known[n].hash));
	}
	return n;
}

/* Whether it is by whom it ought to be: the planner, or one of the A side. */
static bool
is_author(const struct order *o, const struct order_place *place, const struct entry *e)
{
	const struct roster_member *m;

	if (place->by == ORDER_PLANNER)
		return !memcmp(e->author, o->planner, sizeof(e->author));
	m = roster_member_by_key(o->d->view->members, e->author);
	return m && order_names(o, ORDER_A, m->handle);
}

static bool
is_there(const struct order *o, uint32_t number, const struct home_gateway *g,
	 const struct entry *e)
{
	return e->type == order_place(number)->type && e->thread == FRAME_PARTS &&
	       e->number == number && !memcmp(e->id, o->d->c.rec.id, sizeof(e->id)) &&
	       !memcmp(e->gateway, g->card.id, sizeof(e->gateway));
}

bool
order_part_fits(const struct order *o, uint32_t place, const uint8_t sealed[static SEAL_LEN])
{
	uint8_t hash[32];

	key_sha256(hash, sealed, SEAL_LEN);
	return place >= ORDER_PLANNED || !memcmp(hash, o->head.part[place], sizeof(hash));
}

static int
open_it(const struct order *o, uint32_t number, const struct open_key *key, const uint8_t *sealed,
	const struct home_gateway *g, struct order_part *out)
{
	const struct order_place *place = order_place(number);
	struct open_known known[ORDER_PERSONS];
	struct open_result r;
	int err;

	if (!order_part_fits(o, number, sealed))
		return ERR_AUTH;
	err = open_sealed(out->plain, &r, sealed, key, 0);
	if (!err)
		err = entry_parse(&out->e, out->plain);
	if (!err && (!is_there(o, number, g, &out->e) || !is_author(o, place, &out->e)))
		err = ERR_AUTH;
	if (!err)
		err = open_audit(&r, sealed, &out->e, known, recipients(o, place, key, known));
	sodium_memzero(&r, sizeof(r));
	return err;
}

int
order_part_open(struct session *ses, const struct order *o, uint32_t place,
		const struct xwing_secret *key, const uint8_t sealed[static SEAL_LEN],
		struct order_part *out)
{
	const struct home_gateway *g;
	struct open_key *opener = open_key_new(key);
	int err = home_gateway(ses, &g), bad;

	*out = (struct order_part){ .plain = secret_alloc(ENTRY_LEN) };
	if (!err && (!opener || !out->plain || !order_place(place)))
		err = session_fail_err(ses, ERR_MEM, "%s", _("The part cannot be opened"));
	if (!err && (bad = open_it(o, place, opener, sealed, g, out)) != 0)
		err = session_fail(
			ses, DAVY_REFUSED, "part",
			_("This part of the order is not what it should be (%s): it is damaged, "
			  "sealed to somebody else, or by somebody else. Do nothing with it, and "
			  "tell the desk above."),
			err_text(bad));
	open_key_free(opener);
	if (err)
		order_part_wipe(out);
	return err;
}

void
order_part_wipe(struct order_part *p)
{
	secret_free(p->plain);
	*p = (struct order_part){ 0 };
}

/* ---- what a member's own key opens ---- */

int
order_part_fetch(struct session *ses, const struct order *o, uint32_t place,
		 uint8_t sealed[static SEAL_LEN], bool *fresh, bool *none)
{
	struct net_request q = ask(o, place);
	struct net_answer *a = NULL;
	uint8_t *kept;
	size_t len;
	int err = order_store_get(ses, o->d->c.rec.id, (uint8_t)place, &kept, &len);

	*fresh = !err && (!kept || len != SEAL_LEN);
	if (!err && !*fresh)
		memcpy(sealed, kept, SEAL_LEN);
	workspace_free(kept, len);
	if (err || !*fresh)
		return err;
	a = malloc(sizeof(*a));
	err = a ? net_exchange(ses, &q, a)
		: session_fail_err(ses, ERR_MEM, "%s", _("The part was not fetched"));
	if (!err && a->status == FRAME_NOT_FOUND && none)
		*none = true;
	else if (!err && a->status == FRAME_NOT_FOUND)
		err = session_fail(
			ses, DAVY_REFUSED, "not-yet",
			_("The gateway does not give it: the first hour of the order has not come, "
			  "or is three days past, or the order was stopped."));
	else if (!err && a->status != FRAME_OK)
		err = net_refusal(ses, q.what, a->status);
	else if (!err)
		memcpy(sealed, a->body, SEAL_LEN);
	free(a);
	return err;
}

int
order_part_get(struct session *ses, const struct order *o, uint32_t place, struct order_part *out,
	       bool *none)
{
	uint8_t *sealed = malloc(SEAL_LEN);
	const struct home_keys *keys;
	bool fresh, missing = false;
	int err = sealed ? home_keys(ses, &keys)
			 : session_fail_err(ses, ERR_MEM, "%s", _("The part cannot be opened"));

	*out = (struct order_part){ 0 };
	if (!err)
		err = order_part_fetch(ses, o, place, sealed, &fresh, none ? &missing : NULL);
	if (!err && !missing)
		err = order_part_open(ses, o, place, &keys->seal, sealed, out);
	/* What is wrong is not kept, so that an honest answer can take its place. */
	if (!err && !missing && fresh)
		err = order_store_put(ses, o->d->c.rec.id, (uint8_t)place, sealed, SEAL_LEN);
	if (err)
		order_part_wipe(out);
	if (none)
		*none = missing;
	free(sealed);
	return err;
}

int
order_half_get(struct session *ses, const struct order *o, enum order_who side,
	       struct order_halves *out)
{
	struct order_part part;
	int err = order_part_get(ses, o, side == ORDER_A ? ORDER_HALF_A : ORDER_HALF_B, &part,
				 NULL);

	memset(out, 0, sizeof(*out));
	if (err)
		return err;
	if (order_halves_read(out, side, part.e.json, part.e.json_len) ||
	    memcmp(out->layer, o->head.layer, sizeof(out->layer))) {
		sodium_memzero(out, sizeof(*out));
		err = session_fail(ses, DAVY_REFUSED, "half",
				   _("The half of your side is for other layers than the order "
				     "names: its planner sealed it wrongly. Stop this order."));
	}
	order_part_wipe(&part);
	return err;
}
