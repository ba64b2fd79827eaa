/*
 * The n-th write, sync or allocation of each thing that the store does fails, for every n until it
 * runs through: the store is then unchanged or the work is complete, after a crash as well; nothing
 * acknowledged is lost; the same once more succeeds.
 */
#include "tests/lib/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/store/sqlite/sqlite.h"
#include "tests/lib/fault.c"

static uint8_t body[FRAME_BODY_LEN];
static struct source s;
static int copy_fd = -1;
static unsigned cases; /* that were acknowledged */

/* ---- what is done; each once before the fault (prepare) and once under it (act) ---- */

static int
try_frame(struct frame_request rq, const struct key_sign *key)
{
	static uint8_t frame[FRAME_LEN];
	const struct frame_op *op = frame_op_find(rq.op);
	if (op && !op->timeless)
		rq.minute = fixture_minute;
	assert_int_equal(frame_request_build(frame, &rq, w.keys.card.id, key), 0);
	struct vault_call c = { .v = &w.v, .frame = frame, .body = w.body };
	memset(w.body, 0, sizeof(w.body));
	int err = store_begin(w.v.store);
	int status = err ? err : vault_serve(&c);
	err = status < 0 ? status : store_commit(w.v.store);
	if (err)
		store_rollback(w.v.store);
	return err ? err : status;
}

static void
case_new(void)
{
	source_new(&s);
	memset(body, (int)(cases & 0xff), sizeof(body));
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	cases++;
}

static void
source_only(void)
{
	source_new(&s);
	cases++; /* the act is repeated until it is acknowledged */
}

static int
act_open(void)
{
	struct frame_request rq = request(FRAME_OPEN, s.id);
	rq.routing.desk = 1;
	memcpy(rq.routing.proof, s.T, 32);
	rq.body = s.tip;
	rq.body_len = FRAME_BODY_LEN;
	return try_frame(rq, &s.key);
}

static int
act_source(uint8_t op, struct frame_routing r)
{
	struct frame_request rq = {
		.op = op, .routing = r, .body = body, .body_len = sizeof(body)
	};
	memcpy(rq.routing.id, s.id, 16);
	return try_frame(rq, &s.key);
}

static int
act_append(void)
{
	struct frame_routing r = { .number = 1 };
	memcpy(r.proof, s.T, sizeof(r.proof));
	return act_source(FRAME_APPEND, r);
}

static int
act_chunk(void)
{
	return act_source(FRAME_CHUNK, (struct frame_routing){ .parts = 1 });
}

static int
act_desk(uint8_t op, struct frame_routing r)
{
	struct frame_request rq = {
		.op = op, .routing = r, .body = body, .body_len = sizeof(body)
	};
	memcpy(rq.routing.id, s.id, 16);
	rq.routing.desk = 1;
	return try_frame(rq, &w.person[A1].key);
}

static int
act_reply(void)
{
	return act_desk(FRAME_DESK_APPEND, (struct frame_routing){ .thread = FRAME_SOURCE });
}

static int
act_held(void)
{
	return act_desk(FRAME_DESK_APPEND,
			(struct frame_routing){ .thread = FRAME_SOURCE,
						.hour = (uint32_t)(fixture_minute / 60) + 5 });
}

static int
act_fetch(void)
{
	struct frame_request rq = request(FRAME_FETCH, s.id);
	rq.routing.desk = 1;
	return try_frame(rq, &w.person[A1].key);
}

static int
act_key(void)
{
	static uint32_t epoch;
	struct store_key key = {
		.desk = 1, .epoch = ++epoch, .kind = FRAME_KEY_SECRET, .len = 900
	};
	int err = store_begin(w.v.store);
	if (!err)
		err = store_key_put(w.v.store, &key, body);
	if (!err)
		err = store_commit(w.v.store);
	if (err) {
		epoch--;
		store_rollback(w.v.store);
	}
	return err ? err : FRAME_OK;
}

static int
act_doc(void)
{
	int err = store_begin(w.v.store);
	if (!err)
		err = store_doc_put(w.v.store, STORE_BUNDLE, cases, s.T, body, 9000);
	if (!err)
		err = store_commit(w.v.store);
	if (err)
		store_rollback(w.v.store);
	return err ? err : FRAME_OK;
}

