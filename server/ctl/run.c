/* davyd run, davyd check. */
#include "server/ctl/commands.h"
#include "server/ctl/ctl.h"

#include "crypto/err.h"
#include "crypto/secret.h"
#include "server/parent/assets.h"
#include "server/base/conf.h"
#include "server/base/log.h"
#include "server/parent/db.h"
#include "server/parent/parent.h"
#include "server/base/sandbox.h"
#include "server/store/store.h"
#include "server/vault/vault.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* -c FILE, or nothing; an exit code or -1 to go on. */
static int
read_conf(struct conf *conf, int argc, char **argv)
{
	const char *path = conf_option(argc, argv);
	char why[CONF_WHY_LEN] = "";
	if (!path)
		return 2;
	if (optind != argc) {
		fprintf(stderr, "usage: davyd %s [-c FILE]\n", argv[0]);
		return 2;
	}
	if (conf_read(conf, path, why)) {
		fprintf(stderr, "davyd: %s\n", why);
		return 1;
	}
	return -1;
}

int
run_main(int argc, char **argv)
{
	static struct conf conf;
	int rc = read_conf(&conf, argc, argv);
	return rc >= 0 ? rc : parent_run(&conf);
}

/* service/drill reads this line. */
static void
say_found(const struct vault_found *f)
{
	uint64_t now = (uint64_t)time(NULL) / 60, day = now / 1440;
	printf("%llu cases, %llu orders, %llu entries; ", (unsigned long long)f->stats.cases,
	       (unsigned long long)f->stats.orders, (unsigned long long)f->stats.entries);
	if (f->newest_day)
		printf("the newest entry is %llu days old; ",
		       (unsigned long long)(day > f->newest_day ? day - f->newest_day : 0));
	printf("last written %llu minutes ago\n",
	       (unsigned long long)(now > f->minute ? now - f->minute : 0));
}

/* Starts davylamp-db; the store must not be in use, as one in a folder must not. */
static int
server_reach(const struct conf *conf, struct parent_db *db, char place[static 64],
	     char why[static CONF_WHY_LEN])
{
	if (ctl_runs(conf)) {
		snprintf(why, CONF_WHY_LEN, "the gateway is running: stop it first");
		return ERR_BUSY;
	}
	log_role("check", -1);
	int err = parent_db_start(db, conf, false, why);
	if (!err)
		snprintf(place, 64, "postgresql:@%d:still", db->sock);
	return err;
}

int
run_check(int argc, char **argv)
{
	static struct conf conf;
	static struct vault_found found;
	char why[STORE_WHY_LEN] = "";
	struct stat st;
	bool looked = false;
	struct parent_db db = { .sock = -1 };
	char place[64] = "davylamp.db";
	int rc = read_conf(&conf, argc, argv);
	if (rc >= 0)
		return rc;
	struct conf_keys *keys = secret_alloc(sizeof(*keys));
	int err = keys ? conf_keys_read(keys, &conf, why) : ERR_MEM;
	/* The store is checked with the card alone. */
	static struct conf_keys open_half;
	if (!err)
		open_half.card = keys->card;
	secret_free(keys);
	if (!err)
		err = assets_check(&conf, why);
	/* A missing store is no error: the first run makes it, as the vault's user. */
	if (!err && conf.db[0])
		err = server_reach(&conf, &db, place, why);
	bool there = !err && !chdir(conf.store) && !stat(".", &st) && store_begun(place);
	if (!err && conf.db[0] && !there) {
		snprintf(why, STORE_WHY_LEN, "cannot enter %.200s", conf.store);
		err = ERR_IO;
	}
	if (there) {
		/* As the vault's user: a file that SQLite makes here must not belong to root. */
		if (!conf.db[0] && (geteuid() != 0 || st.st_uid != 0))
			conf.vault_user = (struct conf_user){ "owner", st.st_uid, st.st_gid };
		if (geteuid() != 0 || st.st_uid != 0 || conf.db[0])
			sandbox_drop(SANDBOX_CHECK, &conf);
		sandbox_enter(SANDBOX_CHECK, &conf);
		err = vault_check(&conf, &open_half, place, &found, why);
		looked = !err;
	}
	if (err)
		fprintf(stderr, "davyd: %s\n", why[0] ? why : err_text(err));
	else
		printf("configuration, keys, store, roster and certificates are sound\n");
	if (looked)
		say_found(&found);
	/*
	 * _exit, because the root folder may have changed and handlers at exit would not find their
	 * files.
	 */
	fflush(stdout);
	_exit(err ? 1 : 0);
}
