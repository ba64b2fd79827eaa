/* The listening sockets of one process: clients in, one at a time. */
#ifndef SERVER_DOOR_H
#define SERVER_DOOR_H

#include "server/base/conf.h"

#include <event2/event.h>

struct accept {
	struct event_base *base;
	struct event *listener[CONF_LISTEN_MAX], *breath;
	size_t cnt;
	bool open, shared; /* shared: other processes take clients at the same sockets */
	void (*client)(
		void *arg,
		int fd); /* takes over fd, which does not block; may shut the listening sockets */
	void (*again)(void *arg); /* there may be descriptors again: open it if you like */
	void *arg;
};

/* The addresses of conf with TLS, or those without; client, again and arg are set by the caller.
 * They are shut. 0 or ERR_MEM. */
int accept_start(struct accept *d, struct event_base *base, const struct conf *conf,
		 const int *listen_fd, bool tls) __attribute__((warn_unused_result));
void accept_open(struct accept *d, bool open);

#endif
