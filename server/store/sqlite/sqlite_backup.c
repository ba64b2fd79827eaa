/*
 * Copies of the store. The running vault makes one through its only connection, some pages a turn;
 * what it writes meanwhile goes into the copy as well. It cannot open a file outside its folder, so
 * the operator passes an open descriptor, and SQLite gets it as a file system of one file. A copy
 * is also checked through it, as a database without a log.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FD_VFS "davylamp-fd"

/* ---- a file system of one file ---- */

struct fd_file {
	sqlite3_file base;
	int fd;
	bool copy; /* open for reading, and the header that SQLite sees says that there is no log */
};

struct fd_vfs {
	sqlite3_vfs vfs;
	int fd;
	bool copy;
};

static int
fd_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int
fd_read(sqlite3_file *f, void *dst, int len, sqlite3_int64 at)
{
	const struct fd_file *file = (const struct fd_file *)f;
	uint8_t *to = dst;
	ssize_t n = 1;
	int got = 0;
	while (got < len && n > 0) {
		n = pread(file->fd, to + got, (size_t)(len - got), at + got);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			got += (int)n;
	}
	if (n < 0)
		return SQLITE_IOERR_READ;
	/* Bytes 18 and 19 say that a write-ahead log lies beside the file: a copy has none. */
	for (int i = 18; file->copy && i < 20; i++)
		if (at <= i && i < at + got && to[i - at] == 2)
			to[i - at] = 1;
	memset(to + got, 0, (size_t)(len - got));
	return got == len ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
fd_write(sqlite3_file *f, const void *src, int len, sqlite3_int64 at)
{
	const struct fd_file *file = (const struct fd_file *)f;
	const uint8_t *from = src;
	for (int put = 0; put < len;) {
		ssize_t n = pwrite(file->fd, from + put, (size_t)(len - put), at + put);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 && errno != ENOSPC && errno != EDQUOT && errno != EFBIG
				       ? SQLITE_IOERR_WRITE
				       : SQLITE_FULL;
		put += (int)n;
	}
	return SQLITE_OK;
}

static int
fd_truncate(sqlite3_file *f, sqlite3_int64 len)
{
	return ftruncate(((const struct fd_file *)f)->fd, len) ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

/* `davyd backup`, which opened the descriptor, syncs it: the vault has to serve meanwhile. */
static int
fd_sync(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	return SQLITE_OK;
}

static int
fd_size(sqlite3_file *f, sqlite3_int64 *len)
{
	struct stat st;
	if (fstat(((const struct fd_file *)f)->fd, &st))
		return SQLITE_IOERR_FSTAT;
	*len = st.st_size;
	return SQLITE_OK;
}

static int
fd_lock(sqlite3_file *f, int how)
{
	(void)f;
	(void)how;
	return SQLITE_OK;
}

static int
fd_locked(sqlite3_file *f, int *is)
{
	(void)f;
	*is = 0;
	return SQLITE_OK;
}

static int
fd_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
fd_none(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static int
vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out)
{
	static const sqlite3_io_methods methods = { .iVersion = 1,
						    .xClose = fd_close,
						    .xRead = fd_read,
						    .xWrite = fd_write,
						    .xTruncate = fd_truncate,
						    .xSync = fd_sync,
						    .xFileSize = fd_size,
						    .xLock = fd_lock,
						    .xUnlock = fd_lock,
						    .xCheckReservedLock = fd_locked,
						    .xFileControl = fd_control,
						    .xSectorSize = fd_none,
						    .xDeviceCharacteristics = fd_none };
	const struct fd_vfs *v = (const struct fd_vfs *)(const void *)vfs;
	struct fd_file *file = (struct fd_file *)f;
	(void)name;
	f->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	*file = (struct fd_file){ .base = { &methods }, .fd = v->fd, .copy = v->copy };
	if (out)
		*out = flags;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_OK;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *is)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*is = 0;
	return SQLITE_OK;
}

static int
vfs_path(sqlite3_vfs *vfs, const char *name, int cap, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)cap, "%s", name);
	return SQLITE_OK;
}

