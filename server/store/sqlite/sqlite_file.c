/*
 * The store's files as the operating system shows them, and the mark beside them. They are checked
 * before SQLite opens them, because SQLite replaces a missing database by an empty one and drops a
 * log that ends too early.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_LEN   100
#define LOCK_AT      0x40000000 /* where SQLite puts its locks, and how many bytes of them */
#define LOCK_LEN     512
#define MARK_LEN     21 /* twenty digits and a newline */
#define MARK_RESTORE "restore under way   \n"

/* Offsets in SQLite's file header; numbers are big-endian. */
enum { AT_PAGE = 16, AT_WRITE_VERSION = 18, AT_SCHEMA = 60, AT_APPLICATION = 68 };

static uint32_t
big_endian(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int
refuse(char why[static STORE_WHY_LEN], int err, const char *text)
{
	snprintf(why, STORE_WHY_LEN, "%s", text);
	return err;
}

/* Bytes of the file with that suffix; 0 where there is none. */
static uint64_t
file_len(const char *path, const char *suffix)
{
	char name[PATH_MAX];
	struct stat st;
	int n = snprintf(name, sizeof(name), "%s%s", path, suffix);
	if (n < 0 || (size_t)n >= sizeof(name) || lstat(name, &st) || !S_ISREG(st.st_mode))
		return 0;
	return (uint64_t)st.st_size;
}

static bool
begun(const char *path)
{
	static const char *const suffix[] = { "", "-wal", "-mark" };
	bool any = false;
	for (size_t i = 0; i < 3; i++) {
		char name[PATH_MAX];
		struct stat st;
		int n = snprintf(name, sizeof(name), "%s%s", path, suffix[i]);
		any = any || (n > 0 && (size_t)n < sizeof(name) && !lstat(name, &st));
	}
	return any;
}

static bool
held(int dir, const char *path)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_AT, .l_len = LOCK_LEN
	};
	int fd = openat(dir, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	bool is = fcntl(fd, F_GETLK, &lock) || lock.l_type != F_UNLCK;
	close(fd);
	return is;
}

/* The first bytes of the database, and its size; ERR_NOT_FOUND, ERR_DENIED, ERR_IO. */
static int
header_read(const char *path, uint8_t head[static HEADER_LEN], uint64_t *size)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT                                       ? ERR_NOT_FOUND
		       : errno == EACCES || errno == EROFS || errno == EPERM ? ERR_DENIED
									     : ERR_IO;
	ssize_t n = fstat(fd, &st) || !S_ISREG(st.st_mode) ? -1 : pread(fd, head, HEADER_LEN, 0);
	close(fd);
	if (n < 0)
		return ERR_IO;
	memset(head + n, 0, HEADER_LEN - (size_t)n);
	*size = (uint64_t)st.st_size;
	return 0;
}

static int
header_check(const uint8_t head[static HEADER_LEN], uint64_t size, bool wal,
	     char why[static STORE_WHY_LEN])
{
	uint32_t schema = big_endian(head + AT_SCHEMA), app = big_endian(head + AT_APPLICATION);
	static const char other[] =
		"the file davylamp.db is no store of davyd: put the store's own file "
		"there, or look at `store` in davyd.conf";
	static const char cut[] =
		"the store was cut short: keep a copy of the folder and restore the last "
		"backup";
	if (size < HEADER_LEN)
		return refuse(why, ERR_IO, cut);
	if (memcmp(head, "SQLite format 3", 16) != 0 || head[AT_PAGE] != DB_PAGE >> 8 ||
	    head[AT_PAGE + 1] != (DB_PAGE & 0xff) || head[AT_WRITE_VERSION] != 2 ||
	    (app && app != DB_APPLICATION) || (!schema && !wal && size > DB_PAGE))
		return refuse(why, ERR_IO, other);
	/* Without a log beside it the file is all there is. With one, a page that was being copied
	 * may end anywhere. */
	return !wal && size % DB_PAGE ? refuse(why, ERR_IO, cut) : 0;
}

int
sqlite_file_check(const char *path, char why[static STORE_WHY_LEN])
{
	uint8_t head[HEADER_LEN];
	uint64_t size = 0, marked = 0, wal = file_len(path, "-wal");
	int mark = sqlite_mark_read(path, &marked);
	int err = header_read(path, head, &size);
	if (mark == ERR_BUSY)
		return refuse(why, ERR_IO,
			      "a restore was begun and did not end: run davyd restore once more");
	if (err == ERR_DENIED)
		return refuse(why, err,
			      "the store cannot be written: the folder and its files belong to the "
			      "vault's user (chown), on a disk that is mounted for writing");
	if (err && err != ERR_NOT_FOUND)
		return refuse(why, err,
			      "the file davylamp.db cannot be read, or is no ordinary file: look "
			      "at the disk, or restore the last backup");
	/* SQLite would make an empty database and drop the log. */
	if (!size && (wal || (!mark && marked)))
		return refuse(why, ERR_IO,
			      "the file davylamp.db is gone or empty, but cases were taken here "
			      "before: put it back, or restore the last backup");
	return size ? header_check(head, size, wal != 0, why) : 0;
}

/* ---- the mark ---- */

static int
mark_name(char name[static PATH_MAX], const char *path)
{
	int n = snprintf(name, PATH_MAX, "%s-mark", path);
	return n < 0 || n >= PATH_MAX ? ERR_RANGE : 0;
}

int
sqlite_mark_read(const char *path, uint64_t *place)
{
	char name[PATH_MAX], text[MARK_LEN + 1] = "";
	*place = 0;
	if (mark_name(name, path))
		return ERR_RANGE;
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	ssize_t n = read(fd, text, MARK_LEN);
	close(fd);
	if (n == MARK_LEN && !memcmp(text, MARK_RESTORE, MARK_LEN))
		return ERR_BUSY;
	/* A power failure soon after the file was made leaves it empty or full of zeros. */
	if (n != MARK_LEN || strspn(text, "0123456789") != MARK_LEN - 1)
		return ERR_FORMAT;
	*place = strtoull(text, NULL, 10);
	return 0;
}

static bool
restoring(const char *path)
{
	uint64_t place;
	return sqlite_mark_read(path, &place) == ERR_BUSY;
}

static int
restore_mark(const char *path, bool on)
{
	char name[PATH_MAX];
	if (mark_name(name, path))
		return -1;
	if (!on)
		return unlink(name);
	int fd = sqlite_mark_open(path);
	if (fd < 0)
		return -1;
	sqlite_mark_put(fd, DB_MARK_RESTORE);
	int rc = fsync(fd) || !restoring(path) ? -1 : 0;
	close(fd);
	return rc;
}

int
sqlite_mark_open(const char *path)
{
	char name[PATH_MAX];
	if (mark_name(name, path))
		return -1;
	return open(name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}

void
sqlite_mark_put(int fd, uint64_t place)
{
	char text[MARK_LEN + 1];
	if (fd < 0)
		return;
	if (place == DB_MARK_RESTORE)
		memcpy(text, MARK_RESTORE, sizeof(text));
	else
		snprintf(text, sizeof(text), "%020llu\n", (unsigned long long)place);
	/* A mark that could not be written is behind the store, which is harmless. */
	ssize_t n = pwrite(fd, text, MARK_LEN, 0);
	(void)n;
}

const struct store_file_ops sqlite_file_ops = {
	.open = sqlite_open,
	.begun = begun,
	.held = held,
	.restoring = restoring,
	.restore_mark = restore_mark,
	.backup_check = sqlite_backup_check,
};
