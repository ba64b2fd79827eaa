#include "server/sandbox.h"

#include "server/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
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

/* Sanitizers read /proc, trace and map as they like: in such a build, which nobody ships, users and limits alone stand. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* A folder, and what may be done beneath it. */
struct ll_rule {
	const char *path;
	uint64_t access;
};

static void
landlock_enter(const struct ll_rule *rule, size_t cnt)
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
	for (size_t i = 0; i < cnt; i++) {
		int dir = open(rule[i].path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		struct landlock_path_beneath_attr beneath = {
			.allowed_access = rule[i].access & attr.fs, .parent_fd = dir
		};
		if (dir < 0 ||
		    syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0))
			log_fatal("event=landlock-failed errno=%d path=%s", errno, rule[i].path);
		close(dir);
	}
	if (syscall(SYS_landlock_restrict_self, set, 0))
		log_fatal("event=landlock-failed errno=%d", errno);
	close(set);
}

void
sandbox_enter(const struct sandbox *s)
{
	const struct ll_rule rule = { ".", LL_WRITE };
	if (SANITIZED)
		return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_fatal("event=no-new-privs-failed errno=%d", errno);
	landlock_enter(&rule, s->write ? 1 : 0);
	sandbox_calls(s->role);
}

/* Of root's powers those that the parent uses: other users for its children, their root folder, signals to them, its own files. */
static void
keep_powers(void)
{
	static const unsigned kept[] = { CAP_SETUID, CAP_SETGID, CAP_SYS_CHROOT, CAP_KILL,
					 CAP_DAC_OVERRIDE };
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };
	uint64_t mask = 0;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		mask |= 1ull << kept[i];
	for (unsigned cap = 0; cap < 64; cap++)
		if (!(mask >> cap & 1))
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	for (int i = 0; i < 2; i++)
		data[i].permitted = data[i].effective = (uint32_t)(mask >> (32 * i));
	if (syscall(SYS_capset, &head, data))
		log_fatal("event=powers-kept errno=%d", errno);
}

/* The folder of a file; "" stays "". */
static void
folder_of(char dst[static PATH_MAX], const char *file)
{
	snprintf(dst, PATH_MAX, "%s", file);
	char *slash = strrchr(dst, '/');
	if (slash)
		slash[slash == dst] = 0;
}

void
sandbox_parent(const struct conf *conf)
{
	struct ll_rule rule[5 + CONF_LISTEN_MAX];
	char path[4 + CONF_LISTEN_MAX][PATH_MAX];
	size_t cnt = 0, at = 0;
	const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	const char *const read[] = { conf->page, conf->tls_cert, conf->tls_key };
	if (SANITIZED)
		return;
	limit(RLIMIT_CORE, 0, "core");
	if (prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_fatal("event=prctl-failed errno=%d", errno);
	rule[cnt++] = (struct ll_rule){ conf->store, LL_WRITE };
	for (size_t i = 0; i < 3; i++) {
		folder_of(path[at], read[i]);
		if (path[at][0] && !access(path[at], F_OK))
			rule[cnt++] = (struct ll_rule){ path[at++], reading };
	}
	/* Socket files are taken away at the end. */
	folder_of(path[at], conf->control);
	rule[cnt++] = (struct ll_rule){ path[at++], LANDLOCK_ACCESS_FS_REMOVE_FILE };
	for (size_t i = 0; i < conf->listen_cnt; i++) {
		const struct sockaddr_un *un = (const struct sockaddr_un *)&conf->listen[i].addr;
		if (un->sun_family != AF_UNIX)
			continue;
		folder_of(path[at], un->sun_path);
		rule[cnt++] = (struct ll_rule){ path[at++], LANDLOCK_ACCESS_FS_REMOVE_FILE };
	}
	if (geteuid() == 0)
		keep_powers();
	landlock_enter(rule, cnt);
	sandbox_calls(IPC_PARENT);
}
