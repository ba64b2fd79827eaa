/* age in memory: stanzas, header and payload as sealing uses them, and how each refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/age_header.h"
#include "crypto/age_payload.h"
#include "crypto/err.h"

#define CNT 4

/* A header of four post-quantum stanzas, the third of which is ours. */
struct file {
	struct age_file_key key;
	struct age_identity ids[CNT];
	uint8_t b[AGE_HEADER_LEN(0, CNT) + 100];
	size_t len;
};

static void
make(struct file *f)
{
	uint8_t *at = f->b + AGE_HEADER_BEGIN;
	struct age_recipient to;
	size_t i, n;

	randombytes_buf(f->key.b, sizeof(f->key.b));
	for (i = 0; i < CNT; i++) {
		age_key_make(&f->ids[i], AGE_KIND_PQ);
		age_key_recipient(&to, &f->ids[i]);
		assert_int_equal(age_stanza_seal(at, &n, &to, &f->key), 0);
		assert_int_equal(n, AGE_STANZA_PQ_LEN);
		at += n;
	}
	n = CNT * AGE_STANZA_PQ_LEN;
	assert_int_equal(age_header_write(f->b, sizeof(f->b), &f->len,
					  HKDF_IN(f->b + AGE_HEADER_BEGIN, n), &f->key),
			 0);
	assert_int_equal(f->len, AGE_HEADER_LEN(0, CNT));
	assert_int_equal(f->len, 6298);
}

static int
open_with(const struct file *f, const struct age_identity *ids, size_t cnt,
	  struct age_file_key *key)
{
	struct age_opener who = { .ids = ids, .id_cnt = cnt };
	struct age_header h;
	int err = age_header_parse(&h, f->b, f->len);

	return err ? err : age_header_open(key, &h, &who);
}

static void
header_opens_for_each(void **state)
{
	struct age_identity stranger;
	struct age_file_key key;
	struct age_header h;
	struct age_stanza s;
	struct file f;
	size_t i, pos = 0;

	(void)state;
	make(&f);
	for (i = 0; i < CNT; i++) {
		assert_int_equal(open_with(&f, &f.ids[i], 1, &key), 0);
		assert_memory_equal(key.b, f.key.b, sizeof(key.b));
	}
	age_key_make(&stranger, AGE_KIND_PQ);
	assert_int_equal(open_with(&f, &stranger, 1, &key), ERR_NO_MATCH);
	age_key_make(&stranger, AGE_KIND_X25519);
	assert_int_equal(open_with(&f, &stranger, 1, &key), ERR_NO_MATCH);
	assert_int_equal(open_with(&f, NULL, 0, &key), ERR_NO_MATCH);
	memset(f.b + f.len, 'x', sizeof(f.b) - f.len); /* what follows is not looked at */
	assert_int_equal(age_header_parse(&h, f.b, sizeof(f.b)), 0);
	assert_int_equal(h.len, f.len);
	assert_int_equal(h.stanza_cnt, CNT);
	for (i = 0; i < CNT; i++) {
		assert_int_equal(age_header_next(&h, &pos, &s), 0);
		assert_true(age_stanza_is(&s, "mlkem768x25519"));
		assert_false(age_stanza_is(&s, "mlkem768x2551"));
	}
	assert_int_equal(age_header_next(&h, &pos, &s), ERR_NOT_FOUND);
	assert_int_equal(age_header_verify(&h, &f.key), 0);
	f.key.b[0] ^= 1;
	assert_int_equal(age_header_verify(&h, &f.key), ERR_HMAC);
}

/* No changed byte goes unnoticed, wherever it is, and no beginning is taken for the whole. */
static void
header_every_byte_counts(void **state)
{
	static const uint8_t zeros[AGE_FILE_KEY_LEN];
	struct age_file_key key;
	struct age_header h;
	struct file f;
	size_t i;

	(void)state;
	make(&f);
	for (i = 0; i < f.len; i += i < 60 || i > f.len - 60 ? 1 : 37) {
		f.b[i] ^= (uint8_t)(1u << randombytes_uniform(7));
		memset(&key, 0xff, sizeof(key));
		assert_int_not_equal(open_with(&f, &f.ids[2], 1, &key), 0);
		make(&f);
	}
	f.b[f.len - 2] = f.b[f.len - 2] == 'A' ? 'E' : 'A';
	assert_int_equal(open_with(&f, &f.ids[2], 1, &key), ERR_HMAC);
	assert_memory_equal(key.b, zeros, sizeof(zeros));
	make(&f);
	for (i = 0; i < f.len; i++)
		assert_int_equal(age_header_parse(&h, f.b, i), ERR_HEADER);
}