static void
case_closed(void)
{
	struct store_log log;
	case_new();
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, s.id), 0);
	log.state = STORE_CLOSED;
	log.closed_day = 5;
	assert_int_equal(store_log_set(w.v.store, &log), 0);
	assert_int_equal(store_commit(w.v.store), 0);
	cases--;
}

static int
act_purge(void)
{
	uint32_t cnt = 0;
	int err = store_begin(w.v.store);
	if (!err)
		err = store_purge(w.v.store, 10, 50, NULL, &cnt);
	if (!err)
		err = store_commit(w.v.store);
	if (err)
		store_rollback(w.v.store);
	else
		err = store_scrub(w.v.store);
	return err ? err : FRAME_OK;
}

static int
act_tick(void)
{
	int err = store_begin(w.v.store);
	fixture_minute++;
	vault_clock_advance(&w.v);
	if (!err)
		err = vault_clock_all(&w.v);
	if (!err)
		err = store_commit(w.v.store);
	if (err)
		store_rollback(w.v.store);
	return err ? err : FRAME_OK;
}

/* A copy that fails says so; one that does not is whole; the store does not mind either. */
static int
act_backup(void)
{
	struct store_backup *b = NULL;
	assert_int_equal(syscall(SYS_ftruncate, copy_fd, 0L), 0);
	int rc = store_backup_begin(&b, w.v.store, copy_fd);
	int err = rc;
	for (rc = 1; !err && rc > 0;) {
		rc = store_backup_step(b, 7);
		err = rc < 0 ? rc : 0;
	}
	store_backup_free(b);
	return err ? err : FRAME_OK;
}

static void
nothing(void)
{
}

static const struct {
	const char *name;
	void (*prepare)(void);
	int (*act)(void);
} acts[] = {
	{ "open", source_only, act_open },    { "append", case_new, act_append },
	{ "chunk", case_new, act_chunk },     { "reply", case_new, act_reply },
	{ "held reply", case_new, act_held }, { "fetch", case_new, act_fetch },
	{ "key", nothing, act_key },          { "document", source_only, act_doc },
	{ "purge", case_closed, act_purge },  { "tick", nothing, act_tick },
	{ "backup", nothing, act_backup },
};

/* ---- what has to hold ---- */

struct state {
	int64_t n[8];
};

static struct state
state_now(void)
{
	static const char *const query[8] = {
		"SELECT count(*) FROM log WHERE kind = 0",
		"SELECT count(*) FROM entry WHERE log > 64",
		"SELECT count(*) FROM held",
		"SELECT count(*) FROM chunk",
		"SELECT count(*) FROM reading",
		"SELECT count(*) FROM keypart",
		"SELECT count(*) FROM body",
		"SELECT sum(source_cnt * 7 + entries * 11 + reads * 13 + attachments) FROM log",
	};
	struct state st;
	for (int i = 0; i < 8; i++)
		st.n[i] = fixture_number(query[i]);
	return st;
}

static void
sound(void)
{
	char why[STORE_WHY_LEN] = "";
	if (store_check(w.v.store, why) || store_check_bytes(w.v.store, why))
		fail_msg("%s", why);
	assert_int_equal(fixture_number(
				 "SELECT count(*) FROM body WHERE n NOT IN (SELECT body FROM "
				 "entry UNION ALL SELECT body FROM held UNION ALL SELECT "
				 "body FROM chunk)"),
			 0);
}

