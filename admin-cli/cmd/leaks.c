/* davy leaks: which visits were betrayed, and who had known of them (desk/leaks.h). */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/leaks.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/view/show.h"
#include "crypto/roster.h"

#define BOTH 2 /* betrayed orders that somebody must have known to be named */

static void
show_orders(struct cli *cli, const struct leaks *l, json_t *data)
{
	json_t *all = json_array();
	char id[33];

	json_object_set_new(data, "orders", all);
	cli_printf(cli,
		   ngettext("%zu visit, of which betrayed: %zu\n",
			    "%zu visits, of which betrayed: %zu\n", l->order_cnt),
		   l->order_cnt, l->marked);
	for (size_t i = 0; i < l->order_cnt; i++) {
		const char *sign = leaks_sign_name(l->order[i].sign);

		if (*sign)
			cli_printf(cli, "  %.8s  %s\n", term_hex(id, l->order[i].id, 16),
				   l->order[i].sign == LEAKS_DRY       ? _("found nothing")
				   : l->order[i].sign == LEAKS_ANOMALY ? _("they were expected")
								       : _("stopped after a leak"));
		json_array_append_new(all,
				      json_pack("{s:s,s:s}", "id", term_hex(id, l->order[i].id, 16),
						"sign", sign));
	}
}

static void
show_readers_of(struct cli *cli, const struct trust *view, const struct leaks *l, json_t *data)
{
	struct cli_table *t;
	json_t *all = json_array();
	char had[12], both[12], printed[12], looked[12], chance[16], hex[17];

	json_object_set_new(data, "readers", all);
	t = cli_table_new(cli,
			  (const char *const[]){ _("MEMBER"), _(">KNEW"), _(">BETRAYED"),
						 _(">PRINTED"), _(">PHOTOS"), _(">CHANCE"), NULL });
	for (size_t i = 0; i < l->reader_cnt; i++) {
		const struct leaks_reader *r = &l->reader[i];

		json_array_append_new(all, json_pack("{s:s,s:s,s:i,s:i,s:i,s:i,s:f}", "handle",
						     term_hex(hex, r->handle, 8), "name",
						     show_member(cli, view, r->handle), "knew",
						     (int)r->had, "betrayed", (int)r->both,
						     "printed", (int)r->printed, "looked",
						     (int)r->looked, "chance", r->chance));
		if (r->both < BOTH)
			continue;
		snprintf(had, sizeof(had), "%u", r->had);
		snprintf(both, sizeof(both), "%u", r->both);
		snprintf(printed, sizeof(printed), "%u", r->printed);
		snprintf(looked, sizeof(looked), "%u", r->looked);
		snprintf(chance, sizeof(chance), "%.4f", r->chance);
		cli_table_row(t, show_member(cli, view, r->handle), had, both, printed, looked,
			      chance);
	}
	cli_table_end(t, _("Nobody has known of two betrayed visits."));
}

static int
leaks(struct cli *cli)
{
	const struct trust *view;
	struct leaks l;
	json_t *data;
	int err = trust_get(cli->ses, false, &view);

	if (!err && (!view->me || !(view->me->roles & (ROSTER_IG | ROSTER_AU))))
		err = cli_fail(cli, DAVY_REFUSED, "role",
			       _("Leaks are for members with the role IG or AU."));
	if (!err)
		err = leaks_find(cli->ses, &l);
	if (err)
		return err;
	data = json_object();
	show_orders(cli, &l, data);
	show_readers_of(cli, view, &l, data);
	cli_printf(
		cli,
		ngettext(
			"CHANCE is that of the hypergeometric distribution, for %zu member. With many "
			"members one of them is always small: it is a reason to look, and no proof.\n",
			"CHANCE is that of the hypergeometric distribution, for %zu members. With many "
			"members one of them is always small: it is a reason to look, and no proof.\n",
			l.reader_cnt),
		l.reader_cnt);
	cli_data(cli, data);
	leaks_free(&l);
	return 0;
}

const struct command cmd_leaks = {
	.noun = "leaks",
	.help = N_("compare who had known of the visits that were betrayed (IG, AU)"),
	.more = N_(
		"Betrayed: stopped after a leak, expected by a sign that two wrote down, or signed off with "
		"nothing found. Known: who wrote it, fetched a part or took a layer before the arrival, or "
		"went. Only what this home has synced counts."),
	.group = CLI_INSPECT,
	.exec = leaks,
};
