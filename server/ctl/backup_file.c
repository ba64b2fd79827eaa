/*
 * Checks and copies that `davyd backup` and `davyd restore` share. A backup comes from outside, so
 * it is read in a sandboxed process.
 */
#include "server/ctl/backup_file.h"
#include "server/ctl/ctl.h"

#include "crypto/err.h"
#include "crypto/secret.h"
#include "server/base/sandbox.h"
#include "server/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int
backup_file_options(struct conf *conf, uint8_t gateway[static KEY_ID_LEN], const char **arg,
		    int argc, char **argv)
{
	bool full = argc > 1 && !strcmp(argv[1], "--full") && !strcmp(argv[0], "backup");
	if (full)
		argv[1] = argv[0];
	const char *path = conf_option(argc - full, argv + full);
	char why[CONF_WHY_LEN] = "";
	if (!path)
		return 2;
	if (optind + (full ? 0 : 1) != argc - full) {
		fprintf(stderr, "usage: davyd %s [-c FILE] %s\n", argv[0],
			strcmp(argv[0], "backup") ? "BACKUP"
						  : "DIR|FILE, or davyd backup --full [-c FILE]");
		return 2;
	}
	*arg = full ? NULL : argv[optind];
	struct conf_keys *keys = secret_alloc(sizeof(*keys));
	int err = conf_read(conf, path, why);
	if (!err)
		err = keys ? conf_keys_read(keys, conf, why) : ERR_MEM;
	if (err)
		fprintf(stderr, "davyd: %s\n", why[0] ? why : err_text(err));
	else
		memcpy(gateway, keys->card.id, KEY_ID_LEN);
	secret_free(keys);
	return err || ctl_on_server(conf) ? 1 : -1;
}

/* Copies the store of a gateway that does not run into fd. */
static int
backup_file_store(int fd)
{
	char why[STORE_WHY_LEN] = "";
	struct store *store = NULL;
	struct store_backup *b = NULL;
	int rc = 1, err = store_open(&store, "davylamp.db", why);
	if (!err)
		err = store_backup_begin(&b, store, fd);
	while (!err && rc > 0) {
		rc = store_backup_step(b, 256);
		err = rc < 0 ? rc : 0;
	}
	store_backup_free(b);
	store_close(store);
	if (err)
		fprintf(stderr, "davyd: %s\n", why[0] ? why : err_text(err));
	return err;
}

static _Noreturn void
backup_file_child(struct conf *conf, const uint8_t gateway[static KEY_ID_LEN], int fd,
		  bool from_store, const char *name)
{
	char why[STORE_WHY_LEN] = "";
	struct stat st;
	if (chdir(conf->store) || stat(".", &st)) {
		fprintf(stderr, "davyd: cannot enter %s: %s\n", conf->store, strerror(errno));
		_exit(1);
	}
	if (geteuid() != 0 || st.st_uid != 0) {
		conf->vault_user = (struct conf_user){ "owner", st.st_uid, st.st_gid };
		sandbox_drop(SANDBOX_CHECK, conf);
	}
	sandbox_enter(SANDBOX_CHECK, conf);
	if (from_store && backup_file_store(fd))
		_exit(1);
	if (store_backup_check(fd, gateway, why)) {
		fprintf(stderr, "davyd: %s: %s\n", name, why);
		_exit(1);
	}
	_exit(0);
}

int
backup_file_check(const struct conf *conf, const uint8_t gateway[static KEY_ID_LEN], int fd,
		  bool from_store, const char *name)
{
	static struct conf own;
	int status;
	own = *conf;
	pid_t pid = fork();
	if (pid == 0)
		backup_file_child(&own, gateway, fd, from_store, name);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		fprintf(stderr, "davyd: cannot start a process: %s\n", strerror(errno));
		return 1;
	}
	if (WIFSIGNALED(status))
		fprintf(stderr, "davyd: looking at %s ended with signal %d\n", name,
			WTERMSIG(status));
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

int
backup_file_sync_folder(const char *file)
{
	char dir[PATH_MAX];
	snprintf(dir, sizeof(dir), "%s", file);
	char *slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = 0;
	int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) ? -1 : 0;
	if (fd >= 0)
		close(fd);
	return rc;
}
