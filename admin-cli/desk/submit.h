/*
 * Writing an entry into a case or an order: fetched, checked by the fold, sealed to the desks,
 * signed, sent; where somebody else wrote first, all of it again. Without a network it waits in
 * the outbox.
 */
#ifndef SUBMIT_H
#define SUBMIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"
#include "admin-cli/desk/opened.h"

struct session;
struct trust;

/* How often a person who keeps losing the race is tried again. */
#define SUBMIT_TRIES 24

struct submit {
	uint16_t type; /* entry type */
	json_t *body;  /* borrowed; "after" is added to a copy */
	uint32_t hour; /* not_before of a reply, or 0 */
	bool now;      /* no outbox: this cannot wait (ack, forward) */
	/* What came of it. */
	bool queued;
	uint8_t op; /* the frame that carried it */
	uint32_t number;
	uint8_t hash[32]; /* of the sealed bytes; zero where queued */
	/* A reply whose answer was lost: perhaps it is there and held, where nobody sees it. Only
	 * the same bytes may be sent again. Base64, or NULL; freed by who ends the submit. */
	char *sent;
};

/* Names the case or order by an argument, asking the gateway where it is not in the workspace. */
int submit_find(struct session *ses, int kind, const char *prefix, struct workspace_case *c)
	__attribute__((warn_unused_result));
/* Brings the list and these parts (enum sync_parts) up to date; *offline where the gateway does
 * not answer, which is no failure. */
int submit_update(struct session *ses, struct workspace_case *c, unsigned parts, bool *offline)
	__attribute__((warn_unused_result));
/* Finds it, brings both threads up to date (the gateway notes the reading; without a network what
 * is here must do, with a warning) and opens it. */
int submit_open(struct session *ses, int kind, const char *prefix, struct opened **out)
	__attribute__((warn_unused_result));
/* Writes one entry. What the fold would reject is refused before it is sealed, with the reason.
 * DAVY_AGAIN where the race was lost SUBMIT_TRIES times. */
int submit_send(struct session *ses, struct workspace_case *c, struct submit *p)
	__attribute__((warn_unused_result));
/* What the fold would say to it; FOLD_FINE where it may be written. */
enum fold_reason submit_check(const struct opened *d, const struct submit *p);
/* Records the refusal of a reason. */
int submit_rejected(struct session *ses, const struct opened *d, enum fold_reason reason);
/* sync_hooks.send: one item of the outbox; what already arrived is not sent twice. */
int submit_outbox(struct session *ses, struct workspace_out *o) __attribute__((warn_unused_result));

/* Opens an order at an inspection desk: draws its id where *id is zero, seals the body to that
 * desk, the desk above it, the backstop and our own. */
int submit_order(struct session *ses, const struct trust *view, uint16_t desk, const json_t *body,
		 uint8_t id[static 16]) __attribute__((warn_unused_result));

#endif
