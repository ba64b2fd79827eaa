/* The receipt of a source (FORMATS.md section 11): 29 random digits and a Damm check digit. */
#ifndef CRYPTO_RECEIPT_H
#define CRYPTO_RECEIPT_H

#include "crypto/hkdf.h"
#include "crypto/key.h"
#include "crypto/xwing.h"

#include <stddef.h>

#define RECEIPT_DIGITS   30
#define RECEIPT_TEXT_LEN 35 /* six groups of five and five blanks */

struct receipt {
	char digits[RECEIPT_DIGITS + 1];
};

struct receipt_keys {
	struct key_sign sign;
	struct xwing_secret seal;
	uint8_t public_sign[KEY_SIGN_PUBLIC_LEN];
	uint8_t case_id[KEY_ID_LEN];
	struct hkdf_prk mark; /* of her entries in the public log (leaf.h) */
};

void receipt_new(struct receipt *out);
/* The Damm check digit of cnt ASCII digits, as an ASCII digit. */
char receipt_check_digit(const char *digits, size_t cnt);

/* The same for any number of digits, the check digit among them: a receipt and a claim code
 * (reward.h). dst has room for them and a zero; printed, for a blank after each five as well. */
void receipt_digits_new(char *dst, size_t cnt);
int receipt_digits_parse(char *dst, size_t cnt, const char *text, size_t len)
	__attribute__((warn_unused_result));
void receipt_digits_print(char *dst, const char *digits, size_t cnt);

/* Reads a receipt. Blanks, '-' and line ends between digits are skipped. ERR_FORMAT: not 30
 * digits; ERR_AUTH: the check digit is wrong. */
int receipt_parse(struct receipt *out, const char *text, size_t len)
	__attribute__((warn_unused_result));
void receipt_print(char dst[static RECEIPT_TEXT_LEN + 1], const struct receipt *receipt);
/* Derives the signing key, the opening key and the case id. The caller wipes *out with
 * sodium_memzero. For the X-Wing public key call xwing_public_of(&pk, &keys.seal). */
int receipt_derive(struct receipt_keys *out, const struct receipt *receipt,
		   const uint8_t gateway[static KEY_ID_LEN]) __attribute__((warn_unused_result));

#endif
