/* Event loops of the children: where memory ends, the process does, and the parent starts it anew.
 */
#ifndef SERVER_LOOP_H
#define SERVER_LOOP_H

#include <event2/event.h>

/* With epoll or not at all: without memory libevent falls back on calls that the sandbox kills for.
 * NULL. */
struct event_base *loop_base(int flags) __attribute__((warn_unused_result));
/* event_add() of what the process would be deaf without. */
void loop_add(struct event *ev, const struct timeval *tv);
/* The same after that many seconds from now; for spans that many events share. */
void loop_after(struct event *ev, unsigned seconds);

#endif
