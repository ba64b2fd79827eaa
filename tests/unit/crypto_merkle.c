/* Merkle trees: against the definition of RFC 6962 written as it stands there, for every leaf and
 * every earlier size of all small trees; what a proof must not show; large trees by their paths. */
#include "tests/unit/vector.h"

#include <nettle/sha2.h>
#include <sodium.h>

#include "crypto/err.h"
#include "crypto/merkle.h"

#define SMALL 70

static uint8_t leaves[SMALL][MERKLE_LEN];

/* The largest power of two below n. */
static size_t
below(size_t n)
{
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

static void
two(uint8_t *out, const uint8_t *a, const uint8_t *b)
{
	uint8_t all[1 + 2 * MERKLE_LEN] = { 1 };
	memcpy(all + 1, a, MERKLE_LEN);
	memcpy(all + 1 + MERKLE_LEN, b, MERKLE_LEN);
	crypto_hash_sha256(out, all, sizeof(all));
}

/* MTH(D[n]) */
static void
mth(uint8_t *out, size_t from, size_t n)
{
	uint8_t a[MERKLE_LEN], b[MERKLE_LEN];
	if (n == 0) {
		crypto_hash_sha256(out, NULL, 0);
	} else if (n == 1) {
		memcpy(out, leaves[from], MERKLE_LEN);
	} else {
		mth(a, from, below(n));
		mth(b, from + below(n), n - below(n));
		two(out, a, b);
	}
}

/* PATH(m, D[n]) */
static size_t
path_of(uint8_t (*out)[MERKLE_LEN], size_t m, size_t from, size_t n)
{
	size_t k = below(n), cnt;
	if (n == 1)
		return 0;
	if (m < k) {
		cnt = path_of(out, m, from, k);
		mth(out[cnt], from + k, n - k);
	} else {
		cnt = path_of(out, m - k, from + k, n - k);
		mth(out[cnt], from, k);
	}
	return cnt + 1;
}

/* SUBPROOF(m, D[n], b) */
static size_t
subproof(uint8_t (*out)[MERKLE_LEN], size_t m, size_t from, size_t n, int b)
{
	size_t k = below(n), cnt;
	if (m == n) {
		if (!b)
			mth(out[0], from, n);
		return b ? 0 : 1;
	}
	if (m <= k) {
		cnt = subproof(out, m, from, k, b);
		mth(out[cnt], from + k, n - k);
	} else {
		cnt = subproof(out, m - k, from + k, n - k, 0);
		mth(out[cnt], from, k);
	}
	return cnt + 1;
}

static int
read_small(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN])
{
	size_t *size = ctx, len = (size_t)1 << level, from = (size_t)n << level;
	assert_true(from + len <= *size);
	mth(out, from, len);
	return 0;
}

static int
make_leaves(void **state)
{
	(void)state;
	for (size_t i = 0; i < SMALL; i++) {
		uint8_t text[2] = { 0, (uint8_t)i };
		crypto_hash_sha256(leaves[i], text, sizeof(text));
		merkle_leaf(leaves[i], text + 1, 1);
		uint8_t want[MERKLE_LEN];
		crypto_hash_sha256(want, text, sizeof(text));
		assert_memory_equal(leaves[i], want, MERKLE_LEN);
	}
	return 0;
}

static void
leaf_proofs(void **state)
{
	(void)state;
	for (size_t n = 1; n <= SMALL; n++) {
		uint8_t root[MERKLE_LEN], want[MERKLE_LEN];
		mth(want, 0, n);
		assert_int_equal(merkle_root(root, n, read_small, &n), 0);
		assert_memory_equal(root, want, MERKLE_LEN);
		for (size_t i = 0; i < n; i++) {
			uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN], is[MERKLE_PATH_MAX][MERKLE_LEN];
			size_t cnt = 0;
			assert_int_equal(merkle_prove_leaf(path, &cnt, i, n, read_small, &n), 0);
			assert_int_equal(cnt, path_of(is, i, 0, n));
			assert_memory_equal(path, is, cnt * MERKLE_LEN);
			assert_int_equal(merkle_check_leaf(path, cnt, i, n, leaves[i], root), 0);
			/* Another place, size, leaf, or number of hashes does not pass. */
			for (size_t j = 0; j < n; j++)
				if (j != i)
					assert_int_equal(merkle_check_leaf(path, cnt, j, n,
									   leaves[i], root),
							 ERR_AUTH);
			assert_int_equal(merkle_check_leaf(path, cnt, i, n, root, leaves[i]),
					 n == 1 ? 0 : ERR_AUTH);
			assert_int_equal(merkle_check_leaf(path, cnt + 1, i, n, leaves[i], root),
					 ERR_AUTH);
			if (cnt > 0)
				assert_int_equal(merkle_check_leaf(path, cnt - 1, i, n, leaves[i],
								   root),
						 ERR_AUTH);
		}
	}
}

