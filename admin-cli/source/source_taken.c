/* Keeps and sends the tips that staff typed (see source_taken.h). */
#include "admin-cli/source/source_taken.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/file_wipe.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"

#define MARK_MAX 8192

static const char *
path_of(struct session *ses, const char *dir, const char *name, const char *ext)
{
	char *path;

	return session_keep(ses, asprintf(&path, "%s/%.16s.%s", dir, name, ext) < 0 ? NULL : path);
}

/* The mark goes first: frames without one would leave the plain file where it is. */
int
source_taken_keep(struct session *ses, const struct source_frames *frames, const json_t *plain)
{
	uint8_t random[8];
	char name[17], *text = json_array_size(plain) ? json_dumps(plain, JSON_COMPACT) : NULL;
	const char *dir;
	int err = home_gateway_folder(ses, "taken", &dir);

	randombytes_buf(random, sizeof(random));
	term_hex(name, random, sizeof(random));
	if (!err && text)
		err = file_write(ses, path_of(ses, dir, name, "plain"), 0600, text, strlen(text));
	if (!err)
		err = source_frames_save(ses, path_of(ses, dir, name, "frames"), frames);
	free(text);
	return err;
}

static void
wipe_plain(struct session *ses, const char *dir, const char *name)
{
	const char *path = path_of(ses, dir, name, "plain");
	json_t *mark = access(path, F_OK) ? NULL : json_load_file(path, 0, NULL);
	size_t i;

	for (i = 0; i < json_array_size(mark); i++)
		file_wipe(ses, json_array_get(mark, i));
	if (mark)
		unlink(path);
	json_decref(mark);
}

static int
send_one(struct session *ses, const char *dir, const char *name)
{
	const char *path = path_of(ses, dir, name, "frames");
	struct source_frames frames = { 0 };
	size_t done = 0;
	int err = source_frames_load(ses, path, &frames);

	if (!err)
		err = source_frames_send(ses, &frames, &done);
	if (!err && unlink(path))
		err = session_fail(ses, DAVY_REFUSED, "io", _("%s cannot be removed: %s."),
				   session_s(ses, path), strerror(errno));
	if (!err)
		wipe_plain(ses, dir, name);
	source_frames_free(&frames);
	return err;
}

/* The names without their ending; freed by the caller with the list. */
static size_t
list(const char *dir, char (**names)[17])
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	*names = NULL;
	while (d && (e = readdir(d))) {
		char(*more)[17];

		if (strspn(e->d_name, "0123456789abcdef") != 16 ||
		    strcmp(e->d_name + 16, ".frames") != 0)
			continue;
		more = reallocarray(*names, n + 1, sizeof(*more));
		if (!more)
			break;
		*names = more;
		snprintf((*names)[n++], 17, "%.16s", e->d_name);
	}
	if (d)
		closedir(d);
	return n;
}

int
source_taken_send(struct session *ses, size_t *sent, size_t *left)
{
	char(*names)[17];
	const char *dir;
	size_t n, i;
	int err = home_gateway_path(ses, "taken", &dir);

	*sent = *left = 0;
	n = err ? 0 : list(dir, &names);
	if (!n)
		return err;
	net_close(ses);
	for (i = 0; i < n; i++) {
		if (!send_one(ses, dir, names[i])) {
			++*sent;
			continue;
		}
		++*left;
		session_warn(ses, _("A tip that staff typed still waits, sealed: %s"),
			     session_failure(ses));
		session_forgive(ses);
	}
	net_close(ses);
	free(names);
	return 0;
}
