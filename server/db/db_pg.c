/*
 * The connection to the server. A batch runs in libpq's pipeline mode: what nobody waits for is
 * sent together with what comes next. No wait is longer than DB_ANSWER_MS; a connection that took
 * longer, or whose answer cannot be understood, is closed, because then nobody knows what the
 * server will still do.
 */
#include "server/db/db.h"

#include <endian.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OID_INT8  20
#define OID_INT4  23
#define OID_INT2  21
#define OID_BYTEA 17
#define OID_TEXT  25

enum pg_fail
db_say(struct db *db, enum pg_fail code, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(db->said, sizeof(db->said), fmt, ap);
	va_end(ap);
	return code;
}

void
db_close(struct db *db)
{
	/* Whatever ended it: the next connection is sought at the next of the servers first. */
	if (db->conn)
		db->host = (db->host + 1) % db->conf->hosts;
	PQfinish(db->conn);
	db->conn = NULL;
	db->open = false;
	db->waiting = 0;
	memset(db->prepared, 0, sizeof(db->prepared));
}

enum pg_fail
db_away(struct db *db, const char *what)
{
	enum pg_fail code = db_say(db, PG_FAIL_AWAY, "the server %s", what);
	db_close(db);
	return code;
}

/* ---- waiting ---- */

bool
db_wait(struct db *db, short what, int64_t until)
{
	struct pollfd p = { .fd = PQsocket(db->conn), .events = what };
	int64_t left = until - pg_now_ms();
	return p.fd >= 0 && left > 0 && poll(&p, 1, (int)left) > 0;
}

/* Sends what waits, and reads until a result is there. */
static bool
wait_result(struct db *db, int64_t until)
{
	int more;
	while ((more = PQflush(db->conn)) > 0)
		if (!db_wait(db, POLLIN | POLLOUT, until) || !PQconsumeInput(db->conn))
			return false;
	if (more < 0)
		return false;
	while (PQisBusy(db->conn))
		if (!db_wait(db, POLLIN, until) || !PQconsumeInput(db->conn))
			return false;
	return true;
}

/* The next result, or NULL at the end of those of one statement; *lost where there is none. */
static PGresult *
result(struct db *db, int64_t until, bool *lost)
{
	if (!wait_result(db, until)) {
		*lost = true;
		return NULL;
	}
	PGresult *r = PQgetResult(db->conn);
	*lost = PQstatus(db->conn) != CONNECTION_OK;
	return r;
}

/* What a refused statement means. Who waits for the row `head` behind another one that waits has
 * two locks to wait for, so that its statement is over (57014) before either of them is (55P03). */
static enum pg_fail
judge(struct db *db, const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	enum pg_fail code = PG_FAIL_BROKEN;
	if (!state)
		state = "";
	if (!strcmp(state, "40001") || !strcmp(state, "40P01") || !strcmp(state, "23505") ||
	    !strcmp(state, "55P03") || !strcmp(state, "57014") || !strcmp(state, "42P07") ||
	    !strcmp(state, "42701"))
		code = PG_FAIL_AGAIN;
	else if (!strcmp(state, "53100"))
		code = PG_FAIL_FULL;
	else if (!*state || !strncmp(state, "08", 2) || !strncmp(state, "53", 2) ||
		 !strncmp(state, "57", 2) || !strncmp(state, "58", 2) || !strcmp(state, "25006") ||
		 !strcmp(state, "25P03"))
		code = PG_FAIL_AWAY;
	return db_say(db, code, "the server says: %.120s (%.5s)", text ? text : "nothing", state);
}

