/*
 * The body of a triage entry, made from the options of case triage and case propose, and the checks
 * of codes that case abstract shares. Codes are accepted in either case of their letters and
 * written as the taxonomy spells them.
 */
#include "admin-cli/cmd/triage.h"

#include "admin-cli/cmd/case_write.h"

#include <ctype.h>
#include <strings.h>

#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/machine.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "crypto/frame.h"

#define LIST_MAX 20 /* more codes than these are not listed in a refusal */

const struct taxonomy_word *
triage_word(int axis, const char *code)
{
	size_t cnt, i;
	const struct taxonomy_word *all = taxonomy_all((enum taxonomy_axis)axis, &cnt);

	for (i = 0; i < cnt; i++)
		if (!strcasecmp(all[i].code, code))
			return &all[i];
	return NULL;
}

/* The code that differs least from this one, NULL where none is near. */
static const char *
nearest(const struct taxonomy_word *all, size_t cnt, const char *code)
{
	char upper[32];
	const char *best = NULL;
	size_t i, d, least = 3;

	for (i = 0; code[i] && i + 1 < sizeof(upper); i++)
		upper[i] = (char)toupper((unsigned char)code[i]);
	upper[i] = '\0';
	for (i = 0; i < cnt; i++) {
		d = cli_distance(upper, all[i].code);
		if (d < least && d < strlen(upper)) {
			least = d;
			best = all[i].code;
		}
	}
	return best;
}

static int
refuse_code(struct cli *cli, int axis, const char *option, const char *code)
{
	size_t cnt, i, at = 0;
	const struct taxonomy_word *all = taxonomy_all((enum taxonomy_axis)axis, &cnt);
	const char *near = nearest(all, cnt, code), *shown = cli_s(cli, code);
	char list[512] = "";

	if (cnt > LIST_MAX && near)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--%s has no code %s; did you mean %s? \"davy help %s %s\" lists them."),
			option, shown, near, cli->command->noun, cli->command->verb);
	if (cnt > LIST_MAX)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--%s has no code %s; \"davy help %s %s\" lists them."), option,
				shown, cli->command->noun, cli->command->verb);
	for (i = 0; i < cnt && at < sizeof(list) - 16; i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, " %s", all[i].code);
	return cli_fail(cli, DAVY_USAGE, "usage", _("--%s %s is none of:%s"), option, shown, list);
}

int
triage_code(struct cli *cli, int axis, const char *option, const char **code)
{
	const struct taxonomy_word *w = triage_word(axis, *code), *hit[2];

	/* "door" for FR-01: a word that fits one entry alone */
	if (!w && axis == TAXONOMY_HAZARD && draft_find(TAXONOMY_HAZARD, *code, hit, 2) == 1)
		w = hit[0];
	if (!w)
		return refuse_code(cli, axis, option, *code);
	*code = w->code;
	return 0;
}

/* How many hazards an entry of this type may name. */
static unsigned
hazard_max(uint16_t type)
{
	const struct entry_field *f = entry_type_find(type)->schema;

	while (f->name && strcmp(f->name, "hazard"))
		f++;
	return f->max;
}

int
triage_hazards(struct cli *cli, uint16_t type, const char *csv, json_t **list)
{
	unsigned max = hazard_max(type);
	char word[32];
	const char *code;
	size_t n;
	int err = 0;

	*list = json_array();
	while (!err && *csv) {
		n = strcspn(csv, ",");
		snprintf(word, sizeof(word), "%.*s", (int)(n < 31 ? n : 31), csv);
		code = word;
		err = triage_code(cli, TAXONOMY_HAZARD, "hazard", &code);
		if (!err)
			json_array_append_new(*list, json_string(code));
		csv += n + (csv[n] == ',');
	}
	if (!err && json_array_size(*list) > max)
		err = cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--hazard takes at most %u hazards; you gave %zu. Keep the gravest."),
			max, json_array_size(*list));
	if (err) {
		json_decref(*list);
		*list = NULL;
	}
	return err;
}

