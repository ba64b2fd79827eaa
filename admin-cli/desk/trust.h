/*
 * Whom this home trusts at one gateway: the roster and the members note (FORMATS §9). They are
 * fetched, verified with the roots of the gateway's card, compared with the versions that were seen
 * before, and kept.
 */
#ifndef TRUST_H
#define TRUST_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/bundle.h"
#include "crypto/roster.h"

struct home_gateway;
struct session;

/* The last verified roster, its epoch certificates and, for members, the members note. */
struct trust {
	struct bundle bundle;           /* bundle.roster, bundle.hash = the roster hash */
	struct roster_members *members; /* NULL in a source's home */
	uint32_t today; /* unix day: the later of the gateway's last answer and this machine's */
	bool expired;   /* the roster is over: reading goes on, sealing does not */
	/* This home's member in the members note, and the member's desk; NULL for a source, and for
	 * somebody whom the note does not name. */
	const struct roster_member *me;
	const struct roster_desk *desk;
};

/* Whether a verified roster may give the gateway another key than the one that this home knows: it
 * is newer than one which named that. The dates are for the caller. */
bool trust_gives_key(const struct home_gateway *g, const struct roster *r);
/* Gives what this home trusts now: from disk, or with `fresh` from the gateway. Refused where there
 * is no roster yet, and where its first day is still to come; one that is over sets `expired`.
 * Borrowed until the next call with `fresh`, or until trust_close(). */
int trust_get(struct session *ses, bool fresh, const struct trust **out)
	__attribute__((warn_unused_result));
/* Refused, with the sentence for people, where the roster is over. Everything that seals asks. */
int trust_may_seal(struct session *ses, const struct trust *v) __attribute__((warn_unused_result));
void trust_close(struct session *ses);

#endif
