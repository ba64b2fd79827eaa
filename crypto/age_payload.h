/* The payload of an age file (C2SP age.md, "Payload"): a nonce and chunks of 64 KiB. */
#ifndef CRYPTO_AGE_PAYLOAD_H
#define CRYPTO_AGE_PAYLOAD_H

#include <stdbool.h>

#include "crypto/age_stanza.h"

#define AGE_PAYLOAD_NONCE_LEN 16
#define AGE_PAYLOAD_CHUNK     65536
#define AGE_PAYLOAD_TAG_LEN   16
#define AGE_PAYLOAD_SEALED    (AGE_PAYLOAD_CHUNK + AGE_PAYLOAD_TAG_LEN)

/* Bytes of a payload, nonce included, for n bytes of plaintext. */
#define AGE_PAYLOAD_LEN(n)                                                                         \
	(AGE_PAYLOAD_NONCE_LEN + (size_t)(n) +                                                     \
	 AGE_PAYLOAD_TAG_LEN *                                                                     \
		 ((size_t)(n) ? ((size_t)(n) + AGE_PAYLOAD_CHUNK - 1) / AGE_PAYLOAD_CHUNK : 1))

/* The state between chunks. Secret: the caller ends with age_payload_wipe(). */
struct age_payload {
	uint8_t key[32];
	uint64_t counter;
};

void age_payload_init(struct age_payload *p, const struct age_file_key *key,
		      const uint8_t nonce[static AGE_PAYLOAD_NONCE_LEN]);
void age_payload_wipe(struct age_payload *p);

/* Seals one chunk; out holds len + AGE_PAYLOAD_TAG_LEN and may be in. Every chunk except the
 * last is AGE_PAYLOAD_CHUNK long. The last may be empty only if it is also the first.
 * Otherwise ERR_ARG. */
__attribute__((warn_unused_result)) int age_payload_seal_chunk(struct age_payload *p, uint8_t *out,
							       const uint8_t *in, size_t len,
							       bool last);

/* Opens one sealed chunk of in_len bytes, tag included. The counter advances only if it opens;
 * otherwise ERR_PAYLOAD. out may be in, which a wrong tag leaves zeroed. */
__attribute__((warn_unused_result)) int age_payload_open_chunk(struct age_payload *p, uint8_t *out,
							       const uint8_t *in, size_t in_len,
							       bool last);

/* Seals a whole payload, nonce and all chunks; out holds AGE_PAYLOAD_LEN(in.len). */
__attribute__((warn_unused_result)) int
age_payload_seal(uint8_t *out, const struct age_file_key *key,
		 const uint8_t nonce[static AGE_PAYLOAD_NONCE_LEN], struct hkdf_in in);

/* Opens a whole payload; *out_len is how much of cap was filled. ERR_PAYLOAD if anything is
 * wrong (out is then zero), ERR_RANGE if cap is too small, ERR_HEADER if the payload is
 * shorter than a nonce. */
__attribute__((warn_unused_result)) int age_payload_open(uint8_t *out, size_t cap, size_t *out_len,
							 const struct age_file_key *key,
							 struct hkdf_in in);

#endif
