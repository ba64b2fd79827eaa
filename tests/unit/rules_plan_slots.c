/*
 * The slots of a plan: how they are spread, that every one is filled, and that a need never waits
 * long and changes nothing but its slot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/slots.h"
#include "tests/unit/vector.h"
#include "crypto/err.h"

#define SITES 60
#define DAY   20800u /* the first day of the period */

static uint64_t threshold[SITES];
static uint32_t order[200];
static uint8_t hour[200], seed[32];
static struct plan_body body;
static struct plan_slots in;
static struct plan_slot *slot;
static size_t cnt;

static void
prepare(size_t days, size_t m, size_t d)
{
	free(body.slot);
	free(slot);
	memset(&body, 0, sizeof(body));
	body.from = DAY;
	body.until = DAY + (uint32_t)days - 1;
	randombytes_buf(body.plan, sizeof(body.plan));
	randombytes_buf(seed, sizeof(seed));
	assert_int_equal(plan_slots_days(&body, m, d, SLOT_WEEK, seed), 0);
	cnt = plan_slots_cnt(&body);
	slot = calloc(cnt, sizeof(*slot));
	for (size_t i = 0; i < SITES; i++)
		threshold[i] = plan_threshold(((double)(i % 7) + 1) / 10);
	for (size_t i = 0; i < m; i++) {
		order[i] = (uint32_t)(SITES - 1 - i);
		hour[i] = (uint8_t)randombytes_uniform(24);
	}
	in = (struct plan_slots){ .plan = &body,
				  .order = order,
				  .hour = hour,
				  .threshold = threshold,
				  .sites = SITES,
				  .seed = seed };
}

static void
fill_all(struct plan_need *need, size_t needs)
{
	in.need = need;
	in.needs = needs;
	assert_int_equal(plan_slots_fill(slot, &in), 0);
}

static struct plan_need
need_of(uint32_t taken, uint32_t site)
{
	struct plan_need n = { .taken = taken, .site = site };

	randombytes_buf(n.id, sizeof(n.id));
	return n;
}

static size_t
count(enum slot_filling filling)
{
	size_t n = 0;

	for (size_t k = 0; k < cnt; k++)
		n += slot[k].filling == filling;
	return n;
}

/* The numbers asked for, one slot a day at least; and never more than two drawn slots in a row. */
static void
days(void **state)
{
	(void)state;
	for (size_t period = 3; period <= 100; period += 7)
		for (size_t visits = 2; visits <= 80; visits += 3) {
			size_t d = (2 * visits + 4) / 5, row = 0;
			prepare(period, visits - d, d);
			assert_int_equal(body.drawn, visits - d);
			assert_int_equal(plan_discretionary(&body), d);
			size_t n = body.drawn + body.free;
			assert_true(n >= period && 3 * body.standby >= 2 * d);
			assert_true(n == period || body.standby == d || n % period == 0);
			for (uint32_t day = DAY, k = 0; n == period && day <= body.until; day++) {
				bool drawn = k < body.drawn && body.slot[k] == day;
				k += drawn;
				row = drawn ? row + 1 : 0;
				assert_true(row <= 2);
			}
		}
	/* The policy: of seven slots a week three are drawn, two discretionary, two stand-by. */
	prepare(28, 12, 8);
	assert_int_equal(body.standby, 8);
	assert_int_equal(body.drawn + body.free, 28);
	/* Each day has as many, if a third of the stand-by slots is enough for that. */
	prepare(30, 13, 9);
	assert_int_equal(body.standby, 8);
	prepare(28, 20, 13);
	assert_int_equal(body.standby, 14);
}

