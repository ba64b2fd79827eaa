/* The members of the bodies of entries, by which schema.c checks them (FORMATS §7). */
#include "admin-cli/rules/entry_field.h"

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/conflict.h"
#include "crypto/entry.h"
#include "crypto/order.h"
#include "crypto/reward.h"

#define PLAN_SLOTS 2000

const struct entry_field tip_fields[] = {
	{ .name = "lang", .kind = FIELD_TEXT, .max = 16 },
	{ .name = "danger_now", .kind = FIELD_BOOL },
	{ .name = "tile", .kind = FIELD_NUMBER, .needed = true, .max = 255 },
	{ .name = "county", .kind = FIELD_COUNTY, .needed = true },
	{ .name = "where", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ .name = "what", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ .name = "inside", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ .name = "when_visible", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "still_on", .kind = FIELD_TEXT, .max = 32 },
	{ .name = "people_band", .kind = FIELD_TEXT, .max = 32 },
	{ .name = "hiding", .kind = FIELD_WORDS, .max = 32 },
	{ .name = "hiding_text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ .name = "check_how", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ .name = "keep_from", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "keep_from_text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ .name = "act_care", .kind = FIELD_TEXT, .max = 32 },
	{ .name = "basis", .kind = FIELD_TEXT, .max = 32 },
	{ .name = "taken", .kind = FIELD_TEXT, .max = 16 }, /* typed by staff, and how it came */
	{ .name = "media", .kind = FIELD_MEDIA, .max = 8 },
	{ 0 },
};

/* What a source says after the tip. */
const struct entry_field talk_fields[] = {
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ .name = "media", .kind = FIELD_MEDIA, .max = 8 },
	{ 0 },
};

const struct entry_field reply_fields[] = {
	{ .name = "status", .kind = FIELD_CODE, .needed = true, .axis = TAXONOMY_STATUS },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ .name = "question", .kind = FIELD_BOOL },
	{ .name = "dummy", .kind = FIELD_BOOL },
	{ 0 },
};

const struct entry_field empty_fields[] = { { 0 } };

const struct entry_field claim_fields[] = {
	{ .name = "until", .kind = FIELD_NUMBER, .needed = true, .max = UINT32_MAX },
	{ 0 },
};

const struct entry_field text_fields[] = {
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ 0 },
};

const struct entry_field traced_note_fields[] = {
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ .name = "paper", .kind = FIELD_TEXT, .max = 32 }, /* printed, or a photo looked at */
	{ .name = "shared", .kind = FIELD_WORDS, .max = ORDER_PERSONS }, /* with these handles */
	{ 0 },
};

const struct entry_field triage_fields[] = {
	{ .name = "move", .kind = FIELD_TEXT, .needed = true, .max = 32 },
	{ .name = "outcome", .kind = FIELD_CODE, .axis = TAXONOMY_OUTCOME },
	CLASS_FIELDS,
	{ .name = "result", .kind = FIELD_CODE, .axis = TAXONOMY_RESULT },
	{ .name = "voice", .kind = FIELD_BOOL },
	{ .name = "question", .kind = FIELD_HEX, .max = 32 },
	{ .name = "into", .kind = FIELD_HEX, .max = 16 },
	{ .name = "target", .kind = FIELD_TEXT, .max = 400 },
	{ .name = "target_state", .kind = FIELD_CODE, .axis = TAXONOMY_STATE },
	{ .name = "report", .kind = FIELD_HEX, .max = 32 },
	{ .name = "no_leak", .kind = FIELD_BOOL },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

const struct entry_field correction_fields[] = {
	CLASS_FIELDS,
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ 0 },
};

