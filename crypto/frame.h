/* Requests and answers of POST /x (FORMATS.md sections 2 to 5). Every function takes whole
 * frames. struct frame_request and struct frame_answer borrow their body from the frame that
 * they were parsed from. No function here opens or seals anything. */
#ifndef CRYPTO_FRAME_H
#define CRYPTO_FRAME_H

#include "crypto/frame_op.h"
#include "crypto/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_LEN            16384
#define FRAME_HEAD_LEN       128
#define FRAME_ROUTING_LEN    128
#define FRAME_PAYLOAD_LEN    16256
#define FRAME_BODY_AT        256
#define FRAME_BODY_LEN       16128
#define FRAME_HASH_LEN       64
#define FRAME_NONCE_LEN      16
#define FRAME_CURSOR_LEN     16
#define FRAME_RECORD_LEN     64
#define FRAME_RECORD_MAX     252
#define FRAME_AHEAD_MAX      16 /* cursors in an answer to a list with part = 1 */
#define FRAME_READ_LEN       16
#define FRAME_READ_MAX       1008
#define FRAME_DIFFICULTY_MAX 14
#define FRAME_STUB_LEN       304
#define FRAME_HIDDEN_CNT     8 /* from so many a case is hidden, dummies counted */
#define FRAME_DUTY_MIN       2 /* members on duty on a day, with deputies */
#define FRAME_DUTY_MAX       4
#define FRAME_GIVEN_MAX      2  /* so many a case is handed to */
#define FRAME_ROTA_DAYS      31 /* days that one frame names */

enum frame_thread {
	FRAME_SOURCE,
	FRAME_DESK,
	FRAME_READS,
	FRAME_ATTACH,
	FRAME_PARTS,
	FRAME_THREAD__MAX
};
/* A book is a log that a desk keeps for itself and for those who supervise it. */
enum frame_kind { FRAME_CASE, FRAME_ORDER, FRAME_BOOK, FRAME_KIND__MAX };
enum frame_ladder { FRAME_ORDINARY, FRAME_URGENT, FRAME_LADDER__MAX };
enum frame_status {
	FRAME_OK = 0x80,
	FRAME_BAD,
	FRAME_NOT_FOUND,
	FRAME_STALE,
	FRAME_BEHIND,
	FRAME_BUSY,
	FRAME_FULL,
	FRAME_STATUS__MAX
};
enum frame_key_part { FRAME_KEY_SUBKEY = 1, FRAME_KEY_SECRET, FRAME_KEY_CERT };
/* flags of a list record */
enum {
	FRAME_R_ACKED = 1,
	FRAME_R_ANSWERED = 2,
	FRAME_R_CLOSED = 4,
	FRAME_R_ABOVE = 8,
	FRAME_R_READERS = 16, /* two have said from whom it is hidden, be it from nobody */
	FRAME_R_HALF_CLOSED = 32,
	FRAME_R_CLOSING = 64,
	FRAME_R_BACKSTOP = 128
};
/* how the asking desk stands to what a list record names */
enum {
	FRAME_REL_RECEIVING,
	FRAME_REL_ABOVE,
	FRAME_REL_BACKSTOP,
	FRAME_REL_WRITER,
	FRAME_REL_GIVEN /* the case was handed to the asking member */
};
/* flags of the answer to a poll */
enum { FRAME_P_CLOSED = 2, FRAME_P_REMOVED = 4 };
/* flags of restrict: hide the case from those named, which takes the place of what was named
 * before; hide it from nobody; take oneself off */
enum { FRAME_HIDE, FRAME_LIFT, FRAME_RECUSE };
/* flags of stop: one of two, or one for whom waiting would cost a life or the surprise */
enum { FRAME_CANCEL, FRAME_STOP_NOW, FRAME_HOLD, FRAME_HOLD_END };
/* In place of a number of thread 4: the hashes of the parts. Of thread 2 of an order, from this
 * number on: the stubs of those who took a layer, by their places in thread 1. */
#define FRAME_PART_LIST        0xffffffffu
#define FRAME_SHARES           2   /* parts of a plan (FORMATS §16) */
#define FRAME_PHOTO_FROM       256 /* the first index of a member's photo */
#define FRAME_TAKEN_FROM       0x40000000u
#define FRAME_PART_RECORD_LEN  36                   /* u32 place, SHA-256 */
#define FRAME_TAKEN_RECORD_LEN (4 + FRAME_STUB_LEN) /* u32 place in thread 1, stub */
#define FRAME_TAKEN_MAX        (FRAME_BODY_LEN / FRAME_TAKEN_RECORD_LEN)

