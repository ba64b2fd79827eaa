/* The plaintext of an entry (FORMATS.md section 6) and the registry of entry types (section
 * 7). */
#ifndef CRYPTO_ENTRY_H
#define CRYPTO_ENTRY_H

#include "crypto/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENTRY_LEN           9798
#define ENTRY_SIGNED_LEN    9734
#define ENTRY_HEAD_LEN      312
#define ENTRY_ROOM          9422 /* binary part and JSON together */
#define ENTRY_RECIPIENT_CNT 4
#define ENTRY_NO_NUMBER     0xffffffffu

enum entry_no {
	ENTRY_TIP = 1,
	ENTRY_MESSAGE,
	ENTRY_ANSWER,
	ENTRY_OBJECTION,
	ENTRY_WITHDRAWAL,
	ENTRY_REWARD_CLAIM,
	ENTRY_ACKNOWLEDGE = 16,
	ENTRY_REPLY,
	ENTRY_NOTE,
	ENTRY_TRIAGE,
	ENTRY_ABSTRACT,
	ENTRY_FORWARD,
	ENTRY_REFERRAL,
	ENTRY_PROPOSE,
	ENTRY_COSIGN,
	ENTRY_RESTRICT,
	ENTRY_RECUSE,
	ENTRY_RESEAL,
	ENTRY_COUNTER,
	ENTRY_HOLD,
	ENTRY_CLAIM,
	ENTRY_CLOSE,
	ENTRY_READ,
	ENTRY_CORRECTION,
	ENTRY_BOOK_MOVE = 34,
	ENTRY_LINK = 35,
	ENTRY_JUNK = 36,
	ENTRY_OBJECT = 37,
	ENTRY_ABOVE,
	ENTRY_SPLIT,
	ENTRY_FILE_KEYS,
	ENTRY_EXTEND,
	ENTRY_ORDER = 64,
	ENTRY_ORDER_NOTE = 66,
	ENTRY_ORDER_SEAL,
	ENTRY_ORDER_APPROVE,
	ENTRY_ORDER_ARM,
	ENTRY_ORDER_RELEASE,
	ENTRY_DEPART,
	ENTRY_ARRIVE,
	ENTRY_FINDINGS,
	ENTRY_SIGN_OFF,
	ENTRY_CANCEL,
	ENTRY_ABORT,
	ENTRY_COMPROMISE,
	ENTRY_NEED = 78,
	ENTRY_ORDER_HALF = 80,
	ENTRY_ORDER_CODE,
	ENTRY_ORDER_SHARE,
	ENTRY_ORDER_TAKE,
	ENTRY_REPLAN = 85,
	ENTRY_PLAN,
	ENTRY_PLAN_SHARE,
	ENTRY_PLAN_REVEAL,
	ENTRY_PLAN_RESULT,
	ENTRY_CAMPAIGN = 90,
	ENTRY_ROTA = 91,
	ENTRY_BOOK_NOTE = 92,
	ENTRY_PLAN_ESCROW,
	ENTRY_FINDING = 96,
	ENTRY_DECISION,
	ENTRY_RECTIFY,
	ENTRY_CLAIM_FIXED,
	ENTRY_REINSPECT,
	ENTRY_STRIKE_OFF,
	ENTRY_SUPERVISE,
	ENTRY_LOOK_BACK,
	ENTRY_SISTER,
	ENTRY_ANOMALY,
	ENTRY_SOFT_LOOK,
	ENTRY_WARN = 109,
	ENTRY_PHOTO = 110,
	ENTRY_REWARD_ELIGIBLE = 112,
	ENTRY_REWARD_PAID,
	ENTRY_REWARD_BATCH,
	ENTRY_REWARD_CLAIMED
};

struct entry_name {
	uint16_t no;
	const char *name;
};

struct entry {
	uint16_t type;
	uint8_t gateway[KEY_ID_LEN];
	uint8_t id[KEY_ID_LEN];
	uint8_t thread; /* 0 source, 1 desk, 4 parts of an order or a plan */
	uint32_t number;
	uint8_t prev[32], seen[32], roster[32];
	uint8_t recipient[ENTRY_RECIPIENT_CNT]
			 [32];               /* SHA-256 of the X-Wing public keys in stanza order */
	uint8_t author[KEY_SIGN_PUBLIC_LEN]; /* set by entry_build */
	uint32_t hour;
	const uint8_t *binary; /* borrowed; see entry_source_key() */
	size_t binary_len;
	const char *json; /* borrowed, not terminated */
	size_t json_len;
};

/* The name of a type, or NULL for a number that this version does not know. Such an entry is kept,
 * and it changes nothing. */
const char *entry_name(uint16_t no);
/* The whole registry, by number; *cnt is its length. */
const struct entry_name *entry_name_table(size_t *cnt);

/* Whether a source's log begins with an entry of this type: a tip, or the claim of a reward. */
bool entry_opens(uint16_t type);
/* The source's X-Wing public key, KEY_SEAL_PUBLIC_LEN bytes, in an entry that opens her log; NULL
 * in any other. */
const uint8_t *entry_source_key(const struct entry *entry);
/* The blob for the reward desk in a tip (reward.h), REWARD_BLOB_LEN bytes, or NULL. */
const uint8_t *entry_reward_blob(const struct entry *entry);

/* Checks layout and signature; the borrowed pointers point into plain. ERR_FORMAT, ERR_UTF8,
 * or ERR_AUTH for the signature. */
int entry_parse(struct entry *out, const uint8_t plain[static ENTRY_LEN])
	__attribute__((warn_unused_result));
/* Checks only the layout. */
int entry_decode(struct entry *out, const uint8_t plain[static ENTRY_LEN])
	__attribute__((warn_unused_result));
/* Lays out and signs an entry. ERR_RANGE if it does not fit, ERR_UTF8, ERR_ARG if entry_decode
 * would refuse it. */
int entry_build(uint8_t plain[static ENTRY_LEN], const struct entry *entry,
		const struct key_sign *key) __attribute__((warn_unused_result));

#endif
