/*
 * What the gateway has and this home wants: roster and members note verified and chained, key
 * parts, lists, changed cases, and the outbox sent.
 */
#ifndef SYNC_H
#define SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"
#include "admin-cli/desk/trust.h"

struct session;

enum sync_parts { SYNC_SOURCE = 1, SYNC_DESK = 2, SYNC_READS = 4 };

/* Brings one case (or order) up to date in the workspace: the threads named by `parts`.
 * The vault writes a read record for SYNC_SOURCE, so that is asked for only by a person's
 * command (case show, ack, …); `davy sync` fetches SYNC_DESK and SYNC_READS of everything that
 * changed, and SYNC_SOURCE of cases whose tip was opened here before. Updates *c. */
int sync_case(struct session *ses, struct workspace_case *c, unsigned parts)
	__attribute__((warn_unused_result));

/* The unix hour by the gateway's clock: of its last answer, else as far from ours as at the last
 * sync. */
uint32_t sync_hour(struct session *ses);

/* What a sync did. */
struct sync_result {
	const struct trust *trust;     /* the roster that it found; borrowed */
	size_t keys, changed, entries; /* epoch secrets, cases, entries that came */
	size_t sent, waiting;          /* of the outbox */
};

/* All of it: roster, keys, outbox, lists and threads. What a person should know besides is warned
 * of (session_warn); nothing is printed. */
int sync_all(struct session *ses, struct sync_result *out) __attribute__((warn_unused_result));

/* One list (enum frame_kind), and the threads of what changed in it. */
int sync_list(struct session *ses, const struct trust *v, uint8_t kind, struct sync_result *out)
	__attribute__((warn_unused_result));
/* Keeps *c, of which entries came to the workspace: folded anew for lists, its counts as they are.
 */
int sync_case_came(struct session *ses, struct workspace_case *c)
	__attribute__((warn_unused_result));

/* Records a failure of the workspace; 0 stays 0. */
int sync_workspace_failed(struct session *ses, int err) __attribute__((warn_unused_result));

/* What a sync does with the outbox and with a case that changed; set in desk.c. */
struct sync_hooks {
	/* Seals, signs and sends one item of the outbox; 0 when the gateway has it. On DAVY_AGAIN
	 * it stays in the outbox, on DAVY_REFUSED it stays with the sentence as its error. */
	int (*send)(struct session *ses, struct workspace_out *o);
	/* New entries of this case are in the workspace: fold it and set line and folded. */
	int (*changed)(struct session *ses, struct workspace_case *c);
};
extern const struct sync_hooks sync_hooks;

#endif
