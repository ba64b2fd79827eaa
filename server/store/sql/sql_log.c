/* Cases and orders: one row each. */
#include "server/store/sql/sql_store.h"

#include "crypto/buf.h"
#include "crypto/err.h"

/* The column `terms`: fields that no statement looks for, in one value of fixed length. */
#define TERMS_LEN 80
/* The column `readers`, of fixed length too: a case that is hidden from somebody is as long as any.
 */
#define READERS_LEN 404
_Static_assert(READERS_LEN == 4 + (3 * FRAME_HIDDEN_CNT + FRAME_GIVEN_MAX) * KEY_HANDLE_LEN +
				      2 * STORE_FIRSTS * sizeof(struct store_first),
	       "what readers_put writes; the first rows of each engine have the number");

static void
terms_put(uint8_t dst[static TERMS_LEN], const struct store_log *l)
{
	struct bufw w;
	memset(dst, 0, TERMS_LEN);
	bufw_init(&w, dst, TERMS_LEN);
	bufw_bytes(&w, l->closer, sizeof(l->closer));
	bufw_bytes(&w, l->opener, sizeof(l->opener));
	bufw_u32(&w, l->term_day);
	bufw_u32(&w, l->sample_day);
	bufw_u32(&w, l->close_due);
	bufw_u32(&w, l->held);
	bufw_u64(&w, l->desk_bytes);
}

static void
terms_get(struct store_log *l, const uint8_t src[static TERMS_LEN])
{
	struct buf b;
	buf_init(&b, src, TERMS_LEN);
	buf_bytes(&b, l->closer, sizeof(l->closer), sizeof(l->closer));
	buf_bytes(&b, l->opener, sizeof(l->opener), sizeof(l->opener));
	l->term_day = buf_u32(&b);
	l->sample_day = buf_u32(&b);
	l->close_due = buf_u32(&b);
	l->held = buf_u32(&b);
	l->desk_bytes = buf_u64(&b);
}

static void
readers_put(uint8_t dst[static READERS_LEN], const struct store_log *l)
{
	struct bufw w;
	memset(dst, 0, READERS_LEN);
	bufw_init(&w, dst, READERS_LEN);
	bufw_u32(&w, (l->guarded ? 1u : 0) | (l->limited ? 2u : 0));
	bufw_bytes(&w, l->hidden, sizeof(l->hidden));
	bufw_bytes(&w, l->recused, sizeof(l->recused));
	bufw_bytes(&w, l->seen, sizeof(l->seen));
	bufw_bytes(&w, l->limiter, sizeof(l->limiter));
	bufw_bytes(&w, l->given, sizeof(l->given));
	bufw_bytes(&w, l->giver, sizeof(l->giver));
}

static void
readers_get(struct store_log *l, const uint8_t src[static READERS_LEN])
{
	struct buf b;
	buf_init(&b, src, READERS_LEN);
	uint32_t bits = buf_u32(&b);
	l->guarded = bits & 1;
	l->limited = bits & 2;
	buf_bytes(&b, l->hidden, sizeof(l->hidden), sizeof(l->hidden));
	buf_bytes(&b, l->recused, sizeof(l->recused), sizeof(l->recused));
	buf_bytes(&b, l->seen, sizeof(l->seen), sizeof(l->seen));
	buf_bytes(&b, l->limiter, sizeof(l->limiter), sizeof(l->limiter));
	buf_bytes(&b, l->given, sizeof(l->given), sizeof(l->given));
	buf_bytes(&b, l->giver, sizeof(l->giver), sizeof(l->giver));
}

/* The column `sealed`, of one length in every order and book and empty in a case; also in books
 * that a davyd before plans wrote. */
#define SEALED_LEN 98
_Static_assert(SEALED_LEN == 4 + 2 + 4 + ORDER_LATE_LEN + (1 + 2 * ORDER_PERSONS) * KEY_HANDLE_LEN,
	       "what sealed_put writes");

static void
sealed_put(uint8_t dst[static SEALED_LEN], const struct store_order *o)
{
	struct bufw w;
	memset(dst, 0, SEALED_LEN);
	bufw_init(&w, dst, SEALED_LEN);
	bufw_u32(&w, o->hour0);
	bufw_u16(&w, o->a_desk);
	bufw_u8(&w, o->parts);
	bufw_u8(&w, (uint8_t)(o->stopped | o->held << 1));
	bufw_u8(&w, o->shown);
	bufw_u8(&w, o->gone);
	bufw_bytes(&w, o->late, sizeof(o->late));
	bufw_bytes(&w, o->sealer, sizeof(o->sealer));
	bufw_bytes(&w, o->side, sizeof(o->side));
}

static void
sealed_get(struct store_order *o, const uint8_t src[static SEALED_LEN])
{
	struct buf b;
	buf_init(&b, src, SEALED_LEN);
	o->hour0 = buf_u32(&b);
	o->a_desk = buf_u16(&b);
	o->parts = buf_u8(&b);
	uint8_t bits = buf_u8(&b);
	o->stopped = bits & 1;
	o->held = bits & 2;
	o->shown = buf_u8(&b) != 0;
	o->gone = buf_u8(&b) != 0;
	buf_bytes(&b, o->late, sizeof(o->late), sizeof(o->late));
	buf_bytes(&b, o->sealer, sizeof(o->sealer), sizeof(o->sealer));
	buf_bytes(&b, o->side, sizeof(o->side), sizeof(o->side));
}

