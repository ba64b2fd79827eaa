/* The table of ops (FORMATS.md section 4): for each op its sender, the routing fields that it
 * may use, and their ranges. crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/frame_op.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/order.h"

#include <sodium.h>
#include <string.h>

#define MEMBER_APPEND (FRAME_F_ID | FRAME_F_DESK | FRAME_F_NUMBER)

static const struct frame_op ops[] = {
	{ .op = FRAME_DECOY, .name = "decoy", .sender = FRAME_BY_ANYBODY, .timeless = true },
	{ .op = FRAME_OPEN,
	  .name = "open",
	  .sender = FRAME_BY_SOURCE,
	  .timeless = true,
	  .fields = FRAME_F_ID | FRAME_F_DESK | FRAME_F_LADDER | FRAME_F_PROOF },
	{ .op = FRAME_APPEND,
	  .name = "append",
	  .sender = FRAME_BY_SOURCE,
	  .timeless = true,
	  .fields = FRAME_F_ID | FRAME_F_NUMBER | FRAME_F_PROOF },
	{ .op = FRAME_CHUNK,
	  .name = "chunk",
	  .sender = FRAME_BY_SOURCE,
	  .timeless = true,
	  .fields = FRAME_F_ID | FRAME_F_ATTACH | FRAME_F_PART | FRAME_F_PARTS },
	{ .op = FRAME_POLL,
	  .name = "poll",
	  .sender = FRAME_BY_SOURCE,
	  .empty = true,
	  .fields = FRAME_F_ID | FRAME_F_NUMBER },
	{ .op = FRAME_OPENED,
	  .name = "opened",
	  .sender = FRAME_BY_SOURCE,
	  .empty = true,
	  .fields = FRAME_F_ID | FRAME_F_NUMBER },
	{ .op = FRAME_LIST,
	  .name = "list",
	  .sender = FRAME_BY_MEMBER,
	  .empty = true,
	  .fields = FRAME_F_DESK | FRAME_F_KIND | FRAME_F_CURSOR | FRAME_F_PART },
	{ .op = FRAME_FETCH,
	  .name = "fetch",
	  .sender = FRAME_BY_MEMBER,
	  .empty = true,
	  .fields = FRAME_F_ID | FRAME_F_KIND | FRAME_F_DESK | FRAME_F_THREAD | FRAME_F_NUMBER |
		    FRAME_F_ATTACH | FRAME_F_PART },
	{ .op = FRAME_DESK_APPEND,
	  .name = "desk append",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_KIND | FRAME_F_THREAD | FRAME_F_HOUR },
	{ .op = FRAME_ACKNOWLEDGE,
	  .name = "acknowledge",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_PROOF },
	{ .op = FRAME_CLOSE, .name = "close", .sender = FRAME_BY_MEMBER, .fields = MEMBER_APPEND },
	{ .op = FRAME_RESTRICT,
	  .name = "restrict",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_FLAGS | FRAME_F_PROOF | FRAME_F_HASH },
	{ .op = FRAME_KEY_PUT,
	  .name = "key put",
	  .sender = FRAME_BY_MEMBER,
	  .fields = FRAME_F_DESK | FRAME_F_NUMBER | FRAME_F_FLAGS | FRAME_F_PROOF |
		    FRAME_F_LENGTH },
	{ .op = FRAME_KEY_GET,
	  .name = "key get",
	  .sender = FRAME_BY_MEMBER,
	  .empty = true,
	  .fields = FRAME_F_DESK | FRAME_F_NUMBER | FRAME_F_FLAGS | FRAME_F_PROOF },
	{ .op = FRAME_ROSTER_PUT,
	  .name = "roster put",
	  .sender = FRAME_BY_REGISTRAR,
	  .fields = FRAME_F_PART | FRAME_F_PARTS | FRAME_F_LENGTH },
	{ .op = FRAME_ROSTER_GET,
	  .name = "roster get",
	  .sender = FRAME_BY_MEMBER,
	  .empty = true,
	  .fields = FRAME_F_PART | FRAME_F_FLAGS | FRAME_F_HASH },
	{ .op = FRAME_ORDER_OPEN,
	  .name = "order open",
	  .sender = FRAME_BY_MEMBER,
	  .fields = FRAME_F_ID | FRAME_F_DESK | FRAME_F_KIND },
	{ .op = FRAME_ABOVE,
	  .name = "above",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_FLAGS },
	{ .op = FRAME_RESEAL,
	  .name = "reseal",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_PROOF },
	{ .op = FRAME_PURGE,
	  .name = "purge",
	  .sender = FRAME_BY_MEMBER,
	  .empty = true,
	  .fields = FRAME_F_DESK | FRAME_F_NUMBER | FRAME_F_HOUR },
	{ .op = FRAME_OBJECT,
	  .name = "object",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND },
	{ .op = FRAME_JUNK, .name = "junk", .sender = FRAME_BY_MEMBER, .fields = MEMBER_APPEND },
	{ .op = FRAME_STATEMENT,
	  .name = "statement",
	  .sender = FRAME_BY_MEMBER,
	  .empty = true,
	  .fields = FRAME_F_ID | FRAME_F_DESK | FRAME_F_NUMBER | FRAME_F_HOUR | FRAME_F_PROOF |
		    FRAME_F_HASH },
	{ .op = FRAME_COSIGN,
	  .name = "cosign",
	  .sender = FRAME_BY_MEMBER,
	  .fields = FRAME_F_LENGTH },
	{ .op = FRAME_CHECKPOINT,
	  .name = "checkpoint",
	  .sender = FRAME_BY_MEMBER,
	  .empty = true,
	  .fields = FRAME_F_NUMBER },
	{ .op = FRAME_ACCOUNT,
	  .name = "account",
	  .sender = FRAME_BY_MEMBER,
	  .empty = true,
	  .fields = FRAME_F_DESK | FRAME_F_NUMBER | FRAME_F_COUNT },
	{ .op = FRAME_ORDER_SEAL,
	  .name = "order seal",
	  .sender = FRAME_BY_MEMBER,
	  .fields = FRAME_F_ID | FRAME_F_KIND | FRAME_F_DESK | FRAME_F_HOUR | FRAME_F_CURSOR |
		    FRAME_F_PROOF | FRAME_F_HASH },
	{ .op = FRAME_PART_PUT,
	  .name = "part put",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_KIND | FRAME_F_THREAD },
	{ .op = FRAME_PART_TAKE,
	  .name = "part take",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_KIND | FRAME_F_THREAD | FRAME_F_PART | FRAME_F_HOUR |
		    FRAME_F_COUNT | FRAME_F_PROOF },
	{ .op = FRAME_STOP,
	  .name = "stop",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_KIND | FRAME_F_FLAGS },
	{ .op = FRAME_BOOK_OPEN,
	  .name = "book open",
	  .sender = FRAME_BY_MEMBER,
	  .fields = FRAME_F_ID | FRAME_F_DESK | FRAME_F_KIND },
	{ .op = FRAME_ROTA,
	  .name = "rota",
	  .sender = FRAME_BY_MEMBER,
	  .fields = MEMBER_APPEND | FRAME_F_KIND | FRAME_F_HOUR | FRAME_F_PARTS | FRAME_F_PROOF },
	{ .op = FRAME_PHOTO,
	  .name = "photo",
	  .sender = FRAME_BY_MEMBER,
	  .fields = FRAME_F_ID | FRAME_F_KIND | FRAME_F_DESK | FRAME_F_ATTACH | FRAME_F_PART |
		    FRAME_F_PARTS },
};

const struct frame_op *
frame_op_find(uint8_t op)
{
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (ops[i].op == op)
			return &ops[i];
	return NULL;
}

const struct frame_op *
frame_op_table(size_t *cnt)
{
	*cnt = sizeof(ops) / sizeof(*ops);
	return ops;
}

/* The set of routing fields that are not zero. */
static uint32_t
fields_used(const struct frame_routing *r)
{
	const struct {
		bool set;
		uint32_t bit;
	} field[] = {
		{ !sodium_is_zero(r->id, sizeof(r->id)), FRAME_F_ID },
		{ r->thread != 0, FRAME_F_THREAD },
		{ r->kind != 0, FRAME_F_KIND },
		{ r->desk != 0, FRAME_F_DESK },
		{ r->number != 0, FRAME_F_NUMBER },
		{ r->hour != 0, FRAME_F_HOUR },
		{ r->ladder != 0, FRAME_F_LADDER },
		{ r->flags != 0, FRAME_F_FLAGS },
		{ r->attach != 0, FRAME_F_ATTACH },
		{ r->part != 0, FRAME_F_PART },
		{ r->parts != 0, FRAME_F_PARTS },
		{ r->length != 0, FRAME_F_LENGTH },
		{ r->count != 0, FRAME_F_COUNT },
		{ r->source_cnt != 0, FRAME_F_SOURCE_CNT },
		{ !sodium_is_zero(r->cursor, sizeof(r->cursor)), FRAME_F_CURSOR },
		{ !sodium_is_zero(r->proof, sizeof(r->proof)), FRAME_F_PROOF },
		{ !sodium_is_zero(r->hash, sizeof(r->hash)), FRAME_F_HASH },
	};
	uint32_t used = 0;
	for (size_t i = 0; i < sizeof(field) / sizeof(*field); i++)
		if (field[i].set)
			used |= field[i].bit;
	return used;
}

