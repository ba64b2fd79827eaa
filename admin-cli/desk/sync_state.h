/* What the files of a sync share: its steps. Other files use sync.h. */
#ifndef SYNC_STATE_H
#define SYNC_STATE_H

#include "admin-cli/desk/sync.h"

/* Fetches the epoch secrets that this member lacks, warns of a certificate that needs a second
 * signature, and offers the subkey for the next epoch. */
int sync_keys(struct session *ses, const struct trust *v, struct sync_result *count)
	__attribute__((warn_unused_result));
/* Both lists, cases and orders, with the threads of what changed. */
int sync_lists(struct session *ses, const struct trust *v, struct sync_result *count)
	__attribute__((warn_unused_result));
/* Sends the outbox. An item that cannot be sent stays, with a warning, and is no failure. */
int sync_outbox(struct session *ses, struct sync_result *count) __attribute__((warn_unused_result));

#endif
