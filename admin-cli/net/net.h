/*
 * The exchange with the gateway (FORMATS §2): one POST of 16,384 bytes, one answer of the same
 * size, over http, https (--cacert), socks5h or unix:/path. No redirects, answers capped, timed.
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
	const uint8_t *body; /* body_len bytes, the rest is zero; or NULL */
	size_t body_len;
	const struct key_sign
		*key;     /* a source's, from its receipt; NULL: the member of this home */
	bool keep_status; /* statuses are the caller's: not turned into a failure */
	const char *what; /* begins the sentence of a failure: _("The reply was not sent") */
};

struct net_answer {
	uint8_t status;  /* enum frame_status */
	uint64_t minute; /* the gateway's unix minute */
	struct frame_routing routing;
	uint8_t body[FRAME_BODY_LEN];
};

/* Signs, sends, solves the puzzle and comes back when the gateway is busy (for half a minute, at
 * random moments), sends again on stale with the gateway's minute, verifies the answer against the
 * pinned key. Returns 0 with an ok answer; else the failure is recorded: behind, busy and the
 * network are DAVY_AGAIN, bad, not found and full DAVY_REFUSED. With keep_status every verified
 * answer is 0. Nothing that arrives unverified reaches *answer, which is filled also where a
 * verified status became a failure (behind: routing.number is the place that is free). */
int net_exchange(struct session *ses, const struct net_request *request, struct net_answer *answer)
	__attribute__((warn_unused_result));

/* Builds and signs the frame of a timeless op without sending it: what is carried by hand. */
int net_frame(struct session *ses, const struct net_request *request,
	      uint8_t frame[static FRAME_LEN]) __attribute__((warn_unused_result));

/* Sends a carried frame as it is (the puzzle's field may be filled in) and verifies the answer;
 * for frames that somebody else signed. The answer's status is the caller's. */
int net_carry(struct session *ses, uint8_t frame[static FRAME_LEN], struct net_answer *answer)
	__attribute__((warn_unused_result));

/* GET of /roster or /healthz: at most `max` bytes, freed by the caller. Not signed: the caller
 * verifies what it gets. */
int net_get(struct session *ses, const char *path, size_t max, uint8_t **out, size_t *len)
	__attribute__((warn_unused_result));

/* Records what a status other than FRAME_OK means ("WHAT: sentence.") and returns the exit code:
 * the one table of refusals. `what` NULL: "It was not done". */
int net_refusal(struct session *ses, const char *what, uint8_t status);

/* The gateway's minute of the last verified answer, 0 if there was none. */
uint64_t net_minute(const struct session *ses);

void net_close(struct session *ses);

#endif
