/*
 * davylamp-db: the one program of a gateway that has libpq, the address of the PostgreSQL server
 * and what it logs in with. It sees sealed bytes and what the vault keeps beside them, and holds no
 * key of the gateway.
 *
 * db.c keeps one worker running and hands the vault a link to it; db_serve.c reads the vault's
 * messages; db_connect.c finds the server and db_pg.c speaks to it; db_check.c judges its settings,
 * db_mark.c whether it has what was confirmed;
 * db_schema.c makes the tables; db_text.c has the statements; db_sandbox.c says what a worker
 * cannot do.
 */
#ifndef SERVER_DB_DB_H
#define SERVER_DB_DB_H

#include "server/store/pg/pg_wire.h"
#include "server/store/sql/sql.h"

#include <libpq-fe.h>
#include <stdbool.h>

/* How long an answer of a server may take, and the search among several, in milliseconds. */
#define DB_CONNECT_MS 2000
#define DB_SEEK_MS    5000
#define DB_ANSWER_MS  5000
/* After a connection that could not be made, the next is tried no sooner. */
#define DB_AGAIN_MS 500

struct db_conf {
	const PQconninfoOption *words; /* the address, as libpq reads it */
	unsigned hosts;                /* servers in it, at least 1 */
	unsigned first;                /* where this worker looks first: each at another one */
	unsigned standbys;             /* that have to have a batch before it counts */
	bool copy;                     /* davyd copy started it */
};

#define DB_SELF_HEX   (2 * PG_SELF_LEN + 1)
#define DB_COMMON_HEX (2 * PG_COMMON_MAX + 1)
/* So many vaults, each with its last place: db_mark.c. */
#define DB_MARK_CNT  16
#define DB_MARK_HEX  (2 * PG_SELF_LEN + 16)
#define DB_MARKS_HEX (DB_MARK_CNT * DB_MARK_HEX + 1)

struct db {
	const struct db_conf *conf;
	PGconn *conn;  /* NULL: none */
	unsigned host; /* where it is, or where the next is sought first */
	int64_t tried; /* ms: the last connection that could not be made */
	uint8_t owner[PG_OWNER_LEN];
	char self[DB_SELF_HEX];
	char marks[DB_MARKS_HEX]; /* as the batch that runs has found them */
	bool prepared[SQL__MAX];
	bool open;           /* a transaction runs, in pipeline mode */
	unsigned waiting;    /* answers of the server that nobody has looked at */
	enum pg_fail failed; /* of this transaction */
	bool noticed;        /* the server has said something unasked */
	bool blocked;        /* the last batch has waited in vain for the row `head` */
	char said[PG_SAID_MAX + 1];
};

/* What the row `head` has for all vaults of the store. */
struct db_head {
	uint64_t touched, used;
	char common[DB_COMMON_HEX];
};

/* One statement: what the vault has sent. */
struct db_call {
	enum sql which;
	int cnt;
	struct pg_value arg[PG_CELLS_MAX];
};

/* Is given each result of rows. */
typedef int db_take(void *arg, const PGresult *r);

/* All return 0 or an enum pg_fail, with a sentence in db->said. */

/* db_connect.c. Connect: opens where none is open, and judges its settings. Claim: makes the store
 * where there is none, and takes it for this owner; still: only where its owner is not connected.
 */
unsigned db_hosts(const PQconninfoOption *words);
/* Bytes as hexadecimal digits, in dst, and back: false where they are none. */
#define DB_OWNER_HEX (2 * PG_OWNER_LEN + 1)
const char *db_hex(char *dst, const uint8_t *bytes, size_t len);
bool db_unhex(uint8_t *dst, size_t cap, size_t *len, const char *hex);
const char *db_owner_hex(char dst[static DB_OWNER_HEX], const struct db *db);
enum pg_fail db_connect(struct db *db) __attribute__((warn_unused_result));
/* Ends batches of other vaults that have stood so long while the server waits for their
 * davylamp-db: it hangs, and each of them keeps the row `head` from all others. No timeout of the
 * server ends one in pipeline mode. */
#define DB_HUNG "8 seconds"
enum pg_fail db_unblock(struct db *db) __attribute__((warn_unused_result));
/* others: how many connections of the same owner there are besides. */
enum pg_fail db_claim(struct db *db, bool still, uint64_t *others)
	__attribute__((warn_unused_result));
/* db_pg.c. Begin: refuses a server that does not have the last batch which was confirmed to this
 * vault, with the place `kept`. */
enum pg_fail db_begin(struct db *db, uint64_t kept, struct db_head *head)
	__attribute__((warn_unused_result));
enum pg_fail db_later(struct db *db, const struct db_call *call)
	__attribute__((warn_unused_result));
enum pg_fail db_run(struct db *db, const struct db_call *call, db_take *take, void *arg,
		    uint64_t *changes) __attribute__((warn_unused_result));
enum pg_fail db_commit(struct db *db, const struct db_head *head)
	__attribute__((warn_unused_result));
void db_rollback(struct db *db);
void db_close(struct db *db);
/* Closes it, for a reason that the next connection may not have. */
enum pg_fail db_away(struct db *db, const char *what);
/* Waits for the server's socket; false where the time is over. */
bool db_wait(struct db *db, short what, int64_t until);
/* Statements without arguments, one after the other, outside of pipeline mode. */
enum pg_fail db_exec(struct db *db, const char *text) __attribute__((warn_unused_result));
/* One row of one text column each, of a statement without arguments. */
enum pg_fail db_ask(struct db *db, const char *text, PGresult **out)
	__attribute__((warn_unused_result));
enum pg_fail db_say(struct db *db, enum pg_fail code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* db_mark.c: the last place that a vault has confirmed for itself, 0 where there is none; and the
 * marks with another one of it, in dst. */
uint64_t db_mark_of(const char *marks, const char self[static DB_SELF_HEX]);
void db_mark_put(char dst[static DB_MARKS_HEX], const char *marks,
		 const char self[static DB_SELF_HEX], uint64_t place);

/* db_check.c: column `col` and the following of row 0 are the settings that DB_SETTINGS names. */
#define DB_SETTINGS                                                                                \
	"current_setting('fsync'), current_setting('full_page_writes'),"                           \
	" current_setting('synchronous_commit'), current_setting('synchronous_standby_names'),"    \
	" current_setting('transaction_read_only')"
enum pg_fail db_check(struct db *db, const PGresult *r, int col)
	__attribute__((warn_unused_result));
/* How many standbys a value of synchronous_standby_names waits for. */
unsigned db_standbys(const char *names);

/* db_schema.c */
enum pg_fail db_schema(struct db *db) __attribute__((warn_unused_result));
/* The tables as this server takes them, malloc'ed. */
char *db_schema_text(void);

/* db_text.c: the text with $1, $2 …; false for a statement that this engine does not have. */
#define DB_TEXT_MAX 1536
bool db_text(char dst[static DB_TEXT_MAX], enum sql which);
bool db_reads(enum sql which);

/* db_sandbox.c: there is no way back. */
void db_sandbox(void);

/* db_serve.c: serves one vault until it is gone. */
void db_serve(const struct db_conf *conf, int link);

#endif
