/*
 * A load of signed frames against one gateway on this machine: loopback or a Unix socket only.
 *
 *   loadgen --to 127.0.0.1:PORT|unix:PATH --gateway HEX --desk N [--op open|decoy|mix]
 *           [--connections C] [--count N] [--seconds S] [--rate R] [--retry] [--acked FILE]
 *   loadgen --to … --idle N
 *
 * Frames are made and signed before the clock starts. --rate R asks for R exchanges a second in
 * all (open loop, for latencies below saturation). --retry connects again and repeats the frame
 * when a connection breaks, as a phone does; --acked writes the case id of every open that was
 * answered ok. One line of JSON is the result. --idle opens N connections, says so, and holds them
 * without a word until its input ends.
 */
#include "crypto/frame.h"
#include "crypto/key.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HEAD_MAX  160
#define REPLY_CAP (FRAME_LEN + 4096)
#define CONN_MAX  4096

struct frame_slot {
	uint8_t bytes[FRAME_LEN];
};

struct conn {
	int fd;
	bool busy;
	size_t frame, sent, got, want;
	double due, left,
		back; /* when the frame ought to leave, when it left; when to connect again */
	uint8_t reply[REPLY_CAP];
};

struct load {
	const char *to, *op;
	uint8_t gateway[KEY_ID_LEN];
	uint16_t desk;
	size_t conn_cnt, count;
	double seconds, rate;
	bool retry;
	FILE *acked;
	struct frame_slot *frame;
	double *latency,
		*late; /* from when it was due to the answer; from when it was due until it left */
	struct conn *conn;
	uint16_t *by; /* the connection of each latency */
	char head[HEAD_MAX];
	size_t head_len;
	size_t next, done, by_status[8], broken;
	int ep;
	double start, cpu; /* cpu: what this program itself had spent when the load began */
};

static double
now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
cpu(void)
{
	struct rusage ru;
	getrusage(RUSAGE_SELF, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static void
die(const char *what)
{
	fprintf(stderr, "loadgen: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
frame_make(const struct load *l, uint8_t frame[static FRAME_LEN], bool decoy)
{
	uint8_t body[FRAME_BODY_LEN];
	struct key_sign key;
	struct frame_request rq = { .op = decoy ? FRAME_DECOY : FRAME_OPEN,
				    .body = body,
				    .body_len = sizeof(body) };

	key_sign_new(&key);
	randombytes_buf(body, sizeof(body));
	if (!decoy) {
		uint8_t pk[KEY_SIGN_PUBLIC_LEN];
		key_sign_public(pk, &key);
		frame_case_id(rq.routing.id, pk);
		rq.routing.desk = l->desk;
		randombytes_buf(rq.routing.proof, sizeof(rq.routing.proof));
	}
	if (frame_request_build(frame, &rq, l->gateway, &key) != 0)
		die("building a frame");
}

static int
conn_socket(const struct load *l)
{
	if (strncmp(l->to, "unix:", 5) == 0) {
		struct sockaddr_un un = { .sun_family = AF_UNIX };
		snprintf(un.sun_path, sizeof(un.sun_path), "%s", l->to + 5);
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) != 0) {
			close(fd);
			return -1;
		}
		return fd;
	}
	const char *colon = strrchr(l->to, ':');
	if (strncmp(l->to, "127.", 4) != 0 || colon == NULL) {
		fprintf(stderr, "loadgen: only 127.x.x.x:port or unix:path\n");
		exit(2);
	}
	char host[64];
	snprintf(host, sizeof(host), "%.*s", (int)(colon - l->to), l->to);
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10)) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1 || fd < 0)
		die("address");
	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* Connects c; false when nobody listens just now. */
static bool
conn_open(struct load *l, struct conn *c)
{
	c->fd = conn_socket(l);
	if (c->fd < 0) {
		if (!l->retry)
			die("connect");
		c->back = now() + 0.05;
		return false;
	}
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c };
	if (epoll_ctl(l->ep, EPOLL_CTL_ADD, c->fd, &ev) != 0)
		die("epoll");
	return true;
}

