/*
 * SQL under the store, for every engine alike: the statements, named once, and how one runs. It
 * knows nothing of cases. An engine (struct sql_engine) is what differs between SQLite and another
 * database; nothing else here names one.
 *
 * A failure is ERR_DUP (a UNIQUE constraint), ERR_FULL (no room on the disk), ERR_MEM or ERR_IO.
 */
#ifndef SERVER_STORE_SQL_H
#define SERVER_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SQL_TABLES 14

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
	SQL_PAD_LEAF,
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
	SQL_LEAF_ADD,
	SQL_LEAF_COUNT,
	SQL_LEAF_LIST,
	SQL_LEAF_CLEAR,
	SQL_TILE_PUT,
	SQL_TILE_GET,
	SQL_BATCH_PUT,
	SQL_BATCH_GET,
	SQL_STATS,
	SQL_NEWEST,
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
	SQL_USED,
	SQL_VAULTS,
	SQL_WALK_ENTRY,
	SQL_WALK_HELD,
	SQL_WALK_CHUNK,
	SQL_NUMBERS_LOGS,
	SQL_NUMBERS_ALL,
	SQL_COPY, /* of a copy: three for each table (sql_copy.h), and one that ends it */
	SQL_COPY_END = SQL_COPY + 3 * SQL_TABLES,
	SQL__MAX
};

struct sql_store;
struct sql_engine;

/*
 * One run of a statement, on the caller's stack: sql_ask, then sql_end where it has no rows, or
 * sql_row until there is none and sql_done. While it stands, the same statement is not asked again.
 */
struct sql_call {
	struct sql_store *s;
	const struct sql_engine *engine;
	enum sql which;
	unsigned args; /* bound so far */
	bool begun;
	int err;          /* of an argument; the first row or the end reports it */
	uint64_t changes; /* at the end: rows that it changed */
	int64_t number;   /* at the end: of the row that it added to log, body or doc */
};

/* What an engine gives. */
struct sql_engine {
	/* Its own texts, by statement; NULL where sql_text.c has the one for all engines. */
	const char *const *text;
	void (*begin)(struct sql_call *q);
	/* The next argument. Bytes and texts live until `end`. */
	int (*number)(struct sql_call *q, int64_t n);
	int (*bytes)(struct sql_call *q, const void *bytes, size_t len);
	int (*name)(struct sql_call *q, const char *text);
	int (*null)(struct sql_call *q);
	/* 1: the next row. 0: no more, and q->changes and q->number are set. */
	int (*step)(struct sql_call *q);
	/* Columns of the row. Bytes live until the next `step` or `end`. */
	bool (*is_null)(const struct sql_call *q, int col);
	int64_t (*get_number)(const struct sql_call *q, int col);
	const void *(*get_bytes)(const struct sql_call *q, int col, size_t *len);
	/* Ends a call that was begun, wherever it stands. */
	void (*end)(struct sql_call *q);
	/* Sealed bytes were removed: their numbers may be given again. */
	int (*purged)(struct sql_store *s);
};

/* The text of a statement for that engine. */
const char *sql_text(const struct sql_engine *e, enum sql which);

/*
 * Begins a call, with arguments by a format: i int64_t, b pointer and size_t, t a text, n nothing
 * (NULL). Bytes and texts outlive the run. Returns q.
 */
struct sql_call *sql_ask(struct sql_call *q, struct sql_store *s, enum sql which, const char *fmt,
			 ...);
/* Further arguments, behind those. */
void sql_add(struct sql_call *q, const char *fmt, ...);
/* Runs to the end, rows unread. */
int sql_end(struct sql_call *q) __attribute__((warn_unused_result));
/* Both in one. */
int sql_run(struct sql_store *s, enum sql which, const char *fmt, ...)
	__attribute__((warn_unused_result));
/* One row: 1, 0 for none, or a failure; after these two nothing is left to do. Otherwise the caller
 * calls sql_done when it has read the columns; a second sql_done does nothing. */
int sql_row(struct sql_call *q) __attribute__((warn_unused_result));
void sql_done(struct sql_call *q);

/* Columns of the row; NULL is 0, or empty. */
static inline bool
sql_null(const struct sql_call *q, int col)
{
	return q->engine->is_null(q, col);
}

static inline int64_t
sql_i64(const struct sql_call *q, int col)
{
	return q->engine->get_number(q, col);
}

static inline uint32_t
sql_u32(const struct sql_call *q, int col)
{
	return (uint32_t)q->engine->get_number(q, col);
}

static inline const void *
sql_bytes(const struct sql_call *q, int col, size_t *len)
{
	return q->engine->get_bytes(q, col, len);
}

static inline size_t
sql_len(const struct sql_call *q, int col)
{
	size_t len;
	q->engine->get_bytes(q, col, &len);
	return len;
}

/* Bytes of another size than wanted are ERR_IO: davyd did not write them. */
int sql_blob(const struct sql_call *q, int col, void *dst, size_t len)
	__attribute__((warn_unused_result));

#endif
