/*
 * Performs what a role must not do, inside that role, and says what came of it.
 *
 *   sandbox_try ROLE [--abi N]    one role by its name in server/base/sandbox.c, with Landlock as
 * old as N (0: none) sandbox_try ROLE --all        every system call by number, also as x32 and by
 * int 0x80 sandbox_try --roles           the names of all roles
 *
 * Each attempt has a process of its own, made as davyd makes them: sandbox_drop, sandbox_enter,
 * then the call. The same call is made without a sandbox first: where it fails there as well it
 * proves nothing, and is named as such. One line a group: "ok" or "not ok", the group, the calls
 * that got through.
 */
#include "server/base/sandbox.h"
#include "server/base/sandbox_calls.h"
#include "tests/sandbox/try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR_MAX 600 /* beyond every number of today */
#define X32    0x40000000

struct try_fixture fixture;
static int abi = -1; /* as the kernel says */

/* The kernel's door without the C library: also what libraries find in place of its syscall(). */
static long
enter_kernel(long nr, const long a[6])
{
	long rc;
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall"
			 : "=a"(rc)
			 : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return rc;
}

static long
enter_kernel_32(int nr)
{
	long rc;
	__asm__ volatile("int $0x80"
			 : "=a"(rc)
			 : "a"(nr), "b"(-1), "c"(-1), "d"(-1), "S"(-1), "D"(-1)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)rc;
}

/* In place of the C library's: Landlock is as old as we are told. */
long
syscall(long nr, ...)
{
	long a[6];
	va_list ap;
	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	long rc = enter_kernel(nr, a);
	if (nr == SYS_landlock_create_ruleset && a[2] == LANDLOCK_CREATE_RULESET_VERSION &&
	    abi >= 0 && rc > abi)
		rc = abi ? abi : -ENOSYS;
	if (rc > -4096 && rc < 0) {
		errno = (int)-rc;
		return -1;
	}
	return rc;
}

/* ---- one attempt in one process ---- */

enum result { THROUGH, REFUSED, KILLED, ABORTED, NOT_BEGUN };

static _Noreturn void
attempt_run(enum sandbox_role role, bool free, int pipe_fd, int (*fn)(long), long arg)
{
	uint8_t said[2] = { 'E', 0 };
	const struct conf_user *u = fixture.user;
	if (free) {
		if (chdir(fixture.home) ||
		    (geteuid() == 0 && u && (setgid(u->gid) || setuid(u->uid))))
			_exit(99);
		prctl(PR_SET_DUMPABLE, 1);
	} else {
		sandbox_begin();
		sandbox_drop(role, &fixture.conf);
		sandbox_enter(role, &fixture.conf);
	}
	if (write(pipe_fd, said, 1) == 1) {
		said[1] = (uint8_t)fn(arg);
		if (write(pipe_fd, said + 1, 1) != 1)
			_exit(99);
	}
	_exit(0);
}

