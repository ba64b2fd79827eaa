/* davy order list: the work list of an inspection desk. */
#include "admin-cli/rules/schema.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show.h"
#include "admin-cli/cmd/case_list.h"
#include "crypto/frame.h"

static int
order_list(struct cli *cli)
{
	const struct trust *view;
	struct workspace_case *list;
	struct cli_table *t;
	json_t *all = json_array();
	size_t cnt = 0, i;
	char id[33], date[TERM_DATE_CAP], due[TERM_DATE_CAP];
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = case_list_load(cli, FRAME_ORDER, &list, &cnt);
	if (err) {
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli, (const char *const[]){ _("ID"), _("STATE"), _("DATE"), _("SINCE"),
						      _("DESK"), _("WHAT"), NULL });
	for (i = 0; i < cnt; i++) {
		term_hex(id, list[i].rec.id, 4);
		cli_table_row(t, id, fold_state_text(MACHINE_ORDER, list[i].line.state),
			      list[i].line.date ? term_date(due, list[i].line.date) : "",
			      term_date(date, list[i].rec.day),
			      show_desk(cli, view, list[i].rec.desk), list[i].line.title);
		json_array_append_new(all, case_list_json(&list[i]));
	}
	cli_table_end(t, _("No orders. davy sync fetches what is new."));
	cli_data(cli, all);
	workspace_free(list, cnt * sizeof(*list));
	return 0;
}

const struct command cmd_order_list = {
	.noun = "order",
	.verb = "list",
	.help = N_("list the orders of your desk"),
	.group = CLI_INSPECT,
	.exec = order_list,
};
