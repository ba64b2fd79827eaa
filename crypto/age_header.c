/* Writes, parses and verifies the header of an age file (C2SP age.md, "Header"): the stanzas
 * and the MAC over them. The parser reads bytes that an enemy chose. crypto/ opens no file or
 * connection, never logs and never exits. */
#include "crypto/age_header.h"

#include <stdbool.h>

#include <nettle/hmac.h>
#include <sodium.h>

#include "crypto/b64.h"
#include "crypto/err.h"

#define LINE_MAX_LEN 64 /* columns of a line of a stanza's body */
#define MAC_TEXT_LEN B64_RAW_LEN(32)

/* The MAC over everything up to and including "---". */
static void
header_mac(uint8_t mac[static 32], const struct age_file_key *key, struct hkdf_in text)
{
	struct hmac_sha256_ctx st;
	uint8_t mac_key[32];

	(void)!hkdf_derive(mac_key, sizeof(mac_key), HKDF_IN(key->b, sizeof(key->b)), HKDF_EMPTY,
			   HKDF_TEXT("header"));
	hmac_sha256_set_key(&st, sizeof(mac_key), mac_key);
	hmac_sha256_update(&st, text.len, text.b);
	hmac_sha256_digest(&st, 32, mac);
	sodium_memzero(&st, sizeof(st));
	sodium_memzero(mac_key, sizeof(mac_key));
}

int
age_header_write(uint8_t *out, size_t cap, size_t *len, struct hkdf_in stanzas,
		 const struct age_file_key *key)
{
	char text[MAC_TEXT_LEN + 1];
	uint8_t mac[32];
	size_t n = AGE_HEADER_BEGIN;

	*len = 0;
	if (stanzas.len == 0)
		return ERR_ARG;
	if (cap < AGE_HEADER_BEGIN + AGE_HEADER_END ||
	    stanzas.len > cap - AGE_HEADER_BEGIN - AGE_HEADER_END)
		return ERR_RANGE;
	if (stanzas.b != out + n)
		memcpy(out + n, stanzas.b, stanzas.len);
	memcpy(out, AGE_HEADER_FIRST, n);
	n += stanzas.len;
	memcpy(out + n, "--- ", 4);
	header_mac(mac, key, HKDF_IN(out, n + 3));
	b64_encode(text, sizeof(text), mac, sizeof(mac), B64_RAW);
	memcpy(out + n + 4, text, MAC_TEXT_LEN);
	out[n + 4 + MAC_TEXT_LEN] = '\n';
	*len = n + AGE_HEADER_END;
	return 0;
}

/* The line at *pos of b; *pos moves to the byte after its newline. False if there is no
 * newline. */
static bool
next_line(const uint8_t *b, size_t len, size_t *pos, struct hkdf_in *line)
{
	const uint8_t *end = *pos < len ? memchr(b + *pos, '\n', len - *pos) : NULL;

	if (!end)
		return false;
	*line = HKDF_IN(b + *pos, (size_t)(end - (b + *pos)));
	*pos += line->len + 1;
	return true;
}

/* The first byte from p on that is no visible ASCII, or the end. Shares have some 1,500 signs, so
 * eight are looked at at once: a byte below '!' or above '~' sets a highest bit, its own. One that
 * is within gives and takes no carry, so none hides another. */
static const char *
skip_visible(const char *p, const char *end)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t x;

	for (; end - p >= 8; p += 8) {
		memcpy(&x, p, 8);
		if ((x | (x + each) | (x - each * '!')) & each << 7)
			break;
	}
	while (p<end && * p> ' ' && *p < 0x7f)
		p++;
	return p;
}

/* "-> " and arguments of visible ASCII, one blank between them. */
static int
parse_args(struct age_stanza *s, struct hkdf_in line)
{
	const char *p = line.b, *end = p + line.len, *start;

	if (line.len < 4 || memcmp(p, "-> ", 3) != 0)
		return ERR_HEADER;
	for (p += 3;; p++) {
		start = p;
		p = skip_visible(p, end);
		if (p == start)
			return ERR_HEADER;
		if (s->arg_cnt < AGE_STANZA_ARG_MAX) {
			s->arg[s->arg_cnt].b = start;
			s->arg[s->arg_cnt].len = (size_t)(p - start);
		}
		s->arg_cnt++;
		if (p == end)
			return 0;
		if (*p != ' ')
			return ERR_HEADER;
	}
}

