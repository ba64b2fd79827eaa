/* One client of a tls process: the handshake, then bytes in both directions, then the close. */
#include "server/tls/tls.h"

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define BURST                                                                                      \
	4 /* records a turn in each direction, so that the other clients are served as well        \
	   */
#define LINGER_S  2
#define THROW_MAX (256 * 1024)

static void on_from_face(evutil_socket_t fd, short what, void *arg);
static void on_to_face(evutil_socket_t fd, short what, void *arg);

static void
turn_put(struct tls_conn *c, struct tls_list *list)
{
	if (!c->queued)
		TAILQ_INSERT_TAIL(list, c, turn);
	c->queued = true;
}

static void
turn_take(struct tls_conn *c, struct tls_list *list)
{
	if (c->queued)
		TAILQ_REMOVE(list, c, turn);
	c->queued = false;
}

/* The client has said something, or is gone. */
static void
quiet_end(struct tls_conn *c)
{
	if (c->silent)
		TAILQ_REMOVE(&c->tls->quiet, c, quiet);
	c->silent = false;
}

static void
rest_drop(struct tls_conn *c)
{
	free(c->rest);
	c->rest = NULL;
	c->rest_at = c->rest_len = 0;
}

static void
end_drop(struct tls_conn *c)
{
	event_del(&c->from_face);
	event_del(&c->to_face);
	if (c->end >= 0)
		close(c->end);
	c->end = -1;
}

void
tls_conn_free(struct tls_conn *c)
{
	struct tls *t = c->tls;
	quiet_end(c);
	turn_take(c, c->phase == TLS_WAIT ? &t->waiting : &t->hands);
	event_del(&c->timer);
	event_del(&c->readable);
	event_del(&c->writable);
	end_drop(c);
	close(c->fd);
	if (c->session)
		gnutls_deinit(c->session);
	rest_drop(c);
	TAILQ_REMOVE(&t->conns, c, all);
	free(c);
	t->conn_cnt--;
	tls_conn_gone(t);
}

/* Sets the events to wait for from the work that is left. */
static void
settle(struct tls_conn *c)
{
	bool talks = c->phase == TLS_QUIET || c->phase == TLS_OPEN;
	const struct {
		struct event *event;
		bool want;
	} events[] = {
		{ &c->readable, (talks && !c->rest && !c->said_all) || c->phase == TLS_LINGER },
		{ &c->writable, c->sending || c->phase == TLS_BYE },
		{ &c->from_face, c->phase == TLS_OPEN && !c->sending && !c->face_done },
		{ &c->to_face, c->phase == TLS_OPEN && c->rest },
	};
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (events[i].want)
			loop_add(events[i].event, NULL);
		else
			event_del(events[i].event);
	}
}

/* ---- the end ---- */

/*
 * A deadline has passed. The kernel would keep bytes that the client did not take for minutes after
 * we have closed, so the connection is reset.
 */
static void
cut_off(struct tls_conn *c)
{
	const struct linger drop = { .l_onoff = 1, .l_linger = 0 };
	if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &drop, sizeof(drop)))
		log_warn("event=linger errno=%d", errno);
	tls_conn_free(c);
}

/*
 * The answer is sent. Closing now, with bytes of the client unread, would send a reset that could
 * overtake the answer. So these bytes are read and discarded for a moment, without a session and
 * its memory.
 */
static void
linger(struct tls_conn *c)
{
	quiet_end(c);
	end_drop(c);
	rest_drop(c);
	gnutls_deinit(c->session);
	c->session = NULL;
	c->sending = false;
	if (shutdown(c->fd, SHUT_WR) || c->fin) {
		tls_conn_free(c);
		return;
	}
	c->phase = TLS_LINGER;
	loop_after(&c->timer, LINGER_S);
	settle(c);
}

