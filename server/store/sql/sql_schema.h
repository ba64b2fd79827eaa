/*
 * The tables of the store in SQL, described once: INTEGER has 64 bits, BLOB is bytes. SQLite takes
 * the text as it stands (sqlite_schema.c); for PostgreSQL server/db/db_schema.c puts the names of
 * its types in place and leaves out what only SQLite has: sums of rows, STRICT, WITHOUT ROWID.
 */
#ifndef SERVER_STORE_SQL_SCHEMA_H
#define SERVER_STORE_SQL_SCHEMA_H

#define SQL_SCHEMA 11 /* the version of what stands here; an engine notes it in its store */

/*
 * The rows of a table carry a sum over all their other columns, which SQLite computes with each
 * write. So a bit that flips on the disk is found (sqlite_sums_check). A new column goes into the
 * list of its table's sum as well; a test compares the two. Sealed bytes have no sum here: the row
 * that names them has their hash.
 */
#define SQL_SUM_OF   " sum BLOB NOT NULL GENERATED ALWAYS AS (row_sum("
#define SQL_STORED   ")) STORED"
#define SQL_META_SUM "'meta', name, value"
#define SQL_LOG_SUM                                                                                                  \
	"'log', n, id, kind, state, ladder, desk, origin, acked, answered, above, day, closed_day, read_due,"        \
	" answer_due, next_due, source_cnt, entries, desk_entries, reads, attachments, bytes, proof, opened, terms," \
	" readers, touched, fresh, sealed, given"
#define SQL_GONE_SUM "'gone', id"
#define SQL_ENTRY_SUM                                                                              \
	"'entry', log, thread, number, source, day, not_before, desk, stub, hash, body"
#define SQL_HELD_SUM      "'held', log, hash, day, not_before, desk, body, counts"
#define SQL_READ_SUM      "'reading', log, place, handle, day, number"
#define SQL_STATEMENT_SUM "'statement', log, desk, epoch, day, sig"
#define SQL_CHUNK_SUM     "'chunk', log, attach, part, parts, hash, body"
#define SQL_KEY_SUM       "'keypart', desk, kind, handle, epoch, day, complete, bytes"
#define SQL_DOC_SUM       "'doc', n, kind, version, hash, bytes"
#define SQL_LEAF_SUM      "'leaf', n, bytes"
#define SQL_TILE_SUM      "'tile', level, n, bytes"
#define SQL_BATCH_SUM     "'batch', n, first, cnt, day"

/* Statements that make the tables, each ended by a semicolon. */
extern const char sql_schema[];

#endif
