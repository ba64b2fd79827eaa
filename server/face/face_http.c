/* libmicrohttpd: routes, uploads, deadlines. The comments "pitfall" name what was measured with
 * version 0.9.75. */
#include "server/face/face.h"

#include "crypto/checkpoint.h"
#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define POOL       ((size_t)40 * 1024) /* pitfall 8: the whole pool is zeroed for each request */
#define PUMP_TURNS 64
#define PACER_FEW  8u    /* requests of this face with the vault */
#define WARM_ALL   1024u /* connections of all faces that keep a pool: 40 MiB */

#define FORM_MOST (1024 * 1024) /* of a form's body is read, so that a browser hears the answer */

enum route_kind { ROUTE_PAGE, ROUTE_ROSTER, ROUTE_HEALTH, ROUTE_EXCHANGE, ROUTE_FORM, ROUTE_LOG };

static const struct route {
	const char *path, *method;
	enum route_kind kind;
	enum face_reply wrong; /* for another method */
} routes[] = {
	{ "/x", "POST", ROUTE_EXCHANGE, FACE_NOT_ALLOWED_POST },
	{ "/form", "POST", ROUTE_FORM, FACE_NOT_ALLOWED_POST },
	{ "/", "GET", ROUTE_PAGE, FACE_NOT_ALLOWED_GET },
	{ "/roster", "GET", ROUTE_ROSTER, FACE_NOT_ALLOWED_GET },
	{ "/healthz", "GET", ROUTE_HEALTH, FACE_NOT_ALLOWED_GET },
	{ "/checkpoint", "GET", ROUTE_LOG, FACE_NOT_ALLOWED_GET },
};
/* All that begins so: the tiles of the public log. */
static const struct route tiles = { "/tile/", "GET", ROUTE_LOG, FACE_NOT_ALLOWED_GET };
#define ROUTE_CNT (sizeof(routes) / sizeof(routes[0]))

/* The value of *con_cls between the first call and the answer, for a request without a body. */
static char seen;

static const struct route *
route_find(const char *path)
{
	for (size_t i = 0; i < ROUTE_CNT; i++)
		if (!strcmp(path, routes[i].path))
			return &routes[i];
	return strncmp(path, tiles.path, strlen(tiles.path)) ? NULL : &tiles;
}

static void
conn_deadline(struct conn *c, enum conn_phase phase)
{
	const struct conf *conf = c->face->conf;
	const unsigned seconds[] = { [CONN_IDLE] = conf->idle_s,
				     [CONN_HEADERS] = conf->header_s,
				     [CONN_BODY] = conf->body_s,
				     [CONN_VAULT] = conf->vault_s,
				     [CONN_ANSWER] = conf->body_s };
	if (c->silent)
		TAILQ_REMOVE(&c->face->quiet[c->handed], c, quiet);
	c->silent = phase == CONN_IDLE;
	if (c->silent) {
		TAILQ_INSERT_TAIL(&c->face->quiet[c->handed], c, quiet);
		c->since = clock_mono_ms();
	}
	c->phase = phase;
	/* A first request line must come soon; between two of them a client may take its time. */
	if (phase == CONN_IDLE && !c->warm && conf->idle_s > FACE_FIRST_S)
		loop_after(c->timer, FACE_FIRST_S);
	else
		loop_after(c->timer, seconds[phase]);
}

/*
 * The kernel would keep bytes that the client did not take for minutes after we have closed; a
 * reset drops them.
 */
static void
conn_reset(struct conn *c)
{
	const struct linger drop = { .l_onoff = 1, .l_linger = 0 };
	if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &drop, sizeof(drop)))
		log_warn("event=linger errno=%d", errno);
	shutdown(c->fd, SHUT_RDWR);
}

uint64_t
face_http_quiet(const struct face *f, bool handed)
{
	const struct conn *c = TAILQ_FIRST(&f->quiet[handed]);
	if (!c)
		return UINT64_MAX;
	uint64_t age = clock_mono_ms() - c->since;
	return age < ACCEPT_GRACE_MS ? ACCEPT_GRACE_MS - age : 0;
}