const struct entry_field link_fields[] = {
	{ .name = "into", .kind = FIELD_HEX, .needed = true, .max = 16 },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

const struct entry_field reseal_fields[] = {
	{ .name = "to",
	  .kind = FIELD_WORDS,
	  .needed = true,
	  .max = FOLD_GIVEN }, /* handles in hex */
	{ .name = "text", .kind = FIELD_TEXT, .max = 2000 },
	{ 0 },
};

const struct entry_field file_keys_fields[] = {
	{ .name = "to", .kind = FIELD_HEX, .needed = true, .max = 8 },
	{ .name = "keys",
	  .kind = FIELD_WORDS,
	  .needed = true,
	  .max = FOLD_KEYS }, /* hash and key */
	{ 0 },
};

const struct entry_field restrict_fields[] = {
	{ .name = "hidden", .kind = FIELD_WORDS, .max = FOLD_HIDDEN }, /* handles in hex */
	{ .name = "lift", .kind = FIELD_BOOL },
	{ .name = "text", .kind = FIELD_TEXT, .max = 2000 },
	{ 0 },
};

/* A rota, a declared conflict, and what else is sealed to single members; "sheet" is checked by
 * rules/conflict.c. */
const struct entry_field rota_fields[] = {
	{ .name = "what", .kind = FIELD_TEXT, .needed = true, .max = 16 },
	{ .name = "from", .kind = FIELD_DAY },
	{ .name = "until", .kind = FIELD_DAY, .needed = true },
	{ .name = "pair", .kind = FIELD_WORDS, .max = 2 },
	{ .name = "deputy", .kind = FIELD_WORDS, .max = 2 },
	{ .name = "seed", .kind = FIELD_HEX, .max = CONFLICT_SEED },
	{ .name = "nth", .kind = FIELD_NUMBER, .max = CONFLICT_NTH },
	{ .name = "kind", .kind = FIELD_TEXT, .max = 16 },
	{ .name = "area", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "body", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "site", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "case", .kind = FIELD_HEX, .max = 16 },
	{ .name = "member", .kind = FIELD_HEX, .max = 8 },
	{ .name = "book", .kind = FIELD_HEX, .max = 16 },
	{ .name = "day", .kind = FIELD_DAY },
	{ .name = "text", .kind = FIELD_TEXT, .max = 1000 },
	{ 0 },
};

const struct entry_field hold_fields[] = {
	{ .name = "set", .kind = FIELD_BOOL, .needed = true },
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ 0 },
};

/* What an abstract says. `must`: text and hazards are needed. */
#define ABSTRACT_FIELDS(must)                                                                      \
	{ .name = "text", .kind = FIELD_TEXT, .needed = must, .max = ENTRY_ROOM },                 \
		{ .name = "hazard",                                                                \
		  .kind = FIELD_CODES,                                                             \
		  .needed = must,                                                                  \
		  .max = FOLD_HAZARDS,                                                             \
		  .axis = TAXONOMY_HAZARD },                                                       \
		{ .name = "sector", .kind = FIELD_CODE, .axis = TAXONOMY_SECTOR },                 \
		{ .name = "knower", .kind = FIELD_CODE, .axis = TAXONOMY_KNOWER },                 \
		{ .name = "window", .kind = FIELD_TEXT, .max = 1000 },                             \
		{ .name = "access", .kind = FIELD_TEXT, .max = 2000 },                             \
		{ .name = "cover", .kind = FIELD_TEXT, .max = 1000 },                              \
		{ .name = "county", .kind = FIELD_COUNTY },                                        \
		{ .name = "level", .kind = FIELD_NUMBER, .max = 4 },                               \
		{ .name = "keep_from", .kind = FIELD_WORDS, .max = 16 },                           \
		{ .name = "seed", .kind = FIELD_HEX, .max = 32 },                                  \
		{ .name = "waived", .kind = FIELD_WORDS, .max = 16 },                              \
	{                                                                                          \
		.name = "why", .kind = FIELD_TEXT, .max = 400                                      \
	}

const struct entry_field abstract_fields[] = {
	ABSTRACT_FIELDS(true),
	{ 0 },
};

/* A need carries an abstract; a blank one carries nothing. */
const struct entry_field need_fields[] = {
	ABSTRACT_FIELDS(false),
	{ .name = "blank", .kind = FIELD_BOOL },
	{ 0 },
};

const struct entry_field referral_fields[] = {
	{ .name = "kind", .kind = FIELD_TEXT, .needed = true, .max = 16 },
	{ .name = "target", .kind = FIELD_TEXT, .needed = true, .max = 400 },
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ .name = "case", .kind = FIELD_HEX, .max = 16 },
	{ .name = "tier", .kind = FIELD_TEXT, .max = 8 },
	{ .name = "post", .kind = FIELD_TEXT, .max = 400 },
	{ .name = "named", .kind = FIELD_CODE, .axis = TAXONOMY_POST },
	{ .name = "reason", .kind = FIELD_WORDS, .max = 7 },
	{ .name = "evidence", .kind = FIELD_TEXT, .max = 2000 },
	{ .name = "reported", .kind = FIELD_DAY },
	{ .name = "signed_off", .kind = FIELD_DAY },
	{ .name = "county", .kind = FIELD_COUNTY },
	{ .name = "cases", .kind = FIELD_IDS, .max = 16 },
	{ .name = "findings", .kind = FIELD_WORDS, .max = 16 }, /* by their hashes */
	{ .name = "posts", .kind = FIELD_WORDS, .max = 12 },
	{ 0 },
};

