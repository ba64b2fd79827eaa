/*
 * Runs a shell script in the sandbox of the attachments: cage_try SCRIPT [bash]. Prints what it
 * wrote, or the sentence of the failure on standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/view/cage.h"

int
main(int argc, char **argv)
{
	const char *const argument[] = { "-c", argc > 1 ? argv[1] : "", NULL };
	struct session ses = { 0 };
	const struct cage c = { .program = argc > 2 ? "/usr/bin/bash" : "/usr/bin/sh",
				.package = "dash",
				.argument = argument,
				.name = "/in",
				.bytes = (const uint8_t *)"the bytes",
				.len = strlen("the bytes") };
	char *out = NULL;
	size_t len = 0;
	int err = cage_run(&ses, &c, &out, &len);

	if (err)
		fprintf(stderr, "%s\n", session_failure(&ses));
	else
		fwrite(out, 1, len, stdout);
	free(out);
	session_end(&ses);
	return err;
}
