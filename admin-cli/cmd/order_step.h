/* A step of an order that may take two members: the last part of the commands on orders. */
#ifndef ORDER_STEP_H
#define ORDER_STEP_H

#include <jansson.h>
#include <stdint.h>

struct cli;

/* Opens cli->target as cli->opened with the newest roster; without a network with the one that is
 * here. */
int order_step_open(struct cli *cli) __attribute__((warn_unused_result));
/* The layer that the command's second argument names; a failure is recorded. */
int order_step_layer(struct cli *cli, unsigned *layer) __attribute__((warn_unused_result));
/* Writes an entry of this type into cli->opened. Where it takes two members: signs what another has
 * proposed, else proposes it. Takes over the body, NULL where a text of it is not UTF-8. */
int order_step(struct cli *cli, uint16_t type, json_t *body) __attribute__((warn_unused_result));
/* Its second part: proposes it, and says who signs it how. */
int order_step_propose(struct cli *cli, uint16_t type, json_t *body)
	__attribute__((warn_unused_result));

#endif
