/*
 * One connection of a relay. A sealed request goes through four steps: it is read; the frame in it
 * is written to davyd, over a connection of its own; davyd's answer is read; it is sealed and
 * written. What everybody may have is passed on as it comes, in two steps in turns. One event waits
 * for whatever the step needs, and each step has to end in its time.
 */
#include "server/veil/veil.h"

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Both name no client: davyd is told that there is a request, and no more. */
#define TO_DAVYD                                                                                   \
	"POST /x HTTP/1.1\r\nHost: davyd\r\nConnection: close\r\nContent-Length: 16384\r\n\r\n"
#define TO_RELAY                                                                                   \
	"HTTP/1.1 200 OK\r\nContent-Type: message/ohttp-res\r\nCache-Control: no-store\r\n"        \
	"Content-Length: 16440\r\n\r\n"
_Static_assert(FRAME_LEN == 16384 && OHTTP_REPLY_LEN == 16440, "the lengths in text");

#define PUBLIC_ASK "GET %s HTTP/1.1\r\nHost: davyd\r\nConnection: close\r\n\r\n"

enum step { STEP_READ, STEP_ASK, STEP_HEAR, STEP_ANSWER, STEP_TAKE, STEP_GIVE };

struct veil_conn {
	struct veil *v;
	struct event *ev;
	int fd, davyd; /* davyd: -1 where none is asked */
	enum step step;
	bool last;      /* nothing follows on this connection */
	bool passes;    /* davyd is asked for what everybody may have */
	uint64_t until; /* the step's end, in milliseconds */
	struct ohttp_wait wait;
	size_t in_len, out_len, out_at;
	uint8_t in[VEIL_HEAD_MAX + OHTTP_ASK_LEN];
	uint8_t out[256 + OHTTP_REPLY_LEN];
};

static void on_event(evutil_socket_t fd, short what, void *arg);

static void
conn_free(struct veil_conn *c)
{
	struct veil *v = c->v;
	size_t i = 0;
	while (v->conn[i] != c)
		i++;
	v->conn[i] = v->conn[--v->conn_cnt];
	event_free(c->ev);
	close(c->fd);
	if (c->davyd >= 0)
		close(c->davyd);
	sodium_memzero(c, sizeof(*c));
	free(c);
}

/* Waits for what the step needs, until its end. */
static void
conn_wait(struct veil_conn *c)
{
	bool davyd = c->step == STEP_ASK || c->step == STEP_HEAR || c->step == STEP_TAKE;
	bool writes = c->step == STEP_ASK || c->step == STEP_ANSWER || c->step == STEP_GIVE;
	uint64_t now = clock_mono_ms(), left = c->until > now ? c->until - now : 0;
	const struct timeval tv = { (time_t)(left / 1000), (suseconds_t)(left % 1000) * 1000 };
	event_del(c->ev);
	if (event_assign(c->ev, c->v->base, davyd ? c->davyd : c->fd, writes ? EV_WRITE : EV_READ,
			 on_event, c))
		log_fatal("event=no-memory");
	loop_add(c->ev, &tv);
}

static void
conn_step(struct veil_conn *c, enum step step, unsigned seconds)
{
	c->step = step;
	c->until = clock_mono_ms() + seconds * 1000u;
	c->out_at = 0;
	if (step == STEP_READ || step == STEP_HEAR)
		c->in_len = 0;
}

/* What leaves next: a head, and bytes that follow it or stand there already. */
static uint8_t *
conn_out(struct veil_conn *c, const char *head, size_t more)
{
	size_t n = strlen(head);
	memcpy(c->out, head, n);
	c->out_len = n + more;
	return c->out + n;
}

static void
davyd_close(struct veil_conn *c)
{
	if (c->davyd < 0)
		return;
	event_del(c->ev);
	close(c->davyd);
	c->davyd = -1;
}

static void
conn_refuse(struct veil_conn *c, unsigned status)
{
	conn_out(c, veil_http_refusal(status), 0);
	c->last = c->last || status != VEIL_ALIVE;
	conn_step(c, STEP_ANSWER, VEIL_READ_S);
}

/* Seals davyd's answer, or that there is none: both have one size. */
static void
conn_answer(struct veil_conn *c, unsigned status, const uint8_t *frame)
{
	davyd_close(c);
	if (ohttp_reply_seal(conn_out(c, TO_RELAY, OHTTP_REPLY_LEN), &c->wait, status, frame))
		log_fatal("event=seal-failed");
	sodium_memzero(&c->wait, sizeof(c->wait));
	conn_step(c, STEP_ANSWER, VEIL_READ_S);
}

static bool
davyd_connect(struct veil_conn *c)
{
	const struct veil *v = c->v;
	c->davyd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return c->davyd >= 0 &&
	       !connect(c->davyd, (const struct sockaddr *)&v->davyd, sizeof(v->davyd));
}

static const struct xwing_ready *
key_of(const struct veil_keys *keys, uint8_t id)
{
	for (size_t i = 0; i < keys->cnt; i++)
		if (keys->key[i].id == id)
			return &keys->key[i].ready;
	return NULL;
}

/* A whole request is there. */
static void
conn_open(struct veil_conn *c, const uint8_t *ask)
{
	uint8_t id;
	if (ohttp_ask_id(&id, ask)) {
		conn_refuse(c, 400);
		return;
	}
	const struct xwing_ready *key = key_of(c->v->keys, id);
	if (!key) {
		conn_refuse(c, VEIL_NO_KEY);
	} else if (ohttp_ask_open(conn_out(c, TO_DAVYD, FRAME_LEN), &c->wait, ask, key)) {
		conn_refuse(c, 400);
	} else if (!davyd_connect(c)) {
		conn_answer(c, 503, NULL);
	} else {
		conn_step(c, STEP_ASK, VEIL_DAVYD_S);
	}
}

