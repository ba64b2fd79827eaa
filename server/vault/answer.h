/*
 * The last step of an answer: it is encoded (FORMATS.md section 4), signed and queued for the face.
 */
#ifndef SERVER_ANSWER_H
#define SERVER_ANSWER_H

#include "crypto/frame.h"
#include "server/base/ipc.h"

struct answer {
	uint32_t slot;
	uint8_t r[FRAME_HASH_LEN];
	struct frame_answer frame;
};

/* Signs and queues; an answer whose payload is zero travels as its first 128 bytes. */
int answer_put(struct ipc *to, const struct answer *a, const struct key_sign *key)
	__attribute__((warn_unused_result));

#endif
