/* Seals an order, part by part, and sends it (see order_seal.h). */
#include "admin-cli/desk/order_seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/order_draft.h"
#include "admin-cli/desk/order_store.h"
#include "admin-cli/desk/submit_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/order_part.h"
#include "crypto/err.h"
#include "crypto/secret.h"
#include "crypto/text.h"

#define SIDE_LEN (ORDER_PERSONS * KEY_HANDLE_LEN)

/* What the six frames carry; kept until the gateway has all. */
struct sealing {
	uint16_t desk;
	uint32_t hour0;
	uint8_t late[ORDER_LATE_LEN];
	uint8_t side[2][SIDE_LEN];
	uint8_t order[SEAL_LEN];
	uint8_t part[ORDER_PLANNED][SEAL_LEN];
};
#define SEALING_LEN (6 + ORDER_LATE_LEN + 2 * SIDE_LEN + (1 + ORDER_PLANNED) * SEAL_LEN)

static int
sealing_put(struct session *ses, const uint8_t *id, const struct sealing *s)
{
	uint8_t *buf = malloc(SEALING_LEN);
	struct bufw w;

	if (!buf)
		return session_fail_err(ses, ERR_MEM, "%s", _("The order cannot be sealed"));
	bufw_init(&w, buf, SEALING_LEN);
	bufw_u16(&w, s->desk);
	bufw_u32(&w, s->hour0);
	bufw_bytes(&w, s->late, sizeof(s->late));
	bufw_bytes(&w, s->side, sizeof(s->side));
	bufw_bytes(&w, s->order, sizeof(s->order));
	bufw_bytes(&w, s->part, sizeof(s->part));
	int err = bufw_end(&w)
			  ? session_fail_err(ses, ERR_FULL, "%s", _("The order cannot be sealed"))
			  : order_store_put(ses, id, ORDER_STORE_SEALING, buf, SEALING_LEN);
	free(buf);
	return err;
}

/* *found: one is under way. */
static int
sealing_get(struct session *ses, const uint8_t *id, struct sealing *s, bool *found)
{
	uint8_t *val;
	size_t len;
	struct buf b;
	int err = order_store_get(ses, id, ORDER_STORE_SEALING, &val, &len);

	*found = !err && val;
	if (!*found)
		return err;
	buf_init(&b, val, len);
	s->desk = buf_u16(&b);
	s->hour0 = buf_u32(&b);
	buf_bytes(&b, s->late, sizeof(s->late), sizeof(s->late));
	buf_bytes(&b, (uint8_t *)s->side, sizeof(s->side), sizeof(s->side));
	buf_bytes(&b, s->order, sizeof(s->order), sizeof(s->order));
	buf_bytes(&b, (uint8_t *)s->part, sizeof(s->part), sizeof(s->part));
	err = buf_end(&b);
	workspace_free(val, len);
	return err ? session_fail_err(ses, err, "%s", _("The workspace cannot be read")) : 0;
}

/* ---- making ---- */

/* What sealing one order needs; the halves and keys are secret. */
struct maker {
	struct session *ses;
	const struct trust *view;
	const struct home_gateway *gateway;
	const struct home_keys *keys;
	const uint8_t *id;
	const json_t *draft;
	struct order_hours hours;
	struct order_halves halves;
	struct order_head head;
	struct xwing_public pk[ORDER_LAYERS];
	const struct roster_member *person[2 * ORDER_PERSONS];
	char text[ORDER_BODY_MAX];
};

static int
failed(struct maker *k, int err)
{
	return session_fail_err(k->ses, err, "%s", _("The order cannot be sealed"));
}

static void
take_side(struct maker *k, const char *name, unsigned *cnt)
{
	const json_t *v;
	size_t i, at = k->head.a_cnt + k->head.b_cnt;

	json_array_foreach(json_object_get(k->draft, name), i, v)
	{
		const char *hex = json_string_value(v);
		const struct roster_member *m;
		uint8_t handle[KEY_HANDLE_LEN];

		if (at + i >= 2 * ORDER_PERSONS ||
		    text_unhex(handle, sizeof(handle), hex, strlen(hex)))
			return;
		m = roster_member_by_handle(k->view->members, handle);
		if (!m)
			return;
		k->person[at + i] = m;
		memcpy(k->head.handle[at + i], m->handle, KEY_HANDLE_LEN);
		key_sha256(k->head.key[at + i], m->seal, sizeof(m->seal));
		++*cnt;
	}
}

/* Draws hours, codes and halves, and names the two sides. */
static int
draw(struct maker *k)
{
	bool urgent = schema_is(k->draft, "urgent");
	uint32_t from = urgent ? sync_hour(k->ses) : schema_number(k->draft, "from");
	int err = order_hours_new(&k->hours, from,
				  urgent ? from : schema_number(k->draft, "depart"));

	if (!err)
		err = order_halves_new(&k->halves, k->pk, k->id);
	if (err)
		return failed(k, err);
	take_side(k, "a", &k->head.a_cnt);
	take_side(k, "b", &k->head.b_cnt);
	k->head.hour0 = from;
	order_late(k->head.late, &k->hours);
	memcpy(k->head.layer, k->halves.layer, sizeof(k->head.layer));
	return 0;
}

