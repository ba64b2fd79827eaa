/* Shows the body of an entry: each member with its label, codes by their names (see show.h). */
#include "admin-cli/view/show.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/conflict.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show_readers.h"
#include "crypto/text.h"

#define BOOK_CODES TAXONOMY__MAX + 1 /* in place of an axis: a code of rules/book.h */

/* The label of each member of a body, and the axis of the taxonomy that names its codes. */
static const struct {
	const char *name, *label;
	enum taxonomy_axis axis; /* TAXONOMY__MAX: free text */
} labels[] = {
	{ "tile", N_("kind"), TAXONOMY_TILE },
	{ "county", N_("county"), TAXONOMY__MAX },
	{ "where", N_("where"), TAXONOMY__MAX },
	{ "what", N_("what"), TAXONOMY__MAX },
	{ "inside", N_("inside"), TAXONOMY__MAX },
	{ "when_visible", N_("visible"), TAXONOMY_WHEN_VISIBLE },
	{ "still_on", N_("still on"), TAXONOMY_STILL_ON },
	{ "people_band", N_("people"), TAXONOMY_PEOPLE_BAND },
	{ "hiding", N_("hiding"), TAXONOMY_HIDING },
	{ "hiding_text", N_("how they hide it"), TAXONOMY__MAX },
	{ "check_how", N_("how to check"), TAXONOMY__MAX },
	{ "keep_from", N_("keep from"), TAXONOMY_KEEP_FROM },
	{ "keep_from_text", N_("keep from"), TAXONOMY__MAX },
	{ "act_care", N_("would point at her"), TAXONOMY_ACT_CARE },
	{ "basis", N_("known by"), TAXONOMY_BASIS },
	{ "taken", N_("typed by staff"), TAXONOMY_TAKEN },
	{ "move", N_("move"), TAXONOMY_STATE },
	{ "outcome", N_("outcome"), TAXONOMY_OUTCOME },
	{ "severity", N_("severity"), TAXONOMY_SEVERITY },
	{ "credibility", N_("credibility"), TAXONOMY__MAX },
	{ "actionability", N_("actionability"), TAXONOMY__MAX },
	{ "place", N_("place"), TAXONOMY_PLACE },
	{ "work", N_("work"), TAXONOMY_WORK },
	{ "issue", N_("issue"), TAXONOMY_ISSUE },
	{ "risk", N_("points at her"), TAXONOMY_RISK },
	{ "mass", N_("mass casualty"), TAXONOMY__MAX },
	{ "no_regulator", N_("no clear regulator"), TAXONOMY__MAX },
	{ "regulator", N_("lead regulator"), TAXONOMY__MAX },
	{ "named", N_("named post"), TAXONOMY_POST },
	{ "order_kind", N_("kind of visit"), TAXONOMY_ORDER_KIND },
	{ "recurrence", N_("came back"), TAXONOMY__MAX },
	{ "receipt", N_("receipt"), TAXONOMY__MAX },
	{ "campaign", N_("campaign"), TAXONOMY__MAX },
	{ "links", N_("linked cases"), TAXONOMY__MAX },
	{ "result", N_("result"), TAXONOMY_RESULT },
	{ "visits", N_("visits"), TAXONOMY__MAX },
	{ "read", N_("who proposes has read the tip"), TAXONOMY__MAX },
	{ "into", N_("other case"), TAXONOMY__MAX },
	{ "target", N_("goes to"), TAXONOMY__MAX },
	{ "target_state", N_("other case is"), TAXONOMY_STATE },
	{ "report", N_("report"), TAXONOMY__MAX },
	{ "part", N_("leaves"), TAXONOMY_HAZARD },
	{ "to", N_("goes to"), TAXONOMY_SPLIT_TO },
	{ "level", N_("lowest level"), TAXONOMY__MAX },
	{ "status", N_("status"), TAXONOMY_STATUS },
	{ "hazard", N_("hazard"), TAXONOMY_HAZARD },
	{ "sector", N_("sector"), TAXONOMY_SECTOR },
	{ "knower", N_("who could know"), TAXONOMY_KNOWER },
	{ "window", N_("when to go"), TAXONOMY__MAX },
	{ "access", N_("how to get there"), TAXONOMY__MAX },
	{ "cover", N_("cover reason"), TAXONOMY__MAX },
	{ "waived", N_("marks waived"), TAXONOMY__MAX },
	{ "why", N_("why"), TAXONOMY__MAX },
	{ "date", N_("date"), TAXONOMY__MAX },
	{ "order", N_("order"), TAXONOMY__MAX },
	{ "desk", N_("desk"), TAXONOMY__MAX },
	{ "case", N_("case"), TAXONOMY__MAX },
	{ "kind", N_("kind"), BOOK_CODES },
	{ "tier", N_("tier"), BOOK_CODES },
	{ "post", N_("post"), TAXONOMY__MAX },
	{ "reason", N_("reason"), BOOK_CODES },
	{ "evidence", N_("evidence"), TAXONOMY__MAX },
	{ "reported", N_("reported on"), TAXONOMY__MAX },
	{ "signed_off", N_("signed off"), TAXONOMY__MAX },
	{ "cases", N_("cases"), TAXONOMY__MAX },
	{ "posts", N_("posts"), TAXONOMY__MAX },
	{ "receipt", N_("receipt"), TAXONOMY__MAX },
	{ "name", N_("name"), TAXONOMY__MAX },
	{ "name_en", N_("English name"), TAXONOMY__MAX },
	{ "issuer", N_("issued by"), TAXONOMY__MAX },
	{ "basis", N_("legal basis"), TAXONOMY__MAX },
	{ "from", N_("from"), TAXONOMY__MAX },
	{ "until", N_("until"), TAXONOMY__MAX },
	{ "pair", N_("on duty"), TAXONOMY__MAX },
	{ "deputy", N_("stand in"), TAXONOMY__MAX },
	{ "area", N_("area"), TAXONOMY__MAX },
	{ "body", N_("enterprise, office"), TAXONOMY__MAX },
	{ "site", N_("site"), TAXONOMY__MAX },
	{ "scope", N_("scope"), TAXONOMY__MAX },
	{ "quota", N_("quotas"), TAXONOMY__MAX },
	{ "checklist", N_("checklist"), TAXONOMY_HAZARD },
	{ "hidden", N_("hidden from"), TAXONOMY__MAX },
	{ "to", N_("to"), TAXONOMY__MAX },
	{ "lift", N_("lifted"), TAXONOMY__MAX },
	{ "layer", N_("layer"), TAXONOMY__MAX },
	{ "how", N_("how it was given"), TAXONOMY__MAX },
	{ "end", N_("end of the log"), TAXONOMY__MAX },
	{ "standby", N_("stand-by: nobody goes"), TAXONOMY__MAX },
	{ "people", N_("who goes"), TAXONOMY__MAX },
	{ "bagged", N_("phones bagged"), TAXONOMY__MAX },
	{ "papers", N_("papers"), TAXONOMY__MAX },
	{ "skipped", N_("passed over"), TAXONOMY__MAX },
	{ "as", N_("kind of visit"), TAXONOMY_ORDER_KIND },
	{ "at", N_("arrived"), TAXONOMY__MAX },
	{ "count", N_("findings announced"), TAXONOMY__MAX },
	{ "k", N_("finding"), TAXONOMY__MAX },
	{ "grade", N_("grade"), TAXONOMY_FINDING_GRADE },
	{ "article", N_("article"), TAXONOMY__MAX },
	{ "exposed", N_("exposed to it"), TAXONOMY_PEOPLE_BAND },
	{ "measured", N_("measured"), TAXONOMY__MAX },
	{ "plain", N_("plainly there"), TAXONOMY__MAX },
	{ "paper", N_("paper"), TAXONOMY__MAX },
	{ "shared", N_("shared with"), TAXONOMY__MAX },
	{ "owner", N_("who puts it right"), TAXONOMY__MAX },
	{ "measures", N_("measures"), TAXONOMY__MAX },
	{ "money", N_("money"), TAXONOMY__MAX },
	{ "deadline", N_("deadline"), TAXONOMY__MAX },
	{ "plan", N_("plan until then"), TAXONOMY__MAX },
	{ "supervisor", N_("watched by"), TAXONOMY__MAX },
	{ "penalty", N_("penalty or stop"), TAXONOMY__MAX },
	{ "day", N_("day"), TAXONOMY__MAX },
	{ "pass", N_("passed"), TAXONOMY__MAX },
	{ "proof", N_("proof"), TAXONOMY__MAX },
	{ "code", N_("who answers for it"), BOOK_CODES },
	{ "answered", N_("source answered"), TAXONOMY__MAX },
	{ "no_tip", N_("no source"), TAXONOMY__MAX },
	{ "look_back", N_("look back on"), TAXONOMY__MAX },
	{ "unit", N_("unit"), TAXONOMY__MAX },
	{ "public", N_("made public"), TAXONOMY__MAX },
	{ "fixed", N_("still in order"), TAXONOMY__MAX },
	{ "sites", N_("sites"), TAXONOMY__MAX },
	{ "orders", N_("earlier visits"), TAXONOMY__MAX },
	{ "holds", N_("could have been seen"), TAXONOMY__MAX },
	{ "was", N_("before"), TAXONOMY__MAX },
	{ "is", N_("on arrival"), TAXONOMY__MAX },
	{ "hours", N_("hours before arrival"), TAXONOMY__MAX },
	{ "source", N_("source of the figures"), TAXONOMY__MAX },
	{ "anomaly", N_("they were expected"), TAXONOMY__MAX },
	{ "findings", N_("findings"), TAXONOMY__MAX },
	{ "hour", N_("hour"), TAXONOMY__MAX },
	{ "proposal", N_("proposal"), TAXONOMY__MAX },
	{ "type", N_("proposed"), TAXONOMY__MAX },
	{ "text", N_("text"), TAXONOMY__MAX },
};

