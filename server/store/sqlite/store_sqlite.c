/* Opening, transactions and logs of the SQLite store. Entries and the rest: store_sqlite_entry.c,
 * store_sqlite_doc.c. */
#include "server/store/sqlite/store_sql.h"

#include "crypto/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_MOST 1024 /* pages of the log: a commit copies them where nobody else has */

int
sql_err(struct store *s, int rc)
{
	(void)s;
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_CONSTRAINT:
		return ERR_DUP;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_NOMEM:
		return ERR_MEM;
	default:
		return ERR_IO;
	}
}

sqlite3_stmt *
sql_bind(struct store *s, enum sql which, const char *fmt, ...)
{
	sqlite3_stmt *st = s->stmt[which];
	va_list ap;
	sqlite3_reset(st);
	va_start(ap, fmt);
	for (int i = 1; *fmt; i++, fmt++) {
		if (*fmt == 'i') {
			sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
		} else if (*fmt == 'b') {
			const void *p = va_arg(ap, const void *);
			size_t n = va_arg(ap, size_t);
			sqlite3_bind_blob64(st, i, p ? p : "", n, SQLITE_STATIC);
		} else if (*fmt == 't') {
			sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
		} else {
			sqlite3_bind_null(st, i);
		}
	}
	va_end(ap);
	return st;
}

void
sql_done(sqlite3_stmt *st)
{
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

int
sql_run(struct store *s, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);
	sql_done(st);
	return sql_err(s, rc);
}

int
sql_row(struct store *s, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return 1;
	sql_done(st);
	return sql_err(s, rc);
}

int
sql_blob(sqlite3_stmt *st, int col, void *dst, size_t len)
{
	const void *p = sqlite3_column_blob(st, col);
	if ((size_t)sqlite3_column_bytes(st, col) != len || (len && !p))
		return ERR_IO;
	if (len)
		memcpy(dst, p, len);
	return 0;
}

int64_t
sql_number(sqlite3 *db, const char *query, int64_t otherwise)
{
	sqlite3_stmt *st;
	int64_t v = otherwise;
	if (sqlite3_prepare_v2(db, query, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

/* What to do about a store that SQLite does not take. */
static const char *
pragma_why(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return "the store cannot be written: the folder and its files belong to the vault's user "
		       "(chown), on a disk that is mounted for writing";
	case SQLITE_FULL:
		return "the disk of the store is full: make room; nothing is lost";
	case SQLITE_IOERR:
		return "the store cannot be read or written: look at the disk, and keep a copy of the folder";
	case SQLITE_NOMEM:
		return "there is too little memory to open the store";
	default:
		return "the store is damaged: keep a copy of the folder, and restore the last backup";
	}
}

/* What must hold before the first table is made or read. */
static int
store_pragmas(struct store *s, char why[static STORE_WHY_LEN])
{
	/* An exclusive lock keeps a second vault out and the index of the write-ahead log in
	 * memory. */
	static const char *const pragma[] = {
		"PRAGMA page_size = 16384",
		"PRAGMA locking_mode = EXCLUSIVE",
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = FULL",
		"PRAGMA secure_delete = ON",
		"PRAGMA foreign_keys = OFF",
		"PRAGMA trusted_schema = OFF",
		"PRAGMA temp_store = MEMORY",
		"PRAGMA cache_size = -6144",
		"PRAGMA cell_size_check = ON",
		"PRAGMA journal_size_limit = 16777216",
		"BEGIN IMMEDIATE; COMMIT",
	};
	for (size_t i = 0; i < sizeof(pragma) / sizeof(pragma[0]); i++) {
		int rc = sqlite3_exec(s->db, pragma[i], NULL, NULL, NULL);
		if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) {
			snprintf(why, STORE_WHY_LEN,
				 "another program has the store open: stop the other davyd first");
			return ERR_BUSY;
		}
		if (rc) {
			snprintf(why, STORE_WHY_LEN, "%s", pragma_why(rc));
			return ERR_IO;
		}
	}
	return 0;
}

static int
on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct store *s = arg;
	(void)db;
	(void)name;
	s->log_pages = (unsigned)pages;
	return SQLITE_OK;
}

