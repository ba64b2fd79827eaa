/* Entries of the public log; see leaf.h. */
#include "crypto/leaf.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/label.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* HKDF-Expand of a label and a few bytes; it cannot fail for so little. */
static void
expand(uint8_t *out, size_t len, const struct hkdf_prk *prk, const char *label, const void *more,
       size_t more_len)
{
	uint8_t info[64];
	struct bufw w;
	bufw_init(&w, info, sizeof(info));
	bufw_text(&w, label);
	bufw_bytes(&w, more, more_len);
	if (bufw_end(&w) || hkdf_expand(out, len, prk, HKDF_IN(info, w.len)))
		abort();
}

void
leaf_keys(struct key_sign *log, struct hkdf_prk *root, const struct key_sign *gateway,
	  const uint8_t id[static KEY_ID_LEN])
{
	struct hkdf_prk prk;
	uint8_t seed[KEY_SIGN_SEED_LEN];
	hkdf_extract(&prk, HKDF_IN(id, KEY_ID_LEN), HKDF_IN(gateway->bytes, KEY_SIGN_SEED_LEN));
	expand(seed, sizeof(seed), &prk, LABEL_LOG, NULL, 0);
	expand(root->b, sizeof(root->b), &prk, LABEL_BATCH, NULL, 0);
	key_sign_from_seed(log, seed);
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(&prk, sizeof(prk));
}

static void
expand_number(uint8_t *out, size_t len, const struct hkdf_prk *prk, const char *label, uint64_t n,
	      size_t n_len)
{
	uint8_t le[8];
	struct bufw w;
	bufw_init(&w, le, sizeof(le));
	bufw_u64(&w, n);
	expand(out, len, prk, label, le, n_len);
}

void
leaf_nonce(uint8_t out[static LEAF_NONCE_LEN], const struct hkdf_prk *mark, uint32_t n)
{
	expand_number(out, LEAF_NONCE_LEN, mark, LABEL_MARK, n, 4);
}

void
leaf_mark(uint8_t out[static LEAF_MARK_LEN], const uint8_t id[static KEY_ID_LEN],
	  const uint8_t nonce[static LEAF_NONCE_LEN])
{
	struct sha256_ctx st;
	sha256_init(&st);
	sha256_update(&st, LABEL_LEN(LABEL_MARK), (const uint8_t *)LABEL_MARK);
	sha256_update(&st, KEY_ID_LEN, id);
	sha256_update(&st, LEAF_NONCE_LEN, nonce);
	sha256_digest(&st, LEAF_MARK_LEN, out);
}

void
leaf_mark_office(uint8_t out[static LEAF_MARK_LEN], const struct hkdf_prk *secret,
		 const uint8_t cover[static 32])
{
	expand(out, LEAF_MARK_LEN, secret, LABEL_OFFICE, cover, 32);
}

void
leaf_mark_bundle(uint8_t out[static LEAF_MARK_LEN], const uint8_t hash[static 32])
{
	static const uint8_t nobody[LEAF_NONCE_LEN];
	leaf_mark(out, hash, nobody); /* the first half of the hash stands for an id */
}

static void
mask(uint8_t *bytes, size_t len, const struct hkdf_prk *secret, const char *label, const void *with,
     size_t with_len)
{
	uint8_t by[sizeof(struct leaf_wait)];
	expand(by, len, secret, label, with, with_len);
	for (size_t i = 0; i < len; i++)
		bytes[i] ^= by[i];
}

void
leaf_ref_mask(uint8_t ref[static LEAF_REF_LEN], const struct hkdf_prk *secret,
	      const uint8_t cover[static 32])
{
	mask(ref, LEAF_REF_LEN, secret, LABEL_REF, cover, 32);
}

_Static_assert(sizeof(struct leaf_wait) == LEAF_WAIT_LEN - LEAF_WAIT_NONCE, "nothing between");

/* It follows from what is in the row, so it needs no chance, and the row is checked by it. */
static void
wait_nonce(uint8_t out[static LEAF_WAIT_NONCE], const struct leaf_wait *leaf,
	   const struct hkdf_prk *secret)
{
	uint8_t hash[32];
	key_sha256(hash, leaf, sizeof(*leaf));
	expand(out, LEAF_WAIT_NONCE, secret, LABEL_WAIT, hash, sizeof(hash));
}

