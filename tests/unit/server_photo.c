/*
 * Photos of a visit at the vault (op 0x58): who adds one, from which hour on, within which quota;
 * who gets it, and that each fetch is seen; and what goes with the order.
 */
#include "tests/lib/fixture.h"
#include "tests/unit/server_order.h"

static uint8_t slice[4][FRAME_BODY_LEN];

static int
start(void **state)
{
	int err = ready(state);
	for (size_t i = 0; i < sizeof(slice) / sizeof(*slice); i++)
		random_body(slice[i]);
	return err;
}

static int
photo(enum who who, uint16_t attach, uint16_t i, uint16_t parts)
{
	struct frame_request rq = request(FRAME_PHOTO, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = w.person[who].desk;
	rq.routing.attach = attach;
	rq.routing.part = i;
	rq.routing.parts = parts;
	rq.body = slice[i % 4];
	rq.body_len = FRAME_BODY_LEN;
	return fixture_as(who, rq);
}

static int
given(enum who who, uint16_t attach, uint16_t i)
{
	struct frame_request rq = request(FRAME_FETCH, id);
	rq.routing.kind = FRAME_ORDER;
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = FRAME_ATTACH;
	rq.routing.attach = attach;
	rq.routing.part = i;
	memset(w.body, 0, sizeof(w.body));
	return fixture_as(who, rq);
}

static void
who_adds(void **state)
{
	static const enum who none[] = { A1, B1, A4, C1, A2, B2, A5, REG };
	(void)state;
	assert_int_equal(photo(I7, 256, 0, 1), FRAME_NOT_FOUND); /* there is no such order */
	seal();
	at_hour(hours.open[0] - 1);
	assert_int_equal(photo(I7, 256, 0, 1), FRAME_NOT_FOUND); /* nothing was seen yet */
	at_hour(hours.open[0]);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (photo(none[i], 256, 0, 1) != FRAME_NOT_FOUND)
			fail_msg("%d adds a photo", none[i]);
	assert_int_equal(photo(I7, 256, 0, 1), FRAME_OK);
	assert_int_equal(photo(J7, 257, 0, 1), FRAME_OK);
	/* when the time of the visit is over, all of its desk */
	at_hour(hours.open[0] + ORDER_OVER_HOURS + 1);
	assert_int_equal(photo(REG, 258, 0, 1), FRAME_OK);
	/* who has lost the role has lost it here, too */
	role(REG, 7, ROSTER_AU);
	assert_int_equal(photo(REG, 259, 0, 1), FRAME_NOT_FOUND);
}

static void
once(void **state)
{
	struct store_log log;
	(void)state;
	seal();
	at_hour(hours.open[0]);
	assert_int_equal(photo(I7, 300, 0, 2), FRAME_OK);
	assert_true(w.wrote);
	log_of(&log);
	assert_int_equal(log.attachments, 0);
	assert_int_equal(photo(I7, 300, 0, 2), FRAME_OK); /* a repeat */
	assert_false(w.wrote);
	assert_int_equal(photo(J7, 300, 0, 3), FRAME_BAD);
	randombytes_buf(slice[0], 32);
	assert_int_equal(photo(I7, 300, 0, 2), FRAME_BAD); /* other bytes */
	assert_int_equal(photo(I7, 300, 1, 2), FRAME_OK);
	log_of(&log);
	assert_int_equal(log.attachments, 1);
	assert_int_equal(photo(I7, 301, 0, VAULT_PARTS_MAX + 1), FRAME_BAD);
}

static void
who_gets(void **state)
{
	static const enum who see[] = { A1, B1, A4, C1, I7, J7, A2 };
	struct store_log before, after;
	(void)state;
	seal();
	at_hour(hours.open[0]);
	assert_int_equal(photo(I7, 256, 0, 1), FRAME_OK);
	log_of(&before);
	for (size_t i = 0; i < sizeof(see) / sizeof(*see); i++) {
		if (given(see[i], 256, 0) != FRAME_OK)
			fail_msg("%d does not get the photo", see[i]);
		assert_memory_equal(w.body, slice[0], FRAME_BODY_LEN);
		assert_int_equal(w.out.parts, 1);
	}
	log_of(&after); /* each has left a trace */
	assert_int_equal(after.reads, before.reads + sizeof(see) / sizeof(*see));
	assert_int_equal(given(REG, 256, 0), FRAME_NOT_FOUND);
	assert_int_equal(given(B2, 256, 0), FRAME_NOT_FOUND);
	assert_int_equal(given(I7, 257, 0), FRAME_NOT_FOUND);
	log_of(&before);
	assert_int_equal(before.reads, after.reads);
	/* a visit that was stopped has its photos, and they are what was seen */
	assert_int_equal(stop(I7, FRAME_STOP_NOW), FRAME_OK);
	assert_int_equal(given(A2, 256, 0), FRAME_OK);
	assert_int_equal(photo(I7, 258, 0, 1), FRAME_OK);
}

/* What one member may add in a day, and one order hold. A repeat costs nothing, and photos take
 * nothing from what ends a visit. */
static void
quota(void **state)
{
	struct conf *conf = (struct conf *)(uintptr_t)w.v.conf;
	(void)state;
	seal();
	at_hour(hours.open[0]);
	conf->member_photos = 3;
	for (uint16_t i = 0; i < 3; i++)
		assert_int_equal(photo(I7, (uint16_t)(256 + i), 0, 1), FRAME_OK);
	assert_int_equal(photo(I7, 260, 0, 1), FRAME_FULL);
	assert_int_equal(photo(I7, 256, 0, 1), FRAME_OK);
	assert_int_equal(photo(J7, 261, 0, 1), FRAME_OK);
	assert_int_equal(append(I7), FRAME_OK);
	fixture_minute += 1440;
	assert_int_equal(photo(I7, 260, 0, 1), FRAME_OK);
	conf->member_photos = 1000;
	conf->case_mib = 1; /* 65 parts */
	uint16_t n = 0;
	while (n < 100 && photo(I7, 400, n, 100) == FRAME_OK)
		n++;
	assert_int_equal(w.status, FRAME_FULL);
	assert_in_range(n, 40, 64);
	assert_int_equal(append(I7), FRAME_OK);
	assert_int_equal(stop(I7, FRAME_STOP_NOW), FRAME_OK);
}

/* When its log is removed, six years behind its newest entry, nothing of a photo is left. */
static void
purged(void **state)
{
	struct store_log log;
	struct store_chunk k;
	uint32_t cnt = 0;
	(void)state;
	seal();
	at_hour(hours.open[0]);
	assert_int_equal(photo(I7, 256, 0, 1), FRAME_OK);
	log_of(&log);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(store_purge(w.v.store, log.day + STORE_BOOK_DAYS, 50, NULL, &cnt), 0);
	assert_int_equal(cnt, 0);
	assert_int_equal(store_purge(w.v.store, log.day + STORE_BOOK_DAYS + 1, 50, NULL, &cnt), 0);
	assert_int_equal(cnt, 1);
	assert_int_equal(store_commit(w.v.store), 0);
	assert_int_equal(store_chunk_get(w.v.store, &k, log.n, 256, 0), ERR_NOT_FOUND);
	assert_int_equal(given(I7, 256, 0), FRAME_NOT_FOUND);
}

/* A kill between two parts: what was answered is there, and the sender goes on where he was. */
static void
killed(void **state)
{
	(void)state;
	seal();
	at_hour(hours.open[0]);
	assert_int_equal(photo(I7, 256, 0, 2), FRAME_OK);
	vault_close(&w.v);
	fixture_open_vault();
	assert_int_equal(photo(I7, 256, 0, 2), FRAME_OK);
	assert_int_equal(photo(I7, 256, 1, 2), FRAME_OK);
	assert_int_equal(given(I7, 256, 0), FRAME_OK);
	assert_memory_equal(w.body, slice[0], FRAME_BODY_LEN);
	assert_int_equal(given(I7, 256, 1), FRAME_OK);
	assert_memory_equal(w.body, slice[1], FRAME_BODY_LEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_adds, start, fixture_end),
		cmocka_unit_test_setup_teardown(once, start, fixture_end),
		cmocka_unit_test_setup_teardown(who_gets, start, fixture_end),
		cmocka_unit_test_setup_teardown(quota, start, fixture_end),
		cmocka_unit_test_setup_teardown(purged, start, fixture_end),
		cmocka_unit_test_setup_teardown(killed, start, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
