/*
 * One batch: all requests that the links hold are served in one transaction, with one sync, and
 * answered after it. A request that writes nothing of its own writes a pad, so that all take as
 * long.
 */
#include "server/vault/vault_loop.h"

#include "crypto/err.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <stdlib.h>
#include <string.h>

#define FLUSH_EVERY 8 /* answers: sends in between, so that faces work while the rest is signed */

static struct pending *
pending_next(struct vault_loop *loop)
{
	if (loop->pending_cnt == loop->pending_cap) {
		size_t cap = loop->pending_cap ? loop->pending_cap * 2 : 64;
		struct pending *p = realloc(loop->pending, cap * sizeof(*p));
		if (!p)
			return NULL;
		memset(p + loop->pending_cap, 0, (cap - loop->pending_cap) * sizeof(*p));
		loop->pending = p;
		loop->pending_cap = cap;
	}
	struct pending *p = &loop->pending[loop->pending_cnt++];
	memset(p, 0, sizeof(*p));
	return p;
}

/* Room for the body of one more answer of this batch. */
static uint8_t *
body_next(struct vault_loop *loop)
{
	if (loop->body_cnt == sizeof(loop->body) / sizeof(loop->body[0]))
		return NULL;
	uint8_t **b = &loop->body[loop->body_cnt];
	if (!*b)
		*b = malloc(FRAME_BODY_LEN);
	loop->body_cnt += *b != NULL;
	return *b;
}

static int
request_serve(struct vault_loop *loop, struct pending *p, const struct ipc_msg *msg)
{
	struct vault_call c = { .v = loop->v,
				.frame = msg->bytes + IPC_FRAME_AT,
				.body = body_next(loop) };
	int status = c.body ? vault_serve(&c) : ERR_MEM;
	memcpy(p->a.r, c.digest.r, sizeof(p->a.r));
	if (status < 0)
		return status;
	p->a.frame.status = (uint8_t)status;
	if (status == FRAME_OK) {
		p->a.frame.routing = c.out;
		p->a.frame.body = c.body;
		p->a.frame.body_len = c.body_len;
	} else if (status == FRAME_BEHIND) {
		p->a.frame.routing.number = c.out.number;
	}
	return 0;
}

/*
 * Serves one request in a transaction of its own, on a full disk. A request that needs room gets
 * FRAME_FULL, the others succeed.
 */
static int
request_alone(struct vault_loop *loop, struct pending *p, const struct ipc_msg *msg)
{
	int err = vault_begin(loop->v);
	if (!err) {
		err = request_serve(loop, p, msg);
		if (!err)
			err = vault_commit(loop->v);
		if (err)
			store_rollback(loop->v->store);
	}
	if (err != ERR_FULL)
		return err;
	memset(&p->a.frame, 0, sizeof(p->a.frame));
	p->a.frame.status = FRAME_FULL;
	return 0;
}

static int
pad(struct vault_loop *loop, const uint8_t r[static 32])
{
	static const uint8_t zeros[FRAME_BODY_LEN];
	loop->padded = true;
	return loop->v->store_full ? 0 : store_pad(loop->v->store, r, zeros, loop->v->tlog.on);
}

_Static_assert(STORE_TILE_MAX == IPC_TILE_MAX, "a message holds the largest tile");
/* Reads what the face asks for of the public log, and answers at once: it stands since an earlier
 * batch. Another failure than that it is not there is the store's. */
static int
tile_serve(struct vault_loop *loop, struct link *l, const struct ipc_msg *msg)
{
	uint8_t bytes[STORE_TILE_MAX];
	uint8_t level = msg->bytes[4];
	struct tile t = { .level = level == IPC_TILE_ENTRIES ? TILE_ENTRIES : level,
			  .width = ipc_get16(msg->bytes + 6),
			  .n = ipc_get64(msg->bytes + 8) };
	size_t len = 0;
	int err = ERR_NOT_FOUND;
	if (level == IPC_CHECKPOINT)
		err = vault_tlog_checkpoint(loop->v, bytes, &len);
	else if (t.level < TILE_LEVEL_MAX && t.width <= TILE_WIDTH)
		err = vault_tlog_tile(loop->v, &t, bytes, &len);
	if (err && err != ERR_NOT_FOUND)
		return err;
	const struct ipc_piece piece[2] = { { msg->bytes, 4 }, { bytes, err ? 0 : len } };
	return ipc_put(l->ipc, IPC_TILE, piece, 2);
}

