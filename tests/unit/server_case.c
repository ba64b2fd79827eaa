/* Cases: order, repeats, clocks, who may see what. Every request goes through the vault's own
 * table. */
#include "tests/lib/fixture.h"

#include "server/store/sqlite/sqlite.h"

static uint8_t b1[FRAME_BODY_LEN], b2[FRAME_BODY_LEN];

static struct frame_record
only_record(enum who who, uint8_t kind)
{
	struct frame_record r;
	assert_int_equal(member_list(who, kind, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	assert_int_equal(frame_record_get(&r, w.body), 0);
	return r;
}

static void
open_repeats(void **state)
{
	struct source s, other;
	(void)state;
	source_new(&s);
	assert_int_equal(source_poll(&s, 0), FRAME_NOT_FOUND);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	assert_false(w.wrote);
	/* The same case with another tip, desk or ladder is no repeat. */
	assert_int_equal(source_open(&s, 2, 0), FRAME_BAD);
	assert_int_equal(source_open(&s, 1, 1), FRAME_BAD);
	s.tip[5] ^= 1;
	assert_int_equal(source_open(&s, 1, 0), FRAME_BAD);
	s.tip[5] ^= 1;
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	assert_int_equal(w.out.source_cnt, 1);
	assert_int_equal(w.out.number, 1);
	assert_int_equal(w.out.desk, 1);
	assert_int_equal(w.body_len, 0);
	/* Raw tips go to city level or above. */
	source_new(&other);
	assert_int_equal(source_open(&other, 7, 0), FRAME_BAD);
}

static void
source_order(void **state)
{
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	random_body(b1);
	random_body(b2);
	assert_int_equal(source_say(&s, 2, b2), FRAME_BEHIND);
	assert_int_equal(w.out.number, 1);
	assert_int_equal(source_say(&s, 1, b1), FRAME_OK);
	assert_int_equal(source_say(&s, 1, b1), FRAME_OK);
	assert_false(w.wrote);
	assert_int_equal(source_say(&s, 1, b2), FRAME_BAD);
	assert_int_equal(source_say(&s, 2, b2), FRAME_OK);
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.count, 3);
	uint8_t hash[32];
	key_sha256(hash, b2, sizeof(b2));
	assert_memory_equal(w.out.hash, hash, 32);
	assert_memory_equal(w.out.proof, hash, 32);
	for (uint32_t n = 3; n < 64; n++) {
		random_body(b1);
		assert_int_equal(source_say(&s, n, b1), FRAME_OK);
	}
	random_body(b1);
	assert_int_equal(source_say(&s, 64, b1), FRAME_FULL);
}

static void
desk_order(void **state)
{
	struct source s;
	struct frame_routing r = { .thread = FRAME_DESK };
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	random_body(b1);
	random_body(b2);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.number, 0);
	/* Two reviewers at once: the second is told where to go on, and a repeat is told its place.
	 */
	assert_int_equal(member_put(B1, FRAME_DESK_APPEND, s.id, r, b2), FRAME_BEHIND);
	assert_int_equal(w.out.number, 1);
	r.number = 1;
	assert_int_equal(member_put(B1, FRAME_DESK_APPEND, s.id, r, b2), FRAME_OK);
	r.number = 0;
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.number, 0);
	assert_false(w.wrote);
	assert_int_equal(member_fetch(B1, s.id, FRAME_DESK, 1), FRAME_OK);
	assert_memory_equal(w.body, b2, FRAME_BODY_LEN);
	assert_int_equal(w.out.count, 2);
}

