/*
 * The public log (FORMATS.md section 19): what was accepted goes into the batch that is open; every
 * four hours the batch is filled, sorted, and put behind the others as tiles, under a new
 * checkpoint. All of that is one transaction, so a crash leaves the old log or the new one.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "crypto/leaf.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOT_MINUTES (4 * 60)
#define BATCH_FULL   65536             /* entries: it is closed before its hours are over */
#define CHECKPOINT   "checkpoint"      /* the newest */
#define SEEN         "checkpoint-seen" /* the last one that had a quorum of cosignatures */
#define SLOT         "log-slot"
#define BUNDLE       "log-bundle"
#define LOGGED       "log-bundle-at" /* a struct vault_logged */
#define REFS         "log-refs"
#define REFS_DAYS    62 /* so long the vault knows what the entries of a batch stand for */
#define RECORD_LEN   (1 + FRAME_STUB_LEN) /* the longest of those that are no source's */

/* A value of exactly this size, or zeros where there is none. */
static int
meta_or_zero(struct store *s, const char *name, void *dst, size_t len)
{
	size_t got = len;
	int err = store_meta_get(s, name, dst, len, &got);
	if (err == ERR_NOT_FOUND) {
		memset(dst, 0, len);
		err = 0;
	}
	return err ? err : got == len ? 0 : ERR_IO;
}

int
vault_tlog_recall(struct vault *v)
{
	struct vault_tlog *t = &v->tlog;
	struct store_batch last;
	int err = store_batch_get(v->store, &last, STORE_BATCH_NEW);
	if (err && err != ERR_NOT_FOUND)
		return err;
	t->batch = err ? 0 : last.n + 1;
	t->size = err ? 0 : last.first + last.cnt;
	leaf_secret(&t->secret, &v->keys->batches, t->batch);
	err = meta_or_zero(v->store, SLOT, &t->slot, sizeof(t->slot));
	if (!err)
		err = meta_or_zero(v->store, BUNDLE, t->bundle, sizeof(t->bundle));
	if (!err)
		err = meta_or_zero(v->store, LOGGED, &t->logged, sizeof(t->logged));
	return err ? err : store_leaf_count(v->store, &t->waiting);
}

void
vault_tlog_roster(struct vault *v)
{
	v->tlog.on = v->roster && !memcmp(v->roster->log, v->keys->log_key, sizeof(v->roster->log));
}

/* id, number: what it stands for. */
static int
leaf_put(struct vault *v, struct leaf_wait *leaf, const uint8_t id[static KEY_ID_LEN],
	 uint32_t number)
{
	uint8_t row[STORE_LEAF_LEN];
	struct bufw w;
	bufw_init(&w, leaf->ref, sizeof(leaf->ref));
	bufw_bytes(&w, id, KEY_ID_LEN);
	bufw_u32(&w, number);
	leaf_ref_mask(leaf->ref, &v->tlog.secret, leaf->entry + LEAF_MARK_LEN);
	leaf_wait_seal(row, leaf, &v->tlog.secret);
	v->tlog.waiting++;
	return store_leaf_add(v->store, row);
}

/* A source's: her mark, over her stub. */
static int
source_add(struct vault_call *c, const struct store_log *log, const struct store_entry *e)
{
	uint8_t mark[LEAF_MARK_LEN], end[LEAF_NONCE_LEN];
	struct leaf_wait leaf;
	/* Without an end of the nonce the mark would follow from the id, which the store has. */
	memcpy(end, c->req.nonce + FRAME_NONCE_LEN - LEAF_NONCE_LEN, sizeof(end));
	if (buf_is_zero(end, sizeof(end)))
		randombytes_buf(end, sizeof(end));
	leaf_mark(mark, log->id, end);
	leaf_make(leaf.entry, mark, &c->v->tlog.secret, e->stub, sizeof(e->stub));
	return leaf_put(c->v, &leaf, log->id, e->source);
}

