/* The vault's loop: links to faces, one batch a turn, one transaction and one sync a batch, answers
 * after it. */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/vault/answer.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <event2/event.h>
#include <stdio.h>
#include <unistd.h>

#define LINK_MAX    (2 * CONF_FACE_MAX)
#define TICK_MS     1000
#define PURGE_MS    20 /* a step of a purge; its last case is not cut short */
#define FLUSH_EVERY 8  /* answers: faces go on while the rest is signed */

struct link {
	struct vault_loop *loop;
	struct ipc *ipc; /* NULL: free */
	struct event *read, *write;
	bool filled; /* has messages for the next batch */
};

/* An answer that waits for the commit. */
struct pending {
	struct link *link;
	struct answer a;
	uint8_t class; /* enum puzzle_class */
	bool let;      /* through the lottery */
};

struct vault_loop {
	struct vault *v;
	int sock;
	struct event_base *base;
	struct event *batch, *control, *tick, *idle;
	struct link link[LINK_MAX];
	struct pending *pending;
	size_t pending_cnt, pending_cap;
	struct vault_backup *backup;
	/* FRAME_BODY_LEN each, kept for the next batch: what the links hold at once; refusals need
	 * none. */
	uint8_t *body[LINK_MAX * IPC_BATCH_MAX];
	size_t body_cnt;
	bool padded; /* this batch has written something */
	bool stop;
};

static void
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

static void
link_flush(struct link *l)
{
	int rc = l->ipc ? ipc_flush(l->ipc) : 0;
	if (rc < 0)
		link_drop(l);
	else if (rc > 0)
		loop_add(l->write, NULL);
}

static void
on_link_write(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	link_flush(arg);
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
	/* Not asked again before the batch took what is there. */
	l->filled = true;
	event_del(l->read);
	event_active(l->loop->batch, EV_READ, 0);
}

static void
push_puzzle(struct link *l)
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

static void
push_bundle(struct link *l)
{
	const struct vault *v = l->loop->v;
	uint8_t head[8];
	ipc_set32(head, (uint32_t)v->bundle_len);
	for (size_t at = 0; at < v->bundle_len && l->ipc; at += IPC_BUNDLE_STEP) {
		size_t n = v->bundle_len - at < IPC_BUNDLE_STEP ? v->bundle_len - at
								: IPC_BUNDLE_STEP;
		ipc_set32(head + 4, (uint32_t)at);
		const struct ipc_piece piece[2] = { { head, sizeof(head) }, { v->bundle + at, n } };
		if (ipc_put(l->ipc, IPC_BUNDLE, piece, 2))
			link_drop(l);
	}
}

static void
push_all(struct vault_loop *loop, void (*push)(struct link *l))
{
	for (int i = 0; i < LINK_MAX; i++) {
		struct link *l = &loop->link[i];
		if (l->ipc)
			push(l);
		link_flush(l);
	}
}

static void
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
	/* The puzzle is the end of what a face has to know before it lets anybody in. */
	if (loop->v->bundle)
		push_bundle(l);
	if (l->ipc)
		push_puzzle(l);
	link_flush(l);
}

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
				.r = msg->bytes + IPC_R_AT,
				.body = body_next(loop) };
	int status = c.body ? vault_serve(&c) : ERR_MEM;
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

/* One request in a transaction of its own, on a disk that is full: what needs room gets FRAME_FULL,
 * the rest goes on. */
