/*
 * What each role may do, in one table: user, root, files, limits, system calls. Nothing here can be
 * undone, and a failure ends the process. SECURITY.md's process table is the table of sandbox.c in
 * words; tests/sandbox tries to break every row.
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

/* Every davyd, first of all: no core, not dumpable, no new privileges. */
void sandbox_begin(void);
/* Leaves root: limits, root folder, user, powers. Call before anything is opened for the role. */
void sandbox_drop(enum sandbox_role role, const struct conf *conf);
/* The point of no return: Landlock, seccomp. Call before the first byte from outside. */
void sandbox_enter(enum sandbox_role role, const struct conf *conf);
const char *sandbox_name(enum sandbox_role role);

#endif
