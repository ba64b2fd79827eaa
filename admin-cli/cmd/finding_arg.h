/* The number of a finding on the command line, behind the order. */
#ifndef FINDING_ARG_H
#define FINDING_ARG_H

struct cli;

/* K, at least `least`. */
int finding_arg(struct cli *cli, unsigned least, unsigned *k) __attribute__((warn_unused_result));
/* Refuses where the opened order has no finding k. */
int finding_there(struct cli *cli, unsigned k) __attribute__((warn_unused_result));

#endif
