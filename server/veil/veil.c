/*
 * davylamp-veil new FILE | config FILE | run --key FILE ... --listen ADDRESS --davyd SOCKET
 */
#include "server/veil/veil.h"

#include "crypto/err.h"
#include "crypto/secret.h"
#include "server/base/log.h"
#include "server/base/socket.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static const char usage[] =
	"usage: davylamp-veil new FILE      make a key, and print what davyd veil signs\n"
	"       davylamp-veil config FILE   print that again\n"
	"       davylamp-veil run --key FILE ... --listen ADDRESS --davyd SOCKET\n"
	"davylamp-veil(8)\n";

/* Of a socket file: whoever is in the group of its folder may connect, as to davyd's own. */
#define SOCKET_MODE 0660

static int
davyd_at(struct sockaddr_un *un, const char *path)
{
	un->sun_family = AF_UNIX;
	return snprintf(un->sun_path, sizeof(un->sun_path), "%s", path) < (int)sizeof(un->sun_path)
		       ? 0
		       : ERR_RANGE;
}

static int
run(int argc, char **argv)
{
	static const struct option options[] = { { "key", required_argument, NULL, 'k' },
						 { "listen", required_argument, NULL, 'l' },
						 { "davyd", required_argument, NULL, 'd' },
						 { 0 } };
	static struct veil veil;
	static struct conf_listen at;
	struct veil_keys *keys = secret_alloc(sizeof(*keys));
	int c, err = keys ? 0 : ERR_MEM;
	while (!err && (c = getopt_long(argc, argv, "", options, NULL)) > 0)
		if (c == 'k')
			err = veil_key_read(keys, optarg);
		else if (c == 'l')
			err = conf_listen_parse(&at, optarg, ".");
		else if (c == 'd')
			err = davyd_at(&veil.davyd, optarg);
		else
			err = ERR_ARG;
	if (err || !keys->cnt || !at.addr_len || at.tls || !veil.davyd.sun_family ||
	    optind != argc) {
		fputs(usage, stderr);
		secret_free(keys);
		return 2;
	}
	int fd = socket_listen(&at, SOCKET_MODE);
	if (fd < 0)
		log_fatal("event=start-refused text=\"cannot listen on %s: %s\"", at.text,
			  strerror(errno));
	veil.keys = keys;
	veil_serve(&veil, &at, fd);
}

int
main(int argc, char **argv)
{
	log_role("veil", -1);
	signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_DUMPABLE, 0) || sodium_init() < 0)
		return 1;
	if (argc > 2 && !strcmp(argv[1], "run"))
		return run(argc - 1, argv + 1);
	if (argc == 3 && !strcmp(argv[1], "new"))
		return veil_key_new(argv[2]) ? 1 : 0;
	if (argc == 3 && !strcmp(argv[1], "config"))
		return veil_key_config(argv[2]) ? 1 : 0;
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("davylamp-veil " DAVYLAMP_VERSION);
		return 0;
	}
	fputs(usage, stderr);
	return 2;
}
