/* Suggestions of codes: finds the words of data/words.json in clauses, weighs them (see suggest.h).
 */
#include "admin-cli/rules/suggest.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/rules/schema.h"

struct word {
	enum taxonomy_axis axis;
	unsigned code; /* its place in the axis */
	int weight;
	bool latin;
	const char *a, *b; /* b NULL: a alone */
};

/* What else speaks for codes: a picture, a trick, the sector. `code` is a code or how codes begin.
 */
enum prior_kind { PRIOR_TILE, PRIOR_HIDING, PRIOR_PRIOR, PRIOR_FAMILY };
struct prior {
	enum prior_kind kind;
	int weight;
	const char *key, *code;
};

#include "words.inc"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

const char *const suggest_fields[] = { "what",      "where",          "inside", "hiding_text",
				       "check_how", "keep_from_text", "text",   NULL };

/* A clause of one field, in lower case, with its place in that field. */
struct clause {
	size_t said;
	const char *field;
	const char *text;
	size_t at, len;
};

struct work {
	struct suggest *out;
	bool counted[COUNT(words)];
	struct {
		int sum, best;
	} weight[TAXONOMY__MAX][WORD_CODES];
	uint8_t pairs[1 << 13]; /* a bit for each pair of bytes that the field has */
};

static const char *
code_of(const struct word *w)
{
	size_t cnt;

	return taxonomy_all(w->axis, &cnt)[w->code].code;
}

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'';
}

/* Whether an English word may stand at p: it begins there, and a short one ends there, too. */
static bool
stands(const struct clause *cl, const char *p, size_t len)
{
	const char *end = cl->text + cl->len;
	size_t last = 0;

	if (p > cl->text && letter(p[-1]))
		return false;
	while (last < len && letter(p[len - 1 - last]))
		last++;
	return last > 3 || p + len >= end || !letter(p[len]);
}

/* The sign of UTF-8 that ends before p, not before `from`. */
static const char *
sign_before(const char *from, const char *p)
{
	do
		p--;
	while (p > from && (*p & 0xc0) == 0x80);
	return p;
}

static bool
one_of(const char *const *list, size_t cnt, const char *p, size_t len)
{
	size_t i;

	for (i = 0; i < cnt; i++)
		if (strlen(list[i]) == len && !memcmp(list[i], p, len))
			return true;
	return false;
}

/* Chinese: "not" stands before p, with at most three signs between that carry it on ("没有人…"). */
static bool
denied_chinese(const struct clause *cl, const char *p)
{
	const char *end = p;
	unsigned i;

	for (i = 0; i < 4 && end > cl->text; i++) {
		const char *at = sign_before(cl->text, end);
		size_t len = (size_t)(end - at);

		if (one_of(not_zh, COUNT(not_zh), at, len))
			return true;
		if (!one_of(not_through, COUNT(not_through), at, len))
			return false;
		end = at;
	}
	return false;
}

/* English: "not" is one of the three words before p. */
static bool
denied_english(const struct clause *cl, const char *p)
{
	unsigned words_back = 0;

	while (p > cl->text && words_back < 3) {
		const char *end = p;

		while (end > cl->text && !letter(end[-1]))
			end--;
		for (p = end; p > cl->text && letter(p[-1]);)
			p--;
		if (one_of(not_en, COUNT(not_en), p, (size_t)(end - p)))
			return true;
		words_back++;
	}
	return false;
}

/* The first place of a part in the clause that is not denied; NULL: none. */
static const char *
find(const struct clause *cl, const char *part, bool latin)
{
	const char *p = cl->text, *end = cl->text + cl->len;
	size_t len = strlen(part);

	while ((p = memmem(p, (size_t)(end - p), part, len)) != NULL) {
		if (latin ? stands(cl, p, len) && !denied_english(cl, p) : !denied_chinese(cl, p))
			return p;
		p++;
	}
	return NULL;
}

/* Whether the place lies inside one that speaks for the same code already. */
static bool
covered(const struct suggest *s, const struct clause *cl, const struct word *w, const char *p,
	size_t len)
{
	size_t at = cl->at + (size_t)(p - cl->text), i;

	for (i = 0; i < s->span_cnt; i++) {
		const struct suggest_span *x = &s->span[i];

		if (x->axis == w->axis && x->code == code_of(w) && x->said == cl->said &&
		    x->field == cl->field && x->at <= at && at + len <= x->at + x->len)
			return true;
	}
	return false;
}

static void
mark(struct suggest *s, const struct clause *cl, const struct word *w, const char *p, size_t len)
{
	if (s->span_cnt < SUGGEST_SPANS)
		s->span[s->span_cnt++] = (struct suggest_span){
			.said = cl->said,
			.field = cl->field,
			.at = cl->at + (size_t)(p - cl->text),
			.len = len,
			.axis = w->axis,
			.code = code_of(w),
		};
}

