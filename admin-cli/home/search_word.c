/* Words of a text and of a query (see search_word.h). The Unicode tables are those of libunistring.
 */
#include "admin-cli/home/search_word.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* Whether the sign belongs to a script that is written without blanks. */
static bool
is_dense(ucs4_t c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3041 && c <= 0x30ff) ||
	       uc_is_property_ideographic(c);
}

static bool
is_letter(ucs4_t c)
{
	return c < 0x80 ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
			: uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L |
								      UC_CATEGORY_MASK_N |
								      UC_CATEGORY_MASK_M);
}

/* Folds one sign; up to `cap` come of it. */
static size_t
fold(ucs4_t c, uint32_t *out, size_t cap)
{
	size_t n = cap;

	*out = c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
	if (c < 0x80 || (c >= 0x4e00 && c <= 0x9fff))
		return 1;
	return u32_casefold(&c, 1, NULL, UNINORM_NFKD, out, &n) == out ? n : 1;
}

/* A mark that is left away: an accent, or the sound marks of kana. */
static bool
is_mark(ucs4_t c)
{
	return (c >= 0x300 && c <= 0x36f) || c == 0x3099 || c == 0x309a;
}

void
search_words(struct search_reader *r, const char *text, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->text = text;
	r->len = len;
}

/* What a sign adds to a word: its folded letters. */
enum sort { NONE, MARK, WORD, DENSE };

static enum sort
read_sign(const struct search_reader *r, size_t at, size_t *next, char *out, size_t cap)
{
	uint32_t folded[24];
	enum sort sort = NONE;
	size_t used = 0;
	ucs4_t c;

	*next = at + (size_t)u8_mbtouc(&c, (const uint8_t *)r->text + at, r->len - at);
	size_t n = fold(c, folded, sizeof(folded) / sizeof(*folded));
	for (size_t i = 0; i < n; i++) {
		if (is_mark(folded[i])) {
			sort = sort == NONE ? MARK : sort;
			continue;
		}
		if (!is_letter(folded[i]) && !is_dense(folded[i]))
			continue;
		int len = u8_uctomb((uint8_t *)out + used, folded[i], (ptrdiff_t)(cap - 1 - used));
		if (len < 0)
			break;
		used += (size_t)len;
		sort = is_dense(folded[i]) ? DENSE : WORD;
	}
	out[used] = '\0';
	return sort;
}

/* Takes the letters that follow into a word. */
static void
read_word(struct search_reader *r, struct search_word *out)
{
	char sign[SEARCH_WORD_CAP];
	enum sort sort;
	size_t next;

	while (r->at < r->len) {
		sort = read_sign(r, r->at, &next, sign, sizeof(sign));
		if (sort != WORD && sort != MARK)
			return;
		size_t n = strlen(out->text), more = strlen(sign);
		if (n + more < sizeof(out->text))
			memcpy(out->text + n, sign, more + 1);
		out->end = r->at = next;
	}
}

/* Makes a pair of a sign and the one behind it, which stays for the next pair; a last sign stands
 * alone. */
static void
read_pair(struct search_reader *r, struct search_word *out)
{
	char sign[SEARCH_WORD_CAP];
	enum sort sort = NONE;
	size_t next = r->at;

	out->pair = true;
	r->has_ahead = false;
	while (r->at < r->len) {
		sort = read_sign(r, r->at, &next, sign, sizeof(sign));
		if (sort != MARK)
			break;
		r->at = next;
	}
	size_t n = strlen(out->text), more = strlen(sign);
	if (r->at >= r->len || sort != DENSE || n + more >= sizeof(out->text))
		return;
	memcpy(out->text + n, sign, more + 1);
	r->ahead = (struct search_word){ .at = r->at, .first = next, .end = next };
	memcpy(r->ahead.text, sign, more + 1);
	r->has_ahead = true;
	out->end = r->at = next;
}

bool
search_word_next(struct search_reader *r, struct search_word *out)
{
	enum sort sort = NONE;
	size_t next = 0;

	if (r->has_ahead) {
		*out = r->ahead;
		read_pair(r, out);
		return true;
	}
	memset(out, 0, sizeof(*out));
	while (r->at < r->len) {
		out->at = r->at;
		sort = read_sign(r, r->at, &next, out->text, sizeof(out->text));
		r->at = next;
		if (sort == WORD || sort == DENSE)
			break;
	}
	if (sort != WORD && sort != DENSE)
		return false;
	out->first = out->end = next;
	if (sort == WORD)
		read_word(r, out);
	else
		read_pair(r, out);
	return true;
}

/* ---- what is asked for ---- */

