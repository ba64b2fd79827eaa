/* The editor beside the tip (see case_edit.h). */
#include "admin-cli/cmd/case_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/rules/suggest.h"
#include "crypto/entry.h"

/* The line that ends the text; what stands below is the tip and is not read. */
#define SCISSORS "# --------8<--------"

/* A folder in memory: the tip must not be written to a disk. */
static const char *
memory_folder(void)
{
	const char *const folders[] = { getenv("XDG_RUNTIME_DIR"), "/dev/shm" };
	struct statfs fs;
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (folders[i] && !statfs(folders[i], &fs) && fs.f_type == TMPFS_MAGIC &&
		    !access(folders[i], W_OK | X_OK))
			return folders[i];
	return NULL;
}

static void
write_tip(FILE *f, const struct opened *d)
{
	size_t i, k;

	for (i = 0; i < d->cnt; i++)
		for (k = 0; d->entry[i].by_source && suggest_fields[k]; k++) {
			const char *said = schema_text(d->x[i].body, suggest_fields[k]);
			char *safe = term_safe(said, strlen(said), TERM_LINES), *line, *rest = safe;

			while (*said && (line = strsep(&rest, "\n")))
				fprintf(f, "# %s\n", line);
			free(safe);
		}
}

static int
fill(struct cli *cli, int fd, const char *text)
{
	FILE *f = fdopen(fd, "w");
	int bad;

	if (!f) {
		close(fd);
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	fprintf(f, "%s\n", text ? text : "");
	if (cli->opened) {
		fprintf(f, "\n%s\n# %s\n", SCISSORS,
			_("Write the abstract above this line. What the source said:"));
		write_tip(f, cli->opened);
	}
	bad = ferror(f);
	if (fclose(f) || bad)
		return cli_fail(cli, DAVY_REFUSED, "write",
				_("The file for the editor cannot be written."));
	return 0;
}

/* Runs the editor by the shell, as git does, so that "code --wait" works too. */
static int
run_editor(struct cli *cli, const char *path)
{
	const char *editor = getenv("VISUAL");
	char *command = NULL;
	int status = -1;
	pid_t pid;

	editor = editor && *editor ? editor : getenv("EDITOR");
	editor = editor && *editor ? editor : "vi";
	if (asprintf(&command, "%s \"$1\"", editor) < 0)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	}
	free(command);
	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
		return cli_fail(
			cli, DAVY_REFUSED, "editor",
			_("The editor %s ended with an error; nothing was written. Set EDITOR."),
			cli_s(cli, editor));
	return 0;
}

/* The text above the line, without blanks at its end. */
static int
read_back(struct cli *cli, const char *path, char **text)
{
	char *all, *cut, *end;
	int err = file_read_text(cli->ses, path, (size_t)4 * ENTRY_LEN, &all);

	if (err)
		return err;
	cut = strstr(all, SCISSORS);
	end = cut ? cut : all + strlen(all);
	while (end > all && strchr(" \t\r\n", end[-1]))
		end--;
	sodium_memzero(end, strlen(end));
	if (end == all) {
		free(all);
		return cli_fail(cli, DAVY_REFUSED, "empty",
				_("The text is empty: nothing was written."));
	}
	if (*text)
		sodium_memzero(*text, strlen(*text));
	free(*text);
	*text = all;
	return 0;
}

/* Overwrites the file and removes it; the folder goes with it. */
static void
wipe(const char *path, const char *folder)
{
	static const char zeros[4096];
	struct stat st;
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	off_t left = fd >= 0 && !fstat(fd, &st) ? st.st_size : 0;

	for (; left > 0; left -= (off_t)sizeof(zeros))
		if (write(fd, zeros, left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros)) <
		    0)
			break;
	if (fd >= 0)
		close(fd);
	(void)unlink(path);
	(void)rmdir(folder);
}

int
case_edit(struct cli *cli, char **text)
{
	const char *memory = memory_folder();
	char folder[256], path[300];
	int err, fd;

	if (!memory)
		return cli_fail(
			cli, DAVY_REFUSED, "no-memory-folder",
			_("There is no folder in memory for the editor's file (XDG_RUNTIME_DIR, "
			  "/dev/shm), and a tip is not written to a disk: give --text or --file."));
	snprintf(folder, sizeof(folder), "%s/davy-XXXXXX", memory);
	if (!mkdtemp(folder))
		return cli_fail(cli, DAVY_REFUSED, "write",
				_("The file for the editor cannot be written."));
	snprintf(path, sizeof(path), "%s/abstract.txt", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	err = fd < 0 ? cli_fail(cli, DAVY_REFUSED, "write",
				_("The file for the editor cannot be written."))
		     : fill(cli, fd, *text);
	if (!err)
		err = run_editor(cli, path);
	if (!err)
		err = read_back(cli, path, text);
	wipe(path, folder);
	return err;
}
