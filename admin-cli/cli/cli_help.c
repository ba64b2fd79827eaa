/* Help, derived from the command table: the screen of groups, a noun's verbs, a command's page. */
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/cli/cli_state.h"

const char *const cli_group_names[] = {
	[CLI_SOURCE] = N_("Report a hazard, as a source"),
	[CLI_REVIEW] = N_("Review tips"),
	[CLI_INSPECT] = N_("Plan inspections"),
	[CLI_KEYS] = N_("Keys and gateway"),
	[CLI_REGISTRAR] = N_("Run a roster"),
	[CLI_TOOLS] = N_("Tools"),
};

const struct cli_option *
cli_option_shown(const struct cli_option *list)
{
	while (list && list->name && !list->help)
		list++;
	return list && list->name ? list : NULL;
}

void
cli_usage(struct cli *cli, const struct command *c, char *out, size_t cap)
{
	(void)cli;
	snprintf(out, cap, "davy %s%s%s%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "",
		 cli_option_shown(c->options) ? _(" [options]") : "",
		 c->args && *c->args ? " " : "", c->args ? c->args : "");
}

static bool
noun_listed_before(size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(command_table[i]->noun, command_table[at]->noun) == 0 &&
		    command_table[i]->group == command_table[at]->group)
			return true;
	return false;
}

/* "case     list, show, next, …" with the verbs folded under each other. */
static void
print_noun(struct cli *cli, size_t at)
{
	const struct command *first = command_table[at];
	char verbs[512] = "";
	size_t n = 0, i = at;

	do {
		const struct command *c = command_table[i];
		if (c->group == first->group && strcmp(c->noun, first->noun) == 0 && c->verb)
			n += (size_t)snprintf(verbs + n, sizeof(verbs) - n, "%s%s", n ? ", " : "",
					      c->verb);
	} while (command_table[++i] && n < sizeof(verbs));
	const char *text = n ? verbs : gettext(first->help);
	int room = cli->columns ? cli->columns - 14 : (int)sizeof(verbs);
	const char *label = first->noun;
	for (size_t next; *text; text += next) {
		size_t len = term_break(text, room, &next);
		cli_printf(cli, "  %s%-10s%s  %.*s\n", cli_style(cli, "bold"), label,
			   cli_style(cli, "off"), (int)len, text);
		label = "";
	}
}

static json_t *
words_json(const struct cli_option *o)
{
	json_t *list = json_array();

	for (; (o = cli_option_shown(o)) != NULL; o++)
		json_array_append_new(list, json_pack("{s:s, s:s?, s:s}", "name", o->name, "arg",
						      o->arg, "help", gettext(o->help)));
	return list;
}

static json_t *
command_json(const struct command *c)
{
	return json_pack("{s:s, s:s?, s:s?, s:s, s:s, s:o}", "noun", c->noun, "verb", c->verb,
			 "args", c->args, "help", gettext(c->help), "group",
			 gettext(cli_group_names[c->group]), "options", words_json(c->options));
}

static int
help_all(struct cli *cli)
{
	json_t *list = json_array();

	cli_wrap(
		cli, 0,
		_("davy [options] NOUN [VERB] …: send, read, triage and forward sealed hazard reports"));
	for (int g = 0; g <= CLI_TOOLS; g++) {
		bool any = false;
		for (size_t i = 0; command_table[i]; i++) {
			if ((int)command_table[i]->group != g || noun_listed_before(i))
				continue;
			if (!strcmp(command_table[i]->noun, "help") ||
			    !strcmp(command_table[i]->noun, "version") ||
			    !strcmp(command_table[i]->noun, "inbox"))
				continue; /* the last line, --version and case list say it */
			if (!any)
				cli_printf(cli, "%s%s%s\n", cli_style(cli, "yellow"),
					   gettext(cli_group_names[g]), cli_style(cli, "off"));
			any = true;
			print_noun(cli, i);
		}
	}
	cli_wrap(cli, 0,
		 _("davy help NOUN [VERB] explains a command; every command takes "
		   "--json, --home DIR and --lang zh|en."));
	for (size_t i = 0; command_table[i]; i++)
		json_array_append_new(list, command_json(command_table[i]));
	cli_data(cli,
		 json_pack("{s:o, s:o}", "commands", list, "options", words_json(cli_globals)));
	return DAVY_OK;
}

