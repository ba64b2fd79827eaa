/*
 * Where a frame of a source stands in the public log, and the checkpoint that is shown with it
 * (FORMATS.md section 19).
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "crypto/leaf.h"

#include <string.h>

#define BATCHES_LOOK 16 /* two days of them, and some that were full */

/* Looks for the cover of a record in a batch. */
static int
batch_find(struct vault *v, const struct store_batch *b, struct log_proof *p)
{
	uint8_t bundle[STORE_TILE_MAX], cover[32];
	struct hkdf_prk secret;
	size_t len;
	leaf_secret(&secret, &v->keys->batches, b->n);
	leaf_blind(p->blind, &secret, p->stub, sizeof(p->stub));
	leaf_cover(cover, p->blind, p->stub, sizeof(p->stub));
	for (uint64_t at = b->first; at < b->first + b->cnt; at += TILE_WIDTH) {
		int err = store_tile_get(v->store, TILE_ENTRIES, at / TILE_WIDTH, bundle, &len);
		if (err || len != STORE_TILE_MAX)
			return err && err != ERR_NOT_FOUND ? err : ERR_IO;
		for (size_t i = 0; i < TILE_WIDTH; i++) {
			const uint8_t *leaf = leaf_in(bundle, i);
			if (memcmp(leaf + LEAF_MARK_LEN, cover, sizeof(cover)) != 0)
				continue;
			memcpy(p->mark, leaf, LEAF_MARK_LEN);
			p->index = at + i;
			return 0;
		}
	}
	return ERR_NOT_FOUND;
}

/* The number of the first batch that was closed on that day or later. */
static int
batch_from(struct vault *v, uint32_t day, uint64_t *n)
{
	uint64_t low = 0, high = v->tlog.batch;
	while (low < high) {
		struct store_batch b;
		uint64_t mid = low + (high - low) / 2;
		int err = store_batch_get(v->store, &b, mid);
		if (err)
			return err == ERR_NOT_FOUND ? ERR_IO : err;
		if (b.day < day)
			low = mid + 1;
		else
			high = mid;
	}
	*n = low;
	return 0;
}

/* The entry was accepted on that day, so it is in a batch that was closed on it or on the next, or
 * in the first one after a longer pause. */
static int
entry_find(struct vault *v, uint32_t day, struct log_proof *p)
{
	uint64_t n;
	int err = batch_from(v, day, &n);
	for (unsigned tries = 0; !err && n < v->tlog.batch && tries < BATCHES_LOOK; tries++, n++) {
		struct store_batch b;
		err = store_batch_get(v->store, &b, n);
		if (!err)
			err = batch_find(v, &b, p);
		if (err != ERR_NOT_FOUND)
			return err;
		err = 0;
	}
	return err ? err : ERR_NOT_FOUND;
}

/* Whether the entry waits in the batch that is open. */
static int
entry_waits(struct vault *v, const struct log_proof *p, bool *waits)
{
	uint8_t blind[LEAF_BLIND_LEN], cover[32];
	leaf_blind(blind, &v->tlog.secret, p->stub, sizeof(p->stub));
	leaf_cover(cover, blind, p->stub, sizeof(p->stub));
	return vault_tlog_waits(v, cover, waits);
}

/* The log began on that day or later, or it should have the entry. */
static int
entry_missing(struct vault *v, uint32_t day, struct log_proof *p)
{
	struct store_batch first;
	int err = store_batch_get(v->store, &first, 0);
	if (!err && first.day < day)
		p->state = LOG_MISSING;
	return err == ERR_NOT_FOUND ? 0 : err;
}

int
vault_tlog_shown(struct vault *v, uint64_t index, uint8_t dst[static VAULT_CHECKPOINT_MAX],
		 size_t *len, uint64_t *size)
{
	const struct conf_keys *k = v->keys;
	struct checkpoint c;
	struct note note;
	int err = vault_tlog_seen(v, dst, len);
	if (err && err != ERR_NOT_FOUND)
		return err;
	if (!err && !checkpoint_verify(&c, &note, dst, *len, k->card.id, k->log_key) &&
	    index < c.size && c.size <= v->tlog.size) {
		*size = c.size;
		return 0;
	}
	*size = v->tlog.size;
	return vault_tlog_checkpoint(v, dst, len);
}

int
vault_tlog_prove(struct vault *v, const struct store_entry *e, struct log_proof *p,
		 uint8_t checkpoint[static VAULT_CHECKPOINT_MAX])
{
	bool waits = false;
	*p = (struct log_proof){ .state = LOG_NONE, .batch = v->tlog.batch, .size = v->tlog.size };
	if (!v->tlog.on)
		return 0;
	memcpy(p->stub, e->stub, sizeof(p->stub));
	/* What waits is of today or of yesterday. */
	int err = e->day + 1 >= vault_day(v) ? entry_waits(v, p, &waits) : 0;
	if (!err && waits)
		p->state = LOG_WAITS;
	if (err || waits)
		return err;
	err = entry_find(v, e->day, p);
	if (err == ERR_NOT_FOUND)
		return entry_missing(v, e->day, p);
	if (err)
		return err;
	p->state = LOG_STANDS;
	p->checkpoint = checkpoint;
	err = vault_tlog_shown(v, p->index, checkpoint, &p->checkpoint_len, &p->size);
	return err ? err
		   : merkle_prove_leaf(p->path, &p->cnt, p->index, p->size, vault_tlog_read, v);
}
