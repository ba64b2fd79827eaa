/*
 * Primitives of the encrypted local workspace: a store of values under names. The file
 * shows how many values there are and how long each is, no name and no content.
 *
 *     index key = HKDF(root, empty, "davylamp/v1 workspace" ‖ 0x01, 32)
 *     value key = HKDF(root, empty, "davylamp/v1 workspace" ‖ 0x02, 32)
 *     index     = BLAKE2b-256(key = index key, u32 length of table ‖ table ‖ name)
 *     value     = nonce (24) ‖ XChaCha20-Poly1305(value key, nonce, ad = index)
 */
#ifndef CRYPTO_WORKSPACE_H
#define CRYPTO_WORKSPACE_H

#include <stddef.h>
#include <stdint.h>

#define WORKSPACE_ROOT_LEN  32
#define WORKSPACE_INDEX_LEN 32
#define WORKSPACE_OVERHEAD  40

struct workspace_keys { /* keep in secret memory or wipe */
	uint8_t index[32];
	uint8_t value[32];
};

int workspace_derive(struct workspace_keys *keys,
		     const uint8_t root[static WORKSPACE_ROOT_LEN])
	__attribute__((warn_unused_result));
void workspace_index(uint8_t index[static WORKSPACE_INDEX_LEN],
		     const struct workspace_keys *keys, const char *table,
		     const void *name, size_t name_len);
/* out has room for len + WORKSPACE_OVERHEAD. */
void workspace_seal(uint8_t *out, const struct workspace_keys *keys,
		    const uint8_t index[static WORKSPACE_INDEX_LEN], const void *plain,
		    size_t len);
/* out has room for len - WORKSPACE_OVERHEAD. ERR_AUTH where a value was changed or moved
 * under another name. */
int workspace_open(uint8_t *out, const struct workspace_keys *keys,
		   const uint8_t index[static WORKSPACE_INDEX_LEN], const void *sealed,
		   size_t len) __attribute__((warn_unused_result));

#endif
