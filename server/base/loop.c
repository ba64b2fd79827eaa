/* Event loops of the children; see loop.h. */
#include "server/base/loop.h"

#include "server/base/log.h"

#include <string.h>

struct event_base *
loop_base(int flags)
{
	struct event_config *config = event_config_new();
	if (!config)
		return NULL;
	struct event_base *base = event_config_set_flag(config, flags)
					  ? NULL
					  : event_base_new_with_config(config);
	event_config_free(config);
	if (base && strcmp(event_base_get_method(base), "epoll") != 0) {
		event_base_free(base);
		return NULL;
	}
	return base;
}

void
loop_add(struct event *ev, const struct timeval *tv)
{
	if (event_add(ev, tv))
		log_fatal("event=no-memory");
}

void
loop_after(struct event *ev, unsigned seconds)
{
	const struct timeval span = { (time_t)seconds, 0 };
	const struct timeval *common = event_base_init_common_timeout(event_get_base(ev), &span);
	loop_add(ev, common ? common : &span);
}
