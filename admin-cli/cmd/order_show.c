/* davy order show: the abstract and what was planned. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/view/show.h"

static int
order_show(struct cli *cli)
{
	struct opened *d;
	size_t i;
	int err = submit_open(cli->ses, FRAME_ORDER, cli->argv[0], &d);

	if (err)
		return err;
	show_head(cli, d);
	for (i = 0; i < d->fold.order_cnt; i++)
		show_entry(cli, d, d->fold.order[i]);
	cli_data(cli, show_json(d));
	opened_free(d);
	return 0;
}

const struct command cmd_order_show = {
	.noun = "order",
	.verb = "show",
	.args = "ID",
	.help = N_("show an order: the abstract, its date, its notes"),
	.more = N_("An order holds a reviewer's abstract, never a tip."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.exec = order_show,
};
