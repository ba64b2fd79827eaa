/* The fields of a triage: their order, what each holds, and reading what a person typed (see
 * draft.h). */
#include "admin-cli/rules/draft_inner.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/schema.h"

#define HITS 6 /* more words that fit are not listed */

const struct draft_info draft_info[DRAFT__MAX] = {
	[CLASS_SECTOR] = { "sector", N_("sector"), N_("which industry"), DRAFT_ONE, TAXONOMY_SECTOR,
			   1 },
	[CLASS_PLACE] = { "place", N_("place"), N_("one or two kinds of place"), DRAFT_MANY,
			  TAXONOMY_PLACE, 2 },
	[CLASS_WORK] = { "work", N_("work"), N_("high-risk work, if any"), DRAFT_MANY,
			 TAXONOMY_WORK, 2 },
	[CLASS_ISSUE] = { "issue", N_("issue"), N_("one to three of the five issues"), DRAFT_MANY,
			  TAXONOMY_ISSUE, 3 },
	[CLASS_HAZARD] = { "hazard", N_("hazard"), N_("one to four hazards, the gravest first"),
			   DRAFT_MANY, TAXONOMY_HAZARD, FOLD_HAZARDS },
	[CLASS_SEVERITY] = { "severity", N_("severity"), N_("how grave; if unsure, one step up"),
			     DRAFT_ONE, TAXONOMY_SEVERITY, 1 },
	[CLASS_CREDIBILITY] = { "credibility", N_("credibility"),
				N_("nearness A B C X and fit 1 2 3 4"), DRAFT_MARK, TAXONOMY__MAX,
				0 },
	[CLASS_ACTIONABILITY] = { "actionability", N_("actionability"),
				  N_("0 to 10: site 3, what 2, where inside, when, how hidden, "
				     "how to check, still going on 1 each"),
				  DRAFT_NUMBER, TAXONOMY__MAX, 10 },
	[CLASS_KNOWER] = { "knower", N_("who could know"), N_("how many people could know this"),
			   DRAFT_ONE, TAXONOMY_KNOWER, 1 },
	[CLASS_RISK] = { "risk", N_("points at her"), N_("what in the tip may point at the source"),
			 DRAFT_MANY, TAXONOMY_RISK, 18 },
	[CLASS_MASS] = { "mass", N_("mass casualty"),
			 N_("could three or more people die in one event"), DRAFT_YES,
			 TAXONOMY__MAX, 0 },
	[CLASS_NO_REGULATOR] = { "no_regulator", N_("no clear regulator"),
				 N_("does the place fall between the regulators"), DRAFT_YES,
				 TAXONOMY__MAX, 0 },
	[CLASS_REGULATOR] = { "regulator", N_("lead regulator"),
			      N_("which regulator leads; without one the case starts a level higher"),
			      DRAFT_WORDS, TAXONOMY__MAX, 400 },
	[CLASS_NAMED] = { "named", N_("named post"),
			  N_("the highest office whose people the tip names"), DRAFT_ONE,
			  TAXONOMY_POST, 1 },
	[CLASS_ORDER_KIND] = { "order_kind", N_("kind of visit"), N_("which inspection fits"),
			       DRAFT_ONE, TAXONOMY_ORDER_KIND, 1 },
	[CLASS_RECURRENCE] = { "recurrence", N_("came back"),
			       N_("how often the matter came back after it was closed"),
			       DRAFT_NUMBER, TAXONOMY__MAX, 99 },
	[CLASS_CAMPAIGN] = { "campaign", N_("campaign"), N_("the campaign in whose scope it is"),
			     DRAFT_CASE, TAXONOMY__MAX, 0 },
	[CLASS_RECEIPT] = { "receipt", N_("receipt"),
			    N_("how the body that took it over confirmed that"), DRAFT_WORDS,
			    TAXONOMY__MAX, 400 },
	[CLASS_LINKS] = { "links", N_("linked cases"), N_("cases of the same place or operator"),
			  DRAFT_CASES, TAXONOMY__MAX, 8 },
	[DRAFT_OUTCOME] = { "outcome", N_("outcome"), N_("what happens with the tip"), DRAFT_ONE,
			    TAXONOMY_OUTCOME, 1 },
	[DRAFT_QUESTION] = { "question", N_("question"), N_("one plain question to the source"),
			     DRAFT_WORDS, TAXONOMY__MAX, 2000 },
	[DRAFT_INTO] = { "into", N_("other case"), N_("the id of the other case"), DRAFT_CASE,
			 TAXONOMY__MAX, 0 },
	[DRAFT_TARGET] = { "target", N_("goes to"), N_("which body takes the matter over"),
			   DRAFT_WORDS, TAXONOMY__MAX, 400 },
	[DRAFT_VOICE] = { "voice", N_("by voice"), N_("was it handed over by voice as well"),
			  DRAFT_YES, TAXONOMY__MAX, 0 },
	[DRAFT_TEXT] = { "text", N_("reason"), N_("why, in your own words"), DRAFT_WORDS,
			 TAXONOMY__MAX, 9000 },
};