static void
conn_break(struct load *l, struct conn *c)
{
	if (!l->retry) {
		fprintf(stderr, "loadgen: a connection broke\n");
		exit(1);
	}
	l->broken++;
	close(c->fd);
	c->fd = -1;
	c->sent = c->got = c->want = 0;
	c->back = now() + 0.02;
}

static void
conn_write(struct load *l, struct conn *c)
{
	const uint8_t *frame = l->frame[c->frame].bytes;
	size_t total = l->head_len + FRAME_LEN;
	while (c->sent < total) {
		struct iovec iov[2];
		int cnt = 0;
		if (c->sent < l->head_len)
			iov[cnt++] = (struct iovec){ l->head + c->sent, l->head_len - c->sent };
		size_t off = c->sent > l->head_len ? c->sent - l->head_len : 0;
		iov[cnt++] = (struct iovec){ (void *)(uintptr_t)(frame + off), FRAME_LEN - off };
		struct msghdr msg = { .msg_iov = iov, .msg_iovlen = (size_t)cnt };
		ssize_t n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			conn_break(l, c);
			return;
		}
		c->sent += (size_t)n;
	}
}

static void
conn_done(struct load *l, struct conn *c)
{
	const uint8_t *answer = c->reply + (c->want - FRAME_LEN);
	uint8_t status = answer[4];
	l->by_status[status & 7]++;
	if (l->acked != NULL && status == FRAME_OK && l->frame[c->frame].bytes[4] == FRAME_OPEN) {
		char hex[2 * KEY_ID_LEN + 1];
		sodium_bin2hex(hex, sizeof(hex), l->frame[c->frame].bytes + FRAME_HEAD_LEN,
			       KEY_ID_LEN);
		fprintf(l->acked, "%s\n", hex);
	}
	l->late[l->done] = c->left - c->due;
	l->by[l->done] = (uint16_t)(c - l->conn);
	l->latency[l->done++] = now() - c->due;
	c->busy = false;
	c->got = c->want = c->sent = 0;
}

/* The length of a whole answer once its head is there; 0 before; SIZE_MAX where it is to be asked
 * again. */
static size_t
reply_len(const struct conn *c, bool retry)
{
	const uint8_t *end = memmem(c->reply, c->got, "\r\n\r\n", 4);
	if (end == NULL)
		return 0;
	if (memcmp(c->reply, "HTTP/1.1 200", 12) != 0) {
		if (retry)
			return SIZE_MAX;
		fprintf(stderr, "loadgen: not 200: %.40s\n", (const char *)c->reply);
		exit(1);
	}
	return (size_t)(end - c->reply) + 4 + FRAME_LEN;
}

static void
conn_read(struct load *l, struct conn *c)
{
	for (;;) {
		ssize_t n = recv(c->fd, c->reply + c->got, sizeof(c->reply) - c->got, 0);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			conn_break(l, c);
			return;
		}
		c->got += (size_t)n;
		if (c->want == 0)
			c->want = reply_len(c, l->retry);
		if (c->want == SIZE_MAX) {
			conn_break(l, c);
			return;
		}
		if (c->want != 0 && c->got >= c->want) {
			conn_done(l, c);
			return;
		}
	}
}

/* Gives an idle connection its next frame if one is due. */
static void
conn_feed(struct load *l, struct conn *c)
{
	if (!c->busy) {
		double due = l->rate > 0 ? l->start + (double)l->next / l->rate : now();
		if (l->next >= l->count || due > now() || now() - l->start > l->seconds)
			return;
		*c = (struct conn){
			.fd = c->fd, .busy = true, .frame = l->next++, .due = due, .back = c->back
		};
	}
	if (c->fd < 0 && (now() < c->back || !conn_open(l, c)))
		return;
	if (c->sent == 0) {
		c->left = now();
		conn_write(l, c);
	}
}

/* Until the next frame is due, if a connection is free for it, and no longer than a tenth of a
 * second. */