static const struct {
	const char *option;
	int axis; /* -1: the states of the tip machine; -2: nearness and fit */
} codes[] = {
	{ "move", -1 },        { "outcome", TAXONOMY_OUTCOME }, { "severity", TAXONOMY_SEVERITY },
	{ "credibility", -2 }, { "result", TAXONOMY_RESULT },   { "target-state", -1 },
};

/* Nearness and fit: "B2", or "b2". */
static int
set_credibility(struct cli *cli, json_t *body, const char *v)
{
	char code[3] = "";

	if (strlen(v) == 2) {
		code[0] = (char)toupper((unsigned char)v[0]);
		code[1] = v[1];
	}
	if (!*code || !strchr("ABCX", code[0]) || code[1] < '1' || code[1] > '4')
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--credibility must be one of A, B, C, X and a digit from 1 to 4, "
			  "such as B2, not \"%s\"."),
			cli_s(cli, v));
	json_object_set_new(body, "credibility", json_string(code));
	return 0;
}

static int
set_code(struct cli *cli, json_t *body, size_t i)
{
	const char *v = cli_opt(cli, codes[i].option);
	int err = 0;

	if (!v)
		return 0;
	if (codes[i].axis == -2)
		return set_credibility(cli, body, v);
	const char *name = strcmp(codes[i].option, "target-state") ? codes[i].option
								   : "target_state";
	if (codes[i].axis == -1 && machine_state(MACHINE_TIP, v) < 0)
		err = triage_code(cli, TAXONOMY_STATE, codes[i].option, &v);
	if (codes[i].axis >= 0)
		err = triage_code(cli, codes[i].axis, codes[i].option, &v);
	if (!err)
		json_object_set_new(body, name, json_string(v));
	return err;
}

int
triage_case_check(struct cli *cli, const char *option)
{
	const char *v = cli_opt(cli, option);
	size_t len = v ? strlen(v) : 0;

	if (!v || (len >= 4 && len <= 32 && strspn(v, "0123456789abcdef") == len))
		return 0;
	return cli_fail(cli, DAVY_USAGE, "usage",
			_("--%s must be the id of a case or its beginning, not \"%s\"."), option,
			cli_s(cli, v));
}

int
triage_case(struct cli *cli, const char *option, char hex[static 33])
{
	const char *v = cli_opt(cli, option);
	struct workspace_case c;
	int err = triage_case_check(cli, option);

	if (!err)
		err = submit_find(cli->ses, FRAME_CASE, v, &c);
	if (!err && !memcmp(c.rec.id, cli->target->rec.id, sizeof(c.rec.id)))
		err = cli_fail(cli, DAVY_USAGE, "usage", _("--%s names the case itself."), option);
	if (!err)
		term_hex(hex, c.rec.id, sizeof(c.rec.id));
	return err;
}

int
triage_campaign(struct cli *cli, const char *prefix, char hex[static 33])
{
	struct workspace_case c;
	int err = submit_find(cli->ses, FRAME_BOOK, prefix, &c), state;

	if (err)
		return err;
	state = machine_state(MACHINE_CAMPAIGN, c.line.state);
	if (state < 0)
		return cli_fail(cli, DAVY_REFUSED, "not-found", _("There is no such campaign."));
	if (state == CAMPAIGN_STANDING && c.line.date < sync_hour(cli->ses) / 24)
		state = CAMPAIGN_OVER; /* since it was folded here */
	if (state != CAMPAIGN_STANDING)
		return cli_fail(cli, DAVY_REFUSED, "state",
				_("Campaign %.8s (%s) is \"%s\": only one that stands counts."),
				term_hex(hex, c.rec.id, sizeof(c.rec.id)), cli_s(cli, c.line.title),
				fold_state_text(MACHINE_CAMPAIGN,
						machine_state_name(MACHINE_CAMPAIGN, state)));
	term_hex(hex, c.rec.id, sizeof(c.rec.id));
	return 0;
}

