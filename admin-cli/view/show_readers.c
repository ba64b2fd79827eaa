/* From whom a case is hidden, in words (see show_readers.h). */
#include "admin-cli/view/show_readers.h"

#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/readers.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/view/show.h"

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
			      kind ? m->kind : "", m->word ? cli_s(cli, m->word) : "");
		json_array_append_new(all, json_pack("{s:s,s:s,s:i,s:s*}", "member",
						     term_hex(hex, m->handle, 8), "name", m->name,
						     "cause", (int)m->cause, "kind", m->kind));
	}
	cli_table_end(t, "");
	if (!r->rota)
		cli_printf(cli,
			   _("No rota that you can read is in force: what others have declared is "
			     "not known here.\n"));
	cli_data(cli, all);
}

void
show_readers(struct cli *cli, const struct opened *d, json_t *data)
{
	unsigned i, n = 0;

	if (d->fold.machine != MACHINE_TIP)
		return;
	json_object_set_new(data, "readers_set", json_boolean(d->fold.readers_set));
	if (readers_unset(cli->ses, d))
		cli_printf(cli,
			   _("\n%sYou are on duty, and nobody has said who reads this case%s: davy "
			     "case readers %02x%02x%02x%02x\n"),
			   cli_style(cli, "yellow"), cli_style(cli, "off"), d->c.rec.id[0],
			   d->c.rec.id[1], d->c.rec.id[2], d->c.rec.id[3]);
	for (i = 0; i < d->fold.hidden_cnt; i++)
		if (d->view->members &&
		    roster_member_by_handle(d->view->members, d->fold.hidden[i]))
			cli_printf(cli, "%s%s", n++ ? ", " : _("\nHidden from: "),
				   show_member(cli, d->view, d->fold.hidden[i]));
	cli_printf(cli, "%s", n ? "\n" : "");
}
