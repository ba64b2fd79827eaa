/* davy completion: prints the completion script of a shell, made from the command table. */
#include "admin-cli/cli/cli_state.h"
#include "admin-cli/rules/taxonomy.h"

static void
print_words(const char *words)
{
	if (strcmp(words, "@file") == 0)
		fputs("compopt -o default", stdout);
	else if (strcmp(words, "@dir") == 0)
		fputs("compopt -o default; COMPREPLY=($(compgen -d -- \"$cur\"))", stdout);
	else if (strcmp(words, "@noun") == 0)
		fputs("words=\"$nouns\"", stdout);
	else
		printf("words=\"%s\"", words);
}

static void
print_nouns(void)
{
	for (size_t i = 0; command_table[i]; i++) {
		bool before = false;
		for (size_t j = 0; j < i; j++)
			before |= strcmp(command_table[j]->noun, command_table[i]->noun) == 0;
		if (!before)
			printf("%s%s", i ? " " : "", command_table[i]->noun);
	}
}

static void
print_option_names(const struct cli_option *o)
{
	for (; (o = cli_option_shown(o)) != NULL; o++)
		printf(" --%s", o->name);
}

/* The codes of an axis of the taxonomy. */
static void
print_codes(const char *name)
{
	size_t cnt, i;
	const struct taxonomy_word *all;
	enum taxonomy_axis axis = 0;

	while (axis < TAXONOMY__MAX && strcmp(taxonomy_axis_name(axis), name) != 0)
		axis++;
	all = taxonomy_all(axis, &cnt);
	fputs("words=\"", stdout);
	for (i = 0; i < cnt; i++)
		printf("%s%s", i ? " " : "", all[i].code);
	fputs("\"", stdout);
}

/* The words after `--opt`, by command; "*" for those of every command. */
static void
print_option_values(const char *where, const struct cli_option *o)
{
	for (; o && o->name; o++) {
		if (!o->arg)
			continue;
		printf("\t\"%s|--%s\"", where, o->name);
		if (o->letter)
			printf("|\"%s|-%c\"", where, o->letter);
		fputs(") ", stdout);
		if (!o->words && o->axis)
			print_codes(o->axis);
		else
			print_words(o->words ? o->words : "");
		fputs("; found=1 ;;\n", stdout);
	}
}

static const char head[] =
	"_davy()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal noun= verb= key i w words= found= nouns verbs\n"
	"\tCOMPREPLY=()\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tw=${COMP_WORDS[i]}\n"
	"\t\tcase $w in\n"
	"\t\t--home|--passphrase-file|--gateway|--lang) [ -n \"$noun\" ] || { i=$((i + 1)); continue; } ;;\n"
	"\t\t-*) continue ;;\n"
	"\t\tesac\n"
	"\t\tcase $w in -*) continue ;; esac\n"
	"\t\tif [ -z \"$noun\" ]; then noun=$w; elif [ -z \"$verb\" ]; then verb=$w; fi\n"
	"\tdone\n";

static const char tail[] =
	"\t[ -n \"$words\" ] && COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	"\treturn 0\n"
	"}\n"
	"complete -F _davy davy\n";

static void
print_verbs(void)
{
	fputs("\tcase $noun in\n", stdout);
	for (size_t i = 0; command_table[i]; i++) {
		const char *noun = command_table[i]->noun;
		bool first = true, any = false;
		for (size_t j = 0; j < i; j++)
			first &= strcmp(command_table[j]->noun, noun) != 0;
		for (size_t j = i; first && command_table[j]; j++) {
			const struct command *c = command_table[j];
			if (strcmp(c->noun, noun) != 0 || !c->verb)
				continue;
			if (!any)
				printf("\t%s) verbs=\"%s", noun, c->verb);
			else
				printf(" %s", c->verb);
			any = true;
		}
		if (any)
			fputs("\" ;;\n", stdout);
	}
	fputs("\tesac\n", stdout);
}

static void
key_of(const struct command *c, char *out, size_t cap)
{
	snprintf(out, cap, "%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");
}

static void
print_script(void)
{
	char key[64];

	fputs("# davy: completion for bash; `eval \"$(davy completion bash)\"`\n", stdout);
	fputs(head, stdout);
	fputs("\tnouns=\"", stdout);
	print_nouns();
	fputs("\"\n", stdout);
	print_verbs();
	/* a one-word command keeps its first argument out of the verb's place */
	fputs("\tcase \" $verbs \" in *\" $verb \"*) key=\"$noun $verb\" ;; *) key=$noun ;; esac\n"
	      "\t[ -n \"$verb\" ] || key=$noun\n"
	      "\tcase \"$key|$prev\" in\n",
	      stdout);
	for (size_t i = 0; command_table[i]; i++) {
		key_of(command_table[i], key, sizeof(key));
		print_option_values(key, command_table[i]->options);
	}
	fputs("\tesac\n\tif [ -z \"$found\" ]; then case \"*|$prev\" in\n", stdout);
	print_option_values("*", cli_globals);
	fputs("\tesac; fi\n\tif [ -n \"$found\" ]; then :\n"
	      "\telif [ -z \"$noun\" ]; then words=\"$nouns",
	      stdout);
	print_option_names(cli_globals);
	fputs("\"\n\telif [ -n \"$verbs\" ] && [ -z \"$verb\" ] && [ \"${cur:0:1}\" != - ]; then "
	      "words=$verbs\n"
	      "\telif [ \"${cur:0:1}\" = - ]; then\n\t\tcase $key in\n",
	      stdout);
	for (size_t i = 0; command_table[i]; i++) {
		key_of(command_table[i], key, sizeof(key));
		printf("\t\t\"%s\") words=\"", key);
		print_option_names(command_table[i]->options);
		fputs("\" ;;\n", stdout);
	}
	fputs("\t\tesac\n\t\twords=\"$words", stdout);
	print_option_names(cli_globals);
	fputs("\"\n\telse\n\t\tcase $key in\n", stdout);
	for (size_t i = 0; command_table[i]; i++) {
		if (!command_table[i]->words)
			continue;
		key_of(command_table[i], key, sizeof(key));
		printf("\t\t\"%s\") ", key);
		print_words(command_table[i]->words);
		fputs(" ;;\n", stdout);
	}
	fputs("\t\tesac\n\tfi\n", stdout);
	fputs(tail, stdout);
}

static int
completion_exec(struct cli *cli)
{
	if (strcmp(cli->argv[0], "bash") != 0)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Completion exists for bash alone: davy completion bash."));
	if (cli->json) {
		cli_data(cli, json_pack("{s:s}", "shell", "bash"));
		return DAVY_OK;
	}
	print_script();
	return DAVY_OK;
}

const struct command cmd_completion = {
	.noun = "completion",
	.args = "bash",
	.help = N_("print the completion script of a shell"),
	.more = N_("Put eval \"$(davy completion bash)\" into ~/.bashrc."),
	.group = CLI_TOOLS,
	.arg_min = 1,
	.arg_max = 1,
	.words = "bash",
	.exec = completion_exec,
};
