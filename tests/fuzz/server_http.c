/* What a client says to a face, in pieces: the first byte says how long they are. 0x1e stands for a
 * whole good frame, 0x1d for 1,000 bytes of a word that must never come back. */
#include "tests/fuzz/server_face.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define SAID_MAX (256 * 1024)
#define PIECES   60
#define WORD     "CANARY-7f3a91 "

static uint8_t said[SAID_MAX];
static char heard[1 << 20];
static size_t said_len, heard_len;

static void
say(const void *bytes, size_t n)
{
	if (n > SAID_MAX - said_len)
		n = SAID_MAX - said_len;
	memcpy(said + said_len, bytes, n);
	said_len += n;
}

static void
expand(const uint8_t *data, size_t len)
{
	said_len = 0;
	for (size_t i = 0; i < len; i++) {
		if (data[i] == 0x1e)
			say(face_frame(), FRAME_LEN);
		else if (data[i] == 0x1d)
			for (int k = 0; k < 72; k++)
				say(WORD, sizeof(WORD) - 1);
		else
			say(data + i, 1);
	}
}

static void
turn(int fd)
{
	face_http_pump(&face);
	event_base_loop(face.base, EVLOOP_NONBLOCK);
	face_answered();
	for (;;) {
		ssize_t n = recv(fd, heard + heard_len, sizeof(heard) - 1 - heard_len,
				 MSG_DONTWAIT);
		if (n <= 0)
			break;
		heard_len += (size_t)n;
	}
}

/* Every answer is one of those that there are, says no time, and ours carry what protects who reads
 * them. */
static void
check(void)
{
	static const char *const always[] = { "Referrer-Policy: no-referrer\r\n", "nosniff\r\n",
					      "Cache-Control: ", "X-Frame-Options: DENY\r\n",
					      "frame-ancestors 'none'\r\n" };
	heard[heard_len] = 0;
	assert(!memmem(heard, heard_len, "CANARY", 6));
	for (char *at = heard; (at = strstr(at, "HTTP/1.")) != NULL;) {
		int code = (int)strtol(at + 9, NULL, 10);
		char *end = strstr(at, "\r\n\r\n");
		assert(end);
		end[2] = 0;
		assert(!strcasestr(at, "\r\nDate:") && !strcasestr(at, "\r\nServer:") &&
		       !strcasestr(at, "\r\nSet-Cookie:"));
		bool ours = code == 200 || code == 404 || code == 405 || code == 503;
		for (size_t i = 0; ours && i < sizeof(always) / sizeof(always[0]); i++)
			assert(strstr(at, always[i]));
		/* only whole tiles of the log are kept, and they are no page and no frame */
		assert(!ours || strstr(at, "no-store\r\n") ||
		       (code == 200 && strstr(at, "octet-stream\r\n")));
		assert(code != 405 || strstr(at, "\r\nAllow: "));
		/* What libmicrohttpd says by itself. */
		assert(ours || code == 100 || code == 400 || code == 413 || code == 414 ||
		       code == 431 || code == 501 || code == 505);
		at = end + 4;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	face_start();
	if (len < 2)
		return 0;
	expand(data + 1, len - 1);
	heard_len = 0;
	int fd = face_client(data[0] & 1);
	size_t step = data[0] < 64 ? 1u + data[0] : (size_t)data[0] << 7;
	for (size_t at = 0, quiet = 0, pieces = 0; at < said_len && quiet < 3; pieces++) {
		if (pieces == PIECES)
			step = 8192;
		size_t n = said_len - at < step ? said_len - at : step;
		ssize_t sent = send(fd, said + at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		quiet = sent > 0 ? 0 : quiet + 1;
		at += sent > 0 ? (size_t)sent : 0;
		turn(fd);
	}
	for (int i = 0; i < 4; i++)
		turn(fd);
	check();
	face_client_gone(fd);
	return 0;
}