/* What is none of a source's. */
static int
office_add(struct vault *v, const struct bufw *record, const uint8_t id[static KEY_ID_LEN],
	   uint32_t number)
{
	uint8_t blind[LEAF_BLIND_LEN];
	struct leaf_wait leaf;
	uint8_t *cover = leaf.entry + LEAF_MARK_LEN;
	leaf_blind(blind, &v->tlog.secret, record->base, record->len);
	leaf_cover(cover, blind, record->base, record->len);
	leaf_mark_office(leaf.entry, &v->tlog.secret, cover);
	return leaf_put(v, &leaf, id, number);
}

int
vault_entry_add(struct vault_call *c, const struct store_log *log, struct store_entry *e)
{
	uint8_t record[RECORD_LEN];
	struct bufw w;
	int err = store_entry_add(c->v->store, log->n, e, c->req.body);
	if (err || !c->v->tlog.on)
		return err;
	if (e->thread == FRAME_SOURCE && e->source != STORE_NO_NUMBER)
		return source_add(c, log, e);
	bufw_init(&w, record, sizeof(record));
	bufw_u8(&w, log->kind);
	bufw_bytes(&w, log->id, KEY_ID_LEN);
	bufw_u8(&w, e->thread);
	bufw_bytes(&w, e->hash, sizeof(e->hash));
	return office_add(c->v, &w, log->id, LEAF_REF_NONE);
}

int
vault_tlog_say(struct vault *v, enum vault_said what, const uint8_t id[static KEY_ID_LEN],
	       const void *said, size_t len)
{
	uint8_t record[RECORD_LEN];
	struct bufw w;
	if (!v->tlog.on)
		return 0;
	bufw_init(&w, record, sizeof(record));
	bufw_u8(&w, (uint8_t)what);
	if (what != VAULT_SAID_LEAVE)
		bufw_bytes(&w, id, KEY_ID_LEN);
	bufw_bytes(&w, said, len);
	return office_add(v, &w, id,
			  what == VAULT_SAID_LEFT   ? LEAF_REF_LEFT
			  : what == VAULT_SAID_JUNK ? LEAF_REF_JUNK
						    : LEAF_REF_NONE);
}

int
vault_tlog_removed(struct vault *v, enum vault_said what, const uint8_t (*id)[KEY_ID_LEN],
		   size_t cnt)
{
	int err = 0;
	for (size_t i = 0; !err && i < cnt; i++)
		err = vault_tlog_say(v, what, id[i], NULL, 0);
	return err;
}

/* What may stand in the log in clear: that this bundle was served. */
static int
bundle_log(struct vault *v)
{
	struct leaf_wait leaf;
	if (!v->bundle || !memcmp(v->tlog.bundle, v->bundle_hash, sizeof(v->bundle_hash)))
		return 0;
	leaf_mark_bundle(leaf.entry, v->bundle_hash);
	memcpy(leaf.entry + LEAF_MARK_LEN, v->bundle_hash, sizeof(v->bundle_hash));
	int err = leaf_put(v, &leaf, v->bundle_hash, LEAF_REF_NONE);
	if (!err)
		err = store_meta_set(v->store, BUNDLE, v->bundle_hash, sizeof(v->bundle_hash));
	if (!err)
		memcpy(v->tlog.bundle, v->bundle_hash, sizeof(v->bundle_hash));
	v->tlog.changed = true;
	return err;
}

static int
by_entry(const void *a, const void *b)
{
	return memcmp(a, b, LEAF_LEN);
}

/* Keeps where the bundle stands, if it is in the batch that is closed now. */
static int
bundle_place(struct vault *v, const uint8_t (*all)[LEAF_LEN], size_t size)
{
	struct vault_tlog *t = &v->tlog;
	uint8_t entry[LEAF_LEN];
	leaf_mark_bundle(entry, t->bundle);
	memcpy(entry + LEAF_MARK_LEN, t->bundle, sizeof(t->bundle));
	const uint8_t(*found)[LEAF_LEN] = bsearch(entry, all, size, LEAF_LEN, by_entry);
	if (!found)
		return 0;
	t->logged = (struct vault_logged){ .index = t->size + (uint64_t)(found - all),
					   .version = v->roster->version };
	memcpy(t->logged.hash, t->bundle, sizeof(t->logged.hash));
	return store_meta_set(v->store, LOGGED, &t->logged, sizeof(t->logged));
}

