/* HKDF-SHA256: the vectors of RFC 5869, appendix A, and the borders of the output length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/err.h"
#include "crypto/hkdf.h"

static const struct {
	const char *ikm, *salt, *info, *prk, *okm;
} vectors[] = {
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
	  "f0f1f2f3f4f5f6f7f8f9",
	  "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
	  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b88718"
	  "5865" },
	{ "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
	  "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
	  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687"
	  "88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
	  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7"
	  "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
	  "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
	  "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
	  "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f"
	  "1d87" },
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
	  "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
	  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a"
	  "96c8" },
};

static size_t
unhex(uint8_t *out, size_t cap, const char *hex)
{
	size_t n = 0;

	assert_int_equal(sodium_hex2bin(out, cap, hex, strlen(hex), NULL, &n, NULL), 0);
	return n;
}

static void
rfc5869(void **state)
{
	uint8_t ikm[128], salt[128], info[128], want[128], got[128];
	struct hkdf_prk prk;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct hkdf_in in = HKDF_IN(ikm, unhex(ikm, sizeof(ikm), vectors[i].ikm));
		struct hkdf_in s = HKDF_IN(salt, unhex(salt, sizeof(salt), vectors[i].salt));
		struct hkdf_in f = HKDF_IN(info, unhex(info, sizeof(info), vectors[i].info));
		size_t n;

		hkdf_extract(&prk, s, in);
		unhex(want, sizeof(want), vectors[i].prk);
		assert_memory_equal(prk.b, want, 32);
		n = unhex(want, sizeof(want), vectors[i].okm);
		assert_int_equal(hkdf_expand(got, n, &prk, f), 0);
		assert_memory_equal(got, want, n);
		memset(got, 0, sizeof(got));
		assert_int_equal(hkdf_derive(got, n, in, s, f), 0);
		assert_memory_equal(got, want, n);
	}
}

static void
empty_salt_is_zeros(void **state)
{
	static const uint8_t zeros[32];
	struct hkdf_prk a, b;

	(void)state;
	hkdf_extract(&a, HKDF_EMPTY, HKDF_TEXT("ikm"));
	hkdf_extract(&b, HKDF_IN(zeros, 32), HKDF_TEXT("ikm"));
	assert_memory_equal(a.b, b.b, 32);
}

static void
lengths(void **state)
{
	static uint8_t out[HKDF_OUT_MAX + 1], first[HKDF_OUT_MAX];
	size_t n;

	(void)state;
	assert_int_equal(hkdf_derive(out, HKDF_OUT_MAX + 1, HKDF_TEXT("k"), HKDF_EMPTY, HKDF_EMPTY),
			 ERR_ARG);
	assert_int_equal(hkdf_derive(first, HKDF_OUT_MAX, HKDF_TEXT("k"), HKDF_EMPTY, HKDF_EMPTY),
			 0);
	/* Shorter outputs are beginnings of longer ones, and nothing behind them is written. */
	for (n = 0; n < 200; n++) {
		memset(out, 0xaa, sizeof(out));
		assert_int_equal(hkdf_derive(out, n, HKDF_TEXT("k"), HKDF_EMPTY, HKDF_EMPTY), 0);
		assert_memory_equal(out, first, n);
		assert_int_equal(out[n], 0xaa);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc5869),
		cmocka_unit_test(empty_salt_is_zeros),
		cmocka_unit_test(lengths),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("hkdf", tests, NULL, NULL);
}
