/* davy order list: the orders of this desk, with the side on which this member is and what he does
 * next. No place stands in it before the visit has arrived there. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show_visit.h"
#include "crypto/frame.h"

struct listing {
	struct cli *cli;
	struct cli_table *table;
	json_t *all;
	uint32_t hour;
};

/* Where they have arrived; of an order that its desk may read, what it is about. */
static const char *
site(struct cli *cli, const struct opened *d)
{
	struct visits_act act;
	struct order o;
	json_t *last = NULL;
	const char *text = "";

	if (!visits_hour(&d->c.rec))
		return d->c.line.title;
	if (visits_arrival(d, &act) && *schema_text(act.body, "site"))
		return schema_text(act.body, "site");
	if (!(d->fold.visit.taken >> 2 & 1) || order_load(cli->ses, d, &o) || !o.b ||
	    order_layer_get(cli->ses, &o, 2, &last)) {
		session_forgive(cli->ses);
		return "";
	}
	if (last) /* opened by this member */
		text = cli_keep(cli, strdup(schema_text(last, "site")));
	json_decref(last);
	return text;
}

static json_t *
row_json(const struct opened *d, const char *next, const char *where)
{
	json_t *out;
	char id[33];

	if (!visits_hour(&d->c.rec))
		return case_list_json(&d->c);
	out = json_pack("{s:s,s:i,s:I,s:s,s:s,s:s,s:s,s:b,s:I,s:I}", "id",
			term_hex(id, d->c.rec.id, sizeof(d->c.rec.id)), "desk", (int)d->c.rec.desk,
			"hour", (json_int_t)visits_hour(&d->c.rec), "side", show_visit_side_name(d),
			"state", machine_state_name(d->fold.machine, d->fold.state), "next", next,
			"site", where, "stopped", (d->c.rec.flags & FRAME_R_CLOSED) != 0, "entries",
			(json_int_t)d->c.rec.desk_entries, "findings",
			(json_int_t)d->fold.visit.finding_cnt);
	return out;
}

static int
row(void *arg, const struct opened *d)
{
	struct listing *l = arg;
	uint32_t first = visits_hour(&d->c.rec);
	char id[33], date[TERM_DATE_CAP] = "", next[VISITS_NEXT_CAP];

	const char *where = site(l->cli, d);

	visits_next(d, l->hour, next);
	if (first)
		term_hour(date, first);
	else if (d->fold.date)
		term_date(date, d->fold.date);
	cli_table_row(l->table, term_hex(id, d->c.rec.id, 4), date, show_visit_side(d),
		      fold_state_text(d->fold.machine,
				      machine_state_name(d->fold.machine, d->fold.state)),
		      next, where);
	if (visits_ended(d))
		cli_table_style(l->table, "dim");
	else if (*next)
		cli_table_style(l->table, "bold");
	json_array_append_new(l->all, row_json(d, next, where));
	return 0;
}

static int
order_list(struct cli *cli)
{
	struct listing l = { .cli = cli, .all = json_array(), .hour = sync_hour(cli->ses) };
	int err;

	l.table = cli_table_new(cli, (const char *const[]){ _("ID"), _("WINDOW FROM"), _("SIDE"),
							    _("STATE"), _("YOU NEXT"), _("WHERE"),
							    NULL });
	err = visits_each(cli->ses, row, &l);
	cli_table_end(l.table, err ? NULL : _("No orders. davy sync fetches what is new."));
	cli_data(cli, l.all);
	return err;
}

const struct command cmd_order_list = {
	.noun = "order",
	.verb = "list",
	.help = N_("list the orders that you may see, and what you do next"),
	.more = N_(
		"WINDOW FROM is the first hour of the three days of an order; WHERE stays empty until the visit has "
		"arrived. YOU NEXT is the verb of the command that the rules allow you now."),
	.group = CLI_INSPECT,
	.exec = order_list,
};
