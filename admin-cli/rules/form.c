/* The questions of a tip as the page asks them (see form.h). */
#include "admin-cli/rules/form.h"

#include <libintl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/schema.h"

#define _(text)  gettext(text)
#define N_(text) text
#define HITS     6

const struct form_question form_question[FORM_CNT] = {
	{ "danger_now", N_("Is someone about to get hurt?"),
	  N_("y where someone may die within a day: then call the duty first"), FORM_YES,
	  TAXONOMY__MAX, true },
	{ "tile", N_("What kind of danger?"), NULL, FORM_TILE, TAXONOMY_TILE, true },
	{ "county", N_("Which county?"), N_("a name or six digits; - for don't know"), FORM_COUNTY,
	  TAXONOMY__MAX, true },
	{ "where", N_("Which mine, plant or village?"),
	  N_("village, road, what is near it; not where the caller is"), FORM_WORDS, TAXONOMY__MAX,
	  true },
	{ "what", N_("What did you see or hear?"),
	  N_("no names, numbers, shift or work number; an empty line ends it"), FORM_WORDS,
	  TAXONOMY__MAX, true },
	{ "inside", N_("Where inside?"), N_("only roughly where fewer than six people go there"),
	  FORM_WORDS, TAXONOMY__MAX, false },
	{ "when_visible", N_("When can it be seen?"),
	  N_("\"at night\", never the caller's own shift"), FORM_MANY, TAXONOMY_WHEN_VISIBLE,
	  false },
	{ "still_on", N_("Is it still going on?"), NULL, FORM_ONE, TAXONOMY_STILL_ON, false },
	{ "people_band", N_("About how many are in danger?"), NULL, FORM_ONE, TAXONOMY_PEOPLE_BAND,
	  false },
	{ "hiding", N_("How do they hide it?"), NULL, FORM_MANY, TAXONOMY_HIDING, false },
	{ "hiding_text", N_("How they hide it: anything to add?"),
	  N_("leave out what only the caller knows"), FORM_WORDS, TAXONOMY__MAX, false },
	{ "check_how", N_("Can it be seen from outside?"), NULL, FORM_WORDS, TAXONOMY__MAX, false },
	{ "keep_from", N_("Who must not know?"), N_("the desks of these offices do not get it"),
	  FORM_MANY, TAXONOMY_KEEP_FROM, false },
	{ "keep_from_text", N_("Who must not know: anything to add?"), NULL, FORM_WORDS,
	  TAXONOMY__MAX, false },
	{ "act_care", N_("If we go at once, will they guess it was you?"), NULL, FORM_ONE,
	  TAXONOMY_ACT_CARE, false },
	{ "basis", N_("How do you know?"), NULL, FORM_ONE, TAXONOMY_BASIS, false },
};

/* What the patterns of risk.json look like, by their names there. */
static const struct {
	const char *id, *text;
	bool number;
} looks[] = {
	{ "phone_no", N_("a telephone number"), true },
	{ "id_no", N_("an identity number"), true },
	{ "bank_card", N_("a bank card's number"), true },
	{ "own_name", N_("a name or work number"), false },
	{ "own_role", N_("the caller's own post"), false },
	{ "own_shift", N_("the caller's own shift"), false },
	{ "few_knowers", N_("something that very few people know"), false },
	{ "past_report", N_("an earlier complaint of the caller"), false },
	{ "named_post", N_("a person's name with his post"), false },
	{ "own_kin", N_("a relative of the caller"), false },
	{ "own_place", N_("where the caller lives"), false },
};

static json_t *no(char *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static json_t *
no(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, FORM_WHY_CAP, fmt, ap);
	va_end(ap);
	return NULL;
}

/* The one word that is meant. */
static const struct taxonomy_word *
resolve(unsigned q, const char *query, char *why)
{
	const struct taxonomy_word *hit[HITS], *exact = taxonomy_find(form_question[q].axis, query);
	size_t n = exact ? 0 : draft_find(form_question[q].axis, query, hit, HITS), i, at;

	if (exact || n == 1)
		return exact ? exact : hit[0];
	if (!n) {
		no(why, _("Nothing is called \"%.60s\"; ? lists the answers."), query);
		return NULL;
	}
	at = (size_t)snprintf(why, FORM_WHY_CAP, _("\"%.60s\" fits several:"), query);
	for (i = 0; i < n && at < FORM_WHY_CAP; i++)
		at += (size_t)snprintf(why + at, FORM_WHY_CAP - at, "%s %s %.40s", i ? ";" : "",
				       hit[i]->code, taxonomy_name(hit[i]));
	return NULL;
}

