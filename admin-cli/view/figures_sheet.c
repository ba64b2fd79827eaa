/* Figures in words, and what programs read of them (see figures_sheet.h). */
#include "admin-cli/view/figures_sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"
#include "crypto/err.h"

static const struct {
	const char *name, *title, *none; /* none: the row of cases without a value */
	bool words;                      /* the key is a code of `axis` */
	enum taxonomy_axis axis;
} tables[STATS_TABLES] = {
	[STATS_MONTH] = { .name = "month", .title = N_("Cases by month") },
	[STATS_DESK] = { .name = "desk", .title = N_("By desk") },
	[STATS_FAMILY] = { .name = "family",
			   .title = N_("By kind of hazard"),
			   .none = N_("none yet") },
	[STATS_SEVERITY] = { "severity", N_("By severity"), N_("none yet"), true,
			     TAXONOMY_SEVERITY },
	[STATS_OUTCOME] = { "outcome", N_("By outcome of triage"), N_("none yet"), true,
			    TAXONOMY_OUTCOME },
	[STATS_RESULT] = { "result", N_("By what was found"), N_("none yet"), true,
			   TAXONOMY_RESULT },
};

static const struct {
	const char *code, *text;
} families[] = {
	{ "CM", N_("coal mines") },
	{ "NM", N_("non-coal mines") },
	{ "IM", N_("illegal mining") },
	{ "HC", N_("hazardous chemicals") },
	{ "FR", N_("fire") },
	{ "HW", N_("dangerous work") },
	{ "MG", N_("safety management") },
	{ "CO", N_("concealment and collusion") },
};

static const struct {
	const char *name, *text;
} rate_words[STATS_RATES] = {
	[STATS_CONFIRMED] = { "confirmed", N_("results: true or partly true") },
	[STATS_CLOCK] = { "clock", N_("read before the clock ran out") },
	[STATS_S1_READ] = { "s1_read", N_("S1 read on the day of coming") },
	[STATS_S1_HOUR] = { "s1_hour", N_("urgent S1 read before the clock of an hour ran out") },
	[STATS_RISK] = { "risk", N_("triaged: words that may point at the source") },
	[STATS_RETURNED] = { "returned", N_("sources who wrote again") },
	[STATS_RECHECK] = { "recheck", N_("answered: a recheck was asked for") },
	[STATS_REVENGE] = { "revenge", N_("triaged: revenge on somebody who reported (CO-02)") },
};

static const char *const bands[STATS_BANDS] = {
	[STATS_BAND_NONE] = "–",
	[STATS_BAND_0] = N_("same day"),
	[STATS_BAND_2] = N_("1–2 days"),
	[STATS_BAND_5] = N_("3–5 days"),
	[STATS_BAND_15] = N_("6–15 days"),
	[STATS_BAND_30] = N_("16–30 days"),
	[STATS_BAND_90] = N_("31–90 days"),
	[STATS_BAND_MORE] = N_("over 90 days"),
};

static const char *const time_name[STATS_TIMES] = { "read", "triage", "answer" };
static const char *const time_words[STATS_TIMES] = { N_("first read"), N_("triaged"),
						     N_("answered") };

void
sheet_count(struct sheet_section *sec, struct sheet_row *r, const struct stats_row *from)
{
	r->count = from->shown == STATS_SHOWN ? (long)from->cnt : -1;
	if (from->shown == STATS_SHOWN)
		snprintf(r->value, sizeof(r->value), "%u", from->cnt);
	else
		snprintf(r->value, sizeof(r->value), "%s", from->shown == STATS_LESS ? "<5" : "–");
	if (r->count > sec->most)
		sec->most = r->count;
}

