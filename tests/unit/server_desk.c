/* Lists, orders, keys, rosters, attachments, forged frames, quotas, a full disk. */
#include "crypto/statement.h"
#include "tests/lib/fixture.h"

static uint8_t b1[FRAME_BODY_LEN], b2[FRAME_BODY_LEN];

static void
lists_page(void **state)
{
	static struct source s[300];
	uint8_t cursor[16], last[16];
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
	}
	assert_int_equal(got, 300);
	/* Nothing new: the cursor stays. What changed comes again, once. */
	memcpy(last, cursor, 16);
	assert_int_equal(member_list(A1, FRAME_CASE, cursor), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	assert_memory_equal(w.out.cursor, last, 16);
	random_body(b1);
	assert_int_equal(source_say(&s[7], 1, b1), FRAME_OK);
	assert_int_equal(member_list(A1, FRAME_CASE, cursor), FRAME_OK);
	assert_int_equal(w.out.count, 1);
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
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD); /* not an inspection desk */
	rq.routing.desk = 7;
	assert_int_equal(fixture_as(C1, rq), FRAME_NOT_FOUND);
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
	/* The inspection desk and the desk that wrote it read it; nobody else, and not as a case.
	 */
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

/* ---- keys ---- */

static int
key_put(enum who who, struct frame_routing r, const void *blob, size_t len)
{
	struct frame_request rq = { .op = FRAME_KEY_PUT, .routing = r };
	rq.routing.length = (uint32_t)len;
	rq.body = blob;
	rq.body_len = len;
	return fixture_as(who, rq);
}

static int
key_get(enum who who, struct frame_routing r)
{
	struct frame_request rq = { .op = FRAME_KEY_GET, .routing = r };
	return fixture_as(who, rq);
}

/* A certificate of a desk, signed by its lead and, if so, by the other; `fill` is what its key is
 * filled with. */
static size_t
certificate_of(uint16_t desk, int fill, char *dst, size_t cap, uint32_t number, bool both)
{
	static struct epoch e;
	char text[EPOCH_NOTE_MAX];
	struct bufw t, b;
	memset(&e, 0, sizeof(e));
	memcpy(e.gateway, w.keys.card.id, 16);
	e.desk = desk;
	e.number = number;
	e.from = CLOCK_DAY(fixture_minute);
	e.until = e.from + 30;
	memset(e.key, fill, sizeof(e.key));
	struct key_sign voice;
	assert_int_equal(epoch_voice(&voice, (const uint8_t[32]){ 7 }), 0);
	key_sign_public(e.voice, &voice);
	bufw_init(&t, text, sizeof(text));
	assert_int_equal(epoch_print(&t, &e), 0);
	bufw_init(&b, dst, cap);
	bufw_bytes(&b, text, t.len);
	bufw_text(&b, "\n");
	const struct key_sign *lead = &w.person[desk == 1 ? A1 : A2].key;
	const struct key_sign *other = &w.person[desk == 1 ? B1 : B2].key;
	assert_int_equal(epoch_sign(&b, text, t.len, desk, true, lead), 0);
	if (both)
		assert_int_equal(epoch_sign(&b, text, t.len, desk, false, other), 0);
	return b.len;
}

static size_t
certificate(char *dst, size_t cap, uint32_t number, bool both)
{
	return certificate_of(1, (int)number, dst, cap, number, both);
}

static struct frame_routing
of_handle(struct frame_routing r, enum who who)
{
	memcpy(r.proof, w.person[who].handle, 8);
	return r;
}

/* The source hears from the vault which desks say that they opened her tip, and from nobody else.
 */
