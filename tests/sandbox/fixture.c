/* The fixture around a role under test: files, sockets and a stranger, all of them open to the role
 * but for its sandbox. */
#include "tests/sandbox/try.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Users of their own, as in server/base/conf.c. */
#define UID_FACE  61851
#define UID_VAULT 61852
#define UID_TLS   61853

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "sandbox_try: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
file_make(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), name);
	close(fd);
}

static void
files_make(void)
{
	umask(0);
	snprintf(fixture.dir, sizeof(fixture.dir), "/tmp/davyd-sandbox.XXXXXX");
	must(mkdtemp(fixture.dir), "mkdtemp");
	must(!chdir(fixture.dir) && !chmod(fixture.dir, 0777), fixture.dir);
	must(!mkdir("store", 0777) && !mkdir("empty", 0777) && !mkdir("outside", 0777), "mkdir");
	file_make("store/inside", "inside");
	file_make("outside/secret", "secret");
	file_make("outside/victim", "victim");
	must(!symlink("../outside/secret", "store/link") &&
		     !symlink("../outside/secret", "empty/link"),
	     "symlink");
	fixture.outside = open("outside", O_PATH | O_DIRECTORY);
	fixture.secret = open("outside/secret", O_PATH);
	fixture.tool = open("/bin/true", O_PATH);
	must(fixture.outside >= 0 && fixture.secret >= 0 && fixture.tool >= 0, "O_PATH");
}

static void
sockets_make(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "outside/socket" };
	socklen_t len = sizeof(in);
	fixture.listener = socket(AF_INET, SOCK_STREAM, 0);
	must(!bind(fixture.listener, (struct sockaddr *)&in, sizeof(in)) &&
		     !listen(fixture.listener, 64),
	     "listen");
	must(!getsockname(fixture.listener, (struct sockaddr *)&in, &len), "getsockname");
	fixture.tcp_port = ntohs(in.sin_port);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	must(!bind(fd, (struct sockaddr *)&un, sizeof(un)) && !listen(fd, 64) &&
		     !chmod("outside/socket", 0777),
	     "socket");
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "davyd-sandbox.%d", (int)getpid());
	un.sun_path[0] = 0;
	must(!bind(fd, (struct sockaddr *)&un, sizeof(un)) && !listen(fd, 64), "abstract socket");
	/* Clients that wait to be accepted, by whoever may: every attempt takes one at most. */
	for (int i = 0; i < 4; i++) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		must(!connect(fd, (struct sockaddr *)&in, sizeof(in)), "connect");
	}
}

static void
socket_again(int *fd, int family, int type)
{
	if (*fd > 0)
		close(*fd);
	*fd = socket(family, type, 0);
	must(*fd >= 0, "socket");
}

void
try_world_again(void)
{
	static const char *const names[] = { "outside", "outside/secret", "outside/victim",
					     "outside/folder", "outside/new" };
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	must(!mkdir("outside/folder", 0777) || errno == EEXIST, "mkdir");
	file_make("outside/new", "new");
	/* Even its owner is kept out. */
	for (size_t i = 0; geteuid() == 0 && fixture.user && i < sizeof(names) / sizeof(names[0]);
	     i++)
		must(!chown(names[i], fixture.user->uid, fixture.user->gid), "chown");
	socket_again(&fixture.tcp, AF_INET, SOCK_STREAM);
	socket_again(&fixture.udp, AF_INET, SOCK_DGRAM);
	socket_again(&fixture.local, AF_UNIX, SOCK_STREAM);
	socket_again(&fixture.deaf, AF_INET, SOCK_STREAM);
	must(!bind(fixture.deaf, (struct sockaddr *)&in, sizeof(in)) && !listen(fixture.deaf, 1),
	     "listen");
}

void
try_world_make(enum sandbox_role role)
{
	struct conf *conf = &fixture.conf;
	conf->face_user = (struct conf_user){ "face", UID_FACE, UID_FACE };
	conf->vault_user = (struct conf_user){ "vault", UID_VAULT, UID_VAULT };
	conf->tls_user = (struct conf_user){ "tls", UID_TLS, UID_TLS };
	fixture.user = role == SANDBOX_TLS                              ? &conf->tls_user
		       : role == SANDBOX_FACE                           ? &conf->face_user
		       : role == SANDBOX_VAULT || role == SANDBOX_CHECK ? &conf->vault_user
									: NULL;
	files_make();
	sockets_make();
	snprintf(conf->store, sizeof(conf->store), "%s/store", fixture.dir);
	snprintf(conf->empty, sizeof(conf->empty), "%s/empty", fixture.dir);
	snprintf(conf->control, sizeof(conf->control), "%s/control/socket", fixture.dir);
	must(!mkdir("control", 0777), "mkdir");
	conf->connections = 64;
	fixture.home = role == SANDBOX_VAULT || role == SANDBOX_CHECK ? conf->store : conf->empty;
	fixture.stranger = fork();
	if (fixture.stranger == 0) {
		if (geteuid() == 0 && fixture.user &&
		    (setgid(fixture.user->gid) || setuid(fixture.user->uid)))
			_exit(1);
		prctl(PR_SET_DUMPABLE, 1);
		for (;;)
			pause();
	}
	fixture.pidfd = (int)syscall(SYS_pidfd_open, fixture.stranger, 0, 0, 0, 0, 0);
}

static int
file_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void
try_world_end(void)
{
	kill(fixture.stranger, SIGKILL);
	waitpid(fixture.stranger, NULL, 0);
	if (chdir("/") || nftw(fixture.dir, file_remove, 8, FTW_DEPTH | FTW_PHYS))
		fprintf(stderr, "sandbox_try: %s stays\n", fixture.dir);
}

int
try_spy(pid_t pid)
{
	static const char *const names[] = { "mem", "environ", "maps", "fd/2", "root/.", "cwd/." };
	char path[64];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, names[i]);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			return 1;
	}
	uint8_t byte;
	struct iovec here = { &byte, 1 }, there = { (void *)(uintptr_t)try_spy, 1 };
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) >= 0)
		return 2;
	if (!ptrace(PTRACE_SEIZE, pid, NULL, NULL))
		return 3;
	return 0;
}
