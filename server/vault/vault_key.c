/* Key parts of a desk (FORMATS.md section 10). */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "crypto/label.h"
#include "crypto/note.h"

#include <sodium.h>

#define SUBKEY_LEN     (KEY_SEAL_PUBLIC_LEN + KEY_SIG_LEN)
#define CERT_STEP_MAX  1000 /* a certificate's number above the newest complete one */
#define PART_AHEAD_MAX 2    /* subkeys and secrets: this one and the next */

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

/* The member who leads the desk; NULL: none is in the members note. */
static const struct roster_member *
lead_of(const struct vault_call *c)
{
	const struct roster_desk *d = roster_find(c->v->roster, c->req.routing.desk);
	return d ? roster_member_by_key(c->v->members, d->lead) : NULL;
}

/* The number of the newest complete certificate of the desk, whether or not it is over or still
 * verifies; 0: there is none. Only complete ones count: a lead alone must not end the line. */
static int
newest_complete(const struct vault_call *c, uint32_t *number)
{
	struct store_key key = { .desk = c->req.routing.desk, .kind = FRAME_KEY_CERT };
	int err = store_key_newest(c->v->store, &key, c->body);
	*number = err ? 0 : key.epoch;
	return err == ERR_NOT_FOUND ? 0 : err;
}

/*
 * A secret for a member of this desk. While the certificate is not complete the lead gives secrets
 * and may give them again. Once it is complete they are only added, never replaced, and any member
 * may add one, since only a holder of the key can.
 */
static int
secret_check(const struct vault_call *c, uint32_t newest, bool there)
{
	const struct roster_member *to = roster_member_by_handle(c->v->members,
								 c->req.routing.proof);
	if (!to || to->desk != c->member->desk)
		return FRAME_BAD;
	if (c->req.routing.number <= newest)
		return there ? FRAME_BAD : FRAME_OK;
	return c->member == lead_of(c) ? FRAME_OK : FRAME_BAD;
}

struct same_key {
	const struct epoch *mine;
	uint32_t day;
	bool found;
};

static int
same_key_take(void *arg, const struct store_key *key, const void *blob)
{
	struct same_key *s = arg;
	struct note note;
	struct epoch e;
	if (key->desk != s->mine->desk && !note_parse(&note, blob, key->len) &&
	    !epoch_parse(&e, note.text, note.text_len) && e.until > s->day &&
	    !memcmp(e.key, s->mine->key, sizeof(e.key)))
		s->found = true;
	return 0;
}

/*
 * A certificate. A complete one has no handle; one with the lead's signature alone is kept under
 * the lead's handle, so that it stands in nobody's way. The number is above that of the newest
 * complete one, in steps of at most 1,000, and the key is no other desk's. Sets key->complete.
 */
static int
cert_check(const struct vault_call *c, struct store_key *key, uint32_t newest)
{
	const struct frame_routing *q = &c->req.routing;
	bool own = !memcmp(q->proof, c->member->handle, KEY_HANDLE_LEN) && c->member == lead_of(c);
	struct epoch e;
	key->complete = !epoch_verify(&e, c->req.body, q->length, c->v->roster, EPOCH_COMPLETE);
	if (!key->complete && epoch_verify(&e, c->req.body, q->length, c->v->roster, EPOCH_PENDING))
		return FRAME_BAD;
	if (key->complete ? !sodium_is_zero(q->proof, sizeof(q->proof)) : !own)
		return FRAME_BAD;
	if (e.desk != q->desk || e.number != q->number || e.until <= vault_day_early(c->v) ||
	    e.number <= newest || e.number - newest > CERT_STEP_MAX)
		return FRAME_BAD;
	struct same_key same = { .mine = &e, .day = vault_day(c->v) };
	int err = store_cert_list(c->v->store, same_key_take, &same);
	return err ? err : same.found ? FRAME_BAD : FRAME_OK;
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
	uint32_t newest = 0;
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
	bool there = !err;
	/* The same bytes again are a repeat. */
	if (there && old.len == q->length && !memcmp(c->body, c->req.body, q->length))
		return FRAME_OK;
	err = newest_complete(c, &newest);
	if (err)
		return err;
	/* Parts of numbers far ahead would let one member fill the store. */
	if (q->flags != FRAME_KEY_CERT && q->number > newest && q->number - newest > PART_AHEAD_MAX)
		return FRAME_BAD;
	if (q->flags == FRAME_KEY_SUBKEY)
		status = there ? FRAME_BAD : subkey_check(c);
	else if (q->flags == FRAME_KEY_SECRET)
		status = secret_check(c, newest, there);
	else if (q->flags == FRAME_KEY_CERT)
		status = cert_check(c, &key, newest);
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
