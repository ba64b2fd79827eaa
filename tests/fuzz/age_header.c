/* Headers of age: what parses is walked, opened and written again. */
#include <assert.h>
#include <sodium.h>

#include "crypto/age_header.h"
#include "crypto/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The keys of the published vectors, so that their stanzas open. */
static struct age_identity ids[2];

static void
setup(void)
{
	static bool done;
	static const char *const keys[] = {
		"AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0",
		"AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG",
	};
	size_t i;

	if (done)
		return;
	done = true;
	if (sodium_init() < 0)
		abort();
	for (i = 0; i < 2; i++)
		if (age_key_parse_identity(&ids[i], keys[i], strlen(keys[i])) != 0)
			abort();
}

static void
walk(const struct age_header *h)
{
	struct age_stanza s;
	size_t pos = 0, cnt = 0, i;
	int err;

	while ((err = age_header_next(h, &pos, &s)) == 0) {
		cnt++;
		assert(s.arg_cnt > 0 && pos <= h->mac_off);
		for (i = 0; i < s.arg_cnt && i < AGE_STANZA_ARG_MAX; i++)
			assert(s.arg[i].len > 0 && (const uint8_t *)s.arg[i].b >= h->b &&
			       (const uint8_t *)s.arg[i].b + s.arg[i].len < h->b + h->mac_off);
	}
	assert(err == ERR_NOT_FOUND && cnt == h->stanza_cnt);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct age_opener who = { .ids = ids,
				  .id_cnt = 2,
				  .passphrase = "password",
				  .passphrase_len = 8,
				  .max_work = 10 };
	static uint8_t again[AGE_HEADER_MAX];
	struct age_file_key key;
	struct age_header h;
	size_t n;

	setup();
	if (age_header_parse(&h, data, len) != 0)
		return 0;
	assert(h.len <= len && h.mac_off + AGE_HEADER_END == h.len);
	walk(&h);
	if (age_header_open(&key, &h, &who) != 0)
		return 0;
	/* The same stanzas under the same key make the same header. */
	assert(age_header_write(again, sizeof(again), &n,
				HKDF_IN(data + AGE_HEADER_BEGIN, h.mac_off - AGE_HEADER_BEGIN),
				&key) == 0);
	assert(n == h.len && memcmp(again, data, n) == 0);
	return 0;
}
