/*
 * The certificates of desks' keys when a draft changes who signs for a desk. A certificate is good
 * while the roster names its lead and its cosigner; where the draft no longer does, the draft names
 * the certificate itself (`keeps`, FORMATS §9), so that the desk does not lose its key with a
 * handover. The certificates come from the bundle that the gateway served, which is kept in the
 * draft's folder as the file "certificates": the roots' machines have it too and check it.
 */
#ifndef ROSTER_KEEPS_H
#define ROSTER_KEEPS_H

#include <stddef.h>
#include <stdint.h>

#include "admin-cli/roster/roster_draft.h"

#define ROSTER_KEEPS_FILE "certificates"

/* Sets keeps of every desk of the draft, whose leads and cosigners are filled in. */
int roster_keeps_fill(struct session *ses, struct roster_draft *d)
	__attribute__((warn_unused_result));
/* The desks that had a key under the roster of the served bundle on that day and have none under r,
 * into lost[]; *cnt is how many. A bundle that does not verify has no such desk. */
int roster_keeps_lost(const uint8_t *bundle, size_t len, const struct roster_roots *roots,
		      const struct roster *r, uint32_t day, uint16_t lost[static ROSTER_DESK_MAX],
		      size_t *cnt) __attribute__((warn_unused_result));
/* Says of each desk that loses its key by the draft, as far as the draft's folder tells. */
int roster_keeps_warn(struct session *ses, const struct roster_draft *d)
	__attribute__((warn_unused_result));

#endif
