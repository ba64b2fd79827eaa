/* HKDF-SHA256 (RFC 5869) on Nettle's HMAC. An empty salt is 32 zero bytes. */
#ifndef CRYPTO_HKDF_H
#define CRYPTO_HKDF_H

#include <stddef.h>
#include <stdint.h>

#define HKDF_PRK_LEN 32
#define HKDF_OUT_MAX (255 * 32)

/* A borrowed run of bytes; {0} is empty. */
struct hkdf_in {
	const void *b;
	size_t len;
};
#define HKDF_IN(p, n) ((struct hkdf_in){ (p), (n) })
#define HKDF_TEXT(s)  ((struct hkdf_in){ (s), sizeof(s) - 1 }) /* a string literal */
#define HKDF_EMPTY    ((struct hkdf_in){ NULL, 0 })

struct hkdf_prk {
	uint8_t b[HKDF_PRK_LEN];
};

/* Extract; cannot fail. The caller wipes prk. */
void hkdf_extract(struct hkdf_prk *prk, struct hkdf_in salt, struct hkdf_in ikm);

/* Expand; ERR_ARG if out_len is above HKDF_OUT_MAX. */
__attribute__((warn_unused_result)) int
hkdf_expand(uint8_t *out, size_t out_len, const struct hkdf_prk *prk, struct hkdf_in info);

/* Extract and expand in one step; wipes the key in between. */
__attribute__((warn_unused_result)) int hkdf_derive(uint8_t *out, size_t out_len,
						    struct hkdf_in ikm, struct hkdf_in salt,
						    struct hkdf_in info);

#endif
