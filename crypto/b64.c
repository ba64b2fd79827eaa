/* Base64 for age headers, notes and cards. Exactly one spelling of the same bytes is accepted,
 * so that text that was signed or hashed cannot be respelled. crypto/ opens no file or
 * connection, never logs and never exits. */
#include "crypto/b64.h"

#include <stdbool.h>

#include <nettle/base64.h>
#include <sodium.h>

#include "crypto/err.h"

static int
variant(enum b64_form form)
{
	return form == B64_RAW ? sodium_base64_VARIANT_ORIGINAL_NO_PADDING
			       : sodium_base64_VARIANT_ORIGINAL;
}

/* Text without padding stands in clear in an age header, and an audit makes whole headers again:
 * Nettle, which looks up each sign, is five times as fast as libsodium, which does not so that keys
 * may be written by it. Returns for how many bytes it wrote text, a multiple of 3. */
static size_t
encode_public(char *out, const uint8_t *in, size_t len)
{
	size_t whole = len - len % 3;

	base64_encode_raw(out, whole, in);
	return whole;
}

size_t
b64_encode(char *out, size_t cap, const void *in, size_t len, enum b64_form form)
{
	size_t n;

	if (cap == 0)
		return 0;
	out[0] = '\0';
	if (len > SIZE_MAX / 4 - 4)
		return 0;
	n = form == B64_RAW ? B64_RAW_LEN(len) : B64_LEN(len);
	if (n >= cap)
		return 0;
	size_t done = form == B64_RAW ? encode_public(out, in, len) : 0, at = done / 3 * 4;
	sodium_bin2base64(out + at, cap - at, (const uint8_t *)in + done, len - done,
			  variant(form));
	return n;
}

/* libsodium 1.0.18 decodes every byte from 0x80 on as '/', so such bytes are refused here. */
static bool
is_ascii(const char *in, size_t len)
{
	uint8_t all = 0;
	size_t i;

	for (i = 0; i < len; i++)
		all |= (uint8_t)in[i];
	return all < 0x80;
}

/* The value of each sign of the alphabet. */
#define NO 64
static const uint8_t value[128] = {
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62,
	NO, NO, NO, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO, NO, 0,
	1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
	23, 24, 25, NO, NO, NO, NO, NO, NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
	39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO,
};

/* The groups of four signs at the beginning of ASCII text without padding, which is public. Returns
 * how many signs it read: it ends before a group that is not whole, holds another sign or finds no
 * room, and libsodium judges the rest. */
static size_t
decode_public(uint8_t *out, size_t cap, const char *in, size_t len)
{
	size_t at = 0;

	for (; len - at >= 4 && cap >= 3; at += 4, out += 3, cap -= 3) {
		unsigned a = value[(uint8_t)in[at]], b = value[(uint8_t)in[at + 1]];
		unsigned c = value[(uint8_t)in[at + 2]], d = value[(uint8_t)in[at + 3]];

		if ((a | b | c | d) & NO)
			break;
		out[0] = (uint8_t)(a << 2 | b >> 4);
		out[1] = (uint8_t)(b << 4 | c >> 2);
		out[2] = (uint8_t)(c << 6 | d);
	}
	return at;
}

int
b64_decode(uint8_t *out, size_t cap, size_t *out_len, const char *in, size_t in_len,
	   enum b64_form form)
{
	uint8_t none;
	size_t n = 0;

	*out_len = 0;
	if (!is_ascii(in, in_len))
		return ERR_FORMAT;
	if (form == B64_PADDED && in_len % 4 != 0)
		return ERR_FORMAT;
	size_t done = form == B64_RAW ? decode_public(out, cap, in, in_len) : 0, had = done / 4 * 3;
	/* libsodium refuses leftover bits, wrong padding and bytes after the padding. */
	if (sodium_base642bin(cap > had ? out + had : &none, cap - had, in + done, in_len - done,
			      NULL, &n, NULL, variant(form)) != 0)
		return ERR_FORMAT;
	*out_len = had + n;
	return 0;
}

int
b64_decode_exact(uint8_t *out, size_t out_len, const char *in, size_t in_len, enum b64_form form)
{
	size_t n;

	if (in_len != (form == B64_RAW ? B64_RAW_LEN(out_len) : B64_LEN(out_len)))
		return ERR_FORMAT;
	if (b64_decode(out, out_len, &n, in, in_len, form) != 0 || n != out_len)
		return ERR_FORMAT;
	return 0;
}
