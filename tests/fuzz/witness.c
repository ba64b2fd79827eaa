/* What a stranger sends to a witness. What parses is written again as the same bytes, and no log of
 * this key ever grows by it. */
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/err.h"
#include "crypto/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t out[2 * WITNESS_REQUEST_MAX];
	static const struct note_key log = { .name = "log.00", .key = { 2 } };
	static const struct checkpoint last;
	struct witness_request q;
	struct checkpoint now;
	struct note note;
	struct bufw w;
	if (len > WITNESS_REQUEST_MAX || witness_request_get(&q, data, len))
		return 0;
	bufw_init(&w, out, sizeof(out));
	assert(witness_request_put(&w, &q) == 0);
	assert(w.len == len && memcmp(out, data, len) == 0);
	if (witness_checkpoint(&now, &note, &q) == 0)
		assert(witness_judge(&q, &now, &note, &log, &last) == WITNESS_UNSIGNED);
	return 0;
}
