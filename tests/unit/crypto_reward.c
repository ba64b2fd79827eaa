/* Rewards without a name: the vectors, codes with slips, blobs that fit no code, and what a blob
 * must not show. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/reward.h"

static void
hash_is(const struct vector *v, const uint8_t blob[static REWARD_BLOB_LEN])
{
	uint8_t hash[32];

	key_sha256(hash, blob, REWARD_BLOB_LEN);
	vector_same(v, "blob_sha256", hash, sizeof(hash));
}

/* Makes the blob of a vector again from what it was drawn from. */
static void
remake(const struct vector *v, const struct xwing_public *pk, const uint8_t *gateway)
{
	uint8_t blob[REWARD_BLOB_LEN], seed[32], id[KEY_ID_LEN];
	struct seal_test_rng rng;
	struct reward_code code;
	char *digits = vector_text(v, "digits", NULL), *text = vector_text(v, "text", NULL);
	char print[REWARD_TEXT_LEN + 1];

	if (vector_has(v, "secret")) {
		vector_hex(v, "secret", seed, sizeof(seed));
		vector_hex(v, "id", id, sizeof(id));
		assert_int_equal(reward_seal_none(blob, pk->b, seed, id), 0);
		hash_is(v, blob);
	}
	if (vector_has(v, "test_seed")) {
		assert_int_equal(reward_code_parse(&code, text, strlen(text)), 0);
		assert_string_equal(code.digits, digits);
		reward_code_print(print, &code);
		assert_string_equal(print, text);
		vector_hex(v, "test_seed", seed, sizeof(seed));
		seal_test_rng_init(&rng, seed);
		assert_int_equal(reward_seal(blob, &code,
					     &(struct reward_seal){ .pk = pk->b,
								    .gateway = gateway,
								    .rng = &rng.rng }),
				 0);
		hash_is(v, blob);
	}
	free(digits);
	free(text);
}

static void
vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "reward");
	while (vector_next(&v)) {
		struct xwing_secret secret;
		struct xwing_public pk;
		uint8_t gateway[KEY_ID_LEN], blob[REWARD_BLOB_LEN], got[REWARD_VERIFIER_LEN];
		char number[REWARD_NUMBER_LEN + 1];
		struct reward_code code;

		if (!vector_has(&v, "seal_seed")) {
			char *digits = vector_text(&v, "digits", NULL);
			assert_int_equal(reward_code_parse(&code, digits, strlen(digits)),
					 ERR_AUTH);
			free(digits);
			continue;
		}
		vector_hex(&v, "gateway", gateway, sizeof(gateway));
		vector_hex(&v, "seal_seed", secret.seed, sizeof(secret.seed));
		vector_hex(&v, "blob", blob, sizeof(blob));
		struct open_key *key = open_key_new(&secret);
		assert_non_null(key);
		assert_int_equal(reward_open(got, blob, sizeof(blob), key), 0);
		vector_same(&v, "verifier", got, sizeof(got));
		reward_number(number, got);
		assert_true(vector_is(&v, "number", number));
		xwing_public_of(&pk, &secret);
		remake(&v, &pk, gateway);
		open_key_free(key);
	}
}

static void
slips(void **state)
{
	struct reward_code r, got;
	(void)state;
	for (int n = 0; n < 50; n++) {
		reward_code_new(&r);
		assert_int_equal(strlen(r.digits), REWARD_DIGITS);
		assert_int_equal(reward_code_parse(&got, r.digits, REWARD_DIGITS), 0);
		for (size_t i = 0; i < REWARD_DIGITS; i++) {
			char was = r.digits[i];
			r.digits[i] = was == '9' ? '0' : (char)(was + 1);
			assert_int_equal(reward_code_parse(&got, r.digits, REWARD_DIGITS),
					 ERR_AUTH);
			assert_int_equal(got.digits[0], 0);
			r.digits[i] = was;
		}
		assert_int_equal(reward_code_parse(&got, r.digits, REWARD_DIGITS - 1), ERR_FORMAT);
	}
}

/* With a code and without one: the same draws, the same length, the same header up to its random
 * parts; another key opens neither; a byte of the blob changed opens nothing. */
static void
alike(void **state)
{
	struct xwing_secret secret = { .seed = { 1 } }, other = { .seed = { 2 } };
	struct open_key *key = open_key_new(&secret), *wrong = open_key_new(&other);
	uint8_t with[REWARD_BLOB_LEN], without[REWARD_BLOB_LEN], v[REWARD_VERIFIER_LEN], want[32];
	struct seal_test_rng a, b;
	struct reward_code code;
	struct reward_seal how = { .pk = open_key_public(key), .gateway = (uint8_t[16]){ 3 } };
	(void)state;
	reward_code_new(&code);
	seal_test_rng_init(&a, want);
	seal_test_rng_init(&b, want);
	how.rng = &a.rng;
	assert_int_equal(reward_seal(with, &code, &how), 0);
	how.rng = &b.rng;
	assert_int_equal(reward_seal(without, NULL, &how), 0);
	assert_int_equal(a.counter, b.counter);
	assert_int_equal(a.used, b.used);
	/* All but the sealed 32 bytes and their tag come from the draws alone. */
	assert_memory_equal(with, without, REWARD_BLOB_LEN - REWARD_VERIFIER_LEN - 16);
	assert_int_equal(reward_open(v, with, sizeof(with), key), 0);
	assert_int_equal(reward_verifier(want, &code, how.gateway), 0);
	assert_memory_equal(v, want, sizeof(v));
	assert_int_equal(reward_open(v, without, sizeof(without), key), 0);
	assert_memory_not_equal(v, want, sizeof(v));
	assert_int_equal(reward_open(v, with, sizeof(with), wrong), ERR_NO_MATCH);
	assert_int_equal(reward_open(v, with, sizeof(with) - 1, key), ERR_HEADER);
	for (size_t i = 0; i < sizeof(with); i += 7) {
		with[i] ^= 1;
		assert_int_not_equal(reward_open(v, with, sizeof(with), key), 0);
		assert_true(sodium_is_zero(v, sizeof(v)));
		with[i] ^= 1;
	}
	open_key_free(key);
	open_key_free(wrong);
}

/* A blob for nobody depends on the secret and on the log, and everybody who knows both makes it. */
static void
nobody(void **state)
{
	struct xwing_secret secret = { .seed = { 1 } };
	struct xwing_public pk;
	uint8_t first[REWARD_BLOB_LEN], again[REWARD_BLOB_LEN], s[32] = { 9 }, id[16] = { 7 };
	(void)state;
	xwing_public_of(&pk, &secret);
	assert_int_equal(reward_seal_none(first, pk.b, s, id), 0);
	assert_int_equal(reward_seal_none(again, pk.b, s, id), 0);
	assert_memory_equal(first, again, sizeof(first));
	id[0]++;
	assert_int_equal(reward_seal_none(again, pk.b, s, id), 0);
	assert_memory_not_equal(first, again, sizeof(first));
	s[0]++;
	id[0]--;
	assert_int_equal(reward_seal_none(again, pk.b, s, id), 0);
	assert_memory_not_equal(first, again, sizeof(first));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(slips),
		cmocka_unit_test(alike),
		cmocka_unit_test(nobody),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
