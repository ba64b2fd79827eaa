/*
 * New TLS connections and exchanges over TLS against one gateway on this machine (loopback only),
 * one at a time: what they cost the gateway is measured outside, this prints how long they took.
 * The certificate is not looked at.
 *
 *   tls_load PORT full|resumed|keep COUNT GATEWAY-HEX
 *
 * full: a whole handshake and GET /healthz; resumed: the same with the ticket of the one before;
 * keep: one connection, COUNT decoys.
 */
#include "crypto/frame.h"
#include "crypto/key.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct tls {
	int fd;
	gnutls_session_t session;
};

static gnutls_certificate_credentials_t cred;
static gnutls_datum_t ticket;
static unsigned long resumed;

static void
die(const char *what)
{
	fprintf(stderr, "tls_load: %s\n", what);
	exit(1);
}

static double
now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
tls_open(struct tls *t, unsigned long port, bool resume)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1, rc;

	t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (t->fd < 0 || connect(t->fd, (struct sockaddr *)&in, sizeof(in)))
		die("nobody listens");
	setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (gnutls_init(&t->session, GNUTLS_CLIENT) || gnutls_set_default_priority(t->session) ||
	    gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE, cred))
		die("gnutls");
	if (resume && ticket.data)
		(void)gnutls_session_set_data(t->session, ticket.data, ticket.size);
	gnutls_transport_set_int(t->session, t->fd);
	do
		rc = gnutls_handshake(t->session);
	while (rc < 0 && !gnutls_error_is_fatal(rc));
	if (rc < 0)
		die(gnutls_strerror(rc));
	resumed += gnutls_session_is_resumed(t->session) != 0;
}

/* Sends a request and takes the whole answer. */
static void
tls_ask(struct tls *t, const void *bytes, size_t len)
{
	static char buf[FRAME_LEN + 4096];
	size_t got = 0, want = 0;

	for (size_t at = 0; at < len;) {
		ssize_t n = gnutls_record_send(t->session, (const char *)bytes + at, len - at);
		if (n <= 0)
			die("sending failed");
		at += (size_t)n;
	}
	while (!want || got < want) {
		ssize_t n = gnutls_record_recv(t->session, buf + got, sizeof(buf) - 1 - got);
		if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
			continue; /* a ticket came */
		if (n <= 0)
			die(n ? gnutls_strerror((int)n) : "the answer ended early");
		got += (size_t)n;
		buf[got] = 0;
		const char *end = strstr(buf, "\r\n\r\n"), *said = strstr(buf, "Content-Length: ");
		if (!want && end && said)
			want = (size_t)(end + 4 - buf) + strtoul(said + 16, NULL, 10);
	}
	if (strncmp(buf, "HTTP/1.1 200", 12) != 0)
		die("not 200");
}

static void
tls_close(struct tls *t, bool keep_ticket)
{
	if (keep_ticket) {
		gnutls_free(ticket.data);
		ticket.data = NULL;
		if (gnutls_session_get_data2(t->session, &ticket))
			ticket.data = NULL;
	}
	gnutls_deinit(t->session);
	close(t->fd);
}

static void
connections(unsigned long port, unsigned long cnt, bool resume)
{
	static const char get[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
	struct tls t;

	for (unsigned long i = 0; i < cnt; i++) {
		tls_open(&t, port, resume);
		tls_ask(&t, get, sizeof(get) - 1);
		tls_close(&t, resume);
	}
}

static void
exchanges(unsigned long port, unsigned long cnt, const uint8_t gateway[static KEY_ID_LEN])
{
	static uint8_t post[128 + FRAME_LEN], body[FRAME_BODY_LEN];
	struct frame_request rq = { .op = FRAME_DECOY, .body = body, .body_len = sizeof(body) };
	struct key_sign key;
	struct tls t;
	int head = snprintf((char *)post, 128,
			    "POST /x HTTP/1.1\r\nHost: localhost\r\n"
			    "Content-Length: %d\r\n\r\n",
			    FRAME_LEN);

	key_sign_new(&key);
	randombytes_buf(body, sizeof(body));
	if (frame_request_build(post + head, &rq, gateway, &key))
		die("building a frame");
	tls_open(&t, port, false);
	for (unsigned long i = 0; i < cnt; i++)
		tls_ask(&t, post, (size_t)head + FRAME_LEN);
	tls_close(&t, false);
}

int
main(int argc, char **argv)
{
	uint8_t gateway[KEY_ID_LEN];

	if (argc != 5 || sodium_init() < 0 ||
	    sodium_hex2bin(gateway, sizeof(gateway), argv[4], strlen(argv[4]), NULL, NULL, NULL)) {
		fprintf(stderr, "usage: tls_load PORT full|resumed|keep COUNT GATEWAY-HEX\n");
		return 2;
	}
	unsigned long port = strtoul(argv[1], NULL, 10), cnt = strtoul(argv[3], NULL, 10);
	if (gnutls_certificate_allocate_credentials(&cred))
		die("gnutls");
	double start = now();
	if (!strcmp(argv[2], "keep"))
		exchanges(port, cnt, gateway);
	else
		connections(port, cnt, !strcmp(argv[2], "resumed"));
	double took = now() - start;
	printf("{\"kind\":\"%s\",\"done\":%lu,\"resumed\":%lu,\"seconds\":%.3f,\"rate\":%.0f}\n",
	       argv[2], cnt, resumed, took, (double)cnt / took);
	gnutls_free(ticket.data);
	gnutls_certificate_free_credentials(cred);
	return 0;
}
