/*
 * What a store in files has and this one does not: there is no file to look at, to restore or to
 * copy. Its backup is that of its server (docs/postgresql.md).
 */
#include "server/store/pg/pg.h"

#include "crypto/err.h"

#include <errno.h>

static bool
begun(const char *path)
{
	(void)path;
	return true;
}

static bool
held(int dir, const char *path)
{
	(void)dir;
	(void)path;
	return false;
}

static bool
restoring(const char *path)
{
	(void)path;
	return false;
}

static int
restore_mark(const char *path, bool on)
{
	(void)path;
	(void)on;
	errno = ENOTSUP;
	return -1;
}

static int
backup_begin(struct store_backup **out, struct store *s, int fd)
{
	(void)s;
	(void)fd;
	*out = NULL;
	return ERR_DENIED;
}

const struct store_file_ops pg_file_ops = {
	.open = pg_open,
	.begun = begun,
	.held = held,
	.restoring = restoring,
	.restore_mark = restore_mark,
};

const struct store_backup_ops pg_backup_ops = { .begin = backup_begin };
