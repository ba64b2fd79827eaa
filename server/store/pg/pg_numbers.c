/*
 * Whether the rows of the PostgreSQL store agree with each other: what each log says of itself is
 * what lies there of it, and no row lies there of which no log knows. Rows have no sums there, so
 * this is what tells that one was removed, or came by another way than through the vault.
 */
#include "server/store/pg/pg.h"

#include "crypto/err.h"

#include <inttypes.h>
#include <stdio.h>

#define STEP_LOGS 512

/* Columns of SQL_NUMBERS_LOGS: the log, then what it says and what is there, in pairs, then rows of
 * each table that have to add up to all that there are (SQL_NUMBERS_ALL, without the pads). */
static const char *const said[] = { "entries", "entries of desks", "entries of the source",
				    "read records", "photos" };
static const char *const all[] = { "entry", "held", "chunk", "reading", "statement", "body" };
#define SAID_CNT ((int)(sizeof(said) / sizeof(said[0])))
#define ALL_CNT  ((int)(sizeof(all) / sizeof(all[0])))

struct numbers {
	int64_t n;               /* the log that was looked at last */
	int64_t sum[ALL_CNT];    /* of the logs so far */
	int64_t wrong[SAID_CNT]; /* logs */
};

static int
step(struct pg *s, struct numbers *now, bool *more)
{
	struct sql_call q;
	int row, err = 0, cnt = 0;
	sql_ask(&q, &s->sql, SQL_NUMBERS_LOGS, "ii", now->n, (int64_t)STEP_LOGS);
	for (; !err && (row = sql_row(&q)) != 0; cnt++) {
		err = row < 0 ? row : 0;
		now->n = sql_i64(&q, 0);
		for (int i = 0; !err && i < SAID_CNT; i++)
			now->wrong[i] += sql_i64(&q, 1 + 2 * i) != sql_i64(&q, 2 + 2 * i);
		for (int i = 0; !err && i < ALL_CNT; i++)
			now->sum[i] += sql_i64(&q, 1 + 2 * SAID_CNT + i);
	}
	sql_done(&q);
	*more = cnt == STEP_LOGS;
	return err;
}

static int
judge(const struct numbers *now, struct sql_call *q, uint64_t place, char why[static STORE_WHY_LEN])
{
	static const char end[] = "keep a copy of the database, and restore the last backup";
	for (int i = 0; i < SAID_CNT; i++)
		if (now->wrong[i]) {
			snprintf(why, STORE_WHY_LEN,
				 "the store is damaged: %" PRId64
				 " cases or orders do not have as many %s "
				 "as they say; %s",
				 now->wrong[i], said[i], end);
			return ERR_IO;
		}
	for (int i = 0; i < ALL_CNT; i++)
		if (now->sum[i] != sql_i64(q, i)) {
			snprintf(why, STORE_WHY_LEN,
				 "the store is damaged: its table \"%s\" has %" PRId64 " rows, and "
				 "its cases and orders know of %" PRId64 "; %s",
				 all[i], sql_i64(q, i), now->sum[i], end);
			return ERR_IO;
		}
	if ((uint64_t)sql_i64(q, ALL_CNT) > place) {
		snprintf(why, STORE_WHY_LEN,
			 "the store is damaged: a case lies behind the last place in the order of "
			 "change; %s",
			 end);
		return ERR_IO;
	}
	return 0;
}

/* In one transaction, in which nobody writes. */
int
pg_numbers(struct store *store, char why[static STORE_WHY_LEN])
{
	struct pg *s = pg_of(store);
	struct numbers now = { .n = SQL_PAD_CNT };
	struct sql_call q;
	bool more = true;
	int row, err = store_begin(store);
	if (err)
		return err;
	while (!err && more)
		err = step(s, &now, &more);
	row = err ? 0 : sql_row(sql_ask(&q, &s->sql, SQL_NUMBERS_ALL, ""));
	if (row == 1) {
		err = judge(&now, &q, store_place(store), why);
		sql_done(&q);
	} else if (!err) {
		err = row ? row : ERR_IO;
	}
	store_rollback(store);
	return err;
}
