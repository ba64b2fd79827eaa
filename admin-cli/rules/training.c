/* Compares a triage with that of an experienced reviewer (see training.h). */
#include "admin-cli/rules/training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "training.inc"

/* The names in `expect`, and the field of the draft that answers them. */
static const struct {
	const char *name;
	unsigned field;
} points[] = {
	{ "sector", CLASS_SECTOR },
	{ "place", CLASS_PLACE },
	{ "work", CLASS_WORK },
	{ "issue", CLASS_ISSUE },
	{ "hazard", CLASS_HAZARD },
	{ "severity", CLASS_SEVERITY },
	{ "mass_casualty", CLASS_MASS },
	{ "credibility", CLASS_CREDIBILITY },
	{ "actionability", CLASS_ACTIONABILITY },
	{ "knower_count", CLASS_KNOWER },
	{ "risk_flags", CLASS_RISK },
	{ "order_kind", CLASS_ORDER_KIND },
	{ "triage", DRAFT_OUTCOME },
};

size_t
training_cnt(void)
{
	return sizeof(training_text) / sizeof(*training_text);
}

json_t *
training_tip(size_t i)
{
	return i < training_cnt() ? json_loads(training_text[i], 0, NULL) : NULL;
}

/* Nothing said, no, and an empty list are the same. */
static bool
nothing(const json_t *v)
{
	return !v || json_is_null(v) || json_is_false(v) ||
	       (json_is_array(v) && !json_array_size(v)) ||
	       (json_is_string(v) && !json_string_length(v));
}

static bool
has(const json_t *list, const json_t *v)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), v))
			return true;
	return false;
}

static bool
same(const json_t *a, const json_t *b)
{
	size_t i;

	if (nothing(a) || nothing(b))
		return nothing(a) && nothing(b);
	if (!json_is_array(a) || !json_is_array(b))
		return json_equal(a, b);
	for (i = 0; i < json_array_size(a); i++)
		if (!has(b, json_array_get(a, i)))
			return false;
	return json_array_size(a) == json_array_size(b);
}

/* Codes as they are typed, with their names where an axis gives them. */
static char *
words(const json_t *v, enum taxonomy_axis axis)
{
	size_t size = 0, i, n = json_is_array(v) ? json_array_size(v) : nothing(v) ? 0 : 1;
	char *out = NULL;
	FILE *f = open_memstream(&out, &size);

	for (i = 0; f && i < n; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
		const char *s = json_string_value(one);
		const struct taxonomy_word *w = s && axis != TAXONOMY__MAX ? taxonomy_find(axis, s)
									   : NULL;

		if (i)
			fputs(", ", f);
		if (json_is_integer(one))
			fprintf(f, "%lld", (long long)json_integer_value(one));
		else
			fprintf(f, "%s%s%s",
				s                   ? s
				: json_is_true(one) ? "+"
						    : "",
				w ? " " : "", w ? taxonomy_name(w) : "");
	}
	if (f && !n)
		fputs("-", f);
	if (f)
		fclose(f);
	return out ? out : strdup("");
}

static void
add(struct training_point *p, const char *label, const json_t *mine, const json_t *his,
    enum taxonomy_axis axis)
{
	*p = (struct training_point){ .label = label,
				      .same = same(mine, his),
				      .mine = words(mine, axis),
				      .his = words(his, axis) };
}

size_t
training_compare(struct training_point out[static TRAINING_POINTS], const struct draft *d,
		 const json_t *expect)
{
	const json_t *v;
	size_t n = 0, i;

	for (i = 0; i < sizeof(points) / sizeof(*points); i++) {
		v = json_object_get(expect, points[i].name);
		if (v)
			add(&out[n++], draft_info[points[i].field].label,
			    draft_get(d, points[i].field), v, draft_info[points[i].field].axis);
	}
	return n;
}

void
training_free(struct training_point *p, size_t cnt)
{
	while (cnt--) {
		free(p[cnt].mine);
		free(p[cnt].his);
	}
}
