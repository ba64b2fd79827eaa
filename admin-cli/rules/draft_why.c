/* What a draft comes to, with its reasons: suggestions from the tip, floor, start level, excluded
 * offices, priority (see draft.h). */
#include "admin-cli/rules/draft_inner.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/priority.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/suggest.h"

#define SAID_MAX 32 /* entries of the source that are looked at */

/* Appends to a text that grows; *text NULL is an empty one. */
static void more(char **text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
more(char **text, const char *fmt, ...)
{
	char *one, *both;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&one, fmt, ap) < 0)
		one = NULL;
	va_end(ap);
	if (asprintf(&both, "%s%s", *text ? *text : "", one ? one : "") < 0)
		both = NULL;
	free(one);
	free(*text);
	*text = both;
}

static char *
whole(char *text)
{
	return text ? text : strdup("");
}

char *
draft_why_floor(const struct draft *d)
{
	const char *why;
	int floor = class_floor(&d->f, &why);
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_HAZARD, why);
	char *out = NULL;

	if (w)
		more(&out, _("floor S%d: %s %s"), floor, w->code, taxonomy_name(w));
	else if (why && d->f.said[CLASS_MASS])
		more(&out, _("floor S%d: three or more people could die"), floor);
	else if (why)
		more(&out, _("floor S%d: the tip speaks of %u people or more"), floor, d->f.people);
	else
		more(&out, _("no floor"));
	return whole(out);
}

static void
say_reason(char **out, const struct level_reason *r)
{
	const struct taxonomy_word *w;

	switch (r->why) {
	case LEVEL_TILE:
		w = taxonomy_find(TAXONOMY_TILE, r->code);
		more(out, _("kind of danger \"%s\""), w ? taxonomy_name(w) : r->code);
		return;
	case LEVEL_HAZARD:
		more(out, _("hazard %s"), r->code);
		return;
	case LEVEL_KEEP:
		more(out, _("the source keeps it from %s, and the office above is skipped"),
		     r->code);
		return;
	case LEVEL_NAMED:
		more(out, _("%s is named, and the office above is skipped"), r->code);
		return;
	case LEVEL_REGULATOR:
		more(out, _("no regulator leads"));
		return;
	case LEVEL_AGAIN:
		more(out, _("the matter came back"));
		return;
	case LEVEL_OTHER:
		more(out, _("as case %s, into which it is merged"), r->code);
	}
}

/* Where it starts, why, and who is kept out (new reference). A tip that is merged goes on as the
 * other case does: for one reason, which is that. */
static unsigned
start_of(const struct draft *d, struct level_reason r[static LEVEL_REASONS], int *level,
	 json_t **excluded)
{
	const struct draft_other *o = &d->other;

	if (draft_is(d, "MERGE") && o->here && o->start) {
		*level = o->start;
		*excluded = level_below(o->named ? o->start : 0);
		r->why = LEVEL_OTHER;
		r->level = o->start;
		snprintf(r->code, sizeof(r->code), "%.8s", draft_words(d, DRAFT_INTO));
		return 1;
	}
	*excluded = level_excluded(&d->f, d->c.tip);
	return level_explain(r, level, &d->f, d->c.tip, NULL);
}

char *
draft_why_level(const struct draft *d)
{
	struct level_reason r[LEVEL_REASONS];
	json_t *excluded;
	char *out = NULL;
	unsigned n, i;
	int level;

	n = start_of(d, r, &level, &excluded);
	more(&out, _("starts at L%d"), level);
	for (i = 0; i < n; i++) {
		more(&out, "%s", i ? "; " : ": ");
		say_reason(&out, &r[i]);
		more(&out, " (L%d)", r[i].level);
	}
	for (i = 0; i < json_array_size(excluded); i++)
		more(&out, "%s%s", i ? " " : _(". Excluded: "),
		     json_string_value(json_array_get(excluded, i)));
	json_decref(excluded);
	return whole(out);
}

char *
draft_why_priority(const struct draft *d)
{
	return whole(priority_text(&d->f));
}

json_t *
draft_computed(const struct draft *d)
{
	struct level_reason r[LEVEL_REASONS];
	json_t *why = json_array(), *excluded;
	unsigned n, i;
	const char *from;
	int level, floor = class_floor(&d->f, &from);

	n = start_of(d, r, &level, &excluded);
	for (i = 0; i < n; i++) {
		char *text = NULL;

		say_reason(&text, &r[i]);
		json_array_append_new(why, json_pack("{s:i,s:s}", "level", r[i].level, "why",
						     text ? text : ""));
		free(text);
	}
	return json_pack("{s:i,s:s*,s:i,s:o,s:o,s:i,s:o}", "floor", floor, "floor_by", from,
			 "start_level", level, "start_why", why, "excluded", excluded, "priority",
			 priority_sum(&d->f), "priority_terms", priority_json(&d->f));
}

