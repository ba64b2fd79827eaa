/* The small parts: messages between processes, puzzle, page choice, the table of who may
 * do what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crypto/err.h"
#include "server/vault/auth.h"
#include "server/face/face_check.h"
#include "server/base/ipc.h"
#include "server/base/sandbox_calls.h"
#include "server/base/page.h"
#include "server/base/puzzle.h"

static struct ipc *face, *vault;

static int
link_up(void **state)
{
	int sv[2];
	(void)state;
	assert_int_equal(ipc_pair(sv, false), 0);
	face = ipc_new(sv[0], IPC_FACE, IPC_VAULT);
	vault = ipc_new(sv[1], IPC_VAULT, IPC_FACE);
	assert_non_null(face);
	assert_non_null(vault);
	return 0;
}

static int
link_down(void **state)
{
	(void)state;
	ipc_free(face);
	ipc_free(vault);
	return 0;
}

static void
messages_whole(void **state)
{
	static uint8_t request[IPC_REQUEST_LEN];
	struct ipc_msg msg;
	int put = 0, got = 0;
	(void)state;
	/* More than the socket and the buffer hold: nothing is lost, nothing comes out of order. */
	for (; put < 500; put++) {
		ipc_set32(request, (uint32_t)put);
		const struct ipc_piece piece[2] = { { request, 10 },
						    { request + 10, sizeof(request) - 10 } };
		assert_int_equal(ipc_put(face, IPC_REQUEST, piece, 2), 0);
	}
	while (got < put) {
		assert_in_range(ipc_flush(face), 0, 1);
		assert_int_equal(ipc_fill(vault), 0);
		int rc, before = got;
		while ((rc = ipc_next(vault, &msg)) > 0) {
			assert_int_equal(msg.type, IPC_REQUEST);
			assert_int_equal(ipc_get32(msg.bytes), got++);
		}
		assert_int_equal(rc, 0);
		assert_true(got > before);
		/* A batch that has to be run again sees the same. */
		ipc_rewind(vault);
		while (ipc_next(vault, &msg) > 0)
			assert_int_equal(ipc_get32(msg.bytes), before++);
		assert_int_equal(before, got);
	}
	close(dup(ipc_fd(face)));
	shutdown(ipc_fd(face), SHUT_RDWR);
	assert_int_equal(ipc_fill(vault), ERR_NET);
}

