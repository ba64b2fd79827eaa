/* Requests by the table of ops: everything that a strict reader refuses. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/order.h"

static uint8_t frame[FRAME_LEN];

static const uint8_t gateway[16] = { 1, 2, 3 };

/* A valid request of that op. */
static struct frame_request
sample(uint8_t op, const struct key_sign *key)
{
	static const uint8_t body[4] = { 1, 2, 3, 4 };
	struct frame_request q = { .op = op };
	const struct frame_op *info = frame_op_find(op);
	uint8_t pk[32];
	key_sign_public(pk, key);
	frame_case_id(q.routing.id, pk);
	if ((info->fields & FRAME_F_ID) == 0)
		memset(q.routing.id, 0, sizeof(q.routing.id));
	if ((info->fields & FRAME_F_DESK) != 0)
		q.routing.desk = 1;
	if (!info->empty) {
		q.body = body;
		q.body_len = sizeof(body);
	}
	if (!info->timeless)
		q.minute = 1;
	if (op == FRAME_APPEND || op == FRAME_KEY_PUT || op == FRAME_STATEMENT)
		q.routing.number = 1;
	if (op == FRAME_CHUNK || op == FRAME_ROSTER_PUT || op == FRAME_PHOTO)
		q.routing.parts = 1;
	if (op == FRAME_PHOTO)
		q.routing.attach = FRAME_PHOTO_FROM;
	if (op == FRAME_KEY_PUT || op == FRAME_KEY_GET)
		q.routing.flags = 1;
	if (op == FRAME_KEY_PUT || op == FRAME_ROSTER_PUT || op == FRAME_COSIGN)
		q.routing.length = 4;
	if (op == FRAME_ORDER_OPEN)
		q.routing.kind = FRAME_ORDER;
	if (op == FRAME_BOOK_OPEN || op == FRAME_ROTA)
		q.routing.kind = FRAME_BOOK;
	if ((op >= FRAME_ORDER_SEAL && op <= FRAME_STOP) || op == FRAME_PHOTO)
		q.routing.kind = FRAME_ORDER;
	if (op == FRAME_PART_PUT || op == FRAME_PART_TAKE)
		q.routing.thread = FRAME_PARTS;
	if (op == FRAME_PART_TAKE)
		q.routing.part = ORDER_LAYER;
	if (op == FRAME_ORDER_SEAL) {
		q.routing.hour = 500000;
		q.routing.cursor[0] = q.routing.proof[0] = q.routing.proof[15] = 1;
		q.routing.hash[0] = q.routing.hash[15] = 2;
	}
	if (op == FRAME_RESTRICT)
		for (uint8_t i = 0; i < 32; i++)
			q.routing.proof[i] = q.routing.hash[i ^ 31] = i + 1;
	if (op == FRAME_ROTA) {
		q.routing.hour = 24;
		q.routing.parts = 1;
		q.routing.proof[0] = q.routing.proof[15] = 1;
	}
	return q;
}

/* Every field of the routing is set once where it is not used. */
static void
unused_fields(void **state)
{
	static const struct {
		uint32_t bit;
		size_t at;
	} field[] = { { FRAME_F_ID, 0 },      { FRAME_F_THREAD, 16 },     { FRAME_F_KIND, 17 },
		      { FRAME_F_DESK, 18 },   { FRAME_F_NUMBER, 20 },     { FRAME_F_HOUR, 24 },
		      { FRAME_F_LADDER, 28 }, { FRAME_F_FLAGS, 29 },      { FRAME_F_ATTACH, 30 },
		      { FRAME_F_PART, 32 },   { FRAME_F_PARTS, 34 },      { FRAME_F_LENGTH, 36 },
		      { FRAME_F_COUNT, 40 },  { FRAME_F_SOURCE_CNT, 44 }, { FRAME_F_CURSOR, 48 },
		      { FRAME_F_PROOF, 64 },  { FRAME_F_HASH, 96 } };
	struct frame_request back;
	struct key_sign key;
	size_t cnt = 0;
	(void)state;
	key_sign_new(&key);
	const struct frame_op *op = frame_op_table(&cnt);
	for (size_t i = 0; i < cnt; i++) {
		if (op[i].op == FRAME_DECOY)
			continue;
		struct frame_request q = sample(op[i].op, &key);
		assert_int_equal(frame_request_build(frame, &q, gateway, &key), 0);
		for (size_t f = 0; f < sizeof(field) / sizeof(*field); f++) {
			if ((op[i].fields & field[f].bit) != 0)
				continue;
			frame[128 + field[f].at] ^= 1;
			assert_int_equal(frame_request_parse(&back, frame), ERR_FORMAT);
			frame[128 + field[f].at] ^= 1;
		}
		assert_int_equal(frame_request_parse(&back, frame), 0);
	}
}

