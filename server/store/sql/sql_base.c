/* Transactions, named values and the pad of the store in SQL. */
#include "server/store/sql/sql_store.h"

#include "crypto/err.h"

#include <sodium.h>
#include <string.h>

int
sql_begin(struct store *store)
{
	struct sql_store *s = sql_of(store);
	int err = sql_run(s, SQL_BEGIN, "");
	s->begun = s->touched;
	return err;
}

void
sql_rollback(struct store *store)
{
	struct sql_store *s = sql_of(store);
	/* After some failures SQLite has rolled back by itself; then this one fails, as it should.
	 */
	int err = sql_run(s, SQL_ROLLBACK, "");
	(void)err;
	s->touched = s->begun;
}

uint64_t
sql_place(struct store *store)
{
	return sql_of(store)->touched;
}

int
sql_meta_get(struct store *store, const char *name, void *dst, size_t cap, size_t *len)
{
	struct sql_call q;
	sql_ask(&q, sql_of(store), SQL_META_GET, "t", name);
	int row = sql_row(&q);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	*len = sql_len(&q, 0);
	int err = *len > cap ? ERR_RANGE : sql_blob(&q, 0, dst, *len);
	sql_done(&q);
	return err;
}

int
sql_meta_set(struct store *store, const char *name, const void *bytes, size_t len)
{
	return sql_run(sql_of(store), SQL_META_SET, "tb", name, bytes, len);
}

int
sql_pad(struct store *store, const uint8_t hash[static 32],
	const uint8_t body[static STORE_BODY_LEN], bool leaf)
{
	struct sql_store *s = sql_of(store);
	uint8_t count[8], id[KEY_ID_LEN];
	s->pad = s->pad % SQL_PAD_CNT + 1;
	int64_t n = s->pad;
	memcpy(count, &s->touched, sizeof(count));
	/* The id of a pad row begins with its number, spread over all ids, so that the changed id
	 * stays on its page of the index: a new case writes to one page of it as well. */
	memcpy(id, hash, sizeof(id));
	id[0] = (uint8_t)(s->pad * 4);
	id[1] = id[2] = 0;
	int err = sql_run(s, SQL_PAD_LOG, "ibi", n, id, sizeof(id), (int64_t)(s->touched + 1));
	if (err)
		return err;
	s->touched++;
	err = sql_run(s, SQL_PAD_ENTRY, "ib", n, hash, (size_t)32);
	if (!err)
		err = sql_run(s, SQL_PAD_BODY, "ib", n, body, (size_t)STORE_BODY_LEN);
	if (!err && leaf) {
		uint8_t row[STORE_LEAF_LEN];
		randombytes_buf(row, sizeof(row));
		err = sql_run(s, SQL_PAD_LEAF, "ib", n, row, sizeof(row));
	}
	/* A tip makes the file longer, which changes its first page; so does this value. */
	return err ? err : sql_meta_set(store, "beat", count, sizeof(count));
}

int
sql_touch(struct sql_store *s)
{
	uint8_t hash[32];
	static const uint8_t nothing[STORE_BODY_LEN];
	randombytes_buf(hash, sizeof(hash));
	return sql_pad(&s->store, hash, nothing, false);
}
