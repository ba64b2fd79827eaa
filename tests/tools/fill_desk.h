/* What fill_desk.c holds while it fills: people, what it has made, the workspace that it writes. */
#ifndef TESTS_FILL_DESK_H
#define TESTS_FILL_DESK_H

#include <sqlite3.h>

#include "crypto/age_header.h"
#include "crypto/buf.h"
#include "crypto/bundle.h"
#include "crypto/card.h"
#include "crypto/frame.h"
#include "crypto/key.h"
#include "crypto/record.h"
#include "crypto/seal.h"
#include "crypto/xwing.h"

#define DESK    1
#define COUNTY  "990102" /* a tip that is kept from the levels up to LEVEL there goes to DESK */
#define LEVEL   1
#define AT_ONCE 2000
#define WORKERS 2 /* processes that seal */
#define VALUE   20000

#define HEAD_LEN  4    /* of an id */
#define HEADS_CNT 1024 /* in a record */
#define SHELF_CNT 16   /* cases in a record */
#define TAG_LEN   16

enum {
	KIND_CASE = 5,
	KIND_ENTRY = 6,
	KIND_READS = 7,
	KIND_OPENED = 10,
	KIND_HEADS = 13,
	KIND_PLACE = 22,
	KIND_CNT
};

struct person {
	struct key_sign sign;
	uint8_t handle[KEY_HANDLE_LEN];
	uint8_t root[RECORD_ROOT_LEN]; /* of the keys of the workspace */
	struct xwing_secret desk;      /* the newest epoch secret of DESK */
};

struct made {
	uint8_t id[KEY_ID_LEN], proof[32], stub[FRAME_STUB_LEN];
	uint8_t tip[FRAME_BODY_LEN], note[FRAME_BODY_LEN];
	struct age_file_key file_key; /* of the tip */
	uint8_t stanza, dummies;      /* DESK's place; the places of nobody, as bits */
};

struct fill {
	struct person reader, author;
	struct card_gateway card;
	struct bundle bundle;
	struct seal_set set;
	struct xwing_public source;
	struct record_keys keys;
	uint32_t day;
	size_t cnt;
	struct made *made;
	uint8_t *heads; /* of the ids of the cases that were put into the workspace */
	size_t case_cnt;
	uint8_t shelf[VALUE]; /* cases that are not written yet */
	struct bufw on_shelf;
	sqlite3 *db;                 /* the workspace */
	sqlite3_stmt *put[KIND_CNT]; /* by kind; NULL: not used yet */
};

#endif