/* merkle_read: a hash of the tree from its tiles. */
int
vault_tlog_read(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN])
{
	struct vault *v = ctx;
	uint8_t bytes[STORE_TILE_MAX];
	struct tile t;
	unsigned at, cnt;
	size_t len;
	int err = tile_find(&t, &at, &cnt, level, n, v->tlog.size);
	if (!err)
		err = store_tile_get(v->store, t.level, t.n, bytes, &len);
	if (!err && (at + cnt) * MERKLE_LEN > len)
		err = ERR_IO;
	if (!err)
		merkle_fold(out, bytes + at * MERKLE_LEN, cnt);
	return err == ERR_NOT_FOUND ? ERR_IO : err;
}

/* Puts the root of a full tile into the tile above it, and so on. */
static int
climb(struct vault *v, uint64_t n, uint8_t hash[static MERKLE_LEN])
{
	uint8_t bytes[STORE_TILE_MAX];
	for (int level = 1; level < TILE_LEVEL_MAX; level++, n /= TILE_WIDTH) {
		size_t at = n % TILE_WIDTH * MERKLE_LEN, len = 0;
		int err = at ? store_tile_get(v->store, level, n / TILE_WIDTH, bytes, &len) : 0;
		if (err || len != at)
			return err ? err : ERR_IO;
		memcpy(bytes + at, hash, MERKLE_LEN);
		len = at + MERKLE_LEN;
		err = store_tile_put(v->store, level, n / TILE_WIDTH, bytes, len);
		if (err || len < TILE_WIDTH * MERKLE_LEN)
			return err;
		merkle_fold(hash, bytes, TILE_WIDTH);
	}
	return ERR_FULL; /* MERKLE_SIZE_MAX: in a thousand years at a million entries a day */
}

static int
tile_add(struct vault *v, uint64_t n, const uint8_t (*leaf)[LEAF_LEN])
{
	uint8_t bundle[STORE_TILE_MAX], hashes[TILE_WIDTH * MERKLE_LEN], root[MERKLE_LEN];
	leaf_bundle(bundle, leaf);
	for (size_t i = 0; i < TILE_WIDTH; i++)
		merkle_leaf(hashes + i * MERKLE_LEN, leaf[i], LEAF_LEN);
	int err = store_tile_put(v->store, TILE_ENTRIES, n, bundle, sizeof(bundle));
	if (!err)
		err = store_tile_put(v->store, 0, n, hashes, sizeof(hashes));
	if (err)
		return err;
	merkle_fold(root, hashes, TILE_WIDTH);
	return climb(v, n, root);
}

static int
checkpoint_sign(struct vault *v)
{
	struct checkpoint c = { .size = v->tlog.size };
	uint8_t text[NOTE_SEEN_MAX], note[VAULT_CHECKPOINT_MAX];
	struct bufw w, n;
	checkpoint_origin(c.origin, v->keys->card.id);
	int err = merkle_root(c.root, c.size, vault_tlog_read, v);
	bufw_init(&w, text, sizeof(text));
	if (!err)
		err = checkpoint_put(&w, &c);
	if (err)
		return err;
	bufw_init(&n, note, sizeof(note));
	bufw_bytes(&n, text, w.len);
	bufw_text(&n, "\n");
	err = note_sign(&n, (const char *)text, w.len, c.origin, &v->keys->log);
	return err ? err : store_meta_set(v->store, CHECKPOINT, note, n.len);
}

/* What the entries of a tile stand for, in their order. `got` is sorted as they are, and *next of
 * it are done. */
