/* Checkpoints, cosignatures and the names of tiles: written and read, and what is refused. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/checkpoint.h"
#include "crypto/err.h"
#include "crypto/note.h"

static const char good[] = "log.00112233445566778899aabbccddeeff\n1024\n"
			   "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

static void
text(void **state)
{
	static const struct {
		int err;
		const char *text;
	} bad[] = {
		{ ERR_FORMAT, "" },
		{ ERR_FORMAT, "o\n1\n" },
		{ ERR_FORMAT, "o\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
		{ ERR_FORMAT, "o\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
		{ ERR_FORMAT, "o\n\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
		{ ERR_FORMAT, "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
		{ ERR_FORMAT, "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n" },
		{ ERR_FORMAT, "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" },
		{ ERR_FORMAT, "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nmore\n" },
		{ ERR_FORMAT, "o o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
		{ ERR_FORMAT, "o\x01\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
		{ ERR_FORMAT, "\xe7\x9f\xbf\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
		{ ERR_RANGE, "o\n1099511627776\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
		{ ERR_FORMAT, "o\n99999999999999\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" },
	};
	uint8_t id[KEY_ID_LEN], back[256];
	struct checkpoint c, other;
	struct bufw w;
	(void)state;
	for (size_t i = 0; i < KEY_ID_LEN; i++)
		id[i] = (uint8_t)(i * 0x11);
	assert_int_equal(checkpoint_get(&c, good, strlen(good)), 0);
	checkpoint_origin(other.origin, id);
	assert_string_equal(c.origin, other.origin);
	assert_int_equal(c.size, 1024);
	for (size_t i = 0; i < MERKLE_LEN; i++)
		assert_int_equal(c.root[i], i);
	bufw_init(&w, back, sizeof(back));
	assert_int_equal(checkpoint_put(&w, &c), 0);
	assert_int_equal(w.len, strlen(good));
	assert_memory_equal(back, good, w.len);
	bufw_init(&w, back, 60);
	assert_int_equal(checkpoint_put(&w, &c), ERR_FULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (checkpoint_get(&c, bad[i].text, strlen(bad[i].text)) != bad[i].err)
			fail_msg("%s", bad[i].text);
}

static int
signed_by(size_t *cnt, const struct note *n, const struct note_key *keys, size_t key_cnt,
	  uint64_t since)
{
	bool by[NOTE_KEY_MAX];
	int err = note_cosigned(by, n, keys, key_cnt, since);
	*cnt = 0;
	for (size_t i = 0; i < key_cnt; i++)
		*cnt += by[i];
	return err;
}

/* The log signs, two witnesses cosign, and each is counted for what it is. */
static void
cosigned(void **state)
{
	static uint8_t note[2][4096];
	uint8_t seed[32] = { 1 };
	struct note_key log = { .name = "log.00" }, w[3] = { { .name = "union/1" },
							     { .name = "press" },
							     { .name = "union/2" } };
	struct key_sign key, wkey[2];
	struct bufw b;
	struct note n[2];
	size_t cnt = 9;
	(void)state;
	key_sign_from_seed(&key, seed);
	key_sign_public(log.key, &key);
	for (size_t i = 0; i < 2; i++) {
		seed[0] = (uint8_t)(2 + i);
		key_sign_from_seed(&wkey[i], seed);
		key_sign_public(w[i].key, &wkey[i]);
	}
	memcpy(w[2].key, w[0].key, sizeof(w[2].key)); /* the first, under another name */
	bufw_init(&b, note[0], sizeof(note[0]));
	bufw_text(&b, good);
	bufw_text(&b, "\n");
	assert_int_equal(note_sign(&b, good, strlen(good), log.name, &key), 0);
	assert_int_equal(note_cosign(&b, good, strlen(good), 1800000000, w[0].name, &wkey[0]), 0);
	assert_int_equal(note_cosign(&b, good, strlen(good), 1800014400, w[1].name, &wkey[1]), 0);
	assert_int_equal(note_cosign(&b, good, strlen(good), 1800014400, w[2].name, &wkey[0]), 0);
	assert_int_equal(note_parse(&n[0], note[0], b.len), 0);
	assert_int_equal(n[0].sig_cnt, 4);
	assert_int_equal(n[0].sig[1].kind, NOTE_COSIGNATURE);
	assert_int_equal(n[0].sig[1].time, 1800000000);
	assert_int_equal(note_verify(&n[0], &log, 1, 1), 0);
	/* A cosignature is no signature of the log, nor the other way round. */
	assert_int_equal(note_verify(&n[0], w, 3, 1), ERR_AUTH);
	assert_int_equal(signed_by(&cnt, &n[0], &log, 1, 0), 0);
	assert_int_equal(cnt, 0);
	assert_int_equal(signed_by(&cnt, &n[0], w, 3, 0), 0);
	assert_int_equal(cnt, 2); /* the third has the key of the first */
	assert_int_equal(signed_by(&cnt, &n[0], w, 2, 1800000001), 0);
	assert_int_equal(cnt, 1); /* the first is too old */
	/* Merged with itself nothing changes; with another time the line is another. */
	n[1] = n[0];
	bufw_init(&b, note[1], sizeof(note[1]));
	assert_int_equal(note_merge(&b, n, 2), 0);
	assert_int_equal(note_parse(&n[1], note[1], b.len), 0);
	assert_int_equal(n[1].sig_cnt, 4);
	assert_int_equal(signed_by(&cnt, &n[1], w, 2, 0), 0);
	assert_int_equal(cnt, 2);
	/* A time that was changed, and text that was changed. */
	n[1].sig[2].time++;
	assert_int_equal(signed_by(&cnt, &n[1], w, 2, 0), ERR_AUTH);
	n[1] = n[0];
	note[0][40] = '2';
	assert_int_equal(signed_by(&cnt, &n[1], w, 2, 0), ERR_AUTH);
	/* Not more text than a checkpoint has. */
	char longer[NOTE_SEEN_MAX + 2];
	memset(longer, 'a', sizeof(longer));
	longer[NOTE_SEEN_MAX] = '\n';
	longer[NOTE_SEEN_MAX + 1] = 0;
	bufw_init(&b, note[1], sizeof(note[1]));
	assert_int_equal(note_cosign(&b, longer, NOTE_SEEN_MAX + 1, 1, "w", &wkey[0]), ERR_FULL);
	assert_int_equal(note_cosign(&b, longer + 1, NOTE_SEEN_MAX, 1, "w", &wkey[0]), 0);
}

