/* What the commands on visits under seal share: writing an entry of the order, alone or as one of
 * two. */
#ifndef ORDER_WRITE_H
#define ORDER_WRITE_H

#include <jansson.h>
#include <stdint.h>

#include "admin-cli/cmd/visit_form.h"

struct cli;

/* Refuses a target that is no visit under seal. */
int order_sealed(struct cli *cli) __attribute__((warn_unused_result));
/* Writes an entry of this type; where it takes two members, proposes it. Takes over the body; NULL
 * stands for a text that is not UTF-8. */
int order_write(struct cli *cli, uint16_t type, json_t *body) __attribute__((warn_unused_result));
/* The same with the body from the command line, for cli->opened. Where it takes two, and another
 * member has proposed such an entry, who gives no options is shown it and signs it. */
struct order_two {
	uint16_t type;
	const struct visit_field *fields;
	unsigned about; /* a proposal about this finding; VISITS_ANY: about any */
	unsigned k;     /* the finding that a new body names; VISITS_ANY: none */
};
int order_two(struct cli *cli, const struct order_two *how) __attribute__((warn_unused_result));

#endif
