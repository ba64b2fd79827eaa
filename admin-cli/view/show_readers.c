/* From whom a case is hidden, in words (see show_readers.h). */
#include "admin-cli/view/show_readers.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/readers.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/view/show.h"
#include "crypto/text.h"

/* What was found in the tip, and through which operator group. */
static const char *
found(struct cli *cli, const struct conflict_member *m)
{
	char *all = m->word ? strdup(m->word) : NULL, *more;

	for (size_t i = 0; all && i < json_array_size(m->group); i++) {
		if (asprintf(&more, "%s%s%s", all, i ? ", " : _("; one operator group: "),
			     json_string_value(json_array_get(m->group, i))) < 0)
			break;
		free(all);
		all = more;
	}
	return all ? cli_s(cli, cli_keep(cli, all)) : "";
}

void
show_reckoned(struct cli *cli, const struct readers *r)
{
	struct cli_table *t = cli_table_new(cli, (const char *const[]){ _("MEMBER"), "", _("KIND"),
									_("FOUND"), NULL });
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < r->cnt; i++) {
		const struct conflict_member *m = &r->m[i];
		const struct conflict_kind *kind = m->kind ? conflict_find(m->kind) : NULL;
		char hex[17];

		cli_table_row(t, cli_s(cli, m->name), _(conflict_cause_text(m->cause)),
			      kind ? m->kind : "", found(cli, m));
		json_array_append_new(all, json_pack("{s:s,s:s,s:i,s:s*}", "member",
						     term_hex(hex, m->handle, 8), "name", m->name,
						     "cause", (int)m->cause, "kind", m->kind));
	}
	cli_table_end(t, "");
	if (!r->rota)
		cli_printf(cli,
			   _("No rota that you can read is in force: what others have declared is "
			     "not known here.\n"));
	else if (!r->draws)
		cli_printf(cli,
			   _("The rota is not older than this tip, so nobody is left out without a "
			     "reason.\n"));
	cli_data(cli, all);
}

char *
show_hidden(struct cli *cli, const json_t *list)
{
	const struct trust *view;
	char *out = strdup("-"), *more;
	uint8_t handle[8];
	unsigned n = 0;

	if (trust_get(cli->ses, false, &view) || !view->members) {
		session_forgive(cli->ses);
		return out;
	}
	for (size_t i = 0; out && i < json_array_size(list); i++) {
		const char *hex = json_string_value(json_array_get(list, i));

		if (!hex || text_unhex(handle, 8, hex, strlen(hex)) ||
		    !roster_member_by_handle(view->members, handle))
			continue;
		if (asprintf(&more, "%s%s%s", n ? out : "", n ? ", " : "",
			     show_member(cli, view, handle)) < 0)
			break;
		free(out);
		out = more;
		n++;
	}
	return out;
}

void
show_unset(struct cli *cli, const struct opened *d)
{
	if (readers_unset(cli->ses, d))
		cli_printf(cli,
			   _("\n%sYou are on duty, and nobody has said who reads this case%s: davy "
			     "case readers %02x%02x%02x%02x\n"),
			   cli_style(cli, "yellow"), cli_style(cli, "off"), d->c.rec.id[0],
			   d->c.rec.id[1], d->c.rec.id[2], d->c.rec.id[3]);
}

void
show_readers(struct cli *cli, const struct opened *d, json_t *data)
{
	if (d->fold.machine != MACHINE_TIP)
		return;
	json_object_set_new(data, "readers_set", json_boolean(d->fold.readers_set));
	show_unset(cli, d);
}
