/*
 * The sealing half of FORMATS.md section 8: four stanzas with derived coins. Opening is
 * in open.h.
 *
 * Order of use, because the plaintext names the recipients in stanza order:
 *     seal_begin(&s, …);
 *     entry.recipient = s.hash;
 *     entry_build(plain, &entry, key);
 *     seal_finish(&s, plain, sealed);
 *     seal_wipe(&s);
 * seal_entry() does all of it.
 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "crypto/age_header.h"
#include "crypto/entry.h"
#include "crypto/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_LEN        16128
#define SEAL_PROOF_LEN  32 /* t and T */
#define SEAL_CNT        4
#define SEAL_HEADER_LEN 6298 /* with MAC line, without the payload nonce */

/* The source of random numbers. NULL in its place means randombytes_buf. */
struct seal_rng {
	void (*fill)(struct seal_rng *rng, void *dst, size_t len);
};
/* Deterministic draws of a test build: HKDF-SHA256(seed, "test" ‖ u32 counter, 32), blocks
 * used in order. */
struct seal_test_rng {
	struct seal_rng rng;
	uint8_t seed[32];
	uint8_t block[32];
	uint32_t counter;
	size_t used;
};
void seal_test_rng_init(struct seal_test_rng *rng, const uint8_t seed[static 32]);
void seal_fill(struct seal_rng *rng, void *dst, size_t len);

/* The four recipients before shuffling; NULL = a dummy. Each pk has KEY_SEAL_PUBLIC_LEN bytes,
 * borrowed during the call. */
struct seal_set {
	const uint8_t *pk[SEAL_CNT];
};

struct seal {
	struct seal_rng *rng; /* borrowed */
	struct age_file_key file_key;
	uint8_t id[KEY_ID_LEN];
	uint8_t place[SEAL_CNT]; /* place[i] = which of the set is in stanza i */
	struct xwing_public pk[SEAL_CNT];
	uint8_t hash[SEAL_CNT][32]; /* for entry.recipient */
};

/* Draws the file key and the order, and makes the dummies. ERR_KEY if a public key is invalid,
 * ERR_ARG if all are dummies, ERR_DUP if one appears twice. */
int seal_begin(struct seal *s, const struct seal_set *set, const uint8_t id[static KEY_ID_LEN],
	       struct seal_rng *rng) __attribute__((warn_unused_result));
/* Draws the payload nonce and writes the age file. */
int seal_finish(struct seal *s, const uint8_t plain[static ENTRY_LEN],
		uint8_t sealed[static SEAL_LEN]) __attribute__((warn_unused_result));
void seal_wipe(struct seal *s);

/*
 * Computes t, the proof that somebody has opened the tip of that case, and T = SHA-256(t). pk is
 * the source's X-Wing public key: it stands only inside the sealed tip and follows from her digits.
 * Either may be NULL.
 */
int seal_opened(uint8_t *t, uint8_t *T, const uint8_t pk[static XWING_PUBLIC_LEN],
		const uint8_t id[static KEY_ID_LEN]) __attribute__((warn_unused_result));
/* Does all of it in one call: fills entry->recipient, signs, seals. */
struct seal_entry {
	const struct seal_set *set;
	const struct key_sign *key;
	struct seal_rng *rng;
	struct age_file_key *file_key; /* gets it, for an author who is no recipient; or NULL */
};
int seal_entry(uint8_t sealed[static SEAL_LEN], struct entry *entry, const struct seal_entry *how)
	__attribute__((warn_unused_result));

/* Shared by sealing, audit and attachments. Writes stanza i for pk, with the coins of file
 * key, place, pk and id; hash = SHA-256(pk). ERR_KEY if the public key is invalid. */
struct seal_stanza {
	const struct age_file_key *file_key;
	const uint8_t *id;
	const struct xwing_public *pk;
	const uint8_t *hash;
	uint8_t place;
};
int seal_stanza(uint8_t out[static AGE_STANZA_PQ_LEN], const struct seal_stanza *in)
	__attribute__((warn_unused_result));
/* The coins of that stanza. Wipe. */
int seal_coins(uint8_t coins[static XWING_COINS_LEN], const struct seal_stanza *in)
	__attribute__((warn_unused_result));
/* Writes the four stanzas of s, in the form that age_stream_seal and age_header_write take. */
int seal_stanzas(uint8_t out[static SEAL_CNT * AGE_STANZA_PQ_LEN], const struct seal *s)
	__attribute__((warn_unused_result));
/* Computes the public key of the dummy at that place. */
int seal_dummy(struct xwing_public *pk, const struct age_file_key *file_key, uint8_t place)
	__attribute__((warn_unused_result));

#endif
