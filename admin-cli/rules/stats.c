/* Counts cases and hides small counts (see stats.h). */
#include "admin-cli/rules/stats.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/rules/taxonomy.h"
#include "crypto/err.h"

#define DAY 86400

bool
stats_match(const struct stats_wanted *w, const struct stats_case *c)
{
	return c->day >= w->from && c->day <= w->to && (!w->desk || w->desk == c->desk) &&
	       (!w->severity || w->severity == c->severity) &&
	       (!w->family || !strcmp(w->family, c->family)) &&
	       (!w->outcome || !strcmp(w->outcome, c->outcome));
}

void
stats_month(char out[static STATS_KEY], uint32_t day)
{
	time_t at = (time_t)day * DAY;
	struct tm tm = { 0 };

	gmtime_r(&at, &tm);
	strftime(out, STATS_KEY, "%Y-%m", &tm);
}

bool
stats_month_day(const char *text, bool last, uint32_t *day)
{
	struct tm tm = { .tm_mday = 1 };
	char again[STATS_KEY];
	const char *end = strptime(text, "%Y-%m", &tm);
	time_t at;

	if (!end || *end || tm.tm_year < 70 || tm.tm_year > 1000)
		return false;
	tm.tm_mday = 1;
	at = timegm(&tm);
	*day = (uint32_t)(at / DAY);
	stats_month(again, *day);
	if (strcmp(again, text) != 0)
		return false;
	if (last) {
		tm.tm_mon++;
		at = timegm(&tm);
		*day = (uint32_t)(at / DAY) - 1;
	}
	return true;
}

void
stats_family(char out[static STATS_KEY], const char *hazard)
{
	snprintf(out, STATS_KEY, "%.*s", (int)strcspn(hazard, "-"), hazard);
}

bool
stats_is_family(const char *family)
{
	size_t cnt;
	const struct taxonomy_word *word = taxonomy_all(TAXONOMY_HAZARD, &cnt);
	char of[STATS_KEY];

	for (size_t i = 0; i < cnt; i++) {
		stats_family(of, word[i].code);
		if (!strcmp(of, family))
			return true;
	}
	return false;
}

/* The row of a key; a new one stands where the order of keys wants it, so that the order of rows
 * tells nothing of how many they count. NULL where the table is full. */
static struct stats_row *
row_of(struct stats_table *t, const char *key)
{
	size_t i;

	for (i = 0; i < t->cnt && strcmp(t->row[i].key, key) < 0; i++)
		;
	if (i < t->cnt && !strcmp(t->row[i].key, key))
		return &t->row[i];
	if (t->cnt == STATS_ROWS)
		return NULL;
	memmove(&t->row[i + 1], &t->row[i], (t->cnt - i) * sizeof(*t->row));
	memset(&t->row[i], 0, sizeof(t->row[i]));
	snprintf(t->row[i].key, sizeof(t->row[i].key), "%s", key);
	t->cnt++;
	return &t->row[i];
}

static void
add(struct stats_table *t, const char *key)
{
	struct stats_row *row = row_of(t, key);

	/* A table that is full keeps its last row for all others, so that its total stays true. */
	if (!row)
		row = &t->row[STATS_ROWS - 1];
	row->cnt++;
}

static void
count(struct stats *s, const struct stats_case *c)
{
	char key[STATS_KEY];

	s->total.cnt++;
	stats_month(key, c->day);
	add(&s->table[STATS_MONTH], key);
	snprintf(key, sizeof(key), "%05u", c->desk);
	add(&s->table[STATS_DESK], key);
	add(&s->table[STATS_FAMILY], c->family);
	key[0] = '\0';
	if (c->severity)
		snprintf(key, sizeof(key), "S%d", c->severity % 10);
	add(&s->table[STATS_SEVERITY], key);
	add(&s->table[STATS_OUTCOME], c->outcome);
	add(&s->table[STATS_RESULT], c->result);
}

/* Whether the total and the rows that are shown leave each small count anything from 0 to 4. */
static bool
is_safe(const struct stats_table *t)
{
	size_t small = 0, others = 0;
	uint64_t sum = 0;

	for (size_t i = 0; i < t->cnt; i++) {
		const struct stats_row *r = &t->row[i];

		if (r->shown == STATS_SHOWN)
			continue;
		sum += r->cnt;
		small += r->shown == STATS_LESS;
		others += r->shown == STATS_HIDDEN;
	}
	if (!small)
		return others != 1;
	/* With another hidden count, which is at least 5, any small one may be 0; it may be 4 where
	 * the others leave it so much. Without one, the rest must be able to take up the sum. */
	if (others)
		return sum >= STATS_SMALL * others + STATS_SMALL - 1;
	return sum >= STATS_SMALL - 1 && sum <= (STATS_SMALL - 1) * (small - 1);
}