/* What a sibling may not say. */
static void
nonsense(void **state)
{
	static const struct {
		uint32_t len;
		uint16_t type, zero;
	} bad[] = {
		{ 132, IPC_ANSWER, 0 }, /* the vault's word */
		{ IPC_REQUEST_LEN - 1, IPC_REQUEST, 0 },
		{ IPC_REQUEST_LEN + 1, IPC_REQUEST, 0 },
		{ 0xffffffff, IPC_REQUEST, 0 },
		{ IPC_REQUEST_LEN, IPC_REQUEST, 1 },
		{ 0, IPC_NONE, 0 },
		{ 0, IPC__MAX, 0 },
		{ 0, 0xffff, 0 },
		{ 1, IPC_LINK, 0 }, /* needs a descriptor */
		{ 1, IPC_DRAIN, 0 },
		{ 5, IPC_ASK, 0 },
		{ 0, IPC_CLIENT, 0 },
		{ 1, IPC_HANDOFF, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ipc_msg msg;
		uint8_t head[8];
		link_up(NULL);
		ipc_set32(head, bad[i].len);
		head[4] = (uint8_t)bad[i].type;
		head[5] = (uint8_t)(bad[i].type >> 8);
		head[6] = (uint8_t)bad[i].zero;
		head[7] = 0;
		assert_int_equal(send(ipc_fd(face), head, 8, 0), 8);
		assert_int_equal(ipc_fill(vault), 0);
		assert_int_equal(ipc_next(vault, &msg), ERR_FORMAT);
		link_down(NULL);
	}
	/* And what we would not say ourselves. */
	link_up(NULL);
	const struct ipc_piece short_one = { "x", 1 };
	assert_int_equal(ipc_put(face, IPC_REQUEST, &short_one, 1), ERR_INTERNAL);
	link_down(NULL);
}

static void
control(void **state)
{
	uint8_t buf[IPC_CONTROL_MAX], index = 3;
	struct ipc_msg msg;
	int sv[2], extra[2];
	(void)state;
	assert_int_equal(ipc_pair(sv, true), 0);
	assert_int_equal(ipc_pair(extra, false), 0);
	assert_int_equal(ipc_control_send(sv[0], IPC_LINK, &index, 1, extra[0]), 0);
	assert_int_equal(ipc_control_recv(sv[1], IPC_FACE, IPC_PARENT, buf, &msg), 1);
	assert_int_equal(msg.type, IPC_LINK);
	assert_true(msg.fd >= 0);
	assert_int_equal(msg.bytes[0], 3);
	close(msg.fd);
	/* A link without a descriptor, a drain with one, a child's word to a child. */
	assert_int_equal(ipc_control_send(sv[0], IPC_LINK, &index, 1, -1), 0);
	assert_int_equal(ipc_control_recv(sv[1], IPC_FACE, IPC_PARENT, buf, &msg), ERR_FORMAT);
	assert_int_equal(ipc_control_send(sv[0], IPC_DRAIN, &index, 1, extra[0]), 0);
	assert_int_equal(ipc_control_recv(sv[1], IPC_FACE, IPC_PARENT, buf, &msg), ERR_FORMAT);
	assert_int_equal(ipc_control_send(sv[0], IPC_READY, NULL, 0, -1), 0);
	assert_int_equal(ipc_control_recv(sv[1], IPC_FACE, IPC_PARENT, buf, &msg), ERR_FORMAT);
	assert_int_equal(ipc_control_recv(sv[1], IPC_FACE, IPC_PARENT, buf, &msg), 0);
	close(sv[0]);
	assert_int_equal(ipc_control_recv(sv[1], IPC_FACE, IPC_PARENT, buf, &msg), ERR_NET);
	close(sv[1]);
	close(extra[0]);
	close(extra[1]);
}

/* So many come, and all that the chances let in are let in. */
static void
flood(struct puzzle *p, uint32_t cnt, uint64_t t)
{
	const struct puzzle_tally all = { .came = { [PUZZLE_OLDER] = cnt }, .let = cnt };
	puzzle_count(p, &all, t);
}

/* A tls process says nothing to anybody but that it is ready, and still there; only a face gives it
 * clients, only the parent a handoff. */
static void
handoffs(void **state)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int sv[2], end[2];
	(void)state;
	for (int type = IPC_NONE; type < IPC__MAX; type++)
		for (int to = IPC_PARENT; to < IPC_ROLE__MAX; to++)
			for (size_t len = 0; len < 20000; len += len < 200 ? 1 : 97)
				assert_int_equal(ipc_allowed((enum ipc_type)type, len, IPC_TLS,
							     (enum ipc_role)to),
						 to == IPC_PARENT &&
							 (type == IPC_READY
								  ? !len
								  : type == IPC_PONG &&
									    len <= IPC_PONG_LEN));
	assert_int_equal(ipc_pair(sv, true), 0);
	assert_int_equal(ipc_pair(end, false), 0);
	/* More than a handoff holds at a time: nothing is lost. */
	for (int i = 0; i < 2 * IPC_GATE_MAX; i++)
		assert_int_equal(ipc_control_send(sv[0], IPC_CLIENT, NULL, 0, end[0]), 0);
	for (int i = 0; i < 2 * IPC_GATE_MAX; i++) {
		assert_int_equal(ipc_control_recv(sv[1], IPC_TLS, IPC_FACE, buf, &msg), 1);
		assert_int_equal(msg.type, IPC_CLIENT);
		assert_true(msg.fd >= 0);
		close(msg.fd);
	}
	assert_int_equal(ipc_control_send(sv[0], IPC_CLIENT, NULL, 0, end[0]), 0);
	assert_int_equal(ipc_control_recv(sv[1], IPC_FACE, IPC_TLS, buf, &msg), ERR_FORMAT);
	assert_int_equal(ipc_control_send(sv[0], IPC_CLIENT, NULL, 0, -1), 0);
	assert_int_equal(ipc_control_recv(sv[1], IPC_TLS, IPC_FACE, buf, &msg), ERR_FORMAT);
	for (int i = 0; i < 2; i++) {
		close(sv[i]);
		close(end[i]);
	}
}