const struct entry_field campaign_fields[] = {
	{ .name = "name", .kind = FIELD_TEXT, .needed = true, .max = 200 },
	{ .name = "name_en", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "issuer", .kind = FIELD_TEXT, .needed = true, .max = 200 },
	{ .name = "basis", .kind = FIELD_TEXT, .needed = true, .max = 400 },
	{ .name = "from", .kind = FIELD_DAY, .needed = true },
	{ .name = "until", .kind = FIELD_DAY, .needed = true },
	{ .name = "scope", .kind = FIELD_TEXT, .max = 1000 },
	{ .name = "quota", .kind = FIELD_NUMBER, .max = 100000 }, /* visits */
	{ .name = "checklist", .kind = FIELD_CODES, .max = 30, .axis = TAXONOMY_HAZARD },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

/* A step of a referral, a campaign or a need. */
const struct entry_field book_move_fields[] = {
	{ .name = "move", .kind = FIELD_TEXT, .needed = true, .max = 32 },
	{ .name = "receipt", .kind = FIELD_TEXT, .max = 400 },
	{ .name = "outcome", .kind = FIELD_TEXT, .max = 2000 },
	{ .name = "answered", .kind = FIELD_BOOL },
	{ .name = "read", .kind = FIELD_BOOL },
	{ .name = "until", .kind = FIELD_DAY },
	{ .name = "result", .kind = FIELD_CODE, .axis = TAXONOMY_RESULT },
	{ .name = "visits", .kind = FIELD_NUMBER, .max = 99 },
	{ .name = "findings", .kind = FIELD_WORDS, .max = FOLD_FINDINGS }, /* their hashes */
	{ .name = "anomaly", .kind = FIELD_BOOL },
	/* Of a need: by the register of a plan. */
	{ .name = "site", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "plan", .kind = FIELD_HEX, .max = 32 },
	{ .name = "urgent", .kind = FIELD_BOOL },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

const struct entry_field forward_fields[] = {
	{ .name = "order", .kind = FIELD_HEX, .needed = true, .max = 16 },
	{ .name = "desk", .kind = FIELD_NUMBER, .needed = true, .max = 65535 },
	{ .name = "abstract", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ 0 },
};

const struct entry_field split_fields[] = {
	{ .name = "part",
	  .kind = FIELD_CODES,
	  .needed = true,
	  .max = FOLD_HAZARDS,
	  .axis = TAXONOMY_HAZARD },
	{ .name = "hazard",
	  .kind = FIELD_CODES,
	  .needed = true,
	  .max = FOLD_HAZARDS,
	  .axis = TAXONOMY_HAZARD },
	{ .name = "to", .kind = FIELD_CODE, .needed = true, .axis = TAXONOMY_SPLIT_TO },
	{ .name = "desk", .kind = FIELD_NUMBER, .max = 65535 },
	{ .name = "order", .kind = FIELD_HEX, .max = 16 },
	{ .name = "abstract", .kind = FIELD_HEX, .max = 32 },
	{ .name = "into", .kind = FIELD_HEX, .max = 16 },
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ 0 },
};

const struct entry_field propose_fields[] = {
	{ .name = "type", .kind = FIELD_TEXT, .needed = true, .max = 32 },
	{ .name = "body", .kind = FIELD_INNER, .needed = true },
	{ 0 },
};

const struct entry_field cosign_fields[] = {
	{ .name = "proposal", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ 0 },
};

/* The first entry of a visit under seal ("hours" and what follows it), or of an order that an
 * integrity desk reads, which carries the abstract; fold_rule_order() asks for one of them whole.
 */
const struct entry_field order_fields[] = {
	{ .name = "hours", .kind = FIELD_NUMBER, .max = UINT32_MAX },
	{ .name = "late", .kind = FIELD_HEX, .max = 16 },
	{ .name = "a", .kind = FIELD_WORDS, .max = FOLD_SIDE },
	{ .name = "b", .kind = FIELD_WORDS, .max = FOLD_SIDE },
	{ .name = "keys", .kind = FIELD_WORDS, .max = 2 * FOLD_SIDE },
	{ .name = "parts", .kind = FIELD_WORDS, .max = 5 },
	{ .name = "layers", .kind = FIELD_WORDS, .max = FOLD_LAYERS },
	ABSTRACT_FIELDS(false),
	{ 0 },
};

/* Parts of a sealed order; rules/order_part.h says what each has beside. */
const struct entry_field layer_fields[] = {
	{ .name = "layer", .kind = FIELD_NUMBER, .needed = true, .max = FOLD_LAYERS - 1 },
	{ 0 },
};

const struct entry_field half_fields[] = {
	{ .name = "layers", .kind = FIELD_WORDS, .needed = true, .max = FOLD_LAYERS },
	{ 0 },
};

const struct entry_field code_fields[] = {
	{ .name = "layer", .kind = FIELD_NUMBER, .needed = true, .max = FOLD_LAYERS - 1 },
	{ .name = "code", .kind = FIELD_TEXT, .needed = true, .max = 30 },
	{ 0 },
};

const struct entry_field approve_fields[] = {
	{ .name = "order", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ 0 },
};

const struct entry_field arm_fields[] = {
	{ .name = "stands", .kind = FIELD_BOOL, .needed = true },
	{ 0 },
};

const struct entry_field release_fields[] = {
	{ .name = "layer", .kind = FIELD_NUMBER, .needed = true, .max = FOLD_LAYERS - 1 },
	{ .name = "how", .kind = FIELD_TEXT, .needed = true, .max = 8 }, /* sealed, spoken */
	{ .name = "number", .kind = FIELD_NUMBER, .max = UINT32_MAX }, /* of the last entry seen */
	{ .name = "end", .kind = FIELD_TEXT, .max = 8 },               /* five digits of its hash */
	{ 0 },
};

const struct entry_field take_fields[] = {
	{ .name = "layer", .kind = FIELD_NUMBER, .needed = true, .max = FOLD_LAYERS - 1 },
	{ 0 },
};

const struct entry_field depart_fields[] = {
	{ .name = "standby", .kind = FIELD_BOOL },
	{ .name = "bagged", .kind = FIELD_NUMBER, .max = 99 },
	{ .name = "people", .kind = FIELD_WORDS, .max = FOLD_TEAM }, /* handles */
	{ .name = "papers", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "skipped", .kind = FIELD_WORDS, .max = FOLD_TEAM }, /* who, and why */
	{ .name = "text", .kind = FIELD_TEXT, .max = 1000 },
	{ 0 },
};

const struct entry_field arrive_fields[] = {
	{ .name = "as", .kind = FIELD_CODE, .needed = true, .axis = TAXONOMY_ORDER_KIND },
	{ .name = "at", .kind = FIELD_NUMBER, .max = UINT32_MAX },
	{ .name = "site", .kind = FIELD_TEXT, .max = 64 },
	{ .name = "county", .kind = FIELD_COUNTY },
	{ .name = "seeds", .kind = FIELD_WORDS, .max = FOLD_LAYERS },
	{ .name = "anomaly", .kind = FIELD_BOOL },
	{ 0 },
};

const struct entry_field findings_fields[] = {
	{ .name = "count", .kind = FIELD_NUMBER, .needed = true, .max = FOLD_FINDINGS },
	{ .name = "anomaly", .kind = FIELD_BOOL },
	{ .name = "campaign", .kind = FIELD_HEX, .max = 16 }, /* for which they went */
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

/* A step that may have a reason: whether it must is the move's guard. */
const struct entry_field stop_fields[] = {
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

#define FINDING_NO                                                                                 \
	{                                                                                          \
		.name = "k", .kind = FIELD_NUMBER, .needed = true, .max = FOLD_FINDINGS            \
	}

const struct entry_field finding_fields[] = {
	FINDING_NO,
	{ .name = "hazard", .kind = FIELD_CODE, .needed = true, .axis = TAXONOMY_HAZARD },
	{ .name = "grade", .kind = FIELD_TEXT, .needed = true, .max = 8 }, /* general, major */
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = 4000 },
	{ .name = "place", .kind = FIELD_TEXT, .max = 400 },
	{ .name = "article", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "tier", .kind = FIELD_WORDS, .max = 3 },
	{ .name = "post", .kind = FIELD_WORDS, .max = 3 },
	{ .name = "exposed", .kind = FIELD_CODE, .axis = TAXONOMY_PEOPLE_BAND },
	{ .name = "measured", .kind = FIELD_WORDS, .max = 8 },
	{ .name = "evidence", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "plain", .kind = FIELD_BOOL }, /* it was plainly there for whoever looked */
	{ 0 },
};

/* k 0: the visit as a whole. */
const struct entry_field decision_fields[] = {
	FINDING_NO,
	{ .name = "kind", .kind = FIELD_TEXT, .needed = true, .max = 16 },
	{ .name = "paper", .kind = FIELD_TEXT, .max = 64 },
	{ .name = "text", .kind = FIELD_TEXT, .max = 2000 },
	{ 0 },
};

const struct entry_field rectify_fields[] = {
	FINDING_NO,
	{ .name = "article", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "owner", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "measures", .kind = FIELD_TEXT, .max = 2000 },
	{ .name = "money", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "deadline", .kind = FIELD_DAY, .needed = true },
	{ .name = "plan", .kind = FIELD_TEXT, .max = 1000 },
	{ .name = "supervisor", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "penalty", .kind = FIELD_TEXT, .max = 400 },
	{ 0 },
};

const struct entry_field claim_fixed_fields[] = {
	FINDING_NO,
	{ .name = "file", .kind = FIELD_HEX, .max = 32 },
	{ .name = "day", .kind = FIELD_DAY },
	{ .name = "text", .kind = FIELD_TEXT, .max = 1000 },
	{ 0 },
};

const struct entry_field reinspect_fields[] = {
	FINDING_NO,
	{ .name = "pass", .kind = FIELD_BOOL, .needed = true },
	{ .name = "proof", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "text", .kind = FIELD_TEXT, .max = 2000 },
	{ 0 },
};

const struct entry_field strike_off_fields[] = {
	FINDING_NO,
	{ .name = "code", .kind = FIELD_TEXT, .max = 16 },
	{ .name = "text", .kind = FIELD_TEXT, .max = 1000 },
	{ .name = "answered", .kind = FIELD_BOOL },
	{ .name = "no_tip", .kind = FIELD_BOOL },
	{ .name = "look_back", .kind = FIELD_DAY, .needed = true },
	{ 0 },
};

const struct entry_field supervise_fields[] = {
	FINDING_NO,
	{ .name = "unit", .kind = FIELD_TEXT, .needed = true, .max = 200 },
	{ .name = "until", .kind = FIELD_DAY, .needed = true },
	{ .name = "public", .kind = FIELD_BOOL },
	{ 0 },
};

const struct entry_field look_back_fields[] = {
	FINDING_NO,
	{ .name = "fixed", .kind = FIELD_BOOL, .needed = true },
	{ .name = "text", .kind = FIELD_TEXT, .max = 2000 },
	{ 0 },
};

const struct entry_field sister_fields[] = {
	{ .name = "sites", .kind = FIELD_WORDS, .needed = true, .max = 16 },
	{ .name = "why", .kind = FIELD_TEXT, .needed = true, .max = 400 },
	{ 0 },
};

const struct entry_field anomaly_fields[] = {
	{ .name = "kind", .kind = FIELD_TEXT, .needed = true, .max = 16 },
	{ .name = "was", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "is", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "source", .kind = FIELD_TEXT, .needed = true, .max = 400 },
	{ .name = "hours", .kind = FIELD_NUMBER, .max = 720 },
	{ 0 },
};

/* Two have looked whether a unit that found nothing before could have seen it. */
const struct entry_field soft_look_fields[] = {
	FINDING_NO,
	{ .name = "unit", .kind = FIELD_NUMBER, .needed = true, .max = 65535 }, /* a desk */
	{ .name = "orders", .kind = FIELD_IDS, .needed = true, .max = 16 },
	{ .name = "holds", .kind = FIELD_BOOL, .needed = true },
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = 2000 },
	{ 0 },
};

const struct entry_field warn_fields[] = {
	{ .name = "to", .kind = FIELD_TEXT, .needed = true, .max = 200 },
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = 2000 },
	{ .name = "hour", .kind = FIELD_NUMBER, .max = UINT32_MAX },
	{ 0 },
};

