/* Proofs of the public log: one that holds, with and without witnesses, and what does not: each
 * part changed, another's frame, another number, another log, an old cosignature. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/proof.h"
#include "crypto/receipt.h"

#define BATCH 256
#define NOW   1800000000u

enum { UNION = 1, PRESS = 2, DESK = 4, DESK_LATER = 8 };

static uint8_t gateway[KEY_ID_LEN] = "the gateway here";
static struct key_sign gateway_key, log_key, cosigner_key[4];
/* Two witnesses of two organisations, and a desk of the first by two of its epochs. */
static struct cosigners by = { .cnt = 4,
			       .org = { 70, 71, 70, 70 },
			       .desk = { 0, 0, 3, 3 },
			       .key = { { .name = "union/1" },
					{ .name = "press/1" },
					{ .name = "desk-3" },
					{ .name = "desk-3" } } };
static struct receipt_keys source;
static struct hkdf_prk root, secret;
static uint8_t leaves[BATCH][LEAF_LEN], note[4096];
static struct log_trust trust;

static int
read_leaf(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN])
{
	struct merkle_edge e = { 0 };
	(void)ctx;
	for (uint64_t i = n << level; i < (n + 1) << level; i++) {
		uint8_t hash[MERKLE_LEN];
		merkle_leaf(hash, leaves[i], LEAF_LEN);
		assert_int_equal(merkle_edge_add(&e, 0, hash), 0);
	}
	merkle_edge_root(out, &e);
	return 0;
}

/* Her n-th frame as a stub. */
static void
stub_of(uint8_t stub[static FRAME_STUB_LEN], uint32_t n)
{
	static uint8_t frame[FRAME_LEN], body[FRAME_BODY_LEN];
	struct frame_request rq = { .op = n ? FRAME_APPEND : FRAME_OPEN,
				    .body = body,
				    .body_len = sizeof(body) };
	struct frame_digest digest;
	memset(body, 'b', sizeof(body));
	memset(rq.routing.proof, 7, sizeof(rq.routing.proof));
	memcpy(rq.routing.id, source.case_id, KEY_ID_LEN);
	rq.routing.number = n;
	rq.routing.desk = n ? 0 : 1;
	assert_int_equal(frame_request_build(frame, &rq, gateway, &source.sign), 0);
	frame_digest(&digest, frame);
	frame_stub(stub, frame, &digest);
}

/* A log of one batch with her n-th frame in it, its checkpoint as those of the set saw it. */
static void
prove(struct log_proof *p, uint32_t n, unsigned set, uint64_t seen)
{
	uint8_t nonce[LEAF_NONCE_LEN], mine[LEAF_LEN], text[NOTE_SEEN_MAX];
	struct checkpoint c = { .size = BATCH };
	struct bufw w, t;
	memset(p, 0, sizeof(*p));
	p->state = LOG_STANDS;
	stub_of(p->stub, n);
	leaf_nonce(nonce, &source.mark, n);
	leaf_mark(p->mark, source.case_id, nonce);
	leaf_blind(p->blind, &secret, p->stub, sizeof(p->stub));
	leaf_make(mine, p->mark, &secret, p->stub, sizeof(p->stub));
	memcpy(leaves[0], mine, LEAF_LEN);
	leaf_batch(leaves, 1, BATCH, &secret);
	for (p->index = 0; memcmp(leaves[p->index], mine, LEAF_LEN); p->index++)
		;
	p->size = BATCH;
	assert_int_equal(merkle_prove_leaf(p->path, &p->cnt, p->index, BATCH, read_leaf, NULL), 0);
	assert_int_equal(merkle_root(c.root, BATCH, read_leaf, NULL), 0);
	checkpoint_origin(c.origin, gateway);
	bufw_init(&t, text, sizeof(text));
	assert_int_equal(checkpoint_put(&t, &c), 0);
	bufw_init(&w, note, sizeof(note));
	bufw_bytes(&w, text, t.len);
	bufw_text(&w, "\n");
	assert_int_equal(note_sign(&w, (char *)text, t.len, c.origin, &log_key), 0);
	for (unsigned i = 0; i < by.cnt; i++)
		if (set & 1u << i)
			assert_int_equal(note_cosign(&w, (char *)text, t.len, seen, by.key[i].name,
						     &cosigner_key[i]),
					 0);
	p->checkpoint = note;
	p->checkpoint_len = w.len;
}

