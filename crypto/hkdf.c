/* HKDF-SHA256 (RFC 5869) on libsodium's HMAC. crypto/ opens no file or connection, never logs
 * and never exits. */
#include "crypto/hkdf.h"

#include <sodium.h>

#include "crypto/err.h"

void
hkdf_extract(struct hkdf_prk *prk, struct hkdf_in salt, struct hkdf_in ikm)
{
	static const uint8_t zeros[HKDF_PRK_LEN];
	crypto_auth_hmacsha256_state st;

	/* RFC 5869: no salt means a salt of zeros. HMAC pads both to the same key, so an empty
	 * key will do. */
	if (salt.len == 0)
		salt = HKDF_IN(zeros, sizeof(zeros));
	crypto_auth_hmacsha256_init(&st, salt.b, salt.len);
	crypto_auth_hmacsha256_update(&st, ikm.b, ikm.len);
	crypto_auth_hmacsha256_final(&st, prk->b);
	sodium_memzero(&st, sizeof(st));
}

int
hkdf_expand(uint8_t *out, size_t out_len, const struct hkdf_prk *prk, struct hkdf_in info)
{
	crypto_auth_hmacsha256_state st;
	uint8_t t[HKDF_PRK_LEN];
	uint8_t counter = 0;

	if (out_len > HKDF_OUT_MAX)
		return ERR_ARG;
	while (out_len > 0) {
		size_t n = out_len < sizeof(t) ? out_len : sizeof(t);

		crypto_auth_hmacsha256_init(&st, prk->b, sizeof(prk->b));
		if (counter > 0)
			crypto_auth_hmacsha256_update(&st, t, sizeof(t));
		counter++;
		crypto_auth_hmacsha256_update(&st, info.b, info.len);
		crypto_auth_hmacsha256_update(&st, &counter, 1);
		crypto_auth_hmacsha256_final(&st, t);
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
