/* Receipts (FORMATS.md section 11): 30 digits from which the keys of a source are derived. No
 * branch and no address depends on the digits. crypto/ opens no file or connection, never logs
 * and never exits. */
#include "crypto/receipt.h"

#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"

#include <sodium.h>
#include <string.h>

#define GROUP_LEN 5

/* H. M. Damm, Total anti-symmetrische Quasigruppen, Marburg 2004. */
static const uint8_t damm[10][10] = {
	{ 0, 3, 1, 7, 5, 9, 8, 6, 4, 2 }, { 7, 0, 9, 2, 1, 5, 4, 8, 6, 3 },
	{ 4, 2, 0, 6, 8, 7, 1, 3, 5, 9 }, { 1, 7, 5, 0, 9, 8, 3, 4, 2, 6 },
	{ 6, 1, 2, 3, 0, 4, 5, 9, 7, 8 }, { 3, 6, 7, 4, 2, 0, 9, 5, 8, 1 },
	{ 5, 8, 6, 9, 7, 2, 0, 1, 3, 4 }, { 8, 9, 4, 5, 3, 6, 2, 0, 1, 7 },
	{ 9, 4, 3, 8, 6, 1, 7, 2, 0, 5 }, { 2, 5, 8, 1, 4, 3, 6, 7, 9, 0 },
};

/* Reads the whole table, so that no address depends on a digit. */
static unsigned
damm_at(unsigned row, unsigned digit)
{
	unsigned found = 0;
	for (unsigned i = 0; i < 100; i++) {
		uint32_t same = ((i ^ (row * 10 + digit)) - 1u) >> 8; /* all ones, or 0 */
		found |= damm[i / 10][i % 10] & same;
	}
	return found;
}

char
receipt_check_digit(const char *digits, size_t cnt)
{
	unsigned row = 0;
	for (size_t i = 0; i < cnt; i++)
		row = damm_at(row, (unsigned)(digits[i] - '0') % 10);
	return (char)('0' + row);
}

void
receipt_digits_new(char *dst, size_t cnt)
{
	for (size_t i = 0; i < cnt - 1; i++)
		dst[i] = (char)('0' + randombytes_uniform(10));
	dst[cnt - 1] = receipt_check_digit(dst, cnt - 1);
	dst[cnt] = '\0';
}

int
receipt_digits_parse(char *dst, size_t cnt, const char *text, size_t len)
{
	size_t n = 0;
	int err = 0;
	memset(dst, 0, cnt + 1);
	for (size_t i = 0; i < len && !err; i++) {
		char c = text[i];
		if (c == ' ' || c == '-' || c == '\n' || c == '\r' || c == '\t')
			continue;
		if (c < '0' || c > '9' || n == cnt)
			err = ERR_FORMAT;
		else
			dst[n++] = c;
	}
	if (!err && n != cnt)
		err = ERR_FORMAT;
	if (!err && receipt_check_digit(dst, cnt) != '0')
		err = ERR_AUTH;
	if (err)
		sodium_memzero(dst, cnt + 1);
	return err;
}

void
receipt_digits_print(char *dst, const char *digits, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		if (i > 0 && i % GROUP_LEN == 0)
			*dst++ = ' ';
		*dst++ = digits[i];
	}
	*dst = '\0';
}

void
receipt_new(struct receipt *out)
{
	receipt_digits_new(out->digits, RECEIPT_DIGITS);
}

int
receipt_parse(struct receipt *out, const char *text, size_t len)
{
	return receipt_digits_parse(out->digits, RECEIPT_DIGITS, text, len);
}

void
receipt_print(char dst[static RECEIPT_TEXT_LEN + 1], const struct receipt *receipt)
{
	receipt_digits_print(dst, receipt->digits, RECEIPT_DIGITS);
}

int
receipt_derive(struct receipt_keys *out, const struct receipt *receipt,
	       const uint8_t gateway[static KEY_ID_LEN])
{
	struct hkdf_prk prk;
	uint8_t seed[KEY_SIGN_SEED_LEN];
	memset(out, 0, sizeof(*out));
	hkdf_extract(&prk, HKDF_IN(gateway, KEY_ID_LEN), HKDF_IN(receipt->digits, RECEIPT_DIGITS));
	int err = hkdf_expand(seed, sizeof(seed), &prk, HKDF_TEXT(LABEL_SOURCE_SIGN));
	if (!err)
		err = hkdf_expand(out->seal.seed, sizeof(out->seal.seed), &prk,
				  HKDF_TEXT(LABEL_SOURCE_SEAL));
	if (!err) {
		key_sign_from_seed(&out->sign, seed);
		key_sign_public(out->public_sign, &out->sign);
		frame_case_id(out->case_id, out->public_sign);
	}
	if (!err)
		err = hkdf_expand(out->mark.b, sizeof(out->mark.b), &prk, HKDF_TEXT(LABEL_MARK));
	sodium_memzero(&prk, sizeof(prk));
	sodium_memzero(seed, sizeof(seed));
	return err;
}
