/* Deterministic random numbers for tests (FORMATS.md section 15). Only test builds link this
 * file; a released program never does. */
#include "crypto/buf.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"
#include "crypto/seal.h"

#include <string.h>

static void
next_block(struct seal_test_rng *t)
{
	struct bufw w;
	uint8_t info[LABEL_LEN(LABEL_TEST) + 4];
	bufw_init(&w, info, sizeof(info));
	bufw_text(&w, LABEL_TEST);
	bufw_u32(&w, t->counter++);
	(void)!hkdf_derive(t->block, sizeof(t->block), HKDF_IN(t->seed, sizeof(t->seed)),
			   HKDF_EMPTY, HKDF_IN(info, w.len));
	t->used = 0;
}

static void
fill(struct seal_rng *rng, void *dst, size_t len)
{
	struct seal_test_rng *t = (struct seal_test_rng *)
		rng; /* the first member of struct seal_test_rng */
	uint8_t *p = dst;
	while (len > 0) {
		if (t->used == sizeof(t->block))
			next_block(t);
		size_t n = sizeof(t->block) - t->used;
		if (n > len)
			n = len;
		memcpy(p, t->block + t->used, n);
		t->used += n;
		p += n;
		len -= n;
	}
}

void
seal_test_rng_init(struct seal_test_rng *rng, const uint8_t seed[static 32])
{
	memset(rng, 0, sizeof(*rng));
	rng->rng.fill = fill;
	rng->used = sizeof(rng->block);
	memcpy(rng->seed, seed, sizeof(rng->seed));
}
