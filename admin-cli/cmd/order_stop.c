/* davy order cancel, abort, compromise: end an order. From then on nobody is given a part of it.
 * davy order hold: keeps an order and its parts, as evidence. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_step.h"
#include "crypto/entry.h"

static int
stop(struct cli *cli, uint16_t type)
{
	return order_step(cli, type, json_pack("{s:i,s:s*}", "v", 1, "text", cli->text));
}

static int
order_cancel(struct cli *cli)
{
	return stop(cli, ENTRY_CANCEL);
}

static int
order_abort(struct cli *cli)
{
	return stop(cli, ENTRY_ABORT);
}

static int
order_compromise(struct cli *cli)
{
	return stop(cli, ENTRY_COMPROMISE);
}

static int
order_hold(struct cli *cli)
{
	return order_step(cli, ENTRY_HOLD,
			  json_pack("{s:i,s:b,s:s*}", "v", 1, "set", !cli_flag(cli, "lift"), "text",
				    cli->text));
}

static const struct cli_option hold_options[] = {
	{ .name = "lift", .help = N_("end the hold") },
	CLI_TEXT_OPTIONS(N_("why")),
	{ 0 },
};

static const struct cli_option why_options[] = {
	CLI_TEXT_OPTIONS(N_("why")),
	{ 0 },
};

#define STOPS_ORDER                                                                                \
	.noun = "order", .args = "ID", .group = CLI_INSPECT, .arg_min = 1, .arg_max = 1,           \
	.options = why_options, .target = CLI_TARGET_ORDER, .opened = true

const struct command cmd_order_cancel = {
	STOPS_ORDER,
	.verb = "cancel",
	.help = N_("cancel an order; takes two members"),
	.more = N_(
		"Two planners before it is approved, then two reviewers (SR) of its sides and desks. It stays "
		"readable who did it and why; the order cannot be used again."),
	.text = CLI_TEXT_NEEDED,
	.exec = order_cancel,
};

const struct command cmd_order_abort = {
	STOPS_ORDER,
	.verb = "abort",
	.help = N_("break off a visit that is under way: danger, weather, an accident"),
	.more = N_(
		"One leader of side B does it alone. It cannot be undone: another order is sealed."),
	.text = CLI_TEXT_NEEDED,
	.exec = order_abort,
};

const struct command cmd_order_compromise = {
	STOPS_ORDER,
	.verb = "compromise",
	.help = N_("stop an order that somebody may have learned of"),
	.more = N_(
		"One person does it, since waiting costs the surprise; stops are counted by person. From then "
		"on the gateway gives nobody a part of it, at no hour."),
	.text = CLI_TEXT_MAY,
	.exec = order_compromise,
};

const struct command cmd_order_hold = {
	.noun = "order",
	.verb = "hold",
	.args = "ID",
	.help = N_("put an order under legal hold, or end that; two reviewers (SR)"),
	.more = N_(
		"The gateway then keeps the order and the bytes of its parts, which it removes otherwise 90 days "
		"after its time. Of an order whose parts are removed already nothing comes back."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = hold_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.exec = order_hold,
};
