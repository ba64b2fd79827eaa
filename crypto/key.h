/* Ed25519 keys, and the sizes of everything that names a key. Each kind of secret has its own
 * type, so that one cannot be passed for another; X-Wing secrets are struct xwing_secret
 * (xwing.h). Public keys are plain bytes. */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include <stdint.h>

#define KEY_SIGN_PUBLIC_LEN 32
#define KEY_SIGN_SEED_LEN   32
#define KEY_SIG_LEN         64
#define KEY_SEAL_PUBLIC_LEN 1216
#define KEY_HANDLE_LEN      8
#define KEY_ID_LEN          16 /* gateway, case and order ids */

/* An Ed25519 secret: seed and public key, as libsodium has it. */
struct key_sign {
	uint8_t bytes[64];
};

void key_sign_new(struct key_sign *key);
void key_sign_from_seed(struct key_sign *key, const uint8_t seed[static KEY_SIGN_SEED_LEN]);
void key_sign_public(uint8_t pk[static KEY_SIGN_PUBLIC_LEN], const struct key_sign *key);
/* 32-byte ids and hashes: SHA-256 in one call, so that callers need no other header. */
void key_sha256(uint8_t out[static 32], const void *bytes, uint64_t len);

#endif