static int
make(void **state)
{
	uint8_t seed[32] = { 3 };
	struct receipt r;
	(void)state;
	receipt_new(&r);
	assert_int_equal(receipt_derive(&source, &r, gateway), 0);
	key_sign_from_seed(&gateway_key, seed);
	leaf_keys(&log_key, &root, &gateway_key, gateway);
	leaf_secret(&secret, &root, 0);
	for (size_t i = 0; i < by.cnt; i++) {
		seed[0]++;
		key_sign_from_seed(&cosigner_key[i], seed);
		key_sign_public(by.key[i].key, &cosigner_key[i]);
	}
	memcpy(trust.gateway, gateway, sizeof(gateway));
	key_sign_public(trust.log, &log_key);
	trust.cosigners = &by;
	trust.now = NOW;
	return 0;
}

static enum log_verdict
verdict(const struct log_proof *p, uint32_t n, size_t quorum)
{
	struct cosigned seen;
	trust.quorum = quorum;
	return log_proof_check(p, &trust, &source, n, &seen);
}

static void
holds(void **state)
{
	static uint8_t bytes[FRAME_BODY_LEN];
	struct log_proof p, back;
	struct bufw w;
	struct buf b;
	struct cosigned seen;
	(void)state;
	for (uint32_t n = 0; n < 3; n++) {
		prove(&p, n, 0, 0);
		assert_int_equal(verdict(&p, n, 0), LOG_PROVEN);
		assert_int_equal(verdict(&p, n, 1), LOG_UNSEEN);
		assert_int_equal(verdict(&p, n + 1, 0), LOG_REFUTED);
	}
	prove(&p, 0, UNION | PRESS, NOW - COSIGN_FRESH_SECONDS);
	assert_int_equal(verdict(&p, 0, 2), LOG_PROVEN);
	assert_int_equal(verdict(&p, 0, 3), LOG_UNSEEN);
	trust.quorum = 3;
	assert_int_equal(log_proof_check(&p, &trust, &source, 0, &seen), LOG_UNSEEN);
	assert_int_equal(seen.cnt, 2);
	assert_int_equal(seen.orgs, 2);
	prove(&p, 0, UNION | PRESS, NOW - COSIGN_FRESH_SECONDS - 1);
	assert_int_equal(verdict(&p, 0, 1), LOG_UNSEEN);
	/* As it travels. */
	bufw_init(&w, bytes, sizeof(bytes));
	assert_int_equal(log_proof_put(&w, &p), 0);
	buf_init(&b, bytes, sizeof(bytes));
	assert_int_equal(log_proof_get(&back, &b), 0);
	assert_int_equal(verdict(&back, 0, 0), LOG_PROVEN);
	for (size_t cut = 0; cut < w.len; cut += 7) {
		buf_init(&b, bytes, cut);
		assert_int_equal(log_proof_get(&back, &b), ERR_FORMAT);
	}
	bytes[0] = LOG_MISSING + 1;
	buf_init(&b, bytes, sizeof(bytes));
	assert_int_equal(log_proof_get(&back, &b), ERR_FORMAT);
}

