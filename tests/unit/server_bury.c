/*
 * What members may do to keep a case from others, and what those others can do against it: the
 * terms, the sample of the backstop, acts by two persons, objections, purges.
 */
#include "tests/lib/fixture.h"

#define DAY 1440

static uint8_t body[FRAME_BODY_LEN];

/* Sends an act with fresh bytes in the next place of the desk thread. */
static int
act(enum who who, uint8_t op, const struct source *s, struct frame_routing r)
{
	struct store_log log;
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, s->id), 0);
	r.number = log.desk_entries;
	random_body(body);
	return member_put(who, op, s->id, r, body);
}

static int
plain(enum who who, uint8_t op, const struct source *s)
{
	return act(who, op, s, (struct frame_routing){ .flags = 0 });
}

static int
acknowledge(enum who who, const struct source *s)
{
	struct frame_routing r = { .flags = 0 };
	memcpy(r.proof, s->t, sizeof(r.proof));
	return act(who, FRAME_ACKNOWLEDGE, s, r);
}

static int
reply(enum who who, const struct source *s, uint32_t hour)
{
	struct frame_routing r = { .thread = FRAME_SOURCE, .hour = hour };
	random_body(body);
	return member_put(who, FRAME_DESK_APPEND, s->id, r, body);
}

/* A member of desk 2 acknowledges a new tip and answers it with noise. */
static void
answered(struct source *s, uint8_t ladder)
{
	source_new(s);
	assert_int_equal(source_open(s, 2, ladder), FRAME_OK);
	assert_int_equal(acknowledge(B2, s), FRAME_OK);
	assert_int_equal(reply(B2, s, 0), FRAME_OK);
}

static struct frame_record
record(enum who who, const struct source *s)
{
	struct frame_record r = { .kind = 0 };
	uint8_t cursor[FRAME_CURSOR_LEN] = { 0 };
	do {
		assert_int_equal(member_list(who, FRAME_CASE, cursor), FRAME_OK);
		for (uint32_t i = 0; i < w.out.count; i++) {
			assert_int_equal(frame_record_get(&r, w.body + i * FRAME_RECORD_LEN), 0);
			if (!memcmp(r.id, s->id, sizeof(r.id)))
				return r;
		}
		memcpy(cursor, w.out.cursor, sizeof(cursor));
	} while (w.out.flags);
	fail_msg("not in the list");
	return r;
}

static int
reads(enum who who, const struct source *s)
{
	return member_fetch(who, s->id, FRAME_SOURCE, 0);
}

