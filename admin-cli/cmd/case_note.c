/* davy case note and davy order note: a remark that all desks of a case or an order can read. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"

static int
note(struct cli *cli)
{
	bool order = cli->command->target == CLI_TARGET_ORDER;
	struct submit p = { .type = order ? ENTRY_ORDER_NOTE : ENTRY_NOTE,
			    .body = json_pack("{s:i,s:s}", "v", 1, "text", cli->text) };

	return case_write(cli, &p);
}

static const struct cli_option options[] = {
	CLI_TEXT_OPTIONS(N_("the note")),
	{ 0 },
};

const struct command cmd_case_note = {
	.noun = "case",
	.verb = "note",
	.args = "ID",
	.help = N_("write a note into a case"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_NEEDED,
	.exec = note,
};

const struct command cmd_order_note = {
	.noun = "order",
	.verb = "note",
	.args = "ID",
	.help = N_("write a note into an order"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_ORDER,
	.text = CLI_TEXT_NEEDED,
	.exec = note,
};
