/*
 * davyd copy: all that a store holds goes from a folder to a PostgreSQL server, or back, row by row
 * (server/store/sql/sql_copy.c). Both stores are stopped. What was written is checked and read
 * again, and each table compared with what was read; until then no davyd starts on the new store.
 */
#include "server/ctl/commands.h"
#include "server/ctl/ctl.h"

#include "crypto/err.h"
#include "crypto/secret.h"
#include "server/base/log.h"
#include "server/base/sandbox.h"
#include "server/parent/db.h"
#include "server/store/store.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DB "davylamp.db"

static int
say(const char *text)
{
	fprintf(stderr, "davyd: %s\n", text);
	return 1;
}

/* Half a sentence for what the store itself has no words for. */
static const char *
why_of(int err)
{
	switch (err) {
	case ERR_DUP:
		return "the store to copy to is not empty; nothing was changed: name another one";
	case ERR_FULL:
		return "the disk of the store to copy to is full; what is copied from was not "
		       "changed: make room, and run davyd copy once more";
	case ERR_BUSY:
		return "the server of the store was away, or refused: what is copied from was not "
		       "changed; run davyd copy once more";
	default:
		return err_text(err);
	}
}

/* The gateway whose store it is: of another one this machine has no key. */
static int
own(struct store *from, const uint8_t gateway[static KEY_ID_LEN], char why[static STORE_WHY_LEN])
{
	uint8_t id[KEY_ID_LEN];
	size_t len = 0;
	int err = store_meta_get(from, "gateway", id, sizeof(id), &len);
	if (err == ERR_NOT_FOUND)
		snprintf(why, STORE_WHY_LEN, "the store to copy from is empty");
	else if (!err && (len != sizeof(id) || memcmp(id, gateway, sizeof(id)) != 0))
		snprintf(why, STORE_WHY_LEN, "the store to copy from belongs to another gateway");
	return why[0] ? ERR_DENIED : err;
}

/* Whether the new store is sound, and has what was read, row for row. */
static int
compare(struct store *to, const struct store_sum read[static STORE_TABLES],
	char why[static STORE_WHY_LEN])
{
	static struct store_sum written[STORE_TABLES];
	int err = store_check(to, why);
	if (!err)
		err = store_check_bytes(to, why);
	if (!err)
		err = store_copy_sum(to, written);
	for (int i = 0; !err && i < STORE_TABLES; i++) {
		bool same = read[i].rows == written[i].rows &&
			    !memcmp(read[i].sum, written[i].sum, STORE_SUM_LEN);
		if (same)
			continue;
		snprintf(why, STORE_WHY_LEN,
			 "what was written into the table \"%s\" is not what was read: look at the "
			 "disk, and run davyd copy once more",
			 read[i].table);
		err = ERR_IO;
	}
	return err;
}

static void
print(const struct store_sum sum[static STORE_TABLES])
{
	for (int i = 0; i < STORE_TABLES; i++) {
		printf("%-10s %10llu rows  ", sum[i].table, (unsigned long long)sum[i].rows);
		for (int k = 0; k < STORE_SUM_LEN; k++)
			printf("%02x", sum[i].sum[k]);
		printf("\n");
	}
}

static int
copy(const char *from_place, const char *to_place, const uint8_t gateway[static KEY_ID_LEN])
{
	static struct store_sum sum[STORE_TABLES];
	char why[STORE_WHY_LEN] = "";
	struct store *from = NULL, *to = NULL;
	int err = store_open(&from, from_place, why);
	if (!err)
		err = own(from, gateway, why);
	if (!err)
		err = store_copy_open(&to, to_place, why);
	if (!err)
		err = store_copy(to, from, sum);
	store_close(from);
	if (!err)
		err = compare(to, sum, why);
	if (!err)
		err = store_copy_end(to);
	store_close(to);
	if (err)
		return say(why[0] ? why : why_of(err));
	print(sum);
	return 0;
}

