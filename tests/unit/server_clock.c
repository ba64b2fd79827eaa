/*
 * The machine's clock jumps, forward and back, by an hour, twenty days and two years, while the
 * vault runs and over a restart. The vault's minute never stands still or runs backwards, the
 * clocks of cases go on, nothing is refused for good, and the operator's word repairs.
 */
#include "tests/lib/fixture.h"

#define DAY  1440
#define YEAR (365 * DAY)

static const int64_t jumps[] = { 61, 20 * DAY, 2 * YEAR };
#define JUMP_CNT (sizeof(jumps) / sizeof(jumps[0]))

static int
setup(void **state)
{
	fixture_jump = 0;
	return fixture_ready(state);
}

static void
tick(uint64_t minutes)
{
	for (uint64_t i = 0; i < minutes; i++) {
		fixture_minute++;
		vault_clock_advance(&w.v);
	}
}

/* As on_tick does: the store learns of the minute. */
static void
keep(void)
{
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
}

static void
restart(void)
{
	keep();
	vault_close(&w.v);
	fixture_open_vault();
}

/* A request at the minute that the vault has. */
static int
fetch(enum who who, const uint8_t *id)
{
	struct frame_request rq = request(FRAME_FETCH, id);
	rq.routing.desk = w.person[who].desk;
	rq.minute = w.v.minute;
	return fixture_as(who, rq);
}

/* A case that nobody reads opens to the desk above after its term, and not before. */
static void
clocks_run(void)
{
	struct source s;
	source_new(&s);
	tick(60 - w.v.minute % 60);
	assert_int_equal(source_open(&s, 2, FRAME_URGENT), FRAME_OK);
	tick(58);
	assert_int_equal(fetch(A1, s.id), FRAME_NOT_FOUND);
	tick(3);
	assert_int_equal(fetch(A1, s.id), FRAME_OK);
}

static void
back_while_it_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < JUMP_CNT; i++) {
		uint64_t was = w.v.minute;
		fixture_jump = -jumps[i];
		tick(10);
		assert_int_equal(w.v.minute, was + 10);
		assert_int_equal(w.v.time.state, VAULT_TIME_BEHIND);
		clocks_run();
		fixture_jump = 0;
		tick(1);
		assert_int_equal(w.v.minute, fixture_minute);
		assert_int_equal(w.v.time.state, VAULT_TIME_GOOD);
	}
}

static void
ahead_while_it_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < JUMP_CNT; i++) {
		uint64_t was = w.v.minute;
		fixture_jump = jumps[i];
		tick(10);
		assert_int_equal(w.v.minute, was + 10);
		assert_int_equal(w.v.time.state, VAULT_TIME_AHEAD);
		clocks_run();
		/* A restart does not take the refused jump for an outage. */
		restart();
		tick(1);
		assert_int_equal(w.v.minute, fixture_minute);
		assert_int_equal(w.v.time.state, VAULT_TIME_AHEAD);
		/* The clock is corrected: all is as before, and a roster is taken as ever. */
		fixture_jump = 0;
		tick(1);
		assert_int_equal(w.v.time.state, VAULT_TIME_GOOD);
		assert_int_equal(w.v.minute, fixture_minute);
	}
}

/* Many small jumps are one big one: an hour a day is the most. */
static void
small_steps(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		fixture_jump += 50;
		tick(1);
	}
	assert_int_equal(w.v.time.state, VAULT_TIME_AHEAD);
	assert_true(w.v.minute - fixture_minute <= 61);
}

/* A clock that is a little behind is followed by going slower, never by standing still. */
static void
slower_not_still(void **state)
{
	(void)state;
	uint64_t was = w.v.minute;
	fixture_jump = -50;
	tick(100);
	assert_true(w.v.minute >= was + 90 && w.v.minute < was + 100);
	assert_int_equal(w.v.time.state, VAULT_TIME_GOOD);
	tick(500);
	assert_true(w.v.minute <= fixture_minute - 49);
}