static void
throw_away(struct tls_conn *c)
{
	ssize_t n = recv(c->fd, c->tls->scratch, sizeof(c->tls->scratch), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	c->rest_len += n > 0 ? (size_t)n : 0;
	if (n <= 0 || c->rest_len > THROW_MAX)
		tls_conn_free(c);
}

static void
goodbye(struct tls_conn *c)
{
	int rc = gnutls_bye(c->session, GNUTLS_SHUT_WR);
	if (rc != GNUTLS_E_AGAIN && rc != GNUTLS_E_INTERRUPTED) {
		linger(c);
		return;
	}
	if (c->phase == TLS_QUIET || !event_pending(&c->timer, EV_TIMEOUT, NULL))
		loop_after(&c->timer, c->tls->conf->body_s);
	c->phase = TLS_BYE;
	settle(c);
}

/* ---- client to face ---- */

/*
 * Takes an end of the handoff and writes the first bytes to it; an end that takes none belongs to a
 * face that is ending. Returns how many bytes were taken.
 */
static size_t
begin(struct tls_conn *c, const uint8_t *bytes, size_t len)
{
	struct tls *t = c->tls;
	while ((c->end = tls_end_take(t)) >= 0) {
		ssize_t n = send(c->end, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0) {
			event_assign(&c->from_face, t->base, c->end, EV_READ | EV_PERSIST,
				     on_from_face, c);
			event_assign(&c->to_face, t->base, c->end, EV_WRITE | EV_PERSIST,
				     on_to_face, c);
			event_del(&c->timer);
			quiet_end(c);
			c->phase = TLS_OPEN;
			return (size_t)n;
		}
		close(c->end);
	}
	return 0;
}

/* Writes bytes to the face and keeps those that it does not take now. False when c was freed. */
static bool
put(struct tls_conn *c, const uint8_t *bytes, size_t len)
{
	size_t took = 0;
	if (c->end < 0) {
		took = begin(c, bytes, len);
	} else {
		ssize_t n = send(c->end, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			/* The face gets no more bytes; what it sends still goes to the client. */
			c->said_all = true;
			return true;
		}
		took = n > 0 ? (size_t)n : 0;
	}
	if (took == len)
		return true;
	c->rest = malloc(len - took);
	if (!c->rest) {
		tls_conn_free(c);
		return false;
	}
	memcpy(c->rest, bytes + took, len - took);
	c->rest_at = 0;
	c->rest_len = len - took;
	return true;
}

/*
 * After reading: handles a client whose bytes have no end to go to, and one that has finished. c
 * may be freed then.
 */
static void
heard(struct tls_conn *c)
{
	if (c->phase == TLS_QUIET && c->rest) {
		c->phase = TLS_WAIT;
		quiet_end(c);
		turn_put(c, &c->tls->waiting);
		loop_after(&c->timer, c->tls->conf->header_s);
	}
	if (c->said_all && !c->rest) {
		if (c->phase == TLS_QUIET) {
			goodbye(c);
			return;
		}
		shutdown(c->end, SHUT_WR);
	}
	settle(c);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct tls_conn *c = arg;
	(void)fd;
	(void)what;
	if (c->phase == TLS_HANDSHAKE) {
		event_del(&c->readable);
		turn_put(c, &c->tls->hands);
		tls_turn_soon(c->tls);
		return;
	}
	if (c->phase == TLS_LINGER) {
		throw_away(c);
		return;
	}
	for (int i = 0; i < BURST && !c->rest && !c->said_all; i++) {
		uint8_t *buf = c->tls->scratch;
		ssize_t n = gnutls_record_recv(c->session, buf, sizeof(c->tls->scratch));
		if (n > 0) {
			if (!put(c, buf, (size_t)n))
				return;
		} else if (n == 0) {
			c->said_all = true;
		} else if (n == GNUTLS_E_AGAIN) {
			c->said_all = c->fin;
			break;
		} else if (gnutls_error_is_fatal((int)n) || n == GNUTLS_E_REHANDSHAKE) {
			/*
			 * A second handshake is refused: TLS 1.3 has none, and in TLS 1.2 it is a
			 * way to cause work.
			 */
			tls_conn_free(c);
			return;
		}
	}
	heard(c);
}

static void
on_to_face(evutil_socket_t fd, short what, void *arg)
{
	struct tls_conn *c = arg;
	(void)fd;
	(void)what;
	ssize_t n = send(c->end, c->rest + c->rest_at, c->rest_len - c->rest_at,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	c->rest_at += n > 0 ? (size_t)n : 0;
	c->said_all = c->said_all || n < 0;
	if (n < 0 || c->rest_at == c->rest_len)
		rest_drop(c);
	heard(c);
}

/* ---- face to client ---- */

/*
 * Sends one record, or the rest of the last one. False when no more can be sent now; c may be freed
 * then.
 */
static bool
say(struct tls_conn *c, size_t len)
{
	ssize_t n = gnutls_record_send(c->session, len ? c->tls->scratch : NULL, len);
	if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED) {
		/*
		 * One deadline covers all bytes that wait; a single byte that is taken does not
		 * extend it.
		 */
		if (!event_pending(&c->timer, EV_TIMEOUT, NULL))
			loop_after(&c->timer, c->tls->conf->body_s);
		c->sending = true;
		settle(c);
		return false;
	}
	if (n < 0) {
		tls_conn_free(c);
		return false;
	}
	c->sending = false;
	return true;
}

static void
on_from_face(evutil_socket_t fd, short what, void *arg)
{
	struct tls_conn *c = arg;
	(void)fd;
	(void)what;
	for (int i = 0; i < BURST && !c->face_done; i++) {
		ssize_t n = recv(c->end, c->tls->scratch, sizeof(c->tls->scratch), MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			event_del(&c->timer);
			break;
		}
		if (n <= 0)
			c->face_done = true;
		else if (!say(c, (size_t)n))
			return;
	}
	if (c->face_done)
		goodbye(c);
	else
		settle(c);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct tls_conn *c = arg;
	(void)fd;
	(void)what;
	if (c->phase == TLS_HANDSHAKE) {
		event_del(&c->writable);
		turn_put(c, &c->tls->hands);
		tls_turn_soon(c->tls);
	} else if (c->phase == TLS_BYE) {
		goodbye(c);
	} else if (say(c, 0)) {
		settle(c);
	}
}

/* ---- beginning ---- */

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct tls_conn *c = arg;
	(void)fd;
	(void)what;
	if (c->phase == TLS_QUIET)
		goodbye(c);
	else if (c->phase == TLS_LINGER)
		tls_conn_free(c);
	else
		cut_off(c);
}

