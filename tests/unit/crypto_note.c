/* Signed notes: the vectors, signing and merging. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/note.h"

static int
want(const struct vector *v)
{
	return vector_is(v, "result", "ok")       ? 0
	       : vector_is(v, "result", "auth")   ? ERR_AUTH
	       : vector_is(v, "result", "format") ? ERR_FORMAT
						  : ERR_UTF8;
}

static void
vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "note");
	while (vector_next(&v)) {
		struct note note;
		struct note_key key[2] = { { .name = "root-1" }, { .name = "root-2" } };
		size_t len = 0;
		char *text = vector_text(&v, "note", &len);
		char *name = vector_text(&v, "name", NULL);
		vector_hex(&v, "key_0", key[0].key, 32);
		vector_hex(&v, "key_1", key[1].key, 32);
		int err = note_parse(&note, text, len);
		if (!err)
			err = note_verify(&note, key, 2, (size_t)vector_int(&v, "need"));
		if (err != want(&v))
			fail_msg("%s: %s", name, err_text(err));
		free(text);
		free(name);
	}
}

static void
signing(void **state)
{
	static const char text[] = "line one\n矿灯\n";
	uint8_t one[1024], two[1024], both[1024];
	struct bufw w;
	struct note note[3];
	struct note_key key[2] = { { .name = "a" }, { .name = "b" } };
	struct key_sign sk[2];
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		key_sign_new(&sk[i]);
		key_sign_public(key[i].key, &sk[i]);
		bufw_init(&w, i == 0 ? one : two, sizeof(one));
		bufw_text(&w, text);
		bufw_text(&w, "\n");
		assert_int_equal(note_sign(&w, text, strlen(text), key[i].name, &sk[i]), 0);
		assert_int_equal(note_parse(&note[i], w.base, w.len), 0);
		assert_int_equal(note_verify(&note[i], key, 2, 1), 0);
		assert_int_equal(note_verify(&note[i], key, 2, 2), ERR_AUTH);
	}
	note[2] = note[0]; /* once more the first */
	bufw_init(&w, both, sizeof(both));
	assert_int_equal(note_merge(&w, note, 3), 0);
	assert_int_equal(note_parse(&note[2], both, w.len), 0);
	assert_int_equal(note[2].sig_cnt, 2);
	assert_int_equal(note_verify(&note[2], key, 2, 2), 0);
	/* The same public key under both names is one signer. */
	memcpy(key[1].key, key[0].key, 32);
	bufw_init(&w, two, sizeof(two));
	bufw_text(&w, text);
	bufw_text(&w, "\n");
	assert_int_equal(note_sign(&w, text, strlen(text), "a", &sk[0]), 0);
	assert_int_equal(note_sign(&w, text, strlen(text), "b", &sk[0]), 0);
	assert_int_equal(note_parse(&note[1], two, w.len), 0);
	assert_int_equal(note_verify(&note[1], key, 2, 1), 0);
	assert_int_equal(note_verify(&note[1], key, 2, 2), ERR_AUTH);
	assert_int_equal(note_verify(&note[1], key, 2, 0), ERR_ARG);
	/* Other text does not merge; what a note may not hold is not signed. */
	assert_int_equal(note_parse(&note[0], one, strlen((char *)one)), 0);
	note[0].text_len--;
	assert_int_equal(note_merge(&w, note, 2), ERR_ARG);
	assert_int_equal(note_sign(&w, "no end", 6, "a", &sk[0]), ERR_ARG);
	assert_int_equal(note_sign(&w, "tab\t\n", 5, "a", &sk[0]), ERR_UTF8);
	assert_int_equal(note_sign(&w, "x\n", 2, "a b", &sk[0]), ERR_ARG);
	bufw_init(&w, both, 10);
	assert_int_equal(note_sign(&w, "x\n", 2, "a", &sk[0]), ERR_FULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(signing),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
