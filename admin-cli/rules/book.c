/* The rules of books (see book.h). */
#include "admin-cli/rules/book.h"

#include <string.h>

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
	{ "returned", N_("returned") },
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
	{ "unconfirmed", N_("reported, not confirmed") },
	{ "given_back", N_("given back") },
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
	if (type != ENTRY_ROTA)
		return MACHINE_REFERRAL;
	return strcmp(schema_text(body, "what"), "rota") != 0 ? MACHINE_CONFLICT : MACHINE_ROTA;
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
	return *schema_text(body, "county") && json_array_size(schema_list(body, "cases")) >= 2 &&
	       *schema_text(body, "evidence") && has_post(body, "L0") && has_post(body, "L1") &&
	       has_post(body, "REG");
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
	return !is_kind(body, "EXPOSE") || *schema_text(body, "signed_off");
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
