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

/* Padded size of the plaintext for that much content: 65536, 262144, 1048576 or 4194304;
 * 0 if it is too long. */
uint32_t attach_class(uint64_t content_len);
/* Bytes of the age file of that class; 0 for a class that is none. */
uint32_t attach_file_len(uint32_t padded);
uint16_t attach_parts(uint32_t padded);
/* Part `part` of an age file: its offset and how many bytes of it count (the rest of the
 * slice is zero). ERR_RANGE. */
int attach_part(uint32_t *offset, uint32_t *len, uint32_t file_len, uint16_t part)
	__attribute__((warn_unused_result));

struct attach_how {
	const struct seal_set *set; /* that of the entry; shuffled anew */
	const uint8_t *id;          /* the case's */
	struct seal_rng *rng;       /* file key, order, nonce; NULL: randombytes_buf */
	uint64_t len;               /* of the content */
};
/* Content from in, age file to out, its SHA-256 to sha256; constant memory. ERR_RANGE:
 * too long, or in gave another length. */
int attach_seal(const struct attach_how *how, uint8_t sha256[static 32], struct age_source in,
		struct age_sink out) __attribute__((warn_unused_result));

/*
 * Age file from in, content to out, its length to *len. Content goes out chunk by chunk
 * as it is authenticated: keep it only on 0. ERR_HEADER, ERR_NO_MATCH, ERR_HMAC,
 * ERR_PAYLOAD, ERR_FORMAT (padding or length). opened may be NULL; age_stream_forget()
 * it.
 */
int attach_open(const struct open_key *key, uint64_t *len, struct age_source in,
		struct age_sink out, struct age_opened *opened) __attribute__((warn_unused_result));
/*
 * The audit of an attachment: `who` is what the audit of its entry found, in any order.
 * 0, ERR_AUTH where the header is not the one that this protocol makes for exactly these
 * recipients.
 */
int attach_audit(const struct age_opened *opened, const uint8_t id[static KEY_ID_LEN],
		 const struct open_known *const who[static SEAL_CNT])
	__attribute__((warn_unused_result));

#endif
