/* davyd status and davyd purge: they ask the running gateway over its control socket. */
#include "server/ctl/ctl.h"

#include "crypto/err.h"
#include "server/ctl/commands.h"
#include "server/base/sandbox.h"
#include "server/parent/status.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#define WAIT_MS 20000 /* other operators may ask at the same time, and the vault may hang */

int
ctl_connect(const struct conf *conf)
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

bool
ctl_runs(const struct conf *conf)
{
	int fd = ctl_connect(conf);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* How the answer is printed; ALERT is one line for ctl_alert. */
enum form { SCREEN = STATUS_SCREEN, JSON = STATUS_JSON, PROMETHEUS = STATUS_PROMETHEUS, ALERT };

/* Prints one sentence, for people or for programs, and returns the exit code. */
static int __attribute__((format(printf, 3, 4)))
ctl_failed(enum form form, enum status_level level, const char *fmt, ...)
{
	char text[PATH_MAX + 128];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "davyd: %s\n", text);
	/* The sentence may contain a path, so programs get the exit code alone. */
	if (form == JSON)
		printf("{\"v\":1,\"ok\":false,\"error\":{\"code\":\"down\",\"text\":\"no gateway answers\"}}\n");
	else if (form == PROMETHEUS)
		printf("davyd_state %d\n", level);
	else if (form == ALERT)
		printf("down\ndown: no gateway answers\n");
	return (int)level;
}

static uint64_t
disk_free(const char *path)
{
	struct statvfs fs;
	return statvfs(path, &fs) ? UINT64_MAX : (uint64_t)fs.f_bavail * fs.f_frsize;
}

static int
answer(int fd, char said[static IPC_CONTROL_MAX])
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	if (poll(&p, 1, WAIT_MS) <= 0 ||
	    ipc_control_recv(fd, IPC_OPERATOR, IPC_PARENT, buf, &msg) <= 0)
		return ERR_NET;
	memcpy(said, msg.bytes, msg.len);
	said[msg.len] = 0;
	return 0;
}

int
ctl_question(int fd, enum ipc_ask what, uint32_t argument, char said[static IPC_CONTROL_MAX])
{
	uint8_t q[5] = { (uint8_t)what };
	ipc_set32(q + 1, argument);
	return ipc_control_send(fd, IPC_ASK, q, sizeof(q), -1) ? ERR_NET : answer(fd, said);
}

int
ctl_backup(int fd, int file, char said[static IPC_CONTROL_MAX])
{
	return ipc_control_send(fd, IPC_BACKUP, NULL, 0, file) ? ERR_NET : answer(fd, said);
}

/* The vault removes some cases for each question, so that it serves visitors between them. */
static int
purge(int fd, uint32_t days)
{
	char said[IPC_CONTROL_MAX];
	unsigned long all = 0, cnt, allowed = 1;
	int more = 1, err = 0;
	while (more && !(err = ctl_question(fd, IPC_ASK_PURGE, days, said)) &&
	       sscanf(said, "purged %lu, more %d, allowed %lu", &cnt, &more, &allowed) == 3)
		all += cnt;
	if (!more) {
		printf("purged %lu\n", all);
		if (!all && !allowed)
			printf("nothing may be removed: a member of the backstop desk has to "
			       "allow it (davy gateway purge)\n");
		return 0;
	}
	said[strcspn(said, "\n")] = 0;
	return ctl_failed(SCREEN, 1, "purged %lu, then the gateway %s%s: run davyd purge once more",
			  all, err ? "did not answer, look at the log" : "said: ", err ? "" : said);
}

static int
ask(const struct conf *conf, enum ipc_ask what, uint32_t argument, enum form form)
{
	char said[IPC_CONTROL_MAX], line[STATUS_LINE];
	const char *name;
	int fd = ctl_connect(conf);
	if (fd < 0) {
		bool other = errno == EACCES || errno == EPERM;
		int level = what == IPC_ASK_PURGE ? 1 : other ? STATUS_UNKNOWN : STATUS_CRITICAL;
		return ctl_failed(
			form, (enum status_level)level,
			"no gateway answers on %s: is it running (systemctl status davylamp), and "
			"are you its user?",
			conf->control);
	}
	/* The file system must be asked now: the sandbox forbids it later. */
	uint64_t room = disk_free(conf->store);
	sandbox_drop(SANDBOX_ASK, conf);
	sandbox_enter(SANDBOX_ASK, conf);
	if (what == IPC_ASK_PURGE)
		return purge(fd, argument);
	if (ctl_question(fd, what, argument, said))
		return ctl_failed(form, STATUS_CRITICAL,
				  "the gateway did not answer: look at the log");
	if (form != ALERT)
		return (int)status_print(said, strlen(said), room, (enum status_form)form);
	enum status_level level = status_worst(line, sizeof(line), &name, said, strlen(said), room);
	printf("%s\n%s\n", name, line);
	return (int)level;
}

int
ctl_line(const struct conf *conf)
{
	return ask(conf, IPC_ASK_STATUS, 0, ALERT);
}

/* The days after --days; 0 and a sentence where it is none. */
static uint32_t
days_of(const char *text)
{
	char *end = NULL;
	errno = 0;
	unsigned long days = strtoul(text, &end, 10);
	if (!errno && !*end && *text && days >= 90 && days <= 36500)
		return (uint32_t)days;
	fprintf(stderr, "davyd: --days is a number from 90\n");
	return 0;
}

static int
ctl_main(int argc, char **argv, enum ipc_ask what)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
					       { "days", required_argument, NULL, 'd' },
					       { "json", no_argument, NULL, 'j' },
					       { "prometheus", no_argument, NULL, 'p' },
					       { "alert", no_argument, NULL, 'a' },
					       { NULL, 0, NULL, 0 } };
	static struct conf conf;
	const char *path = CONF_DEFAULT;
	char why[CONF_WHY_LEN] = "";
	bool status = what == IPC_ASK_STATUS;
	int usage = status ? STATUS_UNKNOWN : 2;
	uint32_t days = 0;
	enum form form = SCREEN;
	int c;
	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (status && (c == 'j' || c == 'p' || c == 'a'))
			form = c == 'j' ? JSON : c == 'p' ? PROMETHEUS : ALERT;
		else if (c != 'd' || status || !(days = days_of(optarg)))
			return usage;
	}
	if (optind != argc) {
		fprintf(stderr, "usage: davyd %s [-c FILE]\n", argv[0]);
		return usage;
	}
	if (conf_read(&conf, path, why))
		return ctl_failed(form, status ? STATUS_UNKNOWN : 1, "%s", why);
	return form == ALERT ? ctl_alert(&conf) : ask(&conf, what, days, form);
}

int
ctl_status(int argc, char **argv)
{
	return ctl_main(argc, argv, IPC_ASK_STATUS);
}

int
ctl_purge(int argc, char **argv)
{
	return ctl_main(argc, argv, IPC_ASK_PURGE);
}

bool
ctl_on_server(const struct conf *conf)
{
	if (conf->db[0])
		fprintf(stderr,
			"davyd: the store is on a PostgreSQL server; this works on a store in a folder "
			"only, and davyd copy makes one of it (docs/postgresql.md)\n");
	return conf->db[0] != 0;
}
