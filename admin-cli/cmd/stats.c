/* davy stats: figures of the cases on this machine, with small counts hidden. */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/figures.h"
#include "admin-cli/desk/plan_figures.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visit_figures.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/figures_sheet.h"
#include "crypto/err.h"

static int
month(struct cli *cli, const char *name, bool last, uint32_t *day)
{
	const char *text = cli_opt(cli, name);

	if (text && !stats_month_day(text, last, day))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--%s takes a month like 2026-11, not \"%s\"."), name,
				cli_s(cli, text));
	return 0;
}

/* Whole months, because two periods that differ by a day would show what came on that day. */
static int
period(struct cli *cli, struct stats_wanted *w)
{
	char text[STATS_KEY];
	int err;

	stats_month(text, w->to);
	if (!stats_month_day(text, true, &w->to))
		return cli_fail(cli, DAVY_USAGE, "usage", _("The clock of this machine is wrong."));
	err = month(cli, "to", true, &w->to);
	if (err)
		return err;
	/* The last twelve months. */
	stats_month(text, w->to > 334 ? w->to - 334 : 0);
	if (!stats_month_day(text, false, &w->from))
		w->from = 0;
	err = month(cli, "from", false, &w->from);
	if (err)
		return err;
	if (w->from > w->to)
		return cli_fail(cli, DAVY_USAGE, "usage", _("The period ends before it begins."));
	if (w->to - w->from > STATS_MONTHS * 31 - 30)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("A period has at most %d months; choose a later --from."),
				STATS_MONTHS);
	return 0;
}

static int
wanted(struct cli *cli, struct stats_wanted *w)
{
	const char *severity = cli_opt(cli, "severity");
	uint64_t desk = 0;
	int err = cli_opt_number(cli, "desk", 1, UINT16_MAX, &desk);

	w->desk = (uint16_t)desk;
	w->family = cli_opt(cli, "family");
	w->outcome = cli_opt(cli, "outcome");
	if (!err && severity && !taxonomy_find(TAXONOMY_SEVERITY, severity))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("--severity takes S1, S2, S3 or S4, not \"%s\"."),
			       cli_s(cli, severity));
	if (!err && severity)
		w->severity = (uint8_t)(severity[1] - '0');
	if (!err && w->outcome && !taxonomy_find(TAXONOMY_OUTCOME, w->outcome))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("--outcome takes an outcome of triage, like ACCEPT, not \"%s\"."),
			       cli_s(cli, w->outcome));
	if (!err && w->family && !stats_is_family(w->family))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("--family takes the letters of a hazard, like CM, not \"%s\"."),
			       cli_s(cli, w->family));
	w->to = term_now_hour() / 24;
	return err ? err : period(cli, w);
}

static int
stats_check(struct cli *cli)
{
	struct stats_wanted w = { 0 };
	uint64_t days;
	int err = cli_opt_number(cli, "days", 1, 36500, &days);

	if (!err && cli->json && cli_flag(cli, "csv"))
		err = cli_fail(cli, DAVY_USAGE, "usage", _("Choose --json or --csv."));
	return err ? err : wanted(cli, &w);
}

static int
put(struct cli *cli, const struct sheet *s)
{
	const char *xlsx = cli_opt(cli, "xlsx"), *pdf = cli_opt(cli, "pdf");
	char *csv;
	size_t len;
	int err = 0;

	if (xlsx)
		err = sheet_paper(cli, s, "xlsx", xlsx);
	if (!err && pdf)
		err = sheet_paper(cli, s, "pdf", pdf);
	if (err)
		return err;
	if (cli_flag(cli, "csv")) {
		csv = sheet_csv(s, &len);
		err = csv ? cli_write(cli, csv, len)
			  : cli_fail_err(cli, ERR_MEM, "%s", _("The figures cannot be counted"));
		free(csv);
		return err;
	}
	sheet_print(cli, s);
	cli_data(cli, sheet_json(s));
	return 0;
}

/* Limits that only cases have: orders say nothing of the tips that they come from. */
static bool
of_cases(const struct stats_wanted *w)
{
	return w->severity || w->family || w->outcome;
}

static int
stats_exec(struct cli *cli)
{
	struct stats_wanted w = { 0 };
	struct stats *st = malloc(sizeof(*st));
	struct plan_figures plans;
	struct visit_figures visits = { .campaign = NULL };
	uint64_t days = PLAN_FIGURES_BLIND;
	struct sheet *sheet = NULL;
	int err = st ? wanted(cli, &w)
		     : cli_fail_err(cli, ERR_MEM, "%s", _("The figures cannot be counted"));

	if (!err)
		err = figures_count(cli->ses, &w, st);
	if (!err)
		err = sheet_make(cli, st, &w, &sheet);
	if (!err && !of_cases(&w)) {
		err = visit_figures(cli->ses, &w, &visits);
		if (!err)
			sheet_visits(sheet, &visits);
	}
	if (!err)
		err = cli_opt_number(cli, "days", 1, 36500, &days);
	if (!err)
		err = plan_figures(cli->ses, &w, (unsigned)days, &plans);
	if (!err) {
		sheet_plans(sheet, &plans);
		err = put(cli, sheet);
	}
	visit_figures_free(&visits);
	free(sheet);
	free(st);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "from", .arg = N_("MONTH"), .help = N_("the first month, like 2026-01") },
	{ .name = "to", .arg = N_("MONTH"), .help = N_("the last month") },
	{ .name = "desk", .arg = N_("NUMBER"), .help = N_("cases of this desk only") },
	{ .name = "family",
	  .arg = N_("LETTERS"),
	  .help = N_("this kind of hazard only"),
	  .words = "CM NM IM HC FR HW MG CO" },
	{ .name = "severity",
	  .arg = N_("CODE"),
	  .help = N_("this severity only"),
	  .words = "S1 S2 S3 S4" },
	{ .name = "outcome",
	  .arg = N_("CODE"),
	  .help = N_("this outcome of triage only"),
	  .axis = "outcome" },
	{ .name = "days",
	  .arg = N_("N"),
	  .help = N_("how many days without a visit, for a site without a tip (365)") },
	{ .name = "xlsx",
	  .arg = N_("FILE"),
	  .help = N_("write a workbook (xlsx)"),
	  .words = "@file" },
	{ .name = "pdf",
	  .arg = N_("FILE"),
	  .help = N_("write a page to print (PDF), with charts"),
	  .words = "@file" },
	{ .name = "csv", .help = N_("print comma-separated values") },
	{ 0 },
};

const struct command cmd_stats = {
	.noun = "stats",
	.help = N_("count cases and visits, with small counts hidden"),
	.more = N_(
		"Counts what this machine has synced and opened; nothing is fetched. Counts below "
		"five are hidden, and others with them where a small one could be worked out. No "
		"figure is about a person: a desk with fewer than three members has no times. "
		"Without --from and --to: the last twelve months."),
	.group = CLI_REVIEW,
	.options = options,
	.check = stats_check,
	.exec = stats_exec,
};
