/* The findings of visits in words: as lines of a table, and one with all that became of it. */
#ifndef SHOW_FINDING_H
#define SHOW_FINDING_H

#include <jansson.h>
#include <stdbool.h>

struct cli;
struct cli_table;
struct opened;

/* A table of findings; `orders`: of several orders, so that each line names its own. */
struct cli_table *show_finding_table(struct cli *cli, bool orders);
void show_finding_row(struct cli *cli, struct cli_table *t, const struct opened *d, unsigned k,
		      bool orders);
/* Finding k as it stands: its hash, its state, its words; a new reference. */
json_t *show_finding_json(const struct opened *d, unsigned k);
/* All that was written about it; the same as JSON is appended to `out`. */
void show_finding(struct cli *cli, const struct opened *d, unsigned k, json_t *out);

#endif
