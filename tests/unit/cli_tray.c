/* The tray and the drafts: what lies there survives the end of the program, leaves when its time
 * has come and not before, is undone with what the same command wrote, and does not leave where
 * what was written before it was refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "admin-cli/desk/sync_state.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/home/kept.h"
#include "crypto/err.h"
#include "tests/lib/cli_home.h"

static char dir[] = "/tmp/cli_tray.XXXXXX";
static struct session ses;

static void
start(struct session *c)
{
	cli_home_start(c, dir);
}

static int
setup(void **state)
{
	(void)state;
	if (cli_home_make(dir))
		return -1;
	start(&ses);
	return 0;
}

/* In place of the engine's: what left, and whether it is refused. */
static uint64_t left[16];
static size_t left_cnt;
static uint64_t refused;

static int
send(struct session *c, struct workspace_out *o)
{
	if (o->seq == refused)
		return session_fail(c, DAVY_REFUSED, "state", "no such move");
	left[left_cnt++] = o->seq;
	return 0;
}

const struct sync_hooks sync_hooks = { .send = send };

static uint64_t
put(uint8_t id, uint32_t group, uint64_t leaves)
{
	struct workspace_out o = { .leaves = leaves, .group = group, .json = (char[]){ "{}" } };

	memset(o.id, id, sizeof(o.id));
	assert_int_equal(workspace_out_add(ses.workspace, &o), 0);
	return o.seq;
}

static size_t
waits(void)
{
	struct workspace_out *list;
	size_t cnt;

	assert_int_equal(workspace_out_list(ses.workspace, &list, &cnt), 0);
	workspace_out_free(list, cnt);
	return cnt;
}

static void
run(uint64_t now, bool hurry, const uint8_t *stay, size_t want_sent, size_t want_failed)
{
	size_t sent, failed;

	left_cnt = 0;
	assert_int_equal(tray_run(&ses, now, hurry, stay, &sent, &failed), 0);
	assert_int_equal(sent, want_sent);
	assert_int_equal(sent, left_cnt);
	assert_int_equal(failed, want_failed);
}

static void
test_leaves(void **state)
{
	uint64_t first = put(1, 1, 1000), second = put(2, 2, 2000), offline = put(3, 0, 0);
	uint8_t stay[16];

	(void)state;
	(void)offline;
	run(999, false, NULL, 0, 0);
	run(1000, false, NULL, 1, 0);
	assert_int_equal(left[0], first);
	cli_home_stop(&ses); /* the program ends */
	start(&ses);
	assert_int_equal(waits(), 2);
	assert_int_equal(tray_rest(&ses, 5000), 0);
	run(5000, false, NULL, 0, 0); /* its time begins again */
	memset(stay, 2, sizeof(stay));
	run(5000, true, stay, 0, 0); /* the case is still on the screen */
	memset(stay, 9, sizeof(stay));
	run(5000, true, stay, 1, 0); /* the next case is left */
	assert_int_equal(left[0], second);
	assert_int_equal(waits(), 1); /* what was written offline waits for a sync */
	run(UINT64_MAX, true, NULL, 0, 0);
	assert_int_equal(workspace_out_del(ses.workspace, offline), 0);
}

static void
test_sync(void **state)
{
	struct sync_result count = { 0 };
	uint64_t soon = put(1, 1, (uint64_t)time(NULL) + 3600), past = put(1, 2, 1);

	(void)state;
	left_cnt = 0;
	assert_int_equal(sync_outbox(&ses, &count), 0);
	assert_int_equal(left_cnt, 1);
	assert_int_equal(left[0], past);
	assert_int_equal(count.waiting, 1);
	assert_int_equal(tray_drop(&ses, soon), 0);
}

static void
test_undo(void **state)
{
	uint64_t kept = put(1, 1, 1000);
	size_t cnt;

	(void)state;
	put(2, 2, 1000);
	put(2, 2, 1000);
	assert_int_equal(tray_undo(&ses, &cnt), 0);
	assert_int_equal(cnt, 2);
	run(1000, false, NULL, 1, 0);
	assert_int_equal(left[0], kept);
	assert_int_equal(tray_undo(&ses, &cnt), 0);
	assert_int_equal(cnt, 0);
}

