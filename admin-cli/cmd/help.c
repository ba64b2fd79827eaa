/* davy help: the screens of help, made from the command table, and its part of the manual page. */
#include "admin-cli/cli/cli_state.h"

static int
help_exec(struct cli *cli)
{
	if (cli_flag(cli, "mdoc"))
		return cli_help_mdoc(cli);
	return cli_help(cli, cli->argc > 0 ? cli->argv[0] : NULL,
			cli->argc > 1 ? cli->argv[1] : NULL);
}

/* --mdoc is for the Makefile, which makes davy.1 with it. */
static const struct cli_option options[] = {
	{ .name = "mdoc" },
	{ 0 },
};

const struct command cmd_help = {
	.noun = "help",
	.args = "[NOUN [VERB]]",
	.help = N_("list the commands, or explain one"),
	.group = CLI_TOOLS,
	.arg_max = 2,
	.options = options,
	.words = "@noun",
	.exec = help_exec,
};
