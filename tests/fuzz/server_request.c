/* Requests to a vault that has a roster, cases and orders: who sends, which op, every field of the
 * routing from the input, rightly signed, so that the handlers are reached. One input is one batch
 * of many requests; it is rolled back. None may end the vault, and what it answers can be put into
 * a frame. */
#include "tests/lib/fixture.h"

#include <assert.h>

#include "crypto/label.h"
#include "server/vault/answer.h"
#include "tests/fuzz/draw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct source src[3];
static uint8_t ids[7]
		  [16]; /* two cases, an id that is nobody's, two orders, a closed case, a book */

static void
gone(void)
{
	fixture_end(NULL);
}

static void
setup(void)
{
	static uint8_t body[FRAME_BODY_LEN] = { 7 };
	struct frame_request rq;
	if (w.v.store)
		return;
	draw_same();
	fixture_in = "/dev/shm";
	fixture_ready(NULL);
	atexit(gone);
	for (int i = 0; i < 3; i++)
		source_new(&src[i]);
	assert(source_open(&src[0], 2, 0) == FRAME_OK && source_open(&src[1], 1, 1) == FRAME_OK);
	assert(source_say(&src[0], 1, body) == FRAME_OK);
	for (int i = 0; i < 3; i++)
		memcpy(ids[i], src[i].id, 16);
	fixture_kind(7, ROSTER_INTEGRITY);
	for (int i = 3; i < 5; i++) {
		randombytes_buf(ids[i], 16);
		rq = request(FRAME_ORDER_OPEN, ids[i]);
		rq.routing.kind = FRAME_ORDER;
		rq.routing.desk = 7;
		rq.body = body;
		rq.body_len = sizeof(body);
		assert(fixture_as(A1, rq) == FRAME_OK);
	}
	memcpy(ids[5], src[0].id, 16);
	randombytes_buf(ids[6], 16);
	rq = request(FRAME_BOOK_OPEN, ids[6]);
	rq.routing.kind = FRAME_BOOK;
	rq.routing.desk = 1;
	rq.body = body;
	rq.body_len = sizeof(body);
	assert(fixture_as(A1, rq) == FRAME_OK);
}

/* A routing from the input; what the op may not have is left out where the first bit says so. */
static void
take_routing(struct frame_request *rq, struct buf *b, uint8_t how)
{
	struct frame_routing *r = &rq->routing;
	const struct frame_op *op = frame_op_find(rq->op);
	uint32_t may = op && (how & 1) ? op->fields : UINT32_MAX;
	uint8_t which = buf_u8(b);
	if (may & FRAME_F_ID)
		memcpy(r->id, ids[rq->op == FRAME_ROTA ? 6 : which % 7], 16);
	r->thread = may & FRAME_F_THREAD ? buf_u8(b) % 5 : 0;
	r->kind = may & FRAME_F_KIND ? buf_u8(b) % 3 : 0;
	r->ladder = may & FRAME_F_LADDER ? buf_u8(b) % 3 : 0;
	r->flags = may & FRAME_F_FLAGS ? buf_u8(b) : 0;
	r->desk = may & FRAME_F_DESK ? buf_u8(b) % 9 : 0;
	r->attach = may & FRAME_F_ATTACH ? buf_u8(b) : 0;
	r->part = may & FRAME_F_PART ? buf_u16(b) : 0;
	r->parts = may & FRAME_F_PARTS ? buf_u16(b) : 0;
	r->number = may & FRAME_F_NUMBER ? (how & 2 ? buf_u32(b) : buf_u8(b)) : 0;
	r->hour = may & FRAME_F_HOUR
			  ? (how & 4 ? buf_u32(b) : (uint32_t)(fixture_minute / 60) + buf_u8(b))
			  : 0;
	r->length = may & FRAME_F_LENGTH ? buf_u32(b) : 0;
	r->count = may & FRAME_F_COUNT ? buf_u32(b) : 0;
	r->source_cnt = may & FRAME_F_SOURCE_CNT ? buf_u8(b) : 0;
	if (may & FRAME_F_CURSOR && (how & 8))
		memcpy(r->cursor, w.out.cursor, sizeof(r->cursor));
	if (may & FRAME_F_PROOF)
		memcpy(r->proof, how & 16 ? src[which % 3].t : src[which % 3].T, 32);
	if (may & FRAME_F_PROOF && (how & 128)) { /* a handle, as key parts have it */
		memset(r->proof, 0, sizeof(r->proof));
		if (which < WHO_CNT)
			memcpy(r->proof, w.person[which].handle, KEY_HANDLE_LEN);
	}
	if (may & FRAME_F_HASH)
		memset(r->hash, buf_u8(b), sizeof(r->hash));
	/* Hides it from a member and from dummies, or names nobody. */
	if (rq->op == FRAME_RESTRICT && (how & 32)) {
		for (uint8_t i = 0; i < 32; i++) {
			r->proof[i] = r->flags ? 0 : i + 1;
			r->hash[i] = r->flags ? 0 : 64 - i;
		}
		if (!r->flags && which < WHO_CNT)
			memcpy(r->proof, w.person[which].handle, KEY_HANDLE_LEN);
	}
	/* Whole days, and a pair of neighbours in the staff. */
	if (rq->op == FRAME_ROTA && (how & 32)) {
		r->hour -= r->hour % 24;
		memset(r->proof, 0, sizeof(r->proof));
		for (unsigned i = 0; i < FRAME_DUTY_MIN; i++)
			memcpy(r->proof + i * KEY_HANDLE_LEN,
			       w.person[(which + i) % WHO_CNT].handle, KEY_HANDLE_LEN);
	}
}

