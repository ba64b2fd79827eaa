/*
 * The vault: the one process that has the store and the gateway's signing key, and no network.
 *
 * It verifies the signature of every request itself and makes the digest that its answer is signed
 * with: a face that has been taken over can speak for nobody.
 */
#ifndef SERVER_VAULT_H
#define SERVER_VAULT_H

#include "crypto/buf.h"
#include "crypto/checkpoint.h"
#include "crypto/bundle.h"
#include "crypto/choose_ready.h"
#include "crypto/frame.h"
#include "crypto/proof.h"
#include "crypto/roster.h"
#include "server/vault/auth.h"
#include "server/base/conf.h"
#include "server/base/ipc.h"
#include "server/base/puzzle.h"
#include "server/store/store.h"

#define VAULT_UPLOAD_CNT 4
#define VAULT_UPLOAD_MAX 96 /* parts: 1.5 MiB */

/* A roster upload of which parts are missing. */
struct vault_upload {
	uint8_t key[KEY_SIGN_PUBLIC_LEN];
	uint64_t used; /* when it was last added to; 0: free */
	uint16_t parts;
	uint32_t length;
	bool have[VAULT_UPLOAD_MAX];
	uint8_t *bytes; /* parts × FRAME_BODY_LEN */
};

enum vault_ballast { VAULT_BALLAST_NONE, VAULT_BALLAST_READY, VAULT_BALLAST_GIVEN };

struct vault_loop;

/* A start accepts a machine's clock that is ahead of the store's minute by this much at most. */
#define VAULT_OUTAGE_DAYS 30

/* What the vault thinks of the machine's clock: vault_time.c. */
enum vault_time_state { VAULT_TIME_GOOD, VAULT_TIME_BEHIND, VAULT_TIME_AHEAD };
struct vault_time {
	uint64_t mono_ms;  /* the monotonic clock, when the minute was last reckoned */
	uint32_t part_ms;  /* of the minute that runs */
	uint32_t ahead_ms; /* what the machine's clock has added lately */
	bool settled;      /* the machine's clock has agreed once since the start */
	bool slow;         /* the minute goes on at nine tenths of the speed */
	bool refused;      /* a jump ahead was refused and nobody has accepted it */
	bool kept_refused; /* as the store has it */
	bool raised;       /* by this vault, which alone takes it back */
	enum vault_time_state state;
};

#define VAULT_CHECKPOINT_MAX 12288 /* with the cosignatures of 16 witnesses and 64 desks */
#define VAULT_JUNK_DAYS      7     /* from the second vote to the removal */

/* What may come in today: vault_budget.c. */
struct vault_member_day {
	uint8_t handle[KEY_HANDLE_LEN];
	uint32_t cnt[4];
};
struct vault_budget {
	double left; /* bytes that new cases may take now */
	uint64_t at_ms;
	uint32_t day;
	struct vault_member_day *member;
	size_t cnt, cap;
	/* Where several vaults have the store: the minute up to which it has filled, else 0;
	 * whether the members' counts are those of this batch, and are to be kept. */
	uint64_t minute;
	bool loaded, counted;
};

/* The public log: vault_tlog.c. As the store keeps it: where the newest bundle of the log stands.
 */
struct vault_logged {
	uint64_t index;
	uint8_t hash[32];
	uint32_t version, spare; /* of its roster */
};
struct vault_tlog {
	bool on;            /* the roster names this gateway's log */
	uint64_t batch;     /* the number of the one that is open */
	uint64_t size;      /* entries in the closed ones */
	uint64_t waiting;   /* in the open one, at least */
	uint64_t slot;      /* of four hours, in which the last one was closed */
	uint8_t bundle[32]; /* the last bundle that was logged */
	struct vault_logged logged;
	struct hkdf_prk secret; /* of the open batch */
	bool changed;           /* what is above, by this transaction */
};

/*
 * What the vaults of one store tell each other, in each batch (vault_common.c). On: the store is
 * one that several may have.
 */
