/*
 * Inside of the PostgreSQL store, as the vault has it: no library, no network and no SQL, but one
 * socket to davylamp-db (server/db). Only this folder includes it, tests apart.
 *
 * Every batch begins by locking the one row `head` and ends by writing it. That makes one writer of
 * all the vaults that have the store; they have one owner, PG_OWNER_DAVYD. ERR_BUSY from any call:
 * the server is away, or nobody knows whether it has kept the batch; nothing of it may be
 * acknowledged, and the next store_begin tries again.
 */
#ifndef SERVER_STORE_PG_H
#define SERVER_STORE_PG_H

#include "server/store/pg/pg_wire.h"
#include "server/store/sql/sql_store.h"

/* What one statement has given: its rows as they came. One for each, as a call of one statement may
 * stand while another runs. */
struct pg_rows {
	uint8_t *bytes;
	size_t len, cap, at; /* at: the row after this one */
	struct pg_value cell[PG_CELLS_MAX];
	size_t cells;
	struct pg_value arg[PG_CELLS_MAX];
	bool asked;
};

struct pg {
	struct sql_store sql;
	int keeper;   /* gives a new link after each loss of one; not ours to close */
	int link;     /* to a davylamp-db, or -1 */
	bool claimed; /* the store is this owner's, as long as no other takes it */
	bool still;   /* claims it for itself alone, and only where no davyd runs on it */
	bool open;    /* a transaction runs */
	int failed;   /* of this transaction: all that follows fails as it */
	uint64_t used, used_begun;
	unsigned others; /* vaults that had the store when this one opened it */
	uint8_t common[STORE_COMMON_MAX];
	size_t common_len;
	uint64_t kept; /* last place of the last batch that was confirmed: a server has it, or is
			  refused */
	uint8_t owner[PG_OWNER_LEN], self[PG_SELF_LEN];
	struct pg_rows rows[SQL__MAX];
	uint8_t *msg;               /* PG_MSG_MAX */
	char said[PG_SAID_MAX + 1]; /* the last refusal */
	struct {
		unsigned table;
		int64_t key[3];
		uint8_t hash[32];
	} walk;
};

static inline struct pg *
pg_of(struct store *s)
{
	return (struct pg *)(void *)s;
}

extern const struct store_file_ops pg_file_ops;     /* pg_file.c */
extern const struct store_base_ops pg_base_ops;     /* pg.c */
extern const struct store_care_ops pg_care_ops;     /* pg_care.c */
extern const struct store_backup_ops pg_backup_ops; /* pg_file.c */

/* pg.c: place is postgresql:@N, with N the descriptor of the keeper's socket; with :still behind it
 * a store on which a davyd runs is refused. */
int pg_open(struct store **out, const char *place, char why[static STORE_WHY_LEN])
	__attribute__((warn_unused_result));

/* pg_engine.c */
extern const struct sql_engine pg_engine;

/* pg_link.c: sends, and hears the answer, which lies in s->msg. A failure of the link ends it;
 * ERR_BUSY then. */
int pg_link_ask(struct pg *s, enum pg_type type, size_t len, enum pg_type wanted, size_t *got)
	__attribute__((warn_unused_result));
/* The same without an answer: PG_RUN, whose rows follow, and PG_LATER. */
int pg_link_tell(struct pg *s, enum pg_type type, size_t len) __attribute__((warn_unused_result));
int pg_link_hear(struct pg *s, enum pg_type *type, size_t *len) __attribute__((warn_unused_result));
/* Makes sure that there is one. */
int pg_link_open(struct pg *s) __attribute__((warn_unused_result));
void pg_link_close(struct pg *s);

/* pg_numbers.c: see store_check. */
int pg_numbers(struct store *s, char why[static STORE_WHY_LEN]) __attribute__((warn_unused_result));

/* pg_mix.c: see store_mix. */
int pg_mix(struct store *s, uint64_t before, bool *more) __attribute__((warn_unused_result));

#endif
