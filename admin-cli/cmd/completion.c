/* davy completion: prints the completion script of a shell. Each script asks `davy completion
 * words` (completion_words.c) at every Tab; none of them knows a command. */
#include "admin-cli/cli/cli_state.h"
#include "admin-cli/cmd/completion_words.h"

static const char bash[] =
	"# davy: completion for bash; eval \"$(davy completion bash)\"\n"
	"_davy()\n"
	"{\n"
	"\tlocal word help\n"
	"\tCOMPREPLY=()\n"
	"\twhile IFS=$'\\t' read -r word help; do\n"
	"\t\tcase $word in\n"
	"\t\t@file) compopt -o default 2>/dev/null ;;\n"
	"\t\t@dir) compopt -o filenames 2>/dev/null\n"
	"\t\t\tmapfile -t COMPREPLY < <(compgen -d -- \"${COMP_WORDS[COMP_CWORD]}\") ;;\n"
	"\t\t*[\\ \\'\\\"\\$\\(\\)\\&\\;\\|\\<\\>]*) COMPREPLY+=(\"$(printf %q \"$word\")\") ;;\n"
	"\t\t*) COMPREPLY+=(\"$word\") ;;\n"
	"\t\tesac\n"
	"\tdone < <(command davy completion words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
	"}\n"
	"complete -F _davy davy\n";

static const char zsh[] =
	"#compdef davy\n"
	"# davy: completion for zsh; eval \"$(davy completion zsh)\" after compinit, or a file _davy in $fpath\n"
	"_davy()\n"
	"{\n"
	"\tlocal line files=\n"
	"\tlocal -a found\n"
	"\tfor line in ${(f)\"$(command davy completion words -- \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)\"}; do\n"
	"\t\tcase $line in\n"
	"\t\t@file) files=1; _files ;;\n"
	"\t\t@dir) files=1; _files -/ ;;\n"
	"\t\t*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\t(( $#found )) && _describe -V davy found\n"
	"\t[[ -n $files ]] || (( $#found ))\n"
	"}\n"
	"if [[ $funcstack[1] = _davy ]]; then _davy \"$@\"; else compdef _davy davy; fi\n";

static const char fish[] =
	"# davy: completion for fish; davy completion fish | source\n"
	"function __davy\n"
	"\tset -l words (commandline -opc) (commandline -ct)\n"
	"\tfor line in (command davy completion words -- $words[2..-1] 2>/dev/null)\n"
	"\t\tswitch $line\n"
	"\t\t\tcase @file\n"
	"\t\t\t\t__fish_complete_path (commandline -ct)\n"
	"\t\t\tcase @dir\n"
	"\t\t\t\t__fish_complete_directories (commandline -ct)\n"
	"\t\t\tcase '*'\n"
	"\t\t\t\tprintf '%s\\n' $line\n"
	"\t\tend\n"
	"\tend\n"
	"end\n"
	"complete -c davy -f -a '(__davy)'\n";

static const struct {
	const char *name, *script;
} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

static int
completion_exec(struct cli *cli)
{
	if (!strcmp(cli->argv[0], "words"))
		return completion_words(cli, cli->argc - 1, cli->argv + 1);
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		if (strcmp(cli->argv[0], shells[i].name) != 0)
			continue;
		if (cli->json)
			cli_data(cli, json_pack("{s:s}", "shell", shells[i].name));
		else
			fputs(shells[i].script, stdout);
		return DAVY_OK;
	}
	return cli_fail(cli, DAVY_USAGE, "usage",
			_("Completion exists for bash, zsh and fish: davy completion bash."));
}

const struct command cmd_completion = {
	.noun = "completion",
	.args = "SHELL",
	.help = N_("print the completion script of a shell"),
	.more = N_(
		"Put eval \"$(davy completion bash)\" into ~/.bashrc; for zsh the same line with zsh "
		"after compinit; for fish: davy completion fish | source. After davy unlock the ids "
		"of your cases and the desks are completed, too; without it nothing is asked for."),
	.group = CLI_TOOLS,
	.arg_min = 1,
	.arg_max = -1,
	.words = "bash zsh fish",
	.exec = completion_exec,
};