static void
puzzles(void **state)
{
	const struct puzzle_limits limits = { 100, 1000, 10 };
	struct puzzle p;
	struct puzzle_salt first;
	uint64_t t = 5000000;
	(void)state;
	puzzle_init(&p, &limits, t);
	assert_int_equal(p.valid[0].difficulty, 0);
	first = p.valid[0];
	flood(&p, 900, t);
	assert_false(puzzle_turn(&p, t));
	/* Dry, but not twice within half a minute; the old salt stays good for one turn. */
	flood(&p, 5000, t + 1);
	assert_false(puzzle_turn(&p, t + 1));
	flood(&p, 5000, t + PUZZLE_DRY_MS);
	assert_true(puzzle_turn(&p, t + PUZZLE_DRY_MS));
	assert_int_equal(p.valid[0].difficulty, 8);
	assert_memory_equal(&p.valid[1], &first, sizeof(first));
	t += PUZZLE_DRY_MS;
	for (int i = 0; i < 20; i++) {
		t += PUZZLE_DRY_MS;
		flood(&p, 1000000, t);
		puzzle_turn(&p, t);
	}
	assert_int_equal(p.valid[0].difficulty, 10); /* the configured end */
	/* Quiet: it comes down again, one turn each ten minutes. */
	uint8_t want[] = { 10, 9, 8, 0 }; /* the first ten minutes had the flood in them */
	for (int i = 0; i < 4; i++) {
		t += PUZZLE_MS;
		flood(&p, 1, t);
		assert_true(puzzle_turn(&p, t));
		assert_int_equal(p.valid[0].difficulty, want[i]);
	}
}

/* The status, and R is set whatever it is. */
static int
verdict(const uint8_t frame[static FRAME_LEN], const struct face_rules *rules)
{
	struct face_verdict v;
	struct frame_digest d;
	face_check(&v, frame, rules);
	frame_digest(&d, frame);
	assert_memory_equal(v.r, d.r, sizeof(v.r));
	return v.status;
}

static void
faces_check(void **state)
{
	static uint8_t frame[FRAME_LEN];
	struct face_rules rules = { .valid_cnt = 2, .chance = { PUZZLE_SURE, PUZZLE_SURE } };
	struct frame_request rq = { .op = FRAME_DECOY };
	struct key_sign key;
	(void)state;
	key_sign_new(&key);
	assert_int_equal(frame_request_build(frame, &rq, rules.gateway, &key), 0);
	assert_int_equal(verdict(frame, &rules), 0);
	/* A face looks at the form; the signature is the vault's to check. */
	static const size_t at[] = { 0, 4, 5, 24 };
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		frame[at[i]] ^= 4;
		assert_int_equal(verdict(frame, &rules), FRAME_BAD);
		frame[at[i]] ^= 4;
	}
	/* A puzzle: unsolved is busy, solved for the new or the old salt passes. */
	for (int i = 0; i < 2; i++) {
		randombytes_buf(rules.valid[i].salt, FRAME_NONCE_LEN);
		rules.valid[i].difficulty = 10;
	}
	int busy = 0;
	for (uint8_t n = 0; n < 20; n++) {
		frame[8] = n;
		busy += verdict(frame, &rules) == FRAME_BUSY;
	}
	assert_true(busy >= 15);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(frame_puzzle_solve(frame, rules.valid[i].salt, 10), 0);
		assert_int_equal(verdict(frame, &rules), 0);
	}
}

