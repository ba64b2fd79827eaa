/* davyd backup: a copy of the store, made by the running vault or, where none runs, here. */
#include "server/ctl/backup.h"
#include "server/ctl/ctl.h"
#include "server/ctl/backup_file.h"
#include "server/ctl/commands.h"

#include "crypto/err.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 200

/* 0 done, 1 failed with a sentence, -1 no gateway runs. */
static int
backup_running(const struct conf *conf, int file)
{
	char said[IPC_CONTROL_MAX] = "";
	int fd = ctl_connect(conf);
	if (fd < 0 && errno != EACCES && errno != EPERM)
		return -1;
	if (fd < 0) {
		fprintf(stderr,
			"davyd: %s belongs to somebody else: be root or the gateway's user\n",
			conf->control);
		return 1;
	}
	int err = ctl_backup(fd, file, said);
	while (!err && !strncmp(said, "backup running", 14)) {
		poll(NULL, 0, POLL_MS);
		err = ctl_question(fd, IPC_ASK_BACKUP, 0, said);
	}
	close(fd);
	said[strcspn(said, "\n")] = 0;
	if (!err && !strcmp(said, "backup done"))
		return 0;
	if (err || !strcmp(said, "backup none"))
		fprintf(stderr,
			"davyd: the gateway ended or its vault was started again: run davyd backup "
			"once more\n");
	else
		fprintf(stderr, "davyd: the gateway says: %s\n", said);
	return 1;
}

/* Tells the running gateway whether the copy that it made is a whole backup, for its log and its
 * status. */
static void
backup_tell(const struct conf *conf, bool whole)
{
	char said[IPC_CONTROL_MAX];
	int fd = ctl_connect(conf);
	if (fd < 0)
		return;
	if (ctl_question(fd, IPC_ASK_KEPT, whole, said))
		fprintf(stderr, "davyd: the gateway could not note this backup\n");
	close(fd);
}

/* DIR becomes a file in it that says its day and minute; false where that is too long. */
static bool
backup_name(char name[static PATH_MAX], const char *arg)
{
	struct stat st;
	struct tm tm;
	char when[32];
	time_t now = time(NULL);
	int n;
	if (stat(arg, &st) || !S_ISDIR(st.st_mode) || !gmtime_r(&now, &tm)) {
		n = snprintf(name, PATH_MAX, "%s", arg);
	} else {
		strftime(when, sizeof(when), "%Y%m%d-%H%M", &tm);
		n = snprintf(name, PATH_MAX, "%s/davylamp-%s.db", arg, when);
	}
	return n > 0 && n < PATH_MAX - 8;
}

/* Renames the finished copy to its real name; an existing file is never replaced. */
static int
backup_finish(int fd, const char *part, const char *name)
{
	int rc = fsync(fd);
	if (!rc)
		rc = link(part, name);
	if (!rc)
		rc = unlink(part) || backup_file_sync_folder(name);
	if (rc)
		fprintf(stderr, "davyd: cannot finish %s: %s\n", name, strerror(errno));
	return rc ? 1 : 0;
}

int
backup_copy(const struct conf *conf, const uint8_t gateway[static KEY_ID_LEN], int fd,
	    const char *name)
{
	int rc = backup_running(conf, fd);
	bool copied = rc == 0;
	if (rc <= 0)
		rc = backup_file_check(conf, gateway, fd, rc < 0, name);
	if (copied)
		backup_tell(conf, !rc);
	return rc;
}

int
backup_main(int argc, char **argv)
{
	static struct conf conf;
	char name[PATH_MAX], part[PATH_MAX + 8];
	uint8_t gateway[KEY_ID_LEN];
	const char *arg;
	struct stat st;
	int rc = backup_file_options(&conf, gateway, &arg, argc, argv);
	if (rc >= 0)
		return rc;
	if (!arg)
		return backup_full(&conf, gateway);
	if (!backup_name(name, arg)) {
		fprintf(stderr, "davyd: that name is too long\n");
		return 1;
	}
	snprintf(part, sizeof(part), "%s.part", name);
	if (!lstat(name, &st)) {
		fprintf(stderr, "davyd: %s is there already: nothing is overwritten\n", name);
		return 1;
	}
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		fprintf(stderr, "davyd: cannot make %s: %s\n", part,
			errno == EEXIST ? "it is left from a backup that did not end: remove it"
					: strerror(errno));
		return 1;
	}
	rc = backup_copy(&conf, gateway, fd, name);
	if (!rc)
		rc = backup_finish(fd, part, name);
	if (rc)
		unlink(part);
	else if (!fstat(fd, &st))
		printf("the store is in %s, %lld MiB, whole and synced\n"
		       "gateway.key is not in it: keep a copy of that elsewhere\n",
		       name, (long long)(st.st_size >> 20) + 1);
	close(fd);
	return rc;
}
