/*
 * Whom this home trusts at one gateway: the roster and the members note, fetched, verified against
 * the roots of the gateway's card, chained to what was seen before, and kept.
 */
#ifndef TRUST_H
#define TRUST_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/bundle.h"
#include "crypto/roster.h"

struct session;

/* The roster as last verified, with its certificates and (members only) who is who. */
struct trust {
	struct bundle bundle;           /* bundle.roster, bundle.hash = the roster hash */
	struct roster_members *members; /* NULL in a source's home */
	uint32_t today; /* unix day: of the gateway's last answer, else of this machine */
	/* The member of this home in the members note, and its desk; NULL for sources and
	 * strangers. */
	const struct roster_member *me;
	const struct roster_desk *desk;
};

/* The view from the workspace (members) or from the gateway's folder (sources); `fresh` asks the
 * gateway first. Refused when there is none yet, or when it has expired, saying what to do.
 * Borrowed until the next fresh one,
 * or until desk_close(). */
int trust_get(struct session *ses, bool fresh, const struct trust **out)
	__attribute__((warn_unused_result));
void trust_close(struct session *ses);

#endif