/* Several words, separated by commas of either language. */
static json_t *
read_many(unsigned q, const char *typed, char *why)
{
	const struct taxonomy_word *w;
	json_t *list = json_array();
	char one[128];
	size_t n;

	while (*typed) {
		typed += strspn(typed, " ");
		for (n = 0; typed[n] && typed[n] != ',' && strncmp(typed + n, "，", 3) != 0 &&
			    strncmp(typed + n, "、", 3) != 0;)
			n++;
		snprintf(one, sizeof(one), "%.*s", (int)n, typed);
		w = *one ? resolve(q, one, why) : NULL;
		if (*one && !w) {
			json_decref(list);
			return NULL;
		}
		if (w)
			json_array_append_new(list, json_string(w->code));
		typed += n;
		typed += !*typed ? 0 : *typed == ',' ? 1 : 3;
	}
	return list;
}

static json_t *
read_yes(const char *typed, char *why)
{
	if (!*typed)
		return no(why, _("Answer y or n."));
	if (strchr("yY", *typed) || !strcmp(typed, "1") || !strncmp(typed, "是", 3))
		return json_true();
	if (strchr("nN", *typed) || !strcmp(typed, "0") || !strncmp(typed, "不", 3) ||
	    !strncmp(typed, "否", 3))
		return json_false();
	return no(why, _("Answer y or n."));
}

json_t *
form_read(unsigned q, const char *typed, char why[static FORM_WHY_CAP])
{
	const struct taxonomy_word *w;
	json_t *text;

	switch (form_question[q].kind) {
	case FORM_YES:
		return read_yes(typed, why);
	case FORM_MANY:
		return read_many(q, typed, why);
	case FORM_TILE:
		w = resolve(q, typed, why);
		return w ? json_integer(strtol(w->code, NULL, 10)) : NULL;
	case FORM_ONE:
		w = resolve(q, typed, why);
		return w ? json_string(w->code) : NULL;
	case FORM_COUNTY:
		if (*typed && (strlen(typed) != 6 || strspn(typed, "0123456789") != 6))
			return no(why, _("A county has six digits."));
		return json_string(typed);
	case FORM_WORDS:
		break;
	}
	text = json_string(typed);
	return text ? text : no(why, _("The text is not UTF-8."));
}

char *
form_text(unsigned q, const json_t *body)
{
	const json_t *v = json_object_get(body, form_question[q].name);
	const struct taxonomy_word *w;
	char number[24] = "", *out = NULL, *more;
	const char *s;
	size_t i, n = json_is_array(v) ? json_array_size(v) : v ? 1 : 0;

	if (json_is_boolean(v))
		return strdup(json_is_true(v) ? _("yes") : _("no"));
	for (i = 0; i < n; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;

		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(one));
		s = json_is_integer(one) ? number : json_string_value(one);
		w = s && form_question[q].axis != TAXONOMY__MAX
			    ? taxonomy_find(form_question[q].axis, s)
			    : NULL;
		if (asprintf(&more, "%s%s%s", out ? out : "", out ? ", " : "",
			     w   ? taxonomy_name(w)
			     : s ? s
				 : "") < 0)
			more = NULL;
		free(out);
		out = more;
	}
	return out ? out : strdup("");
}

/* Whether it was answered: the text or list is not empty. The county may be unknown. */
static bool
answered(const struct form_question *f, const json_t *v)
{
	const char *s = json_string_value(v);

	return v && (!s || f->kind == FORM_COUNTY || s[strspn(s, " \t\r\n")]);
}

unsigned
form_missing(const json_t *body)
{
	unsigned q;

	for (q = 0; q < FORM_CNT; q++)
		if (form_question[q].needed &&
		    !answered(&form_question[q], json_object_get(body, form_question[q].name)))
			break;
	return q;
}

bool
form_too_long(const json_t *body)
{
	return json_dumpb(body, NULL, 0, JSON_COMPACT) > FORM_MAX;
}

static size_t
look(size_t i)
{
	size_t k;

	for (k = 0; k < sizeof(looks) / sizeof(*looks); k++)
		if (!strcmp(looks[k].id, risk_name(i)))
			return k;
	return sizeof(looks) / sizeof(*looks);
}

const char *
form_risk_text(size_t i)
{
	size_t k = look(i);

	return k < sizeof(looks) / sizeof(*looks) ? _(looks[k].text) : risk_name(i);
}

bool
form_risk_number(size_t i)
{
	size_t k = look(i);

	return k < sizeof(looks) / sizeof(*looks) && looks[k].number;
}

bool
form_risk(unsigned q, const json_t *body, size_t i)
{
	return form_question[q].kind == FORM_WORDS &&
	       risk_match(i, schema_text(body, form_question[q].name));
}

const struct taxonomy_word *
form_taken(const json_t *body)
{
	return taxonomy_find(TAXONOMY_TAKEN, schema_text(body, "taken"));
}

bool
form_can_answer(const json_t *body)
{
	return !form_taken(body) || schema_is(body, "want_reply");
}
