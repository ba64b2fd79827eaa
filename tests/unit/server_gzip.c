/* What all get travels in one of few lengths, and comes out as it went in. */
#include "tests/unit/vector.h"

#include <sodium.h>
#include <stdlib.h>
#include <zlib.h>

#include "server/face/face.h"

#define TEXT_MAX 100000

static void
unpack(const uint8_t *gz, size_t gz_len, const uint8_t *want, size_t len)
{
	static uint8_t back[TEXT_MAX + 1];
	z_stream z = { .next_in = (Bytef *)(uintptr_t)gz, .avail_in = (uInt)gz_len };

	assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
	z.next_out = back;
	z.avail_out = sizeof(back);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	assert_int_equal(z.total_out, len);
	assert_memory_equal(back, want, len);
	inflateEnd(&z);
}

static void
test_lengths(void **state)
{
	static uint8_t text[TEXT_MAX];
	size_t one = 0;

	(void)state;
	randombytes_buf(text, sizeof(text));
	for (size_t len = 0; len <= sizeof(text); len += len < 20000 ? 997 : 9973) {
		uint8_t *gz;
		size_t n;
		assert_int_equal(face_gzip(&gz, &n, text, len), 0);
		assert_int_equal(n % FACE_GZIP_STEP, 0);
		unpack(gz, n, text, len);
		one += n == FACE_GZIP_STEP;
		free(gz);
	}
	assert_int_equal(one, 17); /* random bytes do not shrink: 0 to 16 times 997 of them fit into
				      one step */
}

static void
test_every_pad(void **state)
{
	static uint8_t text[2 * FACE_GZIP_STEP];
	uint8_t *gz;
	size_t n;

	(void)state;
	randombytes_buf(text, sizeof(text));
	for (size_t len = FACE_GZIP_STEP - 60; len < FACE_GZIP_STEP; len++) {
		assert_int_equal(face_gzip(&gz, &n, text, len), 0);
		assert_int_equal(n % FACE_GZIP_STEP, 0);
		unpack(gz, n, text, len);
		free(gz);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_every_pad),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