/* The vault's timer, at a day after now. */
static void
days_pass(uint32_t days)
{
	fixture_minute += (uint64_t)days * DAY;
	vault_clock_advance(&w.v);
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_clock_all(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
}

/* One clerk acknowledges and answers at once: the desk above has the bytes when the term is over.
 */
static void
one_clerk_answers(void **state)
{
	static const uint32_t term[] = { [FRAME_ORDINARY] = 10, [FRAME_URGENT] = 2 };
	(void)state;
	for (uint8_t ladder = 0; ladder < FRAME_LADDER__MAX; ladder++) {
		struct source s;
		answered(&s, ladder);
		uint64_t day = fixture_minute / DAY + term[ladder] + 1;
		struct frame_record r = record(A1, &s);
		assert_int_equal(r.flags & (FRAME_R_ANSWERED | FRAME_R_ABOVE), FRAME_R_ANSWERED);
		assert_int_equal(r.answer_due, day * 24);
		fixture_minute = day * DAY - 1;
		assert_int_equal(reply(B2, &s, 0), FRAME_OK);
		assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
		fixture_minute++;
		assert_int_equal(reads(A1, &s), FRAME_OK);
		assert_int_equal(reads(A4, &s), FRAME_NOT_FOUND);
		r = record(A1, &s);
		assert_true(r.flags & FRAME_R_ABOVE);
		assert_int_equal(r.answer_due, 0);
	}
}

/* Words to a source whose tip nobody has opened are no answer: both deadlines go on. */
static void
unread_is_unanswered(void **state)
{
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
	struct frame_record before = record(A1, &s);
	assert_int_equal(reply(B2, &s, 0), FRAME_OK);
	struct frame_record r = record(A1, &s);
	assert_int_equal(r.flags & FRAME_R_ANSWERED, 0);
	assert_int_equal(r.answer_due, before.answer_due);
	assert_int_equal(r.read_due, before.read_due);
}

/* The lot draws about one case in twenty, and nobody sees which before the term is over. */
static void
backstop_samples(void **state)
{
	static struct source s[600];
	unsigned drawn = 0;
	(void)state;
	for (int i = 0; i < 600; i++) {
		source_new(&s[i]);
		assert_int_equal(source_open(&s[i], 2, FRAME_URGENT), FRAME_OK);
	}
	assert_int_equal(reads(A5, &s[0]), FRAME_NOT_FOUND);
	days_pass(2);
	for (int i = 0; i < 600; i++)
		assert_int_equal(reads(A5, &s[i]), FRAME_NOT_FOUND);
	assert_int_equal(record(A2, &s[0]).flags & FRAME_R_BACKSTOP, 0);
	days_pass(1);
	for (int i = 0; i < 600; i++) {
		bool open = reads(A5, &s[i]) == FRAME_OK;
		assert_int_equal(open, (record(A2, &s[i]).flags & FRAME_R_BACKSTOP) != 0);
		drawn += open;
	}
	/* Ten in a million runs lie outside. */
	assert_in_range(drawn, 10, 56);
	/* Another store draws others. */
	struct store_log log = { .ladder = 0 };
	unsigned same = 0, now = 0;
	randombytes_buf(w.v.lot_key, sizeof(w.v.lot_key));
	for (int i = 0; i < 600; i++) {
		memcpy(log.id, s[i].id, sizeof(log.id));
		vault_clock_start(&w.v, &log);
		now += log.sample_day != 0;
		same += log.sample_day != 0 && reads(A5, &s[i]) == FRAME_OK;
	}
	assert_true(now > 0 && same < now);
}

/* A source whose case the lot draws for the backstop, or one whose case it does not. */
static void
source_by_lot(struct source *s, bool drawn)
{
	struct store_log log;
	do {
		source_new(s);
		memcpy(log.id, s->id, sizeof(log.id));
		log.ladder = FRAME_ORDINARY;
		vault_clock_start(&w.v, &log);
	} while (drawn != (log.sample_day != 0));
}

/* Closing does not end a sample. */
static void
sample_of_closed(void **state)
{
	struct source s;
	(void)state;
	source_by_lot(&s, true);
	assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
	assert_int_equal(acknowledge(A2, &s), FRAME_OK);
	assert_int_equal(reply(A2, &s, 0), FRAME_OK);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	days_pass(8);
	assert_int_equal(reads(A5, &s), FRAME_NOT_FOUND);
	days_pass(3);
	assert_int_equal(reads(A5, &s), FRAME_OK);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
}

static void
opened_by_two(void **state)
{
	struct frame_routing above = { .flags = 0 }, backstop = { .flags = 1 };
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	/* One of the two is of the receiving desk; nobody else has anything to do with it. */
	assert_int_equal(act(A4, FRAME_ABOVE, &s, above), FRAME_NOT_FOUND);
	assert_int_equal(act(A1, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(A1, FRAME_ABOVE, &s, above), FRAME_BAD);
	assert_int_equal(act(A5, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
	assert_int_equal(act(B2, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(reads(A1, &s), FRAME_OK);
	assert_int_equal(reads(A5, &s), FRAME_NOT_FOUND);
	assert_int_equal(act(B2, FRAME_ABOVE, &s, above), FRAME_BAD);
	/* To the backstop, by two of the receiving desk; the first frame for the other does not
	 * count. */
	assert_int_equal(act(A2, FRAME_ABOVE, &s, backstop), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(B2, FRAME_ABOVE, &s, backstop), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(reads(A5, &s), FRAME_OK);
	assert_true(record(A5, &s).flags & FRAME_R_BACKSTOP);
	backstop.flags = 1;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	assert_int_equal(act(A2, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(act(B2, FRAME_ABOVE, &s, backstop), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
	assert_int_equal(reads(A5, &s), FRAME_NOT_FOUND);
	/* Somebody who left does not count. */
	memset(w.v.members->member[B2].handle, 0xee, KEY_HANDLE_LEN);
	assert_int_equal(act(A2, FRAME_ABOVE, &s, backstop), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
}

/* Two of one desk close; the desk above sees it for seven days. */
static void
closing_is_announced(void **state)
{
	struct source s;
	(void)state;
	answered(&s, FRAME_ORDINARY);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(record(A1, &s).flags & (FRAME_R_HALF_CLOSED | FRAME_R_CLOSING),
			 FRAME_R_HALF_CLOSED);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	uint64_t day = fixture_minute / DAY + 8;
	struct frame_record r = record(A5, &s);
	assert_int_equal(r.flags & (FRAME_R_CLOSED | FRAME_R_CLOSING), FRAME_R_CLOSING);
	assert_int_equal(r.close_due, day * 24);
	/* Two more frames do not hide it or start it again. */
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_BAD);
	fixture_minute = day * DAY - 1;
	assert_int_equal(source_poll(&s, 9), FRAME_OK);
	assert_int_equal(w.out.flags & FRAME_P_CLOSED, 0);
	fixture_minute++;
	assert_int_equal(source_poll(&s, 9), FRAME_OK);
	assert_int_equal(w.out.flags & FRAME_P_CLOSED, FRAME_P_CLOSED);
	r = record(A1, &s);
	assert_int_equal(r.flags & (FRAME_R_CLOSED | FRAME_R_CLOSING), FRAME_R_CLOSED);
	/* Nobody objected: the term is lifted. It is too late now. */
	assert_int_equal(plain(A1, FRAME_OBJECT, &s), FRAME_BAD);
	days_pass(30);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
	/* The source writes again: everything runs again. */
	random_body(body);
	assert_int_equal(source_say(&s, 1, body), FRAME_OK);
	assert_int_equal(reply(A2, &s, 0), FRAME_OK);
	days_pass(10);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
	days_pass(1);
	assert_int_equal(reads(A1, &s), FRAME_OK);
}

/* A term that ends within the seven days opens the case all the same. */
static void
closing_late(void **state)
{
	struct source s;
	(void)state;
	answered(&s, FRAME_ORDINARY);
	days_pass(9);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	/* Also where the vault was down for all of that time. */
	days_pass(60);
	assert_int_equal(reads(A1, &s), FRAME_OK);
	assert_true(record(A1, &s).flags & FRAME_R_CLOSED);
	answered(&s, FRAME_ORDINARY);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	days_pass(60);
	assert_int_equal(reads(A1, &s), FRAME_NOT_FOUND);
}

static void
objections(void **state)
{
	static const enum who who[] = { A1, A5 };
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct source s;
		source_by_lot(&s, false); /* or the backstop reads it anyway */
		assert_int_equal(source_open(&s, 2, FRAME_ORDINARY), FRAME_OK);
		assert_int_equal(acknowledge(B2, &s), FRAME_OK);
		assert_int_equal(reply(B2, &s, 0), FRAME_OK);
		assert_int_equal(plain(who[i], FRAME_OBJECT, &s), FRAME_BAD);
		assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
		assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
		assert_int_equal(plain(A2, FRAME_OBJECT, &s), FRAME_NOT_FOUND);
		assert_int_equal(plain(A4, FRAME_OBJECT, &s), FRAME_NOT_FOUND);
		days_pass(7);
		assert_int_equal(plain(who[i], FRAME_OBJECT, &s), FRAME_OK);
		days_pass(30);
		struct frame_record r = record(A1, &s);
		assert_int_equal(r.flags & (FRAME_R_CLOSED | FRAME_R_CLOSING), 0);
		assert_int_equal(reads(A1, &s), FRAME_OK);
		assert_int_equal(reads(A5, &s), i ? FRAME_OK : FRAME_NOT_FOUND);
	}
}

/* Who supervises a desk is not its second person. */
static void
closing_with_above(void **state)
{
	struct source s;
	(void)state;
	answered(&s, FRAME_URGENT);
	days_pass(3);
	assert_int_equal(reads(A1, &s), FRAME_OK);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(A1, FRAME_CLOSE, &s), FRAME_NOT_FOUND);
	assert_int_equal(record(A1, &s).flags & FRAME_R_CLOSING, 0);
	/* Nor is somebody who was of the desk when he sent the first frame. */
	w.v.members->member[A2].desk = 4;
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	/* For a desk that left the roster, two of the backstop close. */
	for (size_t i = 0; i < w.v.roster->desk_cnt; i++)
		if (w.v.roster->desk[i].number == 2)
			w.v.roster->desk[i].number = 99;
	w.v.members->member[B2].desk = 4;
	w.v.members->member[B1].desk = 5;
	assert_int_equal(plain(A5, FRAME_CLOSE, &s), FRAME_OK);
	struct frame_request rq = request(FRAME_CLOSE, s.id);
	rq.routing.desk = 5;
	rq.routing.number = w.out.number + 1;
	random_body(body);
	rq.body = body;
	rq.body_len = sizeof(body);
	assert_int_equal(fixture_as(B1, rq), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

static int
allow(enum who who, uint32_t before, uint32_t most)
{
	struct frame_request rq = { .op = FRAME_PURGE };
	rq.routing.desk = w.person[who].desk;
	rq.routing.hour = before * 24;
	rq.routing.number = most;
	return fixture_as(who, rq);
}

static void
purge_says(uint32_t days, const char *text)
{
	char said[128];
	size_t n = vault_purge(&w.v, days, said, sizeof(said));
	said[n] = 0;
	assert_string_equal(said, text);
}

/* The operator removes nothing that the backstop has not allowed. */
static void
purge_takes_backstop(void **state)
{
	struct source s[4];
	(void)state;
	for (int i = 0; i < 4; i++) {
		answered(&s[i], FRAME_ORDINARY);
		if (i == 3)
			break;
		assert_int_equal(plain(A2, FRAME_CLOSE, &s[i]), FRAME_OK);
		assert_int_equal(plain(B2, FRAME_CLOSE, &s[i]), FRAME_OK);
	}
	uint32_t today = CLOCK_DAY(fixture_minute), closed = today + 8;
	assert_int_equal(allow(A5, today, 10), FRAME_BAD);
	days_pass(98);
	today += 98;
	purge_says(90, "purged 0, more 0, allowed 0\n");
	assert_int_equal(allow(A2, closed + 1, 10), FRAME_NOT_FOUND);
	assert_int_equal(allow(A4, closed + 1, 10), FRAME_NOT_FOUND);
	assert_int_equal(allow(A5, closed, 10), FRAME_OK);
	assert_int_equal(w.out.number, 10);
	purge_says(90, "purged 0, more 0, allowed 10\n");
	/* Not before its day is over, neither allowed nor done. */
	assert_int_equal(allow(A5, closed + 1, 1), FRAME_BAD);
	days_pass(1);
	assert_int_equal(allow(A5, closed + 1, 1), FRAME_OK);
	purge_says(365, "purged 0, more 0, allowed 1\n");
	purge_says(0, "purged 1, more 0, allowed 0\n");
	/* The same frame a second time, as a face could send it, allows nothing more. */
	assert_int_equal(allow(A5, closed + 1, 1), FRAME_OK);
	assert_int_equal(w.out.number, 0);
	assert_false(w.wrote);
	purge_says(0, "purged 0, more 0, allowed 0\n");
	fixture_minute++;
	assert_int_equal(allow(A5, closed + 1, 5), FRAME_OK);
	/* Taken back before the operator did it. */
	assert_int_equal(allow(A5, closed + 1, 0), FRAME_OK);
	purge_says(0, "purged 0, more 0, allowed 0\n");
	fixture_minute++;
	assert_int_equal(allow(A5, closed + 1, 5), FRAME_OK);
	purge_says(0, "purged 2, more 0, allowed 3\n");
	assert_int_equal(source_poll(&s[3], 0), FRAME_OK);
	assert_int_equal(w.out.flags & FRAME_P_REMOVED, 0);
}

/* A face keeps a frame that allowed a purge, and sends it again after the backstop took it back. */
static void
purge_stays_withdrawn(void **state)
{
	struct source s;
	static uint8_t kept[FRAME_LEN];
	(void)state;
	answered(&s, FRAME_ORDINARY);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	uint32_t closed = CLOCK_DAY(fixture_minute) + 8;
	days_pass(100);
	struct frame_request rq = { .op = FRAME_PURGE, .minute = fixture_minute };
	rq.routing = (struct frame_routing){ .desk = 5, .hour = (closed + 1) * 24, .number = 5 };
	assert_int_equal(frame_request_build(kept, &rq, w.keys.card.id, &w.person[A5].key), 0);
	assert_int_equal(fixture_frame(kept), FRAME_OK);
	fixture_minute++;
	assert_int_equal(allow(A5, closed + 1, 0), FRAME_OK);
	assert_int_equal(fixture_frame(kept), FRAME_STALE);
	purge_says(0, "purged 0, more 0, allowed 0\n");
	/* Nor is one of two frames of a minute taken for the later; a few of a minute count. */
	for (uint32_t i = 8; i > 1; i--)
		assert_int_equal(allow(A5, closed + 1, i - 1), FRAME_OK);
	assert_int_equal(allow(A5, closed + 1, 9), FRAME_STALE);
	assert_int_equal(allow(A5, closed + 1, 0), FRAME_OK);
	purge_says(0, "purged 0, more 0, allowed 0\n");
	assert_int_equal(allow(A5, closed + 1, 7),
			 FRAME_OK); /* a repeat, which gives nothing back */
	purge_says(0, "purged 0, more 0, allowed 0\n");
	fixture_minute++;
	assert_int_equal(allow(A5, closed + 1, 1), FRAME_OK);
	purge_says(0, "purged 1, more 0, allowed 0\n");
}

/* Who signs with the source's key is told that the case was removed; a desk is told nothing. */
static void
removed_is_told(void **state)
{
	struct source s, never;
	(void)state;
	source_new(&never);
	answered(&s, FRAME_ORDINARY);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_CLOSE, &s), FRAME_OK);
	uint32_t closed = CLOCK_DAY(fixture_minute) + 8;
	days_pass(100);
	assert_int_equal(allow(A5, closed + 1, 5), FRAME_OK);
	purge_says(0, "purged 1, more 0, allowed 4\n");
	assert_int_equal(source_poll(&never, 0), FRAME_NOT_FOUND);
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.flags, FRAME_P_CLOSED | FRAME_P_REMOVED);
	assert_memory_equal(w.out.id, s.id, sizeof(s.id));
	assert_int_equal(w.body_len, 0);
	assert_false(w.wrote);
	assert_int_equal(reads(A2, &s), FRAME_NOT_FOUND);
	assert_int_equal(reads(A5, &s), FRAME_NOT_FOUND);
	assert_int_equal(source_open(&s, 2, 0), FRAME_NOT_FOUND);
	/* The answer does not depend on which vault process gives it. */
	vault_close(&w.v);
	fixture_open_vault();
	assert_int_equal(source_poll(&s, 0), FRAME_OK);
	assert_int_equal(w.out.flags, FRAME_P_CLOSED | FRAME_P_REMOVED);
}

/* What desks write does not take the source's room, nor one desk's notes the room for replies. */
static void
rooms_apart(void **state)
{
	struct frame_routing note = { .thread = FRAME_DESK };
	struct source s;
	struct frame_request rq;
	int n = 0, status;
	(void)state;
	w.conf.case_mib = 2;
	w.conf.case_desk_mib = 2;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	while (act(B2, FRAME_DESK_APPEND, &s, note) == FRAME_OK)
		n++;
	assert_in_range(n, 60, 66);
	while (reply(B2, &s, 0) == FRAME_OK)
		n++;
	assert_in_range(n, 90, 99);
	while (act(B2, FRAME_RESTRICT, &s, hide_from(NULL, 0)) == FRAME_OK)
		n++;
	/* Acknowledging and opening to others is still possible. */
	assert_int_equal(acknowledge(A2, &s), FRAME_OK);
	assert_int_equal(plain(A2, FRAME_ABOVE, &s), FRAME_OK);
	assert_int_equal(plain(B2, FRAME_ABOVE, &s), FRAME_OK);
	assert_int_equal(reads(A1, &s), FRAME_OK);
	/* The source has all of her room. */
	rq = request(FRAME_CHUNK, s.id);
	rq.routing.parts = 200;
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	for (n = 0; (status = fixture_send(rq, &s.key)) == FRAME_OK; n++)
		rq.routing.part++;
	assert_int_equal(status, FRAME_FULL);
	assert_in_range(n, 126, 131);
}

/* No frame that waits for a second person, and no second acknowledgement, takes the room for
 * replies: else one clerk could make every reply "full", and the source would see silence. */
static void
first_frames_are_few(void **state)
{
	struct frame_routing to = { .flags = 0 };
	struct source s;
	int n = 0;
	(void)state;
	w.conf.case_desk_mib = 2;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	for (int i = 0; i < 300; i++) {
		to.flags = (uint8_t)(i % 2);
		n += act(B2, FRAME_ABOVE, &s, to) == FRAME_OK;
		n += act(B2, FRAME_RESTRICT, &s, hide_from(NULL, 0)) == FRAME_OK;
	}
	assert_int_equal(n, 3);
	for (int i = 0; i < 300; i++)
		n += acknowledge(B2, &s) == FRAME_OK;
	assert_in_range(n, 30, 66);
	for (int i = 0; i < 300; i++)
		n += plain(B2, FRAME_CLOSE, &s) == FRAME_OK;
	assert_in_range(n, 30, 67);
	assert_int_equal(reply(A2, &s, 0), FRAME_OK);
	assert_int_equal(plain(A2, FRAME_CLOSE, &s), FRAME_OK);
	assert_int_equal(plain(A1, FRAME_OBJECT, &s), FRAME_OK);
}

/* Three replies of a case may be held, and the record counts them. */
static void
held_is_counted(void **state)
{
	struct source s;
	(void)state;
	source_new(&s);
	assert_int_equal(source_open(&s, 2, 0), FRAME_OK);
	uint32_t hour = CLOCK_HOUR(fixture_minute);
	for (uint32_t i = 1; i <= 3; i++) {
		assert_int_equal(reply(B2, &s, hour + 24 * i), FRAME_OK);
		assert_int_equal(record(A2, &s).held, i);
		assert_int_equal(record(A1, &s).held, i);
	}
	assert_int_equal(reply(A2, &s, hour + 24), FRAME_FULL);
	assert_int_equal(reply(A2, &s, 0), FRAME_OK);
	random_body(body);
	assert_int_equal(source_say(&s, 1, body), FRAME_OK);
	days_pass(2);
	assert_int_equal(record(A1, &s).held, 1);
	assert_int_equal(reply(A2, &s, CLOCK_HOUR(fixture_minute) + 30), FRAME_OK);
}

/* From whom a case is hidden is said by two of its desk, and never binds who supervises. */
static void
hidden_by_two(void **state)
{
	static const enum who from_c1[] = { C1 };
	struct frame_routing r = hide_from(from_c1, 1), lift = { .flags = FRAME_LIFT }, other;
	struct source s;
	(void)state;
	/* Desk 1 has a third member for this test. */
	w.v.members->member[C1].roles = ROSTER_TR;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_BAD);
	assert_int_equal(record(A1, &s).flags & FRAME_R_READERS, 0);
	/* The second names another list: that is a first frame. It takes nothing from the other. */
	other = hide_from(NULL, 0);
	assert_int_equal(act(C1, FRAME_RESTRICT, &s, other), FRAME_OK);
	assert_int_equal(w.out.flags, 0);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_true(record(A4, &s).flags & FRAME_R_READERS);
	assert_int_equal(reads(C1, &s), FRAME_NOT_FOUND);
	assert_int_equal(act(C1, FRAME_RESTRICT, &s, lift), FRAME_NOT_FOUND);
	/* The lead lifts it, once; another member cannot. */
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, lift), FRAME_NOT_FOUND);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, lift), FRAME_OK);
	assert_int_equal(reads(C1, &s), FRAME_OK);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, lift), FRAME_BAD);
	/* Where it leaves a member out, the desk above puts him back; no other desk does. */
	r = hide_from(from_c1, 1);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(reads(C1, &s), FRAME_NOT_FOUND);
	assert_int_equal(act(A2, FRAME_RESTRICT, &s, lift), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_RESTRICT, &s, r), FRAME_NOT_FOUND);
	assert_int_equal(act(A4, FRAME_RESTRICT, &s, lift), FRAME_OK);
	assert_int_equal(reads(C1, &s), FRAME_OK);
	assert_false(record(A4, &s).flags & FRAME_R_ABOVE);
}