/* The chances of one draw from what came, with so much let in each tenth of a second. */
static double
lottery(struct puzzle *p, const uint32_t came[PUZZLE_LOTS], uint64_t *t, int draws,
	uint32_t let[PUZZLE_LOTS])
{
	double all = 0;
	memset(let, 0, PUZZLE_LOTS * sizeof(*let));
	for (int i = 0; i < draws; i++) {
		struct puzzle_tally tally = { .let = 0 };
		for (int k = 0; k < PUZZLE_LOTS; k++) {
			uint32_t n = p->chance[k] == PUZZLE_SURE
					     ? came[k]
					     : (uint32_t)((uint64_t)came[k] * p->chance[k] / 65536);
			tally.came[k] = came[k];
			tally.let += n;
			let[k] += n;
		}
		*t += PUZZLE_DRAW_MS;
		puzzle_count(p, &tally, *t);
		puzzle_turn(p, *t);
		all += tally.let;
	}
	return all;
}

static void
lots(void **state)
{
	const struct puzzle_limits limits = { 2000, 200, 0 };
	const uint32_t quiet[] = { 0, 100 }, ten[] = { 0, 2000 }, both[] = { 1000, 1000 },
		       few[] = { 100, 1900 };
	uint32_t let[PUZZLE_LOTS];
	struct puzzle p;
	uint64_t t = 5000000;
	(void)state;
	puzzle_init(&p, &limits, t);
	assert_true(lottery(&p, quiet, &t, 100, let) ==
		    100 * 100); /* below the rate: nobody is refused */
	lottery(&p, ten, &t, 10, let);
	double got = lottery(&p, ten, &t, 100, let); /* ten times the rate: the rate gets in */
	assert_true(got > 0.9 * 20000 && got < 1.1 * 20000);
	lottery(&p, both, &t, 10, let);
	got = lottery(&p, both, &t, 100,
		      let); /* those who solved the newest salt have three quarters */
	assert_true(got > 0.9 * 20000 && got < 1.1 * 20000);
	assert_true(let[PUZZLE_NEWEST] > 0.7 * got && let[PUZZLE_NEWEST] < 0.8 * got);
	lottery(&p, few, &t, 10, let);
	got = lottery(&p, few, &t, 100, let); /* few of them: each, and the rest is not lost */
	assert_int_equal(let[PUZZLE_NEWEST], 100 * 100);
	assert_true(got > 0.9 * 20000 && got < 1.1 * 20000);
	lottery(&p, quiet, &t, 30, let);
	assert_true(lottery(&p, quiet, &t, 100, let) ==
		    100 * 100); /* it is over when they are gone */
	assert_int_equal(p.chance[PUZZLE_OLDER], PUZZLE_SURE);
}

/*
 * A disk that manages 400 requests a second, far below `rate`: 600 come. Lots and the puzzle start;
 * when the disk is fast again, they end.
 */
static void
slow_disk(void **state)
{
	const struct puzzle_limits limits = { 2000, 20000, 14 };
	struct puzzle p;
	uint64_t t = 5000000, served = 0;
	(void)state;
	puzzle_init(&p, &limits, t);
	for (int i = 0; i < 1200; i++) {
		uint32_t n = (uint32_t)((uint64_t)60 * p.chance[PUZZLE_OLDER] / PUZZLE_SURE);
		const struct puzzle_tally tally = { .came = { [PUZZLE_OLDER] = 60 }, .let = n };
		t += PUZZLE_DRAW_MS;
		puzzle_work(&p, n > 40 ? 100000 : n * 2500, n > 40 ? 40 : n, t);
		puzzle_count(&p, &tally, t);
		puzzle_turn(&p, t);
		served += i >= 600 ? n : 0;
	}
	assert_true(p.valid[0].difficulty >= 8);
	assert_true(served < 600 * 41);
	assert_true(served > 600 * 25);
	for (int i = 0; i < 600; i++) {
		const struct puzzle_tally tally = { .came = { [PUZZLE_OLDER] = 60 }, .let = 60 };
		t += PUZZLE_DRAW_MS;
		puzzle_work(&p, 2000, 60, t);
		puzzle_count(&p, &tally, t);
		puzzle_turn(&p, t);
	}
	assert_int_equal(p.chance[PUZZLE_OLDER], PUZZLE_SURE);
}

