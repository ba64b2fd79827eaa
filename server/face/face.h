/*
 * A face: HTTP, and nothing else. It has no file, no database and no key; it checks what a request
 * claims and passes it to the vault. Clients come in clear from the addresses without TLS, and by
 * the handoff from the tls process before it (tls.h). libmicrohttpd runs in external epoll mode
 * inside the libevent loop; deadlines are ours.
 */
#ifndef SERVER_FACE_H
#define SERVER_FACE_H

#include "server/base/conf.h"
#include "server/base/accept.h"
#include "server/face/pacer.h"
#include "server/face/face_check.h"
#include "server/face/form.h"
#include "server/base/ipc.h"
#include "server/base/page.h"

#include <event2/event.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <sys/queue.h>

#define FACE_FIRST_S  10   /* the longest time from a connection to its first request line */
#define FACE_SLOT_MAX 1024 /* requests with the vault at a time */

/* The arguments that the parent passes to the process. */
struct face_args {
	const struct conf *conf;
	uint8_t gateway[KEY_ID_LEN];
	const struct page *page;
	const int *listen_fd; /* as many as conf->listen_cnt */
	int sock, index;
};

enum conn_phase { CONN_IDLE, CONN_HEADERS, CONN_BODY, CONN_VAULT, CONN_HOLD, CONN_ANSWER };
enum exch_state { EXCH_UPLOAD, EXCH_VAULT, EXCH_DONE, EXCH_FAILED };

struct face;
struct exch;

/* One client. */
struct conn {
	struct face *face;
	struct conn *prev, *next;
	TAILQ_ENTRY(conn) quiet; /* in a quiet list, while it waits for a request line */
	struct exch *exch;       /* the POST that runs, or NULL */
	struct event *timer;
	int fd;
	enum conn_phase phase;
	bool handed; /* came by the handoff */
	bool warm;   /* was used: keeps its pool */
	bool silent; /* in a quiet list, since: */
	uint64_t since;
};

/* A form in the making: its body, until the frame in it was found. */
struct form_body {
	size_t len; /* more than FORM_ROOM: what did not fit was read and dropped */
	uint8_t bytes[FORM_ROOM];
};

/* One POST /x or /form, or one GET of the public log. The buffer holds the request, then the
 * answer. */
struct exch {
	struct face *face;
	struct conn *conn;
	struct MHD_Connection *http;
	uint32_t slot; /* index ‖ generation */
	enum exch_state state;
	unsigned sent;  /* how often it was sent to a vault */
	uint64_t since; /* microseconds: when its last byte was here */
	size_t len;
	struct form_body *form;       /* of a POST /form; else NULL */
	bool of_log;                  /* a GET of the public log: */
	uint8_t wanted[IPC_TILE_LEN]; /* what the vault is asked for */
	uint8_t frame[IPC_TILE_MAX];  /* FRAME_LEN of it for a POST */
};

enum face_reply {
	FACE_BAD_REQUEST,
	FACE_NOT_FOUND,
	FACE_NOT_ALLOWED_GET,
	FACE_NOT_ALLOWED_POST,
	FACE_UNAVAILABLE,
	FACE_HEALTHY,
	FACE_REPLY__MAX
};

TAILQ_HEAD(conn_list, conn);

struct handoff;

struct face {
	const struct face_args *args;
	const struct conf *conf;
	struct event_base *base;
	struct event *control, *link_read, *link_write, *again, *drain, *lost;
	struct accept accept;
	struct handoff *handoffs; /* from the tls process in front of this face, and from those that
				     drain */
	struct MHD_Daemon *http;
	struct event *http_event;
	struct ipc *link;
	struct face_rules rules;
	struct conn *conns;
	struct conn_list
		quiet[2]; /* the longest silence first; [1]: those that came by the handoff */
	uint32_t cut;     /* connections that were ended because all places were taken */
	unsigned conn_cnt, handed_cnt, warm_cnt; /* handed: connections that came by the handoff;
						    warm: connections that had a request */
	bool heard; /* the vault at the other end of the link has sent the puzzle and the bundle */
	bool draining, pumping, gating;
	struct pacer pacer;

	struct exch *slot[FACE_SLOT_MAX];
	uint16_t generation[FACE_SLOT_MAX];
	uint16_t free_slot[FACE_SLOT_MAX];
	unsigned free_cnt;
	unsigned tiles; /* requests for the public log that are with the vault */

	uint8_t *coming; /* a bundle of which parts are missing */
	size_t coming_len, coming_at;
	struct MHD_Response *roster; /* NULL before the first roster */
	struct MHD_Response *page[PAGE_CODING__MAX];
	struct MHD_Response *reply[FACE_REPLY__MAX];
	struct MHD_Response *form[FORM_ANSWER__MAX];
};

/* The process; does not return. */
_Noreturn void face_main(const struct face_args *args);

/* face_http.c: HTTP. */
int face_http_start(struct face *f) __attribute__((warn_unused_result));
/* Lets libmicrohttpd do what it can do now. */
void face_http_pump(struct face *f);
/* Ends the connection that has been silent longest, of those that came by the handoff or of the
 * others; false where all are busy. */
bool face_http_cut(struct face *f, bool handed);
/* The milliseconds until that may be done; UINT64_MAX where all are busy. */
uint64_t face_http_quiet(const struct face *f, bool handed);
/* Takes a client that was accepted, or came by the handoff. Closes fd on failure. */
void face_http_accept(struct face *f, int fd, bool handed);
/*
 * The vault's answer is in the exchange's buffer; the client gets it at the end of the step
 * (pacer.h).
 */
void face_http_answer(struct exch *x);
/* The exchange is answered, or failed: the client goes on now. */
void face_http_resume(struct exch *x, enum exch_state state);

/* face_reply.c: the answers that do not change, and their headers. */
int face_reply_start(struct face *f) __attribute__((warn_unused_result));
/* The response for an exchange, which must live until the request is completed. NULL: out of
 * memory. */
struct MHD_Response *face_reply_frame(struct exch *x);
struct MHD_Response *face_reply_tile(struct exch *x);
int face_reply_roster(struct face *f, const uint8_t *bytes, size_t len)
	__attribute__((warn_unused_result));

/* face_gzip.c: gzip, whose header is padded so that the whole is a multiple of FACE_GZIP_STEP. *out
 * is malloc'ed and the caller's. ERR_MEM. */
#define FACE_GZIP_STEP 16384
int face_gzip(uint8_t **out, size_t *out_len, const uint8_t *in, size_t len)
	__attribute__((warn_unused_result));

/* face_link.c: the vault. */
void face_link_set(struct face *f, int fd);
void face_link_drop(struct face *f);
/* Checks a whole upload and sends it on, or keeps it until there is a vault; false where there is
 * no room. */
bool face_link_submit(struct exch *x);
/* The client no longer waits for the exchange. */
void face_link_forget(struct exch *x);

/* face_handoff.c: clients from tls processes. */
/* Takes over fd, our end of a handoff. */
void face_handoff_add(struct face *f, int fd);
/* Gives the tls process as many ends in advance as there is room for. */
void face_handoff_fill(struct face *f);
/* Gives no more ends; clients on ends that are in use are served. */
void face_handoff_shut(struct face *f);

/* face.c */
/*
 * Accepts clients at the addresses without TLS while there are a vault and room, or stops
 * accepting.
 */
void face_door_set(struct face *f);
void face_conn_gone(struct face *f);
/* Ends the loop when the face drains and has no client left. */
void face_end_drained(struct face *f);

#endif
