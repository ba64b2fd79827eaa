/* davy log forget: takes the public log anew after the gateway was restored from a backup. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/account.h"

static int
log_forget_exec(struct cli *cli)
{
	int err = cli_confirm(
		cli,
		_("The next sync takes the log as it is shown then, and a log that was rewritten is not "
		  "noticed. Has the operator said why the log was set back, and have the other desks heard "
		  "the same?"));

	if (!err)
		err = account_forget(cli->ses);
	if (!err)
		cli_printf(cli, _("Forgotten. The alarms stay: they are the proof.\n"));
	return err;
}

const struct command cmd_log_forget = {
	.noun = "log",
	.verb = "forget",
	.help = N_("take the public log anew, after a restored backup"),
	.more = N_(
		"A gateway that was restored from a backup shows an older log than before, and then "
		"another one. A home that has seen the log before raises an alarm at each sync, and cosigns "
		"and accounts for nothing, until this is done."),
	.group = CLI_TOOLS,
	.exec = log_forget_exec,
};
