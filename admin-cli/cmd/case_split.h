/* Opening the order of a split. */
#ifndef CASE_SPLIT_H
#define CASE_SPLIT_H

#include <jansson.h>

struct cli;

/* Opens the order that a split entry names, with the abstract in cli->opened; nothing where the
 * part goes into another case. */
int case_split_order(struct cli *cli, const json_t *split) __attribute__((warn_unused_result));

#endif
