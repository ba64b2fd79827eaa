/* The page through a veil; see site_veil.h. */
#include "admin-cli/cmd/site_veil.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/veil_arg.h"
#include "crypto/b64.h"

#define VEIL_TEXT_CAP (B64_LEN(OHTTP_CONFIG_LEN) + 1)

int
site_card_take(struct cli *cli, struct card_gateway *out)
{
	const char *path = cli_opt(cli, "card");
	uint8_t *bytes;
	size_t len;

	if (!path)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say for which gateway the page is: --card FILE, its card."));
	int err = file_read(cli->ses, path, CARD_MAX, &bytes, &len);
	if (err)
		return err;
	err = card_gateway_parse(out, bytes, len);
	free(bytes);
	return err ? cli_fail_err(cli, err, _("%s is not a gateway's card"), cli_s(cli, path))
		   : DAVY_OK;
}

/* The key of --veil FILE as the page has it. */
static int
veil_text(struct cli *cli, const struct card_gateway *card, char out[static VEIL_TEXT_CAP])
{
	uint8_t bytes[OHTTP_CONFIG_LEN];
	struct ohttp_config config;
	int err = veil_arg(cli, cli_opt(cli, "veil"), card->id, card->key, &config);

	if (err)
		return err;
	ohttp_config_put(bytes, &config);
	(void)b64_encode(out, VEIL_TEXT_CAP, bytes, sizeof(bytes), B64_PADDED);
	return DAVY_OK;
}

int
site_veil_take(struct cli *cli, const struct card_gateway *card, char **out)
{
	if (!cli_opt(cli, "veil"))
		return DAVY_OK;
	if (!cli_opt(cli, "relay") || !cli_opt(cli, "origin"))
		return cli_fail(
			cli, DAVY_USAGE, "usage", "%s",
			_("A page through a veil speaks to a relay alone: give its address, --origin URL, "
			  "and who runs it, --relay NAME --relay-en NAME."));
	*out = malloc(VEIL_TEXT_CAP);
	if (!*out)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	return veil_text(cli, card, *out);
}

int
site_veil_verify(struct cli *cli, const uint8_t *page, size_t len)
{
	static const char mark[] = "\"veil\":\"";
	bool has = memmem(page, len, mark, strlen(mark)) != NULL;
	char key[VEIL_TEXT_CAP];
	struct card_gateway card;
	int err;

	if (!cli_opt(cli, "veil")) {
		if (has)
			cli_printf(
				cli,
				_("This page seals to a veil: --veil FILE --card FILE say whether to "
				  "its key of now.\n"));
		return DAVY_OK;
	}
	err = site_card_take(cli, &card);
	if (!err)
		err = veil_text(cli, &card, key);
	if (err)
		return err;
	if (memmem(page, len, key, strlen(key))) {
		cli_printf(cli, _("The page seals to the key of this veil.\n"));
		return DAVY_OK;
	}
	return cli_fail(
		cli, DAVY_REFUSED, "veil", "%s",
		has ? _("The page seals to another key than that of this veil: who opens it cannot "
			"send once the veil has the old key no more. Build the page again.")
		    : _("The page seals to no veil: it was not built with --veil."));
}

int
site_veil_check(struct cli *cli, const char *page)
{
	/* It has no form, which would go past the veil. */
	bool has = !strstr(page, "__FORM__");

	if (has == (cli_opt(cli, "veil") != NULL))
		return DAVY_OK;
	return cli_fail(
		cli, DAVY_USAGE, "usage", "%s",
		has ? _("This template sends everything through a veil: give its card, --veil FILE, "
			"or take the ordinary template.")
		    : _("This template has no veil: take share/davylamp/veil.html."));
}
