/* What the files of this room share: the connection, one HTTP request, and the steps of an
 * exchange. Other rooms use net.h. */
#ifndef NET_INNER_H
#define NET_INNER_H

#include <curl/curl.h>

#include "admin-cli/net/net.h"
#include "crypto/ohttp.h"

#define STALE_TRIES 2
#define BUSY_MS     30000 /* how long an exchange is repeated */
#define EXCHANGE_S  60L

struct net_slot;

struct net {
	CURL *curl;
	CURLM *multi; /* all requests go through it, so they share connections */
	struct curl_slist *head;
	const struct ohttp_config *veil; /* borrowed from the home; NULL: frames go as they are */
	char *base;         /* the URL without a trailing slash; "http://davy" for a Unix socket */
	const char *socket; /* path of the Unix socket, borrowed from the home; or NULL */
	uint64_t minute;
	bool told;             /* the warning about the two clocks has been given */
	struct net_slot *slot; /* of net_flow(), made when first needed */
};

/* One HTTP request and what came back. */
struct net_transfer {
	CURL *curl;
	uint8_t *buf;
	size_t len, cap, head;
	bool grow, over; /* buf grows with what comes; more came than may */
	bool done;
	CURLcode code;
	char error[CURL_ERROR_SIZE];
	struct net_veil *veil; /* of a request that is sealed; net_transfer_end() frees it */
};

/* A frame on its way through a relay (crypto/ohttp.h). */
struct net_veil {
	struct ohttp_wait wait;
	uint8_t *to; /* where the frame of the answer goes */
	uint8_t ask[OHTTP_ASK_LEN], reply[OHTTP_REPLY_LEN];
};

int net_open(struct session *ses) __attribute__((warn_unused_result));

/* Begins a request: POST of a frame where `post` is not NULL, else GET. It is under way until
 * net_transfer_run() sets t->done; then net_transfer_end() says how it went. */
int net_transfer_begin(struct session *ses, struct net_transfer *t, const char *path,
		       const uint8_t *post) __attribute__((warn_unused_result));
/* Moves all requests on. Waits `most_ms` at most where none has ended, a second at most, and not
 * once the person says stop. */
void net_transfer_run(struct session *ses, int most_ms);
/* Gives a request up that is under way. */
void net_transfer_drop(struct session *ses, struct net_transfer *t);
/* Where the person has said stop (session.h): the failure, else 0. */
int net_stopped(struct session *ses) __attribute__((warn_unused_result));
int net_transfer_end(struct session *ses, struct net_transfer *t, const char *path)
	__attribute__((warn_unused_result));

/* net_wrong.c: each records what it means and returns that failure. A transfer that libcurl could
 * not do; an HTTP status of a gateway that is not 200; one that the relay says itself, or the veil
 * before it has opened anything; an answer that is not sealed by the veil. */
int net_failed(struct session *ses, const struct net_transfer *t)
	__attribute__((warn_unused_result));
int net_wrong_status(struct session *ses, const char *path, long status)
	__attribute__((warn_unused_result));
int net_wrong_relay(struct session *ses, long status) __attribute__((warn_unused_result));
int net_wrong_veil(struct session *ses) __attribute__((warn_unused_result));

/* net_veil.c. Begin: seals the frame for this transfer, which then takes the answer into a place of
 * its own. End: opens that answer into t->buf, and gives back its HTTP status; 0 where it is none
 * to the request. */
int net_veil_begin(struct session *ses, struct net_transfer *t, const uint8_t *frame)
	__attribute__((warn_unused_result));
unsigned net_veil_end(struct net_transfer *t) __attribute__((warn_unused_result));
void net_veil_drop(struct net_transfer *t);

/* Builds and signs the frame of a request. body_hash, where not NULL: FRAME_HASH_LEN bytes, for
 * net_believe(). */
int net_build(struct session *ses, const struct net_request *q, uint64_t minute,
	      uint8_t frame[static FRAME_LEN], uint8_t *body_hash)
	__attribute__((warn_unused_result));
/* Opens the answer to a frame whose body has that SHA-512; what the pinned key has not signed for
 * it is refused. */
int net_believe(struct session *ses, const uint8_t frame[static FRAME_LEN],
		const uint8_t body_hash[static FRAME_HASH_LEN], const struct net_transfer *t,
		struct frame_answer *out) __attribute__((warn_unused_result));
void net_copy(struct net_answer *to, const struct frame_answer *from);

/* Solves the puzzle of a busy gateway in the frame. */
int net_solve(struct session *ses, uint8_t frame[static FRAME_LEN], const struct frame_answer *a)
	__attribute__((warn_unused_result));
/* A random part of a time that doubles with every try, so that clients that were refused together
 * do not return together. */
uint32_t net_busy_ms(int tries);
uint64_t net_now_ms(void);

void net_flow_close(struct net *n);

#endif