static bool
tail_zero(const uint8_t *bytes, size_t cap, size_t len)
{
	return len <= cap && buf_is_zero(bytes + len, cap - len);
}

static bool
own_case(const struct frame_request *q)
{
	uint8_t id[KEY_ID_LEN];
	frame_case_id(id, q->key);
	return memcmp(id, q->routing.id, KEY_ID_LEN) == 0;
}

/* Attachments are fetched by index and part, the other threads by number; orders have parts, and
 * plans, which are books.
 */
static bool
fetch_ok(const struct frame_routing *r)
{
	if (r->thread == FRAME_ATTACH)
		return r->number == 0;
	if (r->thread == FRAME_PARTS && r->kind != FRAME_ORDER && r->kind != FRAME_BOOK)
		return false;
	return r->thread < FRAME_THREAD__MAX && r->attach == 0 && r->part == 0;
}

/* A part stands in a place of an order, or of a plan. */
static bool
part_ok(const struct frame_routing *r)
{
	return r->thread == FRAME_PARTS &&
	       (r->kind == FRAME_ORDER ? order_place(r->number) != NULL
				       : r->kind == FRAME_BOOK && r->number < FRAME_SHARES);
}

/* A reply has an hour, an entry of the desk thread has a place. */
static bool
desk_append_ok(const struct frame_routing *r)
{
	if (r->thread == FRAME_SOURCE)
		return r->number == 0;
	return r->thread == FRAME_DESK && r->hour == 0;
}

