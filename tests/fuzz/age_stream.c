/* Whole age files. The first byte says how many bytes a read gives and whether what follows is a
 * file or the payload behind a known header. Reading in pieces must not change anything, and the
 * call for payloads in memory must agree with the stream. */
#include <assert.h>
#include <sodium.h>

#include "crypto/age_stream.h"
#include "crypto/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define OUT_MAX (1 << 21)

struct run {
	const uint8_t *part[2];
	size_t left[2], step;
	uint8_t *out;
	size_t out_len;
	struct age_opened opened;
};

static struct age_identity id;
static struct age_file_key file_key = { { 1, 2, 3 } };
static uint8_t header[AGE_HEADER_LEN(1, 0)];
static uint8_t out_a[OUT_MAX], out_b[OUT_MAX];

static void
setup(void)
{
	static bool done;
	static const char secret[] =
		"AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
	uint8_t stanza[AGE_STANZA_X25519_LEN], ephemeral[32] = { 4 };
	size_t n;

	if (done)
		return;
	done = true;
	if (sodium_init() < 0 || age_key_parse_identity(&id, secret, strlen(secret)) != 0 ||
	    age_stanza_seal_x25519(stanza, id.x25519_public, ephemeral, &file_key) != 0 ||
	    age_header_write(header, sizeof(header), &n, HKDF_IN(stanza, sizeof(stanza)),
			     &file_key) != 0)
		abort();
}

static int
take(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	struct run *run = arg;
	int i = run->left[0] > 0 ? 0 : 1;

	*got = run->left[i] < cap ? run->left[i] : cap;
	if (*got > run->step)
		*got = run->step;
	if (*got > 0)
		memcpy(buf, run->part[i], *got);
	run->part[i] += *got;
	run->left[i] -= *got;
	return 0;
}

static int
give(void *arg, const uint8_t *buf, size_t len)
{
	struct run *run = arg;

	if (len > OUT_MAX - run->out_len)
		return ERR_FULL;
	memcpy(run->out + run->out_len, buf, len);
	run->out_len += len;
	return 0;
}

static int
open_run(struct run *run)
{
	struct age_opener who = { .ids = &id,
				  .id_cnt = 1,
				  .passphrase = "password",
				  .passphrase_len = 8,
				  .max_work = 4 };

	return age_stream_open(&who, (struct age_source){ take, run },
			       (struct age_sink){ give, run }, &run->opened);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct run a = { .step = SIZE_MAX, .out = out_a }, b = { .out = out_b };
	bool payload;
	size_t n;
	int err;

	setup();
	if (len == 0)
		return 0;
	payload = data[0] & 1;
	b.step = 1 + (data[0] >> 1);
	data++;
	len--;
	a.part[0] = b.part[0] = header;
	a.left[0] = b.left[0] = payload ? sizeof(header) : 0;
	a.part[1] = b.part[1] = data;
	a.left[1] = b.left[1] = len;
	err = open_run(&a);
	assert(open_run(&b) == err);
	assert(a.out_len == b.out_len && memcmp(out_a, out_b, a.out_len) == 0);
	assert((!err) == (a.opened.header != NULL));
	if (payload && err != ERR_FULL) {
		int whole = age_payload_open(out_b, OUT_MAX, &n, &file_key, HKDF_IN(data, len));

		assert(whole == err);
		assert(err || (n == a.out_len && memcmp(out_a, out_b, n) == 0));
	}
	age_stream_forget(&a.opened);
	age_stream_forget(&b.opened);
	return 0;
}
