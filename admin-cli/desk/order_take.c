/* Takes a layer, and says so first (see order_take.h). */
#include "admin-cli/desk/order_take.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/order_store.h"
#include "admin-cli/desk/submit_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/schema.h"
#include "crypto/b64.h"
#include "crypto/err.h"

/* An item of the outbox has in `extra`: "sent", the sealed bytes; "number", their place; "layer";
 * of the later layers "hour", "count" and "proof", which the gateway compares with the commitment;
 * "opens": it says that the layer was opened, and counts only behind the release. */

/* ---- preparing ---- */

/* The later hours, as layer 0 says them. */
static int
add_hours(struct session *ses, const struct order *o, unsigned layer, json_t *extra)
{
	json_t *first;
	int err = layer ? order_layer_get(ses, o, 0, &first) : 0;

	if (err || !layer)
		return err;
	if (!first)
		return session_fail(ses, DAVY_REFUSED, "layer",
				    _("Open layer 0 first: it says when this one opens."));
	json_object_set(extra, "hour", json_object_get(first, "h1"));
	json_object_set(extra, "count", json_object_get(first, "h2"));
	json_object_set(extra, "proof", json_object_get(first, "salt"));
	json_decref(first);
	return 0;
}

/* Seals the entry at the end of the log as it is here. */
static int
seal_take(struct session *ses, const struct opened *d, unsigned layer, json_t *extra)
{
	struct submit p = { .type = ENTRY_ORDER_TAKE };
	uint8_t *sealed = malloc(SEAL_LEN);
	char *text = malloc(B64_LEN(SEAL_LEN) + 1);
	enum fold_reason reason;
	uint32_t number;
	int err = 0;

	p.body = json_pack("{s:i,s:[i,i],s:i}", "v", 1, "after", (int)opened_count(d, FRAME_SOURCE),
			   (int)opened_count(d, FRAME_DESK), "layer", (int)layer);
	reason = submit_check(d, &p);
	if (!sealed || !text || !p.body)
		err = session_fail_err(ses, ERR_MEM, "%s", _("The entry cannot be sealed"));
	else if (reason != FOLD_FINE)
		err = submit_rejected(ses, d, reason);
	else
		err = submit_seal(ses, d, &p, p.body, sealed, &number);
	if (!err) {
		b64_encode(text, B64_LEN(SEAL_LEN) + 1, sealed, SEAL_LEN, B64_PADDED);
		json_object_set_new(extra, "sent", json_string(text));
		json_object_set_new(extra, "number", json_integer(number));
	}
	json_decref(p.body);
	free(sealed);
	free(text);
	return err;
}

static int
store_out(struct session *ses, const struct workspace_case *c, struct workspace_out *o,
	  const json_t *extra)
{
	char *more = json_dumps(extra, JSON_COMPACT);
	int err;

	free(o->extra);
	o->extra = more;
	if (!more)
		return session_fail_err(ses, ERR_MEM, "%s", _("The entry cannot be kept"));
	if (o->seq)
		err = workspace_out_update(ses->workspace, o);
	else {
		o->kind = FRAME_ORDER;
		o->thread = FRAME_DESK;
		o->type = ENTRY_ORDER_TAKE;
		o->desk = c->asked;
		o->written = term_now_hour();
		memcpy(o->id, c->rec.id, sizeof(o->id));
		o->json = strdup("{\"v\":1}");
		err = workspace_out_add(ses->workspace, o);
	}
	return sync_workspace_failed(ses, err);
}

/* Seals the entry, and puts it on the disk before anything is sent. An item that is there gets new
 * bytes: the gateway has not taken the old ones. */
static int
prepare(struct session *ses, const struct workspace_case *c, unsigned layer, bool opens,
	struct workspace_out *o)
{
	json_t *extra = json_pack("{s:i,s:b}", "layer", (int)layer, "opens", opens);
	struct opened *d;
	struct order order;
	int err = opened_load(ses, c, &d);

