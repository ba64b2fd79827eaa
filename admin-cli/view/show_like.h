/* Shows which cases may be the same matter or the same site (desk/likes.h). */
#ifndef SHOW_LIKE_H
#define SHOW_LIKE_H

#include <jansson.h>
#include <stddef.h>

struct cli;
struct opened;

/* Prints at most `most` of them, with the reasons in words, and how many more there are; appends
 * all to `out` as {"id", "same", "days", "why": ["site", …], "words"}. */
int show_like(struct cli *cli, const struct opened *d, size_t most, json_t *out)
	__attribute__((warn_unused_result));

#endif
