/* davy case correct: changes the classification of a case at any time after it was read. What takes
 * two members (lowering it) becomes a proposal. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_propose.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/desk/opened.h"
#include "crypto/entry.h"

static int
build(struct cli *cli, json_t **out)
{
	json_t *body = json_pack("{s:i,s:s*}", "v", 1, "text", cli->text);
	int err = triage_class(cli, ENTRY_CORRECTION, body);

	*out = NULL;
	if (!err && !triage_class_given(cli))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Say what changes, for example --severity, --hazard, --named."));
	if (err)
		json_decref(body);
	else
		*out = body;
	return err;
}

static int
check(struct cli *cli)
{
	return case_body_check(cli, build);
}

static int
case_correct(struct cli *cli)
{
	struct submit p = { .type = ENTRY_CORRECTION };
	enum fold_reason reason;
	int err = build(cli, &p.body);

	if (err)
		return err;
	reason = submit_check(cli->opened, &p);
	if (reason == FOLD_LOWER || (reason == FOLD_FLOOR && cli_flag(cli, "propose")))
		return case_propose_entry(cli, "correction", p.body);
	return case_write(cli, &p);
}

static const struct cli_option options[] = {
	TRIAGE_CLASS_OPTIONS,
	{ .name = "hazard",
	  .arg = N_("CODES"),
	  .axis = "hazard",
	  .help = N_("all hazards of the case, separated by commas") },
	{ .name = "propose", .help = N_("propose a severity below the floor") },
	CLI_TEXT_OPTIONS(N_("why")),
	{ 0 },
};

const struct command cmd_case_correct = {
	.noun = "case",
	.verb = "correct",
	.args = "ID",
	.help = N_("change the classification of a case"),
	.more = N_(
		"In every state, under the rules of triage. Lowering S1 or S2, a floor or the start level takes two "
		"members: it becomes a proposal, and another member cosigns."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.check = check,
	.exec = case_correct,
};
