/*
 * The command table: one line a command, in the order of the help screen. X(case_show) stands for
 * `const struct command cmd_case_show` in case_show.c.
 */
#include "admin-cli/cli.h"

#define COMMANDS(X) \
	X(key_new) \
	X(key_show) \
	X(key_card) \
	X(key_passwd) \
	X(key_backup) \
	X(key_restore) \
	X(unlock) \
	X(lock) \
	X(completion) \
	X(version) \
	X(help)

#define DECLARE(name) extern const struct command cmd_##name;
#define LIST(name)    &cmd_##name,
COMMANDS(DECLARE)

const struct command *const command_table[] = {COMMANDS(LIST) NULL};
