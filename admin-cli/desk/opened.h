/*
 * A case or an order with all its entries opened: each entry is decrypted with this home's epoch
 * secrets (FORMATS §8), audited, its signature, place and author are checked and its body is read
 * (FORMATS §6, §7); then the whole log is folded. It is made from the workspace. The gateway is
 * only asked for a roster that an entry names and this home has not seen.
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
	OPENED_UNAUDITED, /* the header is not the protocol's: who else can open it is unknown */
	OPENED_UNKNOWN    /* rebuilt except for a recipient whose key this home has not seen */
};

/* What the roster hash inside an entry tells about the roster that the source was served. */
enum opened_roster {
	OPENED_ROSTER_FINE,
	OPENED_ROSTER_OLDER,  /* replaced longer ago than OPENED_OVERLAP days: alarm */
	OPENED_ROSTER_UNSEEN, /* only the gateway has it, and this home's own knowledge does not
			       * confirm it: alarm */
	OPENED_ROSTER_UNKNOWN /* neither this home nor the gateway has that roster: alarm */
};

/* Whether the desks that can open an entry of a source are those that the rules name. */
enum opened_choice {
	OPENED_CHOICE_FINE,    /* or there is nothing to compare */
	OPENED_CHOICE_MISSING, /* a desk that ought to be able to open it is not: alarm */
	OPENED_CHOICE_OTHER    /* a desk can open it that the rules do not name: alarm */
};

/* One entry; opened.entry has the fold's verdict on it under the same index. */
struct opened_entry {
	const uint8_t *plain;     /* ENTRY_LEN bytes; NULL where none of our keys opens it */
	struct entry e;           /* borrows from plain */
	json_t *body;             /* or NULL */
	char why[SCHEMA_WHY_CAP]; /* what is wrong with the body */
	enum opened_audit audit;
	uint16_t desk[SEAL_CNT]; /* after an audit: the desks that can open it; 0 is the source */
	unsigned desk_cnt;
	uint8_t t[32];
	bool proof; /* the source signed the frame in which the gateway says it came */
	enum opened_roster roster;
	uint32_t roster_version; /* 0: unknown */
	enum opened_choice choice;
	uint16_t choice_desk; /* the desk that is missing, or that the rules do not name */
	const struct roster_member *author; /* NULL: the source, or an unknown key */
	bool handed; /* no key of ours opens it: a reader has handed its file key to us */
	bool came;   /* a moment ago, in a sync */
	struct opened_work *work; /* opened_inner.h */
};

struct opened {
	struct workspace_case c;
	const struct trust *view;
	struct opened_entry *x;
	struct fold_entry *entry;
	size_t cnt;
	struct fold_input in;
	struct fold fold;
	const uint8_t *source_pk; /* the source's X-Wing key, inside the tip; NULL: unknown */
	struct opened_inner *inner;
};

/*
 * Opens what the workspace holds of *c. A failure is recorded. The caller ends with opened_free();
 * the last holder's call wipes.
 *
 * The session keeps the case that was opened last. When it is loaded again, only entries that have
 * come since are opened, so a command opens each entry once. Then both callers hold the same struct
 * opened, which has grown: entries keep their index, new ones follow at the end whatever their
 * thread, plaintexts stay where they are, but the arrays x and entry may move. Where the trust or
 * the keystore has changed meanwhile, the case is opened anew.
 *
 * What opening an entry has shown is kept in the workspace (WORKSPACE_OPENED, opened_memo.c), so
 * that the next run needs no X-Wing for it.
 */
int opened_load(struct session *ses, const struct workspace_case *c, struct opened **out)
	__attribute__((warn_unused_result));
void opened_free(struct opened *d);
/* Drops the case that the session keeps; other holders keep theirs. */
void opened_forget(struct session *ses);
/* That, and the keys; at the end of a session. */
void opened_close(struct session *ses);