/* The vault asks for a least difficulty: it comes within half a minute, and goes with the reason.
 */
static void
puzzle_floor(void **state)
{
	for (uint32_t rate = 0; rate <= 2000; rate += 2000) {
		const struct puzzle_limits limits = { rate, 20000, 12 };
		struct puzzle p;
		uint64_t t = 5000000;
		(void)state;
		puzzle_init(&p, &limits, t);
		p.floor = 11;
		assert_true(puzzle_turn(&p, t += PUZZLE_DRY_MS));
		assert_int_equal(p.valid[0].difficulty, 11);
		p.floor = 14;
		assert_true(puzzle_turn(&p, t += PUZZLE_DRY_MS));
		assert_int_equal(p.valid[0].difficulty, 12);
		p.floor = 0;
		for (int i = 0; i < 6; i++)
			puzzle_turn(&p, t += PUZZLE_MS);
		assert_int_equal(p.valid[0].difficulty, 0);
	}
}

/* A C library calls poll or ppoll, as the processor has it: who may one may the other. */
static void
polls(void **state)
{
	(void)state;
	for (int role = SANDBOX_PARENT; role <= SANDBOX_ASK; role++) {
		bool has[2] = { false, false };
		int nr;
		for (size_t n = 0; (nr = sandbox_call((enum sandbox_role)role, n)) != -1; n++) {
			has[0] = has[0] || nr == SYS_poll;
			has[1] = has[1] || nr == SYS_ppoll;
		}
		assert_int_equal(has[0], has[1]);
	}
}

/* What a face draws: as often as the chance says, whatever the request is; unsolved never gets in.
 */
static void
draws(void **state)
{
	static uint8_t frame[2][FRAME_LEN];
	struct face_rules rules = { .valid_cnt = 2, .chance = { 0x4000, 0x2000 } };
	struct frame_request rq = { .op = FRAME_DECOY },
			     open = { .op = FRAME_OPEN, .routing.desk = 1 };
	uint8_t pk[KEY_SIGN_PUBLIC_LEN];
	struct key_sign key;
	int in[2] = { 0, 0 };
	(void)state;
	key_sign_new(&key);
	key_sign_public(pk, &key);
	frame_case_id(open.routing.id, pk);
	open.routing.proof[0] = 1;
	assert_int_equal(frame_request_build(frame[0], &rq, rules.gateway, &key), 0);
	assert_int_equal(frame_request_build(frame[1], &open, rules.gateway, &key), 0);
	for (int i = 0; i < 8000; i++)
		in[i % 2] += verdict(frame[i % 2], &rules) == 0;
	/* An eighth of 4,000 is 500, with 21 for one deviation. */
	assert_in_range(in[0], 400, 600);
	assert_in_range(in[1], 400, 600);
	/* A lot comes before all else: what is refused by it is not looked at. */
	frame[0][0] ^= 1;
	in[0] = 0;
	for (int i = 0; i < 4000; i++)
		in[0] += verdict(frame[0], &rules) == FRAME_BUSY;
	assert_in_range(in[0], 3400, 3600);
}