/* Every answer to who may not is the answer to what is not there. */
static void
not_yours(void **state)
{
	struct source s;
	uint8_t nowhere[16];
	struct frame_routing desk = { .thread = FRAME_DESK }, zero = { .id = { 0 } }, said;
	static const enum who strangers[] = { A2, B2, A4, A5, I7, J7 };
	(void)state;
	source_new(&s);
	randombytes_buf(nowhere, sizeof(nowhere));
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		enum who x = strangers[i];
		static const uint8_t threads[] = { FRAME_SOURCE, FRAME_DESK, FRAME_ATTACH };
		for (size_t k = 0; k < 3; k++) {
			uint8_t thread = threads[k];
			assert_int_equal(member_fetch(x, nowhere, thread, 0), FRAME_NOT_FOUND);
			said = w.out;
			assert_int_equal(member_fetch(x, s.id, thread, 0), FRAME_NOT_FOUND);
			assert_memory_equal(&said, &w.out, sizeof(said));
			assert_memory_equal(&zero, &w.out, sizeof(zero));
			assert_int_equal(w.body_len, 0);
		}
		assert_int_equal(member_put(x, FRAME_DESK_APPEND, s.id, desk, b1), FRAME_NOT_FOUND);
		assert_int_equal(member_put(x, FRAME_CLOSE, s.id, zero, b1), FRAME_NOT_FOUND);
		struct frame_routing ack = { .id = { 0 } };
		memcpy(ack.proof, s.t, 32);
		assert_int_equal(member_put(x, FRAME_ACKNOWLEDGE, s.id, ack, b1), FRAME_NOT_FOUND);
	}
	/* An auditor of the desk reads its talk and who read, not the tip. */
	assert_int_equal(member_fetch(C1, s.id, FRAME_SOURCE, 0), FRAME_NOT_FOUND);
	assert_int_equal(member_fetch(C1, s.id, FRAME_READS, 0), FRAME_OK);
	/* A member cannot speak for another desk, and nobody of no desk at all is heard. */
	struct frame_request rq = request(FRAME_FETCH, s.id);
	rq.routing.desk = 1;
	assert_int_equal(fixture_as(A2, rq), FRAME_NOT_FOUND);
	assert_int_equal(fixture_send(rq, &s.key), FRAME_NOT_FOUND);
}

static void
every_read_is_seen(void **state)
{
	struct source s;
	struct frame_read read;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	assert_int_equal(member_fetch(B1, s.id, FRAME_SOURCE, 0), FRAME_OK);
	assert_memory_equal(w.body, s.tip, FRAME_BODY_LEN);
	assert_false(sodium_is_zero(w.out.proof, 32) || sodium_is_zero(w.out.hash, 32));
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(member_fetch(B1, s.id, FRAME_SOURCE, 0), FRAME_OK);
	assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_OK);
	assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 1), FRAME_NOT_FOUND);
	assert_int_equal(only_record(A1, FRAME_CASE).reads, 2);
	/* Also the desk above and the backstop see who read, though they may not read. */
	static const enum who see[] = { A1, A4, A5 };
	for (int i = 0; i < 3; i++) {
		assert_int_equal(member_fetch(see[i], s.id, FRAME_READS, 0), FRAME_OK);
		assert_int_equal(w.out.count, 2);
		frame_read_get(&read, w.body);
		assert_memory_equal(read.handle, w.person[B1].handle, 8);
		assert_int_equal(read.day, fixture_minute / 1440);
	}
	assert_int_equal(member_fetch(A1, s.id, FRAME_READS, 1), FRAME_OK);
	assert_int_equal(w.out.count, 1);
}

static void
acknowledge_needs_t(void **state)
{
	struct source s;
	struct frame_routing r = { .id = { 0 } };
	(void)state;
	source_new(&s);
	random_body(b1);
	assert_int_equal(source_open(&s, 1, 1), FRAME_OK);
	assert_true(only_record(A1, FRAME_CASE).read_due != 0);
	memcpy(r.proof, s.T, 32);
	assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, r, b1), FRAME_BAD);
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_true(sodium_is_zero(w.out.cursor, sizeof(w.out.cursor)));
	memcpy(r.proof, s.t, 32);
	assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, r, b1), FRAME_OK);
	assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, r, b1), FRAME_OK);
	assert_false(w.wrote);
	struct frame_record rec = only_record(A1, FRAME_CASE);
	assert_int_equal(rec.read_due, 0);
	assert_true(rec.answer_due != 0);
	assert_int_equal(rec.flags, FRAME_R_ACKED);
	assert_int_equal(rec.desk_entries, 1);
	/* Her phone compares these bytes with its own t: the gateway cannot invent them. */
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_memory_equal(w.out.cursor, s.t, sizeof(w.out.cursor));
}

