/* Compares cases by the words of their sources (see like.h). */
#include "admin-cli/rules/like.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/suggest.h"
#include "crypto/buf.h"

#define WEAK 1u

/* One term of a text: the pair of signs or the word at [at, at + len). */
struct term {
	uint32_t hash;
	size_t at, len;
	bool weak;
};

/* Signs that join words and say nothing of a place: a pair does not run over them. */
static const char idle[] = "的那这个有在里头我们是了一边上下从到和与把被就还也都不没去来他它虚构";
/* After these the pair, and the pair before it, is the name of a county or town. */
static const char area[] = "县市区镇乡省村";

static const char *const idle_words[] = { "the",  "and",  "for",  "with",  "are",
					  "was",  "that", "this", "his",   "her",
					  "near", "one",  "they", "there", "invented" };
static const char *const area_words[] = { "county",   "town",     "city",
					  "district", "province", "village" };

static bool
is_one_of(const char *const *list, size_t cnt, const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < cnt; i++)
		if (strlen(list[i]) == len && !memcmp(list[i], word, len))
			return true;
	return false;
}

static uint32_t
hash_of(const char *p, size_t len)
{
	uint32_t h = 2166136261u; /* FNV-1a: only equality matters, and the file is encrypted */

	while (len--) {
		h ^= (uint8_t)*p++;
		h *= 16777619u;
	}
	return h & ~WEAK;
}

/* Whether the sign of `len` bytes at p is one of a string of signs. */
static bool
sign_in(const char *signs, const char *p, size_t len)
{
	const char *hit = memmem(signs, strlen(signs), p, len);

	return hit != NULL;
}

/* Reads the next term at *at; false at the end. *prev: where the Chinese sign before begins, or -1.
 */
static bool
next_term(const char *low, size_t *at, ssize_t *prev, struct term *t)
{
	while (low[*at]) {
		const char *p = low + *at;
		size_t n = 0;
		ucs4_t c;

		while ((p[n] >= 'a' && p[n] <= 'z') || (p[n] >= '0' && p[n] <= '9'))
			n++;
		if (n) {
			*t = (struct term){ hash_of(p, n), *at, n, false };
			*at += n;
			*prev = -1;
			if (n > 2 &&
			    !is_one_of(idle_words, sizeof(idle_words) / sizeof(*idle_words), p, n))
				return true;
			continue;
		}
		n = (size_t)u8_mblen((const uint8_t *)p, strlen(p));
		if ((ssize_t)n < 1)
			n = 1;
		u8_mbtouc(&c, (const uint8_t *)p, n);
		if (c < 0x2e80 || !uc_is_alpha(c) || sign_in(idle, p, n)) {
			*prev = -1;
			*at += n;
			continue;
		}
		if (*prev >= 0) {
			*t = (struct term){ hash_of(low + *prev, *at + n - (size_t)*prev),
					    (size_t)*prev, *at + n - (size_t)*prev, false };
			*prev = sign_in(area, p, n) ? -1 : (ssize_t)*at;
			*at += n;
			return true;
		}
		*prev = sign_in(area, p, n) ? -1 : (ssize_t)*at;
		*at += n;
	}
	return false;
}

/* Whether what follows the term makes it the name of a county or town. */
static bool
names_area(const char *low, const struct term *t)
{
	const char *next = low + t->at + t->len;
	size_t n, i;

	if (*next & 0x80) {
		n = (size_t)u8_mblen((const uint8_t *)next, strlen(next));
		return (ssize_t)n > 0 && sign_in(area, next, n);
	}
	if (t->len > 3 && sign_in(area, next - 3, 3))
		return true;
	while (*next == ' ')
		next++;
	for (i = 0; i < sizeof(area_words) / sizeof(*area_words); i++)
		if (!strncmp(next, area_words[i], strlen(area_words[i])) ||
		    (t->len == strlen(area_words[i]) &&
		     !memcmp(low + t->at, area_words[i], t->len)))
			return true;
	return false;
}

/* Whether the term is one of the words that name a kind of place ("office block"). */
static bool
is_general(const struct suggest *s, size_t said, const char *field, const struct term *t)
{
	size_t i;

	for (i = 0; s && i < s->span_cnt; i++) {
		const struct suggest_span *x = &s->span[i];

		if ((x->axis == TAXONOMY_PLACE || x->axis == TAXONOMY_SECTOR) && x->said == said &&
		    !strcmp(x->field, field) && x->at <= t->at && t->at + t->len <= x->at + x->len)
			return true;
	}
	return false;
}

