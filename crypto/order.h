/*
 * Sealed orders (FORMATS.md section 17): an inspection whose content nobody reads before its hour.
 *
 * Shapes. An order has three layers, and what opens layer i has two halves: a code of 30 digits,
 * which the A side holds and may speak over the telephone, and 16 bytes, which the B side holds.
 * Neither side alone can make the key. What the order says lies in parts: sealed entries, each in a
 * place of its own of thread 4. Who writes a place and to whom it is sealed says order_place().
 * Units. All times are unix hours. Handles, ids and hashes are plain bytes.
 * Errors. Functions that can fail return 0 or an error that stands beside them, and leave zeros.
 *
 * order.c makes keys and is in no gateway; order_hour.c needs no secret, and the gateway decides by
 * it; order_body.c writes and reads the bodies that have one form only.
 */
#ifndef CRYPTO_ORDER_H
#define CRYPTO_ORDER_H

#include "crypto/buf.h"
#include "crypto/key.h"
#include "crypto/receipt.h"
#include "crypto/xwing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry; /* entry.h */

#define ORDER_LAYERS   3
#define ORDER_PERSONS  4 /* of a side at most, deputies included */
#define ORDER_LEAST    2 /* and at least */
#define ORDER_HALF_LEN 16
#define ORDER_LATE_LEN 16
#define ORDER_SALT_LEN 16
#define ORDER_END_LEN  5
#define ORDER_BODY_MAX 2048 /* of each body of order_body.c */

/* Places of thread 4. */
#define ORDER_HALF_A  0
#define ORDER_HALF_B  1
#define ORDER_LAYER   2 /* and the two behind it */
#define ORDER_CODE    5 /* and the two behind it */
#define ORDER_PLANNED 5 /* so many does the planner write */
#define ORDER_PLACES  8
#define ORDER_SHARED  8 /* and the two behind it: files, which the gateway takes from nobody */

#define ORDER_AHEAD_HOURS (60 * 24) /* an order begins no later than this after its sealing */
#define ORDER_OVER_HOURS  72        /* behind the first hour: then nothing is taken any more */
#define ORDER_READ_HOURS  168       /* behind it: then the desks have the layers */
#define ORDER_KEEP_HOURS  (168 + 90 * 24) /* behind it: then their bytes are removed */

enum order_who { ORDER_PLANNER, ORDER_A, ORDER_B, ORDER_LAYER_KEY };

/* What stands in a place: the type of the entry, who writes it, and whose keys open it. */
struct order_place {
	uint16_t type;
	uint8_t by, to; /* enum order_who */
	uint8_t layer;  /* of layers and codes */
};

/* From which hour each layer opens; the salt hides the later two in their commitment. */
struct order_hours {
	uint32_t open[ORDER_LAYERS];
	uint8_t salt[ORDER_SALT_LEN];
};

enum order_time { ORDER_EARLY, ORDER_NOW, ORDER_OVER };

/* NULL for a number that is no place. */
const struct order_place *order_place(uint32_t number);
/* The commitment to the later two hours, by which the gateway knows them once they are shown. */
void order_late(uint8_t out[static ORDER_LATE_LEN], const struct order_hours *hours);
/* Whether the hours ascend within the time of the order. */
bool order_hours_ok(const struct order_hours *hours);
/* Whether what opens at that hour may be taken now, in an order that begins at hour0. */
enum order_time order_time(uint32_t hour0, uint32_t opens, uint32_t now);

/* Hours and a new salt of an order that begins at hour0 for a departure at that hour, which lies in
 * [hour0 + 24, hour0 + 48); or hour0 itself: then all opens at once. ERR_RANGE. */
int order_hours_new(struct order_hours *out, uint32_t hour0, uint32_t departure)
	__attribute__((warn_unused_result));
/* The hour at which an order is sealed, whatever it says: uniform in [hour0 - 36, hour0 - 12). */
uint32_t order_seal_hour(uint32_t hour0);

