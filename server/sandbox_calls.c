#include "server/sandbox_calls.h"

#include "server/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <sys/mman.h>

#define FACE  (1u << IPC_FACE)
#define VAULT (1u << IPC_VAULT)
#define PARENT (1u << IPC_PARENT)
#define BOTH  (FACE | VAULT)

#define NAMESPACES                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)

enum arg { ARG_NONE, ARG_NO_EXEC, ARG_FCNTL, ARG_NO_NAMESPACE };

/* One line a call: who may, and what its arguments have to look like. */
static const struct call {
	int nr;
	unsigned roles;
	enum arg arg;
} calls[] = {
	/* memory */
	{ SCMP_SYS(brk), BOTH, ARG_NONE },
	{ SCMP_SYS(mmap), BOTH, ARG_NO_EXEC },
	{ SCMP_SYS(mprotect), BOTH, ARG_NO_EXEC },
	{ SCMP_SYS(munmap), BOTH, ARG_NONE },
	{ SCMP_SYS(mremap), BOTH, ARG_NONE },
	{ SCMP_SYS(madvise), BOTH, ARG_NONE },
	/* time, chance, end */
	{ SCMP_SYS(clock_gettime), BOTH, ARG_NONE },
	{ SCMP_SYS(gettimeofday), BOTH, ARG_NONE },
	{ SCMP_SYS(time), BOTH, ARG_NONE },
	{ SCMP_SYS(clock_nanosleep), BOTH, ARG_NONE },
	{ SCMP_SYS(nanosleep), BOTH, ARG_NONE },
	{ SCMP_SYS(getrandom), BOTH, ARG_NONE },
	{ SCMP_SYS(futex), BOTH, ARG_NONE },
	{ SCMP_SYS(getpid), BOTH, ARG_NONE },
	{ SCMP_SYS(sysinfo), BOTH, ARG_NONE }, /* qsort asks how much memory there is */
	{ SCMP_SYS(gettid), BOTH, ARG_NONE },
	{ SCMP_SYS(tgkill), BOTH, ARG_NONE }, /* abort() on itself; signals to others: Landlock, user */
	{ SCMP_SYS(rt_sigaction), BOTH, ARG_NONE },
	{ SCMP_SYS(rt_sigprocmask), BOTH, ARG_NONE },
	{ SCMP_SYS(rt_sigreturn), BOTH, ARG_NONE },
	{ SCMP_SYS(restart_syscall), BOTH, ARG_NONE },
	{ SCMP_SYS(exit), BOTH, ARG_NONE },
	{ SCMP_SYS(exit_group), BOTH, ARG_NONE },
	/* the loop and what is open already */
	{ SCMP_SYS(epoll_wait), BOTH, ARG_NONE },
	{ SCMP_SYS(epoll_pwait), BOTH, ARG_NONE },
	{ SCMP_SYS(epoll_ctl), BOTH, ARG_NONE },
	{ SCMP_SYS(read), BOTH, ARG_NONE },
	{ SCMP_SYS(write), BOTH, ARG_NONE },
	{ SCMP_SYS(close), BOTH, ARG_NONE },
	{ SCMP_SYS(fcntl), BOTH, ARG_FCNTL },
	{ SCMP_SYS(recvfrom), BOTH, ARG_NONE },
	{ SCMP_SYS(recvmsg), BOTH, ARG_NONE },
	{ SCMP_SYS(sendto), BOTH, ARG_NONE },
	{ SCMP_SYS(sendmsg), BOTH, ARG_NONE },
	{ SCMP_SYS(pread64), BOTH, ARG_NONE },
	/* clients: faces only */
	{ SCMP_SYS(timerfd_settime), FACE, ARG_NONE },
	{ SCMP_SYS(accept4), FACE, ARG_NONE },
	{ SCMP_SYS(shutdown), FACE, ARG_NONE },
	{ SCMP_SYS(setsockopt), FACE, ARG_NONE },
	{ SCMP_SYS(getsockopt), FACE, ARG_NONE },
	{ SCMP_SYS(getsockname), FACE, ARG_NONE },
	{ SCMP_SYS(getpeername), FACE, ARG_NONE },
	{ SCMP_SYS(writev), FACE, ARG_NONE },
	/* files: the vault only, and Landlock says which */
	{ SCMP_SYS(openat), VAULT, ARG_NONE },
	{ SCMP_SYS(open), VAULT, ARG_NONE },
	{ SCMP_SYS(stat), VAULT, ARG_NONE },
	{ SCMP_SYS(lstat), VAULT, ARG_NONE },
	{ SCMP_SYS(fstat), BOTH, ARG_NONE },
	{ SCMP_SYS(newfstatat), VAULT, ARG_NONE },
	{ SCMP_SYS(access), VAULT, ARG_NONE },
	{ SCMP_SYS(faccessat), VAULT, ARG_NONE },
	{ SCMP_SYS(readlink), VAULT, ARG_NONE },
	{ SCMP_SYS(getcwd), VAULT, ARG_NONE },
	{ SCMP_SYS(lseek), VAULT, ARG_NONE },
	{ SCMP_SYS(pwrite64), VAULT, ARG_NONE },
	{ SCMP_SYS(fsync), VAULT, ARG_NONE },
	{ SCMP_SYS(fdatasync), VAULT, ARG_NONE },
	{ SCMP_SYS(ftruncate), VAULT, ARG_NONE },
	{ SCMP_SYS(fallocate), VAULT, ARG_NONE },
	{ SCMP_SYS(unlink), VAULT, ARG_NONE },
	{ SCMP_SYS(unlinkat), VAULT, ARG_NONE },
	{ SCMP_SYS(geteuid), VAULT, ARG_NONE },
	{ SCMP_SYS(getuid), VAULT, ARG_NONE },
	{ SCMP_SYS(utimensat), VAULT, ARG_NONE },
	/*
	 * The parent: what it does itself, what a child does between the fork and its own list, and (sandbox_calls) all that children
	 * may, because they inherit this list. No exec, no new sockets but pairs, no ptrace, no mounts.
	 */
	{ SCMP_SYS(clone), PARENT, ARG_NO_NAMESPACE },
	{ SCMP_SYS(fork), PARENT, ARG_NONE },
	{ SCMP_SYS(wait4), PARENT, ARG_NONE },
	{ SCMP_SYS(kill), PARENT, ARG_NONE },
	{ SCMP_SYS(poll), PARENT, ARG_NONE },
	{ SCMP_SYS(ppoll), PARENT, ARG_NONE },
	{ SCMP_SYS(socketpair), PARENT, ARG_NONE },
	{ SCMP_SYS(set_robust_list), PARENT, ARG_NONE },
	{ SCMP_SYS(rseq), PARENT, ARG_NONE },
	{ SCMP_SYS(close_range), PARENT, ARG_NONE },
	{ SCMP_SYS(prctl), PARENT, ARG_NONE },
	{ SCMP_SYS(seccomp), PARENT, ARG_NONE },
	{ SCMP_SYS(landlock_create_ruleset), PARENT, ARG_NONE },
	{ SCMP_SYS(landlock_add_rule), PARENT, ARG_NONE },
	{ SCMP_SYS(landlock_restrict_self), PARENT, ARG_NONE },
	{ SCMP_SYS(chdir), PARENT, ARG_NONE },
	{ SCMP_SYS(chroot), PARENT, ARG_NONE },
	{ SCMP_SYS(setgroups), PARENT, ARG_NONE },
	{ SCMP_SYS(setresgid), PARENT, ARG_NONE },
	{ SCMP_SYS(setresuid), PARENT, ARG_NONE },
	{ SCMP_SYS(setuid), PARENT, ARG_NONE },
	{ SCMP_SYS(getgid), PARENT, ARG_NONE },
	{ SCMP_SYS(getegid), PARENT, ARG_NONE },
	{ SCMP_SYS(umask), PARENT, ARG_NONE },
	{ SCMP_SYS(prlimit64), PARENT, ARG_NONE },
	{ SCMP_SYS(getrlimit), PARENT, ARG_NONE },
	{ SCMP_SYS(setrlimit), PARENT, ARG_NONE },
	{ SCMP_SYS(epoll_create1), PARENT, ARG_NONE },
	{ SCMP_SYS(eventfd2), PARENT, ARG_NONE },
	{ SCMP_SYS(pipe2), PARENT, ARG_NONE },
	{ SCMP_SYS(timerfd_create), PARENT, ARG_NONE },
	{ SCMP_SYS(mlock), PARENT, ARG_NONE },
	{ SCMP_SYS(munlock), PARENT, ARG_NONE },
	{ SCMP_SYS(uname), PARENT, ARG_NONE },
};

