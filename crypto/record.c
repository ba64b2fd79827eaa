/* Seals and opens the values of the encrypted local workspace (record.h describes the
 * construction). admin-cli/home/workspace.c stores them. crypto/ opens no file or connection,
 * never logs and never exits. */
#include "crypto/record.h"

#include "crypto/err.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"

#include <sodium.h>
#include <string.h>

#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN   crypto_aead_xchacha20poly1305_ietf_ABYTES
_Static_assert(NONCE_LEN + TAG_LEN == RECORD_OVERHEAD, "overhead");

static int
derive(uint8_t out[static 32], const struct hkdf_prk *prk, uint8_t which)
{
	uint8_t info[LABEL_LEN(LABEL_WORKSPACE) + 1];
	memcpy(info, LABEL_WORKSPACE, LABEL_LEN(LABEL_WORKSPACE));
	info[LABEL_LEN(LABEL_WORKSPACE)] = which;
	return hkdf_expand(out, 32, prk, HKDF_IN(info, sizeof(info)));
}

int
record_derive(struct record_keys *keys, const uint8_t root[static RECORD_ROOT_LEN])
{
	struct hkdf_prk prk;
	hkdf_extract(&prk, HKDF_EMPTY, HKDF_IN(root, RECORD_ROOT_LEN));
	int err = derive(keys->index, &prk, 1);
	if (!err)
		err = derive(keys->value, &prk, 2);
	sodium_memzero(&prk, sizeof(prk));
	return err;
}

void
record_index(uint8_t index[static RECORD_INDEX_LEN], const struct record_keys *keys,
	     const char *table, const void *name, size_t name_len)
{
	crypto_generichash_state st;
	size_t len = strlen(table);
	uint8_t n[4];
	for (size_t i = 0; i < sizeof(n); i++)
		n[i] = (uint8_t)(len >> 8 * i);
	crypto_generichash_init(&st, keys->index, sizeof(keys->index), RECORD_INDEX_LEN);
	crypto_generichash_update(&st, n, sizeof(n));
	crypto_generichash_update(&st, (const uint8_t *)table, len);
	crypto_generichash_update(&st, name, name_len);
	crypto_generichash_final(&st, index, RECORD_INDEX_LEN);
	sodium_memzero(&st, sizeof(st));
}

void
record_seal(uint8_t *out, const struct record_keys *keys,
	    const uint8_t index[static RECORD_INDEX_LEN], const void *plain, size_t len)
{
	randombytes_buf(out, NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_LEN, NULL, plain, len, index,
						   RECORD_INDEX_LEN, NULL, out, keys->value);
}

int
record_open(uint8_t *out, const struct record_keys *keys,
	    const uint8_t index[static RECORD_INDEX_LEN], const void *sealed, size_t len)
{
	const uint8_t *s = sealed;
	if (len < RECORD_OVERHEAD)
		return ERR_AUTH;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, s + NONCE_LEN,
						       len - NONCE_LEN, index, RECORD_INDEX_LEN, s,
						       keys->value) != 0)
		return ERR_AUTH;
	return 0;
}