/* As a vault that died: nothing is copied into the database at its end. */
static void
crash(void)
{
	sqlite3_db_config(sqlite_of(w.v.store)->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	vault_close(&w.v);
	fixture_open_vault();
}

static bool
once(size_t i, enum fault_kind kind, int how, unsigned n)
{
	acts[i].prepare();
	struct state before = state_now();
	fault_arm(kind, n, how);
	int status = acts[i].act();
	bool hit = fault_disarm();
	if (status < 0 && !hit)
		fail_msg("%s failed by itself: %d", acts[i].name, status);
	/* The vault goes on after "full" and ends after everything else. */
	struct state after = state_now();
	if (status < 0 && status != ERR_FULL)
		crash();
	struct state later = state_now();
	if (status == ERR_FULL && acts[i].act != act_purge &&
	    memcmp(&before, &after, sizeof(before)) != 0)
		fail_msg("%s, %d:%u: full, and something is left of it", acts[i].name, (int)kind,
			 n);
	if (status >= 0 && memcmp(&after, &later, sizeof(after)) != 0)
		fail_msg("%s, %d:%u: acknowledged, and lost", acts[i].name, (int)kind, n);
	sound();
	status = acts[i].act();
	if (status != FRAME_OK)
		fail_msg("%s, %d:%u, how %d: once more: %d", acts[i].name, (int)kind, n, how,
			 status);
	assert_true(fixture_number("SELECT count(*) FROM log WHERE kind = 0") <= (int64_t)cases);
	return hit;
}

static void
every(enum fault_kind kind, int how)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		unsigned n = 1, most = 0;
		while (n < 2000 && once(i, kind, how, n)) {
			/* Of what is done many times, all of the first and then some. */
			most = n;
			n += n <= 20 ? 1 : n <= 60 ? 3 : 13;
		}
		assert_true(n < 2000);
		if (acts[i].act == act_backup) {
			char why[STORE_WHY_LEN] = "";
			if (store_backup_check(copy_fd, w.keys.card.id, why))
				fail_msg("the copy: %s", why);
		}
		printf("# %s: %u\n", acts[i].name, most);
	}
	/* Over everything: what was acknowledged, less what was closed and purged. */
	crash();
	sound();
}

static void
writes_full(void **state)
{
	(void)state;
	every(FAULT_WRITE, ENOSPC);
}

static void
writes_fail(void **state)
{
	(void)state;
	every(FAULT_WRITE, EIO);
}

static void
writes_short(void **state)
{
	(void)state;
	every(FAULT_WRITE, FAULT_HALF);
}

static void
syncs_fail(void **state)
{
	(void)state;
	every(FAULT_SYNC, EIO);
}

static void
memory_ends(void **state)
{
	(void)state;
	every(FAULT_ALLOC, ENOMEM);
}

/* ---- the schema ---- */

static char first[128];

static void
first_again(void)
{
	static const char *const suffix[] = { "", "-wal", "-mark", "-journal" };
	char path[160];
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", first, suffix[i]);
		unlink(path);
	}
}

/* A store that opens has all that an empty one has. */
static void
first_whole(void)
{
	struct store *st;
	char why[STORE_WHY_LEN] = "";
	if (store_open(&st, first, why))
		fail_msg("%s", why);
	assert_int_equal(store_check(st, why), 0);
	assert_int_equal(store_check_bytes(st, why), 0);
	assert_int_equal(sqlite_number(sqlite_of(st)->db, "PRAGMA user_version", -1), DB_SCHEMA);
	assert_int_equal(sqlite_number(sqlite_of(st)->db, "PRAGMA application_id", -1),
			 DB_APPLICATION);
	assert_int_equal(sqlite_number(sqlite_of(st)->db, "SELECT count(*) FROM body", -1),
			 SQL_PAD_CNT);
	store_close(st);
}

/* Opens it in a process that ends at the n-th call of that kind; true where it came so far. */
static bool
first_killed(enum fault_kind kind, unsigned n)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct store *st;
		char why[STORE_WHY_LEN];
		fault_arm(kind, n, FAULT_KILL);
		_exit(store_open(&st, first, why) ? 1 : 0);
	}
	int how;
	assert_int_equal(waitpid(pid, &how, 0), pid);
	assert_true(WIFEXITED(how));
	assert_true(WEXITSTATUS(how) == 0 || WEXITSTATUS(how) == FAULT_KILLED);
	return WEXITSTATUS(how) == FAULT_KILLED;
}

