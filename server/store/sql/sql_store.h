/*
 * The store in SQL, for every engine alike: cases, entries, documents, the public log, what is
 * counted and what a purge removes. An engine's folder begins its own struct with a struct
 * sql_store, and fills its struct store_ops with the tables below and with what is its own. Only
 * such folders include this, tests apart. The store trusts its caller about who may do what; it may
 * not know desks, roles or keys.
 */
#ifndef SERVER_STORE_SQL_STORE_H
#define SERVER_STORE_SQL_STORE_H

#include "server/store/sql/sql.h"
#include "server/store/store_ops.h"

#define SQL_PAD_CNT 64 /* rows that sql_pad overwrites in turn; each engine's schema makes them */

/* A count of all logs, some at a time: what was counted up to the log n, and the last whole count.
 */
struct sql_count {
	int64_t n;
	struct store_stats now, last;
};

struct sql_store {
	struct store store;
	const struct sql_engine *engine;
	uint64_t touched; /* the last place given in the order of change */
	uint64_t begun;   /* the same when the transaction began */
	uint32_t pad;     /* the row that was overwritten last, 1 to SQL_PAD_CNT */
	struct sql_count count;
};

static inline struct sql_store *
sql_of(struct store *s)
{
	return (struct sql_store *)(void *)s;
}

/* Whole parts of struct store_ops. */
extern const struct store_log_ops sql_log_ops;     /* sql_log.c */
extern const struct store_entry_ops sql_entry_ops; /* sql_entry.c */
extern const struct store_doc_ops sql_doc_ops;     /* sql_doc.c */
extern const struct store_tile_ops sql_tile_ops;   /* sql_tile.c */
extern const struct store_copy_ops sql_copy_ops;   /* sql_copy.c */

/* Functions for struct store_base_ops; the contracts stand in store.h. The engine's own begin and
 * commit may do more. */
int sql_begin(struct store *s) __attribute__((warn_unused_result));
void sql_rollback(struct store *s);
uint64_t sql_place(struct store *s);
int sql_meta_get(struct store *s, const char *name, void *dst, size_t cap, size_t *len)
	__attribute__((warn_unused_result));
int sql_meta_set(struct store *s, const char *name, const void *bytes, size_t len)
	__attribute__((warn_unused_result));
int sql_pad(struct store *s, const uint8_t hash[static 32],
	    const uint8_t body[static STORE_BODY_LEN], bool leaf)
	__attribute__((warn_unused_result));
/*
 * Gives a new place in the order of change to something that is no log, for places tell whether a
 * store lacks a batch. It overwrites a pad row.
 */
int sql_touch(struct sql_store *s) __attribute__((warn_unused_result));

/* Functions for struct store_care_ops, in sql_care.c. */
int sql_stats(struct store *s, struct store_stats *out) __attribute__((warn_unused_result));
int sql_count(struct store *s, unsigned rows, bool *more) __attribute__((warn_unused_result));
int sql_newest(struct store *s, uint32_t *day) __attribute__((warn_unused_result));
int sql_purge(struct store *s, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
	      uint32_t *cnt) __attribute__((warn_unused_result));
int sql_purge_junk(struct store *s, uint32_t day, uint32_t most, uint8_t (*ids)[KEY_ID_LEN],
		   uint32_t *cnt) __attribute__((warn_unused_result));
/* A store of up to this many bytes is read in a fraction of a second: it is counted and checked
 * whole, a bigger one in steps. */
#define SQL_SMALL ((uint64_t)64 << 20)

#endif
