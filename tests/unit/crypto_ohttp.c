/* Oblivious HTTP: there and back, every byte that is changed, and the card of a veil.
 * tests/interop/ohttp.test.mjs compares it with other implementations. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/ohttp.h"
#include "crypto/veil.h"

static struct ohttp_config config;
static struct xwing_ready ready;
static uint8_t frame[FRAME_LEN], ask[OHTTP_ASK_LEN], reply[OHTTP_REPLY_LEN];

static int
setup(void **state)
{
	struct xwing_secret sk;
	(void)state;
	config.id = 7;
	xwing_keypair(&config.key, &sk);
	xwing_make_ready(&ready, &sk);
	randombytes_buf(frame, sizeof(frame));
	return 0;
}

static void
there_and_back(void **state)
{
	struct ohttp_wait client, gateway, other;
	uint8_t got[FRAME_LEN], second[OHTTP_ASK_LEN], id;
	unsigned status;
	(void)state;
	assert_int_equal(OHTTP_ASK_LEN, 17563);
	assert_int_equal(OHTTP_REPLY_LEN, 16440);
	assert_int_equal(ohttp_ask_seal(ask, &client, &config, frame), 0);
	assert_int_equal(ohttp_ask_id(&id, ask), 0);
	assert_int_equal(id, 7);
	assert_int_equal(ohttp_ask_open(got, &gateway, ask, &ready), 0);
	assert_memory_equal(got, frame, FRAME_LEN);
	assert_memory_equal(&client, &gateway, sizeof(client));
	/* The same frame again has nothing in common with it. */
	assert_int_equal(ohttp_ask_seal(second, &other, &config, frame), 0);
	assert_memory_not_equal(second + OHTTP_HEAD_LEN, ask + OHTTP_HEAD_LEN, 32);
	assert_memory_not_equal(second + OHTTP_ASK_LEN - 64, ask + OHTTP_ASK_LEN - 64, 32);

	assert_int_equal(ohttp_reply_seal(reply, &gateway, 200, frame), 0);
	assert_int_equal(ohttp_reply_open(got, &status, &client, reply), 0);
	assert_int_equal(status, 200);
	assert_memory_equal(got, frame, FRAME_LEN);
	assert_int_equal(ohttp_reply_open(got, &status, &other, reply), ERR_AUTH);
	assert_int_equal(status, 0);
	assert_true(buf_is_zero(got, FRAME_LEN));
	for (unsigned i = 0; i < 3; i++) {
		const unsigned code[] = { 400, 503, 599 };
		assert_int_equal(ohttp_reply_seal(reply, &gateway, code[i], NULL), 0);
		assert_int_equal(ohttp_reply_open(got, &status, &client, reply), 0);
		assert_int_equal(status, code[i]);
		assert_true(buf_is_zero(got, FRAME_LEN));
	}
	assert_int_equal(ohttp_reply_seal(reply, &gateway, 199, NULL), ERR_ARG);
	assert_int_equal(ohttp_reply_seal(reply, &gateway, 600, NULL), ERR_ARG);
}

/* One bit anywhere in a request or an answer: nothing comes of it. */
static void
changed(void **state)
{
	struct ohttp_wait wait, gone;
	uint8_t got[FRAME_LEN], id;
	unsigned status;
	(void)state;
	assert_int_equal(ohttp_ask_seal(ask, &wait, &config, frame), 0);
	for (size_t i = 0; i < OHTTP_ASK_LEN; i += i < 1200 ? 13 : 997) {
		ask[i] ^= 0x10;
		int bad = i > 0 && i < OHTTP_HEAD_LEN ? ohttp_ask_id(&id, ask)
						      : ohttp_ask_open(got, &gone, ask, &ready);
		assert_int_equal(bad, i > 0 && i < OHTTP_HEAD_LEN ? ERR_FORMAT : ERR_AUTH);
		assert_true(bad == ERR_FORMAT || buf_is_zero(got, FRAME_LEN));
		ask[i] ^= 0x10;
	}
	for (size_t i = 1; i < OHTTP_HEAD_LEN; i++) {
		ask[i] ^= 1;
		assert_int_equal(ohttp_ask_id(&id, ask), ERR_FORMAT);
		ask[i] ^= 1;
	}
	/* An X25519 share of low order. */
	memset(ask + OHTTP_HEAD_LEN + XWING_CT_LEN - 32, 0, 32);
	assert_int_equal(ohttp_ask_open(got, &gone, ask, &ready), ERR_AUTH);
	assert_int_equal(ohttp_reply_seal(reply, &wait, 200, frame), 0);
	for (size_t i = 0; i < OHTTP_REPLY_LEN; i += i < 64 ? 1 : 977) {
		reply[i] ^= 0x80;
		assert_int_equal(ohttp_reply_open(got, &status, &wait, reply), ERR_AUTH);
		reply[i] ^= 0x80;
	}
	assert_int_equal(ohttp_reply_open(got, &status, &wait, reply), 0);
}

