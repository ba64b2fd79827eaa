/* davy desk list: the desks of the roster, with how long their keys are good. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "crypto/bundle.h"

static size_t
count_members(const struct roster_members *m, uint16_t desk)
{
	size_t n = 0;

	for (size_t i = 0; m && i < m->cnt; i++)
		n += m->member[i].desk == desk;
	return n;
}

static int
desk_list_exec(struct cli *cli)
{
	const char *const heads[] = { ">",          _("DESK"),           _("KIND"),
				      _("LEVEL"),   _("AREA"),           _("ABOVE"),
				      _("MEMBERS"), _("KEY GOOD UNTIL"), NULL };
	const struct trust *v;
	json_t *list = json_array();
	int err = trust_get(cli->ses, false, &v);

	if (err) {
		json_decref(list);
		return err;
	}
	struct cli_table *t = cli_table_new(cli, heads);
	for (size_t i = 0; i < v->bundle.roster->desk_cnt; i++) {
		const struct roster_desk *d = &v->bundle.roster->desk[i];
		const struct epoch *e = bundle_key(&v->bundle, d->number, EPOCH_ONLINE, v->today);
		char number[8], level[4], above[8], members[8], until[TERM_DATE_CAP] = "";
		size_t cnt = count_members(v->members, d->number);
		snprintf(number, sizeof(number), "%u", d->number);
		snprintf(level, sizeof(level), "%u", d->level);
		snprintf(above, sizeof(above), "%u", d->above);
		snprintf(members, sizeof(members), "%zu", cnt > 999 ? 999 : cnt);
		if (e)
			term_date(until, e->until);
		cli_table_row(t, number, d->name, roster_kind_name(d->kind), level, d->area,
			      d->above ? above : "", v->members ? members : "",
			      e ? until : _("no key"));
		cli_table_style(t, d == v->desk ? "bold" : e ? "" : "yellow");
		json_array_append_new(
			list, json_pack("{s:i, s:s, s:s, s:s, s:i, s:s, s:i, s:I, s:s?, s:I, s:b}",
					"number", d->number, "name", d->name, "name_en", d->name_en,
					"kind", roster_kind_name(d->kind), "level", d->level,
					"area", d->area, "above", d->above, "members",
					(json_int_t)cnt, "key_until", e ? until : NULL, "epoch",
					(json_int_t)(e ? e->number : 0), "own", d == v->desk));
	}
	cli_table_end(t, NULL);
	cli_data(cli, list);
	return DAVY_OK;
}

const struct command cmd_desk_list = {
	.noun = "desk",
	.verb = "list",
	.help = N_("list the desks and whether their keys are current"),
	.group = CLI_KEYS,
	.exec = desk_list_exec,
};