static int
request_alone(struct vault_loop *loop, struct pending *p, const struct ipc_msg *msg)
{
	int err = store_begin(loop->v->store);
	if (!err) {
		err = request_serve(loop, p, msg);
		if (!err)
			err = store_commit(loop->v->store);
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
	return loop->v->store_full ? 0 : store_pad(loop->v->store, r, zeros);
}

static int
message_serve(struct vault_loop *loop, struct link *l, const struct ipc_msg *msg)
{
	struct pending *p = pending_next(loop);
	if (!p)
		return ERR_MEM;
	p->link = l;
	p->a.slot = ipc_get32(msg->bytes);
	p->class = msg->bytes[4] < PUZZLE_CLASS__MAX ? msg->bytes[4] : PUZZLE_UNSOLVED;
	memcpy(p->a.r, msg->bytes + IPC_R_AT, FRAME_HASH_LEN);
	if (msg->type == IPC_REFUSE && msg->bytes[IPC_FRAME_AT] == FRAME_BUSY) {
		/* Waits for the commit as everybody does, but gives the disk nothing to do: a flood
		 * must not cost what a tip costs. */
		p->a.frame.status = FRAME_BUSY;
		return 0;
	}
	p->let = true;
	if (msg->type == IPC_REFUSE) {
		/* A refusal takes as long as an answer. */
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
		while ((rc = ipc_next(l->ipc, &msg)) > 0) {
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
	/* Nothing but busy: one pad for all of them, so that the commit is one that syncs. */
	if (loop->pending_cnt && !loop->padded)
		return pad(loop, loop->pending[0].a.r);
	return 0;
}

static int
batch_commit(struct vault_loop *loop)
{
	struct vault *v = loop->v;
	v->store_full = false;
	int err = store_begin(v->store);
	if (err)
		return err;
	err = batch_serve(loop);
	if (!err)
		err = vault_clock_keep(v);
	if (!err)
		err = store_commit(v->store);
	if (err) {
		store_rollback(v->store);
		v->minute_kept = 0;
	}
	if (err != ERR_FULL)
		return err;
	v->store_full = true;
	v->roster_dirty = false;
	v->used = UINT64_MAX;
	return batch_serve(loop);
}

static void
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
		if (l->filled)
			loop_add(l->read, NULL);
		l->filled = false;
		link_flush(l);
	}
}

static void
roster_renew(struct vault_loop *loop)
{
	struct vault *v = loop->v;
	v->roster_dirty = false;
	int err = vault_roster_load(v);
	if (err == ERR_NOT_FOUND)
		return;
	if (err)
		log_fatal("event=roster-unreadable why=\"%s\"", err_text(err));
	log_info("event=roster version=%u", v->roster->version);
	push_all(loop, push_bundle);
}

/* Nothing else is to be done: this event has the lowest priority. */
static void
on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct vault_loop *loop = arg;
	(void)fd;
	(void)what;
	if (store_idle(loop->v->store, 0))
		event_active(loop->idle, EV_TIMEOUT, 0);
}

static void
on_batch(evutil_socket_t fd, short what, void *arg)
{
	struct vault_loop *loop = arg;
	struct vault *v = loop->v;
	(void)fd;
	(void)what;
	v->used = store_used(v->store);
	vault_clock_advance(v);
	int err = batch_commit(loop);
	if (err)
		log_fatal("event=store-failed why=\"%s\"", err_text(err));
	uint64_t now = clock_mono_ms();
	struct puzzle_tally tally = { .let = 0 };
	for (size_t i = 0; i < loop->pending_cnt; i++) {
		tally.came[loop->pending[i].class]++;
		tally.let += loop->pending[i].let;
	}
	puzzle_count(&v->puzzle, &tally, now);
	bool turned = puzzle_turn(&v->puzzle, now);
	batch_answer(loop);
	if (turned)
		push_all(loop, push_puzzle);
	if (v->roster_dirty)
		roster_renew(loop);
	if (store_idle(v->store, loop->pending_cnt))
		event_active(loop->idle, EV_TIMEOUT, 0);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct vault_loop *loop = arg;
	struct vault *v = loop->v;
	(void)fd;
	(void)what;
	uint64_t now = clock_mono_ms();
	const struct puzzle_tally none = { .let = 0 };
	puzzle_count(&v->puzzle, &none, now);
	if (puzzle_turn(&v->puzzle, now))
		push_all(loop, push_puzzle);
	vault_clock_advance(v);
	if (v->minute == v->minute_ticked)
		return;
	v->minute_ticked = v->minute;
	int err = store_begin(v->store);
	if (!err) {
		err = vault_clock_all(v);
		if (!err)
			err = store_commit(v->store);
		if (err)
			store_rollback(v->store);
	}
	if (err && err != ERR_FULL)
		log_fatal("event=store-failed why=\"%s\"", err_text(err));
	if (v->roster && v->day != vault_day(v))
		roster_renew(loop);
}

/*
 * One step of a purge. It ends by time and not by a number of cases, because one case may be a page
 * and another, with photos, hundreds. At least one case goes in each step, so that a purge always
 * comes to its end. The caller repeats until nothing is left; the last step also empties the
 * write-ahead log.
 */
