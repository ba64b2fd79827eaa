/* Requests and answers of POST /x (FORMATS.md sections 2 to 5): building, parsing, signing,
 * verifying, and the puzzle. It moves sealed bodies and cannot open them. crypto/ opens no
 * file or connection, never logs and never exits. */
#include "crypto/frame.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/label.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <string.h>

#define MAGIC      "DVY1"
#define OP_AT      4
#define NONCE_AT   8
#define MINUTE_AT  24
#define SIG_AT     64
#define KEY_AT     32
#define ZERO_BYTES 3

void
frame_case_id(uint8_t id[static KEY_ID_LEN], const uint8_t key[static KEY_SIGN_PUBLIC_LEN])
{
	uint8_t hash[32];
	struct sha256_ctx st;
	sha256_init(&st);
	sha256_update(&st, LABEL_LEN(LABEL_CASE), (const uint8_t *)LABEL_CASE);
	sha256_update(&st, KEY_SIGN_PUBLIC_LEN, key);
	sha256_digest(&st, sizeof(hash), hash);
	memcpy(id, hash, KEY_ID_LEN);
}

static void
get_routing(struct buf *b, struct frame_routing *r)
{
	buf_bytes(b, r->id, sizeof(r->id), KEY_ID_LEN);
	r->thread = buf_u8(b);
	r->kind = buf_u8(b);
	r->desk = buf_u16(b);
	r->number = buf_u32(b);
	r->hour = buf_u32(b);
	r->ladder = buf_u8(b);
	r->flags = buf_u8(b);
	r->attach = buf_u16(b);
	r->part = buf_u16(b);
	r->parts = buf_u16(b);
	r->length = buf_u32(b);
	r->count = buf_u32(b);
	r->source_cnt = buf_u32(b);
	buf_bytes(b, r->cursor, sizeof(r->cursor), FRAME_CURSOR_LEN);
	buf_bytes(b, r->proof, sizeof(r->proof), 32);
	buf_bytes(b, r->hash, sizeof(r->hash), 32);
}

static void
put_routing(struct bufw *w, const struct frame_routing *r)
{
	bufw_bytes(w, r->id, KEY_ID_LEN);
	bufw_u8(w, r->thread);
	bufw_u8(w, r->kind);
	bufw_u16(w, r->desk);
	bufw_u32(w, r->number);
	bufw_u32(w, r->hour);
	bufw_u8(w, r->ladder);
	bufw_u8(w, r->flags);
	bufw_u16(w, r->attach);
	bufw_u16(w, r->part);
	bufw_u16(w, r->parts);
	bufw_u32(w, r->length);
	bufw_u32(w, r->count);
	bufw_u32(w, r->source_cnt);
	bufw_bytes(w, r->cursor, FRAME_CURSOR_LEN);
	bufw_bytes(w, r->proof, 32);
	bufw_bytes(w, r->hash, 32);
}

int
frame_request_parse(struct frame_request *out, const uint8_t frame[static FRAME_LEN])
{
	struct buf b;
	uint8_t magic[4] = { 0 };
	memset(out, 0, sizeof(*out));
	buf_init(&b, frame, FRAME_LEN);
	buf_bytes(&b, magic, sizeof(magic), 4);
	out->op = buf_u8(&b);
	buf_zero(&b, ZERO_BYTES);
	buf_bytes(&b, out->nonce, sizeof(out->nonce), FRAME_NONCE_LEN);
	out->minute = buf_u64(&b);
	buf_bytes(&b, out->key, sizeof(out->key), KEY_SIGN_PUBLIC_LEN);
	(void)buf_take(&b, KEY_SIG_LEN);
	get_routing(&b, &out->routing);
	out->body = buf_take(&b, FRAME_BODY_LEN);
	out->body_len = FRAME_BODY_LEN;
	if (buf_end(&b) || memcmp(magic, MAGIC, 4) != 0)
		return ERR_FORMAT;
	return frame_op_check(out);
}

