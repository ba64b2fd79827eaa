/* X-Wing: the three vectors of the draft, rejection, and keys that are none. The comparison
 * with another implementation is tests/interop/xwing.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/err.h"
#include "crypto/x25519.h"
#include "crypto/xwing.h"

/* draft-connolly-cfrg-xwing-kem, appendix C; public key and ciphertext by their SHA-256. reject
 * is the secret after the first bit of the ciphertext was changed, from @noble/post-quantum. */
static const struct {
	const char *seed, *coins, *pk_hash, *ct_hash, *shared, *reject;
} vectors[] = {
	{ "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
	  "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2"
	  "35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
	  "2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb",
	  "17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33",
	  "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384",
	  "0a403cbc6fe416a9d0582a3328819905fb512902a6a52ce32819cf80aaf2a9e8" },
	{ "badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea",
	  "17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdef"
	  "aee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d",
	  "c42ba5f8430d7d2c83739338203819f090e8303ce9c8b02107c272bfa5376916",
	  "1661ea86d608a1924ba30840cb0a65f13ae051e3aec9cf0f064efc0bc92f2154",
	  "f2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150",
	  "efc46cf033ccd2ca213cf5c9b63fcfb0aed0968ec19ca0e401eb31897b0ee680" },
	{ "ef58538b8d23f87732ea63b02b4fa0f4873360e2841928cd60dd4cee8cc0d4c9",
	  "22a96188d032675c8ac850933c7aff1533b94c834adbb69c6115bad4692d8619"
	  "f90b0cdf8a7b9c264029ac185b70b83f2801f2f4b3f70c593ea3aeeb613a7f1b",
	  "6b080d6b84f095342092fa7a22423e58bd681397ad0ef00eac92bd254db4fa95",
	  "d3ca5578500344b5896cffc4fd740c9311946b82951df155e6fd86a7966b43c6",
	  "953f7f4e8c5b5049bdc771d1dffada0dd961477d1a2ae0988baa7ea6898d893f",
	  "443c07a4a67db9e11088e5fcd89ab0a7cb60a535a56a8aee38248cee3a44badf" },
};

static void
unhex(uint8_t *out, size_t len, const char *hex)
{
	size_t n = 0;

	assert_int_equal(sodium_hex2bin(out, len, hex, strlen(hex), NULL, &n, NULL), 0);
	assert_int_equal(n, len);
}

static void
assert_hash(const uint8_t *b, size_t len, const char *hex)
{
	uint8_t got[32], want[32];

	crypto_hash_sha256(got, b, len);
	unhex(want, 32, hex);
	assert_memory_equal(got, want, 32);
}

static void
draft(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct xwing_secret sk;
		struct xwing_public pk;
		struct xwing_ready ready;
		struct xwing_shared shared;
		struct xwing_ct ct;
		uint8_t coins[XWING_COINS_LEN], want[32];

		unhex(sk.seed, 32, vectors[i].seed);
		unhex(coins, sizeof(coins), vectors[i].coins);
		xwing_public_of(&pk, &sk);
		assert_hash(pk.b, sizeof(pk.b), vectors[i].pk_hash);
		assert_int_equal(xwing_encapsulate(&ct, &shared, &pk, coins), 0);
		assert_hash(ct.b, sizeof(ct.b), vectors[i].ct_hash);
		unhex(want, 32, vectors[i].shared);
		assert_memory_equal(shared.b, want, 32);
		memset(&shared, 0, sizeof(shared));
		xwing_make_ready(&ready, &sk);
		assert_int_equal(xwing_decapsulate(&shared, &ct, &ready), 0);
		assert_memory_equal(shared.b, want, 32);
		ct.b[0] ^= 1;
		assert_int_equal(xwing_decapsulate(&shared, &ct, &ready), 0);
		unhex(want, 32, vectors[i].reject);
		assert_memory_equal(shared.b, want, 32);
	}
}

