/* davy roster desk-set: changes or removes a desk of a draft, or names the backstop. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/roster_edit.h"

static int
set(struct cli *cli, struct roster_draft *d)
{
	uint64_t number = 0, backstop = d->r.backstop;
	int r = cli_opt_number(cli, "number", 1, 65535, &number);

	if (r == DAVY_OK)
		r = cli_opt_number(cli, "backstop", 1, 65535, &backstop);
	if (r)
		return r;
	if (!number && !cli_opt(cli, "backstop"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say which desk: --number N with the options that change it, "
				  "or --backstop N."));
	struct roster_desk *desk = number ? roster_draft_desk(d, (uint16_t)number) : NULL;
	if ((number && !desk) || (backstop && !roster_draft_desk(d, (uint16_t)backstop)))
		return cli_fail(cli, DAVY_REFUSED, "not-found", _("The draft has no desk %u."),
				(unsigned)(number && !desk ? number : backstop));
	r = roster_edit_begin(cli, d, ROSTER_DRAFT_DAYS);
	if (r == DAVY_OK && desk)
		r = roster_edit_desk(cli, desk);
	if (r == DAVY_OK && desk && cli_flag(cli, "remove")) {
		size_t at = (size_t)(desk - d->r.desk);
		memmove(desk, desk + 1, (--d->r.desk_cnt - at) * sizeof(*desk));
		cli_printf(cli, _("Desk %u is out of the draft.\n"), (unsigned)number);
	}
	if (r)
		return r;
	d->r.backstop = (uint16_t)backstop;
	if (cli_opt(cli, "backstop"))
		cli_printf(cli, _("The backstop is desk %u.\n"), (unsigned)backstop);
	cli_data(cli,
		 json_pack("{s:i, s:I}", "backstop", d->r.backstop, "number", (json_int_t)number));
	return roster_draft_save(cli->ses, d);
}

static int
roster_desk_set_exec(struct cli *cli)
{
	return roster_edit_with(cli, set);
}

static const struct cli_option options[] = {
	{ .name = "number", .arg = N_("N"), .help = N_("the desk to change") },
	{ .name = "backstop", .arg = N_("N"), .help = N_("which desk is the backstop of all") },
	ROSTER_EDIT_DESK,
	{ .name = "remove", .help = N_("take the desk out of the draft") },
	ROSTER_EDIT_DIR,
	{ 0 },
};

const struct command cmd_roster_desk_set = {
	.noun = "roster",
	.verb = "desk-set",
	.help = N_("change a desk of the draft, or name the backstop"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_desk_set_exec,
};