/* H: the hash of a payload whose body has that hash. */
static void
payload_hash(uint8_t h[static FRAME_HASH_LEN], const uint8_t *routing, const uint8_t *body_hash)
{
	crypto_hash_sha512_state st;
	crypto_hash_sha512_init(&st);
	crypto_hash_sha512_update(&st, routing, FRAME_ROUTING_LEN);
	crypto_hash_sha512_update(&st, body_hash, FRAME_HASH_LEN);
	crypto_hash_sha512_final(&st, h);
}

/* SHA-512 of a body of zeros, as most requests of a sync have. */
static const uint8_t zero_body[FRAME_HASH_LEN] = {
	0x3c, 0x3b, 0xa5, 0x37, 0x69, 0xdf, 0xda, 0xed, 0x12, 0x57, 0xf4, 0xbc, 0x70,
	0xfa, 0x0f, 0xbe, 0x78, 0xed, 0x7e, 0xaa, 0xa2, 0x24, 0xbc, 0x4d, 0x86, 0x96,
	0xe4, 0xd8, 0x64, 0xb5, 0xd6, 0x2f, 0xcf, 0x85, 0x50, 0xb3, 0x9d, 0x94, 0x04,
	0xe7, 0x73, 0x2f, 0xd2, 0x0c, 0xe4, 0x5d, 0xb9, 0xe1, 0x90, 0x2c, 0x88, 0x6c,
	0x12, 0xdc, 0x93, 0x4d, 0xad, 0xdc, 0x98, 0x06, 0x62, 0x8a, 0x4c, 0xb3
};

/* Whether the body is known to be zeros. Only requests that a member alone may send are looked at:
 * a poll of a source has no body either, and takes as long as her tip. */
static bool
is_bare(const uint8_t frame[static FRAME_LEN])
{
	const struct frame_op *op = frame_op_find(frame[OP_AT]);
	return op && op->empty && op->sender == FRAME_BY_MEMBER &&
	       buf_is_zero(frame + FRAME_BODY_AT, FRAME_BODY_LEN);
}

void
frame_digest(struct frame_digest *out, const uint8_t frame[static FRAME_LEN])
{
	out->bare = is_bare(frame);
	if (out->bare)
		memcpy(out->body, zero_body, sizeof(zero_body));
	else
		crypto_hash_sha512(out->body, frame + FRAME_BODY_AT, FRAME_BODY_LEN);
	frame_digest_head(out, frame);
}

/* SHA-256 of the same body. */
static const uint8_t zero_short[32] = { 0xdb, 0xd7, 0xe2, 0xa1, 0xe3, 0x20, 0x9b, 0x79,
					0x14, 0x26, 0x48, 0x34, 0xf8, 0x2f, 0x44, 0x63,
					0xe0, 0x9a, 0xd5, 0x52, 0xc1, 0x92, 0x80, 0x70,
					0x5c, 0x64, 0xa1, 0xfb, 0x97, 0xc8, 0x62, 0x92 };

void
frame_body_hash(uint8_t out[static 32], const uint8_t frame[static FRAME_LEN],
		const struct frame_digest *digest)
{
	if (digest->bare)
		memcpy(out, zero_short, sizeof(zero_short));
	else
		key_sha256(out, frame + FRAME_BODY_AT, FRAME_BODY_LEN);
}

void
frame_digest_head(struct frame_digest *out, const uint8_t frame[static FRAME_LEN])
{
	crypto_hash_sha512_state st;
	payload_hash(out->h, frame + FRAME_HEAD_LEN, out->body);
	crypto_hash_sha512_init(&st);
	crypto_hash_sha512_update(&st, frame, FRAME_HEAD_LEN);
	crypto_hash_sha512_update(&st, out->h, sizeof(out->h));
	crypto_hash_sha512_final(&st, out->r);
}

#define REQUEST_MESSAGE_LEN                                                                        \
	(LABEL_LEN(LABEL_FRAME) + KEY_ID_LEN + NONCE_AT + (SIG_AT - MINUTE_AT) + FRAME_HASH_LEN)

