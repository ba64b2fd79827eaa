/*
 * The Merkle tree of the public log: hashes and proofs of RFC 6962 section 2.1, as C2SP tlog-tiles
 * uses them (FORMATS.md section 19). A proof is a list of hashes in the order of RFC 6962.
 *
 * The hash of a full subtree is named (level, n): the 2^level leaves from n · 2^level on. Who
 * makes a proof reads these hashes through a merkle_read; who checks one needs none.
 */
#ifndef CRYPTO_MERKLE_H
#define CRYPTO_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#define MERKLE_LEN      32
#define MERKLE_SIZE_MAX (UINT64_C(1) << 40) /* leaves */
#define MERKLE_PATH_MAX 40                  /* hashes of an inclusion proof */
#define MERKLE_STEP_MAX 42                  /* hashes of a consistency proof */

void merkle_leaf(uint8_t out[static MERKLE_LEN], const void *leaf, size_t len);
void merkle_node(uint8_t out[static MERKLE_LEN], const uint8_t left[static MERKLE_LEN],
		 const uint8_t right[static MERKLE_LEN]);

/* The root of `cnt` hashes, a power of two, which stand one behind the other; they are overwritten.
 */
void merkle_fold(uint8_t out[static MERKLE_LEN], uint8_t *hash, size_t cnt);

/* Puts the hash of a full subtree into out: 0, or an error that ends the work. */
typedef int merkle_read(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN]);

/* The root of the first `size` leaves. An empty tree has the hash of nothing. */
int merkle_root(uint8_t out[static MERKLE_LEN], uint64_t size, merkle_read *read, void *ctx)
	__attribute__((warn_unused_result));
/* The proof that leaf `index` is in the first `size`. ERR_RANGE unless index < size. */
int merkle_prove_leaf(uint8_t path[static MERKLE_PATH_MAX][MERKLE_LEN], size_t *cnt, uint64_t index,
		      uint64_t size, merkle_read *read, void *ctx)
	__attribute__((warn_unused_result));
/* The proof that the first `old` leaves of `size` are what they were. ERR_RANGE if old > size.
 * Nothing has to be proved where old is 0 or size: no hash then. */
int merkle_prove_grown(uint8_t path[static MERKLE_STEP_MAX][MERKLE_LEN], size_t *cnt, uint64_t old,
		       uint64_t size, merkle_read *read, void *ctx)
	__attribute__((warn_unused_result));

/* A tree that is read from left to right: the roots of its full subtrees. Begin with size 0. */
struct merkle_edge {
	uint64_t size;
	uint8_t hash[MERKLE_PATH_MAX][MERKLE_LEN]; /* of level i, where bit i of the size is set */
};
/* Adds the next full subtree of 2^level leaves; the size is a multiple of that. ERR_RANGE. */
int merkle_edge_add(struct merkle_edge *e, unsigned level, const uint8_t hash[static MERKLE_LEN])
	__attribute__((warn_unused_result));
void merkle_edge_root(uint8_t out[static MERKLE_LEN], const struct merkle_edge *e);

/* 0, or ERR_AUTH if the proof does not show it; any other number of hashes is ERR_AUTH, too. */
int merkle_check_leaf(const uint8_t (*path)[MERKLE_LEN], size_t cnt, uint64_t index, uint64_t size,
		      const uint8_t leaf[static MERKLE_LEN], const uint8_t root[static MERKLE_LEN])
	__attribute__((warn_unused_result));
int merkle_check_grown(const uint8_t (*path)[MERKLE_LEN], size_t cnt, uint64_t old, uint64_t size,
		       const uint8_t old_root[static MERKLE_LEN],
		       const uint8_t root[static MERKLE_LEN]) __attribute__((warn_unused_result));

#endif
