/* Reads whole files up to a limit, and writes them whole or not at all (see file.h). */
#include "admin-cli/base/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/file_save.h"
#include "admin-cli/base/session.h"
#include "crypto/text.h"

static int
slurp(FILE *in, size_t max, uint8_t **out, size_t *len)
{
	size_t cap = 65536, n = 0;
	uint8_t *buf = malloc(cap);
	int bad = EIO;

	while (buf) {
		errno = 0;
		n += fread(buf + n, 1, cap - n - 1, in);
		bad = errno ? errno : EIO;
		if (n > max || n + 1 < cap)
			break;
		uint8_t *more = realloc(buf, 2 * cap);
		if (!more)
			free(buf);
		buf = more;
		cap *= 2;
	}
	if (!buf)
		return ENOMEM;
	int err = n > max ? EFBIG : ferror(in) ? bad : 0;
	if (err) {
		free(buf);
		return err;
	}
	buf[n] = 0;
	*out = buf; /* transferred */
	*len = n;
	return 0;
}

int
file_read(struct session *ses, const char *path, size_t max, uint8_t **out, size_t *len)
{
	bool std = strcmp(path, "-") == 0;
	FILE *in = std ? stdin : fopen(path, "rbe");

	*out = NULL;
	*len = 0;
	int err = in ? slurp(in, max, out, len) : errno;
	if (in && !std)
		fclose(in);
	if (!err)
		return DAVY_OK;
	const char *shown = session_s(ses, std ? _("standard input") : path);
	if (err == EFBIG)
		return session_fail(ses, DAVY_REFUSED, "too-long",
				    _("%s is longer than %zu bytes."), shown, max);
	return session_fail(ses, DAVY_REFUSED, err == ENOENT ? "not-found" : "io",
			    _("%s cannot be read: %s."), shown, strerror(err));
}

int
file_read_text(struct session *ses, const char *path, size_t max, char **out)
{
	uint8_t *bytes;
	size_t len;

	*out = NULL;
	int err = file_read(ses, path, max, &bytes, &len);
	if (err)
		return err;
	if (text_utf8(bytes, len) != 0) {
		free(bytes);
		return session_fail(ses, DAVY_REFUSED, "utf8", _("%s is not UTF-8 text."),
				    session_s(ses, path));
	}
	*out = (char *)bytes;
	return DAVY_OK;
}

int
file_write(struct session *ses, const char *path, unsigned mode, const void *buf, size_t len)
{
	struct file_save out;
	int err = file_save_begin(ses, &out, path, mode);

	if (!err && file_save_write(&out, buf, len) != 0)
		err = file_save_failed(ses, path, errno);
	if (!err)
		err = file_save_commit(ses, &out);
	file_save_end(&out);
	return err;
}
