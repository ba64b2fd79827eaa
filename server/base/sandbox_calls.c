/* The system calls of each role, one line a call. SECURITY.md's column "calls" is this table in
 * words. */
#include "server/base/sandbox_calls.h"

#include "server/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PARENT (1u << SANDBOX_PARENT)
#define TLS    (1u << SANDBOX_TLS)
#define FACE   (1u << SANDBOX_FACE)
#define VAULT  (1u << SANDBOX_VAULT)
#define CHECK  (1u << SANDBOX_CHECK)
#define ASK    (1u << SANDBOX_ASK)
#define NET    (TLS | FACE)         /* who has clients */
#define SERVE  (TLS | FACE | VAULT) /* the parent's children */
#define STORE  (VAULT | CHECK)      /* who has SQLite */
#define ALL    (SERVE | CHECK | ASK)

enum arg {
	ARG_ANY,
	ARG_NO_EXEC,
	ARG_FLAGS,
	ARG_LOCKS,
	ARG_NO_ADDRESS,
	ARG_NO_CONNECT,
	ARG_TCP,
	ARG_BUFFER,
	ARG_LINGER,
	ARG_PEER,
	ARG_UNIX,
	ARG_FORK,
	ARG_CHILD,
	ARG_ABORT,
	ARG_ABORT_SELF,
	ARG_SELF,
	ARG_PRCTL,
};

/*
 * Conditions on arguments. A call passes if one line of its kind holds; both halves of that line
 * must hold.
 */
#define SELF UINT64_MAX /* in place of a number: our own */
#define ONLY SCMP_CMP_EQ
#define WITHOUT(arg, bits)                                                                         \
	{                                                                                          \
		arg, SCMP_CMP_MASKED_EQ, bits, 0                                                   \
	}
static const struct way {
	enum arg arg;
	bool both;
	struct scmp_arg_cmp cmp[2];
} ways[] = {
	{ .arg = ARG_NO_EXEC, .cmp = { WITHOUT(2, PROT_EXEC) } },
	{ .arg = ARG_FLAGS, .cmp = { { 1, ONLY, F_GETFL, 0 } } },
	{ .arg = ARG_FLAGS, .cmp = { { 1, ONLY, F_SETFL, 0 } } },
	{ .arg = ARG_FLAGS, .cmp = { { 1, ONLY, F_GETFD, 0 } } },
	{ .arg = ARG_FLAGS, .cmp = { { 1, ONLY, F_SETFD, 0 } } },
	{ .arg = ARG_LOCKS, .cmp = { { 1, ONLY, F_SETLK, 0 } } },
	{ .arg = ARG_LOCKS, .cmp = { { 1, ONLY, F_GETLK, 0 } } },
	/*
	 * MSG_FASTOPEN could connect a listening socket that was shut down. So sends may neither
	 * carry an address nor that flag.
	 */
	{ .arg = ARG_NO_ADDRESS,
	  .both = true,
	  .cmp = { { 4, ONLY, 0, 0 }, WITHOUT(3, MSG_FASTOPEN) } },
	{ .arg = ARG_NO_CONNECT, .cmp = { WITHOUT(2, MSG_FASTOPEN) } },
	{ .arg = ARG_TCP,
	  .both = true,
	  .cmp = { { 1, ONLY, IPPROTO_TCP, 0 }, { 2, ONLY, TCP_NODELAY, 0 } } },
	{ .arg = ARG_TCP,
	  .both = true,
	  .cmp = { { 1, ONLY, IPPROTO_TCP, 0 }, { 2, ONLY, TCP_CORK, 0 } } },
	{ .arg = ARG_BUFFER,
	  .both = true,
	  .cmp = { { 1, ONLY, SOL_SOCKET, 0 }, { 2, ONLY, SO_SNDBUFFORCE, 0 } } },
	{ .arg = ARG_BUFFER,
	  .both = true,
	  .cmp = { { 1, ONLY, SOL_SOCKET, 0 }, { 2, ONLY, SO_SNDBUF, 0 } } },
	{ .arg = ARG_LINGER,
	  .both = true,
	  .cmp = { { 1, ONLY, SOL_SOCKET, 0 }, { 2, ONLY, SO_LINGER, 0 } } },
	{ .arg = ARG_PEER,
	  .both = true,
	  .cmp = { { 1, ONLY, SOL_SOCKET, 0 }, { 2, ONLY, SO_PEERCRED, 0 } } },
	{ .arg = ARG_UNIX, .cmp = { { 0, ONLY, AF_UNIX, 0 } } },
	{ .arg = ARG_FORK,
	  .cmp = { WITHOUT(0, ~(uint64_t)(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | 0xff)) } },
	{ .arg = ARG_CHILD,
	  .both = true,
	  .cmp = { { 0, SCMP_CMP_LE, INT_MAX, 0 }, { 1, ONLY, SIGKILL, 0 } } },
	{ .arg = ARG_ABORT, .cmp = { { 2, ONLY, SIGABRT, 0 } } },
	{ .arg = ARG_ABORT_SELF,
	  .both = true,
	  .cmp = { { 0, ONLY, SELF, 0 }, { 2, ONLY, SIGABRT, 0 } } },
	{ .arg = ARG_SELF, .cmp = { { 0, ONLY, 0, 0 } } },
	{ .arg = ARG_PRCTL,
	  .both = true,
	  .cmp = { { 0, ONLY, PR_SET_PDEATHSIG, 0 }, { 1, ONLY, SIGKILL, 0 } } },
	{ .arg = ARG_PRCTL,
	  .both = true,
	  .cmp = { { 0, ONLY, PR_SET_DUMPABLE, 0 }, { 1, ONLY, 0, 0 } } },
	{ .arg = ARG_PRCTL, .cmp = { { 0, ONLY, PR_SET_NO_NEW_PRIVS, 0 } } },
};