/* The next row to hide: the last that is shown, whatever it counts, for a choice by size would
 * tell of the size. */
static struct stats_row *
last_shown(struct stats_table *t)
{
	for (size_t i = t->cnt; i-- > 0;)
		if (t->row[i].shown == STATS_SHOWN)
			return &t->row[i];
	return NULL;
}

static void
hide_table(struct stats_table *t)
{
	struct stats_row *row;

	while (!is_safe(t)) {
		row = last_shown(t);
		if (!row) {
			t->withheld = true;
			break;
		}
		row->shown = STATS_HIDDEN;
	}
}

static void
wipe_table(struct stats_table *t)
{
	t->whole = true;
	for (size_t i = 0; i < t->cnt; i++) {
		struct stats_row *r = &t->row[i];

		if (t->withheld)
			r->shown = STATS_HIDDEN;
		if (r->shown == STATS_SHOWN)
			continue;
		r->cnt = 0;
		t->whole = false;
	}
}

void
stats_hide(struct stats_row *total, struct stats_table *table, size_t cnt)
{
	bool any = false;

	for (size_t t = 0; t < cnt; t++)
		for (size_t i = 0; i < table[t].cnt; i++)
			if (table[t].row[i].cnt < STATS_SMALL) {
				table[t].row[i].shown = STATS_LESS;
				any = true;
			}
	/* What has no value yet is nearly the same cases in every table. */
	for (size_t t = 0; any && t < cnt; t++)
		if (table[t].cnt && !*table[t].row[0].key && table[t].row[0].shown == STATS_SHOWN)
			table[t].row[0].shown = STATS_HIDDEN;
	if (total->cnt < STATS_SMALL)
		total->shown = STATS_LESS;
	for (size_t t = 0; t < cnt; t++) {
		table[t].withheld = total->shown != STATS_SHOWN;
		if (!table[t].withheld)
			hide_table(&table[t]);
		wipe_table(&table[t]);
	}
	if (total->shown != STATS_SHOWN)
		total->cnt = 0;
}

struct stats_rate
stats_share(size_t part, size_t whole)
{
	struct stats_rate r = { STATS_RATE_NONE, 0 };
	size_t most = STATS_SMALL - 1;

	/* Below this, "at least" or "at most" would leave a small count less than 0 to 4. */
	if (whole < 2 * STATS_SMALL)
		return r;
	if (part < STATS_SMALL) {
		r.kind = STATS_RATE_TO;
		r.percent = (int)((100 * most + whole - 1) / whole + 4) / 5 * 5;
	} else if (whole - part < STATS_SMALL) {
		r.kind = STATS_RATE_FROM;
		r.percent = (int)(100 * (whole - most) / whole) / 5 * 5;
	} else {
		r.kind = STATS_RATE_ABOUT;
		r.percent = (int)((200 * part + 5 * whole) / (10 * whole)) * 5;
	}
	return r;
}

static int
by_days(const void *a, const void *b)
{
	return *(const int16_t *)a - *(const int16_t *)b;
}

enum stats_band
stats_median(int16_t *days, size_t cnt)
{
	static const int16_t top[] = { 0, 2, 5, 15, 30, 90 };
	int band = STATS_BAND_0;

	if (cnt < STATS_SMALL)
		return STATS_BAND_NONE;
	qsort(days, cnt, sizeof(*days), by_days);
	for (size_t i = 0; i < sizeof(top) / sizeof(*top) && days[(cnt - 1) / 2] > top[i]; i++)
		band++;
	return (enum stats_band)band;
}

static int16_t
time_of(const struct stats_case *c, int which)
{
	return which == STATS_READ ? c->read : which == STATS_TRIAGE ? c->triage : c->answer;
}

/* Whether a severity may be spoken of: its count is shown. */
static bool
severity_shown(const struct stats *s, int severity)
{
	const struct stats_table *t = &s->table[STATS_SEVERITY];

	for (size_t i = 0; i < t->cnt; i++)
		if (t->row[i].key[0] == 'S' && t->row[i].key[1] == '0' + severity)
			return t->row[i].shown == STATS_SHOWN;
	return false;
}

static int
medians(struct stats *s, const struct stats_wanted *w, const struct stats_case *list, size_t cnt)
{
	int16_t *days = calloc(cnt + 1, sizeof(*days));
	size_t n;

	if (!days)
		return ERR_MEM;
	for (int row = 0; row < STATS_MEDIANS; row++) {
		for (int t = 0; t < STATS_TIMES; t++) {
			n = 0;
			for (size_t i = 0; i < cnt; i++)
				if (stats_match(w, &list[i]) && time_of(&list[i], t) >= 0 &&
				    (!row || list[i].severity == row))
					days[n++] = time_of(&list[i], t);
			s->median[row][t] = !row || severity_shown(s, row) ? stats_median(days, n)
									   : STATS_BAND_NONE;
		}
	}
	free(days);
	return 0;
}

