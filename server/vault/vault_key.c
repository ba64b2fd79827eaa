/* Key parts of a desk (FORMATS.md section 10). */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "crypto/label.h"

#include <sodium.h>

#define SUBKEY_LEN (KEY_SEAL_PUBLIC_LEN + KEY_SIG_LEN)

static bool
own_desk(const struct vault_call *c)
{
	struct auth_ask ask = { .roster = c->v->roster,
				.member = c->member,
				.desk = c->req.routing.desk,
				.op = c->req.op };
	return c->member->desk && auth_allows(&ask);
}

/* An offered subkey: it must be the sender's own and signed by the sender. */
static int
subkey_check(const struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	uint8_t said[LABEL_LEN(LABEL_SUBKEY) + KEY_ID_LEN + 6 + KEY_SEAL_PUBLIC_LEN], *p = said;
	if (q->length != SUBKEY_LEN || memcmp(q->proof, c->member->handle, KEY_HANDLE_LEN))
		return FRAME_BAD;
	memcpy(p, LABEL_SUBKEY, LABEL_LEN(LABEL_SUBKEY));
	p += LABEL_LEN(LABEL_SUBKEY);
	memcpy(p, c->v->keys->card.id, KEY_ID_LEN);
	p += KEY_ID_LEN;
	*p++ = (uint8_t)q->desk;
	*p++ = (uint8_t)(q->desk >> 8);
	ipc_set32(p, q->number);
	memcpy(p + 4, c->req.body, KEY_SEAL_PUBLIC_LEN);
	return crypto_sign_verify_detached(c->req.body + KEY_SEAL_PUBLIC_LEN, said, sizeof(said),
					   c->member->sign)
		       ? FRAME_BAD
		       : FRAME_OK;
}

/* A secret for a member of this desk. */
static int
secret_check(const struct vault_call *c)
{
	const struct roster_member *to = roster_member_by_handle(c->v->members,
								 c->req.routing.proof);
	return to && to->desk == c->member->desk ? FRAME_OK : FRAME_BAD;
}

/*
 * A certificate: signed by the lead, or by both; its epoch number only grows. Sets key->complete.
 */
static int
cert_check(const struct vault_call *c, struct store_key *key, uint8_t *scratch)
{
	const struct frame_routing *q = &c->req.routing;
	struct epoch e;
	struct store_key newest = { .desk = q->desk, .kind = FRAME_KEY_CERT };
	if (!sodium_is_zero(q->proof, sizeof(q->proof)))
		return FRAME_BAD;
	key->complete = !epoch_verify(&e, c->req.body, q->length, c->v->roster, EPOCH_COMPLETE);
	if (!key->complete && epoch_verify(&e, c->req.body, q->length, c->v->roster, EPOCH_PENDING))
		return FRAME_BAD;
	if (e.desk != q->desk || e.number != q->number || e.until <= vault_day_early(c->v))
		return FRAME_BAD;
	int err = store_key_newest(c->v->store, &newest, scratch);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_OK : err;
	if (newest.epoch > e.number || (newest.epoch == e.number && newest.complete))
		return FRAME_BAD;
	return FRAME_OK;
}

int
vault_key_put(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_key key = { .desk = q->desk,
				 .epoch = q->number,
				 .kind = q->flags,
				 .day = vault_day(c->v),
				 .len = q->length };
	struct store_key old;
	int status = FRAME_BAD;
	if (!own_desk(c))
		return FRAME_NOT_FOUND;
	if (!q->number || !q->length || q->length > FRAME_BODY_LEN ||
	    !sodium_is_zero(q->proof + KEY_HANDLE_LEN, sizeof(q->proof) - KEY_HANDLE_LEN))
		return FRAME_BAD;
	memcpy(key.handle, q->proof, sizeof(key.handle));
	old = key;
	int err = store_key_get(c->v->store, &old, c->body);
	if (err && err != ERR_NOT_FOUND)
		return err;
	/*
	 * The same bytes again are a repeat. Other bytes replace them only when a second signature
	 * joins the first.
	 */
	if (!err && old.len == q->length && !memcmp(c->body, c->req.body, q->length))
		return FRAME_OK;
	if (!err && q->flags != FRAME_KEY_CERT && !(c->member->roles & ROSTER_LEAD))
		return FRAME_BAD;
	if (q->flags == FRAME_KEY_SUBKEY)
		status = subkey_check(c);
	else if (q->flags == FRAME_KEY_SECRET)
		status = secret_check(c);
	else if (q->flags == FRAME_KEY_CERT)
		status = cert_check(c, &key, c->body);
	if (status != FRAME_OK)
		return status;
	status = vault_budget_member(c);
	if (status != FRAME_OK)
		return status;
	c->wrote = true;
	if (key.complete)
		c->v->roster_dirty = true;
	err = store_key_put(c->v->store, &key, c->req.body);
	return err ? err : FRAME_OK;
}

int
vault_key_get(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_key key = { .desk = q->desk, .epoch = q->number, .kind = q->flags };
	if (!own_desk(c))
		return FRAME_NOT_FOUND;
	memcpy(key.handle, q->proof, sizeof(key.handle));
	int err = q->number ? store_key_get(c->v->store, &key, c->body)
			    : store_key_newest(c->v->store, &key, c->body);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	c->body_len = key.len;
	c->out.desk = q->desk;
	c->out.number = key.epoch;
	c->out.flags = q->flags;
	c->out.length = (uint32_t)key.len;
	memcpy(c->out.proof, key.handle, sizeof(key.handle));
	return FRAME_OK;
}
