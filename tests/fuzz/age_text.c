/* Keys, key files, bech32 and base64: what is taken is written back to the same text. */
#include <assert.h>
#include <sodium.h>

#include "crypto/age_key.h"
#include "crypto/b64.h"
#include "crypto/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
base64(const char *text, size_t len)
{
	static uint8_t bytes[1 << 16];
	static char again[B64_LEN(1 << 16) + 1];
	enum b64_form form;
	size_t n;

	for (form = B64_PADDED; form <= B64_RAW; form++) {
		if (b64_decode(bytes, sizeof(bytes), &n, text, len, form) != 0)
			continue;
		assert(b64_encode(again, sizeof(again), bytes, n, form) == len);
		assert(memcmp(again, text, len) == 0);
	}
}

static void
keys(const char *text, size_t len)
{
	char secret[AGE_IDENTITY_CAP], public[AGE_RECIPIENT_CAP];
	struct age_recipient to;
	struct age_identity id;

	if (age_key_parse_identity(&id, text, len) == 0) {
		age_key_print_identity(secret, &id);
		assert(strlen(secret) == len && memcmp(secret, text, len) == 0);
	}
	if (age_key_parse_recipient(&to, text, len) == 0) {
		age_key_print_recipient(public, &to);
		assert(strlen(public) == len && memcmp(public, text, len) == 0);
	}
}

static void
key_file(const uint8_t *data, size_t len)
{
	struct age_identity *ids;
	size_t cnt, line;
	FILE *f = fmemopen((void *)(uintptr_t)data, len, "r");
	int err;

	if (!f)
		return;
	err = age_key_load(f, &ids, &cnt, &line);
	assert((!err) == (ids != NULL) && (!err) == (cnt > 0));
	age_key_free(ids);
	fclose(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (sodium_init() < 0 || len == 0)
		return 0;
	base64((const char *)data, len);
	keys((const char *)data, len);
	key_file(data, len);
	return 0;
}
