/* What stands at the other end of davy's exchange: HTTP from a hostile gateway. In the input 0x1e
 * stands for an answer that the gateway's key signed for this request (the next bytes are its
 * fields), 0x1f for a head that promises one. Nothing that is not signed is believed, nothing loud
 * comes out of the words of a failure. */
#include "tests/fuzz/cli_home.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "crypto/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define SAY_MAX (512 * 1024)

static uint8_t input[65536]; /* of its own: a connection may live longer than a run */
static size_t input_len;
static uint8_t say[SAY_MAX];
static int signed_cnt;
static _Atomic int pauses;

/* davy waits for a busy gateway; here nobody waits, and after some rounds the gateway is gone. */
int
ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *timeout, const sigset_t *mask)
{
	(void)fds;
	(void)nfds;
	(void)timeout;
	(void)mask;
	pauses++;
	return 0;
}

/* The request, or what there is of it; true where it was a whole frame. */
static bool
hear(int fd, uint8_t frame[static FRAME_LEN])
{
	static uint8_t in[FRAME_LEN + 4096];
	size_t n = 0;
	for (;;) {
		ssize_t got = recv(fd, in + n, sizeof(in) - 1 - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
		in[n] = 0;
		uint8_t *end = memmem(in, n, "\r\n\r\n", 4);
		if (end && !memcmp(in, "GET", 3))
			return false;
		if (end && n - (size_t)(end + 4 - in) == FRAME_LEN) {
			memcpy(frame, end + 4, FRAME_LEN);
			return true;
		}
	}
}

static size_t
answer(uint8_t *dst, struct buf *b, const uint8_t r[static FRAME_HASH_LEN])
{
	struct frame_answer a = { .status = (uint8_t)(FRAME_OK + buf_u8(b) % 7),
				  .difficulty = buf_u8(b) % 11 };
	a.minute = 30000000 + buf_u8(b);
	a.routing.number = a.status == FRAME_OK || a.status == FRAME_BEHIND ? buf_u8(b) : 0;
	if (frame_answer_build(dst, &a, r, &home_gateway_key) != 0)
		return 0;
	signed_cnt++;
	return FRAME_LEN;
}

static size_t
speech(const uint8_t r[static FRAME_HASH_LEN])
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 16384\r\n\r\n";
	struct buf b;
	size_t n = 0;
	buf_init(&b, input, pauses > 5 ? 0 : input_len);
	while (b.left && n + FRAME_LEN < SAY_MAX) {
		uint8_t c = buf_u8(&b);
		if (c == 0x1e) {
			n += answer(say + n, &b, r);
		} else if (c == 0x1f) {
			memcpy(say + n, head, sizeof(head) - 1);
			n += sizeof(head) - 1;
		} else {
			say[n++] = c;
		}
	}
	return n;
}

static void *
gateway(void *arg)
{
	int at = *(int *)arg;
	for (;;) {
		static uint8_t frame[FRAME_LEN];
		struct frame_digest d = { 0 };
		int fd = accept(at, NULL, NULL);
		if (fd < 0)
			continue;
		if (hear(fd, frame))
			frame_digest(&d, frame);
		size_t n = speech(d.r);
		for (size_t sent = 0; sent < n;) {
			ssize_t k = send(fd, say + sent, n - sent, MSG_NOSIGNAL);
			if (k <= 0)
				break;
			sent += (size_t)k;
		}
		close(fd);
	}
	return NULL;
}

static void
setup(void)
{
	static int at;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	pthread_t thread;
	if (!home_start())
		return;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/sock", cli_dir);
	at = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert(at >= 0 && bind(at, (struct sockaddr *)&un, sizeof(un)) == 0 && listen(at, 8) == 0);
	assert(pthread_create(&thread, NULL, gateway, &at) == 0 && pthread_detach(thread) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct net_answer a;
	struct net_request q = { .op = FRAME_DECOY, .keep_status = true };
	uint8_t *bytes;
	size_t n;
	setup();
	if (len == 0 || len > sizeof(input))
		return 0;
	memcpy(input, data + 1, len - 1);
	input_len = len - 1;
	signed_cnt = 0;
	pauses = 0;
	if (data[0] & 1) {
		if (net_get(&ses, "/roster", 4096, &bytes, &n) == DAVY_OK) {
			assert(n <= 4096);
			free(bytes);
		}
	} else {
		q.keep_status = data[0] & 2;
		if (net_exchange(&ses, &q, &a) == DAVY_OK)
			assert(signed_cnt > 0 && a.status >= FRAME_OK &&
			       a.status < FRAME_STATUS__MAX &&
			       (q.keep_status || a.status == FRAME_OK));
	}
	for (const char *p = session_failure(&ses); p && *p; p++)
		assert((uint8_t)*p >= 0x20 && *p != 0x7f);
	net_close(&ses);
	home_forget();
	return 0;
}
