/* davy key restore: puts a backup of a keystore into a home that has no keys. */
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home_state.h"
#include "crypto/secret.h"

/* Puts the copy in its place and opens it; a copy that does not open is removed again. */
static int
key_restore_exec(struct cli *cli)
{
	char hex[2 * KEY_HANDLE_LEN + 1];
	uint8_t *bytes = NULL;
	size_t len;
	int fd, err = home_open(cli->ses, true);

	if (!err)
		err = home_lock(cli->ses, &fd);
	if (err)
		return err;
	const char *path = home_path(cli->ses, "keystore");
	if (home_has_keys(cli->ses))
		err = cli_fail(cli, DAVY_REFUSED, "exists",
			       _("There is a key in %s already; keep it, or use another --home."),
			       cli_s(cli, cli->ses->home->dir));
	if (!err)
		err = file_read(cli->ses, cli->argv[0], KEYSTORE_MAX, &bytes, &len);
	if (!err)
		err = file_write(cli->ses, path, 0600, bytes, len);
	if (!err && (err = home_unlock(cli->ses, false)) != DAVY_OK)
		(void)unlink(path);
	free(bytes);
	close(fd);
	if (err)
		return err;
	const struct home_keys *k = &cli->ses->home->secret->keys;
	term_hex(hex, k->handle, KEY_HANDLE_LEN);
	cli_printf(cli, _("Restored key %s of %s into %s.\n"), hex, cli_s(cli, k->name),
		   cli_s(cli, cli->ses->home->dir));
	cli_data(cli, json_pack("{s:s, s:s}", "handle", hex, "name", k->name));
	return DAVY_OK;
}

const struct command cmd_key_restore = {
	.noun = "key",
	.verb = "restore",
	.args = "FILE",
	.help = N_("put a backup into an empty home"),
	.group = CLI_KEYS,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@file",
	.exec = key_restore_exec,
};
