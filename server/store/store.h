/*
 * The vault's data: cases, orders, entries, sealed bytes, key parts, documents. This is the one
 * interface; sqlite/ implements it with sql/, and store_ops.h says what another implementation has
 * to give. The store does not know who may do what: server/vault/auth.c decides that.
 *
 * Everything between store_begin and store_commit is one transaction. After store_commit returned 0
 * it survives a crash of the machine. There is one writer at a time.
 *
 * Failures: ERR_NOT_FOUND, ERR_DUP (something with that name or place is there already), ERR_FULL
 * (no room on the disk: roll back), ERR_IO (the store is damaged or gone: the vault ends), ERR_MEM.
 */
#ifndef SERVER_STORE_H
#define SERVER_STORE_H

#include "crypto/frame.h"
#include "crypto/key.h"
#include "crypto/leaf.h"
#include "crypto/order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_BODY_LEN  FRAME_BODY_LEN
#define STORE_NO_NUMBER 0xffffffffu
#define STORE_WHY_LEN   256
/* The meta value by which `davyd clock --set now` tells the vault its minute; zero: nothing. */
#define STORE_MINUTE_SET "minute-set"

/* Junk: the first of two votes, or both, since closed_day; `closer` cast the first. */
enum store_state { STORE_OPEN, STORE_CLOSED, STORE_JUNK_ASKED = 8, STORE_JUNK };

/* The first frame of an act that takes two persons: who sent it, and what it names, as a hash. */
struct store_first {
	uint8_t handle[KEY_HANDLE_LEN];
	uint8_t what[16];
};
/* So many members may wait for a second person with a list of their own each. */
#define STORE_FIRSTS 4
#define STORE_NAMES  8

/*
 * What the vault enforces of a sealed order (crypto/order.h): the one hour that it knows, who may
 * have what, and which parts stand. All zero for every other log.
 */
struct store_order {
	uint32_t hour0; /* unix hour; 0: no sealed order */
	uint16_t a_desk;
	uint8_t parts;                  /* bit i: place i stands */
	bool stopped;                   /* its parts are given to nobody any more */
	bool shown;                     /* its time is over: the whole receiving desk sees it */
	bool gone;                      /* the bytes of its parts were removed, long after */
	bool held;                      /* under legal hold: they stay, and the order as well */
	uint8_t late[ORDER_LATE_LEN];   /* commitment to the later hours */
	uint8_t sealer[KEY_HANDLE_LEN]; /* of a book: who opened it */
	uint8_t side[2][ORDER_PERSONS][KEY_HANDLE_LEN]; /* A, B; the rest is zero */
};

#define STORE_ORDER_WHOLE(o)                                                                       \
	(((o)->parts & ((1u << ORDER_PLANNED) - 1)) == (1u << ORDER_PLANNED) - 1)
/* The day on which an order is dropped whose parts are not all there. */
#define STORE_ORDER_DROP_DAY(log) ((log)->day + 2)

/* A case or an order; n is the store's own number for it. */
struct store_log {
	int64_t n;
	uint8_t id[KEY_ID_LEN];
	uint8_t kind, ladder, state;
	bool acked, answered;
	bool above, backstop;  /* the bytes are open to the desk above, to the backstop */
	uint16_t desk, origin; /* origin: the desk that wrote an order; 0 for a case */
	uint32_t day, closed_day;
	uint32_t read_due, answer_due; /* unix hours; 0 when met */
	uint32_t source_cnt, entries, desk_entries, reads, attachments;
	/*
	 * The days at which the bytes open to the desk above, and to the backstop where the lot
	 * drew the case; the hour at which an announced closing takes effect. 0: none.
	 */
	uint32_t term_day, sample_day, close_due;
	uint32_t held;              /* replies whose hour has not come */
	uint64_t bytes, desk_bytes; /* of the source's entries; of those of desks */
	uint8_t proof[32];          /* T of the tip */
	uint8_t opened[32];         /* t, once somebody has shown it; else zero */
	/*
	 * Acts that take two persons: who sent the first frame, zero: nobody. opener: to the desk
	 * above, to the backstop. limiter: the oldest first, the rest is zero.
	 */
	uint8_t closer[KEY_HANDLE_LEN], opener[2][KEY_HANDLE_LEN];
	struct store_first limiter[STORE_FIRSTS];
	/*
	 * To whom of the receiving desk the case is shown (auth.c). guarded: those on duty and
	 * those who have opened it, until two have said from whom it is hidden; limited: they have.
	 */
	bool guarded, limited;
	uint8_t hidden[FRAME_HIDDEN_CNT][KEY_HANDLE_LEN];
	uint8_t recused[STORE_NAMES][KEY_HANDLE_LEN]; /* took themselves off; the rest is zero */
	uint8_t seen[STORE_NAMES][KEY_HANDLE_LEN];    /* opened it while it was guarded */
	/* To whom two have handed it, all of one desk; the rest is zero. giver: first frames. */
	uint16_t given_desk;
	uint8_t given[FRAME_GIVEN_MAX][KEY_HANDLE_LEN];
	struct store_first giver[STORE_FIRSTS];
	struct store_order order;
};

