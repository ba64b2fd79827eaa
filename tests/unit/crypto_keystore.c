/* Keystore and workspace primitives, and the secret memory under them. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/keystore.h"
#include "crypto/secret.h"
#include "crypto/record.h"

static const struct keystore_cost cheap = { .ops = 1, .mem_kib = 64 };
static uint8_t file[4096];

static void
vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "keystore");
	while (vector_next(&v)) {
		char *pass = vector_text(&v, "passphrase", NULL);
		char *want = vector_text(&v, "plain", NULL);
		char *plain = NULL;
		size_t len = 0, n = vector_hex(&v, "file", file, sizeof(file));
		assert_int_equal(keystore_open(&plain, &len, file, n, pass), 0);
		assert_int_equal(len, strlen(want));
		assert_string_equal(plain, want);
		secret_free(plain);
		free(pass);
		free(want);
	}
}

static void
there_and_back(void **state)
{
	char *plain = NULL;
	size_t len = 0, n = 0;
	uint8_t again[sizeof(file)];
	(void)state;
	assert_int_equal(keystore_seal(file, sizeof(file), &n, "{\"v\":1}", 7, "pass", &cheap), 0);
	assert_int_equal(n, KEYSTORE_HEAD_LEN + 7 + KEYSTORE_TAG_LEN);
	assert_int_equal(keystore_open(&plain, &len, file, n, "pass"), 0);
	assert_string_equal(plain, "{\"v\":1}");
	secret_free(plain);
	assert_int_equal(keystore_open(&plain, &len, file, n, "Pass"), ERR_AUTH);
	assert_null(plain);
	/* Another salt and nonce each time. */
	assert_int_equal(keystore_seal(again, sizeof(again), &n, "{\"v\":1}", 7, "pass", &cheap),
			 0);
	assert_memory_not_equal(file + 12, again + 12, 16);
	assert_memory_not_equal(file + 28, again + 28, 24);
	/* Empty is legal. */
	assert_int_equal(keystore_seal(file, sizeof(file), &n, "", 0, "", &cheap), 0);
	assert_int_equal(keystore_open(&plain, &len, file, n, ""), 0);
	assert_int_equal(len, 0);
	secret_free(plain);
}

static void
damage(void **state)
{
	char *plain = NULL;
	size_t len = 0, n = 0;
	(void)state;
	assert_int_equal(keystore_seal(file, sizeof(file), &n, "secret", 6, "pass", &cheap), 0);
	for (size_t i = 0; i < n; i++) {
		/* Costs are tried elsewhere: a flipped high bit would ask for much
		 * memory. */
		if (i >= 4 && i < 12)
			continue;
		file[i] ^= 1;
		assert_int_equal(keystore_open(&plain, &len, file, n, "pass"),
				 i < 4 ? ERR_FORMAT : ERR_AUTH);
		file[i] ^= 1;
	}
	assert_int_equal(keystore_open(&plain, &len, file, n - 1, "pass"), ERR_AUTH);
	assert_int_equal(keystore_open(&plain, &len, file, KEYSTORE_HEAD_LEN + 15, "pass"),
			 ERR_FORMAT);
	file[4] = 2; /* the cost is authenticated, too */
	assert_int_equal(keystore_open(&plain, &len, file, n, "pass"), ERR_AUTH);
	file[4] = 0;
	assert_int_equal(keystore_open(&plain, &len, file, n, "pass"), ERR_RANGE);
	file[4] = 17;
	assert_int_equal(keystore_open(&plain, &len, file, n, "pass"), ERR_RANGE);
	file[4] = 1;
	file[11] = 0xff; /* 4 TiB */
	assert_int_equal(keystore_open(&plain, &len, file, n, "pass"), ERR_RANGE);
	struct keystore_cost mad = { .ops = 1, .mem_kib = KEYSTORE_MEM_MAX + 1 };
	assert_int_equal(keystore_seal(file, sizeof(file), &n, "x", 1, "pass", &mad), ERR_RANGE);
	mad = (struct keystore_cost){ .ops = 1, .mem_kib = 7 };
	assert_int_equal(keystore_seal(file, sizeof(file), &n, "x", 1, "pass", &mad), ERR_RANGE);
	assert_int_equal(keystore_seal(file, 10, &n, "x", 1, "pass", &cheap), ERR_RANGE);
}

static void
workspace(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "workspace");
	while (vector_next(&v)) {
		uint8_t root[32], index[32], other[32], sealed[256], plain[256], out[256];
		struct record_keys keys;
		char *table = vector_text(&v, "table", NULL), *name = vector_text(&v, "name", NULL);
		vector_hex(&v, "root", root, sizeof(root));
		assert_int_equal(record_derive(&keys, root), 0);
		vector_same(&v, "index_key", keys.index, 32);
		vector_same(&v, "value_key", keys.value, 32);
		record_index(index, &keys, table, name, strlen(name));
		vector_same(&v, "index", index, 32);
		size_t n = vector_hex(&v, "sealed", sealed, sizeof(sealed));
		size_t len = vector_hex(&v, "plain", plain, sizeof(plain));
		assert_int_equal(record_open(out, &keys, index, sealed, n), 0);
		assert_memory_equal(out, plain, len);
		/* A value under another name does not open, nor a changed or short one.
		 */
		record_index(other, &keys, "cas", "eid of a case", 13);
		assert_memory_not_equal(index, other, 32);
		assert_int_equal(record_open(out, &keys, other, sealed, n), ERR_AUTH);
		sealed[n - 1] ^= 1;
		assert_int_equal(record_open(out, &keys, index, sealed, n), ERR_AUTH);
		assert_int_equal(record_open(out, &keys, index, sealed, RECORD_OVERHEAD - 1),
				 ERR_AUTH);
		record_seal(sealed, &keys, index, plain, len);
		memset(out, 0, sizeof(out));
		assert_int_equal(record_open(out, &keys, index, sealed, len + RECORD_OVERHEAD), 0);
		assert_memory_equal(out, plain, len);
		free(table);
		free(name);
	}
}

static void
secrets(void **state)
{
	uint8_t *p = secret_alloc(16);
	(void)state;
	assert_non_null(p);
	assert_true(sodium_is_zero(p, 16));
	memset(p, 7, 16);
	p = secret_realloc(p, 16, 40);
	assert_non_null(p);
	assert_int_equal(p[15], 7);
	assert_true(sodium_is_zero(p + 16, 24));
	p = secret_realloc(p, 40, 3);
	assert_int_equal(p[2], 7);
	secret_free(p);
	secret_free(NULL);
	p = secret_realloc(NULL, 0, 4);
	assert_non_null(p);
	secret_free(p);
	p = secret_alloc(0);
	assert_non_null(p);
	secret_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors), cmocka_unit_test(there_and_back),
		cmocka_unit_test(damage),  cmocka_unit_test(workspace),
		cmocka_unit_test(secrets),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
