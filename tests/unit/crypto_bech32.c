/* Bech32 as age uses it: the examples of the specification, case, checksum, and padding bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/bech32.h"
#include "crypto/err.h"

/* C2SP age.md, "The X25519 recipient type": the identity is 32 times 0x42. */
#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define PUBLIC   "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

static int
decode(uint8_t *out, size_t len, const char *hrp, const char *text)
{
	return bech32_decode(out, len, hrp, text, strlen(text));
}

static void
examples(void **state)
{
	uint8_t secret[32], public[32], want[32];
	char text[80];

	(void)state;
	memset(want, 0x42, sizeof(want));
	assert_int_equal(decode(secret, 32, "AGE-SECRET-KEY-", IDENTITY), 0);
	assert_memory_equal(secret, want, 32);
	assert_int_equal(bech32_encode(text, sizeof(text), "AGE-SECRET-KEY-", secret, 32), 0);
	assert_string_equal(text, IDENTITY);
	assert_int_equal(decode(public, 32, "age", PUBLIC), 0);
	crypto_scalarmult_base(want, secret);
	assert_memory_equal(public, want, 32);
	assert_int_equal(bech32_encode(text, sizeof(text), "age", public, 32), 0);
	assert_string_equal(text, PUBLIC);
}

static void
refused(void **state)
{
	char text[] = PUBLIC;
	uint8_t out[33];
	size_t i;

	(void)state;
	assert_int_equal(decode(out, 32, "AGE", PUBLIC), ERR_FORMAT);
	assert_int_equal(decode(out, 32, "agf", PUBLIC), ERR_FORMAT);
	assert_int_equal(decode(out, 31, "age", PUBLIC), ERR_FORMAT);
	assert_int_equal(decode(out, 33, "age", PUBLIC), ERR_FORMAT);
	assert_int_equal(decode(out, 32, "age", ""), ERR_FORMAT);
	/* A right string in the other case is another prefix; a mixed one is nothing. */
	for (i = 0; text[i]; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 32);
	assert_int_equal(decode(out, 32, "age", text), ERR_FORMAT);
	assert_int_equal(decode(out, 32, "AGE", text), 0);
	text[10] = PUBLIC[10];
	text[11] = PUBLIC[11];
	assert_int_equal(decode(out, 32, "AGE", text), ERR_FORMAT);
}

/* Any one character changed is noticed, whatever it is changed to. */
static void
every_error_of_one(void **state)
{
	static const uint8_t zeros[32];
	uint8_t out[32];
	size_t i;
	int c;

	(void)state;
	for (i = 0; i < sizeof(PUBLIC) - 1; i++)
		for (c = 0; c < 256; c++) {
			char text[] = PUBLIC;

			if ((char)c == text[i])
				continue;
			text[i] = (char)c;
			memset(out, 0, sizeof(out));
			assert_int_equal(bech32_decode(out, 32, "age", text, sizeof(text) - 1),
					 ERR_FORMAT);
			assert_memory_equal(out, zeros, 32);
		}
}

/* Strings with a right checksum (made by @scure/base from symbols), whose last symbol carries
 * two bits that belong to no byte. Only zeros there are canonical. */
static void
padding_bits(void **state)
{
	uint8_t out[1];

	(void)state;
	assert_int_equal(decode(out, 1, "a", "a1qqqd87cq"), 0);
	assert_int_equal(out[0], 0);
	assert_int_equal(decode(out, 1, "a", "a1lu9cgf6y"), 0);
	assert_int_equal(out[0], 255);
	assert_int_equal(decode(out, 1, "a", "a1qpamnt9j"), ERR_FORMAT);
	assert_int_equal(decode(out, 1, "a", "a1qzngxatd"), ERR_FORMAT);
	assert_int_equal(decode(out, 1, "a", "a1qrw7jgkl"), ERR_FORMAT);
	assert_int_equal(decode(out, 1, "a", "a1llttal5m"), ERR_FORMAT);
}

static void
all_lengths(void **state)
{
	uint8_t in[1300], out[1300];
	char text[2200];
	size_t len;

	(void)state;
	randombytes_buf(in, sizeof(in));
	for (len = 0; len <= sizeof(in); len += len < 70 ? 1 : 41) {
		assert_int_equal(bech32_encode(text, sizeof(text), "age1pq", in, len), 0);
		assert_int_equal(strlen(text), BECH32_LEN(6, len));
		assert_int_equal(decode(out, len, "age1pq", text), 0);
		assert_memory_equal(in, out, len);
		assert_int_equal(bech32_encode(text, BECH32_LEN(6, len), "age1pq", in, len),
				 ERR_RANGE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples),           cmocka_unit_test(refused),
		cmocka_unit_test(every_error_of_one), cmocka_unit_test(padding_bits),
		cmocka_unit_test(all_lengths),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("bech32", tests, NULL, NULL);
}
