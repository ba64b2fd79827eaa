/*
 * The part of davy(1) that follows from the command table, in mdoc: the options of every command
 * and the section COMMANDS. The Makefile puts it into davy.1.in, so the manual cannot drift from
 * the table. The page is in English, whatever the language of the user.
 */
#include <ctype.h>

#include "admin-cli/cli/cli_state.h"

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The first word of a sentence gets a capital, unless it is a file's name, an option or code. */
static char
first_letter(const char *text)
{
	size_t n = strcspn(text, " ");

	for (size_t i = 0; i < n; i++)
		if (!isalpha((unsigned char)text[i]) && !strchr(",;:", text[i]))
			return *text;
	return (char)toupper((unsigned char)*text);
}

/* Running text. mdoc wants each sentence on a line of its own; a line may not begin with a dot or
 * an apostrophe; a hyphen that begins a word is part of an option and must stay one when it is
 * copied. */
static void
put_text(const char *text)
{
	char before = '\n', letter = first_letter(text);

	for (; *text; letter = *++text) {
		if (before == '\n' && strchr(".'", letter))
			fputs("\\&", stdout);
		if (starts(text, "…")) {
			fputs("...", stdout);
			text += strlen("…") - 1;
			letter = '.';
		} else if (letter == '\\') {
			fputs("\\e", stdout);
		} else if (letter == '-' && text[1] != ' ' && strchr("\n (\"-", before)) {
			fputs("\\-", stdout);
		} else if (letter == ' ' && before == '.' && isupper((unsigned char)text[1])) {
			letter = '\n';
			putchar(letter);
		} else {
			putchar(letter);
		}
		before = letter;
	}
	fputs(strchr(".:?", before) ? "\n" : ".\n", stdout);
}

/* "ID [N]", "FILE…", "A1…X4" */
static void
put_args(const char *args)
{
	bool inside = false;

	for (; args && *args; args++) {
		if (strchr(" []", *args)) {
			fputs(*args == '[' ? " Oo" : *args == ']' ? " Oc" : "", stdout);
			inside = false;
			continue;
		}
		if (starts(args, "…")) {
			args += strlen("…") - 1;
			fputs(args[1] ? "..." : " ...", stdout);
			continue;
		}
		printf("%s%c", inside ? "" : " Ar ", *args);
		inside = true;
	}
}

static void
put_option(const struct cli_option *o)
{
	fputs(".It ", stdout);
	if (o->letter)
		printf("Fl %c , ", o->letter);
	printf("Fl -%s", o->name);
	put_args(o->arg);
	putchar('\n');
	put_text(o->help);
}

static void
put_command(const struct command *c)
{
	const struct cli_option *o = c->options;

	printf(".It Cm %s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");
	put_args(c->args);
	putchar('\n');
	put_text(c->help);
	if (c->more)
		put_text(c->more);
	if (!cli_option_shown(o))
		return;
	fputs(".Bl -tag -width Ds -compact\n", stdout);
	for (; (o = cli_option_shown(o)) != NULL; o++)
		put_option(o);
	fputs(".El\n", stdout);
}

int
cli_help_mdoc(struct cli *cli)
{
	if (cli->json)
		return DAVY_OK;
	fputs(".Pp\nThe options of every command are:\n.Bl -tag -width Ds\n", stdout);
	for (const struct cli_option *o = cli_globals; (o = cli_option_shown(o)) != NULL; o++)
		put_option(o);
	fputs(".El\n.Sh COMMANDS\n", stdout);
	for (int g = 0; g <= CLI_TOOLS; g++) {
		printf(".Ss %s\n.Bl -tag -width Ds\n", cli_group_names[g]);
		for (size_t i = 0; command_table[i]; i++)
			if ((int)command_table[i]->group == g)
				put_command(command_table[i]);
		fputs(".El\n", stdout);
	}
	return DAVY_OK;
}