/* The option of a field: its name with "-" for "_". */
static const char *
option_of(unsigned field, char buf[static 24])
{
	char *p;

	snprintf(buf, 24, "%s", draft_info[field].name);
	for (p = buf; *p; p++)
		if (*p == '_')
			*p = '-';
	return buf;
}

bool
triage_class_given(const struct cli *cli)
{
	char name[24];
	unsigned i;

	for (i = 0; i < CLASS__MAX; i++)
		if (cli_opt(cli, option_of(i, name)))
			return true;
	return false;
}

/* The ids of --links, each of which may be the beginning; the case itself is none of them. */
static int
read_links(struct cli *cli, const char *csv, json_t **list)
{
	struct workspace_case c;
	char one[33], hex[33];
	size_t n;
	int err = 0;

	*list = json_array();
	for (; !err && *csv; csv += n + (csv[n] == ',')) {
		n = strcspn(csv, ",");
		snprintf(one, sizeof(one), "%.*s", (int)(n < 32 ? n : 32), csv);
		if (!cli->target) /* the check before a key is needed */
			continue;
		err = submit_find(cli->ses, FRAME_CASE, one, &c);
		if (!err && !memcmp(c.rec.id, cli->target->rec.id, sizeof(c.rec.id)))
			err = cli_fail(cli, DAVY_USAGE, "usage", _("--%s names the case itself."),
				       "links");
		if (!err)
			json_array_append_new(*list, json_string(term_hex(hex, c.rec.id,
									  sizeof(c.rec.id))));
	}
	return err;
}

/* One member that has no reader of its own above. */
static int
set_member(struct cli *cli, unsigned field, json_t *body)
{
	char name[24], why[DRAFT_WHY_CAP], hex[33];
	const char *v = cli_opt(cli, option_of(field, name));
	json_t *value = NULL;
	int err = 0;

	if (!v)
		return 0;
	if (field == CLASS_CAMPAIGN && cli->target) {
		err = triage_campaign(cli, v, hex);
		value = err ? NULL : json_string(hex);
	} else if (field == CLASS_CAMPAIGN) /* the check before a key is needed */
		err = triage_case_check(cli, "campaign");
	else if (field == CLASS_LINKS)
		err = read_links(cli, v, &value);
	else if (!(value = draft_read(field, v, why)))
		err = cli_fail(cli, DAVY_USAGE, "usage", "--%s: %s", name, cli_s(cli, why));
	if (!err && value)
		json_object_set(body, draft_info[field].name, value);
	json_decref(value);
	return err;
}

int
triage_class(struct cli *cli, uint16_t type, json_t *body)
{
	const char *hazard = cli_opt(cli, "hazard");
	json_t *list;
	unsigned i;
	int err = 0;

	for (i = 0; !err && i < sizeof(codes) / sizeof(*codes); i++)
		if (!strcmp(codes[i].option, "severity") || !strcmp(codes[i].option, "credibility"))
			err = set_code(cli, body, i);
	if (!err && hazard) {
		err = triage_hazards(cli, type, hazard, &list);
		if (!err)
			json_object_set_new(body, "hazard", list);
	}
	for (i = 0; !err && i < CLASS__MAX; i++)
		if (i != CLASS_SEVERITY && i != CLASS_CREDIBILITY && i != CLASS_HAZARD)
			err = set_member(cli, i, body);
	return err;
}

