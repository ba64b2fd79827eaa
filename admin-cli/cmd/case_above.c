/*
 * Two members of a desk open a case to the desk above or to the backstop (case above), and one
 * member of such a desk objects to a closing that was announced (case object).
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/desk/sync.h"
#include "crypto/frame.h"

static int
case_above(struct cli *cli)
{
	struct submit p = { .type = ENTRY_ABOVE,
			    .body = json_pack("{s:i,s:s}", "v", 1, "text", cli->text),
			    .now = true,
			    .backstop = cli_flag(cli, "backstop") };

	return case_write(cli, &p);
}

static const struct cli_option above_options[] = {
	{ .name = "backstop", .help = N_("open it to the backstop, not to the desk above") },
	CLI_TEXT_OPTIONS(N_("why the other desk should see it")),
	{ 0 },
};

const struct command cmd_case_above = {
	.noun = "case",
	.verb = "above",
	.args = "ID",
	.help = N_("open a case to the desk above, with a second member"),
	.more = N_("The case opens when another member of your desk gives the same command."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = above_options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_NEEDED,
	.exec = case_above,
};

/* Sends the objection to the case as the list that was just fetched has it. */
static int
object(struct cli *cli, struct workspace_case *c, json_t *body)
{
	struct submit p = { .type = ENTRY_OBJECT, .body = body, .now = true };
	const struct trust *view;
	char id[33];
	bool offline;
	int err = submit_update(cli->ses, c, 0, &offline);

	if (!err && offline)
		return cli_fail(cli, DAVY_AGAIN, "offline",
				_("The gateway does not answer; the objection was not sent."));
	if (!err && !(c->rec.flags & FRAME_R_CLOSING))
		err = cli_fail(cli, DAVY_REFUSED, "state", _("No closing of this case runs."));
	if (!err && !c->rec.relation)
		err = cli_fail(
			cli, DAVY_REFUSED, "denied",
			_("Your own desk closes it: the desk above and the backstop object."));
	if (!err)
		err = trust_get(cli->ses, false, &view);
	if (!err && sync_may_fetch(c))
		err = submit_send(cli->ses, c, &p);
	else if (!err)
		err = submit_supervise(cli->ses, view, c, ENTRY_OBJECT, body);
	if (err)
		return err;
	term_hex(id, c->rec.id, sizeof(c->rec.id));
	cli_printf(cli, _("%s  the closing is void, and the case is open to the desk above.\n"),
		   id);
	/* The record that now says what is open to this desk. */
	if (submit_update(cli->ses, c, SYNC_DESK, &offline))
		cli_forgive(cli);
	else if (sync_may_fetch(c))
		cli_printf(
			cli,
			_("Next: davy case show %.8s opens it. What you write with davy case note "
			  "or davy case reply is in the case like what its desk writes.\n"),
			id);
	cli_data(cli, json_pack("{s:s}", "id", id));
	return 0;
}

static int
case_object(struct cli *cli)
{
	struct workspace_case c;
	json_t *body = json_pack("{s:i,s:s}", "v", 1, "text", cli->text);
	int err = body ? submit_find(cli->ses, FRAME_CASE, cli->argv[0], &c)
		       : cli_fail(cli, DAVY_REFUSED, "utf-8", _("The text is not valid UTF-8."));

	if (!err)
		err = object(cli, &c, body);
	json_decref(body);
	return err;
}

static const struct cli_option object_options[] = {
	CLI_TEXT_OPTIONS(N_("why it should not be closed")),
	{ 0 },
};

const struct command cmd_case_object = {
	.noun = "case",
	.verb = "object",
	.args = "ID",
	.help = N_("object to a closing, as a member of the desk above or the backstop"),
	.more = N_("A closing takes effect seven days after its second signature; davy case list "
		   "shows it until then."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = object_options,
	.text = CLI_TEXT_NEEDED,
	.exec = case_object,
};
