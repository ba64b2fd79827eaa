/* A locked file as a set of codes to photograph (see codes.h). */
#include "crypto/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "crypto/err.h"

static const char mark[] = "DVY1:";

static void
name_of(char name[static CODES_NAME_LEN + 1], const uint8_t *file, size_t len)
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, file, len);
	sodium_bin2hex(name, CODES_NAME_LEN + 1, hash, CODES_NAME_LEN / 2);
}

unsigned
codes_count(size_t len)
{
	size_t cnt = (len + CODES_PIECE - 1) / CODES_PIECE;

	return cnt <= CODES_MAX ? (unsigned)cnt : 0;
}

int
codes_text(char out[static CODES_TEXT_CAP], const uint8_t *file, size_t len, unsigned n)
{
	unsigned total = codes_count(len);
	char name[CODES_NAME_LEN + 1];

	if (!n || n > total)
		return ERR_ARG;
	size_t at = (size_t)(n - 1) * CODES_PIECE;
	name_of(name, file, len);
	int head = snprintf(out, CODES_TEXT_CAP, "%s%s:%u:%u:", mark, name, n, total);
	(void)b64_encode(out + head, CODES_TEXT_CAP - (size_t)head, file + at,
			 len - at < CODES_PIECE ? len - at : CODES_PIECE, B64_PADDED);
	return 0;
}

/* A number from 1 to 99 without a leading zero, and the colon behind it; 0: none. */
static unsigned
number(const char **p, const char *end)
{
	unsigned n = 0;
	const char *from = *p;

	while (*p < end && **p >= '0' && **p <= '9' && *p - from < 2)
		n = n * 10 + (unsigned)(*(*p)++ - '0');
	if (*p == end || **p != ':' || *from == '0')
		return 0;
	(*p)++;
	return n;
}

int
codes_take(struct codes *c, const char *text, size_t len)
{
	const char *p = text + sizeof(mark) - 1, *end = text + len;
	const char *name = p;
	uint8_t piece[CODES_PIECE];
	size_t piece_len;

	if (len < sizeof(mark) + CODES_NAME_LEN || memcmp(text, mark, sizeof(mark) - 1) != 0)
		return ERR_FORMAT;
	p += CODES_NAME_LEN;
	for (const char *h = name; h < p; h++)
		if (!memchr("0123456789abcdef", *h, 16))
			return ERR_FORMAT;
	if (*p++ != ':')
		return ERR_FORMAT;
	unsigned n = number(&p, end), total = n ? number(&p, end) : 0;
	if (n > total || !n ||
	    b64_decode(piece, sizeof(piece), &piece_len, p, (size_t)(end - p), B64_PADDED) != 0 ||
	    !piece_len || (n < total && piece_len != CODES_PIECE))
		return ERR_FORMAT;
	if (c->total && (c->total != total || memcmp(c->name, name, CODES_NAME_LEN) != 0))
		return ERR_DENIED;
	uint16_t *had = &c->len[n - 1];
	if (*had && (*had != piece_len || memcmp(c->piece[n - 1], piece, piece_len) != 0))
		return ERR_DENIED;
	c->total = total;
	memcpy(c->name, name, CODES_NAME_LEN);
	c->have += !*had;
	*had = (uint16_t)piece_len;
	memcpy(c->piece[n - 1], piece, piece_len);
	return 0;
}

int
codes_join(const struct codes *c, uint8_t **out, size_t *out_len)
{
	char name[CODES_NAME_LEN + 1];
	size_t len = 0;

	*out = NULL;
	if (!c->total || c->have != c->total)
		return ERR_NOT_FOUND;
	uint8_t *file = malloc((size_t)c->total * CODES_PIECE);
	if (!file)
		return ERR_MEM;
	for (unsigned i = 0; i < c->total; len += c->len[i++])
		memcpy(file + len, c->piece[i], c->len[i]);
	name_of(name, file, len);
	if (memcmp(name, c->name, CODES_NAME_LEN) != 0) {
		free(file);
		return ERR_AUTH;
	}
	*out = file;
	*out_len = len;
	return 0;
}
