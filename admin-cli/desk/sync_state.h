/* What the files of a sync share: its steps. Other files use sync.h. */
#ifndef SYNC_STATE_H
#define SYNC_STATE_H

#include "admin-cli/desk/sync.h"

/* A case or order of which something is fetched. */
struct sync_job {
	struct workspace_case c;
	unsigned parts; /* enum sync_parts that are still wanted */
	uint32_t had;   /* entries that were here before */
	uint8_t thread; /* what was asked for last */
	uint8_t *read;  /* the read records that have come, until all have */
	uint32_t read_cnt;
};

/* Whether something is to be fetched. */
bool sync_job_waits(const struct sync_job *job);
/* Fetches what the jobs lack, many at a time, in each case in order; stores what came before
 * anything else is asked for; and folds the cases again that have new entries. */
int sync_fetch(struct session *ses, struct sync_job *job, size_t cnt)
	__attribute__((warn_unused_result));

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
