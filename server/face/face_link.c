/* A face's end of the link to the vault. */
#include "server/face/face.h"

#include "crypto/bundle.h"
#include "crypto/err.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <unistd.h>

#define LOST_MS   100 /* after a vault has died the parent makes new links unasked */
#define SENT_MOST 2   /* how often a request is sent to a vault */

static void
link_flush(struct face *f)
{
	int rc = f->link ? ipc_flush(f->link) : 0;
	if (rc < 0)
		face_link_drop(f);
	else if (rc > 0)
		loop_add(f->link_write, NULL);
}

static void
on_write(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	link_flush(arg);
}

/* The exchange that waits under this number, or NULL when its client has gone. */
static struct exch *
slot_take(struct face *f, uint32_t slot)
{
	uint32_t at = slot & 0xffff;
	if (at >= FACE_SLOT_MAX || !f->slot[at] || f->slot[at]->slot != slot)
		return NULL;
	struct exch *x = f->slot[at];
	face_link_forget(x);
	return x;
}

void
face_link_forget(struct exch *x)
{
	struct face *f = x->face;
	uint32_t at = x->slot & 0xffff;
	if (f->slot[at] != x)
		return;
	f->slot[at] = NULL;
	f->tiles -= x->of_log;
	f->free_slot[f->free_cnt++] = (uint16_t)at;
}

/* Checks and queues a request that has its slot. */
static int
put_request(struct exch *x)
{
	struct face *f = x->face;
	uint8_t head[IPC_FRAME_AT];
	struct face_verdict v;
	if (x->of_log) {
		ipc_set32(x->wanted, x->slot);
		const struct ipc_piece want = { x->wanted, sizeof(x->wanted) };
		x->sent++;
		return ipc_put(f->link, IPC_TILE_GET, &want, 1);
	}
	face_check(&v, x->frame, &f->rules);
	ipc_set32(head, x->slot);
	head[4] = v.class;
	const struct ipc_piece pass[2] = { { head, sizeof(head) }, { x->frame, FRAME_LEN } };
	const struct ipc_piece refuse[3] = { { head, sizeof(head) },
					     { v.r, sizeof(v.r) },
					     { &v.status, 1 } };
	x->sent++;
	return v.status ? ipc_put(f->link, IPC_REFUSE, refuse, 3)
			: ipc_put(f->link, IPC_REQUEST, pass, 2);
}

bool
face_link_submit(struct exch *x)
{
	struct face *f = x->face;
	if (!f->free_cnt || (x->of_log && f->tiles >= IPC_TILE_MOST))
		return false;
	f->tiles += x->of_log;
	uint16_t at = f->free_slot[--f->free_cnt];
	x->slot = (uint32_t)(uint16_t)++f->generation[at] << 16 | at;
	f->slot[at] = x;
	/* While no vault runs the request waits for the next one, until its deadline. */
	if (!f->heard)
		return true;
	if (put_request(x)) {
		face_link_forget(x);
		return false;
	}
	link_flush(f);
	return true;
}

/*
 * Requests that the old vault did not answer are sent to the new one: a repeat finds what was
 * stored. Each is sent once more only, so that a request that crashes the vault does not crash it
 * for ever.
 */
static void
resubmit(struct face *f)
{
	for (unsigned i = 0; i < FACE_SLOT_MAX; i++) {
		struct exch *x = f->slot[i];
		if (x && (x->sent >= SENT_MOST || put_request(x))) {
			face_link_forget(x);
			face_http_resume(x, EXCH_FAILED);
		}
	}
	link_flush(f);
	face_http_pump(f);
}

static void
take_answer(struct face *f, const struct ipc_msg *msg)
{
	struct exch *x = slot_take(f, ipc_get32(msg->bytes));
	if (!x)
		return;
	memcpy(x->frame, msg->bytes + 4, msg->len - 4);
	if (msg->type == IPC_ANSWER)
		memset(x->frame + FRAME_HEAD_LEN, 0, FRAME_LEN - FRAME_HEAD_LEN);
	face_http_answer(x);
}

