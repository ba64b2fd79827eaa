/*
 * A face's loop: accepts clients, keeps deadlines, obeys the parent, and ends when it is told to.
 */
#include "server/face/face.h"

#include "crypto/err.h"
#include "server/base/log.h"
#include "server/base/loop.h"
#include "server/base/sandbox.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

void
face_door_set(struct face *f)
{
	bool room = f->conn_cnt - f->handed_cnt < f->conf->connections;
	uint64_t wait = room ? 0 : face_http_quiet(f, false);
	if (!f->heard || f->draining || wait == UINT64_MAX)
		accept_open(&f->accept, false);
	else if (wait)
		accept_pause(&f->accept, (unsigned)wait);
	else
		accept_open(&f->accept, true);
}

static void
on_accept(void *arg)
{
	face_door_set(arg);
}

static void
on_client(void *arg, int fd)
{
	struct face *f = arg;
	/* All places are taken: who has said nothing for longest makes room. */
	if (f->conn_cnt - f->handed_cnt >= f->conf->connections && face_http_cut(f, false))
		face_http_pump(f);
	face_http_accept(f, fd, false);
	face_door_set(f);
	face_http_pump(f);
}

void
face_end_drained(struct face *f)
{
	if (f->draining && !f->conn_cnt && !f->handoffs)
		event_base_loopbreak(f->base);
}

/* Pitfall 4 does not arise: we accept ourselves, and begin again when one has gone. */
void
face_conn_gone(struct face *f)
{
	face_door_set(f);
	face_handoff_fill(f);
	face_end_drained(f);
}

static void
on_drained(evutil_socket_t fd, short what, void *arg)
{
	struct face *f = arg;
	(void)fd;
	(void)what;
	event_base_loopbreak(f->base);
}

/* Takes no new clients. Idle connections are closed; requests in progress are answered. */
static void
drain(struct face *f)
{
	const struct timeval tv = { (time_t)f->conf->drain_s, 0 };
	f->draining = true;
	face_door_set(f);
	face_handoff_shut(f);
	for (struct conn *c = f->conns; c; c = c->next)
		if (c->phase == CONN_IDLE)
			shutdown(c->fd, SHUT_RD);
	loop_add(f->drain, &tv);
	face_http_pump(f);
	face_end_drained(f);
}

static int
pong(const struct face *f)
{
	uint8_t counts[IPC_PONG_LEN];
	ipc_set32(counts, f->conn_cnt);
	ipc_set32(counts + 4, f->cut);
	return ipc_control_send(f->args->sock, IPC_PONG, counts, sizeof(counts), -1) ? ERR_NET : 0;
}

static void
on_control(evutil_socket_t fd, short what, void *arg)
{
	struct face *f = arg;
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int rc;
	(void)what;
	while ((rc = ipc_control_recv(fd, IPC_FACE, IPC_PARENT, buf, &msg)) > 0) {
		if (msg.type == IPC_LINK)
			face_link_set(f, msg.fd);
		else if (msg.type == IPC_HANDOFF)
			face_handoff_add(f, msg.fd);
		else if (msg.type == IPC_DRAIN && !f->draining)
			drain(f);
		else if (msg.type == IPC_PING)
			rc = pong(f);
		if (rc < 0)
			break;
	}
	if (rc < 0)
		_exit(1); /* the parent is gone */
}

/*
 * No other link has come meanwhile. Either the vault runs and can be given one, or the parent is
 * about to start it.
 */
static void
on_lost(evutil_socket_t fd, short what, void *arg)
{
	struct face *f = arg;
	(void)fd;
	(void)what;
	if (!f->link && !f->draining && ipc_control_send(f->args->sock, IPC_LOST, NULL, 0, -1))
		_exit(1); /* the parent is gone */
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	face_http_pump(arg);
}

static int
start_events(struct face *f)
{
	/* Whole milliseconds are too coarse for the steps of pacer.h. */
	f->base = loop_base(EVENT_BASE_FLAG_PRECISE_TIMER);
	if (!f->base)
		return ERR_INTERNAL;
	f->again = event_new(f->base, -1, 0, on_again, f);
	f->drain = event_new(f->base, -1, 0, on_drained, f);
	f->lost = event_new(f->base, -1, 0, on_lost, f);
	f->control = event_new(f->base, f->args->sock, EV_READ | EV_PERSIST, on_control, f);
	if (!f->again || !f->drain || !f->lost || !f->control || event_add(f->control, NULL))
		return ERR_MEM;
	f->accept = (struct accept){ .client = on_client, .again = on_accept, .arg = f };
	return accept_start(&f->accept, f->base, f->conf, f->args->listen_fd, false);
}

_Noreturn void
face_main(const struct face_args *args)
{
	static struct face f;
	const struct conf *conf = args->conf;
	log_role("face", args->index);
	signal(SIGPIPE, SIG_IGN);
	sandbox_drop(SANDBOX_FACE, conf);
	f.args = args;
	f.conf = conf;
	memcpy(f.rules.gateway, args->gateway, sizeof(f.rules.gateway));
	for (unsigned i = 0; i < FACE_SLOT_MAX; i++)
		f.free_slot[f.free_cnt++] = (uint16_t)(FACE_SLOT_MAX - 1 - i);
	if (start_events(&f) || face_reply_start(&f) || face_http_start(&f))
		log_fatal("event=start-failed");
	sandbox_enter(SANDBOX_FACE, conf);
	if (ipc_control_send(args->sock, IPC_READY, NULL, 0, -1))
		log_fatal("event=parent-gone");
	event_base_dispatch(f.base);
	_exit(0);
}
