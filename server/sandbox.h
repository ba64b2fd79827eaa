/*
 * What each role may do, in one place: user, root, Landlock, limits, system calls. Nothing here can be undone, and a failure
 * ends the process. SECURITY.md's process table is this file in words.
 */
#ifndef SERVER_SANDBOX_H
#define SERVER_SANDBOX_H

#include "server/conf.h"
#include "server/ipc.h"

struct sandbox {
	enum ipc_role role;
	const struct conf_user *user; /* taken where we are root */
	const char *root;             /* folder to change into, and to make the root where we are root */
	bool write;                   /* files under root may be written; else nothing may be opened at all */
	unsigned long files;          /* descriptors */
};

/* Leaves root: limits, root folder, user. Call before anything is opened for the role. */
void sandbox_drop(const struct sandbox *s);
/* The point of no return: no_new_privs, Landlock, seccomp. Call before the first byte from outside. */
void sandbox_enter(const struct sandbox *s);
/* The parent, when all is open and nobody was forked: of root's powers the few it uses, and what its children will need. */
void sandbox_parent(const struct conf *conf);

#endif
