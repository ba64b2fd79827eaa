/*
 * Takes the order out of which logs of past days came in (store_mix). Numbers of rows are random
 * here from the start, so the places in the order of change are all that tells it: each log gets a
 * new one behind all others, in an order that is drawn.
 *
 * What the server keeps beside the rows (its write-ahead log, dead rows, the places of rows in its
 * files) still tells it until the server has overwritten it; SECURITY.md says so.
 */
#include "server/store/pg/pg.h"

#include "crypto/err.h"

#include <sodium.h>

#define STEP_LOGS 64

struct mix_log {
	int64_t n;
	uint8_t id[KEY_ID_LEN];
};

/* The next logs in the order of their ids, which says nothing about time. */
static int
mix_logs(struct pg *s, uint64_t before, struct mix_log log[static 2 * STEP_LOGS], size_t *cnt)
{
	struct sql_call q;
	int row, err = 0;
	sql_ask(&q, &s->sql, SQL_MIX_LOGS, "ii", (int64_t)before, (int64_t)(2 * STEP_LOGS));
	*cnt = 0;
	while (!err && *cnt < 2 * STEP_LOGS && (row = sql_row(&q)) != 0) {
		err = row < 0 ? row : sql_blob(&q, 1, log[*cnt].id, KEY_ID_LEN);
		if (!err)
			log[(*cnt)++].n = sql_i64(&q, 0);
	}
	sql_done(&q);
	return err;
}

int
pg_mix(struct store *store, uint64_t before, bool *more)
{
	struct pg *s = pg_of(store);
	struct mix_log log[2 * STEP_LOGS];
	size_t cnt;
	int err = mix_logs(s, before, log, &cnt);
	/* The last step takes up to twice as many, so that it is not a single log whose place would
	 * show. */
	*more = !err && cnt == 2 * STEP_LOGS;
	if (*more)
		cnt = STEP_LOGS;
	for (size_t left = cnt; !err && left; left--) {
		size_t k = randombytes_uniform((uint32_t)left);
		err = sql_run(&s->sql, SQL_MIX_LOG, "iibi", log[k].n, log[k].n, log[k].id,
			      sizeof(log[k].id), (int64_t)(s->sql.touched + 1));
		s->sql.touched += !err;
		log[k] = log[left - 1];
	}
	return err;
}
