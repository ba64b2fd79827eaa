/*
 * davyd status --alert, which a timer runs: when the state of the gateway has changed since the
 * last run, it runs the program that `on_alert` in davyd.conf names, with the state and the most
 * serious finding as its two arguments.
 *
 * The running gateway starts no program: its sandbox forbids it, and must. Here one process asks
 * the gateway, in the sandbox of `davyd status`, and hands two lines to another, which starts the
 * program as the user who runs this.
 */
#include "server/ctl/ctl.h"

#include "crypto/err.h"
#include "server/parent/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATE_MAX 64
#define SAID_MAX  512

/* A program that others may change would run with our rights. */
static bool
only_ours(const char *path)
{
	struct stat st;
	return !stat(path, &st) && S_ISREG(st.st_mode) &&
	       (st.st_uid == 0 || st.st_uid == geteuid()) && !(st.st_mode & 022);
}

/* What the gateway says, asked by a process of its own; the status level. */
static int
hear(const struct conf *conf, char said[static SAID_MAX])
{
	int fds[2], status = 0;
	size_t len = 0;
	ssize_t n;
	if (pipe2(fds, O_CLOEXEC))
		return STATUS_UNKNOWN;
	pid_t pid = fork();
	if (pid == 0) {
		if (dup2(fds[1], STDOUT_FILENO) < 0)
			_exit(STATUS_UNKNOWN);
		int level = ctl_line(conf);
		fflush(stdout);
		_exit(level);
	}
	close(fds[1]);
	while (pid > 0 && len < SAID_MAX - 1 &&
	       ((n = read(fds[0], said + len, SAID_MAX - 1 - len)) > 0 ||
		(n < 0 && errno == EINTR)))
		len += n > 0 ? (size_t)n : 0;
	said[len] = 0;
	close(fds[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= STATUS_UNKNOWN
		       ? WEXITSTATUS(status)
		       : STATUS_UNKNOWN;
}

/* The file that keeps the state of the last run, beside the control socket: a restart of the
 * machine removes it. */
static bool
state_name(char name[static PATH_MAX], const struct conf *conf)
{
	int n = snprintf(name, PATH_MAX, "%s.alert", conf->control);
	return n > 0 && n < PATH_MAX - 4;
}

static void
state_read(char state[static STATE_MAX], const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? 0 : read(fd, state, STATE_MAX - 1);
	if (fd >= 0)
		close(fd);
	state[n > 0 ? n : 0] = 0;
}

static int
state_write(const char *name, const char *state)
{
	char tmp[PATH_MAX];
	snprintf(tmp, sizeof(tmp), "%.*s.new", PATH_MAX - 8, name);
	unlink(tmp);
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	ssize_t n = write(fd, state, strlen(state));
	if (close(fd) || n != (ssize_t)strlen(state))
		return -1;
	return rename(tmp, name);
}

static int
run(const struct conf *conf, const char *level, const char *line)
{
	char *const argv[] = { (char *)(uintptr_t)conf->on_alert, (char *)(uintptr_t)level,
			       (char *)(uintptr_t)line, NULL };
	char *const env[] = {
		(char *)(uintptr_t) "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)(uintptr_t) "LC_ALL=C.UTF-8", NULL
	};
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		execve(conf->on_alert, argv, env);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

int
ctl_alert(const struct conf *conf)
{
	char said[SAID_MAX] = "", name[PATH_MAX], was[STATE_MAX], is[STATE_MAX];
	if (!conf->on_alert[0] || !only_ours(conf->on_alert) || !only_ours(conf->path)) {
		fprintf(stderr,
			"davyd: on_alert in %s must name a program; both must belong to root or to you, and nobody "
			"else may write them\n",
			conf->path);
		return STATUS_UNKNOWN;
	}
	int level = hear(conf, said);
	char *line = strchr(said, '\n');
	if (line)
		*line++ = 0;
	else
		line = said;
	line[strcspn(line, "\n")] = 0;
	snprintf(is, sizeof(is), "%s %.32s\n", status_name((enum status_level)level), said);
	if (!state_name(name, conf))
		return STATUS_UNKNOWN;
	state_read(was, name);
	/* The first run after a start says nothing where all is well. */
	if (!strcmp(is, was) || (!was[0] && level == STATUS_OK))
		return level;
	if (run(conf, status_name((enum status_level)level), line))
		fprintf(stderr, "davyd: %s failed; the next run tries again\n", conf->on_alert);
	else if (state_write(name, is))
		fprintf(stderr, "davyd: cannot write %s: %s\n", name, strerror(errno));
	return level;
}
