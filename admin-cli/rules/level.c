/* How far up a matter starts, and which desks may get it (see level.h). */
#include "admin-cli/rules/level.h"

#include <string.h>

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"

#define LEVEL_MAX 4

static int
route_level(const struct taxonomy_word *w)
{
	return !w ? 1 : w->route == 'S' ? 3 : w->route == 'C' ? 2 : 1;
}

/* "L0" to "L3"; -1: not an office of the ladder. */
static int
office(const json_t *word)
{
	const char *s = json_string_value(word);

	return s && s[0] == 'L' && s[1] >= '0' && s[1] <= '3' && !s[2] ? s[1] - '0' : -1;
}

struct rise {
	struct level_reason *out;
	unsigned cnt;
	int level;
};

/* A reason counts where it lifts the case above the lowest level. */
static void
raise(struct rise *r, enum level_why why, const char *code, int to)
{
	if (to > LEVEL_MAX)
		to = LEVEL_MAX;
	if (to > 1 && r->cnt < LEVEL_REASONS) {
		r->out[r->cnt].why = why;
		r->out[r->cnt].level = to;
		snprintf(r->out[r->cnt++].code, sizeof(r->out->code), "%s", code);
	}
	if (to > r->level)
		r->level = to;
}

static void
raise_hazard(struct rise *r, const char *code)
{
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_HAZARD, code);

	if (w)
		raise(r, LEVEL_HAZARD, code, route_level(w));
}

unsigned
level_explain(struct level_reason out[static LEVEL_REASONS], int *level, const struct fold *f,
	      const json_t *tip, const json_t *hazard)
{
	const json_t *keep = schema_list(tip, "keep_from"), *named = f->said[CLASS_NAMED];
	struct rise r = { .out = out, .level = 1 };
	char tile[16];
	size_t i;

	snprintf(tile, sizeof(tile), "%u", schema_number(tip, "tile"));
	raise(&r, LEVEL_TILE, tile, route_level(taxonomy_find(TAXONOMY_TILE, tile)));
	for (i = 0; i < f->hazard_cnt; i++)
		raise_hazard(&r, f->hazard[i]);
	for (i = 0; i < json_array_size(hazard); i++)
		raise_hazard(&r, json_string_value(json_array_get(hazard, i)));
	for (i = 0; i < json_array_size(keep) && i < 8; i++)
		if (office(json_array_get(keep, i)) >= 0)
			raise(&r, LEVEL_KEEP, json_string_value(json_array_get(keep, i)),
			      office(json_array_get(keep, i)) + 2);
	if (office(named) >= 0)
		raise(&r, LEVEL_NAMED, json_string_value(named), office(named) + 2);
	if (class_orphan(f))
		raise(&r, LEVEL_REGULATOR, "", r.level + 1);
	if (json_integer_value(f->said[CLASS_RECURRENCE]) > 0)
		raise(&r, LEVEL_AGAIN, "", r.level + 1);
	*level = r.level;
	return r.cnt;
}

int
level_start(const struct fold *f, const json_t *tip, const json_t *hazard)
{
	struct level_reason out[LEVEL_REASONS];
	int level;

	level_explain(out, &level, f, tip, hazard);
	return level;
}

bool
level_named(const struct fold *f, const json_t *tip)
{
	const json_t *keep = schema_list(tip, "keep_from");
	bool post = office(f->said[CLASS_NAMED]) >= 0;
	size_t i;

	for (i = 0; i < json_array_size(keep); i++)
		post |= office(json_array_get(keep, i)) >= 0;
	return post;
}

json_t *
level_below(int level)
{
	json_t *out = json_array();
	int l;

	for (l = 0; l < level; l++)
		json_array_append_new(out, json_sprintf("L%d", l));
	return out;
}

json_t *
level_excluded(const struct fold *f, const json_t *tip)
{
	return level_below(level_named(f, tip) ? level_start(f, tip, NULL) : 0);
}

static int
floor_of(const json_t *abstract)
{
	int level = (int)schema_number(abstract, "level");

	return level ? level : 1;
}

bool
level_kept(const struct fold *f, const json_t *tip, const json_t *abstract)
{
	const json_t *keep = schema_list(tip, "keep_from");
	size_t i;

	if (floor_of(abstract) < level_start(f, tip, schema_list(abstract, "hazard")))
		return false;
	for (i = 0; i < json_array_size(keep); i++)
		if (!schema_has(schema_list(abstract, "keep_from"),
				json_string_value(json_array_get(keep, i))))
			return false;
	return true;
}

/* As in the choice of desks (crypto/choose.c): an area code without trailing pairs of zeros is the
 * beginning of the codes of its counties; an unknown county belongs to a province. */
bool
level_covers(const char *area, const char *county)
{
	size_t n = strlen(area);

	while (n >= 2 && area[n - 1] == '0' && area[n - 2] == '0')
		n -= 2;
	return *county ? !strncmp(area, county, n) : n <= 2;
}

bool
level_allows(const json_t *abstract, int level, const char *area)
{
	char word[8];

	snprintf(word, sizeof(word), "L%d", level);
	return level >= floor_of(abstract) &&
	       !schema_has(schema_list(abstract, "keep_from"), word) &&
	       level_covers(area, schema_text(abstract, "county"));
}
