/* davy lock: ends the agent that davy unlock started, so that the passphrase is needed again. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home_state.h"

static int
lock_exec(struct cli *cli)
{
	int err = home_open(cli->ses, false);

	if (err)
		return err;
	bool was = agent_stop(cli->ses->home->dir) == 0;
	cli_printf(cli, "%s\n", was ? _("Locked.") : _("It was locked already."));
	cli_data(cli, json_pack("{s:b}", "was_unlocked", was));
	return DAVY_OK;
}

const struct command cmd_lock = {
	.noun = "lock",
	.help = N_("forget the key that davy unlock holds"),
	.group = CLI_KEYS,
	.exec = lock_exec,
};
