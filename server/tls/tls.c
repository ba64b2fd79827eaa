/*
 * A tls process's loop: accepts clients, takes ends of the handoff, obeys the parent, and ends when
 * it is told to.
 */
#include "server/tls/tls.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/loop.h"
#include "server/base/sandbox.h"

#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#define DRAIN_QUIET_S                                                                              \
	3 /* time for the first byte of a client that was accepted just before the listening       \
	     sockets closed */
#define SPARE_FDS   64u
#define HOUR_LOOK_S 60
#define GATELESS_S  20 /* longer than the parent takes to replace a dead face */

static void
accept_set(struct tls *t)
{
	const struct tls_conn *c = TAILQ_FIRST(&t->quiet);
	bool room = t->conn_cnt < t->conn_max, open = t->handoff_fd >= 0 && !t->draining;
	uint64_t age = c ? clock_mono_ms() - c->since : 0;
	if (open && !room && c && age < ACCEPT_GRACE_MS)
		accept_pause(&t->accept, (unsigned)(ACCEPT_GRACE_MS - age));
	else
		accept_open(&t->accept, open && (room || c));
}

static void
on_accept(void *arg)
{
	accept_set(arg);
}

static void
on_client(void *arg, int fd)
{
	struct tls *t = arg;
	/* All places are taken: who has said nothing for longest makes room. */
	if (t->conn_cnt >= t->conn_max)
		(void)tls_conn_cut(t);
	tls_conn_new(t, fd);
	accept_set(t);
}

void
tls_conn_gone(struct tls *t)
{
	if (!t->draining)
		accept_set(t);
	else if (!t->conn_cnt)
		event_base_loopbreak(t->base);
}

/* ---- handshakes ---- */

void
tls_turn_soon(struct tls *t)
{
	const struct timeval now = { 0, 0 };
	loop_add(t->turn, &now);
}

/* A timer of zero fires after the sockets have been polled once more. */
static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct tls *t = arg;
	(void)fd;
	(void)what;
	if (tls_conn_turn(t))
		tls_turn_soon(t);
}

unsigned
tls_quiet_seconds(const struct tls *t)
{
	unsigned most = t->draining ? DRAIN_QUIET_S : TLS_FIRST_S;
	return t->conf->idle_s > most ? most : t->conf->idle_s;
}

/* ---- the handoff ---- */

int
tls_end_take(struct tls *t)
{
	return t->end_cnt ? t->end[--t->end_cnt] : -1;
}

static void
handoff_drop(struct tls *t)
{
	if (t->handoff_fd < 0)
		return;
	event_free(t->handoff);
	close(t->handoff_fd);
	t->handoff = NULL;
	t->handoff_fd = -1;
	while (t->end_cnt)
		close(t->end[--t->end_cnt]);
	loop_after(t->no_handoff, GATELESS_S);
	accept_set(t);
}

/*
 * The face does not know that its handoff is broken; otherwise the parent would have replaced it by
 * now. This process ends, and the parent gives a new one a new handoff.
 */
static void
on_no_handoff(evutil_socket_t fd, short what, void *arg)
{
	struct tls *t = arg;
	(void)fd;
	(void)what;
	if (!t->draining)
		log_fatal("event=no-handoff");
}

static void
on_handoff(evutil_socket_t fd, short what, void *arg)
{
	struct tls *t = arg;
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int rc = 0;
	(void)what;
	/* No more ends than there is room for; the face counts them as well. */
	while (t->end_cnt < IPC_GATE_MAX &&
	       (rc = ipc_control_recv(fd, IPC_TLS, IPC_FACE, buf, &msg)) > 0)
		t->end[t->end_cnt++] = msg.fd;
	if (rc == ERR_FORMAT)
		log_warn("event=face-nonsense");
	if (rc < 0)
		handoff_drop(t);
	tls_conn_serve(t);
}

static void
gate_set(struct tls *t, int fd)
{
	handoff_drop(t);
	t->handoff_fd = fd;
	t->handoff = event_new(t->base, fd, EV_READ | EV_PERSIST, on_handoff, t);
	if (!t->handoff || event_add(t->handoff, NULL))
		log_fatal("event=no-memory");
	event_del(t->no_handoff);
	accept_set(t);
}

/* ---- the parent ---- */

static void
on_drained(evutil_socket_t fd, short what, void *arg)
{
	struct tls *t = arg;
	(void)fd;
	(void)what;
	event_base_loopbreak(t->base);
}

