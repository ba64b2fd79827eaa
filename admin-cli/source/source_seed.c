/* The randomness of a source in davy: the system's (see source_seed.h). */
#include "admin-cli/source/source_seed.h"

#include <stddef.h>

void
source_seed_receipt(struct receipt *out)
{
	receipt_new(out);
}

void
source_seed_reward(struct reward_code *out)
{
	reward_code_new(out);
}

struct seal_rng *
source_seed_rng(void)
{
	return NULL;
}
