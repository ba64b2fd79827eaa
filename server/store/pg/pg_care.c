/*
 * Whether the PostgreSQL store is sound. Its pages are the server's to check (data_checksums); here
 * all sealed bytes are compared with the hashes that the rows beside them have, and rows with each
 * other (pg_numbers.c).
 */
#include "server/store/pg/pg.h"

#include "crypto/err.h"

#include <stdio.h>

#define CHECK_ROWS 64

/* The tables whose rows name sealed bytes, and how many columns their key has besides a hash. */
static const struct {
	enum sql walk;
	const char *name;
	int numbers;
	bool hash;
} tables[] = {
	{ SQL_WALK_ENTRY, "entry", 3, false },
	{ SQL_WALK_HELD, "held", 1, true },
	{ SQL_WALK_CHUNK, "chunk", 3, false },
};
#define TABLE_CNT (sizeof(tables) / sizeof(tables[0]))

/* The pads come first and have no sealed bytes. */
static void
walk_start(struct pg *s, unsigned table)
{
	memset(&s->walk, 0, sizeof(s->walk));
	s->walk.table = table;
	s->walk.key[0] = SQL_PAD_CNT;
	s->walk.key[1] = INT64_MAX;
}

/* Columns: the hash, the bytes, then the key. */
static int
walk_row(struct pg *s, struct sql_call *q, uint64_t *damaged)
{
	uint8_t kept[32], found[32] = { 0 };
	size_t len;
	const void *bytes = sql_bytes(q, 1, &len);
	int err = sql_blob(q, 0, kept, sizeof(kept));
	if (len == STORE_BODY_LEN)
		key_sha256(found, bytes, len);
	*damaged += err || len != STORE_BODY_LEN || memcmp(kept, found, sizeof(kept)) != 0;
	for (int i = 0; i < tables[s->walk.table].numbers; i++)
		s->walk.key[i] = sql_i64(q, 2 + i);
	if (!err)
		memcpy(s->walk.hash, kept, sizeof(kept));
	return err;
}

static int
walk(struct store *store, unsigned rows, struct store_walk *out)
{
	struct pg *s = pg_of(store);
	struct sql_call q;
	unsigned cnt = 0;
	int row, err = 0;
	if (!s->walk.key[0])
		walk_start(s, 0);
	*out = (struct store_walk){ .table = tables[s->walk.table].name };
	sql_ask(&q, &s->sql, tables[s->walk.table].walk, "i", s->walk.key[0]);
	if (tables[s->walk.table].hash)
		sql_add(&q, "b", s->walk.hash, sizeof(s->walk.hash));
	else
		sql_add(&q, "ii", s->walk.key[1], s->walk.key[2]);
	sql_add(&q, "i", (int64_t)rows);
	while (!err && (row = sql_row(&q)) != 0) {
		err = row < 0 ? row : walk_row(s, &q, &out->damaged);
		cnt++;
	}
	sql_done(&q);
	if (err || cnt == rows)
		return err;
	walk_start(s, (s->walk.table + 1) % (unsigned)TABLE_CNT);
	out->done = !s->walk.table;
	return 0;
}

static int
check_bytes(struct store *store, char why[static STORE_WHY_LEN])
{
	struct store_walk step = { .done = false };
	uint64_t damaged = 0;
	int err = 0;
	walk_start(pg_of(store), 0);
	while (!err && !step.done) {
		err = walk(store, CHECK_ROWS, &step);
		damaged += step.damaged;
	}
	if (err)
		snprintf(why, STORE_WHY_LEN, "the store cannot be read to its end");
	else if (damaged)
		snprintf(why, STORE_WHY_LEN,
			 "the store is damaged: %llu of its sealed entries are not the bytes that "
			 "were stored; keep a copy of the database, and restore the last backup",
			 (unsigned long long)damaged);
	return err ? err : damaged ? ERR_IO : 0;
}

/* What can be told before the store is used, in a fraction of a second: nothing. */
static int
check_start(struct store *store, char why[static STORE_WHY_LEN])
{
	(void)store;
	(void)why;
	return 0;
}

static int
scrub(struct store *store)
{
	(void)store;
	return 0;
}

const struct store_care_ops pg_care_ops = {
	.stats = sql_stats,
	.count = sql_count,
	.newest = sql_newest,
	.purge = sql_purge,
	.purge_junk = sql_purge_junk,
	.scrub = scrub,
	.check = pg_numbers,
	.check_bytes = check_bytes,
	.check_start = check_start,
	.walk = walk,
	.mix = pg_mix,
};
