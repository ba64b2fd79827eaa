/*
 * What the worker cannot do: write or make a file, start a program or a process, look at another
 * process, change users or mounts. It speaks to a server and reads what libpq and the resolver read
 * (certificates, a file with a password, names of hosts), so that more than that is allowed to it
 * than to any role of davyd. A call that is not listed fails; libraries cope with that.
 */
#include "server/db/db.h"

#include "server/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANY(name)                                                                                  \
	{                                                                                          \
		SCMP_SYS(name), false,                                                             \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define WITHOUT(name, arg, bits)                                                                   \
	{                                                                                          \
		SCMP_SYS(name), true,                                                              \
		{                                                                                  \
			arg, SCMP_CMP_MASKED_EQ, (scmp_datum_t)(bits), 0                           \
		}                                                                                  \
	}

static const struct {
	int nr;
	bool when;
	struct scmp_arg_cmp cmp;
} calls[] = {
	/* memory; a library that the resolver loads is mapped to be run */
	ANY(brk),
	ANY(mmap),
	ANY(munmap),
	ANY(mremap),
	ANY(mprotect),
	ANY(madvise),
	ANY(futex),
	/* time, chance, itself, the end */
	ANY(clock_gettime),
	ANY(gettimeofday),
	ANY(time),
	ANY(getrandom),
	ANY(getpid),
	ANY(gettid),
	ANY(getuid),
	ANY(geteuid),
	ANY(getgid),
	ANY(getegid),
	ANY(uname),
	ANY(sysinfo),
	ANY(rt_sigaction),
	ANY(rt_sigprocmask),
	ANY(restart_syscall),
	ANY(exit_group),
	/* the vault and the server */
	ANY(poll),
	ANY(ppoll),
	ANY(socket),
	ANY(connect),
	ANY(bind),
	ANY(getsockname),
	ANY(getpeername),
	ANY(getsockopt),
	ANY(setsockopt),
	ANY(sendto),
	ANY(sendmsg),
	ANY(sendmmsg),
	ANY(recvfrom),
	ANY(recvmsg),
	ANY(read),
	ANY(write),
	ANY(writev),
	ANY(close),
	ANY(fcntl),
	ANY(ioctl),
	/* files that are there */
	WITHOUT(openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC),
	WITHOUT(open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC),
	ANY(newfstatat),
	ANY(fstat),
	ANY(stat),
	ANY(lstat),
	ANY(statx),
	ANY(access),
	ANY(faccessat),
	ANY(readlink),
	ANY(lseek),
	ANY(pread64),
};

static void
landlock_enter(void)
{
	/* Every right to change files, and no folder where it holds. Kernels from version 1 on. */
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
				     LANDLOCK_ACCESS_FS_REMOVE_DIR |
				     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
				     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
				     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
				     LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM
	};
	int set = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(uint64_t), 0);
	if (set < 0) {
		log_warn(
			"event=no-landlock text=\"this kernel has no Landlock; seccomp alone stands\"");
		return;
	}
	if (syscall(SYS_landlock_restrict_self, set, 0))
		log_fatal("event=landlock-failed errno=%d", errno);
	close(set);
}

void
db_sandbox(void)
{
	static const struct rlimit none = { 0, 0 };
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_DUMPABLE, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_fatal("event=prctl-failed errno=%d", errno);
	landlock_enter();
	int rc = ctx ? seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)
		     : -ENOMEM;
	for (size_t i = 0; !rc && i < sizeof(calls) / sizeof(calls[0]); i++)
		rc = calls[i].when ? seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, calls[i].nr, 1,
							    &calls[i].cmp)
				   : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i].nr, 0);
	if (!rc)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc)
		log_fatal("event=seccomp-failed errno=%d", -rc);
}