static void
pairs(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 50; i++) {
		struct xwing_secret sk;
		struct xwing_public pk;
		struct xwing_ready ready;
		struct xwing_shared a, b;
		struct xwing_ct ct;
		uint8_t coins[XWING_COINS_LEN];

		xwing_keypair(&pk, &sk);
		xwing_make_ready(&ready, &sk);
		randombytes_buf(coins, sizeof(coins));
		assert_int_equal(xwing_check(&pk), 0);
		assert_int_equal(xwing_encapsulate(&ct, &a, &pk, coins), 0);
		assert_int_equal(xwing_decapsulate(&b, &ct, &ready), 0);
		assert_memory_equal(a.b, b.b, 32);
		ct.b[randombytes_uniform(XWING_CT_LEN)] ^= (uint8_t)(1u << randombytes_uniform(8));
		assert_int_equal(xwing_decapsulate(&b, &ct, &ready), 0);
		assert_memory_not_equal(a.b, b.b, 32);
	}
}

/* xwing_open() opens what xwing_decapsulate() does and refuses what is for another key, was changed
 * or has a share of low order; xwing_made() knows the coins. Each half of them alone is not enough.
 */
static void
opened(void **state)
{
	static const uint8_t zeros[sizeof(struct xwing_shared)];

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct xwing_secret sk[2];
		struct xwing_public pk[2];
		struct xwing_ready ready[2];
		struct xwing_shared sent, got;
		struct xwing_half half, none;
		struct xwing_ct ct, bad;
		uint8_t coins[XWING_COINS_LEN];

		for (int k = 0; k < 2; k++) {
			xwing_keypair(&pk[k], &sk[k]);
			xwing_make_ready(&ready[k], &sk[k]);
		}
		randombytes_buf(coins, sizeof(coins));
		assert_int_equal(xwing_encapsulate(&ct, &sent, &pk[0], coins), 0);
		assert_int_equal(xwing_open(&got, &half, &ct, &ready[0]), 0);
		assert_memory_equal(got.b, sent.b, sizeof(got.b));
		assert_true(xwing_made(&ct, &half, &ready[0], coins));
		coins[i % 32] ^= 1;
		assert_false(xwing_made(&ct, &half, &ready[0], coins));
		coins[i % 32] ^= 1;
		coins[32 + 1 + i] ^= 1;
		assert_false(xwing_made(&ct, &half, &ready[0], coins));
		coins[32 + 1 + i] ^= 1;
#ifndef HAVE_SODIUM_XWING
		assert_int_equal(xwing_open(&got, &none, &ct, &ready[1]), ERR_NO_MATCH);
		assert_memory_equal(got.b, zeros, sizeof(got.b));
		assert_memory_equal(none.b, zeros, sizeof(none.b));
		bad = ct;
		bad.b[randombytes_uniform(1088)] ^= (uint8_t)(1u << randombytes_uniform(8));
		assert_int_equal(xwing_open(&got, &none, &bad, &ready[0]), ERR_NO_MATCH);
#endif
		bad = ct;
		bad.b[1088 + randombytes_uniform(31)] ^= 1; /* another share: another secret */
		assert_int_equal(xwing_open(&got, &none, &bad, &ready[0]), 0);
		assert_memory_not_equal(got.b, sent.b, sizeof(got.b));
		assert_false(xwing_made(&bad, &none, &ready[0], coins));
		memset(bad.b + 1088, 0, 32);
		assert_int_equal(xwing_open(&got, &none, &bad, &ready[0]), ERR_KEY);
	}
}

