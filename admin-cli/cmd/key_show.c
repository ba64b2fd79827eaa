/* davy key show: whose keys these are, and which epoch keys of desks they hold. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home_state.h"
#include "crypto/b64.h"

static int
key_show_exec(struct cli *cli)
{
	char handle[2 * KEY_HANDLE_LEN + 1], sign[B64_LEN(KEY_SIGN_PUBLIC_LEN) + 1], gw[33];
	const char *const heads[] = { _("DESK"), _("EPOCH"), _("USE"), _("GATEWAY"), NULL };
	const struct home_keys *k;
	json_t *epochs = json_array();
	int err = home_keys(cli->ses, &k);

	if (err) {
		json_decref(epochs);
		return err;
	}
	term_hex(handle, k->handle, KEY_HANDLE_LEN);
	(void)b64_encode(sign, sizeof(sign), k->sign_pk, sizeof(k->sign_pk), B64_PADDED);
	cli_printf(cli, "%s %s\n", _("Name:  "), cli_s(cli, k->name));
	cli_printf(cli, "%s %s\n", _("Handle:"), handle);
	cli_printf(cli, "%s %s\n", _("Signs: "), sign);
	struct cli_table *t = cli_table_new(cli, heads);
	for (size_t i = 0; i < k->epoch_cnt; i++) {
		const struct home_epoch *e = &k->epoch[i];
		const char *use = e->use == EPOCH_OFFLINE ? "offline" : "online";
		char desk[12], epoch[12];
		snprintf(desk, sizeof(desk), "%u", e->desk);
		snprintf(epoch, sizeof(epoch), "%u", e->epoch);
		term_hex(gw, e->gateway, 16);
		cli_table_row(t, desk, epoch, use, gw);
		json_array_append_new(epochs, json_pack("{s:s, s:i, s:I, s:s}", "gateway", gw,
							"desk", e->desk, "epoch",
							(json_int_t)e->epoch, "use", use));
	}
	cli_table_end(t, _("No desk keys yet: davy sync brings them."));
	cli_data(cli, json_pack("{s:s, s:s, s:s, s:o}", "name", k->name, "handle", handle, "sign",
				sign, "epochs", epochs));
	return DAVY_OK;
}

const struct command cmd_key_show = {
	.noun = "key",
	.verb = "show",
	.help = N_("show whose key this is and which desk keys it holds"),
	.group = CLI_KEYS,
	.exec = key_show_exec,
};
