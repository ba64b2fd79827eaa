/* davy order schedule: sets the day of the visit. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"

static int
check(struct cli *cli)
{
	const char *date = cli_opt(cli, "date");
	uint32_t day;

	if (!date)
		return cli_fail(cli, DAVY_USAGE, "usage", _("Say which day: --date 2026-12-01."));
	if (!term_parse_date(date, &day))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("%s is not a date; write it like 2026-12-01."), cli_s(cli, date));
	if (day < term_today())
		return cli_fail(cli, DAVY_REFUSED, "past", _("%s is in the past."),
				cli_s(cli, date));
	return 0;
}

static int
order_schedule(struct cli *cli)
{
	struct submit p = { .type = ENTRY_SCHEDULE,
			    .body = json_pack("{s:i,s:s,s:s*}", "v", 1, "date",
					      cli_opt(cli, "date"), "text", cli->text) };

	return case_write(cli, &p);
}

static const struct cli_option options[] = {
	{ .name = "date", .arg = N_("DAY"), .help = N_("the day, 2026-12-01") },
	CLI_TEXT_OPTIONS(N_("a remark")),
	{ 0 },
};

const struct command cmd_order_schedule = {
	.noun = "order",
	.verb = "schedule",
	.args = "ID",
	.help = N_("set the day of a visit"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_ORDER,
	.text = CLI_TEXT_MAY,
	.check = check,
	.exec = order_schedule,
};