static void
refused(uint8_t op, void (*change)(struct frame_request *), const char *what)
{
	struct key_sign key;
	struct frame_request q;
	key_sign_new(&key);
	q = sample(op, &key);
	assert_int_equal(frame_request_build(frame, &q, gateway, &key), 0);
	change(&q);
	if (frame_request_build(frame, &q, gateway, &key) != ERR_ARG)
		fail_msg("%s is taken with %s", frame_op_find(op)->name, what);
}

static uint8_t full[FRAME_BODY_LEN];
static void
set_minute(struct frame_request *q)
{
	q->minute = 5;
}
static void
no_desk(struct frame_request *q)
{
	q->routing.desk = 0;
}
static void
other_id(struct frame_request *q)
{
	q->routing.id[3] ^= 1;
}
static void
ladder2(struct frame_request *q)
{
	q->routing.ladder = 2;
}
static void
kind2(struct frame_request *q)
{
	q->routing.kind = FRAME_KIND__MAX;
}
static void
kind0(struct frame_request *q)
{
	q->routing.kind = 0;
}
static void
number0(struct frame_request *q)
{
	q->routing.number = 0;
}
static void
number1(struct frame_request *q)
{
	q->routing.number = 1;
}
static void
hour_desk(struct frame_request *q)
{
	q->routing.thread = 1;
	q->routing.hour = 1;
}
static void
thread2(struct frame_request *q)
{
	q->routing.thread = 2;
}
static void
thread4(struct frame_request *q)
{
	q->routing.thread = 4;
}
static void
attach_number(struct frame_request *q)
{
	q->routing.thread = 3;
	q->routing.number = 1;
}
static void
part_alone(struct frame_request *q)
{
	q->routing.part = 1;
}
static void
parts0(struct frame_request *q)
{
	q->routing.parts = 0;
}
static void
source_index(struct frame_request *q)
{
	q->routing.attach = FRAME_PHOTO_FROM - 1;
}
static void
flags4(struct frame_request *q)
{
	q->routing.flags = 4;
}
static void
flags0(struct frame_request *q)
{
	q->routing.flags = 0;
}
static void
flags2(struct frame_request *q)
{
	q->routing.flags = 2;
}
static void
flags3(struct frame_request *q)
{
	q->routing.flags = 3;
	memset(q->routing.proof, 0, sizeof(q->routing.proof));
	memset(q->routing.hash, 0, sizeof(q->routing.hash));
}
static void
hide_seven(struct frame_request *q)
{
	memset(q->routing.hash + 24, 0, 8);
}
static void
hide_twice(struct frame_request *q)
{
	memcpy(q->routing.hash + 24, q->routing.hash, 8);
}
static void
recuse_names(struct frame_request *q)
{
	q->routing.flags = FRAME_RECUSE;
}
static void
duty_alone(struct frame_request *q)
{
	memset(q->routing.proof + 8, 0, 8);
}
static void
duty_nobody(struct frame_request *q)
{
	memset(q->routing.proof, 0, 32);
}
static void
duty_second(struct frame_request *q)
{
	duty_nobody(q);
	q->routing.proof[8] = 1;
}
static void
duty_twice(struct frame_request *q)
{
	memcpy(q->routing.proof + 8, q->routing.proof, 8);
}
static void
duty_gap(struct frame_request *q)
{
	q->routing.proof[31] = 1;
}
static void
given_three(struct frame_request *q)
{
	q->routing.proof[0] = q->routing.proof[9] = q->routing.proof[18] = 1;
}
static void
given_twice(struct frame_request *q)
{
	q->routing.proof[0] = q->routing.proof[8] = 1;
}
static void
given_second(struct frame_request *q)
{
	q->routing.proof[8] = 1;
}
static void
parts32(struct frame_request *q)
{
	q->routing.parts = 32;
}
static void
hour0(struct frame_request *q)
{
	q->routing.hour = 0;
}
static void
lift_names(struct frame_request *q)
{
	q->routing.flags = FRAME_LIFT;
}
static void
hour25(struct frame_request *q)
{
	q->routing.hour = 25;
}
static void
proof_tail(struct frame_request *q)
{
	q->routing.proof[8] = 1;
}
static void
length3(struct frame_request *q)
{
	q->routing.length = 3;
}
static void
length0(struct frame_request *q)
{
	q->routing.length = 0;
}
static void
too_long(struct frame_request *q)
{
	q->routing.length = FRAME_BODY_LEN + 1;
}
static void
parts2(struct frame_request *q)
{
	q->routing.parts = 2;
}
static void
some_body(struct frame_request *q)
{
	q->body = full;
	q->body_len = 1;
}
static void
no_kind(struct frame_request *q)
{
	q->routing.kind = FRAME_CASE;
}
static void
no_hour(struct frame_request *q)
{
	q->routing.hour = 0;
}
static void
no_late(struct frame_request *q)
{
	q->routing.cursor[0] = 0;
}
static void
one_person(struct frame_request *q)
{
	memset(q->routing.proof + 8, 0, 24);
}
static void
one_deputy(struct frame_request *q)
{
	memset(q->routing.hash + 8, 0, 24);
}
static void
both_sides(struct frame_request *q)
{
	memcpy(q->routing.hash + 16, q->routing.proof, 8);
}
static void
person_twice(struct frame_request *q)
{
	memcpy(q->routing.proof + 16, q->routing.proof, 8);
}
static void
person_behind(struct frame_request *q)
{
	q->routing.hash[24] = 3;
}
static void
no_thread(struct frame_request *q)
{
	q->routing.thread = FRAME_DESK;
}
static void
no_place(struct frame_request *q)
{
	q->routing.number = ORDER_PLACES;
}
static void
third_share(struct frame_request *q)
{
	q->routing.kind = FRAME_BOOK;
	q->routing.number = FRAME_SHARES;
}
static void
half(struct frame_request *q)
{
	q->routing.part = ORDER_HALF_B;
}
static void
code(struct frame_request *q)
{
	q->routing.part = ORDER_CODE;
}
static void
hours_early(struct frame_request *q)
{
	q->routing.hour = q->routing.count = 500000;
}
static void
salt_early(struct frame_request *q)
{
	q->routing.proof[0] = 1;
}
static void
hours_missing(struct frame_request *q)
{
	q->routing.part = ORDER_LAYER + 1;
}
static void
hours_turned(struct frame_request *q)
{
	q->routing.part = ORDER_LAYER + 2;
	q->routing.hour = 500001;
	q->routing.count = 500000;
}
static void
salt_long(struct frame_request *q)
{
	q->routing.part = ORDER_LAYER + 2;
	q->routing.hour = q->routing.count = 500000;
	q->routing.proof[ORDER_SALT_LEN] = 1;
}
static void
third_flag(struct frame_request *q)
{
	q->routing.flags = FRAME_HOLD_END + 1;
}
static void
reserved_op(struct frame_request *q)
{
	q->op = 0x2c;
}
static void
unknown_op(struct frame_request *q)
{
	q->op = 0;
}

