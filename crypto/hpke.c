/* HPKE base mode (RFC 9180) for the one suite that age's mlkem768x25519 stanza and the veil use.
 * crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/hpke.h"

#include <sodium.h>

#include "crypto/err.h"

#define INFO_MAX 64
/* Room for "HPKE-v1", the suite, a label and the longest input (context 1 + 32 + 32). */
#define LABELED_MAX (2 + 7 + 10 + 16 + 65)

/* "HPKE", KEM 0x647a, KDF 0x0001, AEAD 0x0003 */
static const uint8_t suite[10] = { 'H', 'P', 'K', 'E', 0x64, 0x7a, 0, 1, 0, 3 };

/* The labeled extract of "psk_id_hash" and nothing, which depends on the suite alone. */
static const uint8_t no_psk_id[32] = { 0x36, 0xb5, 0xff, 0x55, 0x87, 0xa0, 0x30, 0x0f,
				       0xc5, 0x55, 0x73, 0x47, 0xee, 0x59, 0x90, 0x66,
				       0xaf, 0x3e, 0xd8, 0x97, 0x74, 0x5f, 0x8c, 0xa8,
				       0xca, 0x19, 0xb4, 0x5f, 0x13, 0xab, 0xd9, 0x77 };

/* Writes "HPKE-v1" ‖ suite ‖ label ‖ tail after skip bytes; returns the whole length. */
static size_t
labeled(uint8_t buf[static LABELED_MAX], size_t skip, struct hkdf_in label, struct hkdf_in tail)
{
	size_t n = skip;

	memcpy(buf + n, "HPKE-v1", 7);
	n += 7;
	memcpy(buf + n, suite, sizeof(suite));
	n += sizeof(suite);
	memcpy(buf + n, label.b, label.len);
	n += label.len;
	if (tail.len > 0)
		memcpy(buf + n, tail.b, tail.len);
	return n + tail.len;
}

static void
labeled_extract(struct hkdf_prk *out, struct hkdf_in salt, struct hkdf_in label, struct hkdf_in ikm)
{
	uint8_t buf[LABELED_MAX];
	size_t n = labeled(buf, 0, label, ikm);

	hkdf_extract(out, salt, HKDF_IN(buf, n));
}

static void
labeled_expand(uint8_t *out, size_t out_len, const struct hkdf_prk *prk, struct hkdf_in label,
	       struct hkdf_in context)
{
	uint8_t buf[LABELED_MAX];
	size_t n = labeled(buf, 2, label, context);

	buf[0] = 0;
	buf[1] = (uint8_t)out_len;
	/* At most 32 bytes are asked for, so this cannot fail. */
	(void)!hkdf_expand(out, out_len, prk, HKDF_IN(buf, n));
}

/* What a context is derived from: the secret, and what it is bound to. */
struct root {
	struct hkdf_prk secret;
	uint8_t bound[1 + 32 + 32];
};

/* RFC 9180 §5.1, mode base: no psk and no psk id. */
static int
schedule(struct root *root, const struct xwing_shared *shared, struct hkdf_in info)
{
	struct hkdf_prk part;

	if (info.len > INFO_MAX)
		return ERR_ARG;
	root->bound[0] = 0;
	memcpy(root->bound + 1, no_psk_id, sizeof(no_psk_id));
	labeled_extract(&part, HKDF_EMPTY, HKDF_TEXT("info_hash"), info);
	memcpy(root->bound + 33, part.b, sizeof(part.b));
	labeled_extract(&root->secret, HKDF_IN(shared->b, sizeof(shared->b)), HKDF_TEXT("secret"),
			HKDF_EMPTY);
	return 0;
}

/* One of the secrets of the context. */
static void
derive(uint8_t *out, size_t len, const struct root *root, struct hkdf_in label)
{
	labeled_expand(out, len, &root->secret, label, HKDF_IN(root->bound, sizeof(root->bound)));
}

struct context {
	uint8_t key[32];
	uint8_t nonce[12];
};

static int
context_of(struct context *ctx, const struct xwing_shared *shared, struct hkdf_in info)
{
	struct root root;
	int err = schedule(&root, shared, info);

	if (err)
		return err;
	derive(ctx->key, sizeof(ctx->key), &root, HKDF_TEXT("key"));
	derive(ctx->nonce, sizeof(ctx->nonce), &root, HKDF_TEXT("base_nonce"));
	sodium_memzero(&root, sizeof(root));
	return 0;
}

int
hpke_seal(uint8_t *out, const struct xwing_shared *shared, struct hkdf_in info, struct hkdf_in in)
{
	struct context ctx;
	int err = context_of(&ctx, shared, info);

	if (!err)
		crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, in.b, in.len, NULL, 0, NULL,
							  ctx.nonce, ctx.key);
	sodium_memzero(&ctx, sizeof(ctx));
	return err;
}

int
hpke_open(uint8_t *out, const struct xwing_shared *shared, struct hkdf_in info, struct hkdf_in in)
{
	struct context ctx;
	int err = context_of(&ctx, shared, info);

	if (!err && crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, in.b, in.len, NULL,
							      0, ctx.nonce, ctx.key) != 0)
		err = ERR_AUTH;
	sodium_memzero(&ctx, sizeof(ctx));
	return err;
}

int
hpke_export(uint8_t *out, size_t out_len, const struct xwing_shared *shared, struct hkdf_in info,
	    struct hkdf_in context)
{
	struct hkdf_prk exporter;
	struct root root;
	int err = out_len > HKDF_PRK_LEN || context.len > INFO_MAX ? ERR_ARG
								   : schedule(&root, shared, info);

	if (err)
		return err;
	derive(exporter.b, sizeof(exporter.b), &root, HKDF_TEXT("exp"));
	labeled_expand(out, out_len, &exporter, HKDF_TEXT("sec"), context);
	sodium_memzero(&exporter, sizeof(exporter));
	sodium_memzero(&root, sizeof(root));
	return 0;
}
