/* Overwrites a plain file and removes it (see file_wipe.h). */
#include "admin-cli/base/file_wipe.h"

#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/base/session.h"

static json_t *
mark_of(const char *path, const struct stat *st)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "path", path, "dev",
			 (json_int_t)st->st_dev, "ino", (json_int_t)st->st_ino, "size",
			 (json_int_t)st->st_size, "sec", (json_int_t)st->st_mtim.tv_sec, "nsec",
			 (json_int_t)st->st_mtim.tv_nsec);
}

json_t *
file_wipe_mark(const char *path)
{
	char whole[PATH_MAX];
	struct stat st;

	if (!realpath(path, whole) || lstat(whole, &st) || !S_ISREG(st.st_mode))
		return NULL;
	return mark_of(whole, &st);
}

/* Random bytes over the whole length, on the disk before the name goes. */
static int
overwrite(int fd, off_t len)
{
	uint8_t block[4096];
	off_t at = 0;
	int err = 0;

	while (!err && at < len) {
		size_t n = len - at < (off_t)sizeof(block) ? (size_t)(len - at) : sizeof(block);
		ssize_t did;

		randombytes_buf(block, n);
		did = pwrite(fd, block, n, at);
		if (did <= 0)
			err = -1;
		else
			at += did;
	}
	return err ? err : fsync(fd) | ftruncate(fd, 0);
}

void
file_wipe(struct session *ses, const json_t *mark)
{
	const char *path = json_string_value(json_object_get(mark, "path"));
	struct stat st;
	json_t *now;
	int fd = path ? open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC) : -1, bad = fd < 0;

	if (!path)
		return;
	if (!bad)
		bad = fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_nlink != 1;
	if (!bad) {
		now = mark_of(path, &st);
		bad = !json_equal(now, mark);
		json_decref(now);
	}
	if (!bad)
		bad = overwrite(fd, st.st_size) || unlink(path);
	if (fd >= 0)
		close(fd);
	if (bad)
		session_warn(ses,
			     _("%s is still there in plain words: it was changed, moved or has a "
			       "second name, or may not be written. Remove it yourself."),
			     session_s(ses, path));
}
