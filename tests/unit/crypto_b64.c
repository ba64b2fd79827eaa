/* Base64: RFC 4648, and that no second spelling of anything is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/b64.h"
#include "crypto/err.h"

static const struct {
	const char *plain, *padded, *raw;
} vectors[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
};

static void
rfc4648(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const char *plain = vectors[i].plain,
			   *text[] = { vectors[i].padded, vectors[i].raw };
		size_t len = strlen(plain), form;

		for (form = B64_PADDED; form <= B64_RAW; form++) {
			char out[16] = "x";
			uint8_t back[16];
			size_t want = strlen(text[form]);

			assert_int_equal(b64_encode(out, sizeof(out), plain, len,
						    (enum b64_form)form),
					 want);
			assert_string_equal(out, text[form]);
			assert_int_equal(b64_decode(back, sizeof(back), &n, out, want,
						    (enum b64_form)form),
					 0);
			assert_int_equal(n, len);
			assert_memory_equal(back, plain, len);
			assert_int_equal(b64_decode_exact(back, len, out, want,
							  (enum b64_form)form),
					 0);
			assert_int_equal(b64_decode_exact(back, len + 1, out, want,
							  (enum b64_form)form),
					 ERR_FORMAT);
			/* Not enough room. */
			if (len > 0) {
				assert_int_equal(b64_decode(back, len - 1, &n, out, want,
							    (enum b64_form)form),
						 ERR_FORMAT);
				assert_int_equal(b64_encode(out, want, plain, len,
							    (enum b64_form)form),
						 0);
			}
		}
	}
}

/* Every text of up to four characters over all bytes that could matter: what decodes must be
 * what encoding the result gives, so nothing has two spellings. */
static void
one_spelling(void **state)
{
	static const char letters[] = "AQgwZ09+/=-_ \n\t.";
	const size_t base = sizeof(letters); /* the zero byte as well */
	size_t len, form, code, total = 1, taken = 0, i, n;

	(void)state;
	for (len = 0; len <= 4; len++, total *= base)
		for (code = 0; code < total; code++) {
			char text[8] = { 0 }, again[8];
			uint8_t out[8];
			size_t rest = code;

			for (i = 0; i < len; i++, rest /= base)
				text[i] = letters[rest % base];
			for (form = B64_PADDED; form <= B64_RAW; form++) {
				if (b64_decode(out, sizeof(out), &n, text, len,
					       (enum b64_form)form) != 0)
					continue;
				taken++;
				assert_int_equal(b64_encode(again, sizeof(again), out, n,
							    (enum b64_form)form),
						 len);
				assert_memory_equal(again, text, len);
			}
		}
	assert_true(taken > 1000);
}

/* The same for every byte at every place. */
static void
every_byte(void **state)
{
	size_t at, form, n, taken = 0;
	int c;

	(void)state;
	for (form = B64_PADDED; form <= B64_RAW; form++)
		for (at = 0; at < 8; at++)
			for (c = 0; c < 256; c++) {
				char text[] = "AAAAAAAA", again[16];
				uint8_t out[8];

				text[at] = (char)c;
				if (b64_decode(out, sizeof(out), &n, text, 8,
					       (enum b64_form)form) != 0)
					continue;
				taken++;
				assert_int_equal(b64_encode(again, sizeof(again), out, n,
							    (enum b64_form)form),
						 8);
				assert_memory_equal(again, text, 8);
			}
	assert_int_equal(taken, 2 * 8 * 64 + 1); /* and "AAAAAAA=" */
}

static void
refused(void **state)
{
	static const struct {
		const char *text;
		enum b64_form form;
	} bad[] = {
		{ "Zg", B64_PADDED },       { "Zg=", B64_PADDED },  { "Zg===", B64_PADDED },
		{ "Zg==Zg==", B64_PADDED }, { "Zh==", B64_PADDED }, { "Zm9=", B64_PADDED },
		{ "====", B64_PADDED },     { "Zg==", B64_RAW },    { "Zh", B64_RAW },
		{ "Z", B64_RAW },           { "Zm9vY", B64_RAW },   { "Zm 9v", B64_RAW },
		{ "Zm9v\n", B64_RAW },      { "Zm-_", B64_RAW },
	};
	uint8_t out[16];
	size_t i, n = 7;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(b64_decode(out, sizeof(out), &n, bad[i].text, strlen(bad[i].text),
					    bad[i].form),
				 ERR_FORMAT);
		assert_int_equal(n, 0);
	}
}

static void
random_bytes(void **state)
{
	uint8_t in[300], out[300];
	char text[B64_LEN(300) + 1], theirs[B64_LEN(300) + 1];
	size_t len, n;

	(void)state;
	randombytes_buf(in, sizeof(in));
	for (len = 0; len <= sizeof(in); len++) {
		assert_int_equal(b64_encode(text, sizeof(text), in, len, B64_PADDED), B64_LEN(len));
		sodium_bin2base64(theirs, sizeof(theirs), in, len, sodium_base64_VARIANT_ORIGINAL);
		assert_string_equal(text, theirs);
		assert_int_equal(b64_encode(text, sizeof(text), in, len, B64_RAW),
				 B64_RAW_LEN(len));
		assert_int_equal(b64_decode(out, sizeof(out), &n, text, strlen(text), B64_RAW), 0);
		assert_int_equal(n, len);
		assert_memory_equal(in, out, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc4648),      cmocka_unit_test(one_spelling),
		cmocka_unit_test(every_byte),   cmocka_unit_test(refused),
		cmocka_unit_test(random_bytes),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("b64", tests, NULL, NULL);
}