static void
conn_public(struct veil_conn *c, const char *path)
{
	char ask[sizeof(PUBLIC_ASK) + VEIL_PATH_MAX];
	if (!davyd_connect(c)) {
		davyd_close(c);
		conn_refuse(c, 503);
		return;
	}
	snprintf(ask, sizeof(ask), PUBLIC_ASK, path);
	conn_out(c, ask, 0);
	c->passes = true;
	conn_step(c, STEP_ASK, VEIL_PUBLIC_S);
}

/* Looks at what the relay has sent so far. */
static void
conn_request(struct veil_conn *c)
{
	char path[VEIL_PATH_MAX];
	size_t head;
	unsigned status = veil_http_request(c->in, c->in_len, &head, &c->last, path);
	if (status == VEIL_PUBLIC) {
		conn_public(c, path);
	} else if (status == VEIL_ASK && c->in_len >= head + OHTTP_ASK_LEN) {
		/* Nobody may send the next request before the answer. */
		c->last = c->last || c->in_len > head + OHTTP_ASK_LEN;
		conn_open(c, c->in + head);
	} else if (status != VEIL_ASK && status != VEIL_MORE) {
		c->last = c->last || c->in_len > head;
		conn_refuse(c, status);
	}
}

/* The same of davyd's answer; over: davyd has closed. */
static void
conn_heard(struct veil_conn *c, bool over)
{
	size_t head;
	unsigned status = veil_http_answer(c->in, c->in_len, &head);
	if (status == 200 && c->in_len >= head + FRAME_LEN)
		conn_answer(c, 200, c->in + head);
	else if (over && (status == 200 || status == VEIL_MORE))
		conn_answer(c, 502, NULL);
	else if (status != 200 && status != VEIL_MORE)
		conn_answer(c, status, NULL);
}

/* Reads what is there. False where the other end is gone. */
static bool
conn_read(struct veil_conn *c, int fd)
{
	ssize_t n = recv(fd, c->in + c->in_len, sizeof(c->in) - c->in_len, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->in_len += (size_t)n;
	return n > 0;
}

static bool
conn_write(struct veil_conn *c, int fd)
{
	ssize_t n = send(fd, c->out + c->out_at, c->out_len - c->out_at, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->out_at += (size_t)n;
	return true;
}

/* Each returns false where the connection is over. */
static bool
on_read(struct veil_conn *c)
{
	bool first = !c->in_len;
	if (!conn_read(c, c->fd))
		return false;
	if (first && c->in_len)
		c->until = clock_mono_ms() + VEIL_READ_S * 1000u;
	conn_request(c);
	return true;
}

static bool
on_ask(struct veil_conn *c)
{
	/* davyd refuses some requests before it has read them; its answer says why. */
	if (conn_write(c, c->davyd) && c->out_at < c->out_len)
		return true;
	if (c->passes)
		c->step = STEP_TAKE;
	else
		conn_step(c, STEP_HEAR, VEIL_DAVYD_S);
	return true;
}

/* Its end is davyd's: the connection ends with it, as davyd has said that it will. */
static bool
on_take(struct veil_conn *c)
{
	ssize_t n = recv(c->davyd, c->out, sizeof(c->out), 0);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	c->out_len = (size_t)n;
	c->out_at = 0;
	c->step = STEP_GIVE;
	return true;
}

static bool
on_give(struct veil_conn *c)
{
	if (!conn_write(c, c->fd))
		return false;
	if (c->out_at == c->out_len)
		c->step = STEP_TAKE;
	return true;
}

static bool
on_hear(struct veil_conn *c)
{
	conn_heard(c, !conn_read(c, c->davyd));
	return true;
}

static bool
on_answer(struct veil_conn *c)
{
	if (!conn_write(c, c->fd))
		return false;
	if (c->out_at < c->out_len)
		return true;
	if (c->last)
		return false;
	conn_step(c, STEP_READ, VEIL_IDLE_S);
	return true;
}

static bool
on_late(struct veil_conn *c)
{
	if (c->davyd < 0 || c->passes)
		return false;
	conn_answer(c, 504, NULL);
	return true;
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	static bool (*const steps[])(struct veil_conn *) = {
		[STEP_READ] = on_read,     [STEP_ASK] = on_ask,   [STEP_HEAR] = on_hear,
		[STEP_ANSWER] = on_answer, [STEP_TAKE] = on_take, [STEP_GIVE] = on_give
	};
	struct veil_conn *c = arg;
	(void)fd;
	if (what & EV_TIMEOUT ? on_late(c) : steps[c->step](c))
		conn_wait(c);
	else
		conn_free(c);
}

void
veil_conn_new(struct veil *v, int fd)
{
	struct veil_conn *c = calloc(1, sizeof(*c));
	if (!c || !(c->ev = event_new(v->base, fd, EV_READ, on_event, c)))
		log_fatal("event=no-memory");
	c->v = v;
	c->fd = fd;
	c->davyd = -1;
	v->conn[v->conn_cnt++] = c;
	conn_step(c, STEP_READ, VEIL_IDLE_S);
	conn_wait(c);
}

bool
veil_conn_cut(struct veil *v)
{
	struct veil_conn *oldest = NULL;
	for (size_t i = 0; i < v->conn_cnt; i++) {
		struct veil_conn *c = v->conn[i];
		if (c->step == STEP_READ && !c->in_len && (!oldest || c->until < oldest->until))
			oldest = c;
	}
	if (oldest)
		conn_free(oldest);
	return oldest != NULL;
}
