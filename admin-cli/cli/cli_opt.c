/*
 * Options. Each run makes the tables of getopt_long from the command's options and those of every
 * command, keeps what was given, and answers for it by name.
 */
#include <errno.h>
#include <getopt.h>

#include "admin-cli/cli/cli_state.h"

const struct cli_option cli_globals[] = {
	{ .name = "home",
	  .arg = N_("DIR"),
	  .words = "@dir",
	  .help = N_("the folder with your keys ($DAVY_HOME, ~/.davy)") },
	{ .name = "passphrase-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read the passphrase from its first line (mode 0600)") },
	{ .name = "gateway",
	  .arg = N_("ID"),
	  .help = N_("choose one of several gateways by the beginning of its id") },
	{ .name = "json", .help = N_("print one JSON object for programs") },
	{ .name = "lang", .arg = "zh|en", .words = "zh en", .help = N_("language") },
	{ .name = "yes", .letter = 'y', .help = N_("answer yes to questions") },
	{ .name = "no-colour", .help = N_("no colours, as with $NO_COLOR") },
	{ .name = "help", .letter = 'h', .help = N_("explain a command and its options") },
	{ .name = "version", .help = N_("the version") },
	{ 0 },
};

#define OPTIONS_MAX 48

struct parser {
	const struct cli_option *option[OPTIONS_MAX];
	struct option table[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 4];
	int cnt;
};

static bool
parser_has(const struct parser *p, const char *name)
{
	for (int i = 0; i < p->cnt; i++)
		if (strcmp(p->option[i]->name, name) == 0)
			return true;
	return false;
}

/* A command's own option hides a global one of the same name (roster new --gateway CARD). */
static void
parser_add(struct parser *p, const struct cli_option *list)
{
	for (; list && list->name && p->cnt < OPTIONS_MAX; list++) {
		if (parser_has(p, list->name))
			continue;
		p->table[p->cnt] = (struct option){
			.name = list->name,
			.has_arg = list->arg ? required_argument : no_argument,
			.val = 256 + p->cnt,
		};
		if (list->letter && !strchr(p->letters + 2, list->letter)) {
			size_t n = strlen(p->letters);
			p->letters[n++] = list->letter;
			if (list->arg)
				p->letters[n] = ':';
		}
		p->option[p->cnt++] = list;
	}
}

static const struct cli_option *
parser_find(const struct parser *p, int val)
{
	if (val >= 256)
		return p->option[val - 256];
	for (int i = 0; i < p->cnt; i++)
		if (p->option[i]->letter == val)
			return p->option[i];
	return NULL;
}

static int
take(struct cli *cli, const struct cli_option *o, const char *value)
{
	struct cli_state *s = cli->state;

	if (!o->many && o->arg && cli_opt(cli, o->name))
		return cli_fail(cli, DAVY_USAGE, "usage", _("--%s was given more than once."),
				o->name);
	if (s->given_cnt == CLI_GIVEN_MAX)
		return cli_fail(cli, DAVY_USAGE, "usage", _("At most %d options can be given."),
				CLI_GIVEN_MAX);
	s->given[s->given_cnt++] = (struct cli_given){ o, value };
	return DAVY_OK;
}

static int
bad_option(struct cli *cli, int c, char *word)
{
	const char *shown = cli_s(cli, word ? word : "?");

	if (c == ':')
		return cli_fail(cli, DAVY_USAGE, "usage", _("%s needs a value."), shown);
	if (cli->command)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Unknown option %s; \"davy help %s%s%s\" lists the options."),
				shown, cli->command->noun, cli->command->verb ? " " : "",
				cli->command->verb ? cli->command->verb : "");
	return cli_fail(cli, DAVY_USAGE, "usage",
			_("Unknown option %s; \"davy help\" lists the commands, "
			  "and \"davy help help\" the options of every command."),
			shown);
}

static bool
declares(const struct cli_option *list, const char *name)
{
	for (; list && list->name; list++)
		if (strcmp(list->name, name) == 0)
			return true;
	return false;
}

/* argv[0] is the word before the options. */
static int
parse(struct cli *cli, struct parser *p, int argc, char **argv)
{
	int c, err;

	optind = 0;
	opterr = 0;
	for (;;) {
		int before = optind ? optind : 1;
		c = getopt_long(argc, argv, p->letters, p->table, NULL);
		if (c == -1)
			return DAVY_OK;
		if (c == '?' || c == ':')
			return bad_option(cli, c, argv[optind > before ? optind - 1 : before]);
		err = take(cli, parser_find(p, c), optarg);
		if (err)
			return err;
	}
}

/* What was given for an option of every command; a command's own one of that name is another. */
static const char *
global(const struct cli *cli, const char *name)
{
	for (size_t i = 0; i < cli->state->given_cnt; i++)
		for (const struct cli_option *o = cli_globals; o->name; o++)
			if (o == cli->state->given[i].option && strcmp(o->name, name) == 0)
				return cli->state->given[i].value;
	return NULL;
}

