/*
 * The schema: one list of statements that makes a store. A store of another version is refused;
 * there is no migration yet, because no release has been made.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <stdio.h>
#include <string.h>

/*
 * The rows of a table carry a sum over all their other columns, which SQLite computes with each
 * write. So a bit that flips on the disk is found (sqlite_sums_check). A new column goes into the
 * list of its table's sum as well; a test compares the two. Sealed bytes have no sum here: the row
 * that names them has their hash.
 */
#define SUM_OF   " sum BLOB NOT NULL GENERATED ALWAYS AS (row_sum("
#define STORED   ")) STORED"
#define META_SUM "'meta', name, value"
#define LOG_SUM                                                                                                      \
	"'log', n, id, kind, state, ladder, desk, origin, acked, answered, above, day, closed_day, read_due,"        \
	" answer_due, next_due, source_cnt, entries, desk_entries, reads, attachments, bytes, proof, opened, terms," \
	" readers, touched, fresh, sealed, given"
#define GONE_SUM      "'gone', id"
#define ENTRY_SUM     "'entry', log, thread, number, source, day, not_before, desk, stub, hash, body"
#define HELD_SUM      "'held', log, hash, day, not_before, desk, body, counts"
#define READ_SUM      "'reading', log, place, handle, day, number"
#define STATEMENT_SUM "'statement', log, desk, epoch, day, sig"
#define CHUNK_SUM     "'chunk', log, attach, part, parts, hash, body"
#define KEY_SUM       "'keypart', desk, kind, handle, epoch, day, complete, bytes"
#define DOC_SUM       "'doc', n, kind, version, hash, bytes"
#define LEAF_SUM      "'leaf', cover, mark, ref, pad"
#define TILE_SUM      "'tile', level, n, bytes"
#define BATCH_SUM     "'batch', n, first, cnt, day"

const struct sqlite_summed sqlite_summed[SQLITE_SUMMED_CNT] = {
	{ "log", LOG_SUM },      { "entry", ENTRY_SUM },         { "held", HELD_SUM },
	{ "chunk", CHUNK_SUM },  { "meta", META_SUM },           { "gone", GONE_SUM },
	{ "reading", READ_SUM }, { "statement", STATEMENT_SUM }, { "keypart", KEY_SUM },
	{ "doc", DOC_SUM },      { "leaf", LEAF_SUM },           { "tile", TILE_SUM },
	{ "batch", BATCH_SUM },
};

/*
 * Bodies are kept apart from the small keyed tables. Times are stored as days; hours only in urgent
 * clocks that run, in replies that wait, and in orders, which have one. No table has an author's
 * key, except two stubs: that of a source's frame, with a key that she made for this one case, and
 * that of a member who took a layer of an order, which is there to name him. UNIQUE constraints
 * guarantee the order (log, thread, number) and that a repeat changes nothing (hash, source
 * number).
 */
