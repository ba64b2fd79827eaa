/* Key parts, certificates, rosters, bundles. */
#include "server/store/sql/sql_store.h"

#include "crypto/err.h"

static int
key_put(struct store *store, const struct store_key *key, const void *blob)
{
	struct sql_store *s = sql_of(store);
	int err = sql_run(s, SQL_KEY_PUT, "iibiiib", (int64_t)key->desk, (int64_t)key->kind,
			  key->handle, sizeof(key->handle), (int64_t)key->epoch, (int64_t)key->day,
			  (int64_t)key->complete, blob, key->len);
	return err ? err : sql_touch(s);
}

static int
key_read(struct sql_call *q, struct store_key *key, uint8_t *dst)
{
	int row = sql_row(q);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	key->epoch = sql_u32(q, 0);
	key->day = sql_u32(q, 1);
	key->complete = sql_u32(q, 2) != 0;
	key->len = sql_len(q, 3);
	int err = key->len > STORE_BODY_LEN ? ERR_IO : sql_blob(q, 3, dst, key->len);
	sql_done(q);
	return err;
}

static int
key_get(struct store *store, struct store_key *key, uint8_t dst[static STORE_BODY_LEN])
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	return key_read(sql_ask(&q, s, SQL_KEY_GET, "iibi", (int64_t)key->desk, (int64_t)key->kind,
				key->handle, sizeof(key->handle), (int64_t)key->epoch),
			key, dst);
}

static int
key_newest(struct store *store, struct store_key *key, uint8_t dst[static STORE_BODY_LEN])
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	return key_read(sql_ask(&q, s, SQL_KEY_NEWEST, "iib", (int64_t)key->desk,
				(int64_t)key->kind, key->handle, sizeof(key->handle)),
			key, dst);
}

static int
cert_list(struct store *store, store_take_key *take, void *arg)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, SQL_CERT_LIST, "");
	int row, err = 0;
	while (!err && (row = sql_row(&q)) != 0) {
		if (row < 0) {
			err = row;
			break;
		}
		struct store_key key = { .desk = (uint16_t)sql_u32(&q, 0),
					 .epoch = sql_u32(&q, 1),
					 .kind = FRAME_KEY_CERT,
					 .day = sql_u32(&q, 2),
					 .complete = true };
		const void *bytes = sql_bytes(&q, 3, &key.len);
		err = take(arg, &key, bytes);
	}
	sql_done(&q);
	return err;
}

static int
doc_put(struct store *store, enum store_doc kind, uint32_t version, const uint8_t hash[static 32],
	const void *bytes, size_t len)
{
	struct sql_store *s = sql_of(store);
	int err = sql_run(s, SQL_DOC_PUT, "iibb", (int64_t)kind, (int64_t)version, hash, (size_t)32,
			  bytes, len);
	return err ? err : sql_touch(s);
}

static int
doc_get(struct store *store, enum store_doc kind, const uint8_t *hash, uint8_t **out, size_t *len)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	if (hash)
		sql_ask(&q, s, SQL_DOC_GET, "ib", (int64_t)kind, hash, (size_t)32);
	else
		sql_ask(&q, s, SQL_DOC_NEWEST, "i", (int64_t)kind);
	int row = sql_row(&q);
	*out = NULL;
	*len = 0;
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	size_t n = sql_len(&q, 0);
	uint8_t *b = malloc(n ? n : 1);
	int err = b ? sql_blob(&q, 0, b, n) : ERR_MEM;
	sql_done(&q);
	if (err) {
		free(b);
		return err;
	}
	*out = b; /* transferred */
	*len = n;
	return 0;
}

const struct store_doc_ops sql_doc_ops = {
	.key_put = key_put,
	.key_get = key_get,
	.key_newest = key_newest,
	.cert_list = cert_list,
	.put = doc_put,
	.get = doc_get,
};
