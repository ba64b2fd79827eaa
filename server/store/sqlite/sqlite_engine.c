/* SQLite as an engine of the store in SQL: prepared statements of one connection. */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <string.h>

/* What SQLite says in its own way, or alone. */
static const char *const text[SQL__MAX] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_PAGES] = "PRAGMA page_count",
	[SQL_FREE] = "PRAGMA freelist_count",
	[SQL_MIX_ID] = "UPDATE log SET id = randomblob(16) WHERE n = ?1",
};

int
sqlite_err(int rc)
{
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

int
sqlite_blob(sqlite3_stmt *st, int col, void *dst, size_t len)
{
	const void *p = sqlite3_column_blob(st, col);
	if ((size_t)sqlite3_column_bytes(st, col) != len || (len && !p))
		return ERR_IO;
	if (len)
		memcpy(dst, p, len);
	return 0;
}

int64_t
sqlite_number(sqlite3 *db, const char *query, int64_t otherwise)
{
	sqlite3_stmt *st;
	int64_t v = otherwise;
	if (sqlite3_prepare_v2(db, query, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

static sqlite3_stmt *
statement(const struct sql_call *q)
{
	return sqlite_of(&q->s->store)->stmt[q->which];
}

static void
begin(struct sql_call *q)
{
	sqlite3_reset(statement(q));
}

static void
end(struct sql_call *q)
{
	sqlite3_stmt *st = statement(q);
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

static int
number(struct sql_call *q, int64_t n)
{
	return sqlite_err(sqlite3_bind_int64(statement(q), (int)q->args + 1, n));
}

static int
bytes(struct sql_call *q, const void *bytes, size_t len)
{
	return sqlite_err(sqlite3_bind_blob64(statement(q), (int)q->args + 1, bytes ? bytes : "",
					      len, SQLITE_STATIC));
}

static int
name(struct sql_call *q, const char *value)
{
	return sqlite_err(
		sqlite3_bind_text(statement(q), (int)q->args + 1, value, -1, SQLITE_STATIC));
}

static int
null(struct sql_call *q)
{
	return sqlite_err(sqlite3_bind_null(statement(q), (int)q->args + 1));
}

static int
step(struct sql_call *q)
{
	int rc = sqlite3_step(statement(q));
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		sqlite3 *db = sqlite_of(&q->s->store)->db;
		q->changes = (uint64_t)sqlite3_changes(db);
		q->number = sqlite3_last_insert_rowid(db);
	}
	return sqlite_err(rc);
}

static bool
is_null(const struct sql_call *q, int col)
{
	return sqlite3_column_type(statement(q), col) == SQLITE_NULL;
}

static int64_t
get_number(const struct sql_call *q, int col)
{
	return sqlite3_column_int64(statement(q), col);
}

static const void *
get_bytes(const struct sql_call *q, int col, size_t *len)
{
	sqlite3_stmt *st = statement(q);
	const void *p = sqlite3_column_blob(st, col);
	*len = (size_t)sqlite3_column_bytes(st, col);
	return p;
}

const struct sql_engine sqlite_engine = {
	.text = text,
	.begin = begin,
	.number = number,
	.bytes = bytes,
	.name = name,
	.null = null,
	.step = step,
	.is_null = is_null,
	.get_number = get_number,
	.get_bytes = get_bytes,
	.end = end,
	.purged = sqlite_mix_purged,
};
