/* Receipts: the vectors, and that every slip of one digit and every swap of neighbours is
 * caught. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/receipt.h"

static void
vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "receipt");
	while (vector_next(&v)) {
		struct receipt r;
		struct receipt_keys k;
		struct xwing_public pk;
		uint8_t gateway[16], hash[32];
		char text[RECEIPT_TEXT_LEN + 1];
		size_t len = 0;
		char *digits = vector_text(&v, "digits", &len),
		     *spaced = vector_text(&v, "text", NULL);
		if (vector_is(&v, "name", "damm")) {
			char check[2] = { receipt_check_digit(digits, len), '\0' };
			assert_true(vector_is(&v, "check", check));
		} else if (!vector_is(&v, "name", "good")) {
			assert_int_equal(receipt_parse(&r, digits, len), ERR_AUTH);
		} else {
			assert_int_equal(receipt_parse(&r, spaced, strlen(spaced)), 0);
			assert_string_equal(r.digits, digits);
			receipt_print(text, &r);
			assert_string_equal(text, spaced);
			vector_hex(&v, "gateway", gateway, sizeof(gateway));
			assert_int_equal(receipt_derive(&k, &r, gateway), 0);
			vector_same(&v, "sign_seed", k.sign.bytes, 32);
			vector_same(&v, "sign_key", k.public_sign, 32);
			vector_same(&v, "seal_seed", k.seal.seed, 32);
			vector_same(&v, "case_id", k.case_id, 16);
			xwing_public_of(&pk, &k.seal);
			key_sha256(hash, pk.b, sizeof(pk.b));
			vector_same(&v, "seal_key_sha256", hash, 32);
		}
		free(digits);
		free(spaced);
	}
}

static void
slips(void **state)
{
	struct receipt r, got;
	(void)state;
	for (int n = 0; n < 50; n++) {
		receipt_new(&r);
		assert_int_equal(strlen(r.digits), RECEIPT_DIGITS);
		assert_int_equal(receipt_parse(&got, r.digits, RECEIPT_DIGITS), 0);
		for (size_t i = 0; i < RECEIPT_DIGITS; i++) {
			char was = r.digits[i];
			for (char c = '0'; c <= '9'; c++) {
				r.digits[i] = c;
				assert_int_equal(receipt_parse(&got, r.digits, RECEIPT_DIGITS),
						 c == was ? 0 : ERR_AUTH);
			}
			r.digits[i] = was;
			if (i == 0 || r.digits[i - 1] == was)
				continue;
			r.digits[i] = r.digits[i - 1];
			r.digits[i - 1] = was;
			assert_int_equal(receipt_parse(&got, r.digits, RECEIPT_DIGITS), ERR_AUTH);
			r.digits[i - 1] = r.digits[i];
			r.digits[i] = was;
		}
	}
}

static void
shapes(void **state)
{
	struct receipt r;
	static const char zeros[] = "00000-00000\n00000\t00000 00000\r\n00000 ";
	(void)state;
	assert_int_equal(receipt_parse(&r, zeros, strlen(zeros)), 0);
	assert_int_equal(receipt_parse(&r, "", 0), ERR_FORMAT);
	assert_int_equal(receipt_parse(&r, zeros, strlen(zeros) - 3), ERR_FORMAT);
	assert_int_equal(receipt_parse(&r, "0000000000000000000000000000000", 31), ERR_FORMAT);
	assert_int_equal(receipt_parse(&r, "00000000000000000000000000000x", 30), ERR_FORMAT);
	assert_int_equal(r.digits[0], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(slips),
		cmocka_unit_test(shapes),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
