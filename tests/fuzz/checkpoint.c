/* The text of a checkpoint of a public log. What parses is written again as the same bytes. */
#include <assert.h>
#include <string.h>

#include "crypto/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t out[1024];
	struct checkpoint c;
	struct bufw w;
	if (checkpoint_get(&c, (const char *)data, len))
		return 0;
	bufw_init(&w, out, sizeof(out));
	assert(checkpoint_put(&w, &c) == 0);
	assert(w.len == len && memcmp(out, data, len) == 0);
	return 0;
}
