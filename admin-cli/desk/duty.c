/* Calls the duty by a command of the reader's own machine (see duty.h). */
#include "admin-cli/desk/duty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/home/home.h"

#define DUTY_SECONDS 10
#define PATH_CAP     4096

static int
not_called(struct session *ses, const char *why)
{
	return session_fail(ses, DAVY_REFUSED, "duty",
			    _("The duty was NOT called: %s Call the duty room now, by voice."),
			    why);
}

/* The path in the file. Whoever can write the file or the program decides what runs: both are the
 * user's own or root's. */
static int
read_path(struct session *ses, char **path)
{
	const char *name = home_path(ses, "duty");
	struct stat st;

	*path = NULL;
	if (stat(name, &st))
		return not_called(ses, _("the file \"duty\" in the home names no program."));
	if ((st.st_uid != geteuid() && st.st_uid != 0) || st.st_mode & (S_IWGRP | S_IWOTH))
		return not_called(ses, _("others may write the file \"duty\" in the home."));
	if (file_read_text(ses, name, PATH_CAP, path)) {
		session_forgive(ses);
		return not_called(ses, _("the file \"duty\" in the home cannot be read."));
	}
	(*path)[strcspn(*path, "\r\n")] = '\0';
	if (**path != '/' || stat(*path, &st) || !S_ISREG(st.st_mode) || access(*path, X_OK))
		return not_called(ses, _("the file \"duty\" in the home names no program."));
	if ((st.st_uid != geteuid() && st.st_uid != 0) || st.st_mode & (S_IWGRP | S_IWOTH))
		return not_called(ses, _("others may write its program."));
	return 0;
}

static int
start(const char *path, pid_t *pid)
{
	char *const arg[] = { (char *)path, NULL }, *const none[] = { NULL };
	posix_spawn_file_actions_t files;
	int err = posix_spawn_file_actions_init(&files);

	if (err)
		return err;
	err = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(&files, 3);
	if (!err)
		err = posix_spawn(pid, path, &files, NULL, arg, none);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

/* Its exit status; -1 where it does not end in time, and is ended. */
static int
wait_for(pid_t pid)
{
	const struct timespec step = { .tv_nsec = 20000000 };
	int status, i;

	for (i = 0; i < DUTY_SECONDS * 50; i++) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		if (got < 0 && errno != EINTR)
			return -1;
		nanosleep(&step, NULL);
	}
	kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	return -1;
}

int
duty_call(struct session *ses)
{
	char *path = NULL;
	pid_t pid;
	int err = read_path(ses, &path);

	if (!err && start(path, &pid))
		err = not_called(ses, _("its program cannot be started."));
	else if (!err && wait_for(pid))
		err = not_called(ses, _("its program failed or did not end within ten seconds."));
	free(path);
	return err;
}