static char *
lowered(const char *text)
{
	char *low = strdup(text), *p;

	for (p = low; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return low;
}

/* Puts a term into its place; a term that is strong anywhere is strong. */
static void
put(struct like_sig *sig, enum like_part part, uint32_t hash)
{
	uint32_t *list = sig->term[part];
	size_t n = sig->cnt[part], lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if ((list[mid] | WEAK) < (hash | WEAK))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < n && (list[lo] | WEAK) == (hash | WEAK)) {
		list[lo] &= hash;
		return;
	}
	if (n == LIKE_PART)
		return;
	memmove(list + lo + 1, list + lo, (n - lo) * sizeof(*list));
	list[lo] = hash;
	sig->cnt[part]++;
}

static void
sign_field(struct like_sig *sig, enum like_part part, const struct suggest *s, size_t said,
	   const char *field, const char *text)
{
	char *low = lowered(text);
	size_t at = 0;
	ssize_t prev = -1;
	struct term t;

	while (low && next_term(low, &at, &prev, &t)) {
		t.weak = part == LIKE_WHERE &&
			 (names_area(low, &t) || is_general(s, said, field, &t));
		put(sig, part, t.hash | (t.weak ? WEAK : 0));
	}
	free(low);
}

static const struct {
	const char *field;
	enum like_part part;
} parts[] = { { "where", LIKE_WHERE },
	      { "inside", LIKE_INSIDE },
	      { "what", LIKE_TEXT },
	      { "text", LIKE_TEXT } };

/* The bit of a hazard: its family, and each code of its own where officials or revenge are meant.
 */
static uint32_t
danger_bit(const char *code)
{
	static const char *const families[] = { "IM", "CM", "NM", "HC", "FR", "HW", "MG" };
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (!strncmp(code, families[i], 2))
			return 1u << i;
	return strlen(code) == 5 && code[4] >= '0' && code[4] <= '9' ? 1u << (8 + code[4] - '0')
								     : 0;
}

void
like_sign(struct like_sig *out, const uint8_t id[static 16], uint32_t day,
	  const json_t *const *said, size_t cnt, const char *const *hazard, size_t hazard_cnt)
{
	struct suggest *s = malloc(sizeof(*s));
	size_t i, k;

	memset(out, 0, sizeof(*out));
	memcpy(out->id, id, sizeof(out->id));
	out->day = day;
	if (s)
		suggest_run(said, cnt, NULL, s);
	for (i = 0; i < hazard_cnt; i++)
		out->dangers |= danger_bit(hazard[i]);
	for (i = 0; s && !hazard_cnt && i < s->axis[TAXONOMY_HAZARD].cnt && i < 3; i++)
		if (s->axis[TAXONOMY_HAZARD].code[i].words)
			out->dangers |= danger_bit(s->axis[TAXONOMY_HAZARD].code[i].code);
	for (i = 0; i < cnt; i++)
		for (k = 0; k < sizeof(parts) / sizeof(*parts); k++)
			sign_field(out, parts[k].part, s, i, parts[k].field,
				   schema_text(said[i], parts[k].field));
	free(s);
}

/* What two parts have in common: how many terms, their weight (a strong one 4, a weak one 1), and
 * the smaller weight of the two parts. */
struct common {
	unsigned cnt, weight, all;
};

static unsigned
weight(uint32_t term)
{
	return term & WEAK ? 1 : 4;
}

static struct common
compare(const struct like_sig *a, const struct like_sig *b, enum like_part part)
{
	const uint32_t *x = a->term[part], *y = b->term[part];
	const uint32_t *x_end = x + a->cnt[part], *y_end = y + b->cnt[part];
	struct common c = { 0 };
	unsigned x_all = 0, y_all = 0;

	while (x < x_end || y < y_end) {
		if (y == y_end || (x < x_end && (*x | WEAK) < (*y | WEAK))) {
			x_all += weight(*x++);
		} else if (x == x_end || (*x | WEAK) > (*y | WEAK)) {
			y_all += weight(*y++);
		} else {
			c.cnt++;
			c.weight += weight(*x | *y);
			x_all += weight(*x++);
			y_all += weight(*y++);
		}
	}
	c.all = x_all < y_all ? x_all : y_all;
	return c;
}

