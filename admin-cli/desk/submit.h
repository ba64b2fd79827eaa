/*
 * Writing an entry into a case or an order: the log is fetched, the fold checks the entry, it is
 * signed and sealed to the desks (FORMATS §6, §8) and sent. Where somebody else wrote first, all of
 * it is repeated. Without a network the entry waits in the outbox.
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

/* How often an entry is tried while somebody else keeps writing first. */
#define SUBMIT_TRIES 24

struct submit {
	uint16_t type; /* entry type */
	json_t *body;  /* borrowed and unchanged: "after" is added to a copy */
	uint32_t hour; /* not_before of a reply, or 0 */
	bool backstop; /* an above entry: opens the case to the backstop, not to the desk above */
	/* Sets `hour` once the case's record is up to date, before the first attempt; or NULL. */
	uint32_t (*draw)(struct session *ses, const struct frame_record *rec);
	/* Looks at the case once it is up to date, before the entry is sealed: 0, or the failure
	 * that it recorded; or NULL. */
	int (*may)(struct session *ses, const struct opened *d, const struct submit *p);
	const uint8_t *to; /* a public key to which it is sealed before the desks; or NULL */
	bool now;          /* refuse instead of using the outbox: acknowledge, forward */
	/* Waits so many seconds in the tray, whatever the session does with other entries. */
	uint32_t wait;
	/* Unix hour from which on it leaves with the next beat (desk/beat.h), whatever the session
	 * does with other entries; a forward then opens its need first. 0: it does not wait. */
	uint32_t beat;
	/* The result. */
	bool queued;
	uint8_t op; /* the frame that carried it */
	bool done;  /* restrict, rota: the gateway has both frames, and they say the same */
	uint32_t number;
	uint8_t hash[32]; /* of the sealed bytes; zero where queued */
	/* The sealed bytes of a reply whose answer was lost, in base64, or NULL; freed by
	 * submit_send() and submit_outbox(). The gateway may already hold the reply until its hour,
	 * where no list shows it: only the same bytes may be sent again, or there would be two. */
	char *sent;
};

/* Finds the case or order whose id begins with `prefix`; syncs first where the workspace has none.
 */
int submit_find(struct session *ses, int kind, const char *prefix, struct workspace_case *c)
	__attribute__((warn_unused_result));
/* Brings the list and these parts (enum sync_parts) of the case up to date. Where the gateway does
 * not answer, *offline is set, which is no failure. */
int submit_update(struct session *ses, struct workspace_case *c, unsigned parts, bool *offline)
	__attribute__((warn_unused_result));
/* Finds a case or order, brings both threads up to date and opens it. The gateway records the
 * reading. Where it does not answer, a warning is given and what the workspace holds is opened. The
 * caller ends with opened_free(). */
int submit_open(struct session *ses, int kind, const char *prefix, struct opened **out)
	__attribute__((warn_unused_result));
/* Writes one entry. An entry that the fold would reject is refused with the reason before it is
 * sealed. DAVY_AGAIN where somebody else wrote first SUBMIT_TRIES times. */
int submit_send(struct session *ses, struct workspace_case *c, struct submit *p)
	__attribute__((warn_unused_result));
/* The reason for which the fold would reject the entry; FOLD_FINE where it may be written. */
enum fold_reason submit_check(const struct opened *d, const struct submit *p);
/* Whether this member's signature under entry i, a proposal, would count as things stand: another
 * entry may have come first. */
bool submit_signs(const struct opened *d, size_t i);
/* Records the refusal of an entry for that reason; returns DAVY_REFUSED. */
int submit_rejected(struct session *ses, const struct opened *d, enum fold_reason reason);
/* sync_hooks.send: sends one item of the outbox, unless the log shows that it has arrived already.
 */
int submit_outbox(struct session *ses, struct workspace_out *o) __attribute__((warn_unused_result));
/* Opens the need of a forward that waits for the post, if the case still allows it. The forward
 * itself stays in the tray: it leaves as any entry between one and twelve hours later, so that
 * nothing comes to the case with the post. */
int submit_post(struct session *ses, struct workspace_out *o) __attribute__((warn_unused_result));

/*
 * Writes an entry into a case that this desk supervises and whose bytes it may not have: sealed to
 * the receiving desk, the desk above it, the backstop and our own. It names no entry before it,
 * because its author cannot read them. The case is that of the last list.
 */
int submit_supervise(struct session *ses, const struct trust *view, const struct workspace_case *c,
		     uint16_t type, const json_t *body) __attribute__((warn_unused_result));

/* Whether this is a planning desk, and the level, the exclusions and the county of an abstract
 * allow a need there; the refusal says which desk the case needs. No inspection desk gets an
 * abstract: it gets sealed orders. */
int submit_need_check(struct session *ses, const struct trust *view, uint16_t desk,
		      const json_t *body) __attribute__((warn_unused_result));

/* The same for misconduct, which goes to an integrity desk. */
int submit_sealed_check(struct session *ses, const struct trust *view, uint16_t desk,
			const json_t *body) __attribute__((warn_unused_result));

/* Whether this is a planning desk. */
bool submit_is_planning(const struct trust *view, uint16_t desk);

/* Opens an order (FORMATS §5) at an integrity desk, a need at a planning desk: seals the body to
 * that desk, the desk above it, the backstop and our own desk, and sends it. Draws the id where
 * `id` is all zero.
 */
int submit_order(struct session *ses, const struct trust *view, uint16_t desk, const json_t *body,
		 uint8_t id[static 16]) __attribute__((warn_unused_result));

/* What leaves of an abstract: without what is for the desks of the case alone. New reference. */
json_t *submit_abstract_body(const json_t *abstract);
/* Opens the order or the need of an abstract, which is entry i of the case: word for word, without
 * what is for the desks of the case alone. */
int submit_abstract(struct session *ses, const struct opened *d, size_t i, uint16_t desk,
		    uint8_t id[static 16]) __attribute__((warn_unused_result));
/* The same for the log and the abstract that a forward or a split names. */
int submit_named(struct session *ses, const struct opened *d, const json_t *body)
	__attribute__((warn_unused_result));

/* Opens a book (FORMATS §4) at our own desk, or at a desk below, with this first entry. */
struct submit_book {
	uint16_t type, desk; /* desk 0: our own */
	const json_t *body;
	const struct seal_set *to; /* NULL: the desk, the desk above it and the backstop */
};
int submit_book(struct session *ses, const struct trust *view, const struct submit_book *b,
		uint8_t id[static 16]) __attribute__((warn_unused_result));

#endif
