/*
 * The statements as PostgreSQL takes them: those of sql_text.c with their arguments named
 * otherwise, and those that it has to be told in its own way. A new row that may be there already
 * is left as it is (ON CONFLICT DO NOTHING), because a violated constraint would end the whole
 * batch; the vault sees that no row was changed.
 */
#include "server/db/db.h"

#include "server/store/sql/sql_copy.h"

#include <string.h>

#define NONE " ON CONFLICT DO NOTHING"

static const char *const text[SQL__MAX] = {
	[SQL_PAD_LOG] = "UPDATE log SET id = ?2, touched = ?3,"
			" next_due = 1099511627776 + ?3 WHERE n = ?1",
	[SQL_LOG_ADD] =
		"INSERT INTO log(kind, state, ladder, desk, origin, acked, answered, above,"
		" day, closed_day, read_due, answer_due, source_cnt, entries, desk_entries,"
		" reads, attachments, bytes, proof, opened, terms, readers, touched,"
		" next_due, sealed, given, id, fresh, n) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
		"?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,1,?28)" NONE,
	[SQL_BODY_ADD] = "INSERT INTO body(bytes, n) VALUES(?1, ?2)",
	[SQL_ENTRY_ADD] = "INSERT INTO entry(log, thread, number, source, day, not_before, desk,"
			  " stub, hash, body) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)" NONE,
	[SQL_HELD_ADD] = "INSERT INTO held(log, hash, day, not_before, desk, body, counts)"
			 " VALUES(?1,?2,?3,?4,?5,?6,?7)" NONE,
	[SQL_STATEMENT_ADD] = "INSERT INTO statement(log, desk, epoch, day, sig)"
			      " VALUES(?1,?2,?3,?4,?5)" NONE,
	[SQL_CHUNK_ADD] = "INSERT INTO chunk(log, attach, part, parts, hash, body)"
			  " VALUES(?1,?2,?3,?4,?5,?6)" NONE,
	[SQL_DOC_PUT] =
		"INSERT INTO doc(kind, version, hash, bytes, n) VALUES(?1, ?2, ?3, ?4,"
		" (SELECT coalesce(max(n), 0) + 1 FROM doc)) ON CONFLICT(kind, hash) DO NOTHING",
	[SQL_LEAF_ADD] = "INSERT INTO leaf(bytes, n) SELECT ?1, max(n) + 1 FROM leaf",
	[SQL_BATCH_PUT] = "INSERT INTO batch(n, first, cnt, day) VALUES(?1, ?2, ?3, ?4)" NONE,
	[SQL_STATS_LOGS] =
		"SELECT max(n), count(*), count(*) FILTER (WHERE kind = 0),"
		" count(*) FILTER (WHERE kind = 1),"
		" coalesce(sum(entries + desk_entries), 0)::int8,"
		" count(*) FILTER (WHERE above & 1 = 1 AND (read_due > 0 OR answer_due > 0)),"
		" count(*) FILTER (WHERE read_due > 0 AND ladder = 0),"
		" count(*) FILTER (WHERE read_due > 0 AND ladder = 1),"
		" min(CASE WHEN read_due > 0 AND ladder = 0 THEN day END),"
		" min(CASE WHEN read_due > 0 AND ladder = 1 THEN day END)"
		" FROM (SELECT * FROM log WHERE n > ?1 AND kind < 127 ORDER BY n LIMIT ?2) AS step",
	[SQL_PURGE_FIND] =
		"SELECT n, id FROM (SELECT n, id FROM log WHERE state = 1 AND closed_day < ?1"
		" ORDER BY closed_day LIMIT 1) AS closed UNION ALL SELECT n, id FROM log AS b"
		" WHERE kind IN (1, 2)"
		" AND NOT (kind = 1 AND substr(sealed, 8, 1) IN ('\\x02'::bytea, '\\x03'::bytea))"
		" AND (SELECT max(day) FROM entry WHERE log = b.n) < ?2 LIMIT 1",
	[SQL_MIX_LOG] =
		"UPDATE log SET n = ?2, id = ?3, touched = ?4, fresh = 0,"
		" read_due = CASE WHEN above <> 0 THEN (read_due + 23) / 24 * 24 ELSE read_due END,"
		" answer_due = CASE WHEN above <> 0 THEN (answer_due + 23) / 24 * 24"
		" ELSE answer_due END WHERE n = ?1",
	[SQL_USED] =
		"SELECT ((SELECT count(*) FROM body) * 16640 + (SELECT count(*) FROM log) * 2048"
		" + (SELECT count(*) FROM entry) * 1024"
		" + (SELECT coalesce(sum(octet_length(bytes)), 0) FROM keypart)"
		" + (SELECT coalesce(sum(octet_length(bytes)), 0) FROM doc)"
		" + (SELECT coalesce(sum(octet_length(bytes)), 0) FROM tile))::int8",
	[SQL_VAULTS] = "SELECT count(*),"
		       " count(*) FILTER (WHERE backend_start < now() - interval '10 seconds')"
		       " FROM pg_stat_activity WHERE datname = current_database()"
		       " AND application_name = current_setting('application_name')",
	[SQL_WALK_ENTRY] =
		"SELECT e.hash, b.bytes, e.log, e.thread, e.number FROM entry e"
		" LEFT JOIN body b ON b.n = e.body WHERE (e.log, e.thread, e.number) > (?1, ?2, ?3)"
		" AND e.body <> 0 ORDER BY e.log, e.thread, e.number LIMIT ?4",
	[SQL_WALK_HELD] =
		"SELECT h.hash, b.bytes, h.log FROM held h LEFT JOIN body b ON b.n = h.body"
		" WHERE (h.log, h.hash) > (?1, ?2) ORDER BY h.log, h.hash LIMIT ?3",
	[SQL_WALK_CHUNK] =
		"SELECT c.hash, b.bytes, c.log, c.attach, c.part FROM chunk c"
		" LEFT JOIN body b ON b.n = c.body WHERE (c.log, c.attach, c.part) > (?1, ?2, ?3)"
		" ORDER BY c.log, c.attach, c.part LIMIT ?4",
	[SQL_NUMBERS_LOGS] =
		"SELECT n,"
		" entries, (SELECT count(*) FROM entry WHERE log = l.n AND thread = 0"
		"  AND number < l.entries),"
		" desk_entries, (SELECT count(*) FROM entry WHERE log = l.n AND thread = 1"
		"  AND number < l.desk_entries),"
		" source_cnt, (SELECT count(source) FROM entry WHERE log = l.n),"
		" reads, (SELECT count(*) FROM reading WHERE log = l.n AND place < l.reads),"
		" attachments, (SELECT count(*) FROM (SELECT 1 FROM chunk WHERE log = l.n"
		"  GROUP BY attach HAVING count(*) = max(parts)) AS whole),"
		" l.entries + l.desk_entries + (SELECT count(*) FROM entry WHERE log = l.n"
		"  AND thread > 1),"
		" (SELECT count(*) FROM held WHERE log = l.n),"
		" (SELECT count(*) FROM chunk WHERE log = l.n), l.reads,"
		" (SELECT count(*) FROM statement WHERE log = l.n),"
		" (SELECT count(*) FROM entry WHERE log = l.n AND body <> 0)"
		"  + (SELECT count(*) FROM held WHERE log = l.n)"
		"  + (SELECT count(*) FROM chunk WHERE log = l.n)"
		" FROM log AS l WHERE n > ?1 AND kind < 127 ORDER BY n LIMIT ?2",
	[SQL_NUMBERS_ALL] =
		"SELECT (SELECT count(*) FROM entry WHERE log > 64), (SELECT count(*) FROM held),"
		" (SELECT count(*) FROM chunk), (SELECT count(*) FROM reading),"
		" (SELECT count(*) FROM statement), (SELECT count(*) FROM body WHERE n > 64),"
		" (SELECT coalesce(max(touched), 0) FROM log)",
	/* The order of bytes, whatever that of the database's language is. */
	[SQL_COPY_READ(SQL_TABLE_meta)] =
		"SELECT name, value FROM meta WHERE name COLLATE \"C\" > ?1 AND name <> '" SQL_HALF
		"' ORDER BY name COLLATE \"C\" LIMIT ?2",
};

/* Transactions are db_pg.c's; these are not for a vault to run. */
static bool
ours(enum sql which)
{
	return which == SQL_BEGIN || which == SQL_COMMIT || which == SQL_ROLLBACK;
}

bool
db_text(char dst[static DB_TEXT_MAX], enum sql which)
{
	static const struct sql_engine postgresql = { .text = text };
	const char *from = ours(which) ? NULL : sql_text(&postgresql, which);
	size_t n = 0;
	if (!from || strlen(from) >= DB_TEXT_MAX)
		return false;
	for (; *from; from++)
		dst[n++] = *from == '?' ? '$' : *from;
	dst[n] = 0;
	return true;
}

bool
db_reads(enum sql which)
{
	char dst[DB_TEXT_MAX];
	return db_text(dst, which) && !strncmp(dst, "SELECT ", 7);
}