/* magic: the first 8 bytes of the frame; minute: its bytes 24 to 64. */
static void
request_message(uint8_t msg[static REQUEST_MESSAGE_LEN], const uint8_t *magic,
		const uint8_t *minute, const uint8_t *h, const uint8_t *gateway)
{
	struct bufw w;
	bufw_init(&w, msg, REQUEST_MESSAGE_LEN);
	bufw_text(&w, LABEL_FRAME);
	bufw_bytes(&w, gateway, KEY_ID_LEN);
	bufw_bytes(&w, magic, NONCE_AT);
	bufw_bytes(&w, minute, SIG_AT - MINUTE_AT);
	bufw_bytes(&w, h, FRAME_HASH_LEN);
}

int
frame_request_verify(const uint8_t frame[static FRAME_LEN], const struct frame_digest *digest,
		     const uint8_t gateway[static KEY_ID_LEN])
{
	uint8_t msg[REQUEST_MESSAGE_LEN];
	request_message(msg, frame, frame + MINUTE_AT, digest->h, gateway);
	if (crypto_sign_verify_detached(frame + SIG_AT, msg, sizeof(msg), frame + KEY_AT) != 0)
		return ERR_AUTH;
	return 0;
}

/* Where the pieces of a frame stand in a stub: the nonce and the body are missing. */
#define STUB_MINUTE_AT  NONCE_AT
#define STUB_SIG_AT     (STUB_MINUTE_AT + SIG_AT - MINUTE_AT)
#define STUB_ROUTING_AT (STUB_SIG_AT + KEY_SIG_LEN)
#define STUB_BODY_AT    (STUB_ROUTING_AT + FRAME_ROUTING_LEN)

void
frame_stub(uint8_t stub[static FRAME_STUB_LEN], const uint8_t frame[static FRAME_LEN],
	   const struct frame_digest *digest)
{
	memcpy(stub, frame, NONCE_AT);
	memcpy(stub + STUB_MINUTE_AT, frame + MINUTE_AT, FRAME_HEAD_LEN - MINUTE_AT);
	memcpy(stub + STUB_ROUTING_AT, frame + FRAME_HEAD_LEN, FRAME_ROUTING_LEN);
	memcpy(stub + STUB_BODY_AT, digest->body, FRAME_HASH_LEN);
}

int
frame_stub_make(uint8_t stub[static FRAME_STUB_LEN], const struct frame_stub_parts *p)
{
	struct bufw w;
	bufw_init(&w, stub, FRAME_STUB_LEN);
	bufw_bytes(&w, MAGIC, 4);
	bufw_u8(&w, p->op);
	bufw_zero(&w, ZERO_BYTES);
	bufw_u64(&w, 0);
	bufw_bytes(&w, p->key, KEY_SIGN_PUBLIC_LEN);
	bufw_bytes(&w, p->sig, KEY_SIG_LEN);
	put_routing(&w, &p->routing);
	bufw_zero(&w, FRAME_HASH_LEN);
	if (bufw_end(&w))
		return ERR_INTERNAL;
	crypto_hash_sha512(stub + STUB_BODY_AT, p->body, FRAME_BODY_LEN);
	return 0;
}

const uint8_t *
frame_stub_sig(const uint8_t stub[static FRAME_STUB_LEN])
{
	return stub + STUB_SIG_AT;
}

