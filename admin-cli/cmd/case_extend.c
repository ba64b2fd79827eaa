/* davy case extend: asks for more time for the verification of a case; a member of the desk above
 * signs it by davy case cosign. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_propose.h"

static int
case_extend(struct cli *cli)
{
	int err = case_propose_entry(cli, "extend",
				     json_pack("{s:i,s:s}", "v", 1, "text", cli->text));

	if (!err)
		cli_printf(
			cli,
			_("It counts once one of the two is from a desk above and the source has been "
			  "told why: davy case reply --status 4 --text.\n"));
	return err;
}

static const struct cli_option options[] = {
	CLI_TEXT_OPTIONS(N_("why it takes longer")),
	{ 0 },
};

const struct command cmd_case_extend = {
	.noun = "case",
	.verb = "extend",
	.args = "ID",
	.help = N_("ask the desk above for more time to verify a case"),
	.more = N_(
		"Once: 15 days more for S1, 30 for any other. It takes two members, one of them of a desk "
		"above, and counts when the source has been told why."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_NEEDED,
	.exec = case_extend,
};
