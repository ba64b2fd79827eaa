/*
 * The protocols of a service manager: readiness, watchdog and sockets that it opened; see
 * service.h.
 */
#include "server/parent/service.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */
#define RETRY_MS 1000
#define EXTEND_MS                                                                                  \
	15000          /* how often the manager is asked for more time while a big store is read, */
#define EXTEND_FOR 60u /* and for so many seconds */
#define TEXT_LEN   768

static struct {
	int notify; /* connected; -1: no manager */
	int fd[CONF_LISTEN_MAX];
	char name[CONF_LISTEN_MAX][32];
	bool taken[CONF_LISTEN_MAX];
	size_t fd_cnt;
	uint64_t watchdog_ms, watchdog_at, extend_at, retry_at; /* 0: none */
	bool ready, stopping, reloading, refused;
	char status[512]; /* as the manager has it */
} service = { .notify = -1 };

/* ---- what the environment says ---- */

/* Parses a text that must be a number and nothing else. */
static bool
whole_number(uint64_t *out, const char *text)
{
	char *end;
	errno = 0;
	if (!text || text[0] < '0' || text[0] > '9')
		return false;
	*out = strtoull(text, &end, 10);
	return !errno && !*end;
}

static bool
is_us(const char *pid)
{
	uint64_t n;
	return whole_number(&n, pid) && n == (uint64_t)getpid();
}

/* Log lines get the journal's levels only where standard error is the journal. */
static void
begin_journal(void)
{
	const char *where = getenv("JOURNAL_STREAM");
	uint64_t dev, ino;
	struct stat st;
	char text[64];
	const char *colon = where ? strchr(where, ':') : NULL;
	if (!colon || (size_t)(colon - where) >= sizeof(text))
		return;
	snprintf(text, sizeof(text), "%.*s", (int)(colon - where), where);
	if (whole_number(&dev, text) && whole_number(&ino, colon + 1) &&
	    !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino)
		log_levels();
}

static void
begin_notify(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const char *where = getenv("NOTIFY_SOCKET");
	size_t len = where ? strlen(where) : 0;
	if (!len)
		return;
	int fd = -1;
	if ((where[0] == '/' || where[0] == '@') && len < sizeof(un.sun_path)) {
		memcpy(un.sun_path, where, len);
		if (where[0] == '@')
			un.sun_path[0] = 0;
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
	/* A path ends at its zero byte, an abstract socket name at its length. */
	socklen_t un_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
				       (where[0] == '/'));
	if (fd < 0 || connect(fd, (const struct sockaddr *)&un, un_len)) {
		log_warn("event=notify-refused text=\"NOTIFY_SOCKET names no socket that can be "
			 "reached; the service manager hears nothing\"");
		if (fd >= 0)
			close(fd);
		return;
	}
	service.notify = fd;
	uint64_t usec;
	const char *pid = getenv("WATCHDOG_PID");
	if ((!pid || is_us(pid)) && whole_number(&usec, getenv("WATCHDOG_USEC")) && usec >= 2000)
		service.watchdog_ms = usec / 2000;
}

static void
take_names(const char *names)
{
	for (size_t i = 0; names && i < service.fd_cnt; i++) {
		size_t len = strcspn(names, ":");
		snprintf(service.name[i], sizeof(service.name[i]), "%.*s",
			 (int)(len < sizeof(service.name[i]) ? len : sizeof(service.name[i]) - 1),
			 names);
		names = names[len] ? names + len + 1 : NULL;
	}
}

static int
begin_sockets(char why[static CONF_WHY_LEN])
{
	uint64_t cnt;
	const char *fds = getenv("LISTEN_FDS");
	if (!fds || !is_us(getenv("LISTEN_PID")))
		return 0; /* meant for somebody else */
	if (!whole_number(&cnt, fds) || cnt > CONF_LISTEN_MAX) {
		snprintf(why, CONF_WHY_LEN, "LISTEN_FDS=%.20s: at most %d sockets can be passed",
			 fds, CONF_LISTEN_MAX);
		return ERR_FORMAT;
	}
	for (size_t i = 0; i < cnt; i++) {
		int fd = FIRST_FD + (int)i, on = 0, type = 0;
		socklen_t len = sizeof(on), type_len = sizeof(type);
		int flags = fcntl(fd, F_GETFL);
		if (flags < 0 || getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) || !on ||
		    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) || type != SOCK_STREAM) {
			snprintf(
				why, CONF_WHY_LEN,
				"descriptor %d was passed as a socket and is none that listens: use "
				"ListenStream= with Accept=no",
				fd);
			return ERR_FORMAT;
		}
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) || fcntl(fd, F_SETFL, flags | O_NONBLOCK))
			return ERR_IO;
		service.fd[service.fd_cnt++] = fd;
	}
	take_names(getenv("LISTEN_FDNAMES"));
	return 0;
}

