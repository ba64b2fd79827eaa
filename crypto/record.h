/*
 * Primitives of the encrypted local workspace: a store of values under names. The file
 * shows how many values there are and how long each is, no name and no content.
 *
 *     index key = HKDF(root, empty, "davylamp/v1 workspace" ‖ 0x01, 32)
 *     value key = HKDF(root, empty, "davylamp/v1 workspace" ‖ 0x02, 32)
 *     index     = BLAKE2b-256(key = index key, u32 length of table ‖ table ‖ name)
 *     value     = nonce (24) ‖ XChaCha20-Poly1305(value key, nonce, ad = index)
 */
#ifndef CRYPTO_RECORD_H
#define CRYPTO_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define RECORD_ROOT_LEN  32
#define RECORD_INDEX_LEN 32
#define RECORD_OVERHEAD  40

struct record_keys { /* keep in secret memory or wipe */
	uint8_t index[32];
	uint8_t value[32];
};

int record_derive(struct record_keys *keys, const uint8_t root[static RECORD_ROOT_LEN])
	__attribute__((warn_unused_result));
void record_index(uint8_t index[static RECORD_INDEX_LEN], const struct record_keys *keys,
		  const char *table, const void *name, size_t name_len);
/* Seals a value; out has room for len + RECORD_OVERHEAD. */
void record_seal(uint8_t *out, const struct record_keys *keys,
		 const uint8_t index[static RECORD_INDEX_LEN], const void *plain, size_t len);
/* Opens a value; out has room for len - RECORD_OVERHEAD. ERR_AUTH if the value was changed, or
 * moved under another name. */
int record_open(uint8_t *out, const struct record_keys *keys,
		const uint8_t index[static RECORD_INDEX_LEN], const void *sealed, size_t len)
	__attribute__((warn_unused_result));

#endif
