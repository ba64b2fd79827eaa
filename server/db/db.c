/*
 * davylamp-db --keeper FD [--standbys N] [--copy] CONNINFO
 *
 * Keeps one worker running, which has the connection to the server, and gives the vault one end of
 * a socket pair to it: one now and one each time that a worker has ended. The vault takes them from
 * the socket FD when it needs one. The keeper itself reads nothing and speaks to no server; it ends
 * when nobody holds the other end of FD any more.
 */
#include "server/db/db.h"

#include "server/base/log.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAUSE_MS 100 /* before the next worker */

static int
give(int keeper, int fd)
{
	char byte = 0;
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} box = { .bytes = { 0 } };
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = box.bytes,
			    .msg_controllen = sizeof(box.bytes) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(keeper, &m, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* Starts a worker and gives its link away; -1 where that cannot be done now. */
static pid_t
start(const struct db_conf *conf, int keeper)
{
	int sv[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv))
		return -1;
	pid_t parent = getpid(), pid = fork();
	if (!pid) {
		close(sv[0]);
		close(keeper);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
			_exit(1);
		db_sandbox();
		db_serve(conf, sv[1]);
		_exit(0);
	}
	close(sv[1]);
	if (pid > 0 && give(keeper, sv[0])) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(sv[0]);
	return pid;
}

/* Whether nobody holds the other end any more. */
static bool
left_alone(int keeper, int ms)
{
	struct pollfd p = { .fd = keeper };
	return poll(&p, 1, ms) > 0;
}

static int
keep(struct db_conf *conf, int keeper)
{
	for (; !left_alone(keeper, 0); conf->first = (conf->first + 1) % conf->hosts) {
		pid_t pid = start(conf, keeper);
		bool ended = pid < 0;
		while (!ended && !left_alone(keeper, PAUSE_MS))
			ended = waitpid(pid, NULL, WNOHANG) == pid;
		if (!ended) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			break;
		}
		left_alone(keeper, PAUSE_MS);
	}
	return 0;
}

/* A password would stand in the list of processes. */
static bool
address_read(struct db_conf *conf, const char *conninfo)
{
	char *why = NULL;
	PQconninfoOption *all = PQconninfoParse(conninfo, &why);
	bool good = all != NULL;
	for (PQconninfoOption *o = all; o && o->keyword; o++)
		if (o->val && !strcmp(o->keyword, "password")) {
			log_warn(
				"event=start-refused text=\"no password here: name a file of mode 0600 "
				"by passfile=\"");
			good = false;
		}
	if (!all)
		log_warn(
			"event=start-refused text=\"libpq does not understand the address of the store\"");
	PQfreemem(why);
	conf->words = all; /* as long as the process lives */
	conf->hosts = all ? db_hosts(all) : 0;
	return good;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "keeper", required_argument, NULL, 'k' },
						 { "standbys", required_argument, NULL, 's' },
						 { "copy", no_argument, NULL, 'c' },
						 { 0 } };
	static struct db_conf conf;
	int keeper = -1, c;
	log_role("db", -1);
	while ((c = getopt_long(argc, argv, "", options, NULL)) > 0)
		if (c == 'k')
			keeper = (int)strtol(optarg, NULL, 10);
		else if (c == 's')
			conf.standbys = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'c')
			conf.copy = true;
		else
			return 2;
	if (keeper < 3 || optind != argc - 1) {
		fprintf(stderr, "usage: davylamp-db --keeper FD [--standbys N] [--copy] CONNINFO\n"
				"davyd starts this program; docs/postgresql.md\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (!address_read(&conf, argv[optind]))
		return 1;
	return keep(&conf, keeper);
}
