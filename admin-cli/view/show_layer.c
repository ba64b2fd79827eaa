/* A layer of a sealed order in words (see show_layer.h). */
#include "admin-cli/view/show_layer.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/rules/order_part.h"
#include "admin-cli/rules/taxonomy.h"

/* In the order in which people need them. */
static const struct {
	const char *name, *label;
	enum taxonomy_axis axis; /* TAXONOMY__MAX: as it stands there */
} labels[] = {
	{ "kind", N_("kind of visit"), TAXONOMY_ORDER_KIND },
	{ "region", N_("region"), TAXONOMY__MAX },
	{ "kit", N_("equipment"), TAXONOMY__MAX },
	{ "persons", N_("people"), TAXONOMY__MAX },
	{ "days", N_("days"), TAXONOMY__MAX },
	{ "muster", N_("muster point"), TAXONOMY__MAX },
	{ "vehicles", N_("vehicles"), TAXONOMY__MAX },
	{ "papers", N_("papers"), TAXONOMY__MAX },
	{ "turn", N_("asked in this order"), TAXONOMY__MAX },
	{ "site", N_("site"), TAXONOMY__MAX },
	{ "companion", N_("companion site"), TAXONOMY__MAX },
	{ "operator", N_("operator"), TAXONOMY__MAX },
	{ "county", N_("county"), TAXONOMY__MAX },
	{ "cover", N_("cover reason"), TAXONOMY_COVER },
	{ "questions", N_("questions"), TAXONOMY__MAX },
	{ "checklist", N_("checklist"), TAXONOMY_HAZARD },
	{ "abstract", N_("abstract"), TAXONOMY__MAX },
	{ "excluded", N_("excluded offices"), TAXONOMY_POST },
	{ "agencies", N_("other agencies"), TAXONOMY__MAX },
	{ "safety", N_("safety"), TAXONOMY__MAX },
};

/* A value, or what its code means. */
static void
print_one(struct cli *cli, const json_t *v, enum taxonomy_axis axis)
{
	const char *s = json_string_value(v);
	const struct taxonomy_word *w = s && axis != TAXONOMY__MAX ? taxonomy_find(axis, s) : NULL;

	if (json_is_integer(v))
		cli_printf(cli, " %lld\n", (long long)json_integer_value(v));
	else if (w)
		cli_printf(cli, " %s  %s\n", w->code, taxonomy_name(w));
	else
		cli_printf(cli, " %s\n", cli_s(cli, s ? s : ""));
}

static void
print_route(struct cli *cli, const json_t *body)
{
	unsigned at = schema_number(body, "at");
	const json_t *list = schema_list(body, "route"), *v;
	size_t i;

	if (list)
		cli_printf(cli, "  %s\n", _("route (* is the one that is meant)"));
	json_array_foreach(list, i, v)
		cli_printf(cli, "    %zu%s %s\n", i + 1, i + 1 == at ? "*" : " ",
			   cli_s(cli, json_string_value(v) ? json_string_value(v) : ""));
}

static void
print_hour(struct cli *cli, const json_t *body, const char *name, const char *label)
{
	char hour[TERM_DATE_CAP];

	if (schema_number(body, name))
		cli_printf(cli, "  %s: %s\n", label, term_hour(hour, schema_number(body, name)));
}

void
show_layer(struct cli *cli, const json_t *body)
{
	const json_t *v, *one;
	size_t k;

	if (order_is_standby(body))
		cli_printf(cli, "  %s\n", _("Nobody goes: the slot is stand-by."));
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		v = json_object_get(body, labels[i].name);
		if (!v || (json_is_array(v) && !json_array_size(v)) ||
		    (order_is_standby(body) && i == 0))
			continue;
		cli_printf(cli, "  %s:%s", gettext(labels[i].label), json_is_array(v) ? "\n" : "");
		if (!json_is_array(v))
			print_one(cli, v, labels[i].axis);
		json_array_foreach(v, k, one)
		{
			cli_printf(cli, "   ");
			print_one(cli, one, labels[i].axis);
		}
	}
	print_route(cli, body);
	print_hour(cli, body, "h1", _("layer 1 opens"));
	print_hour(cli, body, "h2", _("layer 2 opens"));
}
