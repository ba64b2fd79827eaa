/*
 * The vault's process, from the fork to its loop: it enters its sandbox before it opens the store.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/log.h"
#include "server/base/sandbox.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS    50
#define WAIT_TIMES 60
#define STORE_FILE "davylamp.db" /* in the folder that `store` names */

/* When davyd was killed and is started at once, its last vault may still have the store for a
 * moment. */
static int
open_patiently(struct vault *v, char why[static STORE_WHY_LEN])
{
	const struct timespec pause = { 0, WAIT_MS * 1000000 };
	int err = vault_open(v, STORE_FILE, why);
	for (int i = 0; i < WAIT_TIMES && err == ERR_BUSY; i++) {
		nanosleep(&pause, NULL);
		err = vault_open(v, STORE_FILE, why);
	}
	return err;
}

_Noreturn void
vault_main(const struct conf *conf, const struct conf_keys *keys, int sock, bool check)
{
	static struct vault v;
	char why[STORE_WHY_LEN] = "out of memory";
	log_role("vault", -1);
	umask(077);
	sandbox_drop(SANDBOX_VAULT, conf);
	struct vault_loop *loop = vault_loop_new(&v, sock);
	sandbox_enter(SANDBOX_VAULT, conf);
	v.conf = conf;
	v.keys = keys;
	int err = open_patiently(&v, why);
	if (!err && check)
		err = store_check_start(v.store, why);
	if (err)
		log_fatal("event=store-refused text=\"%s\"", why);
	log_info("event=start schema=%u roster=%u", store_schema(v.store),
		 v.roster ? v.roster->version : 0);
	vault_loop_run(loop);
	log_info("event=stop");
	_exit(0);
}
