/* Seals and opens a keystore with a passphrase (FORMATS.md section 12). It works on bytes;
 * admin-cli/home reads and writes the file. crypto/ opens no file or connection, never logs
 * and never exits. */
#include "crypto/keystore.h"

#include "crypto/err.h"
#include "crypto/keystore_key.h"
#include "crypto/secret.h"

const struct keystore_cost keystore_default = { .ops = 3, .mem_kib = 256 * 1024 };

int
keystore_seal(uint8_t *out, size_t cap, size_t *out_len, const void *plain, size_t len,
	      const char *passphrase, const struct keystore_cost *cost)
{
	*out_len = 0;
	if (len > KEYSTORE_PLAIN_MAX || cap < KEYSTORE_HEAD_LEN + len + KEYSTORE_TAG_LEN)
		return ERR_RANGE;
	struct keystore_key *key = secret_alloc(sizeof(*key));
	if (key == NULL)
		return ERR_MEM;
	int err = keystore_key_new(key, passphrase, cost);
	if (!err)
		err = keystore_key_seal(out, cap, out_len, plain, len, key);
	secret_free(key);
	return err;
}

int
keystore_open(char **plain, size_t *plain_len, const uint8_t *bytes, size_t len,
	      const char *passphrase)
{
	*plain = NULL;
	*plain_len = 0;
	struct keystore_key *key = secret_alloc(sizeof(*key));
	if (key == NULL)
		return ERR_MEM;
	int err = keystore_key_derive(key, bytes, len, passphrase);
	if (!err)
		err = keystore_key_open(plain, plain_len, bytes, len, key);
	secret_free(key);
	return err;
}
