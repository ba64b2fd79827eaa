/* davy case history: every entry with what the rules say to it, and who read what. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/view/show.h"

static int
case_history(struct cli *cli)
{
	json_t *data, *reads = json_array();
	struct opened *d;
	struct workspace_case c;
	bool offline;
	int err = submit_find(cli->ses, FRAME_CASE, cli->argv[0], &c);

	/* Reading the history of a case is no reading of its tip: the source thread is not fetched.
	 */
	if (!err)
		err = submit_update(cli->ses, &c, SYNC_DESK | SYNC_READS, &offline);
	if (!err)
		err = opened_load(cli->ses, &c, &d);
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
	.exec = case_history,
};