/* The hour from which the terms of a case count that comes in now: an ordinary one's at the end of
 * the day. */
static uint32_t
terms_from(uint8_t ladder)
{
	return ladder == FRAME_ORDINARY ? (CLOCK_HOUR(fixture_minute) / 24 + 1) * 24
					: (uint32_t)((fixture_minute + 59) / 60);
}

/* The promise: when a clock runs out, the desk above gets the bytes by itself. */
static void
clocks(void **state)
{
	static const struct {
		uint8_t ladder;
		uint32_t read_h, answer_h;
	} rungs[] = { { FRAME_URGENT, 1, 2 }, { FRAME_ORDINARY, 8, 120 } };
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct source s;
		struct frame_routing ack = { .id = { 0 } }, reply = { .thread = FRAME_SOURCE };
		source_new(&s);
		memcpy(ack.proof, s.t, 32);
		fixture_minute += 60 - fixture_minute % 60 + 30;
		uint32_t hour = terms_from(rungs[i].ladder);
		assert_int_equal(source_open(&s, 2, rungs[i].ladder), FRAME_OK);
		/* Unread: the desk above (1) is let in at the due hour and not a minute before. */
		fixture_minute = (uint64_t)(hour + rungs[i].read_h) * 60 - 1;
		assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_NOT_FOUND);
		fixture_minute++;
		assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_OK);
		assert_memory_equal(w.body, s.tip, FRAME_BODY_LEN);
		assert_int_equal(member_fetch(A4, s.id, FRAME_SOURCE, 0), FRAME_NOT_FOUND);
		assert_int_equal(member_fetch(A5, s.id, FRAME_SOURCE, 0), FRAME_NOT_FOUND);

		/* Read in time but not answered: at the answer's hour, by the timer alone. */
		source_new(&s);
		memcpy(ack.proof, s.t, 32);
		hour = terms_from(rungs[i].ladder);
		assert_int_equal(source_open(&s, 2, rungs[i].ladder), FRAME_OK);
		random_body(b1);
		assert_int_equal(member_put(B2, FRAME_ACKNOWLEDGE, s.id, ack, b1), FRAME_OK);
		fixture_minute = (uint64_t)(hour + rungs[i].answer_h) * 60 - 1;
		vault_clock_advance(&w.v);
		assert_int_equal(store_begin(w.v.store), 0);
		assert_int_equal(vault_clock_all(&w.v), 0);
		assert_int_equal(store_commit(w.v.store), 0);
		assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_NOT_FOUND);
		fixture_minute++;
		vault_clock_advance(&w.v);
		assert_int_equal(store_begin(w.v.store), 0);
		assert_int_equal(vault_clock_all(&w.v), 0);
		assert_int_equal(store_commit(w.v.store), 0);
		struct store_log log;
		assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, s.id), 0);
		assert_true(log.above);
		assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_OK);

		/* Answered in time: it stays closed to the desk above until the term; a new
		 * message starts the clock again. */
		source_new(&s);
		memcpy(ack.proof, s.t, 32);
		assert_int_equal(source_open(&s, 2, rungs[i].ladder), FRAME_OK);
		random_body(b1);
		assert_int_equal(member_put(A2, FRAME_ACKNOWLEDGE, s.id, ack, b1), FRAME_OK);
		random_body(b1);
		assert_int_equal(member_put(A2, FRAME_DESK_APPEND, s.id, reply, b1), FRAME_OK);
		fixture_minute += (uint64_t)(rungs[i].answer_h + 40) * 60;
		assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_NOT_FOUND);
		random_body(b2);
		assert_int_equal(source_say(&s, 1, b2), FRAME_OK);
		fixture_minute = (uint64_t)(terms_from(rungs[i].ladder) + rungs[i].answer_h) * 60;
		assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_OK);
	}
}