static void
statements(void **state)
{
	static const uint8_t secret[32] = { 7 };
	char cert[EPOCH_NOTE_MAX];
	struct frame_routing r = { .desk = 1, .number = 3, .flags = FRAME_KEY_CERT };
	struct frame_request rq, ask;
	struct statement said = { .desk = 1, .epoch = 3 };
	struct key_sign voice;
	struct source s;
	uint8_t sig[KEY_SIG_LEN], back[KEY_SIG_LEN];
	(void)state;
	assert_int_equal(epoch_voice(&voice, secret), 0);
	size_t len = certificate(cert, sizeof(cert), 3, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_OK);
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	memcpy(said.gateway, w.keys.card.id, sizeof(said.gateway));
	memcpy(said.id, s.id, sizeof(said.id));
	memcpy(said.t, s.t, sizeof(said.t));
	said.day = CLOCK_DAY(fixture_minute);
	rq = request(FRAME_STATEMENT, s.id);
	rq.routing.desk = 1;
	rq.routing.number = 3;
	rq.routing.hour = said.day * 24;
	statement_sign(sig, &said, &voice);
	memcpy(rq.routing.proof, sig, 32);
	memcpy(rq.routing.hash, sig + 32, 32);
	/* Nobody has shown t: the vault cannot check it. */
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	struct frame_routing ack = { .desk = 1 };
	memcpy(ack.proof, s.t, 32);
	random_body(b1);
	assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, ack, b1), FRAME_OK);
	ask = request(FRAME_OPENED, s.id);
	assert_int_equal(fixture_send(ask, &s.key), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	/* A forged one, one of another day, of another epoch, by another desk, by no member. */
	rq.routing.proof[0] ^= 1;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	rq.routing.proof[0] ^= 1;
	rq.routing.hour -= 24;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	rq.routing.hour += 24;
	rq.routing.number = 2;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	rq.routing.number = 3;
	assert_int_equal(fixture_as(A2, rq), FRAME_NOT_FOUND);
	assert_int_equal(fixture_send(rq, &s.key), FRAME_NOT_FOUND);
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_true(w.wrote);
	assert_int_equal(fixture_as(B1, rq), FRAME_OK); /* once for each desk */
	assert_false(w.wrote);
	assert_int_equal(fixture_send(ask, &s.key), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	memset(&said.desk, 0, sizeof(said.desk));
	statement_get(&said, back, w.body);
	assert_int_equal(said.desk, 1);
	assert_int_equal(said.epoch, 3);
	assert_memory_equal(back, sig, sizeof(sig));
	/* Only to her. */
	ask.routing.id[0] ^= 1;
	struct source other;
	source_new(&other);
	memcpy(ask.routing.id, other.id, sizeof(other.id));
	assert_int_equal(fixture_send(ask, &other.key), FRAME_NOT_FOUND);
}

static void
certificates(void **state)
{
	char cert[EPOCH_NOTE_MAX];
	uint8_t before[32];
	struct frame_routing r = { .desk = 1, .number = 3, .flags = FRAME_KEY_CERT };
	(void)state;
	memcpy(before, w.v.bundle_hash, 32);
	size_t len = certificate(cert, sizeof(cert), 3, false);
	/* One signature is kept under the handle of the lead, who alone sends it. */
	assert_int_equal(key_put(A1, r, cert, len), FRAME_BAD);
	assert_int_equal(key_put(B1, of_handle(r, B1), cert, len), FRAME_BAD);
	assert_int_equal(key_put(B1, of_handle(r, A1), cert, len), FRAME_BAD);
	assert_int_equal(key_put(A1, of_handle(r, A1), cert, len), FRAME_OK);
	assert_memory_equal(before, w.v.bundle_hash, 32); /* pending: not published */
	assert_int_equal(key_get(B1, r), FRAME_NOT_FOUND);
	assert_int_equal(key_get(B1, of_handle(r, A1)), FRAME_OK);
	assert_int_equal(w.out.length, len);
	assert_memory_equal(w.body, cert, len);
	r.desk = 2;
	assert_int_equal(key_put(A2, r, cert, len), FRAME_BAD);
	assert_int_equal(key_get(A1, r), FRAME_NOT_FOUND);
	r.desk = 1;
	assert_int_equal(key_get(A2, r), FRAME_NOT_FOUND);
	len = certificate(cert, sizeof(cert), 3, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_OK);
	assert_memory_not_equal(before, w.v.bundle_hash, 32);
	assert_int_equal(w.v.bundle_len % BUNDLE_STEP, 0);
	assert_non_null(memmem(w.v.bundle, w.v.bundle_len, cert, len));
	/* Numbers only grow. */
	r.number = 2;
	len = certificate(cert, sizeof(cert), 2, true);
	assert_int_equal(key_put(A1, r, cert, len), FRAME_BAD);
	r.number = 0;
	assert_int_equal(key_get(A1, r), FRAME_OK);
	assert_int_equal(w.out.number, 3);
	/* A certificate that is over leaves the bundle. */
	fixture_minute += 31 * 1440;
	vault_clock_advance(&w.v);
	assert_int_equal(vault_roster_load(&w.v), 0);
	assert_null(memmem(w.v.bundle, w.v.bundle_len, "davylamp/v1 epoch", 17));
	/* The old bundle is there under its hash. */
	assert_memory_equal(before, w.v.bundle_hash, 32);
}

/* A lead alone cannot end the line of his desk's keys, nor take another desk's key. */
static void
certificates_ahead(void **state)
{
	char cert[EPOCH_NOTE_MAX];
	struct frame_routing r = { .desk = 1, .flags = FRAME_KEY_CERT };
	(void)state;
	size_t len = certificate(cert, sizeof(cert), 4294967295, false);
	r.number = 4294967295;
	assert_int_equal(key_put(A1, of_handle(r, A1), cert, len), FRAME_BAD);
	r.number = 1001;
	len = certificate(cert, sizeof(cert), 1001, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_BAD);
	/* A pending one far ahead does not count. */
	r.number = 1000;
	len = certificate(cert, sizeof(cert), 1000, false);
	assert_int_equal(key_put(A1, of_handle(r, A1), cert, len), FRAME_OK);
	r.number = 1;
	len = certificate(cert, sizeof(cert), 1, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_OK);
	r.number = 0;
	assert_int_equal(key_get(A1, r), FRAME_OK);
	assert_int_equal(w.out.number, 1);
	/* The next step begins at the newest complete one, also when that is over. */
	fixture_minute += 31 * 1440;
	vault_clock_advance(&w.v);
	r.number = 1002;
	len = certificate(cert, sizeof(cert), 1002, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_BAD);
	r.number = 1001;
	len = certificate(cert, sizeof(cert), 1001, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_OK);
	/* The fill of that key, tried by desk 2. */
	r.desk = 2;
	r.number = 1;
	len = certificate_of(2, 1001, cert, sizeof(cert), 1, true);
	assert_int_equal(key_put(B2, r, cert, len), FRAME_BAD);
	len = certificate_of(2, 1001, cert, sizeof(cert), 1, false);
	assert_int_equal(key_put(A2, of_handle(r, A2), cert, len), FRAME_BAD);
	len = certificate_of(2, 77, cert, sizeof(cert), 1, true);
	assert_int_equal(key_put(B2, r, cert, len), FRAME_OK);
}

static void
key_parts(void **state)
{
	uint8_t said[64 + 1216 + 64], blob[1216 + 64], *p = said;
	struct frame_routing r = { .desk = 1, .number = 1, .flags = FRAME_KEY_SUBKEY };
	(void)state;
	randombytes_buf(blob, sizeof(blob));
	memcpy(p, "davylamp/v1 subkey", 18);
	memcpy(p + 18, w.keys.card.id, 16);
	memcpy(p + 34, "\1\0\1\0\0\0", 6);
	memcpy(p + 40, blob, 1216);
	crypto_sign_detached(blob + 1216, NULL, said, 40 + 1216, w.person[B1].key.bytes);
	memcpy(r.proof, w.person[B1].handle, 8);
	assert_int_equal(key_put(A1, r, blob, sizeof(blob)), FRAME_BAD); /* not his own */
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_OK);
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_OK);
	assert_false(w.wrote);
	blob[3] ^= 1;
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_BAD);
	r.number = 2; /* the signature is for 1 */
	blob[3] ^= 1;
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_BAD);
	/* Numbers far ahead of the newest certificate would fill the store. */
	memcpy(p + 34, "\1\0\3\0\0\0", 6);
	crypto_sign_detached(blob + 1216, NULL, said, 40 + 1216, w.person[B1].key.bytes);
	r.number = 3;
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_BAD);
	/* A secret goes from the lead to a member of the desk. */
	r = (struct frame_routing){ .desk = 1, .number = 1, .flags = FRAME_KEY_SECRET };
	assert_int_equal(key_put(A1, of_handle(r, A2), "sealed", 6), FRAME_BAD);
	assert_int_equal(key_put(B1, of_handle(r, A1), "spoilt", 6), FRAME_BAD);
	assert_int_equal(key_put(A1, of_handle(r, B1), "sealed", 6), FRAME_OK);
	assert_int_equal(key_put(B1, of_handle(r, B1), "spoilt", 6), FRAME_BAD);
	assert_int_equal(key_put(A1, of_handle(r, B1), "again", 5), FRAME_OK);
	assert_int_equal(key_get(B1, of_handle(r, B1)), FRAME_OK);
	assert_int_equal(w.out.length, 5);
	assert_memory_equal(w.body, "again", 5);
	/* Once the certificate is complete nobody replaces a secret; a member may add one. */
	char cert[EPOCH_NOTE_MAX];
	struct frame_routing rc = { .desk = 1, .number = 1, .flags = FRAME_KEY_CERT };
	size_t len = certificate(cert, sizeof(cert), 1, true);
	assert_int_equal(key_put(B1, rc, cert, len), FRAME_OK);
	assert_int_equal(key_put(A1, of_handle(r, B1), "rubbish", 7), FRAME_BAD);
	assert_int_equal(key_put(A1, of_handle(r, B1), "again", 5), FRAME_OK); /* a repeat */
	assert_false(w.wrote);
	assert_int_equal(key_put(B1, of_handle(r, A1), "added", 5), FRAME_OK);
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
		cmocka_unit_test_setup_teardown(forged, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(attachments, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(quotas, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(certificates, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(statements, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(certificates_ahead, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(key_parts, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(first_roster, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(first_places, fixture_new, fixture_end),
		cmocka_unit_test_setup_teardown(roster_chain, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
