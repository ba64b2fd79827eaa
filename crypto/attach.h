/* Attachments: an age file with the entry's four recipients and a file key of its own, cut into parts. FORMATS.md section 8. */
#ifndef CRYPTO_ATTACH_H
#define CRYPTO_ATTACH_H

#include "crypto/open.h"
#include "crypto/seal.h"

#include <stddef.h>
#include <stdint.h>

#define ATTACH_PART_LEN  16128
#define ATTACH_CLASS_CNT 4
#define ATTACH_MAX       (4194304 - 8) /* bytes of content */

/* Padded size of the plaintext for that much content: 65536, 262144, 1048576 or 4194304; 0 if it is too long. */
uint32_t attach_class(uint64_t content_len);
/* Bytes of the age file of that class; 0 for a class that is none. */
uint32_t attach_file_len(uint32_t padded);
uint16_t attach_parts(uint32_t padded);

/* Reads up to len bytes of content: how many, 0 at the end, negative error. */
typedef long (*attach_read_fn)(void *ctx, void *dst, size_t len);
/* Takes len bytes; 0 or a negative error, which ends the work. */
typedef int (*attach_write_fn)(void *ctx, const void *src, size_t len);

struct attach_in {
	attach_read_fn read;
	void *ctx;
	uint64_t len; /* content, known before */
};
struct attach_out {
	attach_write_fn write;
	void *ctx;
};

/* The set is shuffled anew. sha256 is that of the age file. Constant memory. ERR_RANGE: too long, or read gave another length. */
struct attach_how {
	const struct seal_set *set;
	const uint8_t *id; /* the case's */
	struct seal_rng *rng;
};
int attach_seal(const struct attach_out *out, uint8_t sha256[static 32], const struct attach_in *in,
		const struct attach_how *how) __attribute__((warn_unused_result));
/*
 * Opens an age file of len bytes that in gives. Content goes out while it is authenticated chunk by chunk: keep it (a temporary) only if this
 * returns 0. ERR_AUTH, ERR_NO_MATCH, ERR_HEADER, ERR_FORMAT (padding, length).
 */
int attach_open(const struct attach_out *out, uint64_t *content_len, const struct attach_in *in,
		const struct open_key *key) __attribute__((warn_unused_result));

/* Part `part` of an age file of file_len bytes: its offset and how many bytes of it count (the rest of the slice is zero). */
int attach_part(uint32_t *offset, uint32_t *len, uint32_t file_len, uint16_t part)
	__attribute__((warn_unused_result));

#endif
