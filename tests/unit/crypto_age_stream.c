/* age as a stream: readers that give a byte at a time, sinks and sources that fail, armor, and
 * what the audit gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/age_stream.h"
#include "crypto/b64.h"
#include "crypto/err.h"

struct pipe {
	const uint8_t *in;
	size_t in_len, step; /* at most step bytes a read */
	size_t fail_read;    /* fails when this many bytes have been read; SIZE_MAX: never */
	uint8_t *out;
	size_t out_len, out_cap;
	size_t fail_write;
};

static int
take(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	struct pipe *p = arg;

	*got = 0;
	if (p->fail_read == 0)
		return ERR_IO;
	*got = p->in_len < cap ? p->in_len : cap;
	if (*got > p->step)
		*got = p->step;
	if (*got > p->fail_read)
		*got = p->fail_read;
	if (p->fail_read != SIZE_MAX)
		p->fail_read -= *got;
	memcpy(buf, p->in, *got);
	p->in += *got;
	p->in_len -= *got;
	return 0;
}

static int
give(void *arg, const uint8_t *buf, size_t len)
{
	struct pipe *p = arg;

	if (p->fail_write != SIZE_MAX && len > p->fail_write - p->out_len)
		return ERR_FULL;
	assert_true(len <= p->out_cap - p->out_len);
	memcpy(p->out + p->out_len, buf, len);
	p->out_len += len;
	return 0;
}

#define BIG (3 * AGE_PAYLOAD_CHUNK + 1000)
static uint8_t plain[BIG], sealed[BIG + 20000], back[BIG], text[2 * BIG];
static struct age_identity id;
static struct age_recipient to;

static struct pipe
from(const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	return (struct pipe){ in, len, SIZE_MAX, SIZE_MAX, out, 0, cap, SIZE_MAX };
}

static size_t
seal(size_t len, size_t step)
{
	struct age_sealing how = { .to = &to, .to_cnt = 1 };
	struct pipe p = from(plain, len, sealed, sizeof(sealed));

	p.step = step;
	assert_int_equal(age_stream_seal(&how, (struct age_source){ take, &p },
					 (struct age_sink){ give, &p }),
			 0);
	assert_int_equal(p.out_len, AGE_HEADER_LEN(0, 1) + AGE_PAYLOAD_LEN(len));
	return p.out_len;
}

static int
open_pipe(struct pipe *p, struct age_opened *opened)
{
	struct age_opener who = { .ids = &id, .id_cnt = 1 };

	return age_stream_open(&who, (struct age_source){ take, p }, (struct age_sink){ give, p },
			       opened);
}

static void
round_trips(void **state)
{
	static const size_t lens[] = { 0, 1, 65535, 65536, 65537, 131072, 131073, BIG };
	static const size_t steps[] = { 1, 7, 4096, 65536, 65552, SIZE_MAX };
	size_t i, j, n;

	(void)state;
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			struct pipe p;

			n = seal(lens[i], steps[j]);
			p = from(sealed, n, back, sizeof(back));
			p.step = steps[j];
			assert_int_equal(open_pipe(&p, NULL), 0);
			assert_int_equal(p.out_len, lens[i]);
			assert_memory_equal(back, plain, lens[i]);
		}
}

/* Every cut and, at a sample of places, every changed bit is noticed; what came out before is
 * the beginning of the truth. */
static void
damage(void **state)
{
	size_t n = seal(BIG, SIZE_MAX), at;

	(void)state;
	for (at = 0; at < n; at += at < 1700 ? 13 : 1009) {
		struct pipe p = from(sealed, at, back, sizeof(back));

		assert_int_not_equal(open_pipe(&p, NULL), 0);
		assert_memory_equal(back, plain, p.out_len);
		sealed[at] ^= 0x20;
		p = from(sealed, n, back, sizeof(back));
		assert_int_not_equal(open_pipe(&p, NULL), 0);
		assert_memory_equal(back, plain, p.out_len);
		sealed[at] ^= 0x20;
	}
	sealed[n] = 'x';
	{
		struct pipe p = from(sealed, n + 1, back, sizeof(back));

		assert_int_equal(open_pipe(&p, NULL), ERR_PAYLOAD);
	}
}

static void
failing_ends(void **state)
{
	size_t n = seal(BIG, SIZE_MAX), at;
	struct age_sealing how = { .to = &to, .to_cnt = 1 };

	(void)state;
	for (at = 0; at < n; at += 9001) {
		struct pipe p = from(sealed, n, back, sizeof(back));

		p.fail_read = at;
		assert_int_equal(open_pipe(&p, NULL), ERR_IO);
		p = from(plain, BIG, text, sizeof(text));
		p.fail_write = at;
		assert_int_equal(age_stream_seal(&how, (struct age_source){ take, &p },
						 (struct age_sink){ give, &p }),
				 ERR_FULL);
		if (at >= BIG)
			continue;
		p = from(plain, BIG, text, sizeof(text));
		p.fail_read = at;
		assert_int_equal(age_stream_seal(&how, (struct age_source){ take, &p },
						 (struct age_sink){ give, &p }),
				 ERR_IO);
		p = from(sealed, n, back, sizeof(back));
		p.fail_write = at;
		assert_int_equal(open_pipe(&p, NULL), ERR_FULL);
	}
}

