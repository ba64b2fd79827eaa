/* Opens a layer of a sealed order (see order_open.h). */
#include "admin-cli/desk/order_open.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order_conflict.h"
#include "admin-cli/desk/order_store.h"
#include "admin-cli/desk/order_take.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/order_part.h"
#include "crypto/err.h"

/* ---- what was opened before ---- */

/* The bytes of a layer that are kept here; NULL where none are. */
static int
kept_bytes(struct session *ses, const struct order *o, unsigned layer, uint8_t **sealed)
{
	size_t len;
	int err = order_store_get(ses, o->d->c.rec.id, (uint8_t)(ORDER_LAYER + layer), sealed,
				  &len);

	if (!err && *sealed && len != SEAL_LEN) {
		workspace_free(*sealed, len);
		*sealed = NULL;
	}
	return err;
}

/* The later hours, which layer 0 says, are those to which the order commits. */
static bool
hours_fit(const struct order *o, const json_t *body)
{
	struct order_hours h = { .open = { o->head.hour0, schema_number(body, "h1"),
					   schema_number(body, "h2") } };
	uint8_t late[ORDER_LATE_LEN];

	if (!schema_hex(body, "salt", h.salt, sizeof(h.salt)))
		return false;
	order_late(late, &h);
	return !sodium_memcmp(late, o->head.late, sizeof(late));
}

static int
read_layer(struct session *ses, const struct order *o, unsigned layer,
	   const struct xwing_secret *secret, const uint8_t *sealed, json_t **out)
{
	char why[SCHEMA_WHY_CAP];
	struct order_part part;
	int err = order_part_open(ses, o, ORDER_LAYER + layer, secret, sealed, &part);

	*out = NULL;
	if (err)
		return err;
	if (schema_parse(out, ENTRY_ORDER_SEAL, part.e.json, part.e.json_len, why) ||
	    schema_number(*out, "layer") != layer || (layer == 0 && !hours_fit(o, *out))) {
		json_decref(*out);
		*out = NULL;
		err = session_fail(ses, DAVY_REFUSED, "part",
				   _("What this layer says breaks the format or its own order: its "
				     "planner sealed it wrongly. Stop this order."));
	}
	order_part_wipe(&part);
	return err;
}

static int
kept_code(struct session *ses, const struct order *o, unsigned layer, struct receipt *code,
	  bool *found)
{
	uint8_t *val;
	size_t len;
	int err = order_store_get(ses, o->d->c.rec.id, (uint8_t)(ORDER_STORE_CODE + layer), &val,
				  &len);

	*found = !err && val && !receipt_parse(code, (const char *)val, len);
	workspace_free(val, len);
	return err;
}

/* The secret of a layer whose code was used here; false in *found where none was. */
static int
layer_secret(struct session *ses, const struct order *o, unsigned layer,
	     struct xwing_secret *secret, bool *found)
{
	struct order_halves half = { 0 };
	struct receipt code = { 0 };
	int err = layer < ORDER_LAYERS ? kept_code(ses, o, layer, &code, found) : 0;

	if (!err && *found)
		err = order_half_get(ses, o, ORDER_B, &half);
	if (!err && *found &&
	    order_layer_secret(secret, &code, &half.half[layer], o->d->c.rec.id, layer))
		err = session_fail_err(ses, ERR_INTERNAL, "%s", _("The part cannot be opened"));
	sodium_memzero(&half, sizeof(half));
	sodium_memzero(&code, sizeof(code));
	return err;
}

int
order_layer_get(struct session *ses, const struct order *o, unsigned layer, json_t **out)
{
	struct xwing_secret secret = { 0 };
	uint8_t *sealed = NULL;
	bool found = false;
	int err = layer_secret(ses, o, layer, &secret, &found);

	*out = NULL;
	if (!err && found)
		err = kept_bytes(ses, o, layer, &sealed);
	if (!err && sealed)
		err = read_layer(ses, o, layer, &secret, sealed, out);
	workspace_free(sealed, sealed ? SEAL_LEN : 0);
	sodium_memzero(&secret, sizeof(secret));
	return err;
}

