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

struct cli;
struct cli_option;

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

/* From --dir. Every draft command takes that option. */
int roster_draft_load(struct cli *cli, struct roster_draft *d) __attribute__((warn_unused_result));
int roster_draft_save(struct cli *cli, const struct roster_draft *d)
	__attribute__((warn_unused_result));
void roster_draft_free(struct roster_draft *d);
/* Loads the draft of --dir, does `what` with it, frees it. */
int roster_draft_with(struct cli *cli, int (*what)(struct cli *cli, struct roster_draft *d))
	__attribute__((warn_unused_result));
/* An edit after a publication starts the next version: number, previous, dates. */
int roster_draft_edit(struct cli *cli, struct roster_draft *d, uint32_t days)
	__attribute__((warn_unused_result));
/* Fills in leads, cosigners and the members' hash, checks all rules, prints. Refused with the
 * rule that is broken. */
int roster_draft_texts(struct cli *cli, struct roster_draft *d, struct roster_texts *t)
	__attribute__((warn_unused_result));
void roster_draft_texts_free(struct roster_texts *t);
/* A path in the draft's folder; lives until the command ends. */
const char *roster_draft_path(struct cli *cli, const struct roster_draft *d, const char *name);
struct roster_desk *roster_draft_desk(struct roster_draft *d, uint16_t number);
/* The merged note with the container's two documents: roster.note and members. */
int roster_draft_note(struct cli *cli, const struct roster_draft *d, struct roster_texts *t)
	__attribute__((warn_unused_result));

/* Sets what the options of desk-add and desk-set give. */
int roster_draft_desk_options(struct cli *cli, struct roster_desk *desk)
	__attribute__((warn_unused_result));

#define ROSTER_DRAFT_DIR                                                                           \
	{                                                                                          \
		.name = "dir", .arg = N_("DIR"), .words = "@dir", .help = N_("the draft's folder") \
	}

/* What roster_draft_desk_options reads. */
#define ROSTER_DRAFT_DESK                                                                          \
	{ .name = "name", .arg = N_("NAME"), .help = N_("in Chinese") },                           \
		{ .name = "name-en", .arg = N_("NAME"), .help = N_("in English") },                \
		{ .name = "kind",                                                                  \
		  .arg = N_("KIND"),                                                               \
		  .words = "review inspection oversight integrity reward",                         \
		  .help = N_("review, inspection, oversight, integrity or reward") },              \
		{ .name = "level",                                                                 \
		  .arg = N_("N"),                                                                  \
		  .words = "1 2 3 4",                                                              \
		  .help = N_("1 county, 2 city, 3 province, 4 independent") },                     \
		{ .name = "area",                                                                  \
		  .arg = N_("CODE"),                                                               \
		  .help = N_("six digits; 000000 is everywhere") },                                \
		{ .name = "org",                                                                   \
		  .arg = N_("N"),                                                                  \
		  .help = N_("the body that it belongs to, by a number of yours") },               \
		{ .name = "above", .arg = N_("N"), .help = N_("the desk above, 0 for none") },     \
	{                                                                                          \
		.name = "sectors", .arg = N_("LIST"), .help = N_("COAL,NCM,HAZ,FIRE,OTH")          \
	}

#endif
