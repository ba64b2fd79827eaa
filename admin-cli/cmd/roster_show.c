/* davy roster show: the desks and members of the roster as synced, or of a draft. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/cmd/roster_edit.h"

struct shown {
	const struct roster *r;
	const struct roster_members *m; /* or NULL */
};

static json_t *
members_of(struct cli *cli, const struct shown *s, uint16_t desk, bool print)
{
	json_t *list = json_array();

	for (size_t i = 0; s->m && i < s->m->cnt; i++) {
		const struct roster_member *m = &s->m->member[i];
		char hex[2 * KEY_HANDLE_LEN + 1], roles[ROSTER_SECTORS_MAX];
		if (m->desk != desk)
			continue;
		roster_roles_print(roles, sizeof(roles), m->roles);
		term_hex(hex, m->handle, KEY_HANDLE_LEN);
		if (print)
			cli_printf(cli, "  %s  %s  %s\n", hex, cli_s(cli, m->name), roles);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "handle", hex, "name",
						      m->name, "roles", roles));
	}
	return list;
}

static void
show(struct cli *cli, const struct shown *s)
{
	char from[TERM_DATE_CAP], until[TERM_DATE_CAP];
	const struct roster *r = s->r;
	json_t *desks = json_array();

	cli_printf(cli, "%s%s%s (%s), ", cli_style(cli, "bold"), cli_s(cli, r->name),
		   cli_style(cli, "off"), cli_s(cli, r->name_en));
	cli_printf(cli, _("roster %u, good from %s until %s, backstop %u\n"), r->version,
		   term_date(from, r->from), term_date(until, r->until), r->backstop);
	for (size_t i = 0; i < r->desk_cnt; i++) {
		const struct roster_desk *d = &r->desk[i];
		cli_printf(cli, "%s%u %s%s %s, ", cli_style(cli, "bold"), d->number,
			   cli_s(cli, d->name), cli_style(cli, "off"), roster_kind_name(d->kind));
		cli_printf(cli, _("level %u, area %s, body %u, above %u, %s\n"), d->level, d->area,
			   d->org, d->above, cli_s(cli, d->sectors));
		json_array_append_new(
			desks,
			json_pack("{s:i, s:s, s:s, s:s, s:i, s:s, s:I, s:i, s:s, s:o}", "number",
				  d->number, "name", d->name, "name_en", d->name_en, "kind",
				  roster_kind_name(d->kind), "level", d->level, "area", d->area,
				  "org", (json_int_t)d->org, "above", d->above, "sectors",
				  d->sectors, "members", members_of(cli, s, d->number, true)));
	}
	json_t *registrars = members_of(cli, s, 0, false);
	if (json_array_size(registrars)) {
		cli_printf(cli, "%s%s%s\n", cli_style(cli, "bold"), _("Registrars"),
			   cli_style(cli, "off"));
		json_decref(members_of(cli, s, 0, true));
	}
	cli_data(cli, json_pack("{s:I, s:s, s:s, s:s, s:s, s:i, s:o, s:o}", "version",
				(json_int_t)r->version, "name", r->name, "name_en", r->name_en,
				"from", from, "until", until, "backstop", r->backstop, "desks",
				desks, "registrars", registrars));
}

static int
roster_show_exec(struct cli *cli)
{
	const struct trust *v;
	int r;

	if (!cli_opt(cli, "dir")) {
		r = trust_get(cli->ses, false, &v);
		if (r == DAVY_OK)
			show(cli, &(struct shown){ v->bundle.roster, v->members });
		return r;
	}
	struct roster_draft *d = calloc(1, sizeof(*d));
	r = d ? roster_edit_load(cli, d)
	      : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (r == DAVY_OK) {
		show(cli, &(struct shown){ &d->r, d->m });
		roster_draft_free(d);
	}
	free(d);
	return r;
}

static const struct cli_option options[] = { ROSTER_EDIT_DIR, { 0 } };

const struct command cmd_roster_show = {
	.noun = "roster",
	.verb = "show",
	.help = N_("show desks and members, of a draft or as synced"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_show_exec,
};