static enum result
attempt(enum sandbox_role role, bool free, int (*fn)(long), long arg, int *why)
{
	uint8_t said[3];
	int p[2], status;
	ssize_t got = 0, n;
	*why = 0;
	if (pipe(p))
		return NOT_BEGUN;
	pid_t pid = fork();
	if (pid == 0) {
		close(p[0]);
		attempt_run(role, free, p[1], fn, arg);
	}
	close(p[1]);
	while (got < 2 && (n = read(p[0], said + got, (size_t)(2 - got))) > 0)
		got += n;
	close(p[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !got)
		return NOT_BEGUN;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS    ? KILLED
		       : WTERMSIG(status) == SIGABRT ? ABORTED
						     : REFUSED;
	/* One that was begun and said nothing has become another program, and that one ended well.
	 */
	*why = got == 2 ? said[1] : 0;
	return got == 2 && said[1] ? REFUSED : THROUGH;
}

/* ---- the attempts ---- */

static bool
expected_through(const struct try *t, enum sandbox_role role)
{
	return t->works >> role & 1;
}

static void
group_run(enum sandbox_role role, const char *group)
{
	unsigned cnt = 0, allowed = 0, idle = 0, bad = 0;
	char list[4096] = "", void_list[2048] = "";
	for (const struct try *t = try_list; t->name; t++) {
		int why, free_why;
		if (strcmp(t->group, group))
			continue;
		/* Without Landlock a file is as open as its mode and the root folder say. */
		if ((t->needs_landlock && abi == 0) || t->either >> role & 1)
			continue;
		try_world_again();
		enum result free = attempt(role, true, t->fn, t->arg, &free_why);
		try_world_again();
		enum result got = attempt(role, false, t->fn, t->arg, &why);
		bool want = expected_through(t, role);
		bool right = t->aborts ? got == ABORTED
			     : want    ? got == THROUGH
				       : got == REFUSED || got == KILLED;
		size_t at = strlen(list);
		cnt++;
		allowed += want;
		if (!right) {
			bad++;
			snprintf(list + at, sizeof(list) - at, " %s(%s %d)", t->name,
				 (const char *[]){ "through", "refused", "killed", "aborted",
						   "not begun" }[got],
				 why);
		}
		if (free != THROUGH && !t->aborts) {
			idle++;
			at = strlen(void_list);
			snprintf(void_list + at, sizeof(void_list) - at, " %s(%d)", t->name,
				 free_why);
		}
	}
	printf("%s - %s: %u attempts at %s, %u of them allowed%s%s\n", bad ? "not ok" : "ok",
	       sandbox_name(role), cnt, group, allowed, bad ? ", wrong:" : "", list);
	if (idle)
		printf("# %s: outside of the sandbox these fail here as well:%s\n",
		       sandbox_name(role), void_list);
}

/* ---- every number ---- */

static int
by_number(long nr)
{
	const long all[6] = { -1, -1, -1, -1, -1, -1 };
	long rc = enter_kernel(nr, all);
	return rc == -EPERM ? EPERM : 0;
}

#define GETPID_32 20

static int
by_number_32(long nr)
{
	return enter_kernel_32((int)nr) == -EPERM ? EPERM : 0;
}

static bool
in_table(enum sandbox_role role, long nr)
{
	int got;
	/* The parent's list holds its children's as well. */
	for (int r = 0; r < SANDBOX_ROLE__MAX; r++)
		if (r == (int)role || (role == SANDBOX_PARENT && r < SANDBOX_CHECK))
			for (size_t i = 0; (got = sandbox_call((enum sandbox_role)r, i)) >= 0; i++)
				if (got == nr)
					return true;
	return false;
}

static void
numbers_run(enum sandbox_role role, const char *how, int (*fn)(long), long plus)
{
	unsigned cnt = 0, bad = 0;
	char list[4096] = "";
	for (long nr = 0; nr < NR_MAX; nr++) {
		int why;
		if (fn == by_number && !plus && in_table(role, nr))
			continue;
		/* uretprobe and uprobe: the kernel lets no filter see them, they serve its own
		 * probes only. */
		if (fn == by_number && (nr == 335 || nr == 336))
			continue;
		/* Another door: killed on every number alike; some are enough. */
		if ((fn != by_number || plus) && nr % 16 != 4)
			continue;
		enum result got = attempt(role, false, fn, nr + plus, &why);
		bool right = got == KILLED ||
			     (role == SANDBOX_PARENT && got == REFUSED && why == EPERM);
		size_t at = strlen(list);
		cnt++;
		bad += !right;
		if (!right)
			snprintf(list + at, sizeof(list) - at, " %ld", nr);
	}
	printf("%s - %s: %u calls by number, %s, are met by the list%s%s\n", bad ? "not ok" : "ok",
	       sandbox_name(role), cnt, how, bad ? ", not these:" : "", list);
}

/* Not every kernel has that door, nor lets every machine below it; a process that knocks there
 * ends. */
static bool
door_32(enum sandbox_role role)
{
	int why;
	return attempt(role, true, by_number_32, GETPID_32, &why) == THROUGH;
}

/* ---- what others can do to a role, and what the kernel says of it ---- */

static int
wait_long(long arg)
{
	static int zero;
	const struct timespec ts = { 20, 0 };
	(void)arg;
	return (int)enter_kernel(SYS_futex, (long[6]){ (long)&zero, 0, 0, (long)&ts, 0, 0 });
}

/* Prints /proc/PID/status of one that has entered, and tries as its own user to look into it. */
static void
state_print(enum sandbox_role role)
{
	int p[2];
	char path[64], line[256];
	uint8_t c;
	if (pipe(p))
		return;
	pid_t pid = fork();
	if (pid == 0)
		attempt_run(role, false, p[1], wait_long, 0);
	close(p[1]);
	if (read(p[0], &c, 1) != 1)
		printf("not ok - %s: did not start\n", sandbox_name(role));
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, i ? "limits" : "status");
		FILE *f = fopen(path, "r");
		while (f && fgets(line, sizeof(line), f))
			printf("= %s", line);
		if (f)
			fclose(f);
	}
	fflush(stdout);
	pid_t spy = fork();
	if (spy == 0) {
		const struct conf_user *u = fixture.user;
		/* Root is no ordinary spy; without a user of its own the role is root, and then
		 * there is nothing to see. */
		if (geteuid() == 0 && (!u || setgid(u->gid) || setuid(u->uid)))
			_exit(u ? 98 : 0);
		_exit(try_spy(pid));
	}
	int status = 0;
	waitpid(spy, &status, 0);
	printf("%s - %s: a process of the same user cannot look into it%s\n",
	       WIFEXITED(status) && !WEXITSTATUS(status) ? "ok" : "not ok", sandbox_name(role),
	       status ? " (its memory, environment or a tracer got through)" : "");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(p[0]);
}

static enum sandbox_role
role_named(const char *name)
{
	for (int r = 0; r < SANDBOX_ROLE__MAX; r++)
		if (name && !strcmp(name, sandbox_name((enum sandbox_role)r)))
			return (enum sandbox_role)r;
	fprintf(stderr, "sandbox_try: no role is named %s\n", name ? name : "nothing");
	exit(2);
}

int
main(int argc, char **argv)
{
	static const char *const groups[] = { "files",  "sockets", "programs",
					      "others", "memory",  "powers" };
	const char *what = argc > 2 ? argv[2] : "";
	if (argc == 2 && !strcmp(argv[1], "--roles")) {
		for (int r = 0; r < SANDBOX_ROLE__MAX; r++)
			puts(sandbox_name((enum sandbox_role)r));
		return 0;
	}
	enum sandbox_role role = role_named(argc > 1 ? argv[1] : NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(what, "--abi") && argc > 3)
		abi = (int)strtol(argv[3], NULL, 10);
	try_world_make(role);
	if (!strcmp(what, "--all")) {
		numbers_run(role, "of this machine", by_number, 0);
		numbers_run(role, "as x32", by_number, X32);
		if (door_32(role))
			numbers_run(role, "by int 0x80", by_number_32, 0);
		else
			printf("skip - %s: calls by int 0x80\n", sandbox_name(role));
	} else {
		for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
			group_run(role, groups[i]);
		state_print(role);
	}
	try_world_end();
	return 0;
}