/* Few of the words have a beginning that the field has: the others need no search. */
static void
note_pairs(struct work *k, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;

	memset(k->pairs, 0, sizeof(k->pairs));
	for (; p[0] && p[1]; p++)
		k->pairs[p[0] << 5 | p[1] >> 3] |= (uint8_t)(1u << (p[1] & 7));
}

static bool
may_stand(const struct work *k, const char *word)
{
	const uint8_t *p = (const uint8_t *)word;

	return k->pairs[p[0] << 5 | p[1] >> 3] >> (p[1] & 7) & 1;
}

static void
search(struct work *k, const struct clause *cl)
{
	size_t i;

	if (!cl->len)
		return; /* most fields are empty, and two thousand words were looked for in each */
	for (i = 0; i < COUNT(words); i++) {
		const struct word *w = &words[i];
		const char *a, *b = NULL;

		if (k->counted[i] || !may_stand(k, w->a) || !(a = find(cl, w->a, w->latin)) ||
		    (w->b && !(b = find(cl, w->b, w->latin))))
			continue;
		if (covered(k->out, cl, w, a, strlen(w->a)) &&
		    (!b || covered(k->out, cl, w, b, strlen(w->b))))
			continue;
		mark(k->out, cl, w, a, strlen(w->a));
		if (b)
			mark(k->out, cl, w, b, strlen(w->b));
		k->counted[i] = true;
		k->weight[w->axis][w->code].sum += w->weight;
		if (w->weight > k->weight[w->axis][w->code].best)
			k->weight[w->axis][w->code].best = w->weight;
	}
}

/* How many bytes at p end a clause: punctuation, a line's end, a blank between two Chinese signs.
 */
static size_t
boundary(const char *text, const char *p)
{
	static const char *const ends[] = { "，", "。", "；", "！", "？", "：" };
	size_t i;

	if (*p == '\n' || *p == ',' || *p == '.' || *p == ';' || *p == '!' || *p == '?' ||
	    *p == ':')
		return 1;
	if (*p == ' ')
		return p > text && (p[-1] & 0x80) && (p[1] & 0x80) ? 1 : 0;
	for (i = 0; i < COUNT(ends); i++)
		if (!strncmp(p, ends[i], strlen(ends[i])))
			return strlen(ends[i]);
	return 0;
}

