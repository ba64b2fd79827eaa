/*
 * Where a source's randomness comes from. davy draws it from the system; the tests, which compare
 * what page and tool make of one seed, link tests/lib/source_seed.c in place of source_seed.c.
 */
#ifndef SOURCE_SEED_H
#define SOURCE_SEED_H

#include "crypto/receipt.h"
#include "crypto/seal.h"

/* A receipt that nobody had before. */
void source_seed_receipt(struct receipt *out);
/* The stream that sealing draws from; NULL: the system's. */
struct seal_rng *source_seed_rng(void);

#endif
