/* What the frame keeps to itself between cli.c, cli_out.c and cli_opt.c. */
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

/* The screens of help. `noun` and `verb` may be NULL. */
int cli_help(struct cli *cli, const char *noun, const char *verb);
/* "davy case show ID [--raw]" */
void cli_usage(struct cli *cli, const struct command *c, char *out, size_t cap);
const struct command *cli_command(const char *noun, const char *verb);

/* Makes the terminal the face of the session. */
void cli_ask_init(struct cli *cli);
/* Terminal or pipe, width, colours. */
void cli_out_init(struct cli *cli);
/* Prints the envelope or the failure's sentence; the exit code of the process. */
int cli_out_end(struct cli *cli, int code);

#endif
