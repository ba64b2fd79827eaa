/* The schema, one step a version. A step that was released is never changed: a new one is added. */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <stdio.h>

/*
 * Bodies are kept apart from the small keyed tables. Times are stored as days; hours only in clocks
 * that run and in replies that wait. No table has an author's key. UNIQUE constraints guarantee the
 * order (log, thread, number) and that a repeat changes nothing (hash, source number).
 */
static const char *const steps[DB_SCHEMA] = {
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE body(n INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"

	"CREATE TABLE log(n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE CHECK(length(id) = 16),"
	" kind INTEGER NOT NULL, state INTEGER NOT NULL, ladder INTEGER NOT NULL,"
	" desk INTEGER NOT NULL, origin INTEGER NOT NULL,"
	" acked INTEGER NOT NULL, answered INTEGER NOT NULL, above INTEGER NOT NULL,"
	" day INTEGER NOT NULL, closed_day INTEGER NOT NULL,"
	" read_due INTEGER NOT NULL, answer_due INTEGER NOT NULL, next_due INTEGER NOT NULL,"
	" source_cnt INTEGER NOT NULL, entries INTEGER NOT NULL, desk_entries INTEGER NOT NULL,"
	" reads INTEGER NOT NULL, attachments INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	" proof BLOB NOT NULL, closer BLOB NOT NULL, readers BLOB NOT NULL,"
	" touched INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX log_desk ON log(kind, desk, touched);"
	/*
	 * next_due: the earlier of the clocks that run; 0 when none runs or the bytes are open to
	 * the desk above already.
	 */
	"CREATE INDEX log_due ON log(next_due) WHERE next_due > 0;"
	"CREATE INDEX log_closed ON log(closed_day) WHERE state = 1;"
	"CREATE TABLE gone(id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;"

	"CREATE TABLE entry(log INTEGER NOT NULL, thread INTEGER NOT NULL, number INTEGER NOT NULL,"
	" source INTEGER, day INTEGER NOT NULL, not_before INTEGER NOT NULL,"
	" desk INTEGER NOT NULL, proof BLOB NOT NULL, hash BLOB NOT NULL, body INTEGER NOT NULL,"
	" PRIMARY KEY(log, thread, number)) STRICT, WITHOUT ROWID;"
	/*
	 * Repeats are recognised by the source's own count (the tip is number 0), or by the hash of
	 * a desk's entry.
	 */
	"CREATE UNIQUE INDEX entry_source ON entry(log, source) WHERE source > 0;"
	"CREATE UNIQUE INDEX entry_desk ON entry(log, thread, hash) WHERE source IS NULL;"
	"CREATE TABLE held(log INTEGER NOT NULL, hash BLOB NOT NULL, day INTEGER NOT NULL,"
	" not_before INTEGER NOT NULL, desk INTEGER NOT NULL, proof BLOB NOT NULL,"
	" body INTEGER NOT NULL, counts INTEGER NOT NULL, PRIMARY KEY(log, hash)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX held_hour ON held(not_before);"
	"CREATE TABLE reading(log INTEGER NOT NULL, place INTEGER NOT NULL, handle BLOB NOT NULL,"
	" day INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(log, place),"
	" UNIQUE(log, handle, day, number)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE chunk(log INTEGER NOT NULL, attach INTEGER NOT NULL, part INTEGER NOT NULL,"
	" parts INTEGER NOT NULL, hash BLOB NOT NULL, body INTEGER NOT NULL,"
	" PRIMARY KEY(log, attach, part)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE keypart(desk INTEGER NOT NULL, kind INTEGER NOT NULL, handle BLOB NOT NULL,"
	" epoch INTEGER NOT NULL, day INTEGER NOT NULL, complete INTEGER NOT NULL,"
	" bytes BLOB NOT NULL, PRIMARY KEY(desk, kind, handle, epoch)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE doc(n INTEGER PRIMARY KEY, kind INTEGER NOT NULL, version INTEGER NOT NULL,"
	" hash BLOB NOT NULL, bytes BLOB NOT NULL, UNIQUE(kind, hash)) STRICT;"
	/*
	 * The pad: 64 rows in each of the tables that a tip goes to, of a kind that is neither case
	 * nor order. A request that writes nothing of its own overwrites one, so that the disk has
	 * as much to do for it as for a tip.
	 */
	"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 64)"
	" INSERT INTO body SELECT i, zeroblob(16128) FROM c;"
	"INSERT INTO log SELECT n, randomblob(16), 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 << 40,"
	" 0, 0, 0, 0, 0, 0, zeroblob(32), zeroblob(8), x'', n FROM body;"
	"INSERT INTO entry SELECT n, 0, 0, 0, 0, 0, 0, zeroblob(32), randomblob(32), n FROM body;",

	/*
	 * Version 2: the file names its program. Another program's database with the same version
	 * number is not taken for a store.
	 */
	"PRAGMA application_id = 0x44565931",
};
_Static_assert(DB_APPLICATION == 0x44565931, "step 2 says so");

int
sqlite_schema_known(struct sqlite *s, char why[static STORE_WHY_LEN])
{
	int version = (int)sql_number(s->db, "PRAGMA user_version", -1);
	if (version > DB_SCHEMA) {
		snprintf(why, STORE_WHY_LEN,
			 "the store has schema %d and this davyd knows %d: install the newer davyd "
			 "again, or restore a backup made before the upgrade",
			 version, DB_SCHEMA);
		return ERR_RANGE;
	}
	int64_t tables = sql_number(s->db, "SELECT count(*) FROM sqlite_master", -1);
	int64_t ours = sql_number(s->db,
				  "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND "
				  "name IN ('meta', 'body', 'log', 'entry')",
				  -1);
	if (version < 0 || tables < 0 || ours < 0) {
		snprintf(why, STORE_WHY_LEN,
			 "the store is damaged (%.100s): keep a copy of the folder, and "
			 "restore the last backup",
			 sqlite3_errmsg(s->db));
		return ERR_IO;
	}
	bool made = version > 0;
	if (made ? ours != 4 : tables != 0) {
		snprintf(why, STORE_WHY_LEN,
			 "the file davylamp.db is no store of davyd: put the store's own "
			 "file there, or look at `store` in davyd.conf");
		return ERR_IO;
	}
	return 0;
}

int
sqlite_schema(struct sqlite *s, char why[static STORE_WHY_LEN])
{
	int version = (int)sql_number(s->db, "PRAGMA user_version", DB_SCHEMA);
	for (int v = version; v < DB_SCHEMA; v++) {
		char done[48];
		snprintf(done, sizeof(done), "PRAGMA user_version = %d; COMMIT", v + 1);
		if (sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) ||
		    sqlite3_exec(s->db, steps[v], NULL, NULL, NULL) ||
		    sqlite3_exec(s->db, done, NULL, NULL, NULL)) {
			snprintf(why, STORE_WHY_LEN,
				 "cannot bring the store to schema %d (%.100s): it is as "
				 "it was; make room on its disk and start again",
				 v + 1, sqlite3_errmsg(s->db));
			sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
			return ERR_IO;
		}
	}
	return 0;
}
