/*
 * Who is not shown a case is answered as if it did not exist: every op by which a member can name a
 * case, with every variant, against a hidden case and against an id that nobody has. The lines come
 * from the table of ops: one without a line here fails. The time is in tests/server/latency.mjs.
 */
#include "tests/lib/fixture.h"

#define D1 J7 /* moved to desk 1 for these tests: the case is hidden from him */

static uint8_t body[FRAME_BODY_LEN], book[16], none[16];
static struct source s;

/* The ways of one op: `flags` and `thread` up to these, in all kinds where the op has the field. */
static const struct way {
	uint8_t op, flags, threads;
	bool other; /* names no case: what counts is below, and keys and rosters know of none */
	uint32_t number, hour;
} ways[] = {
	{ .op = FRAME_LIST, .other = true },
	{ .op = FRAME_FETCH, .threads = 3 },
	{ .op = FRAME_DESK_APPEND, .threads = 1 },
	{ .op = FRAME_ACKNOWLEDGE },
	{ .op = FRAME_CLOSE },
	{ .op = FRAME_RESTRICT, .flags = FRAME_RECUSE },
	{ .op = FRAME_KEY_PUT, .other = true },
	{ .op = FRAME_KEY_GET, .other = true },
	{ .op = FRAME_ROSTER_PUT, .other = true },
	{ .op = FRAME_ROSTER_GET, .other = true },
	{ .op = FRAME_ORDER_OPEN },
	{ .op = FRAME_ABOVE, .flags = 1 },
	{ .op = FRAME_RESEAL },
	{ .op = FRAME_PURGE, .other = true },
	{ .op = FRAME_ACCOUNT, .other = true },
	{ .op = FRAME_JUNK },
	{ .op = FRAME_OBJECT },
	{ .op = FRAME_STATEMENT, .number = 1, .hour = 24 },
	{ .op = FRAME_COSIGN, .other = true },
	{ .op = FRAME_CHECKPOINT, .other = true },
	{ .op = FRAME_BOOK_OPEN },
	{ .op = FRAME_ROTA, .hour = 24 },
	/* Against sealed orders: tests/unit/server_order.c. */
	{ .op = FRAME_ORDER_SEAL, .hour = 500000 },
	{ .op = FRAME_PART_PUT, .number = ORDER_CODE },
	{ .op = FRAME_PART_TAKE },
	{ .op = FRAME_STOP, .flags = FRAME_STOP_NOW },
	{ .op = FRAME_PHOTO },
};

static int
act(enum who who, uint8_t op, struct frame_routing r)
{
	return member_act(who, op, s.id, r, body);
}

static void
rota(enum who who, uint32_t number)
{
	struct frame_routing r = { .kind = FRAME_BOOK, .number = number, .parts = 7 };
	r.hour = (uint32_t)(fixture_minute / 1440) * 24;
	memcpy(r.proof, w.person[A1].handle, 8);
	memcpy(r.proof + 8, w.person[B1].handle, 8);
	random_body(body);
	assert_int_equal(member_put(who, FRAME_ROTA, book, r, body), FRAME_OK);
}

/* Desk 1 has four members, and A1 and B1 are on duty. */
static int
ready(void **state)
{
	int err = fixture_ready(state);
	struct frame_request rq = request(FRAME_BOOK_OPEN, book);
	w.v.members->member[C1].roles = w.v.members->member[D1].roles = ROSTER_TR;
	w.v.members->member[D1].desk = w.person[D1].desk = 1;
	randombytes_buf(book, sizeof(book));
	randombytes_buf(none, sizeof(none));
	rq = request(FRAME_BOOK_OPEN, book);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 1;
	random_body(body);
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	rota(A1, 1);
	rota(B1, 2);
	return err;
}

/* How a case comes to be hidden from D1. */
static void
by_the_rota(void)
{
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
}