/* All ordinary cases of one day have the same due hours. */
static void
coarse_clocks(void **state)
{
	struct source s;
	(void)state;
	fixture_minute += 1440 - fixture_minute % 1440;
	for (int i = 0; i < 24; i++, fixture_minute += 60) {
		source_new(&s);
		assert_int_equal(source_open(&s, 1, FRAME_ORDINARY), FRAME_OK);
		random_body(b1);
		assert_int_equal(source_say(&s, 1, b1), FRAME_OK);
	}
	assert_int_equal(
		fixture_number(
			"SELECT count(DISTINCT read_due || ',' || answer_due) FROM log WHERE "
			"kind = 0"),
		1);
}

/* A clock that jumps back changes nothing that was promised, also over a restart. */
static void
time_goes_on(void **state)
{
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, FRAME_URGENT), FRAME_OK);
	fixture_minute += 130;
	vault_clock_advance(&w.v);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
	uint64_t was = w.v.minute;
	vault_close(&w.v);
	fixture_jump = -5000;
	fixture_open_vault();
	assert_int_equal(w.v.minute, was);
	fixture_jump = 0;
	assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_OK);
}

static void
held_replies(void **state)
{
	struct source s;
	struct frame_routing r = { .thread = FRAME_SOURCE };
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	random_body(b1);
	random_body(b2);
	struct frame_routing ack = { .id = { 0 } };
	memcpy(ack.proof, s.t, 32);
	assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, ack, b2), FRAME_OK);
	r.hour = CLOCK_HOUR(fixture_minute) + 3;
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.number, STORE_NO_NUMBER);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, r, b1), FRAME_OK);
	assert_false(w.wrote);
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	/* Who speaks meanwhile comes first. */
	assert_int_equal(source_say(&s, 1, b2), FRAME_OK);
	fixture_minute += 181;
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.count, 3);
	assert_int_equal(w.out.number, 2);
	assert_memory_equal(w.body, b1, FRAME_BODY_LEN);
	assert_int_equal(source_poll(&s, 3), FRAME_OK);
	assert_int_equal(w.out.number, 3);
	assert_int_equal(w.body_len, 0);
	/* It was written before her question, so it does not answer it. */
	assert_true(only_record(A1, FRAME_CASE).answer_due != 0);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.number, 2);
	r.hour = CLOCK_HOUR(fixture_minute) + 15 * 24;
	random_body(b1);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, r, b1), FRAME_BAD);
	/* Held beyond the due hour it is no answer before she can see it. */
	r.hour = CLOCK_HOUR(fixture_minute) + 10 * 24;
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, s.id, r, b1), FRAME_OK);
	assert_true(only_record(A1, FRAME_CASE).answer_due != 0);
	fixture_minute += 11 * 1440;
	assert_int_equal(source_poll(&s, 3), FRAME_OK);
	assert_int_equal(w.out.number, 3);
	assert_int_equal(only_record(A1, FRAME_CASE).answer_due, 0);
}

