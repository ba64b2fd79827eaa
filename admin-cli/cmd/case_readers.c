/*
 * davy case readers, case recuse: who does not read a case. The two on duty reckon it, each on his
 * own machine, and both sign the list; who has a conflict that nobody knew takes himself off.
 */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/member_arg.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/forget.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/readers.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_readers.h"
#include "crypto/entry.h"
#include "crypto/frame.h"
#include "crypto/text.h"

/* Whether a list hides it from exactly those members from whom we would. */
static bool
is_same(const struct readers *r, const json_t *body)
{
	uint8_t list[FOLD_HIDDEN][8];
	size_t i, k;

	if (!conflict_list_read(list, body))
		return false;
	for (i = 0; i < r->cnt; i++) {
		bool named = false;

		for (k = 0; k < FOLD_HIDDEN; k++)
			named |= !memcmp(list[k], r->m[i].handle, 8);
		if (named != (r->m[i].cause != CONFLICT_NONE))
			return false;
	}
	return true;
}

/* From whom, in one line. */
static const char *
names_of(struct cli *cli, const struct readers *r)
{
	const char *out = NULL;
	char *more;
	size_t i;

	for (i = 0; i < r->cnt; i++)
		if (r->m[i].cause != CONFLICT_NONE &&
		    asprintf(&more, "%s%s%s", out ? out : "", out ? ", " : "",
			     cli_s(cli, r->m[i].name)) >= 0)
			out = cli_keep(cli, more);
	return out ? out : _("nobody");
}

static int
propose(struct cli *cli, const struct readers *r)
{
	struct submit p = { .type = ENTRY_PROPOSE, .now = true };
	json_t *body = readers_body(r);
	int err;

	if (!body)
		return cli_fail(
			cli, DAVY_REFUSED, "list",
			_("More than eight members are to be left out: open the case to the "
			  "desk above, davy case above ID."));
	p.body = json_pack("{s:i,s:s,s:o}", "v", 1, "type", "restrict", "body", body);
	err = case_write(cli, &p);
	if (!err)
		cli_printf(
			cli,
			_("It takes the other of the two on duty, who gives the same command.\n"));
	return err;
}

/* Who had it and is left out is told, so that his machine forgets it. */
static void
tell_off(struct cli *cli)
{
	if (!forget_tell(cli->ses))
		return;
	cli_warn(
		cli,
		_("It is hidden, but who had read it keeps it on his machine until your next sync: "
		  "he could not be told: %s"),
		cli_failure(cli));
	cli_forgive(cli);
}

static int
sign(struct cli *cli, const struct opened *d, size_t i, const struct readers *r)
{
	struct submit p = { .type = ENTRY_COSIGN, .now = true };
	char hash[65];
	int err;

	p.body = json_pack("{s:i,s:s}", "v", 1, "proposal", term_hex(hash, d->entry[i].hash, 32));
	err = forget_owe(cli->ses, d->c.rec.id, r);
	if (!err)
		err = case_write(cli, &p);
	else
		json_decref(p.body);
	if (!err && !p.done)
		cli_warn(cli,
			 _("The gateway got another list with the first signature than the one "
			   "that was signed, so nothing is hidden yet. Give the command again; "
			   "tell the desk above."));
	else if (!err)
		tell_off(cli);
	return err;
}

static int
lift(struct cli *cli)
{
	struct submit p = { .type = ENTRY_RESTRICT, .now = true };

	p.body = json_pack("{s:i,s:b,s:s*}", "v", 1, "lift", 1, "text", cli->text);
	return case_write(cli, &p);
}

/* Who may say it: the two on duty; where no rota is in force, every member. */
static int
may_say(struct cli *cli, const struct readers *r)
{
	enum conflict_cause me = r->me ? r->me->cause : CONFLICT_NONE;

	if (r->rota && !r->duty)
		return cli_fail(
			cli, DAVY_REFUSED, "duty",
			_("You are not on duty today: davy rota show. Who has a conflict takes "
			  "himself off, davy case recuse ID."));
	if (me == CONFLICT_HARD || me == CONFLICT_NAME)
		return cli_fail(
			cli, DAVY_REFUSED, "conflict",
			_("This case touches a conflict of your own. Take yourself off: davy case "
			  "recuse ID. Who stands in for you says who reads it."));
	if (r->left < CONFLICT_QUORUM)
		return cli_fail(
			cli, DAVY_REFUSED, "left",
			_("Fewer than two would be left. Two of you open it to the desk above: "
			  "davy case above ID."));
	return 0;
}

