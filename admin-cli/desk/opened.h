/*
 * A case or an order with everything in it opened: each entry opened with this home's epoch
 * secrets, audited, its signature, place and author checked, its body read, and all of it folded.
 * Made from the workspace, without the network but for a roster that nobody here has seen.
 */
#ifndef OPENED_H
#define OPENED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/home/workspace.h"
#include "crypto/entry.h"
#include "crypto/seal.h"

struct session;
struct trust;
struct home_keys;
struct roster_member;
struct open_key;
struct open_known;
struct opened_work;

enum opened_audit {
	OPENED_CLOSED,    /* not opened */
	OPENED_AUDITED,   /* the header was rebuilt: the listed desks can open it */
	OPENED_UNAUDITED, /* a file of stock age, or a cheat: who else can open it is unknown */
	OPENED_UNKNOWN    /* rebuilt but for a recipient whose key nobody here has seen */
};

/* What a roster hash inside an entry says. */
enum opened_roster {
	OPENED_ROSTER_FINE,
	OPENED_ROSTER_OLDER,  /* another had been in force for more than the overlap: red */
	OPENED_ROSTER_UNKNOWN /* nobody has ever served it, the gateway neither: red */
};

/* One entry; fold entry i of the same index has its verdict. */
struct opened_entry {
	const uint8_t *plain;     /* ENTRY_LEN bytes, or NULL where it was not opened */
	struct entry e;           /* borrows from plain */
	json_t *body;             /* or NULL */
	char why[SCHEMA_WHY_CAP]; /* what is wrong with the body */
	enum opened_audit audit;
	uint16_t desk[SEAL_CNT]; /* after an audit: who can open it; 0 the source */
	unsigned desk_cnt;
	uint8_t t[32];
	bool proof; /* t fits the T that the gateway keeps */
	enum opened_roster roster;
	uint32_t roster_version;            /* 0: unknown */
	const struct roster_member *author; /* NULL: the source, or nobody known */
	struct opened_work *work;           /* opened_inner.h */
};

struct opened {
	struct workspace_case c;
	const struct trust *view;
	struct opened_entry *x;
	struct fold_entry *entry;
	size_t cnt;
	struct fold_input in;
	struct fold fold;
	const uint8_t *source_pk; /* the source's X-Wing key, borrowed from the tip; NULL unknown */
	struct opened_inner *inner;
};

/*
 * Opens what the workspace holds of *c. The failure is recorded. The caller ends with
 * opened_free(); the last one wipes.
 *
 * The session keeps the case that was opened last. Opened again, it only reads what came since, so
 * that a command opens each entry once, however often it looks. Entries keep their index: new ones
 * stand at the end, whatever their thread. Which key and which stanza opened an entry is kept in
 * the workspace (WORKSPACE_OPENED), so that the next run tries that one first.
 */
int opened_load(struct session *ses, const struct workspace_case *c, struct opened **out)
	__attribute__((warn_unused_result));
void opened_free(struct opened *d);
/* Drops the case that the session keeps. */
void opened_forget(struct session *ses);

/* Entry by thread and number; FOLD_NONE where it is not here. */
size_t opened_find(const struct opened *d, int thread, uint32_t number);
/* How many entries of a thread are here. */
uint32_t opened_count(const struct opened *d, int thread);
/* The tip or order, FOLD_NONE where none was accepted. */
size_t opened_first(const struct opened *d);

/* The desks to which entries of this log are sealed, most concerned first: receiving, above,
 * backstop, others. At most SEAL_CNT; returns how many. */
unsigned opened_desks(const struct opened *d, uint16_t desk[static SEAL_CNT]);
/* Their current keys; with the source in the first place (a reply) where `reply`. The set
 * borrows from the opened case. Refused where fewer than two desks have a key. */
int opened_seal_set(struct session *ses, const struct opened *d, bool reply, struct seal_set *set)
	__attribute__((warn_unused_result));

/* The member of this home as the fold sees her; and roster roles as bits 1u << BY_…. */
void opened_person(const struct opened *d, struct fold_person *who);
uint32_t opened_roles(uint16_t roster_roles);

/* Where the sealed bytes of an entry are wanted again (case show --raw). */
int opened_sealed(struct session *ses, const struct opened *d, size_t i,
		  struct workspace_entry *out) __attribute__((warn_unused_result));
/* An opening key that opened entry i; borrowed; NULL where nothing did. */
const struct open_key *opened_key(const struct opened *d, size_t i);
/* The recipients that the audit of entry i found, for attach_audit. */
const struct open_known *const *opened_who(const struct opened *d, size_t i);

/* The line for lists: {"state":…,"severity":…,"title":…}; new reference. */
json_t *opened_line(const struct opened *d);
/* sync_hooks.changed: opens, folds, writes line and folded into *c. */
int opened_changed(struct session *ses, struct workspace_case *c)
	__attribute__((warn_unused_result));

#endif
