/*
 * The vault's loop with a face that is played by the test: one that takes no answers does not make
 * the vault's buffer grow, and loses nothing when it reads again; and a crowd of clocks that are
 * due in one minute lets others in between.
 */
#include "tests/lib/fixture.h"

#include "server/vault/vault_loop.h"

#include <sys/socket.h>

static struct vault_loop *loop;
static int parent, face;

static int
setup(void **state)
{
	int control[2], pair[2];
	uint8_t word[64];
	fixture_ready(state);
	assert_int_equal(ipc_pair(control, true), 0);
	assert_int_equal(ipc_pair(pair, false), 0);
	loop = vault_loop_new(&w.v, control[1]);
	parent = control[0];
	face = pair[0];
	link_add(loop, pair[1]);
	(void)!recv(parent, word, sizeof(word), MSG_DONTWAIT);
	return 0;
}

static int
teardown(void **state)
{
	link_drop(&loop->link[0]);
	close(face);
	close(parent);
	return fixture_end(state);
}

static void
turns(int n)
{
	for (int i = 0; i < n; i++)
		event_base_loop(loop->base, EVLOOP_NONBLOCK);
}

/* Roster gets: each answer is a whole frame. */
static void
deaf(void **state)
{
	static uint8_t msg[IPC_HEAD_LEN + IPC_REQUEST_LEN], in[1 << 20];
	struct frame_request rq = request(FRAME_ROSTER_GET, NULL);
	uint8_t *frame = msg + IPC_HEAD_LEN + IPC_FRAME_AT;
	unsigned sent = 0;
	size_t most = 0, at = 0, got = 0;
	(void)state;
	rq.minute = fixture_minute;
	assert_int_equal(frame_request_build(frame, &rq, w.keys.card.id, &w.person[A1].key), 0);
	ipc_set32(msg, IPC_REQUEST_LEN);
	msg[4] = IPC_REQUEST;
	msg[IPC_HEAD_LEN + 4] = PUZZLE_OLDER;
	/* 1,500 requests are 24 MiB of answers. */
	for (int idle = 0; sent < 1500 && idle < 50;) {
		ssize_t n = send(face, msg + at, sizeof(msg) - at, MSG_DONTWAIT | MSG_NOSIGNAL);
		idle = n > 0 ? 0 : idle + 1;
		at += n > 0 ? (size_t)n : 0;
		sent += at == sizeof(msg);
		at %= sizeof(msg);
		turns(2);
		assert_non_null(loop->link[0].ipc);
		size_t now = ipc_waiting(loop->link[0].ipc);
		most = now > most ? now : most;
	}
	assert_true(sent > 200 && sent < 1500);
	assert_true(most >= LINK_DEAF && most < LINK_DEAF + (3u << 20));
	/* It reads again: all answers come, and it is heard again. */
	for (int idle = 0; idle < 50;) {
		ssize_t n = recv(face, in, sizeof(in), MSG_DONTWAIT);
		idle = n > 0 ? 0 : idle + 1;
		got += n > 0 ? (size_t)n : 0;
		turns(2);
	}
	assert_true(got >= (size_t)sent * IPC_FULL_LEN);
	assert_int_equal(ipc_waiting(loop->link[0].ipc), 0);
	assert_false(loop->link[0].deaf);
}

/* 2,500 cases run out in one minute: a turn takes 1,000 of them, and all are open after three. */
static void
many_due(void **state)
{
	struct store_stats s;
	(void)state;
	assert_int_equal(store_begin(w.v.store), 0);
	for (int i = 0; i < 2500; i++) {
		struct store_log log = { .kind = FRAME_CASE,
					 .ladder = FRAME_URGENT,
					 .desk = 2,
					 .day = vault_day(&w.v),
					 .source_cnt = 1,
					 .entries = 1 };
		randombytes_buf(log.id, sizeof(log.id));
		vault_clock_start(&w.v, &log);
		assert_int_equal(store_log_add(w.v.store, &log), 0);
	}
	assert_int_equal(store_commit(w.v.store), 0);
	fixture_minute += 180;
	vault_clock_advance(&w.v);
	for (int turn = 1; turn <= 3; turn++) {
		struct store_log due[64];
		size_t cnt;
		assert_int_equal(store_begin(w.v.store), 0);
		assert_int_equal(vault_clock_all(&w.v), 0);
		assert_int_equal(store_commit(w.v.store), 0);
		assert_int_equal(w.v.clocks_more, turn < 3);
		assert_int_equal(store_log_due(w.v.store, vault_hour(&w.v), due, 64, &cnt), 0);
		assert_int_equal(cnt, turn < 3 ? 64 : 0);
	}
	assert_int_equal(store_stats(w.v.store, &s), 0);
	assert_int_equal(s.cases, 2500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(deaf, setup, teardown),
		cmocka_unit_test_setup_teardown(many_due, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