/* Seals an entry whose type, thread and place are set. */
static int
seal_one(struct maker *k, struct entry *e, const struct seal_set *set, uint8_t *out)
{
	e->hour = sync_hour(k->ses);
	memcpy(e->gateway, k->gateway->card.id, sizeof(e->gateway));
	memcpy(e->id, k->id, sizeof(e->id));
	memcpy(e->roster, k->view->bundle.hash, sizeof(e->roster));
	int err = seal_entry(out, e, &(struct seal_entry){ .set = set, .key = &k->keys->sign });
	return err ? failed(k, err) : 0;
}

static int
seal_half(struct maker *k, enum order_who side, uint8_t *out)
{
	bool a = side == ORDER_A;
	struct seal_set set = { 0 };
	struct entry e;
	struct bufw w;
	int err = order_part_head(&e, a ? ORDER_HALF_A : ORDER_HALF_B);

	for (unsigned i = 0; i < (a ? k->head.a_cnt : k->head.b_cnt); i++)
		set.pk[i] = k->person[a ? i : k->head.a_cnt + i]->seal;
	bufw_init(&w, k->text, sizeof(k->text));
	if (!err)
		err = order_halves_print(&w, &k->halves, side);
	if (err)
		return failed(k, err);
	e.json = k->text;
	e.json_len = w.len;
	return seal_one(k, &e, &set, out);
}

static int
seal_layer(struct maker *k, unsigned layer, uint8_t *out)
{
	struct seal_set set = { .pk = { k->pk[layer].b } };
	char why[SCHEMA_WHY_CAP] = "", salt[2 * ORDER_SALT_LEN + 1], *json = NULL;
	json_t *body = order_layer_body(layer, k->draft);
	struct entry e;
	int err = order_part_head(&e, ORDER_LAYER + layer);

	if (layer == 0)
		json_object_update_new(body, json_pack("{s:I,s:I,s:s}", "h1",
						       (json_int_t)k->hours.open[1], "h2",
						       (json_int_t)k->hours.open[2], "salt",
						       term_hex(salt, k->hours.salt,
								sizeof(k->hours.salt))));
	if (!err)
		err = schema_print(&json, &e.json_len, ENTRY_ORDER_SEAL, body, ENTRY_ROOM, why);
	sodium_memzero(salt, sizeof(salt));
	json_decref(body);
	if (err)
		return *why ? session_fail(k->ses, DAVY_REFUSED, "body",
					   _("This cannot be written: %s."), why)
			    : failed(k, err);
	e.json = json;
	err = seal_one(k, &e, &set, out);
	workspace_free(json, strlen(json));
	return err;
}

/* The order itself, for the desk that goes, the desk above ours, the backstop and our own. */
static int
seal_order(struct maker *k, uint16_t desk, uint8_t *out)
{
	const uint16_t want[SEAL_CNT] = { desk, k->view->desk->number, k->view->desk->above,
					  k->view->bundle.roster->backstop };
	struct entry e = { .type = ENTRY_ORDER, .thread = FRAME_DESK };
	struct seal_set set;
	struct bufw w;
	int err = submit_desk_set(k->ses, k->view, want, &set);

	if (err)
		return err;
	bufw_init(&w, k->text, sizeof(k->text));
	err = order_head_print(&w, &k->head);
	if (err)
		return failed(k, err);
	e.json = k->text;
	e.json_len = w.len;
	return seal_one(k, &e, &set, out);
}

static int
make(struct maker *k, struct sealing *s)
{
	int err = trust_may_seal(k->ses, k->view);

	if (!err)
		err = home_gateway(k->ses, &k->gateway);
	if (!err)
		err = home_keys(k->ses, &k->keys);
	if (!err)
		err = draw(k);
	if (!err)
		err = seal_half(k, ORDER_A, s->part[ORDER_HALF_A]);
	if (!err)
		err = seal_half(k, ORDER_B, s->part[ORDER_HALF_B]);
	for (unsigned i = 0; !err && i < ORDER_LAYERS; i++)
		err = seal_layer(k, i, s->part[ORDER_LAYER + i]);
	for (unsigned i = 0; !err && i < ORDER_PLANNED; i++)
		key_sha256(k->head.part[i], s->part[i], SEAL_LEN);
	s->desk = (uint16_t)schema_number(k->draft, "desk");
	if (!err)
		err = seal_order(k, s->desk, s->order);
	s->hour0 = k->head.hour0;
	memcpy(s->late, k->head.late, sizeof(s->late));
	memcpy(s->side[0], k->head.handle, k->head.a_cnt * KEY_HANDLE_LEN);
	memcpy(s->side[1], k->head.handle[k->head.a_cnt], k->head.b_cnt * KEY_HANDLE_LEN);
	return err;
}