static void
pages(void **state)
{
	static const struct {
		const char *accept;
		enum page_coding want;
	} cases[] = {
		{ NULL, PAGE_PLAIN },
		{ "", PAGE_PLAIN },
		{ "br", PAGE_BR },
		{ "gzip, br", PAGE_BR },
		{ "GZIP", PAGE_GZIP },
		{ "br;q=0", PAGE_PLAIN },
		{ "br;q=0,gzip", PAGE_GZIP },
		{ "brr, xgzip", PAGE_PLAIN },
		{ "gzip;q=0.001", PAGE_GZIP },
		{ " , ,gzip ;q=1", PAGE_GZIP },
		{ "br;q=0.0, gzip;q=0.000", PAGE_PLAIN },
	};
	uint8_t byte = 0;
	struct page p = { .bytes = { &byte, &byte, &byte } },
		    plain = { .bytes = { [PAGE_PLAIN] = &byte } };
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(page_choose(&p, cases[i].accept), cases[i].want);
		assert_int_equal(page_choose(&plain, cases[i].accept), PAGE_PLAIN);
	}
}

/* Two libraries, one digest. */
static void
digests(void **state)
{
	static uint8_t body[FRAME_BODY_LEN];
	uint8_t a[32], b[32];
	(void)state;
	for (int i = 0; i < 50; i++) {
		randombytes_buf(body, sizeof(body));
		key_sha256(a, body, FRAME_BODY_LEN);
		crypto_hash_sha256(b, body, sizeof(body));
		assert_memory_equal(a, b, 32);
	}
}

/* Whoever has nothing to do with a log may do nothing with it, under any op, thread and role. */
static void
nobody_may(void **state)
{
	static struct roster r;
	struct roster_member m = { .desk = 9, .roles = 0xffff };
	struct store_log log = { .desk = 1, .above = true };
	(void)state;
	r.desk_cnt = 3;
	r.desk[0] = (struct roster_desk){ .number = 1, .above = 2 };
	r.desk[1] = (struct roster_desk){ .number = 2 };
	r.desk[2] = (struct roster_desk){ .number = 9, .above = 1 };
	r.backstop = 2;
	for (int kind = 0; kind < FRAME_KIND__MAX; kind++)
		for (int op = 0; op < 256; op++)
			for (int thread = 0; thread < 5; thread++) {
				log.kind = (uint8_t)kind;
				struct auth_ask ask = { &r,
							&m,
							&log,
							9,
							(uint8_t)op,
							(uint8_t)kind,
							(uint8_t)thread,
							NULL };
				assert_false(auth_allows(&ask));
			}
	/* Without a role even the receiving desk's member may nothing. */
	m.desk = 1;
	m.roles = 0;
	for (int op = 0; op < 256; op++) {
		log.kind = 0;
		struct auth_ask ask = { &r, &m, &log, 1, (uint8_t)op, 0, 0, NULL };
		assert_false(auth_allows(&ask));
	}
	assert_int_equal(auth_relations(&r, &log, 1), AUTH_RECEIVING);
	assert_int_equal(auth_relations(&r, &log, 2), AUTH_ABOVE | AUTH_ABOVE_OPEN | AUTH_BACKSTOP);
	log.above = false;
	assert_int_equal(auth_relations(&r, &log, 2), AUTH_ABOVE | AUTH_BACKSTOP);
	log.above = true;
	log.desk = 77; /* left the roster: the backstop answers for it */
	assert_int_equal(auth_relations(&r, &log, 2), AUTH_BACKSTOP | AUTH_ABOVE_OPEN | AUTH_HEIR);
	log.backstop = true;
	assert_int_equal(auth_relations(&r, &log, 2),
			 AUTH_BACKSTOP | AUTH_BACKSTOP_OPEN | AUTH_ABOVE_OPEN | AUTH_HEIR);
	assert_int_equal(auth_relations(&r, &log, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(messages_whole, link_up, link_down),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(control),
		cmocka_unit_test(handoffs),
		cmocka_unit_test(puzzles),
		cmocka_unit_test(lots),
		cmocka_unit_test(slow_disk),
		cmocka_unit_test(polls),
		cmocka_unit_test(puzzle_floor),
		cmocka_unit_test(draws),
		cmocka_unit_test(faces_check),
		cmocka_unit_test(pages),
		cmocka_unit_test(digests),
		cmocka_unit_test(nobody_may),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
