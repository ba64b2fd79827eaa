/* Lists of cases and orders from the workspace, most urgent first. */
#ifndef CASE_LIST_H
#define CASE_LIST_H

#include <jansson.h>

#include "admin-cli/home/workspace.h"

struct cli;

/*
 * Cases that wait, sorted by what is due: after so many of one ladder in a row comes one of the
 * other, so that a flood of urgent cases hides no ordinary one, nor the other way round.
 */
#define CASE_LIST_RUN 3
void case_list_mix(struct workspace_case *list, size_t all);
/* All of a kind, sorted: what is due first stands first (case_list_mix), closed ones last. Freed
 * with workspace_free(list, cnt * sizeof(*list)). */
int case_list_load(struct cli *cli, int kind, struct workspace_case **list, size_t *cnt)
	__attribute__((warn_unused_result));
/* The hour by which something must be done, UINT32_MAX for never. */
uint32_t case_list_due(const struct workspace_case *c);
/* The folded line of a case as an object; {} where it was not folded. New reference. */
json_t *case_list_line(const struct workspace_case *c);
/* One case as JSON for --json. */
json_t *case_list_json(const struct workspace_case *c);

#endif
