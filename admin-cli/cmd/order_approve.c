/*
 * davy order approve, arm: before a sealed order begins, two of side A say that it is the planner's
 * and for whom it names, and a planner that they are still the same. They read no layer: who
 * approves a visit need not know where it goes.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_step.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/order_keys.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "crypto/entry.h"

#define ARM_HOURS 12 /* before the first hour, at the earliest */

/* What both look at: the roster and the gateway say what the order says. */
static int
look(struct cli *cli, struct order *o)
{
	const struct trust *view = cli->opened->view;
	int err = order_keys_check(cli->ses, view, &o->head, cli->opened->c.rec.desk);

	return err ? err : order_parts_check(cli->ses, o, NULL);
}

static int
order_approve(struct cli *cli)
{
	char hash[65];
	struct order o;
	int err = order_step_open(cli);

	if (!err)
		err = order_load(cli->ses, cli->opened, &o);
	if (!err)
		err = order_for(cli->ses, &o, ORDER_A);
	if (!err)
		err = look(cli, &o);
	if (err)
		return err;
	return order_step(cli, ENTRY_ORDER_APPROVE,
			  json_pack("{s:i,s:s}", "v", 1, "order",
				    term_hex(hash,
					     cli->opened->entry[opened_first(cli->opened)].hash,
					     32)));
}

static int
order_arm(struct cli *cli)
{
	char hour[TERM_DATE_CAP];
	struct order o;
	int err = order_step_open(cli);

	if (!err)
		err = order_load(cli->ses, cli->opened, &o);
	if (!err && sync_hour(cli->ses) + ARM_HOURS < o.head.hour0)
		err = cli_fail(cli, DAVY_AGAIN, "early",
			       _("Arm it from %s on, 12 hours before it begins: whoever leaves "
				 "until then is noticed."),
			       term_hour(hour, o.head.hour0 - ARM_HOURS));
	if (!err)
		err = look(cli, &o);
	if (err)
		return err;
	return order_step(cli, ENTRY_ORDER_ARM, json_pack("{s:i,s:b}", "v", 1, "stands", 1));
}

const struct command cmd_order_approve = {
	.noun = "order",
	.verb = "approve",
	.args = "ID",
	.help = N_("approve a sealed order; two of side A"),
	.more = N_(
		"Checked first: everybody named is in the roster with the key for which the order was "
		"sealed, each key has been there for a week (else you are asked), the gateway holds "
		"the very parts that the order names, and the planner is on neither side. What the order says is "
		"not shown: you release it without knowing where it goes."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_ORDER,
	.exec = order_approve,
};

const struct command cmd_order_arm = {
	.noun = "order",
	.verb = "arm",
	.args = "ID",
	.help = N_("say that all stands, at most 12 hours before a sealed order begins"),
	.more = N_(
		"By a planner of the desk that wrote it. Where somebody named has left or has another key, the "
		"order is cancelled and another one sealed."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_ORDER,
	.exec = order_arm,
};