/* The column `above`: to whom the bytes are open. */
enum { OPEN_ABOVE = 1, OPEN_BACKSTOP = 2 };

static void
open_get(struct store_log *l, uint32_t bits)
{
	l->above = bits & OPEN_ABOVE;
	l->backstop = bits & OPEN_BACKSTOP;
}

static int64_t
open_put(const struct store_log *l)
{
	return (l->above ? OPEN_ABOVE : 0) | (l->backstop ? OPEN_BACKSTOP : 0);
}

static int
log_read(struct sql_call *q, struct store_log *log)
{
	memset(log, 0, sizeof(*log));
	log->n = sql_i64(q, 0);
	log->kind = (uint8_t)sql_u32(q, 2);
	log->state = (uint8_t)sql_u32(q, 3);
	log->ladder = (uint8_t)sql_u32(q, 4);
	log->desk = (uint16_t)sql_u32(q, 5);
	log->origin = (uint16_t)sql_u32(q, 6);
	log->acked = sql_u32(q, 7) != 0;
	log->answered = sql_u32(q, 8) != 0;
	open_get(log, sql_u32(q, 9));
	log->day = sql_u32(q, 10);
	log->closed_day = sql_u32(q, 11);
	log->read_due = sql_u32(q, 12);
	log->answer_due = sql_u32(q, 13);
	log->source_cnt = sql_u32(q, 14);
	log->entries = sql_u32(q, 15);
	log->desk_entries = sql_u32(q, 16);
	log->reads = sql_u32(q, 17);
	log->attachments = sql_u32(q, 18);
	log->bytes = (uint64_t)sql_i64(q, 19);
	uint8_t terms[TERMS_LEN], readers[READERS_LEN], sealed[SEALED_LEN];
	if (sql_blob(q, 1, log->id, sizeof(log->id)) ||
	    sql_blob(q, 20, log->proof, sizeof(log->proof)) ||
	    sql_blob(q, 21, log->opened, sizeof(log->opened)) ||
	    sql_blob(q, 22, terms, sizeof(terms)) || sql_blob(q, 23, readers, sizeof(readers)))
		return ERR_IO;
	terms_get(log, terms);
	readers_get(log, readers);
	log->given_desk = (uint16_t)sql_u32(q, 26);
	if (log->kind == FRAME_CASE || (log->kind == FRAME_BOOK && !sql_len(q, 25)))
		return 0;
	if (sql_blob(q, 25, sealed, sizeof(sealed)))
		return ERR_IO;
	sealed_get(&log->order, sealed);
	return 0;
}

static int
log_one(struct store_log *out, struct sql_call *q)
{
	int row = sql_row(q);
	if (row != 1)
		return row ? row : ERR_NOT_FOUND;
	int err = log_read(q, out);
	sql_done(q);
	return err;
}

static int
log_get(struct store *store, struct store_log *out, uint8_t kind,
	const uint8_t id[static KEY_ID_LEN])
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	return log_one(out,
		       sql_ask(&q, s, SQL_LOG_GET, "bi", id, (size_t)KEY_ID_LEN, (int64_t)kind));
}

static int
log_by_n(struct store *store, struct store_log *out, int64_t n)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	return log_one(out, sql_ask(&q, s, SQL_LOG_BY_N, "i", n));
}

/* When a sealed order is dropped because parts of it are missing, is shown to its whole desk, or
 * loses the bytes of its parts. */
static uint32_t
order_due(const struct store_log *l)
{
	const struct store_order *o = &l->order;
	if (!o->hour0 || o->gone || l->state != STORE_OPEN)
		return 0;
	if (o->shown)
		return o->held ? 0 : o->hour0 + ORDER_KEEP_HOURS;
	return STORE_ORDER_WHOLE(o) ? o->hour0 + ORDER_OVER_HOURS : STORE_ORDER_DROP_DAY(l) * 24;
}

static uint32_t
next_due(const struct store_log *l)
{
	const uint32_t due[] = { order_due(l),
				 l->above ? 0 : l->read_due,
				 l->above ? 0 : l->answer_due,
				 l->above ? 0 : l->term_day * 24,
				 l->sample_day * 24,
				 l->close_due };
	uint32_t next = 0;
	for (size_t i = 0; i < sizeof(due) / sizeof(due[0]); i++)
		if (due[i] && (!next || due[i] < next))
			next = due[i];
	return next;
}

