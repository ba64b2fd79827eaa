/*
 * A tls process: it ends TLS, and nothing else. It alone has the certificate's key; it has no file,
 * no database and none of the gateway's keys, and what it pumps is what a client could have sent in
 * clear.
 *
 * Each stands before one face, by a *handoff*: the face makes socket pairs ahead and gives one end
 * of each (IPC_CLIENT). When the first byte of a client has been decrypted it takes an end, and
 * from then on bytes go to and fro. Nothing else is said to a face, so a tls process that has been
 * taken over is a client like any other.
 *
 * Waiting costs no processor: half a handshake is a descriptor and a timer. Handshakes are one step
 * a turn of the loop, so that who is in already never waits for more than one of them.
 */
#ifndef SERVER_TLS_H
#define SERVER_TLS_H

#include "server/base/conf.h"
#include "server/base/accept.h"
#include "server/base/ipc.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <sys/queue.h>

#define TLS_FIRST_S                                                                                \
	10 /* the longest time to the first byte, and from the handshake to the next               \
	    */
#define TLS_RECORD     16384 /* the most that one record holds */
#define TLS_TICKET_LEN 64
#define TLS_TICKET_S                                                                               \
	600 /* a phone with a bad network comes back within one visit; visits of two days are not  \
	       linked */

/* The key of session tickets: made by the parent, the same in all tls processes, replaced every
 * hour, so that no process keeps an old one. */
struct tls_ticket {
	uint8_t key[TLS_TICKET_LEN];
	uint64_t since; /* ms of the clock that goes forward */
};

/* The arguments that the parent passes to the process. */
struct tls_args {
	const struct conf *conf;
	const char *cert, *key; /* PEM; wiped by tls_main */
	size_t cert_len, key_len;
	struct tls_ticket *ticket;
	const int *listen_fd; /* as many as conf->listen_cnt */
	int sock, index;
};

enum tls_phase {
	TLS_HANDSHAKE, /* header_seconds */
	TLS_QUIET,     /* done, and nothing said yet: idle_seconds */
	TLS_WAIT,      /* its first bytes wait for an end of the handoff: header_seconds */
	TLS_OPEN,      /* the face has the deadlines; bytes that the client does not take have
			  body_seconds */
	TLS_BYE,       /* the farewell has not left yet: the rest of that time */
	TLS_LINGER,    /* all said: what still comes is thrown away, for a moment */
};

struct tls;

struct tls_conn {
	struct tls *tls;
	TAILQ_ENTRY(tls_conn)
	all, quiet, turn; /* quiet: no byte after the handshake yet; turn: handshakes that can go
			     on, or clients that wait for an end */
	gnutls_session_t session;        /* NULL before the first byte, and while lingering */
	struct event readable, writable; /* of fd, the client */
	struct event from_face, to_face; /* of end */
	struct event timer;
	int fd, end; /* end: -1 without one */
	enum tls_phase phase;
	bool silent;    /* in the quiet list */
	uint64_t since; /* ms: accepted */
	bool queued;    /* in a turn list */
	bool fin;       /* the client's socket has ended */
	bool said_all;  /* the client has finished sending: the face has been told, or will be when
			   `rest` is sent */
	bool sending;   /* GnuTLS holds a record that the client has not taken */
	bool face_done; /* the face says no more */
	uint8_t *rest;  /* decrypted bytes that the face has not taken yet; usually NULL */
	size_t rest_at, rest_len;
};

TAILQ_HEAD(tls_list, tls_conn);

struct tls {
	const struct tls_args *args;
	const struct conf *conf;
	struct event_base *base;
	struct event *control, *handoff, *no_handoff, *turn, *drain, *hour;
	struct accept accept;
	gnutls_certificate_credentials_t cred;
	gnutls_priority_t priority;
	struct tls_list conns, quiet, hands, waiting; /* quiet: the oldest first */
	uint32_t cut; /* connections that were ended because all places were taken */
	unsigned conn_cnt, conn_max;
	int handoff_fd; /* -1 without a face */
	int end[IPC_GATE_MAX];
	unsigned end_cnt;
	bool draining;
	uint8_t scratch[TLS_RECORD];
};

/* The process; does not return. */
_Noreturn void tls_main(const struct tls_args *args);

/* tls.c: an end of the handoff, non-blocking, the caller's; -1 where there is none. */
int tls_end_take(struct tls *t);
/* Handshakes can go on: tls_conn_turn is called at the next turn of the loop. */
void tls_turn_soon(struct tls *t);
/* Ends the oldest client that has said nothing; false where all have. */
bool tls_conn_cut(struct tls *t);
/* How long a client may be silent between the handshake and its first byte. */
unsigned tls_quiet_seconds(const struct tls *t);
/* A client has gone. */
void tls_conn_gone(struct tls *t);

/* tls_conn.c. Takes over fd, also on failure. */
void tls_conn_new(struct tls *t, int fd);
void tls_conn_free(struct tls_conn *c);
/* Does one step of the handshake that has waited longest; false when none can go on. */
bool tls_conn_turn(struct tls *t);
/* Ends of the handoff have come: clients that wait for one go on. */
void tls_conn_serve(struct tls *t);
/*
 * The process takes no new clients. last: no process replaces it, so clients that have not begun a
 * request are closed.
 */
void tls_conn_drain(struct tls_conn *c, bool last);

/* tls_session.c: 0 or ERR_FORMAT, ERR_MEM. Wipes nothing. */
int tls_session_start(struct tls *t) __attribute__((warn_unused_result));
/* A session on a connection's descriptor, or NULL. */
gnutls_session_t tls_session_new(struct tls_conn *c) __attribute__((warn_unused_result));
/*
 * Whether these PEM texts work for a server: 0, ERR_FORMAT or ERR_MEM. *until: the minute since
 * 1970 in which the certificate ends.
 */
int tls_session_check(const char *cert, size_t cert_len, const char *key, size_t key_len,
		      uint64_t *until) __attribute__((warn_unused_result));
void tls_ticket_new(struct tls_ticket *ticket);
/*
 * Replaces the key by the next one each hour, by hashing; the earlier key cannot be computed from
 * it.
 */
void tls_ticket_turn(struct tls_ticket *ticket);

#endif
