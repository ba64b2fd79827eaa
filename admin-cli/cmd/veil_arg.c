/* The card of a gateway's veil; see veil_arg.h. */
#include "admin-cli/cmd/veil_arg.h"

#include "admin-cli/cli/cli.h"
#include "crypto/err.h"
#include "crypto/veil.h"

int
veil_arg(struct cli *cli, const char *path, const uint8_t gateway[static KEY_ID_LEN],
	 const uint8_t key[static KEY_SIGN_PUBLIC_LEN], struct ohttp_config *out)
{
	struct veil_card card;
	uint8_t *bytes;
	size_t len;
	int err = file_read(cli->ses, path, VEIL_CARD_MAX, &bytes, &len);

	if (err)
		return err;
	err = veil_card_verify(&card, bytes, len, gateway, key);
	free(bytes);
	if (err == ERR_AUTH)
		return cli_fail(
			cli, DAVY_REFUSED, "forged",
			_("%s is not signed by the key of this gateway's card: it is the card of another "
			  "gateway's veil, or forged, or older than the gateway's key."),
			cli_s(cli, path));
	if (!err)
		err = ohttp_config_get(out, card.config);
	return err ? cli_fail_err(cli, err, _("%s is not the card of a veil"), cli_s(cli, path))
		   : DAVY_OK;
}
