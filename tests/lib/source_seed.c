/*
 * In place of admin-cli/source/source_seed.c, for tests alone: receipt and randomness come from the
 * environment, so that page and tool can be compared on one seed. DAVY_TEST_SEED is 32 bytes of
 * hex, DAVY_TEST_RECEIPT the thirty digits, DAVY_TEST_REWARD the twenty of a claim code. A program
 * that ships never links this.
 */
#include "admin-cli/source/source_seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"

static const char *
needed(const char *name)
{
	const char *value = getenv(name);

	if (value)
		return value;
	fprintf(stderr, "%s is missing\n", name);
	exit(2);
}

void
source_seed_receipt(struct receipt *out)
{
	const char *digits = needed("DAVY_TEST_RECEIPT");

	if (receipt_parse(out, digits, strlen(digits)))
		abort();
}

void
source_seed_reward(struct reward_code *out)
{
	const char *digits = needed("DAVY_TEST_REWARD");

	if (reward_code_parse(out, digits, strlen(digits)))
		abort();
}

struct seal_rng *
source_seed_rng(void)
{
	static struct seal_test_rng rng;
	uint8_t seed[32];

	if (!term_unhex(seed, sizeof(seed), needed("DAVY_TEST_SEED")))
		abort();
	seal_test_rng_init(&rng, seed);
	return &rng.rng;
}
