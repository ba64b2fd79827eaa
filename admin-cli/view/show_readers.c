/* From whom a case is hidden, in words (see show_readers.h). */
#include "admin-cli/view/show_readers.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/hand_on.h"
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

/* To whom it was handed, and whether he has got all that could be handed on from here. */
static void
show_given(struct cli *cli, const struct opened *d, json_t *data)
{
	json_t *list = json_array();
	size_t left = hand_on_left(d);
	char hex[17];

	for (unsigned i = 0; i < d->fold.given_cnt; i++)
		json_array_append_new(list, json_string(term_hex(hex, d->fold.given[i], 8)));
	char *names = show_hidden(cli, list);

	cli_printf(cli, _("\nHanded to %s, who reads it in place of its desk.\n"),
		   names ? names : "-");
	if (left)
		cli_printf(
			cli,
			_("%zu keys of entries and attachments are not handed on yet: davy case reseal "
			  "%02x%02x%02x%02x\n"),
			left, d->c.rec.id[0], d->c.rec.id[1], d->c.rec.id[2], d->c.rec.id[3]);
	free(names);
	json_object_set_new(data, "given", list);
	json_object_set_new(data, "given_left", json_integer((json_int_t)left));
}

void
show_handed(struct cli *cli, const struct opened *d)
{
	const char *red = cli_style(cli, "red"), *off = cli_style(cli, "off");
	size_t by;

	for (size_t i = 0; i < d->cnt; i++) {
		enum opened_handed fault = opened_handed_fault(d, i, &by);
		const char *who = fault ? cli_s(cli, d->x[by].author->name) : "";
		const char *thread = d->entry[i].thread ? _("the desks") : _("the source");

		if (fault == OPENED_HANDED_LEFT_OUT)
			cli_printf(
				cli,
				_("%sALARM%s entry %u of the thread of %s is closed to you: %s had "
				  "seen it, handed the case on and left its key out. Ask another "
				  "reader.\n"),
				red, off, d->entry[i].number, thread, who);
		if (fault == OPENED_HANDED_FALSE)
			cli_printf(
				cli,
				_("%sALARM%s the key of entry %u of the thread of %s that %s handed "
				  "on is false. Tell the desk above.\n"),
				red, off, d->entry[i].number, thread, who);
	}
}

void
show_readers(struct cli *cli, const struct opened *d, json_t *data)
{
	if (d->fold.machine != MACHINE_TIP)
		return;
	json_object_set_new(data, "readers_set", json_boolean(d->fold.readers_set));
	if (d->fold.given_cnt)
		show_given(cli, d, data);
	show_unset(cli, d);
}