/* Sets key and label of a row of a table. */
static void
name_row(struct cli *cli, const struct trust *view, int table, const char *key, struct sheet_row *r)
{
	const struct taxonomy_word *word = tables[table].words
						   ? taxonomy_find(tables[table].axis, key)
						   : NULL;
	unsigned desk = (unsigned)strtoul(key, NULL, 10) & 0xffff;
	const char *text = word ? taxonomy_name(word) : "";

	snprintf(r->key, sizeof(r->key), "%s", key);
	if (table == STATS_DESK) {
		snprintf(r->key, sizeof(r->key), "%u", desk);
		text = show_desk(cli, view, (uint16_t)desk);
	}
	for (size_t i = 0; table == STATS_FAMILY && i < sizeof(families) / sizeof(*families); i++)
		if (!strcmp(key, families[i].code))
			text = _(families[i].text);
	if (!*key && tables[table].none)
		snprintf(r->label, sizeof(r->label), "%s", _(tables[table].none));
	else if (table == STATS_DESK)
		snprintf(r->label, sizeof(r->label), "%u %s", desk, text);
	else
		snprintf(r->label, sizeof(r->label), "%s%s%s", key, *text ? " " : "", text);
}

struct sheet_section *
sheet_section(struct sheet *s, const char *name, const char *title)
{
	struct sheet_section *sec = &s->section[s->cnt++];

	sec->name = name;
	sec->title = title;
	return sec;
}

struct sheet_row *
sheet_row(struct sheet_section *sec, const char *key, const char *label)
{
	struct sheet_row *r = &sec->row[sec->cnt++];

	r->count = -1;
	snprintf(r->key, sizeof(r->key), "%s", key);
	snprintf(r->label, sizeof(r->label), "%s", label);
	return r;
}

void
sheet_rate(struct sheet_row *r, const struct stats_rate *rate)
{
	static const char *const sign[] = { "", "", "≥ ", "≤ " };

	if (rate->kind == STATS_RATE_NONE)
		snprintf(r->value, sizeof(r->value), "–");
	else
		snprintf(r->value, sizeof(r->value), "%s%d %%", sign[rate->kind], rate->percent);
}

const char *
sheet_band(enum stats_band band)
{
	return band ? _(bands[band]) : "–";
}

static void
add_tables(struct cli *cli, const struct trust *view, const struct stats *st, struct sheet *s)
{
	struct sheet_section *sec = sheet_section(s, "total", _("Cases"));
	struct sheet_row *r = sheet_row(sec, "cases", _("all cases"));

	sheet_count(sec, r, &st->total);
	sec->most = 0; /* one bar compares nothing */
	for (int t = 0; t < STATS_TABLES; t++) {
		sec = sheet_section(s, tables[t].name, _(tables[t].title));
		for (size_t i = 0; i < st->table[t].cnt; i++) {
			r = &sec->row[sec->cnt++];
			name_row(cli, view, t, st->table[t].row[i].key, r);
			sheet_count(sec, r, &st->table[t].row[i]);
		}
	}
}

static void
add_rates(const struct stats *st, struct sheet *s)
{
	struct sheet_section *sec = sheet_section(s, "share", _("Shares"));

	for (int i = 0; i < STATS_RATES; i++)
		sheet_rate(sheet_row(sec, rate_words[i].name, _(rate_words[i].text)), &st->rate[i]);
}

static void
add_times(const struct stats *st, struct sheet *s)
{
	struct sheet_section *sec = sheet_section(s, "time", _("Median time from tip"));
	char all[8];

	for (int t = 0; t < STATS_TIMES; t++)
		for (int i = 0; i < STATS_MEDIANS; i++) {
			struct sheet_row *r = &sec->row[sec->cnt++];

			r->count = -1;
			snprintf(all, sizeof(all), "S%d", i % 10);
			snprintf(r->key, sizeof(r->key), "%s %s", time_name[t], i ? all : "all");
			snprintf(r->label, sizeof(r->label), "%s %s", _(time_words[t]),
				 i ? all : _("(all)"));
			snprintf(r->value, sizeof(r->value), "%s", sheet_band(st->median[i][t]));
		}
}

