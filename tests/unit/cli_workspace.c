/* The workspace: what is put in comes out, the file shows nothing, damage is noticed, two
 * processes do not lose each other's records, and 100,000 cases are listed within a second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <math.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/term.h"
#include "crypto/err.h"
#include "tests/lib/cli_home.h"

static char dir[] = "/tmp/cli_workspace.XXXXXX";
static char db[128];
static struct session ses;

static void
start(struct session *c)
{
	cli_home_start(c, dir);
}

static int
setup(void **state)
{
	uint8_t id[KEY_ID_LEN];
	char hex[33];

	(void)state;
	if (cli_home_make(dir))
		return -1;
	memset(id, CLI_HOME_ID, sizeof(id));
	snprintf(db, sizeof(db), "%s/gateways/%s/workspace.db", dir, term_hex(hex, id, 16));
	start(&ses);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cli_home_stop(&ses);
	return cli_home_remove(dir);
}

static void
test_round(void **state)
{
	uint8_t *val;
	size_t len;

	(void)state;
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_META, "k", 1, "one", 3), 0);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_META, "k", 1, "three", 5), 0);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_NOTE, "k", 1, "", 0), 0);
	assert_int_equal(workspace_get(ses.workspace, WORKSPACE_META, "k", 1, &val, &len), 0);
	assert_int_equal(len, 5);
	assert_memory_equal(val, "three", 5);
	workspace_free(val, len);
	assert_int_equal(workspace_get(ses.workspace, WORKSPACE_NOTE, "k", 1, &val, &len), 0);
	assert_int_equal(len, 0);
	workspace_free(val, len);
	assert_int_equal(workspace_del(ses.workspace, WORKSPACE_META, "k", 1), 0);
	assert_int_equal(workspace_get(ses.workspace, WORKSPACE_META, "k", 1, &val, &len),
			 ERR_NOT_FOUND);
	assert_null(val);
}

static void
test_transaction(void **state)
{
	uint8_t *val;
	size_t len;

	(void)state;
	assert_int_equal(workspace_begin(ses.workspace), 0);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_META, "t", 1, "x", 1), 0);
	assert_int_equal(workspace_begin(ses.workspace), 0);
	workspace_abort(ses.workspace);
	assert_int_equal(workspace_commit(ses.workspace), ERR_IO);
	assert_int_equal(workspace_get(ses.workspace, WORKSPACE_META, "t", 1, &val, &len),
			 ERR_NOT_FOUND);
}

/* While a transaction pauses, another terminal writes; what was written before is kept. */
static void
test_pause(void **state)
{
	sqlite3 *other;

	(void)state;
	assert_int_equal(sqlite3_open_v2(db, &other, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	workspace_pause(ses.workspace); /* outside of one nothing happens */
	workspace_resume(ses.workspace);
	assert_int_equal(workspace_begin(ses.workspace), 0);
	assert_int_equal(workspace_begin(ses.workspace), 0);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_META, "p", 1, "x", 1), 0);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_BUSY);
	workspace_pause(ses.workspace);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE; COMMIT", NULL, NULL, NULL),
			 SQLITE_OK);
	workspace_resume(ses.workspace);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_BUSY);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_META, "q", 1, "x", 1), 0);
	workspace_abort(ses.workspace);
	assert_int_equal(workspace_commit(ses.workspace), ERR_IO);
	assert_true(workspace_has(ses.workspace, WORKSPACE_META, "p", 1));
	assert_false(workspace_has(ses.workspace, WORKSPACE_META, "q", 1));
	sqlite3_close(other);
}

static struct workspace_case
a_case(uint32_t i)
{
	struct workspace_case c = {
		.rec = { .kind = FRAME_CASE, .desk = 1, .day = 20780, .entries = i },
		.asked = 1,
		.have_desk = 2,
		.line = { .state = "NEW", .severity = 2, .date = 20790, .title = "二号井" },
	};

	memcpy(c.rec.id, &i, sizeof(i));
	c.rec.id[15] = 1;
	return c;
}

