/*
 * What a batch of the public log stands for (FORMATS.md section 19, op 0x43): its secret, and the
 * stubs of the sources' frames in it, for the backstop and the desks of level 4. They see to it
 * that what was logged is shown to somebody.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

static bool
may_account(const struct vault_call *c)
{
	const struct roster *r = c->v->roster;
	const struct roster_desk *desk = roster_find(r, c->req.routing.desk);
	struct auth_ask ask = {
		.roster = r, .member = c->member, .desk = c->req.routing.desk, .op = FRAME_ACCOUNT
	};
	return auth_allows(&ask) && desk && roster_accounts(r, desk);
}

/* One record; what is shorter than a stub is an id. */
static int
put(struct bufw *w, uint32_t at, uint16_t desk, uint8_t kind, const uint8_t *what)
{
	size_t len = kind == FRAME_ACCOUNT_STUB ? FRAME_STUB_LEN : KEY_ID_LEN;
	bufw_u32(w, at);
	bufw_u16(w, desk);
	bufw_u8(w, kind);
	bufw_bytes(w, what, len);
	bufw_zero(w, FRAME_STUB_LEN - len);
	return bufw_end(w);
}

/* The stub of the frame with that count; or the id of a case that was removed since. */
static int
stub_put(struct vault *v, struct bufw *w, uint32_t at, const uint8_t *id, uint32_t number)
{
	struct store_log log;
	struct store_entry e;
	int err = store_log_get(v->store, &log, FRAME_CASE, id);
	if (err == ERR_NOT_FOUND)
		return put(w, at, 0, FRAME_ACCOUNT_GONE, id);
	if (!err)
		err = store_entry_by_source(v->store, &e, log.n, number);
	if (err)
		return err == ERR_NOT_FOUND ? ERR_IO : err;
	return put(w, at, log.desk, FRAME_ACCOUNT_STUB, e.stub);
}

/* The record of one entry, where it stands for something that is told. */
static int
record_put(struct vault *v, struct bufw *w, uint32_t at, const uint8_t *ref)
{
	struct buf b;
	buf_init(&b, ref + KEY_ID_LEN, LEAF_REF_LEN - KEY_ID_LEN);
	uint32_t number = buf_u32(&b);
	if (number == LEAF_REF_NONE)
		return 0;
	if (number == LEAF_REF_LEFT || number == LEAF_REF_JUNK)
		return put(w, at, 0,
			   number == LEAF_REF_LEFT ? FRAME_ACCOUNT_LEFT : FRAME_ACCOUNT_JUNK, ref);
	return stub_put(v, w, at, ref, number);
}

/* The records of one tile from that entry on, as many as fit; *at moves on. */
static int
tile_account(struct vault_call *c, const struct store_batch *b, const struct hkdf_prk *secret,
	     struct bufw *w, uint32_t *at)
{
	uint8_t bundle[STORE_TILE_MAX], refs[STORE_TILE_MAX];
	uint64_t n = (b->first + *at) / TILE_WIDTH;
	size_t len, refs_len;
	int err = store_tile_get(c->v->store, TILE_ENTRIES, n, bundle, &len);
	if (!err)
		err = store_tile_get(c->v->store, STORE_TILE_REFS, n, refs, &refs_len);
	if (err)
		return err == ERR_NOT_FOUND ? ERR_IO : err;
	if (!refs_len) /* too old */
		return ERR_NOT_FOUND;
	if (len != STORE_TILE_MAX || refs_len != TILE_WIDTH * LEAF_REF_LEN)
		return ERR_IO;
	do {
		size_t i = *at % TILE_WIDTH;
		uint8_t *ref = refs + i * LEAF_REF_LEN;
		leaf_ref_mask(ref, secret, leaf_in(bundle, i) + LEAF_MARK_LEN);
		err = record_put(c->v, w, *at, ref);
		++*at;
	} while (!err && *at % TILE_WIDTH && w->len + FRAME_ACCOUNT_LEN <= FRAME_BODY_LEN);
	return err;
}

static int
batch_account(struct vault_call *c, const struct store_batch *b)
{
	struct hkdf_prk secret;
	uint32_t at = c->req.routing.count;
	struct bufw w, cursor;
	memset(c->body, 0, FRAME_BODY_LEN);
	bufw_init(&w, c->body, FRAME_BODY_LEN);
	bufw_init(&cursor, c->out.cursor, sizeof(c->out.cursor));
	leaf_secret(&secret, &c->v->keys->batches, b->n);
	int err = tile_account(c, b, &secret, &w, &at);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	bufw_u64(&cursor, b->first);
	bufw_u32(&cursor, b->cnt);
	memcpy(c->out.hash, secret.b, sizeof(c->out.hash));
	c->out.number = (uint32_t)b->n;
	c->out.hour = b->day * 24;
	c->out.length = at;
	c->out.count = (uint32_t)(w.len / FRAME_ACCOUNT_LEN);
	c->body_len = w.len;
	return FRAME_OK;
}

int
vault_desk_account(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	const struct vault_tlog *t = &c->v->tlog;
	struct store_batch b;
	if (!may_account(c) || !t->on || !t->batch)
		return FRAME_NOT_FOUND;
	uint64_t n = q->number == FRAME_ACCOUNT_LAST ? t->batch - 1 : q->number;
	int err = store_batch_get(c->v->store, &b, n);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	return q->count < b.cnt ? batch_account(c, &b) : FRAME_BAD;
}