/* 0 to 10 by what the tip answers. */
static int
answered(const json_t *tip)
{
	const json_t *when = schema_list(tip, "when_visible");
	const char *first = json_string_value(json_array_get(when, 0));
	const char *people = schema_text(tip, "people_band");
	int sum = 0;

	sum += *schema_text(tip, "where") ? 3 : 0;
	sum += *schema_text(tip, "what") ? 2 : 0;
	sum += *schema_text(tip, "inside") ? 1 : 0;
	sum += first && strcmp(first, "unknown") ? 1 : 0;
	sum += json_array_size(schema_list(tip, "hiding")) || *schema_text(tip, "hiding_text");
	sum += *schema_text(tip, "check_how") ? 1 : 0;
	sum += !strcmp(schema_text(tip, "still_on"), "yes") && *people && strcmp(people, "unknown");
	return sum;
}

/* Whether she sent something to hear: a voice is a name. */
static bool
has_sound(const json_t *tip)
{
	const json_t *list = schema_list(tip, "media");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strncmp(schema_text(json_array_get(list, i), "type"), "audio/", 6))
			return true;
	return false;
}

static json_t *
risks(const json_t *tip)
{
	static const char *const said[] = { "where",       "what",      "inside",
					    "hiding_text", "check_how", "keep_from_text" };
	json_t *list = json_array();
	bool probes = false;
	size_t i, k;

	for (k = 0; k < sizeof(said) / sizeof(*said); k++)
		probes |= risk_probes(schema_text(tip, said[k]));
	for (i = 0; i < risk_cnt(); i++)
		for (k = 0; k < sizeof(said) / sizeof(*said); k++)
			if (taxonomy_find(TAXONOMY_RISK, risk_name(i)) &&
			    risk_match(i, schema_text(tip, said[k]))) {
				json_array_append_new(list, json_string(risk_name(i)));
				break;
			}
	if (probes)
		json_array_append_new(list, json_string("probe"));
	if (has_sound(tip))
		json_array_append_new(list, json_string("voice"));
	if (json_array_size(list))
		return list;
	json_decref(list);
	return NULL;
}

static json_t *
sector(const json_t *tip)
{
	static const char *const by_tile[] = { NULL, "COAL", "COAL", "COAL", "NCM", "HAZ", "FIRE" };
	uint32_t tile = schema_number(tip, "tile");

	return tile < sizeof(by_tile) / sizeof(*by_tile) && by_tile[tile]
		       ? json_string(by_tile[tile])
		       : NULL;
}

/* The highest office that the source keeps it from. */
static json_t *
named(const json_t *tip)
{
	const json_t *keep = schema_list(tip, "keep_from");
	const char *best = NULL, *s;
	size_t i;

	for (i = 0; i < json_array_size(keep); i++) {
		s = json_string_value(json_array_get(keep, i));
		if (s && taxonomy_find(TAXONOMY_POST, s) && (!best || strcmp(s, best) > 0))
			best = s;
	}
	return best ? json_string(best) : NULL;
}

/* The bodies of what the source said, for the words in them. Returns how many. */
static size_t
words_of_source(const struct draft *d, const json_t **said, size_t max)
{
	const struct fold_input *in = d->c.in;
	size_t i, n = 0;

	for (i = 0; i < in->entry_cnt && n < max; i++)
		if (in->entry[i].by_source && in->entry[i].body)
			said[n++] = in->entry[i].body;
	return n;
}

/* The first codes of an axis that words of the source speak for; of hazards three, else as many as
 * the field holds. */
static json_t *
by_words(const struct draft *d, unsigned field)
{
	const struct draft_info *info = &draft_info[field];
	size_t i, most = field == CLASS_HAZARD ? 3 : info->max;
	const json_t *said[SAID_MAX];
	struct suggest *s = malloc(sizeof(*s));
	json_t *list = json_array();
	const char *sector = draft_words(d, CLASS_SECTOR);

	if (!s || !list) {
		free(s);
		json_decref(list);
		return NULL;
	}
	suggest_run(said, words_of_source(d, said, SAID_MAX), *sector ? sector : NULL, s);
	for (i = 0; i < s->axis[info->axis].cnt && json_array_size(list) < most; i++)
		if (s->axis[info->axis].code[i].words)
			json_array_append_new(list, json_string(s->axis[info->axis].code[i].code));
	free(s);
	if (json_array_size(list) && info->kind == DRAFT_MANY)
		return list;
	if (json_array_size(list)) { /* the first alone */
		json_t *one = json_incref(json_array_get(list, 0));

		json_decref(list);
		return one;
	}
	json_decref(list);
	return NULL;
}

