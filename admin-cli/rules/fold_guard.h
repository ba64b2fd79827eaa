/* The guards of the machines, each a predicate of its own. */
#ifndef FOLD_GUARD_H
#define FOLD_GUARD_H

#include "admin-cli/rules/fold.h"

/* One attempted move. People: the author, or proposer and cosigner; none for SYS and SRC. */
struct fold_move {
	const struct fold *fold; /* before the move */
	const struct fold_person *who[2];
	unsigned who_cnt;
	const json_t *body; /* of the move, or NULL */
	uint32_t day;
};

/* Whether this guard lets the move happen. */
bool fold_guard(enum machine_guard guard, const struct fold_move *move);
/* The first guard of a set of bits that does not; GUARD__MAX where all do. */
enum machine_guard fold_guards(uint32_t bits, const struct fold_move *move);

#endif