/* The grammar, where the published vectors do not reach. */
static void
header_form(void **state)
{
#define V   "age-encryption.org/v1\n"
#define MAC "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define L64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ V "-> x\n\n" MAC, 0 },
		{ V "-> ! ~ z\n" L64 "\n" L64 "\nAA\n" MAC, 0 },
		{ V "-> x\n\n-> y\n" L64 "\n\n" MAC, 0 },
		{ V MAC, ERR_HEADER }, /* no stanza */
		{ V "-> x\177\n\n" MAC, ERR_HEADER },
		{ V "-> x\200\n\n" MAC, ERR_HEADER },
		{ V "-> x\t\n\n" MAC, ERR_HEADER },
		{ V "-> x \n\n" MAC, ERR_HEADER },
		{ V "->  x\n\n" MAC, ERR_HEADER },
		{ V "->x\n\n" MAC, ERR_HEADER },
		{ V "-> \n\n" MAC, ERR_HEADER },
		{ V "-> x\n" MAC, ERR_HEADER },
		{ V "-> x\n" L64 "\n" MAC, ERR_HEADER },
		{ V "-> x\n" L64 "A\n\n" MAC, ERR_HEADER },
		{ V "-> x\n" L64 "AAAA\n\n" MAC, ERR_HEADER },
		{ V "-> x\nAA\nAA\n" MAC, ERR_HEADER },
		{ V "-> x\nA\n" MAC, ERR_HEADER },
		{ V "-> x\nAB\n" MAC, ERR_HEADER },
		{ V "-> x\nA\377AA\n" MAC, ERR_HEADER },
		{ V "-> x\n\n--- AAAA\n", ERR_HEADER },
		{ V "-> x\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n", ERR_HEADER },
		{ V "-> x\n\n---  AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", ERR_HEADER },
		{ "age-encryption.org/v2\n-> x\n\n" MAC, ERR_HEADER },
		{ "age-encryption.org/v1\r\n-> x\n\n" MAC, ERR_HEADER },
		{ V "\n-> x\n\n" MAC, ERR_HEADER },
		{ "", ERR_HEADER },
	};
	struct age_header h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(age_header_parse(&h, (const uint8_t *)cases[i].text,
						  strlen(cases[i].text)),
				 cases[i].want);
}

/* A header ends within the cap, however long the file is. */
static void
header_cap(void **state)
{
	static uint8_t b[AGE_HEADER_MAX + 200];
	struct age_header h;
	size_t n = AGE_HEADER_BEGIN;

	(void)state;
	memcpy(b, V, n);
	while (n + 6 + AGE_HEADER_END <= AGE_HEADER_MAX) {
		memcpy(b + n, "-> x\n\n", 6);
		n += 6;
	}
	memcpy(b + n, MAC, AGE_HEADER_END);
	assert_int_equal(age_header_parse(&h, b, sizeof(b)), 0);
	assert_int_equal(h.len, n + AGE_HEADER_END);
	memcpy(b + n, "-> x\n\n", 6);
	memcpy(b + n + 6, MAC, AGE_HEADER_END);
	assert_int_equal(age_header_parse(&h, b, sizeof(b)), ERR_HEADER);
}

/* A malformed stanza of a known type spoils the file even behind the one that opens. */
static void
header_all_are_checked(void **state)
{
	static const char bad[] = "-> X25519 AAAA\nAAAA\n";
	uint8_t stanzas[AGE_STANZA_PQ_LEN + sizeof(bad)], out[4000];
	struct age_file_key key = { { 1 } }, got;
	struct age_identity id;
	struct age_recipient to;
	struct age_opener who = { .ids = &id, .id_cnt = 1 };
	struct age_header h;
	size_t n, len;

	(void)state;
	age_key_make(&id, AGE_KIND_PQ);
	age_key_recipient(&to, &id);
	assert_int_equal(age_stanza_seal(stanzas, &n, &to, &key), 0);
	memcpy(stanzas + n, bad, sizeof(bad) - 1);
	n += sizeof(bad) - 1;
	assert_int_equal(age_header_write(out, sizeof(out), &len, HKDF_IN(stanzas, n), &key), 0);
	assert_int_equal(age_header_parse(&h, out, len), 0);
	assert_int_equal(age_header_open(&got, &h, &who), ERR_HEADER);
	who.id_cnt = 0;
	assert_int_equal(age_header_open(&got, &h, &who), ERR_HEADER);
}

