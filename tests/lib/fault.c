#include "tests/lib/fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static enum fault_kind armed_kind = FAULT__MAX;
static unsigned left, only_fork, forks, my_fork;
static int armed_how;
static bool struck;
static long live;

void
fault_arm(enum fault_kind kind, unsigned n, int how)
{
	struck = false;
	only_fork = my_fork;
	armed_how = how;
	left = n;
	armed_kind = kind;
}

bool
fault_disarm(void)
{
	armed_kind = FAULT__MAX;
	return struck;
}

long
fault_live(void)
{
	return live;
}

/* 0: go on; -1: fail, errno is set; 1: half of it. Not static: the C library declares some of its
 * callers inline. */
int fault(enum fault_kind kind);
int
fault(enum fault_kind kind)
{
	if (kind != armed_kind || only_fork != my_fork || !left || --left)
		return 0;
	struck = true;
	if (armed_how == FAULT_HALF)
		return 1;
	if (armed_how == FAULT_KILL)
		_exit(FAULT_KILLED);
	errno = armed_how;
	return -1;
}

static const struct {
	const char *name;
	int value;
} kinds[] = { { "write", FAULT_WRITE }, { "sync", FAULT_SYNC }, { "name", FAULT_NAME },
	      { "alloc", FAULT_ALLOC }, { "send", FAULT_SEND }, { "recv", FAULT_RECV },
	      { "new", FAULT_NEW },     { "open", FAULT_OPEN } },
  hows[] = { { "ENOSPC", ENOSPC },   { "EIO", EIO },        { "ENOMEM", ENOMEM },
	     { "EINTR", EINTR },     { "EMFILE", EMFILE },  { "ECONNRESET", ECONNRESET },
	     { "half", FAULT_HALF }, { "kill", FAULT_KILL } };

static __attribute__((constructor)) void
fault_read(void)
{
	const char *text = getenv("FAULT");
	char kind[16], how[16];
	unsigned n, fork_n = 0;
	if (!text || sscanf(text, "%15[a-z]:%u:%15[A-Za-z]:%u", kind, &n, how, &fork_n) < 3)
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t k = 0; k < sizeof(hows) / sizeof(hows[0]); k++)
			if (!strcmp(kind, kinds[i].name) && !strcmp(how, hows[k].name))
				fault_arm((enum fault_kind)kinds[i].value, n, hows[k].value);
	only_fork = fork_n;
}

#define LIMIT(kind, len)                                                                           \
	do {                                                                                       \
		int f = fault(kind);                                                               \
		if (f < 0)                                                                         \
			return -1;                                                                 \
		if (f > 0 && (len) > 1)                                                            \
			(len) /= 2;                                                                \
	} while (0)
#define REFUSE(kind)                                                                               \
	do {                                                                                       \
		if (fault(kind))                                                                   \
			return -1;                                                                 \
	} while (0)

/* Their own prototypes: the headers name some of them twice. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wredundant-decls"

ssize_t
write(int fd, const void *b, size_t n)
{
	if (fd > 2) /* what is said to the operator is said */
		LIMIT(FAULT_WRITE, n);
	return syscall(SYS_write, fd, b, n);
}

ssize_t
pwrite64(int fd, const void *b, size_t n, off_t at)
{
	LIMIT(FAULT_WRITE, n);
	return syscall(SYS_pwrite64, fd, b, n, at);
}

ssize_t
pwrite(int fd, const void *b, size_t n, off_t at)
{
	return pwrite64(fd, b, n, at);
}

int
ftruncate64(int fd, off_t n)
{
	REFUSE(FAULT_WRITE);
	return (int)syscall(SYS_ftruncate, fd, n);
}

int
ftruncate(int fd, off_t n)
{
	return ftruncate64(fd, n);
}

int
fdatasync(int fd)
{
	REFUSE(FAULT_SYNC);
	return (int)syscall(SYS_fdatasync, fd);
}

int
fsync(int fd)
{
	REFUSE(FAULT_SYNC);
	return (int)syscall(SYS_fsync, fd);
}

int
openat64(int dir, const char *name, int flags, ...)
{
	va_list ap;
	REFUSE(FAULT_OPEN);
	va_start(ap, flags);
	mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return (int)syscall(SYS_openat, dir, name, flags, mode);
}