static void
refuted(void **state)
{
	struct log_proof p, bad;
	struct key_sign other;
	struct cosigned seen;
	struct receipt_keys stranger = source;
	(void)state;
	prove(&p, 0, UNION | PRESS, NOW);
	assert_int_equal(verdict(&p, 0, 2), LOG_PROVEN);
	trust.quorum = 0;
	stranger.case_id[0] ^= 1;
	assert_int_equal(log_proof_check(&p, &trust, &stranger, 0, &seen), LOG_REFUTED);
	stranger = source;
	stranger.mark.b[0] ^= 1;
	assert_int_equal(log_proof_check(&p, &trust, &stranger, 0, &seen), LOG_REFUTED);
#define CHANGED(field)                                                                             \
	bad = p;                                                                                   \
	bad.field ^= 1;                                                                            \
	assert_int_equal(verdict(&bad, 0, 0), LOG_REFUTED)
	CHANGED(index);
	CHANGED(size);
	CHANGED(cnt);
	CHANGED(path[0][0]);
	CHANGED(path[7][31]);
	CHANGED(mark[0]);
	CHANGED(blind[31]);
	CHANGED(stub[300]);
	CHANGED(stub[4]);
	bad = p;
	bad.state = LOG_WAITS;
	assert_int_equal(verdict(&bad, 0, 0), LOG_REFUTED);
	/* Of the note: a digit of the size, a letter of the root, of the signature, of a witness.
	 */
	for (size_t at = 36; at < p.checkpoint_len; at += 11) {
		uint8_t was = note[at];
		note[at] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(verdict(&p, 0, 2), LOG_PROVEN);
		note[at] = was;
	}
	assert_int_equal(verdict(&p, 0, 2), LOG_PROVEN);
	/* The log of another gateway, or of the same with another key. */
	key_sign_new(&other);
	key_sign_public(trust.log, &other);
	assert_int_equal(verdict(&p, 0, 0), LOG_REFUTED);
	key_sign_public(trust.log, &log_key);
	trust.gateway[0] ^= 1;
	assert_int_equal(verdict(&p, 0, 0), LOG_REFUTED);
	trust.gateway[0] ^= 1;
	assert_int_equal(verdict(&p, 0, 0), LOG_PROVEN);
}

/* A desk counts, once; and a quorum is of two organisations. */
static void
quorum(void **state)
{
	struct log_proof p;
	struct cosigned seen;
	(void)state;
	prove(&p, 0, DESK, NOW);
	assert_int_equal(verdict(&p, 0, 1), LOG_PROVEN);
	prove(&p, 0, DESK | DESK_LATER, NOW);
	assert_int_equal(verdict(&p, 0, 2), LOG_UNSEEN);
	assert_int_equal(log_proof_check(&p, &trust, &source, 0, &seen), LOG_UNSEEN);
	assert_int_equal(seen.cnt, 1);
	prove(&p, 0, UNION | DESK, NOW);
	assert_int_equal(verdict(&p, 0, 2), LOG_UNSEEN); /* one organisation */
	prove(&p, 0, PRESS | DESK, NOW);
	assert_int_equal(verdict(&p, 0, 2), LOG_PROVEN);
	assert_int_equal(verdict(&p, 0, 3), LOG_UNSEEN);
	prove(&p, 0, UNION | PRESS | DESK | DESK_LATER, NOW);
	assert_int_equal(verdict(&p, 0, 3), LOG_PROVEN);
	assert_int_equal(verdict(&p, 0, 4), LOG_UNSEEN);
	by.key[2].key[0] ^= 1; /* the hash of the key is another: nobody's, and not counted */
	assert_int_equal(verdict(&p, 0, 3), LOG_PROVEN);
	by.key[2].key[0] ^= 1;
}

/* `org name key` a line. */
static void
cosigners_read(struct cosigners *out, const struct vector *v)
{
	char *text = vector_text(v, "cosigners", NULL), *save = NULL;
	memset(out, 0, sizeof(*out));
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		unsigned org = 0, desk = 0;
		char hex[2 * KEY_SIGN_PUBLIC_LEN + 1];
		struct note_key *k = &out->key[out->cnt];
		assert_int_equal(sscanf(l, "%u %63s %64s", &org, k->name, hex), 3);
		assert_int_equal(text_unhex(k->key, sizeof(k->key), hex, strlen(hex)), 0);
		(void)sscanf(k->name, "desk-%u", &desk);
		out->org[out->cnt] = (uint16_t)org;
		out->desk[out->cnt++] = (uint16_t)desk;
	}
	free(text);
}

