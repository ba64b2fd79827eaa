/*
 * The public log in C, with a tree of 2^20 entries in memory: what it adds to an exchange (the
 * entry of a frame), a batch of 256 (fillers, sorting, hashes, root, signature), a proof made, and
 * one of tests/vectors checked with a quorum of three. Prints microseconds of the processor,
 * medians of several rounds.
 */
#include <sodium.h>
#include <string.h>

#include "crypto/err.h"
#include "crypto/proof.h"
#include "tests/tools/bench.h"

#define LEVELS 20
#define CNT    (UINT64_C(1) << LEVELS)
#define ROUNDS 15
#define CALLS  200

static uint8_t *tree[LEVELS + 1]; /* the hashes of each level */

static int
read_tree(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN])
{
	(void)ctx;
	memcpy(out, tree[level] + n * MERKLE_LEN, MERKLE_LEN);
	return 0;
}

static void
plant(void)
{
	for (unsigned level = 0; level <= LEVELS; level++) {
		tree[level] = malloc((CNT >> level) * MERKLE_LEN);
		must(tree[level] ? 0 : ERR_MEM, "memory");
		for (uint64_t n = 0; n < CNT >> level; n++) {
			const uint8_t *below = level ? tree[level - 1] + 2 * n * MERKLE_LEN : NULL;
			if (below)
				merkle_node(tree[level] + n * MERKLE_LEN, below,
					    below + MERKLE_LEN);
			else
				merkle_leaf(tree[level] + n * MERKLE_LEN, &n, sizeof(n));
		}
	}
}

static struct hkdf_prk secret;
static uint8_t frame[FRAME_LEN];

static void
entry(uint64_t i)
{
	uint8_t stub[FRAME_STUB_LEN], mark[LEAF_MARK_LEN], leaf[LEAF_LEN];
	struct frame_digest digest = { 0 };
	memcpy(frame + 128, &i, sizeof(i));
	frame_stub(stub, frame, &digest);
	leaf_mark(mark, frame + 128, frame + 16);
	leaf_make(leaf, mark, &secret, stub, sizeof(stub));
}

static void
batch(uint64_t i)
{
	static uint8_t all[LEAF_BUNDLE_CNT][LEAF_LEN], hash[LEAF_BUNDLE_CNT * MERKLE_LEN];
	uint8_t root[MERKLE_LEN], note[NOTE_SEEN_MAX];
	struct checkpoint c = { .origin = "log.bench", .size = CNT };
	struct key_sign key;
	struct bufw w;
	leaf_secret(&secret, &secret, i);
	leaf_batch(all, 0, LEAF_BUNDLE_CNT, &secret);
	for (size_t n = 0; n < LEAF_BUNDLE_CNT; n++)
		merkle_leaf(hash + n * MERKLE_LEN, all[n], LEAF_LEN);
	merkle_fold(root, hash, LEAF_BUNDLE_CNT);
	must(merkle_root(c.root, CNT - 1, read_tree, NULL), "root");
	key_sign_from_seed(&key, secret.b);
	bufw_init(&w, note, sizeof(note));
	must(checkpoint_put(&w, &c), "checkpoint");
	must(note_sign(&w, (char *)note, w.len, c.origin, &key), "signature");
}

static void
prove(uint64_t i)
{
	static uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN];
	size_t cnt;
	must(merkle_prove_leaf(path, &cnt, i * 7919 % CNT, CNT - 1, read_tree, NULL), "proof");
}

static double
cost(void (*act)(uint64_t i), uint64_t calls)
{
	double round[ROUNDS];
	for (size_t r = 0; r < ROUNDS; r++) {
		double begin = bench_now(CLOCK_PROCESS_CPUTIME_ID);
		for (uint64_t i = 0; i < calls; i++)
			act(r * calls + i);
		round[r] = (bench_now(CLOCK_PROCESS_CPUTIME_ID) - begin) / (double)calls;
	}
	return bench_median(round, ROUNDS);
}

/* The record, her digits, the log's key and the cosigners, as lines on the standard input. */
static struct log_proof shown;
static struct log_trust trust;
static struct cosigners by;
static struct receipt_keys her;
static uint8_t record[FRAME_BODY_LEN];

static void
read_hex(void *dst, size_t cap, size_t *len)
{
	static char line[2 * FRAME_BODY_LEN + 2];
	must(fgets(line, sizeof(line), stdin) ? 0 : ERR_FORMAT, "a line");
	must(sodium_hex2bin(dst, cap, line, strcspn(line, "\n"), NULL, len, NULL), "hex");
}

static void
read_proof(void)
{
	struct receipt r;
	char digits[64];
	size_t len;
	struct buf b;
	read_hex(trust.gateway, sizeof(trust.gateway), &len);
	read_hex(trust.log, sizeof(trust.log), &len);
	read_hex(record, sizeof(record), &len);
	buf_init(&b, record, len);
	must(log_proof_get(&shown, &b), "record");
	must(fgets(digits, sizeof(digits), stdin) ? 0 : ERR_FORMAT, "digits");
	must(receipt_parse(&r, digits, strcspn(digits, "\n")), "digits");
	must(receipt_derive(&her, &r, trust.gateway), "keys");
	for (char line[192]; fgets(line, sizeof(line), stdin);) {
		char hex[2 * KEY_SIGN_PUBLIC_LEN + 1];
		unsigned org;
		struct note_key *k = &by.key[by.cnt];
		must(sscanf(line, "%u %63s %64s", &org, k->name, hex) == 3 ? 0 : ERR_FORMAT, line);
		must(sodium_hex2bin(k->key, sizeof(k->key), hex, 64, NULL, NULL, NULL), "key");
		by.org[by.cnt++] = (uint16_t)org;
	}
	trust.cosigners = &by;
	trust.quorum = 3;
	trust.now = 1800000000;
}

static void
check(uint64_t i)
{
	struct cosigned seen;
	(void)i;
	must(log_proof_check(&shown, &trust, &her, 0, &seen) == LOG_PROVEN ? 0 : ERR_AUTH, "check");
}

int
main(void)
{
	must(sodium_init() < 0, "sodium");
	read_proof();
	plant();
	printf("{\"entry\":%.2f,\"batch\":%.0f,\"prove\":%.2f,\"check\":%.0f}\n",
	       cost(entry, CALLS * 10), cost(batch, 5), cost(prove, CALLS), cost(check, 10));
	for (unsigned level = 0; level <= LEVELS; level++)
		free(tree[level]);
	return 0;
}
