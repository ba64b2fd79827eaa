/*
 * The fold: entries of a case or an order in, state out.
 *
 * It is a function of its input alone (entries, who is who, today), so two people who hold the
 * same entries see the same state. Every entry gets a verdict. What the rules forbid is kept and
 * shown as rejected with its reason, whoever put it there, and changes nothing. Moves by SYS are
 * never entries: they follow from state, the server's day and today.
 *
 * Order: each thread keeps its own; across the two threads the server's day decides, and within a
 * day what an author had before her ("after" in a body); what still stands side by side goes desk
 * first, so that what a source says counts later rather than not at all.
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

/* One sentence without a full stop, for gettext; and the word for programs ("role", "state",
 * "guard:not_s1"). */
const char *fold_reason_text(enum fold_reason reason);
const char *fold_reason_name(enum fold_reason reason);

/* A state, and an entry's type, in the words of the language in use; borrowed. The type's is NULL
 * where this davy does not know it. */
const char *fold_state_text(enum machine_id machine, const char *state);
const char *fold_type_text(uint16_t type);

#endif
