/*
 * Taking a layer of a sealed order: from which hour, with which hours shown, only with a trace that
 * its taker signed, under a wrong clock; and that everybody else is answered as for an order that
 * does not exist.
 */
#include "tests/lib/fixture.h"
#include "tests/unit/server_order.h"

/* ---- taking ---- */

static void
takes_by_hour(void **state)
{
	(void)state;
	seal();
	for (unsigned layer = 0; layer < ORDER_LAYERS; layer++) {
		at_hour(hours.open[layer] - 1);
		takes(I7, layer, FRAME_NOT_FOUND);
		at_hour(hours.open[layer]);
		for (enum who who = 0; who < WHO_CNT; who++)
			if (who != I7 && who != J7)
				takes(who, layer, FRAME_NOT_FOUND);
		takes(I7, layer, FRAME_OK);
		takes(J7, layer, FRAME_OK);
	}
	at_hour(hours.open[0] + ORDER_OVER_HOURS - 1);
	takes(I7, 2, FRAME_OK);
	at_hour(hours.open[0] + ORDER_OVER_HOURS);
	takes(I7, 2, FRAME_NOT_FOUND);
}

/* Hours that nobody committed to open nothing; nor does a later layer under an earlier hour. */
static void
false_hours(void **state)
{
	struct store_log before;
	struct frame_request rq;
	(void)state;
	seal();
	at_hour(hours.open[0]);
	log_of(&before);
	for (int i = 0; i < 4; i++) {
		rq = take_request(I7, 2);
		if (i < 2)
			rq.routing.hour = hours.open[0];
		if (i != 1)
			rq.routing.count = hours.open[0];
		if (i >= 2)
			rq.routing.hour = hours.open[0];
		rq.routing.proof[0] ^= i == 3;
		assert_int_equal(fixture_as(I7, rq), FRAME_BAD);
		nothing(&before);
	}
	/* The true ones are true, and their time has not come. */
	takes(I7, 1, FRAME_NOT_FOUND);
	takes(I7, 2, FRAME_NOT_FOUND);
	at_hour(hours.open[1]);
	takes(I7, 2, FRAME_NOT_FOUND);
	takes(I7, 1, FRAME_OK);
}

