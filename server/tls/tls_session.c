/* The TLS settings: credentials, priorities, session tickets. */
#include "server/tls/tls.h"

#include "crypto/err.h"
#include "crypto/label.h"
#include "server/base/clock.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <sys/socket.h>

#define TICKET_HOUR_MS 3600000u
#define HANDSHAKE_LEN  (32 * 1024) /* of one message: hellos with post-quantum shares are 2 KiB */

/*
 * Forward-secret suites with authenticated ciphers. The client's order decides, because a phone
 * knows whether its processor has AES. A TLS 1.2 ticket travels in clear and would link two visits,
 * so none are issued. No compression, no client certificates, no early data.
 */
static const char priorities[] =
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:+AEAD:"
	"+ECDHE-ECDSA:+ECDHE-RSA:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:"
	"+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:"
	"+SIGN-ECDSA-SHA384:+SIGN-EDDSA-ED25519:+SIGN-RSA-PSS-RSAE-SHA256:"
	"+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-PSS-RSAE-SHA512:+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:"
	"+COMP-NULL:+CTYPE-SRV-X509:%NO_TICKETS_TLS12";

void
tls_ticket_new(struct tls_ticket *ticket)
{
	randombytes_buf(ticket->key, sizeof(ticket->key));
	ticket->since = clock_mono_ms();
}

void
tls_ticket_turn(struct tls_ticket *ticket)
{
	static const char label[] = LABEL_TICKET;
	crypto_hash_sha512_state st;
	_Static_assert(TLS_TICKET_LEN == crypto_hash_sha512_BYTES, "a ticket key is a SHA-512");
	for (; clock_mono_ms() - ticket->since >= TICKET_HOUR_MS; ticket->since += TICKET_HOUR_MS) {
		crypto_hash_sha512_init(&st);
		crypto_hash_sha512_update(&st, (const uint8_t *)label, sizeof(label) - 1);
		crypto_hash_sha512_update(&st, ticket->key, sizeof(ticket->key));
		crypto_hash_sha512_final(&st, ticket->key);
		sodium_memzero(&st, sizeof(st));
	}
}

static int
cred_new(gnutls_certificate_credentials_t *out, const gnutls_datum_t *cert,
	 const gnutls_datum_t *key)
{
	if (gnutls_certificate_allocate_credentials(out) < 0)
		return ERR_MEM;
	/*
	 * Signs with the key and verifies with the certificate, so that a pair that does not match
	 * is refused here.
	 */
	if (gnutls_certificate_set_x509_key_mem(*out, cert, key, GNUTLS_X509_FMT_PEM) >= 0)
		return 0;
	gnutls_certificate_free_credentials(*out);
	*out = NULL;
	return ERR_FORMAT;
}

static gnutls_datum_t
datum(const char *text, size_t len)
{
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)text, (unsigned)len };
}

int
tls_session_check(const char *cert, size_t cert_len, const char *key, size_t key_len,
		  uint64_t *until)
{
	gnutls_certificate_credentials_t cred;
	gnutls_x509_crt_t *chain;
	unsigned cnt;
	const gnutls_datum_t c = datum(cert, cert_len), k = datum(key, key_len);
	int err = cred_new(&cred, &c, &k);
	if (err)
		return err;
	if (gnutls_certificate_get_x509_crt(cred, 0, &chain, &cnt) < 0) {
		err = ERR_FORMAT;
		goto out;
	}
	time_t end = cnt ? gnutls_x509_crt_get_expiration_time(chain[0]) : 0;
	*until = end < 0 ? 0 : (uint64_t)end / 60;
	for (unsigned i = 0; i < cnt; i++)
		gnutls_x509_crt_deinit(chain[i]);
	gnutls_free(chain);
out:
	gnutls_certificate_free_credentials(cred);
	return err;
}

int
tls_session_start(struct tls *t)
{
	const struct tls_args *g = t->args;
	const gnutls_datum_t c = datum(g->cert, g->cert_len), k = datum(g->key, g->key_len);
	int err = cred_new(&t->cred, &c, &k);
	if (!err && gnutls_priority_init(&t->priority, priorities, NULL) < 0)
		err = ERR_INTERNAL;
	return err;
}

static ssize_t
pull(gnutls_transport_ptr_t arg, void *buf, size_t len)
{
	struct tls_conn *c = arg;
	ssize_t n = recv(c->fd, buf, len, MSG_DONTWAIT);
	if (n > 0 || !len)
		return n;
	/*
	 * GnuTLS takes an end without close_notify for the end of both directions. We take it for
	 * the end of one: a client that has sent its request gets the answer.
	 */
	if (n == 0)
		c->fin = true;
	gnutls_transport_set_errno(c->session, n == 0 ? EAGAIN : errno);
	return -1;
}

static ssize_t
push(gnutls_transport_ptr_t arg, const giovec_t *iov, int cnt)
{
	struct tls_conn *c = arg;
	struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)iov,
			      .msg_iovlen = (size_t)cnt };
	ssize_t n = sendmsg(c->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		gnutls_transport_set_errno(c->session, errno);
	return n;
}

/* GnuTLS calls this before a read that may wait; our reads never wait. */
static int
pull_ready(gnutls_transport_ptr_t arg, unsigned ms)
{
	(void)arg;
	(void)ms;
	return 1;
}

gnutls_session_t
tls_session_new(struct tls_conn *c)
{
	static const gnutls_datum_t http = { (unsigned char *)(uintptr_t) "http/1.1", 8 };
	struct tls *t = c->tls;
	struct tls_ticket *ticket = t->args->ticket;
	const gnutls_datum_t key = { ticket->key, sizeof(ticket->key) };
	gnutls_session_t s;
	if (gnutls_init(&s, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0)
		return NULL;
	tls_ticket_turn(ticket);
	if (gnutls_priority_set(s, t->priority) < 0 ||
	    gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, t->cred) < 0 ||
	    gnutls_session_ticket_enable_server(s, &key) < 0 ||
	    gnutls_alpn_set_protocols(s, &http, 1, 0) < 0) {
		gnutls_deinit(s);
		return NULL;
	}
	gnutls_certificate_server_set_request(s, GNUTLS_CERT_IGNORE);
	gnutls_db_set_cache_expiration(s, TLS_TICKET_S);
	gnutls_handshake_set_max_packet_length(s, HANDSHAKE_LEN);
	gnutls_transport_set_ptr(s, c);
	gnutls_transport_set_pull_function(s, pull);
	gnutls_transport_set_pull_timeout_function(s, pull_ready);
	gnutls_transport_set_vec_push_function(s, push);
	return s;
}