static void
grown_proofs(void **state)
{
	(void)state;
	for (size_t n = 0; n <= SMALL; n++) {
		uint8_t root[MERKLE_LEN];
		mth(root, 0, n);
		for (size_t m = 0; m <= n; m++) {
			uint8_t path[MERKLE_STEP_MAX][MERKLE_LEN], is[MERKLE_STEP_MAX][MERKLE_LEN];
			uint8_t old[MERKLE_LEN];
			size_t cnt = 0, want = 0;
			mth(old, 0, m);
			assert_int_equal(merkle_prove_grown(path, &cnt, m, n, read_small, &n), 0);
			if (m > 0)
				want = subproof(is, m, 0, n, 1);
			assert_int_equal(cnt, want);
			assert_memory_equal(path, is, cnt * MERKLE_LEN);
			assert_int_equal(merkle_check_grown(path, cnt, m, n, old, root), 0);
			if (m == 0)
				continue; /* an empty tree begins every tree: nothing is compared */
			/* A fork: one old leaf is another. */
			old[0] ^= 1;
			assert_int_equal(merkle_check_grown(path, cnt, m, n, old, root), ERR_AUTH);
			old[0] ^= 1;
			root[31] ^= 1;
			assert_int_equal(merkle_check_grown(path, cnt, m, n, old, root), ERR_AUTH);
			root[31] ^= 1;
			assert_int_equal(merkle_check_grown(path, cnt + 1, m, n, old, root),
					 ERR_AUTH);
			assert_int_equal(merkle_check_grown(path, cnt, n + 1, n, old, root),
					 ERR_AUTH);
			for (size_t h = 0; h < cnt; h++) {
				path[h][7] ^= 1;
				assert_int_equal(merkle_check_grown(path, cnt, m, n, old, root),
						 ERR_AUTH);
				path[h][7] ^= 1;
			}
		}
	}
}

/* A tree of equal leaves: the root of each full subtree is known without the others. */
static int
read_even(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN])
{
	(void)ctx;
	(void)n;
	merkle_leaf(out, "x", 1);
	for (unsigned i = 0; i < level; i++)
		merkle_node(out, out, out);
	return 0;
}

/* Read from left to right, by leaves or by larger pieces, the root is the same. */
static void
edges(void **state)
{
	struct merkle_edge one = { 0 }, four = { 0 };
	uint8_t root[MERKLE_LEN], want[MERKLE_LEN];
	(void)state;
	for (size_t n = 0; n <= SMALL; n++) {
		mth(want, 0, n);
		merkle_edge_root(root, &one);
		assert_memory_equal(root, want, MERKLE_LEN);
		if (n % 4 == 0) {
			merkle_edge_root(root, &four);
			assert_memory_equal(root, want, MERKLE_LEN);
		}
		if (n % 4 == 3) {
			mth(want, n - 3, 4);
			assert_int_equal(merkle_edge_add(&four, 2, want), 0);
		}
		if (n < SMALL)
			assert_int_equal(merkle_edge_add(&one, 0, leaves[n]), 0);
		assert_int_equal(merkle_edge_add(&one, one.size % 2 ? 1 : 40, want), ERR_RANGE);
	}
}

static int
read_fails(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN])
{
	(void)ctx, (void)level, (void)n, (void)out;
	return ERR_IO;
}

static void
large(void **state)
{
	static const uint64_t sizes[] = { (UINT64_C(1) << 39) + 1, MERKLE_SIZE_MAX - 1,
					  MERKLE_SIZE_MAX - 256, 5606400 };
	(void)state;
	for (size_t s = 0; s < 4; s++) {
		uint8_t path[MERKLE_STEP_MAX][MERKLE_LEN], root[MERKLE_LEN], old[MERKLE_LEN];
		uint8_t leaf[MERKLE_LEN];
		size_t cnt;
		uint64_t size = sizes[s], at[] = { 0, 1, size / 2, size / 3, size - 2, size - 1 };
		merkle_leaf(leaf, "x", 1);
		assert_int_equal(merkle_root(root, size, read_even, NULL), 0);
		for (size_t i = 0; i < 6; i++) {
			assert_int_equal(merkle_prove_leaf(path, &cnt, at[i], size, read_even,
							   NULL),
					 0);
			assert_true(cnt <= MERKLE_PATH_MAX);
			assert_int_equal(merkle_check_leaf(path, cnt, at[i], size, leaf, root), 0);
			assert_int_equal(merkle_root(old, at[i], read_even, NULL), 0);
			assert_int_equal(merkle_prove_grown(path, &cnt, at[i], size, read_even,
							    NULL),
					 0);
			assert_true(cnt <= MERKLE_STEP_MAX);
			assert_int_equal(merkle_check_grown(path, cnt, at[i], size, old, root), 0);
		}
		assert_int_equal(merkle_prove_leaf(path, &cnt, size, size, read_even, NULL),
				 ERR_RANGE);
		assert_int_equal(merkle_prove_grown(path, &cnt, size + 1, size, read_even, NULL),
				 ERR_RANGE);
		assert_int_equal(merkle_prove_leaf(path, &cnt, 1, size, read_fails, NULL), ERR_IO);
		assert_int_equal(merkle_prove_grown(path, &cnt, 3, size, read_fails, NULL), ERR_IO);
	}
	uint8_t root[MERKLE_LEN];
	assert_int_equal(merkle_root(root, MERKLE_SIZE_MAX, read_even, NULL), ERR_RANGE);
}

