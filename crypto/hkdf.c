/* HKDF-SHA256 (RFC 5869) on Nettle's HMAC. crypto/ opens no file or connection, never logs
 * and never exits. */
#include "crypto/hkdf.h"

#include <nettle/hmac.h>
#include <sodium.h>

#include "crypto/err.h"

void
hkdf_extract(struct hkdf_prk *prk, struct hkdf_in salt, struct hkdf_in ikm)
{
	static const uint8_t zeros[HKDF_PRK_LEN];
	struct hmac_sha256_ctx st;

	/* RFC 5869: no salt means a salt of zeros. HMAC pads both to the same key, so an empty
	 * key will do. */
	if (salt.len == 0)
		salt = HKDF_IN(zeros, sizeof(zeros));
	hmac_sha256_set_key(&st, salt.len, salt.b);
	hmac_sha256_update(&st, ikm.len, ikm.b);
	hmac_sha256_digest(&st, sizeof(prk->b), prk->b);
	sodium_memzero(&st, sizeof(st));
}

int
hkdf_expand(uint8_t *out, size_t out_len, const struct hkdf_prk *prk, struct hkdf_in info)
{
	struct hmac_sha256_ctx st;
	uint8_t t[HKDF_PRK_LEN];
	uint8_t counter = 0;

	if (out_len > HKDF_OUT_MAX)
		return ERR_ARG;
	while (out_len > 0) {
		size_t n = out_len < sizeof(t) ? out_len : sizeof(t);

		hmac_sha256_set_key(&st, sizeof(prk->b), prk->b);
		if (counter > 0)
			hmac_sha256_update(&st, sizeof(t), t);
		counter++;
		hmac_sha256_update(&st, info.len, info.b);
		hmac_sha256_update(&st, 1, &counter);
		hmac_sha256_digest(&st, sizeof(t), t);
		memcpy(out, t, n);
		out += n;
		out_len -= n;
	}
	sodium_memzero(&st, sizeof(st));
	sodium_memzero(t, sizeof(t));
	return 0;
}

int
hkdf_derive(uint8_t *out, size_t out_len, struct hkdf_in ikm, struct hkdf_in salt,
	    struct hkdf_in info)
{
	struct hkdf_prk prk;
	int err;

	hkdf_extract(&prk, salt, ikm);
	err = hkdf_expand(out, out_len, &prk, info);
	sodium_memzero(&prk, sizeof(prk));
	return err;
}