const struct entry_field plan_fields[] = {
	{ .name = "plan", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ .name = "desk", .kind = FIELD_NUMBER, .needed = true, .max = UINT16_MAX },
	{ .name = "from", .kind = FIELD_DAY, .needed = true },
	{ .name = "until", .kind = FIELD_DAY, .needed = true },
	{ .name = "day", .kind = FIELD_DAY, .needed = true },
	{ .name = "least", .kind = FIELD_NUMBER, .needed = true, .max = 10000 },
	{ .name = "register", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ .name = "table", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ .name = "beacon", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "drawn", .kind = FIELD_WORDS, .needed = true, .max = PLAN_SLOTS },
	{ .name = "free", .kind = FIELD_WORDS, .needed = true, .max = PLAN_SLOTS },
	{ .name = "discretionary", .kind = FIELD_NUMBER, .needed = true, .max = PLAN_SLOTS },
	{ .name = "seed", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ 0 },
};

#define PLAN_OF                                                                                    \
	{                                                                                          \
		.name = "plan", .kind = FIELD_HEX, .needed = true, .max = 32                       \
	}
#define PLAN_BY                                                                                    \
	{                                                                                          \
		.name = "by", .kind = FIELD_TEXT, .needed = true, .max = 16                        \
	}

const struct entry_field plan_share_fields[] = {
	PLAN_OF,
	PLAN_BY,
	{ .name = "commit", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ .name = "escrow", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ 0 },
};

