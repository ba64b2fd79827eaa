/*
 * The sandbox of each role: user, root folder, limits, capabilities and Landlock, in one table.
 * The system calls stand in sandbox_calls.c.
 */
#include "server/base/sandbox.h"

#include "server/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/base/sandbox_calls.h"

/*
 * A property of the build, not of a test: the run-time part of a sanitizer reads /proc, traces and
 * maps memory, which the system call filter and Landlock would end at once. In such a build, which
 * nobody ships, only users and limits confine a process. SANITIZE= in the Makefile is the only way
 * to get one, and tests/sandbox runs on the build without it.
 */
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
#define LL_READ      (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LL_TIDY      LANDLOCK_ACCESS_FS_REMOVE_FILE
#define LL_WRITE                                                                                   \
	(LL_READ | LL_TIDY | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |         \
	 LANDLOCK_ACCESS_FS_TRUNCATE)

/* The member of struct conf that holds the value of a column. */
#define CONF(member) offsetof(struct conf, member)
#define NOWHERE      SIZE_MAX

/* Files that a role reaches by name. */
struct reach {
	enum { REACH_NONE, REACH_HERE, REACH_FOLDER, REACH_BESIDE, REACH_SOCKETS } what;
	size_t path; /* REACH_FOLDER: this folder; REACH_BESIDE: the folder in which this file lies
		      */
	uint64_t access; /* beneath that folder */
};
#define REACH_MAX 6

/* The table: a row a role. Its system calls have a table of their own, sandbox_calls.c. */
static const struct row {
	const char *name;
	size_t user; /* the user to become when root started davyd; NOWHERE: the user stays */
	size_t root; /* the working folder; also the root folder when root started davyd */
	struct reach files[REACH_MAX];
	rlim_t descriptors; /* 0: as they are */
	rlim_t a_client;    /* descriptors for each of as many as `connections` says */
	bool child;         /* ends with its parent, starts no process */
	bool powers; /* when root started davyd, keeps the few capabilities that starting children
			needs */
} rows[SANDBOX_ROLE__MAX] = {
	[SANDBOX_PARENT] = { .name = "parent",
			     .user = NOWHERE,
			     .root = NOWHERE,
			     .files = { { REACH_FOLDER, CONF(store), LL_WRITE },
					{ REACH_BESIDE, CONF(page), LL_READ },
					{ REACH_BESIDE, CONF(tls_cert), LL_READ },
					{ REACH_BESIDE, CONF(tls_key), LL_READ },
					/* Socket files are taken away at the end. */
					{ REACH_BESIDE, CONF(control), LL_TIDY },
					{ REACH_SOCKETS, 0, LL_TIDY } },
			     .powers = true },
	/* One descriptor for the client, one for the socket pair to the face. */
	[SANDBOX_TLS] = { .name = "tls",
			  .user = CONF(tls_user),
			  .root = CONF(empty),
			  .descriptors = 128,
			  .a_client = 2,
			  .child = true },
	/* As many clients may come by the handoff as by the listening sockets. */
	[SANDBOX_FACE] = { .name = "face",
			   .user = CONF(face_user),
			   .root = CONF(empty),
			   .descriptors = 128,
			   .a_client = 2,
			   .child = true },
	[SANDBOX_VAULT] = { .name = "vault",
			    .user = CONF(vault_user),
			    .root = CONF(store),
			    .files = { { REACH_HERE, 0, LL_WRITE } },
			    .descriptors = 128,
			    .child = true },
	[SANDBOX_CHECK] = { .name = "check",
			    .user = CONF(vault_user),
			    .root = CONF(store),
			    .files = { { REACH_HERE, 0, LL_WRITE } },
			    .descriptors = 128 },
	[SANDBOX_ASK] = { .name = "ask", .user = NOWHERE, .root = NOWHERE, .descriptors = 64 },
};

static const void *
conf_at(const struct conf *conf, size_t where)
{
	return (const char *)conf + where;
}

