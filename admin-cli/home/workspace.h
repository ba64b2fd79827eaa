/*
 * The workspace: what was synced from one gateway, encrypted (crypto/record.h) in one SQLite file.
 * A record is (kind, key) -> value. Keys are hashed with a secret key and values are sealed, so the
 * file shows how many records of each kind there are, how long they are and in which order they
 * came, and nothing else.
 * Several terminals may use one workspace at a time.
 *
 * Cases, entries and the outbox have typed calls below. A read gives a copy, which the caller frees
 * with workspace_free(); that wipes it. Functions that take a session record a sentence; the others
 * return 0 or an enum err.
 */
#ifndef WORKSPACE_H
#define WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/frame.h"
#include "crypto/seal.h"

struct session;
struct workspace;

enum workspace_kind {
	WORKSPACE_META = 1,    /* key: a word; cursors of lists, the clock, the outbox's counter */
	WORKSPACE_ROSTER = 2,  /* key: u32 version; the bundle as served */
	WORKSPACE_HASH = 3,    /* key: roster hash; u32 version ‖ u32 day first seen */
	WORKSPACE_MEMBERS = 4, /* key: SHA-256; the members note */
	WORKSPACE_CASE = 5,    /* key: u32 number; a shelf of cases and orders (workspace_case.c) */
	WORKSPACE_ENTRY = 6,   /* key: id ‖ thread ‖ u32 number; struct workspace_entry */
	WORKSPACE_READS = 7,   /* key: id; the read records, 16 bytes each */
	WORKSPACE_PART = 8,    /* key: id ‖ u16 attach ‖ u16 part; a slice of an attachment */
	WORKSPACE_OUTBOX = 9,  /* key: u64 */
	WORKSPACE_OPENED = 10, /* key: SHA-256 of sealed bytes; desk/opened_memo.c */
	WORKSPACE_NOTE = 11,  /* key: a word; the archive of epoch keys, what was shown (shown.c) */
	WORKSPACE_DRAFT = 12, /* key: id ‖ sort; a draft (kept.h) */
	WORKSPACE_HEADS = 13, /* key: u32 number; the first bytes of the ids of cases and orders in
			       * the order of their coming, to find a prefix without opening all */
	WORKSPACE_LIKE = 14,  /* key: id; the signature of an opened case (likes.c) */
	WORKSPACE_FIGURE = 15, /* key: id; what figures need of an opened case (figures.c) */
	WORKSPACE_HELD = 16, /* key: id ‖ u32 hour; a reply that the gateway holds (desk/tray.h) */
	WORKSPACE_SEARCH_PAGE = 17, /* key: u32; a page of the index of words (pages.h) */
	WORKSPACE_SEARCH_TEXT = 18, /* key: id; what stands in the index of a case (search.h) */
	WORKSPACE_DUTY = 19, /* key: id of a book; a rota or a conflict that opened (duty_book.h) */
	WORKSPACE_PLAN = 20, /* registers of sites, shares of plans (desk/planned.c) */
	WORKSPACE_ORDER = 21, /* key: id ‖ u8 what; of sealed orders (desk/order_store.h) */
	WORKSPACE_PLACE =
		22,    /* key: id; u32: its number in the order of coming, and so its shelf */
	WORKSPACE__MAX /* so the kind with the highest number stands last */
};

/* A clock of a case, in hours (rules/clock.h); due 0: it does not run. */
#define WORKSPACE_CLOCKS 7
struct workspace_clock {
	uint32_t from, due;
};

/* What lists show of a case or order that was folded (opened_line()). */
struct workspace_line {
	char state[24]; /* its name in states.json; "": not folded here */
	uint8_t severity;
	int16_t priority; /* priority_rank(); 0: no severity yet */
	bool question;    /* the source was asked something and has not answered */
	bool proposed;    /* a proposal waits for its second member, whoever that may be */
	bool said;        /* the source has said something since the desk last wrote to this case */
	uint8_t sign;     /* proposals of others that this member can sign, at most 255 */
	uint8_t claimer[8]; /* who said last that he works on it (desk/claim.h) */
	uint32_t claim;     /* until which unix minute */
	uint32_t date;  /* unix day: of an order; by which a held case is to be reviewed; 0: none */
	char county[8]; /* its code; "": not said */
	char title[192];
	bool life; /* its clocks run as S1 */
	struct workspace_clock clock[WORKSPACE_CLOCKS];
};

/* A case or order: its record in the gateway's list (FORMATS §4), how much of it is in the
 * workspace, and its line. */
struct workspace_case {
	struct frame_record rec;
	uint16_t asked;                              /* the desk for which the list was asked */
	uint32_t have_source, have_desk, have_reads; /* how many are in the workspace */
	uint32_t folded; /* have_source + have_desk when `line` was made */
	struct workspace_line line;
};

/* One entry as it was fetched. */
struct workspace_entry {
	uint8_t thread; /* 0 source, 1 desk */
	uint32_t number;
	uint32_t day;
	bool by_source;
	uint8_t sig[KEY_SIG_LEN]; /* of the frame in which a source sent it (FORMATS §2, stub) */
	uint8_t hash[32];         /* SHA-256 of the sealed bytes */
	uint8_t sealed[SEAL_LEN];
};

/* An entry that was written and has not left: it lies in the tray for some seconds (desk/tray.h),
 * or it was written without a network. It is sealed when it is sent, because its number and its
 * hashes depend on the log at that moment. */