static void
search_field(struct work *k, size_t said, const char *field, const char *text)
{
	char *low = strdup(text), *p, *start;
	size_t skip;

	if (!low)
		return;
	for (p = low; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	note_pairs(k, low);
	for (start = p = low;; p += skip) {
		skip = *p ? boundary(low, p) : 0;
		if (!*p || skip) {
			struct clause cl = { said, field, start, (size_t)(start - low),
					     (size_t)(p - start) };

			search(k, &cl);
			start = p + skip;
		}
		if (!*p)
			break;
		skip = skip ? skip : 1;
	}
	free(low);
}

/* What the priors of a kind add to a code for this key. */
static int
prior(enum prior_kind kind, const char *key, const char *code)
{
	int sum = 0;
	size_t i;

	for (i = 0; key && i < COUNT(priors); i++)
		if (priors[i].kind == kind && *priors[i].code == *code &&
		    !strcmp(priors[i].key, key) &&
		    !strncmp(code, priors[i].code, strlen(priors[i].code)))
			sum += priors[i].weight;
	return sum;
}

/* The points that words give to a code, which is named by its place in the axis. */
static int
points_of(const struct work *k, enum taxonomy_axis axis, size_t code)
{
	return code < WORD_CODES ? k->weight[axis][code].sum + k->weight[axis][code].best : 0;
}

static void
offer(struct suggest *s, enum taxonomy_axis axis, const char *code, int points, int places)
{
	struct suggest_code *list = s->axis[axis].code;
	size_t *cnt = &s->axis[axis].cnt, i;

	if (points <= 0)
		return;
	for (i = *cnt; i > 0 && list[i - 1].score < points; i--)
		if (i < SUGGEST_CODES)
			list[i] = list[i - 1];
	if (i >= SUGGEST_CODES)
		return;
	list[i] = (struct suggest_code){ code, points, places };
	if (*cnt < SUGGEST_CODES)
		++*cnt;
}

static int
places_of(const struct suggest *s, enum taxonomy_axis axis, const char *code)
{
	int n = 0;
	size_t i;

	for (i = 0; i < s->span_cnt; i++)
		n += s->span[i].axis == axis && !strcmp(s->span[i].code, code);
	return n;
}

/* The words of the sector and the families of the hazards that words speak for. */
static void
offer_sectors(const struct work *k, struct suggest *s)
{
	size_t cnt, hazard_cnt, i, h;
	const struct taxonomy_word *all = taxonomy_all(TAXONOMY_SECTOR, &cnt);
	const struct taxonomy_word *hazard = taxonomy_all(TAXONOMY_HAZARD, &hazard_cnt);

	for (i = 0; i < cnt; i++) {
		int points = points_of(k, TAXONOMY_SECTOR, i), best = 0;

		for (h = 0; h < hazard_cnt; h++) {
			int said = points_of(k, TAXONOMY_HAZARD, h);

			if (!said)
				continue;
			char family[3] = { hazard[h].code[0], hazard[h].code[1], '\0' };
			int more = prior(PRIOR_FAMILY, family, all[i].code) * said / 4;

			best = more > best ? more : best;
		}
		offer(s, TAXONOMY_SECTOR, all[i].code, points + best,
		      places_of(s, TAXONOMY_SECTOR, all[i].code));
	}
}

static void
offer_hazards(const struct work *k, const json_t *tip, const char *sector, struct suggest *s)
{
	const json_t *hiding = schema_list(tip, "hiding");
	char tile[8];
	size_t cnt, i, j;
	const struct taxonomy_word *all = taxonomy_all(TAXONOMY_HAZARD, &cnt);

	snprintf(tile, sizeof(tile), "%u", schema_number(tip, "tile") % 1000);
	for (i = 0; i < cnt; i++) {
		const char *code = all[i].code;
		int said = points_of(k, TAXONOMY_HAZARD, i);
		int more = prior(PRIOR_TILE, tile, code);

		for (j = 0; j < json_array_size(hiding); j++)
			more += prior(PRIOR_HIDING, json_string_value(json_array_get(hiding, j)),
				      code);
		/* Without a word only what speaks clearly is offered, and the sector alone is
		 * nothing. */
		if (said)
			more += prior(PRIOR_PRIOR, sector, code);
		else if (more < 3)
			continue;
		offer(s, TAXONOMY_HAZARD, code, said + more, places_of(s, TAXONOMY_HAZARD, code));
	}
}

static void
offer_plain(const struct work *k, enum taxonomy_axis axis, struct suggest *s)
{
	size_t cnt, i;
	const struct taxonomy_word *all = taxonomy_all(axis, &cnt);

	for (i = 0; i < cnt; i++)
		offer(s, axis, all[i].code, points_of(k, axis, i), places_of(s, axis, all[i].code));
}

void
suggest_run(const json_t *const *said, size_t cnt, const char *sector, struct suggest *out)
{
	struct work *k = calloc(1, sizeof(*k));
	size_t i, f;

	memset(out, 0, sizeof(*out));
	if (!k)
		return;
	k->out = out;
	for (i = 0; i < cnt; i++)
		for (f = 0; suggest_fields[f]; f++)
			search_field(k, i, suggest_fields[f],
				     schema_text(said[i], suggest_fields[f]));
	offer_sectors(k, out);
	if (!sector && out->axis[TAXONOMY_SECTOR].cnt)
		sector = out->axis[TAXONOMY_SECTOR].code[0].code;
	for (i = 0; i < cnt && !json_object_get(said[i], "tile");)
		i++;
	offer_hazards(k, i < cnt ? said[i] : NULL, sector, out);
	offer_plain(k, TAXONOMY_PLACE, out);
	offer_plain(k, TAXONOMY_WORK, out);
	offer_plain(k, TAXONOMY_ISSUE, out);
	free(k);
}

/* Whether byte `at` of the field is marked for a hazard or a kind of work. */
static bool
marked(const struct suggest *s, size_t said, const char *field, size_t at)
{
	size_t i;

	for (i = 0; i < s->span_cnt; i++) {
		const struct suggest_span *x = &s->span[i];

		if ((x->axis == TAXONOMY_HAZARD || x->axis == TAXONOMY_WORK) && x->said == said &&
		    !strcmp(x->field, field) && x->at <= at && at < x->at + x->len)
			return true;
	}
	return false;
}

char *
suggest_marked(const struct suggest *s, size_t said, const char *field, const char *text)
{
	size_t len = strlen(text), i, n = 0;
	char *out = malloc(3 * len + 1);
	bool in = false, any = false;

	if (!out)
		return NULL;
	for (i = 0; i <= len; i++) {
		bool now = i < len && marked(s, said, field, i);

		if (now != in)
			out[n++] = now ? '{' : '}';
		any = any || now;
		in = now;
		out[n++] = text[i];
	}
	if (any)
		return out;
	free(out);
	return NULL;
}
