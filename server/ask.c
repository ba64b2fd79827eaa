/* davyd status, davyd purge: questions to the running gateway over its control socket. */
#include "server/davyd.h"

#include "crypto/err.h"
#include "server/conf.h"
#include "server/copy.h"
#include "server/ipc.h"
#include "server/sandbox.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WAIT_STATUS_MS 10000
#define WAIT_PURGE_MS  600000

int
ask_connect(const struct conf *conf)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	if (strlen(conf->control) >= sizeof(un.sun_path))
		return -1;
	memcpy(un.sun_path, conf->control, strlen(conf->control) + 1);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int
ask(const struct conf *conf, enum ipc_ask what, uint32_t argument)
{
	uint8_t buf[IPC_CONTROL_MAX], q[5] = { (uint8_t)what };
	struct ipc_msg msg;
	int rc = 0;
	int fd = ask_connect(conf);
	if (fd < 0) {
		fprintf(stderr, "davyd: no gateway answers on %s: is it running, and are you its user?\n",
			conf->control);
		return 1;
	}
	ipc_set32(q + 1, argument);
	sandbox_drop(SANDBOX_ASK, conf);
	sandbox_enter(SANDBOX_ASK, conf);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	if (!ipc_control_send(fd, IPC_ASK, q, sizeof(q), -1) &&
	    poll(&p, 1, what == IPC_ASK_PURGE ? WAIT_PURGE_MS : WAIT_STATUS_MS) > 0)
		rc = ipc_control_recv(fd, IPC_OPERATOR, IPC_PARENT, buf, &msg);
	close(fd);
	if (rc <= 0) {
		fprintf(stderr, "davyd: the gateway did not answer\n");
		return 1;
	}
	fwrite(msg.bytes, 1, msg.len, stdout);
	return 0;
}

static int
ask_main(int argc, char **argv, enum ipc_ask what)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
					       { "days", required_argument, NULL, 'd' },
					       { NULL, 0, NULL, 0 } };
	static struct conf conf;
	const char *path = CONF_DEFAULT;
	char why[CONF_WHY_LEN] = "", *end = NULL;
	unsigned long days = 0;
	int c;
	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c') {
			path = optarg;
		} else if (c == 'd' && what == IPC_ASK_PURGE) {
			errno = 0;
			days = strtoul(optarg, &end, 10);
			if (errno || *end || !*optarg || days < 90 || days > 36500) {
				fprintf(stderr, "davyd: --days is a number from 90\n");
				return 2;
			}
		} else {
			return 2;
		}
	}
	if (optind != argc) {
		fprintf(stderr, "usage: davyd %s [-c FILE]\n", argv[0]);
		return 2;
	}
	if (conf_read(&conf, path, why)) {
		fprintf(stderr, "davyd: %s\n", why);
		return 1;
	}
	return ask(&conf, what, (uint32_t)days);
}

int
ask_status(int argc, char **argv)
{
	return ask_main(argc, argv, IPC_ASK_STATUS);
}

int
ask_purge(int argc, char **argv)
{
	return ask_main(argc, argv, IPC_ASK_PURGE);
}
