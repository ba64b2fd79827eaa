/* The body of a form. 0x1e stands for a whole frame that opens a case; the input is copied to the
 * end of a block of its own, so that a byte read behind it is found. What is taken as a frame lies
 * inside the body, whole. */
#include "server/face/form.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t frame[FRAME_LEN];

static void
make_frame(void)
{
	static uint8_t body[FRAME_BODY_LEN] = { 7 };
	static const uint8_t seed[KEY_SIGN_SEED_LEN] = { 1 }, gateway[KEY_ID_LEN];
	struct frame_request rq = { .op = FRAME_OPEN, .body = body, .body_len = sizeof(body) };
	struct key_sign key;
	uint8_t pk[KEY_SIGN_PUBLIC_LEN];

	if (frame[0])
		return;
	key_sign_from_seed(&key, seed);
	key_sign_public(pk, &key);
	frame_case_id(rq.routing.id, pk);
	rq.routing.desk = 1;
	memset(rq.routing.proof, 3, sizeof(rq.routing.proof));
	assert(frame_request_build(frame, &rq, gateway, &key) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = 0, whole = 0;

	make_frame();
	for (size_t i = 0; i < len; i++)
		whole += data[i] == 0x1e ? FRAME_LEN : 1;
	if (whole > FORM_ROOM)
		return 0;
	uint8_t *body = malloc(whole + 1);
	assert(body);
	for (size_t i = 0; i < len; i++) {
		if (data[i] == 0x1e) {
			memcpy(body + n, frame, FRAME_LEN);
			n += FRAME_LEN;
		} else {
			body[n++] = data[i];
		}
	}
	body = realloc(body, whole ? whole : 1);
	assert(body);
	const uint8_t *found = form_frame(body, whole);
	assert(!found ||
	       (found > body && found + FRAME_LEN < body + whole && !memcmp(found, "DVY1", 4)));
	free(body);
	return 0;
}
