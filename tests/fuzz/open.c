/* Sealed entries as a desk's tool gets them. The input is a list of edits of four bytes: u16 where,
 * u8 what is changed there, u8 odd: in the plaintext before it is sealed, else in the sealed file.
 * The keys are fixed. What was not changed opens and is audited; a changed file does not open and
 * leaves no plaintext; a changed plaintext opens and is no entry. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/open.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct open_key *keys[2];

/* Whether anything is another than before. */
static bool
edit(uint8_t *b, size_t cap, const uint8_t *data, size_t len, int which)
{
	static uint8_t was[SEAL_LEN];
	memcpy(was, b, cap);
	for (size_t i = 0; i + 4 <= len; i += 4)
		if ((data[i + 3] & 1) == which)
			b[((size_t)data[i] << 8 | data[i + 1]) % cap] ^= data[i + 2];
	return memcmp(was, b, cap) != 0;
}

static void
make(uint8_t sealed[static SEAL_LEN], const uint8_t *data, size_t len, bool *plain_changed,
     bool *file_changed)
{
	static uint8_t plain[ENTRY_LEN];
	_Static_assert(ENTRY_LEN <= SEAL_LEN, "edit() keeps either");
	const uint8_t seed[32] = { 1 }, id[KEY_ID_LEN] = { 2 };
	struct seal_set set = { .pk = { open_key_public(keys[0]), open_key_public(keys[1]) } };
	struct seal_test_rng rng;
	struct key_sign key;
	uint8_t author[32];
	struct seal s;
	static const uint8_t x[KEY_SEAL_PUBLIC_LEN] = { 3 }; /* a tip's public half */
	struct entry e = {
		.type = ENTRY_TIP, .json = "{}", .json_len = 2, .binary = x, .binary_len = sizeof(x)
	};
	crypto_sign_seed_keypair(author, key.bytes, seed);
	memcpy(e.author, author, 32);
	memcpy(e.id, id, sizeof(id));
	seal_test_rng_init(&rng, seed);
	assert(seal_begin(&s, &set, id, &rng.rng) == 0);
	memcpy(e.recipient, s.hash, sizeof(s.hash));
	assert(entry_build(plain, &e, &key) == 0);
	*plain_changed = edit(plain, sizeof(plain), data, len, 1);
	assert(seal_finish(&s, plain, sealed) == 0);
	seal_wipe(&s);
	*file_changed = edit(sealed, SEAL_LEN, data, len, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t plain[ENTRY_LEN], sealed[SEAL_LEN];
	struct open_known known[2];
	struct open_result r;
	struct entry e;
	if (sodium_init() < 0)
		abort();
	for (int i = 0; i < 2; i++) {
		struct xwing_secret secret = { .seed = { (uint8_t)(i + 1) } };
		keys[i] = keys[i] ? keys[i] : open_key_new(&secret);
		assert(keys[i]);
		open_known_set(&known[i], open_key_public(keys[i]), (uint16_t)(i + 1));
	}
	bool plain_changed, file_changed;
	make(sealed, data, len, &plain_changed, &file_changed);
	int err = open_sealed(plain, &r, sealed, keys[0], len ? data[0] : 0);
	assert(!err == !file_changed);
	if (err) {
		assert(sodium_is_zero(plain, sizeof(plain)));
		return 0;
	}
	err = entry_parse(&e, plain);
	assert(!err == !plain_changed);
	if (!err)
		assert(open_audit(&r, sealed, &e, known, 2) == 0);
	return 0;
}
