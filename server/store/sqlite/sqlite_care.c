/* Whether the SQLite store is sound, and how what was purged leaves its files. */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <stdio.h>
#include <string.h>

static int
scrub(struct store *store)
{
	struct sqlite *s = sqlite_of(store);
	return sqlite_err(
		sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
}

int
sqlite_bytes_check(sqlite3 *db, char why[static STORE_WHY_LEN])
{
	static const char query[] =
		"SELECT k.hash, b.bytes FROM (SELECT hash, body FROM entry WHERE log > 64 AND body <> 0"
		" UNION ALL SELECT hash, body FROM held UNION ALL SELECT hash, body FROM chunk) k"
		" LEFT JOIN body b ON b.n = k.body";
	sqlite3_stmt *st;
	uint64_t bad = 0;
	int rc = sqlite3_prepare_v2(db, query, -1, &st, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		uint8_t kept[32], found[32] = { 0 };
		bool whole = !sqlite_blob(st, 0, kept, sizeof(kept)) &&
			     sqlite3_column_bytes(st, 1) == STORE_BODY_LEN &&
			     sqlite3_column_blob(st, 1);
		if (whole)
			key_sha256(found, sqlite3_column_blob(st, 1), FRAME_BODY_LEN);
		bad += !whole || memcmp(kept, found, sizeof(kept)) != 0;
		rc = SQLITE_OK;
	}
	sqlite3_finalize(st);
	if (rc != SQLITE_DONE)
		snprintf(why, STORE_WHY_LEN, "it cannot be read to its end");
	if (!bad)
		return 0;
	snprintf(why, STORE_WHY_LEN,
		 "%llu of its sealed entries are not the bytes that were stored",
		 (unsigned long long)bad);
	return ERR_IO;
}

/* What SQLite itself finds: pages, indexes, constraints. Half a sentence where something is wrong.
 */
static int
pages_check(sqlite3 *db, char why[static STORE_WHY_LEN])
{
	sqlite3_stmt *st;
	int err = ERR_IO;
	snprintf(why, STORE_WHY_LEN, "it cannot be read");
	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);
		if (text && !strcmp(text, "ok"))
			err = 0;
		else
			snprintf(why, STORE_WHY_LEN, "%.100s", text ? text : "unknown");
	}
	sqlite3_finalize(st);
	return err;
}

int
sqlite_whole(sqlite3 *db, char why[static STORE_WHY_LEN])
{
	int err = pages_check(db, why);
	if (!err)
		err = sqlite_schema_same(db, why);
	return err ? err : sqlite_sums_check(db, why);
}

static int
check(struct store *store, char why[static STORE_WHY_LEN])
{
	struct sqlite *s = sqlite_of(store);
	char text[STORE_WHY_LEN];
	int err = sqlite_whole(s->db, text);
	if (err)
		snprintf(why, STORE_WHY_LEN,
			 "the store is damaged (%.100s): stop davyd, keep a copy of the "
			 "folder, and restore the last backup",
			 text);
	sqlite_keep_files(s, err);
	return err;
}

/* A small store is read at once, a big one in steps (sqlite_walk): a start must not take minutes.
 */
static int
check_start(struct store *store, char why[static STORE_WHY_LEN])
{
	return store_used(store) <= SQL_SMALL ? check(store, why) : 0;
}

static int
check_bytes(struct store *store, char why[static STORE_WHY_LEN])
{
	struct sqlite *s = sqlite_of(store);
	char text[STORE_WHY_LEN];
	int err = sqlite_bytes_check(s->db, text);
	if (err)
		snprintf(why, STORE_WHY_LEN,
			 "the store is damaged: %.100s; keep a copy of the folder, and "
			 "restore the last backup",
			 text);
	sqlite_keep_files(s, err);
	return err;
}

const struct store_care_ops sqlite_care_ops = {
	.stats = sql_stats,
	.count = sql_count,
	.newest = sql_newest,
	.purge = sql_purge,
	.purge_junk = sql_purge_junk,
	.scrub = scrub,
	.check = check,
	.check_bytes = check_bytes,
	.check_start = check_start,
	.walk = sqlite_walk,
	.mix = sqlite_mix,
};
