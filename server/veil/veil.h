/*
 * davylamp-veil: a gateway's end of Oblivious HTTP (RFC 9458). A relay, which somebody else runs,
 * knows from which address a request came; davylamp-veil opens it and hands the frame in it to
 * davyd's socket, and seals the answer. What davyd gives to everybody, the roster and the public
 * log, it passes on as it is. It has the veil's key and no other, no file, and no network but the
 * clients that its listening socket gives it.
 *
 * veil.c reads the command line; veil_key.c the files of keys; veil_serve.c accepts and veil_conn.c
 * takes one connection through its steps; veil_http.c reads HTTP and nothing more of it than is
 * said here; veil_sandbox.c says what the process cannot do.
 */
#ifndef SERVER_VEIL_H
#define SERVER_VEIL_H

#include "crypto/ohttp.h"
#include "server/base/conf.h"

#include <event2/event.h>
#include <stdbool.h>
#include <sys/un.h>

#define VEIL_KEY_MAX    4   /* old keys serve on while pages that name them are about */
#define VEIL_CLIENT_MAX 512 /* connections at a time */
#define VEIL_HEAD_MAX   4096
#define VEIL_IDLE_S     75  /* between two requests */
#define VEIL_READ_S     30  /* from the first byte of a request to its last; for an answer, too */
#define VEIL_DAVYD_S    35  /* for davyd's answer */
#define VEIL_PUBLIC_S   120 /* for all of what davyd gives to everybody */

struct veil_keys {
	size_t cnt;
	struct {
		uint8_t id;
		struct xwing_ready ready;
	} key[VEIL_KEY_MAX];
};

/* veil_key.c. New: makes the file, which must not be there. Config: prints the public half. Read:
 * one more key. 0, or an error that was told on standard error. */
int veil_key_new(const char *path) __attribute__((warn_unused_result));
int veil_key_config(const char *path) __attribute__((warn_unused_result));
int veil_key_read(struct veil_keys *keys, const char *path) __attribute__((warn_unused_result));

/*
 * veil_http.c. Both look at what has come so far and return VEIL_MORE where a head is not whole,
 * and *head, the length of the head.
 *
 * Of a request: VEIL_ASK where a body of OHTTP_ASK_LEN bytes follows, VEIL_PUBLIC where somebody
 * wants what davyd gives to everybody (*path has its name), VEIL_ALIVE where somebody asks whether
 * we live, else the status of a refusal; *last: nothing may follow on that connection.
 *
 * Of an answer of davyd: its status; one of 200 has a body of FRAME_LEN bytes, and one that is no
 * answer to a frame is 502.
 */
#define VEIL_MORE     0
#define VEIL_ASK      200
#define VEIL_PUBLIC   203
#define VEIL_ALIVE    204
#define VEIL_NO_KEY   422 /* a key that we do not have; told as 400 */
#define VEIL_PATH_MAX 64
unsigned veil_http_request(const uint8_t *bytes, size_t len, size_t *head, bool *last,
			   char path[static VEIL_PATH_MAX]) __attribute__((warn_unused_result));
unsigned veil_http_answer(const uint8_t *bytes, size_t len, size_t *head)
	__attribute__((warn_unused_result));
/* The whole of an answer that is no sealed one; NULL where there is none of that status. */
const char *veil_http_refusal(unsigned status);

struct veil {
	struct event_base *base;
	const struct veil_keys *keys;
	struct sockaddr_un davyd;
	struct veil_conn *conn[VEIL_CLIENT_MAX];
	size_t conn_cnt;
};

/* veil_conn.c. Takes over a client's descriptor, for which there is room. */
void veil_conn_new(struct veil *v, int fd);
/* Ends the connection that has been silent for longest; false where all are busy. */
bool veil_conn_cut(struct veil *v);

/* veil_serve.c: serves at this socket; does not return. */
_Noreturn void veil_serve(struct veil *v, const struct conf_listen *at, int listen_fd);

/* veil_sandbox.c: there is no way back. */
void veil_sandbox(void);

#endif