/* The roots and proofs that Certificate Transparency published for its eight entries. */
static void
published(void **state)
{
	uint8_t bytes[32 * 8], path[MERKLE_STEP_MAX][MERKLE_LEN], root[9][MERKLE_LEN];
	size_t entries = 0, roots = 0, proofs = 0, cnt = 0;
	struct vector v;
	(void)state;
	for (vector_open(&v, "rfc6962"); vector_next(&v);) {
		size_t size = (size_t)vector_int(&v, "size"), old = (size_t)vector_int(&v, "old");
		size_t index = (size_t)vector_int(&v, "index"), len;
		if (vector_is(&v, "kind", "entry")) {
			len = vector_hex(&v, "bytes", bytes, sizeof(bytes));
			merkle_leaf(leaves[entries++], bytes, len);
			continue;
		}
		if (vector_is(&v, "kind", "root")) {
			vector_hex(&v, "root", bytes, sizeof(bytes));
			assert_int_equal(merkle_root(root[size], size, read_small, &size), 0);
			assert_memory_equal(root[size], bytes, MERKLE_LEN);
			roots++;
			continue;
		}
		len = vector_hex(&v, "path", bytes, sizeof(bytes));
		if (vector_is(&v, "kind", "leaf")) {
			assert_int_equal(merkle_prove_leaf(path, &cnt, index, size, read_small,
							   &size),
					 0);
			assert_int_equal(merkle_check_leaf(path, cnt, index, size, leaves[index],
							   root[size]),
					 0);
		} else {
			assert_int_equal(merkle_prove_grown(path, &cnt, old, size, read_small,
							    &size),
					 0);
			assert_int_equal(merkle_check_grown(path, cnt, old, size, root[old],
							    root[size]),
					 0);
		}
		assert_int_equal(cnt * MERKLE_LEN, len);
		assert_memory_equal(path, bytes, len);
		proofs++;
	}
	assert_true(entries == 8 && roots == 8 && proofs == 9);
}

static uint64_t
big(const struct vector *v, const char *name)
{
	char *text = vector_text(v, name, NULL);
	uint64_t n = strtoull(text, NULL, 10);
	free(text);
	return n;
}

/* A value of exactly a hash's length. */
static bool
hash_of(const struct vector *v, const char *name, uint8_t out[static MERKLE_LEN])
{
	uint8_t bytes[2 * MERKLE_LEN];
	size_t len = vector_hex(v, name, bytes, sizeof(bytes));
	memcpy(out, bytes, MERKLE_LEN);
	return len == MERKLE_LEN;
}

/* Hashes with blanks between them; `-`: one of no bytes. */
static bool
path_read(const struct vector *v, uint8_t (*path)[MERKLE_LEN], size_t *cnt)
{
	char *text = vector_text(v, "path", NULL), *at = NULL;
	bool good = true;
	*cnt = 0;
	for (char *h = strtok_r(text, " ", &at); h; h = strtok_r(NULL, " ", &at)) {
		good = good && strlen(h) == (size_t)2 * MERKLE_LEN;
		if (good)
			sodium_hex2bin(path[(*cnt)++], MERKLE_LEN, h, strlen(h), NULL, NULL, NULL);
	}
	free(text);
	return good;
}

/* The probes of transparency-dev/merkle (tests/README.md). Where something is no hash our types do
 * not take it; that is a refusal, too, but for two roots of twelve letters that are the same. */
static void
probes(void **state)
{
	struct vector v;
	size_t held = 0, refused = 0, no_hash = 0;
	(void)state;
	for (vector_open(&v, "merkle"); vector_next(&v);) {
		uint8_t path[8][MERKLE_LEN], root[MERKLE_LEN], other[MERKLE_LEN];
		size_t cnt;
		bool leaf = vector_is(&v, "kind", "leaf"), holds = vector_int(&v, "holds");
		bool typed = hash_of(&v, "root", root) &&
			     hash_of(&v, leaf ? "leaf" : "old_root", other) &&
			     path_read(&v, path, &cnt);
		if (!typed) {
			no_hash++;
			continue;
		}
		int err = leaf ? merkle_check_leaf(path, cnt, big(&v, "index"), big(&v, "size"),
						   other, root)
			       : merkle_check_grown(path, cnt, big(&v, "old"), big(&v, "size"),
						    other, root);
		if (err != (holds ? 0 : ERR_AUTH))
			fail_msg("%s", vector_text(&v, "name", NULL));
		holds ? held++ : refused++;
	}
	assert_int_equal(held, 11);
	assert_int_equal(refused, 132);
	assert_int_equal(no_hash, 53);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published),
		cmocka_unit_test(probes),
		cmocka_unit_test_setup(leaf_proofs, make_leaves),
		cmocka_unit_test_setup(grown_proofs, make_leaves),
		cmocka_unit_test_setup(edges, make_leaves),
		cmocka_unit_test(large),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