/* Reads a stub, and checks its form and its signature. */
static int
stub_open(struct frame_request *rq, const uint8_t stub[static FRAME_STUB_LEN],
	  const uint8_t gateway[static KEY_ID_LEN])
{
	static const uint8_t zero[FRAME_BODY_LEN];
	uint8_t h[FRAME_HASH_LEN], msg[REQUEST_MESSAGE_LEN];
	struct buf b;
	*rq = (struct frame_request){ .op = stub[OP_AT], .body = zero, .body_len = sizeof(zero) };
	buf_init(&b, stub, FRAME_STUB_LEN);
	(void)buf_take(&b, 5);
	buf_zero(&b, ZERO_BYTES);
	rq->minute = buf_u64(&b);
	buf_bytes(&b, rq->key, sizeof(rq->key), KEY_SIGN_PUBLIC_LEN);
	(void)buf_take(&b, KEY_SIG_LEN);
	get_routing(&b, &rq->routing);
	(void)buf_take(&b, FRAME_HASH_LEN);
	if (buf_end(&b) || memcmp(stub, MAGIC, 4) != 0 || frame_op_check(rq))
		return ERR_FORMAT;
	payload_hash(h, stub + STUB_ROUTING_AT, stub + STUB_BODY_AT);
	request_message(msg, stub, stub + STUB_MINUTE_AT, h, gateway);
	return crypto_sign_verify_detached(stub + STUB_SIG_AT, msg, sizeof(msg), rq->key) ? ERR_AUTH
											  : 0;
}

int
frame_stub_source(struct frame_request *out, const uint8_t stub[static FRAME_STUB_LEN],
		  const uint8_t gateway[static KEY_ID_LEN])
{
	bool hers = stub[OP_AT] == FRAME_OPEN || stub[OP_AT] == FRAME_APPEND;
	int err = hers ? stub_open(out, stub, gateway) : ERR_FORMAT;
	if (err)
		memset(out, 0, sizeof(*out));
	out->body = NULL;
	out->body_len = 0;
	return err;
}

int
frame_stub_verify(const uint8_t stub[static FRAME_STUB_LEN],
		  const uint8_t gateway[static KEY_ID_LEN])
{
	struct frame_request rq;
	return frame_stub_source(&rq, stub, gateway);
}

int
frame_stub_taken(struct frame_request *out, const uint8_t stub[static FRAME_STUB_LEN],
		 const uint8_t gateway[static KEY_ID_LEN])
{
	int err = stub[OP_AT] == FRAME_PART_TAKE ? stub_open(out, stub, gateway) : ERR_FORMAT;
	if (err)
		memset(out, 0, sizeof(*out));
	out->body = NULL;
	out->body_len = 0;
	return err;
}

int
frame_request_build(uint8_t frame[static FRAME_LEN], const struct frame_request *request,
		    const uint8_t gateway[static KEY_ID_LEN], const struct key_sign *key)
{
	struct bufw w;
	struct frame_request back;
	struct frame_digest digest;
	uint8_t msg[REQUEST_MESSAGE_LEN];
	size_t body_len = request->body == NULL ? 0 : request->body_len;
	if (body_len > FRAME_BODY_LEN)
		return ERR_ARG;
	bufw_init(&w, frame, FRAME_LEN);
	bufw_bytes(&w, MAGIC, 4);
	bufw_u8(&w, request->op);
	bufw_zero(&w, ZERO_BYTES);
	bufw_bytes(&w, request->nonce, FRAME_NONCE_LEN);
	bufw_u64(&w, request->minute);
	bufw_bytes(&w, key->bytes + KEY_SIGN_SEED_LEN, KEY_SIGN_PUBLIC_LEN);
	bufw_zero(&w, KEY_SIG_LEN);
	put_routing(&w, &request->routing);
	bufw_bytes(&w, request->body, body_len);
	bufw_zero_to(&w, FRAME_LEN);
	if (bufw_end(&w) || frame_request_parse(&back, frame))
		return ERR_ARG;
	if (body_len)
		crypto_hash_sha512(digest.body, frame + FRAME_BODY_AT, FRAME_BODY_LEN);
	else
		memcpy(digest.body, zero_body, sizeof(zero_body));
	payload_hash(digest.h, frame + FRAME_HEAD_LEN, digest.body);
	if (request->body_hash)
		memcpy(request->body_hash, digest.body, sizeof(digest.body));
	request_message(msg, frame, frame + MINUTE_AT, digest.h, gateway);
	crypto_sign_detached(frame + SIG_AT, NULL, msg, sizeof(msg), key->bytes);
	return 0;
}

