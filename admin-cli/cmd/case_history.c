/*
 * davy case history: every entry with the verdict of the rules, and who read what.
 *
 * Reading the history of a case is no reading of its tip. The command therefore opens its target
 * itself and leaves out the source thread, whose fetching the gateway records.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/view/show.h"

static int
case_history(struct cli *cli)
{
	json_t *data, *reads = json_array();
	struct opened *d;
	bool offline;
	int err = submit_update(cli->ses, cli->target, SYNC_DESK | SYNC_READS, &offline);

	if (!err)
		err = opened_load(cli->ses, cli->target, &d);
	if (err) {
		json_decref(reads);
		return err;
	}
	show_history(cli, d);
	err = show_reads(cli, d, reads);
	data = show_json(d);
	json_object_set_new(data, "reads", reads);
	cli_data(cli, data);
	opened_free(d);
	return err;
}

const struct command cmd_case_history = {
	.noun = "case",
	.verb = "history",
	.args = "ID",
	.help = N_("show every entry with its verdict, and who read the tip"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_CASE,
	.exec = case_history,
};
