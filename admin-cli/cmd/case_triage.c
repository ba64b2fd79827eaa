/*
 * davy case triage: moves a case to another state, where one member may do that alone. An outcome
 * is written as the draft of rules/draft.h says: with its question, its other case, its reason.
 * Without options it asks step by step on a terminal; elsewhere it says what is missing.
 */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/referral_open.h"
#include "admin-cli/cmd/reply.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/cmd/triage_ask.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"

static bool
nothing_given(const struct cli *cli)
{
	return !cli_opt(cli, "move") && !cli_opt(cli, "outcome") && !cli_opt(cli, "question") &&
	       !cli->text && !triage_class_given(cli);
}

static int
check(struct cli *cli)
{
	if (nothing_given(cli))
		return 0;
	if (cli_opt(cli, "question") && !cli_opt(cli, "outcome"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--question goes with --outcome NEED_INFO."));
	return triage_check(cli);
}

/* What a person would have to give, by the names of the options. */
static int
say_missing(struct cli *cli)
{
	return cli_fail(
		cli, DAVY_USAGE, "usage",
		_("There is no terminal to ask on. Give --outcome and, for a whole triage, --sector, --place, "
		  "--issue, --hazard, --severity, --credibility, --actionability, --knower, --order-kind; or "
		  "davy triage --answers FILE."));
}

/* A move without an outcome, such as back to triage. */
static int
move(struct cli *cli, json_t *body)
{
	struct submit p = { .type = ENTRY_TRIAGE, .body = body };
	json_t *said = json_incref(body);
	bool referred = cli->opened->in.machine == MACHINE_TIP &&
			cli->opened->fold.state == TIP_REFERRED;
	int err = case_write(cli, &p);

	if (!err)
		reply_tell(cli, said);
	if (!err && referred && !p.queued && !strcmp(schema_text(said, "move"), "in_triage"))
		referral_come_back(cli, cli->opened);
	json_decref(said);
	return err;
}

static int
by_options(struct cli *cli)
{
	const char *question = cli_opt(cli, "question");
	char why[DRAFT_WHY_CAP];
	struct draft *d = NULL;
	json_t *body;
	int err = triage_body(cli, &body);

	if (err)
		return err;
	if (!json_object_get(body, "outcome"))
		return move(cli, body);
	err = triage_draft(cli, &d);
	if (!err)
		err = triage_draft_body(cli, d, body);
	if (!err && question && !draft_set(d, DRAFT_QUESTION, question, why))
		err = cli_fail(cli, DAVY_USAGE, "usage", "--question: %s", cli_s(cli, why));
	if (!err)
		err = triage_draft_write(cli, d, false, true);
	draft_free(d);
	json_decref(body);
	return err;
}

static int
case_triage(struct cli *cli)
{
	struct draft *d;
	bool write;
	int err;

	if (!nothing_given(cli))
		return by_options(cli);
	if (!cli->tty_in || cli->json)
		return say_missing(cli);
	err = triage_draft(cli, &d);
	if (err)
		return err;
	err = triage_ask(cli, d, &write);
	if (!err && write)
		err = triage_draft_write(cli, d, true, false);
	draft_free(d);
	return err;
}

const struct command cmd_case_triage = {
	.noun = "case",
	.verb = "triage",
	.args = "ID",
	.help = N_("move a case on, classified"),
	.more = N_(
		"Without options it asks step by step. With options, what takes two members is refused: davy case "
		"propose, then another's davy case cosign. NEED_INFO sends its question in the same act; URGENT calls "
		"the duty, by the program that the file duty of the home names. Where the case is referred or out of "
		"scope, the source is told so (status 6)."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = triage_options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check,
	.exec = case_triage,
};