/* Whatever is sealed rightly and is no POST of a frame is refused. */
static void
other_message(void **state)
{
	static const uint8_t info[] = "message/bhttp request\0\7\x64\x7a\0\1\0\3";
	uint8_t plain[OHTTP_POST_LEN + FRAME_LEN] = { 0 }, got[FRAME_LEN];
	uint8_t coins[XWING_COINS_LEN];
	struct xwing_shared shared;
	struct ohttp_wait wait;
	struct xwing_ct ct;
	(void)state;
	randombytes_buf(coins, sizeof(coins));
	memcpy(plain, "\0\4POST\5https\17gateway.invalid\2/y\0\200\0\100", OHTTP_POST_LEN);
	assert_int_equal(xwing_encapsulate(&ct, &shared, &config.key, coins), 0);
	memcpy(ask, info + 22, OHTTP_HEAD_LEN);
	memcpy(ask + OHTTP_HEAD_LEN, ct.b, sizeof(ct.b));
	for (int good = 0; good < 2; good++) {
		if (good)
			plain[30] = 'x';
		assert_int_equal(hpke_seal(ask + OHTTP_HEAD_LEN + XWING_CT_LEN, &shared,
					   HKDF_IN(info, 29), HKDF_IN(plain, sizeof(plain))),
				 0);
		assert_int_equal(ohttp_ask_open(got, &wait, ask, &ready), good ? 0 : ERR_FORMAT);
	}
}

static void
configuration(void **state)
{
	uint8_t bytes[OHTTP_CONFIG_LEN];
	struct ohttp_config back;
	(void)state;
	ohttp_config_put(bytes, &config);
	assert_int_equal(ohttp_config_get(&back, bytes), 0);
	assert_memory_equal(&back, &config, sizeof(back));
	for (size_t i = 1; i < sizeof(bytes); i += i == 2 ? XWING_PUBLIC_LEN + 1 : 1) {
		bytes[i] ^= 1;
		assert_int_equal(ohttp_config_get(&back, bytes), ERR_FORMAT);
		bytes[i] ^= 1;
	}
	memset(bytes + 3, 0xff, 3); /* coefficients that ML-KEM does not have */
	assert_int_equal(ohttp_config_get(&back, bytes), ERR_KEY);
}

static void
card(void **state)
{
	static struct veil_card made, back;
	uint8_t text[VEIL_CARD_MAX], pk[KEY_SIGN_PUBLIC_LEN], other[KEY_ID_LEN] = { 9 };
	struct key_sign key;
	struct bufw w;
	(void)state;
	assert_int_equal(VEIL_CONFIG_LEN, OHTTP_CONFIG_LEN);
	key_sign_new(&key);
	key_sign_public(pk, &key);
	randombytes_buf(made.gateway, sizeof(made.gateway));
	ohttp_config_put(made.config, &config);
	bufw_init(&w, text, sizeof(text));
	assert_int_equal(veil_card_sign(&w, &made, &key), 0);
	assert_memory_equal(text, "davylamp/v1 veil\ngateway ", 25);
	assert_int_equal(veil_card_verify(&back, text, w.len, made.gateway, pk), 0);
	assert_memory_equal(&back, &made, sizeof(back));
	for (size_t i = 0; i < w.len; i++) {
		text[i] ^= 1;
		assert_int_not_equal(veil_card_verify(&back, text, w.len, made.gateway, pk), 0);
		assert_true(buf_is_zero(back.config, sizeof(back.config)));
		text[i] ^= 1;
	}
	assert_int_equal(veil_card_verify(&back, text, w.len, other, pk), ERR_AUTH);
	assert_int_equal(veil_card_verify(&back, text, w.len - 1, made.gateway, pk), ERR_FORMAT);
	assert_int_equal(veil_card_verify(&back, text, VEIL_CARD_MAX + 1, made.gateway, pk),
			 ERR_RANGE);
	pk[0] ^= 1;
	assert_int_equal(veil_card_verify(&back, text, w.len, made.gateway, pk), ERR_AUTH);
	bufw_init(&w, text, 200);
	assert_int_equal(veil_card_sign(&w, &made, &key), ERR_FULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(changed),
		cmocka_unit_test(other_message),  cmocka_unit_test(configuration),
		cmocka_unit_test(card),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, NULL);
}