static int
refs_put(struct vault *v, uint64_t n, const uint8_t (*entry)[LEAF_LEN], const struct leaf_wait *got,
	 size_t cnt, size_t *next)
{
	uint8_t refs[TILE_WIDTH * LEAF_REF_LEN];
	for (size_t i = 0; i < TILE_WIDTH; i++) {
		uint8_t *ref = refs + i * LEAF_REF_LEN;
		if (*next < cnt && !memcmp(got[*next].entry, entry[i], LEAF_LEN)) {
			memcpy(ref, got[(*next)++].ref, LEAF_REF_LEN);
			continue;
		}
		memset(ref, 0, KEY_ID_LEN);
		memset(ref + KEY_ID_LEN, 0xff, LEAF_REF_LEN - KEY_ID_LEN); /* LEAF_REF_NONE */
		leaf_ref_mask(ref, &v->tlog.secret, entry[i] + LEAF_MARK_LEN);
	}
	return store_tile_put(v->store, STORE_TILE_REFS, n, refs, sizeof(refs));
}

/* got: sorted. */
static int
batch_put(struct vault *v, const struct leaf_wait *got, size_t cnt, uint8_t (*all)[LEAF_LEN],
	  size_t size)
{
	size_t next = 0;
	for (size_t i = 0; i < cnt; i++)
		memcpy(all[i], got[i].entry, LEAF_LEN);
	leaf_batch(all, cnt, size, &v->tlog.secret);
	int err = bundle_place(v, (const uint8_t(*)[LEAF_LEN])all, size);
	for (size_t i = 0; !err && i < size; i += TILE_WIDTH) {
		const uint8_t(*tile)[LEAF_LEN] = (const uint8_t(*)[LEAF_LEN])all + i;
		uint64_t n = (v->tlog.size + i) / TILE_WIDTH;
		err = tile_add(v, n, tile);
		if (!err)
			err = refs_put(v, n, tile, got, cnt, &next);
	}
	return err;
}

/* All that wait, to be freed. */
static int
leaves_read(struct vault *v, struct leaf_wait **out, size_t *cnt)
{
	uint64_t all;
	*out = NULL;
	*cnt = 0;
	int err = store_leaf_count(v->store, &all);
	if (err)
		return err;
	uint8_t(*row)[STORE_LEAF_LEN] = calloc((size_t)all + 1, sizeof(*row));
	*out = calloc((size_t)all + 1, sizeof(**out));
	err = row && *out ? store_leaf_list(v->store, row, (size_t)all, cnt) : ERR_MEM;
	for (size_t i = 0; !err && i < *cnt; i++)
		err = leaf_wait_open(&(*out)[i], row[i], &v->tlog.secret);
	free(row);
	return err == ERR_AUTH ? ERR_IO : err;
}

int
vault_tlog_waits(struct vault *v, const uint8_t cover[static LEAF_COVER_LEN], bool *waits)
{
	struct leaf_wait *got;
	size_t cnt;
	int err = leaves_read(v, &got, &cnt);
	*waits = false;
	for (size_t i = 0; !err && i < cnt; i++)
		*waits |= !memcmp(got[i].entry + LEAF_MARK_LEN, cover, LEAF_COVER_LEN);
	free(got);
	return err;
}

/* Sorts them, and drops what is there twice: two vaults log the same bundle. */
static size_t
leaves_sort(struct leaf_wait *got, size_t cnt)
{
	size_t n = 0;
	qsort(got, cnt, sizeof(*got), by_entry);
	for (size_t i = 0; i < cnt; i++)
		if (!n || by_entry(&got[n - 1], &got[i]) != 0)
			got[n++] = got[i];
	return n;
}

/* size: of the batch. */
static int
batch_tiles(struct vault *v, size_t *size)
{
	struct leaf_wait *got;
	size_t cnt;
	int err = leaves_read(v, &got, &cnt);
	cnt = err ? 0 : leaves_sort(got, cnt);
	*size = leaf_batch_size(cnt);
	if (!err && !*size)
		err = ERR_FULL;
	uint8_t(*all)[LEAF_LEN] = err ? NULL : malloc(*size * LEAF_LEN);
	if (!err)
		err = all ? batch_put(v, got, cnt, all, *size) : ERR_MEM;
	free(got);
	free(all);
	return err;
}