static void
header_write_refuses(void **state)
{
	uint8_t out[200], stanza[AGE_STANZA_X25519_LEN];
	uint8_t pk[32] = { 9 }, e[32] = { 1 }, low[32] = { 0 };
	struct age_file_key key = { { 7 } };
	struct hkdf_in in = HKDF_IN(stanza, sizeof(stanza));
	size_t len;

	(void)state;
	assert_int_equal(age_stanza_seal_x25519(stanza, pk, e, &key), 0);
	assert_int_equal(stanza[sizeof(stanza) - 1], '\n');
	assert_int_equal(age_header_write(out, sizeof(out), &len, in, &key), 0);
	assert_int_equal(len, AGE_HEADER_LEN(1, 0));
	assert_int_equal(age_header_write(out, len - 1, &len, in, &key), ERR_RANGE);
	assert_int_equal(age_header_write(out, 0, &len, in, &key), ERR_RANGE);
	assert_int_equal(age_header_write(out, sizeof(out), &len, HKDF_EMPTY, &key), ERR_ARG);
	assert_int_equal(age_stanza_seal_x25519(stanza, low, e, &key), ERR_KEY);
}

/* The same inputs give the same stanza: the audit rests on it. */
static void
stanza_is_determined(void **state)
{
	uint8_t a[AGE_STANZA_PQ_LEN], b[AGE_STANZA_PQ_LEN], coins[XWING_COINS_LEN] = { 5 };
	struct age_file_key key = { { 1 } };
	struct xwing_secret sk = { { 3 } };
	struct xwing_public pk;

	(void)state;
	coins[32] = 8;
	xwing_public_of(&pk, &sk);
	assert_int_equal(age_stanza_seal_pq(a, &pk, coins, &key), 0);
	assert_int_equal(age_stanza_seal_pq(b, &pk, coins, &key), 0);
	assert_memory_equal(a, b, sizeof(a));
	assert_memory_equal(a, "-> mlkem768x25519 ", 18);
	assert_int_equal(a[sizeof(a) - 1], '\n');
	coins[0] ^= 1;
	assert_int_equal(age_stanza_seal_pq(b, &pk, coins, &key), 0);
	assert_memory_not_equal(a, b, sizeof(a));
	pk.b[0] = pk.b[1] = 0xff;
	assert_int_equal(age_stanza_seal_pq(b, &pk, coins, &key), ERR_KEY);
	assert_int_equal(b[0], 0);
}

static const size_t sizes[] = { 0, 1, 9798, 65535, 65536, 65537, 131072, 200000 };
#define SIZE_CNT  (sizeof(sizes) / sizeof(sizes[0]))
#define SIZE_MAX_ 200000

static void
payload_sizes(void **state)
{
	static uint8_t in[SIZE_MAX_], sealed[AGE_PAYLOAD_LEN(SIZE_MAX_)], out[SIZE_MAX_];
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN] = { 1 };
	struct age_file_key key = { { 2 } };
	size_t i, n;

	(void)state;
	assert_int_equal(AGE_HEADER_LEN(0, 4) + AGE_PAYLOAD_LEN(9798), 16128);
	randombytes_buf(in, sizeof(in));
	for (i = 0; i < SIZE_CNT; i++) {
		size_t len = sizes[i], sealed_len = AGE_PAYLOAD_LEN(len);

		assert_int_equal(age_payload_seal(sealed, &key, nonce, HKDF_IN(in, len)), 0);
		assert_int_equal(age_payload_open(out, len, &n, &key, HKDF_IN(sealed, sealed_len)),
				 0);
		assert_int_equal(n, len);
		assert_memory_equal(in, out, len);
		if (len > 0)
			assert_int_equal(age_payload_open(out, len - 1, &n, &key,
							  HKDF_IN(sealed, sealed_len)),
					 ERR_RANGE);
		/* Cut short, or with something behind. */
		assert_int_not_equal(age_payload_open(out, sizeof(out), &n, &key,
						      HKDF_IN(sealed, sealed_len - 1)),
				     0);
		assert_int_equal(n, 0);
		if (sealed_len < sizeof(sealed))
			assert_int_equal(age_payload_open(out, sizeof(out), &n, &key,
							  HKDF_IN(sealed, sealed_len + 1)),
					 ERR_PAYLOAD);
		sealed[sealed_len - 1] ^= 1;
		assert_int_equal(age_payload_open(out, len, &n, &key, HKDF_IN(sealed, sealed_len)),
				 ERR_PAYLOAD);
	}
	for (n = 0; n < AGE_PAYLOAD_NONCE_LEN; n++)
		assert_int_equal(age_payload_open(out, 0, &i, &key, HKDF_IN(sealed, n)),
				 ERR_HEADER);
}

