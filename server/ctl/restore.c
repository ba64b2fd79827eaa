/*
 * davyd restore: a backup becomes the store. The store that was there is moved to a folder old-N
 * beside it and is never deleted. While files are moved the store's mark says so, and a vault
 * refuses to start.
 */
#include "server/ctl/ctl.h"
#include "server/ctl/backup_file.h"
#include "server/ctl/commands.h"

#include "crypto/err.h"
#include "server/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DB      "davylamp.db"
#define NEW     "davylamp.restore"
#define OLD_MAX 1000
#define STEP    (1 << 20)

static int
complain(const char *what)
{
	fprintf(stderr, "davyd: %s: %s\n", what, strerror(errno));
	return 1;
}

static int
gateway_stopped(const struct conf *conf, int dir)
{
	if (!ctl_runs(conf) && !store_held(dir, DB))
		return 0;
	fprintf(stderr, "davyd: the gateway is running: stop it first\n");
	return 1;
}

/* Copies the backup into the store's folder and syncs it; it gets the owner of the folder. */
static int
bring(int dir, int from)
{
	static uint8_t bytes[STEP];
	struct stat st;
	off_t at = 0;
	unlinkat(dir, NEW, 0);
	int to = openat(dir, NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (to < 0)
		return complain("cannot write into the folder of the store");
	ssize_t n = 1;
	while (n > 0 && (n = pread(from, bytes, sizeof(bytes), at)) > 0) {
		at += n;
		for (ssize_t put = 0, k; put < n; put += k)
			if ((k = write(to, bytes + put, (size_t)(n - put))) <= 0) {
				n = -1;
				break;
			}
	}
	int rc = n < 0 || fstat(dir, &st) || (geteuid() == 0 && fchown(to, st.st_uid, st.st_gid)) ||
		 fsync(to);
	if (rc) {
		complain("cannot copy the backup to the store's folder; nothing was changed");
		unlinkat(dir, NEW, 0);
	}
	close(to);
	return rc ? 1 : 0;
}

/*
 * Makes a folder for the store that is replaced. Its number, 0 where there is no store to keep, or
 * -1.
 */
static int
old_folder(int dir, char name[static 16])
{
	if (!store_begun(DB))
		return 0;
	for (int i = 1; i < OLD_MAX; i++) {
		snprintf(name, 16, "old-%d", i);
		if (!mkdirat(dir, name, 0700))
			return i;
		if (errno != EEXIST)
			break;
	}
	complain("cannot make a folder for the old store");
	return -1;
}

static int
move(int dir, const char *old, const char *suffix)
{
	char from[32], to[64];
	snprintf(from, sizeof(from), DB "%s", suffix);
	snprintf(to, sizeof(to), "%s/" DB "%s", old, suffix);
	return renameat(dir, from, dir, to) && errno != ENOENT ? -1 : 0;
}

/* Moves the old store aside and the new one into place. The working folder is the store's. */
static int
exchange(int dir)
{
	char old[16] = "";
	int number = old_folder(dir, old);
	if (number < 0)
		return 1;
	if (number && !store_restoring(DB) && move(dir, old, "-mark"))
		return complain("cannot move the old store aside");
	if (store_restore_mark(DB, true) || fsync(dir))
		return complain("cannot write the mark");
	if (number && (move(dir, old, "-wal") || move(dir, old, "")))
		return complain("cannot move the old store aside: run davyd restore once more");
	if (renameat(dir, NEW, dir, DB) || fsync(dir) || store_restore_mark(DB, false) ||
	    fsync(dir))
		return complain("cannot put the new store in place: run davyd restore once more");
	if (number)
		printf("the store that was there is kept in %s beside it\n", old);
	return 0;
}

int
restore_main(int argc, char **argv)
{
	static struct conf conf;
	uint8_t gateway[KEY_ID_LEN];
	const char *arg;
	struct stat st;
	int dir = -1, rc = backup_file_options(&conf, gateway, &arg, argc, argv);
	if (rc >= 0)
		return rc;
	int from = open(arg, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (from < 0 || fstat(from, &st) || !S_ISREG(st.st_mode)) {
		fprintf(stderr, "davyd: cannot read %s: %s\n", arg,
			from < 0 ? strerror(errno) : "no file");
		rc = 1;
		goto out;
	}
	rc = 1;
	if (!mkdir(conf.store, 0700)) {
		if (geteuid() == 0 && chown(conf.store, conf.vault_user.uid, conf.vault_user.gid)) {
			complain("cannot give the folder of the store to the vault's user");
			goto out;
		}
	} else if (errno != EEXIST) {
		complain(conf.store);
		goto out;
	}
	dir = open(conf.store, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0) {
		complain(conf.store);
		goto out;
	}
	rc = gateway_stopped(&conf, dir);
	if (!rc)
		rc = backup_file_check(&conf, gateway, from, false, arg);
	if (!rc)
		rc = bring(dir, from);
	if (!rc)
		rc = fchdir(dir) ? complain(conf.store) : exchange(dir);
	if (!rc)
		printf("restored from %s; start the gateway\n", arg);
out:
	if (dir >= 0)
		close(dir);
	if (from >= 0)
		close(from);
	return rc;
}
