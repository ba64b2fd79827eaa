/*
 * Clients that take their time, against one gateway on this machine (127.x.x.x only).
 *
 *   slowgen --to 127.0.0.1:PORT KIND=COUNT… [--seconds S] [--drip MS] [--path /]
 *
 * idle    connects and says nothing                  half    a whole GET, then its writing end is
 * closed; reads on header  a byte of a header each --drip             shut    closes its writing
 * end before a word body    the head of a frame, then a byte each      read    asks for --path
 * without end and reads a byte each --drip,
 *         --drip                                             with the smallest window that the
 * kernel gives expect  the head of a frame with Expect: 100-continue, then silence frame   a whole
 * frame of zeros, and nothing is read
 *
 * A line "up" is printed when all are connected; then they last for --seconds, or until standard
 * input ends. One line of JSON is the result: for each kind how many connected, how many the
 * gateway closed, and after how many seconds (least, median, most).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PER_ADDRESS 8000 /* ports of one client address */

enum kind { IDLE, HEADER, BODY, READ, HALF, SHUT, EXPECT, WHOLE, KIND__MAX };
static const char *const names[KIND__MAX] = { "idle", "header", "body",   "read",
					      "half", "shut",   "expect", "frame" };

struct client {
	int fd;
	enum kind kind;
	double since, ended; /* ended: 0 while it lasts */
};

struct slow {
	struct sockaddr_in to;
	const char *path;
	double seconds, drip;
	size_t want[KIND__MAX], cnt, failed;
	struct client *client;
	int ep;
};

