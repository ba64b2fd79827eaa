/* What the rules of a visit under seal share: whom it names, its layers, its findings. */
#ifndef FOLD_VISIT_H
#define FOLD_VISIT_H

#include "admin-cli/rules/fold_guard.h"
#include "admin-cli/rules/fold_state.h"

/* The layer that the next take has to name, 0 to 2; FOLD_LAYERS where none can be taken. */
unsigned fold_visit_turn(const struct fold *f);

/* Whether a handle stands in a list of handles. */
bool fold_visit_has(const uint8_t list[][8], unsigned cnt, const uint8_t handle[static 8]);

/* Whether the first entry of an order names somebody on one of its sides. */
bool fold_visit_names(const json_t *order, const uint8_t handle[static 8]);

/* A finding as a fold of its own, for its machine and guards. */
void fold_finding_as(struct fold *out, const struct fold *f, unsigned at);
/* Keeps in `f` what its machine made of it. */
void fold_finding_keep(struct fold *f, const struct fold *as);

/* The guards of orders and findings, as in fold_guard.h. */
bool fold_visit_guard(enum machine_guard guard, const struct fold_move *move);

#endif