static void
take_tile(struct face *f, const struct ipc_msg *msg)
{
	struct exch *x = slot_take(f, ipc_get32(msg->bytes));
	if (!x || !x->of_log)
		return;
	x->len = msg->len - 4;
	memcpy(x->frame, msg->bytes + 4, x->len);
	face_http_resume(x, EXCH_DONE);
}

static void
take_puzzle(struct face *f, const struct ipc_msg *msg)
{
	const uint8_t *p = msg->bytes;
	for (unsigned i = 0; i < PUZZLE_VALID; i++, p += IPC_SALT_LEN) {
		memcpy(f->rules.valid[i].salt, p, FRAME_NONCE_LEN);
		f->rules.valid[i].difficulty = p[FRAME_NONCE_LEN];
		f->rules.chance[i] = ipc_get16(p + FRAME_NONCE_LEN + 1);
	}
	f->rules.valid_cnt = PUZZLE_VALID;
}

static void
take_bundle(struct face *f, const struct ipc_msg *msg)
{
	uint32_t total = ipc_get32(msg->bytes), at = ipc_get32(msg->bytes + 4);
	size_t n = msg->len - 8;
	if (at == 0) {
		free(f->coming);
		f->coming = NULL;
		if (total > BUNDLE_MAX)
			log_fatal("event=vault-nonsense message=bundle");
		f->coming = malloc(total ? total : 1);
		f->coming_len = total;
		f->coming_at = 0;
		if (!f->coming)
			log_fatal("event=no-memory");
	}
	if (!f->coming || total != f->coming_len || at != f->coming_at ||
	    n > f->coming_len - f->coming_at)
		log_fatal("event=vault-nonsense message=bundle");
	memcpy(f->coming + at, msg->bytes + 8, n);
	f->coming_at += n;
	if (f->coming_at < f->coming_len)
		return;
	if (face_reply_roster(f, f->coming, f->coming_len))
		log_fatal("event=no-memory");
	free(f->coming);
	f->coming = NULL;
}

/* The vault has sent the bundle, if there is a roster, and then the puzzle: the face can serve. */
static void
link_heard(struct face *f)
{
	f->heard = true;
	face_door_set(f);
	resubmit(f);
}

static void
on_read(evutil_socket_t fd, short what, void *arg)
{
	struct face *f = arg;
	struct ipc_msg msg;
	bool puzzle = false;
	int rc;
	(void)fd;
	(void)what;
	int gone = ipc_fill(f->link);
	while ((rc = ipc_next(f->link, &msg)) > 0) {
		if (msg.type == IPC_ANSWER || msg.type == IPC_ANSWER_FULL)
			take_answer(f, &msg);
		else if (msg.type == IPC_TILE)
			take_tile(f, &msg);
		else if (msg.type == IPC_BUNDLE)
			take_bundle(f, &msg);
		else if (msg.type == IPC_PUZZLE) {
			take_puzzle(f, &msg);
			puzzle = true;
		}
	}
	if (rc < 0)
		log_fatal("event=vault-nonsense");
	if (gone)
		face_link_drop(f);
	else if (puzzle && !f->heard)
		link_heard(f);
	face_http_pump(f);
}

void
face_link_set(struct face *f, int fd)
{
	face_link_drop(f);
	f->link = ipc_new(fd, IPC_FACE, IPC_VAULT);
	if (!f->link)
		log_fatal("event=no-memory");
	f->link_read = event_new(f->base, fd, EV_READ | EV_PERSIST, on_read, f);
	f->link_write = event_new(f->base, fd, EV_WRITE, on_write, f);
	if (!f->link_read || !f->link_write)
		log_fatal("event=no-memory");
	loop_add(f->link_read, NULL);
}

void
face_link_drop(struct face *f)
{
	const struct timeval soon = { 0, LOST_MS * 1000 };
	if (!f->link)
		return;
	event_free(f->link_read);
	event_free(f->link_write);
	ipc_free(f->link);
	f->link = NULL;
	f->heard = false;
	face_door_set(f);
	loop_add(f->lost, &soon);
}