/* A subkey that its member has signed: 1,216 bytes of any key and the signature. */
static size_t
sign_subkey(uint8_t *body, const struct frame_routing *r, const struct person *who)
{
	uint8_t said[LABEL_LEN(LABEL_SUBKEY) + KEY_ID_LEN + 6 + KEY_SEAL_PUBLIC_LEN], *p = said;
	memcpy(p, LABEL_SUBKEY, LABEL_LEN(LABEL_SUBKEY));
	p += LABEL_LEN(LABEL_SUBKEY);
	memcpy(p, w.keys.card.id, KEY_ID_LEN);
	p += KEY_ID_LEN;
	*p++ = (uint8_t)r->desk;
	*p++ = (uint8_t)(r->desk >> 8);
	ipc_set32(p, r->number);
	memcpy(p + 4, body, KEY_SEAL_PUBLIC_LEN);
	crypto_sign_detached(body + KEY_SEAL_PUBLIC_LEN, NULL, said, sizeof(said), who->key.bytes);
	return KEY_SEAL_PUBLIC_LEN + KEY_SIG_LEN;
}

/* A part of a desk's key that its handler can accept, as far as its signatures go: the first byte
 * of the body says how often a certificate is signed, and what its key is filled with. */
static size_t
sign_key(uint8_t *body, const struct frame_routing *r, unsigned who)
{
	if (r->flags == FRAME_KEY_CERT && (r->desk == 1 || r->desk == 2))
		return fixture_certificate(r->desk, body[0] >> 1, (char *)body, FRAME_BODY_LEN,
					   r->number, body[0] & 1);
	return who < WHO_CNT ? sign_subkey(body, r, &w.person[who]) : r->length;
}

static void
serve(struct buf *b)
{
	static uint8_t frame[FRAME_LEN], body[FRAME_BODY_LEN];
	static struct answer a;
	uint8_t who = buf_u8(b), how = buf_u8(b);
	size_t ops;
	const struct frame_op *op = frame_op_table(&ops);
	uint8_t number = buf_u8(b);
	/* By its number, so that an input means the same when there are more ops. */
	struct frame_request rq = { .op = frame_op_find(number) ? number : op[number % ops].op };
	take_routing(&rq, b, how);
	size_t n = buf_u8(b);
	n = n < b->left ? n : b->left;
	memset(body, 0, sizeof(body));
	buf_bytes(b, body, sizeof(body), n);
	rq.body = body;
	if (rq.op == FRAME_ROSTER_PUT && (how & 32)) { /* the one in force, once more */
		size_t at = (size_t)rq.routing.part * FRAME_BODY_LEN;
		rq.body = w.upload + (at < sizeof(w.upload) - FRAME_BODY_LEN ? at : 0);
		rq.routing.length = (uint32_t)w.upload_len;
		rq.routing.parts = (uint16_t)((w.upload_len + FRAME_BODY_LEN - 1) / FRAME_BODY_LEN);
	}
	if (rq.op == FRAME_KEY_PUT && (how & 32))
		rq.routing.length = (uint32_t)sign_key(body, &rq.routing, who % 13);
	rq.body_len = frame_op_find(rq.op)->empty ? 0 : FRAME_BODY_LEN;
	rq.minute = frame_op_find(rq.op)->timeless ? 0 : how & 64 ? buf_u64(b) : fixture_minute;
	const struct key_sign *key = who % 13 < WHO_CNT ? &w.person[who % 13].key
							: &src[who % 13 - WHO_CNT].key;
	if (frame_request_build(frame, &rq, w.keys.card.id, key))
		return;
	struct vault_call c = { .v = &w.v, .frame = frame, .body = w.body };
	memset(w.body, 0, sizeof(w.body));
	int status = vault_serve(&c);
	assert(status >= FRAME_OK && status < FRAME_STATUS__MAX);
	a.frame.status = (uint8_t)status;
	assert(c.body_len <= FRAME_BODY_LEN);
	w.out = c.out;
	a.frame.routing = c.out;
	a.frame.minute = w.v.minute;
	a.frame.body = w.body;
	a.frame.body_len = c.body_len;
	if (status == FRAME_OK)
		assert(frame_answer_build(frame, &a.frame, c.digest.r, &w.keys.sign) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf b;
	setup();
	buf_init(&b, data, len);
	assert(store_begin(w.v.store) == 0);
	for (int i = 0; i < 64 && b.left && !b.bad; i++)
		serve(&b);
	store_rollback(w.v.store);
	if (w.v.roster_dirty)
		assert(vault_roster_load(&w.v) == 0);
	w.v.roster_dirty = false;
	for (int i = 0; i < VAULT_UPLOAD_CNT; i++)
		w.v.upload[i].used = 0;
	return 0;
}