/* Opens what lies behind fd. The file system lives as long as the connection. */
static int
fd_open(sqlite3 **db, struct fd_vfs *v, int fd, bool copy)
{
	const sqlite3_vfs *os = sqlite3_vfs_find(NULL);
	*db = NULL;
	if (!os)
		return ERR_INTERNAL;
	*v = (struct fd_vfs){ .vfs = *os, .fd = fd, .copy = copy };
	v->vfs.iVersion = 2; /* version 3 would need a table of system calls */
	v->vfs.pNext = NULL;
	v->vfs.zName = FD_VFS;
	v->vfs.szOsFile = (int)sizeof(struct fd_file);
	v->vfs.xOpen = vfs_open;
	v->vfs.xDelete = vfs_delete;
	v->vfs.xAccess = vfs_access;
	v->vfs.xFullPathname = vfs_path;
	if (sqlite3_vfs_register(&v->vfs, 0))
		return ERR_MEM;
	int rc = sqlite3_open_v2("copy", db,
				 (copy ? SQLITE_OPEN_READONLY
				       : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
					 SQLITE_OPEN_NOMUTEX,
				 FD_VFS);
	return sqlite_err(rc);
}

static void
fd_end(sqlite3 *db, struct fd_vfs *v)
{
	sqlite3_close(db);
	if (v->vfs.zName)
		sqlite3_vfs_unregister(&v->vfs);
}

/* ---- making one ---- */

struct sqlite_backup {
	struct store_backup backup;
	struct fd_vfs vfs;
	sqlite3 *db;
	sqlite3_backup *copy;
};

static struct sqlite_backup *
backup_of(struct store_backup *b)
{
	return (struct sqlite_backup *)(void *)b;
}

static void
copy_free(struct store_backup *backup)
{
	struct sqlite_backup *b = backup_of(backup);
	sqlite3_backup_finish(b->copy);
	fd_end(b->db, &b->vfs);
	free(b);
}

static int
copy_begin(struct store_backup **out, struct store *store, int fd)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_backup *b = calloc(1, sizeof(*b));
	*out = NULL;
	if (!b)
		return ERR_MEM;
	b->backup.ops = &sqlite_backup_ops;
	int err = fd_open(&b->db, &b->vfs, fd, false);
	if (!err)
		err = sqlite_err(sqlite3_exec(b->db,
					      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
					      "PRAGMA cache_size = -1024",
					      NULL, NULL, NULL));
	if (!err) {
		b->copy = sqlite3_backup_init(b->db, "main", s->db, "main");
		err = b->copy ? 0 : ERR_MEM;
	}
	if (err) {
		copy_free(&b->backup);
		return err;
	}
	*out = &b->backup; /* transferred */
	return 0;
}

static int
copy_step(struct store_backup *backup, int pages)
{
	struct sqlite_backup *b = backup_of(backup);
	int rc = sqlite3_backup_step(b->copy, pages);
	if (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return 1;
	int err = rc == SQLITE_DONE ? 0 : sqlite_err(rc);
	rc = sqlite3_backup_finish(b->copy);
	b->copy = NULL;
	return err ? err : sqlite_err(rc);
}

static unsigned
copy_left(const struct store_backup *backup, unsigned *total)
{
	const struct sqlite_backup *b = (const struct sqlite_backup *)(const void *)backup;
	*total = b->copy ? (unsigned)sqlite3_backup_pagecount(b->copy) : 0;
	return b->copy ? (unsigned)sqlite3_backup_remaining(b->copy) : 0;
}

const struct store_backup_ops sqlite_backup_ops = {
	.begin = copy_begin,
	.step = copy_step,
	.left = copy_left,
	.free = copy_free,
};

/* ---- looking at one ---- */

static int
wrong(char why[static STORE_WHY_LEN], const char *text)
{
	snprintf(why, STORE_WHY_LEN, "%s", text);
	return ERR_IO;
}

static int
copy_whole(sqlite3 *db, char why[static STORE_WHY_LEN])
{
	char text[STORE_WHY_LEN];
	if (sqlite_sums_add(db))
		return wrong(why, "it cannot be opened");
	if (sqlite_whole(db, text)) {
		snprintf(why, STORE_WHY_LEN, "it is damaged (%.120s)", text);
		return ERR_IO;
	}
	return sqlite_bytes_check(db, why);
}

static int
copy_own(sqlite3 *db, const uint8_t gateway[static KEY_ID_LEN], char why[static STORE_WHY_LEN])
{
	sqlite3_stmt *st;
	int64_t schema = sqlite_number(db, "PRAGMA user_version", -1);
	int64_t app = sqlite_number(db, "PRAGMA application_id", -1);
	if (schema < 0 || app < 0)
		return wrong(why, "it is damaged");
	if (schema < 1 || (schema > 1 && app != (int64_t)DB_APPLICATION))
		return wrong(why, "it is no store of davyd");
	if (schema > DB_SCHEMA)
		return wrong(why, "a newer davyd made it: install that one");
	if (schema < DB_SCHEMA)
		return wrong(why, "an older davyd made it: install that one");
	uint8_t id[KEY_ID_LEN] = { 0 };
	int err = sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE name = 'gateway'", -1, &st,
				     NULL) ||
				  sqlite3_step(st) != SQLITE_ROW ||
				  sqlite_blob(st, 0, id, sizeof(id))
			  ? ERR_IO
			  : 0;
	sqlite3_finalize(st);
	if (err)
		return wrong(why, "it does not say whose it is");
	return memcmp(id, gateway, sizeof(id)) ? wrong(why, "it belongs to another gateway") : 0;
}

int
sqlite_backup_check(int fd, const uint8_t gateway[static KEY_ID_LEN],
		    char why[static STORE_WHY_LEN])
{
	struct fd_vfs v = { .fd = -1 };
	struct stat st;
	uint8_t head[16] = { 0 };
	sqlite3 *db = NULL;
	int err = ERR_IO;
	if (fstat(fd, &st) || pread(fd, head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head, "SQLite format 3", sizeof(head)) != 0)
		return wrong(why, "it is no store of davyd");
	if (st.st_size % DB_PAGE)
		return wrong(why, "it was cut short");
	if (fd_open(&db, &v, fd, true))
		wrong(why, "it cannot be opened");
	else
		err = copy_own(db, gateway, why);
	if (!err)
		err = copy_whole(db, why);
	fd_end(db, &v);
	return err;
}