static int
make_new(struct session *ses, const struct trust *view, const uint8_t *id, const json_t *draft,
	 struct sealing *s)
{
	json_t *copy = json_deep_copy(draft);
	struct maker *k = secret_alloc(sizeof(*k));
	int err = copy && k ? order_draft_check(ses, view, copy)
			    : session_fail_err(ses, ERR_MEM, "%s", _("The order cannot be sealed"));

	if (!err) {
		memset(k, 0, sizeof(*k));
		k->ses = ses;
		k->view = view;
		k->id = id;
		k->draft = copy;
		err = make(k, s);
	}
	secret_free(k);
	json_decref(copy);
	return err ? err : sealing_put(ses, id, s);
}

/* ---- sending ---- */

static int
tell(struct session *ses, struct net_request *q, const uint8_t *id, const uint8_t *sealed,
     uint8_t *status)
{
	struct net_answer *a = malloc(sizeof(*a));
	int err = a ? 0 : session_fail_err(ses, ERR_MEM, "%s", _("The order was not sent"));

	memcpy(q->routing.id, id, KEY_ID_LEN);
	q->routing.kind = FRAME_ORDER;
	q->body = sealed;
	q->body_len = SEAL_LEN;
	q->keep_status = true;
	q->what = _("The order was not sent");
	if (!err)
		err = net_exchange(ses, q, a);
	*status = err ? 0 : a->status;
	free(a);
	return err;
}

/* Sends all six; the gateway takes the same bytes again as a repeat. */
static int
send_all(struct session *ses, const struct trust *view, const uint8_t *id, const struct sealing *s,
	 uint8_t *status)
{
	struct net_request q = { .op = FRAME_ORDER_SEAL };
	int err;

	q.routing.desk = s->desk;
	q.routing.hour = s->hour0;
	memcpy(q.routing.cursor, s->late, sizeof(q.routing.cursor));
	memcpy(q.routing.proof, s->side[0], sizeof(q.routing.proof));
	memcpy(q.routing.hash, s->side[1], sizeof(q.routing.hash));
	err = tell(ses, &q, id, s->order, status);
	for (uint32_t place = 0; !err && *status == FRAME_OK && place < ORDER_PLANNED; place++) {
		q = (struct net_request){ .op = FRAME_PART_PUT };
		q.routing.desk = view->desk->number;
		q.routing.thread = FRAME_PARTS;
		q.routing.number = place;
		err = tell(ses, &q, id, s->part[place], status);
	}
	return err;
}

/* The gateway will never take this sealing: the draft gets another id, and can be sealed again. */
static int
give_up(struct session *ses, const uint8_t *id, const json_t *draft)
{
	uint8_t other[16];
	char hex[33];
	int err = sync_workspace_failed(ses, workspace_begin(ses->workspace));

	if (err)
		return err;
	err = order_draft_move(ses, id, draft, other);
	if (!err)
		err = order_store_del(ses, id, ORDER_STORE_SEALING);
	if (!err)
		err = sync_workspace_failed(ses, workspace_commit(ses->workspace));
	else
		workspace_abort(ses->workspace);
	return err ? err
		   : session_fail(
			     ses, DAVY_REFUSED, "bad",
			     _("The gateway does not take the order: its hour is past, or somebody "
			       "named has left. What it has of it is dropped within two days. The "
			       "draft is now %s."),
			     term_hex(hex, other, 8));
}

/* All is accepted: nothing of the draft stays. */
static int
wipe(struct session *ses, const uint8_t *id)
{
	int err = sync_workspace_failed(ses, workspace_begin(ses->workspace));

	if (err)
		return err;
	err = order_draft_drop(ses, id);
	if (!err)
		err = order_store_del(ses, id, ORDER_STORE_SEALING);
	if (!err)
		return sync_workspace_failed(ses, workspace_commit(ses->workspace));
	workspace_abort(ses->workspace);
	return err;
}

static int
seal(struct session *ses, const struct trust *view, const uint8_t *id, const json_t *draft,
     struct sealing *s)
{
	char text[TERM_DATE_CAP];
	uint8_t status;
	bool found;
	int err = sealing_get(ses, id, s, &found);

	if (!err && !found && schema_number(draft, "seal") > sync_hour(ses))
		err = session_fail(
			ses, DAVY_AGAIN, "early",
			_("Seal it from %s on: the hour was drawn, so that it tells nothing."),
			term_hour(text, schema_number(draft, "seal")));
	if (!err && !found)
		err = make_new(ses, view, id, draft, s);
	if (!err)
		err = send_all(ses, view, id, s, &status);
	if (err)
		return err;
	if (status == FRAME_BAD || status == FRAME_NOT_FOUND)
		return give_up(ses, id, draft);
	if (status != FRAME_OK)
		return net_refusal(ses, _("The order was not sent"), status);
	return wipe(ses, id);
}

int
order_seal(struct session *ses, const struct trust *view, const uint8_t id[static 16],
	   const json_t *draft)
{
	struct sealing *s = calloc(1, sizeof(*s));
	int err = s ? seal(ses, view, id, draft, s)
		    : session_fail_err(ses, ERR_MEM, "%s", _("The order cannot be sealed"));

	workspace_free(s, s ? sizeof(*s) : 0);
	return err;
}
