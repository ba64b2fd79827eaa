/* Variants of an abstract for each reader, and the tracing of a copy (see variant.h). */
#include "admin-cli/rules/variant.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"

struct variant_row {
	bool latin;
	const char *first, *ways; /* "a", "a|b|c" */
};

#define VARIANT_TABLE
#include "abstract.inc"

#define ROWS (sizeof(rows) / sizeof(*rows))

/* Signs of the literal text beside a place that are compared with a copy. */
#define BESIDE 10

/* One place, of which `at` is the opening brace. */
static int
parse_place(struct variant_place *p, const char *text, size_t at)
{
	size_t i = at + 1, from = at + 1;

	*p = (struct variant_place){ .at = at };
	for (;; i++) {
		if (!text[i] || text[i] == '{')
			return ERR_FORMAT;
		if (text[i] != '|' && text[i] != '}')
			continue;
		if (i == from || p->ways == VARIANT_WAYS)
			return ERR_FORMAT;
		p->way_at[p->ways] = from;
		p->way_len[p->ways++] = i - from;
		from = i + 1;
		if (text[i] == '}')
			break;
	}
	p->len = i + 1 - at;
	return p->ways < 2 ? ERR_FORMAT : 0;
}

int
variant_parse(struct variant_text *out, const char *text)
{
	size_t i;
	int err;

	memset(out, 0, sizeof(*out));
	out->text = text;
	for (i = 0; text[i]; i++) {
		if (text[i] == '}')
			return ERR_FORMAT;
		if (text[i] != '{')
			continue;
		if (out->cnt == VARIANT_PLACES)
			return ERR_RANGE;
		err = parse_place(&out->place[out->cnt], text, i);
		if (err)
			return err;
		i += out->place[out->cnt++].len - 1;
	}
	return 0;
}

