/* Listening sockets of an address: descriptors that do not block, or -1 and errno. */
#ifndef SERVER_SOCKET_H
#define SERVER_SOCKET_H

#include "server/base/conf.h"

#include <sys/un.h>

/* mode: of the file of a Unix socket. A socket file on which no process listens is replaced. */
int socket_listen(const struct conf_listen *l, mode_t mode) __attribute__((warn_unused_result));
/* A Unix socket of another type. */
int socket_unix(const struct sockaddr_un *un, socklen_t len, int type, mode_t mode)
	__attribute__((warn_unused_result));

#endif