struct order_half {
	uint8_t b[ORDER_HALF_LEN];
};
/* The half of a side: the A side's has codes, the B side's bytes. Both carry the hashes of the
 * layers' public keys, so that each side sees what a half is for before it is used. */
struct order_halves {
	struct receipt code[ORDER_LAYERS];
	struct order_half half[ORDER_LAYERS];
	uint8_t layer[ORDER_LAYERS][32];
};

/* Draws codes and halves, and makes the keys of the layers of that order; out->layer has the hashes
 * of `pk`. The caller wipes *out. ERR_INTERNAL. */
int order_halves_new(struct order_halves *out, struct xwing_public pk[static ORDER_LAYERS],
		     const uint8_t id[static KEY_ID_LEN]) __attribute__((warn_unused_result));
/* The secret of a layer. ERR_ARG where there is no such layer. */
int order_layer_secret(struct xwing_secret *out, const struct receipt *code,
		       const struct order_half *half, const uint8_t id[static KEY_ID_LEN],
		       unsigned layer) __attribute__((warn_unused_result));
/* Finds the layer that a code is for, among the halves and hashes of the B side: 0 and its secret,
 * or ERR_NOT_FOUND: it is a code of another order. */
int order_code_find(struct xwing_secret *out, unsigned *layer, const struct receipt *code,
		    const struct order_halves *b, const uint8_t id[static KEY_ID_LEN])
	__attribute__((warn_unused_result));
/* Five digits and a zero, which two people compare by voice: the end of the desk thread as each has
 * it, the number of its last entry and the hash of its sealed bytes. */
void order_end(char out[static ORDER_END_LEN + 1], const uint8_t id[static KEY_ID_LEN],
	       uint32_t number, const uint8_t hash[static 32]);
/* Fills the head of a part: type, thread, number; prev and seen are zero. ERR_RANGE. */
int order_part_head(struct entry *out, uint32_t place) __attribute__((warn_unused_result));
/* The same of a layer that one of the B side hands to others of his desk. ERR_RANGE. */
int order_share_head(struct entry *out, unsigned layer) __attribute__((warn_unused_result));

/* The first entry of an order: whom it names and what its parts are, and nothing of what it says.
 */
struct order_head {
	uint32_t hour0;
	uint8_t late[ORDER_LATE_LEN];
	unsigned a_cnt, b_cnt;
	uint8_t handle[2 * ORDER_PERSONS][KEY_HANDLE_LEN]; /* the A side's, then the B side's */
	uint8_t key[2 * ORDER_PERSONS][32];                /* SHA-256 of each one's seal key */
	uint8_t part[ORDER_PLANNED][32];                   /* SHA-256 of the sealed bytes */
	uint8_t layer[ORDER_LAYERS][32];                   /* SHA-256 of the public keys */
};

/*
 * Bodies with one form: the readers accept what the printers write and nothing else, so that no
 * two orders differ in them by more than their numbers. Print: ERR_ARG where the reader would
 * refuse it, ERR_FULL. Read: ERR_FORMAT; ERR_AUTH for a code whose check digit is wrong.
 */
int order_head_print(struct bufw *w, const struct order_head *head)
	__attribute__((warn_unused_result));
int order_head_read(struct order_head *out, const char *json, size_t len)
	__attribute__((warn_unused_result));
/* Of one side: ORDER_A has the codes, ORDER_B the halves; the others are zero. */
int order_halves_print(struct bufw *w, const struct order_halves *halves, enum order_who side)
	__attribute__((warn_unused_result));
int order_halves_read(struct order_halves *out, enum order_who side, const char *json, size_t len)
	__attribute__((warn_unused_result));
/* The code of one layer, as the A side gives it to the B side, and the end of the desk thread that
 * its author saw. */
struct order_code {
	struct receipt code;
	unsigned layer;
	uint32_t number;
	uint8_t hash[32];
};
int order_code_print(struct bufw *w, const struct order_code *code)
	__attribute__((warn_unused_result));
int order_code_read(struct order_code *out, const char *json, size_t len)
	__attribute__((warn_unused_result));

#endif
