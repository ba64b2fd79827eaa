/*
 * The SQLite store as its operator knows it: what it counts, what a purge removes, and whether it
 * is sound.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <stdio.h>
#include <string.h>

#define COUNT_ROWS 4096
#define START_MAX  ((uint64_t)64 << 20) /* bytes that are read in a fraction of a second */

static int
purge_one(struct sqlite *s, int64_t n, const uint8_t id[static KEY_ID_LEN])
{
	static const enum sql order[] = { SQL_PURGE_BODY,  SQL_PURGE_ENTRY, SQL_PURGE_HELD,
					  SQL_PURGE_CHUNK, SQL_PURGE_READ,  SQL_PURGE_STATEMENT,
					  SQL_PURGE_LOG };
	int err = 0;
	for (size_t i = 0; !err && i < sizeof(order) / sizeof(order[0]); i++)
		err = sql_run(sql_bind(s, order[i], "i", n));
	return err ? err : sql_run(sql_bind(s, SQL_GONE_ADD, "b", id, (size_t)KEY_ID_LEN));
}

static int
purge_found(struct sqlite *s, enum sql find, uint32_t day, uint32_t most, uint32_t *cnt)
{
	for (*cnt = 0; *cnt < most; ++*cnt) {
		uint8_t id[KEY_ID_LEN];
		sqlite3_stmt *st = find == SQL_PURGE_FIND ? sql_bind(s, find, "ii", (int64_t)day,
								     (int64_t)day - STORE_BOOK_DAYS)
							  : sql_bind(s, find, "i", (int64_t)day);
		int row = sql_row(st);
		if (row < 0)
			return row;
		if (!row)
			break;
		int64_t n = sqlite3_column_int64(st, 0);
		int err = sql_blob(st, 1, id, sizeof(id));
		sql_done(st);
		if (!err)
			err = purge_one(s, n, id);
		if (err)
			return err;
	}
	if (!*cnt)
		return 0;
	int err = sqlite_mix_purged(s);
	/* A removed log may have had the newest place, and the mark compares places. */
	return err ? err : sqlite_touch(s);
}

static int
purge(struct store *store, uint32_t day, uint32_t most, uint32_t *cnt)
{
	return purge_found(sqlite_of(store), SQL_PURGE_FIND, day, most, cnt);
}

static int
purge_junk(struct store *store, uint32_t day, uint32_t most, uint32_t *cnt)
{
	return purge_found(sqlite_of(store), SQL_PURGE_JUNK, day, most, cnt);
}

/* Counts the next logs; false in *more when the last was counted. */
static int
count_logs(struct sqlite_count *c, struct sqlite *s, unsigned rows, bool *more)
{
	sqlite3_stmt *st = sql_bind(s, SQL_STATS_LOGS, "ii", c->n, (int64_t)rows);
	uint64_t *to[] = { &c->now.cases, &c->now.orders, &c->now.entries, &c->now.overdue };
	int row = sql_row(st);
	if (row != 1)
		return row ? row : ERR_IO;
	*more = sqlite3_column_int64(st, 1) == (int64_t)rows;
	if (*more)
		c->n = sqlite3_column_int64(st, 0);
	for (int i = 0; i < 4; i++)
		*to[i] += (uint64_t)sqlite3_column_int64(st, 2 + i);
	for (int l = 0; l < 2; l++) {
		uint32_t day = sql_u32(st, 8 + l);
		c->now.unread[l] += sql_u32(st, 6 + l);
		if (day && (!c->now.oldest_day[l] || day < c->now.oldest_day[l]))
			c->now.oldest_day[l] = day;
	}
	sql_done(st);
	if (*more)
		return 0;
	c->last = c->now;
	memset(&c->now, 0, sizeof(c->now));
	c->n = 0;
	return 0;
}

static int
count(struct store *store, unsigned rows, bool *more)
{
	struct sqlite *s = sqlite_of(store);
	return count_logs(&s->count, s, rows, more);
}

/* A small store is counted at once; for a big one the counts are those of the last store_count. */
static int
stats(struct store *store, struct store_stats *out)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_count whole = { .n = 0 };
	bool more = sqlite_used(s) <= START_MAX;
	bool now = more;
	memset(out, 0, sizeof(*out));
	while (more) {
		int err = count_logs(&whole, s, COUNT_ROWS, &more);
		if (err)
			return err;
	}
	*out = now ? whole.last : s->count.last;
	sqlite3_stmt *st = sql_bind(s, SQL_STATS, "");
	int row = sql_row(st);
	if (row != 1)
		return row ? row : ERR_IO;
	out->tombstones = (uint64_t)sqlite3_column_int64(st, 0);
	out->held = (uint64_t)sqlite3_column_int64(st, 1);
	sql_done(st);
	out->used = sqlite_used(s);
	return 0;
}

static int
scrub(struct store *store)
{
	struct sqlite *s = sqlite_of(store);
	return sql_err(
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
		bool whole = !sql_blob(st, 0, kept, sizeof(kept)) &&
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
	return sqlite_used(sqlite_of(store)) <= START_MAX ? check(store, why) : 0;
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
	.stats = stats,
	.count = count,
	.purge = purge,
	.purge_junk = purge_junk,
	.scrub = scrub,
	.check = check,
	.check_bytes = check_bytes,
	.check_start = check_start,
	.walk = sqlite_walk,
	.mix = sqlite_mix,
};
