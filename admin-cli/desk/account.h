/*
 * The public log at a sync (FORMATS §19). Every desk checks that it goes on from what it was, and
 * that the bundle that it is served stands in it. The backstop and the desks of level 4 also
 * account for it: each entry is a filler, or a frame of a source whose case their list has, or of
 * an office. What is not becomes an alarm (alarm.h). A log that goes on is cosigned (cosign.h).
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "admin-cli/desk/trust.h"

struct session;

enum account_log {
	ACCOUNT_NONE,    /* the roster names no log, it was not read, or it does not go on */
	ACCOUNT_SEEN,    /* it goes on, and our desk has cosigned it before */
	ACCOUNT_COSIGNED /* for our desk, by this sync */
};

/* After the lists. A failure to read the log is said as a warning and is no failure of the sync. */
int account_sync(struct session *ses, const struct trust *v, enum account_log *out)
	__attribute__((warn_unused_result));

/* Where a bundle stands in the log that its roster names, as far back as a roster is good; the tile
 * was checked against the checkpoint. Nothing is kept, and no key is needed. */
struct account_place {
	bool asked; /* the roster names a log */
	bool there;
	uint64_t index, size; /* of the entry, of the log */
};
int account_bundle(struct session *ses, const struct bundle *b, struct account_place *out)
	__attribute__((warn_unused_result));

/* Forgets how far this home has seen the log: the next sync begins with what is shown then. */
int account_forget(struct session *ses) __attribute__((warn_unused_result));

#endif
