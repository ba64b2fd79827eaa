/* Lists of cases and orders from the workspace, most urgent first. */
#ifndef CASE_LIST_H
#define CASE_LIST_H

#include <jansson.h>

#include "admin-cli/home/workspace.h"

struct cli;

/* All of a kind, sorted: what is due first stands first, closed ones last. Freed with
 * workspace_free(list, cnt * sizeof(*list)). */
int case_list_load(struct cli *cli, int kind, struct workspace_case **list, size_t *cnt)
	__attribute__((warn_unused_result));
/* The hour by which something must be done, UINT32_MAX for never. */
uint32_t case_list_due(const struct workspace_case *c);
/* The folded line of a case as an object; {} where it was not folded. New reference. */
json_t *case_list_line(const struct workspace_case *c);
/* One case as JSON for --json. */
json_t *case_list_json(const struct workspace_case *c);

#endif
