/* davy case reply: sends the source one of the neutral statuses, which she sees after a while. */
#include <string.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/reply.h"
#include "admin-cli/cmd/triage.h"
#include "crypto/frame.h"

#define HOLD_MAX        (24 * 90) /* hours */
#define RESULT_HOLD_MIN (24 * 3)

/* What a reply says: a result of an inspection (5a to 5d) is told by its status alone, late. */
static bool
is_result(const char *status)
{
	return *status == '5';
}

/* Puts the hour that the options give, or leaves it to the draw. */
static int
choose_hour(struct cli *cli, struct submit *p, bool result)
{
	uint32_t now = sync_hour(cli->ses), due = cli->target->rec.answer_due;
	uint64_t hold;
	int err = cli_opt_number(cli, "hold", 0, HOLD_MAX, &hold);

	if (err)
		return err;
	if (cli_opt(cli, "hold"))
		p->hour = now + (uint32_t)hold;
	else if (!cli_flag(cli, "now"))
		p->draw = result ? reply_draw_done : reply_draw;
	if (due > now && p->hour >= due)
		cli_warn(cli, _("That is after the hour by which the source must be answered: the "
				"clock runs out before she sees it."));
	return 0;
}

/* A template has its status; a question is status 3, "we have a question", unless another one is
 * given. */
static const char *
status_of(const struct cli *cli)
{
	const char *status = cli_opt(cli, "status"), *template = cli_opt(cli, "template");
	const struct taxonomy_word *word = template ? triage_word(TAXONOMY_TEMPLATE, template)
						    : NULL;

	if (!status && word)
		return word->to;
	return status || !cli_flag(cli, "question") ? status : "3";
}

/* A template is words that are ready, with a status of its own. */
static int
check_template(struct cli *cli)
{
	const char *code = cli_opt(cli, "template");
	int err = code ? triage_code(cli, TAXONOMY_TEMPLATE, "template", &code) : 0;

	if (err || !code)
		return err;
	if (cli_opt(cli, "text") || cli_opt(cli, "file"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Give --template or a text of your own, not both."));
	if (strcmp(status_of(cli), triage_word(TAXONOMY_TEMPLATE, code)->to))
		return cli_fail(cli, DAVY_USAGE, "usage", _("The template %s goes with status %s."),
				code, triage_word(TAXONOMY_TEMPLATE, code)->to);
	return 0;
}

/* Details of a result would tell whoever was inspected, if he reads it, what the source wrote. */
static int
check_result(struct cli *cli)
{
	if (cli_opt(cli, "text") || cli_opt(cli, "file"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A result is told by its status alone, without words: she sees the "
			  "fixed text of the status."));
	return 0;
}

/* A result that shows soon after a visit tells which visit was made because of her tip. */
static int
confirm_hour(struct cli *cli, const struct submit *p)
{
	if (p->draw || p->hour >= sync_hour(cli->ses) + RESULT_HOLD_MIN)
		return 0;
	return cli_confirm(
		cli, _("A result is held for 3 to 10 days, so that nobody can tell from it which "
		       "visit was made because of her tip. Show it sooner all the same?"));
}

static int
check_status(struct cli *cli, const char *status)
{
	if (!status)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say which status: --status 1, 2, 3, 4, 5a, 5b, 5c, 5d or 6; davy help case "
			  "reply tells what they mean."));
	if (!triage_word(TAXONOMY_STATUS, status))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("There is no status %s; davy help case reply lists them."),
				cli_s(cli, status));
	return 0;
}

static int
check(struct cli *cli)
{
	uint64_t hold;
	int err = check_template(cli);

	if (!err)
		err = check_status(cli, status_of(cli));
	if (!err)
		err = cli_opt_number(cli, "hold", 0, HOLD_MAX, &hold);
	return !err && is_result(status_of(cli)) ? check_result(cli) : err;
}

/* The words of the template in the language of the tip. */
static int
template_text(struct cli *cli, const char **text)
{
	const char *code = cli_opt(cli, "template"), *lang = NULL;
	const struct taxonomy_word *word;
	struct opened *d;
	size_t tip;
	int err;

	*text = cli->text;
	if (!code)
		return 0;
	err = submit_open(cli->ses, FRAME_CASE, cli->argv[0], &d);
	if (err)
		return err;
	word = triage_word(TAXONOMY_TEMPLATE, code);
	tip = opened_find(d, FRAME_SOURCE, 0);
	if (tip != FOLD_NONE)
		lang = schema_text(d->x[tip].body, "lang");
	*text = lang && !strncmp(lang, "en", 2) ? word->en : word->zh;
	opened_free(d);
	return 0;
}

static int
case_reply(struct cli *cli)
{
	const char *status = triage_word(TAXONOMY_STATUS, status_of(cli))->code;
	struct submit p = { .type = ENTRY_REPLY };
	char shown[TERM_DATE_CAP];
	const char *text;
	int err = template_text(cli, &text);

	if (!err)
		err = choose_hour(cli, &p, is_result(status));
	if (!err && is_result(status))
		err = confirm_hour(cli, &p);
	if (err)
		return err;
	p.body = json_pack("{s:i,s:s,s:s*}", "v", 1, "status", status, "text", text);
	if (cli_flag(cli, "question") || !strcmp(status, "3"))
		json_object_set_new(p.body, "question", json_true());
	p.may = cli_flag(cli, "again") ? NULL : reply_refuse_again;
	err = case_write(cli, &p);
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
	{ .name = "template",
	  .arg = N_("NAME"),
	  .axis = "template",
	  .help = N_("words that are ready, in the language of her tip, with their status") },
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
		"nobody can tell when you worked on it; earlier where the answer clock would run out before. A result "
		"(5a to 5d) has no words of its own and is shown 3 to 10 days later."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_MAY,
	.check = check,
	.exec = case_reply,
};
