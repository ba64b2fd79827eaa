/* Whom a case is to be hidden from (see conflict.h). */
#include "admin-cli/rules/conflict.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/rules/schema.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"
#include "crypto/text.h"

#define N_(text) text

const struct conflict_kind conflict_kind[] = {
	{ "NAMED", N_("the tip may name me"), false },
	{ "UNIT", N_("I work in that body"), false },
	{ "KIN", N_("I am kin of its owner or manager"), false },
	{ "SHARE", N_("I have shares, loans or contracts with it"), false },
	{ "PAST", N_("I worked there, signed its permit, or found nothing there twice"), false },
	{ "EXPERT", N_("it or its testing firm paid me as an expert"), false },
	{ "HOME", N_("my home is near, or of the same clan"), true },
	{ "FRIEND", N_("I know its people well"), true },
	{ 0 },
};

const struct conflict_kind *
conflict_find(const char *code)
{
	const struct conflict_kind *k;

	for (k = conflict_kind; k->code; k++)
		if (!strcmp(k->code, code))
			return k;
	return NULL;
}

const char *
conflict_cause_text(enum conflict_cause cause)
{
	static const char *const text[] = {
		[CONFLICT_NONE] = N_("may read it"),
		[CONFLICT_NAME] = N_("the tip names this member"),
		[CONFLICT_HARD] = N_("declared"),
		[CONFLICT_SOFT] = N_("declared, and others are left"),
		[CONFLICT_BY_HAND] = N_("you say so"),
		[CONFLICT_RECUSED] = N_("took himself off"),
		[CONFLICT_DRAWN] = N_("drawn, without a reason"),
	};

	return text[cause];
}

/* One letter names nobody and nothing: it would be found everywhere. */
static bool
is_word(const char *s)
{
	size_t letters = 0;

	for (; *s; s++)
		letters += ((unsigned char)*s & 0xc0) != 0x80;
	return letters >= 2;
}

static bool
is_area(const char *s)
{
	size_t n = strlen(s);

	return (n == 6 || n == 9 || n == 12) && strspn(s, "0123456789") == n;
}

static bool
all_are(const json_t *list, bool (*one)(const char *))
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (!s || !one(s))
			return false;
	}
	return true;
}

static bool
lists_fit(const json_t *body)
{
	const json_t *area = schema_list(body, "area"), *unit = schema_list(body, "body"),
		     *site = schema_list(body, "site");

	return json_array_size(area) + json_array_size(unit) + json_array_size(site) > 0 &&
	       all_are(area, is_area) && all_are(unit, is_word) && all_are(site, is_word);
}

static bool
last_day(const json_t *body, uint32_t *until)
{
	const char *day = schema_text(body, "until");

	return !text_day(until, day, strlen(day));
}

static bool
read_handle(uint8_t out[static 8], const json_t *v)
{
	const char *hex = json_string_value(v);

	return hex && strlen(hex) == 16 && !text_unhex(out, 8, hex, 16);
}

static bool
sheet_fits(const json_t *sheet)
{
	uint8_t handle[8];
	size_t i;

	if (sheet && !json_is_array(sheet))
		return false;
	for (i = 0; i < json_array_size(sheet); i++) {
		const json_t *row = json_array_get(sheet, i);

		if (!read_handle(handle, json_object_get(row, "member")) ||
		    !conflict_find(schema_text(row, "kind")) || !lists_fit(row))
			return false;
	}
	return true;
}

bool
conflict_list_read(uint8_t list[static FOLD_HIDDEN][8], const json_t *body)
{
	const json_t *words = schema_list(body, "hidden");
	unsigned i, k;

	if (json_array_size(words) != FOLD_HIDDEN)
		return false;
	for (i = 0; i < FOLD_HIDDEN; i++) {
		if (!read_handle(list[i], json_array_get(words, i)))
			return false;
		for (k = 0; k < i; k++)
			if (!memcmp(list[k], list[i], 8))
				return false;
	}
	return true;
}

unsigned
conflict_duty(uint8_t list[static CONFLICT_DUTY][8], const json_t *body)
{
	const json_t *pair = schema_list(body, "pair"), *deputy = schema_list(body, "deputy");
	unsigned i, k, cnt = (unsigned)(json_array_size(pair) + json_array_size(deputy));

	if (json_array_size(pair) != 2 || cnt > CONFLICT_DUTY)
		return 0;
	for (i = 0; i < cnt; i++) {
		if (!read_handle(list[i],
				 i < 2 ? json_array_get(pair, i) : json_array_get(deputy, i - 2)))
			return 0;
		for (k = 0; k < i; k++)
			if (!memcmp(list[k], list[i], 8))
				return 0;
	}
	return cnt;
}

/* The names by which one operator group is known: its enterprises, mines, contractors. */
static bool
names_fit(const json_t *names)
{
	return json_array_size(names) >= 2 && json_array_size(names) <= CONFLICT_NAMES &&
	       all_are(names, is_word);
}

static bool
groups_fit(const json_t *groups)
{
	size_t i;

	if (groups && !json_is_array(groups))
		return false;
	for (i = 0; i < json_array_size(groups); i++)
		if (!names_fit(json_array_get(groups, i)))
			return false;
	return true;
}