unsigned
store_wal_pages(const struct store *s)
{
	return s->log_pages;
}

void
store_checkpoint(struct store *s)
{
	/* What cannot be copied now, on a full disk for one, is safe where it is, and is tried
	 * again. */
	if (sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) ==
	    SQLITE_OK)
		s->log_pages = 0;
}

/* Closing copies the log into the database and removes it, unless the files are to be kept as they
 * are. */
static void
files_keep(struct store *s, bool keep)
{
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)keep, NULL);
}

int
store_check(struct store *s, char why[static STORE_WHY_LEN])
{
	sqlite3_stmt *st;
	int err = ERR_IO;
	snprintf(why, STORE_WHY_LEN, "%s", sqlite3_errmsg(s->db));
	if (sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);
		if (text && !strcmp(text, "ok"))
			err = 0;
		else
			snprintf(why, STORE_WHY_LEN,
				 "the store is damaged (%.100s): stop davyd, keep a copy of the "
				 "folder, and restore the last backup",
				 text ? text : "unknown");
	}
	sqlite3_finalize(st);
	files_keep(s, err);
	return err;
}

int
store_check_bytes(struct store *s, char why[static STORE_WHY_LEN])
{
	char text[STORE_WHY_LEN];
	int err = sql_bytes_check(s->db, text);
	if (err)
		snprintf(why, STORE_WHY_LEN,
			 "the store is damaged: %.100s; keep a copy of the folder, and "
			 "restore the last backup",
			 text);
	files_keep(s, err);
	return err;
}

/* Whether what was answered is all there, as far as the mark tells. */
static int
store_complete(struct store *s, const char *path, char why[static STORE_WHY_LEN])
{
	int err = sql_mark_read(path, &s->marked);
	if (err == ERR_IO || err == ERR_RANGE) {
		snprintf(why, STORE_WHY_LEN,
			 "the file davylamp.db-mark cannot be read: give it back to the "
			 "vault's user (chown), or move it away");
		return ERR_IO;
	}
	if (err || s->marked <= s->touched)
		return 0;
	snprintf(
		why, STORE_WHY_LEN,
		"the store lacks the last %llu writes that were answered: keep a copy of the folder; put "
		"the whole davylamp.db-wal back, or move davylamp.db-mark away to go on without them",
		(unsigned long long)(s->marked - s->touched));
	return ERR_IO;
}

static void
mark(struct store *s)
{
	sql_mark_put(s->mark, s->touched);
	s->marked = s->touched;
}

int
store_open(struct store **out, const char *path, char why[static STORE_WHY_LEN])
{
	struct store *s = calloc(1, sizeof(*s));
	int err = ERR_MEM;
	*out = NULL;
	if (!s)
		return ERR_MEM;
	s->mark = -1;
	err = sql_files_check(path, why);
	if (err)
		goto out;
	if (sqlite3_open_v2(path, &s->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
				    SQLITE_OPEN_NOFOLLOW,
			    NULL) != SQLITE_OK) {
		snprintf(why, STORE_WHY_LEN, "cannot open the store: %.150s",
			 s->db ? sqlite3_errmsg(s->db) : "out of memory");
		err = ERR_IO;
		goto out;
	}
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	files_keep(s, true);
	/* In place of SQLite's own copying, which is part of a commit. */
	sqlite3_wal_hook(s->db, on_commit, s);
	err = store_pragmas(s, why);
	if (!err)
		err = sql_schema_known(s, why);
	s->touched = (uint64_t)sql_number(s->db, "SELECT coalesce(max(touched), 0) FROM log", 0);
	if (!err)
		err = store_complete(s, path, why);
	if (!err)
		err = sql_schema(s, why);
	if (err)
		goto out;
	for (int i = 0; i < SQL__MAX; i++)
		if (sqlite3_prepare_v3(s->db, sql_text((enum sql)i), -1, SQLITE_PREPARE_PERSISTENT,
				       &s->stmt[i], NULL) != SQLITE_OK) {
			snprintf(why, STORE_WHY_LEN, "statement %d: %.150s", i,
				 sqlite3_errmsg(s->db));
			err = ERR_IO;
			goto out;
		}
	s->touched = (uint64_t)sql_number(s->db, "SELECT coalesce(max(touched), 0) FROM log", 0);
	s->mark = sql_mark_open(path);
	mark(s);
	files_keep(s, false);
out:
	if (err) {
		store_close(s);
		return err;
	}
	*out = s; /* transferred */
	return 0;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	for (int i = 0; i < SQL__MAX; i++)
		sqlite3_finalize(s->stmt[i]);
	sqlite3_close(s->db);
	if (s->mark >= 0)
		close(s->mark);
	free(s);
}