/* A status must not go to the source where the triage that it tells of was refused. */
static void
test_group(void **state)
{
	uint64_t triage = put(1, 1, 1000), reply = put(1, 1, 1000), other = put(2, 2, 1000);

	(void)state;
	refused = triage;
	run(1000, false, NULL, 1, 2);
	assert_int_equal(left[0], other);
	assert_null(session_failure(&ses));
	refused = 0;
	run(UINT64_MAX, true, NULL, 0, 0); /* neither tries again by itself */
	assert_int_equal(tray_hurry(&ses, reply), 0);
	run(2, false, NULL, 1, 0);
	assert_int_equal(left[0], reply);
	assert_int_equal(tray_drop(&ses, triage), 0);
	assert_int_equal(waits(), 0);
}

static void
test_held(void **state)
{
	struct tray_held *list;
	uint8_t id[16] = { 7 };
	size_t cnt;

	(void)state;
	tray_held_note(&ses, id, 300, "{\"status\":\"2\"}");
	tray_held_note(&ses, id, 200, "{\"status\":\"4\"}");
	assert_int_equal(tray_held_list(&ses, 199, &list, &cnt), 0);
	assert_int_equal(cnt, 2);
	assert_int_equal(list[0].hour, 200);
	assert_string_equal(list[1].json, "{\"status\":\"2\"}");
	tray_held_free(list, cnt);
	assert_int_equal(tray_held_list(&ses, 200, &list, &cnt), 0);
	assert_int_equal(cnt, 1);
	assert_int_equal(list[0].hour, 300);
	tray_held_free(list, cnt);
	/* A clock that runs out before she sees it. */
	struct workspace_case c = { .rec.id = { 7 }, .rec.answer_due = 300 };
	assert_int_equal(workspace_case_put(ses.workspace, &c, 1), 0);
	assert_true(tray_misses(&ses, id, 300));
	assert_false(tray_misses(&ses, id, 299));
}

static int
count_one(void *arg, const uint8_t id[static 16], const char *sort, const char *text)
{
	assert_int_equal(id[0], 7);
	assert_string_equal(sort, "note");
	assert_string_equal(text, "半句");
	++*(size_t *)arg;
	return 0;
}

static void
test_draft(void **state)
{
	uint8_t id[16] = { 7 };
	size_t cnt = 0, seen = 0;
	char *text;

	(void)state;
	assert_int_equal(kept_put(ses.workspace, id, "reply", "first"), 0);
	assert_int_equal(kept_put(ses.workspace, id, "reply", "second"), 0);
	assert_int_equal(kept_put(ses.workspace, id, "note", "半句"), 0);
	cli_home_stop(&ses);
	start(&ses);
	assert_int_equal(kept_count(ses.workspace, &cnt), 0);
	assert_int_equal(cnt, 2);
	assert_int_equal(kept_get(ses.workspace, id, "reply", &text), 0);
	assert_string_equal(text, "second");
	workspace_free(text, strlen(text) + 1);
	assert_int_equal(kept_drop(ses.workspace, id, "reply"), 0);
	assert_int_equal(kept_get(ses.workspace, id, "reply", &text), ERR_NOT_FOUND);
	assert_int_equal(kept_each(ses.workspace, count_one, &seen), 0);
	assert_int_equal(seen, 1);
	assert_int_equal(kept_put(ses.workspace, id, "", "x"), ERR_ARG);
}

static int
teardown(void **state)
{
	(void)state;
	cli_home_stop(&ses);
	return cli_home_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaves), cmocka_unit_test(test_sync),
		cmocka_unit_test(test_undo),   cmocka_unit_test(test_group),
		cmocka_unit_test(test_held),   cmocka_unit_test(test_draft),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
