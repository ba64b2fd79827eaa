/*
 * What each type of entry does to a case or an order: the rules behind the fold. Which function
 * belongs to which type, and who may write it, stands in the table of entry_type.c.
 */
#ifndef FOLD_RULE_H
#define FOLD_RULE_H

#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/fold_state.h"

/* The row of a type that has a rule in this machine; NULL: a type of a newer davy. */
const struct entry_type *fold_rule_find(enum machine_id machine, uint16_t type);
/* Applies it to run->e: thread, author, role, body, then what it does. FOLD_FINE or why not; on
 * a reason nothing has changed. */
enum fold_reason fold_rule_apply(const struct entry_type *type, struct fold_run *run);
/* Makes the move to a state for these signers, if the machine and its guards allow it. */
enum fold_reason fold_do_move(struct fold *f, int to, const struct fold_move *how);
/* Enters a state and notes what the rules later ask about. */
void fold_enter(struct fold *f, int state, const struct fold_move *how);

/* Reads the blob for the reward desk in a body, REWARD_BLOB_LEN bytes; false: it is none. */
bool fold_blob(uint8_t *blob, const json_t *body);
/* The first entry of a book; without it nothing in that log counts. */
enum fold_reason fold_begin_book(struct fold_run *run);

/* The accepted abstract before this entry that a body names; NULL where there is none. */
const struct fold_entry *fold_rule_named(const struct fold_run *run, const json_t *body);
/* Keeps a new classification, and the day on which the severity became another. */
void fold_rule_class(struct fold_run *run, const struct fold *after);
/* The body of the tip; NULL where there is none. */
const json_t *fold_rule_said(const struct fold_run *run);

/* The rules, for the table. `how` has the author alone, or two members where the type stands inside
 * a proposal: then how->type and how->body are those of the proposed entry, not run->e's. */
enum fold_reason fold_rule_tip(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_message(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_answer(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_objection(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_withdrawal(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_acknowledge(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_reply(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_note(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_claim(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_object(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_triage(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_abstract(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_forward(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_propose(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_cosign(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_split(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_close(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_correction(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_link(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_extend(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_hold(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_referral(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_need(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_campaign(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_book_move(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_book_note(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_rota(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_plan(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_plan_share(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_plan_reveal(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_plan_result(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_restrict(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_reseal(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_file_keys(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_recuse(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_order(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_visit(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_release(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_take(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_anomaly(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_photo(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_finding(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_finding_move(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_look_back(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_supervise(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_sister(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_soft_look(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_warn(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_award(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_batch(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_claimed(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_paid(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_collect(struct fold_run *run, const struct fold_move *how);
/* What a reply of the desk that pays does in the log of a claim. */
enum fold_reason fold_rule_told(struct fold_run *run, const struct fold_move *how);
enum fold_reason fold_rule_order_note(struct fold_run *run, const struct fold_move *how);

#endif
