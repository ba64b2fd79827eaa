/*
 * The keys of sealed orders (FORMATS.md section 17). Nothing here belongs into a gateway. crypto/
 * opens no file or connection, never logs and never exits.
 */
#include "crypto/order.h"

#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"

#include <sodium.h>
#include <string.h>

#define SEAL_LATEST 36 /* hours before the first hour of an order */
#define SEAL_HOURS  24
#define DEPART_FROM 24 /* hours behind it */
#define DEPART_TO   48
#define MUSTER      2 /* hours before the departure: layer 1; layer 2 one hour later */

int
order_hours_new(struct order_hours *out, uint32_t hour0, uint32_t departure)
{
	bool now = departure == hour0;
	memset(out, 0, sizeof(*out));
	if (!now && (departure < hour0 || departure - hour0 < DEPART_FROM ||
		     departure - hour0 >= DEPART_TO))
		return ERR_RANGE;
	out->open[0] = hour0;
	out->open[1] = now ? hour0 : departure - MUSTER;
	out->open[2] = now ? hour0 : departure - MUSTER + 1;
	if (!order_hours_ok(out)) {
		memset(out, 0, sizeof(*out));
		return ERR_RANGE;
	}
	randombytes_buf(out->salt, sizeof(out->salt));
	return 0;
}

uint32_t
order_seal_hour(uint32_t hour0)
{
	return hour0 - SEAL_LATEST + randombytes_uniform(SEAL_HOURS);
}

int
order_layer_secret(struct xwing_secret *out, const struct receipt *code,
		   const struct order_half *half, const uint8_t id[static KEY_ID_LEN],
		   unsigned layer)
{
	uint8_t ikm[RECEIPT_DIGITS + ORDER_HALF_LEN];
	uint8_t info[LABEL_LEN(LABEL_ORDER_LAYER) + KEY_ID_LEN + 1];
	struct bufw w;
	memset(out, 0, sizeof(*out));
	if (layer >= ORDER_LAYERS)
		return ERR_ARG;
	memcpy(ikm, code->digits, RECEIPT_DIGITS);
	memcpy(ikm + RECEIPT_DIGITS, half->b, ORDER_HALF_LEN);
	bufw_init(&w, info, sizeof(info));
	bufw_text(&w, LABEL_ORDER_LAYER);
	bufw_bytes(&w, id, KEY_ID_LEN);
	bufw_u8(&w, (uint8_t)layer);
	int err = hkdf_derive(out->seed, sizeof(out->seed), HKDF_IN(ikm, sizeof(ikm)), HKDF_EMPTY,
			      HKDF_IN(info, sizeof(info)));
	sodium_memzero(ikm, sizeof(ikm));
	return err;
}

/* The hash of the public key of a secret. */
static void
hash_of(uint8_t out[static 32], const struct xwing_secret *secret)
{
	struct xwing_public pk;
	xwing_public_of(&pk, secret);
	key_sha256(out, pk.b, sizeof(pk.b));
}

int
order_halves_new(struct order_halves *out, struct xwing_public pk[static ORDER_LAYERS],
		 const uint8_t id[static KEY_ID_LEN])
{
	int err = 0;
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; !err && i < ORDER_LAYERS; i++) {
		struct xwing_secret secret;
		receipt_new(&out->code[i]);
		randombytes_buf(out->half[i].b, sizeof(out->half[i].b));
		err = order_layer_secret(&secret, &out->code[i], &out->half[i], id, i);
		if (err)
			break;
		xwing_public_of(&pk[i], &secret);
		key_sha256(out->layer[i], pk[i].b, sizeof(pk[i].b));
		sodium_memzero(&secret, sizeof(secret));
	}
	if (err)
		sodium_memzero(out, sizeof(*out));
	return err;
}

int
order_code_find(struct xwing_secret *out, unsigned *layer, const struct receipt *code,
		const struct order_halves *b, const uint8_t id[static KEY_ID_LEN])
{
	uint8_t hash[32];
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		int err = order_layer_secret(out, code, &b->half[i], id, i);
		if (err)
			return err;
		hash_of(hash, out);
		if (!sodium_memcmp(hash, b->layer[i], sizeof(hash))) {
			*layer = i;
			return 0;
		}
	}
	sodium_memzero(out, sizeof(*out));
	*layer = ORDER_LAYERS;
	return ERR_NOT_FOUND;
}

void
order_end(char out[static ORDER_END_LEN + 1], const uint8_t id[static KEY_ID_LEN], uint32_t number,
	  const uint8_t hash[static 32])
{
	uint8_t text[LABEL_LEN(LABEL_ORDER_END) + KEY_ID_LEN + 4 + 32], digest[32];
	uint64_t n;
	struct bufw w;
	struct buf b;
	bufw_init(&w, text, sizeof(text));
	bufw_text(&w, LABEL_ORDER_END);
	bufw_bytes(&w, id, KEY_ID_LEN);
	bufw_u32(&w, number);
	bufw_bytes(&w, hash, 32);
	key_sha256(digest, text, sizeof(text));
	buf_init(&b, digest, 8);
	n = buf_u64(&b);
	for (size_t i = ORDER_END_LEN; i-- > 0; n /= 10)
		out[i] = (char)('0' + n % 10);
	out[ORDER_END_LEN] = '\0';
}

int
order_part_head(struct entry *out, uint32_t place)
{
	const struct order_place *p = order_place(place);
	memset(out, 0, sizeof(*out));
	if (!p)
		return ERR_RANGE;
	out->type = p->type;
	out->thread = FRAME_PARTS;
	out->number = place;
	return 0;
}

int
order_share_head(struct entry *out, unsigned layer)
{
	memset(out, 0, sizeof(*out));
	if (layer >= ORDER_LAYERS)
		return ERR_RANGE;
	out->type = ENTRY_ORDER_SHARE;
	out->thread = FRAME_PARTS;
	out->number = ORDER_SHARED + layer;
	return 0;
}
