/* davy gateway purge: a member of the backstop allows the operator to remove cases that were closed
 * long ago. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/net/net.h"

static int
check(struct cli *cli)
{
	const char *date = cli_opt(cli, "before");
	uint32_t day;

	if (!date || !cli_opt(cli, "most"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say which cases: --before 2026-12-01 --most 100."));
	if (!term_parse_date(date, &day))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("%s is not a date; write it like 2026-12-01."), cli_s(cli, date));
	return 0;
}

static int
gateway_purge(struct cli *cli)
{
	struct net_request q = { .op = FRAME_PURGE, .what = _("Nothing was allowed") };
	struct net_answer *a = malloc(sizeof(*a));
	const struct trust *view;
	uint32_t day = 0, left = 0;
	uint64_t most = 0;
	int err = a ? trust_get(cli->ses, false, &view)
		    : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err && (!view->desk || view->desk->number != view->bundle.roster->backstop))
		err = cli_fail(cli, DAVY_REFUSED, "denied",
			       _("Only a member of the backstop desk allows a purge."));
	if (!err)
		err = cli_opt_number(cli, "most", 0, 1000000, &most);
	if (!err && term_parse_date(cli_opt(cli, "before"), &day)) {
		q.routing.desk = view->desk->number;
		q.routing.hour = day * 24;
		q.routing.number = (uint32_t)most;
		err = net_exchange(cli->ses, &q, a);
		left = a->routing.number;
	}
	free(a);
	if (err)
		return err;
	cli_printf(cli,
		   _("The operator may remove %u cases that were closed before %s "
		     "(davyd purge).\n"),
		   left, cli_opt(cli, "before"));
	cli_data(cli, json_pack("{s:i}", "allowed", (int)left));
	return 0;
}

static const struct cli_option options[] = {
	{ .name = "before",
	  .arg = N_("DAY"),
	  .help = N_("cases closed before this day, 2026-12-01") },
	{ .name = "most", .arg = N_("N"), .help = N_("at most so many; 0 takes a leave back") },
	{ 0 },
};

const struct command cmd_gateway_purge = {
	.noun = "gateway",
	.verb = "purge",
	.args = "",
	.help = N_("allow the operator to remove closed cases"),
	.more = N_("For members of the backstop desk. The day is at least 90 days back."),
	.group = CLI_KEYS,
	.options = options,
	.check = check,
	.exec = gateway_purge,
};