const uint8_t draft_order[DRAFT__MAX] = {
	CLASS_SECTOR,   CLASS_PLACE,    CLASS_WORK,         CLASS_ISSUE,         CLASS_HAZARD,
	CLASS_MASS,     CLASS_SEVERITY, CLASS_CREDIBILITY,  CLASS_ACTIONABILITY, CLASS_KNOWER,
	CLASS_RISK,     CLASS_NAMED,    CLASS_NO_REGULATOR, CLASS_REGULATOR,     CLASS_RECURRENCE,
	CLASS_CAMPAIGN, CLASS_RECEIPT,  CLASS_LINKS,        DRAFT_OUTCOME,       CLASS_ORDER_KIND,
	DRAFT_QUESTION, DRAFT_INTO,     DRAFT_TARGET,       DRAFT_VOICE,         DRAFT_TEXT,
};

struct draft *
draft_new(const struct draft_case *c)
{
	struct draft *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->c = *c;
	d->f = *c->fold;
	d->said = json_object();
	if (!d->said) {
		free(d);
		return NULL;
	}
	return d;
}

void
draft_free(struct draft *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->c.like_cnt; i++)
		json_decref(d->c.like[i].said);
	json_decref(d->other_said);
	json_decref(d->said);
	free(d);
}

unsigned
draft_field(const char *name)
{
	unsigned i = 0;

	while (i < DRAFT__MAX && strcmp(draft_info[i].name, name))
		i++;
	return i;
}

const struct fold *
draft_fold(const struct draft *d)
{
	return &d->f;
}

const json_t *
draft_get(const struct draft *d, unsigned field)
{
	const json_t *v = json_object_get(d->said, draft_info[field].name);

	return v || field >= CLASS__MAX ? v : d->c.fold->said[field];
}

const char *
draft_words(const struct draft *d, unsigned field)
{
	const char *s = json_string_value(draft_get(d, field));

	return s ? s : "";
}

const struct draft_like *
draft_likes(const struct draft *d, size_t *cnt)
{
	*cnt = d->c.like_cnt;
	return d->c.like;
}

void
draft_other(struct draft *d, const struct draft_other *other, json_t *said)
{
	d->other = *other;
	json_decref(d->other_said);
	d->other_said = said;
}

/* One value of a field in words, to be freed. */
static char *
say(unsigned field, const json_t *v)
{
	const struct draft_info *info = &draft_info[field];
	const struct taxonomy_word *w = taxonomy_find(info->axis, json_string_value(v));
	char *out = NULL;

	if (json_is_boolean(v))
		return strdup(json_is_true(v) ? _("yes") : _("no"));
	if (json_is_integer(v)) {
		if (asprintf(&out, "%lld", (long long)json_integer_value(v)) < 0)
			out = NULL;
		return out;
	}
	if (!w)
		return strdup(json_string_value(v) ? json_string_value(v) : "");
	if (asprintf(&out, "%s %s", w->code, taxonomy_name(w)) < 0)
		out = NULL;
	return out;
}

