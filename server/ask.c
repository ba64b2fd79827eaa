/* davyd status, davyd purge: questions to the running gateway over its control socket. */
#include "server/davyd.h"

#include "crypto/err.h"
#include "server/conf.h"
#include "server/copy.h"
#include "server/ipc.h"
#include "server/sandbox.h"
#include "server/status.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
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

/* One sentence, for people or, where they asked, for machines; the exit code. */
static int __attribute__((format(printf, 2, 3)))
ask_failed(bool json, const char *fmt, ...)
{
	char text[PATH_MAX + 128];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "davyd: %s\n", text);
	/* The sentence may hold a path: machines get the code. */
	if (json)
		printf("{\"v\":1,\"ok\":false,\"error\":{\"code\":\"down\",\"text\":\"no gateway answers\"}}\n");
	return 1;
}

static uint64_t
disk_free(const char *path)
{
	struct statvfs fs;
	return statvfs(path, &fs) ? UINT64_MAX : (uint64_t)fs.f_bavail * fs.f_frsize;
}

static int
ask(const struct conf *conf, enum ipc_ask what, uint32_t argument, bool json)
{
	uint8_t buf[IPC_CONTROL_MAX], q[5] = { (uint8_t)what };
	struct ipc_msg msg;
	int rc = 0;
	int fd = ask_connect(conf);
	if (fd < 0)
		return ask_failed(json,
				  "no gateway answers on %s: is it running (systemctl status davylamp), and "
				  "are you its user?",
				  conf->control);
	ipc_set32(q + 1, argument);
	/* Nothing can be asked of the file system once the sandbox stands. */
	uint64_t room = disk_free(conf->store);
	sandbox_drop(SANDBOX_ASK, conf);
	sandbox_enter(SANDBOX_ASK, conf);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	if (!ipc_control_send(fd, IPC_ASK, q, sizeof(q), -1) &&
	    poll(&p, 1, what == IPC_ASK_PURGE ? WAIT_PURGE_MS : WAIT_STATUS_MS) > 0)
		rc = ipc_control_recv(fd, IPC_OPERATOR, IPC_PARENT, buf, &msg);
	close(fd);
	if (rc <= 0)
		return ask_failed(json, "the gateway did not answer: look at the log");
	if (what == IPC_ASK_STATUS)
		return status_print((const char *)msg.bytes, msg.len, room, json);
	fwrite(msg.bytes, 1, msg.len, stdout);
	return 0;
}

static int
ask_main(int argc, char **argv, enum ipc_ask what)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
					       { "days", required_argument, NULL, 'd' },
					       { "json", no_argument, NULL, 'j' },
					       { NULL, 0, NULL, 0 } };
	static struct conf conf;
	const char *path = CONF_DEFAULT;
	char why[CONF_WHY_LEN] = "", *end = NULL;
	unsigned long days = 0;
	bool json = false;
	int c;
	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c') {
			path = optarg;
		} else if (c == 'j' && what == IPC_ASK_STATUS) {
			json = true;
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
	if (conf_read(&conf, path, why))
		return ask_failed(json, "%s", why);
	return ask(&conf, what, (uint32_t)days, json);
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
