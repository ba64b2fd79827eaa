/* What the files of sync share. */
#ifndef SYNC_STATE_H
#define SYNC_STATE_H

#include "admin-cli/desk/sync.h"

/* Offers the next subkey, opens the epoch secrets that this member lacks, tells of certificates
 * that wait for a second signature. */
int sync_keys(struct session *ses, const struct trust *v, struct sync_result *count)
	__attribute__((warn_unused_result));
int sync_lists(struct session *ses, const struct trust *v, struct sync_result *count)
	__attribute__((warn_unused_result));
int sync_outbox(struct session *ses, struct sync_result *count) __attribute__((warn_unused_result));

#endif
