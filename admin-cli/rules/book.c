/* The rules of books (see book.h). */
#include "admin-cli/rules/book.h"

#include <string.h>

#include "admin-cli/rules/fold_guard.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/text.h"

#define N_(text) text

const struct book_word book_kind[] = {
	{ "REFER", N_("to the office that is competent") },
	{ "TALK", N_("admonishing talk") },
	{ "NOTICE", N_("notice of criticism") },
	{ "EXPOSE", N_("made public") },
	{ "LIST", N_("put under supervision by name") },
	{ "PACKET", N_("illegal mining left unchecked: the posts that answer") },
	{ "ACCIDENT", N_("an accident at a place of which sources had spoken") },
	{ BOOK_TOLD, N_("an accident that another desk has declared") },
	{ "XFER_DISC", N_("to discipline inspection") },
	{ "XFER_ORG", N_("to the organisation department") },
	{ "XFER_PS", N_("to public security") },
	{ "XFER_JUD", N_("to the prosecution") },
	{ 0 },
};

const struct book_word book_reason[] = {
	{ "NO_DUTY", N_("the duty was not done") },
	{ "FORMALISM", N_("done on paper only") },
	{ "SOFT_ENF", N_("the law was not enforced") },
	{ "POOR_RECT", N_("the danger was not put right") },
	{ "LATE", N_("too late") },
	{ "BUCK", N_("passed on to others") },
	{ "PERFUNCTORY", N_("done without care") },
	{ 0 },
};

const struct book_word book_tier[] = {
	{ "ENT", N_("the enterprise") },
	{ "REG", N_("the regulator") },
	{ "LEAD", N_("those who lead the area") },
	{ 0 },
};

static const struct book_word states[] = {
	{ "drafted", N_("drafted") },
	{ "approved", N_("approved") },
	{ "not_approved", N_("not approved") },
	{ "handed_over", N_("handed over") },
	{ "acknowledged", N_("receipt given") },
	{ "taken_up", N_("taken up") },
	{ "alerted", N_("to be looked into") },
	{ "looked_into", N_("looked into") },
	{ "returned", N_("returned") },
	{ "recalled", N_("recalled") },
	{ "closed", N_("closed") },
	{ "proposed", N_("proposed") },
	{ "standing", N_("standing") },
	{ "over", N_("over") },
	{ "withdrawn", N_("withdrawn") },
	{ "drawn_up", N_("drawn up") },
	{ "in_force", N_("in force") },
	{ "ended", N_("ended") },
	{ "declared", N_("declared") },
	{ "dropped", N_("taken back") },
	{ "lapsed", N_("lapsed") },
	{ "waiting", N_("waiting") },
	{ "taken", N_("taken") },
	{ "reported", N_("reported") },
	{ "unconfirmed", N_("not confirmed") },
	{ "given_back", N_("given back") },
	{ "planned", N_("planned") },
	{ "committed", N_("committed") },
	{ "revealed", N_("revealed") },
	{ "settled", N_("settled") },
	{ "put_forward", N_("put forward") },
	{ "awarded", N_("awarded") },
	{ "not_awarded", N_("not awarded") },
	{ "passed_on", N_("passed on") },
	{ "batched", N_("waits for a second signature") },
	{ "claimable", N_("can be claimed") },
	{ "claimed", N_("claimed") },
	{ "paid", N_("paid") },
	{ "declined", N_("declined") },
	{ "expired", N_("expired") },
	{ "asked", N_("asked") },
	{ "told", N_("answered") },
	{ BOOK_REFUSED, N_("not for this desk") },
	{ 0 },
};

const struct book_word *
book_find(const struct book_word *list, const char *code)
{
	for (; list->code; list++)
		if (!strcmp(list->code, code))
			return list;
	return NULL;
}

const char *
book_code_text(const char *code)
{
	const struct book_word *w = book_find(book_kind, code);

	w = w ? w : book_find(book_reason, code);
	w = w ? w : book_find(book_tier, code);
	return w ? w->name : NULL;
}

const char *
book_state_text(const char *state)
{
	const struct book_word *w = book_find(states, state);

	return w ? w->name : state;
}

enum machine_id
book_machine(uint16_t type, const json_t *body)
{
	if (type == ENTRY_CAMPAIGN)
		return MACHINE_CAMPAIGN;
	if (type == ENTRY_NEED)
		return MACHINE_NEED;
	if (type == ENTRY_PLAN)
		return MACHINE_PLAN;
	if (type == ENTRY_REWARD_ELIGIBLE)
		return MACHINE_AWARD;
	if (type == ENTRY_REWARD_BATCH)
		return MACHINE_REWARD;
	if (type == ENTRY_REFERRAL && !strcmp(schema_text(body, "kind"), BOOK_TOLD))
		return MACHINE_ALERT;
	if (type != ENTRY_ROTA)
		return MACHINE_REFERRAL;
	return strcmp(schema_text(body, "what"), "rota") != 0 ? MACHINE_CONFLICT : MACHINE_ROTA;
}

bool
book_blank(const json_t *first)
{
	return schema_is(first, "blank");
}

