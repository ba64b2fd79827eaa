/* Identities and recipients of age (C2SP age.md), X25519 and the post-quantum hybrid, as text
 * and as key files. */
#ifndef CRYPTO_AGE_KEY_H
#define CRYPTO_AGE_KEY_H

#include <stdio.h>

#include "crypto/bech32.h"
#include "crypto/xwing.h"

enum age_kind { AGE_KIND_X25519, AGE_KIND_PQ };

struct age_recipient {
	enum age_kind kind;
	union {
		uint8_t x25519[32];
		struct xwing_public xwing;
	} pk;
};

/* Secret: the caller ends with age_key_wipe(). Every function that fills it makes `ready` as
 * well. */
struct age_identity {
	enum age_kind kind;
	uint8_t secret[32];
	uint8_t x25519_public[32]; /* AGE_KIND_X25519 */
	struct xwing_ready ready;  /* AGE_KIND_PQ */
};

/* With the terminating zero. */
#define AGE_RECIPIENT_CAP (BECH32_LEN(6, XWING_PUBLIC_LEN) + 1) /* age1pq1… 1959 */
#define AGE_IDENTITY_CAP  (BECH32_LEN(18, 32) + 1)              /* 77 */

void age_key_make(struct age_identity *id, enum age_kind kind);
void age_key_from_secret(struct age_identity *id, enum age_kind kind,
			 const uint8_t secret[static 32]);
void age_key_recipient(struct age_recipient *to, const struct age_identity *id);
void age_key_wipe(struct age_identity *ids, size_t cnt);

/* Parse one word without blanks around it. ERR_KEY if it is not a key of that form. */
__attribute__((warn_unused_result)) int age_key_parse_identity(struct age_identity *id,
							       const char *text, size_t len);
__attribute__((warn_unused_result)) int age_key_parse_recipient(struct age_recipient *to,
								const char *text, size_t len);

void age_key_print_identity(char out[static AGE_IDENTITY_CAP], const struct age_identity *id);
void age_key_print_recipient(char out[static AGE_RECIPIENT_CAP], const struct age_recipient *to);

/* Reads a key file: one identity on each line; blank lines and lines that begin with '#' are
 * skipped; lines may have any length. *ids is NULL or an array of *cnt in secret memory, which
 * the caller frees with age_key_free(). ERR_KEY, with *line set, for any other line;
 * ERR_NOT_FOUND for a file without an identity. */
__attribute__((warn_unused_result)) int age_key_load(FILE *in, struct age_identity **ids,
						     size_t *cnt, size_t *line);
void age_key_free(struct age_identity *ids);

#endif
