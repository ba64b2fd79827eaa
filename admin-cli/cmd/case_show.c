/*
 * davy case show and davy order show: everything in a case or an order, opened and audited. The
 * frame fetches it; the gateway records who read a tip.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/sealed_site.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/shown.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/view/show.h"

/* Writes the tip as it is sealed, for stock tools: age, typage. */
static int
write_raw(struct cli *cli, const struct opened *d)
{
	size_t i = opened_find(d, FRAME_SOURCE, 0);
	struct workspace_entry *w;
	int err;

	if (i == FOLD_NONE)
		return cli_fail(cli, DAVY_REFUSED, "not-found", _("The tip is not here."));
	w = malloc(sizeof(*w));
	if (!w)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	err = opened_sealed(cli->ses, d, i, w);
	if (!err)
		err = cli_write(cli, w->sealed, sizeof(w->sealed));
	free(w);
	return err;
}

static int
case_show(struct cli *cli)
{
	const struct opened *d = cli->opened;
	int err;

	if (cli_flag(cli, "raw"))
		return write_raw(cli, d);
	err = show_whole(cli, d);
	return err ? err : shown_mark(cli->ses, d);
}

static int
order_show(struct cli *cli)
{
	return visits_hour(&cli->opened->c.rec) ? sealed_site_show(cli, cli->opened)
						: show_whole(cli, cli->opened);
}

static const struct cli_option options[] = {
	{ .name = "raw", .help = N_("write the age file of the tip to standard output") },
	{ 0 },
};

const struct command cmd_case_show = {
	.noun = "case",
	.verb = "show",
	.args = "ID",
	.help = N_("open a case and show what is in it"),
	.more = N_(
		"Fetching a tip leaves a read record that all desks of the case see. Words in braces are why "
		"the codes beneath them are suggested; nothing is decided by that."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.exec = case_show,
};

const struct command cmd_order_show = {
	.noun = "order",
	.verb = "show",
	.args = "ID",
	.help = N_("show an order: its sides, its hours, its findings, what was done"),
	.more = N_(
		"Of a visit under seal it shows who releases and who goes, which layers are open, and the five "
		"digits of the end of its log, which two people compare by voice. What the layers say is not in "
		"it. A week after its first hour, if it has arrived, what its planner sealed is compared with "
		"the need or the plan that it names, and each difference is said."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.exec = order_show,
};