bool
tls_conn_cut(struct tls *t)
{
	struct tls_conn *c = TAILQ_FIRST(&t->quiet);
	if (!c)
		return false;
	t->cut++;
	cut_off(c);
	return true;
}

void
tls_conn_new(struct tls *t, int fd)
{
	struct tls_conn *c = calloc(1, sizeof(*c));
	if (!c) {
		close(fd);
		return;
	}
	c->tls = t;
	c->fd = fd;
	c->end = -1;
	event_assign(&c->readable, t->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	event_assign(&c->writable, t->base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
	event_assign(&c->from_face, t->base, -1, EV_READ | EV_PERSIST, on_from_face, c);
	event_assign(&c->to_face, t->base, -1, EV_WRITE | EV_PERSIST, on_to_face, c);
	event_assign(&c->timer, t->base, -1, 0, on_deadline, c);
	TAILQ_INSERT_TAIL(&t->conns, c, all);
	t->conn_cnt++;
	TAILQ_INSERT_TAIL(&t->quiet, c, quiet);
	c->silent = true;
	c->since = clock_mono_ms();
	c->phase = TLS_HANDSHAKE;
	loop_after(&c->timer, t->conf->header_s < TLS_FIRST_S ? t->conf->header_s : TLS_FIRST_S);
	loop_add(&c->readable, NULL);
}

static void
step(struct tls_conn *c)
{
	/* The first byte has come; the handshake may take its time from here. */
	if (!c->session)
		loop_after(&c->timer, c->tls->conf->header_s);
	if (!c->session && !(c->session = tls_session_new(c))) {
		tls_conn_free(c);
		return;
	}
	int rc = gnutls_handshake(c->session);
	if (!rc) {
		c->phase = TLS_QUIET;
		loop_after(&c->timer, tls_quiet_seconds(c->tls));
		settle(c);
	} else if (gnutls_error_is_fatal(rc)) {
		gnutls_alert_send_appropriate(c->session, rc);
		linger(c);
	} else if (c->fin) {
		tls_conn_free(c);
	} else {
		loop_add(gnutls_record_get_direction(c->session) ? &c->writable : &c->readable,
			 NULL);
	}
}

bool
tls_conn_turn(struct tls *t)
{
	struct tls_conn *c = TAILQ_FIRST(&t->hands);
	if (!c)
		return false;
	turn_take(c, &t->hands);
	step(c);
	return !TAILQ_EMPTY(&t->hands);
}

void
tls_conn_serve(struct tls *t)
{
	struct tls_conn *c;
	while (t->end_cnt && (c = TAILQ_FIRST(&t->waiting))) {
		uint8_t *bytes = c->rest;
		turn_take(c, &t->waiting);
		c->rest = NULL;
		c->phase = TLS_QUIET;
		if (put(c, bytes, c->rest_len))
			heard(c);
		free(bytes);
	}
}

void
tls_conn_drain(struct tls_conn *c, bool last)
{
	if (c->phase == TLS_QUIET && !last)
		loop_after(&c->timer, tls_quiet_seconds(c->tls));
	else if (c->phase == TLS_QUIET)
		goodbye(c);
	else if (last && (c->phase == TLS_HANDSHAKE || c->phase == TLS_WAIT))
		tls_conn_free(c);
}