int
store_begin(struct store *s)
{
	int err = sql_run(s, s->stmt[SQL_BEGIN]);
	s->active = !err;
	s->begun = s->touched;
	return err;
}

int
store_commit(struct store *s)
{
	int err = sql_run(s, s->stmt[SQL_COMMIT]);
	if (err)
		return err;
	s->active = false;
	mark(s);
	if (s->log_pages >= LOG_MOST)
		store_checkpoint(s);
	return 0;
}

void
store_rollback(struct store *s)
{
	/* SQLite may have rolled back by itself, then this one fails and that is right. */
	int err = sql_run(s, s->stmt[SQL_ROLLBACK]);
	(void)err;
	s->active = false;
	s->touched = s->begun;
}

static uint64_t
pragma_number(struct store *s, enum sql which)
{
	sqlite3_stmt *st = s->stmt[which];
	uint64_t v = 0;
	if (sql_row(s, st) == 1) {
		v = (uint64_t)sqlite3_column_int64(st, 0);
		sql_done(st);
	}
	return v;
}

uint64_t
store_used(struct store *s)
{
	return (pragma_number(s, SQL_PAGES) - pragma_number(s, SQL_FREE)) * STORE_PAGE;
}

int
store_meta_get(struct store *s, const char *name, void *dst, size_t cap, size_t *len)
{
	sqlite3_stmt *st = sql_bind(s, SQL_META_GET, "t", name);
	int row = sql_row(s, st);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	*len = (size_t)sqlite3_column_bytes(st, 0);
	int err = *len > cap ? ERR_RANGE : sql_blob(st, 0, dst, *len);
	sql_done(st);
	return err;
}

int
store_meta_set(struct store *s, const char *name, const void *bytes, size_t len)
{
	return sql_run(s, sql_bind(s, SQL_META_SET, "tb", name, bytes, len));
}

int
store_pad(struct store *s, const uint8_t hash[static 32], const uint8_t body[static STORE_BODY_LEN])
{
	uint8_t count[8], id[KEY_ID_LEN];
	s->pad = s->pad % STORE_PAD_CNT + 1;
	int64_t n = s->pad;
	memcpy(count, &s->touched, sizeof(count));
	/* Ids begin with their number, spread over all ids: a changed one stays on its page of the
	 * index, as a new one is on one. */
	memcpy(id, hash, sizeof(id));
	id[0] = (uint8_t)(s->pad * 4);
	id[1] = id[2] = 0;
	int err = sql_run(s, sql_bind(s, SQL_BEAT_LOG, "ibi", n, id, sizeof(id),
				      (int64_t)(s->touched + 1)));
	if (err)
		return err;
	s->touched++;
	err = sql_run(s, sql_bind(s, SQL_BEAT_ENTRY, "ib", n, hash, (size_t)32));
	if (!err)
		err = sql_run(s, sql_bind(s, SQL_BEAT_BODY, "ib", n, body, (size_t)STORE_BODY_LEN));
	/* A tip makes the file longer, which is written on its first page. */
	return err ? err : store_meta_set(s, "beat", count, sizeof(count));
}

int
sql_touch(struct store *s)
{
	uint8_t hash[32];
	static const uint8_t nothing[STORE_BODY_LEN];
	sqlite3_randomness(sizeof(hash), hash);
	return store_pad(s, hash, nothing);
}

int
store_truncate(struct store *s)
{
	return sql_err(s, sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
						    NULL));
}