static const char create[] =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL," SUM_OF META_SUM STORED
	") STRICT, WITHOUT ROWID;"
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
	" given INTEGER NOT NULL," SUM_OF LOG_SUM STORED ", UNIQUE(id, kind)) STRICT;"
	"CREATE UNIQUE INDEX log_desk ON log(kind, desk, touched);"
	"CREATE UNIQUE INDEX log_given ON log(given, kind, touched) WHERE given > 0;"
	"CREATE INDEX log_fresh ON log(id) WHERE fresh = 1;"
	/* next_due: the earliest hour at which a clock, a term or a closing is due, 0 without one.
	   terms, readers: what the rules of two persons keep, sealed: what the vault keeps of a
	   sealed order; packed by sql_log.c. given: the desk of those to whom it was handed. */
	"CREATE INDEX log_due ON log(next_due) WHERE next_due > 0;"
	"CREATE INDEX log_closed ON log(closed_day) WHERE state = 1;"
	"CREATE INDEX log_junk ON log(closed_day) WHERE state = 9;"
	"CREATE TABLE gone(id BLOB PRIMARY KEY," SUM_OF GONE_SUM STORED ") STRICT, WITHOUT ROWID;"
	"CREATE TABLE entry(log INTEGER NOT NULL, thread INTEGER NOT NULL, number INTEGER NOT NULL,"
	" source INTEGER, day INTEGER NOT NULL, not_before INTEGER NOT NULL,"
	" desk INTEGER NOT NULL, stub BLOB NOT NULL, hash BLOB NOT NULL, body INTEGER NOT NULL," SUM_OF
		ENTRY_SUM STORED ", PRIMARY KEY(log, thread, number)) STRICT, WITHOUT ROWID;"
	/* Repeats are recognised by the source's own count (the tip is number 0), or by the hash of
	   a desk's entry. */
	"CREATE UNIQUE INDEX entry_source ON entry(log, source) WHERE source > 0;"
	"CREATE UNIQUE INDEX entry_desk ON entry(log, thread, hash) WHERE source IS NULL;"
	"CREATE TABLE held(log INTEGER NOT NULL, hash BLOB NOT NULL, day INTEGER NOT NULL,"
	" not_before INTEGER NOT NULL, desk INTEGER NOT NULL,"
	" body INTEGER NOT NULL, counts INTEGER NOT NULL," SUM_OF HELD_SUM STORED
	", PRIMARY KEY(log, hash)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX held_hour ON held(not_before);"
	"CREATE TABLE reading(log INTEGER NOT NULL, place INTEGER NOT NULL, handle BLOB NOT NULL,"
	" day INTEGER NOT NULL, number INTEGER NOT NULL," SUM_OF READ_SUM STORED
	", PRIMARY KEY(log, place),"
	" UNIQUE(log, handle, day, number)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE statement(log INTEGER NOT NULL, desk INTEGER NOT NULL, epoch INTEGER NOT NULL,"
	" day INTEGER NOT NULL, sig BLOB NOT NULL," SUM_OF STATEMENT_SUM STORED
	", PRIMARY KEY(log, desk)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE chunk(log INTEGER NOT NULL, attach INTEGER NOT NULL, part INTEGER NOT NULL,"
	" parts INTEGER NOT NULL, hash BLOB NOT NULL, body INTEGER NOT NULL," SUM_OF CHUNK_SUM
		STORED ", PRIMARY KEY(log, attach, part)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE keypart(desk INTEGER NOT NULL, kind INTEGER NOT NULL, handle BLOB NOT NULL,"
	" epoch INTEGER NOT NULL, day INTEGER NOT NULL, complete INTEGER NOT NULL,"
	" bytes BLOB NOT NULL," SUM_OF KEY_SUM STORED
	", PRIMARY KEY(desk, kind, handle, epoch)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE doc(n INTEGER PRIMARY KEY, kind INTEGER NOT NULL, version INTEGER NOT NULL,"
	" hash BLOB NOT NULL, bytes BLOB NOT NULL," SUM_OF DOC_SUM STORED
	", UNIQUE(kind, hash)) STRICT;"
	/* The public log. Leaves wait for their batch by their second half, which looks
	   random: nothing says in which order they came. ref: what one stands for, masked with a
	   secret that is not here. */
	"CREATE TABLE leaf(cover BLOB PRIMARY KEY, mark BLOB NOT NULL, ref BLOB NOT NULL,"
	" pad INTEGER NOT NULL," SUM_OF LEAF_SUM STORED ") STRICT, WITHOUT ROWID;"
	"CREATE INDEX leaf_pad ON leaf(pad) WHERE pad > 0;"
	"CREATE TABLE tile(level INTEGER NOT NULL, n INTEGER NOT NULL, bytes BLOB NOT NULL," SUM_OF
		TILE_SUM STORED ", PRIMARY KEY(level, n)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE batch(n INTEGER PRIMARY KEY, first INTEGER NOT NULL, cnt INTEGER NOT NULL,"
	" day INTEGER NOT NULL," SUM_OF BATCH_SUM STORED ") STRICT;"
	/* The pad: 64 rows in each of the tables that a tip goes to, of a kind that no
	   log has (127). A request that writes nothing of its own overwrites one, so that the disk
	   has as much to do for it as for a tip. */
	"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 64)"
	" INSERT INTO body SELECT i, zeroblob(16128) FROM c;"
	"INSERT INTO log SELECT n, randomblob(16), 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 << 40,"
	" 0, 0, 0, 0, 0, 0, zeroblob(32), zeroblob(32), zeroblob(80),"
	" zeroblob(404), n, 0, x'', 0 FROM body;"
	"INSERT INTO entry SELECT n, 0, 0, 0, 0, 0, 0, zeroblob(304), randomblob(32), n FROM body;"
	"INSERT INTO leaf SELECT randomblob(32), randomblob(32), randomblob(20), n FROM body;"
	/* The file names its program. Another program's database with the same version number is
	   not taken for a store. */
	"PRAGMA application_id = 0x44565931;";