static void
add_head(struct cli *cli, const struct trust *view, const struct stats_wanted *w, struct sheet *s)
{
	char from[STATS_KEY], to[STATS_KEY];
	size_t at = 0;

	stats_month(from, w->from);
	stats_month(to, w->to);
	snprintf(s->title, sizeof(s->title), "%s", _("Figures of cases and visits"));
	snprintf(s->period, sizeof(s->period), _("%s to %s"), from, to);
#define LIMIT(...)                                                                                 \
	at += (size_t)snprintf(s->limits + at,                                                     \
			       at < sizeof(s->limits) ? sizeof(s->limits) - at : 0, __VA_ARGS__)
	if (w->desk)
		LIMIT("%s ", show_desk(cli, view, w->desk));
	if (w->family && at < sizeof(s->limits))
		LIMIT("%s ", w->family);
	if (w->severity && at < sizeof(s->limits))
		LIMIT("S%d ", w->severity % 10);
	if (w->outcome && at < sizeof(s->limits))
		LIMIT("%s ", w->outcome);
	snprintf(
		s->notes, sizeof(s->notes), "%s",
		_("Counted: the cases and orders in the list of this machine; what is said in one counts only if "
		  "it was opened here. <5: below five, or none. –: not shown, so that no small count can "
		  "be worked out, or too few. Shares are in steps of 5 %. Figures of two periods or "
		  "limits can be subtracted from one another: give out one set only."));
}

int
sheet_make(struct cli *cli, const struct stats *st, const struct stats_wanted *w,
	   struct sheet **out)
{
	const struct trust *view;
	int err = trust_get(cli->ses, false, &view);

	*out = NULL;
	if (err)
		return err;
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return cli_fail_err(cli, ERR_MEM, "%s", _("The figures cannot be counted"));
	add_head(cli, view, w, *out);
	add_tables(cli, view, st, *out);
	add_rates(st, *out);
	add_times(st, *out);
	return 0;
}

void
sheet_print(struct cli *cli, const struct sheet *s)
{
	cli_printf(cli, "%s%s%s  %s  %s\n", cli_style(cli, "bold"), s->title, cli_style(cli, "off"),
		   s->period, s->limits);
	for (size_t i = 0; i < s->cnt; i++) {
		const struct sheet_section *sec = &s->section[i];
		struct cli_table *t;

		if (cli->tty_out)
			cli_printf(cli, "\n");
		t = cli_table_new(cli, (const char *const[]){ sec->title, _(">FIGURE"), NULL });
		for (size_t k = 0; k < sec->cnt; k++)
			cli_table_row(t, sec->row[k].label, sec->row[k].value);
		cli_table_end(t, NULL);
	}
	cli_printf(cli, "\n");
	cli_wrap(cli, 0, s->notes);
}

json_t *
sheet_rows_json(const struct sheet_section *sec)
{
	json_t *rows = json_array();

	for (size_t k = 0; k < sec->cnt; k++) {
		const struct sheet_row *r = &sec->row[k];
		json_t *row = json_pack("{s:s,s:s,s:s}", "key", r->key, "label", r->label, "value",
					r->value);

		if (r->count >= 0)
			json_object_set_new(row, "count", json_integer(r->count));
		json_array_append_new(rows, row);
	}
	return rows;
}

json_t *
sheet_json(const struct sheet *s)
{
	json_t *all = json_object();

	json_object_set_new(all, "period", json_string(s->period));
	for (size_t i = 0; i < s->cnt; i++)
		json_object_set_new(all, s->section[i].name, sheet_rows_json(&s->section[i]));
	return all;
}

/* A field in quotes; a quote is doubled. No spreadsheet takes it for a formula, because every label
 * begins with a code, a number or a word of ours. */
static void
field(FILE *out, const char *text, char end)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
	fputc(end, out);
}

char *
sheet_csv(const struct sheet *s, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (!out)
		return NULL;
	fprintf(out, "section,key,label,value\n");
	for (size_t i = 0; i < s->cnt; i++)
		for (size_t k = 0; k < s->section[i].cnt; k++) {
			const struct sheet_row *r = &s->section[i].row[k];

			field(out, s->section[i].name, ',');
			field(out, r->key, ',');
			field(out, r->label, ',');
			field(out, r->value, '\n');
		}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
