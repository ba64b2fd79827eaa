/*
 * Where a source's randomness comes from. davy draws it from the system. The tests that compare the
 * page's bytes with the tool's for one seed link tests/lib/source_seed.c in place of source_seed.c.
 */
#ifndef SOURCE_SEED_H
#define SOURCE_SEED_H

#include "crypto/receipt.h"
#include "crypto/reward.h"
#include "crypto/seal.h"

/* Draws a new receipt. */
void source_seed_receipt(struct receipt *out);
/* Draws a new claim code of a reward. */
void source_seed_reward(struct reward_code *out);
/* The stream from which sealing draws; NULL means the system's. Borrowed, never freed. */
struct seal_rng *source_seed_rng(void);

#endif
