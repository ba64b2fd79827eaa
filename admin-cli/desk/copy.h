/* The body of an entry as this reader sees it (rules/variant.h). */
#ifndef COPY_H
#define COPY_H

#include <jansson.h>

struct opened;

/* An abstract or an order in this member's own copy, any other body as it is. New reference; NULL
 * for NULL. Everything that shows or prints a body goes through here. */
json_t *copy_mine(const struct opened *d, const json_t *body);

#endif