bool
face_http_cut(struct face *f, bool handed)
{
	struct conn *c = TAILQ_FIRST(&f->quiet[handed]);
	if (!c)
		return false;
	TAILQ_REMOVE(&f->quiet[handed], c, quiet);
	c->silent = false;
	f->cut++;
	conn_reset(c);
	return true;
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	struct face *f = c->face;
	(void)fd;
	(void)what;
	if (c->phase == CONN_HOLD && c->exch) {
		face_http_resume(c->exch, EXCH_DONE);
	} else if (c->phase == CONN_VAULT && c->exch && c->exch->state == EXCH_VAULT) {
		/* Pitfall 6: libmicrohttpd does not end a suspended connection; we have to. */
		face_link_forget(c->exch);
		face_http_resume(c->exch, EXCH_FAILED);
	} else {
		conn_reset(c);
	}
	face_http_pump(f);
}

static void
on_connection(void *cls, struct MHD_Connection *http, void **context,
	      enum MHD_ConnectionNotificationCode code)
{
	struct face *f = cls;
	struct conn *c = *context;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo
			*info = MHD_get_connection_info(http, MHD_CONNECTION_INFO_CONNECTION_FD);
		c = calloc(1, sizeof(*c));
		if (!c || !info || !(c->timer = event_new(f->base, -1, 0, on_deadline, c)))
			log_fatal(
				"event=no-memory"); /* one without a deadline would stay for ever */
		c->face = f;
		c->fd = info->connect_fd;
		c->next = f->conns;
		if (c->next)
			c->next->prev = c;
		f->conns = c;
		c->handed = f->gating;
		f->conn_cnt++;
		f->handed_cnt += c->handed;
		*context = c;
		conn_deadline(c, CONN_IDLE);
		return;
	}
	if (!c)
		return;
	if (c->prev)
		c->prev->next = c->next;
	else
		f->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (c->silent)
		TAILQ_REMOVE(&f->quiet[c->handed], c, quiet);
	event_free(c->timer);
	f->handed_cnt -= c->handed;
	f->warm_cnt -= c->warm;
	free(c);
	*context = NULL;
	f->conn_cnt--;
	face_conn_gone(f);
}

