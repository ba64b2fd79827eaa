/* Acknowledging the tip of the case at hand. */
#ifndef CASE_ACK_H
#define CASE_ACK_H

struct cli;

/* Writes that the tip of cli->opened was read, and the statement of the desk. Refused where its
 * words were on no screen of this home. */
int case_ack_write(struct cli *cli) __attribute__((warn_unused_result));

#endif