struct store_entry {
	uint8_t thread;
	uint32_t number; /* place in the thread; STORE_NO_NUMBER while it is held */
	uint32_t source; /* the source's own count, or STORE_NO_NUMBER where a desk wrote it */
	uint32_t day, not_before; /* not_before: unix hour */
	uint16_t desk;            /* who wrote it; 0: the source */
	uint8_t hash[32];
	/* Of the frame of a source (FORMATS section 2), or of who took a layer of an order; else
	 * zero. */
	uint8_t stub[FRAME_STUB_LEN];
	bool counts;  /* held: meets the answer clock when it becomes visible */
	int64_t body; /* where the bytes lie */
};

struct store_key {
	uint16_t desk;
	uint32_t epoch;
	uint8_t kind;
	uint8_t handle[KEY_HANDLE_LEN];
	uint32_t day;
	bool complete; /* a certificate with both signatures */
	size_t len;
};

struct store_stats {
	uint64_t cases, orders, tombstones, entries, held, overdue;
	uint64_t used, size;               /* bytes in use, bytes of the file */
	uint32_t unread[2], oldest_day[2]; /* by ladder: open read clocks, day of the oldest */
};

struct store;

/*
 * Opens the store at that place, a path, and makes it where there is none. A sentence for the
 * operator on failure; ERR_RANGE where a newer davyd made the store.
 */
