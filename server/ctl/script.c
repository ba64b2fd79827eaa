/* Scripts of davyd (see script.h). */
#include "server/ctl/script.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
script_run(const char *name, size_t cnt, char *const args[])
{
	static const char *const places[] = { "../share/davylamp", "../service" };
	char self[PATH_MAX], path[2 * PATH_MAX], *all[SCRIPT_ARGS_MAX + 3];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (cnt > SCRIPT_ARGS_MAX) {
		fprintf(stderr, "davyd: too many arguments\n");
		return 2;
	}
	self[n > 0 ? n : 0] = 0;
	char *slash = strrchr(self, '/');
	for (size_t i = 0; slash && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%.*s/%s/%s", (int)(slash - self), self, places[i],
			 name);
		if (access(path, X_OK))
			continue;
		all[0] = path;
		all[1] = self;
		memcpy(all + 2, args, cnt * sizeof(all[0]));
		all[cnt + 2] = NULL;
		execv(path, all);
		fprintf(stderr, "davyd: cannot start %s: %s\n", path, strerror(errno));
		return 1;
	}
	fprintf(stderr,
		"davyd: the script of davyd %s is missing. Install the package davylamp-gateway again.\n",
		name);
	return 1;
}
