/* What the source of an opened case said, for the rules that judge her words. */
#ifndef SAID_H
#define SAID_H

#include <jansson.h>

struct opened;

/* The bodies of her entries that the fold accepted, under the index of the entry; NULL for every
 * other entry. d->cnt of them; the caller frees the array and borrows the bodies. NULL: no memory,
 * or nothing of hers is open here. */
const json_t **said_all(const struct opened *d);

#endif
