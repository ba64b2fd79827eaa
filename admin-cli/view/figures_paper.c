/* Figures or a dossier as a file: davy-paper makes it, in a process without keys
 * (admin-cli/paper/paper.h). */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/paper/paper.h"
#include "admin-cli/view/dossier.h"
#include "admin-cli/view/figures_sheet.h"

#define PAPER_MAX ((size_t)8 << 20)

static json_t *
seen(const struct sheet *s)
{
	json_t *sections = json_array();

	for (size_t i = 0; i < s->cnt; i++) {
		const struct sheet_section *sec = &s->section[i];

		json_array_append_new(sections, json_pack("{s:s,s:I,s:o}", "title", sec->title,
							  "most", (json_int_t)sec->most, "rows",
							  sheet_rows_json(sec)));
	}
	return json_pack("{s:s,s:s,s:s,s:s,s:I,s:o}", "title", s->title, "period", s->period,
			 "limits", s->limits, "notes", s->notes, "day",
			 (json_int_t)(term_now_hour() / 24), "sections", sections);
}

/* A file in memory that holds the JSON, from its beginning; -1 on failure. */
static int
input(const json_t *all)
{
	int fd = memfd_create("paper", MFD_CLOEXEC);

	if (fd >= 0 && (!all || json_dumpfd(all, fd, JSON_COMPACT) || lseek(fd, 0, SEEK_SET))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Beside davy in the build, or where the package puts it. */
static int
find(char *path, size_t cap)
{
	static const char *const at[] = { "davy-paper", "../lib/davylamp/davy-paper" };
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n <= 0)
		return -1;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return -1;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		int len = snprintf(path, cap, "%s/%s", exe, at[i]);

		if (len > 0 && (size_t)len < cap && access(path, X_OK) == 0)
			return 0;
	}
	return -1;
}

static int
start(pid_t *pid, const char *path, const char *form, int in, int out)
{
	char *arg[] = { strdup(path), strdup(form), NULL };
	char *env[] = { "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", NULL };
	posix_spawn_file_actions_t files;
	int err = arg[0] && arg[1] ? posix_spawn_file_actions_init(&files) : ENOMEM;

	if (!err) {
		err = posix_spawn_file_actions_adddup2(&files, in, 0);
		if (!err)
			err = posix_spawn_file_actions_adddup2(&files, out, 1);
		if (!err)
			err = posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
		if (!err)
			err = posix_spawn_file_actions_addclosefrom_np(&files, 3);
		if (!err)
			err = posix_spawn(pid, path, &files, NULL, arg, env);
		posix_spawn_file_actions_destroy(&files);
	}
	free(arg[0]);
	free(arg[1]);
	return err;
}

/* All that comes from a pipe, at most PAPER_MAX bytes. */
static int
read_all(int fd, uint8_t *buf, size_t *len)
{
	ssize_t n;

	*len = 0;
	while ((n = read(fd, buf + *len, PAPER_MAX - *len)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			*len += (size_t)n;
	return n < 0 || *len == PAPER_MAX ? -1 : 0;
}

/* Runs it; returns an enum paper_exit. */
static int
run(const json_t *what, const char *form, uint8_t *buf, size_t *len)
{
	char path[4200];
	int in = input(what), out[2] = { -1, -1 }, status = -1, err = -1;
	pid_t pid;

	if (in >= 0 && !find(path, sizeof(path)) && !pipe2(out, O_CLOEXEC))
		err = start(&pid, path, form, in, out[1]);
	if (out[1] >= 0)
		close(out[1]);
	if (!err) {
		err = read_all(out[0], buf, len);
		if (err)
			kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	if (out[0] >= 0)
		close(out[0]);
	if (in >= 0)
		close(in);
	return err || !WIFEXITED(status) ? PAPER_FAILED : WEXITSTATUS(status);
}

int
paper_make(struct cli *cli, const json_t *what, const char *form, const char *path)
{
	uint8_t *buf = malloc(PAPER_MAX);
	size_t len = 0;
	int code = buf ? run(what, form, buf, &len) : PAPER_FAILED, err;

	if (code == PAPER_OK && len)
		err = file_write(cli->ses, path, 0600, buf, len);
	else if (code == PAPER_NO_FONT)
		err = cli_fail(
			cli, DAVY_REFUSED, "font",
			_("%s was not made: this machine has no font for its letters. Install "
			  "fonts-noto-cjk."),
			cli_s(cli, path));
	else
		err = cli_fail(
			cli, DAVY_REFUSED, "paper",
			_("%s was not made: davy-paper is missing or failed. It is part of the package "
			  "davylamp."),
			cli_s(cli, path));
	free(buf);
	return err;
}

int
sheet_paper(struct cli *cli, const struct sheet *s, const char *form, const char *path)
{
	json_t *all = seen(s);
	int err = paper_make(cli, all, form, path);

	json_decref(all);
	return err;
}
