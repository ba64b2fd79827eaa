/*
 * The vault's loop: requests of the faces in batches, the clocks once a minute, and questions of
 * the parent. It has no network and opens no file.
 */
#include "server/vault/vault_loop.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TICK_MS 1000
#define STEP_US 10000 /* answers leave on this step, where the store is on a server */

static void
serve_renew(struct vault_loop *loop)
{
	bool changed;
	int err = vault_serve_make(loop->v, &changed);
	if (err)
		log_fatal("event=store-failed why=\"%s\"", err_text(err));
	if (changed)
		link_push_all(loop, link_push_bundle);
}

static void
roster_renew(struct vault_loop *loop)
{
	struct vault *v = loop->v;
	v->roster_dirty = false;
	int err = vault_roster_load(v);
	if (err == ERR_NOT_FOUND)
		return;
	if (err == ERR_BUSY) {
		/* What is in force stays in force until the store is back. */
		v->away = true;
		return;
	}
	if (err)
		log_fatal("event=roster-unreadable why=\"%s\"", err_text(err));
	log_info("event=roster version=%u", v->roster->version);
	serve_renew(loop);
}

/* Runs when no other event waits: this one has the lowest priority. */
static void
on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct vault_loop *loop = arg;
	(void)fd;
	(void)what;
	if (store_idle(loop->v->store, 0))
		event_active(loop->idle, EV_TIMEOUT, 0);
}

/*
 * For some requests the vault asks a server more often than for others, and each question is a
 * round trip. So the answers leave on a step, in which such differences mostly disappear.
 */
static uint64_t
step_wait(const struct vault *v, uint64_t since)
{
	if (!v->conf->db[0])
		return 0;
	uint64_t left = STEP_US - (clock_mono_us() - since) % STEP_US;
	const struct timespec wait = { 0, (long)left * 1000 };
	nanosleep(&wait, NULL);
	return left;
}

/* turned: the puzzle is another one. */
static void
puzzle_push(struct vault_loop *loop, bool turned)
{
	if (turned || loop->v->puzzle_new)
		link_push_all(loop, link_push_puzzle);
	loop->v->puzzle_new = false;
}

static void
on_batch(evutil_socket_t fd, short what, void *arg)
{
	struct vault_loop *loop = arg;
	struct vault *v = loop->v;
	(void)fd;
	(void)what;
	uint64_t since = clock_mono_us();
	v->used = store_used(v->store);
	/* What the reserve gave is for desks: a new case finds the store full. */
	if (v->ballast == VAULT_BALLAST_GIVEN && v->used < v->conf->store_bytes)
		v->used = v->conf->store_bytes;
	vault_clock_advance(v);
	vault_care_day(v);
	int err = batch_commit(loop);
	if (err)
		log_fatal("event=store-failed why=\"%s\"", err_text(err));
	uint64_t waited = step_wait(v, since);
	uint64_t now = clock_mono_ms();
	struct puzzle_tally tally = { .let = 0 };
	for (size_t i = 0; i < loop->pending_cnt; i++) {
		tally.came[loop->pending[i].class]++;
		tally.let += loop->pending[i].let;
	}
	puzzle_count(&v->puzzle, &tally, now);
	v->served_ms = now;
	v->puzzle.floor = vault_budget_puzzle(v);
	bool turned = puzzle_turn(&v->puzzle, now);
	bool renew = v->roster_dirty;
	/* Whoever is told that a roster was taken finds it at the faces. */
	if (renew)
		roster_renew(loop);
	batch_answer(loop);
	puzzle_work(&v->puzzle, clock_mono_us() - since - waited, tally.let, now);
	puzzle_push(loop, turned);
	if (!renew && v->serve_dirty)
		serve_renew(loop);
	if (store_idle(v->store, loop->pending_cnt))
		event_active(loop->idle, EV_TIMEOUT, 0);
}

static int
minute_work(struct vault *v)
{
	int err = vault_clock_all(v);
	if (!err)
		err = vault_junk_purge(v);
	if (!err)
		err = vault_budget_keep(v);
	if (!err)
		err = vault_tlog_turn(v);
	v->common.ticked = v->minute;
	return err ? err : vault_commit(v);
}

/* What is to be done once a minute, by one of the vaults that have the store. */
static int
minute_turn(struct vault *v)
{
	int err = vault_begin(v);
	if (err)
		return err;
	v->minute_ticked = v->minute;
	bool done = v->common.ticked >= v->minute && !v->clocks_more && !v->junk_more;
	err = done ? 0 : minute_work(v);
	if (done || err)
		store_rollback(v->store);
	if (err && err != ERR_BUSY) {
		int back = vault_tlog_recall(v);
		err = back ? back : err;
	}
	return err;
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
	puzzle_work(&v->puzzle, 0, 0, now);
	v->used = store_used(v->store);
	v->puzzle.floor = vault_budget_puzzle(v);
	puzzle_push(loop, puzzle_turn(&v->puzzle, now));
	vault_clock_advance(v);
	vault_care_day(v);
	if (v->minute == v->minute_ticked && !v->clocks_more && !v->junk_more)
		return;
	int err = minute_turn(v);
	puzzle_push(loop, false);
	if (err == ERR_BUSY) {
		/* It is tried again in the next second. */
		v->away = true;
		v->minute_ticked = 0;
		return;
	}
	if (v->roster_dirty)
		roster_renew(loop);
	if (err && err != ERR_FULL)
		log_fatal("event=store-failed why=\"%s\"", err_text(err));
	/* The rest in the next turn: what faces have sent meanwhile comes first. */
	if (!err && (v->clocks_more || v->junk_more))
		event_active(loop->tick, EV_TIMEOUT, 0);
	if (!err && v->scrub) {
		v->scrub = false;
		if (store_scrub(v->store))
			log_warn("event=scrub-failed");
	}
	if (v->roster && v->day != vault_day_early(v))
		roster_renew(loop);
	else if (v->serve_dirty)
		serve_renew(loop);
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
	else if (msg->bytes[0] == IPC_ASK_KEPT)
		len = vault_backup_kept(loop->backup, ipc_get32(msg->bytes + 1), text,
					sizeof(text));
	else if (msg->bytes[0] == IPC_ASK_PURGE)
		len = vault_purge(loop->v, ipc_get32(msg->bytes + 1), text, sizeof(text));
	else if (msg->bytes[0] == IPC_ASK_CLOCK)
		len = (size_t)snprintf(text, sizeof(text), "clock %s\n",
				       vault_clock_accept(loop->v) ? "accepted" : "behind");
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
	/*
	 * The parent asked for the end, or it has ended. All accepted requests are on the disk
	 * already.
	 */
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
	if (!vault_care_new(v, loop->base))
		log_fatal("event=no-memory");
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