static void
accepted(void **state)
{
	(void)state;
	fixture_jump = 2 * YEAR;
	tick(1);
	assert_int_equal(w.v.minute, fixture_minute);
	assert_true(vault_clock_accept(&w.v));
	assert_int_equal(w.v.minute, fixture_minute + (uint64_t)fixture_jump);
	restart();
	tick(1);
	assert_int_equal(w.v.time.state, VAULT_TIME_GOOD);
	assert_int_equal(w.v.minute, fixture_minute + (uint64_t)fixture_jump);
	fixture_jump = 0;
	tick(1);
	assert_false(vault_clock_accept(&w.v));
}

/* At a start the gateway may have been off for days: 30 are believed, 31 are not. */
static void
outages(void **state)
{
	(void)state;
	restart();
	fixture_minute += 29 * DAY;
	restart();
	assert_int_equal(w.v.minute, fixture_minute);
	uint64_t was = w.v.minute;
	keep();
	vault_close(&w.v);
	fixture_minute += 31 * DAY;
	fixture_open_vault();
	tick(5);
	assert_int_equal(w.v.minute, was + 5);
	assert_int_equal(w.v.time.state, VAULT_TIME_AHEAD);
	/* A start with the clock in the past, which is then set: the outage is taken. */
	fixture_minute -= 25 * DAY;
	restart();
	assert_int_equal(w.v.time.state, VAULT_TIME_GOOD);
	assert_int_equal(w.v.minute, fixture_minute);
	fixture_jump = -YEAR;
	restart();
	tick(5);
	assert_int_equal(w.v.time.state, VAULT_TIME_BEHIND);
	fixture_jump = 0;
	fixture_minute += 3 * DAY;
	tick(1);
	assert_int_equal(w.v.minute, fixture_minute);
}

static void
say_now(void)
{
	uint8_t set[8];
	keep();
	ipc_set64(set, fixture_minute);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(store_meta_set(w.v.store, STORE_MINUTE_SET, set, 8), 0);
	assert_int_equal(store_commit(w.v.store), 0);
	vault_close(&w.v);
	fixture_open_vault();
}

/*
 * The store is two years ahead: it serves, and a roster of today's is taken. The operator's word
 * brings it back, and a case of the wrong time gets its full term from now, once.
 */
static void
two_years_ahead(void **state)
{
	struct source s;
	uint32_t version = 1;
	(void)state;
	fixture_jump = 2 * YEAR;
	vault_clock_advance(&w.v);
	assert_true(vault_clock_accept(&w.v));
	source_new(&s);
	assert_int_equal(source_open(&s, 2, FRAME_URGENT), FRAME_OK);
	fixture_jump = 0;
	tick(1);
	assert_int_equal(w.v.time.state, VAULT_TIME_BEHIND);
	fixture_roster(++version, 2);
	for (uint16_t i = 0; i < fixture_parts(); i++)
		fixture_part(REG, i, w.v.minute);
	assert_int_equal(w.status, FRAME_OK);
	assert_int_equal(w.v.roster->version, 2);
	say_now();
	assert_int_equal(w.v.minute, fixture_minute);
	assert_int_equal(w.v.time.state, VAULT_TIME_GOOD);
	assert_int_equal(fetch(A1, s.id), FRAME_NOT_FOUND);
	tick(121);
	assert_int_equal(fetch(A1, s.id), FRAME_OK);
	clocks_run();
	/* It is said once: the next start goes on from the minute that it finds. */
	restart();
	assert_int_equal(w.v.minute, fixture_minute);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(back_while_it_runs, setup, fixture_end),
		cmocka_unit_test_setup_teardown(ahead_while_it_runs, setup, fixture_end),
		cmocka_unit_test_setup_teardown(small_steps, setup, fixture_end),
		cmocka_unit_test_setup_teardown(slower_not_still, setup, fixture_end),
		cmocka_unit_test_setup_teardown(accepted, setup, fixture_end),
		cmocka_unit_test_setup_teardown(outages, setup, fixture_end),
		cmocka_unit_test_setup_teardown(two_years_ahead, setup, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
