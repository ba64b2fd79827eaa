/* davy case propose, davy case close: give the first of the two signatures that a move needs. */
#include "admin-cli/cmd/case_propose.h"

#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_verify.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/referral_open.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

/* struct submit.may: the gateway takes one first frame of closing from a member while it stands. */
static int
refuse_twice(struct session *ses, const struct opened *d, const struct submit *p)
{
	const char *type = schema_text(p->body, "type");
	size_t i;

	if (strcmp(type, "close"))
		return 0;
	for (i = 0; i < d->cnt; i++)
		if (d->entry[i].open && d->x[i].author == d->view->me &&
		    !strcmp(schema_text(d->x[i].body, "type"), type))
			return session_fail(
				ses, DAVY_REFUSED, "again",
				_("You have proposed to close this case; another member "
				  "signs it with davy case cosign."));
	return 0;
}

int
case_propose_entry(struct cli *cli, const char *type, json_t *body)
{
	struct submit p = { .type = ENTRY_PROPOSE, .may = refuse_twice };
	char hash[9], id[33];
	int err;

	p.body = json_pack("{s:i,s:s,s:o}", "v", 1, "type", type, "body", body);
	err = case_write(cli, &p);
	if (!err && !p.queued)
		cli_printf(cli, _("Another member signs it with: davy case cosign %s %s\n"),
			   term_hex(id, cli->target->rec.id, sizeof(cli->target->rec.id)),
			   term_hex(hash, p.hash, 4));
	return err;
}

/* The question of NEED_INFO goes in the same act, which one member does. */
static int
check_propose(struct cli *cli)
{
	if (cli_opt(cli, "question"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--question goes with davy case triage --outcome NEED_INFO."));
	return triage_check(cli);
}

/* A proposal that the fold would refuse opens no referral. */
static int
refer(struct cli *cli, json_t *body)
{
	struct submit p = { .type = ENTRY_PROPOSE };
	enum fold_reason reason;
	struct opened *d;
	char id[33];
	int err = submit_open(cli->ses, FRAME_CASE,
			      term_hex(id, cli->target->rec.id, sizeof(cli->target->rec.id)), &d);

	if (err)
		return err;
	json_object_set_new(body, "into", json_string(id)); /* any id, to ask the fold */
	p.body = json_pack("{s:i,s:s,s:O}", "v", 1, "type", "triage", "body", body);
	reason = submit_check(d, &p);
	json_decref(p.body);
	err = reason == FOLD_FINE ? referral_open(cli, d, body)
				  : submit_rejected(cli->ses, d, reason);
	opened_free(d);
	return err;
}

/* What a move says of other logs is compared with them, and what it needs there is opened. */
static int
look_around(struct cli *cli, json_t *body)
{
	struct opened *d;
	char id[33];
	int err;

	if (!strcmp(schema_text(body, "move"), "referred"))
		return refer(cli, body);
	err = submit_open(cli->ses, FRAME_CASE,
			  term_hex(id, cli->target->rec.id, sizeof(cli->target->rec.id)), &d);
	if (err)
		return err;
	err = case_verify(cli, d, body, true);
	opened_free(d);
	return err;
}

static int
case_propose(struct cli *cli)
{
	json_t *body;
	int err = triage_body(cli, &body);

	if (err)
		return err;
	err = look_around(cli, body);
	if (!err)
		return case_propose_entry(cli, "triage", body);
	json_decref(body);
	return err;
}

static int
case_close(struct cli *cli)
{
	return case_propose_entry(cli, "close", json_pack("{s:i,s:s}", "v", 1, "text", cli->text));
}

const struct command cmd_case_propose = {
	.noun = "case",
	.verb = "propose",
	.args = "ID",
	.help = N_("propose a move that takes two members"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = triage_options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_MAY,
	.check = check_propose,
	.exec = case_propose,
};

static const struct cli_option close_options[] = {
	CLI_TEXT_OPTIONS(N_("why it can be closed")),
	{ 0 },
};

const struct command cmd_case_close = {
	.noun = "case",
	.verb = "close",
	.args = "ID",
	.help = N_("propose to close a case that was answered"),
	.more = N_(
		"It is closed seven days after another member of your desk cosigns, unless the desk "
		"above or the backstop objects. A later word of the source opens it again; nothing "
		"is erased before 90 days, nor without the backstop."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = close_options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_NEEDED,
	.exec = case_close,
};
