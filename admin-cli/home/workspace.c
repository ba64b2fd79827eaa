/* The workspace's encrypted records in SQLite (see workspace.h). workspace_case.c says what is
 * inside the records of cases, entries and the outbox. */
#include "admin-cli/home/workspace.h"

#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

#include "admin-cli/base/session.h"
#include "admin-cli/home/home.h"
#include "crypto/err.h"
#include "crypto/record.h"
#include "crypto/secret.h"

#define SCHEMA_VERSION 4
#define KEY_MAX        255
#define SQL_LEN        160

/* Statements about one kind of records. */
enum stmt { PUT, GET, DEL, CLEAR, EACH, COUNT, STMT__MAX };

/* What stands before and behind the name of the table. */
static const struct {
	const char *before, *behind;
} sql[STMT__MAX] = {
	[PUT] = { "INSERT INTO", "(name, value) VALUES(?1, ?2) "
				 "ON CONFLICT(name) DO UPDATE SET value = excluded.value" },
	[GET] = { "SELECT value FROM", " WHERE name = ?1" },
	[DEL] = { "DELETE FROM", " WHERE name = ?1" },
	[CLEAR] = { "DELETE FROM", "" },
	[EACH] = { "SELECT name, value FROM", "" },
	[COUNT] = { "SELECT count(*) FROM", "" },
};

/* Statements about the whole. */
enum turn { BEGIN, BEGIN_READ, COMMIT, ROLLBACK, TURN__MAX };

static const char *const turns[TURN__MAX] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[BEGIN_READ] = "BEGIN",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
};

/* A table for each kind. Its rows stand in the order of their coming, and only the short index of
 * names is in the order of chance: new rows fill new pages, and a walk reads one page after the
 * other. */
static const char columns[] = "(name BLOB NOT NULL UNIQUE, value BLOB NOT NULL) STRICT";

struct workspace {
	sqlite3 *db;
	sqlite3_stmt *stmt[WORKSPACE__MAX][STMT__MAX]; /* NULL: not used yet */
	sqlite3_stmt *turn[TURN__MAX];
	struct record_keys *keys;
	struct workspace_guest guest;
	int depth, paused; /* how deep transactions nest; how deep they did before a pause */
	bool writes;       /* it has begun a transaction that writes */
	bool writing;      /* the one that is open writes */
	bool failed; /* a write inside the transaction failed, so it is rolled back at the end */
};

static void
sql_text(char text[static SQL_LEN], enum workspace_kind kind, enum stmt which)
{
	snprintf(text, SQL_LEN, "%s record%d%s", sql[which].before, (int)kind, sql[which].behind);
}