/* The index of an entry by thread and number; FOLD_NONE where it is not in the workspace. */
size_t opened_find(const struct opened *d, int thread, uint32_t number);
/* The newest proposal of that type of entry, by this member or by another, that nobody has signed;
 * FOLD_NONE: there is none. */
size_t opened_proposal(const struct opened *d, uint16_t type, bool mine);
/* The day of the oldest act of one that still waits for its second signature; 0: none does. */
uint32_t opened_alone(const struct opened *d);
/* Whether an entry of the source is a reason for an alarm: its roster or its desks. */
bool opened_alarm(const struct opened *d);
/* What is wrong with the file key of entry i as it was handed on (FORMATS §7, file-keys); *by is
 * the entry that says so: its author left it out although he had seen it, or gave another than its
 * own. Who opens it with a key of his own sees only false ones. */
enum opened_handed { OPENED_HANDED_FINE, OPENED_HANDED_LEFT_OUT, OPENED_HANDED_FALSE };
enum opened_handed opened_handed_fault(const struct opened *d, size_t i, size_t *by);
/* One more than the highest number of an entry of the thread that is here. */
uint32_t opened_count(const struct opened *d, int thread);
/* The index of the tip or order; FOLD_NONE where the fold has accepted none. */
size_t opened_first(const struct opened *d);

/* The desks to which an entry of this log is sealed: the receiving desk first, then the desks above
 * it, the backstop, the others. Returns how many, at most SEAL_CNT. */
unsigned opened_desks(const struct opened *d, uint16_t desk[static SEAL_CNT]);
/* Fills *set with the current keys of those desks; `first` (or NULL) stands before them: the
 * source's of a reply, a member's to whom the case is handed. The set borrows from the opened case.
 * Refused where fewer than two desks have a current key. */
int opened_seal_set(struct session *ses, const struct opened *d, const uint8_t *first,
		    struct seal_set *set) __attribute__((warn_unused_result));

/* This home's member as the fold sees a person; and the roster's roles as bits 1u << BY_…. */
void opened_person(const struct opened *d, struct fold_person *who);
uint32_t opened_roles(uint16_t roster_roles);

/* Reads entry i with its sealed bytes from the workspace again (for case show --raw). */
int opened_sealed(struct session *ses, const struct opened *d, size_t i,
		  struct workspace_entry *out) __attribute__((warn_unused_result));
/* The key that opened entry i, borrowed until the case is freed; NULL where none did. */
const struct open_key *opened_key(const struct opened *d, size_t i);
/* The SEAL_CNT recipients that the audit of entry i found, for attach_audit(); borrowed until the
 * case is freed. */
const struct open_known *const *opened_who(const struct opened *d, size_t i);

/* Why the first entry of a book or an order that was opened here counts for nothing: then nothing
 * in the log does. FOLD_FINE: it counts, it could not be opened, or this is a case. */
enum fold_reason opened_refused(const struct opened *d);
/* The name of its state, for fold_state_text(); BOOK_REFUSED where nothing in it counts. */
const char *opened_state(const struct opened *d);
/* The line that lists show; and as {"state":…,"title":…,"severity":…}, {} where it was not folded.
 * The caller drops the reference. */
void opened_line(const struct opened *d, struct workspace_line *out);
json_t *opened_line_json(const struct workspace_line *line);
/* sync_hooks.came, awaited, arrived, rest: opens entries that have come while other things go on,
 * on all processors, and keeps what is needed to open them again quickly. It is a help alone: what
 * fails here is tried again by opened_load(). */
uint64_t opened_came(struct session *ses, const uint8_t id[static KEY_ID_LEN],
		     const struct workspace_entry *w);
void opened_awaited(struct session *ses, uint64_t cnt);
void opened_arrived(struct session *ses, uint64_t cnt);
void opened_rest(struct session *ses);
/* sync_hooks.changed: opens and folds the case; sets line and folded in *c. */
int opened_changed(struct session *ses, struct workspace_case *c)
	__attribute__((warn_unused_result));

#endif
