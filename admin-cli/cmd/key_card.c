/* davy key card: prints the public keys of this home as a card, for the registrar. */
#include "admin-cli/cmd/key_card.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home_state.h"
#include "crypto/card.h"

int
key_card_write(struct cli *cli, const char *path)
{
	struct card_member card = { 0 };
	const struct home_keys *k;
	uint8_t text[CARD_MAX];
	struct bufw w;
	int err = home_keys(cli->ses, &k);

	if (err)
		return err;
	memcpy(card.handle, k->handle, sizeof(card.handle));
	memcpy(card.name, k->name, sizeof(card.name));
	memcpy(card.sign, k->sign_pk, sizeof(card.sign));
	memcpy(card.seal, k->seal_pk.b, sizeof(card.seal));
	bufw_init(&w, text, sizeof(text));
	err = card_member_print(&w, &card);
	if (err)
		return cli_fail_err(cli, err, "%s", _("The card cannot be written"));
	cli_data(cli, json_pack("{s:s%, s:s?}", "card", (char *)text, w.len, "file", path));
	if (!path) {
		cli_printf(cli, "%.*s", (int)w.len, (char *)text);
		return DAVY_OK;
	}
	err = file_write(cli->ses, path, 0644, text, w.len);
	if (!err)
		cli_printf(cli, _("Wrote the card of %s to %s. It holds no secret.\n"),
			   cli_s(cli, k->name), cli_s(cli, path));
	return err;
}

static int
key_card_exec(struct cli *cli)
{
	return key_card_write(cli, cli_opt(cli, "output"));
}

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("write it there instead of printing it") },
	{ 0 },
};

const struct command cmd_key_card = {
	.noun = "key",
	.verb = "card",
	.help = N_("print the card with your public keys, for the registrar"),
	.group = CLI_KEYS,
	.options = options,
	.exec = key_card_exec,
};
