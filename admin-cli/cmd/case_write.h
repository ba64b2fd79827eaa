/* What the commands that write one entry share. */
#ifndef CASE_WRITE_H
#define CASE_WRITE_H

#include "admin-cli/desk/submit.h"

struct cli;

/* A whole command: finds the case or order (enum frame_kind) that the first argument names, writes
 * the entry and reports. Takes over p->body. */
int case_write(struct cli *cli, int kind, struct submit *p) __attribute__((warn_unused_result));
/* Prints what came of an entry: that it was written, or waits in the outbox; and the state now. */
int case_written(struct cli *cli, const struct workspace_case *c, const struct submit *p)
	__attribute__((warn_unused_result));

#endif
