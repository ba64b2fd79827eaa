/* The files of a plan, read and written (see plan_files.h). */
#include "admin-cli/cmd/plan_files.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto/err.h"

int
plan_files_give(struct cli *cli, struct plan_files *f, const char *name, uint8_t *bytes, size_t len)
{
	if (f->cnt == PLAN_FILES_MAX) {
		free(bytes);
		return cli_fail(cli, DAVY_REFUSED, "too-many",
				_("At most %d files are verified together."), PLAN_FILES_MAX);
	}
	f->file[f->cnt++] = (struct plan_file){ name, bytes, len };
	return 0;
}

static int
add_file(struct cli *cli, struct plan_files *f, const char *path)
{
	uint8_t *bytes;
	size_t len;
	int err = file_read(cli->ses, path, PLAN_REGISTER_BYTES, &bytes, &len);

	return err ? err : plan_files_give(cli, f, path, bytes, len);
}

static int
skip_hidden(const struct dirent *e)
{
	return *e->d_name != '.';
}

int
plan_files_add(struct cli *cli, struct plan_files *f, const char *path)
{
	struct dirent **list;
	struct stat st;
	int err = 0, cnt;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return add_file(cli, f, path);
	cnt = scandir(path, &list, skip_hidden, alphasort);
	if (cnt < 0)
		return cli_fail(cli, DAVY_REFUSED, "io", _("%s cannot be read: %s."),
				cli_s(cli, path), strerror(errno));
	for (int i = 0; i < cnt; i++) {
		char *name;
		if (asprintf(&name, "%s/%s", path, list[i]->d_name) < 0)
			name = NULL;
		if (!err)
			err = name ? add_file(cli, f, cli_keep(cli, name))
				   : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
		free(list[i]);
	}
	free(list);
	return err;
}

void
plan_files_free(struct plan_files *f)
{
	for (size_t i = 0; i < f->cnt; i++) {
		sodium_memzero((void *)f->file[i].bytes, f->file[i].len);
		free((void *)f->file[i].bytes);
	}
	f->cnt = 0;
}

int
plan_files_verify(struct cli *cli, const struct plan_files *f, struct plan_report *r)
{
	int err = plan_verify(r, f->file, f->cnt);

	return err ? cli_fail_err(cli, err, "%s", _("The files were not verified")) : 0;
}

int
plan_files_write(struct cli *cli, const char *folder, const char *name, struct plan_body *b)
{
	char *text, *path;
	size_t len;
	int err = plan_body_print(&text, &len, b);

	if (!err && asprintf(&path, "%s/%s", folder, name) < 0) {
		free(text);
		err = ERR_MEM;
	}
	if (err)
		return cli_fail_err(cli, err, "%s", cli_s(cli, name));
	err = file_write(cli->ses, path, 0600, text, len);
	free(text);
	free(path);
	return err;
}