static bool
latin(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The row of the table whose first way stands at text[at], the longest; NULL: none. */
static const struct variant_row *
row_at(const char *text, size_t at)
{
	const struct variant_row *best = NULL;
	size_t i, len;

	for (i = 0; i < ROWS; i++) {
		len = strlen(rows[i].first);
		if (strncmp(text + at, rows[i].first, len) != 0 ||
		    (rows[i].latin && ((at && latin(text[at - 1])) || latin(text[at + len]))))
			continue;
		if (!best || len > strlen(best->first))
			best = &rows[i];
	}
	return best;
}

char *
variant_offer(const char *text)
{
	const struct variant_row *row;
	size_t size, i, cnt = 0;
	bool inside = false;
	char *out = NULL;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return NULL;
	for (i = 0; text[i]; i++) {
		cnt += text[i] == '{';
		inside = text[i] == '{' || (inside && text[i] != '}');
		row = inside || cnt == VARIANT_PLACES ? NULL : row_at(text, i);
		if (!row) {
			fputc(text[i], f);
			continue;
		}
		fprintf(f, "{%s}", row->ways);
		i += strlen(row->first) - 1;
		cnt++;
	}
	if (!fclose(f))
		return out;
	free(out);
	return NULL;
}

int
variant_choose(uint8_t choice[static VARIANT_PLACES], const struct variant_text *t,
	       const uint8_t seed[static VARIANT_SEED_LEN], const uint8_t handle[static 8])
{
	uint8_t info[LABEL_LEN(LABEL_VARIANT) + 8], out[2 * VARIANT_PLACES];
	size_t i;
	int err;

	memcpy(info, LABEL_VARIANT, LABEL_LEN(LABEL_VARIANT));
	memcpy(info + LABEL_LEN(LABEL_VARIANT), handle, 8);
	err = hkdf_derive(out, sizeof(out), HKDF_IN(seed, VARIANT_SEED_LEN), HKDF_EMPTY,
			  HKDF_IN(info, sizeof(info)));
	memset(choice, 0, VARIANT_PLACES);
	for (i = 0; !err && i < t->cnt; i++)
		choice[i] = (uint8_t)((out[2 * i] | out[2 * i + 1] << 8) % (int)t->place[i].ways);
	sodium_memzero(out, sizeof(out));
	return err;
}

char *
variant_render(const struct variant_text *t, const uint8_t choice[static VARIANT_PLACES])
{
	char *out = malloc(strlen(t->text) + 1);
	size_t from = 0, n = 0, i;

	if (!out)
		return NULL;
	for (i = 0; i <= t->cnt; i++) {
		const struct variant_place *p = &t->place[i];
		size_t to = i < t->cnt ? p->at : strlen(t->text);

		memcpy(out + n, t->text + from, to - from);
		n += to - from;
		if (i == t->cnt)
			break;
		memcpy(out + n, t->text + p->way_at[choice[i]], p->way_len[choice[i]]);
		n += p->way_len[choice[i]];
		from = p->at + p->len;
	}
	out[n] = '\0';
	return out;
}

json_t *
variant_body(const json_t *body, const uint8_t handle[static 8])
{
	json_t *out = json_deep_copy(body);
	uint8_t seed[VARIANT_SEED_LEN], choice[VARIANT_PLACES];
	struct variant_text *t = malloc(sizeof(*t));
	char *copy = NULL;

	if (t && schema_hex(body, "seed", seed, sizeof(seed)) &&
	    !variant_parse(t, schema_text(body, "text")) &&
	    !variant_choose(choice, t, seed, handle))
		copy = variant_render(t, choice);
	if (copy) {
		json_object_set_new(out, "text", json_string(copy));
		json_object_del(out, "seed");
	}
	free(copy);
	free(t);
	return out;
}

/* The letters and digits of a text in lower case, as code points; *cnt = how many. */
static uint32_t *
signs(const char *text, size_t len, size_t *cnt)
{
	size_t n = 0, i, all_cnt;
	uint32_t *all = u8_to_u32((const uint8_t *)text, len, NULL, &all_cnt);

	*cnt = 0;
	for (i = 0; all && i < all_cnt; i++)
		if (uc_is_alpha(all[i]) || uc_is_digit(all[i]))
			all[n++] = (uint32_t)uc_tolower(all[i]);
	*cnt = n;
	return all;
}

/* In how few changes of one sign the pattern occurs somewhere in the copy (Sellers). */
static size_t
nearest(const uint32_t *pattern, size_t len, const uint32_t *copy, size_t copy_len)
{
	size_t *row = calloc(len + 1, sizeof(*row)), best = len, i, j;

	for (j = 0; row && j <= len; j++)
		row[j] = j;
	for (i = 0; row && i < copy_len; i++) {
		size_t diagonal = row[0];

		for (j = 1; j <= len; j++) {
			size_t change = diagonal + (pattern[j - 1] != copy[i]);

			diagonal = row[j];
			if (row[j - 1] + 1 < change)
				change = row[j - 1] + 1;
			row[j] = row[j] + 1 < change ? row[j] + 1 : change;
		}
		best = row[len] < best ? row[len] : best;
	}
	free(row);
	return best;
}

/* The literal text between the place before and this one, and between this one and the next. */
static void
beside(const struct variant_text *t, size_t i, const char **left, size_t *left_len,
       const char **right, size_t *right_len)
{
	size_t from = i ? t->place[i - 1].at + t->place[i - 1].len : 0;
	size_t end = t->place[i].at + t->place[i].len;

	*left = t->text + from;
	*left_len = t->place[i].at - from;
	*right = t->text + end;
	*right_len = (i + 1 < t->cnt ? t->place[i + 1].at : strlen(t->text)) - end;
}

/* How far the copy is from the place with one of its ways; *len = of how many signs. */
static size_t
distance(const struct variant_text *t, size_t i, unsigned way, const uint32_t *copy,
	 size_t copy_len, size_t *len)
{
	const struct variant_place *p = &t->place[i];
	const char *left, *right;
	size_t left_len, right_len, l, w, r, best, skip;
	uint32_t pattern[2 * BESIDE + 256], *ls, *ws, *rs;

	beside(t, i, &left, &left_len, &right, &right_len);
	ls = signs(left, left_len, &l);
	ws = signs(t->text + p->way_at[way], p->way_len[way], &w);
	rs = signs(right, right_len, &r);
	skip = l > BESIDE ? l - BESIDE : 0;
	l -= skip;
	r = r > BESIDE ? BESIDE : r;
	w = w > 256 ? 256 : w;
	if (ls && l)
		memcpy(pattern, ls + skip, l * sizeof(*pattern));
	if (ws && w)
		memcpy(pattern + l, ws, w * sizeof(*pattern));
	if (rs && r)
		memcpy(pattern + l + w, rs, r * sizeof(*pattern));
	*len = l + r;
	best = nearest(pattern, l + w + r, copy, copy_len);
	free(ls);
	free(ws);
	free(rs);
	return best;
}

size_t
variant_seen(int8_t seen[static VARIANT_PLACES], const struct variant_text *t, const char *copy)
{
	size_t copy_len, i, n = 0, len = 0;
	uint32_t *c = signs(copy, strlen(copy), &copy_len);
	unsigned w;

	memset(seen, -1, VARIANT_PLACES);
	for (i = 0; c && i < t->cnt; i++) {
		size_t best = SIZE_MAX, second = SIZE_MAX;
		int which = -1;

		for (w = 0; w < t->place[i].ways; w++) {
			size_t d = distance(t, i, w, c, copy_len, &len);

			second = d < best ? best : d < second ? d : second;
			which = d < best ? (int)w : which;
			best = d < best ? d : best;
		}
		/* told only where one way fits better than any other, and what stands beside it is
		 * there */
		if (len >= 3 && best < second && best * 4 <= len) {
			seen[i] = (int8_t)which;
			n++;
		}
	}
	free(c);
	return n;
}

size_t
variant_match(const struct variant_text *t, const int8_t seen[static VARIANT_PLACES],
	      const uint8_t one[static VARIANT_PLACES], const uint8_t *two)
{
	size_t i, n = 0;

	for (i = 0; i < t->cnt; i++)
		n += seen[i] >= 0 && (seen[i] == one[i] || (two && seen[i] == two[i]));
	return n;
}

double
variant_chance(const struct variant_text *t, const int8_t seen[static VARIANT_PLACES], size_t match,
	       bool pair)
{
	double p[VARIANT_PLACES + 1] = { 1 }, sum = 0; /* p[k]: k of the places so far match */
	size_t i, k, n = 0;

	for (i = 0; i < t->cnt; i++) {
		double miss = 1 - 1.0 / t->place[i].ways;

		if (seen[i] < 0)
			continue;
		miss = pair ? miss * miss : miss;
		n++;
		for (k = n; k > 0; k--)
			p[k] = p[k] * miss + p[k - 1] * (1 - miss);
		p[0] *= miss;
	}
	for (k = match; k <= n; k++)
		sum += p[k];
	return sum;
}