/* All results of one statement; those with rows are given to take. */
static enum pg_fail
statement_end(struct db *db, db_take *take, void *arg, uint64_t *changes)
{
	int64_t until = pg_now_ms() + DB_ANSWER_MS;
	enum pg_fail fail = 0;
	bool lost = false;
	PGresult *r;
	while ((r = result(db, until, &lost)) && !lost) {
		ExecStatusType st = PQresultStatus(r);
		if (st == PGRES_TUPLES_OK && take && !fail && take(arg, r))
			fail = db_say(db, PG_FAIL_BROKEN, "the server gives what nobody asked for");
		else if (st == PGRES_PIPELINE_ABORTED)
			fail = fail ? fail : PG_FAIL_AWAY;
		else if (st != PGRES_TUPLES_OK && st != PGRES_COMMAND_OK && !fail)
			fail = judge(db, r);
		if (changes && *PQcmdTuples(r))
			*changes = strtoull(PQcmdTuples(r), NULL, 10);
		PQclear(r);
	}
	PQclear(r);
	return lost ? db_away(db, "did not answer") : fail;
}

enum pg_fail
db_exec(struct db *db, const char *text)
{
	if (!PQsendQuery(db->conn, text))
		return db_away(db, "does not take a statement");
	return statement_end(db, NULL, NULL, NULL);
}

