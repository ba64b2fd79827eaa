/* Frames: the vectors both ways, answers and records. Requests: crypto_frame_op.c. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/order.h"

static uint8_t frame[FRAME_LEN];

static void
routing_of(const struct vector *v, struct frame_routing *r)
{
	memset(r, 0, sizeof(*r));
	vector_hex(v, "id", r->id, sizeof(r->id));
	vector_hex(v, "cursor", r->cursor, sizeof(r->cursor));
	vector_hex(v, "proof", r->proof, sizeof(r->proof));
	vector_hex(v, "hash", r->hash, sizeof(r->hash));
	r->thread = (uint8_t)vector_int(v, "thread");
	r->kind = (uint8_t)vector_int(v, "kind");
	r->ladder = (uint8_t)vector_int(v, "ladder");
	r->flags = (uint8_t)vector_int(v, "flags");
	r->desk = (uint16_t)vector_int(v, "desk");
	r->attach = (uint16_t)vector_int(v, "attach");
	r->part = (uint16_t)vector_int(v, "part");
	r->parts = (uint16_t)vector_int(v, "parts");
	r->number = (uint32_t)vector_int(v, "number");
	r->hour = (uint32_t)vector_int(v, "hour");
	r->length = (uint32_t)vector_int(v, "length");
	r->count = (uint32_t)vector_int(v, "count");
	r->source_cnt = (uint32_t)vector_int(v, "source_cnt");
}

static void
sha256_is(const struct vector *v, const char *name, const void *bytes, size_t len)
{
	uint8_t hash[32];
	crypto_hash_sha256(hash, bytes, len);
	vector_same(v, name, hash, sizeof(hash));
}

/* The stub of a frame: as specified, made again from its parts, and good only as it was signed. */
static void
stub_is(const struct vector *v, const uint8_t *f, const struct frame_digest *d,
	const uint8_t *gateway)
{
	uint8_t stub[FRAME_STUB_LEN], again[FRAME_STUB_LEN], other[16] = { 1 };
	struct frame_request q;
	frame_stub(stub, f, d);
	vector_same(v, "stub", stub, sizeof(stub));
	assert_int_equal(frame_stub_verify(stub, gateway), 0);
	assert_int_equal(frame_stub_verify(stub, other), ERR_AUTH);
	assert_int_equal(frame_request_parse(&q, f), 0);
	struct frame_stub_parts p = { .op = q.op,
				      .routing = q.routing,
				      .key = q.key,
				      .sig = frame_stub_sig(stub),
				      .body = q.body };
	assert_int_equal(frame_stub_make(again, &p), 0);
	assert_memory_equal(again, stub, sizeof(stub));
	for (size_t i = 0; i < sizeof(stub); i++) {
		stub[i] ^= 1;
		assert_int_not_equal(frame_stub_verify(stub, gateway), 0);
		stub[i] ^= 1;
	}
}

