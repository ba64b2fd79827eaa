/* Writes a file so that a crash leaves either the old bytes or the new ones (see file_save.h). */
#include "admin-cli/base/file_save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/base/session.h"
#include "crypto/err.h"

int
file_save_failed(struct session *ses, const char *path, int e)
{
	return session_fail(ses, DAVY_REFUSED, "io", _("%s cannot be written: %s."),
			    session_s(ses, path), strerror(e));
}

int
file_save_begin(struct session *ses, struct file_save *s, const char *path, unsigned mode)
{
	struct stat st;

	*s = (struct file_save){ .path = path, .fd = -1 };
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		s->fd = open(path, O_WRONLY | O_CLOEXEC);
		return s->fd >= 0 ? DAVY_OK : file_save_failed(ses, path, errno);
	}
	if (asprintf(&s->tmp, "%s.XXXXXX", path) < 0) {
		s->tmp = NULL;
		return file_save_failed(ses, path, ENOMEM);
	}
	s->fd = mkostemp(s->tmp, O_CLOEXEC); /* mode 0600 */
	if (s->fd >= 0 && (mode == 0600 || fchmod(s->fd, (mode_t)mode) == 0))
		return DAVY_OK;
	int e = errno;
	if (s->fd < 0) { /* no temporary file was made */
		free(s->tmp);
		s->tmp = NULL;
	}
	return file_save_failed(ses, path, e);
}

int
file_save_write(struct file_save *s, const void *buf, size_t len)
{
	const char *at = buf;

	while (len > 0) {
		ssize_t n = write(s->fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n == 0)
				errno = EIO;
			return ERR_IO;
		}
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A rename survives a loss of power only after the folder has been synced as well. */
static void
sync_folder(const char *path)
{
	char *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (slash)
		slash[slash == dir] = '\0';
	int fd = dir ? open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(dir);
}

int
file_save_commit(struct session *ses, struct file_save *s)
{
	/* pipes and some devices refuse fsync, which is no failure */
	if (fsync(s->fd) != 0 && (s->tmp || (errno != EINVAL && errno != EROFS)))
		return file_save_failed(ses, s->path, errno);
	if (!s->tmp)
		return DAVY_OK;
	if (rename(s->tmp, s->path) != 0)
		return file_save_failed(ses, s->path, errno);
	free(s->tmp);
	s->tmp = NULL;
	sync_folder(s->path);
	return DAVY_OK;
}

void
file_save_end(struct file_save *s)
{
	int e = errno;

	if (s->fd >= 0)
		close(s->fd);
	if (s->tmp)
		(void)unlink(s->tmp);
	free(s->tmp);
	errno = e;
}
