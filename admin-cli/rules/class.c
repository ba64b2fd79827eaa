/* What triage says about a case, and how low it may be put (see class.h). */
#include "admin-cli/rules/class.h"

#include <string.h>

#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"

#define MASS_PEOPLE 10 /* so many people in danger: three could die at once, until two deny it */
#define MASS_FLOOR  2

const struct entry_field class_field[] = { CLASS_FIELDS, { 0 } };

bool
class_mass(const struct fold *f)
{
	const json_t *said = f->said[CLASS_MASS];

	return said ? json_is_true(said) : f->people >= MASS_PEOPLE;
}

int
class_floor(const struct fold *f, const char **why)
{
	const struct taxonomy_word *w;
	const char *from = NULL;
	int floor = 4;
	unsigned i;

	for (i = 0; i < f->hazard_cnt; i++) {
		w = taxonomy_find(TAXONOMY_HAZARD, f->hazard[i]);
		if (!w || !w->floor || w->floor >= floor)
			continue;
		floor = w->floor;
		from = w->code;
	}
	if (class_mass(f) && floor > MASS_FLOOR) {
		floor = MASS_FLOOR;
		from = "mass";
	}
	if (why)
		*why = from;
	return floor;
}

bool
class_grave(const struct fold *f)
{
	return f->danger_now || f->severity <= 2 || class_floor(f, NULL) <= 2;
}

bool
class_alarm(const struct fold *f, const struct fold *after)
{
	return after->severity == 1 && f->severity != 1 && !f->danger_now &&
	       class_floor(after, NULL) > 1;
}

bool
class_orphan(const struct fold *f)
{
	const char *lead = json_string_value(f->said[CLASS_REGULATOR]);

	return (json_is_true(f->said[CLASS_NO_REGULATOR]) ||
		schema_has(f->said[CLASS_PLACE], "P-MISS")) &&
	       (!lead || !*lead);
}

bool
class_misconduct(const struct fold *f)
{
	unsigned i;

	for (i = 0; i < f->hazard_cnt; i++)
		if (taxonomy_sealed(f->hazard[i]))
			return true;
	return false;
}

size_t
class_misconduct_in(const json_t *hazards)
{
	size_t i, n = 0;

	for (i = 0; i < json_array_size(hazards); i++)
		n += taxonomy_sealed(json_string_value(json_array_get(hazards, i)));
	return n;
}

/* The members that the rules read most often stand in the fold by themselves. */
static void
spread(struct fold *after)
{
	const char *severity = json_string_value(after->said[CLASS_SEVERITY]),
		   *credibility = json_string_value(after->said[CLASS_CREDIBILITY]);
	const json_t *hazard = after->said[CLASS_HAZARD];
	size_t i;

	if (severity)
		after->severity = severity[1] - '0';
	if (credibility)
		snprintf(after->credibility, sizeof(after->credibility), "%s", credibility);
	if (hazard)
		after->hazard_cnt = 0;
	for (i = 0; i < json_array_size(hazard) && i < FOLD_HAZARDS; i++)
		snprintf(after->hazard[after->hazard_cnt++], sizeof(after->hazard[0]), "%s",
			 json_string_value(json_array_get(hazard, i)));
}

void
class_put(struct fold *after, const struct fold *f, const json_t *body)
{
	int i;

	*after = *f;
	for (i = 0; i < CLASS__MAX; i++) {
		const json_t *v = json_object_get(body, class_field[i].name);

		if (v)
			after->said[i] = v;
	}
	spread(after);
}

/* The place of a band of knowers in its list, from few to many; -1: none. */
static int
band(const json_t *knower)
{
	size_t cnt, i;
	const struct taxonomy_word *all = taxonomy_all(TAXONOMY_KNOWER, &cnt);
	const char *s = json_string_value(knower);

	for (i = 0; s && i < cnt; i++)
		if (!strcmp(all[i].code, s))
			return (int)i;
	return -1;
}

/* Whether more people could have said it than before: an abstract may then tell more of it, so one
 * person does not undo the cover of the source. */
static bool
bares_source(const struct fold *after, const struct fold *f)
{
	int before = band(f->said[CLASS_KNOWER]);

	return before >= 0 && band(after->said[CLASS_KNOWER]) > before;
}

enum fold_reason
class_take(struct fold *after, const struct fold *f, const json_t *tip, const struct fold_move *how)
{
	int floor, before = class_floor(f, NULL);

	class_put(after, f, how->body);
	floor = class_floor(after, NULL);
	if (after->severity > floor && (f->severity != after->severity || floor != before)) {
		if (how->who_cnt < 2)
			return FOLD_FLOOR;
		if (!*schema_text(how->body, "text"))
			return FOLD_REASON;
	}
	if (class_alarm(f, after) && !*schema_text(how->body, "text"))
		return FOLD_REASON;
	if (how->who_cnt >= 2)
		return FOLD_FINE;
	if (f->severity && f->severity <= 2 && after->severity > f->severity)
		return FOLD_LOWER;
	if ((before <= 2 && floor > before) || (class_mass(f) && !class_mass(after)) ||
	    bares_source(after, f))
		return FOLD_LOWER;
	return level_start(after, tip, NULL) < level_start(f, tip, NULL) ? FOLD_LOWER : FOLD_FINE;
}

void
class_keep(struct fold *f, const struct fold *after)
{
	memcpy(f->said, after->said, sizeof(f->said));
	spread(f);
}
