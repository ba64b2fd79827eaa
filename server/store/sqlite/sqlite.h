/*
 * Inside of the SQLite store: one database file in write-ahead mode, one connection, one writer.
 * Its own are the file, the mark beside it, sums and checks, backups, and the nightly mixing; what
 * it keeps is the store in SQL. Only this folder includes it, tests apart.
 */
#ifndef SERVER_STORE_SQLITE_H
#define SERVER_STORE_SQLITE_H

#include "server/store/sql/sql_schema.h"
#include "server/store/sql/sql_store.h"

#include <sqlite3.h>

#define DB_SCHEMA       SQL_SCHEMA
#define DB_PAGE         16384       /* bytes */
#define DB_APPLICATION  0x44565931u /* "DVY1" in the header of the database */
#define DB_MARK_RESTORE UINT64_MAX

/* Where the check of a store in use stands: the table, and the key of the row that was read last.
 */
#define SQLITE_WALK_KEYS 4
struct sqlite_walk {
	unsigned table;
	sqlite3_value *key[SQLITE_WALK_KEYS];
};

struct sqlite {
	struct sql_store sql;
	sqlite3 *db;
	sqlite3_stmt *stmt[SQL__MAX];
	uint64_t marked; /* the place that the mark holds */
	int mark;        /* descriptor, or -1 */
	struct sqlite_walk walk;
	unsigned wal_pages; /* of the write-ahead log that are not in the database file yet */
};

static inline struct sqlite *
sqlite_of(struct store *s)
{
	return (struct sqlite *)(void *)s;
}

/* The part of struct store_ops that each file implements. */
extern const struct store_file_ops sqlite_file_ops;     /* sqlite_file.c */
extern const struct store_base_ops sqlite_base_ops;     /* sqlite.c */
extern const struct store_care_ops sqlite_care_ops;     /* sqlite_care.c */
extern const struct store_backup_ops sqlite_backup_ops; /* sqlite_backup.c */

/* sqlite.c */
int sqlite_open(struct store **out, const char *path, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/* While true, closing leaves the write-ahead log where it is. Otherwise closing moves its pages
 * into the database file and removes it. */
void sqlite_keep_files(struct sqlite *s, bool keep);

/*
 * sqlite_engine.c: the engine, and SQLite's own calls for what has no name in enum sql. A blob of
 * another size than wanted is ERR_IO: davyd did not write it.
 */
extern const struct sql_engine sqlite_engine;
/* A failure for SQLite's result code; 0 where it says that all is well. */
int sqlite_err(int rc);
int sqlite_blob(sqlite3_stmt *st, int col, void *dst, size_t len)
	__attribute__((warn_unused_result));
/* One number from a PRAGMA or a query without arguments; `otherwise` where there is none. */
int64_t sqlite_number(sqlite3 *db, const char *query, int64_t otherwise);

/*
 * sqlite_file.c: the files before SQLite opens them; nothing is changed. 0, or ERR_IO or ERR_DENIED
 * with a sentence.
 *
 * The mark (PATH-mark) holds the last place in the order of change that was committed. It is
 * written after each commit and never synced, so it may be behind the store. Where it is ahead of
 * the store, acknowledged batches are missing. SQLite alone would not notice: it takes a
 * write-ahead log that is damaged in its middle for one that ended there.
 */
int sqlite_file_check(const char *path, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/* ERR_NOT_FOUND, ERR_FORMAT (unreadable: as good as none), ERR_BUSY (a restore is under way),
 * ERR_IO. */
int sqlite_mark_read(const char *path, uint64_t *place) __attribute__((warn_unused_result));
/* A descriptor, or -1: the store goes on without a mark. */
int sqlite_mark_open(const char *path);
void sqlite_mark_put(int fd, uint64_t place);

/* sqlite_backup.c: whether a file is a whole store of that gateway; see store_backup_check. */
int sqlite_backup_check(int fd, const uint8_t gateway[static KEY_ID_LEN],
			char why[static STORE_WHY_LEN]) __attribute__((warn_unused_result));
/* sqlite_care.c: pages, tables and the sums of all rows; ERR_IO with half a sentence. */
int sqlite_whole(sqlite3 *db, char why[static STORE_WHY_LEN]) __attribute__((warn_unused_result));
/* Compares all sealed bytes with their hashes; ERR_IO with half a sentence. */
int sqlite_bytes_check(sqlite3 *db, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));

/* sqlite_sum.c: the tables whose rows carry a sum, and what goes into it. */
#define SQLITE_SUMMED_CNT 13
struct sqlite_summed {
	const char *table, *sum;
};
extern const struct sqlite_summed sqlite_summed[SQLITE_SUMMED_CNT]; /* in sqlite_schema.c */
/* Gives a connection the function that the schema names; no row can be written without it. */
int sqlite_sums_add(sqlite3 *db) __attribute__((warn_unused_result));
/* Computes the sums of all rows again; ERR_IO with half a sentence. */
int sqlite_sums_check(sqlite3 *db, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));

/* sqlite_walk.c: see store_walk. */
int sqlite_walk(struct store *s, unsigned rows, struct store_walk *out)
	__attribute__((warn_unused_result));
void sqlite_walk_end(struct sqlite *s);

/* sqlite_mix.c: see store_mix. Purged: sealed bytes are gone, and their numbers are given again. */
int sqlite_mix(struct store *s, uint64_t before, bool *more) __attribute__((warn_unused_result));
int sqlite_mix_purged(struct sql_store *s) __attribute__((warn_unused_result));

/* sqlite_schema.c: ERR_RANGE for another schema, ERR_IO for a database that is no store. Changes
 * nothing. */
int sqlite_schema_known(struct sqlite *s, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/* Makes the tables of an empty store, in one transaction. */
int sqlite_schema(struct sqlite *s, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/* Whether tables and indexes are described as sqlite_schema makes them; ERR_IO with half a
 * sentence. */
int sqlite_schema_same(sqlite3 *db, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));

#endif