static int
message_serve(struct vault_loop *loop, struct link *l, const struct ipc_msg *msg)
{
	/* Without a store there is no answer to this: the face says so at its deadline. */
	if (msg->type == IPC_TILE_GET)
		return loop->v->busy ? 0 : tile_serve(loop, l, msg);
	struct pending *p = pending_next(loop);
	if (!p)
		return ERR_MEM;
	p->link = l;
	p->a.slot = ipc_get32(msg->bytes);
	p->class = msg->bytes[4] < PUZZLE_CLASS__MAX ? msg->bytes[4] : PUZZLE_UNSOLVED;
	if (msg->type == IPC_REFUSE)
		memcpy(p->a.r, msg->bytes + IPC_FRAME_AT, FRAME_HASH_LEN);
	if (msg->type == IPC_REFUSE && msg->bytes[IPC_STATUS_AT] == FRAME_BUSY) {
		/*
		 * It waits for the commit as all requests do, but writes nothing: a flood must not
		 * cost what a tip costs.
		 */
		p->a.frame.status = FRAME_BUSY;
		return 0;
	}
	if (loop->v->busy) {
		struct frame_digest digest;
		if (msg->type == IPC_REQUEST) {
			frame_digest(&digest, msg->bytes + IPC_FRAME_AT);
			memcpy(p->a.r, digest.r, sizeof(p->a.r));
		}
		p->a.frame.status = FRAME_BUSY;
		return 0;
	}
	p->let = true;
	if (msg->type == IPC_REFUSE) {
		/* A refusal writes as much as a tip, so that it takes as long. */
		p->a.frame.status = FRAME_BAD;
		return pad(loop, p->a.r);
	}
	loop->padded = true;
	return loop->v->store_full ? request_alone(loop, p, msg) : request_serve(loop, p, msg);
}

/* Serves all that the links hold, from the start of their buffers. */
static int
batch_serve(struct vault_loop *loop)
{
	loop->pending_cnt = loop->body_cnt = 0;
	loop->padded = false;
	for (int i = 0; i < LINK_MAX; i++) {
		struct link *l = &loop->link[i];
		struct ipc_msg msg;
		int rc = 0;
		if (!l->ipc || !l->filled)
			continue;
		ipc_rewind(l->ipc);
		ipc_take_back(l->ipc, l->waiting);
		l->tiles = 0;
		while ((rc = ipc_next(l->ipc, &msg)) > 0) {
			/* More than a face asks for at a time would fill the memory with answers.
			 */
			if (msg.type == IPC_TILE_GET && l->tiles++ >= IPC_TILE_MOST) {
				rc = ERR_FORMAT;
				break;
			}
			int err = message_serve(loop, l, &msg);
			if (err)
				return err;
		}
		if (rc < 0) {
			log_warn("event=face-nonsense");
			for (size_t k = 0; k < loop->pending_cnt; k++)
				if (loop->pending[k].link == l)
					loop->pending[k].link = NULL;
			link_drop(l);
		}
	}
	/*
	 * The batch has only busy answers: one pad for all of them makes the commit write and sync.
	 */
	if (loop->pending_cnt && !loop->padded && !loop->v->busy)
		return pad(loop, loop->pending[0].a.r);
	return 0;
}

/*
 * The server of the store is away, or nobody knows whether it has kept the batch. All of it is
 * answered busy, whatever each request was; nothing is answered from what the vault remembers.
 */
static int
batch_busy(struct vault_loop *loop)
{
	struct vault *v = loop->v;
	v->away = v->busy = true;
	v->roster_dirty = false;
	int err = batch_serve(loop);
	v->busy = false;
	return err;
}

static int
batch_run(struct vault_loop *loop)
{
	struct vault *v = loop->v;
	int err = vault_begin(v);
	if (err)
		return err;
	err = batch_serve(loop);
	if (!err)
		err = vault_clock_keep(v);
	if (!err)
		err = vault_commit(v);
	if (err) {
		store_rollback(v->store);
		v->minute_kept = 0;
	}
	return err;
}

int
batch_commit(struct vault_loop *loop)
{
	struct vault *v = loop->v;
	for (int i = 0; i < LINK_MAX; i++)
		loop->link[i].waiting = loop->link[i].ipc ? ipc_waiting(loop->link[i].ipc) : 0;
	v->store_full = false;
	int err = batch_run(loop);
	if (err == ERR_BUSY)
		return batch_busy(loop);
	if (err != ERR_FULL)
		return err;
	/* With the reserve there is room again, for all but new cases. */
	if (vault_ballast_give(v)) {
		v->used = v->conf->store_bytes;
		return batch_commit(loop);
	}
	v->store_full = true;
	v->roster_dirty = false;
	v->used = UINT64_MAX;
	err = batch_serve(loop);
	return err == ERR_BUSY ? batch_busy(loop) : err;
}

void
batch_answer(struct vault_loop *loop)
{
	struct vault *v = loop->v;
	for (size_t i = 0; i < loop->pending_cnt; i++) {
		struct pending *p = &loop->pending[i];
		v->done[p->a.frame.status - FRAME_OK]++;
		if (!p->link || !p->link->ipc)
			continue;
		p->a.frame.minute = v->minute;
		p->a.frame.difficulty = v->puzzle.valid[0].difficulty;
		memcpy(p->a.frame.salt, v->puzzle.valid[0].salt, FRAME_NONCE_LEN);
		if (answer_put(p->link->ipc, &p->a, &v->keys->sign))
			link_drop(p->link);
		else if (i % FLUSH_EVERY == FLUSH_EVERY - 1)
			link_flush(p->link);
	}
	for (int i = 0; i < LINK_MAX; i++) {
		struct link *l = &loop->link[i];
		if (!l->ipc)
			continue;
		bool filled = l->filled;
		l->filled = false;
		link_flush(l);
		if (filled)
			link_listen(l);
	}
}
