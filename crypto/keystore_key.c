/* Derives the key of a keystore from its passphrase, and seals and opens with that key
 * (FORMATS.md section 12). An agent can hold the key, so that many commands pay for Argon2id
 * once. crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/keystore_key.h"

#include <sodium.h>
#include <string.h>

#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/label.h"
#include "crypto/secret.h"

static const char magic[4] = "DVK1";

#define AD_HEAD_LEN 28 /* magic, costs and salt */
#define NONCE_LEN   24

_Static_assert(AD_HEAD_LEN + NONCE_LEN == KEYSTORE_HEAD_LEN, "head of a keystore");
_Static_assert(NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(KEYSTORE_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(KEYSTORE_KEY_SALT_LEN == crypto_pwhash_SALTBYTES, "salt");

static int
derive(struct keystore_key *k, const char *passphrase)
{
	if (k->ops < 1 || k->ops > KEYSTORE_OPS_MAX || k->mem_kib < KEYSTORE_MEM_MIN ||
	    k->mem_kib > KEYSTORE_MEM_MAX)
		return ERR_RANGE;
	if (crypto_pwhash(k->key, sizeof(k->key), passphrase, strlen(passphrase), k->salt, k->ops,
			  (size_t)k->mem_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return ERR_MEM;
	return 0;
}

int
keystore_key_new(struct keystore_key *out, const char *passphrase, const struct keystore_cost *cost)
{
	*out = (struct keystore_key){ .ops = cost->ops, .mem_kib = cost->mem_kib };
	randombytes_buf(out->salt, sizeof(out->salt));
	return derive(out, passphrase);
}

static int
head_parse(struct keystore_key *out, const uint8_t *bytes, size_t len)
{
	struct buf b;
	uint8_t m[4];

	if (len < KEYSTORE_HEAD_LEN + KEYSTORE_TAG_LEN || len > KEYSTORE_MAX)
		return ERR_FORMAT;
	buf_init(&b, bytes, AD_HEAD_LEN);
	buf_bytes(&b, m, sizeof(m), sizeof(m));
	out->ops = buf_u32(&b);
	out->mem_kib = buf_u32(&b);
	buf_bytes(&b, out->salt, sizeof(out->salt), sizeof(out->salt));
	return buf_end(&b) || memcmp(m, magic, sizeof(m)) != 0 ? ERR_FORMAT : 0;
}

int
keystore_key_derive(struct keystore_key *out, const uint8_t *bytes, size_t len,
		    const char *passphrase)
{
	*out = (struct keystore_key){ 0 };
	int err = head_parse(out, bytes, len);
	return err ? err : derive(out, passphrase);
}

static void
associate(uint8_t ad[static LABEL_LEN(LABEL_KEYSTORE) + AD_HEAD_LEN], const uint8_t *head)
{
	memcpy(ad, LABEL_KEYSTORE, LABEL_LEN(LABEL_KEYSTORE));
	memcpy(ad + LABEL_LEN(LABEL_KEYSTORE), head, AD_HEAD_LEN);
}

int
keystore_key_open(char **plain, size_t *plain_len, const uint8_t *bytes, size_t len,
		  const struct keystore_key *key)
{
	uint8_t ad[LABEL_LEN(LABEL_KEYSTORE) + AD_HEAD_LEN];
	struct keystore_key head = { 0 };
	unsigned long long n = 0;

	*plain = NULL;
	int err = head_parse(&head, bytes, len);
	if (err)
		return err;
	if (head.ops != key->ops || head.mem_kib != key->mem_kib ||
	    memcmp(head.salt, key->salt, sizeof(head.salt)) != 0)
		return ERR_AUTH;
	char *out = secret_alloc(len - KEYSTORE_HEAD_LEN - KEYSTORE_TAG_LEN + 1);
	if (!out)
		return ERR_MEM;
	associate(ad, bytes);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)out, &n, NULL,
						       bytes + KEYSTORE_HEAD_LEN,
						       len - KEYSTORE_HEAD_LEN, ad, sizeof(ad),
						       bytes + AD_HEAD_LEN, key->key) != 0) {
		secret_free(out);
		return ERR_AUTH;
	}
	out[n] = '\0';
	*plain = out; /* transferred */
	*plain_len = (size_t)n;
	return 0;
}

int
keystore_key_seal(uint8_t *out, size_t cap, size_t *out_len, const void *plain, size_t len,
		  const struct keystore_key *key)
{
	uint8_t ad[LABEL_LEN(LABEL_KEYSTORE) + AD_HEAD_LEN];
	unsigned long long n = 0;
	struct bufw w;

	if (len > KEYSTORE_PLAIN_MAX || cap < KEYSTORE_HEAD_LEN + len + KEYSTORE_TAG_LEN)
		return ERR_RANGE;
	bufw_init(&w, out, AD_HEAD_LEN);
	bufw_bytes(&w, magic, sizeof(magic));
	bufw_u32(&w, key->ops);
	bufw_u32(&w, key->mem_kib);
	bufw_bytes(&w, key->salt, sizeof(key->salt));
	int err = bufw_end(&w);
	if (err)
		return err;
	randombytes_buf(out + AD_HEAD_LEN, NONCE_LEN);
	associate(ad, out);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + KEYSTORE_HEAD_LEN, &n, plain, len, ad,
						   sizeof(ad), NULL, out + AD_HEAD_LEN, key->key);
	*out_len = KEYSTORE_HEAD_LEN + (size_t)n;
	return 0;
}