const struct entry_field plan_reveal_fields[] = {
	PLAN_OF,
	PLAN_BY,
	{ .name = "share", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ .name = "other", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ .name = "escrow", .kind = FIELD_BOOL },
	{ .name = "beacon", .kind = FIELD_TEXT, .max = 200 },
	{ 0 },
};

/* Each visit in a text of its own: see plan/book.h. */
const struct entry_field plan_result_fields[] = {
	PLAN_OF,
	{ .name = "visits", .kind = FIELD_WORDS, .max = PLAN_SLOTS },
	{ .name = "missed", .kind = FIELD_WORDS, .max = PLAN_SLOTS },
	{ 0 },
};

/* A picture of a visit: what it is, and where its parts lie. k: of this finding. */
const struct entry_field photo_fields[] = {
	{ .name = "k", .kind = FIELD_NUMBER, .max = FOLD_FINDINGS },
	{ .name = "picture", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ .name = "media", .kind = FIELD_MEDIA, .needed = true, .max = 1 },
	{ 0 },
};

/* What a source says who collects a reward. */
const struct entry_field collect_fields[] = {
	{ .name = "lang", .kind = FIELD_TEXT, .max = 16 },
	{ .name = "code", .kind = FIELD_TEXT, .needed = true, .max = REWARD_DIGITS },
	{ .name = "way", .kind = FIELD_NUMBER, .needed = true, .max = 4 },
	{ 0 },
};

