/* The table of ops (FORMATS.md sections 3 and 4). */
#ifndef CRYPTO_FRAME_OP_H
#define CRYPTO_FRAME_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_request; /* frame.h */

enum frame_opcode {
	FRAME_DECOY = 0x01,
	FRAME_OPEN = 0x02,
	FRAME_APPEND = 0x03,
	FRAME_CHUNK = 0x04,
	FRAME_POLL = 0x05,
	FRAME_OPENED = 0x06,
	FRAME_LIST = 0x20,
	FRAME_FETCH = 0x21,
	FRAME_DESK_APPEND = 0x22,
	FRAME_ACKNOWLEDGE = 0x23,
	FRAME_CLOSE = 0x24,
	FRAME_RESTRICT = 0x25,
	FRAME_KEY_PUT = 0x26,
	FRAME_KEY_GET = 0x27,
	FRAME_ROSTER_PUT = 0x28,
	FRAME_ROSTER_GET = 0x29,
	FRAME_ORDER_OPEN = 0x2a,
	FRAME_ABOVE = 0x2b,
	FRAME_RESEAL = 0x2c,
	FRAME_PURGE = 0x2d,
	FRAME_JUNK = 0x2e,
	FRAME_OBJECT = 0x2f,
	FRAME_STATEMENT = 0x30,
	FRAME_COSIGN = 0x41,
	FRAME_CHECKPOINT = 0x42,
	FRAME_ACCOUNT = 0x43,
	FRAME_ORDER_SEAL = 0x50,
	FRAME_PART_PUT = 0x51,
	FRAME_PART_TAKE = 0x52,
	FRAME_STOP = 0x53,
	FRAME_BOOK_OPEN = 0x54,
	FRAME_ROTA = 0x55,
	FRAME_PHOTO = 0x58,
};

enum frame_sender { FRAME_BY_ANYBODY, FRAME_BY_SOURCE, FRAME_BY_MEMBER, FRAME_BY_REGISTRAR };

/* Bits of frame_op.fields: which fields of the routing a request of this op may carry. */
enum {
	FRAME_F_ID = 1 << 0,
	FRAME_F_THREAD = 1 << 1,
	FRAME_F_KIND = 1 << 2,
	FRAME_F_DESK = 1 << 3,
	FRAME_F_NUMBER = 1 << 4,
	FRAME_F_HOUR = 1 << 5,
	FRAME_F_LADDER = 1 << 6,
	FRAME_F_FLAGS = 1 << 7,
	FRAME_F_ATTACH = 1 << 8,
	FRAME_F_PART = 1 << 9,
	FRAME_F_PARTS = 1 << 10,
	FRAME_F_LENGTH = 1 << 11,
	FRAME_F_COUNT = 1 << 12,
	FRAME_F_SOURCE_CNT = 1 << 13,
	FRAME_F_CURSOR = 1 << 14,
	FRAME_F_PROOF = 1 << 15,
	FRAME_F_HASH = 1 << 16
};

struct frame_op {
	const char *name;
	uint32_t fields;
	uint8_t op;
	uint8_t sender; /* enum frame_sender */
	bool timeless;  /* minute must be 0 */
	bool empty;     /* body must be zero */
};

/* The op of that code; NULL for unknown and reserved ones. */
const struct frame_op *frame_op_find(uint8_t op);
/* The whole table, for tests that compare it with the documentation; *cnt is its length. */
const struct frame_op *frame_op_table(size_t *cnt);
/* Only permitted fields, values in range, padding zero, case id of the key: 0 or
 * ERR_FORMAT. frame_request_parse calls it. */
int frame_op_check(const struct frame_request *request) __attribute__((warn_unused_result));

#endif