/* What account tells of an entry of the public log (FORMATS §19): u32 its place in the batch ‖ u16
 * receiving desk ‖ u8 enum below ‖ the stub, or an id and zeros. */
enum { FRAME_ACCOUNT_STUB, FRAME_ACCOUNT_GONE, FRAME_ACCOUNT_LEFT, FRAME_ACCOUNT_JUNK };
#define FRAME_ACCOUNT_LEN  (4 + 2 + 1 + FRAME_STUB_LEN)
#define FRAME_ACCOUNT_MAX  (FRAME_BODY_LEN / FRAME_ACCOUNT_LEN)
#define FRAME_ACCOUNT_LAST 0xffffffffu /* in place of a batch: the last one that was closed */

struct frame_routing {
	uint8_t id[KEY_ID_LEN];
	uint8_t thread, kind, ladder, flags;
	uint16_t desk, attach, part, parts;
	uint32_t number, hour, length, count, source_cnt;
	uint8_t cursor[FRAME_CURSOR_LEN];
	uint8_t proof[32];
	uint8_t hash[32];
};

struct frame_request {
	uint8_t op;
	uint64_t minute;
	uint8_t nonce[FRAME_NONCE_LEN];
	uint8_t key[KEY_SIGN_PUBLIC_LEN]; /* set by frame_request_build */
	struct frame_routing routing;
	const uint8_t *body; /* FRAME_BODY_LEN bytes; NULL when building = zeros */
	size_t body_len;     /* when building: the rest is zero */
	uint8_t *body_hash;  /* where not NULL: FRAME_HASH_LEN bytes, set by frame_request_build */
};

struct frame_answer {
	uint8_t status, difficulty;
	uint64_t minute;
	uint8_t salt[FRAME_NONCE_LEN];
	struct frame_routing routing; /* all zero: the payload is all zero */
	const uint8_t *body;
	size_t body_len;
};

/* SHA-512 of the body, H and R of section 2. One pass over the body serves the signature, the
 * puzzle, the answer and the stub. */
struct frame_digest {
	uint8_t body[FRAME_HASH_LEN];
	uint8_t h[FRAME_HASH_LEN];
	uint8_t r[FRAME_HASH_LEN];
	bool bare; /* a member's request whose body is zeros; set by frame_digest() */
};

struct frame_record { /* one case of a list answer */
	uint8_t id[KEY_ID_LEN];
	uint8_t kind, relation, ladder, flags;
	uint16_t desk, source_cnt, attach_cnt, held;
	uint32_t entries, desk_entries, day, read_due, answer_due, reads;
	uint32_t close_due; /* unix hour at which an announced closing takes effect */
	uint8_t junk;  /* members who say that it is junk: 0, 1, or 2, and it is removed in days */
	uint8_t shown; /* 1: at the receiving desk only to those on duty, until two say to whom */
};

struct frame_read { /* one record of fetch, thread 2 */
	uint8_t handle[KEY_HANDLE_LEN];
	uint32_t day, number;
};

const char *frame_status_name(uint8_t status);
/* First 16 bytes of SHA-256(label ‖ verify key): section 5. */
void frame_case_id(uint8_t id[static KEY_ID_LEN], const uint8_t key[static KEY_SIGN_PUBLIC_LEN]);

/* Reads a request: magic, zeros, op, only permitted fields, ranges, zero padding, and for the
 * op of a source that the id is the case id of the key. Of decoys only the header is read. 0,
 * or ERR_FORMAT (the gateway answers bad). The signature, the minute and the puzzle are not
 * checked here. */
int frame_request_parse(struct frame_request *out, const uint8_t frame[static FRAME_LEN])
	__attribute__((warn_unused_result));
void frame_digest(struct frame_digest *out, const uint8_t frame[static FRAME_LEN]);
/* The same where out->body is set already: the body is not read. */
void frame_digest_head(struct frame_digest *out, const uint8_t frame[static FRAME_LEN]);
/* SHA-256 of the body of a frame that has that digest. */
void frame_body_hash(uint8_t out[static 32], const uint8_t frame[static FRAME_LEN],
		     const struct frame_digest *digest);
