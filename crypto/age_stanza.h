/* Stanzas of an age file (C2SP age.md, native recipient types): one file key, wrapped for one
 * recipient. */
#ifndef CRYPTO_AGE_STANZA_H
#define CRYPTO_AGE_STANZA_H

#include <stdbool.h>

#include "crypto/age_key.h"
#include "crypto/hkdf.h"

#define AGE_FILE_KEY_LEN      16
#define AGE_STANZA_X25519_LEN 98
#define AGE_STANZA_PQ_LEN     1557
#define AGE_STANZA_MAX        AGE_STANZA_PQ_LEN
#define AGE_STANZA_ARG_MAX    4

struct age_file_key {
	uint8_t b[AGE_FILE_KEY_LEN];
};

/* A parsed stanza; args point into the text of the header. Only the first AGE_STANZA_ARG_MAX
 * arguments are kept, and a body only if it has 32 bytes. */
struct age_stanza {
	struct {
		const char *b;
		size_t len;
	} arg[AGE_STANZA_ARG_MAX];
	size_t arg_cnt;
	uint8_t body[32];
	size_t body_len; /* the true one */
};

/* The keys and the passphrase to open with. max_work is the highest accepted log2 N of
 * scrypt. */
struct age_opener {
	const struct age_file_key
		*key; /* the file key itself, or NULL: then nothing else is tried */
	const struct age_identity *ids;
	size_t id_cnt;
	const char *passphrase; /* or NULL */
	size_t passphrase_len;
	unsigned max_work;       /* 0: AGE_STANZA_WORK_MAX */
	struct xwing_half *half; /* for age_stanza_seal_own(), of what was opened; or NULL. Wipe */
};
#define AGE_STANZA_WORK_MAX 20

/* Writes the two lines of an mlkem768x25519 stanza. The inputs determine every byte. ERR_KEY
 * for a bad public key; out is then zero. */
__attribute__((warn_unused_result)) int
age_stanza_seal_pq(uint8_t out[static AGE_STANZA_PQ_LEN], const struct xwing_public *pk,
		   const uint8_t coins[static XWING_COINS_LEN], const struct age_file_key *key);

/* The same to ourselves, of a stanza that age_stanza_open() has opened with `id`, gave the file key
 * and that half: no second encapsulation. ERR_AUTH where other coins made it. */
__attribute__((warn_unused_result)) int
age_stanza_seal_own(uint8_t out[static AGE_STANZA_PQ_LEN], const struct age_stanza *opened,
		    const struct xwing_half *half, const struct age_identity *id,
		    const uint8_t coins[static XWING_COINS_LEN]);

/* Writes an X25519 stanza. ERR_KEY for a public key of low order. */
__attribute__((warn_unused_result)) int
age_stanza_seal_x25519(uint8_t out[static AGE_STANZA_X25519_LEN], const uint8_t pk[static 32],
		       const uint8_t ephemeral[static 32], const struct age_file_key *key);

/* Writes a stanza for any recipient, with fresh coins; *len is its length. */
__attribute__((warn_unused_result)) int age_stanza_seal(uint8_t out[static AGE_STANZA_MAX],
							size_t *len, const struct age_recipient *to,
							const struct age_file_key *key);

/* Opens one stanza. 0: key is set. ERR_NO_MATCH: it is not for us. ERR_HEADER: it has a known
 * type and is malformed. ERR_WORK: the work factor of scrypt is above the cap. */
__attribute__((warn_unused_result)) int age_stanza_open(struct age_file_key *key,
							const struct age_stanza *stanza,
							const struct age_opener *who);

/* Tells whether the first argument is this type. */
bool age_stanza_is(const struct age_stanza *stanza, const char *type);

#endif
