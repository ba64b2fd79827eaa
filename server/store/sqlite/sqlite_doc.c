/* Key parts, certificates, rosters, bundles. */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

static int
key_put(struct store *store, const struct store_key *key, const void *blob)
{
	struct sqlite *s = sqlite_of(store);
	int err = sql_run(sql_bind(s, SQL_KEY_PUT, "iibiiib", (int64_t)key->desk,
				   (int64_t)key->kind, key->handle, sizeof(key->handle),
				   (int64_t)key->epoch, (int64_t)key->day, (int64_t)key->complete,
				   blob, key->len));
	return err ? err : sqlite_touch(s);
}

static int
key_read(sqlite3_stmt *st, struct store_key *key, uint8_t *dst)
{
	int row = sql_row(st);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	key->epoch = sql_u32(st, 0);
	key->day = sql_u32(st, 1);
	key->complete = sql_u32(st, 2) != 0;
	key->len = (size_t)sqlite3_column_bytes(st, 3);
	int err = key->len > STORE_BODY_LEN ? ERR_IO : sql_blob(st, 3, dst, key->len);
	sql_done(st);
	return err;
}

static int
key_get(struct store *store, struct store_key *key, uint8_t dst[static STORE_BODY_LEN])
{
	struct sqlite *s = sqlite_of(store);
	return key_read(sql_bind(s, SQL_KEY_GET, "iibi", (int64_t)key->desk, (int64_t)key->kind,
				 key->handle, sizeof(key->handle), (int64_t)key->epoch),
			key, dst);
}

static int
key_newest(struct store *store, struct store_key *key, uint8_t dst[static STORE_BODY_LEN])
{
	struct sqlite *s = sqlite_of(store);
	return key_read(sql_bind(s, SQL_KEY_NEWEST, "iib", (int64_t)key->desk, (int64_t)key->kind,
				 key->handle, sizeof(key->handle)),
			key, dst);
}

static int
cert_list(struct store *store, store_take_key *take, void *arg)
{
	struct sqlite *s = sqlite_of(store);
	sqlite3_stmt *st = sql_bind(s, SQL_CERT_LIST, "");
	int row, err = 0;
	while (!err && (row = sql_row(st)) != 0) {
		if (row < 0) {
			err = row;
			break;
		}
		struct store_key key = { .desk = (uint16_t)sql_u32(st, 0),
					 .epoch = sql_u32(st, 1),
					 .kind = FRAME_KEY_CERT,
					 .day = sql_u32(st, 2),
					 .complete = true,
					 .len = (size_t)sqlite3_column_bytes(st, 3) };
		err = take(arg, &key, sqlite3_column_blob(st, 3));
	}
	sql_done(st);
	return err;
}

static int
doc_put(struct store *store, enum store_doc kind, uint32_t version, const uint8_t hash[static 32],
	const void *bytes, size_t len)
{
	struct sqlite *s = sqlite_of(store);
	int err = sql_run(sql_bind(s, SQL_DOC_PUT, "iibb", (int64_t)kind, (int64_t)version, hash,
				   (size_t)32, bytes, len));
	return err ? err : sqlite_touch(s);
}

static int
doc_get(struct store *store, enum store_doc kind, const uint8_t *hash, uint8_t **out, size_t *len)
{
	struct sqlite *s = sqlite_of(store);
	sqlite3_stmt *st = hash ? sql_bind(s, SQL_DOC_GET, "ib", (int64_t)kind, hash, (size_t)32)
				: sql_bind(s, SQL_DOC_NEWEST, "i", (int64_t)kind);
	int row = sql_row(st);
	*out = NULL;
	*len = 0;
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	size_t n = (size_t)sqlite3_column_bytes(st, 0);
	uint8_t *b = malloc(n ? n : 1);
	int err = b ? sql_blob(st, 0, b, n) : ERR_MEM;
	sql_done(st);
	if (err) {
		free(b);
		return err;
	}
	*out = b; /* transferred */
	*len = n;
	return 0;
}

const struct store_doc_ops sqlite_doc_ops = {
	.key_put = key_put,
	.key_get = key_get,
	.key_newest = key_newest,
	.cert_list = cert_list,
	.put = doc_put,
	.get = doc_get,
};
