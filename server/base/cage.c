/* The cage of a program beside davyd; see cage.h. */
#include "server/base/cage.h"

#include "server/base/log.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The struct as kernels from version 4 of Landlock on have it; older ones are given less of it. */
struct ll_attr {
	uint64_t fs, net;
};
#define LL_NET_ALL 3u /* bind and connect over TCP */

static void
landlock_enter(const struct cage *cage)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ll_attr attr = { .fs = cage->files, .net = cage->no_tcp ? LL_NET_ALL : 0 };
	if (abi < 1) {
		log_warn(
			"event=no-landlock text=\"this kernel has no Landlock; seccomp alone stands\"");
		return;
	}
	int set = (int)syscall(SYS_landlock_create_ruleset, &attr,
			       abi >= 4 ? sizeof(attr) : sizeof(attr.fs), 0);
	if (set < 0 || syscall(SYS_landlock_restrict_self, set, 0))
		log_fatal("event=landlock-failed errno=%d", errno);
	close(set);
}

void
cage_enter(const struct cage *cage)
{
	static const struct rlimit none = { 0, 0 };
	scmp_filter_ctx ctx = seccomp_init(cage->otherwise);
	if (setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_DUMPABLE, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_fatal("event=prctl-failed errno=%d", errno);
	landlock_enter(cage);
	int rc = ctx ? seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)
		     : -ENOMEM;
	for (size_t i = 0; !rc && i < cage->cnt; i++)
		rc = cage->calls[i].when
			     ? seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, cage->calls[i].nr, 1,
						      &cage->calls[i].cmp)
			     : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, cage->calls[i].nr, 0);
	if (!rc)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc)
		log_fatal("event=seccomp-failed errno=%d", -rc);
}