static void
puzzle_hash(uint8_t out[static 32], const uint8_t *salt, const uint8_t *nonce, const uint8_t *h)
{
	struct sha256_ctx st;
	sha256_init(&st);
	sha256_update(&st, FRAME_NONCE_LEN, salt);
	sha256_update(&st, FRAME_NONCE_LEN, nonce);
	sha256_update(&st, FRAME_HASH_LEN, h);
	sha256_digest(&st, SHA256_DIGEST_SIZE, out);
}

static bool
leading_zeros(const uint8_t hash[static 32], uint8_t bits)
{
	uint32_t top = (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 |
		       hash[3];
	if (bits == 0)
		return true;
	return bits <= 32 && top >> (32 - bits) == 0;
}

bool
frame_puzzle_check(const uint8_t frame[static FRAME_LEN], const struct frame_digest *digest,
		   const uint8_t salt[static FRAME_NONCE_LEN], uint8_t difficulty)
{
	uint8_t hash[32];
	if (difficulty == 0)
		return true;
	puzzle_hash(hash, salt, frame + NONCE_AT, digest->h);
	return leading_zeros(hash, difficulty);
}

int
frame_puzzle_solve(uint8_t frame[static FRAME_LEN], const uint8_t salt[static FRAME_NONCE_LEN],
		   uint8_t difficulty)
{
	struct frame_digest d;
	uint8_t hash[32];
	if (difficulty > FRAME_DIFFICULTY_MAX)
		return ERR_RANGE;
	if (difficulty == 0)
		return 0;
	frame_digest(&d, frame);
	for (;;) {
		puzzle_hash(hash, salt, frame + NONCE_AT, d.h);
		if (leading_zeros(hash, difficulty))
			return 0;
		sodium_increment(frame + NONCE_AT, 8);
	}
}

/* H of a payload of zeros. Most answers have no payload, so this hash is not computed again. */
static const uint8_t zero_payload[FRAME_HASH_LEN] = {
	0xcd, 0xf2, 0xa1, 0x69, 0x89, 0x09, 0x9f, 0x3e, 0x14, 0x72, 0x83, 0xbd, 0x14,
	0xf8, 0x6c, 0xf6, 0xdc, 0x55, 0x11, 0x1d, 0x4a, 0x61, 0x7f, 0xb4, 0x11, 0xdc,
	0xe2, 0x8c, 0x00, 0x3e, 0x8a, 0xea, 0xb9, 0x87, 0x06, 0x1f, 0xa2, 0x8b, 0xfb,
	0x35, 0x87, 0xeb, 0x20, 0x91, 0xbe, 0xac, 0x11, 0x4f, 0x8a, 0xf9, 0x94, 0x60,
	0x3a, 0x1f, 0x2d, 0xab, 0xbb, 0xad, 0x71, 0x54, 0x10, 0xb9, 0x46, 0xf4
};

#define ANSWER_MESSAGE_LEN (LABEL_LEN(LABEL_ANSWER) + FRAME_HASH_LEN + SIG_AT + FRAME_HASH_LEN)

static void
answer_message(uint8_t msg[static ANSWER_MESSAGE_LEN], const uint8_t *frame, const uint8_t *r,
	       bool empty)
{
	struct bufw w;
	uint8_t body[FRAME_HASH_LEN], h[FRAME_HASH_LEN];
	const uint8_t *hash = zero_payload;
	if (!empty) {
		crypto_hash_sha512(body, frame + FRAME_BODY_AT, FRAME_BODY_LEN);
		payload_hash(h, frame + FRAME_HEAD_LEN, body);
		hash = h;
	}
	bufw_init(&w, msg, ANSWER_MESSAGE_LEN);
	bufw_text(&w, LABEL_ANSWER);
	bufw_bytes(&w, r, FRAME_HASH_LEN);
	bufw_bytes(&w, frame, SIG_AT);
	bufw_bytes(&w, hash, FRAME_HASH_LEN);
}

int
frame_answer_build(uint8_t frame[static FRAME_LEN], const struct frame_answer *answer,
		   const uint8_t r[static FRAME_HASH_LEN], const struct key_sign *key)
{
	struct bufw w;
	uint8_t msg[ANSWER_MESSAGE_LEN];
	size_t body_len = answer->body == NULL ? 0 : answer->body_len;
	if (answer->status < FRAME_OK || answer->status >= FRAME_STATUS__MAX ||
	    answer->difficulty > FRAME_DIFFICULTY_MAX || body_len > FRAME_BODY_LEN)
		return ERR_ARG;
	bufw_init(&w, frame, FRAME_LEN);
	bufw_bytes(&w, MAGIC, 4);
	bufw_u8(&w, answer->status);
	bufw_u8(&w, answer->difficulty);
	bufw_zero(&w, 2);
	bufw_bytes(&w, answer->salt, FRAME_NONCE_LEN);
	bufw_u64(&w, answer->minute);
	bufw_bytes(&w, key->bytes + KEY_SIGN_SEED_LEN, KEY_SIGN_PUBLIC_LEN);
	bufw_zero(&w, KEY_SIG_LEN);
	put_routing(&w, &answer->routing);
	bufw_bytes(&w, answer->body, body_len);
	bufw_zero_to(&w, FRAME_LEN);
	if (bufw_end(&w))
		return ERR_INTERNAL;
	bool empty = body_len == 0 && sodium_is_zero(frame + FRAME_HEAD_LEN, FRAME_ROUTING_LEN);
	if (answer->status != FRAME_OK &&
	    (body_len != 0 || (!empty && answer->status != FRAME_BEHIND)))
		return ERR_ARG;
	answer_message(msg, frame, r, empty);
	crypto_sign_detached(frame + SIG_AT, NULL, msg, sizeof(msg), key->bytes);
	return 0;
}

static int
answer_decode(struct frame_answer *out, const uint8_t *frame)
{
	struct buf b;
	uint8_t magic[4] = { 0 };
	buf_init(&b, frame, FRAME_LEN);
	buf_bytes(&b, magic, sizeof(magic), 4);
	out->status = buf_u8(&b);
	out->difficulty = buf_u8(&b);
	buf_zero(&b, 2);
	buf_bytes(&b, out->salt, sizeof(out->salt), FRAME_NONCE_LEN);
	out->minute = buf_u64(&b);
	(void)buf_take(&b, KEY_SIGN_PUBLIC_LEN + KEY_SIG_LEN);
	get_routing(&b, &out->routing);
	out->body = buf_take(&b, FRAME_BODY_LEN);
	out->body_len = FRAME_BODY_LEN;
	if (buf_end(&b) || memcmp(magic, MAGIC, 4) != 0 || out->status < FRAME_OK ||
	    out->status >= FRAME_STATUS__MAX || out->difficulty > FRAME_DIFFICULTY_MAX)
		return ERR_FORMAT;
	if (out->status == FRAME_OK)
		return 0;
	if (!buf_is_zero(out->body, FRAME_BODY_LEN))
		return ERR_FORMAT;
	if (out->status != FRAME_BEHIND &&
	    !sodium_is_zero(frame + FRAME_HEAD_LEN, FRAME_ROUTING_LEN))
		return ERR_FORMAT;
	return 0;
}

int
frame_answer_open(struct frame_answer *out, const uint8_t frame[static FRAME_LEN],
		  const uint8_t r[static FRAME_HASH_LEN],
		  const uint8_t pinned[static KEY_SIGN_PUBLIC_LEN])
{
	uint8_t msg[ANSWER_MESSAGE_LEN];
	int err = ERR_AUTH;
	memset(out, 0, sizeof(*out));
	if (sodium_memcmp(frame + KEY_AT, pinned, KEY_SIGN_PUBLIC_LEN) != 0)
		return err;
	answer_message(msg, frame, r, false);
	if (crypto_sign_verify_detached(frame + SIG_AT, msg, sizeof(msg), pinned) != 0)
		return err;
	err = answer_decode(out, frame);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

void
frame_record_put(uint8_t dst[static FRAME_RECORD_LEN], const struct frame_record *record)
{
	struct bufw w;
	bufw_init(&w, dst, FRAME_RECORD_LEN);
	bufw_bytes(&w, record->id, KEY_ID_LEN);
	bufw_u8(&w, record->kind);
	bufw_u8(&w, record->relation);
	bufw_u8(&w, record->ladder);
	bufw_u8(&w, record->flags);
	bufw_u16(&w, record->desk);
	bufw_u16(&w, record->source_cnt);
	bufw_u32(&w, record->entries);
	bufw_u32(&w, record->desk_entries);
	bufw_u32(&w, record->day);
	bufw_u32(&w, record->read_due);
	bufw_u32(&w, record->answer_due);
	bufw_u32(&w, record->reads);
	bufw_u16(&w, record->attach_cnt);
	bufw_u16(&w, record->held);
	bufw_u32(&w, record->close_due);
	bufw_u8(&w, record->junk);
	bufw_u8(&w, record->shown);
	bufw_zero_to(&w, FRAME_RECORD_LEN);
}

int
frame_record_get(struct frame_record *out, const uint8_t src[static FRAME_RECORD_LEN])
{
	struct buf b;
	memset(out, 0, sizeof(*out));
	buf_init(&b, src, FRAME_RECORD_LEN);
	buf_bytes(&b, out->id, sizeof(out->id), KEY_ID_LEN);
	out->kind = buf_u8(&b);
	out->relation = buf_u8(&b);
	out->ladder = buf_u8(&b);
	out->flags = buf_u8(&b);
	out->desk = buf_u16(&b);
	out->source_cnt = buf_u16(&b);
	out->entries = buf_u32(&b);
	out->desk_entries = buf_u32(&b);
	out->day = buf_u32(&b);
	out->read_due = buf_u32(&b);
	out->answer_due = buf_u32(&b);
	out->reads = buf_u32(&b);
	out->attach_cnt = buf_u16(&b);
	out->held = buf_u16(&b);
	out->close_due = buf_u32(&b);
	out->junk = buf_u8(&b);
	out->shown = buf_u8(&b);
	buf_zero(&b, 6);
	if (buf_end(&b) || out->shown > 1 || out->kind >= FRAME_KIND__MAX ||
	    out->relation == (out->kind == FRAME_CASE ? FRAME_REL_WRITER : FRAME_REL_GIVEN) ||
	    out->relation > FRAME_REL_GIVEN || out->ladder >= FRAME_LADDER__MAX)
		return ERR_FORMAT;
	return 0;
}

void
frame_read_put(uint8_t dst[static FRAME_READ_LEN], const struct frame_read *read)
{
	struct bufw w;
	bufw_init(&w, dst, FRAME_READ_LEN);
	bufw_bytes(&w, read->handle, KEY_HANDLE_LEN);
	bufw_u32(&w, read->day);
	bufw_u32(&w, read->number);
}

void
frame_read_get(struct frame_read *out, const uint8_t src[static FRAME_READ_LEN])
{
	struct buf b;
	buf_init(&b, src, FRAME_READ_LEN);
	buf_bytes(&b, out->handle, sizeof(out->handle), KEY_HANDLE_LEN);
	out->day = buf_u32(&b);
	out->number = buf_u32(&b);
}

const char *
frame_status_name(uint8_t status)
{
	static const char *const name[] = { "ok",     "bad",  "not found", "stale",
					    "behind", "busy", "full" };
	if (status < FRAME_OK || status >= FRAME_STATUS__MAX)
		return "unknown";
	return name[status - FRAME_OK];
}