static void
by_two(void)
{
	static const enum who d[] = { D1 };
	struct frame_routing r = hide_from(d, 1);
	by_the_rota();
	assert_int_equal(act(A1, FRAME_RESTRICT, r), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, r), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

static uint8_t note[FRAME_BODY_LEN];

/* He has read it, written into it and is the first of two to close it. Then he takes himself off.
 */
static void
by_himself(void)
{
	struct frame_routing ack = { .flags = 0 }, to = { .thread = FRAME_DESK };
	by_two();
	assert_int_equal(act(A1, FRAME_RESTRICT, (struct frame_routing){ .flags = FRAME_LIFT }),
			 FRAME_OK);
	memcpy(ack.proof, s.t, sizeof(ack.proof));
	assert_int_equal(act(D1, FRAME_ACKNOWLEDGE, ack), FRAME_OK);
	assert_int_equal(member_fetch(D1, s.id, FRAME_SOURCE, 0), FRAME_OK);
	assert_int_equal(act(D1, FRAME_DESK_APPEND, to), FRAME_OK);
	memcpy(note, body, sizeof(note));
	assert_int_equal(act(D1, FRAME_CLOSE, (struct frame_routing){ .flags = 0 }), FRAME_OK);
	assert_int_equal(act(D1, FRAME_RESTRICT, (struct frame_routing){ .flags = FRAME_RECUSE }),
			 FRAME_OK);
}

static bool
opens(uint8_t op)
{
	return op == FRAME_ORDER_OPEN || op == FRAME_BOOK_OPEN;
}

/* The same frame about the case and about nothing: the same answer, byte for byte. */
static void
same_answer(struct frame_request rq)
{
	struct frame_routing out;
	uint8_t bytes[FRAME_BODY_LEN];
	const struct frame_op *op = frame_op_find(rq.op);
	memcpy(rq.routing.id, s.id, 16);
	memset(w.body, 0, sizeof(w.body));
	int status = fixture_as(D1, rq);
	size_t len = w.body_len;
	out = w.out;
	memcpy(bytes, w.body, sizeof(bytes));
	memcpy(rq.routing.id, none, 16);
	memset(w.body, 0, sizeof(w.body));
	if (fixture_as(D1, rq) != status || w.body_len != len)
		fail_msg("%s, kind %u, thread %u, flags %u: %x and %x", op->name, rq.routing.kind,
			 rq.routing.thread, rq.routing.flags, status, w.status);
	assert_memory_equal(&out, &w.out, sizeof(out));
	assert_memory_equal(bytes, w.body, sizeof(bytes));
	if (status != (opens(rq.op) ? FRAME_OK : FRAME_NOT_FOUND))
		fail_msg("%s, kind %u, thread %u, flags %u: %s", op->name, rq.routing.kind,
			 rq.routing.thread, rq.routing.flags, frame_status_name((uint8_t)status));
}

static struct frame_request
frame_of(const struct way *way, uint8_t flags, uint8_t thread)
{
	struct frame_request rq = request(way->op, NULL);
	const struct frame_op *op = frame_op_find(way->op);
	rq.routing.desk = 1;
	rq.routing.flags = flags;
	rq.routing.thread = thread;
	rq.routing.number = way->number;
	rq.routing.hour = way->hour;
	if (!op->empty) {
		random_body(body);
		rq.body = body;
		rq.body_len = FRAME_BODY_LEN;
	}
	if (way->op == FRAME_RESTRICT && flags == FRAME_HIDE) {
		rq.routing = hide_from(NULL, 0);
		rq.routing.desk = 1;
	}
	if (way->op == FRAME_RESEAL)
		memcpy(rq.routing.proof, w.person[A4].handle, 8);
	if (way->op == FRAME_ACKNOWLEDGE)
		memcpy(rq.routing.proof, s.t, 32);
	if (way->op == FRAME_PART_PUT || way->op == FRAME_PART_TAKE)
		rq.routing.thread = FRAME_PARTS;
	if (way->op == FRAME_PART_TAKE)
		rq.routing.part = ORDER_LAYER;
	if (way->op == FRAME_PHOTO) {
		rq.routing.attach = FRAME_PHOTO_FROM;
		rq.routing.parts = 1;
	}
	if (way->op == FRAME_ORDER_SEAL)
		for (uint8_t i = 0; i < 16; i++)
			rq.routing.cursor[i] = rq.routing.proof[i] = rq.routing.hash[15 - i] =
				(uint8_t)(i + 1);
	if (way->op == FRAME_ROTA) {
		rq.routing.parts = 1;
		memcpy(rq.routing.proof, w.person[A1].handle, 8);
		memcpy(rq.routing.proof + 8, w.person[B1].handle, 8);
	}
	return rq;
}

/* Every kind that this op can name. The opening of a book or an order is tried with another id each
 * time. */
static void
all_kinds(struct frame_request rq)
{
	const struct frame_op *op = frame_op_find(rq.op);
	for (uint8_t kind = 0; kind < FRAME_KIND__MAX; kind++) {
		bool fixed = rq.op == FRAME_ROTA || rq.op == FRAME_BOOK_OPEN;
		bool sealed = (rq.op >= FRAME_ORDER_SEAL && rq.op <= FRAME_STOP) ||
			      rq.op == FRAME_PHOTO;
		if (kind && !(op->fields & FRAME_F_KIND))
			break;
		if ((fixed && kind != FRAME_BOOK) ||
		    ((sealed || rq.op == FRAME_ORDER_OPEN) && kind != FRAME_ORDER))
			continue;
		rq.routing.kind = kind;
		rq.routing.desk = rq.op == FRAME_ORDER_OPEN ? 7 : 1;
		same_answer(rq);
	}
}

static void
every_op(void (*hidden)(void))
{
	size_t cnt;
	const struct frame_op *ops = frame_op_table(&cnt);
	fixture_kind(7, ROSTER_INTEGRITY); /* an inspection desk takes no order */
	hidden();
	/* Books and orders that have the id of the case come last. */
	for (size_t i = 0; i < 2 * cnt; i++) {
		const struct frame_op *op = &ops[i % cnt];
		const struct way *way = NULL;
		if (opens(op->op) != (i >= cnt))
			continue;
		if (op->sender != FRAME_BY_MEMBER && op->sender != FRAME_BY_REGISTRAR)
			continue;
		for (size_t k = 0; k < sizeof(ways) / sizeof(*ways); k++)
			if (ways[k].op == op->op)
				way = &ways[k];
		if (!way)
			fail_msg("no line of this test has %s", op->name);
		/* What names a case is never left out. */
		assert_int_equal(way->other, !(op->fields & FRAME_F_ID));
		for (uint8_t f = 0; !way->other && f <= way->flags; f++)
			for (uint8_t t = 0; t <= way->threads; t++)
				all_kinds(frame_of(way, f, t));
	}
}

static void
hidden_by_the_rota(void **state)
{
	(void)state;
	every_op(by_the_rota);
}

static void
hidden_by_two(void **state)
{
	(void)state;
	every_op(by_two);
}

static void
hidden_by_himself(void **state)
{
	(void)state;
	every_op(by_himself);
	/* His own note, sent once more, is not known any more; his place is not told. */
	for (uint32_t number = 0; number < 8; number++) {
		struct frame_request rq = request(FRAME_DESK_APPEND, NULL);
		rq.routing.desk = 1;
		rq.routing.thread = FRAME_DESK;
		rq.routing.number = number;
		rq.body = note;
		rq.body_len = FRAME_BODY_LEN;
		same_answer(rq);
	}
}

/* ---- what counts ---- */

/* The pages of a list, whole: each answer's routing and body. */
#define PAGES 4
static struct pages {
	struct frame_routing out[PAGES];
	uint8_t body[PAGES][FRAME_BODY_LEN];
	size_t len[PAGES];
} before, after;

/* Lists page by page; the last page is asked for twice. */
static void
list_all(struct pages *p, uint8_t kind)
{
	uint8_t cursor[16] = { 0 };
	memset(p, 0, sizeof(*p));
	for (size_t i = 0; i < PAGES; i++) {
		memset(w.body, 0, sizeof(w.body));
		assert_int_equal(member_list(D1, kind, cursor), FRAME_OK);
		p->out[i] = w.out;
		p->len[i] = w.body_len;
		memcpy(p->body[i], w.body, sizeof(p->body[i]));
		memcpy(cursor, w.out.cursor, sizeof(cursor));
	}
}

/*
 * The list of a member before and after things happen to cases that he is not shown: the same
 * bytes, cursors too, page by page, and a cursor from before is as good as ever.
 */
static void
lists_do_not_move(void **state)
{
	struct source shown[300];
	struct frame_routing desk = { .thread = FRAME_DESK }, ack = { .flags = 0 };
	(void)state;
	/* More than a page that he is shown: those two hid from nobody. */
	for (size_t i = 0; i < 300; i++) {
		source_new(&shown[i]);
		assert_int_equal(source_open(&shown[i], 1, 0), FRAME_OK);
		s = shown[i];
		struct frame_routing nobody = hide_from(NULL, 0);
		assert_int_equal(act(A1, FRAME_RESTRICT, nobody), FRAME_OK);
		assert_int_equal(act(B1, FRAME_RESTRICT, nobody), FRAME_OK);
	}
	for (uint8_t kind = 0; kind < FRAME_KIND__MAX; kind++) {
		list_all(&before, kind);
		assert_int_equal(before.out[0].count, kind ? kind == FRAME_BOOK : 252);
		void (*const hidden[])(void) = { by_the_rota, by_two };
		for (size_t i = 0; i < 2; i++) {
			hidden[i]();
			assert_int_equal(member_fetch(B1, s.id, FRAME_SOURCE, 0), FRAME_OK);
			memcpy(ack.proof, s.t, sizeof(ack.proof));
			assert_int_equal(act(A1, FRAME_ACKNOWLEDGE, ack), FRAME_OK);
			assert_int_equal(act(B1, FRAME_DESK_APPEND, desk), FRAME_OK);
			assert_int_equal(act(A1, FRAME_CLOSE, (struct frame_routing){ .flags = 0 }),
					 FRAME_OK);
			random_body(body);
			assert_int_equal(source_say(&s, 1, body), FRAME_OK);
		}
		list_all(&after, kind);
		assert_memory_equal(&before, &after, sizeof(before));
	}
}

/*
 * A twin that never had the hidden case: what he is told about others' cases afterwards is the
 * same, apart from the cursor, which is a place under a key. It says nothing:
 * tests/unit/server_desk.c.
 */
static void
twin_without_the_case(void **state)
{
	struct source seen[3];
	struct frame_record r;
	(void)state;
	for (size_t i = 0; i < 3; i++)
		source_new(&seen[i]);
	for (size_t twin = 0; twin < 2; twin++) {
		if (twin) {
			assert_int_equal(fixture_end(state), 0);
			assert_int_equal(ready(state), 0);
		} else {
			by_two();
		}
		struct frame_routing nobody = hide_from(NULL, 0);
		struct source kept = s;
		for (size_t i = 0; i < 3; i++) {
			s = seen[i];
			assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
			if (i == 1 && !twin) {
				s = kept;
				assert_int_equal(act(B1, FRAME_DESK_APPEND,
						     (struct frame_routing){
							     .thread = FRAME_DESK }),
						 FRAME_OK);
				s = seen[i];
			}
			assert_int_equal(act(A1, FRAME_RESTRICT, nobody), FRAME_OK);
			assert_int_equal(act(B1, FRAME_RESTRICT, nobody), FRAME_OK);
			assert_int_equal(act(D1, FRAME_DESK_APPEND,
					     (struct frame_routing){ .thread = FRAME_DESK }),
					 FRAME_OK);
			assert_int_equal(w.out.number, 2);
		}
		list_all(twin ? &after : &before, FRAME_CASE);
	}
	assert_int_equal(before.out[0].count, 3);
	assert_int_equal(frame_record_get(&r, before.body[0]), 0);
	for (size_t i = 0; i < PAGES; i++) {
		memset(before.out[i].cursor, 0, sizeof(before.out[i].cursor));
		memset(after.out[i].cursor, 0, sizeof(after.out[i].cursor));
	}
	assert_memory_equal(&before, &after, sizeof(before));
}

/* From nobody, from a member or from a dummy: the store holds as many bytes, and as full. */
static void
all_rows_look_alike(void **state)
{
	static const enum who d[] = { D1 };
	struct store_log log;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct frame_routing r = hide_from(d, i == 1);
		by_the_rota();
		assert_int_equal(act(A1, FRAME_RESTRICT, r), FRAME_OK);
		assert_int_equal(act(B1, FRAME_RESTRICT, r), FRAME_OK);
		/* Lifted, too. */
		if (i == 2)
			assert_int_equal(act(A4, FRAME_RESTRICT,
					     (struct frame_routing){ .flags = FRAME_LIFT }),
					 FRAME_BAD);
		assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, s.id), 0);
		assert_true(log.limited);
		for (size_t k = 0; k < FRAME_HIDDEN_CNT; k++)
			assert_false(sodium_is_zero(log.hidden[k], KEY_HANDLE_LEN));
		assert_true(sodium_is_zero((uint8_t *)log.limiter, sizeof(log.limiter)));
		assert_true(sodium_is_zero((uint8_t *)log.recused, sizeof(log.recused)));
	}
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, ready, fixture_end)
	const struct CMUnitTest tests[] = {
		T(hidden_by_the_rota), T(hidden_by_two),         T(hidden_by_himself),
		T(lists_do_not_move),  T(twin_without_the_case), T(all_rows_look_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