/* Axes whose codes reviewers type themselves: the code is shown with the name. */
static bool
speaks_in_codes(enum taxonomy_axis axis)
{
	return axis == TAXONOMY_HAZARD || axis == TAXONOMY_OUTCOME || axis == TAXONOMY_SEVERITY ||
	       axis == TAXONOMY_STATUS || axis == TAXONOMY_SECTOR || axis == TAXONOMY_KEEP_FROM ||
	       axis == TAXONOMY_PLACE || axis == TAXONOMY_WORK || axis == TAXONOMY_ISSUE ||
	       axis == TAXONOMY_POST;
}

/* One value as text for people; freed by the caller. */
static char *
value_text(const json_t *v, enum taxonomy_axis axis)
{
	const struct taxonomy_word *w;
	char number[24], *out = NULL, *more, *one;
	const char *s = json_string_value(v);
	size_t i;

	if (json_is_array(v)) {
		for (i = 0; i < json_array_size(v); i++) {
			one = value_text(json_array_get(v, i), axis);
			if (asprintf(&more, "%s%s%s", out ? out : "", out ? ", " : "", one) < 0)
				more = NULL;
			free(one);
			free(out);
			out = more;
		}
		return out ? out : strdup("");
	}
	if (json_is_boolean(v))
		return strdup(json_is_true(v) ? _("yes") : _("no"));
	snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
	s = s ? s : json_is_integer(v) ? number : "";
	if (axis == BOOK_CODES) {
		const char *name = book_code_text(s);

		w = taxonomy_find(TAXONOMY_MEASURE, s);
		w = w ? w : taxonomy_find(TAXONOMY_ANOMALY, s);
		if (w)
			return strdup(taxonomy_name(w));
		if (!name || asprintf(&out, "%s %s", s, _(name)) < 0)
			out = term_safe(s, strlen(s), TERM_LINES);
		return out;
	}
	w = taxonomy_find(axis, s);
	if (!w && axis == TAXONOMY_STATE && book_of_state(s) != MACHINE__MAX)
		return strdup(_(book_state_text(s)));
	if (w && speaks_in_codes(axis)) {
		if (asprintf(&out, "%s %s", s, taxonomy_name(w)) < 0)
			out = NULL;
		return out;
	}
	return w ? strdup(taxonomy_name(w)) : term_safe(s, strlen(s), TERM_LINES);
}

