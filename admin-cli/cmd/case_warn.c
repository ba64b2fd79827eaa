/*
 * davy case warn: somebody is told to get people out before anybody has looked: the duty office, a
 * rescue brigade. What they are told comes "from a patrol": nothing in it is the source's. At S1
 * one member does it, else two.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_propose.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/said.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "crypto/entry.h"

static int
check(struct cli *cli)
{
	uint32_t hour;

	if (!cli_opt(cli, "to"))
		return cli_fail(cli, DAVY_USAGE, "usage", _("Say who was told: --to OFFICE."));
	if (cli_opt(cli, "at") && !term_parse_hour(cli_opt(cli, "at"), &hour))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("%s is not an hour; write it like \"2026-12-01 08:00\"."),
				cli_s(cli, cli_opt(cli, "at")));
	return 0;
}

static int
case_warn(struct cli *cli)
{
	struct submit p = { .type = ENTRY_WARN };
	uint32_t hour = sync_hour(cli->ses);
	int err = said_check(cli, cli->opened);

	if (err)
		return err;
	if (cli_opt(cli, "at"))
		(void)term_parse_hour(cli_opt(cli, "at"), &hour);
	p.body = json_pack("{s:i,s:s,s:s,s:I}", "v", 1, "to", cli_opt(cli, "to"), "text", cli->text,
			   "hour", (json_int_t)hour);
	if (p.body && submit_check(cli->opened, &p) == FOLD_TWO)
		return case_propose_entry(cli, "warn", p.body);
	return case_write(cli, &p);
}

static const struct cli_option options[] = {
	{ .name = "to", .arg = N_("OFFICE"), .help = N_("who was told: a duty office, a brigade") },
	{ .name = "at",
	  .arg = N_("HOUR"),
	  .help = N_("when, such as \"2026-12-01 08:00\"; now where it is missing") },
	CLI_TEXT_OPTIONS(N_("what they were told, as from a patrol")),
	{ 0 },
};

const struct command cmd_case_warn = {
	.noun = "case",
	.verb = "warn",
	.args = "ID",
	.help = N_("write down that somebody was warned before any visit"),
	.more = N_(
		"At S1 one member does it, else another signs it with davy case cosign. The words of the "
		"source are refused: who is warned must not learn that somebody spoke."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.check = check,
	.exec = case_warn,
};
