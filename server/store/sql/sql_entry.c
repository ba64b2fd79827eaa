/* Entries, held replies, read records, attachments. */
#include "server/store/sql/sql_store.h"

#include "crypto/err.h"
#include "server/base/ipc.h"

#include <sodium.h>

static int
entry_read(struct sql_call *q, struct store_entry *e)
{
	memset(e, 0, sizeof(*e));
	e->number = sql_u32(q, 0);
	e->source = sql_null(q, 1) ? STORE_NO_NUMBER : sql_u32(q, 1);
	e->day = sql_u32(q, 2);
	e->not_before = sql_u32(q, 3);
	e->desk = (uint16_t)sql_u32(q, 4);
	e->body = sql_i64(q, 7);
	e->thread = (uint8_t)sql_u32(q, 8);
	e->counts = sql_u32(q, 9) != 0;
	size_t stub = sql_len(q, 5);
	if ((stub && sql_blob(q, 5, e->stub, sizeof(e->stub))) ||
	    sql_blob(q, 6, e->hash, sizeof(e->hash)))
		return ERR_IO;
	return 0;
}

static int
entry_one(struct store_entry *out, struct sql_call *q)
{
	int row = sql_row(q);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	int err = entry_read(q, out);
	sql_done(q);
	return err;
}

static int
body_add(struct sql_store *s, int64_t *n, const uint8_t body[static STORE_BODY_LEN])
{
	struct sql_call q;
	sql_ask(&q, s, SQL_BODY_ADD, "b", body, (size_t)STORE_BODY_LEN);
	int err = sql_end(&q);
	*n = err ? 0 : q.number;
	return err;
}

static int
entry_insert(struct sql_store *s, int64_t log, const struct store_entry *e)
{
	struct sql_call q;
	size_t stub = sodium_is_zero(e->stub, sizeof(e->stub)) ? 0 : sizeof(e->stub);
	sql_ask(&q, s, SQL_ENTRY_ADD, "iii", log, (int64_t)e->thread, (int64_t)e->number);
	if (e->source == STORE_NO_NUMBER)
		sql_add(&q, "n");
	else
		sql_add(&q, "i", (int64_t)e->source);
	sql_add(&q, "iiibbi", (int64_t)e->day, (int64_t)e->not_before, (int64_t)e->desk, e->stub,
		stub, e->hash, sizeof(e->hash), e->body);
	return sql_end(&q);
}

static int
entry_add(struct store *store, int64_t log, struct store_entry *e,
	  const uint8_t body[static STORE_BODY_LEN])
{
	struct sql_store *s = sql_of(store);
	int err = body_add(s, &e->body, body);
	if (err)
		return err;
	if (e->number == STORE_NO_NUMBER)
		return sql_run(s, SQL_HELD_ADD, "ibiiiii", log, e->hash, sizeof(e->hash),
			       (int64_t)e->day, (int64_t)e->not_before, (int64_t)e->desk, e->body,
			       (int64_t)e->counts);
	return entry_insert(s, log, e);
}

static int
entry_get(struct store *store, struct store_entry *out, int64_t log, uint8_t thread,
	  uint32_t number)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	return entry_one(out, sql_ask(&q, s, SQL_ENTRY_GET, "iii", log, (int64_t)thread,
				      (int64_t)number));
}

static int
entry_by_source(struct store *store, struct store_entry *out, int64_t log, uint32_t source)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	/* The tip is the first of the thread; no index holds it a second time. */
	if (!source)
		return entry_get(store, out, log, FRAME_SOURCE, 0);
	return entry_one(out, sql_ask(&q, s, SQL_ENTRY_BY_SOURCE, "ii", log, (int64_t)source));
}

static int
entry_by_hash(struct store *store, struct store_entry *out, int64_t log, uint8_t thread,
	      const uint8_t hash[static 32])
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	int err = entry_one(out, sql_ask(&q, s, SQL_ENTRY_BY_HASH, "iib", log, (int64_t)thread,
					 hash, (size_t)32));
	if (err != ERR_NOT_FOUND || thread != FRAME_SOURCE)
		return err;
	return entry_one(out, sql_ask(&q, s, SQL_HELD_BY_HASH, "ib", log, hash, (size_t)32));
}

