/* The public log: entries that wait for their batch, tiles, batches. */
#include "server/store/sql/sql_store.h"

#include "crypto/err.h"

static int
leaf_add(struct store *store, const uint8_t row[static STORE_LEAF_LEN])
{
	return sql_run(sql_of(store), SQL_LEAF_ADD, "b", row, (size_t)STORE_LEAF_LEN);
}

static int
leaf_count(struct store *store, uint64_t *cnt)
{
	struct sql_call q;
	sql_ask(&q, sql_of(store), SQL_LEAF_COUNT, "");
	int row = sql_row(&q);
	*cnt = row == 1 ? (uint64_t)sql_i64(&q, 0) : 0;
	sql_done(&q);
	return row == 1 ? 0 : row ? row : ERR_IO;
}

static int
leaf_list(struct store *store, uint8_t (*out)[STORE_LEAF_LEN], size_t cap, size_t *cnt)
{
	struct sql_call q;
	sql_ask(&q, sql_of(store), SQL_LEAF_LIST, "i", (int64_t)cap);
	int row, err = 0;
	*cnt = 0;
	while (!err && (row = sql_row(&q)) != 0) {
		uint8_t *row_bytes = out[(*cnt)++];
		err = row < 0 ? row : sql_blob(&q, 0, row_bytes, STORE_LEAF_LEN);
	}
	sql_done(&q);
	return err;
}

static int
leaf_clear(struct store *store)
{
	return sql_run(sql_of(store), SQL_LEAF_CLEAR, "");
}

static int
put(struct store *store, int level, uint64_t n, const void *bytes, size_t len)
{
	return sql_run(sql_of(store), SQL_TILE_PUT, "iib", (int64_t)level, (int64_t)n, bytes, len);
}

static int
get(struct store *store, int level, uint64_t n, uint8_t dst[static STORE_TILE_MAX], size_t *len)
{
	struct sql_call q;
	sql_ask(&q, sql_of(store), SQL_TILE_GET, "ii", (int64_t)level, (int64_t)n);
	int row = sql_row(&q);
	*len = 0;
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	size_t have = sql_len(&q, 0);
	int err = have > STORE_TILE_MAX ? ERR_IO : sql_blob(&q, 0, dst, have);
	sql_done(&q);
	*len = err ? 0 : have;
	return err;
}

static int
batch_put(struct store *store, const struct store_batch *b)
{
	struct sql_store *s = sql_of(store);
	int err = sql_run(s, SQL_BATCH_PUT, "iiii", (int64_t)b->n, (int64_t)b->first,
			  (int64_t)b->cnt, (int64_t)b->day);
	return err ? err : sql_touch(s);
}

static int
batch_get(struct store *store, struct store_batch *out, uint64_t n)
{
	int64_t most = n > INT64_MAX ? INT64_MAX : (int64_t)n;
	struct sql_call q;
	sql_ask(&q, sql_of(store), SQL_BATCH_GET, "i", most);
	int row = sql_row(&q);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	*out = (struct store_batch){ .n = (uint64_t)sql_i64(&q, 0),
				     .first = (uint64_t)sql_i64(&q, 1),
				     .cnt = sql_u32(&q, 2),
				     .day = sql_u32(&q, 3) };
	sql_done(&q);
	return n == STORE_BATCH_NEW || out->n == n ? 0 : ERR_NOT_FOUND;
}

const struct store_tile_ops sql_tile_ops = {
	.leaf_add = leaf_add,
	.leaf_count = leaf_count,
	.leaf_list = leaf_list,
	.leaf_clear = leaf_clear,
	.put = put,
	.get = get,
	.batch_put = batch_put,
	.batch_get = batch_get,
};
