/* davy roster desk-add: adds a desk to a draft of the roster. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/roster_edit.h"

static int
add(struct cli *cli, struct roster_draft *d)
{
	uint64_t number = 0;
	int r = cli_opt_number(cli, "number", 1, 65535, &number);

	if (r)
		return r;
	if (!number || !cli_opt(cli, "name") || !cli_opt(cli, "kind") || !cli_opt(cli, "level") ||
	    !cli_opt(cli, "area") || !cli_opt(cli, "org"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A desk has --number, --name, --kind, --level, --area and --org."));
	if (roster_draft_desk(d, (uint16_t)number))
		return cli_fail(
			cli, DAVY_REFUSED, "exists",
			_("There is a desk %u already; change it with davy roster desk-set."),
			(unsigned)number);
	if (d->r.desk_cnt == ROSTER_DESK_MAX)
		return cli_fail(cli, DAVY_REFUSED, "full", _("A roster has at most %d desks."),
				ROSTER_DESK_MAX);
	r = roster_edit_begin(cli, d, ROSTER_DRAFT_DAYS);
	if (r)
		return r;
	struct roster_desk *desk = &d->r.desk[d->r.desk_cnt];
	*desk = (struct roster_desk){ .number = (uint16_t)number };
	r = roster_edit_desk(cli, desk);
	if (r)
		return r;
	d->r.desk_cnt++;
	cli_printf(cli, _("Desk %u, %s, is in the draft.\n"), desk->number, cli_s(cli, desk->name));
	cli_data(cli, json_pack("{s:i}", "number", desk->number));
	return roster_draft_save(cli->ses, d);
}

static int
roster_desk_add_exec(struct cli *cli)
{
	return roster_edit_with(cli, add);
}

static const struct cli_option options[] = {
	{ .name = "number", .arg = N_("N"), .help = N_("1 to 65535, never used again") },
	ROSTER_EDIT_DESK,
	ROSTER_EDIT_DIR,
	{ 0 },
};

const struct command cmd_roster_desk_add = {
	.noun = "roster",
	.verb = "desk-add",
	.help = N_("add a desk to the draft"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_desk_add_exec,
};