	if (err) {
		json_decref(extra);
		return err;
	}
	err = order_load(ses, d, &order);
	if (!err)
		err = order_for(ses, &order, ORDER_B);
	if (!err)
		err = add_hours(ses, &order, layer, extra);
	if (!err)
		err = seal_take(ses, d, layer, extra);
	if (!err)
		err = store_out(ses, c, o, extra);
	json_decref(extra);
	opened_free(d);
	return err;
}

/* ---- sending ---- */

/* Whether the gateway gave the very bytes that the order names. Others are not kept, and the item
 * stays in the outbox: an honest answer to the same entry can still come. */
static int
check_bytes(struct session *ses, const struct workspace_case *c, unsigned layer,
	    const uint8_t *sealed)
{
	struct opened *d;
	struct order o;
	int err = opened_load(ses, c, &d);

	if (err)
		return err;
	err = order_load(ses, d, &o);
	if (!err && !order_part_fits(&o, ORDER_LAYER + layer, sealed))
		err = session_fail(ses, DAVY_REFUSED, "part",
				   _("The gateway gave other bytes than those of this layer. Do "
				     "nothing with this order, and tell the desk above."));
	opened_free(d);
	return err;
}

/* What the gateway gave is kept with the entry, and the item leaves the outbox: all or nothing. */
static int
landed(struct session *ses, struct workspace_case *c, const struct workspace_out *o, unsigned layer,
       const struct net_answer *a, const uint8_t *sealed)
{
	int err = sync_workspace_failed(ses, workspace_begin(ses->workspace));

	if (err)
		return err;
	err = order_store_put(ses, c->rec.id, (uint8_t)(ORDER_LAYER + layer), a->body, SEAL_LEN);
	if (!err)
		err = sync_workspace_failed(ses, workspace_out_del(ses->workspace, o->seq));
	if (!err && a->routing.number == c->have_desk)
		err = submit_keep(ses, c, a->minute, a->routing.number, sealed);
	if (!err)
		return sync_workspace_failed(ses, workspace_commit(ses->workspace));
	workspace_abort(ses->workspace);
	return err;
}

static int
transmit(struct session *ses, struct workspace_case *c, const struct workspace_out *o,
	 uint8_t *status)
{
	json_t *extra = json_loads(o->extra ? o->extra : "", 0, NULL);
	const char *sent = schema_text(extra, "sent");
	unsigned layer = schema_number(extra, "layer");
	struct net_request q = { .op = FRAME_PART_TAKE,
				 .body_len = SEAL_LEN,
				 .keep_status = true,
				 .what = _("The layer was not taken") };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *sealed = malloc(SEAL_LEN);
	int err = 0;

	if (!a || !sealed || b64_decode_exact(sealed, SEAL_LEN, sent, strlen(sent), B64_PADDED))
		err = session_fail_err(ses, ERR_FORMAT, "%s", q.what);
	memcpy(q.routing.id, o->id, sizeof(q.routing.id));
	q.routing.kind = FRAME_ORDER;
	q.routing.desk = o->desk;
	q.routing.thread = FRAME_PARTS;
	q.routing.number = schema_number(extra, "number");
	q.routing.part = (uint16_t)(ORDER_LAYER + layer);
	q.routing.hour = schema_number(extra, "hour");
	q.routing.count = schema_number(extra, "count");
	(void)!schema_hex(extra, "proof", q.routing.proof, ORDER_SALT_LEN);
	q.body = sealed;
	if (!err)
		err = net_exchange(ses, &q, a);
	*status = err ? 0 : a->status;
	if (!err && *status == FRAME_OK)
		err = check_bytes(ses, c, layer, a->body);
	if (!err && *status == FRAME_OK)
		err = landed(ses, c, o, layer, a, sealed);
	json_decref(extra);
	free(sealed);
	free(a);
	return err;
}