_Static_assert(DB_APPLICATION == 0x44565931, "the last statement says so");

int
sqlite_schema_known(struct sqlite *s, char why[static STORE_WHY_LEN])
{
	int version = (int)sqlite_number(s->db, "PRAGMA user_version", -1);
	if (version > DB_SCHEMA) {
		snprintf(why, STORE_WHY_LEN,
			 "the store has schema %d and this davyd knows %d: install the newer davyd "
			 "again, or restore a backup made before the upgrade",
			 version, DB_SCHEMA);
		return ERR_RANGE;
	}
	int64_t tables = sqlite_number(s->db, "SELECT count(*) FROM sqlite_master", -1);
	int64_t ours = sqlite_number(s->db,
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
	if (version > 0 && version < DB_SCHEMA) {
		snprintf(
			why, STORE_WHY_LEN,
			"an older davyd made the store, with schema %d, and this one knows only schema %d: install "
			"the older davyd again, or begin a new store in another folder",
			version, DB_SCHEMA);
		return ERR_RANGE;
	}
	return 0;
}

int
sqlite_schema(struct sqlite *s, char why[static STORE_WHY_LEN])
{
	char done[48];
	if (sqlite_number(s->db, "PRAGMA user_version", DB_SCHEMA) == DB_SCHEMA)
		return 0;
	snprintf(done, sizeof(done), "PRAGMA user_version = %d; COMMIT", DB_SCHEMA);
	if (!sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) &&
	    !sqlite3_exec(s->db, create, NULL, NULL, NULL) &&
	    !sqlite3_exec(s->db, done, NULL, NULL, NULL))
		return 0;
	snprintf(why, STORE_WHY_LEN,
		 "cannot make the store (%.100s): make room on its disk and start again",
		 sqlite3_errmsg(s->db));
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return ERR_IO;
}

/* Whether both databases have the same tables and indexes, word for word. */
static bool
same_objects(sqlite3 *a, sqlite3 *b)
{
	static const char query[] =
		"SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
	sqlite3_stmt *x = NULL, *y = NULL;
	int rx = SQLITE_ERROR, ry = SQLITE_ERROR;
	bool same = !sqlite3_prepare_v2(a, query, -1, &x, NULL) &&
		    !sqlite3_prepare_v2(b, query, -1, &y, NULL);
	while (same && (rx = sqlite3_step(x)) == SQLITE_ROW && (ry = sqlite3_step(y)) == SQLITE_ROW)
		for (int i = 0; i < 4; i++) {
			const char *l = (const char *)sqlite3_column_text(x, i);
			const char *r = (const char *)sqlite3_column_text(y, i);
			same = same && (l && r ? !strcmp(l, r) : l == r);
		}
	if (same && rx == SQLITE_DONE)
		ry = sqlite3_step(y);
	sqlite3_finalize(x);
	sqlite3_finalize(y);
	return same && rx == SQLITE_DONE && ry == SQLITE_DONE;
}

int
sqlite_schema_same(sqlite3 *db, char why[static STORE_WHY_LEN])
{
	sqlite3 *fresh = NULL;
	bool same = sqlite3_open(":memory:", &fresh) == SQLITE_OK && !sqlite_sums_add(fresh) &&
		    sqlite3_exec(fresh, create, NULL, NULL, NULL) == SQLITE_OK &&
		    same_objects(db, fresh);
	sqlite3_close(fresh);
	if (!same)
		snprintf(why, STORE_WHY_LEN,
			 "the description of its tables is not the one that this davyd writes");
	return same ? 0 : ERR_IO;
}
