/* davy order note: a remark in an order. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "crypto/frame.h"

static int
order_note(struct cli *cli)
{
	struct submit p = { .type = ENTRY_ORDER_NOTE };
	char *text;
	int err = cli_text_option(cli, true, ENTRY_ROOM, &text);

	if (err)
		return err;
	p.body = json_pack("{s:i,s:s}", "v", 1, "text", text);
	free(text);
	return case_write(cli, FRAME_ORDER, &p);
}

static const struct cli_option options[] = {
	{ .name = "text", .arg = N_("TEXT"), .help = N_("the note") },
	{ .name = "file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read it there; - is standard input") },
	{ 0 },
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
	.exec = order_note,
};
