/* Strict readers of text: UTF-8, hex, decimal numbers, base64, days. They ignore the locale. */
#ifndef CRYPTO_TEXT_H
#define CRYPTO_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_DAY_LEN 10 /* 2026-11-01 */

/* Checks strict UTF-8: no NUL, no overlong form, no surrogate, nothing above U+10FFFF. 0 or
 * ERR_UTF8. */
int text_utf8(const void *bytes, size_t len) __attribute__((warn_unused_result));
/* Like text_utf8, and no control characters (C0, DEL, C1); '
 * ' is allowed if newline is not 0. */
int text_printable(const void *bytes, size_t len, int newline) __attribute__((warn_unused_result));

/* Reads exactly 2·n lower-case digits; 0 or ERR_FORMAT. */
int text_unhex(uint8_t *dst, size_t n, const char *hex, size_t hex_len)
	__attribute__((warn_unused_result));
/* Writes 2·n digits and a zero. */
void text_hex(char *dst, size_t cap, const void *src, size_t n);

/* Reads a decimal number without sign and leading zeros, at most max; 0, ERR_FORMAT or
 * ERR_RANGE. */
int text_u64(uint64_t *out, const char *s, size_t len, uint64_t max)
	__attribute__((warn_unused_result));

/* Reads canonical padded base64 of exactly n bytes; 0 or ERR_FORMAT. */
int text_unbase64(uint8_t *dst, size_t n, const char *s, size_t len)
	__attribute__((warn_unused_result));

/* Makes blanks of the comments in a text for libconfuse, which counts lines wrongly where there are
 * some. */
void text_blank_comments(char *text);

/* Reads and prints days since 1970-01-01, UTC, years 1970 to 2199; 0 or ERR_FORMAT (also for
 * 2026-02-30). */
int text_day(uint32_t *day, const char *s, size_t len) __attribute__((warn_unused_result));
void text_day_print(char dst[static TEXT_DAY_LEN + 1], uint32_t day);
/* Its year; a day after the last year is of the last. */
unsigned text_day_year(uint32_t day);

#endif
