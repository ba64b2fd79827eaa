/* Starts davylamp-db, with nothing of davyd's but one socket; see db.h. */
#include "server/parent/db.h"

#include "crypto/err.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROGRAM "davylamp-db"

/* The program that lies beside this one. */
static int
find(char path[static PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	if (n <= 0)
		return ERR_IO;
	path[n] = 0;
	char *name = strrchr(path, '/');
	size_t at = name ? (size_t)(name + 1 - path) : 0;
	if (at + sizeof(PROGRAM) > PATH_MAX)
		return ERR_RANGE;
	memcpy(path + at, PROGRAM, sizeof(PROGRAM));
	return access(path, X_OK) ? ERR_NOT_FOUND : 0;
}

/* In the child. It has no right, no environment and no descriptor but the log and its socket. */
static _Noreturn void
become(const struct conf *conf, const char *path, int sock, bool copy)
{
	char fd[16], standbys[16];
	char *const argv[] = { (char *)(uintptr_t)PROGRAM,
			       (char *)(uintptr_t) "--keeper",
			       fd,
			       (char *)(uintptr_t) "--standbys",
			       standbys,
			       (char *)(uintptr_t)(copy ? "--copy" : conf->db),
			       copy ? (char *)(uintptr_t)conf->db : NULL,
			       NULL };
	char *const envp[] = { NULL };
	sigset_t none;
	const struct conf_user *u = &conf->db_user;
	snprintf(fd, sizeof(fd), "%d", 3);
	snprintf(standbys, sizeof(standbys), "%u", conf->store_standbys);
	/* A service manager signals the whole group; this one ends when davyd has. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (sock == 3 ? fcntl(3, F_SETFD, 0) : dup2(sock, 3) < 0)
		_exit(1);
	close_range(4, ~0u, 0);
	if (chdir("/"))
		_exit(1);
	if (geteuid() == 0 && (setgroups(0, NULL) || setresgid(u->gid, u->gid, u->gid) ||
			       setresuid(u->uid, u->uid, u->uid)))
		_exit(1);
	if (!prctl(PR_SET_PDEATHSIG, SIGKILL))
		execve(path, argv, envp);
	_exit(127);
}

int
parent_db_start(struct parent_db *db, const struct conf *conf, bool copy,
		char why[static CONF_WHY_LEN])
{
	char path[PATH_MAX];
	int sv[2];
	*db = (struct parent_db){ .sock = -1 };
	if (!conf->db[0])
		return 0;
	if (find(path)) {
		snprintf(
			why, CONF_WHY_LEN,
			"store: a store on a PostgreSQL server needs davylamp-db beside davyd: install "
			"the package davylamp-db");
		return ERR_NOT_FOUND;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv)) {
		snprintf(why, CONF_WHY_LEN, "no socket pair: %s", strerror(errno));
		return ERR_IO;
	}
	db->pid = fork();
	if (!db->pid)
		become(conf, path, sv[1], copy);
	close(sv[1]);
	if (db->pid < 0) {
		close(sv[0]);
		snprintf(why, CONF_WHY_LEN, "no process: %s", strerror(errno));
		return ERR_IO;
	}
	db->sock = sv[0]; /* transferred */
	return 0;
}