#define GROWS "a buffer that grows"
#define ABORT "abort()"
#define VDSO  "where the kernel gives no vDSO"
#define LIBC  "older C libraries"
#define CPU   "other processors"
#define BOOT  "between the fork and the child's own list"

/*
 * One line for each call: the roles that may make it. `fails`: the call is refused with that error
 * instead of killing the process, because a library tries it and copes. `rare`: why the call is
 * listed although an ordinary run does not make it, so that nobody removes it.
 */
static const struct call {
	int nr;
	unsigned roles;
	enum arg arg;
	int fails;
	const char *rare;
} calls[] = {
#define C(name, ...)                                                                               \
	{                                                                                          \
		SCMP_SYS(name), __VA_ARGS__                                                        \
	}
	/* memory */
	C(brk, ALL, ARG_ANY, 0, GROWS),
	C(mmap, ALL, ARG_NO_EXEC, 0, GROWS),
	C(munmap, ALL, ARG_ANY, 0, GROWS),
	C(mremap, ALL, ARG_ANY, 0, GROWS),
	C(mprotect, ALL, ARG_NO_EXEC, 0, GROWS),
	/* time, chance, end */
	C(clock_gettime, ALL, ARG_ANY, 0, VDSO),
	C(gettimeofday, ALL, ARG_ANY, 0, VDSO),
	C(time, ALL, ARG_ANY, 0, VDSO),
	C(clock_nanosleep, STORE, ARG_ANY, 0, "SQLite waits for a lock"),
	C(nanosleep, STORE, ARG_ANY, 0, "the same, " LIBC),
	C(getrandom, SERVE | CHECK, ARG_ANY, 0, "salts, TLS"),
	C(futex, ALL, ARG_ANY, 0, "the end of pthread_once"),
	C(sysinfo, ALL, ARG_ANY, 0, "qsort asks how much memory there is"),
	C(getpid, ALL, ARG_ANY, 0, ABORT),
	C(gettid, ALL, ARG_ANY, 0, ABORT),
	C(tgkill, ALL, ARG_ABORT_SELF, 0, ABORT),
	C(rt_sigprocmask, ALL, ARG_ANY, 0, ABORT),
	C(rt_sigaction, ALL, ARG_ANY, 0, ABORT),
	C(restart_syscall, ALL, ARG_ANY, 0, "after a stop: poll, nanosleep"),
	C(exit_group, ALL, ARG_ANY, 0, "the end"),
	/* the loop and what is open already */
	C(epoll_wait, SERVE, ARG_ANY, 0, NULL),
	C(epoll_pwait, SERVE, ARG_ANY, 0, CPU),
	C(epoll_ctl, SERVE, ARG_ANY, 0, NULL),
	C(close, ALL, ARG_ANY, 0, NULL),
	C(poll, STORE, ARG_ANY, 0, "a store on a server: its answer"),
	C(ppoll, STORE, ARG_ANY, 0, CPU),
	C(write, ALL, ARG_ANY, 0, "a line of the log"),
	C(recvmsg, SERVE | ASK, ARG_ANY, 0, NULL),
	C(sendmsg, SERVE | ASK, ARG_NO_CONNECT, 0, NULL),
	C(recvfrom, SERVE, ARG_ANY, 0, NULL),
	C(sendto, SERVE, ARG_NO_ADDRESS, 0, NULL),
	C(recvmsg, CHECK, ARG_ANY, 0, "a store on a server"),
	C(sendmsg, CHECK, ARG_NO_CONNECT, 0, "the same"),
	C(recvfrom, CHECK, ARG_ANY, 0, "the same"),
	C(ioctl, ALL, ARG_ANY, ENOTTY, "terminal modes"),
	/* clients; the pairs are the handoff's */
	C(accept4, NET, ARG_ANY, 0, NULL),
	C(socketpair, FACE, ARG_UNIX, 0, NULL),
	C(setsockopt, FACE, ARG_BUFFER, 0, NULL),
	C(setsockopt, NET, ARG_LINGER, 0, NULL),
	C(fcntl, FACE, ARG_FLAGS, 0, NULL),
	C(timerfd_settime, FACE, ARG_ANY, 0, NULL),
	C(shutdown, NET, ARG_ANY, 0, NULL),
	C(setsockopt, FACE, ARG_TCP, 0, NULL),
	C(openat, NET, ARG_ANY, EACCES, "settings of libraries"),
	C(newfstatat, NET, ARG_ANY, EACCES, "the same"),
	C(pread64, NET, ARG_ANY, EBADF, "the clock of the test program"),
	/* files: who has SQLite, and Landlock says which */
	C(openat, STORE, ARG_ANY, 0, NULL),
	C(newfstatat, STORE, ARG_ANY, 0, NULL),
	C(pread64, STORE, ARG_ANY, 0, NULL),
	C(pwrite64, STORE, ARG_ANY, 0, NULL),
	C(fdatasync, STORE, ARG_ANY, 0, NULL),
	C(ftruncate, STORE, ARG_ANY, 0, "the write-ahead log at a purge and at the end"),
	C(fcntl, STORE, ARG_LOCKS, 0, NULL),
	C(fcntl, STORE, ARG_FLAGS, 0, LIBC),
	C(unlink, STORE, ARG_ANY, 0, "the journal of a new store, the log of a closed one"),
	C(getcwd, STORE, ARG_ANY, 0, NULL),
	C(geteuid, STORE, ARG_ANY, 0, NULL),
	C(fchmod, STORE, ARG_ANY, EPERM, "a store whose mode somebody changed"),
	C(fchown, STORE, ARG_ANY, EPERM, "a store that root looks at"),
	C(fsync, STORE, ARG_ANY, 0, "SQLite built without fdatasync"),
	C(read, STORE, ARG_ANY, 0, "SQLite built without pread"),
	C(lseek, STORE, ARG_ANY, 0, "the same"),
	C(access, STORE, ARG_ANY, 0, "a store that may not be written"),
	C(readlink, STORE, ARG_ANY, 0, "a store that is a link: refused"),
	C(open, STORE, ARG_ANY, 0, LIBC),
	C(stat, STORE, ARG_ANY, 0, LIBC),
	C(lstat, STORE, ARG_ANY, 0, LIBC),
	C(fstat, STORE | ASK, ARG_ANY, 0, LIBC),
	C(faccessat, STORE, ARG_ANY, 0, CPU),
	C(unlinkat, STORE, ARG_ANY, 0, CPU),
	/* a question to the running gateway */
	C(poll, ASK, ARG_ANY, 0, NULL),
	C(ppoll, ASK, ARG_ANY, 0, CPU),
	C(newfstatat, ASK, ARG_ANY, 0, NULL),
	/*
	 * The parent: what it does itself, what a child does between the fork and its own list, and
	 * (sandbox_calls) all that children may, because they inherit this list. No exec, no new
	 * sockets but pairs, no ptrace, no mounts.
	 */
	C(poll, PARENT, ARG_ANY, 0, NULL),
	C(ppoll, PARENT, ARG_ANY, 0, CPU),
	C(read, PARENT, ARG_ANY, 0, NULL),
	C(clone, PARENT, ARG_FORK, 0, NULL),
	C(wait4, PARENT, ARG_ANY, 0, NULL),
	C(kill, PARENT, ARG_CHILD, 0, "a child that talks nonsense"),
	C(tgkill, PARENT, ARG_ABORT, 0, ABORT),
	C(socketpair, PARENT, ARG_UNIX, 0, NULL),
	C(setsockopt, PARENT, ARG_BUFFER, 0, NULL),
	C(getsockopt, PARENT, ARG_PEER, 0, NULL),
	C(set_robust_list, PARENT, ARG_ANY, 0, NULL),
	C(close_range, PARENT, ARG_ANY, 0, NULL),
	C(prctl, PARENT, ARG_PRCTL, 0, NULL),
	C(seccomp, PARENT, ARG_ANY, 0, NULL),
	C(landlock_create_ruleset, PARENT, ARG_ANY, 0, NULL),
	C(landlock_add_rule, PARENT, ARG_ANY, 0, NULL),
	C(landlock_restrict_self, PARENT, ARG_ANY, 0, NULL),
	C(chdir, PARENT, ARG_ANY, 0, NULL),
	C(chroot, PARENT, ARG_ANY, 0, "where root started it"),
	C(setgroups, PARENT, ARG_ANY, 0, "the same"),
	C(setresgid, PARENT, ARG_ANY, 0, "the same"),
	C(setresuid, PARENT, ARG_ANY, 0, "the same"),
	C(setuid, PARENT, ARG_ANY, 0, "the same: that it fails"),
	C(getuid, PARENT, ARG_ANY, 0, NULL),
	C(getgid, PARENT, ARG_ANY, 0, NULL),
	C(getegid, PARENT, ARG_ANY, 0, NULL),
	C(umask, PARENT, ARG_ANY, 0, NULL),
	C(statfs, PARENT, ARG_ANY, 0, "room on the disk of the store"),
	C(prlimit64, PARENT, ARG_SELF, 0, NULL),
	C(getrlimit, PARENT, ARG_ANY, 0, LIBC),
	C(setrlimit, PARENT, ARG_ANY, 0, LIBC),
	C(epoll_create1, PARENT, ARG_ANY, 0, NULL),
	C(timerfd_create, PARENT, ARG_ANY, 0, NULL),
	C(pipe2, PARENT, ARG_ANY, 0, NULL),
	C(eventfd2, PARENT, ARG_ANY, 0, "other builds of libevent"),
	C(madvise, PARENT, ARG_ANY, 0, NULL),
	C(munlock, PARENT, ARG_ANY, 0, NULL),
#undef C
};
#define CALL_CNT (sizeof(calls) / sizeof(calls[0]))