/* Each take leaves an entry, a read record and the taker's own signature over what she took. */
static void
trace(void **state)
{
	struct frame_request was;
	struct frame_read read;
	uint8_t kept[FRAME_STUB_LEN], entry[FRAME_BODY_LEN], sha[FRAME_HASH_LEN];
	(void)state;
	seal();
	at_hour(hours.open[2]);
	takes(I7, 0, FRAME_OK);
	memcpy(entry, body, sizeof(entry));
	assert_int_equal(append(A1), FRAME_OK);
	takes(J7, 2, FRAME_OK);
	assert_int_equal(fetches(A2, FRAME_READS, FRAME_TAKEN_FROM), FRAME_OK);
	assert_int_equal(w.out.count, 2);
	assert_int_equal(ipc_get32(w.body), 1);
	assert_int_equal(ipc_get32(w.body + FRAME_TAKEN_RECORD_LEN), 3);
	memcpy(kept, w.body + 4, sizeof(kept));
	assert_int_equal(frame_stub_taken(&was, kept, w.keys.card.id), 0);
	assert_memory_equal(was.key, w.person[I7].pk, 32);
	assert_memory_equal(was.routing.id, id, 16);
	assert_int_equal(was.routing.part, ORDER_LAYER);
	crypto_hash_sha512(sha, entry, sizeof(entry));
	assert_memory_equal(kept + FRAME_STUB_LEN - FRAME_HASH_LEN, sha, sizeof(sha));
	/* A stub that was changed, of another gateway, or of a source, is none. */
	for (size_t i = 0; i < sizeof(kept); i++) {
		kept[i] ^= 1;
		assert_int_not_equal(frame_stub_taken(&was, kept, w.keys.card.id), 0);
		kept[i] ^= 1;
	}
	assert_int_equal(frame_stub_verify(kept, w.keys.card.id), ERR_FORMAT);
	/* From the second on; and behind the last. */
	assert_int_equal(fetches(A2, FRAME_READS, FRAME_TAKEN_FROM + 2), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	assert_int_equal(fetches(A2, FRAME_READS, FRAME_TAKEN_FROM + 4), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	assert_int_equal(fetches(A2, FRAME_READS, 0), FRAME_OK);
	assert_int_equal(w.out.count, 2);
	frame_read_get(&read, w.body + FRAME_READ_LEN);
	assert_memory_equal(read.handle, w.person[J7].handle, 8);
	assert_int_equal(read.number, ORDER_LAYER + 2);
	assert_int_equal(fetches(A2, FRAME_DESK, 1), FRAME_OK);
	assert_memory_equal(w.body, entry, sizeof(entry));
}

/*
 * The bytes of an entry that stands do not serve somebody else: a deputy who sends the leader's
 * entry once more would have the layer without a signature of his own. The taker herself may ask
 * again, for the same layer.
 */
static void
again(void **state)
{
	struct frame_request rq, note;
	struct store_log before;
	(void)state;
	seal();
	at_hour(hours.open[2]);
	rq = take_request(I7, 1);
	assert_int_equal(fixture_as(I7, rq), FRAME_OK);
	next++;
	assert_int_equal(fixture_as(I7, rq), FRAME_OK);
	assert_int_equal(w.out.number, 1);
	assert_memory_equal(w.body, part[ORDER_LAYER + 1], FRAME_BODY_LEN);
	log_of(&before);
	assert_int_equal(before.desk_entries, 2);
	assert_int_equal(before.reads, 1);
	memset(w.body, 0, sizeof(w.body));
	assert_int_equal(fixture_as(J7, rq), FRAME_BAD);
	nothing(&before);
	rq.routing.part = ORDER_LAYER + 2;
	assert_int_equal(fixture_as(I7, rq), FRAME_BAD);
	nothing(&before);
	/* Nor does one that was appended without a take. */
	assert_int_equal(append(I7), FRAME_OK);
	log_of(&before);
	note = take_request(I7, 2);
	assert_int_equal(fetches(I7, FRAME_DESK, 2), FRAME_OK);
	memcpy(body, w.body, sizeof(body));
	note.body = body;
	assert_int_equal(fixture_as(I7, note), FRAME_BAD);
	nothing(&before);
	/* Two at once: the second is told the free place and has no bytes. */
	rq = take_request(I7, 2);
	rq.routing.number = next - 1;
	assert_int_equal(fixture_as(I7, rq), FRAME_BEHIND);
	assert_int_equal(w.out.number, next);
	nothing(&before);
}

/* Without room for the entry there are no bytes. */
static void
no_room(void **state)
{
	(void)state;
	seal();
	at_hour(hours.open[2]);
	w.conf.member_entries = 1;
	takes(I7, 0, FRAME_OK);
	takes(I7, 1, FRAME_FULL);
	takes(J7, 1, FRAME_OK);
	/* Another day. */
	at_hour(hours.open[2] + 24);
	takes(I7, 1, FRAME_OK);
	w.conf.store_bytes = 1;
	takes(J7, 2, FRAME_FULL);
}

/* ---- the clock ---- */

/* The machine's clock jumps a day ahead while the vault runs: nothing opens earlier. */
static void
clock_ahead(void **state)
{
	(void)state;
	seal();
	fixture_jump = 3 * 1440;
	takes(I7, 0, FRAME_NOT_FOUND);
	assert_int_equal(fetches(A1, FRAME_PARTS, ORDER_HALF_A), FRAME_NOT_FOUND);
	fixture_jump = 0;
}

/* The vault's minute was far ahead and the machine's is right again: the earlier one counts. */
static void
clock_back(void **state)
{
	(void)state;
	seal();
	at_hour(hours.open[2]);
	takes(I7, 0, FRAME_OK);
	fixture_jump = -2880;
	vault_clock_advance(&w.v);
	assert_int_not_equal(w.v.time.state, VAULT_TIME_GOOD);
	struct frame_request rq = take_request(I7, 2);
	rq.minute = w.v.minute;
	assert_int_equal(fixture_as(I7, rq), FRAME_NOT_FOUND);
	fixture_jump = 0;
}

/* ---- who is told nothing ---- */

/* Every op and every place about this order and about none: the same answer, byte for byte. */
static void
same_for(enum who who, struct frame_request rq)
{
	static uint8_t bytes[FRAME_BODY_LEN];
	struct frame_routing out;
	rq.routing.desk = w.person[who].desk;
	int status = fixture_as(who, rq);
	out = w.out;
	memcpy(bytes, w.body, sizeof(bytes));
	randombytes_buf(rq.routing.id, 16);
	assert_int_equal(fixture_as(who, rq), status);
	assert_int_equal(status, FRAME_NOT_FOUND);
	assert_memory_equal(&out, &w.out, sizeof(out));
	assert_memory_equal(bytes, w.body, sizeof(bytes));
	assert_int_equal(w.body_len, 0);
}

static void
told_nothing(void **state)
{
	static const enum who outside[] = { REG, B2, A5 };
	static const uint32_t number[] = { 0, 1, 2, 4, 5, 7, 8, FRAME_PART_LIST, FRAME_TAKEN_FROM };
	(void)state;
	seal();
	at_hour(hours.open[2]);
	takes(I7, 0, FRAME_OK);
	for (size_t i = 0; i < sizeof(outside) / sizeof(*outside); i++) {
		enum who who = outside[i];
		assert_int_equal(listed(who, NULL), 0);
		for (uint8_t thread = 0; thread <= FRAME_PARTS; thread++)
			for (size_t k = 0; k < sizeof(number) / sizeof(*number); k++) {
				struct frame_request rq = request(FRAME_FETCH, id);
				rq.routing.kind = FRAME_ORDER;
				rq.routing.thread = thread;
				rq.routing.number = thread == FRAME_ATTACH ? 0 : number[k];
				same_for(who, rq);
			}
		for (unsigned layer = 0; layer < ORDER_LAYERS; layer++)
			same_for(who, take_request(who, layer));
		for (uint32_t place = 0; place < ORDER_PLACES; place++)
			same_for(who, part_request(who, place));
		for (uint8_t flags = 0; flags <= FRAME_STOP_NOW; flags++) {
			struct frame_request rq = request(FRAME_STOP, id);
			rq.routing.kind = FRAME_ORDER;
			rq.routing.flags = flags;
			rq.body = body;
			rq.body_len = FRAME_BODY_LEN;
			same_for(who, rq);
		}
	}
}

/* Two orders, one of which nobody will follow: the vault's rows differ in ids, hashes and days. */
static void
rows_alike(void **state)
{
	static const char query[] =
		"SELECT count(DISTINCT length(sealed) || ' ' || length(terms) || ' ' ||"
		" length(readers) || ' ' || state || ' ' || desk_entries || ' ' || bytes || ' ' ||"
		" reads) FROM log WHERE kind = 1";
	(void)state;
	seal();
	randombytes_buf(id, sizeof(id));
	for (uint32_t i = 0; i < ORDER_PLACES; i++)
		memset(part[i], (int)i, FRAME_BODY_LEN);
	seal();
	assert_int_equal(fixture_number(query), 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, ready, fixture_end)
	const struct CMUnitTest tests[] = {
		T(takes_by_hour), T(false_hours), T(trace),        T(again),      T(no_room),
		T(clock_ahead),   T(clock_back),  T(told_nothing), T(rows_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
