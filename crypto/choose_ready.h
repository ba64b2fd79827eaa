/* Whether a tip can be sealed today with this roster and these keys, and for how long. davyd status
 * and davy sync say the same about it. */
#ifndef CRYPTO_CHOOSE_READY_H
#define CRYPTO_CHOOSE_READY_H

#include "crypto/bundle.h"

#include <stdint.h>

/* Of the desks in the roster: how many there are, have a key, may receive a tip, and can do so
 * today with all the desks that the choice needs beside them; the days until the first of their
 * keys ends (0 where no desk has one). */
struct choose_ready {
	unsigned desks, keyed, receive, sending;
	uint32_t key_days;
};

void choose_ready(struct choose_ready *out, const struct bundle *b, uint32_t day);

#endif
