/*
 * The frame of the tool: the command table, options, output and errors.
 *
 * A command is one file. It defines `const struct command cmd_<noun>_<verb>`, and commands.c lists
 * it by one line; help, completion and the manual page's command list are derived from that table.
 *
 * cmd/run.c runs a command in this order: it parses the options, counts the arguments, calls
 * check(), reads the text, finds or opens the target, and calls exec(). Whatever is wrong with the
 * command line itself is therefore reported before a passphrase is asked for. The table says what a
 * command needs of this, and exec() finds it ready in struct cli.
 *
 * A function of this folder returns 0, or a positive enum davy_exit after cli_fail() recorded the
 * sentence for it. A negative value is an enum err of crypto/ and has no sentence yet.
 * A command prints with cli_printf(), cli_table_*() (cli_table.h) and cli_data(): the first two are
 * silent under --json, the third is what --json prints. No command writes to stdout otherwise.
 */
#ifndef CLI_H
#define CLI_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"

struct cli;
struct opened;         /* desk/opened.h */
struct workspace_case; /* home/workspace.h */

/* One option. `arg` NULL: a switch. `words`: the words that completion offers, separated by blanks,
 * or "@file" or "@dir". `many`: may be given more than once. A list of options ends with {0}. */
struct cli_option {
	const char *name; /* without the dashes */
	char letter;      /* or 0 */
	bool many;
	const char *arg;  /* N_("FILE") */
	const char *help; /* N_(); NULL: a hidden option */
	const char *words;
	const char *axis; /* of taxonomy.h: its codes and their names are part of the help */
};

/* Where `davy help` lists a command. */
enum cli_group { CLI_SOURCE, CLI_REVIEW, CLI_INSPECT, CLI_KEYS, CLI_REGISTRAR, CLI_TOOLS };

/* What the first of ARGS names. */
enum cli_target { CLI_TARGET_NONE, CLI_TARGET_CASE, CLI_TARGET_ORDER, CLI_TARGET_BOOK };

/* Whether a command takes a text by --text or --file. A command that does lists
 * CLI_TEXT_OPTIONS among its options. */
enum cli_text {
	CLI_TEXT_NONE,
	CLI_TEXT_MAY,
	CLI_TEXT_NEEDED,
	CLI_TEXT_ARG, /* needed; the only one of ARGS may be the text instead */
};

struct command {
	const char *noun;
	const char *verb; /* NULL: a command of one word, or what the bare noun does */
	const char *args; /* "ID [N]": capital words, optional ones in brackets, "…" for more */
	const char *help; /* N_(): one line, lower case, no full stop */
	const char *more; /* N_(): a paragraph for `davy help noun verb`, or NULL */
	enum cli_group group;
	int arg_min, arg_max; /* how many ARGS; -1: no end */
	const struct cli_option *options;
	const char *words;      /* what completion offers for ARGS, as in cli_option */
	enum cli_target target; /* the frame finds it, as cli->target */
	bool opened;            /* the frame brings the target up to date and opens it */
	enum cli_text text;     /* the frame reads it, as cli->text */
	/* Looks at options and arguments without a key or a network; NULL: nothing to check. */
	int (*check)(struct cli *cli);
	int (*exec)(struct cli *cli); /* returns an enum davy_exit */
};

/* The table of commands.c, ended by NULL. */
extern const struct command *const command_table[];

/* One run of the tool: what the command line said, how the answer is shown, and the session that
 * the engine works in. */
struct cli {
	const struct command *command;
	int argc;          /* ARGS without options */
	char *const *argv; /* ended by NULL */
	bool json, tty_in, tty_out, colour, yes;
	bool titled; /* id and state of the case stand above what is printed */
	int columns; /* width of the terminal; 0 in a pipe: do not fold lines */
	/* What the frame made ready for exec(), and frees after it; NULL where the command's row
	 * does not ask for it. */
	const char *text;              /* NULL as well where CLI_TEXT_MAY was not given */
	struct workspace_case *target; /* a copy: exec() may change it */
	struct opened *opened;
	struct session *ses;
	struct cli_state *state; /* the frame's own */
};

/* The four functions below look up what was given. The name must be that of an option of the
 * command or of every command: any other name is an error of the program and aborts it. */

/* The value of an option, borrowed from argv; NULL where it was not given. */
const char *cli_opt(const struct cli *cli, const char *name);
/* Whether a switch was given. */
bool cli_flag(const struct cli *cli, const char *name);
/* The i-th value of an option that may be repeated; NULL after the last. */
const char *cli_opt_at(const struct cli *cli, const char *name, size_t i);
/* All of them as texts, for a body; a new reference. */
json_t *cli_opt_list(const struct cli *cli, const char *name);
/* A whole number in [min, max]; *out keeps its value where the option was not given. */
int cli_opt_number(struct cli *cli, const char *name, uint64_t min, uint64_t max, uint64_t *out)
	__attribute__((warn_unused_result));
/* The same for a text that is not an option's; `what` names it in the error. */
int cli_number(struct cli *cli, const char *what, const char *text, uint64_t min, uint64_t max,
	       uint64_t *out) __attribute__((warn_unused_result));

/* A command says them of its session (session.h). */
#define cli_fail(cli, ...)     session_fail((cli)->ses, __VA_ARGS__)
#define cli_fail_err(cli, ...) session_fail_err((cli)->ses, __VA_ARGS__)
#define cli_forgive(cli)       session_forgive((cli)->ses)
#define cli_failure(cli)       session_failure((cli)->ses)
#define cli_warn(cli, ...)     session_warn((cli)->ses, __VA_ARGS__)
#define cli_confirm(cli, ...)  session_confirm((cli)->ses, __VA_ARGS__)
#define cli_keep(cli, text)    session_keep((cli)->ses, text)
#define cli_s(cli, text)       session_s((cli)->ses, text)

/* How many letters must change to make b of a, for "did you mean"; 99 for long words. */
size_t cli_distance(const char *a, const char *b);

/* What --json prints as "data"; the reference is taken over. Printed once, at the end. */
void cli_data(struct cli *cli, json_t *data);
/* Prints for people (not under --json). The caller makes strangers' text safe with term_safe(). */
void cli_printf(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, with lines folded at the terminal's width, each after `indent` blanks. */
void cli_wrap(struct cli *cli, int indent, const char *text);
/* Escape sequences, "" where there are no colours: "bold", "dim", "red", "green", "yellow", "off".
 */
const char *cli_style(const struct cli *cli, const char *name);
/* Raw bytes to standard output (case show --raw); at most once, never with --json. */
int cli_write(struct cli *cli, const void *buf, size_t len) __attribute__((warn_unused_result));

/* Reads a line with echo from the terminal; refused where there is none. */
int cli_ask(struct cli *cli, const char *prompt, char *buf, size_t cap)
	__attribute__((warn_unused_result));

/* The options of a command that takes a text; `what` is N_("the note"). */
#define CLI_TEXT_OPTIONS(what)                                                                     \
	{ .name = "text", .arg = N_("TEXT"), .help = (what) },                                     \
	{                                                                                          \
		.name = "file", .arg = N_("FILE"), .words = "@file",                               \
		.help = N_("read the text from this file; - is standard input")                    \
	}

#include "admin-cli/cli/cli_table.h"

#endif
