/* What sandbox_try tries, and the fixture in which it does; see sandbox_try.c. */
#ifndef TESTS_SANDBOX_TRY_H
#define TESTS_SANDBOX_TRY_H

#include "server/base/sandbox.h"

/* Files: store/inside, store/link (to outside/secret), outside/secret and others; all open to
 * everybody by their modes. */
struct try_fixture {
	struct conf conf;
	const struct conf_user *user; /* whom the role becomes; NULL: stays who it is */
	const char *home;             /* where it stands */
	char dir[64];
	int outside, secret, tool;           /* O_PATH: a folder, a file; a program */
	int tcp, udp, local, listener, deaf; /* deaf: listens, and nobody knows */
	int tcp_port;
	int pidfd;
	pid_t stranger; /* of the same user */
};
extern struct try_fixture fixture;

/* One attempt: 0 where it came through, else an errno. */
struct
try {
	const char *group, *name;
	int (*fn)(long arg);
	long arg;
	unsigned works;      /* roles that may, 1 << enum sandbox_role */
	unsigned either;     /* roles where it depends on who started them: not tried */
	bool needs_landlock; /* seccomp alone does not refuse it */
	bool aborts;         /* must end the process by SIGABRT */
};
extern const struct try try_list[]; /* the last has no name */

void try_world_make(enum sandbox_role role);
/* What an attempt may have used up is there again. */
void try_world_again(void);
void try_world_end(void);
/* As a process of the same user: 0 where nothing of pid's inside was seen. */
int try_spy(pid_t pid);

#endif
