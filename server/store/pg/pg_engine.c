/*
 * PostgreSQL as an engine of the store in SQL: a statement goes to davylamp-db by its number, with
 * its arguments; its rows come back. Numbers of rows are made here, at random, so that they tell
 * nothing of the order in which cases came in.
 */
#include "server/store/pg/pg.h"

#include "crypto/err.h"

#include <sodium.h>
#include <stdlib.h>

/*
 * What one row of a statement adds to the bytes in use, besides the bytes that it carries. A row
 * with its sealed bytes takes about this much with what PostgreSQL puts around it.
 */
#define ROW_BYTES 512

/* Statements that write and whose outcome nobody looks at: they are not waited for. */
static const bool later[SQL__MAX] = {
	[SQL_PAD_LOG] = true,  [SQL_PAD_ENTRY] = true, [SQL_PAD_BODY] = true, [SQL_PAD_LEAF] = true,
	[SQL_META_SET] = true, [SQL_BODY_ADD] = true,  [SQL_LOG_SET] = true,  [SQL_LEAF_ADD] = true,
}; /* and the new rows of a copy */
/* Statements that add what may be there already: PostgreSQL leaves it then, and changes no row. */
static const bool once[SQL__MAX] = {
	[SQL_LOG_ADD] = true,       [SQL_ENTRY_ADD] = true, [SQL_HELD_ADD] = true,
	[SQL_STATEMENT_ADD] = true, [SQL_CHUNK_ADD] = true, [SQL_BATCH_PUT] = true,
};
/* Statements that take the number of their new row as a last argument. */
static const bool numbered[SQL__MAX] = { [SQL_LOG_ADD] = true, [SQL_BODY_ADD] = true };
/* Statements that add to what the store holds. */
static const bool grows[SQL__MAX] = {
	[SQL_LOG_ADD] = true,  [SQL_ENTRY_ADD] = true, [SQL_BODY_ADD] = true,
	[SQL_HELD_ADD] = true, [SQL_CHUNK_ADD] = true, [SQL_KEY_PUT] = true,
	[SQL_DOC_PUT] = true,  [SQL_LEAF_ADD] = true,  [SQL_TILE_PUT] = true,
};

static bool
is_later(enum sql which)
{
	return later[which] ||
	       (which >= SQL_COPY && which < SQL_COPY_END && (which - SQL_COPY) % 3 == 1);
}

static struct pg_rows *
rows_of(const struct sql_call *q)
{
	return &pg_of(&q->s->store)->rows[q->which];
}

static void
begin(struct sql_call *q)
{
	struct pg_rows *r = rows_of(q);
	r->asked = false;
	r->len = r->at = r->cells = 0;
}

static void
end(struct sql_call *q)
{
	struct pg_rows *r = rows_of(q);
	r->len = r->at = r->cells = 0;
	/* Most give little; one that gave much does not keep it. */
	if (r->cap > PG_MSG_MAX) {
		free(r->bytes);
		r->bytes = NULL;
		r->cap = 0;
	}
}

static int
argument(struct sql_call *q, struct pg_value v)
{
	/* One place is left for the number of a new row. */
	if (q->args >= PG_CELLS_MAX - 1)
		return ERR_RANGE;
	rows_of(q)->arg[q->args] = v;
	return 0;
}

static int
number(struct sql_call *q, int64_t n)
{
	return argument(q, (struct pg_value){ .kind = PG_NUMBER, .number = n });
}

static int
bytes(struct sql_call *q, const void *p, size_t len)
{
	return argument(q, (struct pg_value){ .kind = PG_BYTES, .bytes = p, .len = len });
}

static int
name(struct sql_call *q, const char *text)
{
	return argument(q, (struct pg_value){ .kind = PG_NAME,
					      .bytes = (const uint8_t *)text,
					      .len = strlen(text) });
}

static int
null(struct sql_call *q)
{
	return argument(q, (struct pg_value){ .kind = PG_NULL });
}

/* A number for a new row: above those of the pads, and positive. */
static int64_t
number_new(void)
{
	uint64_t n;
	randombytes_buf(&n, sizeof(n));
	return (int64_t)(n >> 2 | (uint64_t)1 << 32);
}

