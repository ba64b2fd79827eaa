#include <curl/curl.h>
#include <sodium.h>
#include <sqlite3.h>

#include "admin-cli/cli.h"

#ifndef DAVY_VERSION
#define DAVY_VERSION "0.1.0"
#endif

static int
version_exec(struct cli *cli)
{
	const char *curl = curl_version_info(CURLVERSION_NOW)->version;

	cli_printf(cli, "davy %s (davylamp/v1)\n", DAVY_VERSION);
	cli_data(cli, json_pack("{s:s, s:s, s:s, s:s, s:s}", "version", DAVY_VERSION, "format",
		"davylamp/v1", "sodium", sodium_version_string(), "sqlite", sqlite3_libversion(),
		"curl", curl));
	return CLI_OK;
}

const struct command cmd_version = {
	.noun = "version",
	.help = N_("print the version"),
	.group = CLI_TOOLS,
	.exec = version_exec,
};