static void
closing_takes_two(void **state)
{
	struct source s;
	struct frame_routing r = { .id = { 0 } };
	uint32_t cnt;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	random_body(b1);
	/* What nobody opened cannot be closed. */
	assert_int_equal(member_put(A1, FRAME_CLOSE, s.id, r, b1), FRAME_BAD);
	memcpy(r.proof, s.t, 32);
	assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, r, b1), FRAME_OK);
	memset(r.proof, 0, 32);
	random_body(b1);
	r.number = 1;
	assert_int_equal(member_put(A1, FRAME_CLOSE, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	random_body(b1);
	r.number = 2;
	assert_int_equal(member_put(A1, FRAME_CLOSE, s.id, r, b1), FRAME_BAD);
	assert_true(only_record(A1, FRAME_CASE).flags & FRAME_R_HALF_CLOSED);
	random_body(b1);
	assert_int_equal(member_put(B1, FRAME_CLOSE, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(member_put(B1, FRAME_CLOSE, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	/* It takes effect when seven days have passed. */
	assert_false(only_record(A1, FRAME_CASE).flags & FRAME_R_CLOSED);
	assert_true(only_record(A1, FRAME_CASE).flags & FRAME_R_CLOSING);
	fixture_minute += 8 * 1440;
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.flags, FRAME_P_CLOSED);
	assert_true(only_record(A1, FRAME_CASE).flags & FRAME_R_CLOSED);
	/* Whoever writes again opens it again. */
	random_body(b2);
	assert_int_equal(source_say(&s, 1, b2), FRAME_OK);
	assert_false(only_record(A1, FRAME_CASE).flags &
		     (FRAME_R_CLOSED | FRAME_R_CLOSING | FRAME_R_HALF_CLOSED));
	for (int i = 0; i < 2; i++) {
		random_body(b1);
		r.number = 3 + (uint32_t)i;
		assert_int_equal(member_put(i ? B1 : A1, FRAME_CLOSE, s.id, r, b1), FRAME_OK);
	}
	assert_int_equal(w.out.flags, 1);
	fixture_minute += 8 * 1440;
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	/* Purged not before its day; what remains is that the id was there. */
	uint32_t today = CLOCK_DAY(fixture_minute);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(store_purge(w.v.store, today, 10, NULL, &cnt), 0);
	assert_int_equal(cnt, 0);
	assert_int_equal(store_purge(w.v.store, today + 1, 10, NULL, &cnt), 0);
	assert_int_equal(cnt, 1);
	assert_int_equal(store_commit(w.v.store), 0);
	assert_int_equal(store_scrub(w.v.store), 0);
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.flags, FRAME_P_CLOSED | FRAME_P_REMOVED);
	assert_int_equal(source_open(&s, 1, 0), FRAME_NOT_FOUND);
	/* Nothing of what was sealed is left in the file; a server has its own files. */
	if (fixture_is_pg())
		return;
	FILE *f = fopen(w.db, "rb");
	assert_non_null(f);
	static uint8_t file[8 << 20];
	size_t n = fread(file, 1, sizeof(file), f);
	fclose(f);
	assert_true(n > 0 && n < sizeof(file));
	assert_null(memmem(file, n, s.tip + 1000, 32));
	assert_null(memmem(file, n, b1 + 1000, 32));
	assert_null(memmem(file, n, b2 + 1000, 32));
}

static void
readers(void **state)
{
	static const enum who b1_only[] = { B1 };
	struct source s;
	struct frame_routing r = hide_from(b1_only, 1);
	(void)state;
	w.v.members->member[C1].roles = ROSTER_TR;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	random_body(b1);
	assert_int_equal(member_put(A1, FRAME_RESTRICT, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(member_fetch(B1, s.id, FRAME_SOURCE, 0), FRAME_OK);
	r.number = 1;
	random_body(b1);
	assert_int_equal(member_put(C1, FRAME_RESTRICT, s.id, r, b1), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(member_fetch(B1, s.id, FRAME_SOURCE, 0), FRAME_NOT_FOUND);
	assert_int_equal(member_list(B1, FRAME_CASE, NULL), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_OK);
	assert_true(only_record(A4, FRAME_CASE).flags & FRAME_R_READERS);
	assert_false(only_record(A4, FRAME_CASE).flags & FRAME_R_ABOVE);
	/* Another list takes its place: from nobody, and it looks the same. */
	r = hide_from(NULL, 0);
	for (uint32_t i = 0; i < 2; i++) {
		r.number = 2 + i;
		random_body(b1);
		assert_int_equal(member_put(i ? C1 : A1, FRAME_RESTRICT, s.id, r, b1), FRAME_OK);
	}
	assert_int_equal(member_fetch(B1, s.id, FRAME_SOURCE, 0), FRAME_OK);
	assert_int_equal(member_fetch(A1, s.id, FRAME_SOURCE, 0), FRAME_OK);
}

/*
 * The write-ahead log is copied when nobody waits, at once where it is long, and by a commit where
 * the store is never told that it has time. Cases are there before and after.
 */
static void
log_is_copied(void **state)
{
	if (fixture_is_pg())
		skip();
	const struct sqlite *q = sqlite_of(w.v.store);
	struct source s, first;
	unsigned most = 0;
	(void)state;
	source_new(&first);
	assert_int_equal(source_open(&first, 1, 0), FRAME_OK);
	while (store_idle(w.v.store, 1))
		assert_false(store_idle(w.v.store, 0));
	assert_int_equal(source_open(&first, 1, 0), FRAME_OK);
	assert_true(q->wal_pages > 0 && q->wal_pages < 48);
	assert_false(store_idle(w.v.store, 1));
	assert_false(store_idle(w.v.store, 0));
	assert_true(q->wal_pages > 0);
	while (q->wal_pages < 48) {
		source_new(&s);
		assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	}
	assert_false(store_idle(w.v.store, 100));
	assert_true(store_idle(w.v.store, 8));
	assert_true(q->wal_pages >= 48);
	assert_false(store_idle(w.v.store, 0));
	assert_int_equal(q->wal_pages, 0);
	assert_int_equal(source_poll(&first, 0), FRAME_OK);
	while (q->wal_pages < 250) {
		source_new(&s);
		assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	}
	assert_false(store_idle(w.v.store, 100));
	assert_int_equal(q->wal_pages, 0);
	for (int i = 0; i < 200; i++) {
		source_new(&s);
		assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
		if (q->wal_pages > most)
			most = q->wal_pages;
	}
	assert_true(most > 500);
	assert_true(most < 1024);
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(source_poll(&first, 0), FRAME_OK);
}

/* Books are never closed at the gateway: they go six years after their newest entry, not before, by
 * the same leave as cases. One that somebody still writes into stays whole. */
static void
old_books(void **state)
{
	uint8_t id[2][16];
	struct frame_request rq;
	struct frame_routing r = { .kind = FRAME_BOOK, .thread = FRAME_DESK, .number = 1 };
	uint32_t first = CLOCK_DAY(fixture_minute), last, cnt;
	(void)state;
	for (int i = 0; i < 2; i++) {
		randombytes_buf(id[i], sizeof(id[i]));
		random_body(b1);
		rq = request(FRAME_BOOK_OPEN, id[i]);
		rq.routing.kind = FRAME_BOOK;
		rq.routing.desk = w.person[A1].desk;
		rq.body = b1;
		rq.body_len = FRAME_BODY_LEN;
		assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	}
	fixture_minute += 10 * 1440;
	random_body(b2);
	assert_int_equal(member_put(A1, FRAME_DESK_APPEND, id[1], r, b2), FRAME_OK);
	last = CLOCK_DAY(fixture_minute);
	const struct {
		uint32_t day, cnt;
	} steps[] = {
		{ first + 2190, 0 },
		{ first + 2191, 1 },
		{ last + 2190, 0 },
		{ last + 2191, 1 },
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		assert_int_equal(store_begin(w.v.store), 0);
		assert_int_equal(store_purge(w.v.store, steps[i].day, 10, NULL, &cnt), 0);
		assert_int_equal(store_commit(w.v.store), 0);
		assert_int_equal(cnt, steps[i].cnt);
		assert_int_equal(member_list(A1, FRAME_BOOK, NULL), FRAME_OK);
		assert_int_equal(w.out.count, i < 1 ? 2 : i < 3 ? 1 : 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(open_repeats, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(source_order, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(desk_order, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(not_yours, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(every_read_is_seen, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(acknowledge_needs_t, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(clocks, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(coarse_clocks, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(time_goes_on, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(held_replies, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(closing_takes_two, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(readers, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(old_books, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(log_is_copied, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
