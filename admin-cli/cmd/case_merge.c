/* davy case merge, davy case link: name another case, of the same matter or of the same place. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/cmd/triage_fill.h"
#include "crypto/entry.h"

static int
check_option(struct cli *cli, const char *option)
{
	if (cli_opt(cli, option))
		return triage_case_check(cli, option);
	return cli_fail(cli, DAVY_USAGE, "usage", _("Say which other case: --%s ID."), option);
}

static int
check_merge(struct cli *cli)
{
	return check_option(cli, "into");
}

static int
check_link(struct cli *cli)
{
	return check_option(cli, "to");
}

/* As the outcome MERGE of a triage: the same rules about the other case. */
static int
case_merge(struct cli *cli)
{
	struct draft *d = NULL;
	char hex[33];
	json_t *body = NULL;
	int err = triage_case(cli, "into", hex);

	if (!err)
		body = json_pack("{s:s,s:s,s:s*}", "outcome", "MERGE", "into", hex, "text",
				 cli->text);
	if (!err)
		err = triage_draft(cli, &d);
	if (!err)
		err = triage_draft_body(cli, d, body);
	if (!err)
		err = triage_draft_write(cli, d, false, false);
	draft_free(d);
	json_decref(body);
	return err;
}

static int
case_link(struct cli *cli)
{
	struct submit p = { .type = ENTRY_LINK };
	char hex[33];
	int err = triage_case(cli, "to", hex);

	if (err)
		return err;
	p.body = json_pack("{s:i,s:s,s:s*}", "v", 1, "into", hex, "text", cli->text);
	return case_write(cli, &p);
}

static const struct cli_option merge_options[] = {
	{ .name = "into", .arg = "ID", .help = N_("the case of the same matter") },
	CLI_TEXT_OPTIONS(N_("why")),
	{ 0 },
};

const struct command cmd_case_merge = {
	.noun = "case",
	.verb = "merge",
	.args = "ID",
	.help = N_("propose to merge a case into another of the same matter"),
	.more = N_(
		"Takes two members. The source keeps a thread of her own and gets an answer of her own; the case "
		"goes on when two members state that the other one is in action, and one member can undo it."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = merge_options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_merge,
	.exec = case_merge,
};

static const struct cli_option link_options[] = {
	{ .name = "to", .arg = "ID", .help = N_("the case of the same place or operator") },
	CLI_TEXT_OPTIONS(N_("why")),
	{ 0 },
};

const struct command cmd_case_link = {
	.noun = "case",
	.verb = "link",
	.args = "ID",
	.help = N_("note that another case concerns the same place or operator"),
	.more = N_("Moves nothing. Write it in the other case as well."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = link_options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_MAY,
	.check = check_link,
	.exec = case_link,
};
