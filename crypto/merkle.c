/* Merkle trees of RFC 6962: roots, proofs, and their checks; see merkle.h. */
#include "crypto/merkle.h"

#include "crypto/err.h"

#include <nettle/sha2.h>
#include <stdbool.h>
#include <string.h>

void
merkle_leaf(uint8_t out[static MERKLE_LEN], const void *leaf, size_t len)
{
	static const uint8_t kind = 0;
	struct sha256_ctx st;
	sha256_init(&st);
	sha256_update(&st, 1, &kind);
	sha256_update(&st, len, leaf);
	sha256_digest(&st, MERKLE_LEN, out);
}

void
merkle_node(uint8_t out[static MERKLE_LEN], const uint8_t left[static MERKLE_LEN],
	    const uint8_t right[static MERKLE_LEN])
{
	static const uint8_t kind = 1;
	struct sha256_ctx st;
	sha256_init(&st);
	sha256_update(&st, 1, &kind);
	sha256_update(&st, MERKLE_LEN, left);
	sha256_update(&st, MERKLE_LEN, right);
	sha256_digest(&st, MERKLE_LEN, out);
}

void
merkle_fold(uint8_t out[static MERKLE_LEN], uint8_t *hash, size_t cnt)
{
	for (; cnt > 1; cnt /= 2)
		for (size_t i = 0; i < cnt / 2; i++)
			merkle_node(hash + i * MERKLE_LEN, hash + 2 * i * MERKLE_LEN,
				    hash + (2 * i + 1) * MERKLE_LEN);
	memcpy(out, hash, MERKLE_LEN);
}

/* The level of the largest full subtree below n > 1 leaves that is not all of them. */
static unsigned
split_level(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n - 1);
}

/* The root of the leaves from begin to end, not empty. begin is a multiple of the smallest power
 * of two that is not below end - begin, which is so for every part that a split makes. */
static int
range_root(uint8_t out[static MERKLE_LEN], uint64_t begin, uint64_t end, merkle_read *read,
	   void *ctx)
{
	uint8_t part[MERKLE_PATH_MAX][MERKLE_LEN]; /* roots of full subtrees, left to right */
	size_t cnt = 0;
	do {
		unsigned level = 63 - (unsigned)__builtin_clzll(end - begin);
		int err = read(ctx, level, begin >> level, part[cnt]);
		if (err)
			return err;
		begin += UINT64_C(1) << level;
		cnt++;
	} while (begin < end);
	memcpy(out, part[--cnt], MERKLE_LEN);
	while (cnt-- > 0)
		merkle_node(out, part[cnt], out);
	return 0;
}

int
merkle_root(uint8_t out[static MERKLE_LEN], uint64_t size, merkle_read *read, void *ctx)
{
	struct sha256_ctx st;
	if (size >= MERKLE_SIZE_MAX)
		return ERR_RANGE;
	if (size > 0)
		return range_root(out, 0, size, read, ctx);
	sha256_init(&st);
	sha256_digest(&st, MERKLE_LEN, out);
	return 0;
}

int
merkle_edge_add(struct merkle_edge *e, unsigned level, const uint8_t hash[static MERKLE_LEN])
{
	uint8_t h[MERKLE_LEN];
	if (level >= MERKLE_PATH_MAX || e->size & ((UINT64_C(1) << level) - 1) ||
	    e->size + (UINT64_C(1) << level) >= MERKLE_SIZE_MAX)
		return ERR_RANGE;
	memcpy(h, hash, MERKLE_LEN);
	unsigned at = level;
	for (; e->size >> at & 1; at++)
		merkle_node(h, e->hash[at], h);
	memcpy(e->hash[at], h, MERKLE_LEN);
	e->size += UINT64_C(1) << level;
	return 0;
}

void
merkle_edge_root(uint8_t out[static MERKLE_LEN], const struct merkle_edge *e)
{
	struct sha256_ctx st;
	bool any = false;
	for (unsigned at = 0; at < MERKLE_PATH_MAX; at++) {
		if (!(e->size >> at & 1))
			continue;
		if (any)
			merkle_node(out, e->hash[at], out);
		else
			memcpy(out, e->hash[at], MERKLE_LEN);
		any = true;
	}
	if (any)
		return;
	sha256_init(&st);
	sha256_digest(&st, MERKLE_LEN, out);
}

static void
turn(uint8_t (*path)[MERKLE_LEN], size_t cnt)
{
	uint8_t t[MERKLE_LEN];
	for (size_t i = 0; i < cnt / 2; i++) {
		memcpy(t, path[i], MERKLE_LEN);
		memcpy(path[i], path[cnt - 1 - i], MERKLE_LEN);
		memcpy(path[cnt - 1 - i], t, MERKLE_LEN);
	}
}

