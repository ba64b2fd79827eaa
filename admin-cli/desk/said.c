/* Collects what the source said (see said.h). */
#include "admin-cli/desk/said.h"

#include <stdlib.h>

#include "admin-cli/desk/opened.h"

const json_t **
said_all(const struct opened *d)
{
	const json_t **said = calloc(d->cnt + 1, sizeof(*said));
	size_t i, n = 0;

	for (i = 0; said && i < d->cnt; i++) {
		if (!d->entry[i].by_source || d->entry[i].verdict == FOLD_REJECTED)
			continue;
		said[i] = d->x[i].body;
		n += said[i] != NULL;
	}
	if (n)
		return said;
	free(said);
	return NULL;
}
