/* An agenda in words (see show_agenda.h). */
#include "admin-cli/view/show_agenda.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show_need.h"
#include "admin-cli/view/show_visit.h"

const char *
show_weekday(unsigned day)
{
	static const char *const names[] = { N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"),
					     N_("Thu"), N_("Fri"), N_("Sat") };

	return _(names[day % 7]);
}

static void
one_hour(uint32_t hour, char *out, size_t cap)
{
	time_t at = (time_t)hour * 3600;
	struct tm tm = { 0 };
	char day[8], clock[8];

	localtime_r(&at, &tm);
	strftime(day, sizeof(day), "%m-%d", &tm);
	strftime(clock, sizeof(clock), "%H:%M", &tm);
	snprintf(out, cap, "%s %s %s", day, show_weekday((unsigned)tm.tm_wday), clock);
}

void
show_agenda_when(const struct agenda_item *a, char *out, size_t cap)
{
	char until[48];

	one_hour(a->from, out, cap);
	if (a->until == a->from)
		return;
	one_hour(a->until, until, sizeof(until));
	snprintf(out + strlen(out), cap - strlen(out), " - %s", until);
}

void
show_agenda_next(const char *next, char *out, size_t cap)
{
	static const struct {
		const char *verb, *text;
	} words[] = {
		{ "approve", N_("approve the order") },
		{ "arm", N_("arm the order") },
		{ "depart", N_("say who leaves, phones bagged") },
		{ "arrive", N_("say that you have arrived") },
		{ "finding decide", N_("sign the measure of a colleague") },
		{ "file", N_("announce the findings") },
		{ "finding add", N_("write the findings down") },
		{ "sign-off", N_("sign it off") },
		{ "replan", N_("say that it is planned anew") },
	};
	unsigned layer;

	snprintf(out, cap, "%s", next);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(next, words[i].verb))
			snprintf(out, cap, "%s", _(words[i].text));
	if (sscanf(next, "release %u", &layer) == 1)
		snprintf(out, cap, _("release layer %u"), layer);
	if (sscanf(next, "open %u", &layer) == 1)
		snprintf(out, cap, _("open layer %u"), layer);
}

void
show_agenda_what(const struct agenda_item *a, char *out, size_t cap)
{
	switch (a->what) {
	case AGENDA_NOW:
		show_agenda_next(a->next, out, cap);
		break;
	case AGENDA_SEAL:
		snprintf(out, cap, "%s", _("seal the draft"));
		break;
	case AGENDA_ARM:
		snprintf(out, cap, "%s", _("arm the order"));
		break;
	case AGENDA_RELEASE:
		snprintf(out, cap, _("release layer %u"), a->layer);
		break;
	case AGENDA_PHONE:
		snprintf(out, cap,
			 a->layer == 1 ? _("answer the telephone: layers 1 and 2 are asked for")
				       : _("answer the telephone: layer 2 is asked for"));
		break;
	case AGENDA_OPEN:
		snprintf(out, cap,
			 a->layer == 1 ? _("open layer %u: where to muster")
			 : a->layer    ? _("open layer %u on the road: where to go")
				       : _("open layer %u: what for, and when"),
			 a->layer);
		break;
	case AGENDA_ROAD:
		snprintf(out, cap, "%s", _("you go; the hour stands in layer 0"));
		break;
	case AGENDA_STANDBY:
		snprintf(out, cap, "%s", _("stand-by: nobody goes"));
		break;
	case AGENDA_NEED:
		show_need_late(&a->late, out, cap);
		break;
	}
}

static void
more(char *out, size_t cap, const char *label, const json_t *v)
{
	size_t at = strlen(out), i;
	const json_t *one;

	if (!v)
		return;
	at += (size_t)snprintf(out + at, cap - at, "%s%s ", at ? "  " : "", label);
	if (json_is_integer(v) && at < cap)
		snprintf(out + at, cap - at, "%lld", (long long)json_integer_value(v));
	else if (json_is_string(v) && at < cap)
		snprintf(out + at, cap - at, "%s", json_string_value(v));
	json_array_foreach(v, i, one)
	{
		if (at < cap && json_is_string(one))
			at += (size_t)snprintf(out + at, cap - at, "%s%s", i ? " " : "",
					       json_string_value(one));
	}
}

void
show_agenda_bring(const struct agenda_item *a, char *out, size_t cap)
{
	static const struct {
		const char *name, *label;
	} parts[] = {
		{ "region", N_("region") },       { "kit", N_("equipment") },
		{ "persons", N_("people") },      { "days", N_("days") },
		{ "muster", N_("muster point") }, { "vehicles", N_("vehicles") },
		{ "papers", N_("papers") },
	};

	*out = '\0';
	for (size_t i = 0; a->bring && i < sizeof(parts) / sizeof(*parts); i++)
		more(out, cap, _(parts[i].label), json_object_get(a->bring, parts[i].name));
}

static json_t *
item_json(const struct agenda_item *a)
{
	static const char *const what[] = { "now",  "seal", "arm",     "release", "phone",
					    "open", "road", "standby", "need" };
	char id[33];

	json_t *late = a->what == AGENDA_NEED ? show_need_late_json(&a->late) : NULL;

	return json_pack("{s:s,s:s,s:s,s:I,s:I,s:i,s:s,s:O*,s:o*}", "id", term_hex(id, a->id, 16),
			 "what", what[a->what], "side", show_side_name(a->side), "from",
			 (json_int_t)a->from, "until", (json_int_t)a->until, "layer", (int)a->layer,
			 "next", a->next, "bring", a->bring, "late", late);
}

int
show_agenda(struct cli *cli)
{
	struct cli_table *t;
	struct agenda_item *list;
	json_t *all = json_array();
	char id[33], when[100], what[200], bring[400];
	size_t cnt, i;
	int err = agenda_load(cli->ses, &list, &cnt);

	if (err) {
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli, (const char *const[]){ _("WHEN"), _("ID"), _("SIDE"), _("WHAT"),
						      _("BRING"), NULL });
	for (i = 0; i < cnt; i++) {
		show_agenda_when(&list[i], when, sizeof(when));
		show_agenda_what(&list[i], what, sizeof(what));
		show_agenda_bring(&list[i], bring, sizeof(bring));
		cli_table_row(t, when, term_hex(id, list[i].id, 4), show_side(list[i].side), what,
			      bring);
		if (list[i].what == AGENDA_NOW || list[i].what == AGENDA_NEED)
			cli_table_style(t, "bold");
		json_array_append_new(all, item_json(&list[i]));
	}
	cli_table_end(t, _("No order waits for you. davy sync fetches what is new."));
	cli_data(cli, all);
	agenda_free(list, cnt);
	return 0;
}