/* The other three names of the same call; the compiler does not let one variadic function forward
 * to another. */
#define OPEN_AS(name, ...)                                                                         \
	int name                                                                                   \
	{                                                                                          \
		va_list ap;                                                                        \
		va_start(ap, flags);                                                               \
		mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;            \
		va_end(ap);                                                                        \
		return openat64(__VA_ARGS__, flags, mode);                                         \
	}
OPEN_AS(openat(int dir, const char *file, int flags, ...), dir, file)
OPEN_AS(open(const char *file, int flags, ...), AT_FDCWD, file)
OPEN_AS(open64(const char *file, int flags, ...), AT_FDCWD, file)

int
rename(const char *from, const char *to)
{
	REFUSE(FAULT_NAME);
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
renameat(int a, const char *from, int b, const char *to)
{
	REFUSE(FAULT_NAME);
	return (int)syscall(SYS_renameat2, a, from, b, to, 0);
}

int
link(const char *from, const char *to)
{
	REFUSE(FAULT_NAME);
	return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

ssize_t
send(int fd, const void *b, size_t n, int flags)
{
	LIMIT(FAULT_SEND, n);
	return syscall(SYS_sendto, fd, b, n, flags, NULL, 0);
}

ssize_t
recv(int fd, void *b, size_t n, int flags)
{
	LIMIT(FAULT_RECV, n);
	return syscall(SYS_recvfrom, fd, b, n, flags, NULL, NULL);
}

ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	REFUSE(FAULT_SEND);
	return syscall(SYS_sendmsg, fd, m, flags);
}

ssize_t
recvmsg(int fd, struct msghdr *m, int flags)
{
	REFUSE(FAULT_RECV);
	return syscall(SYS_recvmsg, fd, m, flags);
}

int
accept4(int fd, struct sockaddr *a, socklen_t *n, int flags)
{
	REFUSE(FAULT_NEW);
	return (int)syscall(SYS_accept4, fd, a, n, flags);
}

int
socketpair(int domain, int type, int protocol, int sv[2])
{
	REFUSE(FAULT_NEW);
	return (int)syscall(SYS_socketpair, domain, type, protocol, sv);
}

pid_t
fork(void)
{
	static pid_t (*next)(void);
	REFUSE(FAULT_NEW);
	if (!next)
		next = (pid_t(*)(void))(size_t)dlsym(RTLD_NEXT, "fork");
	unsigned mine = ++forks;
	pid_t pid = next();
	if (pid == 0)
		my_fork = mine;
	return pid;
}

#if !defined(__SANITIZE_ADDRESS__)
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t m);
void *__libc_realloc(void *p, size_t n);

void __libc_free(void *p);

static void *
counted(void *p)
{
	live += p != NULL;
	return p;
}

void *
malloc(size_t n)
{
	return fault(FAULT_ALLOC) ? NULL : counted(__libc_malloc(n));
}

void *
calloc(size_t n, size_t m)
{
	return fault(FAULT_ALLOC) ? NULL : counted(__libc_calloc(n, m));
}

void *
realloc(void *p, size_t n)
{
	if (fault(FAULT_ALLOC))
		return NULL;
	void *more = __libc_realloc(p, n);
	live += p ? -(more == NULL && n == 0) : more != NULL;
	return more;
}

void
free(void *p)
{
	live -= p != NULL;
	__libc_free(p);
}

/* libsodium's guarded pages and Argon2id's memory. */
void *
mmap64(void *at, size_t n, int prot, int flags, int fd, off_t from)
{
	if ((flags & MAP_ANONYMOUS) && fault(FAULT_ALLOC))
		return MAP_FAILED;
	long p = syscall(SYS_mmap, at, n, prot, flags, fd, from);
	live += (flags & MAP_ANONYMOUS) && p != -1;
	return (void *)p;
}

void *
mmap(void *at, size_t n, int prot, int flags, int fd, off_t from)
{
	return mmap64(at, n, prot, flags, fd, from);
}

int
munmap(void *at, size_t n)
{
	live--; /* whoever counts maps no files meanwhile */
	return (int)syscall(SYS_munmap, at, n);
}
#endif
