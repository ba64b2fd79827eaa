/* The findings of visits in words (see show_finding.h). */
#include "admin-cli/view/show_finding.h"

#include <stdio.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"

static const struct fold_finding *
finding(const struct opened *d, unsigned k)
{
	return &d->fold.visit.finding[k - 1];
}

static const char *
state_name(const struct opened *d, unsigned k)
{
	return machine_state_name(MACHINE_FINDING, finding(d, k)->state);
}

/* The day that is next: by which it is to be put right, or of the look-back. */
static uint32_t
due(const struct opened *d, unsigned k)
{
	const struct fold_finding *x = finding(d, k);
	struct visits_act act;
	const char *day;
	uint32_t out = 0;

	if (x->state != FINDING_STRUCK_OFF)
		return x->state == FINDING_ORDERED || x->state == FINDING_OVERDUE ? x->deadline : 0;
	if (visits_last(d, ENTRY_LOOK_BACK, k, &act) || !visits_last(d, ENTRY_STRIKE_OFF, k, &act))
		return 0;
	day = schema_text(act.body, "look_back");
	return term_parse_date(day, &out) ? out : 0;
}

struct cli_table *
show_finding_table(struct cli *cli, bool orders)
{
	return cli_table_new(cli, orders ? (const char *const[]){ _("ORDER"), ">#", _("STATE"),
								  _("GRADE"), _("HAZARD"), _("DUE"),
								  _("WHAT"), NULL }
					 : (const char *const[]){ ">#", _("STATE"), _("GRADE"),
								  _("HAZARD"), _("DUE"), _("WHAT"),
								  NULL });
}

void
show_finding_row(struct cli *cli, struct cli_table *t, const struct opened *d, unsigned k,
		 bool orders)
{
	const struct taxonomy_word *grade;
	struct visits_act act;
	char id[33], no[12], date[TERM_DATE_CAP];
	uint32_t day = due(d, k);
	const char *state = fold_state_text(MACHINE_FINDING, state_name(d, k));

	if (!visits_last(d, ENTRY_FINDING, k, &act))
		return;
	snprintf(no, sizeof(no), "%u", k);
	grade = taxonomy_find(TAXONOMY_FINDING_GRADE, schema_text(act.body, "grade"));
	if (orders)
		cli_table_row(t, term_hex(id, d->c.rec.id, 4), no, state, taxonomy_name(grade),
			      schema_text(act.body, "hazard"), day ? term_date(date, day) : "",
			      cli_s(cli, schema_text(act.body, "text")));
	else
		cli_table_row(t, no, state, taxonomy_name(grade), schema_text(act.body, "hazard"),
			      day ? term_date(date, day) : "",
			      cli_s(cli, schema_text(act.body, "text")));
	if (finding(d, k)->state == FINDING_OVERDUE || finding(d, k)->found_again)
		cli_table_style(t, "red");
	else if (finding(d, k)->state == FINDING_STRUCK_OFF)
		cli_table_style(t, "dim");
}

json_t *
show_finding_json(const struct opened *d, unsigned k)
{
	const struct fold_finding *x = finding(d, k);
	struct visits_act act;
	json_t *out;
	char id[33], hash[65], date[TERM_DATE_CAP];

	if (!visits_last(d, ENTRY_FINDING, k, &act))
		return json_object();
	out = json_pack("{s:s,s:i,s:s,s:s,s:b,s:b,s:i,s:O}", "order",
			term_hex(id, d->c.rec.id, sizeof(d->c.rec.id)), "k", (int)k, "state",
			state_name(d, k), "hash", term_hex(hash, d->entry[act.at].hash, 32),
			"major", x->major, "found_again", x->found_again, "failed", (int)x->failed,
			"finding", act.body);
	if (due(d, k))
		json_object_set_new(out, "due", json_string(term_date(date, due(d, k))));
	return out;
}

/* "measure  name, name  2026-12-01", then what it says. */
static json_t *
show_act(struct cli *cli, const struct opened *d, const struct visits_act *act)
{
	size_t last = act->sign == FOLD_NONE ? act->at : act->sign;
	json_t *body = json_deep_copy(act->body);
	json_t *who = json_array();
	char date[TERM_DATE_CAP];

	json_array_append_new(who, json_string(show_author(cli, d, act->at)));
	if (act->sign != FOLD_NONE)
		json_array_append_new(who, json_string(show_author(cli, d, act->sign)));
	json_object_del(body, "k");
	cli_printf(cli, "\n%s%s%s  %s%s%s  %s\n", cli_style(cli, "bold"), show_type(cli, act->type),
		   cli_style(cli, "off"), show_author(cli, d, act->at),
		   act->sign == FOLD_NONE ? ""
		   : taxonomy_chinese()   ? "、"
					  : ", ",
		   act->sign == FOLD_NONE ? "" : show_author(cli, d, act->sign),
		   term_date(date, d->entry[last].day));
	show_body(cli, body, 2);
	return json_pack("{s:s,s:I,s:o,s:o}", "type", entry_name(act->type), "day",
			 (json_int_t)d->entry[last].day, "by", who, "body", body);
}

void
show_finding(struct cli *cli, const struct opened *d, unsigned k, json_t *out)
{
	struct visits_act act;
	char date[TERM_DATE_CAP];
	uint32_t day = due(d, k);
	size_t n;

	cli_printf(cli, "%s%u%s  %s%s%s", cli_style(cli, "bold"), k, cli_style(cli, "off"),
		   cli_style(cli, "bold"), fold_state_text(MACHINE_FINDING, state_name(d, k)),
		   cli_style(cli, "off"));
	if (day)
		cli_printf(cli, _(" · due %s"), term_date(date, day));
	if (finding(d, k)->found_again)
		cli_printf(cli, _(" · %sfound again%s"), cli_style(cli, "red"),
			   cli_style(cli, "off"));
	cli_printf(cli, "\n");
	for (n = 0; n < d->fold.order_cnt; n++)
		if (visits_act(d, n, &act) && schema_number(act.body, "k") == k)
			json_array_append_new(out, show_act(cli, d, &act));
}
