/* Inside of the SQLite store: the statements, named once, and how they are run. Only
 * store_sqlite*.c include this. */
#ifndef SERVER_STORE_SQL_H
#define SERVER_STORE_SQL_H

#include "server/store/store.h"

#include <sqlite3.h>

#define STORE_APPLICATION 0x44565931u /* "DVY1" in the header of the database */
#define STORE_MARK_STOP   UINT64_MAX

enum sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_PAGES,
	SQL_FREE,
	SQL_META_GET,
	SQL_META_SET,
	SQL_BEAT_LOG,
	SQL_BEAT_ENTRY,
	SQL_BEAT_BODY,
	SQL_LOG_GET,
	SQL_LOG_BY_N,
	SQL_LOG_ADD,
	SQL_LOG_SET,
	SQL_LOG_LIST,
	SQL_LOG_DESK_NEXT,
	SQL_LOG_DUE,
	SQL_GONE_GET,
	SQL_BODY_ADD,
	SQL_BODY_GET,
	SQL_ENTRY_ADD,
	SQL_ENTRY_GET,
	SQL_ENTRY_BY_SOURCE,
	SQL_ENTRY_BY_HASH,
	SQL_ENTRY_REPLY,
	SQL_HELD_ADD,
	SQL_HELD_MUTE,
	SQL_HELD_BY_HASH,
	SQL_HELD_NEXT,
	SQL_HELD_NEXT_ANY,
	SQL_HELD_DEL,
	SQL_READ_ADD,
	SQL_READ_LIST,
	SQL_CHUNK_ADD,
	SQL_CHUNK_GET,
	SQL_CHUNK_CNT,
	SQL_KEY_PUT,
	SQL_KEY_GET,
	SQL_KEY_NEWEST,
	SQL_CERT_LIST,
	SQL_DOC_PUT,
	SQL_DOC_GET,
	SQL_DOC_NEWEST,
	SQL_STATS,
	SQL_STATS_UNREAD,
	SQL_PURGE_FIND,
	SQL_PURGE_BODY,
	SQL_PURGE_ENTRY,
	SQL_PURGE_HELD,
	SQL_PURGE_CHUNK,
	SQL_PURGE_READ,
	SQL_PURGE_LOG,
	SQL_GONE_ADD,
	SQL__MAX
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *stmt[SQL__MAX];
	uint64_t touched; /* the last place given in the order of change */
	uint64_t begun;   /* the same when the transaction began */
	uint64_t marked;  /* as the mark has it */
	int mark;         /* descriptor, or -1 */
	uint32_t pad;
	bool active;        /* inside a transaction */
	unsigned log_pages; /* of the write-ahead log that are not copied yet */
};

/*
 * Binds by a format: i int64_t, b pointer and size_t (a blob that outlives the run), n nothing
 * (NULL). The statement is reset first.
 */
sqlite3_stmt *sql_bind(struct store *s, enum sql which, const char *fmt, ...);
/* Runs to the end: 0, ERR_DUP, ERR_FULL, ERR_IO. */
int sql_run(struct store *s, sqlite3_stmt *st) __attribute__((warn_unused_result));
/* One row: 1, 0 for none, or a failure. The caller calls sql_done when it has read the columns. */
int sql_row(struct store *s, sqlite3_stmt *st) __attribute__((warn_unused_result));
void sql_done(sqlite3_stmt *st);
int sql_err(struct store *s, int rc);

/* Columns. A blob of another size than wanted is ERR_IO: the store is not ours. */
int sql_blob(sqlite3_stmt *st, int col, void *dst, size_t len) __attribute__((warn_unused_result));
static inline uint32_t
sql_u32(sqlite3_stmt *st, int col)
{
	return (uint32_t)sqlite3_column_int64(st, col);
}

/* Takes a new place in the order of change for what is no log: the mark counts it too. */
int sql_touch(struct store *s) __attribute__((warn_unused_result));
/* One number from a PRAGMA or a query without arguments. */
int64_t sql_number(sqlite3 *db, const char *query, int64_t otherwise);

/*
 * store_sqlite_file.c: the files before SQLite opens them; nothing is changed. 0, or ERR_IO or
 * ERR_DENIED with a sentence.
 *
 * The mark (PATH-mark) holds the last place in the order of change that was committed. It is
 * written after each commit and never synced, so it may be behind the store; ahead of it,
 * acknowledged batches are missing: SQLite itself takes a log that was damaged in its middle for
 * one that ended there.
 */
int sql_files_check(const char *path, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/* ERR_NOT_FOUND, ERR_FORMAT (unreadable: as good as none), ERR_BUSY (a restore is under way),
 * ERR_IO. */
int sql_mark_read(const char *path, uint64_t *place) __attribute__((warn_unused_result));
/* A descriptor, or -1: it goes on without one. */
int sql_mark_open(const char *path);
void sql_mark_put(int fd, uint64_t place);

/* store_sqlite_backup.c: all sealed bytes against their hashes. */
int sql_bytes_check(sqlite3 *db, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));

/* store_sqlite_schema.c: ERR_RANGE for a newer schema, ERR_IO for what is no store. Changes
 * nothing. */
int sql_schema_known(struct store *s, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/* Creates or migrates, each step a transaction. */
int sql_schema(struct store *s, char why[static STORE_WHY_LEN]) __attribute__((warn_unused_result));
/* store_sqlite_text.c: the text of each statement. */
const char *sql_text(enum sql which);

#endif
