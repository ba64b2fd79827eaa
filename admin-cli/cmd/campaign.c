/*
 * davy campaign: a campaign as a dated object, for figures and checklists.
 *
 * No rule of intake or triage looks at it: a tip is worth the same whether or not a campaign runs
 * for its sector.
 */
#include <string.h>

#include "admin-cli/cmd/book.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/frame.h"
#include "crypto/text.h"

#define CAMPAIGN_QUOTA 100000

static json_t *
body_of(struct cli *cli)
{
	uint64_t quota = 0;
	json_t *body = json_pack("{s:i,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:o}", "v", 1,
				 "name", cli_opt(cli, "name"), "name_en", cli_opt(cli, "name-en"),
				 "issuer", cli_opt(cli, "issuer"), "basis", cli_opt(cli, "basis"),
				 "from", cli_opt(cli, "from"), "until", cli_opt(cli, "until"),
				 "scope", cli_opt(cli, "scope"), "text", cli->text, "checklist",
				 cli_opt_list(cli, "hazard"));

	if (!cli_opt_number(cli, "quota", 1, CAMPAIGN_QUOTA, &quota) && quota)
		json_object_set_new(body, "quota", json_integer((json_int_t)quota));
	return body;
}

static int
check_new(struct cli *cli)
{
	static const char *const needed[] = { "name", "issuer", "basis", "from", "until" };
	const char *from, *until;
	uint32_t first, last;
	uint64_t quota;
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (!cli_opt(cli, needed[i]))
			return cli_fail(
				cli, DAVY_USAGE, "usage",
				_("A campaign needs --name, --issuer, --basis, --from and --until."));
	for (i = 0; cli_opt_at(cli, "hazard", i); i++)
		if (!taxonomy_find(TAXONOMY_HAZARD, cli_opt_at(cli, "hazard", i)))
			return cli_fail(cli, DAVY_USAGE, "usage", _("There is no hazard %s."),
					cli_s(cli, cli_opt_at(cli, "hazard", i)));
	from = cli_opt(cli, "from");
	until = cli_opt(cli, "until");
	if (text_day(&first, from, strlen(from)) || text_day(&last, until, strlen(until)) ||
	    first > last)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--from and --until are days such as 2026-12-01, in this order."));
	return cli_opt_number(cli, "quota", 1, CAMPAIGN_QUOTA, &quota);
}

static int
campaign_new(struct cli *cli)
{
	uint8_t id[16];

	return book_new(cli, ENTRY_CAMPAIGN, body_of(cli), id);
}

static int
campaign_list(struct cli *cli)
{
	const struct trust *view;
	struct workspace_case *list;
	struct cli_table *t;
	json_t *all = json_array();
	size_t cnt = 0, i;
	char id[33], until[TERM_DATE_CAP];
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = book_load(cli, MACHINE_CAMPAIGN, &list, &cnt);
	if (err) {
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli, (const char *const[]){ _("ID"), _("STATE"), _("UNTIL"), _("DESK"),
						      _("NAME"), NULL });
	for (i = 0; i < cnt; i++) {
		const struct workspace_line *line = &list[i].line;

		cli_table_row(t, term_hex(id, list[i].rec.id, 4),
			      fold_state_text(MACHINE_CAMPAIGN, line->state),
			      term_date(until, line->date), show_desk(cli, view, list[i].rec.desk),
			      line->title);
		json_array_append_new(all, case_list_json(&list[i]));
	}
	cli_table_end(t, _("No campaigns. davy sync fetches what is new."));
	cli_data(cli, all);
	workspace_free(list, cnt * sizeof(*list));
	return 0;
}

static int
campaign_show(struct cli *cli)
{
	int err = book_is(cli, MACHINE_CAMPAIGN);

	return err ? err : book_show(cli);
}

static int
step(struct cli *cli, const char *move, const char *until)
{
	int err = book_is(cli, MACHINE_CAMPAIGN);

	return err ? err
		   : book_step(cli,
			       json_pack("{s:i,s:s,s:s*,s:s*}", "v", 1, "move", move, "text",
					 cli->text, "until", until),
			       0);
}

static int
campaign_approve(struct cli *cli)
{
	return step(cli, "standing", cli_opt(cli, "until"));
}

static int
campaign_withdraw(struct cli *cli)
{
	return step(cli, "withdrawn", NULL);
}

static const struct cli_option new_options[] = {
	{ .name = "name", .arg = N_("NAME"), .help = N_("its name in Chinese") },
	{ .name = "name-en", .arg = N_("NAME"), .help = N_("its name in English") },
	{ .name = "issuer", .arg = N_("OFFICE"), .help = N_("which body has ordered it") },
	{ .name = "basis", .arg = N_("LAW"), .help = N_("its legal basis") },
	{ .name = "from", .arg = N_("DATE"), .help = N_("its first day") },
	{ .name = "until", .arg = N_("DATE"), .help = N_("its last day") },
	{ .name = "scope", .arg = N_("TEXT"), .help = N_("which places and works it covers") },
	{ .name = "quota", .arg = N_("NUMBER"), .help = N_("how many visits it asks for") },
	{ .name = "hazard",
	  .arg = N_("CODE"),
	  .axis = "hazard",
	  .many = true,
	  .help = N_("a hazard on its checklist") },
	CLI_TEXT_OPTIONS(N_("what else is to be known")),
	{ 0 },
};

const struct command cmd_campaign_new = {
	.noun = "campaign",
	.verb = "new",
	.help = N_("open a campaign with its dates and checklists"),
	.more = N_("It drives figures and checklists; no tip is treated otherwise because of it."),
	.group = CLI_REVIEW,
	.options = new_options,
	.text = CLI_TEXT_MAY,
	.check = check_new,
	.exec = campaign_new,
};

const struct command cmd_campaign_list = {
	.noun = "campaign",
	.verb = "list",
	.help = N_("list the campaigns of your desk and of the desks below"),
	.group = CLI_REVIEW,
	.exec = campaign_list,
};

const struct command cmd_campaign_show = {
	.noun = "campaign",
	.verb = "show",
	.args = "ID",
	.help = N_("show a campaign and every step of it"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.exec = campaign_show,
};

static const struct cli_option approve_options[] = {
	{ .name = "until", .arg = N_("DATE"), .help = N_("the new last day of one that stands") },
	CLI_TEXT_OPTIONS(N_("a remark")),
	{ 0 },
};

const struct command cmd_campaign_approve = {
	.noun = "campaign",
	.verb = "approve",
	.args = "ID",
	.help = N_("let a campaign stand, or extend it; two members give this command"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = approve_options,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.exec = campaign_approve,
};

static const struct cli_option withdraw_options[] = {
	CLI_TEXT_OPTIONS(N_("the reason")),
	{ 0 },
};

const struct command cmd_campaign_withdraw = {
	.noun = "campaign",
	.verb = "withdraw",
	.args = "ID",
	.help = N_("withdraw a campaign with the reason; two members where it stands"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = withdraw_options,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.exec = campaign_withdraw,
};
