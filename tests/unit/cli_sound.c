/* Voice notes: what a desk makes of the vectors, and which notes it refuses. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/view/sound.h"
#include "crypto/key.h"

static struct session ses;

static int
made(const uint8_t *note, size_t len, uint8_t **ogg, size_t *ogg_len, uint32_t *samples)
{
	int err = sound_ogg(&ses, note, len, ogg, ogg_len, samples);

	assert_true(!err == !!*ogg);
	session_end(&ses);
	return err;
}

static void
vectors(void **state)
{
	static uint8_t note[SOUND_LEN];
	struct vector v;
	int good = 0, bad = 0;
	(void)state;
	vector_open(&v, "sound");
	while (vector_next(&v)) {
		uint8_t *ogg, hash[32];
		size_t len = 0;
		uint32_t samples = 0;
		vector_hex(&v, "note", note, sizeof(note));
		int err = made(note, sizeof(note), &ogg, &len, &samples);
		assert_int_equal(samples, vector_int(&v, "samples"));
		if (vector_has(&v, "file_sha256")) {
			assert_int_equal(err, 0);
			assert_int_equal(len, vector_int(&v, "file_len"));
			key_sha256(hash, ogg, len);
			vector_same(&v, "file_sha256", hash, sizeof(hash));
			good++;
		} else {
			assert_int_not_equal(err, 0);
			bad++;
		}
		free(ogg);
	}
	assert_true(good >= 4 && bad >= 14);
}

/* As many packets of the greatest length as a note holds: each page has at most 255 parts. */
static void
greatest(void **state)
{
	static uint8_t note[SOUND_LEN] = "DVS1";
	uint8_t *ogg;
	size_t len, at = 6, cnt = 0, pages = 0;
	uint32_t samples;
	(void)state;
	for (; at + 2 + 1275 <= sizeof(note); at += 2 + 1275, cnt++) {
		note[at] = 255;
		note[at + 1] = (1275 - 255) / 4;
		note[at + 2] = 19 << 3;
	}
	note[4] = (uint8_t)cnt;
	assert_int_equal(made(note, sizeof(note), &ogg, &len, &samples), 0);
	assert_int_equal(samples, cnt * 960);
	for (at = 0; at < len; pages++) {
		size_t body = 0;
		assert_true(len - at >= 27 && !memcmp(ogg + at, "OggS", 4));
		for (unsigned i = 0; i < ogg[at + 26]; i++)
			body += ogg[at + 27 + i];
		at += 27u + ogg[at + 26] + body;
	}
	assert_int_equal(at, len);
	assert_int_equal(pages, 2 + 2);
	free(ogg);
	/* a note has one length */
	assert_int_not_equal(made(note, sizeof(note) - 1, &ogg, &len, &samples), 0);
	assert_int_not_equal(made(note, 3, &ogg, &len, &samples), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(vectors), cmocka_unit_test(greatest) };
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
