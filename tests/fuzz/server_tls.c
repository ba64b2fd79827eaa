/*
 * What a client does to a tls process: its real connections and sessions, without a process around
 * them. The first byte chooses: even, the bytes go to the socket as they are, in pieces; odd, a
 * client of GnuTLS has shaken hands before, and the input is a script of what it, the face and the
 * calendar do. Each step is a byte and, for those that carry bytes, a length and as many of the
 * rest of the input. What the face hears must be what the client has said.
 */
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/tls/tls.h"

#include <assert.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define SAID_MAX (64 * 1024)
#define STEPS    200
#define TURNS    6

static struct tls tls;
static struct conf conf = { .header_s = 3600, .body_s = 3600, .idle_s = 3600, .connections = 8 };
static struct tls_ticket ticket;
static struct tls_args args = { .conf = &conf, .ticket = &ticket, .sock = -1 };
static gnutls_certificate_credentials_t trust;
static uint64_t now_ms = 5000000;
static bool turn_wanted;
static int client_fd, face_fd; /* -1: gone */
static uint8_t said[SAID_MAX], heard[SAID_MAX];
static size_t said_len, heard_len;

/* ---- what tls.c and the base would be ---- */

uint64_t
clock_mono_ms(void)
{
	return now_ms;
}

void
log_warn(const char *fmt, ...)
{
	(void)fmt;
}

_Noreturn void
log_fatal(const char *fmt, ...)
{
	(void)fmt;
	abort();
}

int
tls_end_take(struct tls *t)
{
	return t->end_cnt ? t->end[--t->end_cnt] : -1;
}

void
tls_turn_soon(struct tls *t)
{
	(void)t;
	turn_wanted = true;
}

unsigned
tls_quiet_seconds(const struct tls *t)
{
	return t->conf->idle_s;
}

void
tls_conn_gone(struct tls *t)
{
	(void)t;
}

/* ---- the pair of the client and the process ---- */

static void
pem(char *cert, char *key, size_t cap, size_t *cert_len, size_t *key_len)
{
	gnutls_x509_privkey_t k;
	gnutls_x509_crt_t c;
	assert(!gnutls_x509_privkey_init(&k) && !gnutls_x509_crt_init(&c));
	assert(!gnutls_x509_privkey_generate(k, GNUTLS_PK_ECDSA,
					     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
	assert(!gnutls_x509_crt_set_version(c, 3) && !gnutls_x509_crt_set_serial(c, "\1", 1) &&
	       !gnutls_x509_crt_set_dn(c, "CN=gate.test", NULL) &&
	       !gnutls_x509_crt_set_activation_time(c, 0) &&
	       !gnutls_x509_crt_set_expiration_time(c, 4000000000) &&
	       !gnutls_x509_crt_set_key(c, k) &&
	       !gnutls_x509_crt_sign2(c, c, k, GNUTLS_DIG_SHA256, 0));
	*cert_len = *key_len = cap;
	assert(!gnutls_x509_crt_export(c, GNUTLS_X509_FMT_PEM, cert, cert_len) &&
	       !gnutls_x509_privkey_export(k, GNUTLS_X509_FMT_PEM, key, key_len));
	gnutls_x509_crt_deinit(c);
	gnutls_x509_privkey_deinit(k);
}

static void
start(void)
{
	static char cert[4096], key[4096];
	if (tls.base)
		return;
	assert(sodium_init() >= 0);
	pem(cert, key, sizeof(cert), &args.cert_len, &args.key_len);
	args.cert = cert;
	args.key = key;
	tls_ticket_new(&ticket);
	tls.args = &args;
	tls.conf = &conf;
	tls.handoff_fd = -1;
	tls.conn_max = conf.connections;
	TAILQ_INIT(&tls.conns);
	TAILQ_INIT(&tls.quiet);
	TAILQ_INIT(&tls.hands);
	TAILQ_INIT(&tls.waiting);
	tls.base = event_base_new();
	assert(tls.base && !tls_session_start(&tls));
	assert(!gnutls_certificate_allocate_credentials(&trust));
}

static void
hear(void)
{
	ssize_t n;
	while (face_fd >= 0 && heard_len < SAID_MAX &&
	       (n = recv(face_fd, heard + heard_len, SAID_MAX - heard_len, MSG_DONTWAIT)) > 0)
		heard_len += (size_t)n;
}

static void
turn(void)
{
	for (int i = 0; i < TURNS; i++) {
		event_base_loop(tls.base, EVLOOP_NONBLOCK);
		if (turn_wanted)
			turn_wanted = tls_conn_turn(&tls);
		hear();
	}
}

static void
give_end(void)
{
	int sv[2];
	if (face_fd >= 0)
		return;
	assert(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv));
	face_fd = sv[0];
	tls.end[tls.end_cnt++] = sv[1];
	tls_conn_serve(&tls);
}

static void
drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* ---- the two ways ---- */

static void
raw(const uint8_t *data, size_t len)
{
	size_t step = len ? 1u + data[0] * 8u : 1;
	for (size_t at = 1; at < len;) {
		size_t n = len - at < step ? len - at : step;
		ssize_t sent = send(client_fd, data + at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent <= 0)
			break;
		at += (size_t)sent;
		turn();
	}
	shutdown(client_fd, SHUT_WR);
}

static gnutls_session_t
shake(bool old)
{
	gnutls_session_t s;
	assert(!gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL));
	assert(!gnutls_priority_set_direct(s,
					   old ? "NORMAL:-VERS-ALL:+VERS-TLS1.2"
					       : "NORMAL:-VERS-ALL:+VERS-TLS1.3",
					   NULL));
	assert(!gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, trust));
	gnutls_transport_set_int(s, client_fd);
	for (int i = 0; i < 20; i++) {
		int rc = gnutls_handshake(s);
		if (!rc)
			return s;
		assert(!gnutls_error_is_fatal(rc));
		turn();
	}
	abort(); /* a handshake takes fewer turns */
}