static struct timespec
load_pause(const struct load *l, bool idle)
{
	double pause = l->retry ? 0.001 : 0.1;
	if (idle && l->rate > 0 && l->next < l->count) {
		double due = l->start + (double)l->next / l->rate - now();
		pause = due < 0 ? 0 : due < pause ? due : pause;
	}
	return (struct timespec){ .tv_nsec = (long)(pause * 1e9) };
}

static void
load_run(struct load *l)
{
	struct epoll_event ev[256];
	l->cpu = cpu();
	l->start = now();
	for (;;) {
		bool any = false, idle = false;
		for (size_t i = 0; i < l->conn_cnt; i++) {
			conn_feed(l, &l->conn[i]);
			any |= l->conn[i].busy;
			idle |= !l->conn[i].busy;
		}
		if (!any && (l->next >= l->count || now() - l->start > l->seconds))
			return;
		if (now() - l->start > l->seconds + 30) {
			fprintf(stderr, "loadgen: answers did not come\n");
			exit(1);
		}
		struct timespec pause = load_pause(l, idle);
		int n = epoll_pwait2(l->ep, ev, 256, &pause, NULL);
		for (int i = 0; i < n; i++) {
			struct conn *c = ev[i].data.ptr;
			if (c->fd >= 0 && c->busy && (ev[i].events & EPOLLOUT) && c->sent)
				conn_write(l, c);
			if (c->fd >= 0 && c->busy && (ev[i].events & (EPOLLIN | EPOLLHUP)))
				conn_read(l, c);
			else if (c->fd >= 0 && !c->busy && (ev[i].events & EPOLLHUP))
				conn_break(l, c);
		}
	}
}

