/*
 * The table of acts in server/vault/auth.c is the one that SECURITY.md shows its readers, and the
 * vault keeps its column `persons`: an act of two does nothing by one.
 */
#include "tests/lib/fixture.h"

#include <ctype.h>
#include <string.h>

#define HEAD "## Who may do what to a case\n"

static char paper[1 << 18];

static void
paper_read(void)
{
	FILE *f = fopen("SECURITY.md", "r");
	assert_non_null(f);
	size_t n = fread(paper, 1, sizeof(paper) - 1, f);
	fclose(f);
	assert_true(n > 1000 && n < sizeof(paper) - 1);
	paper[n] = 0;
}

/* Row by row, and no row more. */
static void
paper_has_the_table(void **state)
{
	size_t cnt;
	const struct auth_act *acts = auth_act_table(&cnt);
	(void)state;
	paper_read();
	const char *at = strstr(paper, HEAD);
	assert_non_null(at);
	at = strstr(at, "\n### ");
	for (size_t i = 0; i < cnt; i++) {
		char row[1024];
		snprintf(row, sizeof(row),
			 "\n### %s\n\n- Persons: %u, %s\n- Seen by: %s\n- Undone: %s\n",
			 acts[i].act, acts[i].persons, acts[i].who, acts[i].seen, acts[i].undone);
		row[5] = (char)toupper(row[5]);
		if (!at || strncmp(at, row, strlen(row)))
			fail_msg("SECURITY.md has not%sbut%.300s", row, at ? at : "");
		at += strlen(row);
	}
	assert_int_equal(strncmp(at, "\n## ", 4), 0);
}

/* Every op by which a member writes to a case is in the table. */
static void
every_act_is_there(void **state)
{
	static const uint8_t other[] = { FRAME_LIST,       FRAME_KEY_PUT,    FRAME_KEY_GET,
					 FRAME_ROSTER_PUT, FRAME_ROSTER_GET, FRAME_ORDER_OPEN,
					 FRAME_COSIGN,     FRAME_CHECKPOINT, FRAME_ACCOUNT };
	size_t op_cnt, act_cnt;
	const struct frame_op *ops = frame_op_table(&op_cnt);
	const struct auth_act *acts = auth_act_table(&act_cnt);
	(void)state;
	for (size_t i = 0; i < op_cnt; i++) {
		bool found = ops[i].op < FRAME_LIST || memchr(other, ops[i].op, sizeof(other));
		for (size_t k = 0; k < act_cnt; k++)
			found = found || acts[k].op == ops[i].op;
		if (!found)
			fail_msg("no row of the table of acts has %s", ops[i].name);
	}
	assert_int_equal(auth_persons(FRAME_RESTRICT, 0), 2);
	assert_int_equal(auth_persons(FRAME_RESTRICT, AUTH_LIFT), 1);
	assert_int_equal(auth_persons(FRAME_RESTRICT, AUTH_RECUSE), 1);
	assert_int_equal(auth_persons(FRAME_STOP, 0), 2);
	assert_int_equal(auth_persons(FRAME_STOP, AUTH_NOW), 1);
	assert_int_equal(auth_persons(FRAME_ROTA, 0), 2);
	assert_int_equal(auth_persons(FRAME_ROTA, AUTH_OVER), 1);
}

/* What an act of two changes: everything of the log but its growth and the note of the first. */
static void
effect(const uint8_t id[static 16], struct store_log *log)
{
	assert_int_equal(store_log_get(w.v.store, log, FRAME_CASE, id), 0);
	log->desk_entries = 0;
	log->desk_bytes = 0;
	memset(log->closer, 0, sizeof(log->closer));
	memset(log->opener, 0, sizeof(log->opener));
	memset(log->limiter, 0, sizeof(log->limiter));
	memset(log->giver, 0, sizeof(log->giver));
}

/* Sends an act in the next place of the desk thread; the lead, or the other member of desk 1. */
static int
write_act(enum who who, uint8_t op, const struct source *s)
{
	static uint8_t body[FRAME_BODY_LEN];
	struct frame_routing r = { .id = { 0 } };
	struct store_log log;
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, s->id), 0);
	r.number = log.desk_entries;
	if (op == FRAME_RESTRICT)
		for (uint8_t i = 0; i < 32; i++)
			r.proof[i] = r.hash[i ^ 31] = (uint8_t)(i + 1);
	if (op == FRAME_RESEAL)
		memcpy(r.proof, w.person[A4].handle, 8);
	if (op == FRAME_ACKNOWLEDGE)
		memcpy(r.proof, s->t, sizeof(s->t));
	random_body(body);
	return member_put(who, op, s->id, r, body);
}

static void
two_take_two(void **state)
{
	size_t cnt;
	const struct auth_act *acts = auth_act_table(&cnt);
	unsigned tried = 0;
	(void)state;
	for (size_t i = 0; i < cnt; i++) {
		struct source s;
		struct store_log before, after;
		/* Junk is for what nobody acknowledged, by two desks: server_budget.c. */
		/* The rota is of a desk, not of a case: server_rota.c. A stop is of an order:
		 * server_order_stop.c. */
		if (acts[i].persons != 2 || acts[i].op == FRAME_JUNK || acts[i].op == FRAME_ROTA ||
		    acts[i].op == FRAME_STOP)
			continue;
		source_new(&s);
		assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
		assert_int_equal(write_act(A1, FRAME_ACKNOWLEDGE, &s), FRAME_OK);
		effect(s.id, &before);
		assert_int_equal(write_act(A1, acts[i].op, &s), FRAME_OK);
		write_act(A1, acts[i].op, &s);
		effect(s.id, &after);
		assert_memory_equal(&before, &after, sizeof(before));
		assert_int_equal(write_act(B1, acts[i].op, &s), FRAME_OK);
		effect(s.id, &after);
		assert_memory_not_equal(&before, &after, sizeof(before));
		tried++;
	}
	assert_true(tried >= 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paper_has_the_table),
		cmocka_unit_test(every_act_is_there),
		cmocka_unit_test_setup_teardown(two_take_two, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
