/*
 * davy case reseal: hands a case to one or two members of another desk, or to members of this one
 * who have not the key of its time, where too few of its readers are left. Two say to whom; then
 * whoever opens an entry hands its file key on.
 */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/member_arg.h"
#include "admin-cli/desk/hand_on.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/readers.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/text.h"

/* At the desk of the case: those on duty where a rota is in force, or its lead; from a desk above,
 * everybody who reads it. Nobody with a conflict of his own. */
static int
may_say(struct cli *cli, const struct opened *d)
{
	struct readers r = { 0 };
	struct fold_person me;
	int err = readers_reckon(cli->ses, d, NULL, 0, &r);

	if (err)
		return err;
	opened_person(d, &me);
	if (me.home && r.rota && !r.duty && !me.lead)
		err = cli_fail(
			cli, DAVY_REFUSED, "duty",
			_("You are not on duty today: those who are, or your lead, hand a case "
			  "to others."));
	else if (r.me && (r.me->cause == CONFLICT_HARD || r.me->cause == CONFLICT_NAME))
		err = cli_fail(
			cli, DAVY_REFUSED, "conflict",
			_("This case touches a conflict of your own. Take yourself off: davy "
			  "case recuse ID."));
	readers_free(&r);
	return err;
}

/* Whether the source has kept her tip from this desk, by name or by the offices that she named; or
 * the tip names the member. */
static int
may_get(struct cli *cli, const struct opened *d, const struct roster_member *m)
{
	const json_t *tip = d->x[opened_first(d)].body, *out = schema_list(tip, "excluded");
	const struct roster_desk *desk = roster_find(d->view->bundle.roster, m->desk);
	struct conflict_member one = { .name = m->name };
	struct conflict_case c = { .tip = tip };
	bool kept = !desk || desk->level < level_start(&d->fold, tip, NULL);

	for (size_t i = 0; i < json_array_size(out); i++)
		kept |= json_integer_value(json_array_get(out, i)) == m->desk;
	if (kept)
		return cli_fail(
			cli, DAVY_REFUSED, "desk",
			_("The source keeps her tip from %s, or it starts above that desk."),
			show_desk(cli, d->view, m->desk));
	(void)conflict_reckon(&c, &one, 1);
	return one.cause == CONFLICT_NAME ? cli_fail(cli, DAVY_REFUSED, "conflict",
						     _("The tip names %s."), cli_s(cli, m->name))
					  : 0;
}

/* All whom a list of handles names. */
static int
may_all_get(struct cli *cli, const struct opened *d, const json_t *list)
{
	uint8_t to[FOLD_GIVEN][8];
	unsigned cnt = 0;
	int err = 0;

	(void)schema_handles(to, &cnt, list, FOLD_GIVEN);
	for (unsigned i = 0; i < cnt && !err; i++) {
		const struct roster_member *m = roster_member_by_handle(d->view->members, to[i]);

		err = m ? may_get(cli, d, m)
			: cli_fail(cli, DAVY_REFUSED, "member",
				   _("It names somebody who is in no desk of the roster."));
	}
	return err;
}

static int
propose(struct cli *cli, const struct opened *d, json_t *list)
{
	struct submit p = { .type = ENTRY_PROPOSE, .now = true };
	int err = may_all_get(cli, d, list);

	if (err)
		return err;
	p.body = json_pack("{s:i,s:s,s:{s:i,s:O,s:s*}}", "v", 1, "type", "reseal", "body", "v", 1,
			   "to", list, "text", cli->text);
	err = case_write(cli, &p);
	if (!err)
		cli_printf(
			cli,
			_("It takes another reader of the case, who gives davy case reseal ID.\n"));
	return err;
}

static int
sign(struct cli *cli, const struct opened *d, size_t i)
{
	struct submit p = { .now = true };
	const json_t *list = schema_list(json_object_get(d->x[i].body, "body"), "to");
	int err = may_all_get(cli, d, list);

	if (!err)
		err = case_write_sign(cli, i, &p);
	if (!err && !p.done)
		cli_warn(cli,
			 _("The gateway got another list with the first signature than the one "
			   "that was signed, so the case is handed to nobody yet. Give the "
			   "command again; tell the desk above."));
	return err;
}

/* Hands on what those to whom the case was handed have not got: what the source wrote since. */
static int
hand_rest(struct cli *cli)
{
	size_t cnt;
	int err = hand_on(cli->ses, cli->target, true, &cnt);

	if (err)
		return err;
	cli_printf(cli, _("%zu keys of entries and attachments handed on.\n"), cnt);
	cli_data(cli, json_pack("{s:I}", "keys", (json_int_t)cnt));
	return 0;
}

static int
named(struct cli *cli, const struct opened *d, json_t *list)
{
	const struct roster_member *m;
	uint64_t desk = 0;
	char hex[17];
	int err = 0;

	if (cli_opt(cli, "desk"))
		err = cli_number(cli, "--desk", cli_opt(cli, "desk"), 1, 65535, &desk);
	for (size_t i = 0; !err && cli_opt_at(cli, "to", i); i++) {
		err = i == FOLD_GIVEN
			      ? cli_fail(cli, DAVY_USAGE, "usage",
					 _("A case is handed to one or two members of one desk."))
			      : member_arg_at(cli, d->view,
					      desk ? (uint16_t)desk : d->view->me->desk,
					      cli_opt_at(cli, "to", i), &m);
		if (!err)
			json_array_append_new(list, json_string(term_hex(hex, m->handle, 8)));
	}
	return err;
}

static int
case_reseal(struct cli *cli)
{
	const struct opened *d = cli->opened;
	json_t *list = json_array();
	size_t open = opened_proposal(d, ENTRY_RESEAL, false);
	bool back = cli_flag(cli, "back");
	int err = may_say(cli, d);

	if (!err)
		err = named(cli, d, list);
	if (!err && (back || json_array_size(list)))
		err = propose(cli, d, list);
	else if (!err && open != FOLD_NONE)
		err = sign(cli, d, open);
	else if (!err && d->fold.given_cnt)
		err = hand_rest(cli);
	else if (!err)
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Say to whom: --desk DESK --to MEMBER, once or twice."));
	json_decref(list);
	return err;
}

static const struct cli_option reseal_options[] = {
	{ .name = "desk", .arg = N_("DESK"), .help = N_("their desk, by number; else your own") },
	{ .name = "to", .arg = N_("MEMBER"), .many = true, .help = N_("who gets it; one or two") },
	{ .name = "back", .help = N_("take the case back from whom it was handed to") },
	CLI_TEXT_OPTIONS(N_("why, for all who read the case")),
	{ 0 },
};

const struct command cmd_case_reseal = {
	.noun = "case",
	.verb = "reseal",
	.args = "ID",
	.help = N_("hand a case to others, where too few of its readers are left"),
	.more = N_(
		"One proposes, another reader gives the command without options and signs. Then those "
		"named read and work on the case in place of its desk, and nobody else of theirs sees "
		"it. Whoever of its readers writes later hands the new entries on; this command "
		"without options does that, too."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = reseal_options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.exec = case_reseal,
};
