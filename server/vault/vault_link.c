/*
 * The vault's links to the faces: requests come over them, answers, puzzles and the roster's bundle
 * go back. Nothing here decides about a request.
 */
#include "server/vault/vault_loop.h"

#include "server/base/log.h"
#include "server/base/loop.h"

#include <string.h>
#include <unistd.h>

void
link_drop(struct link *l)
{
	if (!l->ipc)
		return;
	event_free(l->read);
	event_free(l->write);
	ipc_free(l->ipc);
	l->ipc = NULL;
	l->filled = false;
}

void
link_flush(struct link *l)
{
	int rc = l->ipc ? ipc_flush(l->ipc) : 0;
	if (rc < 0)
		link_drop(l);
	else if (rc > 0)
		loop_add(l->write, NULL);
	if (l->ipc && ipc_waiting(l->ipc) > LINK_CUT) {
		log_warn("event=face-deaf text=\"a face takes no answers; it was cut off\"");
		link_drop(l);
	}
}

void
link_listen(struct link *l)
{
	if (!l->ipc || l->filled)
		return;
	if (ipc_waiting(l->ipc) >= LINK_DEAF) {
		l->deaf = true;
		event_del(l->read);
		return;
	}
	loop_add(l->read, NULL);
	if (!l->deaf)
		return;
	l->deaf = false;
	if (l->loop->v->served)
		link_push_bundle(l);
	if (l->ipc)
		link_push_puzzle(l);
	link_flush(l);
}

static void
on_link_write(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	link_flush(arg);
	link_listen(arg);
}

static void
on_link_read(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	(void)fd;
	(void)what;
	if (ipc_fill(l->ipc)) {
		link_drop(l);
		return;
	}
	/* No more is read before the batch has served what is here. */
	l->filled = true;
	event_del(l->read);
	event_active(l->loop->batch, EV_READ, 0);
}

void
link_push_puzzle(struct link *l)
{
	const struct puzzle *z = &l->loop->v->puzzle;
	uint8_t msg[IPC_PUZZLE_LEN], *p = msg;
	for (int i = 0; i < PUZZLE_VALID; i++, p += IPC_SALT_LEN) {
		memcpy(p, z->valid[i].salt, FRAME_NONCE_LEN);
		p[FRAME_NONCE_LEN] = z->valid[i].difficulty;
		ipc_set16(p + FRAME_NONCE_LEN + 1, z->chance[i]);
	}
	const struct ipc_piece piece = { msg, sizeof(msg) };
	if (ipc_put(l->ipc, IPC_PUZZLE, &piece, 1))
		link_drop(l);
}

void
link_push_bundle(struct link *l)
{
	const struct vault *v = l->loop->v;
	uint8_t head[8];
	ipc_set32(head, (uint32_t)v->served_len);
	for (size_t at = 0; at < v->served_len && l->ipc; at += IPC_BUNDLE_STEP) {
		size_t n = v->served_len - at < IPC_BUNDLE_STEP ? v->served_len - at
								: IPC_BUNDLE_STEP;
		ipc_set32(head + 4, (uint32_t)at);
		const struct ipc_piece piece[2] = { { head, sizeof(head) }, { v->served + at, n } };
		if (ipc_put(l->ipc, IPC_BUNDLE, piece, 2))
			link_drop(l);
	}
}

void
link_push_all(struct vault_loop *loop, void (*push)(struct link *l))
{
	for (int i = 0; i < LINK_MAX; i++) {
		struct link *l = &loop->link[i];
		if (l->ipc && !l->deaf)
			push(l);
		link_flush(l);
	}
}

void
link_add(struct vault_loop *loop, int fd)
{
	struct link *l = NULL;
	for (int i = 0; i < LINK_MAX && !l; i++)
		if (!loop->link[i].ipc)
			l = &loop->link[i];
	struct ipc *ipc = l ? ipc_new(fd, IPC_VAULT, IPC_FACE) : NULL;
	if (!ipc) {
		close(fd);
		return;
	}
	*l = (struct link){ .loop = loop, .ipc = ipc };
	l->read = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_link_read, l);
	l->write = event_new(loop->base, fd, EV_WRITE, on_link_write, l);
	if (!l->read || !l->write)
		log_fatal("event=no-memory");
	event_priority_set(l->read, 0);
	loop_add(l->read, NULL);
	/* The puzzle comes last: after it the face lets clients in. */
	if (loop->v->served)
		link_push_bundle(l);
	if (l->ipc)
		link_push_puzzle(l);
	link_flush(l);
}
