/*
 * The sealing half of FORMATS.md section 8: four stanzas with derived coins. Opening is in open.h.
 *
 * Order of use, because the plaintext names the recipients in stanza order:
 *     seal_begin(&s, …);  entry.recipient = s.hash;  entry_build(plain, &entry, key);  seal_finish(&s, plain, sealed);  seal_wipe(&s);
 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "crypto/entry.h"
#include "crypto/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_LEN          16128
#define SEAL_CNT          4
#define SEAL_HEADER_LEN   6298 /* with MAC line, without the payload nonce */
#define SEAL_NONCE_LEN    16
#define SEAL_FILE_KEY_LEN 16
#define SEAL_COINS_LEN    64

/* Where randomness comes from. NULL in its place means randombytes_buf. */
struct seal_rng {
	void (*fill)(struct seal_rng *rng, void *dst, size_t len);
};
/* Deterministic draws of a test build: HKDF-SHA256(seed, "test" ‖ u32 counter, 32), blocks used up in order. */
struct seal_test_rng {
	struct seal_rng rng;
	uint8_t seed[32];
	uint8_t block[32];
	uint32_t counter;
	size_t used;
};
void seal_test_rng_init(struct seal_test_rng *rng, const uint8_t seed[static 32]);
void seal_fill(struct seal_rng *rng, void *dst, size_t len);

/* The four before shuffling; NULL = a dummy. Each pk has KEY_SEAL_PUBLIC_LEN bytes, borrowed during the call. */
struct seal_set {
	const uint8_t *pk[SEAL_CNT];
};

struct seal {
	struct seal_rng *rng; /* borrowed */
	uint8_t file_key[SEAL_FILE_KEY_LEN];
	uint8_t id[KEY_ID_LEN];
	uint8_t place[SEAL_CNT]; /* place[i] = which of the set stands in stanza i */
	uint8_t pk[SEAL_CNT][KEY_SEAL_PUBLIC_LEN];
	uint8_t hash[SEAL_CNT][32]; /* for entry.recipient */
};

/* Draws file key and order, makes the dummies. ERR_KEY where a public key is not one, ERR_ARG where all are dummies or one is twice. */
int seal_begin(struct seal *s, const struct seal_set *set, const uint8_t id[static KEY_ID_LEN],
	       struct seal_rng *rng) __attribute__((warn_unused_result));
/* Draws the payload nonce and writes the age file. */
int seal_finish(struct seal *s, const uint8_t plain[static ENTRY_LEN],
		uint8_t sealed[static SEAL_LEN]) __attribute__((warn_unused_result));
void seal_wipe(struct seal *s);

/* t, and T = SHA-256(t): the proof that the sealer's file key was had. Either may be NULL. */
void seal_proof(const uint8_t file_key[static SEAL_FILE_KEY_LEN], uint8_t *t, uint8_t *T);
/* All of it in one call: fills entry->recipient, signs, seals. T may be NULL. */
struct seal_entry {
	const struct seal_set *set;
	const struct key_sign *key;
	struct seal_rng *rng;
};
int seal_entry(uint8_t sealed[static SEAL_LEN], uint8_t *T, struct entry *entry,
	       const struct seal_entry *how) __attribute__((warn_unused_result));

/*
 * The header alone, as sealing, audit and attachments need it: four stanzas for pk with coins from file_key and id, MAC line.
 * ERR_KEY where a public key is not one.
 */
int seal_header(uint8_t header[static SEAL_HEADER_LEN], const uint8_t file_key[static SEAL_FILE_KEY_LEN],
		const uint8_t id[static KEY_ID_LEN],
		const uint8_t pk[static SEAL_CNT][KEY_SEAL_PUBLIC_LEN],
		const uint8_t hash[static SEAL_CNT][32]) __attribute__((warn_unused_result));
void seal_dummy_seed(uint8_t seed[static KEY_SEAL_SEED_LEN],
		     const uint8_t file_key[static SEAL_FILE_KEY_LEN], uint8_t place);

#endif
