/* davy order file, anomaly, sign-off, replan: what comes after the visit. */
#include <stdlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"

static const struct visit_field file_fields[] = {
	{ "count", "count", VISIT_NUMBER, true, TAXONOMY__MAX },
	{ "anomaly", "anomaly", VISIT_SWITCH, false, TAXONOMY__MAX },
	{ "campaign", "campaign", VISIT_TEXT, false, TAXONOMY__MAX },
	{ "text", "text", VISIT_TEXT, false, TAXONOMY__MAX },
	{ 0 },
};

static const struct visit_field anomaly_fields[] = {
	{ "kind", "kind", VISIT_CODE, true, TAXONOMY_ANOMALY },
	{ "was", "was", VISIT_TEXT, true, TAXONOMY__MAX },
	{ "is", "is", VISIT_TEXT, true, TAXONOMY__MAX },
	{ "since", "hours", VISIT_HOUR, true, TAXONOMY__MAX },
	{ "source", "source", VISIT_TEXT, true, TAXONOMY__MAX },
	{ 0 },
};

static int
check_file(struct cli *cli)
{
	const char *campaign = cli_opt(cli, "campaign");
	uint8_t id[16];

	if (campaign && !term_unhex(id, sizeof(id), campaign))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--campaign is the whole id of a campaign, 32 digits and letters: davy "
			  "campaign list --json."));
	return visit_form_check(cli, file_fields);
}

static int
order_file(struct cli *cli)
{
	return order_two(cli, &(struct order_two){ ENTRY_FINDINGS, file_fields, VISITS_ANY,
						   VISITS_ANY });
}

static int
check_anomaly(struct cli *cli)
{
	return visit_form_check(cli, anomaly_fields);
}

/* Puts in place of the hour of the change how long before the arrival it was. */
static int
before_arrival(struct cli *cli, json_t *body)
{
	uint32_t since = schema_number(body, "hours"), at;
	struct visits_act act;

	if (!visits_arrival(cli->opened, &act))
		return cli_fail(cli, DAVY_REFUSED, "state", _("The visit has not arrived."));
	at = schema_number(act.body, "at");
	if (since > at)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("It changed before they arrived, not after: --since."));
	json_object_set_new(body, "hours", json_integer(at - since));
	return 0;
}

/* How much it fell or rose, where both figures are numbers. */
static void
tell_change(struct cli *cli, const json_t *body)
{
	const char *was = schema_text(body, "was"), *is = schema_text(body, "is");
	char *end[2];
	double a = strtod(was, &end[0]), b = strtod(is, &end[1]);

	if (end[0] != was && end[1] != is && a > 0)
		cli_printf(cli, _("%+.0f %% within %u hours before they arrived\n"),
			   (b - a) / a * 100, schema_number(body, "hours"));
}

static int
order_anomaly(struct cli *cli)
{
	json_t *body;
	int err = order_sealed(cli);

	if (!err && !visit_form_given(cli, anomaly_fields) &&
	    visits_proposal(cli->opened, ENTRY_ANOMALY, VISITS_ANY) != FOLD_NONE)
		return order_two(cli, &(struct order_two){ ENTRY_ANOMALY, anomaly_fields,
							   VISITS_ANY, VISITS_ANY });
	if (!err)
		err = visit_form_make(cli, anomaly_fields, &body);
	if (err)
		return err;
	err = before_arrival(cli, body);
	if (err) {
		json_decref(body);
		return err;
	}
	tell_change(cli, body);
	return order_write(cli, ENTRY_ANOMALY, body);
}

static int
with_text(struct cli *cli, uint16_t type)
{
	int err = order_sealed(cli);

	return err ? err
		   : order_write(cli, type, json_pack("{s:i,s:s*}", "v", 1, "text", cli->text));
}

static int
order_sign_off(struct cli *cli)
{
	return with_text(cli, ENTRY_SIGN_OFF);
}

static int
order_replan(struct cli *cli)
{
	return with_text(cli, ENTRY_REPLAN);
}

static const struct cli_option file_options[] = {
	{ .name = "count",
	  .arg = N_("NUMBER"),
	  .help = N_("how many findings there are; 0: none") },
	{ .name = "anomaly", .help = N_("there are signs that they were expected") },
	{ .name = "campaign",
	  .arg = N_("ID"),
	  .help = N_("the whole id of the campaign for which they went") },
	CLI_TEXT_OPTIONS(N_("what was seen")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_order_file = {
	.noun = "order",
	.verb = "file",
	.args = "ID",
	.help = N_("announce how many findings there are; two who were there give this command"),
	.more = N_(
		"Each finding is then written down with davy finding add. The second member gives the "
		"command without options, and signs what the first has said."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = file_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_file,
	.exec = order_file,
};

static const struct cli_option anomaly_options[] = {
	{ .name = "kind",
	  .arg = "output|power|heads|trucks",
	  .words = "output power heads trucks",
	  .axis = "anomaly",
	  .help = N_("what changed before they arrived") },
	{ .name = "was", .arg = N_("NUMBER"), .help = N_("the figure before, such as \"1200 t\"") },
	{ .name = "is", .arg = N_("NUMBER"), .help = N_("the figure then") },
	{ .name = "since",
	  .arg = N_("HOUR"),
	  .help = N_("when it changed, such as \"2026-12-01 08:00\"") },
	{ .name = "source",
	  .arg = N_("TEXT"),
	  .help = N_("where the figures come from, such as the meter of the grid") },
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_order_anomaly = {
	.noun = "order",
	.verb = "anomaly",
	.args = "ID",
	.help = N_("write down a figure which says that they were expected; two who were there"),
	.more = N_(
		"The hours before the arrival are computed. davy leaks compares who had read such orders."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = anomaly_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check_anomaly,
	.exec = order_anomaly,
};

static const struct cli_option text_options[] = {
	CLI_TEXT_OPTIONS(N_("the reason, or a remark")),
	{ 0 },
};

const struct command cmd_order_sign_off = {
	.noun = "order",
	.verb = "sign-off",
	.args = "ID",
	.help = N_("sign off a visit whose findings are all written down"),
	.more = N_("By a senior reviewer who neither planned it nor went."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = text_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.exec = order_sign_off,
};

const struct command cmd_order_replan = {
	.noun = "order",
	.verb = "replan",
	.args = "ID",
	.help = N_("say that a visit which was broken off or betrayed is planned anew"),
	.more = N_(
		"After a leak it takes a planner one level up whom the order does not name. No entry says "
		"which order takes its place."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = text_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.exec = order_replan,
};