/* Adds a log or changes one, which differ in the last argument: how the row is found. */
static int
log_put(struct sql_call *q, struct sql_store *s, enum sql which, const struct store_log *l)
{
	uint8_t terms[TERMS_LEN], readers[READERS_LEN], sealed[SEALED_LEN];
	terms_put(terms, l);
	readers_put(readers, l);
	sealed_put(sealed, &l->order);
	sql_ask(q, s, which, "iiiiiiiiiiiiiiiiiibbbbiibi", (int64_t)l->kind, (int64_t)l->state,
		(int64_t)l->ladder, (int64_t)l->desk, (int64_t)l->origin, (int64_t)l->acked,
		(int64_t)l->answered, open_put(l), (int64_t)l->day, (int64_t)l->closed_day,
		(int64_t)l->read_due, (int64_t)l->answer_due, (int64_t)l->source_cnt,
		(int64_t)l->entries, (int64_t)l->desk_entries, (int64_t)l->reads,
		(int64_t)l->attachments, (int64_t)l->bytes, l->proof, sizeof(l->proof), l->opened,
		sizeof(l->opened), terms, sizeof(terms), readers, sizeof(readers),
		(int64_t)(s->touched + 1), (int64_t)next_due(l), sealed,
		l->kind != FRAME_CASE ? sizeof(sealed) : (size_t)0, (int64_t)l->given_desk);
	if (which == SQL_LOG_ADD)
		sql_add(q, "b", l->id, sizeof(l->id));
	else
		sql_add(q, "i", l->n);
	int err = sql_end(q);
	if (!err)
		s->touched++;
	return err;
}

static bool
log_gone(struct store *store, const uint8_t id[static KEY_ID_LEN])
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, SQL_GONE_GET, "b", id, (size_t)KEY_ID_LEN);
	bool gone = sql_row(&q) == 1;
	sql_done(&q);
	return gone;
}

static int
log_add(struct store *store, struct store_log *log)
{
	struct sql_call q;
	if (log->kind == FRAME_CASE && log_gone(store, log->id))
		return ERR_DUP;
	int err = log_put(&q, sql_of(store), SQL_LOG_ADD, log);
	if (!err)
		log->n = q.number;
	return err;
}

static int
log_set(struct store *store, const struct store_log *log)
{
	struct sql_call q;
	int err = log_put(&q, sql_of(store), SQL_LOG_SET, log);
	if (err)
		return err;
	return q.changes == 1 ? 0 : ERR_NOT_FOUND;
}

#define LIST_PAGE 256 /* rows: an engine may hold all that one statement gives */

/* The next logs of that range; *after is the place of the last one. 1 where more may follow. */
static int
list_page(struct sql_store *s, const struct store_range *range, int64_t *after, store_take *take,
	  void *arg)
{
	int64_t until = range->until ? (int64_t)range->until : INT64_MAX;
	struct sql_call q;
	sql_ask(&q, s, range->given ? SQL_LOG_GIVEN : SQL_LOG_LIST, "iiiii", (int64_t)range->desk,
		(int64_t)range->kind, *after, until, (int64_t)LIST_PAGE);
	int row, err = 0, cnt = 0;
	while (!err && (row = sql_row(&q)) != 0) {
		struct store_log log;
		err = row < 0 ? row : log_read(&q, &log);
		if (err)
			break;
		*after = sql_i64(&q, 24);
		cnt++;
		err = take(arg, &log, (uint64_t)*after);
		/* A positive value ends the list as a failure does. */
		if (err > 0)
			cnt = 0;
	}
	sql_done(&q);
	return err < 0 ? err : !err && cnt == LIST_PAGE;
}

/* The logs of one desk, or those that were handed to members of it. */
static int
list_desk(struct sql_store *s, const struct store_range *range, store_take *take, void *arg)
{
	int64_t after = (int64_t)range->after;
	int more = 1;
	while (more > 0)
		more = list_page(s, range, &after, take, arg);
	return more;
}

static int
log_list(struct store *store, const struct store_range *range, store_take *take, void *arg)
{
	struct sql_store *s = sql_of(store);
	struct store_range one = *range;
	if (range->desk)
		return list_desk(s, range, take, arg);
	for (;;) {
		struct sql_call q;
		sql_ask(&q, s, SQL_LOG_DESK_NEXT, "ii", (int64_t)one.kind, (int64_t)one.desk);
		int row = sql_row(&q);
		if (row <= 0)
			return row;
		one.desk = (uint16_t)sql_u32(&q, 0);
		sql_done(&q);
		int err = list_desk(s, &one, take, arg);
		if (err < 0)
			return err;
	}
}

static int
log_due(struct store *store, uint32_t hour, struct store_log *out, size_t cap, size_t *cnt)
{
	struct sql_store *s = sql_of(store);
	struct sql_call q;
	sql_ask(&q, s, SQL_LOG_DUE, "ii", (int64_t)hour, (int64_t)cap);
	int row, err = 0;
	*cnt = 0;
	while (!err && *cnt < cap && (row = sql_row(&q)) != 0) {
		err = row < 0 ? row : log_read(&q, &out[*cnt]);
		if (!err)
			++*cnt;
	}
	sql_done(&q);
	return err;
}

const struct store_log_ops sql_log_ops = {
	.get = log_get,
	.by_n = log_by_n,
	.add = log_add,
	.set = log_set,
	.gone = log_gone,
	.list = log_list,
	.due = log_due,
};
