/* Fetching an attachment and opening it: what case attach and case view share. */
#ifndef CASE_ATTACH_H
#define CASE_ATTACH_H

#include <jansson.h>

#include "crypto/age_memory.h"

struct cli;

/* Attachment n of the case, fetched and found to be the one that the tip describes. */
struct case_attach {
	const json_t *about;    /* its description in the tip; borrowed from the opened case */
	size_t entry;           /* by which the source sent it */
	struct age_memory file; /* sealed; the caller frees file.bytes */
};
int case_attach_fetch(struct cli *cli, uint32_t n, struct case_attach *out)
	__attribute__((warn_unused_result));
/* Opens it into the sink; *len: how many bytes it has. Warns where others could open it, too. */
int case_attach_open(struct cli *cli, struct case_attach *a, struct age_sink sink, uint64_t *len)
	__attribute__((warn_unused_result));

#endif