/* A label and its value: on one line where they fit, else the value on lines of its own. */
#define LABEL_COLUMNS 20

static void
show_field(struct cli *cli, const char *label, const char *text, int indent)
{
	int pad = LABEL_COLUMNS - term_width(label);
	bool fits = !strchr(text, '\n') &&
		    (!cli->columns || indent + LABEL_COLUMNS + term_width(text) <= cli->columns);

	cli_printf(cli, "%*s%s%s%s", indent, "", cli_style(cli, "dim"), label,
		   cli_style(cli, "off"));
	if (fits) {
		cli_printf(cli, "%*s%s\n", pad > 1 ? pad : 1, "", text);
		return;
	}
	cli_printf(cli, "\n");
	cli_wrap(cli, indent + 2, text);
}

/* A campaign by its name, where this machine holds it, else by its id. */
static char *
campaign_text(struct cli *cli, const char *hex)
{
	struct workspace_case c;
	uint8_t id[16];
	char *out;

	if (text_unhex(id, sizeof(id), hex, strlen(hex)) ||
	    workspace_case_get(cli->ses->workspace, id, &c) || !*c.line.title)
		return term_safe(hex, strlen(hex), TERM_ONE_LINE);
	return asprintf(&out, "%s (%.8s)", cli_s(cli, c.line.title), hex) < 0 ? NULL : out;
}

