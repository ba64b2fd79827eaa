/* davy unlock: starts the agent, which holds the key so that commands need no passphrase. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home_state.h"
#include "crypto/err.h"

#define MINUTES_DEFAULT 60
#define MINUTES_MAX     (12 * 60)

static int
unlock_exec(struct cli *cli)
{
	uint64_t minutes = MINUTES_DEFAULT;
	int err = cli_opt_number(cli, "for", 1, MINUTES_MAX, &minutes);

	if (err)
		return err;
	/* Not by a running agent: only the passphrase may start its time anew. */
	err = home_unlock(cli->ses, false);
	if (err)
		return err;
	err = agent_start(cli->ses->home->dir, &cli->ses->home->secret->key, (unsigned)minutes);
	if (err)
		return cli_fail_err(cli, err, _("The agent does not start in %s"),
				    cli_s(cli, cli->ses->home->dir));
	cli_printf(cli, _("Unlocked for %u minutes; davy lock ends it.\n"), (unsigned)minutes);
	cli_data(cli, json_pack("{s:i}", "minutes", (int)minutes));
	return DAVY_OK;
}

static const struct cli_option options[] = {
	{ .name = "for", .arg = N_("MINUTES"), .help = N_("how long (60; at most 720)") },
	{ 0 },
};

const struct command cmd_unlock = {
	.noun = "unlock",
	.help = N_("hold the key for a time, so that commands do not ask"),
	.more = N_("Starts a process that keeps the keystore's key in memory and gives it to davy "
		   "commands of the same user and home. Nothing is written."),
	.group = CLI_KEYS,
	.options = options,
	.exec = unlock_exec,
};