struct vault_common {
	bool on;
	bool refused;    /* vault_time.c */
	uint64_t minute; /* the latest one of any */
	uint64_t ticked; /* the last one in which the clocks of all cases were looked at */
	uint64_t rosters,
		logs;     /* grow with each roster or certificate, and each change of the log */
	uint64_t waiting; /* entries of the open batch of the log */
	uint32_t place_day;
	uint64_t day_place;
	uint64_t turn; /* of the puzzle */
	uint8_t difficulty[PUZZLE_VALID];
	uint64_t budget_minute, budget; /* of new cases */
};

struct vault {
	const struct conf *conf;
	const struct conf_keys *keys;
	struct store *store;
	uint64_t minute; /* never runs backwards, not even over restarts */
	struct vault_time time;
	uint64_t minute_kept;   /* as the store has it */
	bool clocks_more;       /* more clocks are due than one turn takes */
	uint64_t minute_ticked; /* when all clocks were last looked at */
	uint32_t day;           /* of the bundle */
	uint64_t used;          /* bytes of the store at the beginning of this batch */
	uint32_t place_day;     /* the day, and the last place in the order of change */
	uint64_t day_place;     /* before it began */
	uint64_t served_ms;     /* when the last batch was answered (clock_mono_ms) */
	uint64_t damaged;       /* rows that the last reading of the store found damaged */
	uint32_t read_day;      /* on which the last reading ended; 0: none has */
	struct vault_budget budget;
	uint32_t junk_gone; /* cases that this purge of junk has removed */
	bool junk_more, scrub;
	struct vault_tlog tlog;
	struct vault_common common;
	struct puzzle puzzle;
	bool puzzle_new; /* another vault has set it, or this one for all: faces are to be told */
	uint8_t cursor_key[32];
	uint8_t lot_key[32]; /* draws the cases that the backstop samples */

	/* Roster in force; NULL before the first. */
	struct roster *roster;
	struct roster_members *members;
	uint8_t *note, *members_note, *bundle;
	size_t note_len, members_len, bundle_len;
	uint8_t note_hash[32], members_hash[32], bundle_hash[32];
	/* What GET /roster gives, and the last bundle that a phone could see in the log, with its
	 * proof (vault_serve.c). */
	uint8_t *served, *proved;
	size_t served_len, proved_len;
	bool serve_dirty;          /* the log has grown, or was cosigned */
	struct choose_ready ready; /* of the bundle with that hash, on that day */
	uint32_t ready_day;
	uint8_t ready_hash[32];
	enum vault_ballast ballast;
	uint64_t ballast_tried, full_said; /* ms; 0: never */
	/* The store is on a server that is away, or nobody knows whether it has kept the last
	 * batch: what is remembered of it is read again, and this batch is answered busy. */
	bool away, busy;
	bool store_full;   /* this batch runs a second time because the disk is full */
	bool roster_dirty; /* written in this batch: read again after the commit */

	struct vault_upload upload[VAULT_UPLOAD_CNT];
	uint64_t upload_seq;
	uint64_t done[16]; /* requests by status since the start, status - FRAME_OK; coarse, for
			      `davyd status` */
};

/* One request on its way. Handlers fill status, routing and body_len; a body is written to `body`.
 */
struct vault_call {
	struct vault *v;
	const uint8_t *frame;
	struct frame_digest digest;
	struct frame_request req;
	const struct roster_member *member; /* desk ops; may be NULL in the first roster put */
	struct auth_duty duty;              /* of the member's desk, today */
	struct frame_routing out;
	uint8_t *body; /* FRAME_BODY_LEN; a handler that uses it zeroes it first */
	size_t body_len;
	bool wrote; /* false: the request gets a pad to write */
};

struct vault_args {
	const struct conf *conf;
	const struct conf_keys *keys;
	int sock;   /* control socket to the parent */
	int db;     /* socket to davylamp-db; -1 where the store is a folder */
	bool check; /* the store has not been looked at since the parent started */
};
/* The process; does not return. */
_Noreturn void vault_main(const struct vault_args *args);
/*
 * vault.c: the loop is made before the sandbox is entered. Run serves until the parent asks for the
 * end or has ended, then closes the vault.
 */