static void
test_case(void **state)
{
	struct workspace_case c = a_case(0x00cdab12), back;
	struct workspace_entry *e = calloc(1, sizeof(*e)), *f = calloc(1, sizeof(*f));

	(void)state;
	assert_int_equal(workspace_case_put(ses.workspace, &c, 1), 0);
	assert_int_equal(workspace_case_get(ses.workspace, c.rec.id, &back), 0);
	assert_memory_equal(&back, &c, sizeof(c));
	assert_int_equal(workspace_case_find(&ses, FRAME_CASE, "12ab", &back), DAVY_OK);
	assert_int_equal(workspace_case_find(&ses, FRAME_ORDER, "12ab", &back), DAVY_REFUSED);
	session_forgive(&ses);
	struct workspace_case d = a_case(0x00ddab12);
	assert_int_equal(workspace_case_put(ses.workspace, &d, 1), 0);
	assert_int_equal(workspace_case_find(&ses, FRAME_CASE, "12ab", &back), DAVY_REFUSED);
	assert_non_null(strstr(session_failure(&ses), "12abcd"));
	assert_non_null(strstr(session_failure(&ses), "12abdd"));
	session_forgive(&ses);
	assert_int_equal(workspace_case_find(&ses, FRAME_CASE, "zz", &back), DAVY_USAGE);
	session_forgive(&ses);
	e->thread = 1;
	e->number = 3;
	e->day = 4;
	randombytes_buf(e->sealed, sizeof(e->sealed));
	assert_int_equal(workspace_entry_put(ses.workspace, c.rec.id, e), 0);
	assert_int_equal(workspace_entry_get(ses.workspace, c.rec.id, 1, 3, f), 0);
	assert_memory_equal(e, f, sizeof(*e));
	assert_int_equal(workspace_entry_get(ses.workspace, c.rec.id, 0, 3, f), ERR_NOT_FOUND);
	free(e);
	free(f);
}

/* Cases share records: each is changed and removed without the others, and one that was removed
 * comes back as a new one. A list that names a case twice leaves what it says last. */
static void
test_shelves(void **state)
{
	enum { CNT = 50 };
	struct workspace_case c[CNT + 1], back, *all;
	size_t cnt, before;

	(void)state;
	assert_int_equal(workspace_case_list(ses.workspace, FRAME_CASE, &all, &before), 0);
	workspace_free(all, before * sizeof(*all));
	for (uint32_t i = 0; i < CNT; i++) {
		c[i] = a_case(0x00770000 + i);
		c[i].rec.kind = i % 2 ? FRAME_CASE : FRAME_ORDER;
	}
	c[CNT] = c[7];
	c[CNT].rec.entries = 77;
	assert_int_equal(workspace_case_put(ses.workspace, c, CNT + 1), 0);
	c[7] = c[CNT];
	memset(c[31].line.title, 0, sizeof(c[31].line.title));
	assert_int_equal(workspace_case_put(ses.workspace, &c[31], 1), 0);
	assert_int_equal(workspace_case_del(ses.workspace, c[30].rec.id), 0);
	assert_int_equal(workspace_case_del(ses.workspace, c[30].rec.id), 0);
	for (uint32_t i = 0; i < CNT; i++) {
		assert_int_equal(workspace_case_get(ses.workspace, c[i].rec.id, &back),
				 i == 30 ? ERR_NOT_FOUND : 0);
		if (i != 30)
			assert_memory_equal(&back, &c[i], sizeof(back));
	}
	assert_int_equal(workspace_case_list(ses.workspace, FRAME_CASE, &all, &cnt), 0);
	assert_int_equal(cnt, before + CNT / 2);
	workspace_free(all, cnt * sizeof(*all));
	assert_int_equal(workspace_case_list(ses.workspace, FRAME_ORDER, &all, &cnt), 0);
	assert_int_equal(cnt, CNT / 2 - 1);
	workspace_free(all, cnt * sizeof(*all));
	assert_int_equal(workspace_case_put(ses.workspace, &c[30], 1), 0);
	assert_int_equal(workspace_case_get(ses.workspace, c[30].rec.id, &back), 0);
	assert_memory_equal(&back, &c[30], sizeof(back));
	for (uint32_t i = 0; i < CNT; i++)
		assert_int_equal(workspace_case_del(ses.workspace, c[i].rec.id), 0);
	assert_int_equal(workspace_case_list(ses.workspace, FRAME_CASE, &all, &cnt), 0);
	assert_int_equal(cnt, before);
	workspace_free(all, cnt * sizeof(*all));
}

static int
no_such_id(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	assert_null(memmem(key, key_len, arg, 4));
	assert_null(memmem(val, len, arg, 4));
	return 0;
}

/* Nothing of a case that was removed is left, not even the head of its id. */
static void
test_removed(void **state)
{
	struct workspace_case c = a_case(0x00987654);

	(void)state;
	randombytes_buf(c.rec.id, sizeof(c.rec.id));
	assert_int_equal(workspace_case_put(ses.workspace, &c, 1), 0);
	assert_int_equal(workspace_case_del(ses.workspace, c.rec.id), 0);
	for (int kind = 1; kind < WORKSPACE__MAX; kind++)
		assert_int_equal(workspace_each(ses.workspace, (enum workspace_kind)kind,
						no_such_id, c.rec.id),
				 0);
}

