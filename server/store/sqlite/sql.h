/*
 * SQL for the SQLite store: every statement, named once, and how statements are run. Nothing
 * outside this folder includes it, tests apart, and it knows nothing of cases.
 *
 * A failure is ERR_DUP (a UNIQUE constraint), ERR_FULL (no room on the disk), ERR_MEM or ERR_IO.
 */
#ifndef SERVER_STORE_SQLITE_SQL_H
#define SERVER_STORE_SQLITE_SQL_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

enum sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_PAGES,
	SQL_FREE,
	SQL_META_GET,
	SQL_META_SET,
	SQL_PAD_LOG,
	SQL_PAD_ENTRY,
	SQL_PAD_BODY,
	SQL_LOG_GET,
	SQL_LOG_BY_N,
	SQL_LOG_ADD,
	SQL_LOG_SET,
	SQL_LOG_LIST,
	SQL_LOG_GIVEN,
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
	SQL_PART_LIST,
	SQL_PART_BODIES,
	SQL_PART_EMPTY,
	SQL_TAKEN_LIST,
	SQL_HELD_ADD,
	SQL_HELD_MUTE,
	SQL_HELD_BY_HASH,
	SQL_HELD_NEXT,
	SQL_HELD_NEXT_ANY,
	SQL_HELD_DEL,
	SQL_READ_ADD,
	SQL_READ_LIST,
	SQL_STATEMENT_ADD,
	SQL_STATEMENT_LIST,
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
	SQL_STATS_LOGS,
	SQL_PURGE_FIND,
	SQL_PURGE_JUNK,
	SQL_PURGE_BODY,
	SQL_PURGE_ENTRY,
	SQL_PURGE_HELD,
	SQL_PURGE_CHUNK,
	SQL_PURGE_READ,
	SQL_PURGE_STATEMENT,
	SQL_PURGE_LOG,
	SQL_GONE_ADD,
	SQL_MIX_LOGS,
	SQL_MIX_BODIES,
	SQL_MIX_ENTRY_BODY,
	SQL_MIX_HELD_BODY,
	SQL_MIX_CHUNK_BODY,
	SQL_MIX_ID,
	SQL_MIX_LOG,
	SQL_MIX_ENTRY,
	SQL_MIX_HELD,
	SQL_MIX_CHUNK,
	SQL_MIX_READ,
	SQL_MIX_STATEMENT,
	SQL_MIX_LEFT,
	SQL__MAX
};

struct sqlite;

/* The text of a statement. */
const char *sql_text(enum sql which);
/* A failure for SQLite's result code; 0 where it says that all is well. */
int sql_err(int rc);

/*
 * Resets a prepared statement and binds its arguments by a format: i int64_t, b pointer and size_t
 * (a blob that outlives the run), t a text that outlives the run, n nothing (NULL).
 */
sqlite3_stmt *sql_bind(struct sqlite *s, enum sql which, const char *fmt, ...);
/* Runs to the end. */
int sql_run(sqlite3_stmt *st) __attribute__((warn_unused_result));
/* One row: 1, 0 for none, or a failure. The caller calls sql_done when it has read the columns. */
int sql_row(sqlite3_stmt *st) __attribute__((warn_unused_result));
void sql_done(sqlite3_stmt *st);

/* Columns. A blob of another size than wanted is ERR_IO: davyd did not write it. */
int sql_blob(sqlite3_stmt *st, int col, void *dst, size_t len) __attribute__((warn_unused_result));
static inline uint32_t
sql_u32(sqlite3_stmt *st, int col)
{
	return (uint32_t)sqlite3_column_int64(st, col);
}

/* One number from a PRAGMA or a query without arguments; `otherwise` where there is none. */
int64_t sql_number(sqlite3 *db, const char *query, int64_t otherwise);

#endif