static size_t
purge(struct vault *v, uint32_t days, char *dst, size_t cap)
{
	uint64_t until = clock_mono_ms() + PURGE_MS;
	uint32_t cnt = 0, more = 0;
	if (days < v->conf->purge_days)
		days = v->conf->purge_days;
	uint32_t before = vault_day(v) > days ? vault_day(v) - days : 0;
	int err = store_begin(v->store);
	if (!err) {
		do {
			err = store_purge(v->store, before, 1, &more);
			cnt += more;
		} while (!err && more && clock_mono_ms() < until);
		if (!err)
			err = store_commit(v->store);
		if (err)
			store_rollback(v->store);
	}
	if (!err && !more)
		err = store_scrub(v->store);
	int n = err ? snprintf(dst, cap, "%s\n", err_text(err))
		    : snprintf(dst, cap, "purged %u, more %u\n", cnt, more);
	return n < 0 ? 0 : (size_t)n;
}

static void
answer_parent(struct vault_loop *loop, const struct ipc_msg *msg)
{
	char text[IPC_CONTROL_MAX - IPC_HEAD_LEN];
	size_t len;
	if (msg->type == IPC_BACKUP)
		len = vault_backup_start(loop->backup, msg->fd, text, sizeof(text));
	else if (msg->bytes[0] == IPC_ASK_BACKUP)
		len = vault_backup_ask(loop->backup, text, sizeof(text));
	else if (msg->bytes[0] == IPC_ASK_PURGE)
		len = purge(loop->v, ipc_get32(msg->bytes + 1), text, sizeof(text));
	else
		len = vault_status(loop->v, text, sizeof(text));
	if (ipc_control_send(loop->sock, IPC_REPLY, text, len, -1))
		log_warn("event=reply-lost");
}

static void
on_control(evutil_socket_t fd, short what, void *arg)
{
	struct vault_loop *loop = arg;
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int rc;
	(void)what;
	while ((rc = ipc_control_recv(fd, IPC_VAULT, IPC_PARENT, buf, &msg)) > 0) {
		if (msg.type == IPC_LINK) {
			link_add(loop, msg.fd);
		} else if (msg.type == IPC_ASK || msg.type == IPC_BACKUP) {
			/* One question a turn: two operators who ask in turn must not keep the
			 * visitors waiting between them. */
			answer_parent(loop, &msg);
			return;
		} else if (msg.type == IPC_DRAIN ||
			   (msg.type == IPC_PING && ipc_control_send(fd, IPC_PONG, NULL, 0, -1)))
			rc = ERR_NET;
		if (rc < 0)
			break;
	}
	/* Asked to stop, or the parent is gone: what was accepted is on the disk already. */
	if (rc < 0) {
		loop->stop = true;
		event_base_loopbreak(loop->base);
	}
}

struct vault_loop *
vault_loop_new(struct vault *v, int sock)
{
	struct vault_loop *loop = calloc(1, sizeof(*loop));
	const struct timeval tick = { TICK_MS / 1000, TICK_MS % 1000 * 1000 };
	if (!loop)
		log_fatal("event=no-memory");
	loop->v = v;
	loop->sock = sock;
	loop->base = loop_base(0);
	if (!loop->base || event_base_priority_init(loop->base, 3))
		log_fatal("event=no-event-base");
	loop->batch = event_new(loop->base, -1, 0, on_batch, loop);
	loop->control = event_new(loop->base, sock, EV_READ | EV_PERSIST, on_control, loop);
	loop->tick = event_new(loop->base, -1, EV_PERSIST, on_tick, loop);
	loop->idle = event_new(loop->base, -1, 0, on_idle, loop);
	loop->backup = vault_backup_new(v, loop->base);
	if (!loop->idle || !loop->batch || !loop->control || !loop->backup || !loop->tick)
		log_fatal("event=no-memory");
	event_priority_set(loop->batch, 1);
	event_priority_set(loop->idle, 2);
	loop_add(loop->control, NULL);
	loop_add(loop->tick, &tick);
	return loop;
}

void
vault_loop_run(struct vault_loop *loop)
{
	if (ipc_control_send(loop->sock, IPC_READY, NULL, 0, -1))
		log_fatal("event=parent-gone");
	while (!loop->stop)
		if (event_base_loop(loop->base, EVLOOP_ONCE) < 0)
			log_fatal("event=loop-failed");
	vault_backup_stop(loop->backup);
	vault_close(loop->v);
}