/* Connections that say nothing, until the input ends. */
static int
idle_hold(const struct load *l, size_t cnt)
{
	struct rlimit files = { cnt + 64, cnt + 64 };
	int *fd = calloc(cnt, sizeof(*fd));
	char byte;
	if (fd == NULL || setrlimit(RLIMIT_NOFILE, &files) != 0)
		die("descriptors");
	for (size_t i = 0; i < cnt; i++)
		if ((fd[i] = conn_socket(l)) < 0)
			die("connect");
	printf("idle %zu\n", cnt);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	for (size_t i = 0; i < cnt; i++)
		close(fd[i]);
	free(fd);
	return 0;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* A connection stays with one face, and each face has an even step of its own for its answers:
 * latency of the quickest tenth of a connection's answers, where that is longest. */
static double
quickest_tenth(const struct load *l)
{
	double *of = calloc(l->done + 1, sizeof(*of)), most = 0;

	if (of == NULL)
		die("memory");
	for (size_t c = 0; c < l->conn_cnt; c++) {
		size_t cnt = 0;
		for (size_t i = 0; i < l->done; i++)
			if (l->by[i] == c)
				of[cnt++] = l->latency[i];
		qsort(of, cnt, sizeof(*of), by_value);
		if (cnt >= 10 && of[cnt / 10] > most)
			most = of[cnt / 10];
	}
	free(of);
	return most;
}

static void
load_report(struct load *l)
{
	double took = now() - l->start, spent = cpu() - l->cpu, tenth = quickest_tenth(l);
	qsort(l->latency, l->done, sizeof(*l->latency), by_value);
	qsort(l->late, l->done, sizeof(*l->late), by_value);
	double p50 = l->done ? l->latency[l->done / 2] : 0;
	double p99 = l->done ? l->latency[l->done * 99 / 100] : 0;
	double most = l->done ? l->latency[l->done - 1] : 0;
	double late = l->done ? l->late[l->done * 99 / 100] : 0;
	printf("{\"op\":\"%s\",\"connections\":%zu,\"done\":%zu,\"ok\":%zu,\"bad\":%zu,"
	       "\"not_found\":%zu,\"busy\":%zu,\"full\":%zu,\"broken\":%zu,\"seconds\":%.3f,"
	       "\"rate\":%.0f,\"tenth_ms\":%.3f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
	       "\"late_p99_ms\":%.3f,\"cpu\":%.3f}\n",
	       l->op, l->conn_cnt, l->done, l->by_status[0], l->by_status[1], l->by_status[2],
	       l->by_status[5], l->by_status[6], l->broken, took, (double)l->done / took,
	       tenth * 1e3, p50 * 1e3, p99 * 1e3, most * 1e3, late * 1e3, spent);
}

static void
load_prepare(struct load *l)
{
	l->frame = calloc(l->count, sizeof(*l->frame));
	l->latency = calloc(l->count, sizeof(*l->latency));
	l->late = calloc(l->count, sizeof(*l->late));
	l->by = calloc(l->count, sizeof(*l->by));
	l->conn = calloc(l->conn_cnt, sizeof(*l->conn));
	l->ep = epoll_create1(EPOLL_CLOEXEC);
	if (l->frame == NULL || l->latency == NULL || l->late == NULL || l->by == NULL ||
	    l->conn == NULL || l->ep < 0)
		die("memory");
	for (size_t i = 0; i < l->count; i++)
		frame_make(l, l->frame[i].bytes,
			   strcmp(l->op, "decoy") == 0 || (strcmp(l->op, "mix") == 0 && i % 2));
	l->head_len = (size_t)snprintf(l->head, sizeof(l->head),
				       "POST /x HTTP/1.1\r\nHost: localhost\r\n"
				       "Content-Length: %d\r\n\r\n",
				       FRAME_LEN);
	for (size_t i = 0; i < l->conn_cnt; i++) {
		l->conn[i].fd = -1;
		(void)conn_open(l, &l->conn[i]);
	}
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "to", required_argument, NULL, 't' },
						 { "gateway", required_argument, NULL, 'g' },
						 { "desk", required_argument, NULL, 'd' },
						 { "op", required_argument, NULL, 'o' },
						 { "connections", required_argument, NULL, 'c' },
						 { "count", required_argument, NULL, 'n' },
						 { "seconds", required_argument, NULL, 's' },
						 { "rate", required_argument, NULL, 'r' },
						 { "retry", no_argument, NULL, 'R' },
						 { "acked", required_argument, NULL, 'a' },
						 { "idle", required_argument, NULL, 'i' },
						 { "say", no_argument, NULL, 'S' },
						 { NULL, 0, NULL, 0 } };
	size_t idle = 0;
	bool say = false; /* on stdout when the frames are made and the first is sent */
	struct load l = { .op = "open", .conn_cnt = 16, .count = 1000, .seconds = 60, .desk = 1 };
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 't':
			l.to = optarg;
			break;
		case 'g':
			if (sodium_hex2bin(l.gateway, sizeof(l.gateway), optarg, strlen(optarg),
					   NULL, NULL, NULL) != 0)
				return 2;
			break;
		case 'd':
			l.desk = (uint16_t)strtoul(optarg, NULL, 10);
			break;
		case 'o':
			l.op = optarg;
			break;
		case 'c':
			l.conn_cnt = strtoul(optarg, NULL, 10);
			break;
		case 'n':
			l.count = strtoul(optarg, NULL, 10);
			break;
		case 's':
			l.seconds = strtod(optarg, NULL);
			break;
		case 'r':
			l.rate = strtod(optarg, NULL);
			break;
		case 'R':
			l.retry = true;
			break;
		case 'S':
			say = true;
			break;
		case 'i':
			idle = strtoul(optarg, NULL, 10);
			break;
		case 'a':
			l.acked = fopen(optarg, "w");
			if (l.acked == NULL)
				die(optarg);
			break;
		default:
			return 2;
		}
	}
	if (sodium_init() < 0 || l.to == NULL || l.conn_cnt == 0 || l.conn_cnt > CONN_MAX ||
	    l.count == 0 || l.count > 1000000) {
		fprintf(stderr, "usage: loadgen --to ADDR --gateway HEX --desk N …\n");
		return 2;
	}
	if (idle > 0)
		return idle_hold(&l, idle);
	load_prepare(&l);
	if (say) {
		puts("sends");
		fflush(stdout);
	}
	load_run(&l);
	if (l.acked != NULL && fclose(l.acked) != 0)
		die("acked");
	load_report(&l);
	free(l.frame);
	free(l.latency);
	free(l.late);
	free(l.by);
	free(l.conn);
	return 0;
}
