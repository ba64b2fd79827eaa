/* Lookups in the tables that scripts/gen-taxonomy.mjs makes from data/taxonomy.json. */
#include "admin-cli/rules/taxonomy.h"

#include <stdlib.h>
#include <string.h>

#define TAXONOMY_TABLES
#include "taxonomy.inc"

const struct taxonomy_word *
taxonomy_find(enum taxonomy_axis axis, const char *code)
{
	size_t i;

	if (axis >= TAXONOMY__MAX || !code)
		return NULL;
	for (i = 0; i < axes[axis].cnt; i++)
		if (!strcmp(axes[axis].words[i].code, code))
			return &axes[axis].words[i];
	return NULL;
}

const struct taxonomy_word *
taxonomy_all(enum taxonomy_axis axis, size_t *cnt)
{
	if (axis >= TAXONOMY__MAX) {
		*cnt = 0;
		return NULL;
	}
	*cnt = axes[axis].cnt;
	return axes[axis].words;
}

const char *
taxonomy_axis_name(enum taxonomy_axis axis)
{
	return axis < TAXONOMY__MAX ? axes[axis].name : "";
}

bool
taxonomy_chinese(void)
{
	const char *lang = getenv("LANGUAGE"); /* cli_lang_init() sets it from --lang and $LANG */

	return lang && !strncmp(lang, "zh", 2);
}

const char *
taxonomy_name(const struct taxonomy_word *word)
{
	return taxonomy_chinese() ? word->zh : word->en;
}

int
taxonomy_floor(const char *const *codes, size_t cnt)
{
	const struct taxonomy_word *word;
	int floor = 4;
	size_t i;

	for (i = 0; i < cnt; i++) {
		word = taxonomy_find(TAXONOMY_HAZARD, codes[i]);
		if (word && word->floor < floor)
			floor = word->floor;
	}
	return floor;
}

bool
taxonomy_sealed(const char *hazard)
{
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_HAZARD, hazard);

	return w && w->route == 'S';
}

enum choose_route
taxonomy_route(const char *tile)
{
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_TILE, tile);

	return !w || w->route == 'N' ? CHOOSE_N : w->route == 'C' ? CHOOSE_C : CHOOSE_S;
}
