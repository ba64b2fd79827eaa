/* davyd(8): one program, a table of subcommands. */
#include "server/ctl/commands.h"

#include "server/base/sandbox.h"

#include "server/base/conf.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name, *args, *help;
	int (*exec)(int argc, char **argv);
} commands[] = {
	{ "init", "[DIR] --root KEY|CARD ... [--threshold K] [--listen ADDRESS] ...",
	  "make a gateway's folder: configuration, key, card", init_main },
	{ "setup", "[--answers FILE] [--instance NAME] [--prefix DIR]",
	  "make this machine a gateway, or one of several: asks, or takes a file of answers",
	  setup_main },
	{ "run", "[-c FILE]", "serve, in the foreground", run_main },
	{ "check", "[-c FILE]",
	  "read configuration, keys and the whole store, and report what is wrong", run_check },
	{ "status", "[-c FILE] [--json|--prometheus|--alert]",
	  "show the health of the running gateway, and what to do", ctl_status },
	{ "backup", "[-c FILE] DIR|FILE, or --full",
	  "copy the store, whether the gateway runs or not", backup_main },
	{ "restore", "[-c FILE] BACKUP", "make a backup the store; the old one is kept",
	  restore_main },
	{ "copy", "[-c FILE] --to STORE | --from STORE",
	  "copy the store of a stopped gateway from a folder to a PostgreSQL server, or back",
	  copy_main },
	{ "drill", "[-c FILE] [--receipt FILE ...] [--max-age HOURS] [--json] BACKUP",
	  "try a backup in a scratch folder: whole, how old, and what opens to a test case's number",
	  drill_main },
	{ "purge", "[-c FILE] [--days N]", "remove cases closed for N days (90 or more)",
	  ctl_purge },
	{ "log", "[-c FILE]", "show the key of the public log, for the roster and for witnesses",
	  log_key_main },
	{ "veil", "[-c FILE] <CONFIG >CARD", "sign the public key of a davylamp-veil", veil_main },
	{ "clock", "[-c FILE] --accept | --set now",
	  "say that the machine's clock is right: to the running gateway, or to a stopped store",
	  clock_main },
};
#define COMMAND_CNT (sizeof(commands) / sizeof(commands[0]))

static void
usage(FILE *to)
{
	fprintf(to, "davyd, the gateway of Davylamp\n\n");
	for (size_t i = 0; i < COMMAND_CNT; i++)
		fprintf(to, "  davyd %s %s\n      %s\n", commands[i].name, commands[i].args,
			commands[i].help);
	fprintf(to, "\nWithout -c the configuration is " CONF_DEFAULT ".\n");
}

int
main(int argc, char **argv)
{
	/* The script of setup starts services and changes files, so it runs without limits. */
	if (argc >= 2 && !strcmp(argv[1], "setup"))
		return setup_main(argc - 1, argv + 1);
	sandbox_begin();
	if (sodium_init() < 0) {
		fprintf(stderr, "davyd: libsodium failed to initialise\n");
		return 1;
	}
	if (argc >= 2 &&
	    (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		usage(stdout);
		return 0;
	}
	if (argc >= 2 && (!strcmp(argv[1], "version") || !strcmp(argv[1], "--version"))) {
		printf("davyd " DAVYLAMP_VERSION "\n");
		return 0;
	}
	for (size_t i = 0; argc >= 2 && i < COMMAND_CNT; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].exec(argc - 1, argv + 1);
	usage(stderr);
	return 2;
}
