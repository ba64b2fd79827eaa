/* Sockets that the parent opens before it starts a child. */
#include "server/parent/parent.h"

#include "crypto/err.h"
#include "server/base/socket.h"
#include "server/parent/service.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

int
listen_open(int fd[static CONF_LISTEN_MAX], const struct conf *conf, char why[static CONF_WHY_LEN])
{
	for (size_t i = 0; i < CONF_LISTEN_MAX; i++)
		fd[i] = -1;
	for (size_t i = 0; i < conf->listen_cnt; i++) {
		const struct conf_listen *l = &conf->listen[i];
		fd[i] = service_take(l);
		if (fd[i] < 0)
			fd[i] = socket_listen(l, conf->socket_mode);
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
	int fd = socket_unix(&un, sizeof(un), SOCK_SEQPACKET, 0600);
	if (fd < 0)
		snprintf(why, CONF_WHY_LEN, "cannot listen on %.150s: %s", conf->control,
			 errno == EADDRINUSE ? "another davyd is running" : strerror(errno));
	return fd;
}
