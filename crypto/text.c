/* Strict readers and printers of UTF-8, hex, decimal numbers, base64 and days. They ignore the
 * locale, so that the same bytes mean the same on every machine. crypto/ opens no file or
 * connection, never logs and never exits. */
#include "crypto/text.h"

#include "crypto/b64.h"
#include "crypto/err.h"

#include <stdbool.h>
#include <string.h>

/* The code point at s, its length to *n; UINT32_MAX if the bytes are not strict UTF-8. */
static uint32_t
code_point(const uint8_t *s, size_t left, size_t *n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = s[0];
	size_t len = c < 0x80             ? 1
		     : (c & 0xe0) == 0xc0 ? 2
		     : (c & 0xf0) == 0xe0 ? 3
		     : (c & 0xf8) == 0xf0 ? 4
					  : 0;
	if (len == 0 || left < len)
		return UINT32_MAX;
	if (len > 1)
		c &= 0x7fu >> len;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		c = c << 6 | (s[i] & 0x3fu);
	}
	*n = len;
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return UINT32_MAX;
	return c;
}

int
text_utf8(const void *bytes, size_t len)
{
	const uint8_t *s = bytes;
	for (size_t i = 0, n = 0; i < len; i += n) {
		uint32_t c = code_point(s + i, len - i, &n);
		if (c == UINT32_MAX || c == 0)
			return ERR_UTF8;
	}
	return 0;
}

int
text_printable(const void *bytes, size_t len, int newline)
{
	const uint8_t *s = bytes;
	for (size_t i = 0, n = 0; i < len; i += n) {
		uint32_t c = code_point(s + i, len - i, &n);
		if (c == UINT32_MAX)
			return ERR_UTF8;
		if (c == '\n' && newline)
			continue;
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			return ERR_UTF8;
	}
	return 0;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
text_unhex(uint8_t *dst, size_t n, const char *hex, size_t hex_len)
{
	if (hex_len % 2 != 0 || hex_len / 2 != n)
		return ERR_FORMAT;
	for (size_t i = 0; i < n; i++) {
		int hi = nibble(hex[2 * i]);
		int lo = nibble(hex[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return ERR_FORMAT;
		dst[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

void
text_hex(char *dst, size_t cap, const void *src, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *s = src;
	size_t at = 0;
	if (cap == 0)
		return;
	for (size_t i = 0; i < n && cap - at > 2; i++) {
		dst[at++] = digit[s[i] >> 4];
		dst[at++] = digit[s[i] & 15];
	}
	dst[at] = '\0';
}

int
text_u64(uint64_t *out, const char *s, size_t len, uint64_t max)
{
	uint64_t v = 0;
	*out = 0;
	if (len == 0 || (len > 1 && s[0] == '0'))
		return ERR_FORMAT;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return ERR_FORMAT;
		uint64_t d = (uint64_t)(s[i] - '0');
		if (v > (UINT64_MAX - d) / 10)
			return ERR_RANGE;
		v = v * 10 + d;
	}
	if (v > max)
		return ERR_RANGE;
	*out = v;
	return 0;
}

int
text_unbase64(uint8_t *dst, size_t n, const char *s, size_t len)
{
	return b64_decode_exact(dst, n, s, len, B64_PADDED);
}

#define DAY_YEAR_MIN 1970
#define DAY_YEAR_MAX 2199

static int
leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static uint32_t
month_days(int y, int m)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return days[m - 1] + (m == 2 && leap(y) ? 1u : 0u);
}

static uint32_t
year_days(int y)
{
	return leap(y) ? 366 : 365;
}

int
text_day(uint32_t *day, const char *s, size_t len)
{
	static const uint8_t digit_at[] = { 0, 1, 2, 3, 5, 6, 8, 9 };
	int part[3] = { 0, 0, 0 };
	uint32_t sum = 0;
	*day = 0;
	if (len != TEXT_DAY_LEN || s[4] != '-' || s[7] != '-')
		return ERR_FORMAT;
	for (size_t i = 0; i < sizeof(digit_at); i++) {
		char c = s[digit_at[i]];
		if (c < '0' || c > '9')
			return ERR_FORMAT;
		int *p = &part[i < 4 ? 0 : i < 6 ? 1 : 2];
		*p = *p * 10 + (c - '0');
	}
	if (part[0] < DAY_YEAR_MIN || part[0] > DAY_YEAR_MAX || part[1] < 1 || part[1] > 12)
		return ERR_FORMAT;
	if (part[2] < 1 || (uint32_t)part[2] > month_days(part[0], part[1]))
		return ERR_FORMAT;
	for (int y = DAY_YEAR_MIN; y < part[0]; y++)
		sum += year_days(y);
	for (int m = 1; m < part[1]; m++)
		sum += month_days(part[0], m);
	*day = sum + (uint32_t)part[2] - 1;
	return 0;
}

static void
put_digits(char *dst, unsigned v, size_t n)
{
	for (size_t i = n; i > 0; i--, v /= 10)
		dst[i - 1] = (char)('0' + v % 10);
}

/* The year of a day, which is counted from the beginning of that year then. */
static int
year_take(uint32_t *day)
{
	int y = DAY_YEAR_MIN;
	for (; y < DAY_YEAR_MAX && *day >= year_days(y); y++)
		*day -= year_days(y);
	return y;
}

unsigned
text_day_year(uint32_t day)
{
	return (unsigned)year_take(&day);
}

void
text_day_print(char dst[static TEXT_DAY_LEN + 1], uint32_t day)
{
	int y = year_take(&day), m = 1;
	for (; m < 12 && day >= month_days(y, m); m++)
		day -= month_days(y, m);
	if (day > 30)
		day = 30; /* a day after the last year is printed as the last day */
	put_digits(dst, (unsigned)y, 4);
	dst[4] = '-';
	put_digits(dst + 5, (unsigned)m, 2);
	dst[7] = '-';
	put_digits(dst + 8, (unsigned)day + 1, 2);
	dst[TEXT_DAY_LEN] = '\0';
}

/* How long the comment is that begins at p; 0 if none does. */
static size_t
comment_len(const char *p)
{
	if (*p == '#' || (p[0] == '/' && p[1] == '/'))
		return strcspn(p, "\n");
	if (p[0] != '/' || p[1] != '*')
		return 0;
	const char *end = strstr(p + 2, "*/");
	return end ? (size_t)(end - p) + 2 : 0; /* libconfuse itself refuses one without an end */
}

void
text_blank_comments(char *text)
{
	char quote = 0;
	bool word = false; /* within a word without quotes a // begins nothing, as in http://… */

	for (char *p = text; *p; p++) {
		size_t n = quote || (word && *p != '#') ? 0 : comment_len(p);

		for (size_t i = 0; i < n; i++)
			if (p[i] != '\n')
				p[i] = ' ';
		if (n > 0)
			p += n - 1;
		else if (quote && *p == '\\' && p[1])
			p++;
		else if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? 0 : *p;
		word = !quote && !strchr(" \t\n\"'={}(),+", *p);
	}
}
