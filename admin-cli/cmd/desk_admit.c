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

/* Whether to seal an epoch's secret to the member: not where the gateway has one for him already,
 * since none is ever replaced, and not before the certificate is complete, except by the lead. */
static int
wanted(struct cli *cli, const struct trust *v, const struct home_epoch *e, uint32_t newest,
       const struct roster_member *to, bool *yes)
{
	bool lead = memcmp(v->desk->lead, v->me->sign, sizeof(v->me->sign)) == 0, there = false;
	struct epoch_part *p = malloc(sizeof(*p));
	int err = p ? epoch_part_get(cli->ses, v, FRAME_KEY_SECRET, e->epoch, to->handle, p, &there)
		    : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	free(p);
	*yes = !err && !there && e->epoch <= newest + (lead ? EPOCH_PART_AHEAD : 0);
	return err;
}

static int
desk_admit_exec(struct cli *cli)
{
	const struct roster_member *to = NULL;
	const struct trust *v;
	const struct home_epoch *e;
	const struct home_keys *k;
	json_t *given = json_array();
	uint32_t newest = 0;
	bool by_card, yes;
	int err = desk_rotate_view(cli, false, &v);

	if (!err)
		err = desk_rotate_member(cli, v, cli->argv[0], &to);
	if (!err)
		err = home_keys(cli->ses, &k);
	if (!err)
		err = epoch_part_newest(cli->ses, v, &newest);
	for (size_t i = 0; !err && (e = home_epoch_next(cli->ses, k, v->desk->number, &i));) {
		struct home_epoch copy = *e;
		err = wanted(cli, v, &copy, newest, to, &yes);
		if (!err && yes)
			err = epoch_part_give(cli->ses, v, &copy, to, &by_card);
		if (!err && yes)
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