int
sandbox_call(enum sandbox_role role, size_t n)
{
	for (size_t i = 0; i < CALL_CNT; i++)
		if (calls[i].roles >> role & 1 && n-- == 0)
			return calls[i].nr;
	return -1;
}

static int
add_call(scmp_filter_ctx ctx, const struct call *c)
{
	int rc = 0;
	if (c->fails || c->arg == ARG_ANY)
		return seccomp_rule_add(ctx,
					c->fails ? SCMP_ACT_ERRNO((unsigned)c->fails)
						 : SCMP_ACT_ALLOW,
					c->nr, 0);
	for (size_t i = 0; !rc && i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct way w = ways[i];
		if (w.arg != c->arg)
			continue;
		for (unsigned k = 0; k < 2; k++)
			if (w.cmp[k].datum_a == SELF)
				w.cmp[k].datum_a = (scmp_datum_t)getpid();
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, c->nr, w.both ? 2 : 1, w.cmp);
	}
	return rc;
}

void
sandbox_calls(enum sandbox_role role)
{
	/*
	 * The parent gets an error; every other role is killed, because only an intruder would make
	 * a call that its list does not name.
	 */
	scmp_filter_ctx ctx = seccomp_init(role == SANDBOX_PARENT ? SCMP_ACT_ERRNO(EPERM)
								  : SCMP_ACT_KILL_PROCESS);
	unsigned mine = role == SANDBOX_PARENT ? PARENT | SERVE : 1u << role;
	int rc = ctx ? seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)
		     : -ENOMEM;
	for (size_t i = 0; !rc && i < CALL_CNT; i++)
		/*
		 * A call that fails with an error in a child is not named for the parent either. Of
		 * several filters the last one loaded decides which error is returned.
		 */
		if (calls[i].roles & mine && !(role == SANDBOX_PARENT && calls[i].fails))
			rc = add_call(ctx, &calls[i]);
	if (!rc)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc)
		log_fatal("event=seccomp-failed errno=%d", -rc);
}
