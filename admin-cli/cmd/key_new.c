/* davy key new: makes the keys of a member, in a keystore under a passphrase. */
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/key_card.h"
#include "admin-cli/home/home_state.h"
#include "crypto/secret.h"
#include "crypto/text.h"

static int
check_name(struct cli *cli, const char *name)
{
	if (!name)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("A key has a name that the desk knows you by: --name NAME."));
	size_t len = strlen(name);
	if (len == 0 || len >= ROSTER_NAME_MAX || text_printable(name, len, 0) != 0 ||
	    name[0] == ' ' || name[len - 1] == ' ')
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A name has 1 to %d bytes of UTF-8, no control characters and no blank at "
			  "either end."),
			ROSTER_NAME_MAX - 1);
	return DAVY_OK;
}

static int
make_keys(struct cli *cli, const char *name, const struct keystore_cost *cost)
{
	struct home_secret *s = cli->ses->home->secret = secret_alloc(sizeof(*s));
	char *pass = secret_alloc(HOME_PASSPHRASE_CAP);
	int err;

	if (!s || !pass) {
		secret_free(pass);
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	err = home_passphrase(cli->ses, true, pass);
	if (!err) {
		err = keystore_key_new(&s->key, pass, cost);
		if (err)
			err = cli_fail_err(cli, err, "%s", _("The passphrase cannot be used"));
	}
	secret_free(pass);
	if (err)
		return err;
	struct home_keys *k = &s->keys;
	snprintf(k->name, sizeof(k->name), "%s", name);
	randombytes_buf(k->handle, sizeof(k->handle));
	randombytes_buf(k->workspace, sizeof(k->workspace));
	key_sign_new(&k->sign);
	key_sign_public(k->sign_pk, &k->sign);
	xwing_keypair(&k->seal_pk, &k->seal);
	return DAVY_OK;
}

static int
key_new_exec(struct cli *cli)
{
	struct keystore_cost cost = keystore_default;
	const char *name = cli_opt(cli, "name");
	uint64_t mib = cost.mem_kib / 1024;
	char hex[2 * KEY_HANDLE_LEN + 1];
	int fd, err = check_name(cli, name);

	if (!err)
		err = cli_opt_number(cli, "memory", 1, KEYSTORE_MEM_MAX / 1024, &mib);
	if (!err)
		err = home_open(cli->ses, true);
	if (!err)
		err = home_lock(cli->ses, &fd);
	if (err)
		return err;
	cost.mem_kib = (uint32_t)mib * 1024;
	if (home_has_keys(cli->ses))
		err = cli_fail(cli, DAVY_REFUSED, "exists",
			       _("There is a key in %s already; keep it, or use another --home."),
			       cli_s(cli, cli->ses->home->dir));
	if (!err)
		err = make_keys(cli, name, &cost);
	if (!err)
		err = home_keystore_write(cli->ses, home_path(cli->ses, "keystore"));
	close(fd);
	if (err)
		return err;
	term_hex(hex, cli->ses->home->secret->keys.handle, KEY_HANDLE_LEN);
	cli_printf(cli, _("Made key %s of %s in %s.\n"), hex, cli_s(cli, name),
		   cli_s(cli, cli->ses->home->dir));
	if (cli_opt(cli, "card"))
		return key_card_write(cli, cli_opt(cli, "card"));
	cli_printf(cli, "%s\n",
		   _("Next: davy key card -o FILE, and hand the card to the registrar. "
		     "A backup: davy key backup -o FILE."));
	cli_data(cli, json_pack("{s:s, s:s}", "handle", hex, "name", name));
	return DAVY_OK;
}

static const struct cli_option options[] = {
	{ .name = "name", .arg = N_("NAME"), .help = N_("what your desk knows you by") },
	{ .name = "card",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("also write the card for the registrar there, as davy key card does") },
	{ .name = "memory",
	  .arg = N_("MIB"),
	  .help = N_("memory that guessing the passphrase costs (256); less only for tests") },
	{ 0 },
};

const struct command cmd_key_new = {
	.noun = "key",
	.verb = "new",
	.help = N_("make your keys, in a keystore under a passphrase"),
	.group = CLI_KEYS,
	.options = options,
	.exec = key_new_exec,
};