/* A walk from the root down: at each split one half is proved by its root, the other is entered. */
int
merkle_prove_leaf(uint8_t path[static MERKLE_PATH_MAX][MERKLE_LEN], size_t *cnt, uint64_t index,
		  uint64_t size, merkle_read *read, void *ctx)
{
	uint64_t begin = 0, end = size;
	*cnt = 0;
	if (index >= size || size >= MERKLE_SIZE_MAX)
		return ERR_RANGE;
	while (end - begin > 1) {
		uint64_t mid = begin + (UINT64_C(1) << split_level(end - begin));
		int left = index < mid;
		int err = left ? range_root(path[*cnt], mid, end, read, ctx)
			       : range_root(path[*cnt], begin, mid, read, ctx);
		if (err)
			return err;
		++*cnt;
		if (left)
			end = mid;
		else
			begin = mid;
	}
	turn(path, *cnt);
	return 0;
}

int
merkle_prove_grown(uint8_t path[static MERKLE_STEP_MAX][MERKLE_LEN], size_t *cnt, uint64_t old,
		   uint64_t size, merkle_read *read, void *ctx)
{
	uint64_t begin = 0, end = size;
	int err = 0;
	*cnt = 0;
	if (old > size || size >= MERKLE_SIZE_MAX)
		return ERR_RANGE;
	if (old == 0 || old == size)
		return 0;
	while (!err && end != old) {
		uint64_t mid = begin + (UINT64_C(1) << split_level(end - begin));
		int left = old <= mid;
		err = left ? range_root(path[*cnt], mid, end, read, ctx)
			   : range_root(path[*cnt], begin, mid, read, ctx);
		++*cnt;
		if (left)
			end = mid;
		else
			begin = mid;
	}
	/* The old tree itself is known to whoever checks, where it is a full subtree from the left.
	 */
	if (!err && begin > 0)
		err = range_root(path[(*cnt)++], begin, end, read, ctx);
	turn(path, *cnt);
	return err;
}

/* The walk up of RFC 9162, sections 2.1.3.2 and 2.1.4.2, from place fn of a tree whose last place
 * is sn: `all` becomes the root of all, and `old`, unless NULL, that of what lies to the left of it
 * and begins with it. ERR_AUTH unless the proof ends at the root. */
static int
walk_up(uint8_t all[static MERKLE_LEN], uint8_t *old, const uint8_t (*path)[MERKLE_LEN], size_t cnt,
	uint64_t fn, uint64_t sn)
{
	for (size_t i = 0; i < cnt; i++) {
		if (sn == 0)
			return ERR_AUTH;
		if ((fn & 1) || fn == sn) {
			merkle_node(all, path[i], all);
			if (old)
				merkle_node(old, path[i], old);
			while (fn != 0 && !(fn & 1)) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(all, all, path[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 ? 0 : ERR_AUTH;
}

int
merkle_check_leaf(const uint8_t (*path)[MERKLE_LEN], size_t cnt, uint64_t index, uint64_t size,
		  const uint8_t leaf[static MERKLE_LEN], const uint8_t root[static MERKLE_LEN])
{
	uint8_t r[MERKLE_LEN];
	if (index >= size)
		return ERR_AUTH;
	memcpy(r, leaf, MERKLE_LEN);
	int err = walk_up(r, NULL, path, cnt, index, size - 1);
	return err || memcmp(r, root, MERKLE_LEN) != 0 ? ERR_AUTH : 0;
}

int
merkle_check_grown(const uint8_t (*path)[MERKLE_LEN], size_t cnt, uint64_t old, uint64_t size,
		   const uint8_t old_root[static MERKLE_LEN], const uint8_t root[static MERKLE_LEN])
{
	uint8_t was[MERKLE_LEN], all[MERKLE_LEN];
	uint64_t fn = old - 1, sn = size - 1;
	if (old > size)
		return ERR_AUTH;
	if (old == size)
		return cnt == 0 && memcmp(old_root, root, MERKLE_LEN) == 0 ? 0 : ERR_AUTH;
	if (old == 0) /* an empty tree begins every tree */
		return cnt == 0 ? 0 : ERR_AUTH;
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	/* fn is 0 here where the old tree is a full subtree; its root then begins the proof. */
	size_t from = fn > 0;
	if (from > cnt)
		return ERR_AUTH;
	memcpy(was, from ? path[0] : old_root, MERKLE_LEN);
	memcpy(all, was, MERKLE_LEN);
	int err = walk_up(all, was, path + from, cnt - from, fn, sn);
	return err || memcmp(was, old_root, MERKLE_LEN) != 0 || memcmp(all, root, MERKLE_LEN) != 0
		       ? ERR_AUTH
		       : 0;
}
