/* The key of a keystore, apart from its passphrase (FORMATS.md section 12). An agent can hold
 * it for a time, so that many commands pay for Argon2id once. */
#ifndef CRYPTO_KEYSTORE_KEY_H
#define CRYPTO_KEYSTORE_KEY_H

#include "crypto/keystore.h"

#define KEYSTORE_KEY_SALT_LEN 16

/* The result of Argon2id and its inputs. Keep it in secret memory or wipe it. */
struct keystore_key {
	uint32_t ops, mem_kib;
	uint8_t salt[KEYSTORE_KEY_SALT_LEN];
	uint8_t key[32];
};

/* Derives a key for a new keystore, with a fresh salt. ERR_RANGE for a cost outside the
 * limits, ERR_MEM. */
int keystore_key_new(struct keystore_key *out, const char *passphrase,
		     const struct keystore_cost *cost) __attribute__((warn_unused_result));
/* Derives the key that opens this keystore, if the passphrase is right. ERR_FORMAT, ERR_RANGE,
 * ERR_MEM. */
int keystore_key_derive(struct keystore_key *out, const uint8_t *bytes, size_t len,
			const char *passphrase) __attribute__((warn_unused_result));
/* Like keystore_open. ERR_AUTH also if the key was derived for another salt or cost. */
int keystore_key_open(char **plain, size_t *plain_len, const uint8_t *bytes, size_t len,
		      const struct keystore_key *key) __attribute__((warn_unused_result));
/* Like keystore_seal, with the same salt and a fresh nonce. */
int keystore_key_seal(uint8_t *out, size_t cap, size_t *out_len, const void *plain, size_t len,
		      const struct keystore_key *key) __attribute__((warn_unused_result));

#endif
