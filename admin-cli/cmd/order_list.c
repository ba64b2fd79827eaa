/* davy order list: the orders of this desk, with the side on which this member is and what he does
 * next. No place stands in it before the visit has arrived there. */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/stopped.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show_agenda.h"
#include "admin-cli/view/show_visit.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

struct listing {
	struct cli *cli;
	const struct trust *view;
	struct stops_flag *flag; /* of this desk's to see (desk/stopped.h) */
	size_t flags;
	struct cli_table *table;
	json_t *all;
	uint32_t hour;
};

/* Where they have arrived; of an order that an integrity desk reads, what it is about. */
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

/* Who of those with a flag has signed the stop of this order. */
static json_t *
flagged(const struct listing *l, const struct opened *d)
{
	json_t *out = json_array();
	struct visits_act act;

	for (size_t n = 0; n < d->fold.order_cnt; n++) {
		if (!visits_act(d, n, &act) ||
		    (act.type != ENTRY_CANCEL && act.type != ENTRY_ABORT &&
		     act.type != ENTRY_COMPROMISE))
			continue;
		for (size_t i = 0; i < l->flags; i++) {
			const uint8_t *handle = l->flag[i].handle;
			char hex[17];
			if (!memcmp(d->entry[act.at].who.handle, handle, 8) ||
			    (act.sign != FOLD_NONE &&
			     !memcmp(d->entry[act.sign].who.handle, handle, 8)))
				json_array_append_new(out, json_string(term_hex(hex, handle, 8)));
		}
	}
	return out;
}

static json_t *
row_json(const struct listing *l, const struct opened *d, const char *next, const char *where)
{
	json_t *out;
	char id[33];

	if (!visits_hour(&d->c.rec))
		return case_list_json(&d->c);
	out = json_pack("{s:s,s:i,s:I,s:s,s:s,s:s,s:s,s:b,s:I,s:I,s:o}", "id",
			term_hex(id, d->c.rec.id, sizeof(d->c.rec.id)), "desk", (int)d->c.rec.desk,
			"hour", (json_int_t)visits_hour(&d->c.rec), "side", show_visit_side_name(d),
			"state", opened_state(d), "next", next, "site", where, "stopped",
			(d->c.rec.flags & FRAME_R_CLOSED) != 0, "entries",
			(json_int_t)d->c.rec.desk_entries, "findings",
			(json_int_t)d->fold.visit.finding_cnt, "flagged", flagged(l, d));
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
	cli_table_row(l->table, term_hex(id, d->c.rec.id, 4), date, show_visit_side(d),
		      fold_state_text(d->fold.machine, opened_state(d)), next, where);
	if (visits_ended(d))
		cli_table_style(l->table, "dim");
	else if (*next)
		cli_table_style(l->table, "bold");
	json_array_append_new(l->all, row_json(l, d, next, where));
	return 0;
}

/* The only place that names them, and only above. */
static void
say_flags(const struct listing *l)
{
	for (size_t i = 0; i < l->flags; i++) {
		const struct stops_flag *f = &l->flag[i];
		const struct roster_member *m = roster_member_by_handle(l->view->members,
									f->handle);
		char hex[17], day[TERM_DATE_CAP];

		cli_printf(
			l->cli,
			_("%s%s (%s), desk %u, has signed %u stops of visits within %d days, the last on %s.%s\n"),
			cli_style(l->cli, "red"), m ? cli_s(l->cli, m->name) : "?",
			term_hex(hex, f->handle, 8), f->desk, f->cnt, STOPS_DAYS,
			term_date(day, f->day), cli_style(l->cli, "off"));
	}
}

static int
order_list(struct cli *cli)
{
	struct listing l = { .cli = cli, .all = json_array(), .hour = sync_hour(cli->ses) };
	int err = trust_get(cli->ses, false, &l.view);

	if (!err)
		err = stopped_above(cli->ses, &l.flag, &l.flags);
	if (err) {
		json_decref(l.all);
		return err;
	}

	l.table = cli_table_new(cli, (const char *const[]){ _("ID"), _("WINDOW FROM"), _("SIDE"),
							    _("STATE"), _("YOU NEXT"), _("WHERE"),
							    NULL });
	err = visits_each(cli->ses, row, &l);
	cli_table_end(l.table, err ? NULL : _("No orders. davy sync fetches what is new."));
	if (!err)
		say_flags(&l);
	free(l.flag);
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

const struct command cmd_order_agenda = {
	.noun = "order",
	.verb = "agenda",
	.help = N_("say what you do with orders, when, and what you bring"),
	.more = N_(
		"When to release and to open, when to answer the telephone, when an order is sealed or armed. The "
		"later hours of side B stand there once layer 0 is open on this machine. No place stands in it "
		"before its layer is open, and nothing of it is sent or written to a calendar."),
	.group = CLI_INSPECT,
	.exec = show_agenda,
};
