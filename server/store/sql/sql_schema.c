/* The description of the tables; see sql_schema.h. */
#include "server/store/sql/sql_schema.h"

/*
 * Bodies are kept apart from the small keyed tables. Times are stored as days; hours only in urgent
 * clocks that run, in replies that wait, and in orders, which have one. No table has an author's
 * key, except two stubs: that of a source's frame, with a key that she made for this one case, and
 * that of a member who took a layer of an order, which is there to name him. UNIQUE constraints
 * guarantee the order (log, thread, number) and that a repeat changes nothing (hash, source
 * number).
 */
const char sql_schema[] =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL," SQL_SUM_OF SQL_META_SUM
		SQL_STORED ") STRICT, WITHOUT ROWID;"
	"CREATE TABLE body(n INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
	/* fresh: changed since the places of past days were mixed (sqlite_mix.c). */
	"CREATE TABLE log(n INTEGER PRIMARY KEY, id BLOB NOT NULL CHECK(length(id) = 16),"
	" kind INTEGER NOT NULL, state INTEGER NOT NULL, ladder INTEGER NOT NULL,"
	" desk INTEGER NOT NULL, origin INTEGER NOT NULL,"
	" acked INTEGER NOT NULL, answered INTEGER NOT NULL, above INTEGER NOT NULL,"
	" day INTEGER NOT NULL, closed_day INTEGER NOT NULL,"
	" read_due INTEGER NOT NULL, answer_due INTEGER NOT NULL, next_due INTEGER NOT NULL,"
	" source_cnt INTEGER NOT NULL, entries INTEGER NOT NULL, desk_entries INTEGER NOT NULL,"
	" reads INTEGER NOT NULL, attachments INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	" proof BLOB NOT NULL, opened BLOB NOT NULL, terms BLOB NOT NULL, readers BLOB NOT NULL,"
	" touched INTEGER NOT NULL, fresh INTEGER NOT NULL, sealed BLOB NOT NULL,"
	" given INTEGER NOT NULL," SQL_SUM_OF SQL_LOG_SUM SQL_STORED ", UNIQUE(id, kind)) STRICT;"
	"CREATE UNIQUE INDEX log_desk ON log(kind, desk, touched);"
	"CREATE UNIQUE INDEX log_given ON log(given, kind, touched) WHERE given > 0;"
	"CREATE INDEX log_fresh ON log(id) WHERE fresh = 1;"
	/* next_due: the earliest hour at which a clock, a term or a closing is due, 0 without one.
	   terms, readers: what the rules of two persons keep, sealed: what the vault keeps of a
	   sealed order; packed by sql_log.c. given: the desk of those to whom it was handed. */
	"CREATE INDEX log_due ON log(next_due) WHERE next_due > 0;"
	"CREATE INDEX log_closed ON log(closed_day) WHERE state = 1;"
	"CREATE INDEX log_junk ON log(closed_day) WHERE state = 9;"
	"CREATE TABLE gone(id BLOB PRIMARY KEY," SQL_SUM_OF SQL_GONE_SUM SQL_STORED
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE entry(log INTEGER NOT NULL, thread INTEGER NOT NULL, number INTEGER NOT NULL,"
	" source INTEGER, day INTEGER NOT NULL, not_before INTEGER NOT NULL,"
	" desk INTEGER NOT NULL, stub BLOB NOT NULL, hash BLOB NOT NULL, body INTEGER NOT NULL," SQL_SUM_OF
		SQL_ENTRY_SUM SQL_STORED
	", PRIMARY KEY(log, thread, number)) STRICT, WITHOUT ROWID;"
	/* Repeats are recognised by the source's own count (the tip is number 0), or by the hash of
	   a desk's entry. */
	"CREATE UNIQUE INDEX entry_source ON entry(log, source) WHERE source > 0;"
	"CREATE UNIQUE INDEX entry_desk ON entry(log, thread, hash) WHERE source IS NULL;"
	"CREATE TABLE held(log INTEGER NOT NULL, hash BLOB NOT NULL, day INTEGER NOT NULL,"
	" not_before INTEGER NOT NULL, desk INTEGER NOT NULL,"
	" body INTEGER NOT NULL, counts INTEGER NOT NULL," SQL_SUM_OF SQL_HELD_SUM SQL_STORED
	", PRIMARY KEY(log, hash)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX held_hour ON held(not_before);"
	"CREATE TABLE reading(log INTEGER NOT NULL, place INTEGER NOT NULL, handle BLOB NOT NULL,"
	" day INTEGER NOT NULL, number INTEGER NOT NULL," SQL_SUM_OF SQL_READ_SUM SQL_STORED
	", PRIMARY KEY(log, place),"
	" UNIQUE(log, handle, day, number)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE statement(log INTEGER NOT NULL, desk INTEGER NOT NULL, epoch INTEGER NOT NULL,"
	" day INTEGER NOT NULL, sig BLOB NOT NULL," SQL_SUM_OF SQL_STATEMENT_SUM SQL_STORED
	", PRIMARY KEY(log, desk)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE chunk(log INTEGER NOT NULL, attach INTEGER NOT NULL, part INTEGER NOT NULL,"
	" parts INTEGER NOT NULL, hash BLOB NOT NULL, body INTEGER NOT NULL," SQL_SUM_OF
		SQL_CHUNK_SUM SQL_STORED ", PRIMARY KEY(log, attach, part)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE keypart(desk INTEGER NOT NULL, kind INTEGER NOT NULL, handle BLOB NOT NULL,"
	" epoch INTEGER NOT NULL, day INTEGER NOT NULL, complete INTEGER NOT NULL,"
	" bytes BLOB NOT NULL," SQL_SUM_OF SQL_KEY_SUM SQL_STORED
	", PRIMARY KEY(desk, kind, handle, epoch)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE doc(n INTEGER PRIMARY KEY, kind INTEGER NOT NULL, version INTEGER NOT NULL,"
	" hash BLOB NOT NULL, bytes BLOB NOT NULL," SQL_SUM_OF SQL_DOC_SUM SQL_STORED
	", UNIQUE(kind, hash)) STRICT;"
	/* The public log. Leaves wait for their batch, masked with a secret that is not here:
	   nothing says which entry of the log one becomes. The first 64 are pads. */
	"CREATE TABLE leaf(n INTEGER PRIMARY KEY, bytes BLOB NOT NULL," SQL_SUM_OF SQL_LEAF_SUM
		SQL_STORED ") STRICT;"
	"CREATE TABLE tile(level INTEGER NOT NULL, n INTEGER NOT NULL, bytes BLOB NOT NULL," SQL_SUM_OF
		SQL_TILE_SUM SQL_STORED ", PRIMARY KEY(level, n)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE batch(n INTEGER PRIMARY KEY, first INTEGER NOT NULL, cnt INTEGER NOT NULL,"
	" day INTEGER NOT NULL," SQL_SUM_OF SQL_BATCH_SUM SQL_STORED ") STRICT;";
