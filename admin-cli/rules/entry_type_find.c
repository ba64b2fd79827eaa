/* Finds a row of the table of the types of entries (see entry_type.h). */
#include "admin-cli/rules/entry_type.h"

#include <string.h>

const struct entry_type *
entry_type_find(uint16_t no)
{
	const struct entry_type *t;

	for (t = entry_type; t->no; t++)
		if (t->no == no)
			return t;
	return NULL;
}

const struct entry_type *
entry_type_by_name(const char *name)
{
	const struct entry_type *t;

	for (t = entry_type; t->no; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}
