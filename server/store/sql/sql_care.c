/* The store in SQL as its operator knows it: what it counts, and what a purge removes. */
#include "server/store/sql/sql_store.h"

#include "crypto/err.h"

#include <string.h>

#define COUNT_ROWS 4096

static int
purge_one(struct sql_store *s, int64_t n, const uint8_t id[static KEY_ID_LEN])
{
	static const enum sql order[] = { SQL_PURGE_BODY,  SQL_PURGE_ENTRY, SQL_PURGE_HELD,
					  SQL_PURGE_CHUNK, SQL_PURGE_READ,  SQL_PURGE_STATEMENT,
					  SQL_PURGE_LOG };
	int err = 0;
	for (size_t i = 0; !err && i < sizeof(order) / sizeof(order[0]); i++)
		err = sql_run(s, order[i], "i", n);
	return err ? err : sql_run(s, SQL_GONE_ADD, "b", id, (size_t)KEY_ID_LEN);
}

static int
purge_found(struct sql_store *s, enum sql find, uint32_t day, uint32_t most,
	    uint8_t (*ids)[KEY_ID_LEN], uint32_t *cnt)
{
	for (*cnt = 0; *cnt < most; ++*cnt) {
		uint8_t id[KEY_ID_LEN];
		struct sql_call q;
		sql_ask(&q, s, find, "i", (int64_t)day);
		if (find == SQL_PURGE_FIND)
			sql_add(&q, "i", (int64_t)day - STORE_BOOK_DAYS);
		int row = sql_row(&q);
		if (row < 0)
			return row;
		if (!row)
			break;
		int64_t n = sql_i64(&q, 0);
		int err = sql_blob(&q, 1, id, sizeof(id));
		sql_done(&q);
		if (!err)
			err = purge_one(s, n, id);
		if (err)
			return err;
		if (ids)
			memcpy(ids[*cnt], id, sizeof(id));
	}
	if (!*cnt)
		return 0;
	int err = s->engine->purged(s);
	/* A removed log may have had the newest place, and places tell whether a batch is missing.
	 */
	return err ? err : sql_touch(s);
}

int
sql_purge(struct store *store, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
	  uint32_t *cnt)
{
	return purge_found(sql_of(store), SQL_PURGE_FIND, day, most, ids, cnt);
}

int
sql_purge_junk(struct store *store, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
	       uint32_t *cnt)
{
	return purge_found(sql_of(store), SQL_PURGE_JUNK, day, most, ids, cnt);
}

/* Counts the next logs; false in *more when the last was counted. */
static int
count_logs(struct sql_count *c, struct sql_store *s, unsigned rows, bool *more)
{
	struct sql_call q;
	sql_ask(&q, s, SQL_STATS_LOGS, "ii", c->n, (int64_t)rows);
	uint64_t *to[] = { &c->now.cases, &c->now.orders, &c->now.entries, &c->now.overdue };
	int row = sql_row(&q);
	if (row != 1)
		return row ? row : ERR_IO;
	*more = sql_i64(&q, 1) == (int64_t)rows;
	if (*more)
		c->n = sql_i64(&q, 0);
	for (int i = 0; i < 4; i++)
		*to[i] += (uint64_t)sql_i64(&q, 2 + i);
	for (int l = 0; l < 2; l++) {
		uint32_t day = sql_u32(&q, 8 + l);
		c->now.unread[l] += sql_u32(&q, 6 + l);
		if (day && (!c->now.oldest_day[l] || day < c->now.oldest_day[l]))
			c->now.oldest_day[l] = day;
	}
	sql_done(&q);
	if (*more)
		return 0;
	c->last = c->now;
	memset(&c->now, 0, sizeof(c->now));
	c->n = 0;
	return 0;
}

int
sql_count(struct store *store, unsigned rows, bool *more)
{
	struct sql_store *s = sql_of(store);
	return count_logs(&s->count, s, rows, more);
}

/* A small store is counted at once; for a big one the counts are those of the last store_count. */
int
sql_stats(struct store *store, struct store_stats *out)
{
	struct sql_store *s = sql_of(store);
	struct sql_count whole = { .n = 0 };
	bool more = store_used(&s->store) <= SQL_SMALL;
	bool now = more;
	memset(out, 0, sizeof(*out));
	while (more) {
		int err = count_logs(&whole, s, COUNT_ROWS, &more);
		if (err)
			return err;
	}
	*out = now ? whole.last : s->count.last;
	struct sql_call q;
	sql_ask(&q, s, SQL_STATS, "");
	int row = sql_row(&q);
	if (row != 1)
		return row ? row : ERR_IO;
	out->tombstones = (uint64_t)sql_i64(&q, 0);
	out->held = (uint64_t)sql_i64(&q, 1);
	sql_done(&q);
	out->used = store_used(&s->store);
	return 0;
}

int
sql_newest(struct store *store, uint32_t *day)
{
	struct sql_call q;
	int row = sql_row(sql_ask(&q, sql_of(store), SQL_NEWEST, ""));
	if (row != 1)
		return row ? row : ERR_IO;
	*day = sql_u32(&q, 0);
	sql_done(&q);
	return 0;
}
