/* Bech32 (BIP 173) without its length limit: how age prints keys. The data may be a secret
 * key, so no branch and no address depends on it. crypto/ opens no file or connection, never
 * logs and never exits. */
#include "crypto/bech32.h"

#include <stdbool.h>

#include <sodium.h>

#include "crypto/err.h"

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

#define CHECK_LEN 6

static uint32_t
polymod(uint32_t chk, uint8_t value)
{
	static const uint32_t gen[5] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
					 0x2a1462b3 };
	uint32_t top = chk >> 25;
	int i;

	chk = (chk & 0x1ffffff) << 5 ^ value;
	for (i = 0; i < 5; i++)
		chk ^= gen[i] & (0U - (top >> i & 1));
	return chk;
}

static bool
is_upper(const char *hrp)
{
	for (; *hrp != '\0'; hrp++)
		if (*hrp >= 'A' && *hrp <= 'Z')
			return true;
	return false;
}

/* The checksum runs over the lower-case prefix, whatever the string's case. */
static uint32_t
polymod_prefix(const char *hrp)
{
	uint32_t chk = 1;
	const char *p;

	for (p = hrp; *p != '\0'; p++) {
		uint8_t c = (uint8_t)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);

		chk = polymod(chk, c >> 5);
	}
	chk = polymod(chk, 0);
	for (p = hrp; *p != '\0'; p++) {
		uint8_t c = (uint8_t)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);

		chk = polymod(chk, c & 31);
	}
	return chk;
}

/* All ones if a == b, else zero, without a branch; for small numbers. */
static uint32_t
equal_mask(uint32_t a, uint32_t b)
{
	return 0U - (((a ^ b) - 1U) >> 31);
}

/* The i-th symbol in the case of the string. Letters have bit 6; upper case is 32 lower. */
static uint32_t
cased(uint32_t i, bool upper)
{
	uint32_t c = (uint8_t)alphabet[i];

	return upper ? c - ((c & 0x40) >> 1) : c;
}

/* Encodes and decodes by arithmetic. The data may be a secret: a lookup in a table or a branch
 * would leave traces in the cache. */
static char
symbol(uint8_t value, bool upper)
{
	uint32_t c = 0, i;

	for (i = 0; i < 32; i++)
		c |= cased(i, upper) & equal_mask(i, value);
	return (char)c;
}

/* The value 0…31 of a character; *known becomes 0 if the character is no symbol. */
static uint8_t
value_of(char symbol_in, bool upper, uint32_t *known)
{
	uint32_t c = (uint8_t)symbol_in, v = 0, hits = 0, i;

	for (i = 0; i < 32; i++) {
		uint32_t hit = equal_mask(cased(i, upper), c);

		v |= i & hit;
		hits |= hit;
	}
	*known &= hits;
	return (uint8_t)v;
}

int
bech32_encode(char *out, size_t cap, const char *hrp, const uint8_t *data, size_t len)
{
	size_t hrp_len = strlen(hrp), i;
	uint32_t chk = polymod_prefix(hrp), acc = 0;
	bool upper = is_upper(hrp);
	int bits = 0;

	if (len > SIZE_MAX / 16 || hrp_len > 83 || BECH32_LEN(hrp_len, len) >= cap)
		return ERR_RANGE;
	memcpy(out, hrp, hrp_len);
	out += hrp_len;
	*out++ = '1';
	for (i = 0; i < len; i++) {
		acc = (acc << 8 | data[i]) & 0xfff;
		for (bits += 8; bits >= 5;) {
			uint8_t v = acc >> (bits -= 5) & 31;

			chk = polymod(chk, v);
			*out++ = symbol(v, upper);
		}
	}
	if (bits > 0) {
		uint8_t v = acc << (5 - bits) & 31;

		chk = polymod(chk, v);
		*out++ = symbol(v, upper);
	}
	for (i = 0; i < CHECK_LEN; i++)
		chk = polymod(chk, 0);
	chk ^= 1;
	for (i = 0; i < CHECK_LEN; i++)
		*out++ = symbol(chk >> (5 * (CHECK_LEN - 1 - i)) & 31, upper);
	*out = '\0';
	return 0;
}

int
bech32_decode(uint8_t *out, size_t out_len, const char *hrp, const char *in, size_t in_len)
{
	size_t hrp_len = strlen(hrp), data_len, i, o = 0;
	uint32_t chk = polymod_prefix(hrp), acc = 0, known = ~0U;
	bool upper = is_upper(hrp);
	int bits = 0;

	if (in_len != BECH32_LEN(hrp_len, out_len) || memcmp(in, hrp, hrp_len) != 0 ||
	    in[hrp_len] != '1')
		return ERR_FORMAT;
	in += hrp_len + 1;
	data_len = in_len - hrp_len - 1;
	for (i = 0; i < data_len; i++) {
		uint8_t v = value_of(in[i], upper, &known);

		chk = polymod(chk, v);
		if (i >= data_len - CHECK_LEN)
			continue;
		acc = (acc << 5 | v) & 0xfff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			if (o < out_len)
				out[o++] = (uint8_t)(acc >> bits);
		}
	}
	/* Fewer than five bits may be left over, and they must be zero. */
	chk = (chk ^ 1) | (acc & ((1U << bits) - 1)) | ~known;
	if (chk == 0 && o == out_len)
		return 0;
	sodium_memzero(out, out_len);
	return ERR_FORMAT;
}
