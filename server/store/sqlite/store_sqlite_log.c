/* Cases and orders: one row each. */
#include "server/store/sqlite/store_sql.h"

#include "crypto/err.h"

static int
log_read(sqlite3_stmt *st, struct store_log *log)
{
	memset(log, 0, sizeof(*log));
	log->n = sqlite3_column_int64(st, 0);
	log->kind = (uint8_t)sql_u32(st, 2);
	log->state = (uint8_t)sql_u32(st, 3);
	log->ladder = (uint8_t)sql_u32(st, 4);
	log->desk = (uint16_t)sql_u32(st, 5);
	log->origin = (uint16_t)sql_u32(st, 6);
	log->acked = sql_u32(st, 7) != 0;
	log->answered = sql_u32(st, 8) != 0;
	log->above = sql_u32(st, 9) != 0;
	log->day = sql_u32(st, 10);
	log->closed_day = sql_u32(st, 11);
	log->read_due = sql_u32(st, 12);
	log->answer_due = sql_u32(st, 13);
	log->source_cnt = sql_u32(st, 14);
	log->entries = sql_u32(st, 15);
	log->desk_entries = sql_u32(st, 16);
	log->reads = sql_u32(st, 17);
	log->attachments = sql_u32(st, 18);
	log->bytes = (uint64_t)sqlite3_column_int64(st, 19);
	size_t readers = (size_t)sqlite3_column_bytes(st, 22);
	if (readers > sizeof(log->reader) || readers % KEY_HANDLE_LEN)
		return ERR_IO;
	log->reader_cnt = (uint8_t)(readers / KEY_HANDLE_LEN);
	if (sql_blob(st, 1, log->id, sizeof(log->id)) ||
	    sql_blob(st, 20, log->proof, sizeof(log->proof)) ||
	    sql_blob(st, 21, log->closer, sizeof(log->closer)) ||
	    sql_blob(st, 22, log->reader, readers))
		return ERR_IO;
	return 0;
}

static int
log_one(struct store *s, struct store_log *out, sqlite3_stmt *st)
{
	int row = sql_row(s, st);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	int err = log_read(st, out);
	sql_done(st);
	return err;
}

int
store_log_get(struct store *s, struct store_log *out, const uint8_t id[static KEY_ID_LEN])
{
	return log_one(s, out, sql_bind(s, SQL_LOG_GET, "b", id, (size_t)KEY_ID_LEN));
}

int
store_log_by_n(struct store *s, struct store_log *out, int64_t n)
{
	return log_one(s, out, sql_bind(s, SQL_LOG_BY_N, "i", n));
}

static uint32_t
next_due(const struct store_log *l)
{
	if (l->above)
		return 0;
	if (l->read_due && l->answer_due)
		return l->read_due < l->answer_due ? l->read_due : l->answer_due;
	return l->read_due ? l->read_due : l->answer_due;
}

/* The columns that add and set share; the caller binds number 24. */
static sqlite3_stmt *
log_bind(struct store *s, enum sql which, const struct store_log *l)
{
	return sql_bind(s, which, "iiiiiiiiiiiiiiiiiibbbii", (int64_t)l->kind, (int64_t)l->state,
			(int64_t)l->ladder, (int64_t)l->desk, (int64_t)l->origin, (int64_t)l->acked,
			(int64_t)l->answered, (int64_t)l->above, (int64_t)l->day,
			(int64_t)l->closed_day, (int64_t)l->read_due, (int64_t)l->answer_due,
			(int64_t)l->source_cnt, (int64_t)l->entries, (int64_t)l->desk_entries,
			(int64_t)l->reads, (int64_t)l->attachments, (int64_t)l->bytes, l->proof,
			sizeof(l->proof), l->closer, sizeof(l->closer), l->reader,
			(size_t)l->reader_cnt * KEY_HANDLE_LEN, (int64_t)(s->touched + 1),
			(int64_t)next_due(l));
}

int
store_log_add(struct store *s, struct store_log *log)
{
	if (store_log_gone(s, log->id))
		return ERR_DUP;
	sqlite3_stmt *st = log_bind(s, SQL_LOG_ADD, log);
	sqlite3_bind_blob(st, 24, log->id, sizeof(log->id), SQLITE_STATIC);
	int err = sql_run(s, st);
	if (err)
		return err;
	s->touched++;
	log->n = sqlite3_last_insert_rowid(s->db);
	return 0;
}