static int
entry_reply(struct store *store, struct store_entry *out, int64_t log, uint32_t from)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	return entry_one(out, sql_ask(&q, s, SQL_ENTRY_REPLY, "ii", log, (int64_t)from));
}

static int
part_list(struct store *store, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, SQL_PART_LIST, "i", log);
	int row, err = 0;
	for (*cnt = 0;
	     !err && *cnt < STORE_BODY_LEN / FRAME_PART_RECORD_LEN && (row = sql_row(&q)) != 0;) {
		uint8_t *to = dst + *cnt * FRAME_PART_RECORD_LEN;
		err = row < 0 ? row : sql_blob(&q, 1, to + 4, 32);
		ipc_set32(to, sql_u32(&q, 0));
		*cnt += !err;
	}
	sql_done(&q);
	return err;
}

static int
part_drop(struct store *store, int64_t log)
{
	struct sql_store *s = sql_of(store);
	int err = sql_run(s, SQL_PART_BODIES, "i", log);
	if (!err)
		err = sql_run(s, SQL_PART_EMPTY, "i", log);
	return err ? err : s->engine->purged(s);
}

static int
taken_list(struct store *store, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log,
	   uint32_t from)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, SQL_TAKEN_LIST, "iii", log, (int64_t)from, (int64_t)FRAME_TAKEN_MAX);
	int row, err = 0;
	for (*cnt = 0; !err && *cnt < FRAME_TAKEN_MAX && (row = sql_row(&q)) != 0;) {
		uint8_t *to = dst + *cnt * FRAME_TAKEN_RECORD_LEN;
		err = row < 0 ? row : sql_blob(&q, 1, to + 4, FRAME_STUB_LEN);
		ipc_set32(to, sql_u32(&q, 0));
		*cnt += !err;
	}
	sql_done(&q);
	return err;
}

static int
body_get(struct store *store, uint8_t dst[static STORE_BODY_LEN], int64_t body)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, SQL_BODY_GET, "i", body);
	int row = sql_row(&q);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	int err = sql_blob(&q, 0, dst, STORE_BODY_LEN);
	sql_done(&q);
	return err;
}

static int
held_next(struct store *store, int64_t *log, struct store_entry *out, uint32_t hour)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, *log ? SQL_HELD_NEXT : SQL_HELD_NEXT_ANY, "ii", *log, (int64_t)hour);
	int row = sql_row(&q);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	int err = entry_read(&q, out);
	*log = sql_i64(&q, 10);
	sql_done(&q);
	return err;
}

static int
held_mute(struct store *store, int64_t log)
{
	struct sql_store *s = sql_of(store);
	return sql_run(s, SQL_HELD_MUTE, "i", log);
}

static int
held_place(struct store *store, int64_t log, const struct store_entry *entry, uint32_t number)
{
	struct sql_store *s = sql_of(store);
	struct store_entry e = *entry;
	e.number = number;
	e.source = STORE_NO_NUMBER;
	e.not_before = 0; /* the day is enough from here on */
	int err = sql_run(s, SQL_HELD_DEL, "ib", log, e.hash, sizeof(e.hash));
	return err ? err : entry_insert(s, log, &e);
}

static int
read_add(struct store *store, int64_t log, const struct frame_read *read, bool *added)
{
	struct sql_call q;
	sql_ask(&q, sql_of(store), SQL_READ_ADD, "ibii", log, read->handle, sizeof(read->handle),
		(int64_t)read->day, (int64_t)read->number);
	int err = sql_end(&q);
	*added = !err && q.changes == 1;
	return err;
}