static int
refused(struct session *ses, struct workspace_out *o, uint8_t status)
{
	if (status != FRAME_NOT_FOUND)
		return net_refusal(ses, _("The layer was not taken"), status);
	/* The gateway has not taken the entry, so nothing has to be sent again. */
	int err = sync_workspace_failed(ses, workspace_out_del(ses->workspace, o->seq));
	return err ? err
		   : session_fail(ses, DAVY_REFUSED, "not-yet",
				  _("The gateway does not give this layer: its hour has not come, "
				    "or is past, or the order was stopped."));
}

/* Sends it until it has a place; somebody else may write first. */
static int
deliver(struct session *ses, struct workspace_case *c, unsigned layer, bool opens,
	struct workspace_out *o)
{
	uint8_t status = FRAME_BEHIND;
	bool offline;
	int err = 0;

	for (int i = 0; !err && i < SUBMIT_TRIES && status == FRAME_BEHIND; i++) {
		if (i) {
			usleep(20000 + randombytes_uniform(60000));
			err = submit_refresh(ses, c, &offline);
			if (!err)
				err = prepare(ses, c, layer, opens, o);
		}
		if (!err)
			err = transmit(ses, c, o, &status);
	}
	return err || status == FRAME_OK ? err : refused(ses, o, status);
}

/* The item of the outbox that takes or opens that layer of this order, with new strings; seq 0:
 * there is none. */
static int
pending(struct session *ses, const struct workspace_case *c, unsigned layer, bool opens,
	struct workspace_out *out)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0;
	int err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));

	*out = (struct workspace_out){ 0 };
	for (size_t i = 0; !err && i < cnt; i++) {
		json_t *extra;
		bool same;

		if (list[i].type != ENTRY_ORDER_TAKE || memcmp(list[i].id, c->rec.id, KEY_ID_LEN))
			continue;
		extra = json_loads(list[i].extra ? list[i].extra : "", 0, NULL);
		same = schema_number(extra, "layer") == layer && schema_is(extra, "opens") == opens;
		json_decref(extra);
		if (!same || out->seq)
			continue;
		*out = list[i]; /* its strings are taken over */
		list[i].json = list[i].extra = list[i].error = NULL;
	}
	workspace_out_free(list, cnt);
	return err;
}

static void
free_strings(struct workspace_out *o)
{
	free(o->json);
	free(o->extra);
	free(o->error);
}

int
order_take(struct session *ses, struct workspace_case *c, unsigned layer)
{
	struct workspace_out o;
	int err = pending(ses, c, layer, false, &o);

	if (!err && !o.seq)
		err = prepare(ses, c, layer, false, &o);
	if (!err)
		err = deliver(ses, c, layer, false, &o);
	free_strings(&o);
	return err;
}

static bool
is_released(struct session *ses, const struct workspace_case *c, unsigned layer)
{
	struct opened *d;
	bool out;

	if (opened_load(ses, c, &d)) {
		session_forgive(ses);
		return false;
	}
	out = d->fold.visit.released >> layer & 1;
	opened_free(d);
	return out;
}

int
order_take_opens(struct session *ses, struct workspace_case *c, unsigned layer)
{
	struct workspace_out o;
	int err = pending(ses, c, layer, true, &o);

	if (!err && !o.seq)
		err = prepare(ses, c, layer, true, &o);
	if (!err && is_released(ses, c, layer) && deliver(ses, c, layer, true, &o))
		session_forgive(ses); /* it is on this disk, and the next sync sends it */
	free_strings(&o);
	return err;
}

int
order_take_outbox(struct session *ses, struct workspace_case *c, struct workspace_out *o)
{
	json_t *extra = json_loads(o->extra ? o->extra : "", 0, NULL);
	unsigned layer = schema_number(extra, "layer");
	bool opens = schema_is(extra, "opens"), offline;
	int err = submit_refresh(ses, c, &offline);

	json_decref(extra);
	if (!err && offline)
		err = session_fail(ses, DAVY_AGAIN, "net", _("The gateway does not answer."));
	if (!err && opens && !is_released(ses, c, layer))
		err = session_fail(ses, DAVY_AGAIN, "unreleased",
				   _("Side A's release of this layer has not arrived yet."));
	return err ? err : deliver(ses, c, layer, opens, o);
}
