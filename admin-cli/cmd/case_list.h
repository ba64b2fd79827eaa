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
/* Sorts them so; what has nothing due, and what is closed, stands last. 0 or ERR_MEM. */
int case_list_sort(struct workspace_case *list, size_t cnt) __attribute__((warn_unused_result));
/* All of a kind, sorted by case_list_sort(). Freed with
 * workspace_free(list, cnt * sizeof(*list)). */
int case_list_load(struct cli *cli, int kind, struct workspace_case **list, size_t *cnt)
	__attribute__((warn_unused_result));
/* By priority: life in danger first, then what the triage says (rules/priority.h); cases that
 * nobody has classified after those, as case_list_sort() has left them. */
int case_list_by_priority(struct workspace_case *list, size_t cnt)
	__attribute__((warn_unused_result));
/* One case as JSON for --json. */
json_t *case_list_json(const struct workspace_case *c);

/* Whether a held case is to be reviewed, by line.date. */
bool case_list_review(const struct workspace_case *c);

#endif
