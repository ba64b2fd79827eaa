/*
 * Accepting clients: one a turn, with a pause after each, so that several processes share a crowd.
 */
#include "server/base/accept.h"

#include "server/base/loop.h"

#include "crypto/err.h"

#include <errno.h>
#include <sys/socket.h>

#define BREATH_US 100000 /* no descriptor left */
#define TURN_US   250    /* the pause after a client, so that an idle process takes the next one */

static void
on_breath(evutil_socket_t fd, short what, void *arg)
{
	struct accept *d = arg;
	(void)fd;
	(void)what;
	d->again(d->arg);
}

static void
rest(struct accept *d, suseconds_t us)
{
	const struct timeval tv = { 0, us };
	accept_open(d, false);
	loop_add(d->breath, &tv);
}

/*
 * Takes one client a turn, then pauses. Without the pause the process that happens to run would
 * take all of a crowd that comes at once, and one processor would do the work of two.
 */
static void
on_client(evutil_socket_t fd, short what, void *arg)
{
	struct accept *d = arg;
	(void)what;
	if (!d->open)
		return;
	int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (client >= 0) {
		d->client(d->arg, client);
		if (d->shared)
			rest(d, TURN_US);
		return;
	}
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	/*
	 * No descriptor is left: connections in progress go on, new ones wait in the kernel's
	 * queue.
	 */
	rest(d, BREATH_US);
}

int
accept_start(struct accept *d, struct event_base *base, const struct conf *conf,
	     const int *listen_fd, bool tls)
{
	d->base = base;
	d->cnt = 0;
	d->open = false;
	d->shared = conf->faces > 1;
	d->breath = event_new(base, -1, 0, on_breath, d);
	if (!d->breath)
		return ERR_MEM;
	for (size_t i = 0; i < conf->listen_cnt; i++) {
		if (conf->listen[i].tls != tls)
			continue;
		d->listener[d->cnt] = event_new(base, listen_fd[i], EV_READ | EV_PERSIST, on_client,
						d);
		if (!d->listener[d->cnt++])
			return ERR_MEM;
	}
	return 0;
}

void
accept_pause(struct accept *d, unsigned ms)
{
	rest(d, (suseconds_t)ms * 1000);
}

void
accept_open(struct accept *d, bool open)
{
	if (open == d->open)
		return;
	d->open = open;
	for (size_t i = 0; i < d->cnt; i++) {
		if (open)
			loop_add(d->listener[i], NULL);
		else
			event_del(d->listener[i]);
	}
}
