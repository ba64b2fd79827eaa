/* Lists, orders, rosters, attachments, forged frames, quotas, a full disk. */
#include "tests/lib/fixture.h"

static uint8_t b1[FRAME_BODY_LEN], b2[FRAME_BODY_LEN];

/* What a member is told of pages to come is what the pages say themselves, and no more: neither
 * another's cursor nor another question is taken. */
static void
ahead_is(const uint8_t *from, const uint8_t *want, size_t cnt)
{
	struct frame_request rq = { .op = FRAME_LIST };
	rq.routing.desk = w.person[A1].desk;
	rq.routing.part = 1;
	memcpy(rq.routing.cursor, from, 16);
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_int_equal(w.out.count, cnt);
	assert_memory_equal(w.body, want, 16 * cnt);
	rq.routing.part = 2;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	rq.routing.part = 1;
	rq.routing.kind = FRAME_ORDER;
	rq.routing.cursor[0] ^= 1;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
}

static void
lists_page(void **state)
{
	static struct source s[300];
	static const uint8_t zero[16];
	uint8_t cursor[16], last[16], first[16];
	struct frame_record r;
	size_t got = 0;
	(void)state;
	for (int i = 0; i < 300; i++) {
		source_new(&s[i]);
		assert_int_equal(source_open(&s[i], i % 3 ? 2 : 1, 0), FRAME_OK);
	}
	/* The desk above city 2 and the backstop know that they exist; the province's own come in
	 * the same list. */
	memset(cursor, 0, sizeof(cursor));
	for (int page = 0; page < 3; page++) {
		assert_int_equal(member_list(A1, FRAME_CASE, cursor), FRAME_OK);
		for (size_t i = 0; i < w.out.count; i++, got++) {
			assert_int_equal(frame_record_get(&r, w.body + i * FRAME_RECORD_LEN), 0);
			assert_memory_equal(r.id, s[got].id, 16);
			assert_int_equal(r.relation, got % 3 ? 1 : 0);
			assert_int_equal(r.desk, got % 3 ? 2 : 1);
		}
		assert_int_equal(w.out.flags, page == 0);
		memcpy(cursor, w.out.cursor, 16);
		if (page == 0)
			memcpy(first, cursor, 16);
	}
	assert_int_equal(got, 300);
	ahead_is(zero, first, 1);
	ahead_is(first, zero, 0);
	/* Nothing new: the cursor stays. What changed comes again, once. */
	memcpy(last, cursor, 16);
	assert_int_equal(member_list(A1, FRAME_CASE, cursor), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	assert_memory_equal(w.out.cursor, last, 16);
	random_body(b1);
	assert_int_equal(source_say(&s[7], 1, b1), FRAME_OK);
	assert_int_equal(member_list(A1, FRAME_CASE, cursor), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	/* Where every case has changed, long after it came, a list from the beginning has each of
	 * them once, in the order of the last changes. */
	for (int i = 0; i < 300; i++)
		if (i != 7)
			assert_int_equal(source_say(&s[i], 1, b1), FRAME_OK);
	memset(cursor, 0, sizeof(cursor));
	for (got = 0; got < 300; memcpy(cursor, w.out.cursor, 16)) {
		assert_int_equal(member_list(A1, FRAME_CASE, cursor), FRAME_OK);
		assert_int_equal(w.out.count, got ? 48 : 252);
		for (size_t i = 0; i < w.out.count; i++, got++) {
			assert_int_equal(frame_record_get(&r, w.body + i * FRAME_RECORD_LEN), 0);
			assert_memory_equal(r.id,
					    s[got == 0   ? 7
					      : got <= 7 ? got - 1
							 : got]
						    .id,
					    16);
		}
	}
	/* A city sees its own; the backstop all; others nothing. */
	assert_int_equal(member_list(A2, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 200);
	assert_int_equal(member_list(A5, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 252);
	assert_int_equal(frame_record_get(&r, w.body), 0);
	assert_int_equal(r.relation, 2);
	assert_int_equal(member_list(A4, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 100);
	assert_int_equal(member_list(I7, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	/* A cursor is good for who was given it, and cannot be made. */
	assert_int_equal(member_list(A2, FRAME_CASE, cursor), FRAME_BAD);
	assert_int_equal(member_list(A1, FRAME_ORDER, cursor), FRAME_BAD);
	cursor[3] ^= 1;
	assert_int_equal(member_list(A1, FRAME_CASE, cursor), FRAME_BAD);
}

/* A book lies at its writer's own desk, or at one below the desk that he leads; the desk above and
 * the backstop have it from its first entry on. */
static void
books(void **state)
{
	static const enum who reads[] = { A1, A4, A5 }, may_not[] = { A2, I7 };
	uint8_t id[16];
	struct frame_request rq, f;
	struct frame_routing r = { .kind = FRAME_BOOK, .thread = FRAME_DESK, .number = 1 };
	(void)state;
	randombytes_buf(id, sizeof(id));
	random_body(b1);
	random_body(b2);
	rq = request(FRAME_BOOK_OPEN, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 2;
	rq.body = b1;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_as(B1, rq), FRAME_NOT_FOUND); /* at no other desk */
	rq.routing.desk = w.person[A1].desk;
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_false(w.wrote);
	rq.body = b2;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	f = request(FRAME_FETCH, id);
	f.routing.kind = FRAME_BOOK;
	f.routing.thread = FRAME_DESK;
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		f.routing.desk = w.person[reads[i]].desk;
		assert_int_equal(fixture_as(reads[i], f), FRAME_OK);
	}
	for (size_t i = 0; i < sizeof(may_not) / sizeof(*may_not); i++) {
		f.routing.desk = w.person[may_not[i]].desk;
		assert_int_equal(fixture_as(may_not[i], f), FRAME_NOT_FOUND);
	}
	assert_int_equal(member_list(A4, FRAME_BOOK, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	assert_int_equal(member_list(A5, FRAME_BOOK, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 1); /* and no row of the store's pad */
	f.routing.kind = FRAME_CASE;
	f.routing.desk = w.person[A1].desk;
	assert_int_equal(fixture_as(A1, f), FRAME_NOT_FOUND);
	assert_int_equal(member_put(A4, FRAME_DESK_APPEND, id, r, b2), FRAME_OK);
	assert_int_equal(w.out.number, 1);
	assert_int_equal(member_put(I7, FRAME_DESK_APPEND, id, r, b2), FRAME_NOT_FOUND);
	r.thread = FRAME_SOURCE;
	r.number = 0;
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, id, r, b2), FRAME_NOT_FOUND);
}

/* A need is a book that lies at a planning desk: the desk that opened it lists and reads it and
 * writes nothing into it; the desk above and the backstop of the planning desk have it as every
 * book. */
static void
needs(void **state)
{
	static const enum who reads[] = { A1, I7, A2, A5 }, may_not[] = { A4, J7 };
	uint8_t id[16];
	struct frame_request rq;
	struct frame_routing r = { .kind = FRAME_BOOK, .thread = FRAME_DESK, .number = 1 };
	(void)state;
	randombytes_buf(id, sizeof(id));
	random_body(b1);
	random_body(b2);
	rq = request(FRAME_BOOK_OPEN, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 7;
	rq.body = b1;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_as(A1, rq), FRAME_NOT_FOUND); /* an inspection desk takes none */
	fixture_kind(7, ROSTER_PLANNING);
	assert_int_equal(fixture_as(J7, rq), FRAME_NOT_FOUND);
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	rq = request(FRAME_FETCH, id);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.thread = FRAME_DESK;
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		rq.routing.desk = w.person[reads[i]].desk;
		assert_int_equal(fixture_as(reads[i], rq), FRAME_OK);
		assert_int_equal(member_list(reads[i], FRAME_BOOK, NULL), FRAME_OK);
		assert_int_equal(w.out.count, 1);
	}
	for (size_t i = 0; i < sizeof(may_not) / sizeof(*may_not); i++) {
		rq.routing.desk = w.person[may_not[i]].desk;
		assert_int_equal(fixture_as(may_not[i], rq), FRAME_NOT_FOUND);
		assert_int_equal(member_list(may_not[i], FRAME_BOOK, NULL), FRAME_OK);
		assert_int_equal(w.out.count, 0);
	}
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, id, r, b2), FRAME_NOT_FOUND);
	assert_int_equal(member_put(I7, FRAME_DESK_APPEND, id, r, b2), FRAME_OK);
}

static void
orders(void **state)
{
	uint8_t id[16];
	struct frame_request rq;
	struct frame_routing r = { .kind = FRAME_ORDER, .thread = FRAME_DESK, .number = 1 };
	(void)state;
	randombytes_buf(id, sizeof(id));
	random_body(b1);
	random_body(b2);
	rq = request(FRAME_ORDER_OPEN, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = 2;
	rq.body = b1;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD); /* a review desk */
	rq.routing.desk = 4;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD); /* an oversight desk */
	/* An inspection desk gets no order that it can read at once, whoever sends it. */
	rq.routing.desk = 7;
	for (enum who who = 0; who < WHO_CNT; who++) {
		int status = fixture_as(who, rq);
		assert_true(status == FRAME_BAD || status == FRAME_NOT_FOUND);
		assert_false(w.wrote);
	}
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	fixture_kind(7, ROSTER_PLANNING);
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	fixture_kind(7, ROSTER_INTEGRITY);
	assert_int_equal(fixture_as(C1, rq), FRAME_NOT_FOUND);
	assert_int_equal(fixture_as(J7, rq), FRAME_NOT_FOUND); /* who inspects opens none */
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_false(w.wrote);
	rq.body = b2;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	/* Listed for the desk that carries it out, the desk that wrote it, and those that
	 * supervise. */
	static const struct {
		enum who who;
		uint8_t relation;
	} lists[] = { { J7, FRAME_REL_RECEIVING },
		      { A1, FRAME_REL_WRITER },
		      { A2, FRAME_REL_ABOVE },
		      { A5, FRAME_REL_BACKSTOP } };
	struct frame_record seen;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		assert_int_equal(member_list(lists[i].who, FRAME_ORDER, NULL), FRAME_OK);
		assert_int_equal(w.out.count, 1);
		assert_int_equal(frame_record_get(&seen, w.body), 0);
		assert_int_equal(seen.relation, lists[i].relation);
	}
	assert_int_equal(member_list(A4, FRAME_ORDER, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	/* The integrity desk and the desk that wrote it read it; nobody else, and not as a case. */
	struct frame_request f = request(FRAME_FETCH, id);
	f.routing.kind = FRAME_ORDER;
	f.routing.thread = FRAME_DESK;
	static const enum who may[] = { I7, J7, A1 }, may_not[] = { B1, A2, A4, A5 };
	for (size_t i = 0; i < 3; i++) {
		f.routing.desk = w.person[may[i]].desk;
		assert_int_equal(fixture_as(may[i], f), FRAME_OK);
		assert_memory_equal(w.body, b1, FRAME_BODY_LEN);
	}
	for (size_t i = 0; i < 4; i++) {
		f.routing.desk = w.person[may_not[i]].desk;
		assert_int_equal(fixture_as(may_not[i], f), FRAME_NOT_FOUND);
	}
	f.routing.kind = FRAME_CASE;
	f.routing.desk = 7;
	assert_int_equal(fixture_as(I7, f), FRAME_NOT_FOUND);
	assert_int_equal(member_put(J7, FRAME_DESK_APPEND, id, r, b2), FRAME_OK);
	assert_int_equal(w.out.number, 1);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, id, r, b1), FRAME_NOT_FOUND);
	r.thread = FRAME_SOURCE;
	r.number = 0;
	assert_int_equal(member_put(J7, FRAME_DESK_APPEND, id, r, b1), FRAME_NOT_FOUND);
}

/* What a face that was taken over could try. */
static void
forged(void **state)
{
	static uint8_t frame[FRAME_LEN];
	struct source s;
	struct frame_request rq;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	rq = request(FRAME_FETCH, s.id);
	rq.routing.desk = 1;
	rq.minute = fixture_minute;
	assert_int_equal(frame_request_build(frame, &rq, w.keys.card.id, &w.person[A1].key), 0);
	frame[FRAME_HEAD_LEN + 20] ^= 1; /* another number under the same signature */
	assert_int_equal(fixture_frame(frame), FRAME_BAD);
	frame[FRAME_HEAD_LEN + 20] ^= 1;
	assert_int_equal(fixture_frame(frame), FRAME_OK);
	/* Another's key under one's own signature. */
	assert_int_equal(frame_request_build(frame, &rq, w.keys.card.id, &s.key), 0);
	memcpy(frame + 32, w.person[A1].pk, 32);
	assert_int_equal(fixture_frame(frame), FRAME_BAD);
	/*
	 * A source's frame whose body, urgency or desk it exchanged: nothing is stored, and no
	 * answer fits the frame that she sent.
	 */
	struct source other_source;
	source_new(&other_source);
	struct frame_request open = request(FRAME_OPEN, other_source.id);
	open.routing.desk = 1;
	memcpy(open.routing.proof, other_source.T, 32);
	open.body = other_source.tip;
	open.body_len = FRAME_BODY_LEN;
	assert_int_equal(frame_request_build(frame, &open, w.keys.card.id, &other_source.key), 0);
	static const size_t bent[] = { FRAME_BODY_AT, FRAME_HEAD_LEN + 18, FRAME_HEAD_LEN + 28 };
	for (size_t i = 0; i < sizeof(bent) / sizeof(*bent); i++) {
		frame[bent[i]] ^= 1;
		assert_int_equal(fixture_frame(frame), FRAME_BAD);
		frame[bent[i]] ^= 1;
	}
	assert_int_equal(fixture_frame(frame), FRAME_OK);
	/* For another gateway. */
	uint8_t other[16] = { 1 };
	assert_int_equal(frame_request_build(frame, &rq, other, &w.person[A1].key), 0);
	assert_int_equal(fixture_frame(frame), FRAME_BAD);
	/* Too old, from the future, and at the edges. */
	rq.minute = fixture_minute - 11;
	assert_int_equal(fixture_as(A1, rq), FRAME_STALE);
	rq.minute = fixture_minute + 11;
	assert_int_equal(fixture_as(A1, rq), FRAME_STALE);
	rq.minute = fixture_minute - 10;
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	/* Ops that are reserved. */
	static const uint8_t ops[] = { 0x00, 0x06, 0x1f, 0x2b, 0x2c, 0x2d, 0x3f, 0x40, 0x50, 0xff };
	for (size_t i = 0; i < sizeof(ops); i++) {
		frame[4] = ops[i];
		assert_int_equal(fixture_frame(frame), FRAME_BAD);
	}
}

static void
attachments(void **state)
{
	struct source s;
	struct frame_request rq;
	(void)state;
	source_new(&s);
	rq = request(FRAME_CHUNK, s.id);
	rq.routing.parts = 3;
	rq.body = b1;
	rq.body_len = FRAME_BODY_LEN;
	assert_int_equal(fixture_send(rq, &s.key), FRAME_NOT_FOUND);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	static const uint16_t order[] = { 2, 0, 0, 1 };
	for (size_t i = 0; i < 4; i++) {
		memset(b1, order[i] + 1, sizeof(b1));
		rq.routing.part = order[i];
		assert_int_equal(fixture_send(rq, &s.key), FRAME_OK);
		assert_int_equal(w.wrote, i != 2);
	}
	memset(b1, 9, sizeof(b1));
	assert_int_equal(fixture_send(rq, &s.key), FRAME_BAD);
	rq.routing.parts = 4;
	rq.routing.part = 3;
	assert_int_equal(fixture_send(rq, &s.key), FRAME_BAD);
	rq.routing.part = 0;
	rq.routing.parts = 1;
	rq.routing.attach = 16;
	assert_int_equal(fixture_send(rq, &s.key), FRAME_BAD);
	struct frame_request f = request(FRAME_FETCH, s.id);
	f.routing.desk = 1;
	f.routing.thread = FRAME_ATTACH;
	f.routing.part = 2;
	assert_int_equal(fixture_as(A1, f), FRAME_OK);
	assert_int_equal(w.out.parts, 3);
	assert_int_equal(w.body[0], 3);
	f.routing.part = 3;
	assert_int_equal(fixture_as(A1, f), FRAME_NOT_FOUND);
	assert_int_equal(member_fetch(A1, s.id, FRAME_READS, 0), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	assert_int_equal(member_list(A1, FRAME_CASE, NULL), FRAME_OK);
	struct frame_record r;
	assert_int_equal(frame_record_get(&r, w.body), 0);
	assert_int_equal(r.attach_cnt, 1);
	/* A case holds so much and no more. */
	rq.routing.attach = 1;
	rq.routing.parts = 262;
	int status = FRAME_OK;
	int sent = 0;
	for (uint16_t a = 1; a < 4 && status == FRAME_OK; a++)
		for (uint16_t p = 0; p < 262 && status == FRAME_OK; p++, sent++) {
			rq.routing.attach = a;
			rq.routing.part = p;
			randombytes_buf(b1, 32);
			status = fixture_send(rq, &s.key);
		}
	assert_int_equal(status, FRAME_FULL);
	assert_in_range(sent, 8 * 64, 8 * 66);
}

static void
quotas(void **state)
{
	struct source s, late;
	(void)state;
	source_new(&s);
	source_new(&late);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	/* Opens stop at their share; the case that is there goes on. */
	w.conf.store_bytes = store_used(w.v.store) * 100 / 75;
	assert_int_equal(source_open(&late, 1, 0), FRAME_FULL);
	random_body(b1);
	assert_int_equal(source_say(&s, 1, b1), FRAME_OK);
	struct frame_routing r = { .thread = FRAME_DESK };
	random_body(b1);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, r, b1), FRAME_OK);
	w.conf.store_bytes = 1ull << 30;
	assert_int_equal(source_open(&late, 1, 0), FRAME_OK);
}

/* ---- rosters ---- */

static void
first_roster(void **state)
{
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_BUSY);
	assert_int_equal(member_list(A1, FRAME_CASE, NULL), FRAME_NOT_FOUND);
	fixture_roster(1, 1);
	assert_int_equal(fixture_upload(REG), FRAME_BAD); /* one root of two */
	memset(w.note_hash, 0, 32);
	fixture_roster(1, 2);
	assert_int_equal(fixture_upload(A1), FRAME_BAD); /* not a registrar in it */
	assert_null(w.v.roster);
	assert_int_equal(fixture_upload(REG), FRAME_OK);
	assert_non_null(w.v.roster);
	assert_int_equal(fixture_upload(REG), FRAME_OK); /* the same again */
	assert_int_equal(fixture_upload(A1), FRAME_NOT_FOUND);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	/* It is read back whole, and survives a restart. */
	struct frame_request rq = { .op = FRAME_ROSTER_GET };
	assert_int_equal(fixture_as(J7, rq), FRAME_OK);
	assert_int_equal(w.out.length, w.v.bundle_len);
	assert_memory_equal(w.out.hash, w.v.bundle_hash, 32);
	assert_memory_equal(w.body, w.v.bundle, FRAME_BODY_LEN);
	rq.routing.flags = 1;
	assert_int_equal(fixture_as(J7, rq), FRAME_OK);
	assert_memory_equal(w.body, w.v.members_note, FRAME_BODY_LEN);
	assert_int_equal(fixture_send(rq, &s.key), FRAME_NOT_FOUND);
	vault_close(&w.v);
	fixture_open_vault();
	assert_int_equal(w.v.roster->version, 1);
	assert_int_equal(member_list(A1, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 1);
}

/* Strangers cannot take the places for uploads before the first roster: the roots' signature can.
 */
static void
first_places(void **state)
{
	static uint8_t junk[FRAME_BODY_LEN];
	(void)state;
	fixture_roster(1, 2);
	assert_true(w.upload_len > FRAME_BODY_LEN);
	for (uint16_t i = 0; i < fixture_parts(); i++) {
		fixture_part(REG, i, 0);
		for (int k = 0; k < 2 * VAULT_UPLOAD_CNT && !w.v.roster; k++) {
			struct source s;
			struct frame_request bad = { .op = FRAME_ROSTER_PUT };
			source_new(&s);
			bad.routing.part = (uint16_t)(k % 2);
			bad.routing.parts = 2;
			bad.routing.length = 2 * FRAME_BODY_LEN;
			bad.body = junk;
			bad.body_len = sizeof(junk);
			(void)fixture_send(bad, &s.key);
		}
	}
	assert_non_null(w.v.roster);
}

static void
roster_chain(void **state)
{
	uint8_t first[32], bundle[32];
	(void)state;
	memcpy(first, w.note_hash, 32);
	memcpy(bundle, w.v.bundle_hash, 32);
	fixture_roster(1, 2);
	assert_int_equal(fixture_upload(REG), FRAME_BAD); /* no higher number */
	fixture_roster(2, 2);
	assert_int_equal(fixture_upload(REG), FRAME_BAD); /* previous is not the one in force */
	memcpy(w.note_hash, first, 32);
	w.person[B1].roles = ROSTER_SR;
	fixture_roster(2, 2);
	assert_int_equal(fixture_upload(REG), FRAME_OK);
	assert_int_equal(w.v.roster->version, 2);
	/* The members note has to be the one that was signed for. */
	fixture_roster(3, 2);
	w.person[B1].roles = ROSTER_RG;
	uint8_t *at = memmem(w.upload, w.upload_len, "roles SR", 8);
	assert_non_null(at);
	memcpy(at, "roles RG", 8);
	assert_int_equal(fixture_upload(REG), FRAME_BAD);
	/* Old bundles are kept under their hash: a tip may name one. */
	struct frame_request rq = { .op = FRAME_ROSTER_GET };
	memcpy(rq.routing.hash, bundle, 32);
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_memory_equal(w.out.hash, bundle, 32);
	/* A roster that is over is no roster to begin with. */
	fixture_minute -= 40 * 1440;
	fixture_roster(4, 2);
	fixture_minute += 40 * 1440;
	assert_int_equal(fixture_upload(REG), FRAME_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists_page, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(orders, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(books, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(needs, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(forged, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(attachments, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(quotas, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(first_roster, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(first_places, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(roster_chain, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
