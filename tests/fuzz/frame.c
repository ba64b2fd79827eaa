/* Frames: requests and answers. The input is the beginning of a frame, the rest is zero;
 * what parses builds the same again. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/err.h"
#include "crypto/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t frame[FRAME_LEN], again[FRAME_LEN];

static void
request(void)
{
	static const uint8_t gateway[KEY_ID_LEN] = { 1 };
	struct frame_request q, back;
	struct frame_digest digest;
	struct key_sign key = { { 0 } };
	if (frame_request_parse(&q, frame) != 0)
		return;
	assert(q.op == FRAME_DECOY || frame_op_find(q.op)->fields != 0);
	frame_digest(&digest, frame);
	assert(frame_request_verify(frame, &digest, gateway) != 0);
	(void)frame_puzzle_check(frame, &digest, q.nonce, 14);
	/* The verify key decides the case id: keep it, sign with a key that has it as its
	 * public half. */
	memcpy(key.bytes + 32, q.key, 32);
	assert(frame_request_build(again, &q, gateway, &key) == 0);
	assert(memcmp(again, frame, 64) == 0);
	assert(memcmp(again + 128, frame + 128, FRAME_PAYLOAD_LEN) == 0);
	assert(frame_request_parse(&back, again) == 0);
	assert(memcmp(&back.routing, &q.routing, sizeof(q.routing)) == 0);
}

/* The same bytes as an answer, signed rightly. */
static void
answer(void)
{
	static const uint8_t r[FRAME_HASH_LEN] = { 3 }, seed[32] = { 4 };
	struct frame_answer a = { 0 }, back;
	struct key_sign key;
	uint8_t pk[32];
	key_sign_from_seed(&key, seed);
	key_sign_public(pk, &key);
	assert(frame_answer_open(&back, frame, r, pk) == ERR_AUTH);
	a.status = frame[4];
	a.difficulty = frame[5];
	a.routing.number = frame[128];
	a.body = frame + FRAME_BODY_AT;
	a.body_len = FRAME_BODY_LEN;
	if (frame_answer_build(again, &a, r, &key) == 0) {
		assert(frame_answer_open(&back, again, r, pk) == 0);
		assert(back.status == a.status && memcmp(back.body, a.body, FRAME_BODY_LEN) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct frame_record record;
	uint8_t bytes[FRAME_RECORD_LEN];
	if (sodium_init() < 0)
		abort();
	memset(frame, 0, sizeof(frame));
	memcpy(frame, data, len < sizeof(frame) ? len : sizeof(frame));
	request();
	answer();
	if (frame_record_get(&record, frame) == 0) {
		frame_record_put(bytes, &record);
		assert(memcmp(bytes, frame, sizeof(bytes)) == 0);
	}
	return 0;
}
