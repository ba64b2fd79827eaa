/* davy case show: fetches a case (the gateway notes who read it), opens, audits and shows it. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/view/show.h"

/* The sealed tip as it is, for stock tools: age, typage. */
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
	struct opened *d;
	size_t i;
	int err = submit_open(cli->ses, FRAME_CASE, cli->argv[0], &d);

	if (err)
		return err;
	if (cli_flag(cli, "raw")) {
		err = write_raw(cli, d);
	} else {
		show_head(cli, d);
		show_alarms(cli, d);
		if (!d->c.have_source)
			cli_printf(
				cli,
				_("\nYour desk sees that this case exists. It opens to you when a clock "
				  "runs out at %s.\n"),
				show_desk(cli, d->view, d->c.rec.desk));
		for (i = 0; i < d->fold.order_cnt; i++)
			show_entry(cli, d, d->fold.order[i]);
		cli_data(cli, show_json(d));
	}
	opened_free(d);
	return err;
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
	.more = N_("Fetching a tip leaves a read record that all desks of the case see."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.exec = case_show,
};
