/*
 * davyd drill: whether a backup is worth something. A script restores it into a scratch folder,
 * checks all of it, and with the number of a test case (a receipt) lets a scratch gateway serve it
 * and davy open what is sealed to that number. davyd itself links nothing that opens. The store of
 * the configuration is neither read nor written; of the configuration only the places of key and
 * card are used.
 */
#include "server/ctl/commands.h"
#include "server/ctl/script.h"

#include "server/base/conf.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define HOURS_MAX 9
#define FIXED     5 /* arguments of the script before the receipts */

static int
usage(void)
{
	fprintf(stderr,
		"usage: davyd drill [-c FILE] [--receipt FILE ...] [--max-age HOURS] [--json] "
		"BACKUP\n");
	return 2;
}

static bool
is_number(const char *s)
{
	size_t len = strlen(s);
	return len > 0 && len < HOURS_MAX && strspn(s, "0123456789") == len;
}

/* The script writes them into a configuration. */
static bool
is_plain(const char *path)
{
	return !strpbrk(path, "\"\\$\n");
}

int
drill_main(int argc, char **argv)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
					       { "receipt", required_argument, NULL, 'r' },
					       { "max-age", required_argument, NULL, 'a' },
					       { "json", no_argument, NULL, 'j' },
					       { NULL, 0, NULL, 0 } };
	static struct conf conf;
	char why[CONF_WHY_LEN] = "", none[] = "0", yes[] = "1";
	char *args[SCRIPT_ARGS_MAX] = { conf.key, conf.card, NULL, none, none };
	size_t cnt = FIXED;
	const char *path = CONF_DEFAULT;
	int c;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (c == 'r' && cnt < SCRIPT_ARGS_MAX)
			args[cnt++] = optarg;
		else if (c == 'a' && is_number(optarg))
			args[3] = optarg;
		else if (c == 'j')
			args[4] = yes;
		else
			return usage();
	}
	if (optind + 1 != argc)
		return usage();
	args[2] = argv[optind];
	if (conf_read(&conf, path, why)) {
		fprintf(stderr, "davyd: %s\n", why);
		return 1;
	}
	if (!is_plain(conf.key) || !is_plain(conf.card)) {
		fprintf(stderr,
			"davyd: the name of the key or the card holds a character that cannot be "
			"used here\n");
		return 1;
	}
	return script_run("drill", cnt, args);
}