struct vault_loop *vault_loop_new(struct vault *v, int sock);
void vault_loop_run(struct vault_loop *loop);

/* vault_ops.c: one request; the status to answer, or a negative err of the store that ends the
 * batch. */
int vault_serve(struct vault_call *c) __attribute__((warn_unused_result));
/* vault_open.c: opens the store, reads roster and clock. A sentence for the operator on failure. */
int vault_open(struct vault *v, const char *path, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
void vault_close(struct vault *v);
/* What a store holds, for who wants to know how old a copy of it is. */
struct vault_found {
	struct store_stats stats;
	uint32_t newest_day; /* of an entry; 0: there is none */
	uint64_t minute;     /* the last one that the vault kept; it keeps one a minute */
};
/* Reads the whole store of a gateway that does not run: rows, sealed bytes, roster and
 * certificates. A sentence for the operator on failure. */
int vault_check(const struct conf *conf, const struct conf_keys *keys, const char *path,
		struct vault_found *found, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));

/*
 * vault_common.c: as store_begin and store_commit, for whatever looks at what the vault remembers
 * of the store, or changes it. Begin: all of it is as the last batch of any vault has left it, and
 * the roster in force is that of the store. Take: what begin does, inside a transaction; *stale:
 * the roster has to be loaded, which is done outside.
 */
int vault_begin(struct vault *v) __attribute__((warn_unused_result));
int vault_commit(struct vault *v) __attribute__((warn_unused_result));
int vault_common_take(struct vault *v, bool *stale) __attribute__((warn_unused_result));

/* Handlers: an enum frame_status, or a negative err of the store. */
int vault_source_open(struct vault_call *c);
int vault_source_append(struct vault_call *c);
int vault_source_chunk(struct vault_call *c);
int vault_source_poll(struct vault_call *c);
int vault_desk_list(struct vault_call *c);
int vault_desk_fetch(struct vault_call *c);
int vault_desk_append(struct vault_call *c);
int vault_desk_acknowledge(struct vault_call *c);
int vault_desk_close(struct vault_call *c);
int vault_desk_junk(struct vault_call *c);
int vault_desk_restrict(struct vault_call *c);
int vault_desk_order(struct vault_call *c);
int vault_desk_book(struct vault_call *c);
int vault_desk_rota(struct vault_call *c);
int vault_desk_statement(struct vault_call *c);
int vault_order_seal(struct vault_call *c);
int vault_order_part(struct vault_call *c);
int vault_order_take(struct vault_call *c);
int vault_order_stop(struct vault_call *c);
int vault_order_photo(struct vault_call *c);
int vault_source_opened(struct vault_call *c);
int vault_desk_above(struct vault_call *c);
int vault_desk_reseal(struct vault_call *c);
int vault_desk_object(struct vault_call *c);
int vault_desk_purge(struct vault_call *c);
int vault_desk_account(struct vault_call *c);
int vault_key_put(struct vault_call *c);
int vault_key_get(struct vault_call *c);
int vault_roster_put(struct vault_call *c);
int vault_roster_get(struct vault_call *c);
int vault_log_cosign(struct vault_call *c);
int vault_log_checkpoint(struct vault_call *c);

#define VAULT_PARTS_MAX 262 /* an age file of the 4 MiB class in parts of 16,128 bytes */
/*
 * vault_source.c, for handlers that take a part of an attachment, which is written once. Stands:
 * fills *k from the request; FRAME_OK for the same bytes again, FRAME_BAD for others,
 * ERR_NOT_FOUND where there is none yet. Add: as far as the log has room.
 */
int vault_chunk_stands(struct vault_call *c, const struct store_log *log, struct store_chunk *k);
int vault_chunk_add(struct vault_call *c, struct store_log *log, struct store_chunk *k);
/*
 * vault_write.c, for handlers that add an entry to a case. Find: the log of the request, if this
 * member may do this to it. Place: the entry at the place that the request names; *again where the
 * same entry stands in the log already (c->out.number says where). Add: puts it there. Each an enum
 * frame_status or a failure of the store.
 */
