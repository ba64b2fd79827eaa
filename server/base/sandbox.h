/*
 * The rights of each role, in one table: user, root folder, files, limits, system calls. No step
 * here can be undone, and a failure ends the process. SECURITY.md's process table is the table of
 * sandbox.c in words; tests/sandbox tries to break every row.
 */
#ifndef SERVER_SANDBOX_H
#define SERVER_SANDBOX_H

#include "server/base/conf.h"

enum sandbox_role {
	SANDBOX_PARENT,
	SANDBOX_TLS,
	SANDBOX_FACE,
	SANDBOX_VAULT,
	SANDBOX_CHECK, /* davyd check */
	SANDBOX_ASK,   /* davyd status, davyd purge */
	SANDBOX_ROLE__MAX
};

/* How many files a process of that role must be able to open, by `connections`. */
unsigned long sandbox_files(enum sandbox_role role, const struct conf *conf);
/* Every davyd calls this first: no core dump, not dumpable, no new privileges. */
void sandbox_begin(void);
/*
 * Gives up root: sets limits, root folder, user and capabilities. Call before anything is opened
 * for the role.
 */
void sandbox_drop(enum sandbox_role role, const struct conf *conf);
/*
 * Enters Landlock and seccomp; there is no way back. Call before the first byte from outside is
 * read.
 */
void sandbox_enter(enum sandbox_role role, const struct conf *conf);
const char *sandbox_name(enum sandbox_role role);

#endif
