/*
 * Sealing and opening a sealed order (FORMATS §17) against the sum of its primitives, measured in
 * the same run. Sealing: codes and halves, three layer keys, the order and its five parts. Opening:
 * the three layers by codes and halves, with full audit. Prints microseconds of processor and both
 * ratios.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/entry.h"
#include "crypto/open.h"
#include "crypto/order.h"
#include "crypto/seal.h"
#include "tests/tools/bench.h"

#define ROUNDS 15 /* medians of these */
#define PARTS  5

static struct xwing_secret secret[SEAL_CNT];
static struct xwing_public desk[SEAL_CNT], layer[ORDER_LAYERS];
static struct order_halves halves;
static struct key_sign sign;
static uint8_t id[KEY_ID_LEN] = { 1, 2, 3 }, file[PARTS + 1][SEAL_LEN];

/* How many keys the part at this place is sealed to; the rest are dummies. The last is the order
 * itself. */
static unsigned
keys_of(unsigned place)
{
	return place < 2 ? 2 : place < PARTS ? 1 : SEAL_CNT;
}

static void
seal_one(unsigned place)
{
	struct entry e = { .type = ENTRY_ORDER, .json = "{\"v\":1}", .json_len = 7 };
	struct seal_set set = { { NULL } };
	uint8_t hash[32];

	if (place < PARTS)
		must(order_part_head(&e, place), "head");
	memcpy(e.id, id, sizeof(e.id));
	e.json = "{\"v\":1}";
	e.json_len = 7;
	for (unsigned k = 0; k < keys_of(place); k++)
		set.pk[k] = place >= 2 && place < PARTS ? layer[place - 2].b : desk[k].b;
	must(seal_entry(file[place], &e, &(struct seal_entry){ .set = &set, .key = &sign }),
	     "seal");
	key_sha256(hash, file[place], SEAL_LEN);
}

static void
sealing(void)
{
	must(order_halves_new(&halves, layer, id), "halves");
	for (unsigned place = 0; place <= PARTS; place++)
		seal_one(place);
}

static void
opening(void)
{
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		uint8_t plain[ENTRY_LEN];
		struct xwing_secret own;
		struct open_known known;
		struct open_result r;
		struct entry e;
		must(order_layer_secret(&own, &halves.code[i], &halves.half[i], id, i), "secret");
		struct open_key *key = open_key_new(&own);
		must(key ? 0 : -1, "key");
		open_known_set(&known, open_key_public(key), 0);
		must(open_sealed(plain, &r, file[2 + i], key, 0), "open");
		must(entry_parse(&e, plain), "entry");
		must(open_audit(&r, file[2 + i], &e, &known, 1), "audit");
		open_key_free(key);
	}
}

/* ---- the same work without formats and checks ---- */

static uint8_t box[ENTRY_LEN + 16], text[ENTRY_LEN], aead_key[32], nonce[12];

static void
stanzas(unsigned keys)
{
	uint8_t coins[XWING_COINS_LEN] = { 1 }, hash[32];
	struct xwing_shared shared;
	struct xwing_ct ct;
	struct xwing_public dummy;

	for (unsigned k = 0; k < SEAL_CNT; k++) {
		if (k >= keys)
			xwing_public_of(&dummy, &secret[k]);
		must(xwing_encapsulate(&ct, &shared, &desk[k], coins), "encapsulate");
	}
	crypto_auth_hmacsha256(hash, box, SEAL_HEADER_LEN, aead_key);
}

static void
sealing_alone(void)
{
	uint8_t sig[64], hash[32], sk[64], pk[32];
	struct xwing_public made;

	crypto_sign_seed_keypair(pk, sk, aead_key);
	for (unsigned i = 0; i < ORDER_LAYERS; i++)
		xwing_public_of(&made, &secret[i]);
	for (unsigned place = 0; place <= PARTS; place++) {
		stanzas(keys_of(place));
		crypto_sign_detached(sig, NULL, text, ENTRY_SIGNED_LEN, sk);
		crypto_aead_chacha20poly1305_ietf_encrypt(box, NULL, text, sizeof(text), NULL, 0,
							  NULL, nonce, aead_key);
		key_sha256(hash, file[place], SEAL_LEN);
	}
}

static void
opening_alone(void)
{
	static struct xwing_ct ct;
	uint8_t sig[64], sk[64], pk[32], coins[XWING_COINS_LEN] = { 1 }, hash[32];
	struct xwing_shared shared;

	crypto_sign_seed_keypair(pk, sk, aead_key);
	crypto_sign_detached(sig, NULL, text, ENTRY_SIGNED_LEN, sk);
	crypto_aead_chacha20poly1305_ietf_encrypt(box, NULL, text, sizeof(text), NULL, 0, NULL,
						  nonce, aead_key);
	must(xwing_encapsulate(&ct, &shared, &desk[0], coins), "encapsulate");
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		struct xwing_ready ready;
		xwing_make_ready(&ready, &secret[0]);
		must(xwing_decapsulate(&shared, &ct, &ready), "decapsulate");
		stanzas(1);
		must(crypto_sign_verify_detached(sig, text, ENTRY_SIGNED_LEN, pk), "verify");
		must(crypto_aead_chacha20poly1305_ietf_decrypt(text, NULL, NULL, box, sizeof(box),
							       NULL, 0, nonce, aead_key),
		     "aead");
		crypto_auth_hmacsha256(hash, box, SEAL_HEADER_LEN, aead_key);
	}
}

int
main(void)
{
	static void (*const work[4])(void) = { sealing_alone, sealing, opening_alone, opening };
	static const char *const names[4] = { "sealing_primitives_us", "sealing_us",
					      "opening_primitives_us", "opening_us" };
	double t[4][ROUNDS], median[4];

	if (sodium_init() < 0)
		return 1;
	key_sign_new(&sign);
	for (size_t i = 0; i < SEAL_CNT; i++)
		xwing_keypair(&desk[i], &secret[i]);
	sealing();
	for (int r = 0; r < ROUNDS; r++) /* in turns, so that a slow moment meets all */
		for (size_t k = 0; k < 4; k++) {
			double t0 = bench_now(CLOCK_PROCESS_CPUTIME_ID);
			work[k]();
			t[k][r] = bench_now(CLOCK_PROCESS_CPUTIME_ID) - t0;
		}
	for (size_t k = 0; k < 4; k++) {
		median[k] = bench_median(t[k], ROUNDS);
		printf("%s %.0f\n", names[k], median[k]);
	}
	printf("sealing_ratio %.2f\nopening_ratio %.2f\n", median[0] / median[1],
	       median[2] / median[3]);
	return 0;
}
