/*
 * What a veil cannot do: open a file, start a program or a process, look at another process,
 * listen, connect to anything but a Unix socket. A call that is not listed ends it.
 */
#include "server/veil/veil.h"

#include "server/base/cage.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

static const struct cage_call calls[] = {
	/* memory */
	CAGE_ANY(brk),
	CAGE_WITHOUT(mmap, 2, PROT_EXEC),
	CAGE_ANY(munmap),
	CAGE_ANY(mremap),
	CAGE_WITHOUT(mprotect, 2, PROT_EXEC),
	CAGE_ANY(madvise),
	CAGE_ANY(futex),
	/* time, chance, itself, the end */
	CAGE_ANY(clock_gettime),
	CAGE_ANY(getrandom),
	CAGE_ANY(getpid),
	CAGE_ANY(rt_sigaction),
	CAGE_ANY(rt_sigprocmask),
	CAGE_ANY(rt_sigreturn),
	CAGE_ANY(restart_syscall),
	CAGE_ANY(exit_group),
	/* the loop, the relay, davyd */
	CAGE_ANY(epoll_wait),
	CAGE_ANY(epoll_pwait),
	CAGE_ANY(epoll_ctl),
	CAGE_ANY(accept4),
	CAGE_ONLY(socket, 0, AF_UNIX),
	CAGE_ANY(connect),
	CAGE_ANY(recvfrom),
	CAGE_ONLY(sendto, 4, 0), /* to no address */
	CAGE_ANY(write),
	CAGE_ANY(close),
};

void
veil_sandbox(void)
{
	static const struct cage cage = { .calls = calls,
					  .cnt = sizeof(calls) / sizeof(calls[0]),
					  .otherwise = SCMP_ACT_KILL_PROCESS,
					  .files = (1u << 13) - 1, /* all of version 1 */
					  .no_tcp = true };
	cage_enter(&cage);
}