/* Puts the options of every command where the frame and the session look for them. */
static int
settle(struct cli *cli)
{
	static const char *const langs[] = { "zh", "en", NULL };
	const char *lang = global(cli, "lang");
	const char *home = cli_opt(cli, "home");

	cli->json |= cli_flag(cli, "json");
	cli->yes = cli_flag(cli, "yes");
	if (cli_flag(cli, "no-colour"))
		cli->colour = false;
	cli->ses->passphrase_file = cli_opt(cli, "passphrase-file");
	if (global(cli, "gateway"))
		cli->ses->gateway = global(cli, "gateway");
	bool known = !lang;
	for (size_t i = 0; lang && langs[i]; i++)
		known |= strcmp(lang, langs[i]) == 0;
	if (!known)
		return cli_fail(cli, DAVY_USAGE, "usage", _("--lang must be zh or en."));
	if (!home)
		home = getenv("DAVY_HOME");
	if (home && *home) {
		cli->ses->home_dir = home;
	} else if (!cli->ses->home_dir) {
		const char *user = getenv("HOME");
		size_t len = user ? strlen(user) + sizeof "/.davy" : 0;
		char *dir = len ? malloc(len) : NULL;
		if (!dir)
			return cli_fail(
				cli, DAVY_USAGE, "usage",
				_("$HOME is not set; name the home folder with --home DIR."));
		snprintf(dir, len, "%s/.davy", user);
		cli->ses->home_dir = cli_keep(cli, dir);
	}
	return DAVY_OK;
}

int
cli_opt_globals(struct cli *cli, int argc, char **argv, int *at)
{
	struct parser p = { .letters = "+:" };

	parser_add(&p, cli_globals);
	int err = parse(cli, &p, argc, argv);
	*at = optind;
	return err ? err : settle(cli);
}

int
cli_opt_parse(struct cli *cli, int argc, char **argv)
{
	struct parser p = { .letters = "-:" };
	char **args = calloc((size_t)argc + 1, sizeof(*args));
	int n = 0, c, err = DAVY_OK;

	if (!args)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	cli->state->args = args;
	/* site build --lang is about the page, and not how davy speaks */
	if (declares(cli->command->options, "lang") && !global(cli, "lang"))
		cli_lang_init(0, NULL);
	parser_add(&p, cli->command->options);
	parser_add(&p, cli_globals);
	/* "-" makes getopt hand over the other words in their places; it starts behind the verb */
	optind = 0;
	opterr = 0;
	while (!err && (c = getopt_long(argc + 1, argv - 1, p.letters, p.table, NULL)) != -1) {
		if (c == 1)
			args[n++] = optarg;
		else if (c == '?' || c == ':')
			err = bad_option(cli, c, argv[optind - 2]);
		else
			err = take(cli, parser_find(&p, c), optarg);
	}
	/* the words behind "--" */
	for (int i = optind - 1; !err && i < argc; i++)
		args[n++] = argv[i];
	cli->argc = n;
	cli->argv = args;
	return err ? err : settle(cli);
}

/* An option that the command does not declare can never be given, so a slip of the name would read
 * as "not given" for ever: it ends the program at the first run of that line. */
static void
must_declare(const struct cli *cli, const char *name)
{
	const struct command *c = cli->command;

	if (declares(cli_globals, name) || (c && declares(c->options, name)))
		return;
	fprintf(stderr, "davy: \"%s%s%s\" asks for --%s and does not declare it\n",
		c ? c->noun : "", c && c->verb ? " " : "", c && c->verb ? c->verb : "", name);
	abort();
}

const char *
cli_opt_at(const struct cli *cli, const char *name, size_t i)
{
	const struct cli_state *s = cli->state;

	must_declare(cli, name);
	for (size_t k = 0; k < s->given_cnt; k++)
		if (strcmp(s->given[k].option->name, name) == 0 && i-- == 0)
			return s->given[k].value ? s->given[k].value : "";
	return NULL;
}

json_t *
cli_opt_list(const struct cli *cli, const char *name)
{
	json_t *list = json_array();
	const char *value;

	for (size_t i = 0; (value = cli_opt_at(cli, name, i)) != NULL; i++)
		json_array_append_new(list, json_string(value));
	return list;
}

const char *
cli_opt(const struct cli *cli, const char *name)
{
	return cli_opt_at(cli, name, 0);
}

bool
cli_flag(const struct cli *cli, const char *name)
{
	return cli_opt_at(cli, name, 0) != NULL;
}

int
cli_number(struct cli *cli, const char *what, const char *text, uint64_t min, uint64_t max,
	   uint64_t *out)
{
	char *end;

	errno = 0;
	uint64_t n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n < min || n > max)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("%s must be a number from %llu to %llu, not \"%s\"."), what,
				(unsigned long long)min, (unsigned long long)max, cli_s(cli, text));
	*out = n;
	return DAVY_OK;
}

int
cli_opt_number(struct cli *cli, const char *name, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *text = cli_opt(cli, name);
	char what[64];

	if (!text)
		return DAVY_OK;
	snprintf(what, sizeof(what), "--%s", name);
	return cli_number(cli, what, text, min, max, out);
}
