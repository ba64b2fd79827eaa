/* Cards (FORMATS.md section 9): the unsigned texts that pin a gateway or offer a member's
 * keys. crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/card.h"

#include "crypto/err.h"
#include "crypto/field.h"
#include "crypto/text.h"

#include <string.h>

/* gateway <hex id> <base64 key> */
static int
gateway_get(void *base, const char *v, size_t len)
{
	struct card_gateway *c = base;
	size_t hex = 2 * KEY_ID_LEN;
	if (len < hex + 1 || v[hex] != ' ' || text_unhex(c->id, KEY_ID_LEN, v, hex))
		return ERR_FORMAT;
	return text_unbase64(c->key, KEY_SIGN_PUBLIC_LEN, v + hex + 1, len - hex - 1);
}

static void
gateway_put(struct bufw *w, const void *base)
{
	const struct card_gateway *c = base;
	bufw_hex(w, c->id, KEY_ID_LEN);
	bufw_text(w, " ");
	bufw_base64(w, c->key, KEY_SIGN_PUBLIC_LEN);
}

static int
threshold_get(void *base, const char *v, size_t len)
{
	struct card_gateway *c = base;
	uint64_t k = 0;
	int err = text_u64(&k, v, len, ROSTER_ROOT_MAX);
	c->roots.threshold = (size_t)k;
	return err;
}

static void
threshold_put(struct bufw *w, const void *base)
{
	const struct card_gateway *c = base;
	bufw_printf(w, "%zu", c->roots.threshold);
}

static const struct field gateway_fields[] = {
	{ .word = "gateway", .type = FIELD_OWN, .get = gateway_get, .put = gateway_put },
	{ .word = "root",
	  .type = FIELD_BASE64,
	  .at = offsetof(struct card_gateway, roots.key),
	  .size = KEY_SIGN_PUBLIC_LEN,
	  .flags = FIELD_REPEATS,
	  .cnt_at = offsetof(struct card_gateway, roots.cnt),
	  .max = ROSTER_ROOT_MAX },
	{ .word = "threshold", .type = FIELD_OWN, .get = threshold_get, .put = threshold_put },
};

static const struct field_doc gateway_doc = {
	.first = "davylamp/v1 card",
	.field = gateway_fields,
	.cnt = sizeof(gateway_fields) / sizeof(*gateway_fields),
};

/* The threshold must not exceed the number of roots, and no root may appear twice: otherwise
 * one person could sign for two. */
static int
roots_check(const struct roster_roots *r)
{
	if (r->cnt == 0 || r->cnt > ROSTER_ROOT_MAX || r->threshold == 0 || r->threshold > r->cnt)
		return ERR_RANGE;
	for (size_t i = 0; i < r->cnt; i++)
		for (size_t j = 0; j < i; j++)
			if (memcmp(r->key[i], r->key[j], KEY_SIGN_PUBLIC_LEN) == 0)
				return ERR_DUP;
	return 0;
}

int
card_gateway_parse(struct card_gateway *out, const void *bytes, size_t len)
{
	memset(out, 0, sizeof(*out));
	int err = len > CARD_MAX ? ERR_RANGE : field_read(out, &gateway_doc, bytes, len);
	if (!err)
		err = roots_check(&out->roots);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

int
card_gateway_print(struct bufw *w, const struct card_gateway *card)
{
	int err = roots_check(&card->roots);
	if (err)
		return err;
	field_print(w, &gateway_doc, card);
	return bufw_end(w);
}

#define AT(name)                                                                                   \
	.at = offsetof(struct card_member, name), .size = sizeof(((struct card_member *)0)->name)

static const struct field member_fields[] = {
	{ .word = "handle", .type = FIELD_HEX, AT(handle) },
	{ .word = "name", .type = FIELD_TEXT, AT(name) },
	{ .word = "sign", .type = FIELD_BASE64, AT(sign) },
	{ .word = "seal", .type = FIELD_BASE64, AT(seal) },
};

static const struct field_doc member_doc = {
	.first = "davylamp/v1 member-card",
	.field = member_fields,
	.cnt = sizeof(member_fields) / sizeof(*member_fields),
};

int
card_member_parse(struct card_member *out, const void *bytes, size_t len)
{
	memset(out, 0, sizeof(*out));
	int err = len > CARD_MAX ? ERR_RANGE : field_read(out, &member_doc, bytes, len);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

int
card_member_print(struct bufw *w, const struct card_member *card)
{
	struct card_member back;
	size_t from = w->len;
	field_print(w, &member_doc, card);
	int err = bufw_end(w);
	if (!err)
		err = card_member_parse(&back, w->base + from, w->len - from);
	return err;
}