const enum machine_id book_machines[BOOK_MACHINES] = {
	MACHINE_ALERT,    MACHINE_REFERRAL, MACHINE_NEED,  MACHINE_CAMPAIGN, MACHINE_ROTA,
	MACHINE_CONFLICT, MACHINE_PLAN,     MACHINE_AWARD, MACHINE_REWARD
};

const char *
book_machine_text(enum machine_id machine)
{
	switch (machine) {
	case MACHINE_REFERRAL:
		return N_("referral");
	case MACHINE_ALERT:
		return N_("accident");
	case MACHINE_NEED:
		return N_("need");
	case MACHINE_CAMPAIGN:
		return N_("campaign");
	case MACHINE_ROTA:
		return N_("rota");
	case MACHINE_CONFLICT:
		return N_("conflict");
	case MACHINE_PLAN:
		return N_("plan");
	case MACHINE_AWARD:
		return N_("award");
	case MACHINE_REWARD:
		return N_("reward");
	default:
		return "";
	}
}

enum machine_id
book_of_state(const char *state)
{
	for (size_t i = 0; i < BOOK_MACHINES; i++)
		if (machine_state(book_machines[i], state) >= 0)
			return book_machines[i];
	return MACHINE__MAX;
}

int
book_state_today(enum machine_id machine, int state, uint32_t last, uint32_t today)
{
	const struct machine_move *move = NULL;

	while ((move = machine_next(machine, state, -1, 1u << BY_SYS, move)))
		if (machine_guarded(move, GUARD_WINDOW_OVER) && last && today > last)
			return move->to;
	return state;
}

static const struct book_ask asks[] = {
	{ GUARD_RECEIPT_NAMED, BOOK_ASK_TEXT, "receipt",
	  N_("the paper's number, and which post signed it"), true },
	{ GUARD_OUTCOME_NAMED, BOOK_ASK_TEXT, "outcome", N_("what the office decided and did"),
	  true },
	{ GUARD_SOURCE_SAFE, BOOK_ASK_YES, "answered",
	  N_("the source has been answered, or there is none (EXPOSE)"), false },
	{ GUARD_UNTIL_NAMED, BOOK_ASK_DAY, "until", N_("its last day"), true },
	{ GUARD_RESULT_POSITIVE, BOOK_ASK_RESULT, "result", N_("what the visits found"), true },
	{ GUARD_RESULT_NEGATIVE, BOOK_ASK_RESULT, "result", N_("what the visits found"), true },
	{ GUARD_VISITS_NAMED, BOOK_ASK_NUMBER, "visits", N_("how many visits there were"), true },
	{ GUARD_REASON_WRITTEN, BOOK_ASK_TEXT, "text", N_("the reason"), true },
};

static const struct book_ask remark = { GUARD__MAX, BOOK_ASK_TEXT, "text", N_("a remark"), false };

size_t
book_asks(const struct machine_move *move, const json_t *first,
	  const struct book_ask *out[static BOOK_ASKS])
{
	bool text = false, expose = !strcmp(schema_text(first, "kind"), "EXPOSE");
	size_t cnt = 0;

	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks) && cnt < BOOK_ASKS; i++) {
		if (!machine_guarded(move, asks[i].guard) ||
		    (asks[i].guard == GUARD_SOURCE_SAFE && !expose))
			continue;
		text |= asks[i].guard == GUARD_REASON_WRITTEN;
		out[cnt++] = &asks[i];
	}
	if (!text && cnt < BOOK_ASKS)
		out[cnt++] = &remark;
	return cnt;
}

bool
book_ask_allows(const struct book_ask *ask, const char *result)
{
	json_t *body = json_pack("{s:s}", "result", result);
	bool is = body && fold_guard(ask->guard, &(struct fold_move){ .body = body });

	json_decref(body);
	return is;
}

static json_t *
trial_value(const struct book_ask *ask, uint32_t today)
{
	char day[TEXT_DAY_LEN + 1];

	switch (ask->kind) {
	case BOOK_ASK_DAY:
		text_day_print(day, today);
		return json_string(day);
	case BOOK_ASK_RESULT:
		return json_string(ask->guard == GUARD_RESULT_POSITIVE ? "partly" : "unable");
	case BOOK_ASK_NUMBER:
		return json_integer(1);
	case BOOK_ASK_YES:
		return json_true();
	default:
		return json_string("-");
	}
}

json_t *
book_move_trial(enum machine_id machine, const struct machine_move *move, const json_t *first,
		uint32_t today)
{
	const struct book_ask *ask[BOOK_ASKS];
	size_t cnt = book_asks(move, first, ask);
	json_t *body = json_pack("{s:i,s:s}", "v", 1, "move",
				 machine_state_name(machine, move->to));

	for (size_t i = 0; body && i < cnt; i++)
		json_object_set_new(body, ask[i]->member, trial_value(ask[i], today));
	return body;
}

static bool
is_kind(const json_t *body, const char *kind)
{
	return !strcmp(schema_text(body, "kind"), kind);
}

