/* Serves one vault: a message at a time, each answered before the next is read. */
#include "server/db/db.h"

#include "crypto/err.h"
#include "server/store/sql/sql_schema.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MS -1

struct serve {
	struct db db;
	int link;
	bool known;        /* it has said who it is */
	uint8_t *in, *out; /* PG_MSG_MAX each */
};

static int
answer(struct serve *s, enum pg_type type, size_t len)
{
	return pg_wire_send(s->link, type, s->out, len, DB_ANSWER_MS);
}

static int
answer_done(struct serve *s, enum pg_fail fail, enum pg_type type, uint64_t number)
{
	struct bufw w;
	bufw_init(&w, s->out, PG_MSG_MAX);
	if (fail) {
		bufw_u8(&w, (uint8_t)fail);
		bufw_text(&w, s->db.said);
		return answer(s, PG_FAIL, w.len);
	}
	bufw_u64(&w, number);
	return answer(s, type, w.len);
}

/* One column, by its type: the statements give whole numbers, bytes and names. */
static int
cell_of(struct pg_value *v, const PGresult *r, int row, int col)
{
	const char *at = PQgetvalue(r, row, col);
	size_t len = (size_t)PQgetlength(r, row, col);
	uint64_t n = 0;
	*v = (struct pg_value){ .kind = PG_NULL };
	if (PQgetisnull(r, row, col))
		return 0;
	switch (PQftype(r, col)) {
	case 20: /* int8 */
	case 21: /* int2 */
	case 23: /* int4 */
		for (size_t i = 0; i < len; i++)
			n = n << 8 | (uint8_t)at[i];
		if (len < 8 && (at[0] & 0x80))
			n |= ~(uint64_t)0 << 8 * len;
		*v = (struct pg_value){ .kind = PG_NUMBER, .number = (int64_t)n };
		return 0;
	case 17: /* bytea */
	case 25: /* text */
		*v = (struct pg_value){ .kind = PG_BYTES,
					.bytes = (const uint8_t *)at,
					.len = len };
		return 0;
	default:
		return ERR_FORMAT;
	}
}

static int
take_rows(void *arg, const PGresult *r)
{
	struct serve *s = arg;
	int cols = PQnfields(r);
	int err = cols > PG_CELLS_MAX ? ERR_RANGE : 0;
	for (int row = 0; !err && row < PQntuples(r); row++) {
		struct bufw w;
		bufw_init(&w, s->out, PG_MSG_MAX);
		bufw_u8(&w, (uint8_t)cols);
		for (int col = 0; !err && col < cols; col++) {
			struct pg_value v;
			err = cell_of(&v, r, row, col);
			if (!err)
				pg_value_put(&w, &v);
		}
		if (!err)
			err = bufw_end(&w);
		if (!err)
			err = answer(s, PG_ROW, w.len);
	}
	return err;
}

/* Statements of a copy are for `davyd copy` alone. */
static int
call_get(struct db_call *call, struct buf *b, bool copy)
{
	unsigned which = buf_u16(b);
	call->cnt = buf_u8(b);
	if (which >= (copy ? SQL__MAX : SQL_COPY) || call->cnt > PG_CELLS_MAX)
		return ERR_FORMAT;
	call->which = (enum sql)which;
	for (int i = 0; i < call->cnt; i++)
		pg_value_get(b, &call->arg[i]);
	return buf_end(b);
}

static int
on_run(struct serve *s, struct buf *b, bool later)
{
	struct db_call call;
	uint64_t changes = 0;
	int err = call_get(&call, b, s->db.conf->copy);
	if (err)
		return err;
	if (later) {
		/* The batch remembers a failure. */
		enum pg_fail fail = db_later(&s->db, &call);
		(void)fail;
		return 0;
	}
	enum pg_fail fail = db_run(&s->db, &call, take_rows, s, &changes);
	return answer_done(s, fail, PG_DONE, changes);
}