/* One clerk names another list again and again: the frames of his colleagues stand all the same. */
static void
first_frames_stay(void **state)
{
	struct frame_routing r = hide_from(NULL, 0), above = { .flags = 0 },
			     backstop = { .flags = 1 };
	struct source s;
	(void)state;
	w.v.members->member[C1].roles = ROSTER_TR;
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	assert_int_equal(act(B1, FRAME_RESTRICT, &s, r), FRAME_OK);
	for (int i = 0; i < 20; i++)
		assert_int_equal(act(C1, FRAME_RESTRICT, &s, hide_from(NULL, 0)),
				 i ? FRAME_BAD : FRAME_OK);
	assert_int_equal(act(B1, FRAME_ABOVE, &s, above), FRAME_OK);
	for (int i = 0; i < 20; i++)
		assert_int_equal(act(C1, FRAME_ABOVE, &s, backstop), i ? FRAME_BAD : FRAME_OK);
	assert_int_equal(act(A1, FRAME_RESTRICT, &s, r), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
	assert_int_equal(act(A1, FRAME_ABOVE, &s, above), FRAME_OK);
	assert_int_equal(w.out.flags, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_clerk_answers, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(unread_is_unanswered, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(backstop_samples, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(sample_of_closed, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(opened_by_two, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(closing_is_announced, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(closing_late, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(objections, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(closing_with_above, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(purge_takes_backstop, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(purge_stays_withdrawn, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(removed_is_told, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(rooms_apart, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(first_frames_are_few, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(held_is_counted, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(hidden_by_two, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(first_frames_stay, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