struct script {
	const uint8_t *at;
	size_t len;
};

/* A length, and at most that many bytes of what is left. */
static const uint8_t *
take(struct script *s, size_t *n)
{
	const uint8_t *bytes = s->at + 1;
	*n = 0;
	if (!s->len)
		return NULL;
	*n = s->at[0] < s->len - 1 ? s->at[0] : s->len - 1;
	s->at += 1 + *n;
	s->len -= 1 + *n;
	return bytes;
}

/* `times` makes more of few bytes, so that sockets fill up. */
static void
client_says(gnutls_session_t s, const uint8_t *bytes, size_t n, int times, bool *torn)
{
	for (; n && times && said_len + n <= SAID_MAX; times--) {
		ssize_t sent = gnutls_record_send(s, bytes, n);
		if (sent <= 0) {
			*torn = *torn || sent != GNUTLS_E_AGAIN;
			return;
		}
		memcpy(said + said_len, bytes, (size_t)sent);
		said_len += (size_t)sent;
	}
}

static void
face_says(const uint8_t *bytes, size_t n, int times)
{
	while (face_fd >= 0 && n && times-- > 0 &&
	       send(face_fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		;
}

static void
client_hears(gnutls_session_t s)
{
	static uint8_t buf[TLS_RECORD];
	while (gnutls_record_recv(s, buf, sizeof(buf)) > 0)
		;
}

/* One step of the script; *torn: the client's own session is of no use any more. */
static void
act(gnutls_session_t s, struct script *in, uint8_t what, bool *torn)
{
	size_t n;
	const uint8_t *bytes = what % 12 < 5 ? take(in, &n) : NULL;
	switch (what % 12) {
	case 0:
	case 1:
		if (!*torn)
			client_says(s, bytes, n, what & 0x80 ? 64 : 1, torn);
		break;
	case 2: /* past its own session: a broken record, an alert in clear */
		if (bytes && n && client_fd >= 0) {
			*torn = true;
			(void)!send(client_fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		}
		break;
	case 3:
	case 4:
		face_says(bytes, n, what & 0x80 ? 64 : 1);
		break;
	case 5:
		give_end();
		break;
	case 6:
		drop(&face_fd);
		break;
	case 7:
		if (!*torn)
			gnutls_bye(s, GNUTLS_SHUT_WR);
		break;
	case 8:
		if (client_fd >= 0)
			shutdown(client_fd, SHUT_WR);
		break;
	case 9:
		if (!*torn)
			client_hears(s);
		break;
	case 10:
		if (!*torn && gnutls_protocol_get_version(s) == GNUTLS_TLS1_2) {
			(void)gnutls_handshake(s);
			*torn = true;
		} else if (!*torn)
			gnutls_session_key_update(s, what & 0x80 ? GNUTLS_KU_PEER : 0);
		break;
	default:
		if (what & 0x80 && !TAILQ_EMPTY(&tls.conns))
			tls_conn_drain(TAILQ_FIRST(&tls.conns), what & 0x40);
		else if (what & 0x40)
			(void)tls_conn_cut(&tls);
		break;
	}
}

static void
script(const uint8_t *data, size_t len, bool old)
{
	struct script in = { data, len };
	gnutls_session_t s = shake(old);
	bool torn = false;
	for (int i = 0; i < STEPS && in.len; i++) {
		uint8_t what = *in.at;
		in.at++, in.len--;
		act(s, &in, what, &torn);
		turn();
	}
	hear();
	/* Only what the client said, in its order, whole or as far as it got. */
	assert(heard_len <= said_len && !memcmp(heard, said, heard_len));
	gnutls_deinit(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int sv[2];
	start();
	if (len < 2)
		return 0;
	assert(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv));
	client_fd = sv[0];
	face_fd = -1;
	said_len = heard_len = 0;
	tls_conn_new(&tls, sv[1]);
	if (data[0] & 1) {
		script(data + 1, len - 1, data[0] & 2);
	} else {
		give_end();
		raw(data + 1, len - 1);
	}
	turn();
	drop(&client_fd);
	drop(&face_fd);
	turn();
	while (!TAILQ_EMPTY(&tls.conns))
		tls_conn_free(TAILQ_FIRST(&tls.conns));
	while (tls.end_cnt)
		close(tls.end[--tls.end_cnt]);
	assert(!tls.conn_cnt && TAILQ_EMPTY(&tls.hands) && TAILQ_EMPTY(&tls.waiting) &&
	       TAILQ_EMPTY(&tls.quiet));
	turn_wanted = false;
	return 0;
}