/* The folder of the new store; it belongs to who will write it. */
static int
make_folder(const struct conf *conf)
{
	if (mkdir(conf->store, 0700)) {
		if (errno == EEXIST)
			return 0;
	} else if (geteuid() != 0 ||
		   !chown(conf->store, conf->vault_user.uid, conf->vault_user.gid)) {
		return 0;
	}
	fprintf(stderr, "davyd: %s: %s\n", conf->store, strerror(errno));
	return 1;
}

/* As the owner of the folder and in the sandbox of davyd check. `folder` has the store in a folder,
 * `server` the other one. */
static int
confined(struct conf *folder, const struct conf *server, bool to_server,
	 const uint8_t gateway[static KEY_ID_LEN])
{
	struct parent_db db;
	char why[CONF_WHY_LEN] = "", place[64];
	struct stat st;
	if (!to_server && make_folder(folder))
		return 1;
	if (chdir(folder->store) || stat(".", &st)) {
		fprintf(stderr, "davyd: cannot enter %s: %s\n", folder->store, strerror(errno));
		return 1;
	}
	if (to_server && !store_begun(DB)) {
		fprintf(stderr, "davyd: there is no store in %s\n", folder->store);
		return 1;
	}
	if (parent_db_start(&db, server, true, why))
		return say(why);
	snprintf(place, sizeof(place), "postgresql:@%d:still", db.sock);
	if (geteuid() != 0 || st.st_uid != 0) {
		folder->vault_user = (struct conf_user){ "owner", st.st_uid, st.st_gid };
		sandbox_drop(SANDBOX_CHECK, folder);
	}
	sandbox_enter(SANDBOX_CHECK, folder);
	return to_server ? copy(DB, place, gateway) : copy(place, DB, gateway);
}

static int
read_all(struct conf *here, struct conf *there, uint8_t gateway[static KEY_ID_LEN],
	 const char *path, const char *store)
{
	char why[CONF_WHY_LEN] = "";
	struct conf_keys *keys = secret_alloc(sizeof(*keys));
	int err = keys ? conf_read(here, path, why) : ERR_MEM;
	if (!err)
		err = conf_keys_read(keys, here, why);
	if (!err) {
		memcpy(gateway, keys->card.id, KEY_ID_LEN);
		*there = *here;
		err = conf_store(there, store, why);
	}
	secret_free(keys);
	return err ? say(why[0] ? why : err_text(err)) : 0;
}

int
copy_main(int argc, char **argv)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
					       { "to", required_argument, NULL, 't' },
					       { "from", required_argument, NULL, 'f' },
					       { NULL, 0, NULL, 0 } };
	static struct conf here, there;
	const char *path = CONF_DEFAULT, *to = NULL, *from = NULL;
	uint8_t gateway[KEY_ID_LEN];
	int c;
	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (c == 't')
			to = optarg;
		else if (c == 'f')
			from = optarg;
		else
			return 2;
	}
	if (optind != argc || !to == !from) {
		fprintf(stderr, "usage: davyd copy [-c FILE] --to STORE | --from STORE\n");
		return 2;
	}
	if (read_all(&here, &there, gateway, path, to ? to : from))
		return 1;
	if (!here.db[0] == !there.db[0])
		return say(
			"one of the two stores is a folder and the other on a PostgreSQL server; "
			"davyd backup copies a folder");
	if (ctl_runs(&here))
		return say("the gateway is running: stop it first");
	umask(077);
	log_role("copy", -1);
	bool to_server = (to ? &there : &here)->db[0] != 0;
	int rc = confined(here.db[0] ? &there : &here, here.db[0] ? &here : &there, to_server,
			  gateway);
	if (!rc)
		printf("the copy is whole: read again, it is the same in every row. Start the "
		       "gateway on one of the two only\n");
	/* As in run_check: handlers at exit would not find their files. */
	fflush(stdout);
	_exit(rc);
}
