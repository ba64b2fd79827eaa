/* What the files of sync share. */
#ifndef SYNC_STATE_H
#define SYNC_STATE_H

#include "admin-cli/desk/sync.h"

struct sync_count {
	size_t keys, changed, entries, sent, waiting;
};

/* Offers the next subkey, opens the epoch secrets that this member lacks, tells of certificates
 * that wait for a second signature. */
int sync_keys(struct cli *cli, const struct trust *v, struct sync_count *count)
	__attribute__((warn_unused_result));
int sync_lists(struct cli *cli, const struct trust *v, struct sync_count *count)
	__attribute__((warn_unused_result));
int sync_outbox(struct cli *cli, struct sync_count *count) __attribute__((warn_unused_result));
/* Gives up one item of the outbox, by its number, after a yes. */
int sync_drop(struct cli *cli, uint64_t number) __attribute__((warn_unused_result));
/* Records a failure of the workspace; 0 stays 0. */
int sync_workspace_failed(struct cli *cli, int err) __attribute__((warn_unused_result));
void trust_close(struct cli *cli);

#endif