/* Hours of a slot, whatever it holds. */
static void
hours(void **state)
{
	unsigned drilled = 0;
	(void)state;
	prepare(28, 12, 8);
	fill_all(NULL, 0);
	for (size_t k = 0; k < cnt; k++) {
		const struct plan_slot *s = &slot[k];
		assert_true(!k || s->hour0 >= slot[k - 1].hour0);
		drilled += s->drill;
		if (s->drill) {
			assert_true(!s->drawn && s->hour0 == s->depart && s->seal == s->depart);
			assert_true(s->day >= body.from && s->day <= body.until);
			assert_int_equal(plan_slot_hour(s), (s->depart + 8) % 24);
			continue;
		}
		assert_int_equal(s->hour0, (s->day - 1) * 24 - 8);
		assert_true(s->seal >= s->hour0 - 36 && s->seal < s->hour0 - 12);
		assert_true(s->depart >= s->hour0 + 24 && s->depart < s->hour0 + 48);
		assert_int_equal(plan_slot_hour(s), (s->depart + 8) % 24);
	}
	assert_int_equal(drilled, 1); /* two a quarter */
	assert_int_equal(count(SLOT_DRAWN), 12);
}

/* At least as many discretionary visits as the plan says, and up to a quarter more, each number as
 * often as the others. Small plans have fewer drills, and none where there are no sites for them.
 */
static void
more(void **state)
{
	unsigned seen[3] = { 0 };
	(void)state;
	for (unsigned round = 0; round < 900; round++) {
		prepare(28, 12, 8);
		fill_all(NULL, 0);
		assert_in_range(count(SLOT_PRIVATE), 8, 10);
		assert_int_equal(count(SLOT_PRIVATE) + count(SLOT_STANDBY), 17);
		seen[count(SLOT_PRIVATE) - 8]++;
	}
	for (size_t i = 0; i < 3; i++) /* five deviations */
		assert_in_range(seen[i], 229, 371);
	prepare(28, 12, 8);
	in.sites = 20;
	for (size_t i = 0; i < 12; i++)
		order[i] = (uint32_t)i;
	fill_all(NULL, 0);
	assert_int_equal(count(SLOT_PRIVATE), 8);
	prepare(7, 4, 3);
	assert_int_equal(cnt, body.drawn + body.free);
}

/* S1 goes at once, and changes nothing. One that is given back before its order could be sealed has
 * no slot any more, and leaves everything as it was. */
static void
urgent_and_gone(void **state)
{
	static struct plan_slot before[100];
	(void)state;
	prepare(28, 12, 8);
	fill_all(NULL, 0);
	memcpy(before, slot, cnt * sizeof(*slot));
	struct plan_need need = need_of(DAY * 24, 3);
	need.urgent = true;
	fill_all(&need, 1);
	assert_int_equal(need.slot, SIZE_MAX);
	assert_memory_equal(before, slot, cnt * sizeof(*slot));
	need.urgent = false;
	fill_all(&need, 1);
	size_t had = need.slot;
	need.gone = slot[had].cut;
	fill_all(&need, 1);
	assert_int_equal(need.slot, SIZE_MAX);
	assert_memory_equal(before, slot, cnt * sizeof(*slot));
	need.gone++; /* an order with it may have been sealed */
	fill_all(&need, 1);
	assert_int_equal(need.slot, had);
}

/* A drawn slot holds what the draw says; no site is visited twice. */
static void
sites(void **state)
{
	(void)state;
	prepare(28, 12, 8);
	fill_all(NULL, 0);
	for (size_t i = 0; i < cnt; i++) {
		for (size_t k = 0; slot[i].drawn && k < body.drawn; k++)
			if (body.slot[k] == slot[i].day)
				assert_int_equal(slot[i].site, order[k]);
		for (size_t k = 0; k < i; k++)
			if (slot[i].filling != SLOT_STANDBY && slot[k].filling != SLOT_STANDBY)
				assert_int_not_equal(slot[i].site, slot[k].site);
	}
}

/* A need takes the next free slot that nobody may have sealed. Nothing else changes, but the site
 * of a visit that would go to the same one. */