/* What a move states besides its codes. */
static int
set_statements(struct cli *cli, json_t *body)
{
	const char *target = cli_opt(cli, "target"), *report = cli_opt(cli, "report");
	char hex[33];
	int err = triage_case_check(cli, "into");

	if (!err && cli_opt(cli, "into") && cli->target) {
		err = triage_case(cli, "into", hex);
		if (!err)
			json_object_set_new(body, "into", json_string(hex));
	}
	if (!err && target && json_object_set_new(body, "target", json_string(target)))
		err = cli_fail(cli, DAVY_USAGE, "utf-8", _("--%s is not valid UTF-8."), "target");
	if (!err && report && (strlen(report) != 64 || strspn(report, "0123456789abcdef") != 64))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("--report must be the 64 hex digits of the report's hash."));
	if (!err && report)
		json_object_set_new(body, "report", json_string(report));
	if (cli_flag(cli, "no-leak"))
		json_object_set_new(body, "no_leak", json_true());
	if (cli_flag(cli, "voice"))
		json_object_set_new(body, "voice", json_true());
	return err;
}

int
triage_body(struct cli *cli, json_t **out)
{
	const char *outcome = cli_opt(cli, "outcome");
	const struct taxonomy_word *w = outcome ? triage_word(TAXONOMY_OUTCOME, outcome) : NULL;
	json_t *body = json_pack("{s:i,s:s*}", "v", 1, "text", cli->text);
	size_t i;
	int err = 0;

	*out = NULL;
	for (i = 0; !err && i < sizeof(codes) / sizeof(*codes); i++)
		err = set_code(cli, body, i);
	if (!err && w && !cli_opt(cli, "move"))
		json_object_set_new(body, "move", json_string(w->to));
	if (!err && !json_object_get(body, "move"))
		err = cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say to which state the case moves: --move STATE or --outcome CODE."));
	if (!err)
		err = triage_class(cli, ENTRY_TRIAGE, body);
	if (!err)
		err = set_statements(cli, body);
	if (err)
		json_decref(body);
	else
		*out = body;
	return err;
}

int
triage_check(struct cli *cli)
{
	return case_body_check(cli, triage_body);
}

const struct cli_option triage_options[] = {
	{ .name = "move",
	  .arg = N_("STATE"),
	  .axis = "state",
	  .words = "needs_info accepted merged referred sealed held closed_out closed_insufficient "
		   "closed_abuse in_triage in_action verified verified_unfounded answered",
	  .help = N_("the state to go to") },
	{ .name = "outcome",
	  .arg = N_("CODE"),
	  .axis = "outcome",
	  .words =
		  "ACCEPT URGENT NEED_INFO MERGE LINK REFER SEAL HOLD_SOURCE OUT_SCOPE INSUFF ABUSE",
	  .help = N_("the triage outcome; leads to a state of its own") },
	TRIAGE_CLASS_OPTIONS,
	{ .name = "hazard",
	  .arg = N_("CODES"),
	  .axis = "hazard",
	  .help = N_("hazard codes, separated by commas") },
	{ .name = "result",
	  .arg = N_("RESULT"),
	  .words = "substantiated partly not_found unable",
	  .axis = "result",
	  .help = N_("what the verification found (--move verified, verified_unfounded)") },
	{ .name = "report",
	  .arg = N_("HASH"),
	  .help = N_("the report that the verification rests on") },
	{ .name = "no-leak",
	  .help = N_("no order of the case has an open leak flag (--move verified_unfounded)") },
	{ .name = "into",
	  .arg = "ID",
	  .help = N_("the case that this one is merged into or linked to") },
	{ .name = "question",
	  .arg = N_("TEXT"),
	  .help = N_("one plain question to the source (--outcome NEED_INFO)") },
	{ .name = "target", .arg = N_("NAME"), .help = N_("who takes a referred matter over") },
	{ .name = "target-state",
	  .arg = N_("STATE"),
	  .axis = "state",
	  .words = "in_action verified verified_unfounded answered recheck closed",
	  .help = N_("where the case stands that this one was merged into (--move in_action)") },
	{ .name = "voice", .help = N_("it was handed over by voice (a referred S1)") },
	CLI_TEXT_OPTIONS(N_("why")),
	{ 0 },
};
