/* Attachments: the vectors, opening, audit, and damage. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/attach.h"
#include "crypto/err.h"

struct memory {
	uint8_t *bytes;
	size_t len, cap, at;
	size_t step; /* reads give at most this */
};

static int
take(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	struct memory *m = arg;
	size_t n = m->len - m->at;
	if (n > cap)
		n = cap;
	if (m->step != 0 && n > m->step)
		n = m->step;
	if (n > 0)
		memcpy(buf, m->bytes + m->at, n);
	m->at += n;
	*got = n;
	return 0;
}

static int
put(void *arg, const uint8_t *buf, size_t len)
{
	struct memory *m = arg;
	if (len > m->cap - m->len)
		return ERR_FULL;
	memcpy(m->bytes + m->len, buf, len);
	m->len += len;
	return 0;
}

static struct memory content, file, got;
static struct xwing_secret secret[SEAL_CNT];
static struct xwing_public pk[SEAL_CNT];
static struct seal_set set;
static uint8_t id[KEY_ID_LEN];

static int
open_file(struct age_opened *opened, size_t who, uint64_t *len)
{
	struct open_key *key = open_key_new(&secret[who]);
	file.at = 0;
	got.len = 0;
	int err = attach_open(key, len, (struct age_source){ take, &file },
			      (struct age_sink){ put, &got }, opened);
	open_key_free(key);
	return err;
}

static void
vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "attach");
	while (vector_next(&v)) {
		struct seal_test_rng rng;
		struct open_known known[SEAL_CNT];
		const struct open_known *who[SEAL_CNT] = { NULL };
		struct age_opened opened;
		uint8_t seed[32], hash[32];
		uint64_t len = 0;
		char name[] = "seal_seed_0";
		for (size_t i = 0; i < SEAL_CNT; i++) {
			name[10] = (char)('0' + i);
			set.pk[i] = NULL;
			if (vector_hex(&v, name, secret[i].seed, 32) == 0)
				continue;
			xwing_public_of(&pk[i], &secret[i]);
			set.pk[i] = pk[i].b;
			open_known_set(&known[i], pk[i].b, (uint16_t)(i + 1));
			who[i] = &known[i];
		}
		vector_hex(&v, "test_seed", seed, sizeof(seed));
		vector_hex(&v, "id", id, sizeof(id));
		seal_test_rng_init(&rng, seed);
		content.len = (size_t)vector_int(&v, "len");
		content.at = file.len = 0;
		content.step = 1000;
		for (size_t i = 0; i < content.len; i++)
			content.bytes[i] = (uint8_t)((i * 7 + 3) % 251);
		struct attach_how how = {
			.set = &set, .id = id, .rng = &rng.rng, .len = content.len
		};
		assert_int_equal(attach_seal(&how, hash, (struct age_source){ take, &content },
					     (struct age_sink){ put, &file }),
				 0);
		vector_same(&v, "sha256", hash, 32);
		assert_int_equal(attach_class(content.len), vector_int(&v, "class"));
		assert_int_equal(file.len, vector_int(&v, "file_len"));
		assert_int_equal(attach_file_len(attach_class(content.len)), file.len);
		assert_int_equal(attach_parts(attach_class(content.len)), vector_int(&v, "parts"));
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(open_file(&opened, i, &len), 0);
			assert_int_equal(len, content.len);
			assert_int_equal(got.len, content.len);
			assert_memory_equal(got.bytes, content.bytes, content.len);
			assert_int_equal(attach_audit(&opened, id, who), 0);
			age_stream_forget(&opened);
		}
		/* The audit finds a missing or another recipient, and another case. */
		assert_int_equal(open_file(&opened, 0, &len), 0);
		who[3] = &known[0];
		assert_int_equal(attach_audit(&opened, id, who), ERR_AUTH);
		who[3] = who[2] = NULL;
		assert_int_equal(attach_audit(&opened, id, who), ERR_AUTH);
		who[2] = &known[2];
		id[0] ^= 1;
		assert_int_equal(attach_audit(&opened, id, who), ERR_AUTH);
		id[0] ^= 1;
		age_stream_forget(&opened);
	}
}

static void
sizes(void **state)
{
	uint32_t at, len;
	(void)state;
	assert_int_equal(attach_class(0), 65536);
	assert_int_equal(attach_class(65528), 65536);
	assert_int_equal(attach_class(65529), 262144);
	assert_int_equal(attach_class(ATTACH_MAX), 4194304);
	assert_int_equal(attach_class(ATTACH_MAX + 1), 0);
	assert_int_equal(attach_class(UINT64_MAX), 0);
	assert_int_equal(attach_file_len(65537), 0);
	assert_int_equal(attach_parts(4194304), 261);
	assert_int_equal(attach_part(&at, &len, 71866, 0), 0);
	assert_int_equal(len, 16128);
	assert_int_equal(attach_part(&at, &len, 71866, 4), 0);
	assert_int_equal(at, 64512);
	assert_int_equal(len, 7354);
	assert_int_equal(attach_part(&at, &len, 71866, 5), ERR_RANGE);
}

