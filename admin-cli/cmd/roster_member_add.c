/* davy roster member-add: adds a member to a draft, or changes desk and roles of one. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/roster_edit.h"
#include "admin-cli/cmd/roster_plan.h"

static int
read_card(struct cli *cli, struct card_member *card)
{
	const char *path = cli_opt(cli, "card");

	if (!path)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say who: --card FILE, the card that davy key card wrote."));
	return roster_plan_card(cli, path, card);
}

static int
add(struct cli *cli, struct roster_draft *d)
{
	const char *roles = cli_opt(cli, "roles");
	struct card_member card;
	uint64_t desk = 0;
	uint16_t bits;
	char hex[2 * KEY_HANDLE_LEN + 1];
	int err = read_card(cli, &card);

	if (!err && (!roles || !cli_opt(cli, "desk")))
		err = cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Give --desk N (0 for a registrar) and --roles, for example TR,PL,lead."));
	if (!err)
		err = cli_opt_number(cli, "desk", 0, 65535, &desk);
	if (!err && roster_roles_parse(&bits, roles, strlen(roles)) != 0)
		err = cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Roles are TR, SR, PL, TL, IN, IG, RW, AU, RG and lead, joined by commas."));
	if (!err && desk && !roster_draft_desk(d, (uint16_t)desk))
		err = cli_fail(cli, DAVY_REFUSED, "not-found", _("The draft has no desk %u."),
			       (unsigned)desk);
	if (!err)
		err = roster_edit_begin(cli, d, ROSTER_DRAFT_DAYS);
	if (err)
		return err;
	/* The card of a member who is in the draft changes desk and roles. */
	size_t at = d->m->cnt;
	for (size_t i = 0; i < d->m->cnt; i++)
		if (memcmp(d->m->member[i].handle, card.handle, KEY_HANDLE_LEN) == 0 ||
		    memcmp(d->m->member[i].sign, card.sign, KEY_SIGN_PUBLIC_LEN) == 0)
			at = i;
	if (at == ROSTER_MEMBER_MAX)
		return cli_fail(cli, DAVY_REFUSED, "full", _("A roster has at most %d members."),
				ROSTER_MEMBER_MAX);
	d->m->cnt += at == d->m->cnt;
	struct roster_member *m = &d->m->member[at];
	*m = (struct roster_member){ .desk = (uint16_t)desk, .roles = bits };
	memcpy(m->handle, card.handle, sizeof(m->handle));
	memcpy(m->name, card.name, sizeof(m->name));
	memcpy(m->sign, card.sign, sizeof(m->sign));
	memcpy(m->seal, card.seal, sizeof(m->seal));
	term_hex(hex, m->handle, KEY_HANDLE_LEN);
	cli_printf(cli, _("%s (%s) is in the draft: desk %u, %s.\n"), cli_s(cli, m->name), hex,
		   m->desk, cli_s(cli, roles));
	cli_data(cli, json_pack("{s:s, s:i, s:s}", "handle", hex, "desk", m->desk, "roles", roles));
	return roster_draft_save(cli->ses, d);
}

static int
roster_member_add_exec(struct cli *cli)
{
	return roster_edit_with(cli, add);
}

static const struct cli_option options[] = {
	{ .name = "card", .arg = N_("FILE"), .words = "@file", .help = N_("the member's card") },
	{ .name = "desk", .arg = N_("N"), .help = N_("the desk's number; 0 for a registrar") },
	{ .name = "roles",
	  .arg = N_("LIST"),
	  .words = "TR SR PL TL IN IG RW AU RG lead",
	  .help = N_("TR SR PL TL IN IG RW AU RG lead, joined by commas") },
	ROSTER_EDIT_DIR,
	{ 0 },
};

const struct command cmd_roster_member_add = {
	.noun = "roster",
	.verb = "member-add",
	.help = N_("add a member to a desk of the draft, or change the member"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_member_add_exec,
};
