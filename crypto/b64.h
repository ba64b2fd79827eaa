/* Base64 with the standard alphabet. Decoding is strict: only the one canonical spelling is
 * accepted, without blanks. */
#ifndef CRYPTO_B64_H
#define CRYPTO_B64_H

#include <stddef.h>
#include <stdint.h>

enum b64_form {
	B64_PADDED, /* notes, cards */
	B64_RAW /* age: no '='; never for secrets, since encoding takes times that depend on them */
};

/* Characters for n bytes, without the terminating zero. */
#define B64_LEN(n)     (((size_t)(n) + 2) / 3 * 4)
#define B64_RAW_LEN(n) (((size_t)(n)*4 + 2) / 3)

/* Writes text and a terminating zero; cap includes the zero. Returns the length of the text, 0
 * if it does not fit (and for len = 0, where out is the empty string). */
size_t b64_encode(char *out, size_t cap, const void *in, size_t len, enum b64_form form);

/* Decodes any number of bytes up to cap. ERR_FORMAT if the text is not canonical or too long. */
__attribute__((warn_unused_result)) int b64_decode(uint8_t *out, size_t cap, size_t *out_len,
						   const char *in, size_t in_len,
						   enum b64_form form);

/* Decodes exactly out_len bytes, otherwise ERR_FORMAT. */
__attribute__((warn_unused_result)) int
b64_decode_exact(uint8_t *out, size_t out_len, const char *in, size_t in_len, enum b64_form form);

#endif
