/* davy order depart, arrive, convert: what the B side writes on the road. Without a network it lies
 * in the outbox until they are back. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"
#include "crypto/entry.h"

static const struct visit_field depart_fields[] = {
	{ "people", "people", VISIT_PEOPLE, true, TAXONOMY__MAX },
	{ "bagged", "bagged", VISIT_NUMBER, true, TAXONOMY__MAX },
	{ "paper", "papers", VISIT_WORDS, false, TAXONOMY__MAX },
	{ "skipped", "skipped", VISIT_WORDS, false, TAXONOMY__MAX },
	{ "text", "text", VISIT_TEXT, false, TAXONOMY__MAX },
	{ 0 },
};

static const struct visit_field standby_fields[] = {
	{ "standby", "standby", VISIT_SWITCH, true, TAXONOMY__MAX },
	{ "text", "text", VISIT_TEXT, false, TAXONOMY__MAX },
	{ 0 },
};

static const struct visit_field arrive_fields[] = {
	{ "as", "as", VISIT_CODE, true, TAXONOMY_ORDER_KIND },
	{ "site", "site", VISIT_TEXT, false, TAXONOMY__MAX },
	{ "at", "at", VISIT_HOUR, false, TAXONOMY__MAX },
	{ "anomaly", "anomaly", VISIT_SWITCH, false, TAXONOMY__MAX },
	{ 0 },
};

static const struct visit_field *
depart_form(const struct cli *cli)
{
	return cli_flag(cli, "standby") ? standby_fields : depart_fields;
}

static int
check_depart(struct cli *cli)
{
	if (cli_flag(cli, "standby") && (cli_opt(cli, "people") || cli_opt(cli, "bagged")))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Of a stand-by nobody goes: --standby stands alone."));
	return visit_form_check(cli, depart_form(cli));
}

static int
order_depart(struct cli *cli)
{
	json_t *body;
	int err = order_sealed(cli);

	if (!err)
		err = visit_form_make(cli, depart_form(cli), &body);
	return err ? err : order_write(cli, ENTRY_DEPART, body);
}

static int
check_arrive(struct cli *cli)
{
	return visit_form_check(cli, arrive_fields);
}

static int
order_arrive(struct cli *cli)
{
	json_t *body;
	int err = order_sealed(cli);

	if (!err)
		err = visit_form_make(cli, arrive_fields, &body);
	if (err)
		return err;
	if (!json_object_get(body, "at"))
		json_object_set_new(body, "at", json_integer(sync_hour(cli->ses)));
	return order_write(cli, ENTRY_ARRIVE, body);
}

static int
order_convert(struct cli *cli)
{
	int err = order_sealed(cli);

	return err ? err
		   : order_write(cli, ENTRY_ARRIVE,
				 json_pack("{s:i,s:s,s:I}", "v", 1, "as", "SURPRISE", "at",
					   (json_int_t)sync_hour(cli->ses)));
}

static const struct cli_option depart_options[] = {
	{ .name = "people",
	  .arg = N_("MEMBER"),
	  .many = true,
	  .help = N_("who goes, by name or handle, in the drawn order; once for each") },
	{ .name = "bagged", .arg = N_("NUMBER"), .help = N_("how many phones are in the bag") },
	{ .name = "paper",
	  .arg = N_("CODE"),
	  .many = true,
	  .help = N_("a paper that goes with them, by its code") },
	{ .name = "skipped",
	  .arg = N_("TEXT"),
	  .many = true,
	  .help = N_("who was passed over in the drawn order, and why") },
	{ .name = "standby", .help = N_("the order says that nobody goes") },
	CLI_TEXT_OPTIONS(N_("a remark")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_order_depart = {
	.noun = "order",
	.verb = "depart",
	.args = "ID",
	.help = N_("say who leaves, with phones bagged, or that nobody does"),
	.more = N_("As many phones are bagged as people go, two at least. Layer 1 is open before."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = depart_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_depart,
	.exec = order_depart,
};

static const struct cli_option arrive_options[] = {
	{ .name = "as",
	  .arg = N_("KIND"),
	  .axis = "order_kind",
	  .help = N_("what kind of visit it is") },
	{ .name = "site", .arg = N_("TEXT"), .help = N_("where") },
	{ .name = "at",
	  .arg = N_("HOUR"),
	  .help = N_("when they arrived, such as \"2026-12-01 08:00\"; now where it is missing") },
	{ .name = "anomaly", .help = N_("there are signs that they were expected") },
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_order_arrive = {
	.noun = "order",
	.verb = "arrive",
	.args = "ID",
	.help = N_(
		"say that the visit has arrived; from now on its desks can check what was sealed"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = arrive_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check_arrive,
	.exec = order_arrive,
};

const struct command cmd_order_convert = {
	.noun = "order",
	.verb = "convert",
	.args = "ID",
	.help = N_("turn a covert look into a surprise inspection"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.exec = order_convert,
};