/* Which quotation mark stands here; *len = its bytes. 0: none. */
static int
quote(const char *s, size_t *len)
{
	static const char *const mark[] = { "\"", "“", "”", "＂", "「", "」" };

	for (size_t i = 0; i < sizeof(mark) / sizeof(*mark); i++) {
		*len = strlen(mark[i]);
		if (!strncmp(s, mark[i], *len))
			return 1;
	}
	return 0;
}

static size_t
blank(const char *s)
{
	return *s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' ? 1
	       : !strncmp(s, "\u3000", 3)                          ? 3
								   : 0;
}

static enum search_fault
add_term(struct search_query *q, const char *text, size_t len, bool without, bool quoted)
{
	struct search_term *t = &q->term[q->cnt];
	struct search_word w, last = { 0 };
	struct search_reader r;
	bool tail = false;

	if (q->cnt == SEARCH_TERMS)
		return SEARCH_LONG;
	memset(t, 0, sizeof(*t));
	search_words(&r, text, len);
	while (search_word_next(&r, &w)) {
		if (t->cnt == SEARCH_ROW)
			return SEARCH_LONG;
		memcpy(t->word[t->cnt++], w.text, sizeof(w.text));
		tail = w.pair && last.pair && last.end == w.end;
		if (!tail)
			last = w;
	}
	/* the last sign of a row is in the last pair already; in the text, others may follow it */
	t->cnt -= tail;
	if (!t->cnt)
		return SEARCH_FINE; /* signs without a letter: nothing to look for */
	t->without = without;
	t->prefix = last.pair ? last.first == last.end : !quoted;
	q->cnt++;
	return SEARCH_FINE;
}

enum search_fault
search_query_parse(struct search_query *q, const char *text)
{
	enum search_fault fault = SEARCH_FINE;
	const char *s = text;
	size_t n, wanted = 0;

	q->cnt = 0;
	if (strlen(text) > SEARCH_QUERY)
		return SEARCH_LONG;
	while (!fault && *s) {
		if ((n = blank(s)) != 0) {
			s += n;
			continue;
		}
		bool without = *s == '-' && s[1] && !blank(s + 1);
		s += without;
		bool quoted = quote(s, &n);
		s += quoted ? n : 0;
		const char *end = s;
		while (*end && !(quoted ? quote(end, &n) : (int)blank(end) || quote(end, &n)))
			end++;
		if (quoted && !*end)
			return SEARCH_QUOTE;
		fault = add_term(q, s, (size_t)(end - s), without, quoted);
		s = quoted ? end + n : end;
	}
	for (size_t i = 0; i < q->cnt; i++)
		wanted += !q->term[i].without;
	if (!fault && !wanted)
		fault = q->cnt ? SEARCH_ONLY_NOT : SEARCH_NOTHING;
	return fault;
}

/* Folded words hold no quotation mark, so that none can end a string of FTS5. */
static size_t
print_term(const struct search_term *t, char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < t->cnt && n < cap; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s%s", i ? " " : "\"", t->word[i]);
	if (n < cap)
		n += (size_t)snprintf(out + n, cap - n, "\"%s", t->prefix ? "*" : "");
	return n;
}

bool
search_query_print(const struct search_query *q, char *out, size_t cap)
{
	size_t n = (size_t)snprintf(out, cap, "(");

	/* first all that is wanted, then what is left out */
	for (int without = 0; without < 2; without++)
		for (size_t i = 0; i < q->cnt && n < cap; i++) {
			if (q->term[i].without != (without == 1))
				continue;
			const char *between = without ? ") NOT (" : n > 1 ? " AND " : "";
			n += (size_t)snprintf(out + n, cap - n, "%s", between);
			if (n < cap)
				n += print_term(&q->term[i], out + n, cap - n);
		}
	if (n < cap)
		n += (size_t)snprintf(out + n, cap - n, ")");
	return n < cap;
}

static bool
same(const struct search_term *t, size_t i, const struct search_word *w)
{
	return i + 1 == t->cnt && t->prefix ? !strncmp(w->text, t->word[i], strlen(t->word[i]))
					    : !strcmp(w->text, t->word[i]);
}

bool
search_term_find(const struct search_term *t, const char *text, size_t from, size_t *at,
		 size_t *len)
{
	struct search_reader r, ahead;
	struct search_word w, x;
	size_t i;

	search_words(&r, text, strlen(text));
	while (search_word_next(&r, &w)) {
		if (w.at < from || !same(t, 0, &w))
			continue;
		ahead = r;
		x = w;
		for (i = 1; i < t->cnt && search_word_next(&ahead, &x) && same(t, i, &x);)
			i++;
		if (i < t->cnt)
			continue;
		/* a single sign was looked for: not the second of its pair */
		*at = w.at;
		*len = (t->prefix && x.pair ? x.first : x.end) - w.at;
		return true;
	}
	return false;
}
