/* davy desk admit: seals the epoch keys of a desk to a member who lacks them. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/epoch_part.h"
#include "admin-cli/cmd/desk_rotate.h"
#include "crypto/err.h"

int
desk_rotate_member(struct cli *cli, const struct trust *v, const char *prefix,
		   const struct roster_member **out)
{
	uint8_t want[16], id[16] = { 0 };
	size_t digits = term_prefix_parse(prefix, want), found = 0;

	for (size_t i = 0; digits && digits <= 2 * KEY_HANDLE_LEN && i < v->members->cnt; i++) {
		memcpy(id, v->members->member[i].handle, KEY_HANDLE_LEN);
		if (v->members->member[i].desk == v->desk->number &&
		    term_prefix_match(id, want, digits)) {
			*out = &v->members->member[i];
			found++;
		}
	}
	if (found == 1)
		return DAVY_OK;
	return cli_fail(cli, DAVY_REFUSED, found ? "ambiguous" : "not-found",
			found ? _("Several handles begin with %s; give more digits.")
			      : _("No member of your desk has a handle that begins with %s."),
			cli_s(cli, prefix));
}

static int
desk_admit_exec(struct cli *cli)
{
	const struct roster_member *to = NULL;
	const struct trust *v;
	const struct home_epoch *e;
	const struct home_keys *k;
	json_t *given = json_array();
	bool by_card;
	int err = desk_rotate_view(cli, false, &v);

	if (!err)
		err = desk_rotate_member(cli, v, cli->argv[0], &to);
	if (!err)
		err = home_keys(cli->ses, &k);
	for (size_t i = 0; !err && (e = home_epoch_next(cli->ses, k, v->desk->number, &i));) {
		struct home_epoch copy = *e;
		err = epoch_part_give(cli->ses, v, &copy, to, &by_card);
		if (!err)
			json_array_append_new(given, json_integer(e->epoch));
	}
	if (!err)
		cli_printf(cli, _("%s can now open %zu epoch keys of desk %u, after davy sync.\n"),
			   cli_s(cli, to->name), json_array_size(given), v->desk->number);
	cli_data(cli, json_pack("{s:o}", "epochs", given));
	return err;
}

const struct command cmd_desk_admit = {
	.noun = "desk",
	.verb = "admit",
	.args = "HANDLE",
	.help = N_("seal the desk's keys to a member who lacks them"),
	.more = N_(
		"The member is in the roster already. He gets every epoch key that you hold, so he can "
		"read what came before him."),
	.group = CLI_KEYS,
	.arg_min = 1,
	.arg_max = 1,
	.exec = desk_admit_exec,
};