static void
next_slot(void **state)
{
	static struct plan_slot before[100];
	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		prepare(28, 12, 8);
		uint32_t taken = DAY * 24 - 72 + randombytes_uniform(20 * 24);
		struct plan_need need = need_of(taken, randombytes_uniform(40));
		fill_all(NULL, 0);
		memcpy(before, slot, cnt * sizeof(*slot));
		size_t want = SIZE_MAX;
		for (size_t k = 0; k < cnt && want == SIZE_MAX; k++)
			want = !slot[k].drawn && !slot[k].drill && slot[k].cut > taken ? k
										       : SIZE_MAX;
		fill_all(&need, 1);
		assert_int_equal(need.slot, want);
		assert_false(need.rides);
		assert_int_equal(slot[want].filling, SLOT_NEED);
		assert_int_equal(slot[want].site, need.site);
		assert_int_equal(slot[want].need, 0);
		assert_true(taken < DAY * 24 || slot[want].depart - taken < 3 * 24 + 36 + 48);
		for (size_t k = 0; k < cnt; k++) {
			assert_true(k <= want || slot[k].site != need.site);
			if (k == want)
				continue;
			assert_int_equal(slot[k].filling, before[k].filling);
			assert_int_equal(slot[k].site, before[k].site != need.site || k < want
							       ? before[k].site
							       : before[want].site);
		}
	}
}

/* What was decided for a slot before its cut does not change when further needs come, in whatever
 * order: nobody finds an order sealed that says something else. */
static void
final(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 100; round++) {
		struct plan_need need[6], some[6];
		static struct plan_slot before[100];
		prepare(28, 12, 8);
		for (size_t i = 0; i < 6; i++)
			need[i] = need_of(DAY * 24 - 100 + randombytes_uniform(25 * 24),
					  (uint32_t)i + 1);
		fill_all(need, 6);
		memcpy(before, slot, cnt * sizeof(*slot));
		for (size_t known = 0; known < 6; known++) {
			/* need[] is in the order in which they were taken. */
			memcpy(some, need, sizeof(need));
			fill_all(some, known);
			for (size_t k = 0; k < cnt; k++) {
				if (slot[k].cut > need[known].taken)
					continue;
				assert_int_equal(slot[k].filling, before[k].filling);
				assert_int_equal(slot[k].site, before[k].site);
			}
		}
	}
}

/* A site that is drawn anyway: the need rides on that visit, if it comes in time. */
static void
rides(void **state)
{
	unsigned rode = 0;
	(void)state;
	for (unsigned round = 0; round < 100; round++) {
		prepare(28, 12, 8);
		struct plan_need need = need_of(DAY * 24 - 100 + randombytes_uniform(20 * 24),
						order[randombytes_uniform(12)]);
		need.due = need.taken + 7 * 24;
		fill_all(&need, 1);
		rode += need.rides;
		assert_true(slot[need.slot].cut > need.taken);
		assert_int_equal(slot[need.slot].site, need.site);
		assert_true(slot[need.slot].drawn == need.rides);
		assert_true(slot[need.slot].depart <= need.due);
	}
	assert_true(rode > 5 && rode < 95);
}

/* More needs than discretionary visits: the rest goes at stand-by slots. More than free slots, or
 * one that comes after the last cut: it is told that no slot is left. */
static void
full(void **state)
{
	struct plan_need need[20], late;
	unsigned placed = 0;
	(void)state;
	prepare(28, 12, 8);
	for (size_t i = 0; i < 20; i++)
		need[i] = need_of(DAY * 24 - 100, (uint32_t)i + 1);
	fill_all(need, 10);
	assert_int_equal(count(SLOT_NEED), 10);
	assert_int_equal(count(SLOT_DRAWN), 12);
	fill_all(need, 20);
	for (size_t i = 0; i < 20; i++)
		placed += need[i].slot != SIZE_MAX;
	assert_int_equal(placed, 16);
	assert_int_equal(count(SLOT_NEED), 16);
	late = need_of((body.until + 1) * 24, 2);
	fill_all(&late, 1);
	assert_int_equal(late.slot, SIZE_MAX);
}

