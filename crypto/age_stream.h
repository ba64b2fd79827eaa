/* Sealing and opening whole age files (C2SP age.md) through callbacks, in constant memory. */
#ifndef CRYPTO_AGE_STREAM_H
#define CRYPTO_AGE_STREAM_H

#include "crypto/age_header.h"
#include "crypto/age_payload.h"

/* read fills up to cap bytes and sets *got; 0 bytes mean the end. write takes all or fails.
 * Both return 0 or an enum err, which the streaming call hands on. */
struct age_source {
	int (*read)(void *arg, uint8_t *buf, size_t cap, size_t *got);
	void *arg;
};
struct age_sink {
	int (*write)(void *arg, const uint8_t *buf, size_t len);
	void *arg;
};

/* The recipients: either keys (then the file key, stanzas and nonce are drawn), or a file key
 * with ready stanzas and a nonce from the caller. */
struct age_sealing {
	const struct age_recipient *to;
	size_t to_cnt;
	const struct age_file_key *key;
	struct hkdf_in stanzas;
	const uint8_t *nonce; /* AGE_PAYLOAD_NONCE_LEN bytes, or NULL: drawn */
};

/* ERR_ARG without recipients, ERR_MIX for both kinds in one file, ERR_KEY for a bad one. */
__attribute__((warn_unused_result)) int age_stream_seal(const struct age_sealing *how,
							struct age_source in, struct age_sink out);

/* The file key and header of an opened file, for the audit; age_stream_forget() wipes and frees it.
 */
struct age_opened {
	struct age_file_key key;
	uint8_t *header;
	size_t header_len;
};

/* Armored files are recognised. Only chunks that verify reach out; what was written before a
 * failure is authentic but cut short, so a caller keeps it only on 0. opened may be NULL.
 * ERR_ARMOR, ERR_HEADER, ERR_HMAC, ERR_NO_MATCH, ERR_WORK, ERR_PAYLOAD. */
__attribute__((warn_unused_result)) int age_stream_open(const struct age_opener *who,
							struct age_source in, struct age_sink out,
							struct age_opened *opened);
void age_stream_forget(struct age_opened *opened);

#endif
