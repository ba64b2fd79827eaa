/*
 * The texts of all statements, as every engine takes them. Where one engine has to say it otherwise
 * its own table stands in front; a statement of one engine alone is not here.
 */
#include "server/store/sql/sql_copy.h"
#include "server/store/sql/sql_store.h"

#define LOG_COLS                                                                                   \
	"n, id, kind, state, ladder, desk, origin, acked, answered, above, day, closed_day, "      \
	"read_due, answer_due, source_cnt, entries, desk_entries, reads, attachments, bytes, "     \
	"proof, opened, terms, readers, touched, sealed, given"
#define ENTRY_COLS "number, source, day, not_before, desk, stub, hash, body, thread, 0"
#define HELD_COLS  "4294967295, NULL, day, not_before, desk, NULL, hash, body, 0, counts, log"

static const char *const text[SQL__MAX] = {
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_META_GET] = "SELECT value FROM meta WHERE name = ?1",
	[SQL_META_SET] = "INSERT INTO meta(name, value) VALUES(?1, ?2)"
			 " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
	[SQL_PAD_LOG] = "UPDATE log SET id = ?2, touched = ?3,"
			" next_due = (1 << 40) + ?3 WHERE n = ?1",
	[SQL_PAD_ENTRY] = "UPDATE entry SET hash = ?2 WHERE log = ?1 AND thread = 0 AND number = 0",
	[SQL_PAD_BODY] = "UPDATE body SET bytes = ?2 WHERE n = ?1",
	[SQL_PAD_LEAF] = "UPDATE leaf SET bytes = ?2 WHERE n = ?1",

	[SQL_LOG_GET] = "SELECT " LOG_COLS " FROM log WHERE id = ?1 AND kind = ?2",
	[SQL_LOG_BY_N] = "SELECT " LOG_COLS " FROM log WHERE n = ?1",
	[SQL_LOG_ADD] =
		"INSERT INTO log(kind, state, ladder, desk, origin, acked, answered, above,"
		" day, closed_day, read_due, answer_due, source_cnt, entries, desk_entries,"
		" reads, attachments, bytes, proof, opened, terms, readers, touched,"
		" next_due, sealed, given, id, fresh) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
		"?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,1)",
	[SQL_LOG_SET] = "UPDATE log SET kind=?1, state=?2, ladder=?3, desk=?4, origin=?5, acked=?6,"
			" answered=?7, above=?8, day=?9, closed_day=?10, read_due=?11,"
			" answer_due=?12, source_cnt=?13, entries=?14, desk_entries=?15, reads=?16,"
			" attachments=?17, bytes=?18, proof=?19, opened=?20, terms=?21,"
			" readers=?22, touched=?23, next_due=?24, sealed=?25, given=?26, fresh=1"
			" WHERE n=?27",
	[SQL_LOG_LIST] = "SELECT " LOG_COLS " FROM log WHERE desk = ?1 AND kind = ?2 AND"
			 " touched > ?3 AND touched <= ?4 ORDER BY touched LIMIT ?5",
	[SQL_LOG_GIVEN] = "SELECT " LOG_COLS
			  " FROM log WHERE given > 0 AND given = ?1 AND kind = ?2"
			  " AND touched > ?3 AND touched <= ?4 ORDER BY touched LIMIT ?5",
	[SQL_LOG_DESK_NEXT] = "SELECT desk FROM log WHERE kind = ?1 AND desk > ?2"
			      " ORDER BY desk LIMIT 1",
	[SQL_LOG_DUE] = "SELECT " LOG_COLS " FROM log WHERE next_due > 0 AND next_due <= ?1"
			" ORDER BY next_due LIMIT ?2",
	[SQL_GONE_GET] = "SELECT 1 FROM gone WHERE id = ?1",

	[SQL_BODY_ADD] = "INSERT INTO body(bytes) VALUES(?1)",
	[SQL_BODY_GET] = "SELECT bytes FROM body WHERE n = ?1",
	[SQL_ENTRY_ADD] = "INSERT INTO entry(log, thread, number, source, day, not_before, desk,"
			  " stub, hash, body) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
	[SQL_ENTRY_GET] = "SELECT " ENTRY_COLS
			  " FROM entry WHERE log = ?1 AND thread = ?2 AND number = ?3",
	[SQL_ENTRY_BY_SOURCE] = "SELECT " ENTRY_COLS
				" FROM entry WHERE log = ?1 AND source = ?2 AND"
				" source > 0",
	[SQL_ENTRY_BY_HASH] = "SELECT " ENTRY_COLS
			      " FROM entry WHERE log = ?1 AND thread = ?2 AND hash = ?3"
			      " AND source IS NULL",
	[SQL_ENTRY_REPLY] = "SELECT " ENTRY_COLS " FROM entry WHERE log = ?1 AND thread = 0"
			    " AND number >= ?2 AND source IS NULL ORDER BY number LIMIT 1",
	[SQL_PART_LIST] = "SELECT number, hash FROM entry WHERE log = ?1 AND thread = 4"
			  " ORDER BY number",
	[SQL_PART_BODIES] = "DELETE FROM body WHERE n IN"
			    " (SELECT body FROM entry WHERE log = ?1 AND thread = 4)",
	[SQL_PART_EMPTY] = "UPDATE entry SET body = 0 WHERE log = ?1 AND thread = 4",
	[SQL_TAKEN_LIST] = "SELECT number, stub FROM entry WHERE log = ?1 AND thread = 1"
			   " AND number >= ?2 AND length(stub) > 0 ORDER BY number LIMIT ?3",
	[SQL_HELD_ADD] = "INSERT INTO held(log, hash, day, not_before, desk, body, counts)"
			 " VALUES(?1,?2,?3,?4,?5,?6,?7)",
	[SQL_HELD_MUTE] = "UPDATE held SET counts = 0 WHERE log = ?1 AND counts = 1",
	[SQL_HELD_BY_HASH] = "SELECT " HELD_COLS " FROM held WHERE log = ?1 AND hash = ?2",
	[SQL_HELD_NEXT] = "SELECT " HELD_COLS " FROM held WHERE log = ?1 AND not_before <= ?2"
			  " ORDER BY not_before, body LIMIT 1",
	[SQL_HELD_NEXT_ANY] = "SELECT " HELD_COLS " FROM held WHERE not_before <= ?2 AND ?1 = 0"
			      " ORDER BY not_before, body LIMIT 1",
	[SQL_HELD_DEL] = "DELETE FROM held WHERE log = ?1 AND hash = ?2",
	[SQL_READ_ADD] = "INSERT INTO reading(log, place, handle, day, number) VALUES(?1,"
			 " (SELECT count(*) FROM reading WHERE log = ?1), ?2, ?3, ?4)"
			 " ON CONFLICT(log, handle, day, number) DO NOTHING",
	[SQL_READ_LIST] = "SELECT handle, day, number FROM reading WHERE log = ?1 AND place >= ?2"
			  " ORDER BY place LIMIT ?3",
	[SQL_STATEMENT_ADD] = "INSERT INTO statement(log, desk, epoch, day, sig)"
			      " VALUES(?1,?2,?3,?4,?5)",
	[SQL_STATEMENT_LIST] = "SELECT desk, epoch, day, sig FROM statement WHERE log = ?1"
			       " ORDER BY desk LIMIT ?2",
	[SQL_CHUNK_ADD] = "INSERT INTO chunk(log, attach, part, parts, hash, body)"
			  " VALUES(?1,?2,?3,?4,?5,?6)",
	[SQL_CHUNK_GET] = "SELECT part, parts, hash, body FROM chunk WHERE log = ?1 AND attach = ?2"
			  " AND part = ?3",
	[SQL_CHUNK_CNT] = "SELECT count(*), max(parts) FROM chunk WHERE log = ?1 AND attach = ?2",

	[SQL_KEY_PUT] = "INSERT INTO keypart(desk, kind, handle, epoch, day, complete, bytes)"
			" VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT(desk, kind, handle, epoch) DO"
			" UPDATE SET day = excluded.day, complete = excluded.complete,"
			" bytes = excluded.bytes",
	[SQL_KEY_GET] = "SELECT epoch, day, complete, bytes FROM keypart WHERE desk = ?1 AND"
			" kind = ?2 AND handle = ?3 AND epoch = ?4",
	[SQL_KEY_NEWEST] = "SELECT epoch, day, complete, bytes FROM keypart WHERE desk = ?1 AND"
			   " kind = ?2 AND handle = ?3 ORDER BY epoch DESC LIMIT 1",
	[SQL_CERT_LIST] = "SELECT desk, epoch, day, bytes, handle FROM keypart WHERE kind = 3 AND"
			  " complete = 1 ORDER BY desk, epoch",
	[SQL_DOC_PUT] = "INSERT INTO doc(kind, version, hash, bytes) VALUES(?1,?2,?3,?4)"
			" ON CONFLICT(kind, hash) DO NOTHING",
	[SQL_DOC_GET] = "SELECT bytes FROM doc WHERE kind = ?1 AND hash = ?2",
	[SQL_DOC_NEWEST] = "SELECT bytes FROM doc WHERE kind = ?1 ORDER BY version DESC, n DESC"
			   " LIMIT 1",

	[SQL_LEAF_ADD] = "INSERT INTO leaf(bytes) VALUES(?1)",
	[SQL_LEAF_COUNT] = "SELECT count(*) FROM leaf WHERE n > 64",
	[SQL_LEAF_LIST] = "SELECT bytes FROM leaf WHERE n > 64 LIMIT ?1",
	[SQL_LEAF_CLEAR] = "DELETE FROM leaf WHERE n > 64",
	[SQL_TILE_PUT] = "INSERT INTO tile(level, n, bytes) VALUES(?1, ?2, ?3)"
			 " ON CONFLICT(level, n) DO UPDATE SET bytes = excluded.bytes",
	[SQL_TILE_GET] = "SELECT bytes FROM tile WHERE level = ?1 AND n = ?2",
	[SQL_BATCH_PUT] = "INSERT INTO batch(n, first, cnt, day) VALUES(?1, ?2, ?3, ?4)",
	[SQL_BATCH_GET] =
		"SELECT n, first, cnt, day FROM batch WHERE n <= ?1 ORDER BY n DESC LIMIT 1",

	[SQL_STATS] = "SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM held)",
	[SQL_NEWEST] = "SELECT coalesce(max(day), 0) FROM entry WHERE log > 64",
	[SQL_STATS_LOGS] =
		"SELECT max(n), count(*), coalesce(sum(kind = 0), 0), coalesce(sum(kind = 1), 0),"
		" coalesce(sum(entries + desk_entries), 0),"
		" coalesce(sum((above & 1) AND (read_due > 0 OR answer_due > 0)), 0),"
		" coalesce(sum(read_due > 0 AND ladder = 0), 0),"
		" coalesce(sum(read_due > 0 AND ladder = 1), 0),"
		" min(CASE WHEN read_due > 0 AND ladder = 0 THEN day END),"
		" min(CASE WHEN read_due > 0 AND ladder = 1 THEN day END)"
		" FROM (SELECT * FROM log WHERE n > ?1 AND kind < 127 ORDER BY n LIMIT ?2)",
	[SQL_PURGE_FIND] =
		"SELECT n, id FROM (SELECT n, id FROM log WHERE state = 1 AND closed_day < ?1"
		" ORDER BY closed_day LIMIT 1) UNION ALL SELECT n, id FROM log AS b WHERE kind IN (1, 2)"
		" AND NOT (kind = 1 AND substr(sealed, 8, 1) IN (x'02', x'03'))" /* held */
		" AND (SELECT max(day) FROM entry WHERE log = b.n) < ?2 LIMIT 1",
	[SQL_PURGE_JUNK] = "SELECT n, id FROM log WHERE state = 9 AND closed_day < ?1"
			   " ORDER BY closed_day LIMIT 1",
	[SQL_PURGE_BODY] = "DELETE FROM body WHERE n IN (SELECT body FROM entry WHERE log = ?1"
			   " UNION ALL SELECT body FROM held WHERE log = ?1"
			   " UNION ALL SELECT body FROM chunk WHERE log = ?1)",
	[SQL_PURGE_ENTRY] = "DELETE FROM entry WHERE log = ?1",
	[SQL_PURGE_HELD] = "DELETE FROM held WHERE log = ?1",
	[SQL_PURGE_CHUNK] = "DELETE FROM chunk WHERE log = ?1",
	[SQL_PURGE_READ] = "DELETE FROM reading WHERE log = ?1",
	[SQL_PURGE_STATEMENT] = "DELETE FROM statement WHERE log = ?1",
	[SQL_PURGE_LOG] = "DELETE FROM log WHERE n = ?1",
	[SQL_GONE_ADD] = "INSERT INTO gone(id) VALUES(?1) ON CONFLICT(id) DO NOTHING",

	[SQL_MIX_LOGS] =
		"SELECT n, id FROM log WHERE fresh = 1 AND touched <= ?1 ORDER BY id LIMIT ?2",
	[SQL_MIX_BODIES] = "SELECT 0, body FROM entry WHERE log = ?1 AND body > ?2"
			   " UNION ALL SELECT 1, body FROM held WHERE log = ?1 AND body > ?2"
			   " UNION ALL SELECT 2, body FROM chunk WHERE log = ?1 AND body > ?2",
	[SQL_MIX_ENTRY_BODY] = "UPDATE entry SET body = ?3 WHERE log = ?1 AND body = ?2",
	[SQL_MIX_HELD_BODY] = "UPDATE held SET body = ?3 WHERE log = ?1 AND body = ?2",
	[SQL_MIX_CHUNK_BODY] = "UPDATE chunk SET body = ?3 WHERE log = ?1 AND body = ?2",
	/* A clock that has run out needs no hour any more: the end of its day is left. */
	[SQL_MIX_LOG] =
		"UPDATE log SET n = ?2, id = ?3, touched = ?4, fresh = 0,"
		" read_due = CASE WHEN above THEN (read_due + 23) / 24 * 24 ELSE read_due END,"
		" answer_due = CASE WHEN above THEN (answer_due + 23) / 24 * 24"
		" ELSE answer_due END WHERE n = ?1",
	[SQL_MIX_ENTRY] = "UPDATE entry SET log = ?2, body = abs(body) WHERE log = ?1",
	[SQL_MIX_HELD] = "UPDATE held SET log = ?2, body = abs(body) WHERE log = ?1",
	[SQL_MIX_CHUNK] = "UPDATE chunk SET log = ?2, body = abs(body) WHERE log = ?1",
	[SQL_MIX_READ] = "UPDATE reading SET log = ?2 WHERE log = ?1",
	[SQL_MIX_STATEMENT] = "UPDATE statement SET log = ?2 WHERE log = ?1",
	[SQL_MIX_LEFT] =
		"SELECT min(b) FROM (SELECT e.body AS b FROM log l JOIN entry e ON e.log = l.n"
		" WHERE l.fresh = 1 AND e.body > ?1 UNION ALL"
		" SELECT h.body FROM log l JOIN held h ON h.log = l.n"
		" WHERE l.fresh = 1 AND h.body > ?1 UNION ALL"
		" SELECT c.body FROM log l JOIN chunk c ON c.log = l.n"
		" WHERE l.fresh = 1 AND c.body > ?1) AS places",

#define X(name, key, rest, columns, keys, key_args, limit, args, rows, which)                      \
	[SQL_COPY_READ(SQL_TABLE_##name)] = "SELECT " key rest " FROM " #name " WHERE (" key       \
					    ") > (" key_args ")" which " ORDER BY " key            \
					    " LIMIT " limit,                                       \
	[SQL_COPY_ADD(SQL_TABLE_##name)] = "INSERT INTO " #name "(" key rest ") VALUES(" args ")", \
	[SQL_COPY_CLEAR(SQL_TABLE_##name)] = "DELETE FROM " #name " WHERE (" key                   \
					     ") IN (SELECT " key " FROM " #name                    \
					     " WHERE true" which " LIMIT ?1)",
	SQL_COPY_TABLES(X)
#undef X
		[SQL_COPY_END] = "DELETE FROM meta WHERE name = '" SQL_HALF "'",
};

const char *
sql_text(const struct sql_engine *e, enum sql which)
{
	return e->text[which] ? e->text[which] : text[which];
}
