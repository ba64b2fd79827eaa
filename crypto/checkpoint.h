/*
 * The public log in text (FORMATS.md section 19): checkpoints of C2SP tlog-checkpoint, and the
 * names of tiles of C2SP tlog-tiles. The signed note around a checkpoint is in note.h.
 */
#ifndef CRYPTO_CHECKPOINT_H
#define CRYPTO_CHECKPOINT_H

#include "crypto/buf.h"
#include "crypto/key.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

#include <stddef.h>
#include <stdint.h>

#define TILE_HEIGHT    8   /* levels of the tree in one level of tiles */
#define TILE_WIDTH     256 /* hashes, or entries (leaf.h), of a full tile */
#define TILE_LEVEL_MAX 5   /* levels of tiles below MERKLE_SIZE_MAX */
#define TILE_PATH_LEN  48  /* with its zero */

struct checkpoint {
	char origin[NOTE_NAME_MAX];
	uint64_t size; /* leaves, below MERKLE_SIZE_MAX */
	uint8_t root[MERKLE_LEN];
};

/* `log.` and the id of the gateway in hex: the origin, and the name of the log's signatures. */
void checkpoint_origin(char out[static NOTE_NAME_MAX], const uint8_t gateway[static KEY_ID_LEN]);
/* Writes the three lines. ERR_FULL if they do not fit. */
int checkpoint_put(struct bufw *w, const struct checkpoint *c) __attribute__((warn_unused_result));
/* Reads exactly the three lines: ERR_FORMAT, also for extension lines, which no log of ours has;
 * ERR_RANGE if the size is too large. */
int checkpoint_get(struct checkpoint *out, const char *text, size_t len)
	__attribute__((warn_unused_result));

/* Reads a signed note around exactly such lines: of the log of this gateway, signed by its key.
 * *note borrows the bytes. ERR_AUTH, or the failure of reading. */
int checkpoint_verify(struct checkpoint *out, struct note *note, const void *bytes, size_t len,
		      const uint8_t gateway[static KEY_ID_LEN],
		      const uint8_t log[static KEY_SIGN_PUBLIC_LEN])
	__attribute__((warn_unused_result));

/* Twenty letters of base32 for a notice board: the first 100 bits of SHA-256("davylamp/v1 root" ‖
 * u64 size ‖ root). */
#define CHECKPOINT_LETTERS 20
void checkpoint_letters(char out[static CHECKPOINT_LETTERS + 1], const struct checkpoint *c);

/* A tile of hashes (level 0 … TILE_LEVEL_MAX - 1), or TILE_ENTRIES: a bundle of entries. */
struct tile {
	int level;
	uint64_t n;
	unsigned width; /* 1 … TILE_WIDTH */
};
#define TILE_ENTRIES (-1)

/* `tile/0/x001/234`, `tile/1/000.p/7`, `tile/entries/000`. */
void tile_path(char out[static TILE_PATH_LEN], const struct tile *t);
/* ERR_FORMAT unless the path is the one spelling of a tile. */
int tile_parse(struct tile *out, const char *path) __attribute__((warn_unused_result));
/* The tile of level 0 … that holds the hash (level, n) of a tree of this size, and where in it:
 * the hash is that of `cnt` hashes of the tile from `at` on. ERR_RANGE if the tree has none. */
int tile_find(struct tile *out, unsigned *at, unsigned *cnt, unsigned level, uint64_t n,
	      uint64_t size) __attribute__((warn_unused_result));

#endif
