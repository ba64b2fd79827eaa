/*
 * Opening with full audit against the sum of its primitives, measured in the same run
 * (design: at least 70 %). Prints microseconds of processor of both and the ratio. The opener
 * stands at each of the four places in turn; a real opener tries the stanzas before its own, which
 * is part of what is measured. And the sum of all primitives that a sync needs for a new note of a
 * case that was read.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/age_payload.h"
#include "crypto/entry.h"
#include "crypto/frame.h"
#include "crypto/open.h"
#include "crypto/record.h"
#include "crypto/seal.h"
#include "tests/tools/bench.h"

#define ROUNDS 25 /* medians of these */
#define BATCH  8

static struct xwing_secret secret[3];
static struct xwing_public pk[3];
static uint8_t file[SEAL_CNT][SEAL_LEN]; /* party 0 at place i */
static struct open_known known[3];
static struct open_key *key;

static void
make_files(void)
{
	static uint8_t source[XWING_PUBLIC_LEN];
	struct seal_set set = { { pk[0].b, pk[1].b, pk[2].b, NULL } };
	struct key_sign sign;
	int have[SEAL_CNT] = { 0 };
	key_sign_new(&sign);
	for (int left = SEAL_CNT; left > 0;) {
		uint8_t plain[ENTRY_LEN];
		struct seal s;
		struct entry e = { .type = ENTRY_TIP,
				   .binary = source,
				   .binary_len = sizeof(source),
				   .json = "{\"v\":1}",
				   .json_len = 7 };
		must(seal_begin(&s, &set, e.id, NULL), "begin");
		size_t at = 0;
		while (s.place[at] != 0)
			at++;
		if (have[at])
			continue;
		have[at] = 1;
		left--;
		memcpy(e.recipient, s.hash, sizeof(e.recipient));
		must(entry_build(plain, &e, &sign), "build");
		must(seal_finish(&s, plain, file[at]), "finish");
		seal_wipe(&s);
	}
}

static void
whole(int i)
{
	uint8_t plain[ENTRY_LEN];
	struct open_result r;
	struct entry e;
	must(open_sealed(plain, &r, file[i % SEAL_CNT], key, 0), "open");
	must(entry_parse(&e, plain), "entry");
	must(open_audit(&r, file[i % SEAL_CNT], &e, known, 3), "audit");
}

/* One stanza opened and found to be made of its coins, three encapsulations, the dummy's key pair,
 * the hashes, one verification, one AEAD. */
static void
primitives(int i)
{
	static struct xwing_ready ready;
	static struct xwing_ct ct;
	static uint8_t msg[ENTRY_SIGNED_LEN + 18], sig[64], sign_pk[32], aead_key[32], nonce[12];
	static uint8_t box[ENTRY_LEN + 16], out[ENTRY_LEN];
	static int once;
	struct xwing_shared shared;
	struct xwing_public dummy;
	struct xwing_half half;
	uint8_t coins[XWING_COINS_LEN] = { [32] = 9 }, hash[32];
	if (!once) {
		uint8_t sk[64];
		xwing_make_ready(&ready, &secret[0]);
		must(xwing_encapsulate(&ct, &shared, &pk[0], coins), "encapsulate");
		crypto_sign_keypair(sign_pk, sk);
		crypto_sign_detached(sig, NULL, msg, sizeof(msg), sk);
		crypto_aead_chacha20poly1305_ietf_encrypt(box, NULL, out, sizeof(out), NULL, 0,
							  NULL, nonce, aead_key);
		once = 1;
	}
	must(xwing_open(&shared, &half, &ct, &ready), "open");
	must(!xwing_made(&ct, &half, &ready, coins), "made");
	for (int k = 1; k < SEAL_CNT; k++) {
		struct xwing_ct made;
		coins[0] = (uint8_t)(i + k);
		must(xwing_encapsulate(&made, &shared, &pk[k % 3], coins), "encapsulate");
	}
	xwing_public_of(&dummy, &secret[1]);
	key_sha256(hash, dummy.b, sizeof(dummy.b));
	must(crypto_sign_verify_detached(sig, msg, sizeof(msg), sign_pk), "verify");
	must(crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, box, sizeof(box), NULL, 0,
						       nonce, aead_key),
	     "aead");
	/* The header's MAC. */
	crypto_auth_hmacsha256(hash, file[0], SEAL_HEADER_LEN, aead_key);
}