/* A file key and stanzas of the caller's come back for the audit, byte for byte. */
static void
ready_stanzas(void **state)
{
	uint8_t stanza[AGE_STANZA_PQ_LEN], coins[XWING_COINS_LEN] = { 1 };
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN] = { 2 }, first[4000];
	struct age_file_key key = { { 3 } };
	struct age_sealing how = { .key = &key,
				   .stanzas = HKDF_IN(stanza, sizeof(stanza)),
				   .nonce = nonce };
	struct age_opened opened;
	struct pipe p = from(plain, 1000, sealed, sizeof(sealed));
	int i;

	(void)state;
	coins[33] = 1;
	assert_int_equal(age_stanza_seal_pq(stanza, &to.pk.xwing, coins, &key), 0);
	for (i = 0; i < 2; i++) {
		p = from(plain, 1000, sealed, sizeof(sealed));
		assert_int_equal(age_stream_seal(&how, (struct age_source){ take, &p },
						 (struct age_sink){ give, &p }),
				 0);
		if (i == 0)
			memcpy(first, sealed, p.out_len);
	}
	assert_memory_equal(first, sealed, p.out_len); /* nothing random in it */
	p = from(sealed, p.out_len, back, sizeof(back));
	assert_int_equal(open_pipe(&p, &opened), 0);
	assert_memory_equal(opened.key.b, key.b, sizeof(key.b));
	assert_int_equal(opened.header_len, AGE_HEADER_LEN(0, 1));
	assert_memory_equal(opened.header, sealed, opened.header_len);
	assert_memory_equal(opened.header + AGE_HEADER_BEGIN, stanza, sizeof(stanza));
	age_stream_forget(&opened);
	assert_null(opened.header);
	sealed[2000] ^= 1;
	p = from(sealed, AGE_HEADER_LEN(0, 1) + AGE_PAYLOAD_LEN(1000), back, sizeof(back));
	assert_int_equal(open_pipe(&p, &opened), ERR_PAYLOAD);
	assert_null(opened.header);
	age_stream_forget(&opened);
	age_stream_forget(NULL);
}

static void
sealing_refuses(void **state)
{
	struct age_recipient both[2];
	struct age_sealing how = { .to = both, .to_cnt = 2 };
	struct age_identity x;
	struct pipe p = from(plain, 10, sealed, sizeof(sealed));

	(void)state;
	age_key_make(&x, AGE_KIND_X25519);
	age_key_recipient(&both[0], &x);
	both[1] = to;
	assert_int_equal(age_stream_seal(&how, (struct age_source){ take, &p },
					 (struct age_sink){ give, &p }),
			 ERR_MIX);
	how.to_cnt = 0;
	assert_int_equal(age_stream_seal(&how, (struct age_source){ take, &p },
					 (struct age_sink){ give, &p }),
			 ERR_ARG);
	both[0] = to;
	both[0].pk.xwing.b[0] = both[0].pk.xwing.b[1] = 0xff;
	how.to_cnt = 1;
	assert_int_equal(age_stream_seal(&how, (struct age_source){ take, &p },
					 (struct age_sink){ give, &p }),
			 ERR_KEY);
	assert_int_equal(p.out_len, 0);
}

#define BEGIN "-----BEGIN AGE ENCRYPTED FILE-----"
#define END   "-----END AGE ENCRYPTED FILE-----"

static size_t
armor(size_t n, const char *eol)
{
	size_t at = 0, o = 0;

	o += (size_t)snprintf((char *)text, sizeof(text), "%s%s", BEGIN, eol);
	for (at = 0; at < n; at += 48) {
		size_t len = n - at < 48 ? n - at : 48;

		o += b64_encode((char *)text + o, sizeof(text) - o, sealed + at, len, B64_PADDED);
		o += (size_t)snprintf((char *)text + o, sizeof(text) - o, "%s", eol);
	}
	return o + (size_t)snprintf((char *)text + o, sizeof(text) - o, "%s%s", END, eol);
}

static int
open_text(size_t n, size_t step)
{
	struct pipe p = from(text, n, back, sizeof(back));
	int err;

	p.step = step;
	err = open_pipe(&p, NULL);
	assert_memory_equal(back, plain, p.out_len);
	return err;
}

static void
armored(void **state)
{
	static const size_t steps[] = { 1, 5, SIZE_MAX };
	size_t len, i, n;

	(void)state;
	/* Every length of the last line. */
	for (len = 0; len < 50; len++) {
		n = armor(seal(len, SIZE_MAX), "\n");
		for (i = 0; i < 3; i++)
			assert_int_equal(open_text(n, steps[i]), 0);
		assert_int_equal(open_text(armor(seal(len, SIZE_MAX), "\r\n"), 5), 0);
	}
	n = armor(seal(100000, SIZE_MAX), "\n");
	assert_int_equal(open_text(n, SIZE_MAX), 0);
	assert_int_equal(open_text(n - 1, SIZE_MAX), 0); /* without the last line end */
	/* Cut anywhere before. */
	for (i = 1; i < n - 1; i += i < 200 || i > n - 200 ? 1 : 997)
		assert_int_not_equal(open_text(i, SIZE_MAX), 0);
	/* Blanks behind are borne up to a bound, anything else is not. */
	memset(text + n, ' ', 900);
	assert_int_equal(open_text(n + 900, 11), 0);
	memset(text + n, '\n', 3000);
	assert_int_equal(open_text(n + 3000, 11), ERR_ARMOR);
	text[n + 5] = 'x';
	assert_int_equal(open_text(n + 6, 11), ERR_ARMOR);
}

static int
setup(void **state)
{
	(void)state;
	randombytes_buf(plain, sizeof(plain));
	age_key_make(&id, AGE_KIND_PQ);
	age_key_recipient(&to, &id);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trips),     cmocka_unit_test(damage),
		cmocka_unit_test(failing_ends),    cmocka_unit_test(ready_stanzas),
		cmocka_unit_test(sealing_refuses), cmocka_unit_test(armored),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("age_stream", tests, setup, NULL);
}
