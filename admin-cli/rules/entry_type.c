/*
 * The table of the types of entries. See entry_type.h for its columns, FORMATS §7 for the bodies.
 */
#include "admin-cli/rules/entry_type.h"

#include <string.h>

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/fold_rule.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

#define N_(text) text

#define IN(log)    (1u << MACHINE_##log)
#define BY(role)   (1u << BY_##role)
#define BOOKS      (IN(REFERRAL) | IN(CAMPAIGN))
#define DUTY       (IN(ROTA) | IN(CONFLICT))
#define REVIEWERS  (BY(TR) | BY(SR) | BY(IG))
#define PLANNERS   (BY(PL) | BY(IG))
#define INSPECTORS (BY(PL) | BY(IN))

static const struct entry_field tip_fields[] = {
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
	{ .name = "taken", .kind = FIELD_TEXT, .max = 16 }, /* typed by staff, and how it came */
	{ .name = "media", .kind = FIELD_MEDIA, .max = 8 },
	{ 0 },
};

/* What a source says after the tip. */
static const struct entry_field talk_fields[] = {
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ .name = "media", .kind = FIELD_MEDIA, .max = 8 },
	{ 0 },
};

static const struct entry_field reply_fields[] = {
	{ .name = "status", .kind = FIELD_CODE, .needed = true, .axis = TAXONOMY_STATUS },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ .name = "question", .kind = FIELD_BOOL },
	{ .name = "dummy", .kind = FIELD_BOOL },
	{ 0 },
};

static const struct entry_field empty_fields[] = { { 0 } };

static const struct entry_field claim_fields[] = {
	{ .name = "until", .kind = FIELD_NUMBER, .needed = true, .max = UINT32_MAX },
	{ 0 },
};

static const struct entry_field text_fields[] = {
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ 0 },
};

static const struct entry_field triage_fields[] = {
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

static const struct entry_field correction_fields[] = {
	CLASS_FIELDS,
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ 0 },
};

static const struct entry_field link_fields[] = {
	{ .name = "into", .kind = FIELD_HEX, .needed = true, .max = 16 },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

static const struct entry_field restrict_fields[] = {
	{ .name = "hidden", .kind = FIELD_WORDS, .max = FOLD_HIDDEN }, /* handles in hex */
	{ .name = "lift", .kind = FIELD_BOOL },
	{ .name = "text", .kind = FIELD_TEXT, .max = 2000 },
	{ 0 },
};

/* A rota, a declared conflict, or why a member took himself off a case; "sheet" is checked by
 * rules/conflict.c. */
static const struct entry_field rota_fields[] = {
	{ .name = "what", .kind = FIELD_TEXT, .needed = true, .max = 16 },
	{ .name = "from", .kind = FIELD_DAY },
	{ .name = "until", .kind = FIELD_DAY, .needed = true },
	{ .name = "pair", .kind = FIELD_WORDS, .max = 2 },
	{ .name = "deputy", .kind = FIELD_WORDS, .max = 2 },
	{ .name = "kind", .kind = FIELD_TEXT, .max = 16 },
	{ .name = "area", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "body", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "site", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "case", .kind = FIELD_HEX, .max = 16 },
	{ .name = "text", .kind = FIELD_TEXT, .max = 1000 },
	{ 0 },
};

static const struct entry_field hold_fields[] = {
	{ .name = "set", .kind = FIELD_BOOL, .needed = true },
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ 0 },
};

/* An order carries the abstract, so its body is the same. */
static const struct entry_field abstract_fields[] = {
	{ .name = "text", .kind = FIELD_TEXT, .needed = true, .max = ENTRY_ROOM },
	{ .name = "hazard",
	  .kind = FIELD_CODES,
	  .needed = true,
	  .max = FOLD_HAZARDS,
	  .axis = TAXONOMY_HAZARD },
	{ .name = "sector", .kind = FIELD_CODE, .axis = TAXONOMY_SECTOR },
	{ .name = "knower", .kind = FIELD_CODE, .axis = TAXONOMY_KNOWER },
	{ .name = "window", .kind = FIELD_TEXT, .max = 1000 },
	{ .name = "access", .kind = FIELD_TEXT, .max = 2000 },
	{ .name = "cover", .kind = FIELD_TEXT, .max = 1000 },
	{ .name = "county", .kind = FIELD_COUNTY },
	{ .name = "level", .kind = FIELD_NUMBER, .max = 4 },
	{ .name = "keep_from", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "seed", .kind = FIELD_HEX, .max = 32 },     /* of the readers' copies */
	{ .name = "waived", .kind = FIELD_WORDS, .max = 16 }, /* how many marks of a kind stay */
	{ .name = "why", .kind = FIELD_TEXT, .max = 400 },    /* why they may */
	{ 0 },
};