struct workspace_out {
	uint64_t seq;   /* given by workspace_out_add */
	uint8_t id[16]; /* case or order */
	uint8_t kind, thread;
	uint16_t type;    /* entry type (FORMATS §7) */
	uint16_t desk;    /* the desk that writes it */
	uint32_t hour;    /* not_before of a reply, or 0 */
	uint32_t written; /* unix hour */
	uint64_t leaves;  /* unix second at which it leaves the tray; 0: with the next sync */
	uint32_t group;   /* what one command wrote has one number: it is undone together */
	char *json;       /* the body, exactly as it will be signed */
	char *extra;      /* what else the sender needs (JSON), or NULL */
	char *error;      /* the sentence of the last failure, or NULL */
};

/* Opens the workspace of the gateway in use into ses->workspace; unlocks the keystore for its key.
 */
int workspace_open(struct session *ses) __attribute__((warn_unused_result));
void workspace_close(struct session *ses);
/* The database's last message ("database or disk is full"); borrowed until the next call. */
const char *workspace_fault(const struct workspace *ws);

/* All writes between begin and commit are kept, or none of them. Pairs may nest; the outermost
 * commit writes, and fails where an inner write or an abort failed. 0 or enum err. */
int workspace_begin(struct workspace *ws) __attribute__((warn_unused_result));
/* The same for reads alone: they see one state, and other terminals may write meanwhile. */
int workspace_begin_read(struct workspace *ws) __attribute__((warn_unused_result));
int workspace_commit(struct workspace *ws) __attribute__((warn_unused_result));
void workspace_abort(struct workspace *ws);
/* Around a wait for the network that may come inside a transaction that writes: what was written is
 * kept, so that no other terminal waits as well, and then it goes on. Between the two nothing is
 * read or written. Where it fails, the outermost commit says so. */
void workspace_pause(struct workspace *ws);
void workspace_resume(struct workspace *ws);

/* Something that lives in the workspace and keeps in memory what it has changed (search.c). settle:
 * before a transaction that wrote is committed, to write it; a failure rolls back. drop: when one
 * was rolled back. close: before the workspace closes. */
struct workspace_guest {
	int (*settle)(void *arg);
	void (*drop)(void *arg);
	void (*close)(void *arg);
	void *arg;
};
void workspace_invite(struct workspace *ws, const struct workspace_guest *guest);
/* Its arg; NULL where there is none. */
void *workspace_guest_of(const struct workspace *ws);

/* 0 or enum err: ERR_NOT_FOUND, ERR_AUTH (damaged), ERR_IO, ERR_MEM. */
int workspace_put(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len,
		  const void *val, size_t len) __attribute__((warn_unused_result));
int workspace_get(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len,
		  uint8_t **val, size_t *len) __attribute__((warn_unused_result));
/* Whether there is a record with that key; it is not opened. */
bool workspace_has(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len);
int workspace_del(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len)
	__attribute__((warn_unused_result));
/* Removes all records of a kind. */
int workspace_clear(struct workspace *ws, enum workspace_kind kind)
	__attribute__((warn_unused_result));
/* Calls `each` for every record of a kind, in no order; stops where it returns non-zero, and
 * returns that. key and val are borrowed for the call. */
typedef int workspace_each_fn(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val,
			      size_t len);
int workspace_each(struct workspace *ws, enum workspace_kind kind, workspace_each_fn *each,
		   void *arg) __attribute__((warn_unused_result));
/* How many records of a kind there are. */
int workspace_count(struct workspace *ws, enum workspace_kind kind, size_t *cnt)
	__attribute__((warn_unused_result));
void workspace_free(void *val, size_t len);

/* Puts cases, all or none. */
int workspace_case_put(struct workspace *ws, const struct workspace_case *list, size_t cnt)
	__attribute__((warn_unused_result));
/* The same for cases none of which stands there or comes twice: the caller has looked, in the
 * transaction in which he adds them. */
int workspace_case_add(struct workspace *ws, const struct workspace_case *list, size_t cnt)
	__attribute__((warn_unused_result));
int workspace_case_get(struct workspace *ws, const uint8_t id[static 16],
		       struct workspace_case *out) __attribute__((warn_unused_result));
/* Removes a case or order and its id; nothing where it is not there. */
int workspace_case_del(struct workspace *ws, const uint8_t id[static 16])
	__attribute__((warn_unused_result));
/* All cases (kind 0) or all orders (kind 1); freed with workspace_free(list, cnt * sizeof(*list)).
 */
int workspace_case_list(struct workspace *ws, int kind, struct workspace_case **list, size_t *cnt)
	__attribute__((warn_unused_result));
/* Finds the one case or order whose id begins with `prefix`. Where there is none or more than one,
 * the recorded sentence says so and names the candidates. */
int workspace_case_find(struct session *ses, int kind, const char *prefix,
			struct workspace_case *out) __attribute__((warn_unused_result));

int workspace_entry_put(struct workspace *ws, const uint8_t id[static 16],
			const struct workspace_entry *e) __attribute__((warn_unused_result));
int workspace_entry_get(struct workspace *ws, const uint8_t id[static 16], int thread,
			uint32_t number, struct workspace_entry *out)
	__attribute__((warn_unused_result));

/* The outbox, oldest first. workspace_out_add() copies *o and sets o->seq; workspace_out_free()
 * frees a list and its strings. */
int workspace_out_add(struct workspace *ws, struct workspace_out *o)
	__attribute__((warn_unused_result));
int workspace_out_list(struct workspace *ws, struct workspace_out **list, size_t *cnt)
	__attribute__((warn_unused_result));
int workspace_out_update(struct workspace *ws, const struct workspace_out *o)
	__attribute__((warn_unused_result));
int workspace_out_del(struct workspace *ws, uint64_t seq) __attribute__((warn_unused_result));
void workspace_out_free(struct workspace_out *list, size_t cnt);

#endif