/*
 * Takes no new clients. A connection in use ends with its face; a client that is still in the
 * handshake gets the next face, if there is one.
 */
static void
drain(struct tls *t, bool last)
{
	const struct timeval tv = { (time_t)t->conf->drain_s, 0 };
	struct tls_conn *next;
	if (!t->draining)
		loop_add(t->drain, &tv);
	t->draining = true;
	accept_set(t);
	for (struct tls_conn *c = TAILQ_FIRST(&t->conns); c; c = next) {
		next = TAILQ_NEXT(c, all);
		tls_conn_drain(c, last);
	}
	if (!t->conn_cnt)
		event_base_loopbreak(t->base);
}

static int
pong(const struct tls *t)
{
	uint8_t counts[IPC_PONG_LEN];
	ipc_set32(counts, t->conn_cnt);
	ipc_set32(counts + 4, t->cut);
	return ipc_control_send(t->args->sock, IPC_PONG, counts, sizeof(counts), -1) ? ERR_NET : 0;
}

static void
on_control(evutil_socket_t fd, short what, void *arg)
{
	struct tls *t = arg;
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int rc;
	(void)what;
	while ((rc = ipc_control_recv(fd, IPC_TLS, IPC_PARENT, buf, &msg)) > 0) {
		if (msg.type == IPC_HANDOFF)
			gate_set(t, msg.fd);
		else if (msg.type == IPC_DRAIN)
			drain(t, msg.bytes[0]);
		else if (msg.type == IPC_PING)
			rc = pong(t);
		if (rc < 0)
			break;
	}
	if (rc < 0)
		_exit(1); /* the parent is gone */
}

static void
on_hour(evutil_socket_t fd, short what, void *arg)
{
	struct tls *t = arg;
	(void)fd;
	(void)what;
	tls_ticket_turn(t->args->ticket);
}

static int
start_events(struct tls *t)
{
	const struct timeval look = { HOUR_LOOK_S, 0 };
	t->base = loop_base(0);
	if (!t->base)
		return ERR_INTERNAL;
	t->turn = event_new(t->base, -1, 0, on_turn, t);
	t->drain = event_new(t->base, -1, 0, on_drained, t);
	t->no_handoff = event_new(t->base, -1, 0, on_no_handoff, t);
	t->hour = event_new(t->base, -1, EV_PERSIST, on_hour, t);
	t->control = event_new(t->base, t->args->sock, EV_READ | EV_PERSIST, on_control, t);
	if (!t->turn || !t->drain || !t->no_handoff || !t->hour || !t->control ||
	    event_add(t->hour, &look) || event_add(t->control, NULL))
		return ERR_MEM;
	loop_after(t->no_handoff, GATELESS_S);
	t->accept = (struct accept){ .client = on_client, .again = on_accept, .arg = t };
	return accept_start(&t->accept, t->base, t->conf, t->args->listen_fd, true);
}

/*
 * Each client needs two descriptors. A limit below that lowers the number of clients, because an
 * end of the handoff must never be lost.
 */
static unsigned
clients_most(const struct conf *conf)
{
	struct rlimit r;
	unsigned long room = 0;
	if (!getrlimit(RLIMIT_NOFILE, &r) && r.rlim_cur > SPARE_FDS + IPC_GATE_MAX + 2)
		room = (r.rlim_cur - SPARE_FDS - IPC_GATE_MAX) / 2;
	return room < conf->connections ? (unsigned)room : conf->connections;
}

_Noreturn void
tls_main(const struct tls_args *args)
{
	static struct tls t;
	const struct conf *conf = args->conf;
	log_role("tls", args->index);
	signal(SIGPIPE, SIG_IGN);
	sandbox_drop(SANDBOX_TLS, conf);
	t.args = args;
	t.conf = conf;
	t.handoff_fd = -1;
	t.conn_max = clients_most(conf);
	TAILQ_INIT(&t.conns);
	TAILQ_INIT(&t.quiet);
	TAILQ_INIT(&t.hands);
	TAILQ_INIT(&t.waiting);
	if (start_events(&t) || tls_session_start(&t))
		log_fatal("event=start-failed text=\"TLS did not start: are tls_cert and tls_key "
			  "good?\"");
	sodium_memzero((void *)(uintptr_t)args->key, args->key_len);
	sandbox_enter(SANDBOX_TLS, conf);
	if (ipc_control_send(args->sock, IPC_READY, NULL, 0, -1))
		log_fatal("event=parent-gone");
	event_base_dispatch(t.base);
	_exit(0);
}
