/*
 * A roster being made: a folder that the registrar keeps.
 *
 *	draft.json   what the roster will say (edited by roster desk-add, member-add, …)
 *	roster.note  the merged note, with enough signatures
 *	published    the note that the gateway took last
 *	members      the members note that goes with roster.note
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
	bool published;           /* this version is out: the next edit makes the next */
};

/* The two texts that are signed and uploaded. */
struct roster_texts {
	char *roster, *members;
	size_t roster_len, members_len;
};

/* The draft of a folder, borrowed. */
int roster_draft_load(struct session *ses, const char *dir, struct roster_draft *d)
	__attribute__((warn_unused_result));
int roster_draft_save(struct session *ses, const struct roster_draft *d)
	__attribute__((warn_unused_result));
void roster_draft_free(struct roster_draft *d);
/* An edit after a publication starts the next version (number, previous, dates): call it before
 * the edit; d->published tells before it whether one starts. */
int roster_draft_edit(struct session *ses, struct roster_draft *d, uint32_t days)
	__attribute__((warn_unused_result));
/* Fills in leads, cosigners and the members' hash, checks all rules, prints. Refused with the
 * rule that is broken. */
int roster_draft_texts(struct session *ses, struct roster_draft *d, struct roster_texts *t)
	__attribute__((warn_unused_result));
void roster_draft_texts_free(struct roster_texts *t);
/* A path in the draft's folder; lives until the command ends. */
const char *roster_draft_path(struct session *ses, const struct roster_draft *d, const char *name);
struct roster_desk *roster_draft_desk(struct roster_draft *d, uint16_t number);
/* The merged note with the container's two documents: roster.note and members. */
int roster_draft_note(struct session *ses, const struct roster_draft *d, struct roster_texts *t)
	__attribute__((warn_unused_result));

#endif
