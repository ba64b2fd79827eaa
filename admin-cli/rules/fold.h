/*
 * The fold computes the state of a case or an order from its entries.
 *
 * The result depends on the input alone (the entries, who their authors are, today's date), so two
 * people who hold the same entries see the same state. Every entry gets a verdict. An entry that
 * the rules forbid is kept and shown as rejected, with the reason; it changes nothing, whoever
 * stored it. Moves by SYS are never entries: they follow from the state, the days of the entries
 * and today.
 *
 * Order: each thread keeps its own order. Across the two threads the day at the server decides, and
 * within one day the entries that the author had seen ("after" in the body). Where neither decides,
 * the desk's entry comes first: a word of the source then counts later, but it always counts.
 */
#ifndef FOLD_H
#define FOLD_H

#include "admin-cli/rules/fold_state.h"

/* Folds; verdicts are written into the entries. fold_free() the result. ERR_MEM. */
int fold_run(struct fold *out, struct fold_input *in) __attribute__((warn_unused_result));
void fold_free(struct fold *f);

/* Sets number, seen and prev of an entry that would stand behind these `cnt`: its place in its
 * thread, the hash of the last entry there, and of the last by its author. */
void fold_link(struct fold_entry *e, const struct fold_entry *entry, size_t cnt);

/* What the fold would say to one more entry at the end: FOLD_FINE or the reason. Changes nothing.
 */
enum fold_reason fold_try(const struct fold_input *in, const struct fold_entry *next);

/* The day by which a held case is to be reviewed: fourteen days after the last time; 0: not held.
 */
uint32_t fold_review_due(const struct fold *f);

/* Whether a member may read the case: neither a list hides it from him nor has he taken himself
 * off.
 */
bool fold_reads(const struct fold *f, const uint8_t handle[static 8]);

/* Whether two have handed the case to this member, of whatever desk he is. */
bool fold_given(const struct fold *f, const uint8_t handle[static 8]);

/* One sentence without a full stop, for gettext; and the word for programs ("role", "state",
 * "guard:not_s1"). */
const char *fold_reason_text(enum fold_reason reason);
const char *fold_reason_name(enum fold_reason reason);

/* A state, and an entry's type, in the words of the language in use; borrowed. The type's is NULL
 * where this davy does not know it. */
const char *fold_state_text(enum machine_id machine, const char *state);
const char *fold_type_text(uint16_t type);

#endif