/* What a rota says, in its own book or in the copy for those who stand in. */
static bool
rota_whole(const json_t *body, uint32_t *until)
{
	const char *from = schema_text(body, "from");
	uint8_t duty[CONFLICT_DUTY][8], seed[CONFLICT_SEED];
	uint32_t first;

	return conflict_duty(duty, body) && schema_hex(body, "seed", seed, sizeof(seed)) &&
	       !text_day(&first, from, strlen(from)) && last_day(body, until) && first <= *until &&
	       *until - first < CONFLICT_AHEAD && sheet_fits(json_object_get(body, "sheet")) &&
	       groups_fit(json_object_get(body, "groups"));
}

bool
conflict_rota_fits(const json_t *body, uint32_t day, uint32_t *until)
{
	return !strcmp(schema_text(body, "what"), "rota") && rota_whole(body, until) &&
	       *until <= day + CONFLICT_AHEAD;
}

bool
conflict_complete(const json_t *body, uint32_t *until)
{
	const char *what = schema_text(body, "what"), *kind = schema_text(body, "kind"),
		   *day = schema_text(body, "day");
	uint8_t id[16], handle[8];
	uint32_t since;

	if (!last_day(body, until) || (*kind && !conflict_find(kind)))
		return false;
	if (!strcmp(what, "recusal"))
		return schema_hex(body, "case", id, sizeof(id)) &&
		       (*kind || *schema_text(body, "text"));
	if (!strcmp(what, "group"))
		return names_fit(schema_list(body, "body"));
	if (!strcmp(what, "off"))
		return schema_hex(body, "case", id, sizeof(id)) &&
		       schema_hex(body, "member", handle, sizeof(handle));
	if (!strcmp(what, "standin"))
		return rota_whole(body, until) && schema_hex(body, "book", id, sizeof(id)) &&
		       !text_day(&since, day, strlen(day));
	return !strcmp(what, "conflict") && *kind && lists_fit(body);
}

bool
conflict_may_write(const json_t *body, const uint8_t handle[static 8])
{
	uint8_t duty[CONFLICT_DUTY][8];

	if (!strcmp(schema_text(body, "what"), "group"))
		return false;
	if (strcmp(schema_text(body, "what"), "standin") != 0)
		return true;
	return conflict_duty(duty, body) &&
	       (!memcmp(duty[0], handle, 8) || !memcmp(duty[1], handle, 8));
}

bool
conflict_drawn(const uint8_t seed[static CONFLICT_SEED], const uint8_t key[static CONFLICT_KEY_LEN],
	       const uint8_t handle[static 8])
{
	uint8_t info[LABEL_LEN(LABEL_RECUSAL) + 8], out[4] = { 0xff, 0xff, 0xff, 0xff };
	uint32_t draw;

	memcpy(info, LABEL_RECUSAL, LABEL_LEN(LABEL_RECUSAL));
	memcpy(info + LABEL_LEN(LABEL_RECUSAL), handle, 8);
	if (hkdf_derive(out, sizeof(out), HKDF_IN(key, CONFLICT_KEY_LEN),
			HKDF_IN(seed, CONFLICT_SEED), HKDF_IN(info, sizeof(info))))
		return false;
	draw = out[0] | (uint32_t)out[1] << 8 | (uint32_t)out[2] << 16 | (uint32_t)out[3] << 24;
	return draw < UINT32_MAX / CONFLICT_SHARE;
}

/* The texts of a body, one below the other, with blanks left out and ASCII in lower case: a name is
 * found whatever way it was typed. */
static void
add_text(char **all, size_t *len, const json_t *v)
{
	const char *s = json_string_value(v);
	char *more;

	if (!s || !(more = realloc(*all, *len + strlen(s) + 2)))
		return;
	*all = more;
	for (; *s; s++)
		if (!isspace((unsigned char)*s))
			more[(*len)++] = (char)tolower((unsigned char)*s);
	more[(*len)++] = '\n';
	more[*len] = '\0';
}

static char *
all_text(const struct conflict_case *c)
{
	static const char *const parts[] = { "where",     "what",        "inside",
					     "check_how", "hiding_text", "keep_from_text" };
	char *all = calloc(1, 1);
	size_t len = 0, i;
	const char *name;
	json_t *v;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		add_text(&all, &len, json_object_get(c->tip, parts[i]));
	json_object_foreach((json_t *)c->said, name, v) add_text(&all, &len, v);
	return all;
}

static bool
is_in(const char *all, const char *word)
{
	char *one = NULL;
	size_t len = 0;
	json_t *v = json_string(word);
	bool found;

	add_text(&one, &len, v);
	json_decref(v);
	if (one && len)
		one[len - 1] = '\0'; /* the end of the line */
	found = all && one && is_word(one) && strstr(all, one);
	free(one);
	return found;
}

/* The first word of the list that the text holds; NULL: none. */
static const char *
found_in(const char *all, const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (word && is_in(all, word))
			return word;
	}
	return NULL;
}

