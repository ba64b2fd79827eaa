/* The first of two signatures. */
#ifndef CASE_PROPOSE_H
#define CASE_PROPOSE_H

#include <jansson.h>

struct cli;

/* Proposes an entry of this type in the case at hand, and tells how another member signs it. Takes
 * over the body of the proposed entry. */
int case_propose_entry(struct cli *cli, const char *type, json_t *body)
	__attribute__((warn_unused_result));

#endif