static bool
reasons_known(const json_t *body)
{
	const json_t *list = schema_list(body, "reason");
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (!book_find(book_reason, json_string_value(json_array_get(list, i))))
			return false;
	return true;
}

/* Whether one of the posts stands at that place: "L1 head of the county". */
static bool
has_post(const json_t *body, const char *at)
{
	const json_t *list = schema_list(body, "posts");
	size_t i, n = strlen(at);

	for (i = 0; i < json_array_size(list); i++) {
		const char *post = json_string_value(json_array_get(list, i));

		if (!strncmp(post, at, n) && post[n] == ' ' && post[n + 1])
			return true;
	}
	return false;
}

/* A packet is about a county and the two cases that call for it, and names posts at all three
 * places. */
static bool
packet_complete(const json_t *body)
{
	bool two = json_array_size(schema_list(body, "cases")) >= 2 ||
		   json_array_size(schema_list(body, "findings")) >= 2;

	return *schema_text(body, "county") && two && *schema_text(body, "evidence") &&
	       has_post(body, "L0") && has_post(body, "L1") && has_post(body, "REG");
}

/* How many sentences a text has: each ends with a mark, the last one with the text. */
static size_t
sentences(const char *text)
{
	static const char *const ends[] = { "。", "！", "？", ". ", "! ", "? ", "\n" };
	size_t n = 0, i, step;
	bool some = false;

	for (; *text; text += step) {
		step = 1;
		for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
			if (!strncmp(text, ends[i], strlen(ends[i])))
				break;
		if (i < sizeof(ends) / sizeof(*ends)) {
			step = strlen(ends[i]);
			n += some;
			some = false;
		} else {
			some |= *text != ' ';
		}
	}
	return n + some;
}

/* How many hashes of findings a text is made of, with blanks or commas between; 0: it holds
 * something else. */
static size_t
hashes(const char *text)
{
	size_t n = 0, len;

	for (text += strspn(text, " ,\n"); *text; text += strspn(text, " ,\n")) {
		len = strspn(text, "0123456789abcdef");
		if (len != 64)
			return 0;
		text += len;
		n++;
	}
	return n;
}

/* What is made public comes from a case, and each of its sentences from a finding, so that none
 * rests on the source alone. */
static bool
expose_complete(const json_t *body)
{
	size_t n = sentences(schema_text(body, "text"));

	return *schema_text(body, "signed_off") && *schema_text(body, "case") && n &&
	       hashes(schema_text(body, "evidence")) == n;
}

bool
book_complete(const json_t *body)
{
	const char *tier = schema_text(body, "tier");

	if (!book_find(book_kind, schema_text(body, "kind")) || !*schema_text(body, "target") ||
	    !reasons_known(body) || (*tier && !book_find(book_tier, tier)))
		return false;
	if (is_kind(body, "REFER"))
		return true;
	if (is_kind(body, "PACKET"))
		return packet_complete(body);
	if (is_kind(body, BOOK_TOLD))
		return *schema_text(body, "county") && *schema_text(body, "reported") &&
		       *schema_text(body, "evidence");
	if (is_kind(body, "ACCIDENT"))
		return *schema_text(body, "county") && *schema_text(body, "reported") &&
		       *schema_text(body, "evidence") &&
		       json_array_size(schema_list(body, "cases"));
	if (!*tier || !*schema_text(body, "post") || !*schema_text(body, "evidence"))
		return false;
	/* Whoever regulates or leads is told what he did wrong, in a code that can be counted. */
	if (strcmp(tier, "ENT") != 0 && !json_array_size(schema_list(body, "reason")))
		return false;
	if (is_kind(body, "XFER_PS") && !*schema_text(body, "reported"))
		return false;
	return !is_kind(body, "EXPOSE") || expose_complete(body);
}

int
book_level(const json_t *body)
{
	const char *named = schema_text(body, "named");
	int level = is_kind(body, "REFER") || is_kind(body, "ACCIDENT") ? 0 : 3;

	if (named[0] == 'L' && named[1] >= '0' && named[1] <= '9' && named[1] - '0' + 2 > level)
		level = named[1] - '0' + 2;
	return level > 4 ? 4 : level;
}

uint32_t
book_due(enum machine_id machine, int state, const json_t *first, uint32_t since)
{
	unsigned term = machine_term(machine, state);
	const char *reported = schema_text(first, "reported");
	uint32_t day;

	if (!term || !since)
		return 0;
	if (machine != MACHINE_REFERRAL || !is_kind(first, "XFER_PS"))
		return since + term;
	if (state == REFERRAL_APPROVED)
		return since + 1;
	if (state == REFERRAL_DRAFTED && !text_day(&day, reported, strlen(reported)))
		return day + 3;
	return since + term;
}

enum book_late
book_late(enum machine_id machine, int state, uint32_t due, uint32_t today)
{
	uint32_t rest = machine_term(machine, state) / 4;

	if (!due)
		return BOOK_IN_TIME;
	if (today >= due)
		return BOOK_LATE;
	return due - today <= (rest ? rest : 1) ? BOOK_SOON : BOOK_IN_TIME;
}
