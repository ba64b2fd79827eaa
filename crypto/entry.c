/* The plaintext of an entry (FORMATS.md section 6) and the registry of entry types (section
 * 7). It checks form and signature; what an entry means is decided in admin-cli/rules. crypto/
 * opens no file or connection, never logs and never exits. */
#include "crypto/entry.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/label.h"
#include "crypto/order.h"
#include "crypto/reward.h"
#include "crypto/text.h"

#include <sodium.h>
#include <string.h>

#define MAGIC "DVE1"

static const struct entry_name types[] = {
	{ ENTRY_TIP, "tip" },
	{ ENTRY_MESSAGE, "message" },
	{ ENTRY_ANSWER, "answer" },
	{ ENTRY_OBJECTION, "objection" },
	{ ENTRY_WITHDRAWAL, "withdrawal" },
	{ ENTRY_REWARD_CLAIM, "reward-claim" },
	{ ENTRY_ACKNOWLEDGE, "acknowledge" },
	{ ENTRY_REPLY, "reply" },
	{ ENTRY_NOTE, "note" },
	{ ENTRY_TRIAGE, "triage" },
	{ ENTRY_ABSTRACT, "abstract" },
	{ ENTRY_FORWARD, "forward" },
	{ ENTRY_REFERRAL, "referral" },
	{ ENTRY_PROPOSE, "propose" },
	{ ENTRY_COSIGN, "cosign" },
	{ ENTRY_RESTRICT, "restrict" },
	{ ENTRY_RECUSE, "recuse" },
	{ ENTRY_RESEAL, "reseal" },
	{ ENTRY_COUNTER, "counter" },
	{ ENTRY_HOLD, "hold" },
	{ ENTRY_CLAIM, "claim" },
	{ ENTRY_CLOSE, "close" },
	{ ENTRY_READ, "read" },
	{ ENTRY_CORRECTION, "correction" },
	{ ENTRY_BOOK_MOVE, "book-move" },
	{ ENTRY_LINK, "link" },
	{ ENTRY_JUNK, "junk" },
	{ ENTRY_OBJECT, "object" },
	{ ENTRY_ABOVE, "above" },
	{ ENTRY_SPLIT, "split" },
	{ ENTRY_FILE_KEYS, "file-keys" },
	{ ENTRY_EXTEND, "extend" },
	{ ENTRY_ORDER, "order" },
	{ ENTRY_ORDER_NOTE, "order-note" },
	{ ENTRY_ORDER_SEAL, "order-seal" },
	{ ENTRY_ORDER_APPROVE, "order-approve" },
	{ ENTRY_ORDER_ARM, "order-arm" },
	{ ENTRY_ORDER_RELEASE, "order-release" },
	{ ENTRY_DEPART, "depart" },
	{ ENTRY_ARRIVE, "arrive" },
	{ ENTRY_FINDINGS, "findings" },
	{ ENTRY_SIGN_OFF, "sign-off" },
	{ ENTRY_CANCEL, "cancel" },
	{ ENTRY_ABORT, "abort" },
	{ ENTRY_COMPROMISE, "compromise" },
	{ ENTRY_NEED, "need" },
	{ ENTRY_ORDER_HALF, "order-half" },
	{ ENTRY_ORDER_CODE, "order-code" },
	{ ENTRY_ORDER_SHARE, "order-share" },
	{ ENTRY_ORDER_TAKE, "order-take" },
	{ ENTRY_REPLAN, "replan" },
	{ ENTRY_PLAN, "plan" },
	{ ENTRY_PLAN_SHARE, "plan-share" },
	{ ENTRY_PLAN_REVEAL, "plan-reveal" },
	{ ENTRY_PLAN_RESULT, "plan-result" },
	{ ENTRY_CAMPAIGN, "campaign" },
	{ ENTRY_ROTA, "rota" },
	{ ENTRY_BOOK_NOTE, "book-note" },
	{ ENTRY_PLAN_ESCROW, "plan-escrow" },
	{ ENTRY_FINDING, "finding" },
	{ ENTRY_DECISION, "decision" },
	{ ENTRY_RECTIFY, "rectify" },
	{ ENTRY_CLAIM_FIXED, "claim-fixed" },
	{ ENTRY_REINSPECT, "reinspect" },
	{ ENTRY_STRIKE_OFF, "strike-off" },
	{ ENTRY_SUPERVISE, "supervise" },
	{ ENTRY_LOOK_BACK, "look-back" },
	{ ENTRY_SISTER, "sister" },
	{ ENTRY_ANOMALY, "anomaly" },
	{ ENTRY_SOFT_LOOK, "soft-look" },
	{ ENTRY_WARN, "warn" },
	{ ENTRY_PHOTO, "photo" },
	{ ENTRY_REWARD_ELIGIBLE, "reward-eligible" },
	{ ENTRY_REWARD_PAID, "reward-paid" },
	{ ENTRY_REWARD_BATCH, "reward-batch" },
	{ ENTRY_REWARD_CLAIMED, "reward-claimed" },
};
#define TYPE_CNT (sizeof(types) / sizeof(*types))

