/* Epoch certificates: what parses prints the same bytes. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/epoch.h"
#include "crypto/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct roster r = { .desk_cnt = 1, .desk = { { .number = 1 } } };
	uint8_t out[EPOCH_NOTE_MAX + 1];
	struct epoch e;
	struct bufw w;
	if (sodium_init() < 0)
		abort();
	assert(epoch_verify(&e, data, len, &r, EPOCH_PENDING) != 0);
	assert(e.number == 0);
	if (epoch_parse(&e, (const char *)data, len) != 0)
		return 0;
	bufw_init(&w, out, sizeof(out));
	assert(epoch_print(&w, &e) == 0);
	assert(w.len == len && memcmp(out, data, len) == 0);
	return 0;
}