static struct conn *
conn_of(struct MHD_Connection *http)
{
	const union MHD_ConnectionInfo
		*info = MHD_get_connection_info(http, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

/* Called when a request line has been read; the header's deadline counts from here. */
static void *
on_uri(void *cls, const char *uri, struct MHD_Connection *http)
{
	struct conn *c = conn_of(http);
	(void)cls;
	(void)uri;
	if (c)
		conn_deadline(c, CONN_HEADERS);
	return NULL;
}

static enum MHD_Result
answer(struct face *f, struct MHD_Connection *http, unsigned code, struct MHD_Response *r)
{
	struct conn *c = conn_of(http);
	if (c)
		conn_deadline(c, CONN_ANSWER);
	(void)f;
	return r ? MHD_queue_response(http, code, r) : MHD_NO;
}

/* Counts the header fields that give the length of a body. */
static enum MHD_Result
count_length(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
	unsigned *said = cls;
	(void)kind;
	(void)value;
	*said += !strcasecmp(key, "Content-Length") || !strcasecmp(key, "Transfer-Encoding");
	return MHD_YES;
}

/*
 * The body must be exactly one frame, or a form of any length that is read, and one header field
 * must say so. With two fields a proxy in front might have believed the other one.
 */
static bool
length_ok(struct MHD_Connection *http, enum route_kind kind)
{
	const char *len = MHD_lookup_connection_value(http, MHD_HEADER_KIND, "Content-Length");
	unsigned said = 0;
	MHD_get_connection_values(http, MHD_HEADER_KIND, count_length, &said);
	if (!len || said != 1)
		return false;
	if (kind == ROUTE_EXCHANGE)
		return !strcmp(len, "16384");
	size_t digits = strspn(len, "0123456789");
	return digits && digits <= 7 && !len[digits] && strtoul(len, NULL, 10) <= FORM_MOST;
}

static bool
has_body(struct MHD_Connection *http)
{
	const char *len = MHD_lookup_connection_value(http, MHD_HEADER_KIND, "Content-Length");
	return MHD_lookup_connection_value(http, MHD_HEADER_KIND, "Transfer-Encoding") ||
	       (len && strcmp(len, "0") != 0);
}

static struct exch *
exch_new(struct face *f, struct MHD_Connection *http, void **con_cls)
{
	struct exch *x = malloc(sizeof(*x));
	if (!x)
		return NULL;
	x->face = f;
	x->conn = conn_of(http);
	x->http = http;
	x->slot = 0;
	x->sent = 0;
	x->state = EXCH_UPLOAD;
	x->len = 0;
	x->form = NULL;
	x->of_log = false;
	x->conn->exch = x;
	*con_cls = x;
	return x;
}

/* The client waits until the vault has answered. */
static void
exch_wait(struct exch *x)
{
	x->state = EXCH_VAULT;
	x->since = clock_mono_us();
	MHD_suspend_connection(x->http);
	conn_deadline(x->conn, CONN_VAULT);
	if (!face_link_submit(x))
		face_http_resume(x, EXCH_FAILED);
}

static enum MHD_Result
first_call(struct face *f, struct MHD_Connection *http, const char *url, const char *method,
	   void **con_cls)
{
	const struct route *r = route_find(url);
	struct conn *c = conn_of(http);
	if (!c)
		return MHD_NO;
	if (!r || strcmp(method, r->method) != 0 ||
	    (r->kind != ROUTE_EXCHANGE && r->kind != ROUTE_FORM)) {
		/*
		 * Does not wait for a body that the route does not take: the answer is sent at once
		 * and closes the connection.
		 */
		if (has_body(http)) {
			if (!r)
				return answer(f, http, 404, f->reply[FACE_NOT_FOUND]);
			if (strcmp(method, r->method) != 0)
				return answer(f, http, 405, f->reply[r->wrong]);
			return answer(f, http, 400, f->reply[FACE_BAD_REQUEST]);
		}
		/*
		 * Pitfall 3: an answer in the first call closes the connection, so we answer in the
		 * second.
		 */
		*con_cls = &seen;
		conn_deadline(c, CONN_BODY);
		return MHD_YES;
	}
	if (!length_ok(http, r->kind))
		return answer(f, http, 400, f->reply[FACE_BAD_REQUEST]);
	struct exch *x = exch_new(f, http, con_cls);
	if (!x || (r->kind == ROUTE_FORM && !(x->form = calloc(1, sizeof(*x->form)))))
		return answer(f, http, 503, f->reply[FACE_UNAVAILABLE]);
	conn_deadline(c, CONN_BODY);
	return MHD_YES;
}

/* The vault has the log; the client waits as for an exchange. */
static enum MHD_Result
get_log(struct face *f, struct MHD_Connection *http, const char *url, void **con_cls)
{
	struct tile t = { .level = IPC_CHECKPOINT };
	if (strcmp(url, "/checkpoint") != 0 && tile_parse(&t, url + 1))
		return answer(f, http, 404, f->reply[FACE_NOT_FOUND]);
	struct exch *x = exch_new(f, http, con_cls);
	if (!x)
		return answer(f, http, 503, f->reply[FACE_UNAVAILABLE]);
	x->of_log = true;
	memset(x->wanted, 0, sizeof(x->wanted));
	x->wanted[4] = t.level == TILE_ENTRIES ? IPC_TILE_ENTRIES : (uint8_t)t.level;
	ipc_set16(x->wanted + 6, (uint16_t)t.width);
	ipc_set64(x->wanted + 8, t.n);
	exch_wait(x);
	return MHD_YES;
}

static enum MHD_Result
get(struct face *f, struct MHD_Connection *http, const char *url, const char *method,
    void **con_cls)
{
	const struct route *r = route_find(url);
	if (!r)
		return answer(f, http, 404, f->reply[FACE_NOT_FOUND]);
	if (strcmp(method, r->method) != 0)
		return answer(f, http, 405, f->reply[r->wrong]);
	if (r->kind == ROUTE_LOG)
		return get_log(f, http, url, con_cls);
	if (r->kind == ROUTE_HEALTH)
		return answer(f, http, f->heard ? 200 : 503,
			      f->reply[f->heard ? FACE_HEALTHY : FACE_UNAVAILABLE]);
	struct MHD_Response *res = f->roster;
	if (r->kind == ROUTE_PAGE)
		res = f->page[page_choose(f->args->page,
					  MHD_lookup_connection_value(http, MHD_HEADER_KIND,
								      "Accept-Encoding"))];
	if (!res && r->kind == ROUTE_ROSTER && !f->heard)
		return answer(f, http, 503, f->reply[FACE_UNAVAILABLE]);
	return res ? answer(f, http, 200, res) : answer(f, http, 404, f->reply[FACE_NOT_FOUND]);
}

/* Whoever has no scripts hears whether to try again, and nothing of the case. */
static enum MHD_Result
form_done(struct face *f, struct exch *x)
{
	uint8_t status = x->frame[4];
	bool later = x->state != EXCH_DONE || status == FRAME_BUSY || status == FRAME_FULL;
	return answer(f, x->http, 200, f->form[later ? FORM_LATER : FORM_TAKEN]);
}

static enum MHD_Result
exchange_done(struct face *f, struct exch *x)
{
	if (x->form)
		return form_done(f, x);
	if (x->state != EXCH_DONE)
		return answer(f, x->http, 503, f->reply[FACE_UNAVAILABLE]);
	if (x->of_log && x->len == 0)
		return answer(f, x->http, 404, f->reply[FACE_NOT_FOUND]);
	struct MHD_Response *r = x->of_log ? face_reply_tile(x) : face_reply_frame(x);
	enum MHD_Result ok = answer(f, x->http, 200, r);
	if (r)
		MHD_destroy_response(r);
	return ok;
}

/* Takes more of a body; false where it is longer than it may be. */
static bool
take_body(struct exch *x, const char *data, size_t len)
{
	if (x->state != EXCH_UPLOAD)
		return false;
	if (x->form) {
		size_t room = FORM_ROOM > x->form->len ? FORM_ROOM - x->form->len : 0;
		memcpy(x->form->bytes + (FORM_ROOM - room), data, len < room ? len : room);
		x->form->len += len;
		return true;
	}
	if (len > FRAME_LEN - x->len)
		return false;
	memcpy(x->frame + x->len, data, len);
	x->len += len;
	return true;
}

/* The frame of a form whose body is here; from now on it goes the way of every frame. */
static bool
take_form(struct exch *x)
{
	const uint8_t *frame = x->form->len > FORM_ROOM ? NULL
							: form_frame(x->form->bytes, x->form->len);
	if (!frame)
		return false;
	memcpy(x->frame, frame, FRAME_LEN);
	x->len = FRAME_LEN;
	return true;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *http, const char *url, const char *method,
	   const char *version, const char *data, size_t *len, void **con_cls)
{
	struct face *f = cls;
	(void)version;
	if (!*con_cls)
		return first_call(f, http, url, method, con_cls);
	if (*con_cls == &seen) {
		*len = 0;
		return get(f, http, url, method, con_cls);
	}
	struct exch *x = *con_cls;
	if (*len) {
		if (!take_body(x, data, *len))
			return MHD_NO;
		*len = 0;
		return MHD_YES;
	}
	if (x->state != EXCH_UPLOAD)
		return exchange_done(f, x);
	if (x->form && !take_form(x))
		return answer(f, http, 200, f->form[FORM_WRONG]);
	if (x->len != FRAME_LEN)
		return MHD_NO;
	exch_wait(x);
	return MHD_YES;
}

static void
on_completed(void *cls, struct MHD_Connection *http, void **con_cls,
	     enum MHD_RequestTerminationCode code)
{
	struct conn *c = conn_of(http);
	char byte;
	(void)cls;
	(void)code;
	if (*con_cls && *con_cls != &seen) {
		struct exch *x = *con_cls;
		if (x->state == EXCH_VAULT)
			face_link_forget(x);
		if (c && c->exch == x)
			c->exch = NULL;
		free(x->form);
		free(x);
	}
	*con_cls = NULL;
	if (!c)
		return;
	/*
	 * Pitfall 8, second half: a connection that had a request keeps its memory pool. Beyond a
	 * number of such connections the answer closes the connection.
	 */
	c->face->warm_cnt += !c->warm;
	c->warm = true;
	conn_deadline(c, CONN_IDLE);
	bool many = c->face->warm_cnt > WARM_ALL / c->face->conf->faces;
	/* Pitfall 5: data and FIN in one edge would linger. */
	if (c->face->draining || many || recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		shutdown(c->fd, SHUT_RD);
}

/*
 * With few clients the answer leaves on the step. With many, its time depends on the batch more
 * than on the request (tests/server/latency.t), so no step is kept.
 */
void
face_http_answer(struct exch *x)
{
	struct conn *c = x->conn;
	struct face *f = x->face;
	if (FACE_SLOT_MAX - f->free_cnt >= PACER_FEW) {
		face_http_resume(x, EXCH_DONE);
		return;
	}
	/*
	 * Timers count from the moment when the loop last read the clock, and the work since then
	 * differs between answers. So the loop reads the clock anew.
	 */
	event_base_update_cache_time(f->base);
	uint64_t hold = pacer_hold(&f->pacer, clock_mono_us() - x->since);
	const struct timeval tv = { 0, (suseconds_t)hold };
	c->phase = CONN_HOLD;
	if (event_add(c->timer, &tv))
		face_http_resume(x, EXCH_DONE);
}

void
face_http_resume(struct exch *x, enum exch_state state)
{
	x->state = state;
	conn_deadline(x->conn, CONN_ANSWER);
	MHD_resume_connection(x->http);
}

/* Pitfalls 1 and 2: resuming wakes nothing, and a timeout of zero means now. */
void
face_http_pump(struct face *f)
{
	MHD_UNSIGNED_LONG_LONG ms;
	bool more = true;
	if (f->pumping)
		return;
	f->pumping = true;
	for (int i = 0; i < PUMP_TURNS && more; i++) {
		MHD_run(f->http);
		more = MHD_get_timeout(f->http, &ms) == MHD_YES && !ms;
	}
	f->pumping = false;
	if (more)
		event_active(f->again, EV_TIMEOUT, 0);
}

static void
on_http(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	face_http_pump(arg);
}

void
face_http_accept(struct face *f, int fd, bool handed)
{
	/* libmicrohttpd never gets the client's address. */
	struct sockaddr_in nobody = { .sin_family = AF_INET };
	f->gating = handed;
	/* MHD_add_connection closes fd when it fails. */
	(void)MHD_add_connection(f->http, fd, (struct sockaddr *)&nobody, sizeof(nobody));
}

static void __attribute__((format(printf, 2, 0))) on_log(void *cls, const char *fmt, va_list ap)
{
	/* Messages of the library may contain bytes that clients sent, so they are not logged. */
	(void)cls;
	(void)fmt;
	(void)ap;
}

int
face_http_start(struct face *f)
{
	TAILQ_INIT(&f->quiet[0]);
	TAILQ_INIT(&f->quiet[1]);
	unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ERROR_LOG;
	unsigned most = (f->conf->tls ? 2 : 1) * f->conf->connections + 16;
	f->http = MHD_start_daemon(flags, 0, NULL, NULL, on_request, f, MHD_OPTION_EXTERNAL_LOGGER,
				   on_log, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL,
				   MHD_OPTION_CONNECTION_LIMIT, most, MHD_OPTION_CONNECTION_TIMEOUT,
				   0u, MHD_OPTION_NOTIFY_CONNECTION, on_connection, f,
				   MHD_OPTION_NOTIFY_COMPLETED, on_completed, f,
				   MHD_OPTION_URI_LOG_CALLBACK, on_uri, f,
				   MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
	const union MHD_DaemonInfo *info = f->http ? MHD_get_daemon_info(f->http,
									 MHD_DAEMON_INFO_EPOLL_FD)
						   : NULL;
	if (!info)
		return ERR_INTERNAL;
	f->http_event = event_new(f->base, info->epoll_fd, EV_READ | EV_PERSIST, on_http, f);
	return f->http_event && !event_add(f->http_event, NULL) ? 0 : ERR_MEM;
}