/* Where no word of the source speaks for one: the usual place or issue of the gravest hazard. */
static json_t *
by_hazard(const struct draft *d, unsigned field)
{
	json_t *v = by_words(d, field);
	const struct taxonomy_word *w = d->f.hazard_cnt
						? taxonomy_find(TAXONOMY_HAZARD, d->f.hazard[0])
						: NULL;
	const char *code = !w ? NULL : field == CLASS_PLACE ? w->place : w->issue;

	return v || !code ? v : json_pack("[s]", code);
}

/* A case into which another can be merged: perhaps the same matter, judged, leading somewhere. */
static bool
takes(const struct draft_like *like)
{
	return like->same && like->other.severity && draft_lives(like->other.state);
}

/* The other case: the one that was chosen, else the first that fits; NULL: there is none. */
static const struct draft_like *
other(const struct draft *d)
{
	const char *into = draft_words(d, DRAFT_INTO);
	size_t i;

	for (i = 0; i < d->c.like_cnt; i++)
		if (*into ? !strcmp(into, d->c.like[i].id)
			  : !draft_is(d, "MERGE") || takes(&d->c.like[i]))
			return &d->c.like[i];
	return NULL;
}

/* The same matter has been judged already: how well this source knows it has not. */
static json_t *
by_merge(const struct draft *d, unsigned field)
{
	const struct draft_like *like = other(d);
	const json_t *said = *draft_words(d, DRAFT_INTO) ? d->other_said : like ? like->said : NULL;

	if (!draft_is(d, "MERGE") || field == CLASS_CREDIBILITY || field == CLASS_RISK ||
	    field == CLASS_ACTIONABILITY)
		return NULL;
	return json_incref(json_object_get(said, draft_info[field].name));
}

/* Several authorities where several have a say: illegal mining, several trades in one building. */
static json_t *
order_kind(const struct draft *d)
{
	bool joint = schema_has(d->f.said[CLASS_PLACE], "P-MIXED");
	size_t i;

	for (i = 0; i < d->f.hazard_cnt; i++)
		joint |= !strncmp(d->f.hazard[i], "IM-", 3);
	return d->f.hazard_cnt ? json_string(joint ? "JOINT" : "SURPRISE") : NULL;
}

json_t *
draft_suggestion(const struct draft *d, unsigned field)
{
	const json_t *tip = d->c.tip;
	int floor = class_floor(&d->f, NULL);
	json_t *v = by_merge(d, field);

	if (v)
		return v;
	switch (field) {
	case CLASS_SECTOR:
		v = by_words(d, field);
		return v ? v : sector(tip);
	case CLASS_PLACE:
	case CLASS_ISSUE:
		return by_hazard(d, field);
	case CLASS_WORK:
	case CLASS_HAZARD:
		return by_words(d, field);
	case CLASS_MASS:
		return d->f.people ? json_boolean(d->f.people >= 3) : NULL;
	case CLASS_SEVERITY:
		return d->f.danger_now ? json_string("S1")
		       : floor < 4     ? json_sprintf("S%d", floor)
				       : NULL;
	case CLASS_ACTIONABILITY:
		return tip ? json_integer(answered(tip)) : NULL;
	case CLASS_RISK:
		return risks(tip);
	case CLASS_NAMED:
		return named(tip);
	case CLASS_ORDER_KIND:
		return order_kind(d);
	case DRAFT_INTO:
		return other(d) ? json_string(other(d)->id) : NULL;
	default:
		return NULL;
	}
}

/* The hazards first: what is suggested elsewhere depends on them, and on the sector. */
void
draft_take(struct draft *d)
{
	char why[DRAFT_WHY_CAP];
	unsigned i;

	for (i = 0; i < 2 + DRAFT__MAX; i++) {
		unsigned field = i == 0 ? CLASS_SECTOR : i == 1 ? CLASS_HAZARD : draft_order[i - 2];
		json_t *hint = draft_asks(d, field) && !draft_get(d, field)
				       ? draft_suggestion(d, field)
				       : NULL;

		if (hint)
			(void)draft_put(d, field, hint, why);
		json_decref(hint);
	}
}
