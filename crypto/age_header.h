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

/* A parsed header borrows the bytes it was parsed from. */
struct age_header {
	const uint8_t *b;
	size_t len;     /* of the whole header, with its last newline */
	size_t mac_off; /* where the last line begins */
	size_t stanza_cnt;
	uint8_t mac[32];
};

/* First line ‖ stanzas ‖ last line with the MAC into out. ERR_RANGE if cap is too small,
 * ERR_ARG without stanzas. stanzas may already stand at out + AGE_HEADER_BEGIN. */
__attribute__((warn_unused_result)) int age_header_write(uint8_t *out, size_t cap, size_t *len,
							 struct hkdf_in stanzas,
							 const struct age_file_key *key);

/* Reads the header at the start of b; bytes after it are not looked at. Every stanza is
 * checked for form. ERR_HEADER if it is malformed or does not end within len. */
__attribute__((warn_unused_result)) int age_header_parse(struct age_header *h, const uint8_t *b,
							 size_t len);

/* The stanza at *pos (0 at first), which moves on. ERR_NOT_FOUND after the last. */
__attribute__((warn_unused_result)) int age_header_next(const struct age_header *h, size_t *pos,
							struct age_stanza *stanza);

/* Opens the file key and verifies the MAC. All stanzas are checked before anything is
 * answered. ERR_HEADER, ERR_HMAC, ERR_NO_MATCH, ERR_WORK. *key is zero on failure. */
__attribute__((warn_unused_result)) int
age_header_open(struct age_file_key *key, const struct age_header *h, const struct age_opener *who);

/* The MAC alone, for who has the file key from elsewhere: 0 or ERR_HMAC. */
__attribute__((warn_unused_result)) int age_header_verify(const struct age_header *h,
							  const struct age_file_key *key);

#endif