static void
bad_keys(void **state)
{
	static const uint8_t zeros[XWING_CT_LEN];
	struct xwing_secret sk;
	struct xwing_public good, pk;
	struct xwing_ready ready;
	struct xwing_shared shared;
	struct xwing_ct ct;
	uint8_t coins[XWING_COINS_LEN] = { 1, 2, 3 };
	size_t i;

	(void)state;
	xwing_keypair(&good, &sk);
	coins[40] = 9;
	for (i = 0; i < 1152; i += 3) {
		pk = good; /* even coefficient 3329 = 0xd01 */
		pk.b[i] = 0x01;
		pk.b[i + 1] = (uint8_t)((pk.b[i + 1] & 0xf0) | 0x0d);
		assert_int_equal(xwing_check(&pk), ERR_KEY);
		pk = good; /* odd coefficient */
		pk.b[i + 1] = (uint8_t)((pk.b[i + 1] & 0x0f) | 0x10);
		pk.b[i + 2] = 0xd0;
		memset(&ct, 0xff, sizeof(ct));
		memset(&shared, 0xff, sizeof(shared));
		assert_int_equal(xwing_encapsulate(&ct, &shared, &pk, coins), ERR_KEY);
		assert_memory_equal(ct.b, zeros, sizeof(ct.b));
		assert_memory_equal(shared.b, zeros, sizeof(shared.b));
	}
	pk = good;
	memset(pk.b + 1184, 0, 32);
	assert_int_equal(xwing_check(&pk), ERR_KEY);
	assert_int_equal(xwing_encapsulate(&ct, &shared, &pk, coins), ERR_KEY);
	assert_int_equal(xwing_encapsulate(&ct, &shared, &good, coins), 0);
	memset(ct.b + 1088, 0, 32);
	xwing_make_ready(&ready, &sk);
	assert_int_equal(xwing_decapsulate(&shared, &ct, &ready), ERR_KEY);
	assert_memory_equal(shared.b, zeros, sizeof(shared.b));
}

/* The base point by way of Ed25519 is libsodium's own. */
static void
base_point(void **state)
{
	uint8_t secret[32], ours[32], theirs[32];

	(void)state;
	for (int i = 0; i < 2256; i++) {
		if (i < 256)
			memset(secret, i, sizeof(secret));
		else
			randombytes_buf(secret, sizeof(secret));
		x25519_base(ours, secret);
		assert_int_equal(crypto_scalarmult_base(theirs, secret), 0);
		assert_memory_equal(ours, theirs, sizeof(ours));
	}
}

#ifndef HAVE_SODIUM_XWING

#define KYBER_N 256
#define KYBER_K 3
typedef struct {
	int16_t coeffs[KYBER_N];
} poly;
typedef struct {
	poly vec[KYBER_K];
} polyvec;

extern const int16_t PQCLEAN_MLKEM768_CLEAN_zetas[128];
int16_t PQCLEAN_MLKEM768_CLEAN_montgomery_reduce(int32_t a);
void PQCLEAN_MLKEM768_CLEAN_poly_reduce(poly *r);
void PQCLEAN_MLKEM768_CLEAN_polyvec_basemul_acc_montgomery(poly *r, const polyvec *a,
							   const polyvec *b);
#include "crypto/mlkem_product.inc"

/* The greatest factors of every sign, then random ones. */
static void
fill_factor(polyvec *v, int round, int least, int most)
{
	randombytes_buf(v, sizeof(*v));
	for (size_t k = 0; k < KYBER_K; k++)
		for (size_t i = 0; i < KYBER_N; i++) {
			int16_t *c = &v->vec[k].coeffs[i];

			if (round < 4)
				*c = (int16_t)(round & (i & 1 ? 2 : 1) ? most : least);
			else
				*c = (int16_t)(least + (uint16_t)*c % (most - least + 1));
		}
}

/* Our product is pqclean's, to the last bit. */
static void
products(void **state)
{
	static polyvec a, b;
	poly ours, theirs;

	(void)state;
	for (int i = 0; i < 16; i++)
		for (int k = 0; k < 100; k++) {
			fill_factor(&a, i < 4 ? i : 4, i & 8 ? -1664 : 0, 4095);
			fill_factor(&b, k < 4 ? k : 4, -1664, 1664);
			product_get(&ours, &a, &b);
			PQCLEAN_MLKEM768_CLEAN_polyvec_basemul_acc_montgomery(&theirs, &a, &b);
			assert_memory_equal(&ours, &theirs, sizeof(ours));
		}
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draft),    cmocka_unit_test(pairs),      cmocka_unit_test(opened),
		cmocka_unit_test(bad_keys), cmocka_unit_test(base_point),
#ifndef HAVE_SODIUM_XWING
		cmocka_unit_test(products),
#endif
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("xwing", tests, NULL, NULL);
}