/* Chunks cannot be dropped, swapped, or ended early; the flags of the last are part of it. */
static void
payload_order(void **state)
{
	static uint8_t in[3 * AGE_PAYLOAD_CHUNK], out[sizeof(in)];
	static uint8_t sealed[AGE_PAYLOAD_LEN(sizeof(in))], bad[sizeof(sealed)];
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN] = { 1 };
	struct age_file_key key = { { 2 } };
	uint8_t *first = bad + AGE_PAYLOAD_NONCE_LEN, *second = first + AGE_PAYLOAD_SEALED;
	size_t n;

	(void)state;
	randombytes_buf(in, sizeof(in));
	assert_int_equal(age_payload_seal(sealed, &key, nonce, HKDF_IN(in, sizeof(in))), 0);
	memcpy(bad, sealed, sizeof(bad)); /* without the last chunk */
	assert_int_equal(age_payload_open(out, sizeof(out), &n, &key,
					  HKDF_IN(bad, sizeof(bad) - AGE_PAYLOAD_SEALED)),
			 ERR_PAYLOAD);
	memmove(first, second, 2 * AGE_PAYLOAD_SEALED); /* without the first */
	assert_int_equal(age_payload_open(out, sizeof(out), &n, &key,
					  HKDF_IN(bad, sizeof(bad) - AGE_PAYLOAD_SEALED)),
			 ERR_PAYLOAD);
	memcpy(bad, sealed, sizeof(bad)); /* swapped */
	memcpy(first, sealed + AGE_PAYLOAD_NONCE_LEN + AGE_PAYLOAD_SEALED, AGE_PAYLOAD_SEALED);
	memcpy(second, sealed + AGE_PAYLOAD_NONCE_LEN, AGE_PAYLOAD_SEALED);
	assert_int_equal(age_payload_open(out, sizeof(out), &n, &key, HKDF_IN(bad, sizeof(bad))),
			 ERR_PAYLOAD);
}

/* Arguments are visible ASCII, wherever in a long one the byte stands. A blank begins another,
 * unless there is none before or behind it. */
static void
header_visible(void **state)
{
	static const char before[] = "age-encryption.org/v1\n-> ", behind[] = "\nAAAA\n--- ";
	enum { ARG = 29 };
	char text[sizeof(before) + ARG + sizeof(behind) + 44];
	struct age_header h;

	(void)state;
	for (int at = 0; at < ARG; at++)
		for (int byte = 0; byte < 256; byte++) {
			bool good = (byte > ' ' && byte < 0x7f) ||
				    (byte == ' ' && at > 0 && at < ARG - 1);
			int len = snprintf(text, sizeof(text), "%s%.*s%s%.43s\n", before, ARG,
					   "!~aZ0+/=!~aZ0+/=!~aZ0+/=!~aZ0", behind,
					   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

			text[sizeof(before) - 1 + (size_t)at] = (char)byte;
			assert_int_equal(age_header_parse(&h, (const uint8_t *)text, (size_t)len),
					 good ? 0 : ERR_HEADER);
		}
}

static void
payload_chunk_rules(void **state)
{
	static uint8_t b[AGE_PAYLOAD_SEALED];
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN] = { 0 };
	struct age_file_key key = { { 0 } };
	struct age_payload p;

	(void)state;
	age_payload_init(&p, &key, nonce);
	assert_int_equal(age_payload_seal_chunk(&p, b, b, 5, false), ERR_ARG);
	assert_int_equal(age_payload_seal_chunk(&p, b, b, AGE_PAYLOAD_CHUNK + 1, true), ERR_ARG);
	assert_int_equal(age_payload_seal_chunk(&p, b, b, AGE_PAYLOAD_CHUNK, false), 0);
	/* An empty chunk is legal only as the first. */
	assert_int_equal(age_payload_seal_chunk(&p, b, b, 0, true), ERR_ARG);
	age_payload_init(&p, &key, nonce);
	assert_int_equal(age_payload_open_chunk(&p, b, b, AGE_PAYLOAD_TAG_LEN - 1, true),
			 ERR_PAYLOAD);
	assert_int_equal(age_payload_seal_chunk(&p, b, b, 0, true), 0);
	age_payload_wipe(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_opens_for_each),
		cmocka_unit_test(header_every_byte_counts),
		cmocka_unit_test(header_form),
		cmocka_unit_test(header_visible),
		cmocka_unit_test(header_cap),
		cmocka_unit_test(header_all_are_checked),
		cmocka_unit_test(header_write_refuses),
		cmocka_unit_test(stanza_is_determined),
		cmocka_unit_test(payload_sizes),
		cmocka_unit_test(payload_order),
		cmocka_unit_test(payload_chunk_rules),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("age", tests, NULL, NULL);
}
