/* From the parent that was forked to a role. */
#ifndef SERVER_CHILD_H
#define SERVER_CHILD_H

#include "server/parent/assets.h"
#include "server/base/conf.h"
#include "server/base/ipc.h"
#include "server/tls/tls.h"

/* All that the parent has; each role keeps its part, and what it must not know is wiped. */
struct child_args {
	const struct conf *conf;
	struct conf_keys *keys; /* secret memory */
	struct assets *assets;
	struct tls_ticket *ticket; /* secret memory; NULL without HTTPS */
	const int *listen_fd;      /* as many as conf->listen_cnt */
	int db;                    /* socket to davylamp-db; -1 where the store is a folder */
	bool check;                /* the vault reads its whole store first */
};

/* In the forked child; sock is its control socket. Does not return. */
_Noreturn void child_main(const struct child_args *args, enum ipc_role role, int index, int sock);

#endif
