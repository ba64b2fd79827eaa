/* The last step of every command that writes an entry into a case or an order. */
#ifndef CASE_WRITE_H
#define CASE_WRITE_H

#include "admin-cli/desk/submit.h"

struct cli;

/* Writes the entry into cli->target and reports what came of it: that it was written, or waits in
 * the outbox, and the state now. Takes over p->body; NULL stands for a text that is not UTF-8. */
int case_write(struct cli *cli, struct submit *p) __attribute__((warn_unused_result));

/* Shows entry i of cli->opened, a proposal, asks on a terminal, and writes the signature under it
 * with the rest of *p. */
int case_write_sign(struct cli *cli, size_t i, struct submit *p)
	__attribute__((warn_unused_result));

/* For the `check` of a command whose body is made from its options alone: makes the body and drops
 * it. */
int case_body_check(struct cli *cli, int (*build)(struct cli *cli, json_t **out))
	__attribute__((warn_unused_result));

#endif
