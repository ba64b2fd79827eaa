/* A face's loop: clients in, deadlines, the parent's word, the end. */
#include "server/face.h"

#include "crypto/err.h"
#include "server/log.h"
#include "server/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_AT_ONCE 1 /* the other faces want some as well */
#define BREATH_MS      100

static void
breathe(struct face *f)
{
	const struct timeval tv = { 0, BREATH_MS * 1000 };
	face_listen(f, false);
	event_add(f->breath, &tv);
}

static void
on_breath(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	face_listen(arg, true);
}

static void
on_client(evutil_socket_t fd, short what, void *arg)
{
	struct face *f = arg;
	size_t at = 0;
	(void)what;
	while (at < f->conf->listen_cnt && f->gift->listen_fd[at] != fd)
		at++;
	const struct conf_listen *l = &f->conf->listen[at];
	for (int i = 0; i < ACCEPT_AT_ONCE && f->listening; i++) {
		int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client < 0) {
			/* No descriptor left: what runs goes on, what waits waits in the queue. */
			if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
				breathe(f);
			break;
		}
		face_http_accept(f, client, l->tls, l->local);
		if (f->conn_cnt >= f->conf->connections)
			face_listen(f, false);
	}
	face_http_pump(f);
}

/* Pitfall 4 does not arise: we accept ourselves, and begin again when one has gone. */
void
face_conn_gone(struct face *f)
{
	if (f->draining) {
		if (!f->conn_cnt)
			event_base_loopbreak(f->base);
		return;
	}
	if (!f->listening && f->link && f->conn_cnt < f->conf->connections)
		face_listen(f, true);
}

void
face_listen(struct face *f, bool on)
{
	on = on && f->link && !f->draining && f->conn_cnt < f->conf->connections;
	if (on == f->listening)
		return;
	f->listening = on;
	for (size_t i = 0; i < f->conf->listen_cnt; i++) {
		if (on)
			event_add(f->listener[i], NULL);
		else
			event_del(f->listener[i]);
	}
}

static void
on_drained(evutil_socket_t fd, short what, void *arg)
{
	struct face *f = arg;
	(void)fd;
	(void)what;
	event_base_loopbreak(f->base);
}

/* Nothing new; who waits for a request is let go, who has one gets the answer. */
static void
drain(struct face *f)
{
	const struct timeval tv = { (time_t)f->conf->drain_s, 0 };
	f->draining = true;
	face_listen(f, false);
	for (struct conn *c = f->conns; c; c = c->next)
		if (c->phase == CONN_IDLE)
			shutdown(c->fd, SHUT_RD);
	event_add(f->drain, &tv);
	face_http_pump(f);
	if (!f->conn_cnt)
		event_base_loopbreak(f->base);
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
		else if (msg.type == IPC_DRAIN && !f->draining)
			drain(f);
	}
	if (rc < 0)
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
	struct event_config *config = event_config_new();
	/* Milliseconds are too coarse for the even moments of face_http_answer. */
	if (!config || event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER))
		return ERR_INTERNAL;
	f->base = event_base_new_with_config(config);
	event_config_free(config);
	if (!f->base)
		return ERR_INTERNAL;
	f->again = event_new(f->base, -1, 0, on_again, f);
	f->breath = event_new(f->base, -1, 0, on_breath, f);
	f->drain = event_new(f->base, -1, 0, on_drained, f);
	f->control = event_new(f->base, f->gift->sock, EV_READ | EV_PERSIST, on_control, f);
	if (!f->again || !f->breath || !f->drain || !f->control || event_add(f->control, NULL))
		return ERR_MEM;
	for (size_t i = 0; i < f->conf->listen_cnt; i++) {
		f->listener[i] = event_new(f->base, f->gift->listen_fd[i], EV_READ | EV_PERSIST,
					   on_client, f);
		if (!f->listener[i])
			return ERR_MEM;
	}
	return 0;
}

_Noreturn void
face_main(const struct face_gift *gift)
{
	static struct face f;
	const struct conf *conf = gift->conf;
	log_role("face", gift->index);
	signal(SIGPIPE, SIG_IGN);
	sandbox_drop(SANDBOX_FACE, conf);
	f.gift = gift;
	f.conf = conf;
	memcpy(f.rules.gateway, gift->gateway, sizeof(f.rules.gateway));
	for (unsigned i = 0; i < FACE_SLOT_MAX; i++)
		f.free_slot[f.free_cnt++] = (uint16_t)(FACE_SLOT_MAX - 1 - i);
	if (start_events(&f) || face_reply_start(&f))
		log_fatal("event=start-failed");
	if (face_http_start(&f))
		log_fatal("event=start-failed text=\"libmicrohttpd did not start: are tls_cert and "
			  "tls_key good?\"");
	sandbox_enter(SANDBOX_FACE, conf);
	if (ipc_control_send(gift->sock, IPC_READY, NULL, 0, -1))
		log_fatal("event=parent-gone");
	event_base_dispatch(f.base);
	_exit(0);
}
