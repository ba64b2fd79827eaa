/* davy version: the versions of davy and of the libraries that a report of a fault should name. */
#include <curl/curl.h>
#include <sodium.h>
#include <sqlite3.h>

#include "admin-cli/cli/cli.h"

static int
version_exec(struct cli *cli)
{
	const char *curl = curl_version_info(CURLVERSION_NOW)->version;

	cli_printf(cli, "davy %s (davylamp/v1)\n", DAVYLAMP_VERSION);
	cli_data(cli, json_pack("{s:s, s:s, s:s, s:s, s:s}", "version", DAVYLAMP_VERSION, "format",
				"davylamp/v1", "sodium", sodium_version_string(), "sqlite",
				sqlite3_libversion(), "curl", curl));
	return DAVY_OK;
}

const struct command cmd_version = {
	.noun = "version",
	.help = N_("print the version"),
	.group = CLI_TOOLS,
	.exec = version_exec,
};
