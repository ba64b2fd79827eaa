/* A visit under seal in words (see show_visit.h). */
#include "admin-cli/view/show_visit.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_finding.h"
#include "admin-cli/view/show_outbox.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

static const struct {
	const char *name, *text; /* text: N_() */
} sides[] = {
	[VISITS_NO_SIDE] = { "none", "" },
	[VISITS_PLANNER] = { "planner", N_("planner") },
	[VISITS_A] = { "a", N_("A releases") },
	[VISITS_B] = { "b", N_("B goes") },
};

const char *
show_side_name(enum visits_side side)
{
	return sides[side].name;
}

const char *
show_side(enum visits_side side)
{
	return *sides[side].text ? _(sides[side].text) : "";
}

const char *
show_visit_side_name(const struct opened *d)
{
	return show_side_name(visits_side(d));
}

const char *
show_visit_side(const struct opened *d)
{
	return show_side(visits_side(d));
}

#define LABEL_COLUMNS 18

/* Names of a list of handles; also as JSON. */
static json_t *
names(struct cli *cli, const struct opened *d, const char *label, const uint8_t list[][8],
      unsigned cnt)
{
	int pad = LABEL_COLUMNS - term_width(label);
	json_t *all = json_array();
	char hex[17];

	cli_printf(cli, "  %s%*s", label, pad > 1 ? pad : 1, "");
	for (unsigned i = 0; i < cnt; i++) {
		const char *name = show_member(cli, d->view, list[i]);

		cli_printf(cli, "%s%s", i ? taxonomy_chinese() ? "、" : ", " : "", name);
		json_array_append_new(all, json_pack("{s:s,s:s}", "handle",
						     term_hex(hex, list[i], 8), "name", name));
	}
	cli_printf(cli, "\n");
	return all;
}

static void
show_sides(struct cli *cli, const struct opened *d, json_t *data)
{
	const struct fold_visit *v = &d->fold.visit;

	json_object_set_new(data, "a", names(cli, d, _("A side, releases"), v->a, v->a_cnt));
	json_object_set_new(data, "b", names(cli, d, _("B side, goes"), v->b, v->b_cnt));
	json_object_set_new(data, "planner", names(cli, d, _("planner"), &d->fold.owner, 1));
	if (v->team_cnt)
		json_object_set_new(data, "team", names(cli, d, _("went"), v->team, v->team_cnt));
}

/* From which hour each layer opens, as far as it is known here: the later hours stand in layer 0.
 */
static void
hours_of(struct cli *cli, const struct opened *d, uint32_t hour[static FOLD_LAYERS])
{
	struct order o;
	json_t *first;

	memset(hour, 0, FOLD_LAYERS * sizeof(*hour));
	hour[0] = visits_hour(&d->c.rec);
	if (order_load(cli->ses, d, &o) || !o.b || order_layer_get(cli->ses, &o, 0, &first)) {
		session_forgive(cli->ses);
		return;
	}
	hour[1] = schema_number(first, "h1");
	hour[2] = schema_number(first, "h2");
	json_decref(first);
}

static void
show_layers(struct cli *cli, const struct opened *d, json_t *data)
{
	static const char *const what[] = { N_("region, kit and hour of the muster"),
					    N_("where to muster"), N_("the site") };
	const struct fold_visit *v = &d->fold.visit;
	uint32_t opens[FOLD_LAYERS];
	char hour[TERM_DATE_CAP];

	hours_of(cli, d, opens);
	for (unsigned i = 0; i < FOLD_LAYERS; i++) {
		cli_printf(cli, _("  layer %u (%s)  "), i, _(what[i]));
		if (v->taken >> i & 1)
			cli_printf(cli, _("opened\n"));
		else if (opens[i])
			cli_printf(cli,
				   v->released >> i & 1 ? _("released; opens from %s\n")
							: _("shut; opens from %s\n"),
				   term_hour(hour, opens[i]));
		else
			cli_printf(cli, v->released >> i & 1
						? _("released; its hour stands in layer 0\n")
						: _("shut; its hour stands in layer 0\n"));
	}
	json_object_set_new(data, "released", json_integer(v->released));
	json_object_set_new(data, "taken", json_integer(v->taken));
	json_object_set_new(data, "hours",
			    json_pack("[i,i,i]", (int)opens[0], (int)opens[1], (int)opens[2]));
}

/* From the arrival on everybody can check that the order named the keys by which it was opened. */
static void
show_seeds(struct cli *cli, const struct opened *d, json_t *data)
{
	enum visits_seeds seeds = visits_seeds(d);

	if (seeds == VISITS_SEEDS_RIGHT)
		cli_printf(cli,
			   _("The keys of the three layers are those that the order named.\n"));
	if (seeds == VISITS_SEEDS_WRONG)
		cli_printf(
			cli,
			_("%sALARM%s the keys that the arrival names are not those of the order: what "
			  "was opened is not what was sealed. Tell the desk above.\n"),
			cli_style(cli, "red"), cli_style(cli, "off"));
	if (seeds != VISITS_SEEDS_NONE)
		json_object_set_new(data, "seeds", json_boolean(seeds == VISITS_SEEDS_RIGHT));
}