static void
wrong_length(void **state)
{
	uint8_t hash[32];
	struct attach_how how = { .set = &set, .id = id };
	struct age_source in = { take, &content };
	struct age_sink out = { put, &file };
	(void)state;
	content.len = 100;
	content.at = file.len = 0;
	how.len = 99;
	assert_int_equal(attach_seal(&how, hash, in, out), ERR_RANGE);
	content.at = file.len = 0;
	how.len = 101;
	assert_int_equal(attach_seal(&how, hash, in, out), ERR_RANGE);
	how.len = ATTACH_MAX + 1;
	assert_int_equal(attach_seal(&how, hash, in, out), ERR_RANGE);
	file.cap = 7000; /* the sink fails */
	content.at = file.len = 0;
	how.len = 100;
	assert_int_equal(attach_seal(&how, hash, in, out), ERR_FULL);
	file.cap = 300000;
}

/* A file key that was handed on opens the file without a key of ours; another writes nothing. */
static void
handed(void **state)
{
	struct attach_how how = { .set = &set, .id = id, .len = 100 };
	struct age_source in = { take, &file };
	struct age_sink out = { put, &got };
	struct age_opened opened, again;
	uint8_t hash[32];
	uint64_t len;
	(void)state;
	content.len = 100;
	content.at = file.len = 0;
	assert_int_equal(attach_seal(&how, hash, (struct age_source){ take, &content },
				     (struct age_sink){ put, &file }),
			 0);
	assert_int_equal(open_file(&opened, 0, &len), 0);
	file.at = got.len = 0;
	assert_int_equal(attach_open_handed(&opened.key, &len, in, out, &again), 0);
	assert_int_equal(len, 100);
	assert_int_equal(got.len, 100);
	assert_memory_equal(got.bytes, content.bytes, 100);
	assert_int_equal(again.header_len, opened.header_len);
	assert_memory_equal(again.header, opened.header, opened.header_len);
	age_stream_forget(&again);
	opened.key.b[3] ^= 1;
	file.at = got.len = 0;
	assert_int_equal(attach_open_handed(&opened.key, &len, in, out, NULL), ERR_HMAC);
	assert_int_equal(got.len, 0);
	age_stream_forget(&opened);
}

/* An age file to party 0 whose plaintext is given: what attach_open says to it. */
static int
foreign(const uint8_t *plain, size_t len)
{
	struct age_recipient to = { .kind = AGE_KIND_PQ };
	struct age_sealing how = { .to = &to, .to_cnt = 1 };
	struct memory in = { .bytes = (uint8_t *)(uintptr_t)plain, .len = len };
	uint64_t n = 0;
	to.pk.xwing = pk[0];
	file.len = 0;
	assert_int_equal(age_stream_seal(&how, (struct age_source){ take, &in },
					 (struct age_sink){ put, &file }),
			 0);
	return open_file(NULL, 0, &n);
}

static void
padding(void **state)
{
	uint8_t *plain = calloc(1, 65540);
	(void)state;
	plain[0] = 3;
	assert_int_equal(foreign(plain, 65536), 0);
	assert_int_equal(got.len, 3);
	assert_int_equal(foreign(plain, 65535), ERR_FORMAT);
	assert_int_equal(foreign(plain, 65540), ERR_FORMAT);
	assert_int_equal(foreign(plain, 4), ERR_FORMAT);
	assert_int_equal(foreign(plain, 0), ERR_FORMAT);
	plain[65535] = 1; /* behind the content */
	assert_int_equal(foreign(plain, 65536), ERR_FORMAT);
	plain[0] = 0xf8;
	plain[1] = 0xff; /* 65528: it is content now */
	assert_int_equal(foreign(plain, 65536), 0);
	plain[0] = 0xf9;
	assert_int_equal(foreign(plain, 65536), ERR_FORMAT);
	plain[7] = 0xff;
	assert_int_equal(foreign(plain, 65536), ERR_FORMAT);
	free(plain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),      cmocka_unit_test(sizes),
		cmocka_unit_test(wrong_length), cmocka_unit_test(handed),
		cmocka_unit_test(padding),
	};
	if (sodium_init() < 0)
		return 1;
	content.bytes = malloc(300000);
	file.bytes = malloc(300000);
	got.bytes = malloc(300000);
	file.cap = got.cap = 300000;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(content.bytes);
	free(file.bytes);
	free(got.bytes);
	return failed;
}