static void
values(void **state)
{
	(void)state;
	full[0] = 1;
	refused(FRAME_DECOY, set_minute, "a minute");
	refused(FRAME_OPEN, set_minute, "a minute");
	refused(FRAME_OPEN, no_desk, "no desk");
	refused(FRAME_OPEN, other_id, "another's case id");
	refused(FRAME_OPEN, ladder2, "ladder 2");
	refused(FRAME_APPEND, number0, "number 0");
	refused(FRAME_APPEND, other_id, "another's case id");
	refused(FRAME_CHUNK, parts0, "no parts");
	refused(FRAME_CHUNK, part_alone, "part = parts");
	refused(FRAME_CHUNK, other_id, "another's case id");
	refused(FRAME_POLL, other_id, "another's case id");
	refused(FRAME_POLL, some_body, "a body");
	refused(FRAME_LIST, kind2, "a kind too many");
	refused(FRAME_LIST, no_desk, "no desk");
	refused(FRAME_LIST, some_body, "a body");
	refused(FRAME_FETCH, thread4, "thread 4");
	refused(FRAME_FETCH, attach_number, "number of an attachment");
	refused(FRAME_FETCH, part_alone, "a part of thread 0");
	refused(FRAME_DESK_APPEND, number1, "a number for the source thread");
	refused(FRAME_DESK_APPEND, hour_desk, "an hour for the desk thread");
	refused(FRAME_DESK_APPEND, thread2, "thread 2");
	refused(FRAME_RESTRICT, flags3, "flags 3");
	refused(FRAME_RESTRICT, hide_seven, "seven to hide it from");
	refused(FRAME_RESTRICT, hide_twice, "one named twice");
	refused(FRAME_RESTRICT, recuse_names, "a list where one takes himself off");
	refused(FRAME_RESTRICT, lift_names, "a list where it lifts the list");
	refused(FRAME_ABOVE, flags2, "flags 2");
	refused(FRAME_RESEAL, given_three, "three to whom it is handed");
	refused(FRAME_RESEAL, given_twice, "one named twice");
	refused(FRAME_RESEAL, given_second, "nobody before the first");
	refused(FRAME_PURGE, hour25, "an hour inside a day");
	refused(FRAME_PURGE, some_body, "a body");
	refused(FRAME_KEY_PUT, flags0, "kind 0");
	refused(FRAME_KEY_PUT, flags4, "kind 4");
	refused(FRAME_KEY_PUT, number0, "epoch 0");
	refused(FRAME_KEY_PUT, proof_tail, "bytes behind the handle");
	refused(FRAME_KEY_PUT, length3, "bytes behind the length");
	refused(FRAME_KEY_PUT, length0, "length 0");
	refused(FRAME_KEY_PUT, too_long, "a length beyond the body");
	refused(FRAME_KEY_GET, some_body, "a body");
	refused(FRAME_ROSTER_PUT, length3, "bytes behind the length");
	refused(FRAME_ROSTER_PUT, parts2, "parts that the length does not need");
	refused(FRAME_ROSTER_PUT, length0, "length 0");
	refused(FRAME_ROSTER_GET, flags2, "flags 2");
	refused(FRAME_ORDER_OPEN, kind0, "kind 0");
	refused(FRAME_BOOK_OPEN, kind0, "kind 0");
	refused(FRAME_ROTA, kind0, "kind 0");
	refused(FRAME_ROTA, duty_alone, "one alone on duty");
	refused(FRAME_ROTA, duty_second, "nobody before the first");
	refused(FRAME_ROTA, duty_twice, "one named twice");
	refused(FRAME_ROTA, duty_gap, "a gap in the list");
	refused(FRAME_ROTA, parts0, "no days");
	refused(FRAME_ROTA, parts32, "32 days");
	refused(FRAME_ROTA, hour0, "no day");
	refused(FRAME_ROTA, hour25, "an hour inside a day");
	refused(FRAME_POLL, reserved_op, "a reserved op");
	refused(FRAME_ORDER_SEAL, no_kind, "another kind");
	refused(FRAME_ORDER_SEAL, no_hour, "no hour");
	refused(FRAME_ORDER_SEAL, no_late, "no commitment");
	refused(FRAME_ORDER_SEAL, one_person, "a side of one");
	refused(FRAME_ORDER_SEAL, one_deputy, "the other side of one");
	refused(FRAME_ORDER_SEAL, both_sides, "a person on both sides");
	refused(FRAME_ORDER_SEAL, person_twice, "a person twice on a side");
	refused(FRAME_ORDER_SEAL, person_behind, "a person behind a gap");
	refused(FRAME_PART_PUT, no_kind, "another kind");
	refused(FRAME_PART_PUT, no_thread, "another thread");
	refused(FRAME_PART_PUT, no_place, "no place");
	refused(FRAME_PART_PUT, third_share, "a third share of a plan");
	refused(FRAME_PART_TAKE, no_kind, "another kind");
	refused(FRAME_PART_TAKE, no_thread, "another thread");
	refused(FRAME_PART_TAKE, half, "a half");
	refused(FRAME_PART_TAKE, code, "a code");
	refused(FRAME_PART_TAKE, hours_early, "hours for the first layer");
	refused(FRAME_PART_TAKE, salt_early, "a salt for the first layer");
	refused(FRAME_PART_TAKE, hours_missing, "no hours for a later layer");
	refused(FRAME_PART_TAKE, hours_turned, "hours the wrong way round");
	refused(FRAME_PART_TAKE, salt_long, "a salt that is too long");
	refused(FRAME_STOP, no_kind, "another kind");
	refused(FRAME_STOP, third_flag, "an unknown flag");
	refused(FRAME_PHOTO, no_kind, "another kind");
	refused(FRAME_PHOTO, parts0, "no parts");
	refused(FRAME_PHOTO, part_alone, "part = parts");
	refused(FRAME_PHOTO, source_index, "an index of a source's attachment");
	refused(FRAME_POLL, unknown_op, "op 0");
}

