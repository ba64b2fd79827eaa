/*
 * davy case junk: says that a case is junk from a flood. When members of two desks have said so,
 * the gateway removes it after seven days, unless somebody acknowledges it or its source writes
 * again.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"

static int
check(struct cli *cli)
{
	const char *reason = cli_opt(cli, "reason");

	return reason && *reason ? DAVY_OK
				 : cli_fail(cli, DAVY_USAGE, "usage",
					    _("Say why it is junk: --reason TEXT."));
}

static int
junk(struct cli *cli)
{
	struct submit p = { .type = ENTRY_JUNK,
			    .body = json_pack("{s:i,s:s}", "v", 1, "text", cli_opt(cli, "reason")),
			    .now = true };

	return case_write(cli, &p);
}

static const struct cli_option options[] = {
	{ .name = "reason",
	  .arg = N_("TEXT"),
	  .help = N_("why it is junk; the desks of the case can read it") },
	{ 0 },
};

const struct command cmd_case_junk = {
	.noun = "case",
	.verb = "junk",
	.args = "ID",
	.help = N_("say that a case is junk"),
	.more = N_(
		"Two members of two desks have to say so. The gateway removes the case seven days "
		"later, unless somebody acknowledges it or its source writes again."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.check = check,
	.exec = junk,
};