/* The first area that covers the county of the tip, or lies in it. */
static const char *
area_of(const json_t *list, const char *county)
{
	size_t i, n;

	for (i = 0; *county && i < json_array_size(list); i++) {
		const char *area = json_string_value(json_array_get(list, i));

		if (!area)
			continue;
		for (n = strlen(area); n > 2 && area[n - 1] == '0' && area[n - 2] == '0';)
			n -= 2;
		n = n < strlen(county) ? n : strlen(county);
		if (!strncmp(area, county, n))
			return area;
	}
	return NULL;
}

/* Whether one of two names holds the other: an enterprise is called by more or less of its name. */
static bool
are_alike(const char *a, const char *b)
{
	const char *const names[] = { a, b };
	bool alike = false;

	for (size_t i = 0; i < 2; i++) {
		char *whole = NULL;
		size_t len = 0;
		json_t *v = json_string(names[i]);

		add_text(&whole, &len, v);
		json_decref(v);
		alike |= whole && is_in(whole, names[!i]);
		free(whole);
	}
	return alike;
}

/* Whether one of these names belongs to the group. */
static bool
belongs(const json_t *list, const json_t *names)
{
	for (size_t n = 0; n < json_array_size(names); n++)
		for (size_t i = 0; i < json_array_size(list); i++)
			if (are_alike(json_string_value(json_array_get(names, n)),
				      json_string_value(json_array_get(list, i))))
				return true;
	return false;
}

/* The first name in the text of a group to which one of these belongs; *group is the list
 * that holds it. Lists that begin with the
 * same name are one group. */
static const char *
group_in(const char *all, const json_t *list, const json_t *groups, const json_t **group)
{
	for (size_t g = 0; g < json_array_size(groups); g++) {
		const json_t *names = json_array_get(groups, g);

		if (!belongs(list, names))
			continue;
		for (size_t h = 0; h < json_array_size(groups); h++) {
			const json_t *more = json_array_get(groups, h);

			if (json_equal(json_array_get(names, 0), json_array_get(more, 0)) &&
			    found_in(all, more)) {
				*group = more;
				return found_in(all, more);
			}
		}
	}
	return NULL;
}

/* What of a declared conflict is found in the case, and *group, the operator group through which.
 * Where words are declared, an area alone says too little; but who lives there is near to all of
 * it. */
static const char *
touches(const struct conflict_case *c, const json_t *row, const char *all, const json_t **group)
{
	const char *county = schema_text(c->tip, "county");
	const json_t *unit = schema_list(row, "body"), *site = schema_list(row, "site");
	const char *word = found_in(all, unit);

	if (!word)
		word = found_in(all, site);
	if (!word)
		word = group_in(all, unit, c->groups, group);
	if (!word && (!strcmp(schema_text(row, "kind"), "HOME") ||
		      json_array_size(unit) + json_array_size(site) == 0))
		word = area_of(schema_list(row, "area"), county);
	return word;
}

static void
judge(const struct conflict_case *c, struct conflict_member *m, const char *all)
{
	uint8_t handle[8];
	size_t i;

	m->cause = m->recused            ? CONFLICT_RECUSED
		   : is_in(all, m->name) ? CONFLICT_NAME
		   : m->hidden           ? CONFLICT_BY_HAND
					 : CONFLICT_NONE;
	m->kind = m->word = NULL;
	m->group = NULL;
	for (i = 0; m->cause == CONFLICT_NONE || m->cause == CONFLICT_SOFT; i++) {
		const json_t *row = json_array_get(c->sheet, i);
		const struct conflict_kind *kind = conflict_find(schema_text(row, "kind"));
		const json_t *group = NULL;
		const char *word;

		if (i >= json_array_size(c->sheet))
			break;
		if (!kind || !read_handle(handle, json_object_get(row, "member")) ||
		    memcmp(handle, m->handle, 8) != 0)
			continue;
		word = touches(c, row, all, &group);
		if (!word || (kind->soft && m->cause == CONFLICT_SOFT))
			continue;
		m->cause = kind->soft ? CONFLICT_SOFT : CONFLICT_HARD;
		m->kind = kind->code;
		m->word = word;
		m->group = group;
	}
}

size_t
conflict_reckon(const struct conflict_case *c, struct conflict_member *m, size_t cnt)
{
	char *all = all_text(c);
	size_t i, left = 0, soft = 0;

	for (i = 0; i < cnt; i++) {
		judge(c, &m[i], all);
		left += m[i].cause == CONFLICT_NONE;
		soft += m[i].cause == CONFLICT_SOFT;
	}
	free(all);
	/* where only those are left who are close to it, they read it */
	for (i = 0; i < cnt && left < CONFLICT_QUORUM && soft; i++)
		if (m[i].cause == CONFLICT_SOFT) {
			m[i].cause = CONFLICT_NONE;
			left++;
			soft--;
		}
	for (i = 0; c->seed && i < cnt && left > CONFLICT_LEFT; i++)
		if (m[i].cause == CONFLICT_NONE && !m[i].pair &&
		    conflict_drawn(c->seed, c->key, m[i].handle)) {
			m[i].cause = CONFLICT_DRAWN;
			left--;
		}
	return left;
}
