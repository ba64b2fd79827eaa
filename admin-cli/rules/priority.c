/* The priority of a case: 100, 60, 25 or 5 for S1 to S4, four for each point of actionability, 20
 * (A1) to -10 (X4) for credibility, 10 where ten people or more are in danger, 10 for each time
 * that the matter came back, 5 inside the scope of a campaign. */
#include "admin-cli/rules/priority.h"

#include <libintl.h>
#include <stdio.h>
#include <string.h>

#define _(text)  gettext(text)
#define N_(text) text

static void
add(struct priority_term *term, unsigned *cnt, const char *name, const char *value, int points)
{
	if (!points)
		return;
	term[*cnt].name = name;
	snprintf(term[*cnt].value, sizeof(term[*cnt].value), "%s", value);
	term[(*cnt)++].points = points;
}

/* A1 … A4, B1 … X4: sixteen steps of two points from 20 to -10. */
static int
credibility_points(const char *code)
{
	static const char nearness[] = "ABCX";
	const char *near = *code ? strchr(nearness, code[0]) : NULL;

	return near ? 20 - 2 * ((int)(near - nearness) * 4 + code[1] - '1') : 0;
}

int
priority_of(const struct fold *f, struct priority_term term[static PRIORITY_TERMS], unsigned *cnt)
{
	static const int severity_points[] = { 0, 100, 60, 25, 5 };
	int act = (int)json_integer_value(f->said[CLASS_ACTIONABILITY]);
	int again = (int)json_integer_value(f->said[CLASS_RECURRENCE]);
	const char *campaign = json_string_value(f->said[CLASS_CAMPAIGN]);
	char value[8];
	unsigned i;
	int sum = 0;

	*cnt = 0;
	snprintf(value, sizeof(value), "S%d", f->severity % 10);
	add(term, cnt, N_("severity"), value, severity_points[f->severity > 4 ? 0 : f->severity]);
	snprintf(value, sizeof(value), "%d", act % 100);
	add(term, cnt, N_("actionability"), value, 4 * act);
	add(term, cnt, N_("credibility"), f->credibility, credibility_points(f->credibility));
	add(term, cnt, N_("ten people or more in danger"), "", f->people >= 10 ? 10 : 0);
	snprintf(value, sizeof(value), "%d", again % 100);
	add(term, cnt, N_("came back"), value, 10 * again);
	add(term, cnt, N_("in the scope of a campaign"), "", campaign && *campaign ? 5 : 0);
	for (i = 0; i < *cnt; i++)
		sum += term[i].points;
	return sum;
}

int
priority_sum(const struct fold *f)
{
	struct priority_term term[PRIORITY_TERMS];
	unsigned n;

	return priority_of(f, term, &n);
}

char *
priority_text(const struct fold *f)
{
	struct priority_term term[PRIORITY_TERMS];
	unsigned n, i;
	int sum = priority_of(f, term, &n);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fprintf(out, _("priority %d"), sum);
	for (i = 0; i < n; i++)
		fprintf(out, "%s%d %s%s%s", i ? term[i].points < 0 ? " " : " + " : " = ",
			term[i].points, _(term[i].name), *term[i].value ? " " : "", term[i].value);
	return fclose(out) ? NULL : text;
}

json_t *
priority_json(const struct fold *f)
{
	struct priority_term term[PRIORITY_TERMS];
	json_t *terms = json_array();
	unsigned n, i;

	(void)priority_of(f, term, &n);
	for (i = 0; i < n; i++)
		json_array_append_new(terms,
				      json_pack("{s:s,s:s,s:i}", "term", term[i].name, "value",
						term[i].value, "points", term[i].points));
	return terms;
}

int
priority_rank(const struct fold *f)
{
	bool life = f->severity == 1 || (!f->severity && f->danger_now);

	return priority_sum(f) + (life ? PRIORITY_LIFE : 0);
}
