/* Listening sockets; see socket.h. */
#include "server/base/socket.h"

#include "crypto/err.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
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

int
socket_unix(const struct sockaddr_un *un, socklen_t len, int type, mode_t mode)
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
socket_listen(const struct conf_listen *l, mode_t mode)
{
	return l->addr.ss_family == AF_UNIX ? socket_unix((const struct sockaddr_un *)&l->addr,
							  l->addr_len, SOCK_STREAM, mode)
					    : open_tcp(l);
}
