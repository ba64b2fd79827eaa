/* What a relay and a false davyd say to a veil. The first byte: 0 the head of a request, 1 that of
 * an answer, 2 a key configuration, 3 a sealed request and 4 a sealed answer, of which the rest
 * replaces bytes from an offset (u16) on. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/buf.h"
#include "crypto/err.h"
#include "server/veil/veil.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct xwing_ready ready;
static struct ohttp_wait wait;
static uint8_t ask[OHTTP_ASK_LEN], reply[OHTTP_REPLY_LEN], frame[FRAME_LEN];

static void
start(void)
{
	struct ohttp_config config = { .id = 5 };
	struct xwing_secret sk;
	if (ask[1])
		return;
	if (sodium_init() < 0)
		abort();
	memset(sk.seed, 7, sizeof(sk.seed));
	xwing_public_of(&config.key, &sk);
	xwing_make_ready(&ready, &sk);
	memset(frame, 'f', sizeof(frame));
	assert(!ohttp_ask_seal(ask, &wait, &config, frame));
	assert(!ohttp_reply_seal(reply, &wait, 200, frame));
}

static size_t
times(const uint8_t *b, size_t len, const char *what)
{
	size_t n = 0;
	for (size_t i = 0; i + strlen(what) <= len; i++)
		n += !strncasecmp((const char *)b + i, what, strlen(what));
	return n;
}

/* A head that is taken says one length, and nobody could read it otherwise. */
static void
head(const uint8_t *b, size_t len, bool answer)
{
	char path[VEIL_PATH_MAX] = "";
	size_t n = 0;
	bool last;
	unsigned status = answer ? veil_http_answer(b, len, &n)
				 : veil_http_request(b, len, &n, &last, path);
	assert(n <= len);
	if (answer) {
		assert(status == VEIL_MORE || status == 200 || (status >= 400 && status <= 599));
		return;
	}
	assert(status == VEIL_MORE || status == VEIL_ASK || status == VEIL_PUBLIC ||
	       veil_http_refusal(status));
	if (status == VEIL_PUBLIC) {
		assert(strlen(path) < 64 && !strpbrk(path, " ?#%\r\n\\"));
		assert(!memcmp(b + 4, path, strlen(path)) && b[4 + strlen(path)] == ' ');
	}
	if (status != VEIL_ASK)
		return;
	assert(n <= VEIL_HEAD_MAX && !memcmp(b + n - 4, "\r\n\r\n", 4));
	assert(!memcmp(b, "POST /veil HTTP/1.1\r\n", 21));
	assert(times(b, n, "\ncontent-length:") == 1 && times(b, n, "\n ") == 0);
	assert(times(b, n, "\ntransfer-encoding:") == 0 && !memchr(b, 0, n));
}

static void
config(const uint8_t *b, size_t len)
{
	uint8_t bytes[OHTTP_CONFIG_LEN], back[OHTTP_CONFIG_LEN];
	struct ohttp_config c;
	memcpy(bytes, ask, sizeof(bytes));
	memcpy(bytes, b, len < sizeof(bytes) ? len : sizeof(bytes));
	if (ohttp_config_get(&c, bytes)) {
		assert(buf_is_zero((const uint8_t *)&c, sizeof(c)));
		return;
	}
	ohttp_config_put(back, &c);
	assert(!memcmp(back, bytes, sizeof(back)));
}

/* Whatever is changed, nothing comes of it. */
static void
sealed(const uint8_t *b, size_t len, bool answer)
{
	uint8_t bytes[OHTTP_ASK_LEN], got[FRAME_LEN], id;
	size_t cap = answer ? sizeof(reply) : sizeof(ask);
	const uint8_t *good = answer ? reply : ask;
	struct ohttp_wait made;
	unsigned status;
	if (len < 2)
		return;
	size_t at = (size_t)(b[0] | b[1] << 8) % cap, n = len - 2 < cap - at ? len - 2 : cap - at;
	memcpy(bytes, good, cap);
	memcpy(bytes + at, b + 2, n);
	bool same = !memcmp(bytes, good, cap);
	int err = answer                          ? ohttp_reply_open(got, &status, &wait, bytes)
		  : ohttp_ask_id(&id, bytes) != 0 ? ERR_FORMAT
						  : ohttp_ask_open(got, &made, bytes, &ready);
	assert(same == !err);
	if (same)
		assert(!memcmp(got, frame, sizeof(got)));
	else if (err == ERR_AUTH)
		assert(buf_is_zero(got, sizeof(got)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	start();
	if (!len)
		return 0;
	if (data[0] < 2)
		head(data + 1, len - 1, data[0] == 1);
	else if (data[0] == 2)
		config(data + 1, len - 1);
	else if (data[0] < 5)
		sealed(data + 1, len - 1, data[0] == 4);
	return 0;
}
