/* davy case reply: sends the source one of the neutral statuses, which she sees after a while. */
#include <string.h>

#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/reply.h"
#include "admin-cli/cmd/triage.h"
#include "crypto/frame.h"

#define HOLD_MAX (24 * 90) /* hours */

/* Puts the hour that the options give, or leaves it to the draw. */
static int
choose_hour(struct cli *cli, struct submit *p)
{
	uint32_t now = sync_hour(cli->ses), due = cli->target->rec.answer_due;
	uint64_t hold = 0;
	int err = cli_opt_number(cli, "hold", 0, HOLD_MAX, &hold);

	if (err)
		return err;
	if (cli_opt(cli, "hold"))
		p->hour = now + (uint32_t)hold;
	else if (!cli_flag(cli, "now"))
		p->draw = reply_draw;
	if (due > now && p->hour >= due)
		cli_warn(cli, _("That is after the hour by which the source must be answered: the "
				"clock runs out before she sees it."));
	return 0;
}

/* A question is status 3, "we have a question", unless another one is given. */
static const char *
status_of(const struct cli *cli)
{
	const char *status = cli_opt(cli, "status");

	return status || !cli_flag(cli, "question") ? status : "3";
}

static int
check(struct cli *cli)
{
	const char *status = status_of(cli);
	uint64_t hold;

	if (!status)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say which status: --status 1, 2, 3, 4, 5a, 5b, 5c, 5d or 6; davy help case "
			  "reply tells what they mean."));
	if (!triage_word(TAXONOMY_STATUS, status))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("There is no status %s; davy help case reply lists them."),
				cli_s(cli, status));
	return cli_opt_number(cli, "hold", 0, HOLD_MAX, &hold);
}

static int
case_reply(struct cli *cli)
{
	const char *status = triage_word(TAXONOMY_STATUS, status_of(cli))->code;
	struct submit p = { .type = ENTRY_REPLY };
	char shown[TERM_DATE_CAP];
	json_t *told;
	int err = choose_hour(cli, &p);

	if (err)
		return err;
	p.body = json_pack("{s:i,s:s,s:s*}", "v", 1, "status", status, "text", cli->text);
	if (cli_flag(cli, "question") || !strcmp(status, "3"))
		json_object_set_new(p.body, "question", json_true());
	told = json_incref(p.body);
	p.may = cli_flag(cli, "again") ? NULL : reply_refuse_again;
	err = case_write(cli, &p);
	if (!err && !p.queued)
		err = reply_remember(cli, told);
	json_decref(told);
	if (!err && p.hour > sync_hour(cli->ses))
		cli_printf(cli, _("She can see it from %s on.\n"), term_hour(shown, p.hour));
	return err;
}

static const struct cli_option options[] = {
	{ .name = "status",
	  .arg = "1|2|3|4|5a|5b|5c|5d|6",
	  .words = "1 2 3 4 5a 5b 5c 5d 6",
	  .axis = "status",
	  .help = N_("the neutral status that she sees") },
	CLI_TEXT_OPTIONS(N_("words for her, few and without details")),
	{ .name = "question", .help = N_("it asks her something") },
	{ .name = "hold",
	  .arg = N_("HOURS"),
	  .help = N_("show it after so many hours instead of a drawn time") },
	{ .name = "again", .help = N_("also where she was told the same just before") },
	{ .name = "now", .help = N_("show it at once (only where waiting would be worse)") },
	{ 0 },
};

const struct command cmd_case_reply = {
	.noun = "case",
	.verb = "reply",
	.args = "ID",
	.help = N_("tell the source a status, or ask her something"),
	.more = N_(
		"She sees it 6 to 72 hours later, at the beginning of a day (urgent: 2 to 12 hours), so that "
		"nobody can tell when you worked on it; earlier where the answer clock would run out before."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_MAY,
	.check = check,
	.exec = case_reply,
};
