/* A layer of a sealed order for others who go (see order_share.h). */
#include "admin-cli/desk/order_share.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order_conflict.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/rules/fold_visit.h"
#include "admin-cli/rules/order_part.h"
#include "crypto/err.h"
#include "crypto/open.h"
#include "crypto/secret.h"

#define LAST_LAYER (ORDER_LAYERS - 1)
#define GO         (ROSTER_TL | ROSTER_IN)

/* ---- sealing ---- */

static int
check_person(struct session *ses, const struct order *o, unsigned layer,
	     const struct roster_member *m)
{
	const struct fold_visit *v = &o->d->fold.visit;

	if (order_names(o, ORDER_B, m->handle))
		return session_fail(ses, DAVY_REFUSED, "member",
				    _("%s is on side B and opens the layer himself."), m->name);
	if (m->desk != o->d->c.rec.desk || !(m->roles & GO))
		return session_fail(ses, DAVY_REFUSED, "member",
				    _("%s is no inspector of the desk that goes."), m->name);
	if (layer == LAST_LAYER && !fold_visit_has(v->team, v->team_cnt, m->handle))
		return session_fail(
			ses, DAVY_REFUSED, "member",
			_("The departure does not name %s: where to go is only for those who are on the road, "
			  "their phones bagged."),
			m->name);
	return 0;
}

static int
seal_body(struct session *ses, const struct order *o, unsigned layer, const struct seal_set *set,
	  const char *json, uint8_t *sealed)
{
	static const char *const why = N_("The layer cannot be sealed");
	struct entry e;
	int bad = order_share_head(&e, layer);

	if (bad)
		return session_fail_err(ses, bad, "%s", _(why));
	e.json = json;
	e.json_len = strlen(json);
	return order_entry_seal(ses, o, &e, set, _(why), sealed);
}

int
order_share_seal(struct session *ses, const struct order *o, unsigned layer,
		 const struct roster_member *const to[static ORDER_PERSONS],
		 uint8_t sealed[static SEAL_LEN])
{
	struct seal_set set = { 0 };
	json_t *body = NULL;
	char *json = NULL;
	int err = order_for(ses, o, ORDER_B);

	for (unsigned i = 0; !err && i < ORDER_PERSONS && to[i]; i++) {
		err = check_person(ses, o, layer, to[i]);
		set.pk[i] = to[i]->seal;
	}
	if (!err)
		err = order_layer_get(ses, o, layer, &body);
	if (!err && !body)
		err = session_fail(ses, DAVY_REFUSED, "layer",
				   _("Layer %u is not open here: davy order open."), layer);
	if (!err && !(json = json_dumps(body, JSON_COMPACT)))
		err = session_fail_err(ses, ERR_MEM, "%s", _("The layer cannot be sealed"));
	if (!err)
		err = seal_body(ses, o, layer, &set, json, sealed);
	if (json)
		sodium_memzero(json, strlen(json));
	free(json);
	json_decref(body);
	return err;
}

/* ---- opening ---- */

static bool
is_leader(const struct roster_member *m, const struct trust *view)
{
	return m && m->roles & ROSTER_TL && m->desk == view->me->desk;
}

/* Nobody but members of this desk may be among the recipients. */
static int
audit(const struct open_result *r, const uint8_t *sealed, const struct entry *e,
      const struct trust *view)
{
	const struct roster_members *all = view->members;
	struct open_known *known = calloc(all->cnt + 1, sizeof(*known));
	struct open_result copy = *r;
	size_t n = 0;
	int err = known ? 0 : ERR_MEM;

	for (size_t i = 0; i < all->cnt && !err; i++)
		if (all->member[i].desk == view->me->desk)
			open_known_set(&known[n++], all->member[i].seal, all->member[i].desk);
	if (!err)
		err = open_audit(&copy, sealed, e, known, n);
	sodium_memzero(&copy, sizeof(copy));
	free(known);
	return err;
}

static int
open_it(const struct home_gateway *g, const struct trust *view, const struct open_key *key,
	const uint8_t *sealed, uint8_t *plain, struct order_shared *out)
{
	char why[SCHEMA_WHY_CAP];
	struct open_result r;
	struct entry e;
	int err = open_sealed(plain, &r, sealed, key, 0);

	if (!err)
		err = entry_parse(&e, plain);
	if (!err)
		out->from = roster_member_by_key(view->members, e.author);
	if (!err && (e.type != ENTRY_ORDER_SHARE || !is_leader(out->from, view) ||
		     memcmp(e.gateway, g->card.id, sizeof(e.gateway)) != 0))
		err = ERR_AUTH;
	if (!err)
		err = audit(&r, sealed, &e, view);
	sodium_memzero(&r, sizeof(r));
	if (err)
		return err;
	out->hour = e.hour;
	out->layer = e.number - ORDER_SHARED;
	memcpy(out->id, e.id, sizeof(out->id));
	err = schema_parse(&out->body, ENTRY_ORDER_SHARE, e.json, e.json_len, why);
	return err || schema_number(out->body, "layer") == out->layer ? err : ERR_FORMAT;
}

int
order_share_open(struct session *ses, const uint8_t *bytes, size_t len, struct order_shared *out)
{
	const struct home_gateway *g;
	const struct home_keys *keys;
	const struct trust *view;
	struct open_key *key = NULL;
	uint8_t *plain = secret_alloc(ENTRY_LEN);
	int err = trust_get(ses, false, &view), bad;

	*out = (struct order_shared){ 0 };
	if (!err)
		err = home_gateway(ses, &g);
	if (!err)
		err = home_keys(ses, &keys);
	if (!err)
		key = open_key_new(&keys->seal);
	if (!err && (!key || !plain))
		err = session_fail_err(ses, ERR_MEM, "%s", _("The file was not opened"));
	if (!err && (!view->me || !view->members))
		err = session_fail(ses, DAVY_REFUSED, "denied", _("You are in no desk."));
	if (!err && len != SEAL_LEN)
		err = session_fail(ses, DAVY_REFUSED, "share", _("This is no shared layer."));
	bad = err ? 0 : open_it(g, view, key, bytes, plain, out);
	if (bad == ERR_NO_MATCH)
		err = session_fail(ses, DAVY_REFUSED, "share",
				   _("This file is not for you, or it is damaged."));
	else if (bad)
		err = session_fail(
			ses, DAVY_REFUSED, "share",
			_("This file is no layer that a leader of your desk has shared (%s). Believe nothing "
			  "in it."),
			err_text(bad));
	if (!err && out->layer == LAST_LAYER)
		err = order_conflict_mine(ses, view, out->body);
	open_key_free(key);
	secret_free(plain);
	if (err) {
		json_decref(out->body);
		out->body = NULL;
	}
	return err;
}
