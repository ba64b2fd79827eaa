/* A face without a process around it: the real code, a vault's end of its link, and no time. What a
 * face would end itself for comes back to who called face_word(). */
#ifndef TESTS_FUZZ_SERVER_FACE_H
#define TESTS_FUZZ_SERVER_FACE_H

#include <assert.h>
#include <setjmp.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/face/face.h"
#include "server/base/log.h"

static struct face face;
static struct ipc *face_vault; /* the vault's end */
static jmp_buf face_nonsense;

void
clock_init(void)
{
}
int
clock_fd(void)
{
	return -1;
}
uint64_t
clock_minute(void)
{
	return 30000000;
}
uint64_t
clock_mono_ms(void)
{
	return 5000000;
}
uint64_t
clock_mono_us(void)
{
	return 5000000000;
}
void
log_role(const char *role, int index)
{
	(void)role, (void)index;
}
const char *
log_role_name(void)
{
	return "fuzz";
}
void
log_info(const char *fmt, ...)
{
	(void)fmt;
}
void
log_warn(const char *fmt, ...)
{
	(void)fmt;
}
_Noreturn void
log_fatal(const char *fmt, ...)
{
	(void)fmt;
	longjmp(face_nonsense, 1);
}

/* In place of pacer.c: nobody waits for a step. */
uint64_t
pacer_hold(struct pacer *e, uint64_t took)
{
	(void)e, (void)took;
	return 0;
}

static bool face_word(void);

/* A new vault, as the parent would hand it over, which has said what a face has to know; without a
 * puzzle. */
static void
face_join(void)
{
	static const uint8_t rules[IPC_PUZZLE_LEN];
	const struct ipc_piece puzzle = { rules, sizeof(rules) };
	int sv[2];
	ipc_free(face_vault);
	assert(ipc_pair(sv, false) == 0);
	face_vault = ipc_new(sv[1], IPC_VAULT, IPC_FACE);
	assert(face_vault);
	face_link_set(&face, sv[0]);
	assert(ipc_put(face_vault, IPC_PUZZLE, &puzzle, 1) == 0 && ipc_flush(face_vault) == 0);
	assert(face_word() && face.heard);
	face.rules.valid_cnt = 0;
}

static void
face_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	face_http_pump(&face);
}

static void
face_start(void)
{
	static uint8_t text[] = "<!DOCTYPE html>";
	static struct page page = { .bytes = { text, text, text }, .len = { 15, 15, 15 } };
	static struct conf conf = { .faces = 1,
				    .connections = 100,
				    .header_s = 600,
				    .body_s = 600,
				    .idle_s = 600,
				    .vault_s = 600,
				    .drain_s = 600 };
	static struct face_args args = { .conf = &conf, .page = &page };
	if (face.base)
		return;
	if (sodium_init() < 0)
		abort();
	face.args = &args;
	face.conf = &conf;
	for (unsigned i = 0; i < FACE_SLOT_MAX; i++)
		face.free_slot[face.free_cnt++] = (uint16_t)(FACE_SLOT_MAX - 1 - i);
	face.base = event_base_new();
	assert(face.base);
	face.again = event_new(face.base, -1, 0, face_again, NULL);
	face.lost = event_new(face.base, -1, 0, face_again, NULL);
	assert(face.again && face.lost &&
	       accept_start(&face.accept, face.base, &conf, NULL, false) == 0);
	assert(face_reply_start(&face) == 0 && face_http_start(&face) == 0);
	face_join();
}

/* What lies in the link is read: false where it is nonsense, for which the process would have
 * ended. */
static bool
face_word(void)
{
	if (!face.link)
		return true;
	if (setjmp(face_nonsense))
		return false;
	event_get_callback(face.link_read)(ipc_fd(face.link), EV_READ, &face);
	return true;
}

/* The vault answers all that it was asked. */
static void
face_answered(void)
{
	static uint8_t frame[FRAME_LEN] = { 'd' };
	struct ipc_msg msg;
	int rc;
	assert(ipc_fill(face_vault) == 0);
	while ((rc = ipc_next(face_vault, &msg)) > 0) {
		bool full = msg.type == IPC_REQUEST;
		const struct ipc_piece piece[2] = { { msg.bytes, 4 },
						    { frame, full ? FRAME_LEN : FRAME_HEAD_LEN } };
		assert(ipc_put(face_vault, full ? IPC_ANSWER_FULL : IPC_ANSWER, piece, 2) == 0);
	}
	assert(rc == 0 && ipc_flush(face_vault) == 0);
	assert(face_word());
}

/* One client; handed: by the handoff of a tls process. */
static int
face_client(bool handed)
{
	int sv[2];
	assert(ipc_pair(sv, false) == 0);
	face_http_accept(&face, sv[0], handed);
	return sv[1];
}

static void
face_client_gone(int fd)
{
	close(fd);
	for (int i = 0; face.conn_cnt && i < 100; i++) {
		face_http_pump(&face);
		event_base_loop(face.base, EVLOOP_NONBLOCK);
	}
	assert(face.conn_cnt == 0 && !face.conns && face.free_cnt == FACE_SLOT_MAX);
}

/* A frame that every face passes on. */
static const uint8_t *
face_frame(void)
{
	static uint8_t frame[FRAME_LEN];
	static const uint8_t seed[KEY_SIGN_SEED_LEN] = { 1 };
	const struct frame_request rq = { .op = FRAME_DECOY };
	struct key_sign key;
	if (frame[0])
		return frame;
	key_sign_from_seed(&key, seed);
	assert(frame_request_build(frame, &rq, face.rules.gateway, &key) == 0);
	return frame;
}

#endif
