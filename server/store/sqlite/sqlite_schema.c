/*
 * The schema of a SQLite store: the tables of sql_schema.c, and the rows that a new store begins
 * with. A store of another version is refused; there is no migration yet, because no release has
 * been made.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <stdio.h>
#include <string.h>

const struct sqlite_summed sqlite_summed[SQLITE_SUMMED_CNT] = {
	{ "log", SQL_LOG_SUM },      { "entry", SQL_ENTRY_SUM },         { "held", SQL_HELD_SUM },
	{ "chunk", SQL_CHUNK_SUM },  { "meta", SQL_META_SUM },           { "gone", SQL_GONE_SUM },
	{ "reading", SQL_READ_SUM }, { "statement", SQL_STATEMENT_SUM }, { "keypart", SQL_KEY_SUM },
	{ "doc", SQL_DOC_SUM },      { "leaf", SQL_LEAF_SUM },           { "tile", SQL_TILE_SUM },
	{ "batch", SQL_BATCH_SUM },
};

/*
 * The pad: 64 rows in each of the tables that a tip goes to, of a kind that no log has (127). A
 * request that writes nothing of its own overwrites one, so that the disk has as much to do for it
 * as for a tip.
 */
static const char pads[] =
	"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 64)"
	" INSERT INTO body SELECT i, zeroblob(16128) FROM c;"
	"INSERT INTO log SELECT n, randomblob(16), 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 << 40,"
	" 0, 0, 0, 0, 0, 0, zeroblob(32), zeroblob(32), zeroblob(80),"
	" zeroblob(404), n, 0, x'', 0 FROM body;"
	"INSERT INTO entry SELECT n, 0, 0, 0, 0, 0, 0, zeroblob(304), randomblob(32), n FROM body;"
	"INSERT INTO leaf SELECT n, randomblob(108) FROM body;"
	/* The file names its program. Another program's database with the same version number is
	   not taken for a store. */
	"PRAGMA application_id = 0x44565931;";
_Static_assert(STORE_LEAF_LEN == 108, "a leaf of the pad");
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
	    !sqlite3_exec(s->db, sql_schema, NULL, NULL, NULL) &&
	    !sqlite3_exec(s->db, pads, NULL, NULL, NULL) &&
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
		    sqlite3_exec(fresh, sql_schema, NULL, NULL, NULL) == SQLITE_OK &&
		    same_objects(db, fresh);
	sqlite3_close(fresh);
	if (!same)
		snprintf(why, STORE_WHY_LEN,
			 "the description of its tables is not the one that this davyd writes");
	return same ? 0 : ERR_IO;
}
