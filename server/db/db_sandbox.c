/*
 * What the worker cannot do: write or make a file, start a program or a process, look at another
 * process, change users or mounts. It speaks to a server and reads what libpq and the resolver read
 * (certificates, a file with a password, names of hosts), so that more than that is allowed to it
 * than to any role of davyd. A call that is not listed fails; libraries cope with that.
 */
#include "server/db/db.h"

#include "server/base/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>

static const struct cage_call calls[] = {
	/* memory; a library that the resolver loads is mapped to be run */
	CAGE_ANY(brk),
	CAGE_ANY(mmap),
	CAGE_ANY(munmap),
	CAGE_ANY(mremap),
	CAGE_ANY(mprotect),
	CAGE_ANY(madvise),
	CAGE_ANY(futex),
	/* time, chance, itself, the end */
	CAGE_ANY(clock_gettime),
	CAGE_ANY(gettimeofday),
	CAGE_ANY(time),
	CAGE_ANY(getrandom),
	CAGE_ANY(getpid),
	CAGE_ANY(gettid),
	CAGE_ANY(getuid),
	CAGE_ANY(geteuid),
	CAGE_ANY(getgid),
	CAGE_ANY(getegid),
	CAGE_ANY(uname),
	CAGE_ANY(sysinfo),
	CAGE_ANY(rt_sigaction),
	CAGE_ANY(rt_sigprocmask),
	CAGE_ANY(restart_syscall),
	CAGE_ANY(exit_group),
	/* the vault and the server */
	CAGE_ANY(poll),
	CAGE_ANY(ppoll),
	CAGE_ANY(socket),
	CAGE_ANY(connect),
	CAGE_ANY(bind),
	CAGE_ANY(getsockname),
	CAGE_ANY(getpeername),
	CAGE_ANY(getsockopt),
	CAGE_ANY(setsockopt),
	CAGE_ANY(sendto),
	CAGE_ANY(sendmsg),
	CAGE_ANY(sendmmsg),
	CAGE_ANY(recvfrom),
	CAGE_ANY(recvmsg),
	CAGE_ANY(read),
	CAGE_ANY(write),
	CAGE_ANY(writev),
	CAGE_ANY(close),
	CAGE_ANY(fcntl),
	CAGE_ANY(ioctl),
	/* files that are there */
	CAGE_WITHOUT(openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC),
	CAGE_WITHOUT(open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC),
	CAGE_ANY(newfstatat),
	CAGE_ANY(fstat),
	CAGE_ANY(stat),
	CAGE_ANY(lstat),
	CAGE_ANY(statx),
	CAGE_ANY(access),
	CAGE_ANY(faccessat),
	CAGE_ANY(readlink),
	CAGE_ANY(lseek),
	CAGE_ANY(pread64),
};

/* Every right to change files, and no folder where it holds. Kernels from version 1 on. */
#define CHANGES                                                                                    \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                              \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                          \
	 LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |                              \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |                              \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                            \
	 LANDLOCK_ACCESS_FS_MAKE_SYM)

void
db_sandbox(void)
{
	static const struct cage cage = { .calls = calls,
					  .cnt = sizeof(calls) / sizeof(calls[0]),
					  .otherwise = SCMP_ACT_ERRNO(EPERM),
					  .files = CHANGES };
	cage_enter(&cage);
}