static void
first_schema(void **state)
{
	static const struct {
		enum fault_kind kind;
		int how;
	} faults[] = { { FAULT_WRITE, ENOSPC },
		       { FAULT_WRITE, EIO },
		       { FAULT_WRITE, FAULT_HALF },
		       { FAULT_SYNC, EIO },
		       { FAULT_ALLOC, ENOMEM } };
	struct store *st;
	char why[STORE_WHY_LEN] = "";
	(void)state;
	snprintf(first, sizeof(first), "%s/first.db", w.dir);
	/* Whatever fails on the way, it is as it was or done, and the next start brings it to its
	 * end. */
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		bool hit = true;
		for (unsigned n = 1; hit && n<1000000; n += n> 20 ? n / 6 : 1) {
			first_again();
			fault_arm(faults[i].kind, n, faults[i].how);
			int err = store_open(&st, first, why);
			hit = fault_disarm();
			assert_true(!err || hit);
			if (err)
				assert_true(why[0]);
			store_close(st);
			first_whole();
		}
		assert_false(hit);
	}
	static const enum fault_kind deaths[] = { FAULT_WRITE, FAULT_SYNC, FAULT_OPEN };
	for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++) {
		unsigned n = 1;
		for (bool hit = true; hit; n++) {
			first_again();
			hit = first_killed(deaths[i], n);
			first_whole();
		}
		assert_true(n > 2);
	}
	/* A newer or older one is refused with a sentence and left as it is. */
	static const struct {
		int schema;
		const char *says;
	} other[] = { { DB_SCHEMA + 1, "install the newer davyd again" },
		      { DB_SCHEMA - 1, "install the older davyd again" } };
	for (size_t i = 0; i < 2; i++) {
		sqlite3 *db;
		char text[64];
		assert_int_equal(sqlite3_open(first, &db), SQLITE_OK);
		snprintf(text, sizeof(text), "PRAGMA user_version = %d", other[i].schema);
		assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		assert_int_equal(store_open(&st, first, why), ERR_RANGE);
		assert_non_null(strstr(why, other[i].says));
	}
	first_again();
}

/* Each column of a table that carries a sum is in the sum, and no other word is. */
static void
summed_columns(void **state)
{
	sqlite3 *db = sqlite_of(w.v.store)->db;
	(void)state;
	for (size_t i = 0; i < SQLITE_SUMMED_CNT; i++) {
		char query[128], want[512], at = 0;
		size_t len = (size_t)snprintf(want, sizeof(want), "'%s'", sqlite_summed[i].table);
		sqlite3_stmt *st;
		snprintf(query, sizeof(query),
			 "SELECT name FROM pragma_table_xinfo('%s') WHERE name <> 'sum'",
			 sqlite_summed[i].table);
		assert_int_equal(sqlite3_prepare_v2(db, query, -1, &st, NULL), SQLITE_OK);
		for (; sqlite3_step(st) == SQLITE_ROW; at++)
			len += (size_t)snprintf(want + len, sizeof(want) - len, ", %s",
						(const char *)sqlite3_column_text(st, 0));
		sqlite3_finalize(st);
		assert_true(at > 0);
		assert_string_equal(want, sqlite_summed[i].sum);
	}
	/* All tables but the sealed bytes have one. */
	assert_int_equal(
		sqlite_number(db,
			      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
			      "name NOT LIKE 'sqlite_%' AND sql NOT LIKE '% sum BLOB%'",
			      -1),
		1);
}

static int
ready(void **state)
{
	fixture_ready(state);
	char path[128];
	snprintf(path, sizeof(path), "%s/copy", w.dir);
	copy_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	unlink(path);
	cases = 0;
	return copy_fd < 0;
}

static int
ended(void **state)
{
	close(copy_fd);
	return fixture_end(state);
}

int
main(void)
{
	fixture_in = "/dev/shm"; /* thousands of syncs: the disk need not see them */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writes_full, ready, ended),
		cmocka_unit_test_setup_teardown(writes_fail, ready, ended),
		cmocka_unit_test_setup_teardown(writes_short, ready, ended),
		cmocka_unit_test_setup_teardown(syncs_fail, ready, ended),
		cmocka_unit_test_setup_teardown(memory_ends, ready, ended),
		cmocka_unit_test_setup_teardown(first_schema, ready, ended),
		cmocka_unit_test_setup_teardown(summed_columns, ready, ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
