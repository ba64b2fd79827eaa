#include "crypto/keystore.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/label.h"
#include "crypto/secret.h"

#include <sodium.h>
#include <string.h>

#define MAGIC	  "DVK1"
#define SALT_LEN  16
#define NONCE_LEN 24
#define NONCE_AT  28
#define KEY_LEN	  32
#define AD_LEN	  (LABEL_LEN(LABEL_KEYSTORE) + NONCE_AT)

_Static_assert(SALT_LEN == crypto_pwhash_SALTBYTES, "salt");
_Static_assert(NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(NONCE_AT + NONCE_LEN == KEYSTORE_HEAD_LEN, "head");

const struct keystore_cost keystore_default = {.ops = 3, .mem_kib = 256 * 1024};

static int
cost_check(const struct keystore_cost *c)
{
	return c->ops >= 1 && c->ops <= KEYSTORE_OPS_MAX &&
			       c->mem_kib >= KEYSTORE_MEM_MIN &&
			       c->mem_kib <= KEYSTORE_MEM_MAX
		       ? 0
		       : ERR_RANGE;
}

static int
derive(uint8_t key[static KEY_LEN], const char *passphrase, const uint8_t *salt,
       const struct keystore_cost *cost)
{
	/* Fails only where the memory is not to be had. */
	if (crypto_pwhash(key, KEY_LEN, passphrase, strlen(passphrase), salt, cost->ops,
			  (size_t)cost->mem_kib * 1024,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return ERR_MEM;
	return 0;
}

static void
associated(uint8_t ad[static AD_LEN], const uint8_t *head)
{
	memcpy(ad, LABEL_KEYSTORE, LABEL_LEN(LABEL_KEYSTORE));
	memcpy(ad + LABEL_LEN(LABEL_KEYSTORE), head, NONCE_AT);
}

int
keystore_seal(uint8_t *out, size_t cap, size_t *out_len, const void *plain, size_t len,
	      const char *passphrase, const struct keystore_cost *cost)
{
	struct bufw w;
	uint8_t key[KEY_LEN], ad[AD_LEN], salt[SALT_LEN], nonce[NONCE_LEN];
	*out_len = 0;
	if (len > KEYSTORE_PLAIN_MAX || cap < KEYSTORE_HEAD_LEN + len + KEYSTORE_TAG_LEN)
		return ERR_RANGE;
	int err = cost_check(cost);
	if (err)
		return err;
	randombytes_buf(salt, sizeof salt);
	randombytes_buf(nonce, sizeof nonce);
	bufw_init(&w, out, KEYSTORE_HEAD_LEN);
	bufw_text(&w, MAGIC);
	bufw_u32(&w, cost->ops);
	bufw_u32(&w, cost->mem_kib);
	bufw_bytes(&w, salt, sizeof salt);
	bufw_bytes(&w, nonce, sizeof nonce);
	err = bufw_end(&w);
	if (!err)
		err = derive(key, passphrase, salt, cost);
	if (!err) {
		associated(ad, out);
		crypto_aead_xchacha20poly1305_ietf_encrypt(out + KEYSTORE_HEAD_LEN, NULL,
							   plain, len, ad, sizeof ad,
							   NULL, nonce, key);
		*out_len = KEYSTORE_HEAD_LEN + len + KEYSTORE_TAG_LEN;
	}
	sodium_memzero(key, sizeof key);
	return err;
}

int
keystore_open(char **plain, size_t *plain_len, const uint8_t *bytes, size_t len,
	      const char *passphrase)
{
	struct buf b;
	struct keystore_cost cost;
	uint8_t key[KEY_LEN], ad[AD_LEN], magic[4] = {0};
	char *text = NULL;
	*plain = NULL;
	*plain_len = 0;
	if (len < KEYSTORE_HEAD_LEN + KEYSTORE_TAG_LEN)
		return ERR_FORMAT;
	if (len > KEYSTORE_MAX)
		return ERR_RANGE;
	buf_init(&b, bytes, KEYSTORE_HEAD_LEN);
	buf_bytes(&b, magic, sizeof magic, 4);
	cost.ops = buf_u32(&b);
	cost.mem_kib = buf_u32(&b);
	const uint8_t *salt = buf_take(&b, SALT_LEN);
	const uint8_t *nonce = buf_take(&b, NONCE_LEN);
	if (buf_end(&b) || memcmp(magic, MAGIC, 4) != 0)
		return ERR_FORMAT;
	int err = cost_check(&cost);
	if (err)
		return err;
	size_t sealed_len = len - KEYSTORE_HEAD_LEN;
	text = secret_alloc(sealed_len - KEYSTORE_TAG_LEN + 1);
	if (text == NULL)
		return ERR_MEM;
	err = derive(key, passphrase, salt, &cost);
	if (err)
		goto out;
	associated(ad, bytes);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    (uint8_t *)text, NULL, NULL, bytes + KEYSTORE_HEAD_LEN, sealed_len,
		    ad, sizeof ad, nonce, key) != 0) {
		err = ERR_AUTH;
		goto out;
	}
	*plain_len = sealed_len - KEYSTORE_TAG_LEN;
	*plain = text; /* transferred */
	text = NULL;
out:
	sodium_memzero(key, sizeof key);
	secret_free(text);
	return err;
}
