/* davy outbox list: what was written without a network and waits for the next sync. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_outbox.h"

static int
outbox_list(struct cli *cli)
{
	struct workspace_out *list = NULL;
	json_t *all = json_array();
	size_t cnt = 0, i;
	int err = workspace_open(cli->ses);

	if (!err)
		err = sync_workspace_failed(cli->ses,
					    workspace_out_list(cli->ses->workspace, &list, &cnt));
	for (i = 0; !err && i < cnt; i++) {
		json_t *one = show_outbox_json(&list[i]);

		show_outbox_item(cli, &list[i]);
		show_body(cli, json_object_get(one, "body"), 2);
		json_array_append_new(all, one);
	}
	if (!err && !cnt)
		cli_printf(cli, _("Nothing waits in the outbox.\n"));
	if (err)
		json_decref(all);
	else
		cli_data(cli, all);
	workspace_out_free(list, cnt);
	return err;
}

const struct command cmd_outbox_list = {
	.noun = "outbox",
	.verb = "list",
	.help = N_("list what was written without a network and not sent yet"),
	.more = N_("davy sync sends it. A reply that the gateway holds until its hour is not here: "
		   "davy case show counts those."),
	.group = CLI_REVIEW,
	.exec = outbox_list,
};
