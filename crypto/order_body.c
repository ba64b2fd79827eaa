/*
 * The bodies of a sealed order that have one form only (FORMATS.md section 17): the first entry,
 * the halves, a code. crypto/ opens no file or connection, never logs and never exits.
 */
#include "crypto/order.h"

#include "crypto/err.h"
#include "crypto/text.h"

#include <sodium.h>
#include <string.h>

/* Reads what the printers write, piece by piece; remembers the first failure. */
struct scan {
	const char *at, *end;
	int err;
};

static bool
scan_has(struct scan *s, size_t n)
{
	if (!s->err && (size_t)(s->end - s->at) < n)
		s->err = ERR_FORMAT;
	return !s->err;
}

/* Whether this text comes next; it is skipped then. */
static bool
scan_if(struct scan *s, const char *text)
{
	size_t n = strlen(text);
	if (s->err || (size_t)(s->end - s->at) < n || memcmp(s->at, text, n) != 0)
		return false;
	s->at += n;
	return true;
}

static void
scan_text(struct scan *s, const char *text)
{
	if (!scan_if(s, text) && !s->err)
		s->err = ERR_FORMAT;
}

static void
scan_hex(struct scan *s, uint8_t *dst, size_t n)
{
	scan_text(s, "\"");
	if (!scan_has(s, 2 * n))
		return;
	s->err = text_unhex(dst, n, s->at, 2 * n);
	s->at += 2 * n;
	scan_text(s, "\"");
}

static uint32_t
scan_number(struct scan *s, uint32_t max)
{
	uint64_t out = 0;
	size_t n = 0;
	while (s->at + n < s->end && n < 10 && s->at[n] >= '0' && s->at[n] <= '9')
		n++;
	if (!s->err)
		s->err = text_u64(&out, s->at, n, max) ? ERR_FORMAT : 0;
	s->at += n;
	return s->err ? 0 : (uint32_t)out;
}

static void
scan_code(struct scan *s, struct receipt *out)
{
	scan_text(s, "\"");
	if (!scan_has(s, RECEIPT_DIGITS))
		return;
	s->err = receipt_parse(out, s->at, RECEIPT_DIGITS);
	s->at += RECEIPT_DIGITS;
	scan_text(s, "\"");
}

/* Between two brackets, so many of n bytes each. */
static void
scan_list(struct scan *s, uint8_t *dst, size_t cnt, size_t n)
{
	scan_text(s, "[");
	for (size_t i = 0; i < cnt; i++) {
		if (i)
			scan_text(s, ",");
		scan_hex(s, dst + i * n, n);
	}
	scan_text(s, "]");
}

/* A list of 2 to 4 handles; how many. */
static unsigned
scan_side(struct scan *s, uint8_t (*dst)[KEY_HANDLE_LEN])
{
	unsigned cnt = 0;
	scan_text(s, "[");
	while (cnt < ORDER_PERSONS && !s->err && (!cnt || scan_if(s, ",")))
		scan_hex(s, dst[cnt++], KEY_HANDLE_LEN);
	scan_text(s, "]");
	if (!s->err && cnt < ORDER_LEAST)
		s->err = ERR_FORMAT;
	return s->err ? 0 : cnt;
}

static int
scan_end(struct scan *s, void *out, size_t len)
{
	if (!s->err && s->at != s->end)
		s->err = ERR_FORMAT;
	if (s->err)
		sodium_memzero(out, len);
	return s->err;
}

static void
put_list(struct bufw *w, const uint8_t *src, size_t cnt, size_t n)
{
	bufw_text(w, "[");
	for (size_t i = 0; i < cnt; i++) {
		bufw_text(w, i ? ",\"" : "\"");
		bufw_hex(w, src + i * n, n);
		bufw_text(w, "\"");
	}
	bufw_text(w, "]");
}

/* Nobody twice, not even on one side. */
static bool
persons_ok(const struct order_head *h)
{
	unsigned cnt = h->a_cnt + h->b_cnt;
	if (h->a_cnt < ORDER_LEAST || h->a_cnt > ORDER_PERSONS || h->b_cnt < ORDER_LEAST ||
	    h->b_cnt > ORDER_PERSONS)
		return false;
	for (unsigned i = 0; i < cnt; i++) {
		if (sodium_is_zero(h->handle[i], KEY_HANDLE_LEN))
			return false;
		for (unsigned k = 0; k < i; k++)
			if (!memcmp(h->handle[i], h->handle[k], KEY_HANDLE_LEN) ||
			    !memcmp(h->key[i], h->key[k], sizeof(h->key[i])))
				return false;
	}
	return true;
}

