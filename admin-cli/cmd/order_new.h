/* Drafts of sealed orders: what davy order new and davy ui share. */
#ifndef CMD_ORDER_NEW_H
#define CMD_ORDER_NEW_H

#include <jansson.h>
#include <stdint.h>

struct cli;

/* Fills in what the need says that begins with this id; refused where this desk has not taken it.
 */
int order_new_need(struct cli *cli, const char *id, json_t *draft)
	__attribute__((warn_unused_result));
/* The same of a slot of a plan, and of the need that it answers. */
int order_new_slot(struct cli *cli, const char *plan, size_t slot, json_t *draft)
	__attribute__((warn_unused_result));
/* Checks and keeps a draft, draws the hour of its sealing, and says when that is. All zero: a new
 * id is drawn. */
int order_new_keep(struct cli *cli, json_t *draft, uint8_t id[static 16])
	__attribute__((warn_unused_result));

#endif