static void
test_outbox(void **state)
{
	struct workspace_out o = { .type = 18, .json = (char[]){ "{\"v\":1}" } }, *list;
	size_t cnt;

	(void)state;
	assert_int_equal(workspace_out_add(ses.workspace, &o), 0);
	assert_int_equal(workspace_out_add(ses.workspace, &o), 0);
	assert_int_equal(workspace_out_list(ses.workspace, &list, &cnt), 0);
	assert_int_equal(cnt, 2);
	assert_true(list[0].seq < list[1].seq);
	assert_string_equal(list[1].json, "{\"v\":1}");
	assert_null(list[1].extra);
	assert_int_equal(workspace_out_del(ses.workspace, list[0].seq), 0);
	workspace_out_free(list, cnt);
	assert_int_equal(workspace_out_list(ses.workspace, &list, &cnt), 0);
	assert_int_equal(cnt, 1);
	assert_int_equal(workspace_out_del(ses.workspace, list[0].seq), 0);
	workspace_out_free(list, cnt);
}

/* No word of a value or key stands in the file or its log. */
static void
test_sealed(void **state)
{
	static const char canary[] = "canary-二号井-canary";
	char wal[160];
	const char *files[] = { db, wal };

	(void)state;
	snprintf(wal, sizeof(wal), "%s-wal", db);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_META, canary, sizeof(canary),
				       canary, sizeof(canary)),
			 0);
	for (int i = 0; i < 2; i++) {
		int fd = open(files[i], O_RDONLY);
		struct stat st;
		assert_true(fd >= 0 && fstat(fd, &st) == 0);
		assert_int_equal(st.st_mode & 077, 0);
		char *bytes = malloc((size_t)st.st_size + 1);
		assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
		assert_null(memmem(bytes, (size_t)st.st_size, "canary", 6));
		free(bytes);
		close(fd);
	}
}

/* Who swaps or changes values in the file is noticed. */
static void
test_damage(void **state)
{
	sqlite3 *raw;
	uint8_t *val;
	size_t len;

	(void)state;
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_DRAFT, "a", 1, "aaaa", 4), 0);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_DRAFT, "b", 1, "bbbb", 4), 0);
	assert_int_equal(sqlite3_open(db, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw,
				      "CREATE TEMP TABLE old AS SELECT * FROM record12;"
				      "UPDATE record12 SET value = (SELECT value FROM old WHERE "
				      "old.name <> record12.name)",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(raw);
	assert_int_equal(workspace_get(ses.workspace, WORKSPACE_DRAFT, "a", 1, &val, &len),
			 ERR_AUTH);
	assert_int_equal(workspace_get(ses.workspace, WORKSPACE_DRAFT, "b", 1, &val, &len),
			 ERR_AUTH);
}

static int
never(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	(void)arg, (void)key, (void)key_len, (void)val, (void)len;
	fail_msg("a record of another kind was taken for a note");
	return 0;
}

/* A record that is moved among those of another kind does not pass for one of them. */
static void
test_moved(void **state)
{
	sqlite3 *raw;

	(void)state;
	assert_int_equal(workspace_del(ses.workspace, WORKSPACE_NOTE, "k", 1), 0);
	assert_int_equal(workspace_each(ses.workspace, WORKSPACE_NOTE, never, NULL), 0);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_MEMBERS, "m", 1, "mmmm", 4), 0);
	assert_int_equal(sqlite3_open(db, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "INSERT INTO record11 SELECT * FROM record4", NULL, NULL,
				      NULL),
			 SQLITE_OK);
	assert_int_equal(workspace_each(ses.workspace, WORKSPACE_NOTE, never, NULL), ERR_AUTH);
	assert_int_equal(sqlite3_exec(raw, "DELETE FROM record11; DELETE FROM record4", NULL, NULL,
				      NULL),
			 SQLITE_OK);
	sqlite3_close(raw);
}

