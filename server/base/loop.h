/*
 * Event loops of the children. On allocation failure the process ends, and the parent starts a new
 * one.
 */
#ifndef SERVER_LOOP_H
#define SERVER_LOOP_H

#include <event2/event.h>

/*
 * An event base that uses epoll, or NULL. When epoll fails for want of memory, libevent would fall
 * back on calls for which the sandbox kills the process.
 */
struct event_base *loop_base(int flags) __attribute__((warn_unused_result));
/* event_add() that ends the process on failure, because it could not work without the event. */
void loop_add(struct event *ev, const struct timeval *tv);
/* The same after that many seconds from now; for spans that many events share. */
void loop_after(struct event *ev, unsigned seconds);

#endif
