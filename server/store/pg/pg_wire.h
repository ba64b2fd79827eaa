/*
 * The words between a vault and davylamp-db, which holds the connection to PostgreSQL
 * ("Between a vault and davylamp-db" in crypto/FORMATS.md). The vault names statements by number
 * and gives their arguments; the texts are davylamp-db's own, so that a vault that was taken over
 * can run no others.
 *
 * A message is u32 length of what follows the head ‖ u8 type ‖ 3 zeros ‖ bytes. Integers are
 * little-endian.
 */
#ifndef SERVER_STORE_PG_WIRE_H
#define SERVER_STORE_PG_WIRE_H

#include "crypto/buf.h"

#include <stddef.h>
#include <stdint.h>

#define PG_WIRE_VERSION 3
#define PG_HEAD_LEN     8
#define PG_MSG_MAX      (2u << 20)  /* the longest document has 1.5 MiB */
#define PG_ROWS_MAX     (64u << 20) /* bytes that one statement may give */
#define PG_CELLS_MAX    32          /* arguments, or columns of a row */
#define PG_OWNER_LEN    16
#define PG_SELF_LEN     8
#define PG_COMMON_MAX   256
/* The owner of a store that davyd uses, however many there are. Who wants it alone draws one. */
#define PG_OWNER_DAVYD "davyd, one of n."
#define PG_SAID_MAX    200

enum pg_type {
	PG_NONE,
	/* vault to davylamp-db */
	PG_HELLO, /* u32 version ‖ u32 schema ‖ u32 number of statements ‖ u8 claim ‖ owner (16) ‖
		     self (8), by which this opening of the store is known to it */
	PG_BEGIN, /* u64 the last place of the last batch that was confirmed to it, or 0 */
	PG_RUN,   /* u16 statement ‖ u8 arguments ‖ cells */
	PG_LATER, /* the same; it is not answered, and a failure is that of what is answered next */
	PG_COMMIT, /* u64 the last place in the order of change ‖ u64 bytes in use ‖ what all vaults
		      of the store share, up to 256 bytes */
	PG_ROLLBACK, /* empty */
	/* davylamp-db to vault */
	PG_READY, /* to hello: u64 other vaults that are connected */
	PG_BEGUN, /* to begin: the same as in commit, as the last batch of any vault left it */
	PG_ROW,   /* to run, any number: u8 columns ‖ cells */
	PG_DONE,  /* to run, behind its rows; to commit and rollback: u64 rows that it changed */
	PG_FAIL,  /* in place of any of these: u8 enum pg_fail ‖ a sentence */
	PG__MAX
};

/* The claim of a hello: the store belongs to vaults with this owner from now on; the same, but only
 * where no davyd is connected that has claimed it. */
enum pg_claim { PG_CLAIM_NONE, PG_CLAIM_TAKE, PG_CLAIM_STILL, PG_CLAIM__MAX };

/* A cell: u8 kind, then for a number i64, for bytes and names u32 length ‖ bytes. */
enum pg_cell { PG_NULL, PG_NUMBER, PG_BYTES, PG_NAME, PG_CELL__MAX };

enum pg_fail {
	PG_FAIL_AWAY = 1, /* the server is away, or what it did is not known */
	PG_FAIL_AGAIN,    /* others were faster: the batch may be tried again */
	PG_FAIL_FULL,     /* its disk is full */
	PG_FAIL_REFUSED,  /* the store is not one that may be used */
	PG_FAIL_TAKEN,    /* somebody with another owner has opened it since */
	PG_FAIL_BROKEN,   /* it does not do what it should */
	PG_FAIL__MAX
};

struct pg_value {
	enum pg_cell kind;
	int64_t number;
	const uint8_t *bytes; /* borrowed */
	size_t len;
};

/* A cell from bytes; a kind that is none, and a name with a zero in it, are failures of b. */
void pg_value_get(struct buf *b, struct pg_value *out);
void pg_value_put(struct bufw *w, const struct pg_value *v);

/* Milliseconds of a clock that only goes forward, for deadlines. */
int64_t pg_now_ms(void);

/* Whole messages over a blocking stream socket. ERR_NET: the other side is gone, or has not
 * answered within the time; ERR_FORMAT: nonsense. ms -1: no limit. */
int pg_wire_send(int fd, enum pg_type type, const void *bytes, size_t len, int ms)
	__attribute__((warn_unused_result));
/* Into dst, which has PG_MSG_MAX bytes. */
int pg_wire_recv(int fd, enum pg_type *type, uint8_t *dst, size_t *len, int ms)
	__attribute__((warn_unused_result));

#endif