/* A file of another version is left as it is, and the person learns which davy to take. */
static void
test_version(void **state)
{
	static const struct {
		int version;
		const char *said;
	} other[] = { { 1, "older davy" }, { 9999, "newer davy" } };
	sqlite3 *raw;
	char text[64], was[64];
	sqlite3_stmt *stmt;

	(void)state;
	assert_int_equal(sqlite3_open(db, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(raw, "PRAGMA user_version", -1, &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	snprintf(was, sizeof(was), "PRAGMA user_version = %d", sqlite3_column_int(stmt, 0));
	sqlite3_finalize(stmt);
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		workspace_close(&ses);
		snprintf(text, sizeof(text), "PRAGMA user_version = %d", other[i].version);
		assert_int_equal(sqlite3_exec(raw, text, NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(workspace_open(&ses), DAVY_REFUSED);
		assert_non_null(strstr(session_failure(&ses), other[i].said));
		session_forgive(&ses);
	}
	assert_int_equal(sqlite3_exec(raw, was, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(raw);
	assert_int_equal(workspace_open(&ses), DAVY_OK);
}

/* Two terminals write at once; every record of both is there. */
static void
test_two(void **state)
{
	struct workspace_out o = { .json = (char[]){ "{}" } }, *list;
	size_t cnt;
	int status;

	(void)state;
	cli_home_stop(&ses);
	pid_t pid = fork();
	start(&ses);
	for (int i = 0; i < 100; i++)
		assert_int_equal(workspace_out_add(ses.workspace, &o), 0);
	if (pid == 0) {
		cli_home_stop(&ses);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(workspace_out_list(ses.workspace, &list, &cnt), 0);
	assert_int_equal(cnt, 200);
	for (size_t i = 0; i < cnt; i++) {
		assert_int_equal(list[i].seq, list[0].seq + i);
		assert_int_equal(workspace_out_del(ses.workspace, list[i].seq), 0);
	}
	workspace_out_free(list, cnt);
}

static double
cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#define AT_ONCE 250 /* about as many as a page of the list has */

/* The seconds of CPU that listing all takes: the least of three, since what runs beside this takes
   its caches away. */
static double
list_all(uint32_t end)
{
	double least = HUGE_VAL;
	for (int i = 0; i < 3; i++) {
		struct workspace_case *all;
		size_t cnt;
		double start = cpu_seconds();
		assert_int_equal(workspace_case_list(ses.workspace, FRAME_CASE, &all, &cnt), 0);
		least = fmin(least, cpu_seconds() - start);
		assert_true(cnt >= end);
		workspace_free(all, cnt * sizeof(*all));
	}
	return least;
}

/* Puts cases until there are `end`, then lists all; the seconds of CPU that each took. */
static void
put_and_list(uint32_t begin, uint32_t end, double *put, double *list)
{
	double start = cpu_seconds();
	assert_int_equal(workspace_begin(ses.workspace), 0);
	for (uint32_t i = begin; i < end; i += AT_ONCE) {
		struct workspace_case c[AT_ONCE];
		for (uint32_t k = 0; k < AT_ONCE; k++)
			c[k] = a_case((i + k) * 2654435761u);
		assert_int_equal(workspace_case_put(ses.workspace, c, AT_ONCE), 0);
	}
	assert_int_equal(workspace_commit(ses.workspace), 0);
	*put = cpu_seconds() - start;
	*list = list_all(end);
}

/* The seconds of CPU that it takes to find each hundredth of the cases by the beginning of its id.
 */
static double
find_some(uint32_t end)
{
	struct workspace_case one;
	char hex[33];
	double start = cpu_seconds();
	unsigned cnt = 0;

	for (uint32_t i = 0; i < end; i += end / 100, cnt++) {
		struct workspace_case c = a_case(i * 2654435761u);
		term_hex(hex, c.rec.id, 16)[12] = '\0';
		assert_int_equal(workspace_case_find(&ses, FRAME_CASE, hex, &one), DAVY_OK);
		assert_memory_equal(&one, &c, sizeof(c));
	}
	return (cpu_seconds() - start) / cnt;
}

/* Ratios, not seconds, so that the speed of the machine and a sanitizer do not matter: a list that
 * is ten times as long takes about ten times as long, where a search for each case would take a
 * hundred times; and reading the cases costs less than writing them. A case is found by a part of
 * its id without reading all. */
static void
test_many(void **state)
{
	double put_few, list_few, put_many, list_many;

	(void)state;
	put_and_list(0, 10000, &put_few, &list_few);
	put_and_list(10000, 100000, &put_many, &list_many);
	print_message("# listing 10,000 cases: %.3f s of CPU, 100,000: %.3f s; putting: %.3f s\n",
		      list_few, list_many, put_few + put_many);
	assert_true(list_many < 30 * list_few);
	assert_true(list_many < put_few + put_many);
	double find = find_some(100000);
	print_message("# finding one: %.4f s\n", find);
	assert_true(find < list_many / 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),   cmocka_unit_test(test_transaction),
		cmocka_unit_test(test_pause),   cmocka_unit_test(test_case),
		cmocka_unit_test(test_shelves), cmocka_unit_test(test_removed),
		cmocka_unit_test(test_outbox),  cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_damage),  cmocka_unit_test(test_moved),
		cmocka_unit_test(test_version), cmocka_unit_test(test_two),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
