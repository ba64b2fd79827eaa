/* A blob for the reward desk as a tip brings it, and claim codes as somebody types them. */
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/reward.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct xwing_secret secret = { .seed = { 1 } };
	static struct open_key *key;
	uint8_t v[REWARD_VERIFIER_LEN];
	struct reward_code code, back;
	char text[REWARD_TEXT_LEN + 1];
	if (!key && (sodium_init() < 0 || !(key = open_key_new(&secret))))
		abort();
	if (reward_open(v, data, len, key))
		assert(sodium_is_zero(v, sizeof(v)));
	else
		assert(len == REWARD_BLOB_LEN);
	if (reward_code_parse(&code, (const char *)data, len)) {
		assert(code.digits[0] == '\0');
		return 0;
	}
	reward_code_print(text, &code);
	assert(strlen(text) == REWARD_TEXT_LEN);
	assert(reward_code_parse(&back, text, REWARD_TEXT_LEN) == 0);
	assert(strcmp(back.digits, code.digits) == 0);
	return 0;
}