/* Handles in a row, all different: how many, before the rest that has to be zero; 0 otherwise. */
static unsigned
handles(const uint8_t *list, unsigned most)
{
	unsigned cnt = 0;
	while (cnt < most && !sodium_is_zero(list + cnt * KEY_HANDLE_LEN, KEY_HANDLE_LEN))
		cnt++;
	for (unsigned i = 0; i < cnt; i++)
		for (unsigned k = 0; k < i; k++)
			if (!memcmp(list + i * KEY_HANDLE_LEN, list + k * KEY_HANDLE_LEN,
				    KEY_HANDLE_LEN))
				return 0;
	return tail_zero(list, (size_t)most * KEY_HANDLE_LEN, (size_t)cnt * KEY_HANDLE_LEN) ? cnt
											    : 0;
}

/*
 * To hide names as many as fit: dummies make every such frame look alike. To lift, or to take
 * oneself off, names nobody.
 */
static bool
restrict_ok(const struct frame_routing *r)
{
	uint8_t list[FRAME_HIDDEN_CNT * KEY_HANDLE_LEN];
	memcpy(list, r->proof, sizeof(r->proof));
	memcpy(list + sizeof(r->proof), r->hash, sizeof(r->hash));
	if (r->flags == FRAME_HIDE)
		return handles(list, FRAME_HIDDEN_CNT) == FRAME_HIDDEN_CNT;
	return r->flags <= FRAME_RECUSE && sodium_is_zero(list, sizeof(list));
}

/* Nobody at all ends the rota of these days. */
static bool
rota_ok(const struct frame_routing *r)
{
	return r->kind == FRAME_BOOK && r->hour && r->hour % 24 == 0 && r->parts &&
	       r->parts <= FRAME_ROTA_DAYS &&
	       (sodium_is_zero(r->proof, sizeof(r->proof)) ||
		handles(r->proof, FRAME_DUTY_MAX) >= FRAME_DUTY_MIN);
}

/* Nobody at all takes the case back. */
static bool
reseal_ok(const struct frame_routing *r)
{
	return sodium_is_zero(r->proof, sizeof(r->proof)) ||
	       (handles(r->proof, FRAME_GIVEN_MAX) &&
		tail_zero(r->proof, sizeof(r->proof), FRAME_GIVEN_MAX * KEY_HANDLE_LEN));
}

/* Two to four on each side, and nobody on both: one list of handles whose gap is closed. */
static bool
order_ok(const struct frame_routing *r)
{
	uint8_t list[2 * ORDER_PERSONS * KEY_HANDLE_LEN] = { 0 };
	unsigned a = handles(r->proof, ORDER_PERSONS), b = handles(r->hash, ORDER_PERSONS);
	memcpy(list, r->proof, a * KEY_HANDLE_LEN);
	memcpy(list + a * KEY_HANDLE_LEN, r->hash, b * KEY_HANDLE_LEN);
	return r->kind == FRAME_ORDER && r->hour && a >= ORDER_LEAST && b >= ORDER_LEAST &&
	       handles(list, 2 * ORDER_PERSONS) == a + b &&
	       !sodium_is_zero(r->cursor, sizeof(r->cursor));
}