char *
draft_text(const struct draft *d, unsigned field)
{
	const json_t *v = draft_get(d, field);
	char *out = NULL, *one, *more;
	size_t i;

	if (!json_is_array(v)) {
		out = say(field, v);
		return out ? out : strdup("");
	}
	for (i = 0; i < json_array_size(v); i++) {
		one = say(field, json_array_get(v, i));
		if (asprintf(&more, "%s%s%s", out ? out : "", out ? ", " : "", one ? one : "") < 0)
			more = NULL;
		free(one);
		free(out);
		out = more;
	}
	return out ? out : strdup("");
}

/* Whether `name` holds `query` anywhere; ASCII letters alike in both cases. 2: it begins with it.
 */
static int
holds(const char *name, const char *query)
{
	size_t n = strlen(query), i;

	for (i = 0; name && name[i]; i++)
		if (!strncasecmp(name + i, query, n))
			return i ? 1 : 2;
	return 0;
}

/* How well a word fits: 0 not at all, up to 6 for its own code. */
static int
fits(const struct taxonomy_word *w, const char *query)
{
	int zh = holds(w->zh, query), en = holds(w->en, query);

	if (!strcasecmp(w->code, query))
		return 6;
	if (!strcasecmp(w->zh, query) || !strcasecmp(w->en, query))
		return 5;
	if (holds(w->code, query) == 2)
		return 4;
	if (zh == 2 || en == 2)
		return 3;
	return zh || en ? 2 : holds(w->also, query) ? 1 : 0;
}

size_t
draft_find(enum taxonomy_axis axis, const char *query, const struct taxonomy_word **hit, size_t max)
{
	size_t cnt, i, n = 0;
	const struct taxonomy_word *all = taxonomy_all(axis, &cnt);
	int rank;

	while (*query == ' ')
		query++;
	if (!*query)
		return 0;
	for (rank = 6; rank; rank--)
		for (i = 0; i < cnt && n < max; i++)
			if (fits(&all[i], query) == rank)
				hit[n++] = &all[i];
	return n;
}

static bool no(char *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool
no(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, DRAFT_WHY_CAP, fmt, ap);
	va_end(ap);
	return false;
}

/* The one word that is meant: the code or name itself, the only one whose code begins so, or the
 * only one that fits. */
static const struct taxonomy_word *
resolve(unsigned field, const char *query, char *why)
{
	const struct taxonomy_word *hit[HITS + 1];
	size_t n = draft_find(draft_info[field].axis, query, hit, HITS + 1), i, at;
	int best = n ? fits(hit[0], query) : 0;

	if (n == 1 || best >= 5 || (best == 4 && fits(hit[1], query) < 4))
		return hit[0];
	if (!n) {
		no(why, _("%s: nothing is called \"%.60s\"."), _(draft_info[field].label), query);
		return NULL;
	}
	at = (size_t)snprintf(why, DRAFT_WHY_CAP, _("%s: \"%.60s\" fits several:"),
			      _(draft_info[field].label), query);
	for (i = 0; i < n && i < HITS && at < DRAFT_WHY_CAP; i++)
		at += (size_t)snprintf(why + at, DRAFT_WHY_CAP - at, "%s %s %.40s", i ? ";" : "",
				       hit[i]->code, taxonomy_name(hit[i]));
	if (n > HITS && at < DRAFT_WHY_CAP)
		snprintf(why + at, DRAFT_WHY_CAP - at, " …");
	return NULL;
}

/* The next of several answers: up to a comma, also a Chinese one. */
static bool
next_answer(const char **text, char *out, size_t cap)
{
	static const char *const ends[] = { ",", "，", "、", ";", "；" };
	size_t n = 0, step = 0, i;

	*text += strspn(*text, " ");
	if (!**text)
		return false;
	while ((*text)[n] && !step) {
		for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
			if (!strncmp(*text + n, ends[i], strlen(ends[i])))
				step = strlen(ends[i]);
		n += !step;
	}
	snprintf(out, cap, "%.*s", (int)n, *text);
	*text += n + step;
	for (n = strlen(out); n && out[n - 1] == ' '; n--)
		out[n - 1] = '\0';
	return true;
}

