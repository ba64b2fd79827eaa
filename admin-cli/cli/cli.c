#include "admin-cli/cli/cli.h"

#include <curl/curl.h>
#include <malloc.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/desk/desk.h"

const struct command *
cli_command(const char *noun, const char *verb)
{
	for (size_t i = 0; command_table[i]; i++) {
		const struct command *c = command_table[i];
		if (strcmp(c->noun, noun) != 0)
			continue;
		if (!verb ? !c->verb : c->verb && strcmp(c->verb, verb) == 0)
			return c;
	}
	return NULL;
}

static bool
noun_exists(const char *noun)
{
	for (size_t i = 0; command_table[i]; i++)
		if (strcmp(command_table[i]->noun, noun) == 0)
			return true;
	return false;
}

/* How many letters must change to make b of a; enough for "did you mean". */
static size_t
distance(const char *a, const char *b)
{
	size_t row[32], la = strlen(a), lb = strlen(b);

	if (la >= 32 || lb >= 32)
		return 99;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diag = row[0];
		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diag + (a[i - 1] != b[j - 1]);
			diag = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

static const char *
nearest(const char *noun, const char *word)
{
	const char *best = NULL;
	size_t least = 3;

	for (size_t i = 0; command_table[i]; i++) {
		const struct command *c = command_table[i];
		const char *name = noun ? c->verb : c->noun;
		if (!name || (noun && strcmp(c->noun, noun) != 0))
			continue;
		size_t d = distance(word, name);
		if (d < least && d < strlen(word)) {
			least = d;
			best = name;
		}
	}
	return best;
}

static int
unknown(struct cli *cli, const char *noun, const char *word)
{
	const char *near = nearest(noun, word);
	const char *shown = cli_s(cli, word);

	if (near && noun)
		return cli_fail(cli, CLI_USAGE, "usage",
				_("There is no \"davy %s %s\"; did you mean \"davy %s %s\"?"), noun,
				shown, noun, near);
	if (near)
		return cli_fail(cli, CLI_USAGE, "usage",
				_("There is no \"davy %s\"; did you mean \"davy %s\"?"), shown,
				near);
	if (noun)
		return cli_fail(
			cli, CLI_USAGE, "usage",
			_("There is no \"davy %s %s\"; \"davy help %s\" lists what there is."),
			noun, shown, noun);
	return cli_fail(cli, CLI_USAGE, "usage",
			_("There is no \"davy %s\"; \"davy help\" lists what there is."), shown);
}

static int
check_args(struct cli *cli)
{
	const struct command *c = cli->command;
	char usage[512];

	if (cli->argc >= c->arg_min && (c->arg_max < 0 || cli->argc <= c->arg_max))
		return CLI_OK;
	cli_usage(cli, c, usage, sizeof(usage));
	if (cli->argc < c->arg_min)
		return cli_fail(cli, CLI_USAGE, "usage", _("Something is missing: %s"), usage);
	return cli_fail(cli, CLI_USAGE, "usage", _("That is too much: %s"), usage);
}

static int
dispatch(struct cli *cli, int argc, char **argv)
{
	int at, err = cli_opt_globals(cli, argc, argv, &at);

	if (err)
		return err;
	if (cli_flag(cli, "version") && at >= argc)
		return cli_command("version", NULL)->exec(cli);
	if (at >= argc)
		return cli_help(cli, NULL, NULL);
	const char *noun = argv[at];
	const char *verb = at + 1 < argc && argv[at + 1][0] != '-' ? argv[at + 1] : NULL;
	cli->command = verb ? cli_command(noun, verb) : NULL;
	int skip = cli->command ? 2 : 1;
	if (!cli->command)
		cli->command = cli_command(noun, NULL);
	if (!cli->command) {
		if (!noun_exists(noun))
			return unknown(cli, NULL, noun);
		if (verb)
			return unknown(cli, noun, verb);
		err = cli_help(cli, noun, NULL);
		bool asked = cli_flag(cli, "help") ||
			     (at + 1 < argc && (strcmp(argv[at + 1], "--help") == 0 ||
						strcmp(argv[at + 1], "-h") == 0));
		return err || asked ? err : CLI_USAGE;
	}
	err = cli_opt_parse(cli, argc - at - skip, argv + at + skip);
	if (err)
		return err;
	if (cli_flag(cli, "help"))
		return cli_help(cli, cli->command->noun, cli->command->verb);
	err = check_args(cli);
	return err ? err : cli->command->exec(cli);
}

/* No core, no ptrace by a neighbour, no program that is more than we are, nothing readable for
 * others. */
static void
guard_process(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	umask(077);
}

/* jansson's copies of secrets and of opened text are wiped when they are freed. */
static void
wiping_free(void *p)
{
	if (p)
		sodium_memzero(p, malloc_usable_size(p));
	free(p);
}

int
cli_main(int argc, char **argv)
{
	struct cli_state state = { 0 };
	struct session ses = { 0 };
	struct cli cli = { .state = &state, .ses = &ses };

	guard_process();
	json_set_alloc_funcs(malloc, wiping_free);
	cli_lang_init(argc, argv);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		cli.json |= strcmp(argv[i], "--json") == 0;
	cli_out_init(&cli);
	cli_ask_init(&cli);
	int code;
	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		code = cli_fail(&cli, CLI_REFUSED, "internal", _("A library does not start."));
	else
		code = dispatch(&cli, argc, argv);
	if (code < 0)
		code = cli_fail_err(&cli, code, "davy");
	code = cli_out_end(&cli, code);
	desk_close(&ses);
	curl_global_cleanup();
	return code;
}