static int
take_one(void *arg, const PGresult *r)
{
	PGresult **out = arg;
	if (*out || PQntuples(r) != 1)
		return -1;
	*out = PQcopyResult(r, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
	return *out ? 0 : -1;
}

enum pg_fail
db_ask(struct db *db, const char *text, PGresult **out)
{
	*out = NULL;
	if (!PQsendQuery(db->conn, text))
		return db_away(db, "does not take a statement");
	enum pg_fail fail = statement_end(db, take_one, out, NULL);
	if (!fail && !*out)
		fail = db_say(db, PG_FAIL_BROKEN, "the server gives no row");
	if (fail) {
		PQclear(*out);
		*out = NULL;
	}
	return fail;
}

/* ---- statements ---- */

/* What a call binds, as libpq wants it. */
struct bound {
	Oid type[PG_CELLS_MAX];
	const char *value[PG_CELLS_MAX];
	int len[PG_CELLS_MAX], format[PG_CELLS_MAX];
	uint64_t number[PG_CELLS_MAX];
};

static void
bind(struct bound *b, const struct db_call *call)
{
	memset(b, 0, sizeof(*b));
	for (int i = 0; i < call->cnt; i++) {
		const struct pg_value *v = &call->arg[i];
		b->format[i] = 1;
		if (v->kind == PG_NUMBER) {
			b->type[i] = OID_INT8;
			b->number[i] = htobe64((uint64_t)v->number);
			b->value[i] = (const char *)&b->number[i];
			b->len[i] = 8;
		} else if (v->kind != PG_NULL) {
			b->type[i] = v->kind == PG_NAME ? OID_TEXT : OID_BYTEA;
			b->value[i] = v->len ? (const char *)v->bytes : "";
			b->len[i] = (int)v->len;
		}
	}
}

/* Prepares it at its first use: the types of its arguments are those that it has then. */
static enum pg_fail
prepare(struct db *db, const char *name, const struct db_call *call, const struct bound *b)
{
	char text[DB_TEXT_MAX];
	if (db->prepared[call->which])
		return 0;
	if (!db_text(text, call->which))
		return db_say(db, PG_FAIL_BROKEN, "statement %d is none of this engine",
			      (int)call->which);
	if (!PQsendPrepare(db->conn, name, text, call->cnt, b->type))
		return db_away(db, "does not take a statement");
	db->waiting += db->open;
	enum pg_fail fail = db->open ? 0 : statement_end(db, NULL, NULL, NULL);
	db->prepared[call->which] = !fail;
	return fail;
}

static enum pg_fail
send(struct db *db, const struct db_call *call)
{
	char name[16];
	struct bound b;
	bind(&b, call);
	snprintf(name, sizeof(name), "s%d", (int)call->which);
	enum pg_fail fail = prepare(db, name, call, &b);
	if (!fail && !PQsendQueryPrepared(db->conn, name, call->cnt, b.value, b.len, b.format, 1))
		fail = db_away(db, "does not take a statement");
	return fail;
}

/* Looks at the answers to all that was sent in this batch. */
static enum pg_fail
catch_up(struct db *db)
{
	enum pg_fail fail = 0;
	while (!fail && db->waiting) {
		db->waiting--;
		fail = statement_end(db, NULL, NULL, NULL);
	}
	return fail;
}

/* A failure in a batch is that of all that follows in it. */
static enum pg_fail
batch_fail(struct db *db, enum pg_fail fail)
{
	if (fail && !db->failed)
		db->failed = fail;
	return fail;
}

enum pg_fail
db_later(struct db *db, const struct db_call *call)
{
	if (!db->open || db->failed)
		return db->failed ? db->failed : PG_FAIL_BROKEN;
	enum pg_fail fail = send(db, call);
	if (!fail) {
		db->waiting++;
		if (PQflush(db->conn) < 0)
			fail = db_away(db, "does not take a statement");
	}
	return batch_fail(db, fail);
}

enum pg_fail
db_run(struct db *db, const struct db_call *call, db_take *take, void *arg, uint64_t *changes)
{
	enum pg_fail fail = db->failed;
	*changes = 0;
	if (!db->open) {
		/* Outside of a batch nothing is written. */
		if (!db_reads(call->which))
			return db_say(db, PG_FAIL_BROKEN, "a write outside of a batch");
		fail = db_connect(db);
		if (!fail)
			fail = send(db, call);
		return fail ? fail : statement_end(db, take, arg, changes);
	}
	if (!fail)
		fail = send(db, call);
	if (!fail && !PQsendFlushRequest(db->conn))
		fail = db_away(db, "does not take a statement");
	if (!fail)
		fail = catch_up(db);
	if (!fail)
		fail = statement_end(db, take, arg, changes);
	return batch_fail(db, fail);
}

/* ---- batches ---- */

/* The row `head`, as the batch begins, and the server's settings as they are now. */
struct head {
	struct db *db;
	uint64_t kept;
	struct db_head *out;
	enum pg_fail fail;
};
#define HEAD_COLS                                                                                  \
	"encode(owner, 'hex'), touched, used, encode(common, 'hex'), encode(marks, 'hex'), "

static int
take_head(void *arg, const PGresult *r)
{
	struct head *h = arg;
	if (PQntuples(r) != 1 || PQnfields(r) != 10 ||
	    strlen(PQgetvalue(r, 0, 3)) >= sizeof(h->out->common) ||
	    strlen(PQgetvalue(r, 0, 4)) >= sizeof(h->db->marks))
		return -1;
	h->out->touched = strtoull(PQgetvalue(r, 0, 1), NULL, 10);
	h->out->used = strtoull(PQgetvalue(r, 0, 2), NULL, 10);
	snprintf(h->out->common, sizeof(h->out->common), "%s", PQgetvalue(r, 0, 3));
	snprintf(h->db->marks, sizeof(h->db->marks), "%s", PQgetvalue(r, 0, 4));
	char hex[DB_OWNER_HEX];
	if (db_mark_of(h->db->marks, h->db->self) < h->kept)
		h->fail = db_say(h->db, PG_FAIL_REFUSED,
				 "the server lacks what was confirmed: it is an old primary, or a "
				 "standby that was behind; promote the one that is farthest ahead");
	else if (strcmp(PQgetvalue(r, 0, 0), db_owner_hex(hex, h->db)) != 0)
		h->fail = db_say(h->db, PG_FAIL_TAKEN, "another davyd has opened the store");
	else
		h->fail = db_check(h->db, r, 5);
	return 0;
}

static bool
send_text(struct db *db, const char *text)
{
	return PQsendQueryParams(db->conn, text, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

enum pg_fail
db_begin(struct db *db, uint64_t kept, struct db_head *head)
{
	struct head h = { .db = db, .kept = kept, .out = head };
	enum pg_fail fail = db_connect(db);
	if (!fail && db->blocked)
		fail = db_unblock(db);
	if (fail)
		return fail;
	db->failed = 0;
	db->waiting = 0;
	if (!PQenterPipelineMode(db->conn) ||
	    !send_text(db, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE") ||
	    !send_text(db, "SELECT " HEAD_COLS DB_SETTINGS " FROM head FOR UPDATE") ||
	    !PQsendFlushRequest(db->conn))
		return db_away(db, "does not take a statement");
	db->open = true;
	fail = statement_end(db, NULL, NULL, NULL);
	if (!fail)
		fail = statement_end(db, take_head, &h, NULL);
	if (!fail)
		fail = h.fail;
	db->blocked = fail == PG_FAIL_AGAIN;
	/* Another server may be the one that can be used: an old primary, whose batch waits for a
	 * standby for ever, keeps the row locked. */
	if (fail)
		db_close(db);
	return fail;
}

/* Ends the pipeline: reads up to its end, whatever is in it. */
static enum pg_fail
pipeline_end(struct db *db)
{
	int64_t until = pg_now_ms() + DB_ANSWER_MS;
	enum pg_fail fail = 0;
	bool lost = false, end = false;
	if (!PQpipelineSync(db->conn))
		return db_away(db, "does not take a statement");
	while (!end && !lost) {
		PGresult *r = result(db, until, &lost);
		ExecStatusType st = r ? PQresultStatus(r) : PGRES_COMMAND_OK;
		end = st == PGRES_PIPELINE_SYNC;
		if (st == PGRES_FATAL_ERROR && !fail)
			fail = judge(db, r);
		else if (st == PGRES_PIPELINE_ABORTED && !fail)
			fail = PG_FAIL_AWAY;
		PQclear(r);
	}
	db->waiting = 0;
	if (lost || !PQexitPipelineMode(db->conn))
		return db_away(db, "did not answer");
	db->open = false;
	return fail;
}

void
db_rollback(struct db *db)
{
	if (db->conn && db->open)
		(void)!pipeline_end(db);
	if (db->conn && db_exec(db, "ROLLBACK"))
		db_close(db);
	/* What was to be prepared behind the failure was not. */
	if (db->conn && db->failed && db_exec(db, "DEALLOCATE ALL"))
		db_close(db);
	if (db->failed)
		memset(db->prepared, 0, sizeof(db->prepared));
	db->open = false;
	db->failed = 0;
}

/*
 * Every batch writes `head`, also one that changes nothing: a batch that only read could be
 * answered while the standbys are down, from rows that they do not have. A server that says
 * anything while it commits may have stopped waiting for them.
 */
enum pg_fail
db_commit(struct db *db, const struct db_head *head)
{
	char text[160 + DB_COMMON_HEX + DB_MARKS_HEX], marks[DB_MARKS_HEX];
	if (!db->open || db->failed)
		return db->failed ? db->failed : PG_FAIL_BROKEN;
	db_mark_put(marks, db->marks, db->self, head->touched);
	snprintf(text, sizeof(text),
		 "UPDATE head SET touched = %llu, used = %llu, common = decode('%s', 'hex'),"
		 " marks = decode('%s', 'hex')",
		 (unsigned long long)head->touched, (unsigned long long)head->used, head->common,
		 marks);
	db->noticed = false;
	if (!send_text(db, text) || !send_text(db, "COMMIT"))
		return db_away(db, "does not take a statement");
	enum pg_fail fail = pipeline_end(db);
	if (!fail && !db->noticed)
		return 0;
	/* Whatever it was: nobody knows whether the batch stands. */
	enum pg_fail code = fail == PG_FAIL_FULL || fail == PG_FAIL_AGAIN ? fail : PG_FAIL_AWAY;
	if (db->noticed)
		db_say(db, code, "the server gave a warning while it committed");
	db_close(db);
	return code;
}
