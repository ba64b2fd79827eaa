/* Marks in an abstract what may point at the source (see mark.h). */
#include "admin-cli/rules/mark.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

#include "admin-cli/rules/pattern.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/suggest.h"

#define N_(text) text

struct mark_pattern {
	enum mark_kind kind;
	bool coarse;
	const char *re;
};

#define MARK_TABLE
#include "abstract.inc"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const char *const fields[] = { "text", "window", "access", "cover" };

static const struct {
	const char *name, *text;
} kinds[MARK__MAX] = {
	[MARK_RUN] = { "run", N_("words in a row that are hers") },
	[MARK_TIME] = { "time", N_("a time") },
	[MARK_SHIFT] = { "shift", N_("a shift or a crew") },
	[MARK_PEOPLE] = { "people", N_("how many people") },
	[MARK_NAME] = { "name", N_("a person's name") },
	[MARK_NUMBER] = { "number", N_("a telephone, id or account") },
	[MARK_INSIDE] = { "inside", N_("a place closer than the site, and few people know it") },
	[MARK_RARE] = { "rare", N_("an unusual word of hers") },
	[MARK_RISK] = { "risk", N_("what the page warns her of") },
};

const char *
mark_kind_name(enum mark_kind kind)
{
	return kinds[kind].name;
}

const char *
mark_kind_text(enum mark_kind kind)
{
	return kinds[kind].text;
}

bool
mark_coarse(const char *knower)
{
	return !knower || !*knower || !strcmp(knower, "<=5");
}

/* A sign (Chinese) or a word (others) of a text. */
struct token {
	uint32_t hash;
	size_t at, len;
	bool sign;
};

/* The tokens of a text without blanks and punctuation; *cnt = how many. NULL: no memory. */
static struct token *
tokens(const char *text, size_t *cnt)
{
	size_t len = strlen(text), i = 0, n = 0;
	struct token *out = calloc(len + 1, sizeof(*out));

	*cnt = 0;
	while (out && i < len) {
		int step = u8_mblen((const uint8_t *)text + i, len - i);
		ucs4_t c;

		step = step > 0 ? step : 1;
		u8_mbtouc(&c, (const uint8_t *)text + i, (size_t)step);
		if (uc_is_alpha(c) || uc_is_digit(c)) {
			bool sign = c >= 0x2e80;
			struct token *last = n ? &out[n - 1] : NULL;
			bool more = !sign && last && !last->sign && last->at + last->len == i;

			if (!more)
				out[n++] = (struct token){ 2166136261u, i, 0, sign };
			out[n - 1].len += (size_t)step;
			out[n - 1].hash = (out[n - 1].hash ^ uc_tolower(c)) * 16777619u;
		}
		i += (size_t)step;
	}
	*cnt = n;
	return out;
}

static bool
overlaps(const struct marks *m, const char *field, size_t at, size_t len)
{
	size_t i;

	for (i = 0; i < m->cnt; i++)
		if (m->mark[i].field == field && m->mark[i].at <= at &&
		    at + len <= m->mark[i].at + m->mark[i].len)
			return true;
	return false;
}

static void
add(struct marks *m, enum mark_kind kind, const char *field, size_t at, size_t len)
{
	if (overlaps(m, field, at, len))
		return;
	if (m->cnt == MARKS) {
		m->more = true;
		return;
	}
	m->mark[m->cnt++] = (struct mark){ kind, 0, field, at, len };
}

/* The field that is being marked, and the suggestions for its own words: the words of the trade. */
struct field {
	struct marks *m;
	const char *name, *text;
	const struct token *t;
	size_t cnt;
	const struct suggest *trade;
	enum mark_kind kind; /* of the pattern that runs */
};

/* Whether a word of the trade covers a token of the field. */
static bool
of_trade(const struct field *f, const struct token *t)
{
	size_t i;

	for (i = 0; f->trade && i < f->trade->span_cnt; i++) {
		const struct suggest_span *x = &f->trade->span[i];

		/* what was done to her is no word of the trade */
		if (strncmp(x->code, "CO", 2) != 0 && x->at < t->at + t->len &&
		    t->at < x->at + x->len)
			return true;
	}
	return false;
}

static bool
is_common(const char *text, const struct token *t)
{
	char word[24];
	size_t i;

	if (t->len >= sizeof(word))
		return false;
	for (i = 0; i < t->len; i++)
		word[i] = (char)(text[t->at + i] >= 'A' && text[t->at + i] <= 'Z'
					 ? text[t->at + i] + 32
					 : text[t->at + i]);
	word[t->len] = '\0';
	for (i = 0; i < COUNT(common); i++)
		if (!strcmp(common[i], word))
			return true;
	return false;
}

/* A run of n tokens from i on that the source has as well. True where it is marked as a run. */
static bool
judge_run(const struct field *f, size_t i, size_t n)
{
	size_t need_signs = f->m->coarse ? MARK_RUN_SIGNS_COARSE : MARK_RUN_SIGNS;
	size_t need_words = f->m->coarse ? MARK_RUN_WORDS_COARSE : MARK_RUN_WORDS;
	size_t signs = 0, k, at = f->t[i].at, len = f->t[i + n - 1].at + f->t[i + n - 1].len - at;
	bool trade = false;

	for (k = i; k < i + n; k++) {
		signs += f->t[k].sign;
		trade = trade || of_trade(f, &f->t[k]);
	}
	if (signs >= need_signs || n - signs >= need_words) {
		add(f->m, MARK_RUN, f->name, at, len);
		return true;
	}
	if (signs >= (f->m->coarse ? MARK_RARE_SIGNS_COARSE : MARK_RARE_SIGNS) && !trade)
		add(f->m, MARK_RARE, f->name, at, len);
	for (k = i; k < i + n; k++)
		if (!f->t[k].sign && f->t[k].len >= 4 && !of_trade(f, &f->t[k]) &&
		    !is_common(f->text, &f->t[k]))
			add(f->m, MARK_RARE, f->name, f->t[k].at, f->t[k].len);
	return false;
}