int
order_head_print(struct bufw *w, const struct order_head *h)
{
	if (!persons_ok(h) || !h->hour0)
		return ERR_ARG;
	bufw_printf(w, "{\"v\":1,\"hours\":%u,\"late\":\"", h->hour0);
	bufw_hex(w, h->late, sizeof(h->late));
	bufw_text(w, "\",\"a\":");
	put_list(w, h->handle[0], h->a_cnt, KEY_HANDLE_LEN);
	bufw_text(w, ",\"b\":");
	put_list(w, h->handle[h->a_cnt], h->b_cnt, KEY_HANDLE_LEN);
	bufw_text(w, ",\"keys\":");
	put_list(w, h->key[0], h->a_cnt + h->b_cnt, 32);
	bufw_text(w, ",\"parts\":");
	put_list(w, h->part[0], ORDER_PLANNED, 32);
	bufw_text(w, ",\"layers\":");
	put_list(w, h->layer[0], ORDER_LAYERS, 32);
	bufw_text(w, "}");
	return bufw_end(w);
}

int
order_head_read(struct order_head *out, const char *json, size_t len)
{
	struct scan s = { json, json + len, 0 };
	memset(out, 0, sizeof(*out));
	scan_text(&s, "{\"v\":1,\"hours\":");
	out->hour0 = scan_number(&s, UINT32_MAX);
	scan_text(&s, ",\"late\":");
	scan_hex(&s, out->late, sizeof(out->late));
	scan_text(&s, ",\"a\":");
	out->a_cnt = scan_side(&s, out->handle);
	scan_text(&s, ",\"b\":");
	out->b_cnt = scan_side(&s, &out->handle[out->a_cnt]);
	scan_text(&s, ",\"keys\":");
	scan_list(&s, out->key[0], out->a_cnt + out->b_cnt, 32);
	scan_text(&s, ",\"parts\":");
	scan_list(&s, out->part[0], ORDER_PLANNED, 32);
	scan_text(&s, ",\"layers\":");
	scan_list(&s, out->layer[0], ORDER_LAYERS, 32);
	scan_text(&s, "}");
	if (!s.err && (!persons_ok(out) || !out->hour0))
		s.err = ERR_FORMAT;
	return scan_end(&s, out, sizeof(*out));
}

int
order_halves_print(struct bufw *w, const struct order_halves *h, enum order_who side)
{
	if (side != ORDER_A && side != ORDER_B)
		return ERR_ARG;
	bufw_text(w, side == ORDER_A ? "{\"v\":1,\"code\":" : "{\"v\":1,\"half\":");
	if (side == ORDER_A)
		bufw_printf(w, "[\"%s\",\"%s\",\"%s\"]", h->code[0].digits, h->code[1].digits,
			    h->code[2].digits);
	else
		put_list(w, h->half[0].b, ORDER_LAYERS, ORDER_HALF_LEN);
	bufw_text(w, ",\"layers\":");
	put_list(w, h->layer[0], ORDER_LAYERS, 32);
	bufw_text(w, "}");
	return bufw_end(w);
}

int
order_halves_read(struct order_halves *out, enum order_who side, const char *json, size_t len)
{
	struct scan s = { json, json + len, side == ORDER_A || side == ORDER_B ? 0 : ERR_ARG };
	memset(out, 0, sizeof(*out));
	scan_text(&s, side == ORDER_A ? "{\"v\":1,\"code\":" : "{\"v\":1,\"half\":");
	if (side == ORDER_A) {
		for (size_t i = 0; i < ORDER_LAYERS; i++) {
			scan_text(&s, i ? "," : "[");
			scan_code(&s, &out->code[i]);
		}
		scan_text(&s, "]");
	} else {
		scan_list(&s, out->half[0].b, ORDER_LAYERS, ORDER_HALF_LEN);
	}
	scan_text(&s, ",\"layers\":");
	scan_list(&s, out->layer[0], ORDER_LAYERS, 32);
	scan_text(&s, "}");
	return scan_end(&s, out, sizeof(*out));
}

int
order_code_print(struct bufw *w, const struct order_code *c)
{
	if (c->layer >= ORDER_LAYERS)
		return ERR_ARG;
	bufw_printf(w, "{\"v\":1,\"layer\":%u,\"code\":\"%s\",\"number\":%u,\"end\":\"", c->layer,
		    c->code.digits, c->number);
	bufw_hex(w, c->hash, sizeof(c->hash));
	bufw_text(w, "\"}");
	return bufw_end(w);
}

int
order_code_read(struct order_code *out, const char *json, size_t len)
{
	struct scan s = { json, json + len, 0 };
	memset(out, 0, sizeof(*out));
	scan_text(&s, "{\"v\":1,\"layer\":");
	out->layer = scan_number(&s, ORDER_LAYERS - 1);
	scan_text(&s, ",\"code\":");
	scan_code(&s, &out->code);
	scan_text(&s, ",\"number\":");
	out->number = scan_number(&s, UINT32_MAX);
	scan_text(&s, ",\"end\":");
	scan_hex(&s, out->hash, sizeof(out->hash));
	scan_text(&s, "}");
	return scan_end(&s, out, sizeof(*out));
}
