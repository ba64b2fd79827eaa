/*
 * One exchange with the gateway (FORMATS §2): a POST of 16,384 bytes and an answer of the same
 * size, over http, https (--cacert), a socks5h proxy or a Unix socket (unix:/path), or sealed
 * through a relay (FORMATS §23). Redirects are not followed; the length of an answer and the time
 * for it are limited.
 *
 * The room net believes only what the pinned key of the gateway's card has signed. It does not know
 * what is inside a body. Functions return 0, or a positive enum davy_exit whose sentence has been
 * recorded (session.h).
 */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/frame.h"

struct session;

struct net_request {
	uint8_t op; /* enum frame_opcode */
	struct frame_routing routing;
	const uint8_t *body; /* body_len bytes, padded with zeros; NULL: only zeros */
	size_t body_len;
	const struct key_sign
		*key;             /* a source's, from its receipt; NULL: the member of this home */
	const uint8_t *nonce_end; /* the last LEAF_NONCE_LEN bytes of the nonce; NULL: zeros */
	bool keep_status;         /* the caller handles every status: none becomes a failure */
	const char *what; /* the beginning of a failure's sentence: _("The reply was not sent") */
};

struct net_answer {
	uint8_t status;  /* enum frame_status */
	uint64_t minute; /* by the gateway's clock, unix minute */
	struct frame_routing routing;
	uint8_t body[FRAME_BODY_LEN];
};

/*
 * Signs and sends a request, and verifies the answer with the pinned key. While the gateway is busy
 * it solves the gateway's puzzle and repeats the request at random moments for half a minute; when
 * the gateway finds the request stale, it repeats it with the gateway's minute.
 *
 * Returns 0 for status ok; with keep_status, for every verified answer. Other statuses become a
 * recorded failure (net_refusal()): DAVY_AGAIN for behind, busy, stale and the network,
 * DAVY_REFUSED for the rest. *answer is filled from verified answers only, also where the status
 * became a failure (behind: routing.number is the next free number).
 */
int net_exchange(struct session *ses, const struct net_request *request, struct net_answer *answer)
	__attribute__((warn_unused_result));

/*
 * Many exchanges, NET_FLOW of them at a time. Answers come in any order.
 *
 * next: sets *q and *job for one more request and returns true; false where there is none now
 * (after the next answer it is asked again). What the request points to stays until its answer.
 * take: the answer of a job, whatever its status.
 * settle: after the answers that had come, while the next requests are under way; stores what
 * take() got.
 *
 * Each exchange is solved, repeated and believed as in net_exchange(). After the first failure, of
 * an exchange or of a callback, no new request is sent; answers to those that are under way are
 * still taken and settled, and that failure is returned.
 */
#define NET_FLOW 64
struct net_flow {
	bool (*next)(void *arg, struct net_request *q, void **job);
	int (*take)(void *arg, void *job, const struct net_answer *a);
	int (*settle)(void *arg);
	void *arg;
};
int net_flow(struct session *ses, const struct net_flow *flow) __attribute__((warn_unused_result));

/* Builds and signs the frame of a timeless op without sending it, so that it can be kept in a file
 * and sent later, or by somebody else. */
int net_frame(struct session *ses, const struct net_request *request,
	      uint8_t frame[static FRAME_LEN]) __attribute__((warn_unused_result));

/* Sends such a frame unchanged, except for the puzzle's field, and verifies the answer. The caller
 * handles the answer's status. */
int net_carry(struct session *ses, uint8_t frame[static FRAME_LEN], struct net_answer *answer)
	__attribute__((warn_unused_result));

/* Gets /roster or /healthz: at most `max` bytes, which the caller frees. The bytes are not
 * verified: the caller must do it. Where the gateway has no roster yet, the failure's name is
 * "no-roster". */
int net_get(struct session *ses, const char *path, size_t max, uint8_t **out, size_t *len)
	__attribute__((warn_unused_result));

/* Records what a status other than FRAME_OK means ("WHAT: sentence.") and returns the exit code.
 * All commands share this one table. `what` NULL: "It was not done". */
int net_refusal(struct session *ses, const char *what, uint8_t status);

/* Asks a server that is no gateway: POST of a text to a URL (http or https), at most 30 seconds.
 * The answer is `len` bytes and a zero; nobody has signed it. */
struct net_reply {
	long status; /* of HTTP */
	size_t len;
	char body[4096];
};
int net_post(struct session *ses, const char *url, const void *text, size_t len,
	     struct net_reply *out) __attribute__((warn_unused_result));

/* The gateway's unix minute in the last verified answer; 0 where there was none. */
uint64_t net_minute(const struct session *ses);

void net_close(struct session *ses);

#endif