int vault_write_find(struct vault_call *c, struct store_log *log, uint8_t thread);
int vault_write_place(struct vault_call *c, const struct store_log *log, struct store_entry *e,
		      bool *again);
int vault_write_add(struct vault_call *c, struct store_log *log, struct store_entry *e);
/* Makes a log of desks that is not there yet; the request's body is its first entry. */
int vault_write_new(struct vault_call *c, struct store_log *log);
/* vault_desk.c: bytes are given out only with this read record, in the same transaction. */
int vault_leave_record(struct vault_call *c, struct store_log *log, uint32_t number)
	__attribute__((warn_unused_result));
/* vault_order.c, also for the parts of a plan. A part stands once: the same bytes again are a
 * repeat, *stands and FRAME_OK; others are FRAME_BAD. */
int vault_part_stands(struct vault_call *c, const struct store_log *log,
		      const struct store_entry *e, bool *stands)
	__attribute__((warn_unused_result));
int vault_part_add(struct vault_call *c, struct store_log *log, struct store_entry *e)
	__attribute__((warn_unused_result));
/* Answers with the bytes of a place and leaves a read record. */
int vault_part_give(struct vault_call *c, struct store_log *log, uint32_t place)
	__attribute__((warn_unused_result));
int vault_part_list(struct vault_call *c, const struct store_log *log)
	__attribute__((warn_unused_result));
/* vault_share.c: as vault_order_part, vault_order_thread and vault_order_fetch, of a plan. */
int vault_share_put(struct vault_call *c) __attribute__((warn_unused_result));
uint8_t vault_share_thread(uint32_t number);
int vault_share_fetch(struct vault_call *c, struct store_log *log)
	__attribute__((warn_unused_result));
/* vault_order.c: what auth.h calls the thread of a part of a sealed order; the fetch of one, once
 * that is allowed. */
uint8_t vault_order_thread(uint32_t number);
int vault_order_fetch(struct vault_call *c, struct store_log *log);

/*
 * vault_purge.c: one step of a purge, within what the backstop has allowed. Text for `davyd purge`;
 * bytes written.
 */
size_t vault_purge(struct vault *v, uint32_t days, char *dst, size_t cap);

/* vault_time.c */
/* Advances v->minute; true when it changed. */
bool vault_clock_advance(struct vault *v);
/* At the start, where other vaults have the store; running: and not only since this moment. */
void vault_clock_join(struct vault *v, bool running);
/* The operator's word that the machine's clock is right; false where it is behind the vault's. */
bool vault_clock_accept(struct vault *v);
/* Reads the minute from the store, or stores it when it has changed: it does not run backwards over
 * a restart. */
int vault_clock_recall(struct vault *v) __attribute__((warn_unused_result));
int vault_clock_keep(struct vault *v) __attribute__((warn_unused_result));
/*
 * The day or the hour, or, where the machine's clock is suspect, the earlier of its own and the
 * vault's. What has an end is judged by this day, so that a clock that was far ahead ends nothing;
 * what has a beginning by this hour, so that it opens nothing.
 */
uint32_t vault_day_early(const struct vault *v);
uint32_t vault_hour_early(const struct vault *v);

/* vault_budget.c */
/* Whether one more case may come in now; by lot when the day's budget runs out. */
bool vault_budget_open(struct vault *v);
/* The least difficulty of the puzzle, from what is left of the day's budget and of the store. */
uint8_t vault_budget_puzzle(struct vault *v);
/* Counts an entry or a key part of a member: FRAME_OK, FRAME_FULL or a failure. */
int vault_budget_member(struct vault_call *c) __attribute__((warn_unused_result));
int vault_budget_recall(struct vault *v) __attribute__((warn_unused_result));
int vault_budget_keep(struct vault *v) __attribute__((warn_unused_result));
/* Where several vaults have the store: the budget as the last batch left it, filled up to this
 * minute; keeps the counts of members, in the transaction in which they were changed. */
