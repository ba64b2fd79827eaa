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
#include "crypto/bundle.h"
#include "crypto/roster.h"

struct cli;

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
 * Borrowed until the command ends. */
int trust_get(struct cli *cli, bool fresh, const struct trust **out)
	__attribute__((warn_unused_result));

enum sync_parts { SYNC_SOURCE = 1, SYNC_DESK = 2, SYNC_READS = 4 };

/* Brings one case (or order) up to date in the workspace: the threads named by `parts`.
 * The vault writes a read record for SYNC_SOURCE, so that is asked for only by a person's
 * command (case show, ack, …); `davy sync` fetches SYNC_DESK and SYNC_READS of everything that
 * changed, and SYNC_SOURCE of cases whose tip was opened here before. Updates *c. */
int sync_case(struct cli *cli, struct workspace_case *c, unsigned parts)
	__attribute__((warn_unused_result));

/* The unix hour by the gateway's clock: of its last answer, else as far from ours as at the last
 * sync. */
uint32_t sync_hour(struct cli *cli);

/* All of it. `quiet` prints nothing but warnings. */
int sync_all(struct cli *cli, bool quiet) __attribute__((warn_unused_result));

/* What the case engineering gives the frame; set in commands.c, each may be NULL. */
struct sync_hooks {
	/* Seals, signs and sends one item of the outbox; 0 when the gateway has it. On CLI_AGAIN it
	 * stays in the outbox, on CLI_REFUSED it stays with the sentence as its error. */
	int (*send)(struct cli *cli, struct workspace_out *o);
	/* New entries of this case are in the workspace: fold it and set line and folded. */
	int (*changed)(struct cli *cli, struct workspace_case *c);
};
extern const struct sync_hooks sync_hooks;

#endif
