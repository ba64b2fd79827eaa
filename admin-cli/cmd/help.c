#include "admin-cli/cli/cli_state.h"

static int
help_exec(struct cli *cli)
{
	return cli_help(cli, cli->argc > 0 ? cli->argv[0] : NULL,
			cli->argc > 1 ? cli->argv[1] : NULL);
}

const struct command cmd_help = {
	.noun = "help",
	.args = "[NOUN [VERB]]",
	.help = N_("list the commands, or tell about one"),
	.group = CLI_TOOLS,
	.arg_max = 2,
	.words = "@noun",
	.exec = help_exec,
};
