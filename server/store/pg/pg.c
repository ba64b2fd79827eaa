/*
 * The PostgreSQL store: opening, closing, transactions. The last place in the order of change is
 * that of the row `head`, which each batch locks first; what the vault remembers of it counts only
 * until the batch has ended.
 */
#include "server/store/pg/pg.h"

#include "crypto/err.h"
#include "server/base/ipc.h"
#include "server/store/sql/sql_schema.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(sizeof(PG_OWNER_DAVYD) == PG_OWNER_LEN + 1, "an owner");
_Static_assert(STORE_COMMON_MAX == PG_COMMON_MAX, "what a message holds");

#define PLACE "postgresql:@"
#define STILL ":still"

static void
pg_close(struct store *store)
{
	struct pg *s = pg_of(store);
	pg_link_close(s);
	for (int i = 0; i < SQL__MAX; i++)
		free(s->rows[i].bytes);
	free(s->msg);
	free(s);
}

static int
begin(struct store *store)
{
	struct pg *s = pg_of(store);
	size_t got = 0;
	struct buf b;
	int err = pg_link_open(s);
	ipc_set64(s->msg, s->kept);
	if (!err)
		err = pg_link_ask(s, PG_BEGIN, sizeof(uint64_t), PG_BEGUN, &got);
	if (err)
		return err;
	buf_init(&b, s->msg, got);
	s->sql.touched = s->sql.begun = buf_u64(&b);
	s->used = s->used_begun = buf_u64(&b);
	s->common_len = b.left;
	buf_bytes(&b, s->common, sizeof(s->common), b.left);
	s->open = true;
	s->failed = 0;
	if (!buf_end(&b))
		return 0;
	pg_link_close(s);
	store_rollback(store);
	return ERR_BUSY;
}

static void
rollback(struct store *store)
{
	struct pg *s = pg_of(store);
	size_t got;
	/* Where the link is lost, so is the transaction. */
	if (s->open && s->link >= 0 && pg_link_ask(s, PG_ROLLBACK, 0, PG_DONE, &got))
		pg_link_close(s);
	s->open = false;
	s->failed = 0;
	s->sql.touched = s->sql.begun;
	s->used = s->used_begun;
}

/* Any failure leaves open whether the batch was kept: the caller rolls back, which the server has
 * done already where it could. */
static int
commit(struct store *store)
{
	struct pg *s = pg_of(store);
	struct bufw w;
	size_t got;
	if (!s->open || s->failed)
		return s->failed ? s->failed : ERR_BUSY;
	bufw_init(&w, s->msg, PG_MSG_MAX);
	bufw_u64(&w, s->sql.touched);
	bufw_u64(&w, s->used);
	bufw_bytes(&w, s->common, s->common_len);
	int err = pg_link_ask(s, PG_COMMIT, w.len, PG_DONE, &got);
	if (err)
		return err;
	s->open = false;
	s->kept = s->sql.touched;
	return 0;
}

static bool
idle(struct store *store, size_t waiting)
{
	(void)store;
	(void)waiting;
	return false;
}

static uint64_t
used(struct store *store)
{
	return pg_of(store)->used;
}

static bool
common_get(struct store *store, uint8_t dst[static STORE_COMMON_MAX], size_t *len)
{
	const struct pg *s = pg_of(store);
	*len = s->common_len;
	memcpy(dst, s->common, s->common_len);
	return true;
}

static void
common_set(struct store *store, const void *bytes, size_t len)
{
	struct pg *s = pg_of(store);
	s->common_len = len < sizeof(s->common) ? len : sizeof(s->common);
	memcpy(s->common, bytes, s->common_len);
}

static unsigned
others(struct store *store)
{
	return pg_of(store)->others;
}

static int
vaults(struct store *store, struct store_vaults *out)
{
	struct sql_call q;
	int row = sql_row(sql_ask(&q, &pg_of(store)->sql, SQL_VAULTS, ""));
	if (row != 1)
		return row ? row : ERR_IO;
	out->cnt = (unsigned)sql_i64(&q, 0);
	out->old = (unsigned)sql_i64(&q, 1);
	sql_done(&q);
	return 0;
}

/* What the store holds, reckoned from its rows at each opening; what is added is reckoned as it
 * comes, by any vault. */
static int
used_read(struct pg *s)
{
	struct sql_call q;
	int row = sql_row(sql_ask(&q, &s->sql, SQL_USED, ""));
	if (row != 1)
		return row ? row : ERR_IO;
	s->used = s->used_begun = (uint64_t)sql_i64(&q, 0);
	sql_done(&q);
	return 0;
}

int
pg_open(struct store **out, const char *place, char why[static STORE_WHY_LEN])
{
	struct pg *s = calloc(1, sizeof(*s));
	char *end;
	*out = NULL;
	if (!s)
		return ERR_MEM;
	s->sql.store.ops = &pg_ops;
	s->sql.engine = &pg_engine;
	s->link = -1;
	s->msg = malloc(PG_MSG_MAX);
	long n = strncmp(place, PLACE, strlen(PLACE)) ? -1
						      : strtol(place + strlen(PLACE), &end, 10);
	s->still = n >= 0 && !strcmp(end, STILL);
	if (!s->msg || n < 0 || (*end && !s->still)) {
		pg_close(&s->sql.store);
		return s->msg ? ERR_ARG : ERR_MEM;
	}
	s->keeper = (int)n;
	memcpy(s->owner, PG_OWNER_DAVYD, sizeof(s->owner));
	if (s->still)
		randombytes_buf(s->owner, sizeof(s->owner));
	randombytes_buf(s->self, sizeof(s->self));
	int err = begin(&s->sql.store);
	if (!err)
		err = used_read(s);
	if (!err)
		err = commit(&s->sql.store);
	if (!err) {
		*out = &s->sql.store; /* transferred */
		return 0;
	}
	snprintf(why, STORE_WHY_LEN, "%.*s", PG_SAID_MAX,
		 s->said[0] ? s->said : "davylamp-db does not run");
	pg_close(&s->sql.store);
	return err;
}

const struct store_base_ops pg_base_ops = {
	.close = pg_close,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.idle = idle,
	.used = used,
	.place = sql_place,
	.common_get = common_get,
	.common_set = common_set,
	.others = others,
	.vaults = vaults,
	.meta_get = sql_meta_get,
	.meta_set = sql_meta_set,
	.pad = sql_pad,
};

const struct store_ops pg_ops = {
	.schema = SQL_SCHEMA,
	.file = &pg_file_ops,
	.base = &pg_base_ops,
	.care = &pg_care_ops,
	.log = &sql_log_ops,
	.entry = &sql_entry_ops,
	.doc = &sql_doc_ops,
	.tile = &sql_tile_ops,
	.backup = &pg_backup_ops,
	.copy = &sql_copy_ops,
};
