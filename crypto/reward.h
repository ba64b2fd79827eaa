/*
 * Rewards without a name (FORMATS.md section 18): the claim code of a source, the blob of one size
 * that rides in a tip, and how the reward desk recognises a code. Who opens the tip can neither
 * read the blob nor tell whether there is a code to it.
 */
#ifndef CRYPTO_REWARD_H
#define CRYPTO_REWARD_H

#include "crypto/open.h"
#include "crypto/seal.h"

#define REWARD_DIGITS       20
#define REWARD_TEXT_LEN     23 /* four groups of five and three blanks */
#define REWARD_VERIFIER_LEN 32
#define REWARD_NUMBER_LEN   8
#define REWARD_BLOB_LEN     1691
/* The binary part of a tip with a blob: the source's public key and the blob. */
#define REWARD_BINARY_LEN (KEY_SEAL_PUBLIC_LEN + REWARD_BLOB_LEN)

/* 19 random digits and a Damm check digit. */
struct reward_code {
	char digits[REWARD_DIGITS + 1];
};

void reward_code_new(struct reward_code *out);
/* As receipt_parse(). */
int reward_code_parse(struct reward_code *out, const char *text, size_t len)
	__attribute__((warn_unused_result));
void reward_code_print(char dst[static REWARD_TEXT_LEN + 1], const struct reward_code *code);

/* V, which the reward desk holds in place of the code. */
int reward_verifier(uint8_t out[static REWARD_VERIFIER_LEN], const struct reward_code *code,
		    const uint8_t gateway[static KEY_ID_LEN]) __attribute__((warn_unused_result));
/* The number under which people speak of a reward. It follows from V and tells nothing of the
 * code. */
void reward_number(char out[static REWARD_NUMBER_LEN + 1],
		   const uint8_t verifier[static REWARD_VERIFIER_LEN]);

/*
 * Seals the blob of a tip to the reward desk's key: with V of the code, or, where `code` is NULL,
 * with 32 random bytes that no code fits. The draws are the same. ERR_KEY for an invalid key.
 */
struct reward_seal {
	const uint8_t *pk; /* KEY_SEAL_PUBLIC_LEN bytes */
	const uint8_t *gateway;
	struct seal_rng *rng; /* NULL: the system's */
};
int reward_seal(uint8_t blob[static REWARD_BLOB_LEN], const struct reward_code *code,
		const struct reward_seal *how) __attribute__((warn_unused_result));
/*
 * A blob that no code fits, which everybody who knows the secret makes again: so a second person
 * sees that the first one has put no code of his own in its place. `id` is the log that it stands
 * for.
 */
int reward_seal_none(uint8_t blob[static REWARD_BLOB_LEN],
		     const uint8_t pk[static KEY_SEAL_PUBLIC_LEN], const uint8_t secret[static 32],
		     const uint8_t id[static KEY_ID_LEN]) __attribute__((warn_unused_result));
/* ERR_NO_MATCH: it is sealed to another key; ERR_HEADER, ERR_AUTH: it is not such a blob. */
int reward_open(uint8_t verifier[static REWARD_VERIFIER_LEN], const uint8_t *blob, size_t len,
		const struct open_key *key) __attribute__((warn_unused_result));

#endif
