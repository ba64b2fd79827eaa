/*
 * davy referral print: the papers of a referral. What all commands that print papers share stands
 * here as well.
 *
 * The office and the number are typed: a desk's own name may say that it is the one which reads
 * tips, and a number of ours would say which paper belongs to which visit.
 */
#include "admin-cli/cmd/print.h"

#include <string.h>

#include "admin-cli/cmd/book.h"
#include "admin-cli/desk/attached.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/dossier.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/frame.h"

const struct printed *
print_find(struct cli *cli, const char *name, const char *of)
{
	const struct printed *p = printed_find(name);

	if (!p || strcmp(p->of, of) != 0) {
		cli_fail(cli, DAVY_USAGE, "usage", _("There is no paper %s here: davy help %s %s."),
			 cli_s(cli, name), cli->command->noun, cli->command->verb);
		return NULL;
	}
	if (!cli_opt(cli, "output")) {
		cli_fail(cli, DAVY_USAGE, "usage", _("Say where it goes: -o FILE.pdf."));
		return NULL;
	}
	return p;
}

static void
typed(struct cli *cli, json_t *facts, const char *name)
{
	if (cli_opt(cli, name))
		json_object_set_new(facts, name, json_string(cli_opt(cli, name)));
}

int
print_paper(struct cli *cli, const struct printed *p, json_t *facts)
{
	const char *path = cli_opt(cli, "output");
	json_t *page;
	int err;

	typed(cli, facts, "number");
	typed(cli, facts, "office");
	page = facts ? printed_page(p, facts) : NULL;
	json_decref(facts);
	if (!page)
		return cli_fail_err(cli, ERR_MEM, "%s", _("The paper was not made"));
	json_object_set_new(page, "day", json_integer((json_int_t)term_today()));
	err = paper_make(cli, page, "form", path);
	json_decref(page);
	if (err)
		return err;
	cli_printf(cli, _("%s: %s. The file is not encrypted: print it, then remove it.\n"),
		   cli_s(cli, path), printed_text(p));
	cli_data(cli, json_pack("{s:s,s:s}", "file", path, "paper", p->name));
	return 0;
}

int
print_trace(struct cli *cli, const char *text, const char *paper)
{
	struct submit p = {
		.type = cli->target->rec.kind == FRAME_ORDER ? ENTRY_ORDER_NOTE : ENTRY_BOOK_NOTE,
		.body = json_pack("{s:i,s:s,s:s}", "v", 1, "text", text, "paper", paper)
	};
	unsigned tray = cli->ses->tray;
	int err;

	cli->ses->tray = 0;
	err = submit_send(cli->ses, cli->target, &p);
	cli->ses->tray = tray;
	json_decref(p.body);
	return err;
}

int
print_trace_photo(struct cli *cli, const char *text, uint32_t n)
{
	struct attached_at at = { 0 };
	struct attached a;
	char paper[24];

	if (cli->target->rec.kind != FRAME_ORDER)
		return 0;
	snprintf(paper, sizeof(paper), PRINTED_PHOTO "%u", n);
	while (attached_next(cli->opened, &at, &a))
		if (schema_number(a.about, "i") == n)
			return print_trace(cli, text, paper);
	return 0; /* there is none, as fetching it will say */
}

static int
check(struct cli *cli)
{
	return print_find(cli, cli->argv[1], "referral") ? 0 : DAVY_USAGE;
}

static int
referral_print(struct cli *cli)
{
	const struct printed *p = printed_find(cli->argv[1]);
	int err = book_is(cli, MACHINE_REFERRAL);
	json_t *facts;

	if (err)
		return err;
	facts = printed_referral(&cli->opened->fold);
	err = print_trace(cli, _("printed"), p->name);
	if (!err)
		return print_paper(cli, p, facts);
	json_decref(facts);
	return err;
}

static const struct cli_option options[] = {
	PRINT_OPTIONS,
	{ 0 },
};

const struct command cmd_referral_print = {
	.noun = "referral",
	.verb = "print",
	.args = "ID PAPER",
	.help = N_("print a paper of a referral: transfer, talk, notice"),
	.more = N_(
		"PAPER is transfer (with its receipt), talk (a summons) or notice. It is in Chinese, with what "
		"the referral says, and lines for the rest. No id is on it, and nothing of the case: what "
		"you wrote into the referral is what its reader gets. That it was printed, and by whom, is written "
		"into the referral before the file is made."),
	.group = CLI_REVIEW,
	.arg_min = 2,
	.arg_max = 2,
	.options = options,
	.words = "transfer talk notice",
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.check = check,
	.exec = referral_print,
};
