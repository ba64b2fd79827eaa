/* The outbox in words and as JSON: what was written without a network and waits for a sync. */
#ifndef SHOW_OUTBOX_H
#define SHOW_OUTBOX_H

#include <jansson.h>

#include "admin-cli/desk/submit.h"

struct cli;

/* One item as a line: its number, type, case, the hour at which it was written, the last failure.
 */
void show_outbox_item(struct cli *cli, const struct workspace_out *o);
/* The same with its body, for programs; new reference. */
json_t *show_outbox_json(const struct workspace_out *o);
/* How many items wait for the case or order with this id. */
size_t show_outbox_cnt(const struct workspace_out *list, size_t cnt, const uint8_t id[static 16]);
/* Prints what waits for one case or order, and puts it into `data` as "outbox". Returns 0, or the
 * failure of the workspace. */
int show_outbox_of(struct cli *cli, const uint8_t id[static 16], json_t *data)
	__attribute__((warn_unused_result));

#endif
