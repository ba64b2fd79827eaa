/*
 * The draft of a roster (FORMATS §9) in a folder that the registrar keeps. The room roster edits
 *the draft, checks it and prints its texts; it speaks to no gateway and holds no key.
 *
 *	draft.json   what the roster will say (edited by roster desk-add, member-add, …)
 *	roster.note  the merged note, with enough signatures
 *	published    the note that the gateway took last
 *	members      the members note that belongs to roster.note
 *	certificates the bundle that the gateway served last (roster_keeps.h)
 *
 * Functions return 0, or a positive enum davy_exit whose sentence has been recorded (session.h).
 */
#ifndef ROSTER_DRAFT_H
#define ROSTER_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/card.h"
#include "crypto/roster.h"

#define ROSTER_DRAFT_DAYS 35

struct session;

struct roster_draft {
	const char *dir; /* borrowed */
	struct card_gateway card;
	struct roster r;          /* leads and cosigners are filled in by roster_draft_texts */
	struct roster_members *m; /* room for ROSTER_MEMBER_MAX */
	bool published; /* this version was published: the next edit begins the next one */
};

/* The two texts that are signed and uploaded. */
struct roster_texts {
	char *roster, *members;
	size_t roster_len, members_len;
};

/* Reads the draft of a folder; `dir` is borrowed. roster_draft_free() frees. */
int roster_draft_load(struct session *ses, const char *dir, struct roster_draft *d)
	__attribute__((warn_unused_result));
int roster_draft_save(struct session *ses, const struct roster_draft *d)
	__attribute__((warn_unused_result));
void roster_draft_free(struct roster_draft *d);
/* Call it before an edit: where the version was published (d->published), it begins the next one,
 * with number, hash of the previous one and dates (`days` is how long it is valid). */
int roster_draft_edit(struct session *ses, struct roster_draft *d, uint32_t days)
	__attribute__((warn_unused_result));
/* Fills in leads, cosigners and the hash of the members note, checks all rules and prints both
 * texts. Refused with the rule that is broken. roster_draft_texts_free() frees. */
int roster_draft_texts(struct session *ses, struct roster_draft *d, struct roster_texts *t)
	__attribute__((warn_unused_result));
void roster_draft_texts_free(struct roster_texts *t);
/* A path in the draft's folder; lives until the session ends. */
const char *roster_draft_path(struct session *ses, const struct roster_draft *d, const char *name);
/* The desk with that number, borrowed from the draft; NULL where there is none. */
struct roster_desk *roster_draft_desk(struct roster_draft *d, uint16_t number);
/* Reads what roster merge has written: roster.note and members. roster_draft_texts_free() frees. */
int roster_draft_note(struct session *ses, const struct roster_draft *d, struct roster_texts *t)
	__attribute__((warn_unused_result));

#endif