/* A blob for the reward desk, in base64. */
#define BLOB_FIELDS                                                                                \
	{ .name = "band", .kind = FIELD_CODE, .needed = true, .axis = TAXONOMY_BAND },             \
	{                                                                                          \
		.name = "blob", .kind = FIELD_TEXT, .needed = true, .max = FOLD_BLOB_TEXT          \
	}

const struct entry_field award_fields[] = {
	{ .name = "case", .kind = FIELD_HEX, .needed = true, .max = 16 },
	{ .name = "due", .kind = FIELD_DAY, .needed = true },
	{ .name = "result", .kind = FIELD_CODE, .needed = true, .axis = TAXONOMY_RESULT },
	{ .name = "new", .kind = FIELD_BOOL, .needed = true },
	BLOB_FIELDS,
	{ 0 },
};

const struct entry_field batch_fields[] = {
	BLOB_FIELDS,
	{ 0 },
};

const struct entry_field claimed_fields[] = {
	{ .name = "code", .kind = FIELD_TEXT, .needed = true, .max = REWARD_DIGITS },
	{ .name = "way", .kind = FIELD_NUMBER, .needed = true, .max = 4 },
	{ 0 },
};

const struct entry_field paid_fields[] = {
	{ .name = "text", .kind = FIELD_TEXT, .max = 400 },
	{ 0 },
};