/* Which of the two books of duty it is. */
static char *
book_word(const char *s)
{
	if (!strcmp(s, "group"))
		return strdup(_("one operator group"));
	for (size_t i = 0; i < BOOK_MACHINES; i++)
		if (!strcmp(machine_get(book_machines[i])->name, s))
			return strdup(_(book_machine_text(book_machines[i])));
	return term_safe(s, strlen(s), TERM_LINES);
}

/* One member of a body as text; freed by the caller. */
static char *
text_of(struct cli *cli, const json_t *body, const char *name, enum taxonomy_axis axis)
{
	const json_t *v = json_object_get(body, name);
	const char *s = json_string_value(v);
	uint16_t type = strcmp(name, "type") ? 0 : schema_proposed(body);
	char hour[TERM_DATE_CAP];

	if (type)
		return strdup(show_type(cli, type));
	if (json_array_size(v) &&
	    (!strcmp(name, "hidden") || !strcmp(name, "pair") || !strcmp(name, "deputy") ||
	     !strcmp(name, "people") || !strcmp(name, "to") || !strcmp(name, "shared")))
		return show_hidden(cli, v);
	if (s && !strcmp(name, "what") && !json_object_get(body, "where"))
		return book_word(s);
	if (s && !strcmp(name, "kind") && conflict_find(s))
		return strdup(_(conflict_find(s)->name));
	if (json_is_integer(v) && (!strcmp(name, "at") || !strcmp(name, "hour")))
		return strdup(term_hour(hour, (uint32_t)json_integer_value(v)));
	if (s && *s && !strcmp(name, "county"))
		return strdup(county_text(cli->ses, s));
	if (s && *s && !strcmp(name, "campaign"))
		return campaign_text(cli, s);
	return value_text(v, axis);
}

/* What a rota carries for those on duty: the conflicts that were declared, and the names of each
 * operator group. Nothing of another body. */
static void
show_sheet(struct cli *cli, const json_t *body, int indent)
{
	const json_t *sheet = schema_list(body, "sheet"), *groups = schema_list(body, "groups");
	static const char *const with[] = { "body", "site", "area" };

	for (size_t i = 0; i < json_array_size(sheet); i++) {
		const json_t *row = json_array_get(sheet, i);
		json_t *who = json_pack("[O]", json_object_get(row, "member"));
		char *text = show_hidden(cli, who), *more = text;
		const struct conflict_kind *kind = conflict_find(schema_text(row, "kind"));

		if (asprintf(&more, "%s  %s", text, kind ? _(kind->name) : "") >= 0)
			free(text);
		for (size_t k = 0; k < sizeof(with) / sizeof(*with); k++) {
			char *one = value_text(json_object_get(row, with[k]), TAXONOMY__MAX);

			text = more;
			if (*one && asprintf(&more, "%s  %s", text, one) >= 0)
				free(text);
			free(one);
		}
		show_field(cli, _("conflict"), more, indent);
		free(more);
		json_decref(who);
	}
	for (size_t i = 0; i < json_array_size(groups); i++) {
		char *text = value_text(json_array_get(groups, i), TAXONOMY__MAX);

		show_field(cli, _("one operator group"), text, indent);
		free(text);
	}
}

/* A conflict has its kind, too. */
static const char *
label_of(const json_t *body, size_t i)
{
	return !strcmp(labels[i].name, "kind") && conflict_find(schema_text(body, "kind"))
		       ? _("kind")
		       : _(labels[i].label);
}

void
show_body(struct cli *cli, const json_t *body, int indent)
{
	const json_t *v;
	char *text;
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		v = json_object_get(body, labels[i].name);
		if (!v || json_is_object(v))
			continue;
		text = text_of(cli, body, labels[i].name, labels[i].axis);
		if (text && *text)
			show_field(cli, label_of(body, i), text, indent);
		free(text);
	}
	v = json_object_get(body, "media");
	for (i = 0; i < json_array_size(v); i++) {
		const json_t *m = json_array_get(v, i);

		cli_printf(cli, _("%*sattachment %u  %s  %s  %u bytes\n"), indent, "",
			   schema_number(m, "i"), cli_s(cli, schema_text(m, "name")),
			   cli_s(cli, schema_text(m, "type")), schema_number(m, "len"));
	}
	show_sheet(cli, body, indent);
	v = json_object_get(body, "body");
	if (json_is_object(v))
		show_body(cli, v, indent + 2);
}