/* A third of the discretionary visits is not too much; one need more is, also one that goes at
 * once, but none that rides on a drawn visit, found no slot, or was given back. */
static void
crowded(void **state)
{
	struct plan_need need[4] = { { .slot = 0 }, { .slot = 1 }, { .slot = 2, .rides = true } };
	(void)state;
	prepare(28, 12, 8);
	need[3] = (struct plan_need){ .slot = SIZE_MAX };
	assert_false(plan_slots_crowded(&body, need, 0));
	assert_false(plan_slots_crowded(&body, need, 4));
	need[3].urgent = true;
	assert_true(plan_slots_crowded(&body, need, 4));
	need[3].gone = 1;
	assert_false(plan_slots_crowded(&body, need, 4));
	need[2].rides = false;
	assert_true(plan_slots_crowded(&body, need, 4));
}

/* Two planners with the same books fill alike; another seed fills otherwise. */
static void
alike(void **state)
{
	struct plan_need need[3], turned[3];
	static struct plan_slot first[100];
	bool same = true;
	(void)state;
	prepare(28, 12, 8);
	for (size_t i = 0; i < 3; i++)
		turned[2 - i] = need[i] = need_of(DAY * 24 + (uint32_t)i * 50, (uint32_t)i + 1);
	fill_all(need, 3);
	memcpy(first, slot, cnt * sizeof(*slot));
	fill_all(turned, 3);
	assert_memory_equal(first, slot, cnt * sizeof(*slot));
	seed[0] ^= 1;
	fill_all(need, 3);
	for (size_t k = 0; k < cnt; k++)
		same = same && first[k].seal == slot[k].seal;
	assert_false(same);
}

static int
by_day(const void *a, const void *b)
{
	const struct plan_slot *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

/* Without the drills. */
static size_t
row(struct plan_slot *list, size_t all)
{
	size_t n = 0;

	for (size_t k = 0; k < all; k++)
		if (!list[k].drill)
			list[n++] = list[k];
	return n;
}

/* Each slot is drawn, discretionary or stand-by with the same chance as every other, also beside a
 * slot at which nobody went: what happened before and after a visit does not tell what it is. */
static void
even(void **state)
{
	unsigned seen[28][3] = { 0 }, beside[2][2] = { 0 }, rounds = 6000;
	(void)state;
	for (unsigned round = 0; round < rounds; round++) {
		prepare(28, 12, 8);
		fill_all(NULL, 0);
		cnt = row(slot, cnt);
		qsort(slot, cnt, sizeof(*slot), by_day);
		for (size_t k = 0; k < cnt; k++) {
			seen[k][slot[k].filling == SLOT_DRAWN     ? 0
				: slot[k].filling == SLOT_PRIVATE ? 1
								  : 2]++;
			if (k && k + 1 < cnt && slot[k].filling != SLOT_STANDBY)
				for (size_t o = k - 1; o <= k + 1; o += 2)
					beside[slot[k].drawn][slot[o].filling == SLOT_STANDBY]++;
		}
	}
	/* Eight of each in the mean: a drill goes beside the row, and up to two more come into it.
	 */
	for (size_t k = 0; k < 28; k++) /* five deviations */
		for (size_t f = 0; f < 3; f++)
			assert_in_range(seen[k][f], rounds * (f ? 8 : 12) / 28 - 195,
					rounds * (f ? 8 : 12) / 28 + 195);
	double p[2];
	for (size_t f = 0; f < 2; f++)
		p[f] = beside[f][1] / (double)(beside[f][0] + beside[f][1]);
	assert_true(p[0] - p[1] < 0.01 && p[1] - p[0] < 0.01);
}

/* ---- the vectors of tests/vectors/slots.json, made by another implementation ---- */

static void
same_days(const struct vector *v, const char *name, const uint32_t *day, size_t n)
{
	char want[1000] = "", *text = vector_text(v, name, NULL);

	for (size_t i = 0; i < n; i++)
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "%s%u", i ? " " : "",
			 (unsigned)(day[i] - DAY));
	assert_string_equal(want, text);
	free(text);
}

