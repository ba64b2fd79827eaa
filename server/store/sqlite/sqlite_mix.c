/*
 * What somebody reads who seizes the disk: the places in the order of change, the numbers of rows
 * and the places of sealed bytes follow each other as the tips came in. The vault needs this order
 * for one day, for the lists of desks. Every night this file takes it out: each log that changed on
 * a past day gets a new number, a new place in the order of change, behind all others, and its
 * sealed bytes change places with those of other logs, all drawn at random. A desk lists such a log
 * once more; it misses none, because places only grow.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define STEP_LOGS   64
#define STEP_BODIES 512 /* a step ends with the log that reaches this */
#define MIXED       "mixed"

/* Sealed bytes of a log that is being mixed. */
struct mix_body {
	int64_t log, n;
	enum sql set; /* the statement that notes where they lie now */
};

struct mix {
	struct sqlite *s;
	struct {
		int64_t n;
		uint8_t id[KEY_ID_LEN];
	} log[2 * STEP_LOGS];
	size_t log_cnt, body_cnt, body_cap;
	struct mix_body *body;
	int64_t mixed; /* sealed bytes up to this number were mixed before */
};

/* The next logs in the order of their ids, which says nothing about time. True in *more where
 * others are left. */
static int
mix_logs(struct mix *m, uint64_t before, bool *more)
{
	struct sql_call q;
	sql_ask(&q, &m->s->sql, SQL_MIX_LOGS, "ii", (int64_t)before, (int64_t)(2 * STEP_LOGS));
	int row, err = 0;
	while (!err && m->log_cnt < 2 * STEP_LOGS && (row = sql_row(&q)) != 0) {
		err = row < 0 ? row : sql_blob(&q, 1, m->log[m->log_cnt].id, KEY_ID_LEN);
		if (!err)
			m->log[m->log_cnt++].n = sql_i64(&q, 0);
	}
	sql_done(&q);
	/* The last step takes up to twice as many, so that it is not a single log whose place would
	 * show. */
	*more = m->log_cnt == 2 * STEP_LOGS;
	if (*more)
		m->log_cnt = STEP_LOGS;
	return err;
}

static int
mix_bodies_of(struct mix *m, int64_t log)
{
	static const enum sql set[] = { SQL_MIX_ENTRY_BODY, SQL_MIX_HELD_BODY, SQL_MIX_CHUNK_BODY };
	struct sql_call q;
	sql_ask(&q, &m->s->sql, SQL_MIX_BODIES, "ii", log, m->mixed);
	int row, err = 0;
	while (!err && (row = sql_row(&q)) != 0) {
		if (row > 0 && m->body_cnt == m->body_cap) {
			size_t cap = m->body_cap ? m->body_cap * 2 : 256;
			struct mix_body *b = realloc(m->body, cap * sizeof(*b));
			if (!b) {
				row = ERR_MEM;
			} else {
				m->body = b;
				m->body_cap = cap;
			}
		}
		if (row < 0)
			err = row;
		else
			m->body[m->body_cnt++] = (struct mix_body){ log, sql_i64(&q, 1),
								    set[sql_u32(&q, 0)] };
	}
	sql_done(&q);
	return err;
}

static int
mix_gather(struct mix *m, bool *more)
{
	int err = 0;
	size_t i;
	for (i = 0; !err && i < m->log_cnt && m->body_cnt < STEP_BODIES; i++)
		err = mix_bodies_of(m, m->log[i].n);
	*more = *more || i < m->log_cnt;
	m->log_cnt = i;
	return err;
}

/* Exchanges the sealed bytes of two places. */
static int
mix_exchange(struct sqlite *s, int64_t a, int64_t b)
{
	uint8_t bytes[2][STORE_BODY_LEN];
	int err = store_body_get(&s->sql.store, bytes[0], a);
	if (!err)
		err = store_body_get(&s->sql.store, bytes[1], b);
	if (!err)
		err = sql_run(&s->sql, SQL_PAD_BODY, "ib", a, bytes[1], sizeof(bytes[1]));
	if (!err)
		err = sql_run(&s->sql, SQL_PAD_BODY, "ib", b, bytes[0], sizeof(bytes[0]));
	return err;
}

/* Each place gets the bytes of one that is drawn. A place is noted as a negative number until all
 * are noted. */
