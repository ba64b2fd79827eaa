#include "server/sandbox.h"

#include "server/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/sandbox_calls.h"

static void
limit(int what, rlim_t n, const char *name)
{
	struct rlimit now, r = { n, n };
	if (!getrlimit((__rlimit_resource_t)what, &now) && now.rlim_max < n)
		r = (struct rlimit){ now.rlim_max, now.rlim_max };
	if (setrlimit((__rlimit_resource_t)what, &r))
		log_fatal("event=limit-failed limit=%s errno=%d", name, errno);
}

static void
become(const struct conf_user *u)
{
	if (setgroups(0, NULL) || setresgid(u->gid, u->gid, u->gid) ||
	    setresuid(u->uid, u->uid, u->uid))
		log_fatal("event=user-failed user=%s errno=%d", u->name, errno);
	if (setuid(0) == 0 || getuid() != u->uid || geteuid() != u->uid)
		log_fatal("event=user-kept user=%s", u->name);
}

void
sandbox_drop(const struct sandbox *s)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_DUMPABLE, 0))
		log_fatal("event=prctl-failed errno=%d", errno);
	limit(RLIMIT_CORE, 0, "core");
	limit(RLIMIT_NOFILE, s->files, "nofile");
	if (s->root && chdir(s->root))
		log_fatal("event=root-failed errno=%d", errno);
	if (geteuid() == 0) {
		if (s->root && chroot("."))
			log_fatal("event=root-failed errno=%d", errno);
		become(s->user);
	}
	/* Counted by user: other programs of an ordinary user would trip over it, seccomp denies fork anyway. */
	if (s->user && geteuid() == s->user->uid)
		limit(RLIMIT_NPROC, 0, "nproc");
	/* A change of user sets these again. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_DUMPABLE, 0))
		log_fatal("event=prctl-failed errno=%d", errno);
}

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#define LL_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define LL_NET_ALL   3ULL         /* ABI 4: bind and connect over TCP */
#define LL_SCOPE_ALL 3ULL         /* ABI 6: abstract sockets, signals */
#define LL_FS_ABI1   ((1ULL << 13) - 1)
#define LL_WRITE                                                                      \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |               \
	 LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                  \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)

/* As the newest kernels have it; older ones are told a shorter length. */
struct ll_attr {
	uint64_t fs, net, scope;
};

static void
landlock_enter(const struct sandbox *s)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1) {
		log_warn("event=no-landlock text=\"this kernel has no Landlock; seccomp alone "
			 "stands\"");
		return;
	}
	struct ll_attr attr = { .fs = LL_FS_ABI1 };
	if (abi >= 2)
		attr.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		attr.fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 4)
		attr.net = LL_NET_ALL;
	if (abi >= 5)
		attr.fs |= LL_IOCTL_DEV;
	if (abi >= 6)
		attr.scope = LL_SCOPE_ALL;
	size_t len = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	int set = (int)syscall(SYS_landlock_create_ruleset, &attr, len, 0);
	if (set < 0)
		log_fatal("event=landlock-failed errno=%d", errno);
	if (s->write) {
		int dir = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		struct landlock_path_beneath_attr beneath = { .allowed_access = LL_WRITE & attr.fs,
							      .parent_fd = dir };
		if (dir < 0 ||
		    syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0))
			log_fatal("event=landlock-failed errno=%d", errno);
		close(dir);
	}
	if (syscall(SYS_landlock_restrict_self, set, 0))
		log_fatal("event=landlock-failed errno=%d", errno);
	close(set);
}

void
sandbox_enter(const struct sandbox *s)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_fatal("event=no-new-privs-failed errno=%d", errno);
	landlock_enter(s);
	sandbox_calls(s->role);
}

void
sandbox_parent(const struct conf *conf)
{
	(void)conf;
	limit(RLIMIT_CORE, 0, "core");
	if (prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_fatal("event=prctl-failed errno=%d", errno);
}