/* Longest runs that the field shares with one text of the source. */
static void
search_runs(const struct field *f, const char *said)
{
	size_t cnt, i, j, n, best;
	struct token *s = tokens(said, &cnt);

	for (i = 0; s && i < f->cnt; i++) {
		best = 0;
		for (j = 0; j < cnt; j++) {
			for (n = 0;
			     i + n < f->cnt && j + n < cnt && f->t[i + n].hash == s[j + n].hash;)
				n++;
			best = n > best ? n : best;
		}
		if (best && judge_run(f, i, best))
			i += best - 1;
	}
	free(s);
}

static bool
on_match(void *arg, size_t at, size_t len)
{
	struct field *f = arg;
	size_t i;

	/* a pattern of the page takes the signs around with it */
	for (i = 0; f->kind == MARK_RISK && i < f->m->cnt; i++)
		if (f->m->mark[i].field == f->name && f->m->mark[i].at < at + len &&
		    at < f->m->mark[i].at + f->m->mark[i].len)
			return true;
	add(f->m, f->kind, f->name, at, len);
	return !f->m->more;
}

static void
mark_field(struct field *f, const json_t *const *said, size_t said_cnt)
{
	struct suggest *trade = malloc(sizeof(*trade));
	json_t *as_tip = json_pack("{s:s}", "what", f->text);
	const json_t *one = as_tip;
	struct token *t = tokens(f->text, &f->cnt);
	size_t i, k;

	if (trade)
		suggest_run(&one, 1, NULL, trade);
	f->trade = trade;
	f->t = t;
	for (i = 0; t && i < said_cnt; i++)
		for (k = 0; suggest_fields[k]; k++)
			search_runs(f, schema_text(said[i], suggest_fields[k]));
	for (i = 0; i < COUNT(patterns); i++) {
		f->kind = patterns[i].kind;
		if (!patterns[i].coarse || f->m->coarse)
			pattern_each(patterns[i].re, f->text, on_match, f);
	}
	f->kind = MARK_RISK;
	for (i = 0; i < risk_cnt(); i++)
		pattern_each(risk_pattern(i), f->text, on_match, f);
	json_decref(as_tip);
	free(t);
	free(trade);
}

static int
by_place(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	size_t i, fx = 0, fy = 0;

	for (i = 0; i < COUNT(fields); i++) {
		fx = fields[i] == x->field ? i : fx;
		fy = fields[i] == y->field ? i : fy;
	}
	if (fx != fy)
		return fx < fy ? -1 : 1;
	return x->at != y->at ? (x->at < y->at ? -1 : 1) : (int)x->kind - (int)y->kind;
}

void
mark_all(const json_t *abstract, const json_t *const *said, size_t cnt, struct marks *out)
{
	unsigned no[MARK__MAX] = { 0 };
	size_t i;

	memset(out, 0, sizeof(*out));
	out->coarse = mark_coarse(schema_text(abstract, "knower"));
	for (i = 0; i < COUNT(fields); i++) {
		struct field f = { .m = out,
				   .name = fields[i],
				   .text = schema_text(abstract, fields[i]) };

		if (*f.text)
			mark_field(&f, said, cnt);
	}
	qsort(out->mark, out->cnt, sizeof(*out->mark), by_place);
	for (i = 0; i < out->cnt; i++)
		out->mark[i].no = ++no[out->mark[i].kind];
}

char *
mark_name(char out[static MARK_NAMED], const struct mark *m)
{
	snprintf(out, MARK_NAMED, "%s:%u", kinds[m->kind].name, m->no);
	return out;
}

char *
mark_shown(const struct marks *m, const char *field, const char *text)
{
	char *out = NULL, name[MARK_NAMED];
	size_t size, i, k;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return NULL;
	for (i = 0; i <= strlen(text); i++) {
		for (k = 0; k < m->cnt; k++)
			if (!strcmp(m->mark[k].field, field) && i == m->mark[k].at + m->mark[k].len)
				fputc(']', f);
		for (k = 0; k < m->cnt; k++)
			if (!strcmp(m->mark[k].field, field) && i == m->mark[k].at)
				fprintf(f, "[%s ", mark_name(name, &m->mark[k]));
		if (text[i])
			fputc(text[i], f);
	}
	if (fclose(f)) {
		free(out);
		return NULL;
	}
	return out;
}

json_t *
mark_counts(const struct marks *m)
{
	json_t *out = json_array();
	size_t i, k;

	for (k = 0; k < MARK__MAX; k++) {
		unsigned n = 0;

		for (i = 0; i < m->cnt; i++)
			n += m->mark[i].kind == k;
		if (n)
			json_array_append_new(out, json_sprintf("%s:%u", kinds[k].name, n));
	}
	if (json_array_size(out))
		return out;
	json_decref(out);
	return NULL;
}
