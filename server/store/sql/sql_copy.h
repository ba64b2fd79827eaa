/*
 * The tables of the store as a copy goes through them (sql_copy.c): what a row is made of, the key
 * first, in the order of which both engines give the rows. Columns: i a number, b bytes, t a text.
 */
#ifndef SERVER_STORE_SQL_COPY_H
#define SERVER_STORE_SQL_COPY_H

#include "server/store/sql/sql.h"

/* The named value that a store has while a copy into it has not come to its end. */
#define SQL_HALF "half-copied"

/* X(name, key, other columns, columns, of the key, its arguments, the argument behind them, all
 * arguments, rows at once, and which) */
#define SQL_COPY_TABLES(X)                                                                                      \
	X(meta, "name", ", value", "tb", 1, "?1", "?2", "?1,?2", 256,                                           \
	  " AND name <> '" SQL_HALF "'")                                                                        \
	X(body, "n", ", bytes", "ib", 1, "?1", "?2", "?1,?2", 128, "")                                          \
	X(log, "n",                                                                                             \
	  ", id, kind, state, ladder, desk, origin, acked, answered, above, day, closed_day, read_due,"         \
	  " answer_due, next_due, source_cnt, entries, desk_entries, reads, attachments, bytes, proof,"         \
	  " opened, terms, readers, touched, fresh, sealed, given",                                             \
	  "ibiiiiiiiiiiiiiiiiiiibbbbiibi", 1, "?1", "?2",                                                       \
	  "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27," \
	  "?28,?29",                                                                                            \
	  512, "")                                                                                              \
	X(gone, "id", "", "b", 1, "?1", "?2", "?1", 512, "")                                                    \
	X(entry, "log, thread, number", ", source, day, not_before, desk, stub, hash, body",                    \
	  "iiiiiiibbi", 3, "?1,?2,?3", "?4", "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10", 512, "")                         \
	X(held, "log, hash", ", day, not_before, desk, body, counts", "ibiiiii", 2, "?1,?2", "?3",              \
	  "?1,?2,?3,?4,?5,?6,?7", 512, "")                                                                      \
	X(reading, "log, place", ", handle, day, number", "iibii", 2, "?1,?2", "?3",                            \
	  "?1,?2,?3,?4,?5", 512, "")                                                                            \
	X(statement, "log, desk", ", epoch, day, sig", "iiiib", 2, "?1,?2", "?3",                               \
	  "?1,?2,?3,?4,?5", 512, "")                                                                            \
	X(chunk, "log, attach, part", ", parts, hash, body", "iiiibi", 3, "?1,?2,?3", "?4",                     \
	  "?1,?2,?3,?4,?5,?6", 512, "")                                                                         \
	X(keypart, "desk, kind, handle, epoch", ", day, complete, bytes", "iibiiib", 4,                         \
	  "?1,?2,?3,?4", "?5", "?1,?2,?3,?4,?5,?6,?7", 128, "")                                                 \
	X(doc, "n", ", kind, version, hash, bytes", "iiibb", 1, "?1", "?2", "?1,?2,?3,?4,?5", 8,                \
	  "")                                                                                                   \
	X(leaf, "n", ", bytes", "ib", 1, "?1", "?2", "?1,?2", 512, "")                                          \
	X(tile, "level, n", ", bytes", "iib", 2, "?1,?2", "?3", "?1,?2,?3", 128, "")                            \
	X(batch, "n", ", first, cnt, day", "iiii", 1, "?1", "?2", "?1,?2,?3,?4", 512, "")

enum sql_table {
#define X(name, ...) SQL_TABLE_##name,
	SQL_COPY_TABLES(X)
#undef X
};
_Static_assert(SQL_TABLE_batch + 1 == SQL_TABLES, "as many tables");

/* The statements of a table: the rows behind a key, a new row, and the end of the first rows. */
#define SQL_COPY_READ(table)  (SQL_COPY + 3 * (table))
#define SQL_COPY_ADD(table)   (SQL_COPY + 3 * (table) + 1)
#define SQL_COPY_CLEAR(table) (SQL_COPY + 3 * (table) + 2)

#endif
