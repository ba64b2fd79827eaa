/*
 * davy case show and davy order show: everything in a case or an order, opened and audited. The
 * frame fetches it; the gateway records who read a tip.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/shown.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_like.h"
#include "admin-cli/view/show_outbox.h"
#include "admin-cli/view/show_suggest.h"

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

/* All entries, and what was written here and still waits to be sent. */
static int
show_entries(struct cli *cli, const struct opened *d)
{
	json_t *data = show_json(d);
	struct suggest *s = show_suggest(d);
	size_t i;
	int err = 0;

	for (i = 0; i < d->fold.order_cnt; i++)
		if (s && d->entry[d->fold.order[i]].by_source)
			show_entry_marked(cli, d, d->fold.order[i], s);
		else
			show_entry(cli, d, d->fold.order[i]);
	if (s)
		json_object_set_new(data, "suggested", show_suggest_json(d, s));
	if (s) {
		json_t *like = json_array();

		json_object_set_new(data, "like", like);
		err = show_like(cli, d, 3, like);
	}
	free(s);
	if (!err)
		err = show_outbox_of(cli, d->c.rec.id, data);
	cli_data(cli, data);
	return err;
}

static int
case_show(struct cli *cli)
{
	const struct opened *d = cli->opened;
	int err;

	if (cli_flag(cli, "raw"))
		return write_raw(cli, d);
	show_head(cli, d);
	show_alarms(cli, d);
	if (!d->c.have_source)
		show_missing(cli, d);
	err = show_entries(cli, d);
	return err ? err : shown_mark(cli->ses, d);
}

static int
order_show(struct cli *cli)
{
	show_head(cli, cli->opened);
	if (!cli->opened->c.have_desk)
		show_missing(cli, cli->opened);
	return show_entries(cli, cli->opened);
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
	.help = N_("show an order: the abstract, its date, its notes"),
	.more = N_("An order holds a reviewer's abstract, never a tip."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.exec = order_show,
};
