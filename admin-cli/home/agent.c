/*
 * The agent: a process of this user that keeps the key of the keystore in memory for some minutes,
 * so that the passphrase is not asked for at every command. It gives the key to `davy` over a Unix
 * socket inside the home, to processes of the same user only. It holds no other secret and writes
 * no file.
 */
#include "admin-cli/home/home_state.h"

#include <stdio.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "crypto/err.h"
#include "crypto/secret.h"

#define ASK_KEY  'k'
#define ASK_QUIT 'q'
#define PATIENCE 2000 /* ms that one client may take */

/* The socket's address. The path goes through the folder's descriptor, since sockaddr_un has no
 * room for a long one. Returns that descriptor, which stays open as long as the address is used, or
 * -1. */
static int
address(const char *home_dir, struct sockaddr_un *to)
{
	int dir = open(home_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (dir >= 0)
		snprintf(to->sun_path, sizeof(to->sun_path), "/proc/self/fd/%d/agent", dir);
	return dir;
}

static bool
same_user(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 && who.uid == geteuid();
}

/* Connects to the agent and sends one question; returns the connection or -1. */
static int
question(const char *home_dir, char what)
{
	const struct timeval wait = { .tv_sec = PATIENCE / 1000 };
	struct sockaddr_un to;
	int dir = address(home_dir, &to), fd = -1;

	if (dir < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0 ||
			connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 || !same_user(fd) ||
			send(fd, &what, 1, MSG_NOSIGNAL) != 1)) {
		close(fd);
		fd = -1;
	}
	close(dir);
	return fd;
}

int
agent_get(const char *home_dir, struct keystore_key *key)
{
	int fd = question(home_dir, ASK_KEY);

	if (fd < 0)
		return ERR_NOT_FOUND;
	ssize_t n = recv(fd, key, sizeof(*key), MSG_WAITALL);
	close(fd);
	if (n == (ssize_t)sizeof(*key))
		return 0;
	sodium_memzero(key, sizeof(*key));
	return ERR_NOT_FOUND;
}

int
agent_stop(const char *home_dir)
{
	char end;
	int fd = question(home_dir, ASK_QUIT);

	if (fd < 0)
		return ERR_NOT_FOUND;
	/* the agent closes the connection after it has wiped the key */
	(void)!recv(fd, &end, 1, 0);
	close(fd);
	return 0;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	/* this clock also counts the time in which a laptop sleeps */
	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Answers one client; true when the client asked the agent to quit. */
static bool
serve(int fd, const struct keystore_key *key)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char what = 0;

	if (!same_user(fd) || poll(&p, 1, PATIENCE) != 1 || recv(fd, &what, 1, 0) != 1)
		return false;
	if (what == ASK_KEY)
		(void)!send(fd, key, sizeof(*key), MSG_NOSIGNAL | MSG_DONTWAIT);
	return what == ASK_QUIT;
}

static void
run(int listen_fd, const struct keystore_key *given, unsigned minutes)
{
	const int64_t end = now_ms() + (int64_t)minutes * 60000;
	struct keystore_key *key = secret_alloc(sizeof(*key));
	bool quit = !key;

	if (key)
		*key = *given;
	while (!quit && now_ms() < end) {
		struct pollfd p = { .fd = listen_fd, .events = POLLIN };
		int64_t left = end - now_ms();
		if (poll(&p, 1, left < 30000 ? (int)left : 30000) < 1)
			continue;
		int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		quit = serve(fd, key);
		if (quit)
			secret_free(key);
		close(fd);
	}
	if (!quit)
		secret_free(key);
}

/* Detaches from the terminal and closes every descriptor of the command but the socket, which
 * becomes descriptor 3. */
static void
become_agent(int listen_fd)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	(void)!chdir("/");
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd);
	if (listen_fd != 3)
		dup2(listen_fd, 3);
	(void)close_range(4, ~0U, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_NAME, "davy-agent", 0, 0, 0);
}

int
agent_start(const char *home_dir, const struct keystore_key *key, unsigned minutes)
{
	struct sockaddr_un at;
	int dir, fd = -1, err = ERR_IO;

	agent_stop(home_dir);
	dir = address(home_dir, &at);
	if (dir < 0)
		return ERR_IO;
	(void)unlinkat(dir, "agent", 0);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    fchmodat(dir, "agent", 0600, 0) != 0 || listen(fd, 8) != 0)
		goto out;
	pid_t pid = fork();
	if (pid == 0) {
		become_agent(fd);
		run(3, key, minutes);
		_exit(0);
	}
	err = pid > 0 ? 0 : ERR_IO;
out:
	if (fd >= 0)
		close(fd);
	close(dir);
	return err;
}