void vault_budget_common(struct vault *v);
int vault_budget_keep_members(struct vault *v) __attribute__((warn_unused_result));

/*
 * vault_rota.c: who is on duty at a desk today, and what follows from it. Both a failure of the
 * store. Day: forgets what is past; inside a transaction.
 */
int vault_rota_today(struct vault *v, uint16_t desk, struct auth_duty *out)
	__attribute__((warn_unused_result));
int vault_rota_day(struct vault *v) __attribute__((warn_unused_result));
/* Desks that have set a rota once and have none that stands today, or will have none tomorrow: how
 * many, and the number of the first. */
struct vault_rota_gap {
	unsigned cnt, desk;
};
int vault_rota_gaps(struct vault *v, struct vault_rota_gap *today, struct vault_rota_gap *tomorrow)
	__attribute__((warn_unused_result));

/* vault_admit.c: whether a member of the receiving desk is shown a case. */
int vault_admit(struct vault *v, const struct store_log *log, const struct roster_member *m,
		bool *shown) __attribute__((warn_unused_result));
/* Opens a case to the desk above when fewer than two of its desk are left to whom it is shown, or
 * none of the leads that the desk has. */
int vault_admit_up(struct vault *v, struct store_log *log) __attribute__((warn_unused_result));
/* Whether so many are left. */
int vault_admit_enough(struct vault *v, const struct store_log *log, bool *enough)
	__attribute__((warn_unused_result));
/* Notes that a member has opened a case that is guarded. */
void vault_admit_seen(struct store_log *log, const uint8_t handle[static KEY_HANDLE_LEN]);
/* Takes a member out of a list of handles that is filled with zeros. */
void vault_admit_drop(uint8_t (*list)[KEY_HANDLE_LEN], const uint8_t handle[static KEY_HANDLE_LEN]);

/*
 * vault_tlog.c: the public log (FORMATS.md section 19), which is kept where the roster names its
 * key. Everything but the first is inside a transaction.
 *
 * Recall: where the last batch ended. Roster: whether the roster in force wants the log, and what
 * it may want now that it did not.
 */
int vault_tlog_recall(struct vault *v) __attribute__((warn_unused_result));
void vault_tlog_roster(struct vault *v);
/* Adds an entry to its log of store and to the public one. */
int vault_entry_add(struct vault_call *c, const struct store_log *log, struct store_entry *e)
	__attribute__((warn_unused_result));
/* What the log says beside entries of logs, by the first byte of its record: a desk has opened a
 * case; the backstop's leave to remove (`said`: its stub); a removal by that leave; one that two
 * desks called for. */
enum vault_said {
	VAULT_SAID_OPENED = 16,
	VAULT_SAID_LEAVE,
	VAULT_SAID_LEFT = LEAF_RECORD_LEFT,
	VAULT_SAID_JUNK = LEAF_RECORD_JUNK
};
int vault_tlog_say(struct vault *v, enum vault_said what, const uint8_t id[static KEY_ID_LEN],
		   const void *said, size_t len) __attribute__((warn_unused_result));
/* The same for a list of removals. */
int vault_tlog_removed(struct vault *v, enum vault_said what, const uint8_t (*id)[KEY_ID_LEN],
		       size_t cnt) __attribute__((warn_unused_result));
/* Logs a bundle that is new, and closes the batch when its hours are over or it is large. */
int vault_tlog_turn(struct vault *v) __attribute__((warn_unused_result));
/* Whether an entry with this second half waits for its batch. */
int vault_tlog_waits(struct vault *v, const uint8_t cover[static LEAF_COVER_LEN], bool *waits)
	__attribute__((warn_unused_result));
/* The newest signed checkpoint with its cosignatures, and a tile or bundle of entries:
 * ERR_NOT_FOUND where there is none. */
int vault_tlog_checkpoint(struct vault *v, uint8_t dst[static VAULT_CHECKPOINT_MAX], size_t *len)
	__attribute__((warn_unused_result));
