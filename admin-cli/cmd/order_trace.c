/* davy order trace: who took which layer of a sealed order, by their own signatures. */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order_stubs.h"
#include "admin-cli/rules/printed.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"

static const struct {
	const char *name, *text; /* text: N_() */
} traces[] = {
	[ORDER_TRACE_FINE] = { "signed", N_("signed by himself") },
	[ORDER_TRACE_UNSIGNED] = { "unsigned", N_("AN ENTRY ALONE: no signed taking") },
	[ORDER_TRACE_FALSE] = { "false", N_("FALSE: not the taking of this entry") },
};

static const char *
when(char out[static TERM_DATE_CAP], const struct opened *d, const struct order_taken *t)
{
	if (t->minute)
		return term_hour(out, (uint32_t)(t->minute / 60));
	return t->entry == SIZE_MAX ? "" : term_date(out, d->entry[t->entry].day);
}

/* With whom a layer was shared, and by whom, as the log says it. */
static void
add_shares(struct cli *cli, struct cli_table *t, json_t *all)
{
	const struct opened *d = cli->opened;
	char date[TERM_DATE_CAP], layer[12], how[100];
	uint8_t handle[8];

	for (size_t n = 0; n < d->fold.order_cnt; n++) {
		size_t i = d->fold.order[n], k;
		const json_t *list = schema_list(d->x[i].body, "shared"), *one;
		const char *paper = schema_text(d->x[i].body, "paper");
		if (d->entry[i].type != ENTRY_ORDER_NOTE || d->entry[i].verdict != FOLD_ACCEPTED)
			continue;
		snprintf(layer, sizeof(layer), "%.1s",
			 strlen(paper) > strlen(PRINTED_SHARE) ? paper + strlen(PRINTED_SHARE)
							       : "?");
		json_array_foreach(list, k, one)
		{
			if (!term_unhex(handle, sizeof(handle), json_string_value(one)))
				continue;
			const char *who = show_member(cli, d->view, handle);
			snprintf(how, sizeof(how), _("shared by %s"), show_author(cli, d, i));
			cli_table_row(t, layer, who, term_date(date, d->entry[i].day), how);
			json_array_append_new(all, json_pack("{s:i,s:I,s:s,s:I,s:s}", "layer",
							     *layer - '0', "number",
							     (json_int_t)d->entry[i].number, "who",
							     who, "minute", (json_int_t)0, "trace",
							     "shared"));
		}
	}
}

static int
order_trace(struct cli *cli)
{
	const struct opened *d = cli->opened;
	struct order_taken *list;
	json_t *all = json_array();
	char hour[TERM_DATE_CAP], layer[12];
	size_t cnt, bad = 0;
	int err = order_stubs_get(cli->ses, d, &list, &cnt);
	struct cli_table *t;

	if (err) {
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli, (const char *const[]){ _("LAYER"), _("WHO"), _("WHEN"), _("TRACE"),
						      NULL });
	for (size_t i = 0; i < cnt; i++) {
		const char *who = list[i].entry == SIZE_MAX ? "?"
							    : show_author(cli, d, list[i].entry);

		snprintf(layer, sizeof(layer), "%u", list[i].layer);
		cli_table_row(t, layer, who, when(hour, d, &list[i]),
			      _(traces[list[i].trace].text));
		if (list[i].trace != ORDER_TRACE_FINE) {
			cli_table_style(t, "red");
			bad++;
		}
		json_array_append_new(all, json_pack("{s:i,s:I,s:s,s:I,s:s}", "layer",
						     (int)list[i].layer, "number",
						     (json_int_t)list[i].number, "who", who,
						     "minute", (json_int_t)list[i].minute, "trace",
						     traces[list[i].trace].name));
	}
	add_shares(cli, t, all);
	cli_table_end(t, _("Nobody has taken a layer."));
	cli_data(cli, all);
	free(list);
	if (bad)
		cli_warn(cli,
			 _("Traces do not fit the log: the gateway withholds or forges one, or "
			   "somebody wrote an entry without taking. Tell the desk above."));
	return 0;
}

const struct command cmd_order_trace = {
	.noun = "order",
	.verb = "trace",
	.args = "ID",
	.help = N_("show who took which layer of a sealed order, by their signatures"),
	.more = N_(
		"The gateway keeps of each taking what its sender signed: order, layer and minute. Here it is "
		"compared with the entries of the log. With whom a layer was shared, its leader has written there."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.exec = order_trace,
};
