/* davy case like: which cases that were opened here may be the same matter or the same site. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/view/show_like.h"

static int
case_like(struct cli *cli)
{
	json_t *out = json_array();
	int err = show_like(cli, cli->opened, 100, out);

	if (!err && !json_array_size(out))
		cli_printf(cli, _("No case that was opened here is like this one.\n"));
	cli_data(cli, out);
	return err;
}

const struct command cmd_case_like = {
	.noun = "case",
	.verb = "like",
	.args = "ID",
	.help = N_("list the cases that may be the same matter or site"),
	.more = N_(
		"Compares the words of place, the kind of danger and the text with the cases of the "
		"last 180 days that were opened on this machine, and says why each is listed. "
		"Nothing is merged by itself: davy case triage --outcome MERGE or LINK."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.exec = case_like,
};