static void
request_vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "frame");
	while (vector_next(&v)) {
		struct frame_request q = { 0 }, back;
		struct frame_digest digest;
		struct key_sign key;
		uint8_t seed[32], body[64], gateway[16], nonce[16], body_hash[FRAME_HASH_LEN];
		vector_hex(&v, "seed", seed, sizeof(seed));
		vector_hex(&v, "gateway", gateway, sizeof(gateway));
		key_sign_from_seed(&key, seed);
		q.op = (uint8_t)vector_int(&v, "op");
		q.minute = (uint64_t)vector_int(&v, "minute");
		q.body = body;
		q.body_len = vector_hex(&v, "body", body, sizeof(body));
		q.body_hash = body_hash;
		routing_of(&v, &q.routing);
		assert_int_equal(frame_request_build(frame, &q, gateway, &key), 0);
		vector_same(&v, "head", frame, 256);
		sha256_is(&v, "sha256", frame, sizeof(frame));
		frame_digest(&digest, frame);
		assert_memory_equal(body_hash, digest.body, sizeof(body_hash));
		vector_same(&v, "h", digest.h, sizeof(digest.h));
		vector_same(&v, "r", digest.r, sizeof(digest.r));
		assert_int_equal(frame_request_verify(frame, &digest, gateway), 0);
		assert_int_equal(frame_request_parse(&back, frame), 0);
		assert_int_equal(back.op, q.op);
		assert_memory_equal(&back.routing, &q.routing, sizeof(q.routing));
		assert_memory_equal(back.body, body, q.body_len);
		if (vector_has(&v, "stub"))
			stub_is(&v, frame, &digest, gateway);
		if (!vector_has(&v, "salt"))
			continue;
		uint8_t salt[16], d = (uint8_t)vector_int(&v, "difficulty");
		vector_hex(&v, "salt", salt, sizeof(salt));
		vector_hex(&v, "solution", nonce, sizeof(nonce));
		assert_false(frame_puzzle_check(frame, &digest, salt, d));
		assert_true(frame_puzzle_check(frame, &digest, salt, 0));
		vector_hex(&v, "drawn", frame + 8, 16);
		assert_int_equal(frame_puzzle_solve(frame, salt, d), 0);
		assert_memory_equal(frame + 8, nonce, sizeof(nonce));
		assert_true(frame_puzzle_check(frame, &digest, salt, d));
		assert_int_equal(frame_request_verify(frame, &digest, gateway), 0);
		assert_int_equal(frame_puzzle_solve(frame, salt, 15), ERR_RANGE);
	}
}

static void
answer_vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "answer");
	while (vector_next(&v)) {
		struct frame_answer a = { 0 }, back;
		struct key_sign key;
		uint8_t seed[32], body[64], r[64], pk[32];
		vector_hex(&v, "seed", seed, sizeof(seed));
		vector_hex(&v, "r", r, sizeof(r));
		vector_hex(&v, "salt", a.salt, sizeof(a.salt));
		key_sign_from_seed(&key, seed);
		key_sign_public(pk, &key);
		a.status = (uint8_t)vector_int(&v, "status");
		a.difficulty = (uint8_t)vector_int(&v, "difficulty");
		a.minute = (uint64_t)vector_int(&v, "minute");
		a.body = body;
		a.body_len = vector_hex(&v, "body", body, sizeof(body));
		routing_of(&v, &a.routing);
		assert_int_equal(frame_answer_build(frame, &a, r, &key), 0);
		vector_same(&v, "head", frame, 256);
		sha256_is(&v, "sha256", frame, sizeof(frame));
		assert_int_equal(frame_answer_open(&back, frame, r, pk), 0);
		assert_int_equal(back.status, a.status);
		assert_int_equal(back.difficulty, a.difficulty);
		assert_memory_equal(&back.routing, &a.routing, sizeof(a.routing));
		r[5] ^= 1; /* an answer to another request */
		assert_int_equal(frame_answer_open(&back, frame, r, pk), ERR_AUTH);
		r[5] ^= 1;
		pk[5] ^= 1; /* another gateway */
		assert_int_equal(frame_answer_open(&back, frame, r, pk), ERR_AUTH);
	}
}