static void
same_key(const struct vector *v, const char *name, const uint8_t *plan, const char *what)
{
	uint8_t key[32], want[32];

	vector_hex(v, name, want, sizeof(want));
	assert_int_equal(plan_slots_key(key, seed, plan, what, strlen(what)), 0);
	assert_memory_equal(key, want, sizeof(key));
}

static const struct plan_slot *
of_day(uint32_t day, bool drawn)
{
	for (size_t k = 0; k < cnt; k++)
		if (slot[k].day == day && slot[k].drawn == drawn && !slot[k].drill)
			return &slot[k];
	return NULL;
}

/* The hours of sealing, and of the free ones the hour and what they hold, in the order of the plan;
 * and the hours of the drills. */
static void
same_filling(const struct vector *v)
{
	char *seals = vector_text(v, "seals", NULL), *held = vector_text(v, "held", NULL);
	char *hours = vector_text(v, "free_hours", NULL), *s = seals, *h = hours;
	char *drills = vector_text(v, "drills", NULL), *d = drills;

	for (size_t k = 0; k < body.drawn + body.free; k++) {
		const struct plan_slot *x = of_day(body.slot[k], k < body.drawn);
		assert_non_null(x);
		assert_int_equal(x->seal - x->cut, strtoul(s, &s, 10));
		if (k < body.drawn)
			continue;
		assert_int_equal(plan_slot_hour(x), strtoul(h, &h, 10));
		assert_int_equal("DNPS"[x->filling], held[k - body.drawn]);
	}
	for (size_t seen = cnt - body.drawn - body.free; seen; seen--) {
		uint32_t at = DAY * 24 - 8 + (uint32_t)strtoul(d, &d, 10), found = 0;
		for (size_t k = 0; k < cnt; k++)
			found += slot[k].drill && slot[k].hour0 == at;
		assert_int_equal(found, 1);
	}
	assert_string_equal(d, "");
	free(seals);
	free(held);
	free(hours);
	free(drills);
}

static void
vectors(void **state)
{
	static const uint8_t no_plan[32];
	struct vector v;
	int seen = 0;
	(void)state;
	for (vector_open(&v, "slots"); vector_next(&v); seen++) {
		size_t m = (size_t)vector_int(&v, "m"), d = (size_t)vector_int(&v, "d");
		prepare((size_t)vector_int(&v, "days"), m, d);
		free(body.slot);
		vector_hex(&v, "seed", seed, sizeof(seed));
		vector_hex(&v, "plan", body.plan, sizeof(body.plan));
		assert_int_equal(plan_slots_days(&body, m, d, SLOT_WEEK, seed), 0);
		assert_int_equal(body.standby, vector_int(&v, "standby"));
		same_days(&v, "drawn_days", body.slot, body.drawn);
		same_days(&v, "free_days", body.slot + body.drawn, body.free);
		same_key(&v, "days_key", no_plan, "days");
		same_key(&v, "slots_key", body.plan, "slots");
		fill_all(NULL, 0);
		same_filling(&v);
	}
	assert_int_equal(seen, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),         cmocka_unit_test(days),
		cmocka_unit_test(hours),           cmocka_unit_test(sites),
		cmocka_unit_test(next_slot),       cmocka_unit_test(final),
		cmocka_unit_test(rides),           cmocka_unit_test(full),
		cmocka_unit_test(alike),           cmocka_unit_test(even),
		cmocka_unit_test(urgent_and_gone), cmocka_unit_test(more),
		cmocka_unit_test(crowded),
	};
	if (sodium_init() < 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(body.slot);
	free(slot);
	return failed;
}