/* 0 or ERR_AUTH. */
int frame_request_verify(const uint8_t frame[static FRAME_LEN], const struct frame_digest *digest,
			 const uint8_t gateway[static KEY_ID_LEN])
	__attribute__((warn_unused_result));
/* Lays out and signs; out->key comes from `key`. ERR_ARG if frame_request_parse would
 * refuse it. */
int frame_request_build(uint8_t frame[static FRAME_LEN], const struct frame_request *request,
			const uint8_t gateway[static KEY_ID_LEN], const struct key_sign *key)
	__attribute__((warn_unused_result));

/*
 * The stub (section 2) of a frame that opens a case or appends to it. It proves itself without the
 * body: id = hash of the key, and the signature is checked over it.
 */
void frame_stub(uint8_t stub[static FRAME_STUB_LEN], const uint8_t frame[static FRAME_LEN],
		const struct frame_digest *digest);
/* The source's signature in it, KEY_SIG_LEN bytes. */
const uint8_t *frame_stub_sig(const uint8_t stub[static FRAME_STUB_LEN]);
/* What a reader who has opened an entry of a source knows of its frame. */
struct frame_stub_parts {
	uint8_t op; /* FRAME_OPEN or FRAME_APPEND */
	struct frame_routing routing;
	const uint8_t *key, *sig;
	const uint8_t *body; /* FRAME_BODY_LEN */
};
/* Makes the stub again from these. */
int frame_stub_make(uint8_t stub[static FRAME_STUB_LEN], const struct frame_stub_parts *parts)
	__attribute__((warn_unused_result));
/* Layout, id and signature: 0, ERR_FORMAT, ERR_AUTH. The first also gives what the frame asked for,
 * without its body. */
int frame_stub_source(struct frame_request *out, const uint8_t stub[static FRAME_STUB_LEN],
		      const uint8_t gateway[static KEY_ID_LEN]) __attribute__((warn_unused_result));
int frame_stub_verify(const uint8_t stub[static FRAME_STUB_LEN],
		      const uint8_t gateway[static KEY_ID_LEN]) __attribute__((warn_unused_result));
/* The same of the frame of a member who took a layer of an order; out->key is hers, for the caller
 * to look up, and out->body is NULL. */
int frame_stub_taken(struct frame_request *out, const uint8_t stub[static FRAME_STUB_LEN],
		     const uint8_t gateway[static KEY_ID_LEN]) __attribute__((warn_unused_result));

/* Tells whether SHA-256(salt ‖ nonce of the frame ‖ H) has the leading zero bits. Always true
 * for difficulty 0. */
bool frame_puzzle_check(const uint8_t frame[static FRAME_LEN], const struct frame_digest *digest,
			const uint8_t salt[static FRAME_NONCE_LEN], uint8_t difficulty);
/* Writes a nonce that solves the puzzle into the frame: starts from the 16 bytes that are
 * there and counts up the first 8 of them. About 2^difficulty hashes. ERR_RANGE above
 * FRAME_DIFFICULTY_MAX. The signature stays valid; compute R again afterwards. */
int frame_puzzle_solve(uint8_t frame[static FRAME_LEN], const uint8_t salt[static FRAME_NONCE_LEN],
		       uint8_t difficulty) __attribute__((warn_unused_result));

/* Lays out and signs an answer to the request whose R is given. If routing and body are zero,
 * the hash of the payload is not computed again. */
int frame_answer_build(uint8_t frame[static FRAME_LEN], const struct frame_answer *answer,
		       const uint8_t r[static FRAME_HASH_LEN], const struct key_sign *key)
	__attribute__((warn_unused_result));
/* Checks the pinned key, the signature, then the layout: ERR_AUTH or ERR_FORMAT, and *out is
 * zero. An unknown status is ERR_FORMAT. */
int frame_answer_open(struct frame_answer *out, const uint8_t frame[static FRAME_LEN],
		      const uint8_t r[static FRAME_HASH_LEN],
		      const uint8_t pinned[static KEY_SIGN_PUBLIC_LEN])
	__attribute__((warn_unused_result));

void frame_record_put(uint8_t dst[static FRAME_RECORD_LEN], const struct frame_record *record);
int frame_record_get(struct frame_record *out, const uint8_t src[static FRAME_RECORD_LEN])
	__attribute__((warn_unused_result));
void frame_read_put(uint8_t dst[static FRAME_READ_LEN], const struct frame_read *read);
void frame_read_get(struct frame_read *out, const uint8_t src[static FRAME_READ_LEN]);

#endif
