/* davyd setup: starts the script that makes a gateway of this machine. The script is installed in
 * share/davylamp beside the folder of the program; in the source tree it is service/setup. */
#include "server/ctl/commands.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGS_MAX 16

int
setup_main(int argc, char **argv)
{
	static const char *const places[] = { "../share/davylamp/setup", "../service/setup" };
	char self[PATH_MAX], path[2 * PATH_MAX], *args[ARGS_MAX + 3];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0 || argc > ARGS_MAX) {
		fprintf(stderr, "usage: davyd setup [--answers FILE] [--prefix DIR]\n");
		return 2;
	}
	self[n] = 0;
	char *slash = strrchr(self, '/');
	for (size_t i = 0; slash && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - self), self, places[i]);
		if (access(path, X_OK))
			continue;
		args[0] = path;
		args[1] = self;
		memcpy(args + 2, argv + 1, (size_t)(argc - 1) * sizeof(args[0]));
		args[argc + 1] = NULL;
		execv(path, args);
		fprintf(stderr, "davyd: cannot start %s: %s\n", path, strerror(errno));
		return 1;
	}
	fprintf(stderr,
		"davyd: the script of davyd setup is missing. Install the package davylamp-gateway again.\n");
	return 1;
}