/* What the entries of old batches stand for is forgotten. */
static int
refs_drop(struct vault *v)
{
	uint64_t from, next;
	int err = meta_or_zero(v->store, REFS, &from, sizeof(from));
	for (next = from; !err && next < v->tlog.batch; next++) {
		struct store_batch b;
		err = store_batch_get(v->store, &b, next);
		if (err || b.day + REFS_DAYS >= vault_day(v))
			break;
		for (uint32_t i = 0; !err && i < b.cnt; i += TILE_WIDTH)
			err = store_tile_put(v->store, STORE_TILE_REFS, (b.first + i) / TILE_WIDTH,
					     "", 0);
	}
	return err || next == from ? err : store_meta_set(v->store, REFS, &next, sizeof(next));
}

static int
batch_close(struct vault *v, uint64_t slot)
{
	struct vault_tlog *t = &v->tlog;
	size_t size;
	int err = batch_tiles(v, &size);
	if (!err)
		err = store_leaf_clear(v->store);
	if (!err)
		err = store_batch_put(v->store, &(struct store_batch){ .n = t->batch,
								       .first = t->size,
								       .cnt = (uint32_t)size,
								       .day = vault_day(v) });
	if (!err)
		err = store_meta_set(v->store, SLOT, &slot, sizeof(slot));
	if (err)
		return err;
	t->slot = slot;
	t->size += size;
	t->batch++;
	t->waiting = 0;
	leaf_secret(&t->secret, &v->keys->batches, t->batch);
	v->serve_dirty = t->changed = true;
	err = refs_drop(v);
	return err ? err : checkpoint_sign(v);
}

int
vault_tlog_turn(struct vault *v)
{
	const struct vault_tlog *t = &v->tlog;
	uint64_t slot = v->minute / SLOT_MINUTES;
	if (!t->on)
		return 0;
	int err = bundle_log(v);
	/* A new roster does not wait for the hour: with it the roots may have taken somebody off.
	 */
	bool waits = slot <= t->slot && t->waiting < BATCH_FULL &&
		     (!v->roster || v->roster->version == t->logged.version);
	if (err || waits)
		return err;
	return batch_close(v, slot);
}

int
vault_tlog_checkpoint(struct vault *v, uint8_t dst[static VAULT_CHECKPOINT_MAX], size_t *len)
{
	return store_meta_get(v->store, CHECKPOINT, dst, VAULT_CHECKPOINT_MAX, len);
}

int
vault_tlog_seen(struct vault *v, uint8_t dst[static VAULT_CHECKPOINT_MAX], size_t *len)
{
	return store_meta_get(v->store, SEEN, dst, VAULT_CHECKPOINT_MAX, len);
}

int
vault_tlog_cosigned(struct vault *v, const uint8_t *note, size_t len, bool enough)
{
	int err = store_meta_set(v->store, CHECKPOINT, note, len);
	v->serve_dirty = v->tlog.changed = true;
	return err || !enough ? err : store_meta_set(v->store, SEEN, note, len);
}

int
vault_tlog_grown(struct vault *v, uint64_t old, uint8_t path[static MERKLE_STEP_MAX][MERKLE_LEN],
		 size_t *cnt)
{
	*cnt = 0;
	return old >= v->tlog.size
		       ? 0
		       : merkle_prove_grown(path, cnt, old, v->tlog.size, vault_tlog_read, v);
}

int
vault_tlog_tile(struct vault *v, const struct tile *t, uint8_t dst[static STORE_TILE_MAX],
		size_t *len)
{
	size_t want = t->width * (t->level == TILE_ENTRIES ? 2 + LEAF_LEN : MERKLE_LEN);
	int err = store_tile_get(v->store, t->level, t->n, dst, len);
	if (!err && *len < want)
		err = ERR_NOT_FOUND;
	*len = err ? 0 : want;
	return err;
}