/* Claim: a vault that opens the store; one that only lost its link goes on with what it has. */
static int
on_hello(struct serve *s, struct buf *b)
{
	uint32_t version = buf_u32(b), schema = buf_u32(b), statements = buf_u32(b);
	enum pg_claim claim = (enum pg_claim)buf_u8(b);
	uint8_t self[PG_SELF_LEN];
	uint64_t others = 0;
	buf_bytes(b, s->db.owner, sizeof(s->db.owner), sizeof(s->db.owner));
	buf_bytes(b, self, sizeof(self), sizeof(self));
	if (buf_end(b) || claim >= PG_CLAIM__MAX)
		return ERR_FORMAT;
	db_hex(s->db.self, self, sizeof(self));
	enum pg_fail fail = 0;
	if (version != PG_WIRE_VERSION || schema != SQL_SCHEMA || statements != SQL__MAX)
		fail = db_say(&s->db, PG_FAIL_REFUSED,
			      "davyd and davylamp-db are not of one version: install both again");
	else if (claim)
		fail = db_claim(&s->db, claim == PG_CLAIM_STILL, &others);
	s->known = !fail;
	return answer_done(s, fail, PG_READY, others);
}

static int
on_begin(struct serve *s, uint64_t kept)
{
	struct db_head head = { .touched = 0 };
	uint8_t common[PG_COMMON_MAX];
	size_t len = 0;
	struct bufw w;
	enum pg_fail fail = db_begin(&s->db, kept, &head);
	if (!fail && !db_unhex(common, sizeof(common), &len, head.common))
		fail = db_say(&s->db, PG_FAIL_BROKEN, "the row head is none of ours");
	if (fail)
		return answer_done(s, fail, PG_BEGUN, 0);
	bufw_init(&w, s->out, PG_MSG_MAX);
	bufw_u64(&w, head.touched);
	bufw_u64(&w, head.used);
	bufw_bytes(&w, common, len);
	return answer(s, PG_BEGUN, w.len);
}

static int
on_commit(struct serve *s, struct buf *b)
{
	struct db_head head;
	head.touched = buf_u64(b);
	head.used = buf_u64(b);
	size_t len = b->left;
	const uint8_t *common = buf_take(b, len);
	int err = len > PG_COMMON_MAX ? ERR_RANGE : buf_end(b);
	if (err)
		return err;
	db_hex(head.common, common, len);
	return answer_done(s, db_commit(&s->db, &head), PG_DONE, 0);
}

static int
on_message(struct serve *s, enum pg_type type, size_t len)
{
	struct buf b;
	buf_init(&b, s->in, len);
	if (type == PG_HELLO)
		return on_hello(s, &b);
	if (!s->known)
		return ERR_FORMAT;
	if (type == PG_RUN || type == PG_LATER)
		return on_run(s, &b, type == PG_LATER);
	if (type == PG_COMMIT)
		return on_commit(s, &b);
	if (type == PG_BEGIN && !s->db.open) {
		uint64_t kept = buf_u64(&b);
		int err = buf_end(&b);
		return err ? err : on_begin(s, kept);
	}
	if (len || type != PG_ROLLBACK)
		return ERR_FORMAT;
	db_rollback(&s->db);
	return answer_done(s, 0, PG_DONE, 0);
}

void
db_serve(const struct db_conf *conf, int link)
{
	static struct serve s;
	enum pg_type type;
	size_t len;
	s.db.conf = conf;
	s.db.host = conf->first;
	s.link = link;
	s.in = malloc(PG_MSG_MAX);
	s.out = malloc(PG_MSG_MAX);
	int err = s.in && s.out ? 0 : ERR_MEM;
	while (!err) {
		err = pg_wire_recv(link, &type, s.in, &len, IDLE_MS);
		if (!err)
			err = on_message(&s, type, len);
	}
	db_close(&s.db);
}