static int
read_list(struct store *store, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log,
	  uint32_t from)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, SQL_READ_LIST, "iii", log, (int64_t)from, (int64_t)FRAME_READ_MAX);
	int row, err = 0;
	*cnt = 0;
	while (!err && *cnt < FRAME_READ_MAX && (row = sql_row(&q)) != 0) {
		struct frame_read r;
		err = row < 0 ? row : sql_blob(&q, 0, r.handle, sizeof(r.handle));
		if (err)
			break;
		r.day = sql_u32(&q, 1);
		r.number = sql_u32(&q, 2);
		frame_read_put(dst + *cnt * FRAME_READ_LEN, &r);
		++*cnt;
	}
	sql_done(&q);
	return err;
}

static int
statement_add(struct store *store, int64_t log, const struct store_statement *st)
{
	struct sql_store *s = sql_of(store);
	return sql_run(s, SQL_STATEMENT_ADD, "iiiib", log, (int64_t)st->desk, (int64_t)st->epoch,
		       (int64_t)st->day, st->sig, sizeof(st->sig));
}

static int
statement_list(struct store *store, struct store_statement *out, size_t cap, size_t *cnt,
	       int64_t log)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, SQL_STATEMENT_LIST, "ii", log, (int64_t)cap);
	int row, err = 0;
	for (*cnt = 0; !err && *cnt < cap && (row = sql_row(&q)) != 0; ++*cnt) {
		struct store_statement *o = &out[*cnt];
		if (row < 0)
			return row;
		o->desk = (uint16_t)sql_u32(&q, 0);
		o->epoch = sql_u32(&q, 1);
		o->day = sql_u32(&q, 2);
		err = sql_blob(&q, 3, o->sig, sizeof(o->sig));
	}
	sql_done(&q);
	return err;
}

/* How many parts of an attachment are there, and how many it says it has. */
static int
chunk_count(struct sql_store *s, int64_t log, uint16_t attach, uint32_t *have, uint32_t *parts)
{
	struct sql_call q;
	sql_ask(&q, s, SQL_CHUNK_CNT, "ii", log, (int64_t)attach);
	int row = sql_row(&q);
	if (row != 1)
		return row ? row : ERR_IO;
	*have = sql_u32(&q, 0);
	*parts = sql_u32(&q, 1);
	sql_done(&q);
	return 0;
}

static int
chunk_add(struct store *store, int64_t log, struct store_chunk *c, uint32_t *have,
	  const uint8_t body[static STORE_BODY_LEN])
{
	struct sql_store *s = sql_of(store);
	uint32_t parts;
	int err = chunk_count(s, log, c->attach, have, &parts);
	if (err)
		return err;
	if (*have && parts != c->parts)
		return ERR_RANGE;
	err = body_add(s, &c->body, body);
	if (!err)
		err = sql_run(s, SQL_CHUNK_ADD, "iiiibi", log, (int64_t)c->attach, (int64_t)c->part,
			      (int64_t)c->parts, c->hash, sizeof(c->hash), c->body);
	if (!err)
		++*have;
	return err;
}

static int
chunk_get(struct store *store, struct store_chunk *out, int64_t log, uint16_t attach, uint16_t part)
{
	struct sql_store *s = sql_of(store);
	memset(out, 0, sizeof(*out));
	out->attach = attach;
	struct sql_call q;
	sql_ask(&q, s, SQL_CHUNK_GET, "iii", log, (int64_t)attach, (int64_t)part);
	int row = sql_row(&q);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	out->part = (uint16_t)sql_u32(&q, 0);
	out->parts = (uint16_t)sql_u32(&q, 1);
	out->body = sql_i64(&q, 3);
	int err = sql_blob(&q, 2, out->hash, sizeof(out->hash));
	sql_done(&q);
	return err;
}

const struct store_entry_ops sql_entry_ops = {
	.add = entry_add,
	.get = entry_get,
	.by_source = entry_by_source,
	.by_hash = entry_by_hash,
	.reply = entry_reply,
	.part_list = part_list,
	.part_drop = part_drop,
	.taken_list = taken_list,
	.body_get = body_get,
	.held_next = held_next,
	.held_place = held_place,
	.held_mute = held_mute,
	.read_add = read_add,
	.read_list = read_list,
	.statement_add = statement_add,
	.statement_list = statement_list,
	.chunk_add = chunk_add,
	.chunk_get = chunk_get,
};
