/*
 * What the bench holds davyd against: the same processes, sockets, messages, store and group
 * commit, without our checks, signatures, hashes, rules and the even step of answers. An open is
 * stored under the id that it names, an answer is 127 zeros and an ok. Another program: davyd
 * itself has no such switch.
 */
#include "crypto/err.h"
#include "server/vault/answer.h"
#include "server/face/pacer.h"
#include "server/face/face_check.h"
#include "server/vault/vault.h"

void
face_check(struct face_verdict *out, const uint8_t frame[static FRAME_LEN],
	   const struct face_rules *rules)
{
	(void)rules;
	memcpy(out->r, frame, FRAME_HASH_LEN);
	out->status = 0;
	out->class = PUZZLE_OLDER;
}

uint64_t
pacer_hold(struct pacer *e, uint64_t took)
{
	(void)e;
	(void)took;
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

/* davyd-barelog.c keeps frames in another way. */
#ifndef BARE_LOG
int
vault_serve(struct vault_call *c)
{
	const uint8_t *routing = c->frame + FRAME_HEAD_LEN;
	struct store_entry tip = { .thread = FRAME_SOURCE };
	struct store_log log = {
		.desk = 1, .source_cnt = 1, .entries = 1, .read_due = 1000000, .answer_due = 1000000
	};
	memcpy(log.id, routing, sizeof(log.id));
	int err = store_log_add(c->v->store, &log);
	if (!err)
		err = store_entry_add(c->v->store, log.n, &tip, c->frame + FRAME_BODY_AT);
	return err ? err : FRAME_OK;
}
#endif

#include "server/davyd.c"
