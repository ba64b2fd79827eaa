/*
 * The witness's HTTP. One thread takes one request after the other, so that reading the last
 * checkpoint, comparing and writing the next one are one step. What a client may cost is bounded:
 * the size of a request, the connections, and their life, so that nobody holds one by a byte now
 * and then. Nothing of a client is written down.
 */
#include "admin-cli/witness/witness.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "admin-cli/base/session.h"
#include "crypto/witness.h"

#define CONNECTIONS 64
#define LIFE_S      20
#define IDLE_S      10
#define PATH        "/add-checkpoint"

struct http {
	struct session *ses;
	struct witness *w;
	struct {
		int fd; /* -1: free */
		time_t since;
	} conn[CONNECTIONS];
};

struct request {
	size_t len;
	uint8_t bytes[WITNESS_REQUEST_MAX];
};

static volatile sig_atomic_t ended;

static void
on_signal(int sig)
{
	(void)sig;
	ended = 1;
}

static time_t
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void
on_connection(void *arg, struct MHD_Connection *c, void **slot,
	      enum MHD_ConnectionNotificationCode code)
{
	struct http *h = arg;
	size_t i = 0;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*slot)
			h->conn[(size_t)(uintptr_t)*slot - 1].fd = -1;
		return;
	}
	while (i < CONNECTIONS && h->conn[i].fd >= 0)
		i++;
	if (i == CONNECTIONS)
		return; /* the library's limit is the same number */
	h->conn[i].fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	h->conn[i].since = now_s();
	*slot = (void *)(uintptr_t)(i + 1); /* NOLINT(performance-no-int-to-ptr) */
}

static void
end_old(struct http *h)
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (h->conn[i].fd >= 0 && now_s() - h->conn[i].since > LIFE_S)
			shutdown(h->conn[i].fd, SHUT_RDWR);
}

static enum MHD_Result
reply(struct MHD_Connection *c, const struct witness_answer *a)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(strlen(a->body),
								 (void *)(uintptr_t)a->body,
								 MHD_RESPMEM_MUST_COPY);
	enum MHD_Result done = MHD_NO;

	if (r && MHD_add_response_header(r, "Content-Type", a->type) == MHD_YES)
		done = MHD_queue_response(c, a->status, r);
	if (r)
		MHD_destroy_response(r);
	return done;
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
	   const char *version, const char *data, size_t *len, void **slot)
{
	struct http *h = arg;
	struct request *q = *slot;
	struct witness_answer a = { .type = "text/plain; charset=utf-8" };

	(void)version;
	if (!q) {
		*slot = calloc(1, sizeof(*q));
		return *slot ? MHD_YES : MHD_NO;
	}
	if (*len) {
		if (*len > sizeof(q->bytes) - q->len)
			return MHD_NO; /* the connection ends: nobody honest sends so much */
		memcpy(q->bytes + q->len, data, *len);
		q->len += *len;
		*len = 0;
		return MHD_YES;
	}
	if (strcmp(url, PATH) != 0)
		a.status = MHD_HTTP_NOT_FOUND;
	else if (strcmp(method, "POST") != 0)
		a.status = MHD_HTTP_METHOD_NOT_ALLOWED;
	else
		witness_serve(h->ses, h->w, q->bytes, q->len, &a);
	return reply(c, &a);
}

static void
on_completed(void *arg, struct MHD_Connection *c, void **slot, enum MHD_RequestTerminationCode code)
{
	(void)arg;
	(void)c;
	(void)code;
	free(*slot);
	*slot = NULL;
}

/* A socket that listens at ADDRESS:PORT; `said` gets the address with the port that it has. */
static int
listen_at(struct session *ses, const char *address, char said[static 160], int *out)
{
	const struct addrinfo want = { .ai_socktype = SOCK_STREAM,
				       .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *at = NULL;
	struct sockaddr_storage sa;
	socklen_t sa_len = sizeof(sa);
	char host[80], port[16];
	const char *colon = strrchr(address, ':');
	bool v6 = address[0] == '[';
	size_t len = colon ? (size_t)(colon - address) : 0;
	int fd = -1, on = 1;

	if (len <= 2u * v6 || len >= sizeof(host) || (v6 && colon[-1] != ']'))
		return session_fail(
			ses, DAVY_USAGE, "usage",
			_("%s is no address: it looks like 127.0.0.1:8470 or [::1]:8470."),
			session_s(ses, address));
	snprintf(host, sizeof(host), "%.*s", (int)(len - 2u * v6), address + v6);
	if (getaddrinfo(host, colon + 1, &want, &at) == 0)
		fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bool good = fd >= 0 && bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
		    listen(fd, CONNECTIONS) == 0 &&
		    getsockname(fd, (struct sockaddr *)&sa, &sa_len) == 0 &&
		    getnameinfo((struct sockaddr *)&sa, sa_len, host, sizeof(host), port,
				sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0;
	int e = errno;
	if (at)
		freeaddrinfo(at);
	if (!good) {
		if (fd >= 0)
			close(fd);
		return session_fail(ses, DAVY_REFUSED, "io", _("%s cannot be listened at: %s."),
				    session_s(ses, address), strerror(e));
	}
	snprintf(said, 160, v6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
	*out = fd;
	return DAVY_OK;
}

static void
loop(struct http *h, struct MHD_Daemon *d)
{
	struct pollfd p = { .fd = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
			    .events = POLLIN };

	while (!ended) {
		MHD_UNSIGNED_LONG_LONG ms;
		/* A zero has to be honoured, or requests behind one another hang. */
		bool now = MHD_get_timeout(d, &ms) == MHD_YES && ms == 0;
		(void)poll(&p, 1, now ? 0 : 1000);
		(void)MHD_run(d);
		end_old(h);
	}
}

int
witness_run(struct session *ses, struct witness *w, const char *address,
	    void (*ready)(void *arg, const char *address), void *arg)
{
	const struct sigaction sa = { .sa_handler = on_signal };
	struct http h = { .ses = ses, .w = w };
	char said[160];
	int fd, err = listen_at(ses, address, said, &fd);

	if (err)
		return err;
	for (size_t i = 0; i < CONNECTIONS; i++)
		h.conn[i].fd = -1;
	ended = 0;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, &h,
						MHD_OPTION_LISTEN_SOCKET, fd,
						MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
						MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
						MHD_OPTION_CONNECTION_MEMORY_LIMIT,
						(size_t)(32 * 1024), MHD_OPTION_NOTIFY_CONNECTION,
						on_connection, &h, MHD_OPTION_NOTIFY_COMPLETED,
						on_completed, NULL, MHD_OPTION_END);
	if (!d) {
		close(fd);
		return session_fail(ses, DAVY_REFUSED, "io", _("%s cannot be listened at: %s."),
				    session_s(ses, address), strerror(errno));
	}
	ready(arg, said);
	loop(&h, d);
	MHD_stop_daemon(d);
	return DAVY_OK;
}