static int
allow_if(scmp_filter_ctx ctx, int nr, struct scmp_arg_cmp arg)
{
	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, 1, &arg);
}

static int
add_call(scmp_filter_ctx ctx, const struct call *c)
{
	static const int fcntl_ok[] = { F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_SETLK, F_GETLK };
	switch (c->arg) {
	case ARG_NONE:
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, c->nr, 0);
	case ARG_NO_EXEC:
		return allow_if(ctx, c->nr, (struct scmp_arg_cmp){ 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 });
	case ARG_FCNTL:
		for (size_t i = 0; i < sizeof(fcntl_ok) / sizeof(fcntl_ok[0]); i++) {
			int rc = allow_if(ctx, c->nr,
					  (struct scmp_arg_cmp){ 1, SCMP_CMP_EQ,
								 (scmp_datum_t)fcntl_ok[i], 0 });
			if (rc)
				return rc;
		}
		return 0;
	case ARG_NO_NAMESPACE:
		return allow_if(ctx, c->nr, (struct scmp_arg_cmp){ 0, SCMP_CMP_MASKED_EQ, NAMESPACES, 0 });
	}
	return -EINVAL;
}

void
sandbox_calls(enum ipc_role role)
{
	/* The parent is refused, a child dies: nobody but an intruder asks for more there. */
	scmp_filter_ctx ctx = seccomp_init(role == IPC_PARENT ? SCMP_ACT_ERRNO(EPERM)
							      : SCMP_ACT_KILL_PROCESS);
	unsigned mine = role == IPC_PARENT ? PARENT | BOTH : 1u << role;
	int rc = ctx ? 0 : -ENOMEM;
	/* Probing that libraries do and that may fail in peace. */
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
	if (!rc && role == IPC_FACE)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0);
	for (size_t i = 0; !rc && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].roles & mine)
			rc = add_call(ctx, &calls[i]);
	if (!rc)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc)
		log_fatal("event=seccomp-failed errno=%d", -rc);
}