int
service_begin(char why[static CONF_WHY_LEN])
{
	static const char *const ours[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
					    "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES",
					    "JOURNAL_STREAM" };
	begin_journal();
	/*
	 * Called first, so that our connection to the manager does not get the number of a
	 * descriptor that was announced but not passed.
	 */
	int err = begin_sockets(why);
	if (!err)
		begin_notify();
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		unsetenv(ours[i]);
	return err;
}

/* ---- sockets ---- */

static bool
same_address(const struct sockaddr_storage *a, const struct conf_listen *l)
{
	if (a->ss_family != l->addr.ss_family)
		return false;
	if (a->ss_family == AF_UNIX)
		return !strcmp(((const struct sockaddr_un *)a)->sun_path,
			       ((const struct sockaddr_un *)&l->addr)->sun_path);
	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *x = (const struct sockaddr_in *)a;
		const struct sockaddr_in *y = (const struct sockaddr_in *)&l->addr;
		return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
	}
	const struct sockaddr_in6 *x = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in6 *y = (const struct sockaddr_in6 *)&l->addr;
	return x->sin6_port == y->sin6_port &&
	       !memcmp(&x->sin6_addr, &y->sin6_addr, sizeof(x->sin6_addr));
}

/* The address of socket i, always ended by a zero; zeros where there is none. */
static void
address_of(struct sockaddr_storage *a, size_t i)
{
	socklen_t len = sizeof(*a) - 1;
	memset(a, 0, sizeof(*a));
	if (getsockname(service.fd[i], (struct sockaddr *)a, &len))
		memset(a, 0, sizeof(*a));
}

