/* Attachments. The plaintext comes from the input (its first eight bytes are the length of the
 * content) and is sealed rightly behind a known header; then bytes of the file are changed. What
 * opens has the form of an attachment, however the file comes in pieces. */
#include <assert.h>
#include <sodium.h>

#include "crypto/attach.h"
#include "crypto/buf.h"
#include "crypto/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define PLAIN_MAX 262144

struct run {
	const uint8_t *in;
	size_t left, step, out_len;
	uint8_t *out;
};

static struct open_key *key;
static struct age_file_key file_key;
static uint8_t file[SEAL_HEADER_LEN + AGE_PAYLOAD_LEN(PLAIN_MAX)];
static uint8_t plain[PLAIN_MAX], out_a[PLAIN_MAX], out_b[PLAIN_MAX];

static int
take(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	struct run *r = arg;
	size_t n = r->left < cap ? r->left : cap;
	n = n < r->step ? n : r->step;
	if (n > 0)
		memcpy(buf, r->in, n);
	r->in += n;
	r->left -= n;
	*got = n;
	return 0;
}

static int
give(void *arg, const uint8_t *buf, size_t len)
{
	struct run *r = arg;
	assert(len <= PLAIN_MAX - r->out_len);
	memcpy(r->out + r->out_len, buf, len);
	r->out_len += len;
	return 0;
}

/* A good attachment once: its header is kept. */
static void
setup(void)
{
	static const uint8_t seed[32] = { 1 }, id[KEY_ID_LEN] = { 2 }, body[10] = { 3 };
	struct xwing_secret secret = { { 4 } };
	struct xwing_public pk;
	struct seal_test_rng rng;
	struct run in = { .in = body, .left = sizeof(body), .step = SIZE_MAX },
		   made = { .out = file };
	struct age_opened opened;
	uint8_t hash[32];
	uint64_t n;
	if (key)
		return;
	if (sodium_init() < 0)
		abort();
	xwing_public_of(&pk, &secret);
	key = open_key_new(&secret);
	assert(key);
	struct seal_set set = { { pk.b, NULL, NULL, NULL } };
	seal_test_rng_init(&rng, seed);
	struct attach_how how = { .set = &set, .id = id, .rng = &rng.rng, .len = sizeof(body) };
	assert(attach_seal(&how, hash, (struct age_source){ take, &in },
			   (struct age_sink){ give, &made }) == 0);
	in = (struct run){ .in = file, .left = made.out_len, .step = SIZE_MAX, .out = out_a };
	assert(attach_open(key, &n, (struct age_source){ take, &in },
			   (struct age_sink){ give, &in }, &opened) == 0);
	assert(n == sizeof(body) && in.out_len == n && opened.header_len == SEAL_HEADER_LEN);
	file_key = opened.key;
	age_stream_forget(&opened);
}

static int
open_in(size_t step, size_t len, uint8_t *out, struct run *r, uint64_t *n)
{
	*r = (struct run){ .in = file, .left = len, .step = step, .out = out };
	return attach_open(key, n, (struct age_source){ take, r }, (struct age_sink){ give, r },
			   NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint32_t sizes[] = { 65536, 262144, 65535, 65537, 8, 0, 9, 131072 };
	static const uint8_t nonce[AGE_PAYLOAD_NONCE_LEN] = { 9 };
	struct run a, b;
	struct buf in;
	uint64_t n, m;
	setup();
	buf_init(&in, data, len);
	uint8_t how = buf_u8(&in), change = buf_u8(&in);
	uint32_t size = sizes[how & 7], at = buf_u32(&in);
	memset(plain, 0, size);
	size_t take_n = in.left < size ? in.left : size;
	buf_bytes(&in, plain, sizeof(plain), take_n);
	if (age_payload_seal(file + SEAL_HEADER_LEN, &file_key, nonce, HKDF_IN(plain, size)) != 0)
		return 0;
	size_t file_len = SEAL_HEADER_LEN + AGE_PAYLOAD_LEN(size);
	file[at % file_len] ^= change;
	int err = open_in(SIZE_MAX, file_len, out_a, &a, &n);
	assert(open_in(1u + (how >> 3) * 7919u, file_len, out_b, &b, &m) == err && n == m);
	assert(a.out_len == b.out_len && !memcmp(out_a, out_b, a.out_len));
	if (!err) {
		assert(change == 0 && (size == 65536 || size == 262144) && n == a.out_len &&
		       n + 8 <= size);
		assert(!memcmp(out_a, plain + 8, (size_t)n) &&
		       sodium_is_zero(plain + 8 + n, size - 8 - (size_t)n));
	} else {
		assert(n == 0);
	}
	file[at % file_len] ^= change;
	return 0;
}
