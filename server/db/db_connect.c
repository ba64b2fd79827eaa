/*
 * Connecting: to the first of the servers that answers, takes writes and has the settings that are
 * asked for. libpq would go through the list as well, but without a limit of time for each where
 * nobody waits inside of it, so that one silent machine would hide all behind it.
 */
#include "server/db/db.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 512
#define KEYS_MAX 80

#define ALONE_TIMES  20
#define ALONE_MS     100
#define OTHERS_TIMES 3

/* The server shows under this name, with the owner's and the schema's behind it, who is connected:
 * a database may hold the stores of several counties, a schema each. */
#define DB_NAME "davylamp-db "
#define SCHEMA  "' ' || left(md5(current_schema()), 16)"

/* What a list with commas has at that place; a list of one stands for all of them. */
static void
pick(char dst[static WORD_MAX], const char *list, unsigned at)
{
	const char *end = strchrnul(list, ',');
	for (; at && *end; at--) {
		list = end + 1;
		end = strchrnul(list, ',');
	}
	snprintf(dst, WORD_MAX, "%.*s", (int)(end - list), list);
}

static const char *
word_of(const PQconninfoOption *all, const char *key)
{
	for (; all->keyword; all++)
		if (!strcmp(all->keyword, key))
			return all->val;
	return NULL;
}

unsigned
db_hosts(const PQconninfoOption *all)
{
	const char *list = word_of(all, "hostaddr");
	unsigned cnt = 1;
	if (!list)
		list = word_of(all, "host");
	while (list && (list = strchr(list, ',')) != NULL) {
		list++;
		cnt++;
	}
	return cnt;
}

const char *
db_hex(char *dst, const uint8_t *bytes, size_t len)
{
	*dst = 0;
	for (size_t i = 0; i < len; i++)
		snprintf(dst + 2 * i, 3, "%02x", bytes[i]);
	return dst;
}

bool
db_unhex(uint8_t *dst, size_t cap, size_t *len, const char *hex)
{
	for (*len = 0; *hex && *len < cap; hex += 2) {
		unsigned byte;
		int n = 0;
		if (sscanf(hex, "%2x%n", &byte, &n) != 1 || n != 2)
			return false;
		dst[(*len)++] = (uint8_t)byte;
	}
	return !*hex;
}

const char *
db_owner_hex(char dst[static DB_OWNER_HEX], const struct db *db)
{
	return db_hex(dst, db->owner, sizeof(db->owner));
}

static PGconn *
start(const struct db *db)
{
	static const char *const lists[] = { "host", "hostaddr", "port" };
	char word[3][WORD_MAX];
	const char *key[KEYS_MAX + 3], *value[KEYS_MAX + 3];
	char name[sizeof(DB_NAME) + DB_OWNER_HEX], hex[DB_OWNER_HEX];
	size_t n = 0;
	for (const PQconninfoOption *o = db->conf->words; o->keyword && n < KEYS_MAX; o++) {
		if (!o->val)
			continue;
		key[n] = o->keyword;
		value[n] = o->val;
		for (size_t i = 0; i < 3; i++)
			if (!strcmp(o->keyword, lists[i])) {
				pick(word[i], o->val, db->host);
				value[n] = word[i];
			}
		n++;
	}
	snprintf(name, sizeof(name), DB_NAME "%s", db_owner_hex(hex, db));
	key[n] = "application_name";
	value[n++] = name;
	key[n] = "client_encoding";
	value[n++] = "UTF8";
	key[n] = value[n] = NULL;
	return PQconnectStartParams(key, value, 0);
}

static void
on_notice(void *arg, const PGresult *r)
{
	struct db *db = arg;
	(void)r;
	db->noticed = true;
}

static bool
connect_wait(struct db *db, int64_t until)
{
	PostgresPollingStatusType st = PGRES_POLLING_WRITING;
	while (st == PGRES_POLLING_WRITING || st == PGRES_POLLING_READING) {
		if (!db_wait(db, st == PGRES_POLLING_READING ? POLLIN : POLLOUT, until))
			return false;
		st = PQconnectPoll(db->conn);
	}
	return st == PGRES_POLLING_OK;
}

/*
 * What holds for this connection. A batch that waits for another one waits shorter than we do. The
 * server finds out soon when we are cut off, and gives back what a batch had locked. It compiles no
 * statement: that takes longer than any of them.
 */
