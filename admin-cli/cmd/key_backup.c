/* davy key backup: copies the keystore to a file, after trying the passphrase on it. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home_state.h"
#include "crypto/secret.h"

/* Asks for the passphrase and tries it first: a backup that nobody can open is worth nothing. */
static int
key_backup_exec(struct cli *cli)
{
	const char *path = cli_opt(cli, "output");
	uint8_t *bytes = NULL;
	size_t len;

	if (!path)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say where the backup goes: davy key backup -o FILE."));
	int err = home_unlock(cli->ses, false);
	if (!err)
		err = home_keystore_read(cli->ses, home_path(cli->ses, "keystore"), &bytes, &len);
	if (!err)
		err = file_write(cli->ses, path, 0600, bytes, len);
	free(bytes);
	if (err)
		return err;
	cli_printf(cli, _("Wrote the keystore to %s; your passphrase opens it.\n"),
		   cli_s(cli, path));
	cli_data(cli, json_pack("{s:s}", "file", path));
	return DAVY_OK;
}

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("where to") },
	{ 0 },
};

const struct command cmd_key_backup = {
	.noun = "key",
	.verb = "backup",
	.help = N_("copy the keystore to a file, after trying the passphrase"),
	.group = CLI_KEYS,
	.options = options,
	.exec = key_backup_exec,
};
