/*
 * The SQLite store: opening, closing, transactions, and when the write-ahead log is copied into the
 * database file.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * A commit only appends to the write-ahead log and syncs it. Copying the log into the database file
 * costs two more syncs, and requests that arrive meanwhile wait for them. So the copy is made
 * between batches: when some pages are there and nobody waits, or when there are many. A crowd is
 * served sooner with a long log, therefore a batch that was large puts the copy off. A commit
 * copies only when the caller never did, so that the log stays bounded.
 */
#define COPY_IDLE   48   /* pages: copied when nobody waits */
#define COPY_FEW    8    /* requests: after a batch of so few, a moment when nobody waits is near */
#define COPY_ALWAYS 250  /* pages: copied between two batches, whoever waits */
#define COPY_COMMIT 1024 /* pages: copied by the commit itself */

/* A sentence that tells the operator what to do when SQLite refuses the store. */
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

/* Settings that must be in force before the first table is made or read. */
static int
pragmas_set(struct sqlite *s, char why[static STORE_WHY_LEN])
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

static void
checkpoint(struct sqlite *s)
{
	/* Pages that cannot be copied now, on a full disk for example, are safe in the log; the
	 * next call tries again. */
	if (sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) ==
	    SQLITE_OK)
		s->wal_pages = 0;
}

void
sqlite_keep_files(struct sqlite *s, bool keep)
{
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)keep, NULL);
}

static int
on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct sqlite *s = arg;
	(void)db;
	(void)name;
	s->wal_pages = (unsigned)pages;
	return SQLITE_OK;
}

/* Whether all that was acknowledged is there, as far as the mark tells. */
static int
complete(struct sqlite *s, const char *path, char why[static STORE_WHY_LEN])
{
	int err = sqlite_mark_read(path, &s->marked);
	if (err == ERR_IO || err == ERR_RANGE) {
		snprintf(why, STORE_WHY_LEN,
			 "the file davylamp.db-mark cannot be read: give it back to the "
			 "vault's user (chown), or move it away");
		return ERR_IO;
	}
	if (err || s->marked <= s->sql.touched)
		return 0;
	snprintf(
		why, STORE_WHY_LEN,
		"the store lacks the last %llu writes that were answered: keep a copy of the folder; put "
		"the whole davylamp.db-wal back, or move davylamp.db-mark away to go on without them",
		(unsigned long long)(s->marked - s->sql.touched));
	return ERR_IO;
}

static void
mark(struct sqlite *s)
{
	sqlite_mark_put(s->mark, s->sql.touched);
	s->marked = s->sql.touched;
}

static void
db_close(struct store *store)
{
	struct sqlite *s = sqlite_of(store);
	sqlite_walk_end(s);
	for (int i = 0; i < SQL__MAX; i++)
		sqlite3_finalize(s->stmt[i]);
	sqlite3_close(s->db);
	if (s->mark >= 0)
		close(s->mark);
	free(s);
}

int
sqlite_open(struct store **out, const char *path, char why[static STORE_WHY_LEN])
{
	struct sqlite *s = calloc(1, sizeof(*s));
	int err = ERR_MEM;
	*out = NULL;
	if (!s)
		return ERR_MEM;
	s->sql.store.ops = &sqlite_ops;
	s->sql.engine = &sqlite_engine;
	s->mark = -1;
	err = sqlite_file_check(path, why);
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
	sqlite_keep_files(s, true);
	err = sqlite_sums_add(s->db);
	if (err)
		goto out;
	/* This hook replaces SQLite's own, which would copy within a commit. */
	sqlite3_wal_hook(s->db, on_commit, s);
	err = pragmas_set(s, why);
	if (!err)
		err = sqlite_schema_known(s, why);
	s->sql.touched = (uint64_t)sqlite_number(s->db, "SELECT coalesce(max(touched), 0) FROM log",
						 0);
	if (!err)
		err = complete(s, path, why);
	if (!err)
		err = sqlite_schema(s, why);
	if (err)
		goto out;
	for (int i = 0; i < SQL__MAX; i++) {
		const char *text = sql_text(&sqlite_engine, (enum sql)i);
		if (text && sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT,
					       &s->stmt[i], NULL) != SQLITE_OK) {
			snprintf(why, STORE_WHY_LEN, "statement %d: %.150s", i,
				 sqlite3_errmsg(s->db));
			err = ERR_IO;
			goto out;
		}
	}
	s->sql.touched = (uint64_t)sqlite_number(s->db, "SELECT coalesce(max(touched), 0) FROM log",
						 0);
	s->mark = sqlite_mark_open(path);
	mark(s);
	sqlite_keep_files(s, false);
out:
	if (err) {
		db_close(&s->sql.store);
		return err;
	}
	*out = &s->sql.store; /* transferred */
	return 0;
}

static int
commit(struct store *store)
{
	struct sqlite *s = sqlite_of(store);
	int err = sql_run(&s->sql, SQL_COMMIT, "");
	if (err)
		return err;
	mark(s);
	if (s->wal_pages >= COPY_COMMIT)
		checkpoint(s);
	return 0;
}

static uint64_t
number(struct sqlite *s, enum sql which)
{
	struct sql_call q;
	uint64_t v = 0;
	sql_ask(&q, &s->sql, which, "");
	if (sql_row(&q) == 1)
		v = (uint64_t)sql_i64(&q, 0);
	sql_done(&q);
	return v;
}

static uint64_t
used(struct store *store)
{
	struct sqlite *s = sqlite_of(store);
	return (number(s, SQL_PAGES) - number(s, SQL_FREE)) * DB_PAGE;
}

/* The contract is store_idle's: true when the log could be copied but a better moment is near. */
static bool
idle(struct store *store, size_t waiting)
{
	struct sqlite *s = sqlite_of(store);
	if (s->wal_pages >= COPY_ALWAYS || (s->wal_pages >= COPY_IDLE && !waiting)) {
		checkpoint(s);
		return false;
	}
	return s->wal_pages >= COPY_IDLE && waiting <= COPY_FEW;
}

const struct store_base_ops sqlite_base_ops = {
	.close = db_close,
	.begin = sql_begin,
	.commit = commit,
	.rollback = sql_rollback,
	.idle = idle,
	.used = used,
	.place = sql_place,
	.meta_get = sql_meta_get,
	.meta_set = sql_meta_set,
	.pad = sql_pad,
};

const struct store_ops sqlite_ops = {
	.schema = DB_SCHEMA,
	.file = &sqlite_file_ops,
	.base = &sqlite_base_ops,
	.care = &sqlite_care_ops,
	.log = &sql_log_ops,
	.entry = &sql_entry_ops,
	.doc = &sql_doc_ops,
	.tile = &sql_tile_ops,
	.backup = &sqlite_backup_ops,
	.copy = &sql_copy_ops,
};
