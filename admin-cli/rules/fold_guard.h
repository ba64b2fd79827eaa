/* The guards of the state machines: conditions that a move needs besides its state and its signers.
 */
#ifndef FOLD_GUARD_H
#define FOLD_GUARD_H

#include "admin-cli/rules/fold_state.h"

/* Whether this guard lets the move happen. */
bool fold_guard(enum machine_guard guard, const struct fold_move *move);
/* The first guard of a move that does not; GUARD__MAX where all do. */
enum machine_guard fold_guards(const struct machine_move *m, const struct fold_move *how);

#endif
