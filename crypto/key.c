/* Ed25519 keys, and SHA-256 in one call. crypto/ opens no file or connection, never logs and
 * never exits. */
#include "crypto/key.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <string.h>

void
key_sign_new(struct key_sign *key)
{
	uint8_t seed[KEY_SIGN_SEED_LEN];
	randombytes_buf(seed, sizeof(seed));
	key_sign_from_seed(key, seed);
	sodium_memzero(seed, sizeof(seed));
}

void
key_sign_from_seed(struct key_sign *key, const uint8_t seed[static KEY_SIGN_SEED_LEN])
{
	uint8_t pk[KEY_SIGN_PUBLIC_LEN];
	crypto_sign_seed_keypair(pk, key->bytes, seed);
}

void
key_sign_public(uint8_t pk[static KEY_SIGN_PUBLIC_LEN], const struct key_sign *key)
{
	memcpy(pk, key->bytes + KEY_SIGN_SEED_LEN, KEY_SIGN_PUBLIC_LEN);
}

void
key_sha256(uint8_t out[static 32], const void *bytes, uint64_t len)
{
	struct sha256_ctx st;

	sha256_init(&st);
	sha256_update(&st, len, bytes);
	sha256_digest(&st, 32, out);
	sodium_memzero(&st, sizeof(st));
}