/* What a sync does besides, for a note: the request is signed and the answer believed; the entry is
 * hashed and sealed into the workspace; and to fold the case its tip is read from there, and both
 * are opened again by their file keys, which takes an AEAD each. */
static void
besides(int i)
{
	static struct record_keys keys;
	static uint8_t frame[FRAME_LEN], sig[2][64], sign_pk[32], sk[64], root[RECORD_ROOT_LEN];
	static uint8_t index[RECORD_INDEX_LEN], aead_key[32], nonce[12], hash[32];
	static uint8_t box[ENTRY_LEN + 16], out[ENTRY_LEN], kept[SEAL_LEN + RECORD_OVERHEAD];
	static uint8_t back[SEAL_LEN];
	static int once;
	if (!once) {
		must(record_derive(&keys, root), "record");
		crypto_sign_keypair(sign_pk, sk);
		crypto_sign_detached(sig[1], NULL, frame, sizeof(frame), sk);
		crypto_aead_chacha20poly1305_ietf_encrypt(box, NULL, out, sizeof(out), NULL, 0,
							  NULL, nonce, aead_key);
		once = 1;
	}
	crypto_sign_detached(sig[0], NULL, frame, 256, sk);
	must(crypto_sign_verify_detached(sig[1], frame, sizeof(frame), sign_pk), "verify");
	key_sha256(hash, file[i % SEAL_CNT], SEAL_LEN);
	record_seal(kept, &keys, index, file[i % SEAL_CNT], SEAL_LEN);
	must(record_open(back, &keys, index, kept, sizeof(kept)), "record");
	for (int k = 0; k < 2; k++)
		must(crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, box, sizeof(box),
							       NULL, 0, nonce, aead_key),
		     "aead");
}

int
main(int argc, char **argv)
{
	double t[3][ROUNDS];
	double limit = argc > 1 ? strtod(argv[1], NULL) : 0;
	if (sodium_init() < 0)
		return 1;
	for (size_t i = 0; i < 3; i++) {
		xwing_keypair(&pk[i], &secret[i]);
		open_known_set(&known[i], pk[i].b, (uint16_t)(i + 1));
	}
	key = open_key_new(&secret[0]);
	if (key == NULL)
		return 1;
	make_files();
	for (int r = 0; r < ROUNDS; r++) {
		/* Taken in turns, so that a slow moment meets both. */
		double t0 = bench_now(CLOCK_PROCESS_CPUTIME_ID);
		for (int i = 0; i < BATCH; i++)
			primitives(i);
		double t1 = bench_now(CLOCK_PROCESS_CPUTIME_ID);
		for (int i = 0; i < BATCH; i++)
			whole(i);
		double t2 = bench_now(CLOCK_PROCESS_CPUTIME_ID);
		for (int i = 0; i < BATCH; i++)
			besides(i);
		t[0][r] = (t1 - t0) / BATCH;
		t[1][r] = (t2 - t1) / BATCH;
		t[2][r] = (bench_now(CLOCK_PROCESS_CPUTIME_ID) - t2) / BATCH;
	}
	double alone = bench_median(t[0], ROUNDS), all = bench_median(t[1], ROUNDS);
	double ratio = alone / all;
	printf("primitives_us %.0f\nopen_and_audit_us %.0f\nratio %.2f\nnote_us %.0f\n", alone, all,
	       ratio, alone + bench_median(t[2], ROUNDS));
	open_key_free(key);
	return ratio >= limit ? 0 : 1;
}
