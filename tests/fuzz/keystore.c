/* Keystore files. Costs above the least are skipped here: they are only slow. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/buf.h"
#include "crypto/keystore.h"
#include "crypto/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *plain = NULL;
	size_t plain_len = 0;
	struct buf b;
	if (sodium_init() < 0)
		abort();
	buf_init(&b, data, len);
	(void)buf_u32(&b);
	uint32_t ops = buf_u32(&b), mem = buf_u32(&b);
	if (ops <= KEYSTORE_OPS_MAX && mem <= KEYSTORE_MEM_MAX && (ops > 1 || mem > 64))
		return 0;
	if (keystore_open(&plain, &plain_len, data, len, "青山 correct horse") != 0) {
		assert(plain == NULL && plain_len == 0);
		return 0;
	}
	assert(plain_len + KEYSTORE_HEAD_LEN + KEYSTORE_TAG_LEN == len);
	assert(plain[plain_len] == '\0');
	secret_free(plain);
	return 0;
}