static int
help_noun(struct cli *cli, const char *noun)
{
	const char *const heads[] = { _("COMMAND"), _("WHAT IT DOES"), NULL };
	struct cli_table *t = cli_table_new(cli, heads);
	json_t *list = json_array();
	char usage[512];
	bool any = false;

	for (size_t i = 0; command_table[i]; i++) {
		const struct command *c = command_table[i];
		if (strcmp(c->noun, noun) != 0)
			continue;
		any = true;
		snprintf(usage, sizeof(usage), "davy %s%s%s%s%s", c->noun, c->verb ? " " : "",
			 c->verb ? c->verb : "", c->args && *c->args ? " " : "",
			 c->args ? c->args : "");
		cli_table_row(t, usage, gettext(c->help));
		json_array_append_new(list, command_json(c));
	}
	cli_table_end(t, NULL);
	if (any)
		cli_data(cli, json_pack("{s:o}", "commands", list));
	else
		json_decref(list);
	return any ? DAVY_OK : cli_unknown(cli, NULL, noun);
}

static void
print_options(struct cli *cli, const struct cli_option *list)
{
	char name[96];

	for (const struct cli_option *o = list; (o = cli_option_shown(o)) != NULL; o++) {
		if (o->letter)
			snprintf(name, sizeof(name), "-%c, --%s%s%s", o->letter, o->name,
				 o->arg ? " " : "", o->arg ? gettext(o->arg) : "");
		else
			snprintf(name, sizeof(name), "--%s%s%s", o->name, o->arg ? " " : "",
				 o->arg ? gettext(o->arg) : "");
		int w = term_width(name);
		if (cli->columns >= 60 || !cli->columns) {
			const char *text = gettext(o->help);
			cli_printf(cli, "  %s%*s", name, w < 28 ? 28 - w : 1, "");
			for (size_t next; *text; text += next) {
				size_t n = term_break(text, cli->columns ? cli->columns - 30 : 200,
						      &next);
				cli_printf(cli, "%.*s\n", (int)n, text);
				if (text[next])
					cli_printf(cli, "%30s", "");
			}
		} else {
			cli_printf(cli, "  %s\n", name);
			cli_wrap(cli, 6, gettext(o->help));
		}
	}
}

/* The codes that an option takes, each with its name. */
static void
print_codes(struct cli *cli, const struct cli_option *o)
{
	for (int axis = 0; axis < TAXONOMY__MAX; axis++) {
		size_t cnt = 0;
		const struct taxonomy_word *w = taxonomy_all((enum taxonomy_axis)axis, &cnt);
		if (strcmp(taxonomy_axis_name((enum taxonomy_axis)axis), o->axis) != 0)
			continue;
		cli_printf(cli, "\n--%s\n", o->name);
		for (; cnt > 0; cnt--, w++) {
			int width = term_width(w->code);
			char *line = NULL;
			if (asprintf(&line, "%s%*s%s", w->code, width < 20 ? 20 - width : 1, "",
				     taxonomy_name(w)) < 0)
				return;
			cli_wrap(cli, 2, line);
			free(line);
		}
	}
}

static int
help_command(struct cli *cli, const struct command *c)
{
	char usage[512];

	cli_usage(cli, c, usage, sizeof(usage));
	cli_printf(cli, "%s%s%s\n", cli_style(cli, "bold"), usage, cli_style(cli, "off"));
	cli_wrap(cli, 2, gettext(c->help));
	if (c->more) {
		cli_printf(cli, "\n");
		cli_wrap(cli, 2, gettext(c->more));
	}
	if (cli_option_shown(c->options)) {
		cli_printf(cli, "\n%s\n", _("Options"));
		print_options(cli, c->options);
		for (const struct cli_option *o = c->options; o->name; o++)
			if (o->axis)
				print_codes(cli, o);
	}
	cli_printf(cli, "\n%s\n", _("Options of every command"));
	print_options(cli, cli_globals);
	cli_data(cli, command_json(c));
	return DAVY_OK;
}

int
cli_help(struct cli *cli, const char *noun, const char *verb)
{
	const struct command *c = noun ? cli_command(noun, verb) : NULL;

	if (!noun)
		return help_all(cli);
	if (c && (verb || c->verb == NULL))
		return help_command(cli, c);
	if (verb)
		return cli_noun_exists(noun) ? cli_unknown(cli, noun, verb)
					     : cli_unknown(cli, NULL, noun);
	return help_noun(cli, noun);
}
