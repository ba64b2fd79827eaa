/* Plaintexts of entries. The input is the beginning, the rest is zero; what decodes
 * builds the same again. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t plain[ENTRY_LEN], again[ENTRY_LEN];
	struct entry e, back;
	struct key_sign key = { { 0 } };
	if (sodium_init() < 0)
		abort();
	memset(plain, 0, sizeof(plain));
	memcpy(plain, data, len < sizeof(plain) ? len : sizeof(plain));
	if (entry_decode(&e, plain) != 0) {
		assert(e.json == NULL && entry_parse(&back, plain) != 0);
		return 0;
	}
	assert(e.binary >= plain && e.binary + e.binary_len <= plain + ENTRY_SIGNED_LEN);
	assert((const uint8_t *)e.json + e.json_len <= plain + ENTRY_SIGNED_LEN);
	assert(text_utf8(e.json, e.json_len) == 0);
	memcpy(key.bytes + 32, e.author, 32);
	assert(entry_build(again, &e, &key) == 0);
	assert(memcmp(again, plain, ENTRY_SIGNED_LEN) == 0);
	return 0;
}