const char *
sandbox_name(enum sandbox_role role)
{
	return rows[role].name;
}

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

/*
 * The capabilities that the parent uses: it changes the user and the root folder of its children,
 * signals them, and reads its own files.
 */
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

unsigned long
sandbox_files(enum sandbox_role role, const struct conf *conf)
{
	return (unsigned long)(rows[role].descriptors + rows[role].a_client * conf->connections);
}

void
sandbox_begin(void)
{
	limit(RLIMIT_CORE, 0, "core");
	if (prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_fatal("event=prctl-failed errno=%d", errno);
}

void
sandbox_drop(enum sandbox_role role, const struct conf *conf)
{
	const struct row *row = &rows[role];
	const struct conf_user *user = row->user == NOWHERE ? NULL : conf_at(conf, row->user);
	const char *root = row->root == NOWHERE ? NULL : conf_at(conf, row->root);
	limit(RLIMIT_CORE, 0, "core");
	if (row->descriptors)
		limit(RLIMIT_NOFILE, sandbox_files(role, conf), "nofile");
	if (root && chdir(root))
		log_fatal("event=root-failed errno=%d", errno);
	if (geteuid() == 0 && root && chroot("."))
		log_fatal("event=root-failed errno=%d", errno);
	if (geteuid() == 0 && user)
		become(user);
	if (geteuid() == 0 && row->powers)
		keep_powers();
	/*
	 * The limit counts all processes of a user, so other programs of an ordinary user would hit
	 * it; seccomp denies fork anyway.
	 */
	if (user && geteuid() == user->uid)
		limit(RLIMIT_NPROC, 0, "nproc");
	/* A change of user sets these again. */
	if ((row->child && prctl(PR_SET_PDEATHSIG, SIGKILL)) || prctl(PR_SET_DUMPABLE, 0))
		log_fatal("event=prctl-failed errno=%d", errno);
}

/* The struct as the newest kernels have it; older kernels are given a shorter length. */
struct ll_attr {
	uint64_t fs, net, scope;
};

/* A folder, and what may be done beneath it. */
struct ll_rule {
	char path[PATH_MAX];
	uint64_t access;
};
#define RULE_MAX (REACH_MAX + CONF_LISTEN_MAX)

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

/* The folder of a file; false where there is none. */
static bool
folder_of(char dst[static PATH_MAX], const char *file)
{
	snprintf(dst, PATH_MAX, "%s", file);
	char *slash = strrchr(dst, '/');
	if (slash)
		slash[slash == dst] = 0;
	return dst[0] && !access(dst, F_OK);
}

static size_t
rules_make(struct ll_rule rule[static RULE_MAX], const struct row *row, const struct conf *conf)
{
	size_t cnt = 0;
	for (const struct reach *r = row->files; r < row->files + REACH_MAX && r->what; r++) {
		rule[cnt].access = r->access;
		if (r->what == REACH_HERE || r->what == REACH_FOLDER) {
			const char *path = r->what == REACH_HERE ? "." : conf_at(conf, r->path);
			snprintf(rule[cnt++].path, PATH_MAX, "%s", path);
		} else if (r->what == REACH_BESIDE) {
			cnt += folder_of(rule[cnt].path, conf_at(conf, r->path));
		}
		for (size_t i = 0; r->what == REACH_SOCKETS && i < conf->listen_cnt; i++) {
			const struct sockaddr_un *un = (const struct sockaddr_un *)&conf->listen[i]
							       .addr;
			rule[cnt].access = r->access;
			if (un->sun_family == AF_UNIX)
				cnt += folder_of(rule[cnt].path, un->sun_path);
		}
	}
	return cnt;
}

void
sandbox_enter(enum sandbox_role role, const struct conf *conf)
{
	static struct ll_rule rule[RULE_MAX];
	if (SANITIZED)
		return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_fatal("event=no-new-privs-failed errno=%d", errno);
	landlock_enter(rule, rules_make(rule, &rows[role], conf));
	sandbox_calls(role);
}