/* The key of a cosignature in the published format: name, 0x04, key. */
static void
key_hash(void **state)
{
	uint8_t hash[4], all[7 + 2 + 32] = "union/1\n\x04", full[32];
	struct note_key k = { .name = "union/1" };
	(void)state;
	memset(k.key, 0x5a, sizeof(k.key));
	memcpy(all + 9, k.key, 32);
	crypto_hash_sha256(full, all, sizeof(all));
	note_key_hash(hash, NOTE_COSIGNATURE, k.name, k.key);
	assert_memory_equal(hash, full, 4);
}

static void
paths(void **state)
{
	static const struct {
		struct tile t;
		const char *path;
	} good_path[] = {
		{ { 0, 0, 256 }, "tile/0/000" },
		{ { 0, 0, 1 }, "tile/0/000.p/1" },
		{ { 1, 999, 255 }, "tile/1/999.p/255" },
		{ { 2, 1000, 256 }, "tile/2/x001/000" },
		{ { 0, 1234067, 256 }, "tile/0/x001/x234/067" },
		{ { TILE_ENTRIES, 1234, 8 }, "tile/entries/x001/234.p/8" },
		{ { 4, 7, 256 }, "tile/4/007" },
	};
	static const char *bad[] = {
		"",
		"tile",
		"tile/",
		"tile/0",
		"tile/0/",
		"tile/0/1",
		"tile/0/0000",
		"tile/0/x000/001",
		"tile/0/x001",
		"tile/0/001/002",
		"tile/0/000.p/0",
		"tile/0/000.p/256",
		"tile/0/000.p/257",
		"tile/0/000.p/01",
		"tile/0/000.p/ 1",
		"tile/0/000.p/-1",
		"tile/0/000.p/1x",
		"tile/0/000/",
		"tile/5/000",
		"tile/00/000",
		"tile/-1/000",
		"tile/entries",
		"tile/entries/x00",
		"tile/0/x999/x999/x999/999",
		"tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
		"/tile/0/000",
		"tile/0/000?a",
		"tile/0/..",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(good_path) / sizeof(good_path[0]); i++) {
		char path[TILE_PATH_LEN];
		struct tile t;
		tile_path(path, &good_path[i].t);
		assert_string_equal(path, good_path[i].path);
		assert_int_equal(tile_parse(&t, path), 0);
		assert_int_equal(t.level, good_path[i].t.level);
		assert_int_equal(t.n, good_path[i].t.n);
		assert_int_equal(t.width, good_path[i].t.width);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tile t;
		if (tile_parse(&t, bad[i]) != ERR_FORMAT)
			fail_msg("%s", bad[i]);
	}
}

static void
finding(void **state)
{
	struct tile t;
	unsigned at, cnt;
	(void)state;
	assert_int_equal(tile_find(&t, &at, &cnt, 0, 300, 1024), 0);
	assert_true(t.level == 0 && t.n == 1 && t.width == 256 && at == 44 && cnt == 1);
	assert_int_equal(tile_find(&t, &at, &cnt, 7, 3, 1024), 0);
	assert_true(t.level == 0 && t.n == 1 && t.width == 256 && at == 128 && cnt == 128);
	assert_int_equal(tile_find(&t, &at, &cnt, 8, 3, 1024), 0);
	assert_true(t.level == 1 && t.n == 0 && t.width == 4 && at == 3 && cnt == 1);
	assert_int_equal(tile_find(&t, &at, &cnt, 10, 0, 1024), 0);
	assert_true(t.level == 1 && t.n == 0 && t.width == 4 && at == 0 && cnt == 4);
	assert_int_equal(tile_find(&t, &at, &cnt, 8, 4, 1024), ERR_RANGE);
	assert_int_equal(tile_find(&t, &at, &cnt, 0, 1024, 1024), ERR_RANGE);
	assert_int_equal(tile_find(&t, &at, &cnt, 11, 0, 1024), ERR_RANGE);
	assert_int_equal(tile_find(&t, &at, &cnt, 0, 0, 0), ERR_RANGE);
	assert_int_equal(tile_find(&t, &at, &cnt, 40, 0, MERKLE_SIZE_MAX - 1), ERR_RANGE);
	assert_int_equal(tile_find(&t, &at, &cnt, 0, UINT64_MAX, 1024), ERR_RANGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),  cmocka_unit_test(cosigned), cmocka_unit_test(key_hash),
		cmocka_unit_test(paths), cmocka_unit_test(finding),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
