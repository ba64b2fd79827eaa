/* The cursor over untrusted bytes and its writer: borders, sticky failure, nothing
 * touched after it. */
#include "tests/unit/vector.h"

#include "crypto/buf.h"
#include "crypto/err.h"

static void
reads(void **state)
{
	static const uint8_t bytes[] = { 1,  2,  3,  4,  5,  6, 7, 8,   9,    10,
					 11, 12, 13, 14, 15, 0, 0, 'a', '\n', 9 };
	struct buf b;
	uint8_t two[2] = { 0 };
	size_t n = 0;
	(void)state;
	buf_init(&b, bytes, sizeof(bytes));
	assert_int_equal(buf_u8(&b), 1);
	assert_int_equal(buf_u16(&b), 0x0302);
	assert_int_equal(buf_u32(&b), 0x07060504);
	assert_true(buf_u64(&b) == 0x0f0e0d0c0b0a0908);
	buf_zero(&b, 2);
	const char *line = buf_line(&b, &n);
	assert_int_equal(n, 1);
	assert_int_equal(*line, 'a');
	assert_int_equal(buf_end(&b), ERR_FORMAT); /* one left */
	buf_bytes(&b, two, sizeof(two), 1);
	assert_int_equal(two[0], 9);
	assert_int_equal(buf_end(&b), 0);
}

static void
refuses(void **state)
{
	static const uint8_t bytes[] = { 0xff, 0xff, 0xff, 0, 0 };
	struct buf b;
	uint8_t dst[8] = { 7, 7, 7, 7, 7, 7, 7, 7 };
	size_t n = 0;
	(void)state;
	buf_init(&b, bytes, 3);
	assert_int_equal(buf_u32(&b), 0);
	assert_int_equal(buf_u8(&b), 0); /* stays bad */
	assert_int_equal(buf_end(&b), ERR_FORMAT);
	buf_init(&b, bytes, sizeof(bytes));
	buf_bytes(&b, dst, 2, 3); /* more than the destination holds */
	assert_int_equal(dst[0], 7);
	assert_int_equal(buf_end(&b), ERR_FORMAT);
	buf_init(&b, bytes, sizeof(bytes));
	assert_null(buf_take(&b, SIZE_MAX));
	buf_init(&b, bytes + 2, 3);
	buf_zero(&b, 3); /* one is not zero */
	assert_int_equal(buf_end(&b), ERR_FORMAT);
	buf_init(&b, bytes, 3);
	assert_null(buf_line(&b, &n));
	assert_int_equal(buf_end(&b), ERR_FORMAT);
	buf_init(&b, NULL, 0);
	assert_null(buf_line(&b, &n));
	buf_init(&b, NULL, 0);
	assert_int_equal(buf_end(&b), 0);
	buf_fail(&b);
	assert_int_equal(buf_end(&b), ERR_FORMAT);
}

static void
writes(void **state)
{
	uint8_t out[64];
	static const uint8_t src[] = { 0xab, 0x01 };
	struct bufw w;
	(void)state;
	memset(out, 0xee, sizeof(out));
	bufw_init(&w, out, 24);
	bufw_u8(&w, 1);
	bufw_u16(&w, 0x0302);
	bufw_u32(&w, 0x07060504);
	bufw_u64(&w, 0x0f0e0d0c0b0a0908);
	bufw_text(&w, "x");
	bufw_hex(&w, src, 2);
	bufw_base64(&w, src, 2);
	assert_int_equal(bufw_end(&w), ERR_FULL); /* base64 wants room for its zero */
	bufw_init(&w, out, 26);
	bufw_zero_to(&w, 15);
	bufw_printf(&w, "%d", 42);
	bufw_hex(&w, src, 2);
	bufw_base64(&w, src, 2);
	assert_int_equal(bufw_end(&w), 0);
	assert_int_equal(w.len, 25);
	assert_memory_equal(out + 15, "42ab01qwE=", 10);
	bufw_zero_to(&w, 3); /* backwards */
	assert_int_equal(bufw_end(&w), ERR_FULL);
	bufw_init(&w, out, 3);
	bufw_u32(&w, 1);
	bufw_u8(&w, 1); /* would fit, but something is missing already */
	assert_int_equal(w.len, 0);
	assert_int_equal(bufw_end(&w), ERR_FULL);
	assert_int_equal(out[26], 0xee);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
