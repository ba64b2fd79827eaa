/* Attachments (FORMATS.md section 8): an age file with the four recipients of its entry and
 * its own file key, cut into parts. */
#ifndef CRYPTO_ATTACH_H
#define CRYPTO_ATTACH_H

#include "crypto/age_stream.h"
#include "crypto/open.h"
#include "crypto/seal.h"

#include <stddef.h>
#include <stdint.h>

#define ATTACH_PART_LEN  16128
#define ATTACH_CLASS_CNT 4
#define ATTACH_MAX       (4194304 - 8) /* bytes of content */

/* The padded size of the plaintext for that much content: 65536, 262144, 1048576 or 4194304; 0
 * if the content is too long. */
uint32_t attach_class(uint64_t content_len);
/* The length of the age file of that size; 0 if there is no such size. */
uint32_t attach_file_len(uint32_t padded);
uint16_t attach_parts(uint32_t padded);
/* The offset of part `part` of an age file, and how many bytes of the part are used (the rest
 * is zero). ERR_RANGE. */
int attach_part(uint32_t *offset, uint32_t *len, uint32_t file_len, uint16_t part)
	__attribute__((warn_unused_result));

struct attach_how {
	const struct seal_set *set; /* the set of the entry; its order is shuffled again */
	const uint8_t *id;          /* the case's */
	struct seal_rng *rng;       /* for file key, order and nonce; NULL: randombytes_buf */
	uint64_t len;               /* of the content */
};
/* Reads the content from in, writes the age file to out and its SHA-256 to sha256, in constant
 * memory. ERR_RANGE: too long, or in gave another length than how->len. */
int attach_seal(const struct attach_how *how, uint8_t sha256[static 32], struct age_source in,
		struct age_sink out) __attribute__((warn_unused_result));

/* Reads an age file from in, writes the content to out and its length to *len. The content is
 * written chunk by chunk as it is authenticated: keep it only if the result is 0. ERR_HEADER,
 * ERR_NO_MATCH, ERR_HMAC, ERR_PAYLOAD, ERR_FORMAT (padding or length). opened may be NULL;
 * otherwise the caller ends with age_stream_forget(). */
int attach_open(const struct open_key *key, uint64_t *len, struct age_source in,
		struct age_sink out, struct age_opened *opened) __attribute__((warn_unused_result));
/* The same with a file key that another reader has handed on. One that is not the file's gives
 * ERR_HMAC before anything is written. */
int attach_open_handed(const struct age_file_key *key, uint64_t *len, struct age_source in,
		       struct age_sink out, struct age_opened *opened)
	__attribute__((warn_unused_result));
/* Audits an attachment. `who` is what the audit of its entry found, in any order. 0, or
 * ERR_AUTH if the header is not the one that this protocol makes for exactly these recipients. */
int attach_audit(const struct age_opened *opened, const uint8_t id[static KEY_ID_LEN],
		 const struct open_known *const who[static SEAL_CNT])
	__attribute__((warn_unused_result));

#endif