static double
now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	fprintf(stderr, "slowgen: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
say(const struct client *c, const char *text)
{
	/* Whoever was cut off is noticed by epoll. */
	(void)!send(c->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* What a client says at once. */
static void
client_begin(const struct slow *s, const struct client *c)
{
	static const char post[] = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 16384\r\n";
	static const char zeros[16384];
	char text[256];
	switch (c->kind) {
	case HEADER:
		say(c, "GET / HTTP/1.1\r\nX-Slow: ");
		break;
	case BODY:
		say(c, post);
		say(c, "\r\n");
		break;
	case EXPECT:
		say(c, post);
		say(c, "Expect: 100-continue\r\n\r\n");
		break;
	case WHOLE:
		say(c, post);
		say(c, "\r\n");
		(void)!send(c->fd, zeros, sizeof(zeros), MSG_NOSIGNAL | MSG_DONTWAIT);
		break;
	case READ:
		/* Pipelined, so that there is more than the kernel's buffers take. */
		snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", s->path);
		for (int i = 0; i < 8; i++)
			say(c, text);
		break;
	case HALF:
		say(c, "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
		shutdown(c->fd, SHUT_WR);
		break;
	case SHUT:
		shutdown(c->fd, SHUT_WR);
		break;
	default:
		break;
	}
}

static void
client_open(struct slow *s, size_t i, enum kind kind)
{
	struct client *c = &s->client[i];
	struct sockaddr_in from = { .sin_family = AF_INET };
	int least = 1, one = 1;
	/* More clients than one address has ports. */
	from.sin_addr.s_addr = htonl(0x7f000001u + (uint32_t)(i / PER_ADDRESS) * 256);
	*c = (struct client){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .kind = kind };
	if (c->fd < 0)
		die("socket");
	if (kind == READ)
		setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	if (bind(c->fd, (struct sockaddr *)&from, sizeof(from)) != 0)
		die("bind");
	if (connect(c->fd, (struct sockaddr *)&s->to, sizeof(s->to)) != 0)
		die("connect");
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	c->since = now();
	client_begin(s, c);
	/* A reader is not told of bytes, only of the end. */
	struct epoll_event ev = {
		.events = (kind == READ || kind == WHOLE ? 0 : EPOLLIN) | EPOLLRDHUP, .data.u64 = i
	};
	if (epoll_ctl(s->ep, EPOLL_CTL_ADD, c->fd, &ev) != 0)
		die("epoll");
}

static void
client_end(struct slow *s, struct client *c)
{
	c->ended = now();
	epoll_ctl(s->ep, EPOLL_CTL_DEL, c->fd, NULL);
	close(c->fd);
	c->fd = -1;
}

static void
client_event(struct slow *s, struct client *c, uint32_t what)
{
	char buf[4096];
	ssize_t n = 1;
	if (c->fd < 0)
		return;
	if (what & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
		client_end(s, c);
		return;
	}
	while ((n = recv(c->fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		;
	if (n == 0 || (n < 0 && errno != EAGAIN))
		client_end(s, c);
}

static void
drip(struct slow *s)
{
	char byte;
	for (size_t i = 0; i < s->cnt; i++) {
		struct client *c = &s->client[i];
		if (c->fd < 0)
			continue;
		if (c->kind == HEADER || c->kind == BODY)
			say(c, "a");
		else if (c->kind == READ)
			(void)!recv(c->fd, &byte, 1, MSG_DONTWAIT);
	}
}

/* What happens within that time; false at the end of standard input. */
static bool
wait_for(struct slow *s, double seconds)
{
	struct epoll_event ev[256];
	char byte;
	int n = epoll_wait(s->ep, ev, 256, seconds > 0 ? (int)(seconds * 1e3) + 1 : 0);
	for (int i = 0; i < n; i++) {
		if (ev[i].data.u64 != s->cnt)
			client_event(s, &s->client[ev[i].data.u64], ev[i].events);
		else if (read(0, &byte, 1) <= 0)
			return false;
	}
	return true;
}

static void
run(struct slow *s)
{
	double end = now() + s->seconds, next = now() + s->drip;
	struct epoll_event in = { .events = EPOLLIN | EPOLLHUP, .data.u64 = s->cnt };
	bool more = epoll_ctl(s->ep, EPOLL_CTL_ADD, 0, &in) == 0; /* not where it is a file */
	(void)more;
	for (double t = now(); t < end; t = now()) {
		if (!wait_for(s, (next < end ? next : end) - t))
			return;
		if (now() >= next) {
			drip(s);
			next = now() + s->drip;
		}
	}
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void
report(const struct slow *s)
{
	double *took = calloc(s->cnt + 1, sizeof(*took));
	const char *comma = "";
	if (took == NULL)
		die("memory");
	printf("{");
	for (int k = 0; k < KIND__MAX; k++) {
		size_t closed = 0;
		if (s->want[k] == 0)
			continue;
		for (size_t i = 0; i < s->cnt; i++)
			if ((int)s->client[i].kind == k && s->client[i].ended > 0)
				took[closed++] = s->client[i].ended - s->client[i].since;
		took[closed] = 0;
		qsort(took, closed, sizeof(*took), by_value);
		printf("%s\"%s\":{\"opened\":%zu,\"closed\":%zu,\"least\":%.3f,\"median\":%.3f,\"most\":%.3f}",
		       comma, names[k], s->want[k], closed, took[0], took[closed / 2],
		       took[closed ? closed - 1 : 0]);
		comma = ",";
	}
	printf("}\n");
	free(took);
}

/* KIND=COUNT */
static bool
take(struct slow *s, const char *text)
{
	for (int k = 0; k < KIND__MAX; k++) {
		size_t n = strlen(names[k]);
		if (strncmp(text, names[k], n) == 0 && text[n] == '=') {
			s->want[k] = strtoul(text + n + 1, NULL, 10);
			s->cnt += s->want[k];
			return true;
		}
	}
	return false;
}

static bool
address(struct slow *s, const char *text)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	if (strncmp(text, "127.", 4) != 0 || colon == NULL || colon - text >= 64)
		return false;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = 0;
	s->to = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10)) };
	return inet_pton(AF_INET, host, &s->to.sin_addr) == 1;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "to", required_argument, NULL, 't' },
						 { "seconds", required_argument, NULL, 's' },
						 { "drip", required_argument, NULL, 'd' },
						 { "path", required_argument, NULL, 'p' },
						 { NULL, 0, NULL, 0 } };
	struct slow s = { .path = "/", .seconds = 60, .drip = 1 };
	struct rlimit lim;
	size_t at = 0;
	int o;
	bool good = false;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 't':
			good = address(&s, optarg);
			break;
		case 's':
			s.seconds = strtod(optarg, NULL);
			break;
		case 'd':
			s.drip = strtod(optarg, NULL) / 1e3;
			break;
		case 'p':
			s.path = optarg;
			break;
		default:
			return 2;
		}
	}
	for (int i = optind; i < argc && good; i++)
		good = take(&s, argv[i]);
	if (!good || s.cnt == 0 || s.drip < 0.01) {
		fprintf(stderr, "usage: slowgen --to 127.0.0.1:PORT KIND=COUNT…\n");
		return 2;
	}
	if (getrlimit(RLIMIT_NOFILE, &lim) == 0 && lim.rlim_max >= s.cnt + 16) {
		lim.rlim_cur = lim.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &lim);
	}
	s.client = calloc(s.cnt, sizeof(*s.client));
	s.ep = epoll_create1(EPOLL_CLOEXEC);
	if (s.client == NULL || s.ep < 0)
		die("memory");
	for (int k = 0; k < KIND__MAX; k++)
		for (size_t i = 0; i < s.want[k]; i++) {
			client_open(&s, at++, (enum kind)k);
			(void)wait_for(&s, 0);
		}
	printf("up\n");
	fflush(stdout);
	run(&s);
	report(&s);
	free(s.client);
	return 0;
}
