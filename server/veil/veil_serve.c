/* The loop of a veil: accepts the relay's connections. */
#include "server/veil/veil.h"

#include "server/base/accept.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <unistd.h>

static void
on_client(void *arg, int fd)
{
	struct veil *v = arg;
	/* All places are taken: who has said nothing for longest makes room. */
	if (v->conn_cnt == VEIL_CLIENT_MAX && !veil_conn_cut(v))
		close(fd);
	else
		veil_conn_new(v, fd);
}

_Noreturn void
veil_serve(struct veil *v, const struct conf_listen *at, int listen_fd)
{
	static struct accept accept;
	static struct conf conf;
	conf.listen[0] = *at;
	conf.listen_cnt = 1;
	v->base = loop_base(0);
	accept.client = on_client;
	accept.arg = v;
	if (!v->base || accept_start(&accept, v->base, &conf, &listen_fd, false))
		log_fatal("event=start-failed");
	veil_sandbox();
	log_info("event=serving");
	accept_open(&accept, true);
	event_base_dispatch(v->base);
	log_fatal("event=loop-ended");
}
