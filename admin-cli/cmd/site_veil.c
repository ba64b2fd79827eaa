/* The page through a veil; see site_veil.h. */
#include "admin-cli/cmd/site_veil.h"

#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/veil_arg.h"
#include "crypto/b64.h"

int
site_veil_take(struct cli *cli, const struct card_gateway *card, char **out)
{
	const char *path = cli_opt(cli, "veil");
	uint8_t bytes[OHTTP_CONFIG_LEN];
	struct ohttp_config config;

	if (!path)
		return DAVY_OK;
	if (!cli_opt(cli, "relay") || !cli_opt(cli, "origin"))
		return cli_fail(
			cli, DAVY_USAGE, "usage", "%s",
			_("A page through a veil speaks to a relay alone: give its address, --origin URL, "
			  "and who runs it, --relay NAME --relay-en NAME."));
	int err = veil_arg(cli, path, card->id, card->key, &config);
	if (err)
		return err;
	*out = malloc(B64_LEN(sizeof(bytes)) + 1);
	if (!*out)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	ohttp_config_put(bytes, &config);
	(void)b64_encode(*out, B64_LEN(sizeof(bytes)) + 1, bytes, sizeof(bytes), B64_PADDED);
	return DAVY_OK;
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