void
leaf_wait_seal(uint8_t out[static LEAF_WAIT_LEN], const struct leaf_wait *leaf,
	       const struct hkdf_prk *secret)
{
	wait_nonce(out, leaf, secret);
	memcpy(out + LEAF_WAIT_NONCE, leaf, sizeof(*leaf));
	mask(out + LEAF_WAIT_NONCE, sizeof(*leaf), secret, LABEL_WAIT, out, LEAF_WAIT_NONCE);
}

int
leaf_wait_open(struct leaf_wait *out, const uint8_t row[static LEAF_WAIT_LEN],
	       const struct hkdf_prk *secret)
{
	uint8_t nonce[LEAF_WAIT_NONCE];
	memcpy(out, row + LEAF_WAIT_NONCE, sizeof(*out));
	mask((uint8_t *)out, sizeof(*out), secret, LABEL_WAIT, row, LEAF_WAIT_NONCE);
	wait_nonce(nonce, out, secret);
	return sodium_memcmp(nonce, row, sizeof(nonce)) ? ERR_AUTH : 0;
}

void
leaf_secret(struct hkdf_prk *out, const struct hkdf_prk *root, uint64_t batch)
{
	expand_number(out->b, sizeof(out->b), root, LABEL_BATCH, batch, 8);
}

void
leaf_blind(uint8_t out[static LEAF_BLIND_LEN], const struct hkdf_prk *secret, const void *record,
	   size_t len)
{
	uint8_t hash[32];
	key_sha256(hash, record, len);
	expand(out, LEAF_BLIND_LEN, secret, LABEL_LEAF, hash, sizeof(hash));
}

void
leaf_cover(uint8_t out[static 32], const uint8_t blind[static LEAF_BLIND_LEN], const void *record,
	   size_t len)
{
	struct sha256_ctx st;
	sha256_init(&st);
	sha256_update(&st, LABEL_LEN(LABEL_LEAF), (const uint8_t *)LABEL_LEAF);
	sha256_update(&st, LEAF_BLIND_LEN, blind);
	sha256_update(&st, len, record);
	sha256_digest(&st, 32, out);
}

void
leaf_make(uint8_t out[static LEAF_LEN], const uint8_t mark[static LEAF_MARK_LEN],
	  const struct hkdf_prk *secret, const void *record, size_t len)
{
	uint8_t blind[LEAF_BLIND_LEN];
	leaf_blind(blind, secret, record, len);
	memcpy(out, mark, LEAF_MARK_LEN);
	leaf_cover(out + LEAF_MARK_LEN, blind, record, len);
}

void
leaf_filler(uint8_t out[static LEAF_LEN], const struct hkdf_prk *secret, uint32_t i)
{
	expand_number(out, LEAF_LEN, secret, LABEL_FILLER, i, 4);
}

void
leaf_bundle(uint8_t out[static LEAF_BUNDLE_LEN], const uint8_t (*leaf)[LEAF_LEN])
{
	for (size_t i = 0; i < LEAF_BUNDLE_CNT; i++) {
		*out++ = 0;
		*out++ = LEAF_LEN;
		memcpy(out, leaf[i], LEAF_LEN);
		out += LEAF_LEN;
	}
}

bool
leaf_bundle_whole(const uint8_t *bundle, size_t len)
{
	bool whole = len == LEAF_BUNDLE_LEN;
	for (size_t i = 0; whole && i < LEAF_BUNDLE_CNT; i++) {
		const uint8_t *leaf = leaf_in(bundle, i);
		whole = leaf[-2] == 0 && leaf[-1] == LEAF_LEN;
	}
	return whole;
}

size_t
leaf_batch_size(size_t cnt)
{
	size_t size = LEAF_BUNDLE_CNT;
	while (size < cnt && size < LEAF_BATCH_MAX)
		size *= 2;
	return cnt <= size ? size : 0;
}

static int
by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, LEAF_LEN);
}

void
leaf_batch(uint8_t (*all)[LEAF_LEN], size_t cnt, size_t size, const struct hkdf_prk *secret)
{
	for (size_t i = cnt; i < size; i++)
		leaf_filler(all[i], secret, (uint32_t)(i - cnt));
	qsort(all, size, LEAF_LEN, by_bytes);
}