const char *
entry_name(uint16_t no)
{
	for (size_t i = 0; i < TYPE_CNT; i++)
		if (types[i].no == no)
			return types[i].name;
	return NULL;
}

const struct entry_name *
entry_name_table(size_t *cnt)
{
	*cnt = TYPE_CNT;
	return types;
}

static bool
place_ok(const struct entry *e)
{
	const struct order_place *place = order_place(e->number);
	if (e->type == ENTRY_PLAN_ESCROW)
		return e->number < FRAME_SHARES;
	if (e->type == ENTRY_ORDER_SHARE)
		return e->number >= ORDER_SHARED && e->number < ORDER_SHARED + ORDER_LAYERS;
	return place && place->type == e->type;
}

/*
 * A part of an order stands in the place that its type has, a share of a plan in that of its
 * author, and what was shared of a layer behind the parts. It is linked to nothing, because the
 * entry that lists the parts names their hashes. Nothing else stands in that thread.
 */
static bool
thread_ok(const struct entry *e)
{
	bool part = e->type == ENTRY_ORDER_HALF || e->type == ENTRY_ORDER_SEAL ||
		    e->type == ENTRY_ORDER_CODE || e->type == ENTRY_ORDER_SHARE ||
		    e->type == ENTRY_PLAN_ESCROW;
	if (e->thread != FRAME_PARTS)
		return e->thread <= FRAME_DESK && !part;
	return place_ok(e) && sodium_is_zero(e->prev, sizeof(e->prev)) &&
	       sodium_is_zero(e->seen, sizeof(e->seen));
}

bool
entry_opens(uint16_t type)
{
	return type == ENTRY_TIP || type == ENTRY_REWARD_CLAIM;
}

const uint8_t *
entry_source_key(const struct entry *entry)
{
	return entry_opens(entry->type) ? entry->binary : NULL;
}

const uint8_t *
entry_reward_blob(const struct entry *entry)
{
	return entry->type == ENTRY_TIP && entry->binary_len == REWARD_BINARY_LEN
		       ? entry->binary + KEY_SEAL_PUBLIC_LEN
		       : NULL;
}

static bool
binary_ok(const struct entry *e)
{
	if (e->type == ENTRY_TIP && e->binary_len == REWARD_BINARY_LEN)
		return true;
	return e->binary_len == (entry_opens(e->type) ? KEY_SEAL_PUBLIC_LEN : 0);
}

/* The head that a type requires. Unknown types may have any values. */
static int
type_check(const struct entry *e)
{
	if (e->type == 0 || e->type == ENTRY_READ || !thread_ok(e))
		return ERR_FORMAT;
	if (entry_name(e->type) == NULL)
		return 0;
	if (!binary_ok(e))
		return ERR_FORMAT;
	if (entry_opens(e->type) &&
	    (e->thread != 0 || e->number != 0 || !sodium_is_zero(e->prev, sizeof(e->prev)) ||
	     !sodium_is_zero(e->seen, sizeof(e->seen))))
		return ERR_FORMAT;
	/* A source says no hour: the seized file of an opened entry must not tell when she wrote.
	 */
	if (e->type < ENTRY_ACKNOWLEDGE && e->hour)
		return ERR_FORMAT;
	if ((e->type == ENTRY_REPLY) != (e->number == ENTRY_NO_NUMBER))
		return ERR_FORMAT;
	return 0;
}

/* The JSON must be an object. Its contents are checked by the reader, not here. */
static int
json_check(const char *json, size_t len)
{
	if (len < 2 || json[0] != '{' || json[len - 1] != '}')
		return ERR_FORMAT;
	return text_utf8(json, len);
}

