/* Runs a decoder in bubblewrap (see cage.h). */
#include "admin-cli/view/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "admin-cli/base/session.h"

#define BWRAP "/usr/bin/bwrap"
/* Of the processor, and of the clock: a machine that is busy may take its time. */
#define SECONDS      8
#define SECONDS_LONG 30
/* In the child: the bytes, and the filter of system calls. */
#define FD_BYTES  3
#define FD_FILTER 4
#define WORDS_MAX 64

/* What a decoder has no business with, whatever it was made to run. */
static const int forbidden[] = {
	SCMP_SYS(socket),
	SCMP_SYS(socketpair),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(keyctl),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
};

/* A file in memory, at its beginning. */
static int
memory_file(const void *bytes, size_t len)
{
	int fd = memfd_create("davy", MFD_CLOEXEC);
	size_t at = 0;

	while (fd >= 0 && at < len) {
		ssize_t n = write(fd, (const char *)bytes + at, len - at);

		if (n <= 0 && errno != EINTR) {
			close(fd);
			return -1;
		}
		at += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

static int
filter_file(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int fd = filter ? memory_file("", 0) : -1, bad = fd < 0;
	size_t i;

	for (i = 0; !bad && i < sizeof(forbidden) / sizeof(*forbidden); i++)
		bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), forbidden[i], 0) != 0;
	if (!bad)
		bad = seccomp_export_bpf(filter, fd) != 0 || lseek(fd, 0, SEEK_SET) != 0;
	seccomp_release(filter);
	if (bad && fd >= 0)
		close(fd);
	return bad ? -1 : fd;
}

/* bubblewrap's own words, then the program and its. */
static void
command(const struct cage *c, const char *words[static WORDS_MAX])
{
	static const char *const wrap[] = {
		BWRAP,
		"--unshare-all",
		"--unshare-user",
		"--disable-userns",
		"--die-with-parent",
		"--new-session",
		"--cap-drop",
		"ALL",
		"--clearenv",
		"--setenv",
		"LC_ALL",
		"C.UTF-8",
		"--ro-bind",
		"/usr",
		"/usr",
		"--symlink",
		"usr/lib",
		"/lib",
		"--symlink",
		"usr/lib64",
		"/lib64",
		"--symlink",
		"usr/bin",
		"/bin",
		"--size",
		"67108864",
		"--tmpfs",
		"/tmp",
		"--chdir",
		"/tmp",
		"--seccomp",
		"4",
		"--file",
		"3",
	};
	size_t n = sizeof(wrap) / sizeof(*wrap), i;

	memcpy(words, wrap, sizeof(wrap));
	words[n++] = c->name;
	words[n++] = "--remount-ro";
	words[n++] = "/";
	words[n++] = c->start ? c->start : c->program;
	for (i = 0; c->argument[i] && n + 1 < WORDS_MAX; i++)
		words[n++] = c->argument[i];
	words[n] = NULL;
}

/* Nothing is shown without its limits. */
static void
limit(int what, rlim_t most)
{
	const struct rlimit r = { most, most };

	if (setrlimit((__rlimit_resource_t)what, &r))
		_exit(126);
}

/* The child: nothing of davy but these three files goes on. */
__attribute__((noreturn)) static void
become(const char *const *words, int bytes, int filter, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* first out of the way of the numbers that they get */
	int b = fcntl(bytes, F_DUPFD_CLOEXEC, 10), f = fcntl(filter, F_DUPFD_CLOEXEC, 10),
	    o = fcntl(out, F_DUPFD_CLOEXEC, 10), n = fcntl(null, F_DUPFD_CLOEXEC, 10);

	if (dup2(n, 0) < 0 || dup2(o, 1) < 0 || dup2(n, 2) < 0 || dup2(b, FD_BYTES) < 0 ||
	    dup2(f, FD_FILTER) < 0)
		_exit(126);
	(void)close_range(FD_FILTER + 1, ~0u, 0);
	limit(RLIMIT_AS, (rlim_t)1 << 30);
	limit(RLIMIT_FSIZE, (rlim_t)64 << 20);
	limit(RLIMIT_CPU, SECONDS);
	limit(RLIMIT_NOFILE, 64);
	execv(words[0], (char *const *)(uintptr_t)words);
	_exit(127);
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Reads until the end, the limit or the deadline; false for the last two. */
static bool
collect(int fd, char *out, size_t *len)
{
	uint64_t end = now_ms() + SECONDS_LONG * 1000, now;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (*len = 0; (now = now_ms()) < end;) {
		int ready = poll(&p, 1, (int)(end - now));
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return false;
		n = read(fd, out + *len, CAGE_OUT_MAX - *len);
		if (n <= 0)
			return n == 0 && *len < CAGE_OUT_MAX;
		*len += (size_t)n;
	}
	return false;
}

/* Runs it; 0 where it ended well in time, else -1. */
static int
run(const struct cage *c, char *out, size_t *len)
{
	const char *words[WORDS_MAX];
	int bytes = memory_file(c->bytes, c->len), filter = filter_file(), pipes[2] = { -1, -1 };
	int status = -1;
	pid_t pid = -1;
	bool whole = false;

	*len = 0;
	command(c, words);
	if (bytes >= 0 && filter >= 0 && !pipe2(pipes, O_CLOEXEC))
		pid = fork();
	if (pid == 0)
		become(words, bytes, filter, pipes[1]);
	if (pipes[1] >= 0)
		close(pipes[1]);
	if (pid > 0) {
		whole = collect(pipes[0], out, len);
		/* what bubblewrap started dies with it */
		if (!whole)
			kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	if (pipes[0] >= 0)
		close(pipes[0]);
	if (bytes >= 0)
		close(bytes);
	if (filter >= 0)
		close(filter);
	return whole && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int
missing(struct session *ses, const char *package)
{
	return session_fail(ses, DAVY_REFUSED, "no-viewer",
			    _("Nothing is shown without a sandbox and a decoder: install the "
			      "package %s."),
			    package);
}

/* Whether a sandbox can be made at all: the machine may keep user namespaces from its users. */
static int
try_sandbox(struct session *ses, char *out)
{
	static const char *const none[] = { NULL };
	const struct cage c = { .program = "/usr/bin/true",
				.argument = none,
				.name = "/in",
				.bytes = (const uint8_t *)"" };
	size_t len;

	if (!run(&c, out, &len))
		return 0;
	return session_fail(
		ses, DAVY_REFUSED, "no-sandbox",
		_("This machine lets nobody make a sandbox (unprivileged user namespaces "
		  "are off), and without one nothing is shown. davy case attach writes "
		  "the file, for a machine that may be lost."));
}

int
cage_run(struct session *ses, const struct cage *c, char **out, size_t *len)
{
	int err = 0;

	*out = NULL;
	if (access(BWRAP, X_OK))
		return missing(ses, "bubblewrap");
	if (access(c->program, X_OK))
		return missing(ses, c->package);
	*out = malloc(CAGE_OUT_MAX + 1);
	if (!*out)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	err = try_sandbox(ses, *out);
	if (!err && run(c, *out, len))
		err = session_fail(
			ses, DAVY_REFUSED, "decoder",
			_("It cannot be shown: the file is broken, or it asks for too much "
			  "time or memory."));
	if (err) {
		sodium_memzero(*out, CAGE_OUT_MAX);
		free(*out);
		*out = NULL;
	} else {
		(*out)[*len] = '\0';
	}
	return err;
}
