/* The header of an age file, in memory (C2SP age.md, "Header"): writing, parsing, opening,
 * verifying. */
#ifndef CRYPTO_AGE_HEADER_H
#define CRYPTO_AGE_HEADER_H

#include "crypto/age_stanza.h"

#define AGE_HEADER_MAX   (256 * 1024) /* the most that is read */
#define AGE_HEADER_FIRST "age-encryption.org/v1\n"
#define AGE_HEADER_BEGIN (sizeof(AGE_HEADER_FIRST) - 1) /* 22 */
#define AGE_HEADER_END   48                             /* "--- " mac "\n" */

/* Bytes of a header with x X25519 and q post-quantum stanzas. */
#define AGE_HEADER_LEN(x, q)                                                                       \
	(AGE_HEADER_BEGIN + (size_t)(x)*AGE_STANZA_X25519_LEN + (size_t)(q)*AGE_STANZA_PQ_LEN +    \
	 AGE_HEADER_END)

/* A parsed header borrows the bytes that it was parsed from. */
struct age_header {
	const uint8_t *b;
	size_t len;     /* length of the whole header, with its last newline */
	size_t mac_off; /* where the last line begins */
	size_t stanza_cnt;
	uint8_t mac[32];
};

/* Writes a header to out: first line ‖ stanzas ‖ last line with the MAC. ERR_RANGE if cap is
 * too small, ERR_ARG without stanzas. The stanzas may already be at out + AGE_HEADER_BEGIN. */
__attribute__((warn_unused_result)) int age_header_write(uint8_t *out, size_t cap, size_t *len,
							 struct hkdf_in stanzas,
							 const struct age_file_key *key);

/* Reads the header at the start of b; bytes after it are ignored. Checks the form of every
 * stanza. ERR_HEADER if the header is malformed or does not end within len. *h borrows b. */
__attribute__((warn_unused_result)) int age_header_parse(struct age_header *h, const uint8_t *b,
							 size_t len);

/* The same, and keeps the first `cap` stanzas. */
__attribute__((warn_unused_result)) int age_header_read(struct age_header *h, const uint8_t *b,
							size_t len, struct age_stanza *stanza,
							size_t cap);

/* Reads the stanza at *pos (0 for the first) and moves *pos to the next. ERR_NOT_FOUND after
 * the last. */
__attribute__((warn_unused_result)) int age_header_next(const struct age_header *h, size_t *pos,
							struct age_stanza *stanza);

/* Unwraps the file key and verifies the MAC. Checks all stanzas before it returns an answer.
 * ERR_HEADER, ERR_HMAC, ERR_NO_MATCH, ERR_WORK. *key is zero on failure; the caller wipes it. */
__attribute__((warn_unused_result)) int
age_header_open(struct age_file_key *key, const struct age_header *h, const struct age_opener *who);

/* Verifies only the MAC, for a caller that has the file key already: 0 or ERR_HMAC. */
__attribute__((warn_unused_result)) int age_header_verify(const struct age_header *h,
							  const struct age_file_key *key);

#endif
