/* What each type of entry does: the rules behind the fold. */
#ifndef FOLD_RULE_H
#define FOLD_RULE_H

#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/fold_guard.h"

/* The fold while it runs: e is the entry at hand. */
struct fold_run {
	struct fold *f;
	struct fold_input *in;
	struct fold_entry *e;
};

struct fold_rule;

/* The rule for a type in this machine; NULL: a type of a newer davy. */
const struct fold_rule *fold_rule_find(enum machine_id machine, uint16_t type);
/* Applies it to run->e: thread, author, role, body, then what it does. FOLD_FINE or why not; on
 * a reason nothing has changed. */
enum fold_reason fold_rule_apply(const struct fold_rule *rule, struct fold_run *run);
/* Enters a state and notes what the rules later ask about. */
void fold_enter(struct fold *f, int state, const struct fold_move *how);

#endif
