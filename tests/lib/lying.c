/* davy of a member who lies: linked with --wrap=level_allows,--wrap=schema_print. It asks no desk's
 * level, office or area before it sends an abstract there, and sends as a need whatever stands in
 * the file that DAVY_TEST_NEED names. It takes nothing out of the index of words either
 * (--wrap=search_forget), so that its search finds what the index holds. davy itself has no such
 * switches: this is another program, and `make install` does not know it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/home/search.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"

int __wrap_search_forget(struct workspace *ws, const uint8_t id[static 16]);
bool __wrap_level_allows(const json_t *abstract, int level, const char *area);
int __real_schema_print(char **out, size_t *len, uint16_t type, const json_t *body, size_t room,
			char why[static SCHEMA_WHY_CAP]);
int __wrap_schema_print(char **out, size_t *len, uint16_t type, const json_t *body, size_t room,
			char why[static SCHEMA_WHY_CAP]);

bool
__wrap_level_allows(const json_t *abstract, int level, const char *area)
{
	(void)abstract, (void)level, (void)area;
	return true;
}

int
__wrap_schema_print(char **out, size_t *len, uint16_t type, const json_t *body, size_t room,
		    char why[static SCHEMA_WHY_CAP])
{
	const char *path = getenv("DAVY_TEST_NEED");
	FILE *f = path && type == ENTRY_NEED ? fopen(path, "r") : NULL;
	char text[4096];

	if (!f)
		return __real_schema_print(out, len, type, body, room, why);
	*len = fread(text, 1, sizeof(text), f);
	fclose(f);
	*out = strndup(text, *len);
	return *out ? 0 : -1;
}

int
__wrap_search_forget(struct workspace *ws, const uint8_t id[static 16])
{
	(void)ws, (void)id;
	return 0;
}