/* Neither sentence tells whether it was a need or a draw: who may not compare learns nothing. */
static void
show_sealed(struct cli *cli, const json_t *sealed, json_t *data)
{
	const json_t *differs = schema_list(sealed, "differs");
	const json_t *one;
	size_t i;

	if (!sealed)
		return;
	json_array_foreach((json_t *)differs, i, one)
		cli_printf(cli, _("%sALARM%s what was sealed is not what was to be: %s.\n"),
			   cli_style(cli, "red"), cli_style(cli, "off"), schema_text(one, "text"));
	if (!json_array_size(differs))
		cli_printf(
			cli, "%s\n",
			schema_is(sealed, "compared")
				? _("What was sealed agrees with what the order answers, as far as it "
				    "is here.")
				: _("What was sealed cannot be compared here: this home does not "
				    "hold what the order answers."));
	json_object_set(data, "sealed", (json_t *)sealed);
}

static void
show_head_of(struct cli *cli, const struct opened *d, json_t *data)
{
	const char *state = machine_state_name(d->fold.machine, d->fold.state);
	uint32_t first = visits_hour(&d->c.rec);
	struct order_tail tail = { 0 };
	char id[33], from[TERM_DATE_CAP], until[TERM_DATE_CAP];
	char next[VISITS_NEXT_CAP];

	term_hex(id, d->c.rec.id, sizeof(d->c.rec.id));
	if (!cli->titled)
		cli_printf(cli, "%s%s%s  %s%s%s\n", cli_style(cli, "bold"), id,
			   cli_style(cli, "off"), cli_style(cli, "bold"),
			   fold_state_text(d->fold.machine, state), cli_style(cli, "off"));
	if (d->fold.visit.anomaly)
		cli_printf(cli, "%s%s%s\n", cli_style(cli, "red"), _("they were expected"),
			   cli_style(cli, "off"));
	cli_printf(cli, _("%s · %s to %s\n"), show_desk(cli, d->view, d->c.rec.desk),
		   term_hour(from, first), term_hour(until, first + ORDER_OVER_HOURS));
	if (d->c.have_desk)
		order_tail(d, &tail);
	if (d->c.have_desk)
		cli_printf(
			cli,
			_("end of the log: %s%s%s (%u entries); say these digits before a code\n"),
			cli_style(cli, "bold"), tail.digits, cli_style(cli, "off"), d->c.have_desk);
	if (visits_next(d, sync_hour(cli->ses), next))
		cli_printf(cli, _("you next: %s\n"), next);
	json_object_set_new(data, "hour", json_integer(first));
	json_object_set_new(data, "side", json_string(show_visit_side_name(d)));
	json_object_set_new(data, "next", json_string(next));
	json_object_set_new(data, "end", json_string(tail.digits));
	json_object_set_new(data, "anomaly", json_boolean(d->fold.visit.anomaly));
}

static void
show_findings(struct cli *cli, const struct opened *d, json_t *data)
{
	const struct fold_visit *v = &d->fold.visit;
	struct cli_table *t;
	json_t *all = json_array();

	json_object_set_new(data, "findings", all);
	json_object_set_new(data, "announced", json_integer(v->declared));
	if (!v->declared && !v->finding_cnt)
		return;
	cli_printf(cli, _("\nFindings: %u announced, %u written down\n"), v->declared,
		   v->finding_cnt);
	t = show_finding_table(cli, false);
	for (unsigned k = 1; k <= v->finding_cnt; k++) {
		show_finding_row(cli, t, d, k, false);
		json_array_append_new(all, show_finding_json(d, k));
	}
	cli_table_end(t, NULL);
}

/* In the place of an entry a read record of an order has the place of a part. */
static void
show_fetched(struct cli *cli, const struct opened *d, json_t *data)
{
	json_t *all = json_array();
	uint8_t *val = NULL;
	struct frame_read read;
	size_t len = 0, i;
	char date[TERM_DATE_CAP], hex[17];

	json_object_set_new(data, "fetched", all);
	if (workspace_get(cli->ses->workspace, WORKSPACE_READS, d->c.rec.id, sizeof(d->c.rec.id),
			  &val, &len))
		return;
	cli_printf(cli, _("\nParts fetched\n"));
	for (i = 0; i + FRAME_READ_LEN <= len; i += FRAME_READ_LEN) {
		frame_read_get(&read, val + i);
		cli_printf(cli, _("  %s  %s  part %u\n"), show_member(cli, d->view, read.handle),
			   term_date(date, read.day), read.number);
		json_array_append_new(all, json_pack("{s:s,s:I,s:I}", "handle",
						     term_hex(hex, read.handle, 8), "day",
						     (json_int_t)read.day, "part",
						     (json_int_t)read.number));
	}
	workspace_free(val, len);
}

int
show_visit(struct cli *cli, const struct opened *d, const json_t *sealed)
{
	/* of a case alone: a visit has none of these clocks */
	static const char *const clocks[] = { "urgent",    "read_due", "answer_due", "closed",
					      "close_due", "held",     "withdrawn",  "date" };
	json_t *data = show_json(d);
	size_t i;
	int err;

	for (i = 0; i < sizeof(clocks) / sizeof(*clocks); i++)
		json_object_del(data, clocks[i]);
	show_head_of(cli, d, data);
	if (!d->c.have_desk)
		show_missing(cli, d);
	if (opened_first(d) != FOLD_NONE) {
		show_sides(cli, d, data);
		show_layers(cli, d, data);
		show_seeds(cli, d, data);
		show_sealed(cli, sealed, data);
		show_findings(cli, d, data);
	}
	for (i = 0; i < d->fold.order_cnt; i++) /* the head says what the first one says */
		if (d->fold.order[i] != opened_first(d))
			show_entry(cli, d, d->fold.order[i]);
	show_fetched(cli, d, data);
	err = show_outbox_of(cli, d->c.rec.id, data);
	cli_data(cli, data);
	return err;
}