static void
header_bytes(void **state)
{
	struct key_sign key;
	struct frame_request back, q;
	struct frame_digest digest;
	(void)state;
	key_sign_new(&key);
	q = sample(FRAME_OPEN, &key);
	assert_int_equal(frame_request_build(frame, &q, gateway, &key), 0);
	for (size_t i = 0; i < 8; i++) {
		frame[i] ^= 0x80;
		assert_int_equal(frame_request_parse(&back, frame), ERR_FORMAT);
		frame[i] ^= 0x80;
	}
	/* One bit anywhere but in the nonce breaks the signature; the nonce does not. */
	for (size_t i = 0; i < FRAME_LEN; i += i < 256 ? 1 : 997) {
		frame[i] ^= 1;
		frame_digest(&digest, frame);
		assert_int_equal(frame_request_verify(frame, &digest, gateway),
				 i >= 8 && i < 24 ? 0 : ERR_AUTH);
		frame[i] ^= 1;
	}
	frame_digest(&digest, frame);
	assert_int_equal(frame_request_verify(frame, &digest, gateway + 0), 0);
	/* What is known of a body of zeros is the hash of one, and of no other. */
	q = sample(FRAME_FETCH, &key);
	assert_int_equal(frame_request_build(frame, &q, gateway, &key), 0);
	for (size_t i = FRAME_LEN; i > FRAME_BODY_AT; i -= 1361) {
		uint8_t body[FRAME_HASH_LEN], kept[32], known[32];
		for (int on = 0; on < 2; on++, frame[i - 1] ^= 1) {
			frame_digest(&digest, frame);
			crypto_hash_sha512(body, frame + FRAME_BODY_AT, FRAME_BODY_LEN);
			assert_memory_equal(digest.body, body, sizeof(body));
			key_sha256(kept, frame + FRAME_BODY_AT, FRAME_BODY_LEN);
			frame_body_hash(known, frame, &digest);
			assert_memory_equal(known, kept, sizeof(kept));
			assert_int_equal(digest.bare, !on);
			assert_int_equal(frame_request_verify(frame, &digest, gateway),
					 on ? ERR_AUTH : 0);
		}
	}
	q = sample(FRAME_OPEN, &key);
	assert_int_equal(frame_request_build(frame, &q, gateway, &key), 0);
	frame_digest(&digest, frame);
	static const uint8_t elsewhere[16] = { 9 };
	assert_int_equal(frame_request_verify(frame, &digest, elsewhere), ERR_AUTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unused_fields),
		cmocka_unit_test(values),
		cmocka_unit_test(header_bytes),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