int vault_tlog_tile(struct vault *v, const struct tile *t, uint8_t dst[static STORE_TILE_MAX],
		    size_t *len) __attribute__((warn_unused_result));
/* Keeps that checkpoint with other cosignatures; `enough`: they are a quorum, so it is shown to
 * sources until a newer one has one, too. */
int vault_tlog_cosigned(struct vault *v, const uint8_t *note, size_t len, bool enough)
	__attribute__((warn_unused_result));
/* The proof that the newest checkpoint goes on from its first `old` entries; none (*cnt 0) where it
 * has no more than these. */
int vault_tlog_grown(struct vault *v, uint64_t old,
		     uint8_t path[static MERKLE_STEP_MAX][MERKLE_LEN], size_t *cnt)
	__attribute__((warn_unused_result));
/* The last checkpoint that had a quorum. */
int vault_tlog_seen(struct vault *v, uint8_t dst[static VAULT_CHECKPOINT_MAX], size_t *len)
	__attribute__((warn_unused_result));

/*
 * vault_tlog_prove.c. Shown: the checkpoint that a proof of the entry at `index` shows, and how
 * many entries it has: the last one that had a quorum, unless the entry came later or the log had
 * another key then. Right after a batch nobody has seen the newest one yet.
 */
int vault_tlog_shown(struct vault *v, uint64_t index, uint8_t dst[static VAULT_CHECKPOINT_MAX],
		     size_t *len, uint64_t *size) __attribute__((warn_unused_result));
/* What her entry's source is told of it. The checkpoint's bytes go where p points. */
int vault_tlog_prove(struct vault *v, const struct store_entry *e, struct log_proof *p,
		     uint8_t checkpoint[static VAULT_CHECKPOINT_MAX])
	__attribute__((warn_unused_result));
/* merkle_read: a hash of the tree, from the tiles. ctx: the vault. */
int vault_tlog_read(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN]);

/*
 * vault_serve.c: makes what GET /roster gives: the bundle of the day with its proof; where its
 * roster asks for a log and a phone cannot see it there yet, with the one before behind it, as long
 * as the roster of that is good. *changed: it is another. Not inside a transaction.
 */
int vault_serve_make(struct vault *v, bool *changed) __attribute__((warn_unused_result));

/* vault_tlog_check.c */
/* Whether entries, tiles and checkpoint belong together; a sentence where not. */
int vault_tlog_check(struct vault *v, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));

/* vault_junk.c */
bool vault_junk_marked(const struct store_log *log);
/* Somebody has opened the case, or its source writes again. */
void vault_junk_clear(struct store_log *log);
/* Removes junk whose days are over, some of it at a time; inside a transaction. */
int vault_junk_purge(struct vault *v) __attribute__((warn_unused_result));

/* vault_repair.c: takes over the minute that `davyd clock --set now` has left. */
int vault_clock_repair(struct vault *v) __attribute__((warn_unused_result));

/* vault_clock.c */
/* Starts the clocks of a new case, or of a new message of its source. */
void vault_clock_start(const struct vault *v, struct store_log *log);
void vault_clock_message(const struct vault *v, struct store_log *log);
/* The hour at which a closing that is announced now takes effect. */
uint32_t vault_clock_closing(const struct vault *v);
/*
 * Makes held replies visible whose hour has come, and opens the log to the desk above when a clock
 * has run out. For one log, when it is accessed.
 */
int vault_clock_log(struct vault *v, struct store_log *log) __attribute__((warn_unused_result));
/*
 * The same for all logs, some of them at a time, so that others are served in between:
 * v->clocks_more says that there are more. Inside a transaction of its own.
 */
int vault_clock_all(struct vault *v) __attribute__((warn_unused_result));

/* vault_roster.c */
/* Reads roster and members from the store and makes the bundle of the day. ERR_NOT_FOUND before the
 * first roster. */
int vault_roster_load(struct vault *v) __attribute__((warn_unused_result));
/* Whether the roster in force names another key than ours: ours succeeds it, and the roster that
 * says so is still to come; or an old key was put back. */
