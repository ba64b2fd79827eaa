/*
 * Bringing the workspace up to date with the gateway: roster and members note, key parts, lists,
 * the cases that changed; and sending the outbox. What the gateway says is checked against what it
 * said before; contradictions are warned of (session_warn) and nothing is printed.
 */
#ifndef SYNC_H
#define SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"
#include "admin-cli/desk/account.h"
#include "admin-cli/desk/trust.h"

struct session;

enum sync_parts { SYNC_SOURCE = 1, SYNC_DESK = 2, SYNC_READS = 4 };

/* Brings these parts (enum sync_parts) of one case or order up to date in the workspace and updates
 * *c. The gateway writes a read record for SYNC_SOURCE, so only a command of a person about that
 * case asks for it (case show, ack, …). `davy sync` fetches SYNC_DESK and SYNC_READS of every case
 * that changed, and SYNC_SOURCE only of cases whose tip is in the workspace already. */
int sync_case(struct session *ses, struct workspace_case *c, unsigned parts)
	__attribute__((warn_unused_result));

/* Whether the record says that this desk may fetch the entries: a case that is at this desk, or
 * that a clock or two members opened to it; an order that is at this desk or that it wrote, a visit
 * under seal by whoever is shown it. The gateway decides anyway. */
bool sync_may_fetch(const struct workspace_case *c);

/* Whether the record is of a visit under seal: in place of a clock it has the first hour of its
 * window, and in place of held replies the places of its parts that stand (FORMATS §17). */
bool sync_sealed(const struct frame_record *rec);

/* The unix hour by the gateway's clock: that of its last answer, else this machine's hour corrected
 * by the difference at the last sync. */
uint32_t sync_hour(struct session *ses);

/* What a sync did. */
struct sync_result {
	enum account_log log;          /* the public log */
	const struct trust *trust;     /* what trust_get() gave; borrowed as there */
	size_t keys, changed, entries; /* new epoch secrets, changed cases, new entries */
	size_t sent, waiting;          /* items of the outbox */
};

/* A whole sync: roster, keys, outbox, lists and threads. */
int sync_all(struct session *ses, struct sync_result *out) __attribute__((warn_unused_result));

/* Fetches the list of one kind (enum frame_kind), and the threads of cases that changed. */
int sync_list(struct session *ses, const struct trust *v, uint8_t kind, struct sync_result *out)
	__attribute__((warn_unused_result));
/* Stores *c after new entries of it have come to the workspace: folds it again for its line in
 * lists. */
int sync_case_came(struct session *ses, struct workspace_case *c)
	__attribute__((warn_unused_result));

/* Turns an enum err of the workspace into a recorded failure; 0 stays 0. */
int sync_workspace_failed(struct session *ses, int err) __attribute__((warn_unused_result));

/* What a sync does with the outbox and with a case that changed; set in desk.c. */
struct sync_hooks {
	/* Seals, signs and sends one item of the outbox; 0 when the gateway has it. After any other
	 * result it stays in the outbox, with the failure's sentence as its error. */
	int (*send)(struct session *ses, struct workspace_out *o);
	/* Told of each entry of a case when it has come, so that it can be opened meanwhile;
	 * returns how many have come, this one too. */
	uint64_t (*came)(struct session *ses, const uint8_t id[static KEY_ID_LEN],
			 const struct workspace_entry *w);
	/* Waits until so many of them are open, before a transaction begins. */
	void (*awaited)(struct session *ses, uint64_t cnt);
	/* Told inside of it, before a case is folded of which the last entry was so manieth. */
	void (*arrived)(struct session *ses, uint64_t cnt);
	/* Nothing comes any more. */
	void (*rest)(struct session *ses);
	/* Folds a case that has new entries in the workspace; sets line and folded in *c. */
	int (*changed)(struct session *ses, struct workspace_case *c);
	/* After the lists. */
	int (*listed)(struct session *ses, const struct trust *view);
};
extern const struct sync_hooks sync_hooks;

#endif
