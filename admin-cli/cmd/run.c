/* Finds the command that words name in the table of commands.c, and runs it (see run.h). */
#include "admin-cli/cmd/run.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/desk/submit.h"

static int
check_args(struct cli *cli)
{
	const struct command *c = cli->command;
	char usage[512];

	if (cli->argc >= c->arg_min && (c->arg_max < 0 || cli->argc <= c->arg_max))
		return DAVY_OK;
	cli_usage(cli, c, usage, sizeof(usage));
	if (cli->argc < c->arg_min)
		return cli_fail(cli, DAVY_USAGE, "usage", _("An argument is missing. Usage: %s"),
				usage);
	return cli_fail(cli, DAVY_USAGE, "usage", _("Too many arguments. Usage: %s"), usage);
}

/* Finds the case or order that the first argument names, and opens it where the command's row says
 * so. *c is the copy that cli->target points to. */
static int
find_target(struct cli *cli, struct workspace_case *c)
{
	const struct command *cmd = cli->command;
	int err, kind = cmd->target == CLI_TARGET_ORDER  ? FRAME_ORDER
			: cmd->target == CLI_TARGET_BOOK ? FRAME_BOOK
							 : FRAME_CASE;

	if (cmd->target == CLI_TARGET_NONE)
		return DAVY_OK;
	if (cmd->opened) {
		err = submit_open(cli->ses, kind, cli->argv[0], &cli->opened);
		if (!err)
			*c = cli->opened->c;
	} else {
		err = submit_find(cli->ses, kind, cli->argv[0], c);
	}
	if (!err)
		cli->target = c;
	return err;
}

/* The order is a promise (cli.h): what can be wrong with the command line is looked at first. */
static int
run_command(struct cli *cli)
{
	const struct command *cmd = cli->command;
	struct workspace_case target;
	char *text = NULL;
	int err = check_args(cli);

	if (!err && cmd->check)
		err = cmd->check(cli);
	if (!err)
		err = cli_text_read(cli, ENTRY_ROOM, &text);
	cli->text = text;
	if (!err)
		err = find_target(cli, &target);
	if (!err)
		err = cmd->exec(cli);
	opened_free(cli->opened);
	cli->opened = NULL;
	cli->target = NULL;
	cli->text = NULL;
	free(text);
	return err;
}

int
run_words(struct cli *cli, int argc, char **argv)
{
	int at, err = cli_opt_globals(cli, argc, argv, &at);

	if (err)
		return err;
	if (cli_flag(cli, "version") && at >= argc)
		return cli_command("version", NULL)->exec(cli);
	if (at >= argc)
		return cli_help(cli, NULL, NULL);
	const char *noun = argv[at];
	const char *verb = at + 1 < argc && argv[at + 1][0] != '-' ? argv[at + 1] : NULL;
	cli->command = verb ? cli_command(noun, verb) : NULL;
	int skip = cli->command ? 2 : 1;
	if (!cli->command)
		cli->command = cli_command(noun, NULL);
	if (!cli->command) {
		if (!cli_noun_exists(noun))
			return cli_unknown(cli, NULL, noun);
		if (verb)
			return cli_unknown(cli, noun, verb);
		err = cli_help(cli, noun, NULL);
		bool asked = cli_flag(cli, "help") ||
			     (at + 1 < argc && (strcmp(argv[at + 1], "--help") == 0 ||
						strcmp(argv[at + 1], "-h") == 0));
		return err || asked ? err : DAVY_USAGE;
	}
	err = cli_opt_parse(cli, argc - at - skip, argv + at + skip);
	if (err)
		return err;
	if (cli_flag(cli, "help"))
		return cli_help(cli, cli->command->noun, cli->command->verb);
	return run_command(cli);
}