/* Lines of 64 columns, then one shorter line. Every line must be canonical base64. */
static int
parse_body(struct age_stanza *s, const uint8_t *b, size_t len, size_t *pos)
{
	uint8_t bytes[LINE_MAX_LEN / 4 * 3];
	struct hkdf_in line;
	size_t n;

	do {
		if (!next_line(b, len, pos, &line) || line.len > LINE_MAX_LEN ||
		    b64_decode(bytes, sizeof(bytes), &n, line.b, line.len, B64_RAW) != 0)
			return ERR_HEADER;
		if (s->body_len == 0 && n <= sizeof(s->body))
			memcpy(s->body, bytes, n);
		s->body_len += n;
	} while (line.len == LINE_MAX_LEN);
	return 0;
}

static int
parse_stanza(struct age_stanza *s, const uint8_t *b, size_t len, size_t *pos)
{
	struct hkdf_in line;
	int err;

	memset(s, 0, sizeof(*s));
	if (!next_line(b, len, pos, &line))
		return ERR_HEADER;
	if ((err = parse_args(s, line)) != 0)
		return err;
	return parse_body(s, b, len, pos);
}

int
age_header_read(struct age_header *h, const uint8_t *b, size_t len, struct age_stanza *stanza,
		size_t cap)
{
	struct hkdf_in line;
	struct age_stanza s;
	size_t pos = 0, stanza_cnt = 0, mac_off;
	uint8_t mac[32];
	int err;

	memset(h, 0, sizeof(*h));
	if (len > AGE_HEADER_MAX)
		len = AGE_HEADER_MAX;
	if (!next_line(b, len, &pos, &line) || pos != AGE_HEADER_BEGIN ||
	    memcmp(b, AGE_HEADER_FIRST, AGE_HEADER_BEGIN) != 0)
		return ERR_HEADER;
	for (mac_off = pos; len - pos < 3 || memcmp(b + pos, "---", 3) != 0; mac_off = pos) {
		err = parse_stanza(stanza_cnt < cap ? &stanza[stanza_cnt] : &s, b, len, &pos);
		if (err)
			return err;
		stanza_cnt++;
	}
	if (stanza_cnt == 0 || !next_line(b, len, &pos, &line) || line.len != AGE_HEADER_END - 1 ||
	    memcmp(line.b, "--- ", 4) != 0 ||
	    b64_decode_exact(mac, sizeof(mac), (const char *)line.b + 4, MAC_TEXT_LEN, B64_RAW) !=
		    0)
		return ERR_HEADER;
	h->b = b;
	h->len = pos;
	h->mac_off = mac_off;
	h->stanza_cnt = stanza_cnt;
	memcpy(h->mac, mac, sizeof(mac));
	return 0;
}

int
age_header_parse(struct age_header *h, const uint8_t *b, size_t len)
{
	return age_header_read(h, b, len, NULL, 0);
}

int
age_header_next(const struct age_header *h, size_t *pos, struct age_stanza *stanza)
{
	if (*pos == 0)
		*pos = AGE_HEADER_BEGIN;
	if (*pos >= h->mac_off)
		return ERR_NOT_FOUND;
	return parse_stanza(stanza, h->b, h->mac_off, pos);
}

int
age_header_verify(const struct age_header *h, const struct age_file_key *key)
{
	uint8_t mac[32];
	int err;

	header_mac(mac, key, HKDF_IN(h->b, h->mac_off + 3));
	err = sodium_memcmp(mac, h->mac, sizeof(mac)) == 0 ? 0 : ERR_HMAC;
	sodium_memzero(mac, sizeof(mac));
	return err;
}

int
age_header_open(struct age_file_key *key, const struct age_header *h, const struct age_opener *who)
{
	static const struct age_opener nobody;
	struct age_stanza s;
	size_t pos = 0;
	bool found = who->key != NULL;
	int err;

	memset(key, 0, sizeof(*key));
	if (found)
		*key = *who->key;
	while ((err = age_header_next(h, &pos, &s)) == 0) {
		if (h->stanza_cnt > 1 && age_stanza_is(&s, "scrypt")) {
			err = ERR_HEADER;
			goto out;
		}
		/* The stanzas after the matching one are still checked for form. */
		err = age_stanza_open(key, &s, found ? &nobody : who);
		if (!err)
			found = true;
		else if (err != ERR_NO_MATCH)
			goto out;
	}
	if (err != ERR_NOT_FOUND)
		goto out;
	err = found ? age_header_verify(h, key) : ERR_NO_MATCH;
out:
	if (err)
		sodium_memzero(key, sizeof(*key));
	return err;
}