static int
mix_bodies(struct mix *m)
{
	int err = 0;
	int64_t *place = calloc(m->body_cnt + 1, sizeof(*place));
	if (!place)
		return ERR_MEM;
	for (size_t i = 0; i < m->body_cnt; i++)
		place[i] = m->body[i].n;
	for (size_t i = m->body_cnt; !err && i-- > 1;) {
		size_t k = randombytes_uniform((uint32_t)(i + 1));
		struct mix_body owner = m->body[i];
		if (k == i)
			continue;
		err = mix_exchange(m->s, place[i], place[k]);
		m->body[i] = m->body[k];
		m->body[k] = owner;
	}
	for (size_t i = 0; !err && i < m->body_cnt; i++)
		err = sql_run(&m->s->sql, m->body[i].set, "iii", m->body[i].log, m->body[i].n,
			      -place[i]);
	free(place);
	return err == ERR_NOT_FOUND ? ERR_IO : err;
}

/* Takes the ids of all logs of this step out of the index before the first is put back, so that no
 * row lies in it where it lay. */
static int
mix_numbers(struct mix *m)
{
	static const enum sql part[] = { SQL_MIX_ENTRY, SQL_MIX_HELD, SQL_MIX_CHUNK, SQL_MIX_READ,
					 SQL_MIX_STATEMENT };
	struct sqlite *s = m->s;
	int err = 0;
	for (size_t i = m->log_cnt; i-- > 1;) {
		size_t k = randombytes_uniform((uint32_t)(i + 1));
		uint8_t id[KEY_ID_LEN];
		int64_t n = m->log[i].n;
		memcpy(id, m->log[i].id, sizeof(id));
		m->log[i] = m->log[k];
		m->log[k].n = n;
		memcpy(m->log[k].id, id, sizeof(id));
	}
	for (size_t i = 0; !err && i < m->log_cnt; i++)
		err = sql_run(&s->sql, SQL_MIX_ID, "i", m->log[i].n);
	int64_t last = sqlite_number(s->db, "SELECT max(n) FROM log", -1);
	if (last < 0)
		return err ? err : ERR_IO;
	for (size_t i = 0; !err && i < m->log_cnt; i++) {
		int64_t n = ++last;
		err = sql_run(&s->sql, SQL_MIX_LOG, "iibi", m->log[i].n, n, m->log[i].id,
			      sizeof(m->log[i].id), (int64_t)(s->sql.touched + 1));
		if (!err)
			s->sql.touched++;
		for (size_t k = 0; !err && k < sizeof(part) / sizeof(part[0]); k++)
			err = sql_run(&s->sql, part[k], "ii", m->log[i].n, n);
	}
	return err;
}

static int
mixed_get(struct sqlite *s, int64_t *mixed)
{
	size_t len;
	int err = sql_meta_get(&s->sql.store, MIXED, mixed, sizeof(*mixed), &len);
	if (err != ERR_NOT_FOUND)
		return !err && len != sizeof(*mixed) ? ERR_IO : err;
	*mixed = SQL_PAD_CNT;
	return 0;
}

static int
mixed_set(struct sqlite *s, int64_t mixed)
{
	return sql_meta_set(&s->sql.store, MIXED, &mixed, sizeof(mixed));
}

/* All up to the highest number are mixed, but for those of logs that changed meanwhile. */
static int
mix_end(struct mix *m)
{
	int64_t last = sqlite_number(m->s->db, "SELECT max(n) FROM body", -1);
	struct sql_call q;
	sql_ask(&q, &m->s->sql, SQL_MIX_LEFT, "i", m->mixed);
	int row = sql_row(&q);
	if (row != 1 || last < 0)
		return row < 0 ? row : ERR_IO;
	if (!sql_null(&q, 0))
		last = sql_i64(&q, 0) - 1;
	sql_done(&q);
	return mixed_set(m->s, last);
}

int
sqlite_mix(struct store *store, uint64_t before, bool *more)
{
	struct mix *m = calloc(1, sizeof(*m));
	*more = false;
	if (!m)
		return ERR_MEM;
	m->s = sqlite_of(store);
	int err = mixed_get(m->s, &m->mixed);
	if (!err)
		err = mix_logs(m, before, more);
	if (!err)
		err = mix_gather(m, more);
	if (!err)
		err = mix_bodies(m);
	if (!err)
		err = mix_numbers(m);
	if (!err && !*more)
		err = mix_end(m);
	free(m->body);
	free(m);
	return err;
}

int
sqlite_mix_purged(struct sql_store *store)
{
	struct sqlite *s = sqlite_of(&store->store);
	int64_t mixed, last = sqlite_number(s->db, "SELECT max(n) FROM body", -1);
	int err = mixed_get(s, &mixed);
	/* SQLite gives the numbers above the highest again. */
	return err || last < 0 || mixed <= last ? err : mixed_set(s, last);
}
