/* davy key passwd: changes the passphrase of the keystore. */
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home_state.h"
#include "crypto/secret.h"

static int
new_passphrase(struct cli *cli, char pass[static HOME_PASSPHRASE_CAP])
{
	const char *file = cli_opt(cli, "new-passphrase-file"), *old = cli->ses->passphrase_file;

	if (file)
		return home_passphrase_file(cli->ses, file, pass);
	/* --passphrase-file names the old passphrase here */
	cli->ses->passphrase_file = NULL;
	int err = home_passphrase(cli->ses, true, pass);
	cli->ses->passphrase_file = old;
	return err;
}

static int
key_passwd_exec(struct cli *cli)
{
	int fd, r = home_open(cli->ses, false);

	if (r == DAVY_OK)
		r = home_lock(cli->ses, &fd);
	if (r)
		return r;
	/* Not by the agent: whoever uses an unlocked session need not know the old passphrase. */
	r = home_unlock(cli->ses, false);
	char *pass = r == DAVY_OK ? secret_alloc(HOME_PASSPHRASE_CAP) : NULL;
	if (pass && (r = new_passphrase(cli, pass)) == DAVY_OK) {
		struct keystore_key *key = &cli->ses->home->secret->key;
		const struct keystore_cost cost = { key->ops, key->mem_kib };
		r = keystore_key_new(key, pass, &cost);
		if (r)
			r = cli_fail_err(cli, r, "%s", _("The passphrase cannot be used"));
		else
			r = home_keystore_write(cli->ses, home_path(cli->ses, "keystore"));
	} else if (r == DAVY_OK) {
		r = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	secret_free(pass);
	close(fd);
	if (r)
		return r;
	if (agent_stop(cli->ses->home->dir) == 0)
		cli_printf(cli, "%s\n", _("The agent forgot the old key."));
	cli_printf(cli, "%s\n", _("The passphrase is changed. Backups keep the old one."));
	return DAVY_OK;
}

static const struct cli_option options[] = {
	{ .name = "new-passphrase-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the new passphrase, instead of asking for it") },
	{ 0 },
};

const struct command cmd_key_passwd = {
	.noun = "key",
	.verb = "passwd",
	.help = N_("change the passphrase of the keystore"),
	.group = CLI_KEYS,
	.options = options,
	.exec = key_passwd_exec,
};
