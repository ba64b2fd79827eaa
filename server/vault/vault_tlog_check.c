/* `davyd check` of the public log: batches, tiles and checkpoint fit together (FORMATS.md section
 * 19). */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "crypto/leaf.h"

#include <stdio.h>

/* Whether the hashes of tile n of this level are those of what lies below it. */
static int
tile_check(struct vault *v, int level, uint64_t n)
{
	uint8_t bytes[STORE_TILE_MAX], below[STORE_TILE_MAX], hash[MERKLE_LEN];
	size_t len, below_len;
	int err = store_tile_get(v->store, level, n, bytes, &len);
	uint64_t there = v->tlog.size >> (TILE_HEIGHT * (unsigned)level);
	uint64_t cnt = there - n * TILE_WIDTH < TILE_WIDTH ? there - n * TILE_WIDTH : TILE_WIDTH;
	if (err || len != cnt * MERKLE_LEN)
		return err ? err : ERR_IO;
	if (level == 0) {
		err = store_tile_get(v->store, TILE_ENTRIES, n, below, &below_len);
		if (err || below_len != STORE_TILE_MAX)
			return err ? err : ERR_IO;
	}
	for (uint64_t i = 0; i < cnt; i++) {
		if (level == 0) {
			merkle_leaf(hash, leaf_in(below, i), LEAF_LEN);
		} else {
			err = store_tile_get(v->store, level - 1, n * TILE_WIDTH + i, below,
					     &below_len);
			if (err || below_len != TILE_WIDTH * MERKLE_LEN)
				return err ? err : ERR_IO;
			merkle_fold(hash, below, TILE_WIDTH);
		}
		if (memcmp(hash, bytes + i * MERKLE_LEN, MERKLE_LEN) != 0)
			return ERR_IO;
	}
	return 0;
}

static int
tiles_check(struct vault *v)
{
	for (int level = 0; level < TILE_LEVEL_MAX; level++) {
		uint64_t there = v->tlog.size >> (TILE_HEIGHT * (unsigned)level);
		for (uint64_t n = 0; n * TILE_WIDTH < there; n++) {
			int err = tile_check(v, level, n);
			if (err)
				return err;
		}
	}
	return 0;
}

/* Whether each batch begins where the one before it ended. */
static int
batches_check(struct vault *v)
{
	uint64_t size = 0;
	for (uint64_t n = 0; n < v->tlog.batch; n++) {
		struct store_batch b;
		int err = store_batch_get(v->store, &b, n);
		if (err || b.first != size || !b.cnt || b.cnt % TILE_WIDTH)
			return err && err != ERR_NOT_FOUND ? err : ERR_IO;
		size += b.cnt;
	}
	return size == v->tlog.size ? 0 : ERR_IO;
}

static int
checkpoint_check(struct vault *v)
{
	uint8_t bytes[VAULT_CHECKPOINT_MAX], root[MERKLE_LEN];
	struct checkpoint c;
	struct note note;
	size_t len;
	int err = vault_tlog_checkpoint(v, bytes, &len);
	if (err == ERR_NOT_FOUND && !v->tlog.batch)
		return 0; /* no log was ever kept */
	if (!err)
		err = note_parse(&note, bytes, len);
	if (!err)
		err = checkpoint_get(&c, note.text, note.text_len);
	if (!err)
		err = merkle_root(root, v->tlog.size, vault_tlog_read, v);
	return err || c.size != v->tlog.size || memcmp(root, c.root, sizeof(root)) ? ERR_IO : 0;
}

int
vault_tlog_check(struct vault *v, char why[static STORE_WHY_LEN])
{
	int err = vault_tlog_recall(v);
	if (!err)
		err = batches_check(v);
	if (!err)
		err = tiles_check(v);
	if (!err)
		err = checkpoint_check(v);
	if (err)
		snprintf(
			why, STORE_WHY_LEN,
			"the public log does not fit its checkpoint: keep a copy of the folder, and restore the "
			"last backup");
	return err ? ERR_IO : 0;
}