bool
like_compare(const struct like_sig *a, const struct like_sig *b, struct like_hit *hit)
{
	struct common where = compare(a, b, LIKE_WHERE), inside = compare(a, b, LIKE_INSIDE);
	struct common text = compare(a, b, LIKE_TEXT);
	unsigned longer = a->cnt[LIKE_TEXT] > b->cnt[LIKE_TEXT] ? a->cnt[LIKE_TEXT]
								: b->cnt[LIKE_TEXT];

	memset(hit, 0, sizeof(*hit));
	memcpy(hit->id, b->id, sizeof(hit->id));
	hit->days = a->day > b->day ? a->day - b->day : b->day - a->day;
	if (!memcmp(a->id, b->id, sizeof(a->id)) || hit->days > LIKE_DAYS)
		return false;
	if (where.weight >= 4 && 2 * where.weight >= where.all)
		hit->why |= LIKE_SITE;
	if (a->dangers & b->dangers)
		hit->why |= LIKE_DANGER;
	if (inside.cnt >= 2 && 5 * inside.weight >= 2 * inside.all)
		hit->why |= LIKE_WITHIN;
	if (text.cnt >= 6 && 20 * text.weight >= 7 * text.all)
		hit->why |= LIKE_TOLD;
	if (text.cnt >= 10 && 5 * text.cnt >= 4 * longer)
		hit->why |= LIKE_COPY;
	hit->same = (hit->why & LIKE_COPY) ||
		    (hit->why & LIKE_DANGER && hit->why & (LIKE_SITE | LIKE_WITHIN | LIKE_TOLD));
	hit->score = (hit->why & LIKE_COPY ? 60 : 0) + (hit->why & LIKE_SITE ? 40 : 0) +
		     (hit->why & LIKE_WITHIN ? 25 : 0) + (hit->why & LIKE_DANGER ? 20 : 0) +
		     (hit->why & LIKE_TOLD ? 15 : 0) + (hit->days <= 30 ? 3 : 0);
	return hit->same || hit->why & LIKE_SITE;
}

/* 0: the other does not have the term; 1: it is a weak one there or here; 2: it is strong in both.
 */
static int
shared(const struct like_sig *sig, enum like_part part, const struct term *t)
{
	size_t i;

	for (i = 0; i < sig->cnt[part]; i++)
		if ((sig->term[part][i] | WEAK) == (t->hash | WEAK))
			return t->weak || sig->term[part][i] & WEAK ? 1 : 2;
	return 0;
}

/* Adds the run of bytes to the list of words, whole or not at all. */
static void
add_run(char out[static LIKE_WORDS_CAP], const char *text, size_t len)
{
	size_t n = strlen(out), comma = n ? 2 : 0;

	if (!len || n + comma + len >= LIKE_WORDS_CAP || memmem(out, n, text, len))
		return;
	memcpy(out + n, ", ", comma);
	memcpy(out + n + comma, text, len);
	out[n + comma + len] = '\0';
}

/* Adds the runs of shared terms of one field, each with at least one that is strong in both. */
static void
add_field(char out[static LIKE_WORDS_CAP], const char *text, enum like_part part,
	  const struct like_sig *other)
{
	char *low = lowered(text);
	size_t at = 0, from = 0, end = 0;
	ssize_t prev = -1;
	struct term t;
	int best = 0, is;

	while (low && next_term(low, &at, &prev, &t)) {
		t.weak = names_area(low, &t);
		is = shared(other, part, &t);
		if (!is)
			continue;
		if (t.at >= end) {
			add_run(out, text + from, best == 2 ? end - from : 0);
			from = t.at;
			best = 0;
		}
		best = is > best ? is : best;
		end = t.at + t.len;
	}
	add_run(out, text + from, best == 2 ? end - from : 0);
	free(low);
}

void
like_words(char out[static LIKE_WORDS_CAP], const json_t *const *said, size_t cnt,
	   const struct like_sig *other)
{
	size_t i, k;

	out[0] = '\0';
	for (i = 0; i < cnt; i++)
		for (k = 0; k < 2; k++)
			add_field(out, schema_text(said[i], parts[k].field), parts[k].part, other);
}

size_t
like_pack(uint8_t *out, const struct like_sig *sig)
{
	struct bufw w;
	size_t p, i;

	bufw_init(&w, out, LIKE_SIG_MAX);
	bufw_bytes(&w, sig->id, sizeof(sig->id));
	bufw_u32(&w, sig->day);
	bufw_u32(&w, sig->dangers);
	for (p = 0; p < LIKE__PARTS; p++) {
		bufw_u16(&w, sig->cnt[p]);
		for (i = 0; i < sig->cnt[p]; i++)
			bufw_u32(&w, sig->term[p][i]);
	}
	return bufw_end(&w) ? 0 : w.len;
}

bool
like_unpack(struct like_sig *out, const uint8_t *buf, size_t len)
{
	struct buf b;
	size_t p, i;

	memset(out, 0, sizeof(*out));
	buf_init(&b, buf, len);
	buf_bytes(&b, out->id, sizeof(out->id), sizeof(out->id));
	out->day = buf_u32(&b);
	out->dangers = buf_u32(&b);
	for (p = 0; p < LIKE__PARTS; p++) {
		out->cnt[p] = buf_u16(&b);
		if (out->cnt[p] > LIKE_PART) {
			buf_fail(&b);
			out->cnt[p] = 0;
		}
		for (i = 0; i < out->cnt[p]; i++)
			out->term[p][i] = buf_u32(&b);
	}
	return !buf_end(&b);
}
