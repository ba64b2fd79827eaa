/* davy county list and set: the counties of this deployment by name, and the desks whose area
 * covers each. */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "crypto/bundle.h"

/* The numbers of the desks that cover it, for people and for programs; nothing without a roster. */
static json_t *
desks_of(const struct trust *view, const char *code, char *text, size_t cap)
{
	json_t *list = json_array();
	size_t len = 0;

	*text = 0;
	for (size_t i = 0; view && i < view->bundle.roster->desk_cnt; i++) {
		const struct roster_desk *d = &view->bundle.roster->desk[i];
		if (!level_covers(d->area, code))
			continue;
		json_array_append_new(list, json_integer(d->number));
		int n = snprintf(text + len, cap - len, "%s%u", len ? " " : "", d->number);
		len += n > 0 && (size_t)n < cap - len ? (size_t)n : 0;
	}
	return list;
}

static int
county_list_exec(struct cli *cli)
{
	const char *const heads[] = { _("CODE"), _("NAME"), ">", _("DESKS"), NULL };
	const char *word = cli->argc ? cli->argv[0] : "";
	const struct trust *view = NULL;
	json_t *list, *out, *c;
	char desks[6 * ROSTER_DESK_MAX + 1];
	size_t i;

	int err = county_list(cli->ses, &list);
	if (err)
		return err;
	out = json_array();
	if (trust_get(cli->ses, false, &view)) {
		cli_forgive(cli); /* the names are of use before the first roster is there */
		view = NULL;
	}
	struct cli_table *t = cli_table_new(cli, heads);
	json_array_foreach(list, i, c)
	{
		const char *code = schema_text(c, "code"), *zh = schema_text(c, "zh"),
			   *en = schema_text(c, "en");
		if (!county_like(c, word))
			continue;
		json_t *numbers = desks_of(view, code, desks, sizeof(desks));
		cli_table_row(t, code, zh, en, desks);
		json_array_append_new(out, json_pack("{s:s, s:s, s:s, s:o}", "code", code, "zh", zh,
						     "en", en, "desks", numbers));
	}
	cli_table_end(
		t,
		json_array_size(list)
			? _("No county has this in its name or code.")
			: _("No names of counties here yet: get the registrar's list, then davy county set FILE."));
	json_decref(list);
	cli_data(cli, out);
	return DAVY_OK;
}

static int
county_set_exec(struct cli *cli)
{
	json_t *list;
	int err = county_read(cli->ses, cli->argv[0], &list);

	if (err)
		return err;
	err = county_keep(cli->ses, list);
	if (!err)
		cli_printf(cli, _("%zu counties have names now.\n"), json_array_size(list));
	json_decref(list);
	return err;
}

const struct command cmd_county_list = {
	.noun = "county",
	.verb = "list",
	.args = "[WORD]",
	.help = N_("list the counties by name, with the desks that cover each"),
	.more = N_("With a word, those that have it in their name or whose code begins with it."),
	.group = CLI_REVIEW,
	.arg_max = 1,
	.exec = county_list_exec,
};

const struct command cmd_county_set = {
	.noun = "county",
	.verb = "set",
	.args = "FILE",
	.help = N_("keep the registrar's list of the counties' names"),
	.more = N_(
		"It is the list that the page was built with. Codes are shown with names from then on, and --county "
		"takes a name."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.exec = county_set_exec,
};