bool vault_roster_other_key(const struct vault *v);
/*
 * vault_upload.c: parts of a roster, which may come to several vaults of one store. Load: what has
 * come so far. Keep: a part that has come. Gather: all parts but that one, which is here. End: it
 * was taken or refused.
 */
int vault_upload_load(struct vault *v) __attribute__((warn_unused_result));
int vault_upload_keep(struct vault *v, const struct vault_upload *u, int part)
	__attribute__((warn_unused_result));
int vault_upload_gather(struct vault *v, struct vault_upload *u, int part)
	__attribute__((warn_unused_result));
int vault_upload_end(struct vault *v, struct vault_upload *u) __attribute__((warn_unused_result));
void vault_upload_drop(struct vault_upload *u);
void vault_roster_drop(struct vault *v);
/* Whether roster and the last bundle of certificates verify; a sentence where not. */
int vault_roster_check(struct vault *v, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
const struct roster_member *vault_member(const struct vault *v,
					 const uint8_t key[static KEY_SIGN_PUBLIC_LEN]);

/*
 * vault_cursor.c: places in the order of change, opaque and bound to the desk that asked
 * (FORMATS.md section 4).
 */
struct vault_cursor {
	uint16_t desk;
	uint8_t kind, turn; /* turn: enum vault_turn of who asks */
};
enum vault_turn { VAULT_OFF_DUTY, VAULT_ON_DUTY, VAULT_NO_ROTA };
void vault_cursor_make(const struct vault *v, uint8_t dst[static FRAME_CURSOR_LEN],
		       struct vault_cursor of, uint64_t place);
int vault_cursor_read(const struct vault *v, uint64_t *place,
		      const uint8_t src[static FRAME_CURSOR_LEN], struct vault_cursor of)
	__attribute__((warn_unused_result));

/*
 * vault_backup.c: one copy at a time. They write text for `davyd backup` and return its length in
 * bytes.
 */
struct vault_backup;
struct event_base;
struct vault_backup *vault_backup_new(struct vault *v, struct event_base *base);
/* fd: transferred. */
size_t vault_backup_start(struct vault_backup *b, int fd, char *dst, size_t cap);
size_t vault_backup_ask(struct vault_backup *b, char *dst, size_t cap);
/* davyd backup has read the copy: it is whole, or it was refused. */
size_t vault_backup_kept(struct vault_backup *b, bool whole, char *dst, size_t cap);
void vault_backup_stop(struct vault_backup *b);

/* vault_care.c: the store is checked and its order is mixed while nobody waits, from the first turn
 * of the loop on. */
struct vault_care;
struct vault_care *vault_care_new(struct vault *v, struct event_base *base);
/* Notes where a day begins in the order of change; called after the clock advanced, before anything
 * is written. */
void vault_care_day(struct vault *v);

/* vault_ballast.c: makes the reserve on the disk where there is room and none yet. */
void vault_ballast_make(struct vault *v);
/* The disk is full: says so in the log and gives the reserve up; true where there was one. */
bool vault_ballast_give(struct vault *v);

/* vault_ready.c: whether a tip can be sealed today; counted once for each bundle and day. */
const struct choose_ready *vault_ready_now(struct vault *v);

/* vault_history.c: days on which something happened, and the use of the store on the last days. */
#define VAULT_USAGE_DAYS 8
/* Notes the bytes in use for the day that ended, and rounded counts for --prometheus; inside a
 * transaction. */
int vault_history_day(struct vault *v) __attribute__((warn_unused_result));
/* Notes that a whole backup was made today. */
int vault_history_backup(struct vault *v) __attribute__((warn_unused_result));
/* Writes the facts of both for `davyd status`. */
void vault_history_print(struct vault *v, struct bufw *w);

/* vault_status.c: text for `davyd status`; bytes written. */
size_t vault_status(struct vault *v, char *dst, size_t cap);

static inline uint32_t
vault_hour(const struct vault *v)
{
	return (uint32_t)(v->minute / 60);
}

static inline uint32_t
vault_day(const struct vault *v)
{
	return (uint32_t)(v->minute / 1440);
}

#endif