bool
stats_confirmed(const struct stats_case *c)
{
	return !strcmp(c->result, "substantiated") || !strcmp(c->result, "partly");
}

static void
rates(struct stats *s, const struct stats_wanted *w, const struct stats_case *list, size_t cnt)
{
	size_t part[STATS_RATES] = { 0 }, whole[STATS_RATES] = { 0 };

	for (size_t i = 0; i < cnt; i++) {
		const struct stats_case *c = &list[i];
		const bool of[][2] = {
			[STATS_CONFIRMED] = { *c->result, stats_confirmed(c) },
			[STATS_CLOCK] = { true, !c->missed },
			[STATS_S1_READ] = { c->severity == 1, c->read == 0 },
			[STATS_S1_HOUR] = { c->severity == 1 && c->urgent,
					    c->read >= 0 && !c->missed },
			[STATS_RISK] = { c->triaged, c->risk },
			[STATS_RETURNED] = { true, c->returned },
			[STATS_RECHECK] = { c->answer >= 0, c->recheck },
			[STATS_REVENGE] = { c->triaged, c->revenge },
		};

		if (!stats_match(w, c))
			continue;
		for (size_t r = 0; r < sizeof(of) / sizeof(*of); r++) {
			whole[r] += of[r][0];
			part[r] += of[r][0] && of[r][1];
		}
	}
	/* A share of hidden counts would say what was hidden. */
	for (int r = 0; r < STATS_RATES; r++)
		if ((r != STATS_CONFIRMED || s->table[STATS_RESULT].whole) &&
		    ((r != STATS_S1_READ && r != STATS_S1_HOUR) || severity_shown(s, 1)))
			s->rate[r] = stats_share(part[r], whole[r]);
}

/* Every row that could be there is there, so that its absence does not tell that nothing was
 * counted. */
static void
lay_out(struct stats *s, const struct stats_wanted *w, const struct stats_input *in)
{
	static const struct {
		enum stats_table_no table;
		enum taxonomy_axis axis;
	} of[] = { { STATS_FAMILY, TAXONOMY_HAZARD },
		   { STATS_SEVERITY, TAXONOMY_SEVERITY },
		   { STATS_OUTCOME, TAXONOMY_OUTCOME },
		   { STATS_RESULT, TAXONOMY_RESULT } };
	char key[STATS_KEY];

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		size_t cnt;
		const struct taxonomy_word *word = taxonomy_all(of[i].axis, &cnt);

		(void)row_of(&s->table[of[i].table], "");
		for (size_t k = 0; k < cnt; k++) {
			if (of[i].axis == TAXONOMY_HAZARD)
				stats_family(key, word[k].code);
			else
				snprintf(key, sizeof(key), "%s", word[k].code);
			(void)row_of(&s->table[of[i].table], key);
		}
	}
	for (size_t i = 0; i < in->desk_cnt; i++) {
		snprintf(key, sizeof(key), "%05u", in->desk[i]);
		if (!w->desk || w->desk == in->desk[i])
			(void)row_of(&s->table[STATS_DESK], key);
	}
	for (uint32_t day = w->from; day <= w->to; day++) {
		stats_month(key, day);
		(void)row_of(&s->table[STATS_MONTH], key);
	}
}

int
stats_run(struct stats *out, const struct stats_wanted *w, const struct stats_input *in)
{
	memset(out, 0, sizeof(*out));
	lay_out(out, w, in);
	for (size_t i = 0; i < in->cnt; i++)
		if (stats_match(w, &in->list[i]))
			count(out, &in->list[i]);
	stats_hide(&out->total, out->table, STATS_TABLES);
	rates(out, w, in->list, in->cnt);
	if (w->desk && w->members < STATS_PEOPLE) {
		out->rate[STATS_CLOCK] = (struct stats_rate){ 0 };
		out->rate[STATS_S1_READ] = out->rate[STATS_S1_HOUR] = (struct stats_rate){ 0 };
		return 0;
	}
	return medians(out, w, in->list, in->cnt);
}

/* The workspace's own form: one machine writes and reads it. */
void
stats_pack(uint8_t out[static STATS_PACKED], const struct stats_case *c)
{
	static_assert(sizeof(*c) <= STATS_PACKED, "a case does not fit");
	memset(out, 0, STATS_PACKED);
	memcpy(out, c, sizeof(*c));
}

bool
stats_unpack(struct stats_case *out, const uint8_t *in, size_t len)
{
	if (len != STATS_PACKED)
		return false;
	memcpy(out, in, sizeof(*out));
	out->family[sizeof(out->family) - 1] = '\0';
	out->county[sizeof(out->county) - 1] = '\0';
	out->outcome[STATS_KEY - 1] = out->result[STATS_KEY - 1] = '\0';
	return true;
}