int
service_take(const struct conf_listen *l)
{
	struct sockaddr_storage a;
	int on = 1;
	for (size_t i = 0; i < service.fd_cnt; i++) {
		address_of(&a, i);
		if (service.taken[i] || !same_address(&a, l))
			continue;
		if (a.ss_family != AF_UNIX)
			setsockopt(service.fd[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		service.taken[i] = true;
		return service.fd[i];
	}
	return -1;
}

static void
print_address(char *dst, size_t cap, const struct sockaddr_storage *a)
{
	char ip[INET6_ADDRSTRLEN] = "?";
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;
	if (a->ss_family == AF_INET) {
		inet_ntop(AF_INET, &in4->sin_addr, ip, sizeof(ip));
		snprintf(dst, cap, "%s:%u", ip, ntohs(in4->sin_port));
	} else if (a->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &in6->sin6_addr, ip, sizeof(ip));
		snprintf(dst, cap, "[%s]:%u", ip, ntohs(in6->sin6_port));
	} else if (a->ss_family == AF_UNIX && ((const struct sockaddr_un *)a)->sun_path[0]) {
		snprintf(dst, cap, "unix:%.107s", ((const struct sockaddr_un *)a)->sun_path);
	} else {
		snprintf(dst, cap, "an address that davyd cannot serve");
	}
}

int
service_rest(char why[static CONF_WHY_LEN])
{
	struct sockaddr_storage a;
	char text[128];
	for (size_t i = 0; i < service.fd_cnt; i++) {
		if (service.taken[i])
			continue;
		address_of(&a, i);
		print_address(text, sizeof(text), &a);
		snprintf(why, CONF_WHY_LEN,
			 "socket %.31s was passed for %.110s, which no listen line is left for: "
			 "change the .socket unit or davyd.conf",
			 service.name[i], text);
		return ERR_DENIED;
	}
	return 0;
}

bool
service_gave(int fd)
{
	for (size_t i = 0; i < service.fd_cnt; i++)
		if (service.fd[i] == fd)
			return true;
	return false;
}

/* ---- how we are ---- */

/*
 * False when the manager's queue is full and the text must be sent again. Without a manager the
 * gateway goes on.
 */
static bool
say(const char *text)
{
	ssize_t n = send(service.notify, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
	return n >= 0 || (errno != EAGAIN && errno != ENOBUFS && errno != EINTR);
}

static void
status_of(char dst[static sizeof(service.status)], const struct service_state *s)
{
	if (s->stopping)
		snprintf(dst, sizeof(service.status), "stopping: what runs is finished");
	else if (s->vault && s->ready == s->wanted)
		snprintf(dst, sizeof(service.status), "serving%s%s%s",
			 service.refused ? "; the last reload was refused: look at the log" : "",
			 s->line ? "; " : "", s->line ? s->line : "");
	else if (!service.ready && !s->restarts)
		snprintf(dst, sizeof(service.status), "starting: the store is read");
	else if (!s->vault)
		snprintf(dst, sizeof(service.status),
			 "the vault is being started%s: look at the log",
			 s->restarts ? " again" : "");
	else
		snprintf(dst, sizeof(service.status),
			 "%u of %u faces and tls processes serve, the others are starting",
			 s->ready, s->wanted);
}

/* Writes the text that is due now; true when there is one. */
static bool
compose(char dst[static TEXT_LEN], const struct service_state *s, const char *status, uint64_t now)
{
	bool all = s->vault && s->ready == s->wanted && !s->stopping;
	size_t len = 0;
	dst[0] = 0;
	if (s->stopping && !service.stopping)
		len += (size_t)snprintf(dst, TEXT_LEN, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%u000000\n",
					s->drain_s + EXTEND_FOR);
	else if (all && (!service.ready || service.reloading))
		len += (size_t)snprintf(dst, TEXT_LEN, "READY=1\n");
	/* A vault that ended gets no more time: its store may have been refused. */
	else if (!service.ready && !s->restarts && !s->stopping && now >= service.extend_at)
		len += (size_t)snprintf(dst, TEXT_LEN, "EXTEND_TIMEOUT_USEC=%u000000\n",
					EXTEND_FOR);
	if (service.watchdog_ms && now >= service.watchdog_at)
		len += (size_t)snprintf(dst + len, TEXT_LEN - len, "WATCHDOG=1\n");
	if (strcmp(status, service.status))
		len += (size_t)snprintf(dst + len, TEXT_LEN - len, "STATUS=%s\n", status);
	return len > 0;
}

void
service_tell(const struct service_state *s)
{
	char status[sizeof(service.status)], text[TEXT_LEN];
	uint64_t now = clock_mono_ms();
	if (service.notify < 0)
		return;
	status_of(status, s);
	service.retry_at = 0;
	if (!compose(text, s, status, now))
		return;
	if (!say(text)) {
		service.retry_at = now + RETRY_MS;
		return;
	}
	if (s->vault && s->ready == s->wanted && !s->stopping) {
		service.ready = true;
		service.reloading = false;
	}
	service.stopping = s->stopping;
	service.extend_at = service.ready || s->restarts || s->stopping ? 0 : now + EXTEND_MS;
	service.watchdog_at = service.watchdog_ms ? now + service.watchdog_ms : 0;
	snprintf(service.status, sizeof(service.status), "%s", status);
}

void
service_reload(void)
{
	char text[TEXT_LEN];
	service.refused = false;
	service.reloading = true;
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%llu\n",
		 (unsigned long long)clock_mono_us());
	/* Not sent again: a READY=1 without it does no harm. */
	if (service.notify >= 0)
		(void)say(text);
}

void
service_reload_refused(void)
{
	service.refused = true;
}

uint64_t
service_due(void)
{
	const uint64_t at[] = { service.watchdog_at, service.extend_at, service.retry_at };
	uint64_t due = UINT64_MAX;
	for (size_t i = 0; service.notify >= 0 && i < sizeof(at) / sizeof(at[0]); i++)
		if (at[i] && at[i] < due)
			due = at[i];
	return due;
}