static void
answer_refused(void **state)
{
	struct key_sign key;
	struct frame_answer a = { .status = FRAME_NOT_FOUND }, back;
	uint8_t r[64] = { 7 }, pk[32], hash[64];
	static const uint8_t zero[FRAME_PAYLOAD_LEN];
	(void)state;
	key_sign_new(&key);
	key_sign_public(pk, &key);
	assert_int_equal(frame_answer_build(frame, &a, r, &key), 0);
	for (size_t i = 0; i < FRAME_LEN; i += i < 256 ? 1 : 997) {
		frame[i] ^= 1;
		assert_int_equal(frame_answer_open(&back, frame, r, pk), ERR_AUTH);
		frame[i] ^= 1;
	}
	/* A refusal tells nothing. */
	a.routing.number = 1;
	assert_int_equal(frame_answer_build(frame, &a, r, &key), ERR_ARG);
	a.status = FRAME_BEHIND;
	assert_int_equal(frame_answer_build(frame, &a, r, &key), 0);
	a.body = zero;
	a.body_len = 1;
	assert_int_equal(frame_answer_build(frame, &a, r, &key), ERR_ARG);
	a = (struct frame_answer){ .status = FRAME_STATUS__MAX };
	assert_int_equal(frame_answer_build(frame, &a, r, &key), ERR_ARG);
	a = (struct frame_answer){ .status = FRAME_OK, .difficulty = 15 };
	assert_int_equal(frame_answer_build(frame, &a, r, &key), ERR_ARG);
	/* The constant for an empty payload is what hashing it gives. */
	a = (struct frame_answer){ .status = FRAME_OK };
	assert_int_equal(frame_answer_build(frame, &a, r, &key), 0);
	assert_int_equal(frame_answer_open(&back, frame, r, pk), 0);
	crypto_hash_sha512(hash, zero, sizeof(zero));
	assert_int_equal(back.status, FRAME_OK);
}

static void
records(void **state)
{
	struct frame_record r = { .id = { 1 },
				  .kind = 1,
				  .relation = 2,
				  .ladder = 1,
				  .flags = 255,
				  .desk = 65535,
				  .source_cnt = 2,
				  .attach_cnt = 3,
				  .entries = 4,
				  .desk_entries = 5,
				  .day = 6,
				  .read_due = 7,
				  .answer_due = 8,
				  .reads = 9,
				  .held = 10,
				  .close_due = 11,
				  .junk = 2,
				  .shown = 1 },
			    back;
	struct frame_read q = { .handle = { 1, 2 }, .day = 3, .number = 4 }, q2;
	uint8_t bytes[FRAME_RECORD_LEN];
	(void)state;
	frame_record_put(bytes, &r);
	assert_int_equal(frame_record_get(&back, bytes), 0);
	assert_memory_equal(&back, &r, sizeof(r));
	assert_int_equal(bytes[20], 255);
	assert_int_equal(bytes[24], 4);
	assert_int_equal(bytes[44], 9);
	assert_int_equal(bytes[48], 3);
	assert_int_equal(bytes[50], 10);
	assert_int_equal(bytes[52], 11);
	assert_int_equal(bytes[57], 1);
	bytes[57] = 2;
	assert_int_equal(frame_record_get(&back, bytes), ERR_FORMAT);
	bytes[57] = 1;
	bytes[63] = 1;
	assert_int_equal(frame_record_get(&back, bytes), ERR_FORMAT);
	bytes[63] = 0;
	bytes[17] = FRAME_REL_WRITER; /* of an order, but not of a case */
	assert_int_equal(frame_record_get(&back, bytes), 0);
	bytes[16] = FRAME_CASE;
	assert_int_equal(frame_record_get(&back, bytes), ERR_FORMAT);
	bytes[16] = FRAME_ORDER;
	bytes[17] = FRAME_REL_GIVEN; /* of a case, but not of an order */
	assert_int_equal(frame_record_get(&back, bytes), ERR_FORMAT);
	bytes[16] = FRAME_CASE;
	assert_int_equal(frame_record_get(&back, bytes), 0);
	bytes[17] = FRAME_REL_GIVEN + 1;
	assert_int_equal(frame_record_get(&back, bytes), ERR_FORMAT);
	frame_read_put(bytes, &q);
	frame_read_get(&q2, bytes);
	assert_memory_equal(&q, &q2, sizeof(q));
	assert_int_equal(FRAME_RECORD_MAX * FRAME_RECORD_LEN, FRAME_BODY_LEN);
	assert_int_equal(FRAME_READ_MAX * FRAME_READ_LEN, FRAME_BODY_LEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_vectors),
		cmocka_unit_test(answer_vectors),
		cmocka_unit_test(answer_refused),
		cmocka_unit_test(records),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