int
order_layer_after(struct session *ses, const struct order *o, unsigned layer,
		  const struct xwing_secret *secret, json_t **out)
{
	uint32_t place = ORDER_LAYER + layer;
	uint8_t *sealed = malloc(SEAL_LEN);
	bool fresh = false, none = false;
	int err = sealed ? order_part_fetch(ses, o, place, sealed, &fresh, &none)
			 : session_fail_err(ses, ERR_MEM, "%s", _("The part cannot be opened"));

	*out = NULL;
	if (!err && !none)
		err = read_layer(ses, o, layer, secret, sealed, out);
	/* What is wrong is not kept, so that an honest answer can take its place. */
	if (!err && *out && fresh)
		err = order_store_put(ses, o->d->c.rec.id, (uint8_t)place, sealed, SEAL_LEN);
	free(sealed);
	return err;
}

int
order_seeds_get(struct session *ses, const struct order *o, json_t **out)
{
	struct xwing_secret secret = { 0 };
	json_t *list = json_array();
	bool found = true;
	char hex[2 * XWING_SECRET_LEN + 1];
	int err = 0;

	for (unsigned i = 0; !err && found && i < ORDER_LAYERS; i++) {
		err = layer_secret(ses, o, i, &secret, &found);
		if (!err && found)
			json_array_append_new(list, json_string(term_hex(hex, secret.seed,
									 XWING_SECRET_LEN)));
	}
	sodium_memzero(&secret, sizeof(secret));
	sodium_memzero(hex, sizeof(hex));
	if (err || !found)
		json_decref(list);
	*out = err || !found ? NULL : list;
	return err;
}

/* ---- the end of the log ---- */

static int
other_log(struct session *ses)
{
	return session_fail(
		ses, DAVY_REFUSED, "end",
		_("The log that side A has seen is not the one that is shown here: the gateway may "
		  "hide a stop from one of you. Do not go. Call the duty room by another way."));
}

/* Whether an entry of this type goes with the walk of an order, so that side A need not have seen
 * it yet when it speaks. */
static bool
is_walk(uint16_t type)
{
	return type == ENTRY_ORDER_RELEASE || type == ENTRY_ORDER_TAKE || type == ENTRY_DEPART ||
	       type == ENTRY_ORDER_NOTE;
}

/* Five digits that were spoken: they are those of the log here, as it ends or as it ended before
 * the last entries of the walk. */
static bool
end_spoken(const struct opened *d, const char *end)
{
	char digits[ORDER_END_LEN + 1];

	for (uint32_t n = opened_count(d, FRAME_DESK); n-- > 0;) {
		size_t i = opened_find(d, FRAME_DESK, n);

		if (i == FOLD_NONE)
			return false;
		order_end(digits, d->c.rec.id, n, d->entry[i].hash);
		if (!sodium_memcmp(digits, end, ORDER_END_LEN))
			return true;
		if (!is_walk(d->entry[i].type))
			return false;
	}
	return false;
}

/* Number and hash that came with a sealed code. */
static bool
end_sealed(const struct opened *d, const struct order_code *code)
{
	size_t i = opened_find(d, FRAME_DESK, code->number);

	return i != FOLD_NONE && !memcmp(d->entry[i].hash, code->hash, sizeof(code->hash));
}

/* ---- the code ---- */

/* The code that side A has sealed; *waits: there is none yet. */
static int
fetch_code(struct session *ses, const struct order *o, unsigned layer, struct receipt *out,
	   bool *waits)
{
	struct order_part part;
	struct order_code code;
	int err = order_part_get(ses, o, ORDER_CODE + layer, &part, waits);

	if (err || *waits)
		return err;
	if (order_code_read(&code, part.e.json, part.e.json_len) || code.layer != layer)
		err = session_fail(ses, DAVY_REFUSED, "code",
				   _("What side A sealed is no code of this layer."));
	else if (!end_sealed(o->d, &code))
		err = other_log(ses);
	else
		*out = code.code;
	sodium_memzero(&code, sizeof(code));
	order_part_wipe(&part);
	return err;
}