static const char *
verdict_name(const struct log_proof *p, const struct log_trust *t, const struct receipt_keys *her,
	     uint32_t number)
{
	static const char *const states[] = {
		[LOG_NONE] = "none", [LOG_WAITS] = "waits", [LOG_MISSING] = "missing"
	};
	static const char *const verdicts[] = {
		[LOG_PROVEN] = "proven", [LOG_UNSEEN] = "unseen", [LOG_REFUTED] = "refuted"
	};
	struct cosigned seen;
	return p->state == LOG_STANDS ? verdicts[log_proof_check(p, t, her, number, &seen)]
				      : states[p->state];
}

/* The same that the page is held to: tests/vectors/page.test.mjs. */
static void
vectors(void **state)
{
	static uint8_t record[FRAME_BODY_LEN];
	struct vector v;
	(void)state;
	vector_open(&v, "proof");
	while (vector_next(&v)) {
		char *name = vector_text(&v, "name", NULL),
		     *want = vector_text(&v, "verdict", NULL);
		char *digits = vector_text(&v, "digits", NULL);
		struct cosigners list;
		struct log_trust t = { .cosigners = &list,
				       .quorum = (size_t)vector_int(&v, "quorum"),
				       .now = (uint64_t)vector_int(&v, "now") };
		struct receipt r;
		struct receipt_keys her;
		struct log_proof p;
		struct buf b;
		cosigners_read(&list, &v);
		vector_hex(&v, "gateway", t.gateway, sizeof(t.gateway));
		vector_hex(&v, "log", t.log, sizeof(t.log));
		buf_init(&b, record, vector_hex(&v, "record", record, sizeof(record)));
		assert_int_equal(receipt_parse(&r, digits, strlen(digits)), 0);
		assert_int_equal(receipt_derive(&her, &r, t.gateway), 0);
		const char *got = log_proof_get(&p, &b)
					  ? "refuted"
					  : verdict_name(&p, &t, &her,
							 (uint32_t)vector_int(&v, "number"));
		if (strcmp(got, want) != 0)
			fail_msg("%s: want %s, got %s", name, want, got);
		free(name);
		free(want);
		free(digits);
	}
}

/* What waits for its batch: it opens with the secret of that batch, whole, and shows nothing else.
 */
static void
waiting(void **state)
{
	struct leaf_wait leaf, got;
	struct hkdf_prk other;
	uint8_t row[LEAF_WAIT_LEN], again[LEAF_WAIT_LEN];
	(void)state;
	randombytes_buf(&leaf, sizeof(leaf));
	leaf_wait_seal(row, &leaf, &secret);
	assert_int_equal(leaf_wait_open(&got, row, &secret), 0);
	assert_memory_equal(&got, &leaf, sizeof(leaf));
	for (size_t i = 0; i + 8 <= sizeof(row); i++)
		for (size_t k = 0; k + 8 <= sizeof(leaf); k++)
			assert_memory_not_equal(row + i, (uint8_t *)&leaf + k, 8);
	leaf_secret(&other, &root, 1);
	assert_int_equal(leaf_wait_open(&got, row, &other), ERR_AUTH);
	for (size_t i = 0; i < sizeof(row); i++) {
		memcpy(again, row, sizeof(row));
		again[i] ^= 1;
		assert_int_equal(leaf_wait_open(&got, again, &secret), ERR_AUTH);
	}
	leaf.ref[0] ^= 1;
	leaf_wait_seal(again, &leaf, &secret);
	assert_memory_not_equal(row, again, LEAF_WAIT_NONCE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test_setup(holds, make),
		cmocka_unit_test_setup(refuted, make),
		cmocka_unit_test_setup(quorum, make),
		cmocka_unit_test_setup(waiting, make),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
