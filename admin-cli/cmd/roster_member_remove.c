/* davy roster member-remove: takes a member out of a draft. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/roster_edit.h"

static int
drop(struct cli *cli, struct roster_draft *d)
{
	const char *text = cli->argv[0];
	uint8_t want[16], id[16] = { 0 };
	size_t digits = term_prefix_parse(text, want), found = 0, at = 0;
	char hex[2 * KEY_HANDLE_LEN + 1];

	for (size_t i = 0; digits && digits <= 2 * KEY_HANDLE_LEN && i < d->m->cnt; i++) {
		memcpy(id, d->m->member[i].handle, KEY_HANDLE_LEN);
		if (term_prefix_match(id, want, digits)) {
			at = i;
			found++;
		}
	}
	if (found != 1)
		return cli_fail(
			cli, DAVY_REFUSED, found ? "ambiguous" : "not-found",
			found ? _("Several handles begin with %s; give more digits.")
			      : _("No member of the draft has a handle that begins with %s."),
			cli_s(cli, text));
	int err = roster_edit_begin(cli, d, ROSTER_DRAFT_DAYS);
	if (err)
		return err;
	struct roster_member *m = &d->m->member[at];
	term_hex(hex, m->handle, KEY_HANDLE_LEN);
	cli_printf(
		cli,
		_("%s (%s) is out of the draft. The desk's lead should rotate its key once this is "
		  "published.\n"),
		cli_s(cli, m->name), hex);
	cli_data(cli, json_pack("{s:s, s:i}", "handle", hex, "desk", m->desk));
	memmove(m, m + 1, (--d->m->cnt - at) * sizeof(*m));
	return roster_draft_save(cli->ses, d);
}

static int
roster_member_remove_exec(struct cli *cli)
{
	return roster_edit_with(cli, drop);
}

static const struct cli_option options[] = { ROSTER_EDIT_DIR, { 0 } };

const struct command cmd_roster_member_remove = {
	.noun = "roster",
	.verb = "member-remove",
	.args = "HANDLE",
	.help = N_("take a member out of the draft"),
	.group = CLI_REGISTRAR,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.exec = roster_member_remove_exec,
};