static int
case_readers(struct cli *cli)
{
	const struct opened *d = cli->opened;
	const struct roster_member *m;
	uint8_t hide[FOLD_HIDDEN][8];
	struct readers r = { 0 };
	size_t cnt = 0, open = opened_proposal(d, ENTRY_RESTRICT, false);
	int err = 0;

	if (cli_flag(cli, "lift"))
		return lift(cli);
	for (; !err && cli_opt_at(cli, "hide", cnt) && cnt < FOLD_HIDDEN; cnt++) {
		err = member_arg(cli, d->view, cli_opt_at(cli, "hide", cnt), &m);
		if (!err)
			memcpy(hide[cnt], m->handle, 8);
	}
	if (!err)
		err = readers_reckon(cli->ses, d, (const uint8_t(*)[8])hide, cnt, &r);
	if (err)
		return err;
	show_reckoned(cli, &r);
	if (!cli_flag(cli, "look"))
		err = may_say(cli, &r);
	if (!err && !cli_flag(cli, "look") && open != FOLD_NONE &&
	    !is_same(&r, json_object_get(d->x[open].body, "body"))) {
		show_entry(cli, d, open);
		cli_warn(cli, _("The other's list names others than this one."));
		if (!cli_flag(cli, "theirs"))
			open = FOLD_NONE;
	}
	if (!err && cli->tty_in && !cli_flag(cli, "look"))
		err = cli_confirm(cli, _("Hide the case from %s?"), names_of(cli, &r));
	if (!err && !cli_flag(cli, "look"))
		err = open != FOLD_NONE ? sign(cli, d, open, &r) : propose(cli, &r);
	readers_free(&r);
	return err;
}

static const struct cli_option readers_options[] = {
	{ .name = "hide",
	  .arg = N_("MEMBER"),
	  .many = true,
	  .help = N_("leave out this member, too; the log does not say why") },
	{ .name = "look", .help = N_("only show whom davy would leave out, and why") },
	{ .name = "theirs",
	  .help = N_("sign the other's list although it is not the one shown here") },
	{ .name = "lift", .help = N_("let the whole desk read it, as the lead or from above") },
	CLI_TEXT_OPTIONS(N_("why it is lifted")),
	{ 0 },
};

const struct command cmd_case_readers = {
	.noun = "case",
	.verb = "readers",
	.args = "ID",
	.help = N_("say, as the pair on duty, from whom of the desk a case is hidden"),
	.more = N_(
		"Reckons it from the tip and the conflicts that were declared, shows it, and signs; the "
		"other of the pair gives the same command. About one member in twenty is left out without "
		"a reason, so that a name that is missing says nothing. Who is left out sees no case."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = readers_options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.exec = case_readers,
};

/* The reason is for the lead alone: a book of its own says it. */
static int
tell_lead(struct cli *cli, const char *id)
{
	const struct trust *view;
	uint8_t book[16];
	char until[TEXT_DAY_LEN + 1];
	int err = trust_get(cli->ses, false, &view);

	if (err)
		return err;
	text_day_print(until, view->today + 365);
	return duty_open(cli->ses, view,
			 json_pack("{s:i,s:s,s:s,s:s*,s:s*,s:s}", "v", 1, "what", "recusal", "case",
				   id, "kind", cli_opt(cli, "reason"), "text", cli->text, "until",
				   until),
			 book);
}

static int
check_recuse(struct cli *cli)
{
	const char *reason = cli_opt(cli, "reason");

	return reason && !conflict_find(reason)
		       ? cli_fail(cli, DAVY_USAGE, "usage", _("There is no kind of conflict %s."),
				  cli_s(cli, reason))
		       : 0;
}

static int
case_recuse(struct cli *cli)
{
	const struct opened *d = cli->opened;
	struct workspace_case c = d->c;
	struct submit p = { .type = ENTRY_RECUSE, .now = true };
	char id[33];
	int err = 0;

	term_hex(id, c.rec.id, sizeof(c.rec.id));
	if (cli->tty_in)
		err = cli_confirm(cli, _("Take yourself off this case for good?"));
	if (err)
		return err;
	p.body = json_pack("{s:i}", "v", 1);
	err = submit_send(cli->ses, &c, &p);
	json_decref(p.body);
	if (!err && (cli_opt(cli, "reason") || cli->text) && tell_lead(cli, id)) {
		cli_warn(cli, _("You are off the case, but your lead was not told why: %s"),
			 cli_failure(cli));
		cli_forgive(cli);
	}
	if (!err)
		err = forget_case(cli->ses, c.rec.id);
	if (err)
		return err;
	cli_printf(cli, _("You are off the case. Nothing of it is left on this machine.\n"));
	cli_data(cli, json_pack("{s:s}", "id", id));
	return 0;
}

static const struct cli_option recuse_options[] = {
	{ .name = "reason",
	  .arg = N_("KIND"),
	  .words = "NAMED UNIT KIN SHARE PAST EXPERT HOME FRIEND",
	  .help = N_("the kind of conflict, for your lead alone") },
	CLI_TEXT_OPTIONS(N_("why, for your lead alone")),
	{ 0 },
};

const struct command cmd_case_recuse = {
	.noun = "case",
	.verb = "recuse",
	.args = "ID",
	.help = N_("take yourself off a case, for good"),
	.more = N_(
		"The case leaves this machine at once: bytes, drafts, search. The log says that you "
		"went, and only your lead may read why. Fewer than two left: the desk above gets it."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = recuse_options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_recuse,
	.exec = case_recuse,
};
