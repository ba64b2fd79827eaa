/* How fast an age payload goes through the streaming calls, beside bare ChaCha20-Poly1305 of
 * libsodium on the same bytes in the same run. Prints, per direction: name, MB/s of libsodium, MB/s
 * of age, ratio. bench_age [MiB]        (64) */
#include <errno.h>
#include <sodium.h>

#include "crypto/age_memory.h"
#include "tests/tools/bench.h"

#define ROUNDS 7

struct bench {
	size_t len, sealed_len;
	uint8_t *plain, *sealed, *raw, *back;
	struct age_identity id;
	struct age_recipient to;
};

static int
age_seal(struct bench *b)
{
	struct age_memory in = { .bytes = b->plain, .len = b->len };
	struct age_memory out = { .bytes = b->sealed, .cap = SIZE_MAX };
	struct age_sealing how = { .to = &b->to, .to_cnt = 1 };
	int err = age_stream_seal(&how, age_memory_source(&in), age_memory_sink(&out));

	b->sealed_len = out.len;
	return err;
}

static int
age_open(struct bench *b)
{
	struct age_memory in = { .bytes = b->sealed, .len = b->sealed_len };
	struct age_memory out = { .bytes = b->back, .cap = b->len };
	struct age_opener who = { .ids = &b->id, .id_cnt = 1 };

	return age_stream_open(&who, age_memory_source(&in), age_memory_sink(&out), NULL);
}

static const uint8_t key[32] = { 1 };

static int
raw_seal(struct bench *b)
{
	uint8_t nonce[12] = { 0 };
	size_t at, i;

	for (at = i = 0; at < b->len; at += AGE_PAYLOAD_CHUNK, i++) {
		memcpy(nonce, &i, sizeof(i));
		crypto_aead_chacha20poly1305_ietf_encrypt(b->raw + i * AGE_PAYLOAD_SEALED, NULL,
							  b->plain + at, AGE_PAYLOAD_CHUNK, NULL, 0,
							  NULL, nonce, key);
	}
	return 0;
}

static int
raw_open(struct bench *b)
{
	uint8_t nonce[12] = { 0 };
	size_t at, i;
	int err = 0;

	for (at = i = 0; at < b->len; at += AGE_PAYLOAD_CHUNK, i++) {
		memcpy(nonce, &i, sizeof(i));
		err |= crypto_aead_chacha20poly1305_ietf_decrypt(b->back + at, NULL, NULL,
								 b->raw + i * AGE_PAYLOAD_SEALED,
								 AGE_PAYLOAD_SEALED, NULL, 0, nonce,
								 key);
	}
	return err;
}

static double
seconds(int (*run)(struct bench *), struct bench *b)
{
	double from = bench_now(CLOCK_MONOTONIC);

	must(run(b), "a run");
	return (bench_now(CLOCK_MONOTONIC) - from) / 1e6;
}

/* Turn about, so that noise meets both; medians. */
static void
compare(const char *name, int (*raw)(struct bench *), int (*age)(struct bench *), struct bench *b)
{
	double theirs[ROUNDS], ours[ROUNDS], mb = (double)b->len / 1e6;
	int i;

	(void)seconds(raw, b);
	(void)seconds(age, b);
	for (i = 0; i < ROUNDS; i++) {
		theirs[i] = seconds(raw, b);
		ours[i] = seconds(age, b);
	}
	double raw_s = bench_median(theirs, ROUNDS), age_s = bench_median(ours, ROUNDS);
	printf("%s %.0f %.0f %.3f\n", name, mb / raw_s, mb / age_s, raw_s / age_s);
}

int
main(int argc, char **argv)
{
	struct bench b = { 0 };
	size_t mib = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 64;
	size_t cap;

	if (sodium_init() < 0 || mib == 0 || mib > 1024)
		return 2;
	b.len = mib << 20;
	cap = b.len + b.len / AGE_PAYLOAD_CHUNK * AGE_PAYLOAD_TAG_LEN + 4096;
	b.plain = malloc(cap);
	b.sealed = malloc(cap);
	b.raw = malloc(cap);
	b.back = malloc(cap);
	if (!b.plain || !b.sealed || !b.raw || !b.back)
		return 1;
	randombytes_buf(b.plain, b.len);
	age_key_make(&b.id, AGE_KIND_PQ);
	age_key_recipient(&b.to, &b.id);
	compare("age_seal", raw_seal, age_seal, &b);
	compare("age_open", raw_open, age_open, &b);
	if (memcmp(b.plain, b.back, b.len) != 0)
		return 1;
	free(b.plain);
	free(b.sealed);
	free(b.raw);
	free(b.back);
	age_key_wipe(&b.id, 1);
	return 0;
}
