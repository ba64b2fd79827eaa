/*
 * A copy of a whole store into an empty one, row by row as they stand, also between two engines:
 * numbers of rows, places in the order of change and pads are the same there. What an engine has
 * beside the tables (a file's header, the row `head`) is not copied.
 *
 * The first thing that is written into the new store is the named value SQL_HALF, the last is its
 * removal. A store that has it is opened for another copy alone, which begins by removing all that
 * is there.
 */
#include "server/store/sql/sql_copy.h"
#include "server/store/sql/sql_store.h"

#include "crypto/err.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define KEYS       4
#define TEXT_MAX   64  /* of a name */
#define CLEAR_ROWS 512 /* removed at once */
#define PAGES      4   /* in one batch: the disk is waited for once, for 8 MiB of sealed bytes */

static const struct table {
	const char *name, *columns;
	int keys, rows;
} tables[SQL_TABLES] = {
#define X(name, key, rest, columns, keys, key_args, limit, args, rows, which)                      \
	{ #name, columns, keys, rows },
	SQL_COPY_TABLES(X)
#undef X
};

#define TOUCHED 25 /* the column of log that has the place in the order of change */

/* Where the next rows begin: behind this key. */
struct key {
	int64_t number;
	uint8_t bytes[TEXT_MAX];
	size_t len;
};

struct pass {
	struct sql_store *from, *to; /* to: NULL where rows are only summed */
	unsigned table;
	struct key key[KEYS];
	crypto_generichash_state hash;
	uint64_t rows, touched; /* touched: the last place of any log */
};

static void
pass_start(struct pass *p, struct sql_store *from, struct sql_store *to, unsigned table)
{
	p->from = from;
	p->to = to;
	p->table = table;
	p->rows = 0;
	memset(p->key, 0, sizeof(p->key));
	for (int i = 0; i < KEYS; i++)
		p->key[i].number = INT64_MIN;
	crypto_generichash_init(&p->hash, NULL, 0, STORE_SUM_LEN);
}

static void
hash_number(struct pass *p, uint8_t kind, uint64_t n)
{
	uint8_t b[9] = { kind };
	for (int i = 0; i < 8; i++)
		b[1 + i] = (uint8_t)(n >> 8 * i);
	crypto_generichash_update(&p->hash, b, sizeof(b));
}

/* One column: into the sum, into the key, and to the new row. text: room that outlives it. */
static int
cell(struct pass *p, struct sql_call *q, int col, struct sql_call *add, char text[static TEXT_MAX])
{
	const struct table *t = &tables[p->table];
	struct key *key = col < t->keys ? &p->key[col] : NULL;
	size_t len;
	if (sql_null(q, col)) {
		hash_number(p, 0, 0);
		if (add)
			sql_add(add, "n");
		return key ? ERR_IO : 0;
	}
	if (t->columns[col] == 'i') {
		int64_t n = sql_i64(q, col);
		hash_number(p, 1, (uint64_t)n);
		if (key)
			key->number = n;
		if (add)
			sql_add(add, "i", n);
		return 0;
	}
	const void *bytes = sql_bytes(q, col, &len);
	hash_number(p, 2, len);
	if (len)
		crypto_generichash_update(&p->hash, bytes, len);
	if ((key || t->columns[col] == 't') && (!len || len >= TEXT_MAX))
		return ERR_IO;
	if (key) {
		memcpy(key->bytes, bytes, len);
		key->len = len;
	}
	if (add && t->columns[col] == 't') {
		memcpy(text, bytes, len);
		text[len] = 0;
		sql_add(add, "t", text);
	} else if (add) {
		sql_add(add, "b", bytes, len);
	}
	return 0;
}

static int
row(struct pass *p, struct sql_call *q)
{
	struct sql_call add;
	char text[TEXT_MAX];
	int err = 0;
	if (p->to)
		sql_ask(&add, p->to, (enum sql)SQL_COPY_ADD(p->table), "");
	for (int col = 0; !err && tables[p->table].columns[col]; col++)
		err = cell(p, q, col, p->to ? &add : NULL, text);
	if (p->table == SQL_TABLE_log && (uint64_t)sql_i64(q, TOUCHED) > p->touched)
		p->touched = (uint64_t)sql_i64(q, TOUCHED);
	p->rows++;
	if (p->to && !err)
		return sql_end(&add);
	if (p->to)
		sql_done(&add);
	return err;
}

/* The next rows, at most that many; *cnt says how many there were. */
static int
page(struct pass *p, int rows, int *cnt)
{
	const struct table *t = &tables[p->table];
	char text[TEXT_MAX];
	struct sql_call q;
	int err = 0, got;
	sql_ask(&q, p->from, (enum sql)SQL_COPY_READ(p->table), "");
	for (int i = 0; i < t->keys; i++) {
		if (t->columns[i] == 'i') {
			sql_add(&q, "i", p->key[i].number);
		} else if (t->columns[i] == 't') {
			memcpy(text, p->key[i].bytes, TEXT_MAX);
			sql_add(&q, "t", text);
		} else {
			sql_add(&q, "b", p->key[i].bytes, p->key[i].len);
		}
	}
	sql_add(&q, "i", (int64_t)rows);
	for (*cnt = 0; !err && (got = sql_row(&q)) != 0; ++*cnt)
		err = got < 0 ? got : row(p, &q);
	sql_done(&q);
	return err;
}

/* ---- what the new store has ---- */

static int
half(struct store *s, bool *is)
{
	uint8_t value[8];
	size_t len;
	int err = store_meta_get(s, SQL_HALF, value, sizeof(value), &len);
	*is = !err;
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* Whether there is nothing but the pads, with which a store begins. */
static int
empty(struct sql_store *s, bool *is)
{
	struct pass p = { .touched = 0 };
	int err = 0, cnt;
	*is = true;
	for (unsigned t = 0; !err && *is && t < SQL_TABLES; t++) {
		bool pads = t == SQL_TABLE_body || t == SQL_TABLE_log || t == SQL_TABLE_entry ||
			    t == SQL_TABLE_leaf;
		pass_start(&p, s, NULL, t);
		err = page(&p, SQL_PAD_CNT + 1, &cnt);
		*is = cnt == (pads ? SQL_PAD_CNT : 0);
	}
	return err;
}

/* Ends a batch that begins with store_begin, whatever became of it. */
static int
batch_end(struct sql_store *s, int err)
{
	if (!err)
		err = store_commit(&s->store);
	if (err)
		store_rollback(&s->store);
	else
		store_idle(&s->store, 0);
	return err;
}

static int
clear(struct sql_store *s)
{
	int err = 0;
	for (unsigned t = 0; !err && t < SQL_TABLES;) {
		struct sql_call q;
		err = store_begin(&s->store);
		if (err)
			break;
		/* The place that a store remembers beside its rows may never be ahead of them. */
		s->touched = 0;
		err = sql_end(
			sql_ask(&q, s, (enum sql)SQL_COPY_CLEAR(t), "i", (int64_t)CLEAR_ROWS));
		t += !err && q.changes < CLEAR_ROWS;
		err = batch_end(s, err);
	}
	return err;
}

/* An empty store, or one of a copy that did not end, becomes one without a row, that says so. */
static int
prepare(struct sql_store *s)
{
	bool is = false;
	int err = half(&s->store, &is);
	if (!err && !is) {
		err = empty(s, &is);
		if (!err && !is)
			return ERR_DUP;
		if (!err)
			err = store_begin(&s->store);
		if (!err)
			err = batch_end(s, store_meta_set(&s->store, SQL_HALF, "1", 1));
	}
	return err ? err : clear(s);
}

/* ---- the copy ---- */

static void
sum_end(struct pass *p, struct store_sum *sum)
{
	sum->table = tables[p->table].name;
	sum->rows = p->rows;
	crypto_generichash_final(&p->hash, sum->sum, STORE_SUM_LEN);
}

static int
table(struct pass *p, struct store_sum *sum)
{
	int err = 0, rows = tables[p->table].rows, cnt = rows;
	while (!err && cnt == rows) {
		if (p->to)
			err = store_begin(&p->to->store);
		if (err)
			break;
		for (int i = 0; !err && i < PAGES && cnt == rows; i++)
			err = page(p, rows, &cnt);
		if (p->to)
			err = batch_end(p->to, err);
	}
	sum_end(p, sum);
	return err;
}

static int
sum(struct store *store, struct store_sum out[static STORE_TABLES])
{
	struct pass p = { .touched = 0 };
	int err = 0;
	for (unsigned t = 0; !err && t < SQL_TABLES; t++) {
		pass_start(&p, sql_of(store), NULL, t);
		err = table(&p, &out[t]);
	}
	return err;
}

/* The source is one transaction, so that nobody writes into it meanwhile. */
static int
begin(struct store *store, struct store *from_store, struct store_sum out[static STORE_TABLES])
{
	struct sql_store *from = sql_of(from_store), *to = sql_of(store);
	struct pass p = { .touched = 0 };
	int err = prepare(to);
	if (!err)
		err = store_begin(from_store);
	for (unsigned t = 0; !err && t < SQL_TABLES; t++) {
		pass_start(&p, from, to, t);
		err = table(&p, &out[t]);
	}
	if (!err && from->touched < p.touched)
		err = ERR_IO;
	store_rollback(from_store);
	if (!err)
		err = store_begin(store);
	if (err)
		return err;
	to->touched = p.touched;
	return batch_end(to, 0);
}

static int
end(struct store *store)
{
	struct sql_store *s = sql_of(store);
	int err = store_begin(store);
	return err ? err : batch_end(s, sql_run(s, SQL_COPY_END, ""));
}

const struct store_copy_ops sql_copy_ops = {
	.half = half,
	.begin = begin,
	.sum = sum,
	.end = end,
};
