/* The place of an entry: the order across the threads, duplicates, and the chain of hashes. */
#ifndef FOLD_ORDER_H
#define FOLD_ORDER_H

#include "admin-cli/rules/fold_state.h"

/* Fills order[in->entry_cnt] with indices in the order in which entries count. ERR_MEM. */
int fold_order(size_t *order, const struct fold_input *in) __attribute__((warn_unused_result));
/* Whether the same sealed bytes stand earlier in the order (at < n). */
bool fold_is_duplicate(const struct fold_input *in, const size_t *order, size_t n);
/* Whether prev and seen of entry i name what FORMATS §6 wants of them. */
bool fold_chained(const struct fold_input *in, size_t i);

#endif
