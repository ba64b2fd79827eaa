/* veil_try WHAT: enters the sandbox of davylamp-veil and does what it must not be able to; "none"
 * does what it may. Whoever comes back prints "done". */
#include "server/veil/veil.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int other; /* a listening socket, as the program has one */

static int
try_none(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return fd < 0 ? -1 : close(fd);
}
static int
try_open(void)
{
	return open("/etc/hostname", O_RDONLY);
}
static int
try_tcp(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}
static int
try_udp(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0);
}
static int
try_bind(void)
{
	const struct sockaddr_in at = { .sin_family = AF_INET };
	return bind(other, (const struct sockaddr *)&at, sizeof(at));
}
static int
try_address(void)
{
	const struct sockaddr_in at = { .sin_family = AF_INET };
	return (int)sendto(other, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&at, sizeof(at));
}
static int
try_fork(void)
{
	return fork();
}
static int
try_exec(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}
static int
try_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	       MAP_FAILED;
}
static int
try_kill(void)
{
	return kill(getppid(), 0);
}
static int
try_unlink(void)
{
	return unlink("/nowhere");
}

static const struct {
	const char *name;
	int (*fn)(void);
} tries[] = {
	{ "none", try_none }, { "open", try_open },     { "tcp", try_tcp },
	{ "udp", try_udp },   { "bind", try_bind },     { "fork", try_fork },
	{ "exec", try_exec }, { "code", try_code },     { "address", try_address },
	{ "kill", try_kill }, { "unlink", try_unlink },
};

int
main(int argc, char **argv)
{
	other = socket(AF_INET, SOCK_STREAM, 0);
	if (argc != 2 || other < 0 || listen(other, 1))
		return 2;
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		if (strcmp(tries[i].name, argv[1]) != 0)
			continue;
		veil_sandbox();
		if (tries[i].fn() >= 0)
			(void)!write(STDOUT_FILENO, "done\n", 5);
		_exit(0);
	}
	return 2;
}
