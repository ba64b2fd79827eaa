/* Finds a command by its words; where there is none, names the nearest one. */
#include "admin-cli/cli/cli_state.h"

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

bool
cli_noun_exists(const char *noun)
{
	for (size_t i = 0; command_table[i]; i++)
		if (strcmp(command_table[i]->noun, noun) == 0)
			return true;
	return false;
}

size_t
cli_distance(const char *a, const char *b)
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
		size_t d = cli_distance(word, name);
		if (d < least && d < strlen(word)) {
			least = d;
			best = name;
		}
	}
	return best;
}

int
cli_unknown(struct cli *cli, const char *noun, const char *word)
{
	const char *near = nearest(noun, word);
	const char *shown = cli_s(cli, word);

	if (near && noun)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Unknown command \"davy %s %s\"; did you mean \"davy %s %s\"?"),
				noun, shown, noun, near);
	if (near)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Unknown command \"davy %s\"; did you mean \"davy %s\"?"), shown,
				near);
	if (noun)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Unknown command \"davy %s %s\"; \"davy help %s\" lists the commands."),
			noun, shown, noun);
	return cli_fail(cli, DAVY_USAGE, "usage",
			_("Unknown command \"davy %s\"; \"davy help\" lists the commands."), shown);
}