/* Whether a code is the one of this layer, before anything is opened with it. */
static int
check_code(struct session *ses, const struct order *o, const struct order_halves *half,
	   unsigned layer, const struct receipt *code)
{
	struct xwing_secret secret;
	unsigned found;
	int err = order_code_find(&secret, &found, code, half, o->d->c.rec.id);

	sodium_memzero(&secret, sizeof(secret));
	if (err == ERR_NOT_FOUND)
		return session_fail(ses, DAVY_REFUSED, "code",
				    _("This code is for another order."));
	if (err)
		return session_fail_err(ses, err, "%s", _("The part cannot be opened"));
	return found == layer ? 0
			      : session_fail(ses, DAVY_REFUSED, "code",
					     _("This code is for layer %u."), found);
}

static int
get_code(struct session *ses, const struct order *o, const struct order_open *p,
	 struct receipt *code, bool *waits)
{
	struct order_halves half;
	int err = order_half_get(ses, o, ORDER_B, &half);

	*waits = false;
	if (!err && !p->code)
		err = fetch_code(ses, o, p->layer, code, waits);
	else if (!err)
		*code = *p->code;
	if (!err && !*waits)
		err = check_code(ses, o, &half, p->layer, code);
	if (!err && p->code && !end_spoken(o->d, p->end))
		err = other_log(ses);
	sodium_memzero(&half, sizeof(half));
	return err;
}

/* ---- opening ---- */

/* Takes the bytes where they are not here. */
static int
need_bytes(struct session *ses, struct workspace_case *c, const struct order *o, unsigned layer)
{
	uint8_t *sealed;
	int err = kept_bytes(ses, o, layer, &sealed);
	bool here = sealed != NULL;

	workspace_free(sealed, sealed ? SEAL_LEN : 0);
	return err || here ? err : order_take(ses, c, layer);
}

/* Writes down that it is opened, where the log does not say so yet; then opens it. */
static int
open_with(struct session *ses, struct workspace_case *c, unsigned layer, const struct receipt *code,
	  json_t **body)
{
	struct opened *d;
	struct order o;
	int err = opened_load(ses, c, &d);

	if (err)
		return err;
	err = order_load(ses, d, &o);
	if (!err && !(d->fold.visit.taken >> layer & 1))
		err = order_take_opens(ses, c, layer);
	if (!err)
		err = order_store_put(ses, c->rec.id, (uint8_t)(ORDER_STORE_CODE + layer),
				      code->digits, RECEIPT_DIGITS);
	if (!err)
		err = order_layer_get(ses, &o, layer, body);
	if (!err && layer == 2)
		err = order_conflict_mine(ses, d->view, *body);
	opened_free(d);
	return err;
}

int
order_open(struct session *ses, struct workspace_case *c, struct order_open *p)
{
	struct receipt code = { 0 };
	struct opened *d;
	struct order o;
	int err = opened_load(ses, c, &d);

	p->body = NULL;
	p->waits = false;
	if (err)
		return err;
	err = order_load(ses, d, &o);
	if (!err)
		err = order_for(ses, &o, ORDER_B);
	if (!err)
		err = order_layer_get(ses, &o, p->layer, &p->body);
	if (!err && !p->body) {
		err = get_code(ses, &o, p, &code, &p->waits);
		if (!err)
			err = need_bytes(ses, c, &o, p->layer);
		if (!err && !p->waits)
			err = open_with(ses, c, p->layer, &code, &p->body);
	}
	sodium_memzero(&code, sizeof(code));
	opened_free(d);
	return err;
}
