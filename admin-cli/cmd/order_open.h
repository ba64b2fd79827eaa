/* Opening a layer of a sealed order: what davy order open and davy ui share. */
#ifndef CMD_ORDER_OPEN_H
#define CMD_ORDER_OPEN_H

struct cli;

/* Opens it for cli->target and prints what it says, or that its code is missing. `spoken`: the five
 * digits of the log and the 30 of the code, in whatever groups; NULL: the code that was sealed. */
int order_open_layer(struct cli *cli, unsigned layer, const char *spoken)
	__attribute__((warn_unused_result));

#endif