static const char session[] = "SET statement_timeout = 4000; SET lock_timeout = 3000;"
			      " SET idle_in_transaction_session_timeout = 20000;"
			      " SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1;"
			      " SET tcp_keepalives_count = 3; SET tcp_user_timeout = 6000;"
			      " SET client_min_messages = warning; SET bytea_output = hex;"
			      " SET jit = off;"
			      " DO $$BEGIN PERFORM set_config('application_name',"
			      " current_setting('application_name') || " SCHEMA ", false); END$$";

static enum pg_fail
connect_one(struct db *db, int64_t until)
{
	PGresult *r;
	db->conn = start(db);
	if (!db->conn || !connect_wait(db, until))
		return db_away(db, "cannot be reached");
	PQsetnonblocking(db->conn, 1);
	PQsetNoticeReceiver(db->conn, on_notice, db);
	enum pg_fail fail = db_exec(db, session);
	if (!fail)
		fail = db_ask(db, "SELECT " DB_SETTINGS, &r);
	if (!fail) {
		fail = db_check(db, r, 0);
		PQclear(r);
	}
	if (fail)
		db_close(db);
	return fail;
}

enum pg_fail
db_connect(struct db *db)
{
	char said[sizeof(db->said)];
	enum pg_fail refused = 0;
	if (db->conn && PQstatus(db->conn) == CONNECTION_OK)
		return 0;
	db_close(db);
	if (db->tried && pg_now_ms() - db->tried < DB_AGAIN_MS)
		return PG_FAIL_AWAY;
	int64_t end = pg_now_ms() + DB_SEEK_MS;
	for (unsigned i = 0; i < db->conf->hosts && pg_now_ms() < end; i++) {
		enum pg_fail fail = connect_one(db, pg_now_ms() + DB_CONNECT_MS);
		db->tried = fail ? pg_now_ms() : 0;
		if (!fail || db->conf->hosts == 1)
			return fail;
		if (fail != PG_FAIL_AWAY && !refused) {
			refused = fail;
			memcpy(said, db->said, sizeof(said));
		}
	}
	if (refused)
		return db_say(db, refused, "%s", said);
	return db_say(db, PG_FAIL_AWAY, "none of the %u servers answers and takes writes",
		      db->conf->hosts);
}

/*
 * How many others are connected with the owner of the store; whether there are none. The server
 * needs a moment to see that one has ended. That nobody writes beside another one rests on the
 * owner in each batch, not on this.
 */
static enum pg_fail
owners(struct db *db, uint64_t *cnt, int times)
{
	enum pg_fail fail = 0;
	*cnt = 1;
	for (int i = 0; !fail && *cnt && i < times; i++) {
		PGresult *r = NULL;
		if (i)
			poll(NULL, 0, ALONE_MS);
		fail = db_ask(
			db,
			"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
			" AND pid <> pg_backend_pid() AND application_name = (SELECT '" DB_NAME
			"' || encode(owner, 'hex') || " SCHEMA " FROM head)",
			&r);
		*cnt = fail ? 0 : strtoull(PQgetvalue(r, 0, 0), NULL, 10);
		PQclear(r);
	}
	return fail;
}

enum pg_fail
db_unblock(struct db *db)
{
	PGresult *r = NULL;
	enum pg_fail fail = db_ask(db,
				   "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
				   " WHERE datname = current_database() AND pid <> pg_backend_pid()"
				   " AND application_name = current_setting('application_name')"
				   " AND wait_event = 'ClientRead' AND state <> 'idle'"
				   " AND xact_start < clock_timestamp() - interval '" DB_HUNG "'",
				   &r);
	PQclear(r);
	return fail;
}

static enum pg_fail
alone(struct db *db)
{
	uint64_t cnt;
	enum pg_fail fail = owners(db, &cnt, ALONE_TIMES);
	return fail || !cnt
		       ? fail
		       : db_say(db, PG_FAIL_TAKEN,
				"a davyd runs on the store that is on the server: stop it first");
}

/* As with a batch: one that the server has only said with a warning may be lost. */
enum pg_fail
db_claim(struct db *db, bool still, uint64_t *others)
{
	char text[128], hex[DB_OWNER_HEX];
	enum pg_fail fail = db_connect(db);
	snprintf(text, sizeof(text), "UPDATE head SET owner = decode('%s', 'hex')",
		 db_owner_hex(hex, db));
	db->noticed = false;
	if (!fail)
		fail = db_schema(db);
	if (!fail && still)
		fail = alone(db);
	if (!fail)
		fail = db_exec(db, text);
	if (!fail)
		fail = owners(db, others, OTHERS_TIMES);
	return !fail && db->noticed ? db_away(db, "gave a warning while it committed") : fail;
}