/* The later hours and their salt are shown for the later layers and only for them. */
static bool
take_ok(const struct frame_routing *r)
{
	bool late = r->part > ORDER_LAYER;
	if (r->kind != FRAME_ORDER || r->thread != FRAME_PARTS || r->part < ORDER_LAYER ||
	    r->part >= ORDER_LAYER + ORDER_LAYERS ||
	    !tail_zero(r->proof, sizeof(r->proof), ORDER_SALT_LEN))
		return false;
	return late ? r->hour && r->hour <= r->count
		    : !r->hour && !r->count && sodium_is_zero(r->proof, sizeof(r->proof));
}

static bool
key_part_ok(const struct frame_request *q)
{
	const struct frame_routing *r = &q->routing;
	if (r->flags < FRAME_KEY_SUBKEY || r->flags > FRAME_KEY_CERT ||
	    !tail_zero(r->proof, sizeof(r->proof), KEY_HANDLE_LEN))
		return false;
	if (q->op == FRAME_KEY_GET)
		return true;
	return r->number > 0 && r->length > 0 && tail_zero(q->body, FRAME_BODY_LEN, r->length);
}

static bool
upload_ok(const struct frame_request *q)
{
	const struct frame_routing *r = &q->routing;
	uint32_t before = (uint32_t)r->part * FRAME_BODY_LEN;
	if (r->length == 0 || r->parts != (r->length - 1) / FRAME_BODY_LEN + 1 ||
	    r->part >= r->parts)
		return false;
	if (r->part + 1 < r->parts)
		return true;
	return tail_zero(q->body, FRAME_BODY_LEN, r->length - before);
}

static bool
values_ok(const struct frame_request *q)
{
	const struct frame_routing *r = &q->routing;
	switch (q->op) {
	case FRAME_OPEN:
		return own_case(q);
	case FRAME_APPEND:
		return r->number > 0 && own_case(q);
	case FRAME_CHUNK:
		return r->part < r->parts && own_case(q);
	case FRAME_POLL:
	case FRAME_OPENED:
		return own_case(q);
	case FRAME_STATEMENT:
		return r->number > 0 && r->hour % 24 == 0;
	case FRAME_COSIGN:
		return r->length > 0 && tail_zero(q->body, FRAME_BODY_LEN, r->length);
	case FRAME_FETCH:
		return fetch_ok(r);
	case FRAME_DESK_APPEND:
		return desk_append_ok(r);
	case FRAME_ABOVE:
		return r->flags <= 1;
	case FRAME_RESTRICT:
		return restrict_ok(r);
	case FRAME_RESEAL:
		return reseal_ok(r);
	case FRAME_PURGE:
		return r->hour % 24 == 0;
	case FRAME_KEY_PUT:
	case FRAME_KEY_GET:
		return key_part_ok(q);
	case FRAME_ROSTER_PUT:
		return upload_ok(q);
	case FRAME_ROSTER_GET:
		return r->flags <= 1;
	case FRAME_ORDER_OPEN:
		return r->kind == FRAME_ORDER;
	case FRAME_ORDER_SEAL:
		return order_ok(r);
	case FRAME_PART_PUT:
		return part_ok(r);
	case FRAME_PART_TAKE:
		return take_ok(r);
	case FRAME_STOP:
		return r->kind == FRAME_ORDER && r->flags <= FRAME_HOLD_END;
	case FRAME_BOOK_OPEN:
		return r->kind == FRAME_BOOK;
	case FRAME_ROTA:
		return rota_ok(r);
	case FRAME_PHOTO:
		return r->kind == FRAME_ORDER && r->attach >= FRAME_PHOTO_FROM &&
		       r->part < r->parts;
	default:
		return true;
	}
}

int
frame_op_check(const struct frame_request *q)
{
	const struct frame_op *op = frame_op_find(q->op);
	const struct frame_routing *r = &q->routing;
	if (op == NULL || (op->timeless && q->minute != 0))
		return ERR_FORMAT;
	if (op->op == FRAME_DECOY)
		return 0;
	if ((fields_used(r) & ~op->fields) != 0 || r->kind >= FRAME_KIND__MAX ||
	    r->ladder >= FRAME_LADDER__MAX)
		return ERR_FORMAT;
	if ((op->fields & FRAME_F_DESK) != 0 && r->desk == 0)
		return ERR_FORMAT;
	if (op->empty && !buf_is_zero(q->body, FRAME_BODY_LEN))
		return ERR_FORMAT;
	return values_ok(q) ? 0 : ERR_FORMAT;
}
