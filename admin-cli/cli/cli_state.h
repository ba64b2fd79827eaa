/*
 * What the files of the frame share and commands do not need: the state behind struct cli, the
 * parts that main() calls in turn, and the command lookup.
 */
#ifndef CLI_STATE_H
#define CLI_STATE_H

#include "admin-cli/cli/cli.h"

#define CLI_GIVEN_MAX 256

struct cli_given {
	const struct cli_option *option;
	const char *value;
};

struct cli_state {
	struct cli_given given[CLI_GIVEN_MAX];
	size_t given_cnt;
	char **args; /* owns the array behind cli->argv */
	json_t *data, *warnings;
	bool wrote_raw, lang_set;
	bool training; /* each question says so */
};

/* The options that every command takes. */
extern const struct cli_option cli_globals[];

/* Takes the global options before the noun; *at = index of the noun. */
int cli_opt_globals(struct cli *cli, int argc, char **argv, int *at)
	__attribute__((warn_unused_result));
/* Parses what follows noun and verb by cli->command's options. */
int cli_opt_parse(struct cli *cli, int argc, char **argv) __attribute__((warn_unused_result));

/* Language and locale; before anything is said. */
void cli_lang_init(int argc, char **argv);

/* The names of the groups of commands, N_(). */
extern const char *const cli_group_names[];
/* The first option from `list` on that is not hidden; NULL where there is none. */
const struct cli_option *cli_option_shown(const struct cli_option *list);
/* The screens of help. `noun` and `verb` may be NULL. */
int cli_help(struct cli *cli, const char *noun, const char *verb);
/* The options of every command and the section COMMANDS of davy(1). */
int cli_help_mdoc(struct cli *cli) __attribute__((warn_unused_result));
/* "davy case show ID [--raw]" */
void cli_usage(struct cli *cli, const struct command *c, char *out, size_t cap);

/* The command of these words; `verb` NULL: of the noun alone. NULL where there is none. */
const struct command *cli_command(const char *noun, const char *verb);
bool cli_noun_exists(const char *noun);
/* Records that there is no such noun (`noun` NULL) or no such verb of `noun`, with the nearest word
 * that exists. DAVY_USAGE. */
int cli_unknown(struct cli *cli, const char *noun, const char *word);

/* The text that cli->command takes, of at most `max` bytes; *out is freed by the caller, NULL where
 * none was given and none is needed. */
int cli_text_read(struct cli *cli, size_t max, char **out) __attribute__((warn_unused_result));

/* Makes the terminal the face of the session. */
void cli_ask_init(struct cli *cli);
/* Terminal or pipe, width, colours. */
void cli_out_init(struct cli *cli);
/* Prints the envelope or the failure's sentence; the exit code of the process. */
int cli_out_end(struct cli *cli, int code);

#endif
