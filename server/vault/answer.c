/* Signs an answer and queues it for the face; see answer.h. */
#include "server/vault/answer.h"

#include "crypto/err.h"

#include <sodium.h>

int
answer_put(struct ipc *to, const struct answer *a, const struct key_sign *key)
{
	uint8_t frame[FRAME_LEN], slot[4];
	bool full = a->frame.body_len ||
		    !sodium_is_zero((const uint8_t *)&a->frame.routing, sizeof(a->frame.routing));
	int err = frame_answer_build(frame, &a->frame, a->r, key);
	if (err)
		return err;
	ipc_set32(slot, a->slot);
	const struct ipc_piece piece[2] = { { slot, sizeof(slot) },
					    { frame, full ? FRAME_LEN : FRAME_HEAD_LEN } };
	return ipc_put(to, full ? IPC_ANSWER_FULL : IPC_ANSWER, piece, 2);
}