/* The statement about records of a kind; NULL where it cannot be made. */
static sqlite3_stmt *
statement(struct workspace *ws, enum workspace_kind kind, enum stmt which)
{
	char text[SQL_LEN];

	if (kind < 1 || kind >= WORKSPACE__MAX)
		return NULL;
	sqlite3_stmt **s = &ws->stmt[kind][which];
	if (*s)
		return *s;
	sql_text(text, kind, which);
	(void)sqlite3_prepare_v3(ws->db, text, -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
	return *s;
}

static int
create(sqlite3 *db)
{
	char text[SQL_LEN];

	for (int kind = 1; kind < WORKSPACE__MAX; kind++) {
		snprintf(text, sizeof(text), "CREATE TABLE record%d%s", kind, columns);
		if (sqlite3_exec(db, text, NULL, NULL, NULL))
			return ERR_IO;
	}
	snprintf(text, sizeof(text), "PRAGMA user_version = %d", SCHEMA_VERSION);
	return sqlite3_exec(db, text, NULL, NULL, NULL) ? ERR_IO : 0;
}

static int
prepare(struct workspace *ws, const char *path)
{
	sqlite3_stmt *s = NULL;
	int version = -1;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	/* created here with mode 0600: SQLite gives its write-ahead log the mode of the file */
	if (fd < 0 || close(fd) != 0)
		return ERR_IO;
	if (sqlite3_open_v2(path, &ws->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
			    NULL) ||
	    sqlite3_busy_timeout(ws->db, 10000) ||
	    sqlite3_exec(
		    ws->db,
		    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
		    "PRAGMA temp_store = MEMORY; PRAGMA cache_spill = OFF; PRAGMA cache_size = -2048;"
		    "PRAGMA wal_autocheckpoint = 4000;",
		    NULL, NULL, NULL))
		return ERR_IO;
	/* two terminals may create the tables at once: the second waits here and finds them */
	if (sqlite3_exec(ws->db, turns[BEGIN], NULL, NULL, NULL))
		return ERR_IO;
	if (sqlite3_prepare_v2(ws->db, "PRAGMA user_version", -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		version = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	if ((version == 0 && create(ws->db)) ||
	    sqlite3_exec(ws->db, turns[COMMIT], NULL, NULL, NULL))
		return ERR_IO;
	if (version != 0 && version != SCHEMA_VERSION)
		return version < SCHEMA_VERSION ? ERR_STALE : ERR_FORMAT;
	for (int i = 0; i < TURN__MAX; i++)
		if (sqlite3_prepare_v3(ws->db, turns[i], -1, SQLITE_PREPARE_PERSISTENT,
				       &ws->turn[i], NULL))
			return ERR_IO;
	return 0;
}

int
workspace_open(struct session *ses)
{
	const struct home_keys *k;
	const char *path;

	if (ses->workspace)
		return DAVY_OK;
	int err = home_gateway_path(ses, "workspace.db", &path);
	if (!err)
		err = home_keys(ses, &k);
	if (err)
		return err;
	struct workspace *ws = calloc(1, sizeof(*ws));
	if (!ws || !(ws->keys = secret_alloc(sizeof(*ws->keys)))) {
		free(ws);
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	err = record_derive(ws->keys, k->workspace);
	if (!err)
		err = prepare(ws, path);
	ses->workspace = ws;
	if (!err)
		return DAVY_OK;
	const char *why = ws->db ? sqlite3_errmsg(ws->db) : "";
	if (err == ERR_FORMAT)
		err = session_fail(ses, DAVY_REFUSED, "format",
				   _("The workspace %s was written by a newer davy; use that one."),
				   session_s(ses, path));
	else if (err == ERR_STALE)
		err = session_fail(
			ses, DAVY_REFUSED, "format",
			_("The workspace %s is of an older davy. Send with that one what still waits "
			  "(davy sync), then delete the file: davy sync makes a new one."),
			session_s(ses, path));
	else if (ws->db && (sqlite3_errcode(ws->db) == SQLITE_NOTADB ||
			    sqlite3_errcode(ws->db) == SQLITE_CORRUPT))
		err = session_fail(
			ses, DAVY_REFUSED, "io",
			_("The workspace %s cannot be opened: %s. You may delete the file: davy sync makes a "
			  "new one, but entries that still waited to be sent are lost."),
			session_s(ses, path), why);
	else
		err = session_fail(ses, DAVY_REFUSED, "io",
				   _("The workspace %s cannot be opened: %s."),
				   session_s(ses, path), why);
	workspace_close(ses);
	return err;
}

const char *
workspace_fault(const struct workspace *ws)
{
	int code = ws ? sqlite3_errcode(ws->db) : SQLITE_OK;

	return code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE
		       ? err_text(ERR_IO)
		       : sqlite3_errmsg(ws->db);
}

void
workspace_close(struct session *ses)
{
	struct workspace *ws = ses->workspace;

	if (!ws)
		return;
	while (ws->depth)
		workspace_abort(ws);
	if (ws->guest.close)
		ws->guest.close(ws->guest.arg);
	for (int i = 0; i < TURN__MAX; i++)
		sqlite3_finalize(ws->turn[i]);
	for (int i = 0; i < WORKSPACE__MAX * STMT__MAX; i++)
		sqlite3_finalize(ws->stmt[i / STMT__MAX][i % STMT__MAX]);
	sqlite3_close(ws->db);
	secret_free(ws->keys);
	free(ws);
	ses->workspace = NULL;
}

static int
simple(struct workspace *ws, enum turn which)
{
	int err = sqlite3_step(ws->turn[which]);

	sqlite3_reset(ws->turn[which]);
	return err == SQLITE_DONE ? 0 : ERR_IO;
}

static int
begin(struct workspace *ws, enum turn how)
{
	int err = ws->depth ? 0 : simple(ws, how);

	if (!err && ws->depth++ == 0) {
		ws->failed = false;
		ws->writing = how == BEGIN;
	}
	return err;
}

/* A command that writes many records comes back to the same pages; one that reads walks over each
 * once and needs no room to keep them. */
int
workspace_begin(struct workspace *ws)
{
	if (!ws->writes)
		(void)sqlite3_exec(ws->db, "PRAGMA cache_size = -16384", NULL, NULL, NULL);
	ws->writes = true;
	return begin(ws, BEGIN);
}

int
workspace_begin_read(struct workspace *ws)
{
	return begin(ws, BEGIN_READ);
}

static void
roll_back(struct workspace *ws)
{
	(void)!simple(ws, ROLLBACK);
	if (ws->guest.drop)
		ws->guest.drop(ws->guest.arg);
}

int
workspace_commit(struct workspace *ws)
{
	if (ws->depth == 0)
		return ERR_ARG;
	if (ws->depth == 1 && !ws->failed && ws->guest.settle && ws->guest.settle(ws->guest.arg))
		ws->failed = true;
	if (--ws->depth)
		return ws->failed ? ERR_IO : 0;
	if (!ws->failed && simple(ws, COMMIT) == 0)
		return 0;
	roll_back(ws);
	return ERR_IO;
}

void
workspace_abort(struct workspace *ws)
{
	if (ws->depth == 0)
		return;
	/* an inner abort only marks the transaction; the outermost call rolls it back */
	ws->failed = true;
	if (--ws->depth == 0)
		roll_back(ws);
}

void
workspace_pause(struct workspace *ws)
{
	if (!ws->depth || !ws->writing)
		return;
	ws->paused = ws->depth;
	ws->depth = 1;
	ws->failed = workspace_commit(ws) != 0;
}

void
workspace_resume(struct workspace *ws)
{
	if (!ws->paused)
		return;
	bool failed = ws->failed;
	int err = begin(ws, BEGIN);
	ws->failed = failed || err;
	ws->depth = ws->paused;
	ws->paused = 0;
}

void
workspace_invite(struct workspace *ws, const struct workspace_guest *guest)
{
	ws->guest = *guest;
}

void *
workspace_guest_of(const struct workspace *ws)
{
	return ws->guest.arg;
}

/* The name under which a record is stored. The table name of crypto/record.h is one letter per
 * kind. */
static void
name_of(const struct workspace *ws, uint8_t index[static RECORD_INDEX_LEN],
	enum workspace_kind kind, const void *key, size_t key_len)
{
	const char table[2] = { (char)('a' + kind), '\0' };

	record_index(index, ws->keys, table, key, key_len);
}

void
workspace_free(void *val, size_t len)
{
	if (val)
		sodium_memzero(val, len);
	free(val);
}

/* Runs a statement that gives no row. */
static int
run(struct workspace *ws, sqlite3_stmt *s)
{
	int err = sqlite3_step(s) == SQLITE_DONE ? 0 : ERR_IO;

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	if (err && ws->depth)
		ws->failed = true;
	return err;
}

/* The sealed value begins with the key (u8 length ‖ key ‖ value), so that a walk over a kind, which
 * sees only hashed names, can tell which key a record has. */
int
workspace_put(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len,
	      const void *val, size_t len)
{
	uint8_t index[RECORD_INDEX_LEN];
	size_t plain_len = 1 + key_len + len;
	sqlite3_stmt *s = statement(ws, kind, PUT);

	if (key_len > KEY_MAX || len > INT32_MAX / 2)
		return ERR_RANGE;
	uint8_t *plain = malloc(plain_len), *sealed = malloc(plain_len + RECORD_OVERHEAD);
	if (!plain || !sealed) {
		free(plain);
		free(sealed);
		return ERR_MEM;
	}
	plain[0] = (uint8_t)key_len;
	memcpy(plain + 1, key, key_len);
	if (len)
		memcpy(plain + 1 + key_len, val, len);
	name_of(ws, index, kind, key, key_len);
	record_seal(sealed, ws->keys, index, plain, plain_len);
	workspace_free(plain, plain_len);
	sqlite3_bind_blob(s, 1, index, sizeof(index), SQLITE_STATIC);
	sqlite3_bind_blob(s, 2, sealed, (int)(plain_len + RECORD_OVERHEAD), SQLITE_STATIC);
	int err = run(ws, s);
	free(sealed);
	return err;
}

/* Opens the value of a row; *plain begins with the key. */
static int
open_row(const struct workspace *ws, sqlite3_stmt *s, int column, const uint8_t *index,
	 uint8_t **plain, size_t *plain_len)
{
	const uint8_t *sealed = sqlite3_column_blob(s, column);
	int len = sqlite3_column_bytes(s, column);

	if (!sealed || len < RECORD_OVERHEAD + 1)
		return ERR_AUTH;
	*plain_len = (size_t)len - RECORD_OVERHEAD;
	*plain = malloc(*plain_len);
	if (!*plain)
		return ERR_MEM;
	int err = record_open(*plain, ws->keys, index, sealed, (size_t)len);
	if (!err && (size_t)(*plain)[0] + 1 > *plain_len)
		err = ERR_AUTH;
	if (err) {
		workspace_free(*plain, *plain_len);
		*plain = NULL;
	}
	return err;
}

int
workspace_get(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len,
	      uint8_t **val, size_t *len)
{
	uint8_t index[RECORD_INDEX_LEN], *plain;
	sqlite3_stmt *s = statement(ws, kind, GET);
	size_t n;

	*val = NULL;
	*len = 0;
	name_of(ws, index, kind, key, key_len);
	sqlite3_bind_blob(s, 1, index, sizeof(index), SQLITE_STATIC);
	int step = sqlite3_step(s);
	int err = step == SQLITE_ROW    ? open_row(ws, s, 0, index, &plain, &n)
		  : step == SQLITE_DONE ? ERR_NOT_FOUND
					: ERR_IO;
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	if (err)
		return err;
	*len = n - 1 - plain[0];
	memmove(plain, plain + 1 + plain[0], *len);
	*val = plain; /* transferred */
	return 0;
}

bool
workspace_has(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len)
{
	uint8_t index[RECORD_INDEX_LEN];
	sqlite3_stmt *s = statement(ws, kind, GET);

	name_of(ws, index, kind, key, key_len);
	sqlite3_bind_blob(s, 1, index, sizeof(index), SQLITE_STATIC);
	bool has = sqlite3_step(s) == SQLITE_ROW;
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return has;
}

int
workspace_del(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len)
{
	uint8_t index[RECORD_INDEX_LEN];
	sqlite3_stmt *s = statement(ws, kind, DEL);

	name_of(ws, index, kind, key, key_len);
	sqlite3_bind_blob(s, 1, index, sizeof(index), SQLITE_STATIC);
	return run(ws, s);
}

int
workspace_clear(struct workspace *ws, enum workspace_kind kind)
{
	return run(ws, statement(ws, kind, CLEAR));
}

int
workspace_each(struct workspace *ws, enum workspace_kind kind, workspace_each_fn *each, void *arg)
{
	uint8_t index[RECORD_INDEX_LEN];
	char text[SQL_LEN];
	sqlite3_stmt *s = NULL;
	int step, err = 0;

	/* a statement for this walk alone, since `each` may begin another walk */
	sql_text(text, kind, EACH);
	if (sqlite3_prepare_v2(ws->db, text, -1, &s, NULL))
		err = ERR_IO;
	while (!err && (step = sqlite3_step(s)) != SQLITE_DONE) {
		uint8_t *plain = NULL;
		size_t n = 0;
		if (step != SQLITE_ROW || sqlite3_column_bytes(s, 0) != RECORD_INDEX_LEN)
			err = ERR_IO;
		else
			err = open_row(ws, s, 1, sqlite3_column_blob(s, 0), &plain, &n);
		/* the table is not authenticated: the name shows whether the record is of this
		 * kind */
		if (!err) {
			name_of(ws, index, kind, plain + 1, plain[0]);
			err = memcmp(index, sqlite3_column_blob(s, 0), sizeof(index)) ? ERR_AUTH
										      : 0;
		}
		if (!err)
			err = each(arg, plain + 1, plain[0], plain + 1 + plain[0],
				   n - 1 - plain[0]);
		workspace_free(plain, n);
	}
	sqlite3_finalize(s);
	return err;
}

int
workspace_count(struct workspace *ws, enum workspace_kind kind, size_t *cnt)
{
	sqlite3_stmt *s = statement(ws, kind, COUNT);

	int err = sqlite3_step(s) == SQLITE_ROW ? 0 : ERR_IO;
	*cnt = err ? 0 : (size_t)sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return err;
}