int
entry_decode(struct entry *out, const uint8_t plain[static ENTRY_LEN])
{
	struct buf b;
	uint8_t magic[4] = { 0 };
	memset(out, 0, sizeof(*out));
	buf_init(&b, plain, ENTRY_SIGNED_LEN);
	buf_bytes(&b, magic, sizeof(magic), 4);
	out->type = buf_u16(&b);
	buf_zero(&b, 2);
	buf_bytes(&b, out->gateway, sizeof(out->gateway), KEY_ID_LEN);
	buf_bytes(&b, out->id, sizeof(out->id), KEY_ID_LEN);
	out->thread = buf_u8(&b);
	buf_zero(&b, 3);
	out->number = buf_u32(&b);
	buf_bytes(&b, out->prev, sizeof(out->prev), 32);
	buf_bytes(&b, out->seen, sizeof(out->seen), 32);
	buf_bytes(&b, out->roster, sizeof(out->roster), 32);
	buf_bytes(&b, out->recipient, sizeof(out->recipient), sizeof(out->recipient));
	buf_bytes(&b, out->author, sizeof(out->author), KEY_SIGN_PUBLIC_LEN);
	out->hour = buf_u32(&b);
	out->binary_len = buf_u16(&b);
	out->json_len = buf_u16(&b);
	out->binary = buf_take(&b, out->binary_len);
	out->json = (const char *)buf_take(&b, out->json_len);
	buf_zero(&b, b.left);
	int err = buf_end(&b);
	if (!err && memcmp(magic, MAGIC, 4) != 0)
		err = ERR_FORMAT;
	if (!err)
		err = type_check(out);
	if (!err)
		err = json_check(out->json, out->json_len);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

#define MESSAGE_LEN (LABEL_LEN(LABEL_ENTRY) + ENTRY_SIGNED_LEN)

static void
message(uint8_t msg[static MESSAGE_LEN], const uint8_t *plain)
{
	memcpy(msg, LABEL_ENTRY, LABEL_LEN(LABEL_ENTRY));
	memcpy(msg + LABEL_LEN(LABEL_ENTRY), plain, ENTRY_SIGNED_LEN);
}

int
entry_parse(struct entry *out, const uint8_t plain[static ENTRY_LEN])
{
	uint8_t msg[MESSAGE_LEN];
	int err = entry_decode(out, plain);
	if (err)
		return err;
	message(msg, plain);
	if (crypto_sign_verify_detached(plain + ENTRY_SIGNED_LEN, msg, sizeof(msg), out->author) !=
	    0) {
		err = ERR_AUTH;
		memset(out, 0, sizeof(*out));
	}
	sodium_memzero(msg, sizeof(msg));
	return err;
}

static int
entry_lay_out(uint8_t *plain, const struct entry *e, const struct key_sign *key)
{
	struct bufw w;
	bufw_init(&w, plain, ENTRY_LEN);
	bufw_text(&w, MAGIC);
	bufw_u16(&w, e->type);
	bufw_zero(&w, 2);
	bufw_bytes(&w, e->gateway, KEY_ID_LEN);
	bufw_bytes(&w, e->id, KEY_ID_LEN);
	bufw_u8(&w, e->thread);
	bufw_zero(&w, 3);
	bufw_u32(&w, e->number);
	bufw_bytes(&w, e->prev, 32);
	bufw_bytes(&w, e->seen, 32);
	bufw_bytes(&w, e->roster, 32);
	bufw_bytes(&w, e->recipient, sizeof(e->recipient));
	bufw_bytes(&w, key->bytes + KEY_SIGN_SEED_LEN, KEY_SIGN_PUBLIC_LEN);
	bufw_u32(&w, e->hour);
	bufw_u16(&w, (uint16_t)e->binary_len);
	bufw_u16(&w, (uint16_t)e->json_len);
	bufw_bytes(&w, e->binary, e->binary_len);
	bufw_bytes(&w, e->json, e->json_len);
	bufw_zero_to(&w, ENTRY_LEN);
	return bufw_end(&w) ? ERR_RANGE : 0;
}

int
entry_build(uint8_t plain[static ENTRY_LEN], const struct entry *entry, const struct key_sign *key)
{
	struct entry back;
	uint8_t msg[MESSAGE_LEN];
	if (entry->binary_len > ENTRY_ROOM || entry->json_len > ENTRY_ROOM - entry->binary_len)
		return ERR_RANGE;
	int err = entry_lay_out(plain, entry, key);
	if (!err)
		err = entry_decode(&back, plain);
	if (err) {
		sodium_memzero(plain, ENTRY_LEN);
		return err == ERR_FORMAT ? ERR_ARG : err;
	}
	message(msg, plain);
	crypto_sign_detached(plain + ENTRY_SIGNED_LEN, NULL, msg, sizeof(msg), key->bytes);
	sodium_memzero(msg, sizeof(msg));
	return 0;
}
