/* What a gateway shows a source of her entry in the public log. What parses is written again as the
 * same bytes, and no proof holds that nobody made. */
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/err.h"
#include "crypto/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t out[FRAME_BODY_LEN];
	static const struct cosigners nobody;
	static const struct log_trust trust = { .gateway = { 1 },
						.log = { 2 },
						.cosigners = &nobody };
	static const struct receipt_keys her;
	struct log_proof p;
	struct bufw w;
	struct buf b;
	struct cosigned seen;
	buf_init(&b, data, len);
	if (log_proof_get(&p, &b)) {
		assert(p.state == LOG_NONE);
		return 0;
	}
	assert(log_proof_check(&p, &trust, &her, 0, &seen) == LOG_REFUTED);
	bufw_init(&w, out, sizeof(out));
	if (log_proof_put(&w, &p) == 0)
		assert(memcmp(out, data, w.len) == 0);
	return 0;
}
