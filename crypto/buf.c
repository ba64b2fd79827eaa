/* The cursor over untrusted bytes (struct buf) and its writer (struct bufw). Every parser of
 * the project reads through this cursor, so bounds are checked in one place. crypto/ opens no
 * file or connection, never logs and never exits. */
#include "crypto/buf.h"

#include "crypto/b64.h"
#include "crypto/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
buf_init(struct buf *b, const void *bytes, size_t len)
{
	*b = (struct buf){ .at = bytes, .left = len };
}

void
buf_fail(struct buf *b)
{
	b->bad = true;
}

const uint8_t *
buf_take(struct buf *b, size_t n)
{
	if (b->bad || b->left < n) {
		b->bad = true;
		return NULL;
	}
	const uint8_t *p = b->at;
	if (n > 0)
		b->at += n;
	b->left -= n;
	return p;
}

static uint64_t
get_int(struct buf *b, size_t n)
{
	const uint8_t *p = buf_take(b, n);
	uint64_t v = 0;
	if (p == NULL)
		return 0;
	for (size_t i = n; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

uint8_t
buf_u8(struct buf *b)
{
	return (uint8_t)get_int(b, 1);
}

uint16_t
buf_u16(struct buf *b)
{
	return (uint16_t)get_int(b, 2);
}

uint32_t
buf_u32(struct buf *b)
{
	return (uint32_t)get_int(b, 4);
}

uint64_t
buf_u64(struct buf *b)
{
	return get_int(b, 8);
}

void
buf_bytes(struct buf *b, void *dst, size_t cap, size_t n)
{
	if (cap < n) {
		b->bad = true;
		return;
	}
	const uint8_t *p = buf_take(b, n);
	if (p != NULL && n > 0)
		memcpy(dst, p, n);
}

bool
buf_is_zero(const uint8_t *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

void
buf_zero(struct buf *b, size_t n)
{
	const uint8_t *p = buf_take(b, n);
	uint64_t any = 0, eight;
	if (p == NULL)
		return;
	for (; n >= sizeof(eight); n -= sizeof(eight), p += sizeof(eight)) {
		memcpy(&eight, p, sizeof(eight));
		any |= eight;
	}
	while (n-- > 0)
		any |= *p++;
	if (any != 0)
		b->bad = true;
}

const char *
buf_line(struct buf *b, size_t *len)
{
	const uint8_t *end = NULL;
	*len = 0;
	if (!b->bad && b->left > 0)
		end = memchr(b->at, '\n', b->left);
	if (end == NULL) {
		b->bad = true;
		return NULL;
	}
	*len = (size_t)(end - b->at);
	return (const char *)buf_take(b, *len + 1);
}

int
buf_end(const struct buf *b)
{
	return b->bad || b->left != 0 ? ERR_FORMAT : 0;
}

void
bufw_init(struct bufw *w, void *bytes, size_t cap)
{
	*w = (struct bufw){ .base = bytes, .cap = cap };
}

/* Returns room for n bytes, or NULL and records the failure. */
static uint8_t *
room(struct bufw *w, size_t n)
{
	if (w->bad || w->cap - w->len < n) {
		w->bad = true;
		return NULL;
	}
	uint8_t *p = w->base + w->len;
	w->len += n;
	return p;
}

static void
put_int(struct bufw *w, uint64_t v, size_t n)
{
	uint8_t *p = room(w, n);
	for (size_t i = 0; p != NULL && i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void
bufw_u8(struct bufw *w, uint8_t v)
{
	put_int(w, v, 1);
}

void
bufw_u16(struct bufw *w, uint16_t v)
{
	put_int(w, v, 2);
}

void
bufw_u32(struct bufw *w, uint32_t v)
{
	put_int(w, v, 4);
}

void
bufw_u64(struct bufw *w, uint64_t v)
{
	put_int(w, v, 8);
}

void
bufw_bytes(struct bufw *w, const void *src, size_t n)
{
	uint8_t *p = room(w, n);
	if (p != NULL && n > 0)
		memcpy(p, src, n);
}

void
bufw_zero(struct bufw *w, size_t n)
{
	uint8_t *p = room(w, n);
	if (p != NULL && n > 0)
		memset(p, 0, n);
}

void
bufw_zero_to(struct bufw *w, size_t at)
{
	if (at < w->len)
		w->bad = true;
	else
		bufw_zero(w, at - w->len);
}

void
bufw_text(struct bufw *w, const char *s)
{
	bufw_bytes(w, s, strlen(s));
}

void
bufw_printf(struct bufw *w, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		w->bad = true;
	else
		bufw_bytes(w, line, (size_t)n);
}

void
bufw_hex(struct bufw *w, const void *src, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *s = src;
	for (size_t i = 0; i < n && !w->bad; i++) {
		bufw_u8(w, (uint8_t)digit[s[i] >> 4]);
		bufw_u8(w, (uint8_t)digit[s[i] & 15]);
	}
}

void
bufw_base64(struct bufw *w, const void *src, size_t n)
{
	/* The encoder also writes a terminating zero. Its room is given back afterwards. */
	size_t len = B64_LEN(n);
	uint8_t *p = room(w, len + 1);
	if (p == NULL)
		return;
	if (b64_encode((char *)p, len + 1, src, n, B64_PADDED) != len)
		w->bad = true;
	w->len--;
}

int
bufw_end(const struct bufw *w)
{
	return w->bad ? ERR_FULL : 0;
}