static json_t *
read_many(unsigned field, const char *text, char *why)
{
	const struct taxonomy_word *w;
	json_t *list = json_array();
	char one[128];

	while (next_answer(&text, one, sizeof(one))) {
		if (!*one)
			continue;
		w = draft_info[field].axis == TAXONOMY__MAX ? NULL : resolve(field, one, why);
		if (!w && draft_info[field].axis != TAXONOMY__MAX) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, json_string(w ? w->code : one));
	}
	return list;
}

static json_t *
read_yes(const char *text)
{
	static const char *const yes[] = { "y", "yes", "是", "true", "1" }, *const not [] = {
		"n", "no", "否", "不", "false", "0"
	};
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!strcasecmp(text, yes[i]))
			return json_true();
	for (i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		if (!strcasecmp(text, not [i]))
			return json_false();
	return NULL;
}

static json_t *
read_answer(unsigned field, const char *text, char *why)
{
	const struct taxonomy_word *w;
	char mark[3] = "", *end;
	long n;

	switch (draft_info[field].kind) {
	case DRAFT_ONE:
		w = resolve(field, text, why);
		return w ? json_string(w->code) : NULL;
	case DRAFT_MANY:
	case DRAFT_CASES:
		return read_many(field, text, why);
	case DRAFT_MARK:
		if (strlen(text) == 2)
			snprintf(mark, sizeof(mark), "%c%c", toupper((unsigned char)text[0]),
				 text[1]);
		return json_string(mark);
	case DRAFT_NUMBER:
		n = strtol(text, &end, 10);
		return *end || end == text ? json_null() : json_integer(n);
	case DRAFT_YES:
		return read_yes(text);
	case DRAFT_CASE:
	case DRAFT_WORDS:
		return json_string(text);
	}
	return NULL;
}

/* The words of a question that is ready, in the language of the tip; else what was typed. */
static const char *
question_text(const struct draft *d, const char *text)
{
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_TEMPLATE, text);

	if (!w || !w->to || strcmp(w->to, "3"))
		return text;
	return strcmp(schema_text(d->c.tip, "lang"), "en") ? w->zh : w->en;
}

/* Each code once, at most so many, each of the axis. */
static bool
check_list(unsigned field, const json_t *v, char *why)
{
	const struct draft_info *info = &draft_info[field];
	size_t i, j;

	if (!json_is_array(v) || json_array_size(v) > info->max)
		return no(why, _("%s: at most %u."), _(info->label), info->max);
	for (i = 0; i < json_array_size(v); i++) {
		const char *s = json_string_value(json_array_get(v, i));

		if (!s || (info->kind == DRAFT_MANY && !taxonomy_find(info->axis, s)))
			return no(why, _("%s: nothing is called \"%.60s\"."), _(info->label),
				  s ? s : "");
		for (j = 0; j < i; j++)
			if (!strcmp(s, json_string_value(json_array_get(v, j))))
				return no(why, _("%s: %.40s is there twice."), _(info->label), s);
	}
	return true;
}

static bool
is_id(const char *s)
{
	return s && strlen(s) == 32 && strspn(s, "0123456789abcdef") == 32;
}

static bool
check_cases(unsigned field, const json_t *v, char *why)
{
	size_t i;

	if (!check_list(field, v, why))
		return false;
	for (i = 0; i < json_array_size(v); i++)
		if (!is_id(json_string_value(json_array_get(v, i))))
			return no(why, _("%s: 32 hex digits are expected."),
				  _(draft_info[field].label));
	return true;
}