static const struct entry_field referral_fields[] = {
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
	{ .name = "posts", .kind = FIELD_WORDS, .max = 12 },
	{ 0 },
};

static const struct entry_field campaign_fields[] = {
	{ .name = "name", .kind = FIELD_TEXT, .needed = true, .max = 200 },
	{ .name = "name_en", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "issuer", .kind = FIELD_TEXT, .needed = true, .max = 200 },
	{ .name = "basis", .kind = FIELD_TEXT, .needed = true, .max = 400 },
	{ .name = "from", .kind = FIELD_DAY, .needed = true },
	{ .name = "until", .kind = FIELD_DAY, .needed = true },
	{ .name = "scope", .kind = FIELD_TEXT, .max = 1000 },
	{ .name = "quota", .kind = FIELD_TEXT, .max = 1000 },
	{ .name = "checklist", .kind = FIELD_CODES, .max = 30, .axis = TAXONOMY_HAZARD },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

/* A step of a referral or a campaign. */
static const struct entry_field book_move_fields[] = {
	{ .name = "move", .kind = FIELD_TEXT, .needed = true, .max = 32 },
	{ .name = "receipt", .kind = FIELD_TEXT, .max = 400 },
	{ .name = "outcome", .kind = FIELD_TEXT, .max = 2000 },
	{ .name = "answered", .kind = FIELD_BOOL },
	{ .name = "until", .kind = FIELD_DAY },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

static const struct entry_field forward_fields[] = {
	{ .name = "order", .kind = FIELD_HEX, .needed = true, .max = 16 },
	{ .name = "desk", .kind = FIELD_NUMBER, .needed = true, .max = 65535 },
	{ .name = "abstract", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ 0 },
};

static const struct entry_field split_fields[] = {
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

static const struct entry_field propose_fields[] = {
	{ .name = "type", .kind = FIELD_TEXT, .needed = true, .max = 32 },
	{ .name = "body", .kind = FIELD_INNER, .needed = true },
	{ 0 },
};

static const struct entry_field cosign_fields[] = {
	{ .name = "proposal", .kind = FIELD_HEX, .needed = true, .max = 32 },
	{ 0 },
};

static const struct entry_field schedule_fields[] = {
	{ .name = "date", .kind = FIELD_DAY, .needed = true },
	{ .name = "text", .kind = FIELD_TEXT, .max = ENTRY_ROOM },
	{ 0 },
};

const struct entry_type entry_type[] = {
	{ .no = ENTRY_TIP,
	  .name = "tip",
	  .label = N_("tip"),
	  .machines = IN(TIP),
	  .thread = FRAME_SOURCE,
	  .op = FRAME_OPEN,
	  .by_source = true,
	  .schema = tip_fields,
	  .apply = fold_rule_tip },
	{ .no = ENTRY_MESSAGE,
	  .name = "message",
	  .label = N_("message"),
	  .machines = IN(TIP),
	  .thread = FRAME_SOURCE,
	  .op = FRAME_APPEND,
	  .by_source = true,
	  .schema = talk_fields,
	  .apply = fold_rule_message },
	{ .no = ENTRY_ANSWER,
	  .name = "answer",
	  .label = N_("answer"),
	  .machines = IN(TIP),
	  .thread = FRAME_SOURCE,
	  .op = FRAME_APPEND,
	  .by_source = true,
	  .schema = talk_fields,
	  .apply = fold_rule_answer },
	{ .no = ENTRY_OBJECTION,
	  .name = "objection",
	  .label = N_("objection"),
	  .machines = IN(TIP),
	  .thread = FRAME_SOURCE,
	  .op = FRAME_APPEND,
	  .by_source = true,
	  .schema = talk_fields,
	  .apply = fold_rule_objection },
	{ .no = ENTRY_WITHDRAWAL,
	  .name = "withdrawal",
	  .label = N_("withdrawal"),
	  .machines = IN(TIP),
	  .thread = FRAME_SOURCE,
	  .op = FRAME_APPEND,
	  .by_source = true,
	  .schema = talk_fields,
	  .apply = fold_rule_withdrawal },
	{ .no = ENTRY_REWARD_CLAIM, .name = "reward-claim", .label = N_("reward-claim") },
	{ .no = ENTRY_ACKNOWLEDGE,
	  .name = "acknowledge",
	  .label = N_("acknowledge"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_ACKNOWLEDGE,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = empty_fields,
	  .apply = fold_rule_acknowledge },
	{ .no = ENTRY_REPLY,
	  .name = "reply",
	  .label = N_("reply"),
	  .machines = IN(TIP),
	  .thread = FRAME_SOURCE,
	  .op = FRAME_DESK_APPEND,
	  .roles = REVIEWERS,
	  .persons = 1,
	  .schema = reply_fields,
	  .apply = fold_rule_reply },
	{ .no = ENTRY_NOTE,
	  .name = "note",
	  .label = N_("note"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = text_fields,
	  .apply = fold_rule_note },
	{ .no = ENTRY_TRIAGE,
	  .name = "triage",
	  .label = N_("triage"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .proposable = true,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = triage_fields,
	  .apply = fold_rule_triage },
	{ .no = ENTRY_ABSTRACT,
	  .name = "abstract",
	  .label = N_("abstract"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = REVIEWERS,
	  .persons = 1,
	  .schema = abstract_fields,
	  .apply = fold_rule_abstract },
	{ .no = ENTRY_FORWARD,
	  .name = "forward",
	  .label = N_("forward"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .proposable = true,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = forward_fields,
	  .apply = fold_rule_forward },
	{ .no = ENTRY_REFERRAL,
	  .name = "referral",
	  .label = N_("referral"),
	  .machines = IN(REFERRAL),
	  .thread = FRAME_DESK,
	  .op = FRAME_BOOK_OPEN,
	  .roles = REVIEWERS,
	  .persons = 1,
	  .schema = referral_fields,
	  .apply = fold_rule_referral },
	{ .no = ENTRY_PROPOSE,
	  .name = "propose",
	  .label = N_("propose"),
	  .machines = IN(TIP) | IN(ORDER) | BOOKS | IN(ROTA),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = propose_fields,
	  .apply = fold_rule_propose },
	{ .no = ENTRY_COSIGN,
	  .name = "cosign",
	  .label = N_("cosign"),
	  .machines = IN(TIP) | IN(ORDER) | BOOKS | IN(ROTA),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = cosign_fields,
	  .apply = fold_rule_cosign },
	{ .no = ENTRY_RESTRICT,
	  .name = "restrict",
	  .label = N_("readers"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_RESTRICT,
	  .proposable = true,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1, /* to lift the limit; a list takes two, which the rule says */
	  .schema = restrict_fields,
	  .apply = fold_rule_restrict },
	{ .no = ENTRY_RECUSE,
	  .name = "recuse",
	  .label = N_("took himself off"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_RESTRICT,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = empty_fields,
	  .apply = fold_rule_recuse },
	{ .no = ENTRY_RESEAL, .name = "reseal", .label = N_("reseal") },
	{ .no = ENTRY_COUNTER, .name = "counter", .label = N_("counter") },
	{ .no = ENTRY_HOLD,
	  .name = "hold",
	  .label = N_("hold"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .proposable = true,
	  .roles = BY(SR),
	  .persons = 2,
	  .schema = hold_fields,
	  .apply = fold_rule_hold },
	{ .no = ENTRY_CLAIM,
	  .name = "claim",
	  .label = N_("claim"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = claim_fields,
	  .apply = fold_rule_claim },
	{ .no = ENTRY_CLOSE,
	  .name = "close",
	  .label = N_("close"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_CLOSE,
	  .proposable = true,
	  .roles = REVIEWERS,
	  .persons = 2,
	  .schema = text_fields,
	  .apply = fold_rule_close },
	{ .no = ENTRY_CORRECTION,
	  .name = "correction",
	  .label = N_("correction"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .proposable = true,
	  .roles = REVIEWERS,
	  .persons = 1,
	  .schema = correction_fields,
	  .apply = fold_rule_correction },
	{ .no = ENTRY_BOOK_MOVE,
	  .name = "book-move",
	  .label = N_("step"),
	  .machines = BOOKS | DUTY,
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .proposable = true,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = book_move_fields,
	  .apply = fold_rule_book_move },
	{ .no = ENTRY_LINK,
	  .name = "link",
	  .label = N_("link"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = REVIEWERS,
	  .persons = 1,
	  .schema = link_fields,
	  .apply = fold_rule_link },
	{ .no = ENTRY_JUNK, /* the gateway counts the votes; the fold has no state for it */
	  .name = "junk",
	  .label = N_("junk"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_JUNK,
	  .roles = REVIEWERS,
	  .persons = 1,
	  .schema = text_fields,
	  .apply = fold_rule_note },
	{ .no = ENTRY_OBJECT,
	  .name = "object",
	  .label = N_("objection to closing"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_OBJECT,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = text_fields,
	  .apply = fold_rule_object },
	{ .no = ENTRY_ABOVE,
	  .name = "above",
	  .label = N_("opened to another desk"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_ABOVE,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = text_fields,
	  .apply = fold_rule_note },
	{ .no = ENTRY_SPLIT,
	  .name = "split",
	  .label = N_("split"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .proposable = true,
	  .roles = REVIEWERS,
	  .persons = 1,
	  .schema = split_fields,
	  .apply = fold_rule_split },
	{ .no = ENTRY_EXTEND,
	  .name = "extend",
	  .label = N_("more time"),
	  .machines = IN(TIP),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .proposable = true,
	  .roles = REVIEWERS,
	  .persons = 2,
	  .schema = text_fields,
	  .apply = fold_rule_extend },
	{ .no = ENTRY_ORDER,
	  .name = "order",
	  .label = N_("order"),
	  .machines = IN(ORDER),
	  .thread = FRAME_DESK,
	  .op = FRAME_ORDER_OPEN,
	  .roles = PLANNERS,
	  .persons = 1,
	  .schema = abstract_fields,
	  .apply = fold_rule_order },
	{ .no = ENTRY_SCHEDULE,
	  .name = "schedule",
	  .label = N_("schedule"),
	  .machines = IN(ORDER),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = INSPECTORS,
	  .persons = 1,
	  .schema = schedule_fields,
	  .apply = fold_rule_schedule },
	{ .no = ENTRY_ORDER_NOTE,
	  .name = "order-note",
	  .label = N_("order-note"),
	  .machines = IN(ORDER),
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = text_fields,
	  .apply = fold_rule_note },
	{ .no = ENTRY_CAMPAIGN,
	  .name = "campaign",
	  .label = N_("campaign"),
	  .machines = IN(CAMPAIGN),
	  .thread = FRAME_DESK,
	  .op = FRAME_BOOK_OPEN,
	  .roles = REVIEWERS,
	  .persons = 1,
	  .schema = campaign_fields,
	  .apply = fold_rule_campaign },
	{ .no = ENTRY_ROTA,
	  .name = "rota",
	  .label = N_("rota"),
	  .machines = DUTY,
	  .thread = FRAME_DESK,
	  .op = FRAME_BOOK_OPEN,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = rota_fields,
	  .apply = fold_rule_rota },
	{ .no = ENTRY_BOOK_NOTE,
	  .name = "book-note",
	  .label = N_("note"),
	  .machines = BOOKS,
	  .thread = FRAME_DESK,
	  .op = FRAME_DESK_APPEND,
	  .roles = ENTRY_ANYBODY,
	  .persons = 1,
	  .schema = text_fields,
	  .apply = fold_rule_book_note },
	{ 0 },
};

const struct entry_type *
entry_type_find(uint16_t no)
{
	const struct entry_type *t;

	for (t = entry_type; t->no; t++)
		if (t->no == no)
			return t;
	return NULL;
}

const struct entry_type *
entry_type_by_name(const char *name)
{
	const struct entry_type *t;

	for (t = entry_type; t->no; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}
