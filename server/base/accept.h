/* The listening sockets of one process. It accepts clients, one at a time. */
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
	void (*again)(void *arg); /* descriptors may be free again; the owner may open the listening
				     sockets */
	void *arg;
};

/*
 * Prepares the addresses of conf with TLS, or those without; the caller sets client, again and arg.
 * The sockets are not accepting yet. 0 or ERR_MEM.
 */
int accept_start(struct accept *d, struct event_base *base, const struct conf *conf,
		 const int *listen_fd, bool tls) __attribute__((warn_unused_result));
/*
 * How long the oldest silent client keeps its place when all are taken. Who connects has this time
 * to speak, however fast others connect.
 */
#define ACCEPT_GRACE_MS 500
/* Accepts nobody for so long, then calls `again`. */
void accept_pause(struct accept *d, unsigned ms);
void accept_open(struct accept *d, bool open);

#endif