static int
send(struct sql_call *q, struct pg *s)
{
	struct pg_rows *r = rows_of(q);
	struct bufw w;
	size_t args = q->args, carried = 0;
	if (numbered[q->which])
		r->arg[args++] = (struct pg_value){ .kind = PG_NUMBER,
						    .number = q->number = number_new() };
	bufw_init(&w, s->msg, PG_MSG_MAX);
	bufw_u16(&w, (uint16_t)q->which);
	bufw_u8(&w, (uint8_t)args);
	for (size_t i = 0; i < args; i++) {
		pg_value_put(&w, &r->arg[i]);
		carried += r->arg[i].len;
	}
	if (bufw_end(&w))
		return ERR_RANGE;
	if (grows[q->which])
		s->used += carried + ROW_BYTES;
	return pg_link_tell(s, is_later(q->which) && s->open ? PG_LATER : PG_RUN, w.len);
}

static int
keep(struct pg_rows *r, const uint8_t *row, size_t len)
{
	if (r->len + len + 4 > PG_ROWS_MAX)
		return ERR_RANGE;
	if (r->len + len + 4 > r->cap) {
		size_t cap = r->cap ? r->cap : 4096;
		while (cap < r->len + len + 4)
			cap *= 2;
		uint8_t *p = realloc(r->bytes, cap);
		if (!p)
			return ERR_MEM;
		r->bytes = p;
		r->cap = cap;
	}
	struct bufw w;
	bufw_init(&w, r->bytes + r->len, r->cap - r->len);
	bufw_u32(&w, (uint32_t)len);
	bufw_bytes(&w, row, len);
	r->len += w.len;
	return 0;
}

/* Hears all that the statement gives. */
static int
hear(struct sql_call *q, struct pg *s)
{
	struct pg_rows *r = rows_of(q);
	enum pg_type type;
	struct buf b;
	size_t len;
	int err, bad = 0;
	while (!(err = pg_link_hear(s, &type, &len)) && type == PG_ROW && !bad)
		bad = keep(r, s->msg, len);
	if (err)
		return err;
	buf_init(&b, s->msg, len);
	q->changes = buf_u64(&b);
	if (!bad && (type != PG_DONE || buf_end(&b)))
		bad = ERR_BUSY;
	/* The rest of what it says would be taken for the answer to something else. */
	if (bad)
		pg_link_close(s);
	return bad;
}

static int
ask(struct sql_call *q, struct pg *s)
{
	int err = s->open ? s->failed : pg_link_open(s);
	if (!err)
		err = send(q, s);
	if (!err && is_later(q->which) && s->open)
		q->changes = 1;
	else if (!err)
		err = hear(q, s);
	if (err && s->open)
		s->failed = err;
	if (!err && once[q->which] && !q->changes)
		err = ERR_DUP;
	return err;
}

static int
step(struct sql_call *q)
{
	struct pg *s = pg_of(&q->s->store);
	struct pg_rows *r = rows_of(q);
	struct buf b;
	if (!r->asked) {
		r->asked = true;
		int err = ask(q, s);
		if (err)
			return err;
	}
	if (r->at == r->len)
		return 0;
	buf_init(&b, r->bytes + r->at, r->len - r->at);
	size_t len = buf_u32(&b);
	buf_init(&b, r->bytes + r->at + 4, len);
	r->at += 4 + len;
	r->cells = buf_u8(&b);
	if (r->cells > PG_CELLS_MAX)
		return ERR_IO;
	for (size_t i = 0; i < r->cells; i++)
		pg_value_get(&b, &r->cell[i]);
	return buf_end(&b) ? ERR_IO : 1;
}

static const struct pg_value *
cell(const struct sql_call *q, int col)
{
	static const struct pg_value nothing;
	const struct pg_rows *r = rows_of(q);
	return (size_t)col < r->cells ? &r->cell[col] : &nothing;
}

static bool
is_null(const struct sql_call *q, int col)
{
	return cell(q, col)->kind == PG_NULL;
}

static int64_t
get_number(const struct sql_call *q, int col)
{
	return cell(q, col)->number;
}

static const void *
get_bytes(const struct sql_call *q, int col, size_t *len)
{
	*len = cell(q, col)->len;
	return cell(q, col)->bytes;
}

/* Numbers are never given again. */
static int
purged(struct sql_store *s)
{
	(void)s;
	return 0;
}

const struct sql_engine pg_engine = {
	.begin = begin,
	.number = number,
	.bytes = bytes,
	.name = name,
	.null = null,
	.step = step,
	.is_null = is_null,
	.get_number = get_number,
	.get_bytes = get_bytes,
	.end = end,
	.purged = purged,
};