static bool
check_mark(unsigned field, const char *s, char *why)
{
	char near[2] = { s ? *s : '\0', '\0' };

	if (s && strlen(s) == 2 && taxonomy_find(TAXONOMY_NEARNESS, near) &&
	    taxonomy_find(TAXONOMY_FIT, s + 1))
		return true;
	return no(why, _("%s: A, B, C or X and a digit from 1 to 4, such as B2."),
		  _(draft_info[field].label));
}

static bool
check_value(unsigned field, const json_t *v, char *why)
{
	const struct draft_info *info = &draft_info[field];
	const char *s = json_string_value(v);

	switch (info->kind) {
	case DRAFT_ONE:
		return (s && taxonomy_find(info->axis, s)) ||
		       no(why, _("%s: nothing is called \"%.60s\"."), _(info->label), s ? s : "");
	case DRAFT_MANY:
		return check_list(field, v, why);
	case DRAFT_CASES:
		return check_cases(field, v, why);
	case DRAFT_MARK:
		return check_mark(field, s, why);
	case DRAFT_NUMBER:
		return (json_is_integer(v) && json_integer_value(v) >= 0 &&
			json_integer_value(v) <= info->max) ||
		       no(why, _("%s: a whole number from 0 to %u."), _(info->label), info->max);
	case DRAFT_YES:
		return json_is_boolean(v) || no(why, _("%s: yes or no."), _(info->label));
	case DRAFT_WORDS:
		return (s && strlen(s) <= info->max) ||
		       no(why, _("%s: a text of at most %u bytes."), _(info->label), info->max);
	case DRAFT_CASE:
		return is_id(s) || no(why, _("%s: 32 hex digits are expected."), _(info->label));
	}
	return false;
}

bool
draft_put(struct draft *d, unsigned field, const json_t *value, char why[static DRAFT_WHY_CAP])
{
	if (!check_value(field, value, why))
		return false;
	if (field == DRAFT_INTO)
		draft_other(d, &(struct draft_other){ 0 }, NULL);
	for (size_t i = 0; field == DRAFT_INTO && i < d->c.like_cnt; i++)
		if (!strcmp(json_string_value(value), d->c.like[i].id))
			draft_other(d, &d->c.like[i].other, json_incref(d->c.like[i].said));
	json_object_set(d->said, draft_info[field].name, (json_t *)value);
	class_put(&d->f, d->c.fold, d->said);
	return true;
}

json_t *
draft_read(unsigned field, const char *text, char why[static DRAFT_WHY_CAP])
{
	json_t *v;

	*why = '\0';
	text += strspn(text, " \t");
	v = read_answer(field, text, why);
	if (*why || check_value(field, v, why))
		return v;
	json_decref(v);
	return NULL;
}

bool
draft_set(struct draft *d, unsigned field, const char *text, char why[static DRAFT_WHY_CAP])
{
	json_t *v;
	bool fine;

	*why = '\0';
	text += strspn(text, " \t");
	if (!strcmp(text, "-")) {
		json_object_del(d->said, draft_info[field].name);
		class_put(&d->f, d->c.fold, d->said);
		return true;
	}
	v = draft_read(field, field == DRAFT_QUESTION ? question_text(d, text) : text, why);
	fine = v && draft_put(d, field, v, why);
	json_decref(v);
	return fine;
}

json_t *
draft_save(const struct draft *d)
{
	return json_deep_copy(d->said);
}

bool
draft_load(struct draft *d, const json_t *saved, char why[static DRAFT_WHY_CAP])
{
	const json_t *v;
	const char *s, *name;
	size_t i;

	json_object_foreach((json_t *)saved, name, v)
	{
		if (draft_field(name) == DRAFT__MAX)
			return no(why, _("No field is called \"%.60s\"."), name);
	}
	for (i = 0; i < DRAFT__MAX; i++) {
		v = json_object_get(saved, draft_info[draft_order[i]].name);
		s = json_string_value(v);
		if (!v)
			continue;
		/* a program may give words or codes as one text, as a person types them */
		if (s ? !draft_set(d, draft_order[i], s, why)
		      : !draft_put(d, draft_order[i], v, why))
			return false;
	}
	return true;
}
