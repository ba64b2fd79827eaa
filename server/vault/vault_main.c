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
#define STORE_FILE "davylamp.db"  /* in the folder that `store` names */
#define STORE_DB   "postgresql:@" /* and the descriptor of its socket */

/* When davyd was killed and is started at once, its last vault may still have the store for a
 * moment. */
static int
open_patiently(struct vault *v, int db, char why[static STORE_WHY_LEN])
{
	const struct timespec pause = { 0, WAIT_MS * 1000000 };
	char place[64] = STORE_FILE;
	if (db >= 0)
		snprintf(place, sizeof(place), STORE_DB "%d", db);
	int err = vault_open(v, place, why);
	for (int i = 0; i < WAIT_TIMES && err == ERR_BUSY; i++) {
		nanosleep(&pause, NULL);
		err = vault_open(v, place, why);
	}
	return err;
}

_Noreturn void
vault_main(const struct vault_args *args)
{
	static struct vault v;
	char why[STORE_WHY_LEN] = "out of memory";
	log_role("vault", -1);
	umask(077);
	sandbox_drop(SANDBOX_VAULT, args->conf);
	struct vault_loop *loop = vault_loop_new(&v, args->sock);
	sandbox_enter(SANDBOX_VAULT, args->conf);
	v.conf = args->conf;
	v.keys = args->keys;
	int err = open_patiently(&v, args->db, why);
	if (!err && args->check)
		err = store_check_start(v.store, why);
	if (err)
		log_fatal("event=store-refused text=\"%s\"", why);
	log_info("event=start schema=%u roster=%u", store_schema(v.store),
		 v.roster ? v.roster->version : 0);
	vault_loop_run(loop);
	log_info("event=stop");
	_exit(0);
}
