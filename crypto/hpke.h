/* HPKE base mode (RFC 9180) with one suite: MLKEM768-X25519, HKDF-SHA256, ChaCha20-Poly1305.
 * One message for each context, empty associated data. */
#ifndef CRYPTO_HPKE_H
#define CRYPTO_HPKE_H

#include "crypto/hkdf.h"
#include "crypto/xwing.h"

#define HPKE_TAG_LEN 16

/* Key and nonce are derived from the shared secret of the KEM and info (at most 64 bytes). out
 * has in_len + HPKE_TAG_LEN bytes. */
__attribute__((warn_unused_result)) int hpke_seal(uint8_t *out, const struct xwing_shared *shared,
						  struct hkdf_in info, struct hkdf_in in);

/* out is in.len - HPKE_TAG_LEN bytes. ERR_AUTH if the tag is wrong. */
__attribute__((warn_unused_result)) int hpke_open(uint8_t *out, const struct xwing_shared *shared,
						  struct hkdf_in info, struct hkdf_in in);

/* A secret that both ends of the context derive, for other uses (RFC 9180 §5.3); at most
 * HKDF_PRK_LEN bytes from at most 64 bytes of context. */
__attribute__((warn_unused_result)) int hpke_export(uint8_t *out, size_t out_len,
						    const struct xwing_shared *shared,
						    struct hkdf_in info, struct hkdf_in context);

#endif