int store_open(struct store **out, const char *path, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
void store_close(struct store *s);
/* The version of the store's layout that this davyd writes. */
unsigned store_schema(const struct store *s);
/* Whether there is a store at that path, or something left of one. */
bool store_begun(const char *path);
/* Whether a process has the store at that path open; path as openat takes it. */
bool store_held(int dir, const char *path);
/* While a restore moves files a mark says so, and store_open refuses. Off removes the mark. -1 with
 * errno. */
bool store_restoring(const char *path);
int store_restore_mark(const char *path, bool on) __attribute__((warn_unused_result));
int store_begin(struct store *s) __attribute__((warn_unused_result));
int store_commit(struct store *s) __attribute__((warn_unused_result));
void store_rollback(struct store *s);
/*
 * Where several vaults have the store, what they tell each other: Get gives what the last batch of
 * any of them has left, inside a transaction; Set says what this one leaves. A store that has one
 * vault keeps nothing: Get is false. Others: how many had the store when it was opened.
 */
#define STORE_COMMON_MAX 256
bool store_common_get(struct store *s, uint8_t dst[static STORE_COMMON_MAX], size_t *len);
void store_common_set(struct store *s, const void *bytes, size_t len);
unsigned store_others(struct store *s);
/* How many have it now, this one counted, and how many of them for 10 seconds and more;
 * ERR_NOT_FOUND where a store has one vault. */
struct store_vaults {
	unsigned cnt, old;
};
int store_vaults(struct store *s, struct store_vaults *out) __attribute__((warn_unused_result));
/*
 * Time for work of the store's own that no commit needs. The caller calls it between two batches,
 * when the answers are on their way, with the number of requests that the batch had, and those who
 * send the next ones wait for it. True: the store has work, but a moment when nobody waits is soon
 * enough; the caller calls once more with 0 when its loop has nothing else to do. Nothing is lost
 * where it is never called.
 */
bool store_idle(struct store *s, size_t waiting);
/* Bytes that the store uses, free space in it not counted. */
uint64_t store_used(struct store *s);
/* The counts of a big store are those of the last time that store_count came to its end. */
int store_stats(struct store *s, struct store_stats *out) __attribute__((warn_unused_result));
/* Counts so many logs more. */
int store_count(struct store *s, unsigned rows, bool *more) __attribute__((warn_unused_result));

/* The day of the newest entry, 0 where there is none. It reads all entries. */
int store_newest(struct store *s, uint32_t *day) __attribute__((warn_unused_result));

/* Small named values. Get: ERR_NOT_FOUND; *len at most cap, else ERR_RANGE. */
int store_meta_get(struct store *s, const char *name, void *dst, size_t cap, size_t *len)
	__attribute__((warn_unused_result));
int store_meta_set(struct store *s, const char *name, const void *bytes, size_t len)
	__attribute__((warn_unused_result));

/* Writes as much as a new case does and leaves nothing behind: for requests that write nothing of
 * their own, so that they take as long. leaf: a case has an entry in the public log, too. */
int store_pad(struct store *s, const uint8_t hash[static 32],
	      const uint8_t body[static STORE_BODY_LEN], bool leaf)
	__attribute__((warn_unused_result));

/*
 * Logs of two kinds may have one id: else who opens a book under the id of a case would learn
 * whether that case is there.
 */
int store_log_get(struct store *s, struct store_log *out, uint8_t kind,
		  const uint8_t id[static KEY_ID_LEN]) __attribute__((warn_unused_result));
/* Both give the log a new place in the order of change. Add sets log->n; ERR_DUP also for a purged
 * case. */
int store_log_add(struct store *s, struct store_log *log) __attribute__((warn_unused_result));
int store_log_set(struct store *s, const struct store_log *log) __attribute__((warn_unused_result));
/* Whether a case with this id was purged. */
bool store_log_gone(struct store *s, const uint8_t id[static KEY_ID_LEN]);
/*
 * Logs of that kind and receiving desk (0: desk after desk) that changed after `after` and not
 * after `until` (0: no end), oldest change first; each is given to `take` with its place. A value
 * other than 0 from take ends that desk; a negative one ends all and is returned.
 */
typedef int store_take(void *arg, const struct store_log *log, uint64_t touched);
struct store_range {
	uint8_t kind;
	uint16_t desk;
	bool given; /* those that were handed to members of that desk, in place of its own */
	uint64_t after, until;
};
int store_log_list(struct store *s, const struct store_range *range, store_take *take, void *arg)
	__attribute__((warn_unused_result));
/* Logs on which something is due at or before that hour: a clock, a term, a closing; at most cap.
 */
int store_log_due(struct store *s, uint32_t hour, struct store_log *out, size_t cap, size_t *cnt)
	__attribute__((warn_unused_result));

/* Puts an entry and its bytes; sets body. ERR_DUP: place, source number or a desk's hash taken.
 * Held: number = STORE_NO_NUMBER. */
int store_entry_add(struct store *s, int64_t log, struct store_entry *entry,
		    const uint8_t body[static STORE_BODY_LEN]) __attribute__((warn_unused_result));
int store_entry_get(struct store *s, struct store_entry *out, int64_t log, uint8_t thread,
		    uint32_t number) __attribute__((warn_unused_result));
int store_entry_by_source(struct store *s, struct store_entry *out, int64_t log, uint32_t source)
	__attribute__((warn_unused_result));
/* An entry that a desk wrote; also a held one. */
int store_entry_by_hash(struct store *s, struct store_entry *out, int64_t log, uint8_t thread,
			const uint8_t hash[static 32]) __attribute__((warn_unused_result));
/* The first desk-written entry of the source thread at or behind `from`. */
int store_entry_reply(struct store *s, struct store_entry *out, int64_t log, uint32_t from)
	__attribute__((warn_unused_result));
/* The hashes of the parts of an order that stand, packed as FRAME_PART_RECORD_LEN has them. */
int store_part_list(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log)
	__attribute__((warn_unused_result));
/* Removes the bytes of the parts of an order; their hashes stay. */
int store_part_drop(struct store *s, int64_t log) __attribute__((warn_unused_result));
/* The stubs of those who took a layer, at or behind that place of the desk thread, packed as
 * FRAME_TAKEN_RECORD_LEN has them; at most FRAME_TAKEN_MAX. */
int store_taken_list(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log,
		     uint32_t from) __attribute__((warn_unused_result));
int store_body_get(struct store *s, uint8_t dst[static STORE_BODY_LEN], int64_t body)
	__attribute__((warn_unused_result));

/* A held reply whose hour has come: of that log (or of any: log 0), earliest first. ERR_NOT_FOUND:
 * none. */
int store_held_next(struct store *s, int64_t *log, struct store_entry *out, uint32_t hour)
	__attribute__((warn_unused_result));
/* Gives a held reply its place in the thread. */
int store_held_place(struct store *s, int64_t log, const struct store_entry *entry, uint32_t number)
	__attribute__((warn_unused_result));
/* Held replies of this log no longer count as an answer, because the source has written since. */
int store_held_mute(struct store *s, int64_t log) __attribute__((warn_unused_result));
int store_log_by_n(struct store *s, struct store_log *out, int64_t n)
	__attribute__((warn_unused_result));

/* A read record; 0 and *added false where the same one stands already. */
int store_read_add(struct store *s, int64_t log, const struct frame_read *read, bool *added)
	__attribute__((warn_unused_result));
/* Records from place `from`, packed as frame_read_put has them; at most FRAME_READ_MAX. */
int store_read_list(struct store *s, uint8_t dst[static STORE_BODY_LEN], size_t *cnt, int64_t log,
		    uint32_t from) __attribute__((warn_unused_result));

/* What a desk said of having opened a case (FORMATS section 8); one for each desk, the first. */
struct store_statement {
	uint16_t desk;
	uint32_t epoch, day;
	uint8_t sig[KEY_SIG_LEN];
};
/* ERR_DUP where that desk has said so already. */
int store_statement_add(struct store *s, int64_t log, const struct store_statement *statement)
	__attribute__((warn_unused_result));
/* By desk; at most cap. */
int store_statement_list(struct store *s, struct store_statement *out, size_t cap, size_t *cnt,
			 int64_t log) __attribute__((warn_unused_result));

struct store_chunk {
	uint16_t attach, part, parts;
	uint8_t hash[32];
	int64_t body;
};
/* ERR_DUP: that part is there. ERR_RANGE: other parts gave another number of parts. *have: how many
 * parts of this attachment are there now. */
int store_chunk_add(struct store *s, int64_t log, struct store_chunk *chunk, uint32_t *have,
		    const uint8_t body[static STORE_BODY_LEN]) __attribute__((warn_unused_result));
/* ERR_NOT_FOUND where that part is not there. */
int store_chunk_get(struct store *s, struct store_chunk *out, int64_t log, uint16_t attach,
		    uint16_t part) __attribute__((warn_unused_result));

/* Key parts. Put replaces. Newest: the highest epoch of that desk, kind and handle. */
int store_key_put(struct store *s, const struct store_key *key, const void *blob)
	__attribute__((warn_unused_result));
int store_key_get(struct store *s, struct store_key *key, uint8_t dst[static STORE_BODY_LEN])
	__attribute__((warn_unused_result));
int store_key_newest(struct store *s, struct store_key *key, uint8_t dst[static STORE_BODY_LEN])
	__attribute__((warn_unused_result));
/* All complete certificates, each given to take; the blob lives during the call. */
typedef int store_take_key(void *arg, const struct store_key *key, const void *blob);
int store_cert_list(struct store *s, store_take_key *take, void *arg)
	__attribute__((warn_unused_result));

/* Documents by kind and hash or version: roster notes, members notes, bundles. */
enum store_doc { STORE_ROSTER, STORE_MEMBERS, STORE_BUNDLE, STORE_DOC__MAX };
int store_doc_put(struct store *s, enum store_doc kind, uint32_t version,
		  const uint8_t hash[static 32], const void *bytes, size_t len)
	__attribute__((warn_unused_result));
/* hash NULL: the newest. *out is malloc'ed. */
int store_doc_get(struct store *s, enum store_doc kind, const uint8_t *hash, uint8_t **out,
		  size_t *len) __attribute__((warn_unused_result));

/*
 * The public log (FORMATS.md section 19). Leaf: an entry of the batch that is open, masked
 * (leaf_wait_seal). Tile: what GET serves of it, or entries (TILE_ENTRIES), by level and number;
 * put replaces. Batch: where a closed one begins, how many entries it has, and the day it was
 * closed.
 */
#define STORE_LEAF_LEN  LEAF_WAIT_LEN
#define STORE_TILE_MAX  LEAF_BUNDLE_LEN
#define STORE_BATCH_NEW UINT64_MAX
/* A tile that nobody is served: what the entries of that bundle stand for, LEAF_REF_LEN each. */
#define STORE_TILE_REFS (-2)
struct store_batch {
	uint64_t n, first;
	uint32_t cnt, day;
};
int store_leaf_add(struct store *s, const uint8_t row[static STORE_LEAF_LEN])
	__attribute__((warn_unused_result));
int store_leaf_count(struct store *s, uint64_t *cnt) __attribute__((warn_unused_result));
/* All that wait, at most cap. */
int store_leaf_list(struct store *s, uint8_t (*out)[STORE_LEAF_LEN], size_t cap, size_t *cnt)
	__attribute__((warn_unused_result));
/* They stand in tiles now. */
int store_leaf_clear(struct store *s) __attribute__((warn_unused_result));
int store_tile_put(struct store *s, int level, uint64_t n, const void *bytes, size_t len)
	__attribute__((warn_unused_result));
int store_tile_get(struct store *s, int level, uint64_t n, uint8_t dst[static STORE_TILE_MAX],
		   size_t *len) __attribute__((warn_unused_result));
int store_batch_put(struct store *s, const struct store_batch *b)
	__attribute__((warn_unused_result));
/* STORE_BATCH_NEW: the newest. Or ERR_NOT_FOUND. */
int store_batch_get(struct store *s, struct store_batch *out, uint64_t n)
	__attribute__((warn_unused_result));

/* A book has no closing that the store could see: it goes when nobody has written into it for six
 * years, which is longer than any step, rota or declaration in one lasts. */
#define STORE_BOOK_DAYS 2190
/* Removes closed logs whose closed_day is before `day`, and books whose newest entry is
 * STORE_BOOK_DAYS before it, at most `most`; ids remain as tombstones; *cnt says how many. ids:
 * room for `most`, or NULL; which. */
int store_purge(struct store *s, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
		uint32_t *cnt) __attribute__((warn_unused_result));
/* The same for junk. */
int store_purge_junk(struct store *s, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
		     uint32_t *cnt) __attribute__((warn_unused_result));
/* After purges: removes what was purged from the store's own files and logs too, as far as it can.
 */
int store_scrub(struct store *s) __attribute__((warn_unused_result));
/* 0, or ERR_IO with a sentence. */
int store_check(struct store *s, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/* Whether all sealed bytes have the hash under which they were stored; as store_check. */
int store_check_bytes(struct store *s, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));

/* What of the check can be done before the store is used, in a fraction of a second; as
 * store_check. */
int store_check_start(struct store *s, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/*
 * One step of the check of a store that is in use: reads so many rows, with the sealed bytes that
 * they name, behind those that the last step read. Done: every row has been read since the first
 * step, or since the last time that it was done; the next step begins again. Damage is counted and
 * is no failure.
 */
struct store_walk {
	const char *table; /* for a sentence to the operator */
	uint64_t damaged;
	bool done;
};
int store_walk(struct store *s, unsigned rows, struct store_walk *out)
	__attribute__((warn_unused_result));
/* The last place in the order of change. */
uint64_t store_place(struct store *s);
/*
 * Takes the order out of which logs came in, for those that changed at or before that place: one
 * step, inside a transaction. They get new numbers, new places behind all others, and their sealed
 * bytes change places, all at random. The caller repeats while *more.
 */
int store_mix(struct store *s, uint64_t before, bool *more) __attribute__((warn_unused_result));

/*
 * A copy of the store into an empty file that is open for writing; it is not synced. Between two
 * steps the store can be used: what is written meanwhile goes into the copy. Step: 1 where there is
 * more, 0 when it is complete, or a failure that ends it.
 */
struct store_backup;
int store_backup_begin(struct store_backup **out, struct store *s, int fd)
	__attribute__((warn_unused_result));
int store_backup_step(struct store_backup *b, int pages) __attribute__((warn_unused_result));
unsigned store_backup_left(const struct store_backup *b, unsigned *total);
void store_backup_free(struct store_backup *b);
/* Whether the file is a whole store of that gateway which this davyd can read; half a sentence ("it
 * is damaged") where not. */
int store_backup_check(int fd, const uint8_t gateway[static KEY_ID_LEN],
		       char why[static STORE_WHY_LEN]) __attribute__((warn_unused_result));

/*
 * A copy of all that a store holds, row by row, into an empty store of any kind (davyd copy). From
 * the first row on store_open refuses the new store, whatever happens, until store_copy_end; a copy
 * that did not end is begun anew by the next one.
 */
#define STORE_TABLES  14
#define STORE_SUM_LEN 32
/* How many rows a table has, and a digest of all of them in the order of their keys. */
struct store_sum {
	const char *table;
	uint64_t rows;
	uint8_t sum[STORE_SUM_LEN];
};
/* As store_open, but one that a copy has left is opened as well. */
int store_copy_open(struct store **out, const char *path, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));
/* ERR_DUP where `to` is not empty; then nothing was changed. ERR_IO where a place in `from` lies
 * behind its last one. sum: what was read. */
int store_copy(struct store *to, struct store *from, struct store_sum sum[static STORE_TABLES])
	__attribute__((warn_unused_result));
/* Reads all rows of a store. */
int store_copy_sum(struct store *s, struct store_sum sum[static STORE_TABLES])
	__attribute__((warn_unused_result));
/* The copy is whole and the store may be used. */
int store_copy_end(struct store *s) __attribute__((warn_unused_result));

#endif
