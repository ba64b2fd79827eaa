/*
 * What the bench holds davyd against: the same processes, sockets, messages, store and group commit, without our checks, signatures,
 * indexes and rules. A frame is a row, an answer is 128 zeros and an ok. Another program: davyd itself has no such switch.
 */
#include "crypto/err.h"
#include "server/answer.h"
#include "server/face_check.h"
#include "server/store_sql.h"
#include "server/vault.h"

int
face_check(uint8_t r[static FRAME_HASH_LEN], const uint8_t frame[static FRAME_LEN],
	   const struct face_rules *rules)
{
	(void)rules;
	memcpy(r, frame, FRAME_HASH_LEN);
	return 0;
}

int
answer_put(struct ipc *to, const struct answer *a, const struct key_sign *key)
{
	uint8_t slot[4], head[FRAME_HEAD_LEN] = "DVY1";
	(void)key;
	head[4] = a->frame.status;
	ipc_set32(slot, a->slot);
	const struct ipc_piece piece[2] = { { slot, sizeof(slot) }, { head, sizeof(head) } };
	return ipc_put(to, IPC_ANSWER, piece, 2);
}

int
vault_serve(struct vault_call *c)
{
	int err = sql_run(c->v->store, sql_bind(c->v->store, SQL_BODY_ADD, "b",
						c->frame + FRAME_BODY_AT, (size_t)FRAME_BODY_LEN));
	return err ? err : FRAME_OK;
}

#include "server/davyd.c"
