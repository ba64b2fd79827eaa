/*
 * Handshakes and requests over TLS against one gateway on this machine, loopback only.
 *
 *   tlsgen --to 127.0.0.1:PORT [--mode full|resumed|keep|idle] [--clients C] [--seconds S]
 *
 * full: a new connection with a whole handshake for each GET /healthz; resumed: with the ticket of the one before; keep: many on one
 * connection; idle: C connections that have shaken hands and then say nothing for S seconds. One line of JSON is the result.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENT_MAX 4096

enum mode { FULL, RESUMED, KEEP, IDLE };

struct gen {
	struct sockaddr_in to;
	enum mode mode;
	double until;
	gnutls_certificate_credentials_t cred;
	gnutls_datum_t ticket;
	size_t done, resumed, failed;
};

static double
now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
close_up(gnutls_session_t s, int fd)
{
	gnutls_deinit(s);
	close(fd);
}

/* A connection that has shaken hands, or NULL. */
static gnutls_session_t
open_up(struct gen *g, int *fd)
{
	gnutls_session_t s;
	int one = 1, rc;
	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(*fd, (struct sockaddr *)&g->to, sizeof(g->to)) || gnutls_init(&s, GNUTLS_CLIENT)) {
		close(*fd);
		return NULL;
	}
	gnutls_set_default_priority(s);
	gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, g->cred);
	if (g->mode == RESUMED && g->ticket.size)
		gnutls_session_set_data(s, g->ticket.data, g->ticket.size);
	gnutls_transport_set_int(s, *fd);
	do
		rc = gnutls_handshake(s);
	while (rc < 0 && !gnutls_error_is_fatal(rc));
	if (rc < 0) {
		close_up(s, *fd);
		return NULL;
	}
	g->resumed += gnutls_session_is_resumed(s) != 0;
	return s;
}

static bool
ask(gnutls_session_t s)
{
	static const char get[] = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n";
	char buf[8192];
	ssize_t n;
	size_t len = 0;
	if (gnutls_record_send(s, get, sizeof(get) - 1) < 0)
		return false;
	for (;;) {
		n = gnutls_record_recv(s, buf + len, sizeof(buf) - 1 - len);
		if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
			continue;
		if (n <= 0)
			return false;
		len += (size_t)n;
		buf[len] = 0;
		if (strstr(buf, "\r\n\r\nok\n"))
			return true;
	}
}

static void
work(struct gen *g)
{
	gnutls_session_t s = NULL;
	int fd = -1;
	while (now() < g->until) {
		if (!s)
			s = open_up(g, &fd);
		if (!s || !ask(s)) {
			g->failed++;
			if (s)
				close_up(s, fd);
			s = NULL;
			continue;
		}
		g->done++;
		if (g->mode == KEEP)
			continue;
		if (g->mode == RESUMED) {
			gnutls_free(g->ticket.data);
			g->ticket = (gnutls_datum_t){ NULL, 0 };
			gnutls_session_get_data2(s, &g->ticket);
		}
		close_up(s, fd);
		s = NULL;
	}
}

static void
idle(struct gen *g, size_t clients)
{
	for (size_t i = 0; i < clients; i++) {
		int fd;
		if (open_up(g, &fd))
			g->done++;
		else
			g->failed++;
	}
	while (now() < g->until)
		usleep(50000);
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = { { "to", 1, NULL, 't' }, { "mode", 1, NULL, 'm' },
					       { "clients", 1, NULL, 'c' }, { "seconds", 1, NULL, 's' },
					       { NULL, 0, NULL, 0 } };
	static const char *const modes[] = { "full", "resumed", "keep", "idle" };
	struct gen g = { .to = { .sin_family = AF_INET } };
	size_t clients = 16, sum[3] = { 0 }, one[3];
	double seconds = 3;
	int c, pipes[2];
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		char *colon = c == 't' ? strrchr(optarg, ':') : NULL;
		if (c == 't' && colon && !strncmp(optarg, "127.", 4)) {
			*colon = 0;
			g.to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
			inet_pton(AF_INET, optarg, &g.to.sin_addr);
		}
		for (enum mode m = FULL; c == 'm' && m <= IDLE; m++)
			if (!strcmp(optarg, modes[m]))
				g.mode = m;
		if (c == 'c')
			clients = strtoul(optarg, NULL, 10);
		if (c == 's')
			seconds = strtod(optarg, NULL);
	}
	if (!g.to.sin_port || !clients || clients > CLIENT_MAX || pipe(pipes)) {
		fprintf(stderr, "usage: tlsgen --to 127.x.x.x:PORT [--mode full|resumed|keep|idle] "
				"[--clients C] [--seconds S]\n");
		return 2;
	}
	gnutls_certificate_allocate_credentials(&g.cred);
	double start = now();
	g.until = start + seconds;
	for (size_t i = 0; i < (g.mode == IDLE ? 1 : clients); i++) {
		if (fork())
			continue;
		if (g.mode == IDLE)
			idle(&g, clients);
		else
			work(&g);
		one[0] = g.done;
		one[1] = g.resumed;
		one[2] = g.failed;
		_exit(write(pipes[1], one, sizeof(one)) == sizeof(one) ? 0 : 1);
	}
	close(pipes[1]);
	while (read(pipes[0], one, sizeof(one)) == sizeof(one))
		for (int i = 0; i < 3; i++)
			sum[i] += one[i];
	while (wait(NULL) > 0)
		;
	double took = now() - start;
	printf("{\"done\":%zu,\"resumed\":%zu,\"failed\":%zu,\"seconds\":%.3f,\"rate\":%.1f}\n", sum[0],
	       sum[1], sum[2], took, (double)sum[0] / took);
	return 0;
}
