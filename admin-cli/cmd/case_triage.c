/* davy case triage: a move of the tip machine by one person. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/rules/machine.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/cmd/triage.h"
#include "crypto/frame.h"

int
triage_code(struct cli *cli, int axis, const char *option, const char *code)
{
	const struct taxonomy_word *all;
	char list[512] = "";
	size_t cnt, i, at = 0;

	if (taxonomy_find((enum taxonomy_axis)axis, code))
		return 0;
	all = taxonomy_all((enum taxonomy_axis)axis, &cnt);
	for (i = 0; i < cnt && at < sizeof(list) - 16; i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, " %s", all[i].code);
	return cli_fail(cli, DAVY_USAGE, "usage", _("--%s %s is none of:%s"), option,
			cli_s(cli, code), list);
}

int
triage_hazards(struct cli *cli, const char *csv, json_t **list)
{
	char code[32];
	size_t n;
	int err;

	*list = json_array();
	while (*csv) {
		n = strcspn(csv, ",");
		snprintf(code, sizeof(code), "%.*s", (int)(n < 31 ? n : 31), csv);
		err = triage_code(cli, TAXONOMY_HAZARD, "hazard", code);
		if (err) {
			json_decref(*list);
			*list = NULL;
			return err;
		}
		json_array_append_new(*list, json_string(code));
		csv += n + (csv[n] == ',');
	}
	return 0;
}

static const struct {
	const char *option;
	int axis; /* -1: the states of the tip machine; -2: checked with the body */
} codes[] = {
	{ "move", -1 },        { "outcome", TAXONOMY_OUTCOME }, { "severity", TAXONOMY_SEVERITY },
	{ "credibility", -2 }, { "result", TAXONOMY_RESULT },
};

static int
set_code(struct cli *cli, json_t *body, size_t i)
{
	const char *v = cli_opt(cli, codes[i].option);
	int err = 0;

	if (!v)
		return 0;
	if (codes[i].axis == -1 && machine_state(MACHINE_TIP, v) < 0)
		err = triage_code(cli, TAXONOMY_STATE, codes[i].option, v);
	if (codes[i].axis >= 0)
		err = triage_code(cli, codes[i].axis, codes[i].option, v);
	json_object_set_new(body, codes[i].option, json_string(v));
	return err;
}

int
triage_body(struct cli *cli, json_t **out)
{
	const char *outcome = cli_opt(cli, "outcome"), *hazard = cli_opt(cli, "hazard");
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_OUTCOME, outcome);
	json_t *body = json_pack("{s:i}", "v", 1), *list;
	char *text = NULL;
	size_t i;
	int err = 0;

	*out = NULL;
	for (i = 0; !err && i < sizeof(codes) / sizeof(*codes); i++)
		err = set_code(cli, body, i);
	if (!err && w && !cli_opt(cli, "move"))
		json_object_set_new(body, "move", json_string(w->to));
	if (!err && !json_object_get(body, "move"))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Say where to: --move STATE or --outcome CODE."));
	if (!err && hazard) {
		err = triage_hazards(cli, hazard, &list);
		if (!err)
			json_object_set_new(body, "hazard", list);
	}
	if (!err && cli_flag(cli, "voice"))
		json_object_set_new(body, "voice", json_true());
	if (!err)
		err = cli_text_option(cli, false, ENTRY_ROOM, &text);
	if (!err && text)
		json_object_set_new(body, "text", json_string(text));
	free(text);
	if (err)
		json_decref(body);
	else
		*out = body;
	return err;
}

static int
case_triage(struct cli *cli)
{
	struct submit p = { .type = ENTRY_TRIAGE };
	int err = triage_body(cli, &p.body);

	return err ? err : case_write(cli, FRAME_CASE, &p);
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
	{ .name = "severity",
	  .arg = "S1|S2|S3|S4",
	  .words = "S1 S2 S3 S4",
	  .axis = "severity",
	  .help = N_("how grave; not below the floor of a hazard") },
	{ .name = "credibility", .arg = "A1…X4", .help = N_("nearness A B C X and fit 1 2 3 4") },
	{ .name = "hazard",
	  .arg = N_("CODES"),
	  .axis = "hazard",
	  .help = N_("hazard codes, separated by commas") },
	{ .name = "result",
	  .arg = N_("RESULT"),
	  .words = "substantiated partly not_found unable",
	  .axis = "result",
	  .help = N_("what the verification found (--move verified)") },
	{ .name = "voice", .help = N_("it was handed over by voice (a referred S1)") },
	{ .name = "text", .arg = N_("TEXT"), .help = N_("why") },
	{ .name = "file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read it there; - is standard input") },
	{ 0 },
};

const struct command cmd_case_triage = {
	.noun = "case",
	.verb = "triage",
	.args = "ID",
	.help = N_("move a case on, classified"),
	.more = N_(
		"What takes two members is refused here: davy case propose, then another's davy case cosign."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = triage_options,
	.exec = case_triage,
};
