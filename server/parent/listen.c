/* Sockets that the parent opens before it starts a child. */
#include "server/parent/parent.h"

#include "crypto/err.h"
#include "server/parent/service.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

/* A socket file that no process listens on is left over from a crash. */
static int
unix_clear(const struct sockaddr_un *un, socklen_t len, int type)
{
	struct stat st;
	if (lstat(un->sun_path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return ERR_IO;
	}
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int rc = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)un, len);
	if (fd >= 0)
		close(fd);
	if (!rc) {
		errno = EADDRINUSE;
		return ERR_IO;
	}
	return unlink(un->sun_path) ? ERR_IO : 0;
}

static int
open_unix(const struct sockaddr_un *un, socklen_t len, int type, mode_t mode)
{
	if (unix_clear(un, len, type))
		return -1;
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	mode_t old = umask(0777 & ~mode);
	int rc = bind(fd, (const struct sockaddr *)un, len);
	umask(old);
	if (rc || listen(fd, BACKLOG)) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/*
 * The kernel would keep bytes that a client does not take for minutes after we have closed. This
 * limit is twice our own deadline, so that ours comes first. Accepted connections inherit it.
 */
static int
patience(int fd, const struct conf *conf)
{
	unsigned ms = conf->body_s * 2000u;
	return setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)) ? ERR_IO : 0;
}

static int
open_tcp(const struct conf_listen *l)
{
	int on = 1;
	int fd = socket(l->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    (l->addr.ss_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    bind(fd, (const struct sockaddr *)&l->addr, l->addr_len) || listen(fd, BACKLOG)) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int
listen_open(int fd[static CONF_LISTEN_MAX], const struct conf *conf, char why[static CONF_WHY_LEN])
{
	for (size_t i = 0; i < CONF_LISTEN_MAX; i++)
		fd[i] = -1;
	for (size_t i = 0; i < conf->listen_cnt; i++) {
		const struct conf_listen *l = &conf->listen[i];
		fd[i] = service_take(l);
		if (fd[i] < 0)
			fd[i] = l->addr.ss_family == AF_UNIX
					? open_unix((const struct sockaddr_un *)&l->addr,
						    l->addr_len, SOCK_STREAM, conf->socket_mode)
					: open_tcp(l);
		if (fd[i] < 0 || (l->addr.ss_family != AF_UNIX && patience(fd[i], conf))) {
			snprintf(why, CONF_WHY_LEN, "cannot listen on %s: %s", l->text,
				 strerror(errno));
			listen_close(fd, conf);
			return ERR_NET;
		}
	}
	if (service_rest(why)) {
		listen_close(fd, conf);
		return ERR_DENIED;
	}
	return 0;
}

void
listen_close(int fd[static CONF_LISTEN_MAX], const struct conf *conf)
{
	for (size_t i = 0; i < conf->listen_cnt; i++) {
		const struct conf_listen *l = &conf->listen[i];
		bool ours = !service_gave(fd[i]);
		if (fd[i] < 0)
			continue;
		close(fd[i]);
		fd[i] = -1;
		if (ours && l->addr.ss_family == AF_UNIX)
			unlink(((const struct sockaddr_un *)&l->addr)->sun_path);
	}
}

int
listen_control(const struct conf *conf, char why[static CONF_WHY_LEN])
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	if (strlen(conf->control) >= sizeof(un.sun_path)) {
		snprintf(why, CONF_WHY_LEN, "control: the path is longer than a socket's can be");
		return -1;
	}
	memcpy(un.sun_path, conf->control, strlen(conf->control) + 1);
	int fd = open_unix(&un, sizeof(un), SOCK_SEQPACKET, 0600);
	if (fd < 0)
		snprintf(why, CONF_WHY_LEN, "cannot listen on %.150s: %s", conf->control,
			 errno == EADDRINUSE ? "another davyd is running" : strerror(errno));
	return fd;
}