int
store_log_set(struct store *s, const struct store_log *log)
{
	sqlite3_stmt *st = log_bind(s, SQL_LOG_SET, log);
	sqlite3_bind_int64(st, 24, log->n);
	int err = sql_run(s, st);
	if (err)
		return err;
	s->touched++;
	return sqlite3_changes(s->db) == 1 ? 0 : ERR_NOT_FOUND;
}

bool
store_log_gone(struct store *s, const uint8_t id[static KEY_ID_LEN])
{
	sqlite3_stmt *st = sql_bind(s, SQL_GONE_GET, "b", id, (size_t)KEY_ID_LEN);
	bool gone = sql_row(s, st) == 1;
	sql_done(st);
	return gone;
}

/* The logs of one desk. */
static int
list_desk(struct store *s, const struct store_range *range, store_take *take, void *arg)
{
	sqlite3_stmt *st = sql_bind(s, SQL_LOG_LIST, "iii", (int64_t)range->desk,
				    (int64_t)range->kind, (int64_t)range->after);
	int row, err = 0;
	while (!err && (row = sql_row(s, st)) != 0) {
		struct store_log log;
		err = row < 0 ? row : log_read(st, &log);
		if (!err)
			err = take(arg, &log, (uint64_t)sqlite3_column_int64(st, 23));
	}
	sql_done(st);
	return err;
}

int
store_log_list(struct store *s, const struct store_range *range, store_take *take, void *arg)
{
	struct store_range one = *range;
	if (range->desk)
		return list_desk(s, range, take, arg);
	for (;;) {
		sqlite3_stmt *st = sql_bind(s, SQL_LOG_DESK_NEXT, "ii", (int64_t)one.kind,
					    (int64_t)one.desk);
		int row = sql_row(s, st);
		if (row <= 0)
			return row;
		one.desk = (uint16_t)sql_u32(st, 0);
		sql_done(st);
		int err = list_desk(s, &one, take, arg);
		if (err < 0)
			return err;
	}
}

int
store_log_due(struct store *s, uint32_t hour, struct store_log *out, size_t cap, size_t *cnt)
{
	sqlite3_stmt *st = sql_bind(s, SQL_LOG_DUE, "ii", (int64_t)hour, (int64_t)cap);
	int row, err = 0;
	*cnt = 0;
	while (!err && *cnt < cap && (row = sql_row(s, st)) != 0) {
		err = row < 0 ? row : log_read(st, &out[*cnt]);
		if (!err)
			++*cnt;
	}
	sql_done(st);
	return err;
}

static int
purge_one(struct store *s, int64_t n, const uint8_t id[static KEY_ID_LEN])
{
	static const enum sql order[] = { SQL_PURGE_BODY,  SQL_PURGE_ENTRY, SQL_PURGE_HELD,
					  SQL_PURGE_CHUNK, SQL_PURGE_READ,  SQL_PURGE_LOG };
	int err = 0;
	for (size_t i = 0; !err && i < sizeof(order) / sizeof(order[0]); i++)
		err = sql_run(s, sql_bind(s, order[i], "i", n));
	return err ? err : sql_run(s, sql_bind(s, SQL_GONE_ADD, "b", id, (size_t)KEY_ID_LEN));
}

int
store_purge(struct store *s, uint32_t day, uint32_t most, uint32_t *cnt)
{
	for (*cnt = 0; *cnt < most; ++*cnt) {
		uint8_t id[KEY_ID_LEN];
		sqlite3_stmt *st = sql_bind(s, SQL_PURGE_FIND, "i", (int64_t)day);
		int row = sql_row(s, st);
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
	/* What is removed may have had the newest place, which the mark goes by. */
	return *cnt ? sql_touch(s) : 0;
}

int
store_stats(struct store *s, struct store_stats *out, uint32_t hour)
{
	memset(out, 0, sizeof(*out));
	sqlite3_stmt *st = sql_bind(s, SQL_STATS, "i", (int64_t)hour);
	int row = sql_row(s, st);
	if (row != 1)
		return row ? row : ERR_IO;
	uint64_t *to[] = { &out->cases,   &out->orders, &out->tombstones,
			   &out->entries, &out->held,   &out->overdue };
	for (int i = 0; i < 6; i++)
		*to[i] = (uint64_t)sqlite3_column_int64(st, i);
	sql_done(st);
	for (int l = 0; l < 2; l++) {
		st = sql_bind(s, SQL_STATS_UNREAD, "i", (int64_t)l);
		if (sql_row(s, st) != 1)
			return ERR_IO;
		out->unread[l] = sql_u32(st, 0);
		out->oldest_day[l] = sql_u32(st, 1);
		sql_done(st);
	}
	out->used = store_used(s);
	return 0;
}
